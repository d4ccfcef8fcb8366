"""Moves of a few cells that change no sum: the corners of a box, by which one protects another."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.circuits import Circuits
from workbench.disclosure.tables import Table

__all__ = ["CLOSED", "Boxes", "Move"]

Move = tuple[NDArray[np.intp], NDArray[np.float64]]
"""Cells, and by how much each moves."""

CLOSED = 1e9
"""Price of a cell that cannot be used."""


class Boxes:
    """Find the cheapest box for a cell of a table.

    Parameters
    ----------
    table : Table
    values : ndarray (cell,)
    of : ndarray of int (cell,)
        The insider whose own cell it is, or -1.
    """

    def __init__(self, table: Table, values: NDArray[np.float64], of: NDArray[np.intp]) -> None:
        self._shape = table.shape
        self._values = values.reshape(self._shape)
        self._of = of.reshape(self._shape)
        axes = range(len(self._shape))
        self.circuits = [
            Circuits(dimension, self._values.sum(tuple(at for at in axes if at != axis)))
            for axis, dimension in enumerate(table.dimensions.values())
        ]
        self.price = np.zeros(self._shape)

    def height(self, cell: int) -> int:
        """Count the finest cells that a cell is made of."""
        place = np.unravel_index(cell, self._shape)
        heights = [each.height(int(at)) for each, at in zip(self.circuits, place, strict=True)]
        return int(np.prod(heights))

    def find(
        self,
        cell: int,
        up: float,
        down: float,
        *,
        without: Collection[int] = (),
        wide: bool = False,
    ) -> Move | None:
        """Return the cheapest box in which a cell can gain `up` and lose `down`.

        Parameters
        ----------
        cell : int
        up, down : float
        without : collection of int
            Insiders whose own cells may not be used.
        wide : bool
            Try boxes that move totals too.

        Returns
        -------
        Move or None
            Moves of ±1; the cell itself gains.
        """
        place = [int(at) for at in np.unravel_index(cell, self._shape)]
        ways = [each.ways(at, wide) for each, at in zip(self.circuits, place, strict=True)]
        if any(not len(each.signs) for each in ways):
            return None
        block = np.ix_(*(each.positions for each in ways))
        price = self.price[block].copy()
        price[self._values[block] < max(up, down)] = CLOSED
        if without:
            price[np.isin(self._of[block], list(without))] = CLOSED
        own = tuple(
            int(np.searchsorted(each.positions, at)) for each, at in zip(ways, place, strict=True)
        )
        price[own] = 0.0
        for each in ways:
            # The price of each way, one axis after the other; axes turn round.
            price = np.tensordot(price, np.abs(each.signs), axes=(0, 1))
        best = np.unravel_index(int(np.argmin(price)), price.shape)
        if price[best] >= CLOSED:
            return None
        chosen = [each.signs[at] for each, at in zip(ways, best, strict=True)]
        return self._made(chosen, [each.positions for each in ways])

    def _made(
        self, signs: Sequence[NDArray[np.float64]], positions: Sequence[NDArray[np.intp]]
    ) -> Move:
        there = [np.flatnonzero(each) for each in signs]
        amount = signs[0][there[0]]
        for sign, at in zip(signs[1:], there[1:], strict=True):
            amount = np.multiply.outer(amount, sign[at])
        block = np.ix_(*(each[at] for each, at in zip(positions, there, strict=True)))
        cells = np.ravel_multi_index(block, self._shape)
        return np.broadcast_to(cells, amount.shape).ravel(), amount.ravel()
