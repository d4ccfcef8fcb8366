"""Moves found by linear programs over a part of a large table, the rest of it held still."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.boxes import Move
from workbench.disclosure.moves import MOVED, Moves
from workbench.disclosure.sums import Sums

__all__ = ["Part"]


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
        self.cells = cells
        column, rows, sign = sums.terms(cells)
        _, row = np.unique(rows, return_inverse=True)
        self._moves = Moves(values[cells], row, column, sign)

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
        move = self._moves.cheapest(own, up, down, price=price, free=free)
        if move is None:
            return None
        moved = np.abs(move) > MOVED * max(1.0, up, down)
        return self.cells[moved], move[moved]
