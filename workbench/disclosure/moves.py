"""Moves of cells that change no sum, each the cheapest, by linear programs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.program import Program, beside

__all__ = ["MOVED", "Moves"]

MOVED = 1e-7
"""Share of what is asked for, under which a cell has not moved: a solver leaves some rounding."""


class Moves:
    """Find moves of some cells: each is a pair of unknowns, what it gains and what it loses.

    Parameters
    ----------
    values : ndarray (cell,)
    row, cell, sign : ndarray (term,)
        The sums that moves leave as they are, each term with its sum, cell and coefficient.
    """

    def __init__(
        self,
        values: NDArray[np.float64],
        row: NDArray[np.intp],
        cell: NDArray[np.intp],
        sign: NDArray[np.float64],
    ) -> None:
        self._values, self._size = values, len(values)
        self._program = Program(
            *beside(row, cell, sign, self._size, (1, -1)),
            np.zeros(int(row.max(initial=-1)) + 1),
            np.zeros(2 * self._size),
            np.zeros(2 * self._size),
        )

    def cheapest(
        self,
        cell: int,
        up: float,
        down: float,
        *,
        price: NDArray[np.float64],
        free: NDArray[np.bool_],
    ) -> NDArray[np.float64] | None:
        """Return the cheapest move by which a cell gains `up` and, reversed, loses `down`.

        Parameters
        ----------
        cell : int
        up, down : float
            With `down` 0, the move need not be reversible; with `up` 0, it is a loss.
        price : ndarray (cell,)
            Of moving each cell by one.
        free : ndarray of bool (cell,)
            Cells that may move.
        """
        # No value is below zero, moved either way.
        loss = np.where(free, self._values, 0.0)
        gain = np.where(free, np.inf, 0.0)
        if up > 0 and down > 0:
            gain = loss * (up / down)
        lower = np.zeros(2 * self._size)
        loss[cell] = gain[cell] = 0.0
        if up > 0:
            lower[cell] = gain[cell] = up
        else:
            lower[cell + self._size] = loss[cell] = down
        self._program.bound(lower, np.concatenate([gain, loss]))
        self._program.price(np.concatenate([price, price]))
        found = self._program.least()
        return None if found is None else found[: self._size] - found[self._size :]
