"""Moves found by linear programs over a part of a large table, the rest of it held still."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.boxes import Move
from workbench.disclosure.program import Program
from workbench.disclosure.sums import Sums

__all__ = ["Part"]

# What is hidden anyway costs little to move, but not nothing: short ways are found first.
_MOVED = 1e-7


class Part:
    """Hold some cells of a table and find moves among them.

    Parameters
    ----------
    cells : ndarray of int
        In increasing order.
    values : ndarray (cell,)
        Of the whole table.
    sums : Sums
    """

    def __init__(self, cells: NDArray[np.intp], values: NDArray[np.float64], sums: Sums) -> None:
        self.cells, self._values, self._size = cells, values[cells], len(cells)
        starts, rows, signs = sums.by_cell
        counts = starts[cells + 1] - starts[cells]
        column = np.repeat(np.arange(len(cells)), counts)
        at = (
            np.arange(len(column))
            - np.repeat(np.cumsum(counts) - counts, counts)
            + np.repeat(starts[cells], counts)
        )
        order = np.argsort(rows[at], kind="stable")
        found, row = np.unique(rows[at][order], return_inverse=True)
        column, sign = column[order], signs[at][order]
        once = np.argsort(np.concatenate([row, row]), kind="stable")
        self._program = Program(
            np.concatenate([row, row])[once],
            np.concatenate([column, column + self._size])[once],
            np.concatenate([sign, -sign])[once],
            np.zeros(len(found)),
            np.zeros(2 * self._size),
            np.zeros(2 * self._size),
        )

    def find(
        self,
        cell: int,
        up: float,
        down: float,
        *,
        price: NDArray[np.float64],
        free: NDArray[np.bool_],
    ) -> Move | None:
        """Return the cheapest move by which a cell gains `up` and, reversed, loses `down`.

        Parameters
        ----------
        cell : int
            Of the whole table.
        up, down : float
            With `down` 0, the move need not be reversible; with `up` 0, it is a loss.
        price : ndarray (part,)
            Of moving each cell by one.
        free : ndarray of bool (part,)
            Cells that may move.
        """
        own = int(np.searchsorted(self.cells, cell))
        loss = np.where(free, self._values, 0.0)
        gain = np.where(free, np.inf, 0.0)
        if up > 0 and down > 0:
            gain = loss * (up / down)
        lower = np.zeros(2 * self._size)
        loss[own] = gain[own] = 0.0
        if up > 0:
            lower[own] = gain[own] = up
        else:
            lower[own + self._size] = loss[own] = down
        self._program.bound(lower, np.concatenate([gain, loss]))
        self._program.price(np.concatenate([price, price]))
        found = self._program.least()
        if found is None:
            return None
        move = found[: self._size] - found[self._size :]
        moved = np.abs(move) > _MOVED * max(1.0, up, down)
        return self.cells[moved], move[moved]
