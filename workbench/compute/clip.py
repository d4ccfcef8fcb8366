"""Cut polygons by the cells of a curvilinear grid. Needs Numba.

Each ring is cut by the four sides of a convex cell (Sutherland and Hodgman, *Reentrant polygon
clipping*, Communications of the ACM 17, 1974). Where a ring leaves a cell and comes back, the cut
ring runs along the cell's side to and fro, which adds nothing to its signed area: it is exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.compute.compiling import compiled
from workbench.compute.sweep import _NOISE, _longer, extent

__all__ = ["clip"]


@compiled()
def _cut(
    sx: Any, sy: Any, n: int, ax: float, ay: float, bx: float, by: float, tx: Any, ty: Any
) -> int:
    """Keep what is left of the line from a to b of a closed ring of n points."""
    kept = 0
    dx, dy = bx - ax, by - ay
    px, py = sx[n - 1], sy[n - 1]
    before = dx * (py - ay) - dy * (px - ax)
    for k in range(n):
        qx, qy = sx[k], sy[k]
        here = dx * (qy - ay) - dy * (qx - ax)
        if (before < 0.0) != (here < 0.0):
            t = before / (before - here)
            tx[kept], ty[kept] = px + t * (qx - px), py + t * (qy - py)
            kept += 1
        if here >= 0.0:
            tx[kept], ty[kept] = qx, qy
            kept += 1
        px, py, before = qx, qy, here
    return kept


@compiled()
def _ring_area(
    px: Any, py: Any, a: int, b: int, shift: float, qx: Any, qy: Any, work: Any
) -> float:
    """Find the signed area that a ring shares with a cell (corners counter-clockwise)."""
    ox, oy = qx[0], qy[0]
    n = b - a - 1
    west, east = qx.min() - ox, qx.max() - ox
    south, north = qy.min() - oy, qy.max() - oy
    outside = np.array([True, True, True, True])
    for k in range(n):
        x, y = px[a + k] - (ox - shift), py[a + k] - oy
        work[0, k], work[1, k] = x, y
        outside[0] &= x <= west
        outside[1] &= x >= east
        outside[2] &= y <= south
        outside[3] &= y >= north
    if outside.any():
        return 0.0
    source = 0
    for side in range(4):
        after = (side + 1) % 4
        target = 2 - source
        n = _cut(
            work[source],
            work[source + 1],
            n,
            qx[side] - ox,
            qy[side] - oy,
            qx[after] - ox,
            qy[after] - oy,
            work[target],
            work[target + 1],
        )
        source = target
        if n == 0:
            return 0.0
    twice = 0.0
    x0, y0 = work[source, n - 1], work[source + 1, n - 1]
    for k in range(n):
        x1, y1 = work[source, k], work[source + 1, k]
        twice += x0 * y1 - x1 * y0
        x0, y0 = x1, y1
    return 0.5 * twice


@compiled()
def _bins(low: Any, high: Any, start: float, per: float, count: int) -> Any:
    """Find the first and last bin of each interval."""
    ends = np.empty((low.size, 2), np.int64)
    for k in range(low.size):
        ends[k, 0] = min(count - 1, max(0, int((low[k] - start) * per)))
        ends[k, 1] = min(count - 1, max(0, int((high[k] - start) * per)))
    return ends


@compiled(
    "Tuple((int64[::1], int32[::1], float64[::1], float64[::1]))(float64[::1], float64[::1],"
    "int64[::1], int64[::1], float64[:,::1], float64[:,::1], float64[::1], float64[::1])"
)
def clip(
    px: Any,
    py: Any,
    rings: Any,
    first_ring: Any,
    qx: Any,
    qy: Any,
    areas: Any,
    shifts: Any,
) -> tuple[Any, Any, Any, Any]:
    """Find which part of which cell each territory covers, as `sweep.sweep` does.

    Parameters
    ----------
    px, py, rings, first_ring, shifts
        As of `sweep.sweep`.
    qx, qy : ndarray (cell, 4)
        Corners of the cells, counter-clockwise, convex.
    areas : ndarray (cell,)
    """
    count, number = first_ring.size - 1, areas.size
    west, east = np.empty(number), np.empty(number)
    south, north = np.empty(number), np.empty(number)
    for c in range(number):
        west[c], east[c] = qx[c].min(), qx[c].max()
        south[c], north[c] = qy[c].min(), qy[c].max()
    # Cells are looked up by bins of about their own size.
    side = max(1, int(np.sqrt(number)))
    x0, y0 = west.min(), south.min()
    perx, pery = side / max(east.max() - x0, 1e-300), side / max(north.max() - y0, 1e-300)
    binx, biny = _bins(west, east, x0, perx, side), _bins(south, north, y0, pery, side)
    first = np.zeros(side * side + 1, np.int64)
    for c in range(number):
        for i in range(biny[c, 0], biny[c, 1] + 1):
            for j in range(binx[c, 0], binx[c, 1] + 1):
                first[i * side + j + 1] += 1
    first = np.cumsum(first)
    held, at = np.empty(first[-1], np.int32), first.copy()
    for c in range(number):
        for i in range(biny[c, 0], biny[c, 1] + 1):
            for j in range(binx[c, 0], binx[c, 1] + 1):
                held[at[i * side + j]] = c
                at[i * side + j] += 1
    longest = 0
    for ring in range(rings.size - 1):
        longest = max(longest, rings[ring + 1] - rings[ring])
    # A cut adds at most one point for each edge that is crossed: half as many again, four times.
    work = np.empty((4, 6 * longest + 16))
    seen = np.full(number, -1, np.int64)
    starts, inside = np.zeros(count + 1, np.int64), np.zeros(count)
    cells, fraction = np.empty(2**16, np.int32), np.empty(2**16, np.float64)
    n = 0
    bx, by, tx, ty = np.empty(1), np.empty(1), np.empty(1), np.empty(1)
    for territory in range(count):
        begin, end = first_ring[territory], first_ring[territory + 1]
        bx[0], tx[0], by[0], ty[0], plane = extent(px, py, rings, begin, end)
        sign, drawn = 1.0 if plane > 0.0 else -1.0, 0.0
        if begin == end:
            starts[territory + 1] = n
            continue
        for turn in range(shifts.size):
            shift = shifts[turn]
            left, right = bx[0] + shift, tx[0] + shift
            if left >= east.max() or right <= x0 or by[0] >= north.max() or ty[0] <= y0:
                continue
            spanx = _bins(bx + shift, tx + shift, x0, perx, side)
            spany = _bins(by, ty, y0, pery, side)
            stamp = territory * shifts.size + turn
            for i in range(spany[0, 0], spany[0, 1] + 1):
                for j in range(spanx[0, 0], spanx[0, 1] + 1):
                    for place in range(first[i * side + j], first[i * side + j + 1]):
                        c = held[place]
                        if seen[c] == stamp:
                            continue
                        seen[c] = stamp
                        if west[c] >= right or east[c] <= left:
                            continue
                        if south[c] >= ty[0] or north[c] <= by[0]:
                            continue
                        area = 0.0
                        for ring in range(begin, end):
                            area += _ring_area(
                                px, py, rings[ring], rings[ring + 1], shift, qx[c], qy[c], work
                            )
                        covered = sign * area / areas[c]
                        if abs(covered) > _NOISE:
                            if abs(covered - 1.0) < _NOISE:
                                covered = 1.0
                            if n == cells.size:
                                cells = _longer(cells, n, 2 * n)
                                fraction = _longer(fraction, n, 2 * n)
                            cells[n], fraction[n] = c, covered
                            drawn += covered * areas[c]
                            n += 1
        starts[territory + 1] = n
        inside[territory] = drawn / abs(plane) if plane != 0.0 else 0.0
    return starts, cells[:n], fraction[:n], inside
