"""How few categories hold most, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.concentration import entropy, herfindahl, largest_shares
from workbench.compute.quantities import Quantities

from .figures_of import NA, NAN, OK, M, S, assert_same, cut, figures

MEASURES = [herfindahl, largest_shares, entropy]


def sectors(rows: object, status: object = None) -> Quantities:
    return figures(rows, status, dims=("territory", "sector"))


def one(measure: object, row: list[float], **options: int) -> float:
    return float(measure(sectors([row]), over="sector", **options).values[0])  # type: ignore[operator]


def test_herfindahl_is_the_sum_of_squared_shares() -> None:
    assert one(herfindahl, [60, 20, 20]) == pytest.approx(0.36 + 0.04 + 0.04)


def test_the_largest_shares_are_added() -> None:
    assert one(largest_shares, [20, 50, 30]) == 0.5
    assert one(largest_shares, [20, 50, 30], count=2) == pytest.approx(0.8)
    assert one(largest_shares, [20, 50, 30], count=9) == pytest.approx(1)


def test_entropy_is_relative_to_the_greatest() -> None:
    assert one(entropy, [5, 5, 5]) == pytest.approx(1)
    assert one(entropy, [50, 50, 0, 0]) == pytest.approx(0.5)
    assert one(entropy, [9, 0]) == 0


def test_one_category_has_no_diversity_to_measure() -> None:
    assert entropy(sectors([[9]]), over="sector").status.values.tolist() == [NA]


@pytest.mark.parametrize("measure", MEASURES)
def test_statuses(measure: object) -> None:
    counts = [[1, 2, 3], [1, NAN, 3], [1, 2, 3], [0, 0, 0], [-1, 2, 3], [9, 9, 9]]
    status = [[OK] * 3, [OK] * 3, [OK, S, OK], [OK] * 3, [OK] * 3, [NA] * 3]
    found = measure(sectors(counts, status), over="sector")  # type: ignore[operator]
    assert found.status.values.tolist() == [OK, M, S, NA, NA, NA]
    assert np.isnan(found.values.values).tolist() == [False, *[True] * 5]


@pytest.mark.parametrize("measure", MEASURES)
def test_a_category_that_is_not_applicable_is_none(measure: object) -> None:
    with_it = measure(sectors([[1, 2, 99]], [[OK, OK, NA]]), over="sector")  # type: ignore[operator]
    without = measure(sectors([[1, 2]]), over="sector")  # type: ignore[operator]
    assert with_it.values.values.tolist() == without.values.values.tolist()


def test_an_unknown_dim_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no dim is named 'age'.*territory.*sector"):
        herfindahl(sectors([[1]]), over="age")


def test_the_share_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="share of the 0 largest"):
        largest_shares(sectors([[1]]), over="sector", count=0)


counts = st.lists(
    st.lists(st.integers(0, 99), min_size=3, max_size=3).filter(any), min_size=1, max_size=9
)


@given(counts)
def test_measures_stay_within_their_bounds(rows: list[list[int]]) -> None:
    table = sectors(rows)
    low = {herfindahl: 1 / 3, largest_shares: 1 / 3, entropy: 0}
    for measure in MEASURES:
        found = measure(table, over="sector").values
        assert ((found >= low[measure] - 1e-12) & (found <= 1 + 1e-12)).all()


@given(counts, st.integers(1, 4))
def test_chunks_never_change_a_bit(rows: list[list[int]], size: int) -> None:
    for measure in MEASURES:
        plain, lazy = (
            measure(table, over="sector") for table in (sectors(rows), cut(sectors(rows), size))
        )
        assert_same(lazy, plain)
