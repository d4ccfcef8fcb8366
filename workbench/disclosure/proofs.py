"""Proofs that cells stay uncertain: other tables that an attacker cannot tell from the true one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.primary import Primary
from workbench.disclosure.sums import Sums

__all__ = ["Proofs"]

# What a solver of linear programs leaves of rounding.
_ALMOST = 1 - 1e-7


class Proofs:
    """Gather moves, and tell which sensitive cells they prove safe.

    A move leads from the true table to another one that has the same sums and the same shown
    cells: whoever sees the release may take it for the true one. An insider does not, when one of
    its own cells has moved; another move without them is then needed.

    Parameters
    ----------
    primary : Primary
    of : ndarray of int (cell,)
        The insider whose own cell it is, or -1.

    Attributes
    ----------
    moves : list of (ndarray of int, ndarray)
        Cells and by how much each moves.
    proved : ndarray of bool (cell,)
        Safe against everyone.
    """

    def __init__(self, primary: Primary, of: NDArray[np.intp]) -> None:
        self._up, self._down, self._of = primary.up, primary.down, of
        self._sensitive = primary.sensitive
        # Insiders that no move has yet been found without.
        self._doubt: tuple[dict[int, set[int]], dict[int, set[int]]] = ({}, {})
        self._done = (self._down <= 0) & self._sensitive, (self._up <= 0) & self._sensitive
        self.moves: list[tuple[NDArray[np.intp], NDArray[np.float64]]] = []
        self._boxes: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = []
        self.proved = np.zeros(len(of), bool)
        self.proved[self._sensitive & self._done[0] & self._done[1]] = True

    def add(self, cells: NDArray[np.intp], amounts: NDArray[np.float64]) -> None:
        """Take a move in account."""
        self.moves.append((cells, amounts))
        insiders = set(self._of[cells].tolist()) - {-1}
        gains = amounts >= self._up[cells] * _ALMOST
        losses = -amounts >= self._down[cells] * _ALMOST
        open_ = self._sensitive[cells] & ~self.proved[cells]
        for way, enough in ((1, gains & (amounts > 0)), (0, losses & (amounts < 0))):
            done, doubts = self._done[way], self._doubt[way]
            for cell in cells[open_ & enough].tolist():
                if done[cell]:
                    continue
                left = (insiders - {int(self._of[cell])}) & doubts.get(cell, insiders)
                doubts[cell] = left
                done[cell] = not left
                self.proved[cell] = self._done[0][cell] and self._done[1][cell]

    def add_against(
        self,
        insider: int,
        cell: int,
        cells: NDArray[np.intp],
        amounts: NDArray[np.float64],
        share: float,
    ) -> None:
        """Take a move in account for one cell and one insider, who knows all but a share of it."""
        self.moves.append((cells, amounts))
        amount = float(amounts[cells == cell].sum())
        way = 1 if amount > 0 else 0
        need = (self._up if way else self._down)[cell] * share * _ALMOST
        if abs(amount) < need or insider in self._of[cells] or cell not in self._doubt[way]:
            return
        self._doubt[way][cell].discard(insider)
        if not self._doubt[way][cell]:
            self._done[way][cell] = True
            self.proved[cell] = self._done[0][cell] and self._done[1][cell]

    def excuse(self, insider: int, cell: int) -> None:
        """Leave out an insider who brings all of a cell: nothing of it is another's."""
        for way, doubts in enumerate(self._doubt):
            if cell in doubts:
                doubts[cell].discard(insider)
                self._done[way][cell] |= not doubts[cell]
        self.proved[cell] = self._done[0][cell] and self._done[1][cell]

    def doubted(self, cell: int) -> set[int]:
        """Return insiders that could still find a cell, among those of the moves known."""
        return self._doubt[0].get(cell, set()) | self._doubt[1].get(cell, set())

    def take(
        self, cells: NDArray[np.int64], signs: NDArray[np.int64], reach: NDArray[np.float64]
    ) -> None:
        """Take many boxes, each gaining by one reach and losing by the other."""
        self._boxes.append((cells, signs * reach[:, :1]))
        self._boxes.append((cells, -signs * reach[:, 1:]))

    def wrong(
        self,
        values: NDArray[np.float64],
        hidden: NDArray[np.bool_],
        sums: Sums,
        *,
        whole: bool = False,
    ) -> int:
        """Count the moves that prove nothing: they change a sum or a shown cell, or go below zero.

        Nor does one by less than a whole number, where values are known to be `whole`.

        Checked apart from what finds them, so that an error there lets no cell pass.
        """
        moves = [(cells.ravel(), amounts.ravel(), cells.shape[1]) for cells, amounts in self._boxes]
        numbers, taken = [], 0
        for cells, _, width in moves:
            numbers.append(taken + np.arange(len(cells)) // width)
            taken += len(cells) // width
        for cells, _ in self.moves:
            numbers.append(np.full(len(cells), taken))
            taken += 1
        if not taken:
            return 0
        every = [(each[0], each[1]) for each in (*moves, *self.moves)]
        number = np.concatenate(numbers)
        cells, amounts = (np.concatenate([each[at] for each in every]) for at in (0, 1))
        wrong = _wrong(number, cells, amounts, values, hidden, sums)
        if whole:
            wrong[number[amounts != np.rint(amounts)]] = True
        return int(wrong.sum())


def _wrong(
    number: NDArray[np.intp],
    cells: NDArray[np.intp],
    amounts: NDArray[np.float64],
    values: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    sums: Sums,
) -> NDArray[np.bool_]:
    """Tell which moves, by their number, are wrong; every term of each is given."""
    wrong = np.zeros(int(number.max()) + 1, bool)
    slack = 1e-6 * np.maximum(1.0, values[cells])
    bad = ~hidden[cells] & (amounts != 0) | (values[cells] + amounts < -slack)
    wrong[number[bad]] = True
    term, rows, signs = sums.terms(cells)
    key, place = np.unique(number[term] * len(sums) + rows, return_inverse=True)
    gaps = np.bincount(place, amounts[term] * signs)
    sizes = np.bincount(place, np.abs(amounts[term]))
    wrong[key[np.abs(gaps) > 1e-6 * np.maximum(1.0, sizes)] // max(len(sums), 1)] = True
    return wrong
