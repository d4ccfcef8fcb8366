"""Gather the cells of territories, many steps at a time. Needs Numba.

Eight steps are laid side by side for every cell that a territory touches, so that a weight is read
once for the eight and each sum runs in the processor's wide registers. The terms of a sum are
added in the order of its entries whatever the number of steps: cutting a cube by time changes no bit.
A sum that comes out as NaN is made again without the absent cells; all others lack none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.compute.compiling import compiled

__all__ = ["ABOVE", "AT_LEAST", "AT_MOST", "BELOW", "PLAIN", "PRESENT", "spread", "sums"]

PLAIN, PRESENT, ABOVE, AT_LEAST, BELOW, AT_MOST = range(6)  # what is made of a cell's value
_WIDE = 8


@compiled()
def _seen(value: float, mode: int, bound: float) -> float:
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
def _lay(values: Any, used: Any, first: int, side: Any, mode: int, bound: float) -> int:
    """Lay up to eight steps side by side; tell how many there are."""
    wide = min(_WIDE, values.shape[0] - first)
    if wide == _WIDE and mode == PLAIN:
        v0, v1, v2, v3 = values[first], values[first + 1], values[first + 2], values[first + 3]
        v4, v5, v6, v7 = values[first + 4], values[first + 5], values[first + 6], values[first + 7]
        for k in range(used.size):
            c = used[k]
            side[k, 0], side[k, 1], side[k, 2], side[k, 3] = v0[c], v1[c], v2[c], v3[c]
            side[k, 4], side[k, 5], side[k, 6], side[k, 7] = v4[c], v5[c], v6[c], v7[c]
        return wide
    for k in range(used.size):
        for s in range(wide):
            side[k, s] = _seen(values[first + s, used[k]], mode, bound)
        for s in range(wide, _WIDE):
            side[k, s] = 0.0
    return wide


@compiled(
    *(
        f"Tuple((float64[:,::1], float64[:,::1], float64[:,::1], float64[:,::1]))({kind}[:,::1],"
        "int32[::1], int64[::1], int32[::1], float64[::1], float64[::1], int64[:,::1], int64,"
        "int64, float64, boolean)"
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
    divided: bool,
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
    divided : bool
        Give the quotient of sum and weight rather than the sum.

    Returns
    -------
    out : ndarray (step, row)
    weight : ndarray (step, row)
        Weight of the cells that have a value; of no step when all cells always do.
    group_out, group_weight : ndarray (step, group)
        Sums, never divided.
    """
    steps, rows = values.shape[0], starts.size - 1
    out = np.empty((steps, rows))
    weight = np.empty((0, rows))
    group_out, group_weight = np.zeros((steps, count)), np.zeros((steps, count))
    side = np.empty((used.size, _WIDE), values.dtype)
    summed = np.empty((rows, _WIDE))
    grouped = np.zeros((count, _WIDE))
    for first in range(0, steps, _WIDE):
        wide = _lay(values, used, first, side, mode, bound)
        for row in range(rows):
            a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = 0.0
            for e in range(starts[row], starts[row + 1]):
                w, p = data[e], places[e]
                a0 += w * side[p, 0]
                a1 += w * side[p, 1]
                a2 += w * side[p, 2]
                a3 += w * side[p, 3]
                a4 += w * side[p, 4]
                a5 += w * side[p, 5]
                a6 += w * side[p, 6]
                a7 += w * side[p, 7]
            summed[row, 0], summed[row, 1], summed[row, 2], summed[row, 3] = a0, a1, a2, a3
            summed[row, 4], summed[row, 5], summed[row, 6], summed[row, 7] = a4, a5, a6, a7
            every = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7
            if every != every:
                for s in range(wide):
                    if summed[row, s] == summed[row, s]:
                        continue
                    total = present = 0.0
                    for e in range(starts[row], starts[row + 1]):
                        v = side[places[e], s]
                        if v == v:
                            total += data[e] * v
                            present += data[e]
                    summed[row, s] = total
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
                    for s in range(_WIDE):
                        grouped[g, s] += summed[row, s]
        for s in range(wide):
            line = out[first + s]
            if divided and weight.shape[0]:
                for row in range(rows):
                    line[row] = summed[row, s] / weight[first + s, row]
            elif divided:
                for row in range(rows):
                    line[row] = summed[row, s] / totals[row]
            else:
                for row in range(rows):
                    line[row] = summed[row, s]
            for g in range(count):
                group_out[first + s, g] = grouped[g, s]
        grouped[:, :] = 0.0
    for row in range(rows):
        for level in range(groups.shape[1]):
            g = groups[row, level]
            if g >= 0:
                for t in range(steps):
                    group_weight[t, g] += totals[row]
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
