"""Sums, quotients, classes and conditions, with their status."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.quantities import (
    Quantities,
    add,
    classify,
    divide,
    keep_where,
    observed,
)
from workbench.compute.rollup import roll_up
from workbench.core.types import Status

OK, A, AP, E, S, M, NA = (int(status) for status in Status)
nan = float("nan")


def figures(values: list[float], status: list[int] | None = None) -> Quantities:
    array = xr.DataArray(np.array(values, dtype=float), dims="territory")
    if status is None:
        return observed(array)
    return Quantities(array, xr.DataArray(np.array(status, dtype=np.int8), dims="territory"))


def test_a_ratio_is_the_quotient_times_its_scale() -> None:
    assert divide(figures([30]), figures([120]), scale=100).values.values.tolist() == [25]


def test_a_ratio_over_nothing_is_not_applicable() -> None:
    vacancy = divide(figures([0]), figures([0]))
    assert vacancy.status.values.tolist() == [NA]
    assert np.isnan(vacancy.values.values[0])


def test_a_ratio_over_nothing_is_not_applicable_rather_than_suppressed() -> None:
    assert divide(figures([0]), figures([0]), minimum_denominator=20).status.values == [NA]


def test_a_ratio_over_too_few_units_is_suppressed() -> None:
    share = divide(figures([3, 4]), figures([19, 20]), minimum_denominator=20)
    assert share.status.values.tolist() == [S, OK]


def test_the_numerator_of_a_suppressed_ratio_is_blank_and_its_denominator_stays() -> None:
    share = divide(figures([3]), figures([19]), minimum_denominator=20)
    assert np.isnan(share.numerator.values[0])
    assert share.denominator.values.tolist() == [19]


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [(OK, A, A), (E, AP, E), (S, OK, S), (M, S, M), (OK, NA, NA), (NA, M, NA)],
)
def test_a_ratio_is_as_certain_as_the_least_certain_of_its_terms(
    above: int, below: int, expected: int
) -> None:
    number = {True: 5.0, False: nan}
    ratio = divide(figures([number[above <= E]], [above]), figures([number[below <= E]], [below]))
    assert ratio.status.values.tolist() == [expected]


def test_a_sum_of_terms_takes_the_least_certain_status() -> None:
    total = add(figures([1, 1, nan], [OK, OK, M]), figures([2, 2, 2], [OK, E, OK]))
    assert total.values.values.tolist()[:2] == [3, 3]
    assert total.status.values.tolist() == [OK, E, M]


def test_a_sum_of_one_term_is_that_term() -> None:
    term = figures([1])
    assert add(term) is term


def test_a_class_begins_at_its_bound() -> None:
    assert classify(figures([24.9, 25, 300]), (25, 300)).values.values.tolist() == [1, 2, 3]


def test_what_has_no_value_has_no_class() -> None:
    assert np.isnan(classify(figures([nan]), (25,)).values.values[0])


def test_parts_outside_the_bounds_count_for_zero() -> None:
    people = figures([499, 500, 1999, 2000])
    kept = keep_where(people, people, at_least=500, below=2000)
    assert kept.values.values.tolist() == [0, 500, 1999, 0]
    assert kept.status.values.tolist() == [OK, OK, OK, OK]


def test_a_condition_can_be_on_a_quotient() -> None:
    people, area = figures([600, 100]), figures([2, 1])
    assert keep_where(people, people, per=area, at_least=300).values.values.tolist() == [600, 0]


def test_a_part_whose_condition_is_unknown_is_unknown() -> None:
    communes, people = figures([1, 1]), figures([nan, nan], [M, S])
    assert keep_where(communes, people, below=500).status.values.tolist() == [M, S]


def test_a_count_without_period_follows_the_condition_through_time() -> None:
    communes = figures([1, 1])
    people = observed(xr.DataArray([[400.0, 600.0], [700.0, 100.0]], dims=("territory", "period")))
    kept = keep_where(communes, people, below=500)
    assert kept.values.values.tolist() == [[1, 0], [0, 1]]
    assert kept.status.shape == (2, 2)


counts = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(1, 1000), st.integers(0, 2)),
    min_size=1,
    max_size=30,
)


@given(counts)
def test_a_ratio_of_sums_lies_between_those_of_the_parts(rows: list[tuple[int, int, int]]) -> None:
    above, below, groups = (np.array(column) for column in zip(*rows, strict=True))
    codes = ["A", "B", "C"]
    terms = (
        roll_up(xr.DataArray(x.astype(float), dims="territory"), groups, codes)
        for x in (above, below)
    )
    ratio = divide(*terms).values.values
    of_parts = above / below
    for group in set(groups):
        inside = of_parts[groups == group]
        assert inside.min() - 1e-9 <= ratio[group] <= inside.max() + 1e-9


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=20), st.floats(0, 1e5))
def test_what_is_below_and_what_is_at_least_make_the_whole(
    values: list[float], bound: float
) -> None:
    people = figures(values)
    low, high = keep_where(people, people, below=bound), keep_where(people, people, at_least=bound)
    np.testing.assert_array_equal(low.values + high.values, people.values)


@given(st.lists(st.floats(0, 1e5), min_size=2, max_size=20), st.integers(1, 20))
def test_lazy_figures_stay_lazy_and_equal(values: list[float], chunk: int) -> None:
    plain = figures(values)
    lazy = Quantities(*(array.chunk({"territory": chunk}) for array in plain))
    found = divide(lazy, plain, scale=3)
    assert found.values.chunks is not None
    xr.testing.assert_identical(found.values.compute(), divide(plain, plain, scale=3).values)
