"""Scales and ticks: inside, increasing, faithful."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.types import Quantity
from workbench.figures import FigureError
from workbench.figures.scale import Scale, labelled_ticks, nice_ticks

from .drawings import percent

finite = st.floats(-1e9, 1e9, allow_nan=False)
spans = st.tuples(finite, st.floats(1e-3, 1e9)).map(lambda pair: (pair[0], pair[0] + pair[1]))
counts = st.integers(1, 9)


def test_ticks_of_a_hundred() -> None:
    assert nice_ticks(0, 100) == (0, 20, 40, 60, 80, 100)


def test_ticks_keep_decimals_exact() -> None:
    """0.1 + 0.2 does not print as 0.30000000000000004."""
    assert nice_ticks(0, 0.5) == (0, 0.1, 0.2, 0.3, 0.4, 0.5)


@given(spans, counts)
def test_ticks_are_inside_and_increasing(span: tuple[float, float], count: int) -> None:
    ticks = nice_ticks(*span, count=count)
    assert all(span[0] <= tick <= span[1] for tick in ticks)
    assert list(ticks) == sorted(set(ticks))
    assert len(ticks) <= 2 * count + 2


@given(st.floats(1e-6, 1e9), st.floats(1.5, 1e6), counts)
def test_logarithmic_ticks_are_inside_and_increasing(low: float, ratio: float, count: int) -> None:
    ticks = Scale(low, low * ratio, 0, 100, kind="log").ticks(count)
    assert all(low <= tick <= low * ratio for tick in ticks)
    assert list(ticks) == sorted(set(ticks))


@given(spans, finite, finite, st.sampled_from([(0.0, 100.0), (100.0, 0.0)]))
def test_scale_is_monotone_and_bounded(
    span: tuple[float, float], one: float, other: float, ends: tuple[float, float]
) -> None:
    """A greater value is never placed before a smaller one, and none leaves the drawing."""
    scale = Scale(*span, *ends)
    first, last = sorted((one, other))
    direction = math.copysign(1, ends[1] - ends[0])
    assert direction * (scale(last) - scale(first)) >= 0
    assert all(-1e-9 <= scale(v) <= 100 + 1e-9 for v in (first, last))


@given(st.floats(1e-6, 1e6), st.floats(1.1, 1e6), st.floats(0, 1))
def test_logarithmic_scale_is_monotone(low: float, ratio: float, share: float) -> None:
    scale = Scale(low, low * ratio, 0, 100, kind="log")
    middle = low * ratio**share
    assert scale(low) == pytest.approx(0, abs=1e-6)
    assert scale(middle) == pytest.approx(100 * share, abs=1e-3)
    assert scale(low * ratio) == pytest.approx(100)


@given(st.lists(finite, min_size=1, max_size=8))
def test_scale_around_values_holds_them(values: list[float]) -> None:
    scale = Scale.around(values, 0, 100)
    assert scale.low < min(values) <= max(values) < scale.high


def test_scale_around_nothing_is_drawable() -> None:
    assert Scale.around([math.nan], 0, 100).low == 0


def test_labels_of_ticks_all_differ() -> None:
    """With no decimal, 0, 0.5, 1… would print 0, 0, 1: fewer ticks are taken."""
    ticks = labelled_ticks(Scale(0, 2, 0, 100), lambda q: f"{q.value:.0f}")
    assert [text for _, text in ticks] == ["0", "1", "2"]


def test_labels_of_an_interval_too_narrow_for_its_format() -> None:
    """Every tick would print 8.0 %: none is better than equal labels."""
    assert labelled_ticks(Scale(8.001, 8.002, 0, 100), percent) == ()


def test_infinite_scale_is_refused() -> None:
    with pytest.raises(FigureError, match="from 0 to inf cannot be drawn"):
        Scale(0, math.inf, 0, 1)


def test_empty_scale_is_refused() -> None:
    with pytest.raises(FigureError, match=r"from 2 to 2 cannot be drawn: expected two finite"):
        Scale(2, 2, 0, 1)


def test_logarithm_of_zero_is_refused() -> None:
    with pytest.raises(FigureError, match="cannot start at 0: expected a value above zero"):
        Scale(0, 2, 0, 1, kind="log")


def test_tick_labels_are_formatted_as_known_quantities() -> None:
    assert labelled_ticks(Scale(0, 10, 0, 1), percent, count=2)[0] == (0.0, percent(Quantity(0.0)))
