"""In which order the cells of a grid are read, so that each is read once and soon forgotten."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.compute.ragged import ranges

__all__ = ["Plan", "plan_of", "used_cells"]

_BATCH = 256  # cells that are read at a time: the processor then foresees what follows


class Plan(NamedTuple):
    """Hold the entries of a sparse operator (row × cell) by the first cell of each row.

    Cells are read from the first to the last into a window, where each takes the place of one
    that no later row needs. Rows that are near on the grid then find their common cells in the
    processor's cache, in whatever order they were given.

    Parameters
    ----------
    used : ndarray (cell,)
        Numbers of the cells that are used, ascending.
    ready : ndarray (row,)
        How many of them are read before this row.
    window : int
        Cells in the window, a power of two.
    order : ndarray (row,)
        Position of each row among those given.
    starts : ndarray (row + 1,)
        First entry of each row.
    slots : ndarray (entry,)
        Place of the cell in the window.
    data : ndarray (entry,)
    """

    used: NDArray[np.int32]
    ready: NDArray[np.int64]
    window: int
    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    slots: NDArray[np.int32]
    data: NDArray[np.float64]


def used_cells(cells: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Find the cells that are used, ascending, and the position among them of each entry's.

    Examples
    --------
    >>> used_cells(np.array([7, 2, 7], dtype=np.int32))
    (array([2, 7], dtype=int32), array([1, 0, 1], dtype=int32))
    """
    seen = np.zeros(int(cells.max(initial=-1)) + 1, dtype=np.bool_)
    seen[cells] = True
    place = np.cumsum(seen, dtype=np.int32) - np.int32(1)
    return np.flatnonzero(seen).astype(np.int32), place[cells]


def plan_of(starts: NDArray[np.int64], cells: NDArray[np.int32], data: NDArray[np.float64]) -> Plan:
    """Sort the rows of a sparse operator by their first cell.

    Parameters
    ----------
    starts : ndarray (row + 1,)
        First entry of each row.
    cells, data : ndarray (entry,)

    Examples
    --------
    >>> plan = plan_of(np.array([0, 1, 3]), np.array([9, 4, 5], dtype=np.int32), np.ones(3))
    >>> plan.order, plan.ready
    (array([1, 0]), array([3, 3]))
    """
    used, places = used_cells(cells)
    counts = np.diff(starts)
    first, last = (np.zeros(len(counts), dtype=np.int64) for _ in range(2))
    filled = np.flatnonzero(counts)
    if len(filled):
        first[filled] = np.minimum.reduceat(places, starts[filled])
        last[filled] = np.maximum.reduceat(places, starts[filled]) + 1
    order = np.argsort(first, kind="stable")
    batches = -(np.maximum.accumulate(last[order]) // -_BATCH)
    ready = np.minimum(batches * _BATCH, len(used))
    widest = int((ready - first[order]).max(initial=1))
    window = 1 << (widest - 1).bit_length()
    entries = ranges(starts[order], counts[order])
    return Plan(
        used,
        ready,
        window,
        order,
        np.append(0, np.cumsum(counts[order])),
        places[entries] & np.int32(window - 1),
        data[entries],
    )
