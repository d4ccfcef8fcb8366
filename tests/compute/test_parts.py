"""Median, inequality and weight of the largest part."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.parts import gini_of_parts, largest_share_of_parts, median_of_parts
from workbench.compute.quantities import Quantities, observed
from workbench.compute.rollup import Grouping
from workbench.core.types import Status

OK, A, AP, E, S, M, NA = (int(status) for status in Status)
nan = float("nan")
MEASURES = [median_of_parts, gini_of_parts, largest_share_of_parts]


def figures(values: list[float], status: list[int] | None = None) -> Quantities:
    array = xr.DataArray(np.array(values, dtype=float), dims="territory")
    if status is None:
        return observed(array)
    return Quantities(array, xr.DataArray(np.array(status, dtype=np.int8), dims="territory"))


def one_group(measure: object, values: list[float]) -> float:
    grouping = Grouping.of(np.zeros(len(values), dtype=int), 1)
    return float(measure(figures(values), grouping, ["A"]).values[0])  # type: ignore[operator]


def test_the_median_of_an_odd_number_is_the_one_in_the_middle() -> None:
    assert one_group(median_of_parts, [900, 100, 200]) == 200


def test_the_median_of_an_even_number_is_between_the_two_in_the_middle() -> None:
    assert one_group(median_of_parts, [100, 200, 300, 900]) == 250


def test_equal_parts_have_no_inequality() -> None:
    assert one_group(gini_of_parts, [7, 7, 7]) == 0


def test_one_part_holding_everything_is_the_greatest_inequality_of_that_many() -> None:
    assert one_group(gini_of_parts, [0, 0, 0, 40]) == 0.75


def test_the_gini_of_one_to_three_is_two_ninths() -> None:
    # Mean absolute difference of {1, 2, 3}: 8/9; half of it over the mean 2 is 2/9.
    assert one_group(gini_of_parts, [3, 1, 2]) == pytest.approx(2 / 9)


def test_the_largest_part_is_set_against_the_sum() -> None:
    assert one_group(largest_share_of_parts, [100, 300]) == 0.75


@pytest.mark.parametrize("measure", [gini_of_parts, largest_share_of_parts])
def test_shares_of_nothing_are_not_applicable(measure: object) -> None:
    result = measure(figures([0, 0]), Grouping.of([0, 0], 1), ["A"])  # type: ignore[operator]
    assert result.status.values.tolist() == [NA]


@pytest.mark.parametrize("measure", MEASURES)
def test_status_follows_the_rules_of_sums(measure: object) -> None:
    values = figures([1, nan, nan, nan, 4], [OK, NA, S, NA, E])
    grouping = Grouping.of([0, 0, 1, 2, 3], 5)
    result = measure(values, grouping, list("ABCDE"))  # type: ignore[operator]
    assert result.status.values.tolist() == [OK, S, NA, E, M]


@pytest.mark.parametrize("measure", MEASURES)
def test_parts_that_are_not_applicable_are_left_out(measure: object) -> None:
    grouping = Grouping.of([0, 0, 0], 1)
    found = measure(figures([5, 99, 7], [OK, NA, OK]), grouping, ["A"])  # type: ignore[operator]
    assert float(found.values[0]) == one_group(measure, [5, 7])


@pytest.mark.parametrize("measure", MEASURES)
def test_no_part_at_all_is_missing(measure: object) -> None:
    result = measure(figures([1]), Grouping.of([-1], 2), ["A", "B"])  # type: ignore[operator]
    assert result.status.values.tolist() == [M, M]


parts = st.lists(
    st.tuples(st.integers(0, 3), st.floats(0, 1e6, allow_subnormal=False)), min_size=1, max_size=40
)


@given(parts)
def test_the_median_is_that_of_numpy_in_each_group(rows: list[tuple[int, float]]) -> None:
    groups, values = (np.array(column) for column in zip(*rows, strict=True))
    found = median_of_parts(figures(list(values)), Grouping.of(groups, 4), list("ABCD")).values
    for group in range(4):
        inside = values[groups == group]
        expected = np.median(inside) if len(inside) else nan
        np.testing.assert_allclose(found[group], expected, rtol=1e-12)


@given(parts)
def test_the_gini_is_half_the_mean_difference_over_the_mean(rows: list[tuple[int, float]]) -> None:
    values = np.array([value for _, value in rows]) + 1
    expected = np.abs(values[:, None] - values).mean() / (2 * values.mean())
    assert one_group(gini_of_parts, list(values)) == pytest.approx(expected, abs=1e-9)


@given(parts, st.floats(0.01, 1000))
def test_the_gini_is_between_zero_and_one_and_does_not_depend_on_the_unit(
    rows: list[tuple[int, float]], unit: float
) -> None:
    values = [value + 1 for _, value in rows]
    gini = one_group(gini_of_parts, values)
    assert 0 <= gini <= 1 - 1 / len(values) + 1e-9
    assert one_group(gini_of_parts, [unit * value for value in values]) == pytest.approx(
        gini, abs=1e-9
    )


@pytest.mark.parametrize("measure", MEASURES)
@given(rows=parts, chunk=st.integers(1, 40))
def test_chunks_never_change_a_bit(
    measure: object, rows: list[tuple[int, float]], chunk: int
) -> None:
    groups, values = (np.array(column) for column in zip(*rows, strict=True))
    grouping, plain = Grouping.of(groups, 4), figures(list(values))
    lazy = Quantities(*(array.chunk({"territory": chunk}) for array in plain))
    found = measure(lazy, grouping, list("ABCD"))  # type: ignore[operator]
    expected = measure(plain, grouping, list("ABCD"))  # type: ignore[operator]
    xr.testing.assert_identical(found.values.compute(), expected.values)
    xr.testing.assert_identical(found.status.compute(), expected.status)
