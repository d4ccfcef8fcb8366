"""Rank the cells of territories by value: weighted quantiles and majorities. Needs Numba."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.compute.compiling import compiled

__all__ = ["LINEAR", "MAJORITY", "STEP", "ranks"]

STEP, LINEAR, MAJORITY = range(3)
_FEW = 24  # below, insertion is faster than any other way of sorting


@compiled()
def _sort(values: Any, weights: Any, n: int) -> None:
    """Sort the first n values, and their weights with them; equal ones keep their order."""
    if n > _FEW:
        order = np.argsort(values[:n], kind="mergesort")
        values[:n], weights[:n] = values[:n][order], weights[:n][order]
        return
    for i in range(1, n):
        v, w = values[i], weights[i]
        j = i - 1
        while j >= 0 and values[j] > v:
            values[j + 1], weights[j + 1] = values[j], weights[j]
            j -= 1
        values[j + 1], weights[j + 1] = v, w


@compiled()
def _step(values: Any, weights: Any, n: int, wanted: float) -> Any:
    """Find the least value up to which cells weigh as much as wanted."""
    total = 0.0
    for k in range(n):
        total += weights[k]
        if total >= wanted:
            return values[k]
    return values[n - 1]


@compiled()
def _linear(values: Any, weights: Any, n: int, total: float, q: float) -> Any:
    """Interpolate between values placed at k w_k + (n − 1) × the weight before, k from 0."""
    wanted = q * total * (n - 1)
    before = place = 0.0
    for k in range(1, n):
        before += weights[k - 1]
        after = k * weights[k] + (n - 1) * before
        if after > wanted:
            return values[k - 1] + (wanted - place) * (values[k] - values[k - 1]) / (after - place)
        place = after
    return values[n - 1]


@compiled()
def _majority(values: Any, weights: Any, n: int) -> Any:
    """Find the value whose cells weigh most; the least of several."""
    best, most = values[0], -1.0
    k = 0
    while k < n:
        value, total = values[k], 0.0
        while k < n and values[k] == value:
            total += weights[k]
            k += 1
        if total > most:
            best, most = value, total
    return best


@compiled(
    *(
        f"UniTuple(float64[:,::1], 2)({kind}[:,::1], int64[::1], int32[::1], float64[::1], int64,"
        "float64)"
        for kind in ("float32", "float64")
    )
)
def ranks(
    values: Any, starts: Any, cells: Any, data: Any, definition: int, q: float
) -> tuple[Any, Any]:
    """Find a weighted quantile or the majority by row.

    Parameters
    ----------
    values : ndarray (step, cell)
    starts, cells, data : ndarray
        Entries of the rows. A cell of weight 0 does not count.
    definition : int
        `STEP`, `LINEAR` or `MAJORITY`.
    q : float
        Part of the weight below the quantile, 0 to 1.

    Returns
    -------
    found, weight : ndarray (step, row)
        The statistic, NaN where no cell has a value, and the weight of the cells that have one.
    """
    steps, rows = values.shape[0], starts.size - 1
    found, weight = np.full((steps, rows), np.nan), np.zeros((steps, rows))
    longest = 0
    for row in range(rows):
        longest = max(longest, starts[row + 1] - starts[row])
    kept, heavy = np.empty(longest), np.empty(longest)
    for t in range(steps):
        line = values[t]
        for row in range(rows):
            n = 0
            total = 0.0
            for e in range(starts[row], starts[row + 1]):
                v = float(line[cells[e]])
                if v == v and data[e] > 0.0:
                    kept[n], heavy[n] = v, data[e]
                    total += data[e]
                    n += 1
            weight[t, row] = total
            if n:
                _sort(kept, heavy, n)
                if definition == STEP:
                    found[t, row] = _step(kept, heavy, n, q * total)
                elif definition == LINEAR:
                    found[t, row] = _linear(kept, heavy, n, total, q)
                else:
                    found[t, row] = _majority(kept, heavy, n)
    return found, weight
