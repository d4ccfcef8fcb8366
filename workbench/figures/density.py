"""The shape of a distribution, as few path points whatever the number of territories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.figures.scale import Scale
from workbench.figures.svg import num

__all__ = ["Bump", "bump", "cut", "quartiles", "rug"]

_BINS = 124
# A narrow bell over seven bins: it calms the noise of bins and moves no peak.
_KERNEL = np.array([0.03, 0.11, 0.22, 0.28, 0.22, 0.11, 0.03])


@dataclass(frozen=True, slots=True)
class Bump:
    """Hold a density drawn above a base line.

    Parameters
    ----------
    x, y : ndarray (bin,)
        Its upper edge, in view box units.
    base : float
        Position of the base line.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    base: float

    def height_at(self, x: float) -> float:
        """Return the height of the density at a position."""
        return self.base - float(np.interp(x, self.x, self.y))


def quartiles(distribution: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the quartiles of sorted values, interpolated linearly.

    Examples
    --------
    >>> quartiles(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    (2.0, 3.0, 4.0)
    """
    last = distribution.size - 1
    found = []
    for share in (0.25, 0.5, 0.75):
        at = share * last
        below = int(at)
        above = min(below + 1, last)
        low, high = float(distribution[below]), float(distribution[above])
        found.append(low + (high - low) * (at - below))
    return found[0], found[1], found[2]


def bump(distribution: NDArray[np.float64], axis: Scale, base: float, height: float) -> Bump:
    """Draw the density of sorted values along an axis.

    Parameters
    ----------
    distribution : ndarray (territory,)
        Sorted values; those beyond the axis are left out.
    axis : Scale
    base, height : float
        Position of the base line and height of the highest point.

    Returns
    -------
    Bump
    """
    places = np.searchsorted(distribution, axis.edges(_BINS))
    counts = np.diff(places).astype(np.float64)
    # Mirroring the ends keeps the mass of a distribution that stops at a bound (zero, 100 %).
    smooth: NDArray[np.float64] = np.convolve(
        np.pad(counts, 3, mode="symmetric"), _KERNEL, mode="valid"
    )
    top = float(smooth.max()) or 1.0
    step = (axis.end - axis.start) / _BINS
    x: NDArray[np.float64] = axis.start + step * (np.arange(_BINS, dtype=np.float64) + 0.5)
    y: NDArray[np.float64] = base - height * smooth / top
    return Bump(x, y, base)


def cut(shape: Bump, left: float, right: float) -> tuple[str, str]:
    """Cut a density at two positions, into its middle and its two ends.

    Returns
    -------
    middle, ends : str
        Closed outlines.
    """
    points = np.concatenate((shape.x, [left, right]))
    order = np.argsort(points, kind="stable")
    x = points[order]
    y = np.interp(x, shape.x, shape.y)
    first, last = np.searchsorted(x, left), np.searchsorted(x, right, side="right")
    ends = _closed(x[: first + 1], y[: first + 1], shape.base)
    ends += _closed(x[last - 1 :], y[last - 1 :], shape.base)
    return _closed(x[first:last], y[first:last], shape.base), ends


def rug(distribution: NDArray[np.float64], axis: Scale, base: float, height: float) -> str:
    """Draw one tick a value, those beyond the axis left out, equal positions once."""
    inside = distribution[(distribution >= axis.low) & (distribution <= axis.high)]
    places = dict.fromkeys(num(axis(float(value))) for value in inside)
    return "".join(f"M{x} {num(base)}v-{num(height)}" for x in places)


def _closed(x: NDArray[np.float64], y: NDArray[np.float64], base: float) -> str:
    """Write a closed outline, in moves of tenths rounded so that errors do not add up."""
    tenths = np.rint(np.column_stack((x, y)) * 10).astype(int)
    moves = (np.diff(tenths, axis=0) / 10).ravel().tolist()
    written = " ".join(num(move) for move in moves).replace(" -", "-")
    start = f"M{num(float(x[0]))} {num(base)}V{num(float(y[0]))}"
    return f"{start}l{written}V{num(base)}z" if written else ""
