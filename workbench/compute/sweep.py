"""Sweep polygons over a rectilinear grid, adding signed areas. Needs Numba.

A piece of boundary within one cell that climbs by ``d`` cell heights at the mean distance ``m``
(in cell widths) from the cell's left side leaves ``d × (1 − m)`` of the cell to its right, and
``d`` of every cell further right. Adding ``d × (1 − m)`` to the cell and ``d × m`` to the next one,
and summing each row from left to right, gives the covered part of every cell, whatever the number
of rings: what turns one way is added, what turns the other way is taken off.

The method is that of font rasterisers (R. Levien, *font-rs*, 2016), here for cells of any width
and height and in double precision.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.compute.compiling import compiled

__all__ = ["extent", "sweep"]

# What rounding may leave in a cell that is empty or full: a hundred times less than what a
# coverage fraction is used for, a hundred times more than measured.
_NOISE = 2.0**-42
_BAND = 2**20  # cells that are swept at a time, 8 MB
_ROOM = 2**22  # entries that there is room for at first: pages not written to take no memory


@compiled()
def _locate(edges: Any, value: float, at: int) -> Any:
    """Find the interval of ascending edges that holds a value, walking from a near one."""
    last = edges.size - 2
    while at < last and value > edges[at + 1]:
        at += 1
    while at > 0 and value < edges[at]:
        at -= 1
    return at


@compiled()
def _find(edges: Any, value: float) -> Any:
    """Find the interval that holds a value: at once where all are as wide."""
    last = edges.size - 2
    share = (value - edges[0]) / (edges[last + 1] - edges[0])
    return _locate(edges, value, int(min(max(share, 0.0), 1.0) * last))


@compiled()
def extent(px: Any, py: Any, rings: Any, begin: int, end: int) -> Any:
    """Find the least and greatest coordinates of some rings, and their signed area."""
    x0, x1, y0, y1, twice = np.inf, -np.inf, np.inf, -np.inf, 0.0
    for ring in range(begin, end):
        # From the first point of each ring, that no digit is lost.
        ox, oy = px[rings[ring]], py[rings[ring]]
        across = up = 0.0
        for k in range(rings[ring], rings[ring + 1]):
            x, y = px[k], py[k]
            x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
            twice += across * (y - oy) - (x - ox) * up
            across, up = x - ox, y - oy
    return x0, x1, y0, y1, 0.5 * twice


@compiled()
def _window(edges: Any, begin: int, end: int, low: float, high: float, into: Any, per: Any) -> Any:
    """Lay the sides of a window, measured from its first that they keep all their digits.

    What goes from `low` to `high` fits in: where the grid ends before, a side is added beyond it.

    Returns
    -------
    before, count : int
        Intervals that were added before the first, and all there are.
    """
    before = 1 if low < 0.0 else 0
    count = before + end - begin
    into[0] = low
    for k in range(begin, end + 1):
        into[before + k - begin] = edges[k] - edges[begin]
    if high > into[count]:
        count += 1
        into[count] = high
    for k in range(count):
        per[k] = 1.0 / (into[k + 1] - into[k])
    return before, count


@compiled()
def _cross(
    total: Any,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    xe: Any,
    ye: Any,
    pw: Any,
    ph: Any,
    row: int,
    col: int,
) -> Any:
    """Add an edge, from one cell to the next; tell in which row and column it ends."""
    dx, dy = x1 - x0, y1 - y0
    right, up = dx > 0.0, dy > 0.0
    x, y = x0, y0
    while True:
        side, level = xe[col + right], ye[row + up]
        tx = (side - x0) / dx if (x1 > side if right else x1 < side) else np.inf
        ty = (level - y0) / dy if (y1 > level if up else y1 < level) else np.inf
        xa, ya = x, y
        if tx < ty:
            x, y = side, y0 + tx * dy
        elif ty < np.inf:
            x, y = x0 + ty * dx, level
        else:
            x, y = x1, y1
        climb = (y - ya) * ph[row]
        part = climb * (0.5 * (xa + x) - xe[col]) * pw[col]
        total[row, col] += climb - part
        total[row, col + 1] += part
        if tx < ty:
            col += 1 if right else -1
        elif ty < np.inf:
            row += 1 if up else -1
        else:
            return row, col


@compiled()
def _ring(
    total: Any,
    px: Any,
    py: Any,
    a: int,
    b: int,
    xe: Any,
    ye: Any,
    pw: Any,
    ph: Any,
    ox: Any,
    oy: Any,
) -> None:
    """Add one closed ring, all within the window."""
    x1, y1 = px[a] - ox, py[a] - oy
    row, col = _find(ye, y1), _find(xe, x1)
    west, east, south, north = xe[col], xe[col + 1], ye[row], ye[row + 1]
    start, moment = y1, 0.0
    for k in range(a + 1, b):
        x0, y0 = x1, y1
        x1, y1 = px[k] - ox, py[k] - oy
        # By far the most edges stay in a cell: they are added up until one leaves it.
        if (west <= x1) & (x1 <= east) & (south <= y1) & (y1 <= north):
            moment += (y1 - y0) * (0.5 * (x0 + x1) - west)
            continue
        part = moment * pw[col] * ph[row]
        total[row, col] += (y0 - start) * ph[row] - part
        total[row, col + 1] += part
        row, col = _cross(total, x0, y0, x1, y1, xe, ye, pw, ph, row, col)
        west, east, south, north = xe[col], xe[col + 1], ye[row], ye[row + 1]
        start, moment = y1, 0.0
    part = moment * pw[col] * ph[row]
    total[row, col] += (y1 - start) * ph[row] - part
    total[row, col + 1] += part


@compiled()
def _collect(
    total: Any,
    left: int,
    low: int,
    sign: float,
    xe: Any,
    ye: Any,
    columns: Any,
    rows: Any,
    cells: Any,
    into: Any,
    n: int,
) -> Any:
    """Write down the covered cells after the n first ones; give their area too.

    Every cell is written, and the next one over it when it is empty: a test costs more.
    """
    drawn = 0.0
    for row in range(low, low + rows.size):
        part = total[row, 0] if left else 0.0
        line = 0.0
        for col in range(left, left + columns.size):
            part += total[row, col]
            covered = sign * part
            some = abs(covered) > _NOISE
            covered = 1.0 if abs(covered - 1.0) < _NOISE else covered
            cells[n], into[n] = rows[row - low] + columns[col - left], covered
            n += some
            line += covered * (xe[col + 1] - xe[col]) if some else 0.0
        drawn += line * (ye[row + 1] - ye[row])
    return n, drawn


@compiled()
def _longer(values: Any, used: int, room: int) -> Any:
    """Copy what is used of an array into a longer one."""
    longer = np.empty(room, values.dtype)
    longer[:used] = values[:used]
    return longer


@compiled(
    "Tuple((int64[::1], int32[::1], float64[::1], float64[::1]))(float64[::1], float64[::1],"
    "int64[::1], int64[::1], float64[::1], float64[::1], float64[::1], int64[::1], int64[::1])"
)
def sweep(
    px: Any,
    py: Any,
    rings: Any,
    first_ring: Any,
    xe: Any,
    ye: Any,
    shifts: Any,
    columns: Any,
    rows: Any,
) -> tuple[Any, Any, Any, Any]:
    """Find which part of which cell each territory covers.

    Parameters
    ----------
    px, py : ndarray (point,)
        Coordinates of the points of all rings, each closed.
    rings : ndarray (ring + 1,)
        First point of each ring.
    first_ring : ndarray (territory + 1,)
        First ring of each territory.
    xe, ye : ndarray
        Sides of the cells, ascending.
    shifts : ndarray
        What is added to the first coordinate, one try after the other: turns of the globe.
    columns, rows : ndarray
        What each column and each row adds to the number of a cell.

    Returns
    -------
    starts : ndarray (territory + 1,)
        First entry of each territory.
    cells : ndarray (entry,)
        Number of the cell.
    fraction : ndarray (entry,)
        Part of the cell that is covered.
    inside : ndarray (territory,)
        Part of each territory that lies on the grid, as drawn.
    """
    count = first_ring.size - 1
    starts, inside = np.zeros(count + 1, np.int64), np.zeros(count)
    cells, fraction = np.empty(_ROOM, np.int32), np.empty(_ROOM, np.float64)
    store = np.zeros(2**12, np.float64)
    longest = 2 + max(xe.size, ye.size)
    wx, pw, wy, ph = np.empty(longest), np.empty(longest), np.empty(longest), np.empty(longest)
    n = 0
    for territory in range(count):
        begin, end = first_ring[territory], first_ring[territory + 1]
        x0, x1, y0, y1, plane = extent(px, py, rings, begin, end)
        low, high, drawn = 0, 0, 0.0
        if y1 > ye[0] and y0 < ye[ye.size - 1]:
            low, high = _find(ye, y0), _find(ye, y1) + 1
        for shift in shifts:
            if x1 + shift <= xe[0] or x0 + shift >= xe[xe.size - 1]:
                continue
            left, right = _find(xe, x0 + shift), _find(xe, x1 + shift) + 1
            ox = xe[left] - shift
            first, wide = _window(xe, left, right, x0 - ox, x1 - ox, wx, pw)
            step = max(1, _BAND // (wide + 1))
            for bottom in range(low, high, step):
                top = min(high, bottom + step)
                oy = ye[bottom]
                under, tall = _window(ye, bottom, top, y0 - oy, y1 - oy, wy, ph)
                size = tall * (wide + 1)
                if store.size < size:
                    store = np.zeros(2 * size, np.float64)
                if cells.size < n + size:
                    room = max(2 * cells.size, n + size)
                    cells = _longer(cells, n, room)
                    fraction = _longer(fraction, n, room)
                total = store[:size].reshape((tall, wide + 1))
                sx, sy = wx[: wide + 1], wy[: tall + 1]
                for ring in range(begin, end):
                    a, b = rings[ring], rings[ring + 1]
                    _ring(total, px, py, a, b, sx, sy, pw, ph, ox, oy)
                n, more = _collect(
                    total,
                    first,
                    under,
                    -1.0 if plane > 0.0 else 1.0,
                    sx,
                    sy,
                    columns[left:right],
                    rows[bottom:top],
                    cells,
                    fraction,
                    n,
                )
                store[:size] = 0.0
                drawn += more
        starts[territory + 1] = n
        inside[territory] = drawn / abs(plane) if plane != 0.0 else 0.0
    return starts, cells[:n], fraction[:n], inside
