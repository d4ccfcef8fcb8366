"""Gather the cells of territories, many steps at a time. Needs Numba.

Up to 64 steps are laid side by side for each cell, so that a weight is read once for all of them
and sums run in the processor's wide registers. `compute.plan` says in which order: every cell is
read once, just before the territories that it touches, and these find it in the cache. The terms
of a sum are added in the same order whatever the number of steps: cutting a cube by time changes
no bit.
A sum that comes out as NaN is made again without the absent cells; all others lack none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.compute.compiling import compiled

__all__ = ["ABOVE", "AT_LEAST", "AT_MOST", "BELOW", "PLAIN", "PRESENT", "spread", "sums"]

PLAIN, PRESENT, ABOVE, AT_LEAST, BELOW, AT_MOST = range(6)  # what is made of a cell's value
_LINE = 16  # steps that are read at a time: they fill a line of the cache
_WIDE = 64  # steps side by side: measured, three times as fast as 8


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
def _lay(
    values: Any,
    used: Any,
    begin: int,
    end: int,
    first: int,
    wide: int,
    side: Any,
    mode: int,
    bound: float,
) -> None:
    """Lay the steps of some cells side by side."""
    mask = side.shape[0] - 1
    lines = wide - wide % _LINE if mode == PLAIN else 0
    for s in range(0, lines, _LINE):
        for k in range(begin, end):
            c, p = used[k], k & mask
            for j in range(_LINE):
                side[p, s + j] = values[first + s + j, c]
    for s in range(lines, wide):
        for k in range(begin, end):
            side[k & mask, s] = _seen(values[first + s, used[k]], mode, bound)


@compiled()
def _weigh(summed: Any, wide: int, side: Any, slots: Any, data: Any, begin: int, end: int) -> Any:
    """Sum the entries of a row for every step; tell whether a sum is NaN."""
    lanes = summed.size
    for s in range(lanes):
        summed[s] = 0.0
    e = begin
    while e + 4 <= end:
        w0, w1, w2, w3 = data[e], data[e + 1], data[e + 2], data[e + 3]
        p0, p1, p2, p3 = slots[e], slots[e + 1], slots[e + 2], slots[e + 3]
        for s in range(lanes):
            summed[s] += (w0 * side[p0, s] + w1 * side[p1, s]) + (
                w2 * side[p2, s] + w3 * side[p3, s]
            )
        e += 4
    while e < end:
        w, p = data[e], slots[e]
        for s in range(lanes):
            summed[s] += w * side[p, s]
        e += 1
    odd = 0
    for s in range(wide):
        odd += summed[s] != summed[s]
    return odd > 0


@compiled()
def _weigh_present(
    summed: Any, weight: Any, side: Any, slots: Any, data: Any, begin: int, end: int
) -> None:
    """Sum again, without the absent cells, where a sum is NaN."""
    for s in range(weight.size):
        if summed[s] == summed[s]:
            continue
        there = present = 0.0
        for e in range(begin, end):
            v = side[slots[e], s]
            if v == v:
                there += data[e] * v
                present += data[e]
        summed[s], weight[s] = there, present


@compiled()
def _repeat(totals: Any, steps: int) -> Any:
    """Give every step the same weights."""
    weight = np.empty((totals.size, steps))
    for row in range(totals.size):
        weight[row, :] = totals[row]
    return weight


@compiled()
def _write(figures: Any, row: int, first: int, wide: int, summed: Any) -> None:
    """Write the sums of a row."""
    for s in range(wide):
        figures[row, first + s] = summed[s]


@compiled()
def _add(into: Any, row: int, to: int, summed: Any, begin: int, count: int) -> None:
    """Add sums to those of a row."""
    for s in range(count):
        into[row, to + s] += summed[begin + s]


@compiled()
def _divide(figures: Any, row: int, first: int, wide: int, weight: Any, totals: Any) -> None:
    """Divide the sums of a row by its weights."""
    if weight.shape[0]:
        for s in range(first, first + wide):
            figures[row, s] /= weight[row, s]
    else:
        for s in range(first, first + wide):
            figures[row, s] /= totals[row]


@compiled(
    *(
        f"float64[:,::1]({kind}[:,::1], int32[::1], int64[::1], int64, int64[::1], int64[::1],"
        "int32[::1], float64[::1], int64[::1], int64[:,::1], float64[::1], int64, float64,"
        "boolean, float64[:,::1])"
        for kind in ("float32", "float64")
    )
)
def sums(
    values: Any,
    used: Any,
    ready: Any,
    window: int,
    order: Any,
    starts: Any,
    slots: Any,
    data: Any,
    atoms: Any,
    groups: Any,
    totals: Any,
    mode: int,
    bound: float,
    mean: bool,
    figures: Any,
) -> Any:
    """Sum weighted values by row, and by the groups of rows, or make their means.

    Parameters
    ----------
    values : ndarray (step, cell)
    used, ready, window, order, starts, slots, data
        A `plan.Plan`.
    atoms : ndarray (row,)
        Which rows go to the same groups, −1 for none.
    groups : ndarray (atom, level)
        Place of these groups among figures, −1 for none.
    totals : ndarray (row + group,)
        Sum of the weights of each row; those of groups are written.
    mode : int
        What is summed: `PLAIN`…
    bound : float
        What values are compared with.
    mean : bool
        Whether sums are divided by the weights.
    figures : ndarray (row + group, step)
        Where they are written.

    Returns
    -------
    weight : ndarray (row + group, step)
        Weight of the cells that have a value; of no row when all cells always do.
    """
    steps, rows = values.shape[0], order.size
    for row in range(rows):
        for level in range(groups.shape[1] if atoms[row] >= 0 else 0):
            if groups[atoms[row], level] >= 0:
                totals[groups[atoms[row], level]] += totals[row]
    weight = np.empty((0, steps))
    lanes = max(1, min(_WIDE, steps))
    side = np.zeros((window, lanes), values.dtype)
    summed = np.empty(lanes)
    parts = np.empty((groups.shape[0], lanes))
    for first in range(0, steps, lanes):
        wide = min(lanes, steps - first)
        laid, absent = 0, False
        parts[:, :] = 0.0
        for i in range(rows):
            if laid < ready[i]:
                _lay(values, used, laid, ready[i], first, wide, side, mode, bound)
                laid = ready[i]
            row = order[i]
            if _weigh(summed, wide, side, slots, data, starts[i], starts[i + 1]):
                absent = True
                if weight.shape[0] == 0:
                    weight = _repeat(totals, steps)
                here = weight[row, first : first + wide]
                _weigh_present(summed, here, side, slots, data, starts[i], starts[i + 1])
            if atoms[row] >= 0:
                _add(parts, atoms[row], 0, summed, 0, wide)
            _write(figures, row, first, wide, summed)
            if mean:
                _divide(figures, row, first, wide, weight, totals)
        figures[rows:, first : first + wide] = 0.0
        for atom in range(groups.shape[0]):
            for level in range(groups.shape[1]):
                if groups[atom, level] >= 0:
                    _add(figures, groups[atom, level], first, parts[atom], 0, wide)
        if absent:
            weight[rows:, first : first + wide] = 0.0
            for row in range(rows):
                for level in range(groups.shape[1] if atoms[row] >= 0 else 0):
                    if groups[atoms[row], level] >= 0:
                        _add(weight, groups[atoms[row], level], first, weight[row], first, wide)
        for row in range(rows, totals.size if mean else rows):
            _divide(figures, row, first, wide, weight, totals)
    return weight


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
