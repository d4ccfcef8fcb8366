"""Empirical Bayes estimates: the formula by hand, and what must never happen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.rollup import Grouping
from workbench.compute.shrink import shrunk_rate

from .figures_of import NA, NAN, OK, E, M, S, assert_same, cut, figures


def test_the_estimator_of_marshall_by_hand() -> None:
    # m = 10/40 = ¼; s² = (20 × 0.05² + 20 × 0.05²)/40... with rates 0.4 and 0.1: 0.0225.
    # A = 0.0225 − 0.25/20 = 0.01; C = 0.01 / (0.01 + 0.0125) = 4/9.
    found = shrunk_rate(figures([8, 2]), figures([20, 20]))
    assert found.prior.values.tolist() == [0.25, 0.25]
    assert found.own.values.tolist() == pytest.approx([4 / 9, 4 / 9])
    assert found.values.values.tolist() == pytest.approx([0.25 + 0.15 * 4 / 9, 0.25 - 0.15 * 4 / 9])


def test_rates_that_differ_no_more_than_by_chance_are_all_the_same() -> None:
    found = shrunk_rate(figures([1, 2]), figures([10, 10]), scale=100)
    assert found.own.values.tolist() == [0, 0]
    assert found.values.values.tolist() == pytest.approx([15, 15])


def test_a_small_territory_is_drawn_more_than_a_large_one() -> None:
    own = shrunk_rate(figures([2, 10, 400]), figures([10, 100, 2000])).own.values
    assert own[0] < own[1] < own[2]


def test_each_group_has_its_own_prior() -> None:
    within = Grouping.of([0, 0, 1, -1], 2)
    found = shrunk_rate(figures([8, 2, 9, 1]), figures([20, 20, 10, 10]), within=within)
    assert found.prior.values[:3].tolist() == [0.25, 0.25, 0.9]
    assert found.status.values.tolist() == [E, E, E, NA]


def test_what_is_not_known_is_neither_guessed_nor_counted() -> None:
    events = figures([8, 2, 99, NAN, 5], [OK, OK, S, M, OK])
    found = shrunk_rate(events, figures([20, 20, 20, 20, 0]))
    assert found.status.values.tolist() == [E, E, S, M, NA]
    assert np.isnan(found.values.values[2:]).all()
    assert np.isnan(found.prior.values[2:]).all()
    assert found.prior.values[:2].tolist() == [0.25, 0.25]


def test_without_any_event_every_rate_is_zero() -> None:
    assert shrunk_rate(figures([0, 0]), figures([5, 9])).values.values.tolist() == [0, 0]


def test_the_result_says_that_it_is_estimated() -> None:
    attrs = shrunk_rate(figures([8, 2], long_name="fires"), figures([20, 20])).values.attrs
    assert attrs["long_name"] == "empirical Bayes estimate of the rate of fires"
    assert "Marshall" in attrs["references"]


rows = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 500)), min_size=1, max_size=12)


@given(rows, st.integers(1, 4))
def test_an_estimate_lies_between_the_own_rate_and_the_prior(
    drawn: list[tuple[int, int]], size: int
) -> None:
    events, people = (figures(column) for column in zip(*drawn, strict=True))
    found = shrunk_rate(events, people)
    rate = (events.values / people.values).values
    low, high = np.minimum(rate, found.prior), np.maximum(rate, found.prior)
    assert ((found.values >= low - 1e-12) & (found.values <= high + 1e-12)).all()
    assert_same(shrunk_rate(cut(events, size), cut(people, size)), found)
