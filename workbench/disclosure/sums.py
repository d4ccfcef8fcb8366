"""The sums that published cells obey: an attacker takes hidden cells out of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.compute.ragged import ranges
from workbench.core.errors import TablesDisagree

__all__ = ["Sums", "check_sums"]


@dataclass(frozen=True, eq=False)
class Sums:
    """Hold relations *total = part + part + …* between the cells of one or more tables.

    Parameters
    ----------
    size : int
        Cells, numbered from 0.
    totals : ndarray of int (sum,)
        The cell that is the total of each sum.
    starts : ndarray of int (sum + 1,)
        Where the parts of each sum begin in `parts`.
    parts : ndarray of int
        Cells that are added up.

    Examples
    --------
    >>> sums = Sums.of(3, [(0, [1, 2])])
    >>> sums.gaps(np.array([5.0, 2.0, 3.0]))
    array([0.])
    """

    size: int
    totals: NDArray[np.intp]
    starts: NDArray[np.intp]
    parts: NDArray[np.intp]

    @classmethod
    def of(cls, size: int, sums: Iterable[tuple[int, Sequence[int]]]) -> Sums:
        """Make them from pairs of a total and its parts."""
        pairs = list(sums)
        lengths = [len(parts) for _, parts in pairs]
        return cls(
            size,
            np.array([total for total, _ in pairs], np.intp),
            np.concatenate([[0], np.cumsum(lengths, dtype=np.intp)]).astype(np.intp),
            np.array([part for _, parts in pairs for part in parts], np.intp),
        )

    def __len__(self) -> int:
        return len(self.totals)

    @cached_property
    def members(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
        """Sum, cell and coefficient of each term of *parts − total = 0*, sum by sum."""
        rows = np.repeat(np.arange(len(self)), np.diff(self.starts))
        row = np.concatenate([rows, np.arange(len(self))])
        order = np.argsort(row, kind="stable")
        signs = np.concatenate([np.ones(len(self.parts)), -np.ones(len(self))])
        return row[order], np.concatenate([self.parts, self.totals])[order], signs[order]

    @cached_property
    def _by_cell(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
        """Where the terms of each cell begin (cell + 1,), then sum and coefficient of each term."""
        row, cell, sign = self.members
        order = np.argsort(cell, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=self.size))])
        return starts, row[order], sign[order]

    def terms(
        self, cells: NDArray[np.integer]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
        """Give the terms that some cells are in: place of the cell in `cells`, sum, coefficient.

        Examples
        --------
        >>> Sums.of(3, [(0, [1, 2])]).terms(np.array([2, 0]))
        (array([0, 1]), array([0, 0]), array([ 1., -1.]))
        """
        starts, rows, signs = self._by_cell
        counts = starts[cells + 1] - starts[cells]
        at = ranges(starts[cells], counts)
        return np.repeat(np.arange(len(cells)), counts), rows[at], signs[at]

    def gaps(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far each sum is from its total: 0 in a table that adds up."""
        row, cell, sign = self.members
        gaps: NDArray[np.float64] = np.bincount(row, sign * values[cell], len(self)).astype(float)
        return gaps

    def groups(self, hidden: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Tell which hidden cells hang together: those that share a sum, and so on.

        Returns
        -------
        ndarray of int (cell,)
            The lowest cell of each cell's group; -1 for a cell that is shown.
        """
        row, cell, _ = self.members
        there = hidden[cell]
        row, cell = row[there], cell[there]
        labels = np.where(hidden, np.arange(self.size), -1)
        while True:
            lowest = np.full(len(self), self.size)
            np.minimum.at(lowest, row, labels[cell])
            new = labels.copy()
            np.minimum.at(new, cell, lowest[row])
            new[hidden] = new[new[hidden]]
            if np.array_equal(new, labels):
                return labels
            labels = new


def check_sums(values: NDArray[np.float64], sums: Sums) -> None:
    """Check that values are not negative and that every total is the sum of its parts.

    Raises
    ------
    TablesDisagree
        They are, or it is not.
    """
    if (values < 0).any():
        raise TablesDisagree(
            f"{int((values < 0).sum())} values are below zero, the least is {values.min():g}: sums "
            "of figures of both signs are not protected here. Release gains and losses apart."
        )
    gaps = sums.gaps(values)
    wrong = np.flatnonzero(np.abs(gaps) > 1e-6 * np.maximum(1, values[sums.totals]))
    if wrong.size:
        total = values[sums.totals[wrong[0]]]
        raise TablesDisagree(
            f"{wrong.size} totals are not the sum of their parts: the first is {total:g}, its "
            f"parts make {total + gaps[wrong[0]]:g}. Compute the totals anew, unrounded."
        )
