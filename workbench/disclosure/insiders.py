"""Contributors who are alone in a cell: each knows the value of all cells that are its own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.primary import Primary
from workbench.disclosure.sums import Sums

__all__ = ["Insider", "Insiders"]


@dataclass(frozen=True, eq=False)
class Insider:
    """Hold what one contributor knows.

    Parameters
    ----------
    cells : ndarray of int
        Those that are its own alone.
    above : ndarray of int
        Those that it is a part of, with others.
    value : float
    """

    cells: NDArray[np.intp]
    above: NDArray[np.intp]
    value: float

    def share(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the part of each cell's value that it does not bring itself, from 0 to 1.

        What is left for others to protect in a cell that it contributes to.
        """
        share = np.ones(len(values))
        share[self.above] = np.maximum(0, 1 - self.value / values[self.above])
        return share

    def share_of(self, cell: int, value: float) -> float:
        """Return that part of one cell, of this value."""
        return max(0.0, 1 - self.value / value) if cell in self.above else 1.0


class Insiders:
    """Find the contributors who are alone in a cell.

    A total and its part that both have one contributor have the same one.

    Parameters
    ----------
    values : ndarray (cell,)
    primary : Primary
    sums : Sums

    Attributes
    ----------
    everyone : list of Insider
    of : ndarray of int (cell,)
        Number of the insider whose own cell it is; -1 for other cells.
    """

    def __init__(self, values: NDArray[np.float64], primary: Primary, sums: Sums) -> None:
        alone = primary.alone
        totals: dict[int, list[int]] = defaultdict(list)
        for number, total in enumerate(sums.totals):
            for part in sums.parts[sums.starts[number] : sums.starts[number + 1]]:
                totals[int(part)].append(int(total))
        self.of = np.full(len(values), -1)
        self.everyone: list[Insider] = []
        rows = np.repeat(np.arange(len(sums)), np.diff(sums.starts))
        # From a total of one contributor to the part that is that one.
        same = alone[sums.totals[rows]] & alone[sums.parts]
        below = dict(zip(sums.totals[rows[same]].tolist(), sums.parts[same].tolist(), strict=True))
        for cell in np.flatnonzero(alone).tolist():
            if cell in below:
                continue
            own, waiting = {cell}, [cell]
            above: set[int] = set()
            while waiting:
                for total in totals[waiting.pop()]:
                    if total not in own and total not in above:
                        (own if alone[total] else above).add(total)
                        waiting.append(total)
            self.of[list(own)] = len(self.everyone)
            cells, containing = (np.array(sorted(each), np.intp) for each in (own, above))
            self.everyone.append(Insider(cells, containing, float(values[cell])))
