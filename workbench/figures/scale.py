"""From values to positions, and the round numbers to print beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import FigureError
from workbench.core.types import Quantity

__all__ = ["Scale", "labelled_ticks", "nice_ticks"]

_STEPS = (1.0, 2.0, 5.0, 10.0)


def nice_ticks(low: float, high: float, *, count: int = 5) -> tuple[float, ...]:
    """Choose round values (1, 2 or 5 times a power of ten) within an interval.

    Parameters
    ----------
    low, high : float
        Interval, ``low < high``.
    count : int
        How many are wanted, about.

    Returns
    -------
    tuple of float
        Increasing, all within the interval; possibly none when it is too narrow.

    Examples
    --------
    >>> nice_ticks(0, 100)
    (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
    """
    raw = (high - low) / max(count, 1)
    # Below the spacing of floating-point numbers there is no round value to find.
    if not raw > 1e-12 * max(abs(low), abs(high)):
        return ()
    power = 10.0 ** math.floor(math.log10(raw))
    step = min((s * power for s in _STEPS), key=lambda s: abs(math.log(s / raw)))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    digits = max(0, 2 - math.floor(math.log10(step)))
    ticks = (round(i * step, digits) + 0.0 for i in range(first, last + 1))
    return tuple(tick for tick in ticks if low <= tick <= high)


@dataclass(frozen=True, slots=True)
class Scale:
    """Map values between `low` and `high` to positions between `start` and `end`.

    Parameters
    ----------
    low, high : float
        Values, finite and ``low < high``.
    start, end : float
        Positions; `start` may be greater than `end` (upwards).
    kind : str
        ``"linear"`` or ``"log"`` (values above zero).

    Examples
    --------
    >>> Scale(0, 10, 100, 200)(5)
    150.0
    >>> Scale(1, 100, 0, 200, kind="log")(10)
    100.0
    """

    low: float
    high: float
    start: float
    end: float
    kind: Literal["linear", "log"] = "linear"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            message = (
                f"a scale from {self.low} to {self.high} cannot be drawn: expected two finite "
                "values, the lower first. Check the values for infinities."
            )
            raise FigureError(message)
        if self.kind == "log" and self.low <= 0:
            message = (
                f"a logarithmic scale cannot start at {self.low}: expected a value above zero. "
                "Use scale='linear'."
            )
            raise FigureError(message)

    @classmethod
    def around(
        cls, values: Iterable[float], start: float, end: float, *, margin: float = 0.05
    ) -> Scale:
        """Make a linear scale holding all the values, with a margin on both sides.

        Examples
        --------
        >>> Scale.around([3.0], 0, 1).low < 3 < Scale.around([3.0], 0, 1).high
        True
        """
        known = [value for value in values if math.isfinite(value)]
        if not known:
            return cls(0.0, 1.0, start, end)
        low, high = min(known), max(known)
        # A constant series is drawn mid-height, in a window of a tenth of its size.
        span = high - low if high - low > 1e-9 * max(abs(low), abs(high)) else 0.0
        pad = span * margin if span else max(abs(high) * 0.05, 0.5)
        return cls(low - pad, high + pad, start, end)

    def __call__(self, value: float) -> float:
        """Return the position of one value, held within the scale."""
        value = min(max(value, self.low), self.high)
        if self.kind == "log":
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def edges(self, count: int) -> NDArray[np.float64]:
        """Return the values at ``count + 1`` evenly spaced positions, both ends included."""
        if self.kind == "log":
            return np.geomspace(self.low, self.high, count + 1)
        return np.linspace(self.low, self.high, count + 1)

    def ticks(self, count: int = 5) -> tuple[float, ...]:
        """Choose round values within the scale.

        Examples
        --------
        >>> Scale(8, 120_000, 0, 1, kind="log").ticks(5)
        (10.0, 100.0, 1000.0, 10000.0, 100000.0)
        """
        if self.kind == "linear":
            return nice_ticks(self.low, self.high, count=count)
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        fine = last - first <= 2
        marks = [m * 10.0**p for p in range(first, last + 1) for m in ((1, 2, 5) if fine else (1,))]
        inside = [mark for mark in marks if self.low <= mark <= self.high]
        step = max(1, math.ceil(len(inside) / max(count + 1, 1)))
        return tuple(inside[::step])


def labelled_ticks(
    scale: Scale, fmt: Callable[[Quantity], str], *, count: int = 5
) -> tuple[tuple[float, str], ...]:
    """Choose ticks whose printed labels all differ.

    A format with few decimals would print 0, 0, 1, 1, 2 beside narrow ticks: fewer are
    taken until no two labels agree.

    Examples
    --------
    >>> labelled_ticks(Scale(0, 2, 0, 1), lambda q: f"{q.value:.0f}")
    ((0.0, '0'), (1.0, '1'), (2.0, '2'))
    """
    while count > 0:
        ticks = scale.ticks(count)
        labels = [fmt(Quantity(tick)) for tick in ticks]
        if len(set(labels)) == len(labels):
            return tuple(zip(ticks, labels, strict=True))
        count -= 1
    return ()
