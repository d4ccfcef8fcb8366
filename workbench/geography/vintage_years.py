"""Compare the codes of a column with the map of each year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.geography.code_years import CodeYears

__all__ = ["VintageFit", "changed_between", "fit_years"]

IntArray = NDArray[np.int64]

# Share of the codes of a place that a column holds, from which it may be a list of them.
_EXPLAINED = 0.5
# Share of the codes of some places that a column holds, from which it lists those places: the
# codes that it lacks then tell as much as those that it has.
_COMPLETE = 0.9
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class VintageFit:
    """Hold how a column fits the maps of consecutive years, which it cannot tell apart.

    Parameters
    ----------
    first, last : int
        Years.
    distinct, rows : int
        Codes in force then, and the rows that hold them.
    misfits : int
        Codes of the same kind that were not in force, whatever became of them.
    missing : int
        Codes in force then that the column lacks in the places that it lists; 0 when it lists
        none.
    """

    first: int
    last: int
    distinct: int
    rows: int
    misfits: int
    missing: int = 0

    @property
    def distance(self) -> int:
        """What sets the column apart from this map: codes too many and codes lacking."""
        return self.misfits + self.missing


def fit_years(
    counts: pd.Series, timeline: CodeYears, holders: NDArray[np.intp]
) -> tuple[tuple[VintageFit, ...], bool]:
    """Compare codes with the map of every year.

    Parameters
    ----------
    counts : Series of int
        Rows of each distinct code, by code.
    timeline : CodeYears
    holders : ndarray of int
        Number of the middle-level holder of each code of the timeline.

    Returns
    -------
    fits : tuple of VintageFit
        Best first, then latest first; years that the codes cannot tell apart are together.
    complete : bool
        Whether the column lists all the codes of some holders, so that those it lacks count.
    """
    places = timeline.codes.get_indexer(counts.index)
    there = timeline.there[places[places >= 0]]
    rows = there.T.astype(np.int64) @ counts.to_numpy()[places >= 0]
    fitting = there.sum(axis=0).astype(np.int64)
    misfits = len(counts) - fitting
    missing, complete = _missing(places[places >= 0], fitting, timeline, holders)
    blocks: list[VintageFit] = []
    for at, year in enumerate(timeline.years):
        if not fitting[at]:
            continue
        same = (
            blocks
            and blocks[-1].last == timeline.years[at - 1]
            and blocks[-1].missing == missing[at]
            and np.array_equal(there[:, at], there[:, at - 1])
        )
        first = blocks.pop().first if same else year
        figures = (int(each[at]) for each in (fitting, rows, misfits, missing))
        blocks.append(VintageFit(first, year, *figures))
    return tuple(sorted(blocks, key=lambda fit: (fit.distance, -fit.last))), complete


def _missing(
    places: NDArray[np.intp], fitting: IntArray, timeline: CodeYears, holders: NDArray[np.intp]
) -> tuple[IntArray, bool]:
    """Count by year the codes lacking in the places (middle-level holders) that are listed."""
    none = np.zeros(len(timeline.years), dtype=np.int64)
    if not len(places):
        return none, False
    held = np.zeros(len(timeline.codes), dtype=bool)
    held[places] = True
    best = timeline.there[:, int(np.flatnonzero(fitting == fitting.max())[-1])]
    size = np.bincount(holders[best], minlength=holders.max() + 1)
    got = np.bincount(holders[best & held], minlength=holders.max() + 1)
    listed = (got >= _EXPLAINED * np.maximum(size, 1))[holders]
    # Places of one or two codes would be listed by any column that holds one.
    if (listed & held).sum() < max(_FEWEST, len(places) / 2):
        return none, False
    lacking = (timeline.there & (listed & ~held)[:, None]).sum(axis=0).astype(np.int64)
    present = (timeline.there & (listed & held)[:, None]).sum(axis=0)
    share = (present / np.maximum(present + lacking, 1)).max()
    return (lacking, True) if share >= _COMPLETE else (none, False)


def changed_between(codes: pd.Index, fit: VintageFit, timeline: CodeYears) -> int:
    """Count the codes that gained or lost ground between the first and last of some years."""
    if timeline.events is None or fit.first == fit.last:
        return 0
    moves = timeline.events.moves(date(fit.first, 1, 1), date(fit.last, 1, 1))
    moved = moves[moves["from"] != moves["to"]]
    touched = pd.Index(moved["from"]).union(pd.Index(moved["to"]))
    return int(codes.isin(touched).sum())
