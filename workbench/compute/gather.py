"""Gather the cells of territories, many steps at a time. Needs Numba.

Up to 64 steps are laid side by side for every cell that a territory touches, so that a weight is
read once for all of them and sums run in the processor's wide registers. The terms of a sum are
added in the order of its entries whatever the number of steps: cutting a cube by time changes no
bit.
A sum that comes out as NaN is made again without the absent cells; all others lack none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.compute.compiling import compiled

__all__ = ["ABOVE", "AT_LEAST", "AT_MOST", "BELOW", "PLAIN", "PRESENT", "spread", "sums"]

PLAIN, PRESENT, ABOVE, AT_LEAST, BELOW, AT_MOST = range(6)  # what is made of a cell's value
_WIDE = 64  # steps side by side: measured, three times as fast as 8
_BLOCK = 32  # cells or rows that are turned at a time


@compiled()
def _seen(value: Any, mode: int, bound: float) -> Any:
    """Turn a value into what is summed: itself, or 1 or 0."""
    if mode == PLAIN or value != value:
        return value
    held = (
        (mode == PRESENT)
        or (mode == ABOVE and value > bound)
        or (mode == AT_LEAST and value >= bound)
        or (mode == BELOW and value < bound)
        or (mode == AT_MOST and value <= bound)
    )
    return 1.0 if held else 0.0


@compiled()
def _lay(values: Any, used: Any, first: int, wide: int, side: Any, mode: int, bound: float) -> None:
    """Lay steps side by side."""
    for begin in range(0, used.size, _BLOCK):
        end = min(used.size, begin + _BLOCK)
        eights = wide - wide % 8 if mode == PLAIN else 0
        for s in range(0, eights, 8):
            t = first + s
            v0, v1, v2, v3 = values[t], values[t + 1], values[t + 2], values[t + 3]
            v4, v5, v6, v7 = values[t + 4], values[t + 5], values[t + 6], values[t + 7]
            for k in range(begin, end):
                c = used[k]
                side[k, s], side[k, s + 1] = v0[c], v1[c]
                side[k, s + 2], side[k, s + 3] = v2[c], v3[c]
                side[k, s + 4], side[k, s + 5] = v4[c], v5[c]
                side[k, s + 6], side[k, s + 7] = v6[c], v7[c]
        for s in range(eights, wide):
            v = values[first + s]
            for k in range(begin, end):
                side[k, s] = _seen(v[used[k]], mode, bound)


@compiled()
def _weigh(summed: Any, row: int, side: Any, places: Any, data: Any, begin: int, end: int) -> Any:
    """Sum the entries of a row for every step; tell whether a sum is NaN."""
    lanes = summed.shape[1]
    for s in range(lanes):
        summed[row, s] = 0.0
    for e in range(begin, end):
        w, p = data[e], places[e]
        for s in range(lanes):
            summed[row, s] += w * side[p, s]
    # One that is NaN makes their sum so; infinities that cancel only cost a second look.
    every = 0.0
    for s in range(lanes):
        every += summed[row, s]
    return every != every


@compiled()
def _add(grouped: Any, group: int, summed: Any, row: int) -> None:
    """Add the sums of a row to those of a group."""
    for s in range(summed.shape[1]):
        grouped[group, s] += summed[row, s]


@compiled(
    *(
        f"Tuple((float64[:,::1], float64[:,::1], float64[:,::1], float64[:,::1]))({kind}[:,::1],"
        "int32[::1], int64[::1], int32[::1], float64[::1], float64[::1], int64[:,::1], int64,"
        "int64, float64)"
        for kind in ("float32", "float64")
    )
)
def sums(
    values: Any,
    used: Any,
    starts: Any,
    places: Any,
    data: Any,
    totals: Any,
    groups: Any,
    count: int,
    mode: int,
    bound: float,
) -> tuple[Any, Any, Any, Any]:
    """Sum weighted values by row, and by the groups of rows.

    Parameters
    ----------
    values : ndarray (step, cell)
    used : ndarray
        Cells that a row touches.
    starts : ndarray (row + 1,)
        First entry of each row.
    places : ndarray (entry,)
        Position of the cell in `used`.
    data : ndarray (entry,)
        Weights.
    totals : ndarray (row,)
        Sum of the weights of each row.
    groups : ndarray (row, level)
        Column of the sum that a row is added to, −1 for none.
    count : int
        Number of groups, all levels together.
    mode : int
        What is summed: `PLAIN`…
    bound : float
        What values are compared with.

    Returns
    -------
    out : ndarray (step, row)
    weight : ndarray (step, row)
        Weight of the cells that have a value; of no step when all cells always do.
    group_out, group_weight : ndarray (step, group)
    """
    steps, rows = values.shape[0], starts.size - 1
    out = np.empty((steps, rows))
    weight = np.empty((0, rows))
    group_out, group_weight = np.zeros((steps, count)), np.zeros((steps, count))
    for row in range(rows):
        for level in range(groups.shape[1]):
            if groups[row, level] >= 0:
                group_weight[:, groups[row, level]] += totals[row]
    lanes = max(1, min(_WIDE, steps))
    side = np.zeros((used.size, lanes), values.dtype)
    summed = np.empty((rows, lanes))
    grouped = np.zeros((count, lanes))
    for first in range(0, steps, lanes):
        wide = min(lanes, steps - first)
        _lay(values, used, first, wide, side, mode, bound)
        for row in range(rows):
            if _weigh(summed, row, side, places, data, starts[row], starts[row + 1]):
                for s in range(wide):
                    if summed[row, s] == summed[row, s]:
                        continue
                    there = present = 0.0
                    for e in range(starts[row], starts[row + 1]):
                        v = side[places[e], s]
                        if v == v:
                            there += data[e] * v
                            present += data[e]
                    summed[row, s] = there
                    if weight.shape[0] == 0:
                        weight = np.empty((steps, rows))
                        for t in range(steps):
                            weight[t, :] = totals
                    weight[first + s, row] = present
                    for level in range(groups.shape[1]):
                        if groups[row, level] >= 0:
                            group_weight[first + s, groups[row, level]] -= totals[row] - present
            for level in range(groups.shape[1]):
                g = groups[row, level]
                if g >= 0:
                    _add(grouped, g, summed, row)
        for begin in range(0, rows, _BLOCK):
            end = min(rows, begin + _BLOCK)
            for s in range(wide):
                line_out = out[first + s]
                for row in range(begin, end):
                    line_out[row] = summed[row, s]
        for g in range(count):
            for s in range(wide):
                group_out[first + s, g] = grouped[g, s]
        grouped[:, :] = 0.0
    return out, weight, group_out, group_weight


@compiled(
    *(
        f"Tuple((float64[:,::1], float64[:,::1], float64[:,::1], float64[:,::1], float64[:,::1]))"
        f"({kind}[:,::1], int64[::1], int32[::1], float64[::1])"
        for kind in ("float32", "float64")
    )
)
def spread(values: Any, starts: Any, cells: Any, data: Any) -> tuple[Any, Any, Any, Any, Any]:
    """Find weight, mean, sum of weighted squared deviations, minimum and maximum by row.

    Parameters
    ----------
    values : ndarray (step, cell)
    starts, cells, data : ndarray
        Entries of the rows.

    Returns
    -------
    tuple of five ndarray (step, row)
        NaN where no cell has a value, but the weight: 0.
    """
    steps, rows = values.shape[0], starts.size - 1
    weight, mean = np.zeros((steps, rows)), np.full((steps, rows), np.nan)
    squares = np.full((steps, rows), np.nan)
    least, most = np.full((steps, rows), np.nan), np.full((steps, rows), np.nan)
    for t in range(steps):
        line = values[t]
        for row in range(rows):
            total = present = 0.0
            low, high = np.inf, -np.inf
            found = False
            for e in range(starts[row], starts[row + 1]):
                v = float(line[cells[e]])
                if v == v:
                    found = True
                    total += data[e] * v
                    present += data[e]
                    low, high = min(low, v), max(high, v)
            weight[t, row] = present
            if found:
                least[t, row], most[t, row] = low, high
            if present > 0.0:
                centre = total / present
                deviation = 0.0
                for e in range(starts[row], starts[row + 1]):
                    v = float(line[cells[e]])
                    if v == v:
                        deviation += data[e] * (v - centre) ** 2
                mean[t, row], squares[t, row] = centre, deviation
    return weight, mean, squares, least, most
