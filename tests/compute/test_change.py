"""Change between two periods."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.change import (
    absolute_change,
    contribution,
    mean_annual_rate,
    periods_apart,
    relative_change,
    unchanging,
)
from workbench.compute.quantities import Quantities, observed
from workbench.core.errors import PeriodUnknown
from workbench.core.types import Status

OK, A, AP, E, S, M, NA = (int(status) for status in Status)
nan = float("nan")
MEASURES = [absolute_change, relative_change, mean_annual_rate]


def series(rows: list[list[float]], periods: list[int], status: object = None) -> Quantities:
    dims, coords = ("territory", "period"), {"period": periods}
    values = xr.DataArray(np.array(rows, dtype=float), dims=dims, coords=coords)
    if status is None:
        return observed(values)
    return Quantities(values, xr.DataArray(np.array(status, np.int8), dims=dims, coords=coords))


def test_an_absolute_change_is_in_the_unit_of_the_figures() -> None:
    people = series([[800, 850, 900]], [2016, 2020, 2023])
    assert absolute_change(people, since=2016, until=2023).values.values.tolist() == [100]


def test_a_relative_change_is_in_percent_of_the_earlier_figure() -> None:
    people = series([[800, 900]], [2016, 2023])
    assert relative_change(people, since=2016, until=2023).values.values.tolist() == [12.5]


def test_a_mean_annual_rate_compounds() -> None:
    people = series([[1000, 1102.5]], [2021, 2023])
    rate = mean_annual_rate(people, since=2021, until=2023).values.values
    assert rate == pytest.approx([5])


@pytest.mark.parametrize("measure", MEASURES)
def test_a_figure_absent_in_either_period_leaves_the_change_absent(measure: object) -> None:
    people = series(
        [[1, nan], [nan, 1], [nan, nan], [nan, 1]],
        [2016, 2023],
        [[OK, S], [M, OK], [S, M], [NA, E]],
    )
    found = measure(people, since=2016, until=2023)  # type: ignore[operator]
    assert found.status.values.tolist() == [S, M, M, NA]
    assert np.isnan(found.values).all()


@pytest.mark.parametrize("measure", MEASURES)
def test_a_series_that_is_repeated_has_no_change(measure: object) -> None:
    people = series([[10, 10], [10, 12]], [2016, 2023])
    frozen = xr.DataArray([True, False], dims="territory")
    found = measure(people, since=2016, until=2023, frozen=frozen)  # type: ignore[operator]
    assert found.status.values.tolist() == [NA, OK]
    assert np.isnan(found.values.values[0])


@pytest.mark.parametrize("measure", [relative_change, mean_annual_rate])
def test_a_change_relative_to_nothing_is_not_applicable(measure: object) -> None:
    found = measure(series([[0, 5]], [2016, 2023]), since=2016, until=2023)  # type: ignore[operator]
    assert found.status.values.tolist() == [NA]


def test_contributions_add_up_to_the_change_of_the_whole() -> None:
    # 200 became 210: 5 %, all of it in the first part.
    people, whole = series([[50, 62], [150, 148]], [2016, 2023]), series([[200, 210]], [2016, 2023])
    found = contribution(
        people,
        Quantities(*(each.isel(territory=0) for each in whole)),
        since=2016,
        until=2023,
    )
    assert found.values.values.tolist() == [6, -1]
    assert found.values.attrs["units"] == "percentage points"


def test_a_contribution_to_nothing_or_to_the_unknown_is_no_figure() -> None:
    people = series([[0, 1], [1, 2], [1, nan]], [2016, 2023])
    whole = series([[0, 1], [9, 9], [9, 9]], [2016, 2023], [[OK, OK], [S, OK], [OK, OK]])
    found = contribution(people, whole, since=2016, until=2023)
    assert found.status.values.tolist() == [NA, S, M]
    with pytest.raises(PeriodUnknown, match="no figures for 2016; nearest: 2020"):
        contribution(people, series([[1, 2]], [2020, 2023]), since=2016, until=2023)


def test_a_change_says_what_it_is_and_of_what() -> None:
    people = series([[800, 900]], [2016, 2023])
    people.values.attrs.update(long_name="population", units="person", kind="count")
    changed = absolute_change(people, since=2016, until=2023).values.attrs
    assert changed["long_name"] == "change of population, 2016 to 2023"
    assert (changed["units"], changed["kind"]) == ("person", "count")
    assert relative_change(people, since=2016, until=2023).values.attrs["units"] == "percent"


def test_an_unknown_period_is_refused_and_the_nearest_told() -> None:
    with pytest.raises(PeriodUnknown, match="no figures for 2018; nearest: 2019"):
        absolute_change(series([[1, 2]], [2019, 2023]), since=2018, until=2023)


def test_time_goes_forward() -> None:
    with pytest.raises(PeriodUnknown, match="not from 2023 to 2016"):
        absolute_change(series([[1, 2]], [2016, 2023]), since=2023, until=2016)


def test_periods_are_chosen_far_enough_apart() -> None:
    assert periods_apart([2016, 2019, 2020, 2021, 2022, 2023], at_least=5) == (2016, 2023)


def test_the_nearest_period_far_enough_is_chosen() -> None:
    assert periods_apart([2008, 2013, 2023], at_least=5) == (2013, 2023)


def test_no_change_is_stated_when_all_periods_are_too_close() -> None:
    assert periods_apart([2021, 2023], at_least=5) is None
    assert periods_apart([], at_least=5) is None


def test_a_repeated_series_is_recognised() -> None:
    figures = series([[5, 5, 5], [5, 5, 6], [5, nan, 5], [5, nan, nan], [nan, nan, nan]], [1, 2, 3])
    assert unchanging(figures.values).values.tolist() == [True, False, True, False, False]


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.integers(1, 30))
def test_the_yearly_rate_leads_from_one_figure_to_the_other(
    before: float, after: float, years: int
) -> None:
    people = series([[before, after]], [2000, 2000 + years])
    rate = float(mean_annual_rate(people, since=2000, until=2000 + years).values[0])
    assert before * (1 + rate / 100) ** years == pytest.approx(after, rel=1e-9)


@given(
    st.lists(st.lists(st.floats(0, 1e6), min_size=3, max_size=3), min_size=1, max_size=12),
    st.integers(1, 12),
    st.integers(1, 3),
)
def test_chunks_never_change_a_bit(rows: list[list[float]], chunk: int, periods: int) -> None:
    plain = series(rows, [2010, 2016, 2023])
    cuts = {"territory": chunk, "period": periods}
    lazy = Quantities(*(array.chunk(cuts) for array in plain))
    for measure in MEASURES:
        found = measure(lazy, since=2010, until=2023)
        expected = measure(plain, since=2010, until=2023)
        xr.testing.assert_identical(found.values.compute(), expected.values)
        xr.testing.assert_identical(found.status.compute(), expected.status)
