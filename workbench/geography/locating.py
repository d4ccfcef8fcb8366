"""Say which territory a point is in, and how far it is from one, from the boundaries of a pack."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.geography.boundaries import Boundaries, Projection

__all__ = ["distances", "inside", "locate"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_AT_ONCE = 4_000_000  # pairs of a point and an edge that are held at once


def inside(boundaries: Boundaries, codes: Sequence[str], points: FloatArray) -> BoolArray:
    """Tell which points are in the territory each is said to be in.

    The box of the territory is looked at first, then its rings: a point is inside when a half-line
    from it crosses them an odd number of times.

    Parameters
    ----------
    boundaries : Boundaries
    codes : sequence of str
        Of each point; one without a boundary holds no point.
    points : ndarray (point, 2)
        Longitude and latitude, degrees.

    Returns
    -------
    ndarray of bool (point,)

    Examples
    --------
    >>> square = np.array([[0.0, 0], [2, 0], [2, 2], [0, 2], [0, 0]])
    >>> drawn = Boundaries({"a": 0}, square, np.array([0, 5]), np.array([0, 1]))
    >>> inside(drawn, ["a", "a", "b"], np.array([[1.0, 1], [3, 1], [1, 1]])).tolist()
    [True, False, False]
    """
    places = np.array([boundaries.index.get(code, -1) for code in codes], dtype=np.int64)
    found = np.zeros(len(places), dtype=bool)
    box = boundaries.boxes[places]
    fits = (places >= 0) & (points >= box[:, :2]).all(axis=1) & (points <= box[:, 2:]).all(axis=1)
    for place in np.unique(places[fits]).tolist():
        rows = np.flatnonzero(fits & (places == place))
        found[rows] = _within(points[rows], *_edges(boundaries, place))
    return found


def locate(boundaries: Boundaries, points: FloatArray) -> list[str]:
    """Return the code of the territory that each point is in, ``""`` for none.

    Parameters
    ----------
    boundaries : Boundaries
    points : ndarray (point, 2)
        Longitude and latitude, degrees.

    Examples
    --------
    >>> square = np.array([[0.0, 0], [2, 0], [2, 2], [0, 2], [0, 0]])
    >>> drawn = Boundaries({"a": 0}, square, np.array([0, 5]), np.array([0, 1]))
    >>> locate(drawn, np.array([[1.0, 1], [3, 1]]))
    ['a', '']
    """
    codes, box = list(boundaries.index), boundaries.boxes
    found = []
    for point in points:
        fits = (point >= box[:, :2]).all(axis=1) & (point <= box[:, 2:]).all(axis=1)
        near = [codes[place] for place in np.flatnonzero(fits)]
        held = inside(boundaries, near, np.tile(point, (len(near), 1)))
        found.append(next((code for code, yes in zip(near, held, strict=True) if yes), ""))
    return found


def distances(boundaries: Boundaries, codes: Sequence[str], points: FloatArray) -> FloatArray:
    """Measure from each point to the boundary of the territory it is said to be in.

    Parameters
    ----------
    boundaries : Boundaries
    codes : sequence of str
        Of each point.
    points : ndarray (point, 2)
        Longitude and latitude, degrees.

    Returns
    -------
    ndarray (point,)
        Kilometres; infinite for a territory without a boundary.

    Notes
    -----
    On a plane that is true around the point: right within a percent up to some hundred kilometres.
    """
    far = np.full(len(points), np.inf)
    for row, (code, point) in enumerate(zip(codes, points, strict=True)):
        if code not in boundaries:
            continue
        plane = Projection("local", float(point[0]), float(point[1]))
        first, last = (plane(ends) for ends in _edges(boundaries, boundaries.index[code]))
        along = last - first
        length = np.maximum((along**2).sum(axis=1), 1e-18)
        share = np.clip(-(first * along).sum(axis=1) / length, 0, 1)
        near = first + share[:, None] * along
        far[row] = np.sqrt((near**2).sum(axis=1).min())
    return far


def _edges(boundaries: Boundaries, place: int) -> tuple[FloatArray, FloatArray]:
    """Return the two ends of each edge of a territory; the last point of a ring is its first."""
    first, last = boundaries.first_ring[place], boundaries.first_ring[place + 1]
    starts, end = boundaries.rings[first:last], boundaries.rings[last]
    points = boundaries.points[starts[0] : end]
    joined = np.ones(len(points), dtype=bool)
    joined[boundaries.rings[first + 1 : last + 1] - starts[0] - 1] = False
    at = np.flatnonzero(joined)
    return points[at], points[at + 1]


def _within(points: FloatArray, first: FloatArray, last: FloatArray) -> BoolArray:
    """Tell which points rings hold, by the parity of their crossings."""
    step = max(1, _AT_ONCE // max(1, len(first)))
    parts = []
    for start in range(0, len(points), step):
        x, y = points[start : start + step, :1], points[start : start + step, 1:]
        spans = (first[:, 1] > y) != (last[:, 1] > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = (last[:, 0] - first[:, 0]) / (last[:, 1] - first[:, 1])
            crosses = spans & (x < slope * (y - first[:, 1]) + first[:, 0])
        parts.append(crosses.sum(axis=1) % 2 == 1)
    return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)
