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

__all__ = ["sweep"]

# What rounding may leave in a cell that is empty or full: a hundred times less than what a
# coverage fraction is used for, a hundred times more than measured.
_NOISE = 2.0**-42
_BAND = 2**20  # cells that are swept at a time, 8 MB


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
def _row(
    total: Any, row: int, xe: Any, per_width: Any, xa: float, xb: float, d: float, at: int
) -> Any:
    """Add the part of an edge that lies in one row; tell in which column it ends."""
    last = xe.size - 1
    left, right = xe[0], xe[last]
    if xa >= right and xb >= right:
        return last - 1
    if xa <= left and xb <= left:
        total[row, 0] += d
        return 0
    if xa < left or xb < left:  # cut at the left side: what lies beyond covers the whole row
        share = (left - min(xa, xb)) / abs(xb - xa)
        total[row, 0] += d * share
        d *= 1.0 - share
        xa, xb = max(xa, left), max(xb, left)
    if xa > right or xb > right:
        d *= (right - min(xa, xb)) / abs(xb - xa)
        xa, xb = min(xa, right), min(xb, right)
    at = _locate(xe, xa, at)
    end = _locate(xe, xb, at)
    climb = 0.0 if at == end else d / (xb - xa)
    step = 1 if end > at else -1
    x = xa
    while True:
        stop = xb if at == end else xe[at + 1 if step > 0 else at]
        part = d if climb == 0.0 else climb * (stop - x)
        m = (0.5 * (x + stop) - xe[at]) * per_width[at]
        total[row, at] += part * (1.0 - m)
        total[row, at + 1] += part * m
        if at == end:
            return end
        x = stop
        at += step


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
    """Add one closed ring to the rows between the first and the last of `ye`."""
    bottom, top = ye[0], ye[ye.size - 1]
    col = row = 0
    west, east, south, north = xe[0], xe[1], ye[0], ye[1]
    x1, y1 = px[a] - ox, py[a] - oy
    for k in range(a + 1, b):
        x0, y0 = x1, y1
        x1, y1 = px[k] - ox, py[k] - oy
        if (
            min(x0, x1) >= west
            and max(x0, x1) <= east
            and min(y0, y1) >= south
            and max(y0, y1) <= north
        ):  # by far the most edges lie within the cell where the one before ended
            d = (y1 - y0) * ph[row]
            m = (0.5 * (x0 + x1) - west) * pw[col]
            total[row, col] += d * (1.0 - m)
            total[row, col + 1] += d * m
            continue
        if (y0 <= bottom and y1 <= bottom) or (y0 >= top and y1 >= top) or y0 == y1:
            continue
        slope = (x1 - x0) / (y1 - y0)
        up = y1 > y0
        ya = min(max(y0, bottom), top)
        yend = min(max(y1, bottom), top)
        xa = x0 if ya == y0 else x0 + (ya - y0) * slope
        row = _locate(ye, ya, row)
        last = _locate(ye, yend, row)
        while True:
            yb = yend if row == last else ye[row + 1 if up else row]
            xb = x1 if yb == y1 else x0 + (yb - y0) * slope
            d = (yb - ya) * ph[row]
            if d != 0.0:
                col = _row(total, row, xe, pw, xa, xb, d, col)
            if row == last:
                break
            xa, ya = xb, yb
            row += 1 if up else -1
        west, east, south, north = xe[col], xe[col + 1], ye[row], ye[row + 1]


@compiled()
def _longer(values: Any, used: int, room: int) -> Any:
    """Copy what is used of an array into a longer one."""
    longer = np.empty(room, values.dtype)
    longer[:used] = values[:used]
    return longer


@compiled(
    "Tuple((int64[::1], int32[::1], float64[::1]))(float64[::1], float64[::1], int64[::1],"
    "int64[::1], float64[::1], float64[::1], float64[::1], float64[::1], int64[::1], int64[::1])"
)
def sweep(
    px: Any,
    py: Any,
    rings: Any,
    first_ring: Any,
    signs: Any,
    xe: Any,
    ye: Any,
    shifts: Any,
    columns: Any,
    rows: Any,
) -> tuple[Any, Any, Any]:
    """Find which part of which cell each territory covers.

    Parameters
    ----------
    px, py : ndarray (point,)
        Coordinates of the points of all rings, each closed.
    rings : ndarray (ring + 1,)
        First point of each ring.
    first_ring : ndarray (territory + 1,)
        First ring of each territory.
    signs : ndarray (territory,)
        1 where outer rings turn clockwise, −1 where they turn counter-clockwise.
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
    """
    count = first_ring.size - 1
    starts = np.zeros(count + 1, np.int64)
    cells = np.empty(max(2**20, 4 * count), np.int32)
    fraction = np.empty(cells.size, np.float64)
    store = np.zeros(2**12, np.float64)
    n = 0
    for territory in range(count):
        begin, end = first_ring[territory], first_ring[territory + 1]
        x0, x1, y0, y1 = np.inf, -np.inf, np.inf, -np.inf
        for k in range(rings[begin], rings[end]):
            x0, x1 = min(x0, px[k]), max(x1, px[k])
            y0, y1 = min(y0, py[k]), max(y1, py[k])
        low: Any = max(0, np.searchsorted(ye, y0, side="right") - 1)
        high: Any = min(ye.size - 1, np.searchsorted(ye, y1))
        for shift in shifts:
            left = max(0, np.searchsorted(xe, x0 + shift, side="right") - 1)
            right = min(xe.size - 1, np.searchsorted(xe, x1 + shift))
            if left >= right:
                continue
            # Measured from the window's corner, coordinates keep all their digits.
            wide = right - left
            ox, oy = xe[left] - shift, ye[min(low, ye.size - 1)]
            wx = xe[left : right + 1] - xe[left]
            pw = 1.0 / (wx[1:] - wx[:-1])
            step = max(1, _BAND // (wide + 1))
            for bottom in range(low, high, step):
                top = min(high, bottom + step)
                size = (top - bottom) * (wide + 1)
                if store.size < size:
                    store = np.zeros(2 * size, np.float64)
                total = store[:size].reshape((top - bottom, wide + 1))
                wy = ye[bottom : top + 1] - oy
                ph = 1.0 / (wy[1:] - wy[:-1])
                for ring in range(begin, end):
                    _ring(total, px, py, rings[ring], rings[ring + 1], wx, wy, pw, ph, ox, oy)
                if cells.size < n + size:
                    room = max(2 * cells.size, n + size)
                    cells = _longer(cells, n, room)
                    fraction = _longer(fraction, n, room)
                sign = signs[territory]
                for row in range(top - bottom):
                    part = 0.0
                    for col in range(wide):
                        part += total[row, col]
                        total[row, col] = 0.0
                        covered = sign * part
                        if abs(covered) > _NOISE:
                            if abs(covered - 1.0) < _NOISE:
                                covered = 1.0
                            cells[n] = rows[bottom + row] + columns[left + col]
                            fraction[n] = covered
                            n += 1
                    total[row, wide] = 0.0
        starts[territory + 1] = n
    return starts, cells[:n], fraction[:n]
