"""Rank and quantile of every territory of a level."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.position import positions

nan = float("nan")


def line(values: list[float]) -> xr.DataArray:
    return xr.DataArray(np.array(values, dtype=float), dims="territory")


def test_the_highest_value_is_first_and_equal_ones_share_the_best_rank() -> None:
    place = positions(line([30, 10, 30, 20]))
    assert place.rank.values.tolist() == [1, 4, 1, 3]
    assert place.of.values.tolist() == [4, 4, 4, 4]


def test_the_quantile_counts_those_below_and_half_of_the_equal_ones() -> None:
    # 30: two of the three others are below, one is equal: (2 + ½) / 3.
    assert positions(line([30, 10, 30, 20])).quantile.values.tolist() == pytest.approx(
        [2.5 / 3, 0, 2.5 / 3, 1 / 3]
    )


def test_a_territory_without_a_value_has_no_position() -> None:
    place = positions(line([1, nan, 2]))
    assert place.rank.values.tolist() == [2, 0, 1]
    assert place.of.values.tolist() == [2, 2, 2]
    assert np.isnan(place.quantile.values[1])


def test_a_territory_that_is_alone_is_in_the_middle() -> None:
    place = positions(line([5]))
    assert (int(place.rank[0]), int(place.of[0]), float(place.quantile[0])) == (1, 1, 0.5)


def test_siblings_are_compared_among_themselves() -> None:
    place = positions(line([1, 9, 5, 7]), np.array([0, 1, 0, 1]))
    assert place.rank.values.tolist() == [2, 1, 1, 2]
    assert place.of.values.tolist() == [2, 2, 2, 2]


def test_a_territory_without_a_parent_has_no_siblings() -> None:
    place = positions(line([1, 2]), np.array([-1, 0]))
    assert place.rank.values.tolist() == [0, 1]
    assert place.of.values.tolist() == [0, 1]


def test_infinite_values_can_be_equal() -> None:
    assert positions(line([np.inf, np.inf, 1])).rank.values.tolist() == [1, 1, 3]


def test_every_period_is_ranked_by_itself() -> None:
    values = xr.DataArray([[1.0, 9.0], [2.0, 3.0]], dims=("territory", "period"))
    assert positions(values).rank.values.tolist() == [[2, 1], [1, 2]]


def test_a_parent_is_needed_for_each_territory() -> None:
    with pytest.raises(ValueError, match="one integer for each of 2 territories"):
        positions(line([1, 2]), np.array([0]))


values = st.lists(st.one_of(st.integers(0, 5).map(float), st.just(nan)), min_size=1, max_size=40)


@given(values, st.data())
def test_positions_are_those_found_by_looking_at_all_the_others(
    drawn: list[float], data: st.DataObject
) -> None:
    groups = data.draw(
        st.lists(st.integers(-1, 2), min_size=len(drawn), max_size=len(drawn)).map(np.array)
    )
    place = positions(line(drawn), groups)
    array = np.array(drawn)
    for i, value in enumerate(drawn):
        if np.isnan(value) or groups[i] < 0:
            assert int(place.rank[i]) == 0
            continue
        others = np.delete(array, i)[np.delete(groups, i) == groups[i]]
        others = others[~np.isnan(others)]
        assert int(place.rank[i]) == 1 + (others > value).sum()
        assert int(place.of[i]) == 1 + len(others)
        expected = (
            ((others < value).sum() + (others == value).sum() / 2) / len(others)
            if len(others)
            else 0.5
        )
        assert float(place.quantile[i]) == pytest.approx(expected)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50, unique=True))
def test_ranks_of_distinct_values_are_a_permutation(drawn: list[float]) -> None:
    place = positions(line(drawn))
    assert sorted(place.rank.values.tolist()) == list(range(1, len(drawn) + 1))
    assert ((place.quantile >= 0) & (place.quantile <= 1)).all()


@given(values, st.integers(1, 40))
def test_chunks_never_change_a_bit(drawn: list[float], chunk: int) -> None:
    plain = line(drawn)
    for found, expected in zip(
        positions(plain.chunk({"territory": chunk})), positions(plain), strict=True
    ):
        assert found.chunks is not None
        xr.testing.assert_identical(found.compute(), expected)
