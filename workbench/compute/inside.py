"""Find the territory of points in cells that know which borders cross them. Needs Numba.

Edges are listed by band: the rows of cells of one territory. A half-line to the east meets those
of its own band only, so that a point near a border is compared with a dozen edges, not thousands.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workbench.compute.compiling import compiled

__all__ = ["cover", "find", "list_edges", "near"]

_DEGREE_KM = math.pi / 180 * 6371.0088  # mean radius of GRS 80, as in `geography.boundaries`


@compiled()
def _odd(px: float, py: float, x: Any, y: Any, edges: Any, begin: int, end: int) -> Any:
    """Tell whether a half-line to the east crosses edges an odd number of times."""
    inside = False
    for e in range(begin, end):
        i = edges[e]
        if (y[i] > py) != (y[i + 1] > py):
            slope = (x[i + 1] - x[i]) / (y[i + 1] - y[i])
            if px < slope * (py - y[i]) + x[i]:
                inside = not inside
    return inside


@compiled(
    "void(float64[::1], int64[::1], int64[::1], float64, float64, int64[::1], int64[::1],"
    "int64[::1], int32[::1])"
)
def list_edges(
    y: Any,
    rings: Any,
    first_ring: Any,
    south: float,
    size: float,
    lowest: Any,
    first_band: Any,
    ends: Any,
    edges: Any,
) -> None:
    """Count the edges of each band, or list them where there is room for them.

    Parameters
    ----------
    y : ndarray (point,)
    rings, first_ring : ndarray
        See `outlines.Outlines`.
    south, size : float
        Of the cells.
    lowest, first_band : ndarray (territory,)
        Row of the first band of each territory, and its position.
    ends : ndarray of int64 (band + 1,)
        Counts are added to it, one place further; or where the next edge goes.
    edges : ndarray of int32
        Empty to count; first point of each edge.
    """
    listed = edges.size > 0
    for t in range(first_ring.size - 1):
        for ring in range(first_ring[t], first_ring[t + 1]):
            for i in range(rings[ring], rings[ring + 1] - 1):
                low = math.floor((min(y[i], y[i + 1]) - south) / size)
                high = math.floor((max(y[i], y[i + 1]) - south) / size)
                for row in range(low, high + 1):
                    band = first_band[t] + row - lowest[t]
                    if listed:
                        edges[ends[band]] = i
                        ends[band] += 1
                    else:
                        ends[band + 1] += 1


@compiled(
    "int64(float64[::1], float64[::1], float64, float64, float64, int64[::1], int64[::1],"
    "int64[::1], int32[::1], int32[::1], int32[::1], int32[::1])"
)
def cover(
    x: Any,
    y: Any,
    west: float,
    south: float,
    size: float,
    lowest: Any,
    first_band: Any,
    starts: Any,
    edges: Any,
    rows: Any,
    cols: Any,
    codes: Any,
) -> int:
    """List the cells that territories touch, or count them where there is no room.

    Parameters
    ----------
    x, y : ndarray (point,)
    west, south, size : float
        Of the cells.
    lowest : ndarray (territory,)
    first_band : ndarray (territory + 1,)
    starts, edges : ndarray
        See `list_edges`.
    rows, cols : ndarray of int32 (entry,)
        Cells.
    codes : ndarray of int32 (entry,)
        Twice the territory, and 1 where it holds the whole cell.

    Returns
    -------
    int
        Entries.
    """
    listed = rows.size > 0
    n = 0
    for t in range(lowest.size):
        for band in range(first_band[t], first_band[t + 1]):
            begin, end = starts[band], starts[band + 1]
            if begin == end:
                continue
            row = lowest[t] + band - first_band[t]
            first, last = np.iinfo(np.int64).max, np.iinfo(np.int64).min
            for e in range(begin, end):
                i = edges[e]
                first = min(first, math.floor((min(x[i], x[i + 1]) - west) / size))
                last = max(last, math.floor((max(x[i], x[i + 1]) - west) / size))
            crossed = np.zeros(last - first + 1, np.bool_)
            for e in range(begin, end):
                i = edges[e]
                low = math.floor((min(x[i], x[i + 1]) - west) / size)
                high = math.floor((max(x[i], x[i + 1]) - west) / size)
                crossed[low - first : high - first + 1] = True
            middle = south + (row + 0.5) * size
            for col in range(first, last + 1):
                whole = not crossed[col - first]
                # No edge is in the cell: its middle speaks for all of it.
                if whole and not _odd(west + (col + 0.5) * size, middle, x, y, edges, begin, end):
                    continue
                if listed:
                    rows[n], cols[n] = row, col
                    codes[n] = 2 * t + (1 if whole else 0)
                n += 1
    return n


_READ = "Array(float64, 1, 'C', True)"


@compiled(
    f"void({_READ}, {_READ}, float64, float64, float64, int64[::1], int64[::1], int64[::1],"
    "int64[::1], int32[::1], float64[::1], float64[::1], int64[::1], int64[::1], int64[::1],"
    "int32[::1], int32[::1])"
)
def find(
    px: Any,
    py: Any,
    west: float,
    south: float,
    size: float,
    row_west: Any,
    row_width: Any,
    row_start: Any,
    starts: Any,
    codes: Any,
    x: Any,
    y: Any,
    lowest: Any,
    first_band: Any,
    band_starts: Any,
    edges: Any,
    found: Any,
) -> None:
    """Find the first territory that holds each point, −1 for none.

    Parameters
    ----------
    px, py : ndarray (point,)
    west, south, size : float
        Of the cells.
    row_west, row_width, row_start : ndarray (row,)
        First cell of each row, how many it has, and where they are in `starts`.
    starts : ndarray (cell + 1,)
    codes : ndarray (entry,)
        See `cover`.
    x, y, lowest, first_band, band_starts, edges
        See `list_edges`.
    found : ndarray of int32 (point,)
        Is filled.
    """
    for i in range(px.size):
        found[i] = -1
        up, along = (py[i] - south) / size, (px[i] - west) / size
        # Not true of NaN either; and what is far outside does not fit in a whole number.
        if not (0.0 <= up < row_west.size and -1.0 < along < 2.0e9):
            continue
        row = math.floor(up)
        col = math.floor(along) - row_west[row]
        if col < 0 or col >= row_width[row]:
            continue
        cell = row_start[row] + col
        for e in range(starts[cell], starts[cell + 1]):
            t = codes[e] >> 1
            if codes[e] & 1:
                found[i] = t
                break
            band = first_band[t] + row - lowest[t]
            begin, end = band_starts[band], band_starts[band + 1]
            if _odd(px[i], py[i], x, y, edges, begin, end):
                found[i] = t
                break


@compiled(
    f"void({_READ}, {_READ}, float64, float64, float64, float64, int64[::1], int64[::1],"
    "int64[::1], int64[::1], int32[::1], float64[::1], float64[::1], int64[::1], int64[::1],"
    "int64[::1], int32[::1], int32[::1])"
)
def near(
    px: Any,
    py: Any,
    tolerance: float,
    west: float,
    south: float,
    size: float,
    row_west: Any,
    row_width: Any,
    row_start: Any,
    starts: Any,
    codes: Any,
    x: Any,
    y: Any,
    lowest: Any,
    first_band: Any,
    band_starts: Any,
    edges: Any,
    found: Any,
) -> None:
    """Find the nearest territory within some kilometres of each point that none holds.

    Distances are on a plane that is true around the point. Of two at the same distance, the first.
    """
    up = tolerance / _DEGREE_KM
    for i in range(px.size):
        if found[i] >= 0 or not (-90.0 <= py[i] <= 90.0 and -360.0 <= px[i] <= 360.0):
            continue
        wide = max(0.01, math.cos(math.radians(py[i])))
        across = up / wide
        best = tolerance * tolerance
        low = max(0, math.floor((py[i] - up - south) / size))
        high = min(row_west.size - 1, math.floor((py[i] + up - south) / size))
        for row in range(low, high + 1):
            left = math.floor((px[i] - across - west) / size) - row_west[row]
            right = math.floor((px[i] + across - west) / size) - row_west[row]
            seen = -1
            for col in range(max(0, left), min(row_width[row] - 1, right) + 1):
                cell = row_start[row] + col
                for c in range(starts[cell], starts[cell + 1]):
                    t = codes[c] >> 1
                    if codes[c] & 1 or t == seen:
                        continue
                    seen = t
                    band = first_band[t] + row - lowest[t]
                    for e in range(band_starts[band], band_starts[band + 1]):
                        j = edges[e]
                        ax, ay = (x[j] - px[i]) * wide * _DEGREE_KM, (y[j] - py[i]) * _DEGREE_KM
                        bx = (x[j + 1] - px[i]) * wide * _DEGREE_KM - ax
                        by = (y[j + 1] - py[i]) * _DEGREE_KM - ay
                        length = max(bx * bx + by * by, 1e-18)
                        share = min(1.0, max(0.0, -(ax * bx + ay * by) / length))
                        dx, dy = ax + share * bx, ay + share * by
                        d = dx * dx + dy * dy
                        if d < best or (d == best and (found[i] < 0 or t < found[i])):
                            best = d
                            found[i] = t
