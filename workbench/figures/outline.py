"""Outlines of areas as short SVG paths, borders between neighbours kept in common.

Points are rounded to the grid the map is drawn on, then the least visible ones are dropped.
A point goes or stays for all the rings it belongs to, so that no gap opens between two areas.

References
----------
.. [1] Visvalingam and Whyatt (1993), "Line generalisation by repeated elimination of
   points", The Cartographic Journal 30(1): the criterion, the area of the triangle that a
   point makes with its neighbours. Here all local minima go at once, pass after pass.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Rings", "compact", "ring_paths"]

Ints = NDArray[np.int64]

_NEVER = np.int64(1) << 62
#: Triangles dropped, in square view box units, the finest first.
_TOLERANCES = (0.25, 0.7, 1.4, 2.4, 3.6, 5.0)
_PASSES = 6


class Rings:
    """Hold closed rings of grid points end to end.

    Parameters
    ----------
    x, y : ndarray (point,)
        Grid coordinates, the first point of a ring not repeated.
    ring : ndarray (point,)
        Number of the ring of each point, increasing.
    count : int
        How many rings there are, those left without points included.
    """

    def __init__(self, x: Ints, y: Ints, ring: Ints, count: int) -> None:
        self.x, self.y, self.ring, self.count = x, y, ring, count
        self.sizes: Ints = np.bincount(ring, minlength=count)

    def neighbours(self) -> tuple[Ints, Ints]:
        """Return the index of the previous and next point of each, around its ring."""
        index = np.arange(self.ring.size)
        before, after = index - 1, index + 1
        ends = np.cumsum(self.sizes)
        full = self.sizes > 0
        first, last = (ends - self.sizes)[full], ends[full] - 1
        before[first], after[last] = last, first
        return before, after

    def kept(self, where: Ints) -> Rings:
        """Return the rings with only the points at these indices."""
        return Rings(self.x[where], self.y[where], self.ring[where], self.count)


def compact(
    points: NDArray[np.float64], lengths: Sequence[int], *, step: float, budget: int
) -> Rings:
    """Round rings to a grid and drop points until few enough are left.

    Parameters
    ----------
    points : ndarray (point, 2)
        View box coordinates of all rings, end to end.
    lengths : sequence of int
        Points of each ring.
    step : float
        Size of the grid.
    budget : int
        Points wanted at most; more are kept when dropping them would be seen.

    Returns
    -------
    Rings

    Examples
    --------
    >>> square = np.array([[0, 0], [5, 0], [10, 0], [10, 10], [0, 10], [0, 0]], float)
    >>> ring_paths(compact(square, [6], step=1, budget=0))
    ['M10 0l0 10-10 0 0-10z']
    """
    grid = np.rint(points / step).astype(np.int64)
    ring = np.repeat(np.arange(len(lengths)), lengths)
    rings = _distinct(Rings(grid[:, 0], grid[:, 1], ring, len(lengths)))
    if not rings.x.size:
        return rings
    wide = int(np.ptp(rings.y)) + 1
    _, ids = np.unique((rings.x - rings.x.min()) * wide + rings.y, return_inverse=True)
    fixed = _junctions(rings, ids)
    for tolerance in _TOLERANCES:
        rings, ids = _thin(rings, ids, fixed, int(2 * tolerance / step**2))
        if rings.ring.size <= budget:
            break
    # Without its tip, a spike is two equal points.
    return _distinct(rings)


def _distinct(rings: Rings) -> Rings:
    """Drop points that repeat the one before, around each ring."""
    before, _ = rings.neighbours()
    moved = (rings.x != rings.x[before]) | (rings.y != rings.y[before])
    # A ring shrunk to one point loses it: it has no outline to draw.
    return rings.kept(np.flatnonzero(moved))


def _junctions(rings: Rings, ids: Ints) -> NDArray[np.bool_]:
    """Mark the points where more than one border starts: they hold the map together."""
    before, after = rings.neighbours()
    one, other = ids[before], ids[after]
    pair = np.minimum(one, other) * np.int64(ids.size + 1) + np.maximum(one, other)
    count = int(ids.max()) + 1
    seen = np.zeros(count, np.int64)
    seen[ids] = pair
    fixed = np.zeros(count, bool)
    fixed[ids[seen[ids] != pair]] = True
    return fixed


def _thin(rings: Rings, ids: Ints, fixed: NDArray[np.bool_], limit: int) -> tuple[Rings, Ints]:
    """Drop points whose triangle is at most `limit` (twice its area, in grid squares)."""
    fixed = fixed.copy()
    # Ties go by point, not by place in a ring, so that both sides of a border decide alike;
    # and by a scattered number, so that many points of a straight line go in one pass.
    order = (np.arange(fixed.size) * 2_654_435_761) % 1_048_573
    for _ in range(_PASSES):
        before, after = rings.neighbours()
        # Triangles and squares stay, in every ring that shares their points.
        fixed[ids[rings.sizes[rings.ring] <= 4]] = True
        x, y = rings.x, rings.y
        left, up = x[before], y[before]
        twice = np.abs((x - left) * (y[after] - up) - (x[after] - left) * (y - up))
        free = (twice <= limit) & ~fixed[ids]
        rank = np.where(free, twice * 1_048_573 + order[ids], _NEVER)
        drop = free & (rank < rank[before]) & (rank < rank[after])
        kept = np.flatnonzero(~drop)
        gone = ids.size - kept.size
        if gone:
            rings, ids = rings.kept(kept), ids[kept]
        if gone <= ids.size // 200:
            break
    return rings, ids


def areas(rings: Rings) -> NDArray[np.float64]:
    """Return the surface of each ring, in grid squares, zero for those without points."""
    _, after = rings.neighbours()
    cross = (rings.x * rings.y[after] - rings.x[after] * rings.y).astype(float)
    return np.abs(np.bincount(rings.ring, weights=cross, minlength=rings.count)) / 2


def ring_paths(rings: Rings) -> list[str]:
    """Write each ring as a path: where it starts, then the moves from point to point.

    Returns
    -------
    list of str
        One a ring; empty for a ring of fewer than three points.

    Examples
    --------
    >>> square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)
    >>> ring_paths(compact(square, [4], step=1, budget=9))
    ['M0 0l10 0 0 10-10 0z']
    """
    before, _ = rings.neighbours()
    moves = np.column_stack((rings.x - rings.x[before], rings.y - rings.y[before]))
    written = list(map(str, moves.ravel().tolist()))
    paths, start = [], 0
    for size in rings.sizes.tolist():
        if size < 3:
            paths.append("")
        else:
            steps = " ".join(written[2 * start + 2 : 2 * (start + size)])
            paths.append(f"M{rings.x[start]} {rings.y[start]}l{steps}z".replace(" -", "-"))
        start += size
    return paths
