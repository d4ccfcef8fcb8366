"""Sums over parts: facts on a few communes, then laws."""

from __future__ import annotations

import dask.array as da
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.compute.quantities import Quantities
from workbench.compute.rollup import Grouping, roll_up
from workbench.core.errors import MedianNotAggregated, RatioNotSummed, VintageMismatch
from workbench.core.types import Status

OK, A, AP, E, S, M, NA = (int(status) for status in Status)
nan = float("nan")


def line(*values: float, dtype: type = float, **attrs: object) -> xr.DataArray:
    return xr.DataArray(np.array(values, dtype=dtype), dims="territory", attrs=attrs)


def sums(
    values: list[float], status: list[int] | None, membership: list[int], groups: int
) -> tuple[list[float], list[int]]:
    given_status = None if status is None else line(*status, dtype=np.int8)
    codes = [f"G{i}" for i in range(groups)]
    result = roll_up(line(*values), np.array(membership), codes, status=given_status)
    return result.values.values.tolist(), result.status.values.tolist()


def test_counts_of_the_parts_add_up() -> None:
    assert sums([10, 5, 7], None, [0, 0, 1], 2) == ([15, 7], [A, OK])


def test_the_result_is_labelled_with_the_groups() -> None:
    result = roll_up(line(1, 2), np.array([0, 1]), ["59", "62"])
    assert list(result.values["territory"].values) == ["59", "62"]
    assert list(result.status["territory"].values) == ["59", "62"]


def test_a_part_without_a_group_is_counted_nowhere() -> None:
    assert sums([10, 5], None, [-1, 0], 1) == ([5], [OK])


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ([OK, OK], A),
        ([OK, AP], AP),
        ([AP, E], E),
        ([OK, S], S),
        ([S, M], M),
        ([OK, NA], OK),
        ([NA, E], E),
        ([NA, NA], NA),
        ([NA, M], M),
    ],
)
def test_the_status_of_a_sum_is_the_least_certain_of_its_parts(
    status: list[int], expected: int
) -> None:
    values = [1.0 if each <= E else nan for each in status]
    (total,), (found,) = sums(values, status, [0, 0], 1)
    assert found == expected
    assert np.isnan(total) == (expected > E)


def test_a_part_that_is_not_applicable_adds_nothing_even_if_it_carries_a_number() -> None:
    assert sums([3, 99], [OK, NA], [0, 0], 1) == ([3], [OK])


def test_a_suppressed_part_suppresses_the_sum_even_if_its_number_is_known() -> None:
    (total,), (status,) = sums([3, 99], [OK, S], [0, 0], 1)
    assert np.isnan(total)
    assert status == S


def test_a_group_without_parts_is_missing_and_not_zero() -> None:
    values, status = sums([3], None, [1], 3)
    assert np.isnan([values[0], values[2]]).all()
    assert status == [M, OK, M]


def test_a_figure_said_to_be_observed_but_absent_makes_the_sum_missing() -> None:
    assert sums([1, nan], [OK, OK], [0, 0], 1)[1] == [M]


def test_no_part_at_all_gives_missing_groups() -> None:
    assert sums([], [], [], 2)[1] == [M, M]


def test_a_median_is_not_summed() -> None:
    income = line(20_000, 30_000, kind="median", long_name="Median income")
    with pytest.raises(MedianNotAggregated, match=r"Median income.*median_of_parts"):
        roll_up(income, np.array([0, 0]), ["A"])


def test_an_inequality_is_not_summed() -> None:
    with pytest.raises(MedianNotAggregated, match="gini_of_parts"):
        roll_up(line(0.3, 0.4, kind="inequality"), np.array([0, 0]), ["A"])


def test_a_ratio_is_not_summed() -> None:
    with pytest.raises(RatioNotSummed, match="numerator and its denominator"):
        roll_up(line(10, 20, kind="ratio"), np.array([0, 0]), ["A"])


def test_membership_must_point_at_groups() -> None:
    with pytest.raises(ValueError, match="goes from 0 to 2; with 2 groups"):
        roll_up(line(1, 2), np.array([0, 2]), ["A", "B"])


def test_membership_must_be_of_the_parts() -> None:
    with pytest.raises(ValueError, match="3 parts in 2 groups; there are 2 parts"):
        roll_up(line(1, 2), np.array([0, 1, 1]), ["A", "B"])


def test_two_vintages_are_never_mixed() -> None:
    values, status = line(1, 2, vintage=2024), line(0, 0, dtype=np.int8, vintage=2026)
    with pytest.raises(VintageMismatch, match=r"2024 and 2026.*geography\.convert"):
        roll_up(values, np.array([0, 0]), ["A"], status=status)


def test_tiles_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    values = xr.DataArray(np.random.default_rng(0).random((50, 3)), dims=("territory", "period"))
    membership = np.arange(50) % 7
    codes = list("ABCDEFG")
    whole = roll_up(values, membership, codes)
    monkeypatch.setattr("workbench.compute.rollup._TILE_BYTES", 1)
    xr.testing.assert_identical(roll_up(values, membership, codes).values, whole.values)


STATUS = st.sampled_from([OK, OK, OK, A, AP, E, S, M, NA])


@st.composite
def tables(draw: st.DrawFn) -> tuple[Quantities, np.ndarray, int]:
    """Draw counts of parts, their status, and a group for each part, none left empty."""
    groups = draw(st.integers(1, 5))
    count = draw(st.integers(groups, 25))
    periods = draw(st.integers(1, 3))
    rest = draw(
        st.lists(st.integers(0, groups - 1), min_size=count - groups, max_size=count - groups)
    )
    membership = np.array(draw(st.permutations([*range(groups), *rest])))
    shape = (count, periods)
    numbers = st.floats(0, 1e6, allow_subnormal=False)
    values = draw(hnp.arrays(np.float64, shape, elements=numbers))
    status = draw(hnp.arrays(np.int8, shape, elements=STATUS))
    figures = Quantities(
        xr.DataArray(np.where(status <= E, values, nan), dims=("territory", "period")),
        xr.DataArray(status, dims=("territory", "period")),
    )
    return figures, membership, groups


def rolled(figures: Quantities, membership: np.ndarray, groups: int) -> Quantities:
    codes = [f"G{i}" for i in range(groups)]
    return roll_up(figures.values, membership, codes, status=figures.status)


@given(tables())
def test_totals_are_kept(table: tuple[Quantities, np.ndarray, int]) -> None:
    figures, membership, groups = table
    plain = figures.values.fillna(0)
    total = roll_up(plain, membership, [str(i) for i in range(groups)]).values
    np.testing.assert_allclose(total.sum("territory"), plain.sum("territory"), rtol=1e-12)


@given(tables(), st.data())
def test_going_through_an_intermediate_level_changes_nothing(
    table: tuple[Quantities, np.ndarray, int], data: st.DataObject
) -> None:
    figures, membership, groups = table
    above = np.array(data.draw(st.lists(st.integers(0, 1), min_size=groups, max_size=groups)))
    above[0], above[-1] = 0, above.max()
    tops = len(np.unique(above))
    above = np.unique(above, return_inverse=True)[1]
    by_steps = rolled(rolled(figures, membership, groups), above, tops)
    at_once = rolled(figures, above[membership], tops)
    np.testing.assert_allclose(by_steps.values, at_once.values, rtol=1e-12)
    np.testing.assert_array_equal(by_steps.status, at_once.status)


@given(tables(), st.data())
def test_chunks_never_change_a_bit(
    table: tuple[Quantities, np.ndarray, int], data: st.DataObject
) -> None:
    figures, membership, groups = table
    cuts = {dim: data.draw(st.integers(1, size)) for dim, size in figures.values.sizes.items()}
    lazy = Quantities(figures.values.chunk(cuts), figures.status.chunk({"territory": 2}))
    found, expected = rolled(lazy, membership, groups), rolled(figures, membership, groups)
    assert isinstance(found.values.data, da.Array)
    xr.testing.assert_identical(found.values.compute(), expected.values)
    xr.testing.assert_identical(found.status.compute(), expected.status)


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_the_parts_changes_nothing(
    table: tuple[Quantities, np.ndarray, int], random: object
) -> None:
    figures, membership, groups = table
    order = np.arange(len(membership))
    random.shuffle(order)  # type: ignore[attr-defined]
    mixed = Quantities(*(array.isel(territory=order) for array in figures))
    found, expected = rolled(mixed, membership[order], groups), rolled(figures, membership, groups)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-12)
    np.testing.assert_array_equal(found.status, expected.status)


@given(tables())
def test_a_figure_has_a_number_exactly_when_its_status_says_so(
    table: tuple[Quantities, np.ndarray, int],
) -> None:
    total = rolled(*table)
    np.testing.assert_array_equal(np.isnan(total.values), total.status > E)


@given(tables())
def test_each_part_as_its_own_group_stays_as_it_is(
    table: tuple[Quantities, np.ndarray, int],
) -> None:
    figures, membership, _ = table
    count = len(membership)
    same = rolled(figures, np.arange(count), count)
    np.testing.assert_array_equal(same.values, figures.values)
    np.testing.assert_array_equal(same.status, figures.status)


def test_a_grouping_is_made_once_for_many_variables() -> None:
    grouping = Grouping.of([1, 0, 1], 2)
    assert roll_up(line(1, 2, 3), grouping, ["A", "B"]).values.values.tolist() == [2, 4]
    assert roll_up(line(10, 20, 30), grouping, ["A", "B"]).values.values.tolist() == [20, 40]


def test_groups_may_be_an_index_of_any_name() -> None:
    codes = pd.Index(["59", "62"], name="code")
    result = roll_up(line(1, 2), np.array([1, 0]), codes)
    assert result.values.dims == ("territory",)
    assert result.values["territory"].values.tolist() == ["59", "62"]
