"""Standardised rates and ratios, worked out by hand, and their limits."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.quantities import Quantities
from workbench.compute.standardise import byar_limits, direct_rate, indirect_ratio

from .figures_of import NA, OK, M, S, assert_same, cut, figures

AGES = ("territory", "age")


def ages(rows: object, status: object = None) -> Quantities:
    return figures(rows, status, dims=AGES)


def line(*values: float) -> xr.DataArray:
    return xr.DataArray(list(values), dims="age")


def test_a_direct_rate_weighs_the_rates_of_strata_by_the_standard() -> None:
    # 10 and 90 per thousand, at three to one.
    found = direct_rate(ages([[10, 90]]), ages([[1000, 1000]]), line(3, 1), over="age", scale=1000)
    assert found.values.values.tolist() == pytest.approx([30])


def test_the_own_structure_as_the_standard_gives_the_crude_rate_and_byars_limits() -> None:
    found = direct_rate(ages([[4, 6]]), ages([[100, 300]]), line(100, 300), over="age")
    assert float(found.values[0]) == pytest.approx(10 / 400)
    # Equal weights a person: limits of 10 events, 4.79 and 18.39 (exact ones: 4.80 and 18.39).
    low, high = (float(end[0]) * 400 for end in (found.low, found.high))
    assert low == pytest.approx(4.79, abs=0.3)
    assert high == pytest.approx(18.39, abs=0.5)


def test_an_indirect_ratio_is_what_happened_over_what_was_expected() -> None:
    # 1000 × 0.01 + 100 × 0.1 = 20 expected.
    found = indirect_ratio(figures([30]), ages([[1000, 100]]), line(0.01, 0.1), over="age")
    assert found.values.values.tolist() == [150]
    assert found.low.values.round(1).tolist() == [101.2]
    assert found.high.values.round(1).tolist() == [214.1]


@pytest.mark.parametrize(("events", "low", "high"), [(5, 1.62, 11.67), (20, 12.22, 30.89)])
def test_byars_limits_are_near_the_exact_ones(events: float, low: float, high: float) -> None:
    found = byar_limits(np.array([events]), 1.959964)
    assert [float(end[0]) for end in found] == pytest.approx([low, high], rel=0.012)


def test_no_event_has_a_lower_limit_of_zero() -> None:
    low, high = byar_limits(np.array([0.0]), 1.96)
    assert (float(low[0]), float(high[0])) == (0, pytest.approx(3.69, abs=0.03))


def test_statuses() -> None:
    status = [[OK, OK], [OK, S], [M, OK], [OK, OK]]
    events, people = ages([[1, 1]] * 4, status), ages([[9, 9], [9, 9], [9, 9], [9, 0]])
    direct = direct_rate(events, people, line(1, 1), over="age")
    assert direct.status.values.tolist() == [OK, S, M, NA]
    assert np.isnan(direct.low.values).tolist() == [False, True, True, True]
    some = indirect_ratio(figures([1, 1], [OK, S]), ages([[0, 0], [9, 9]]), line(1, 1), over="age")
    assert some.status.values.tolist() == [NA, S]


def test_people_may_have_dims_that_events_lack() -> None:
    people = figures(np.full((1, 2, 3), 10.0), dims=("territory", "age", "period"))
    events = figures([[5, 10, 20]], dims=("territory", "period"))
    found = indirect_ratio(events, people, line(0.25, 0.25), over="age")
    assert found.values.values.tolist() == [[100, 200, 400]]
    turned = indirect_ratio(events, figures([[10, 10]], dims=AGES), line(0.25, 0.25), over="age")
    assert turned.values.values.tolist() == [[100, 200, 400]]


def test_what_makes_no_sense_is_refused() -> None:
    events, people = ages([[1, 1]]), ages([[9, 9]])
    with pytest.raises(ValueError, match="no dim is named 'sex'"):
        indirect_ratio(figures([1]), people, xr.DataArray([1.0], dims="sex"), over="sex")
    with pytest.raises(ValueError, match=r"between 0 and 1, 0\.95 for 95 %; found 95"):
        direct_rate(events, people, line(1, 1), over="age", confidence=95)
    with pytest.raises(ValueError, match="standard population is positive"):
        direct_rate(events, people, line(1, -1), over="age")
    with pytest.raises(ValueError, match="must have the one dim 'age'"):
        direct_rate(events, people, xr.DataArray([1.0], dims="sex"), over="age")
    with pytest.raises(ValueError, match="rates must be 0 or more"):
        indirect_ratio(figures([1]), people, line(0.1, -0.1), over="age")


strata = st.lists(st.tuples(st.integers(0, 40), st.integers(50, 900)), min_size=2, max_size=2)


@given(st.lists(strata, min_size=1, max_size=6), st.integers(1, 3))
def test_laws(rows: list[list[tuple[int, int]]], size: int) -> None:
    table = np.array(rows, float)
    events, people = ages(table[..., 0]), ages(table[..., 1])
    found = direct_rate(events, people, line(2, 1), over="age")
    rates = table[..., 0] / table[..., 1]
    assert (found.values >= rates.min(axis=1) - 1e-12).all()
    assert (found.values <= rates.max(axis=1) + 1e-12).all()
    assert ((found.low <= found.values) & (found.values <= found.high)).all()
    assert_same(direct_rate(cut(events, size), cut(people, size), line(2, 1), over="age"), found)
