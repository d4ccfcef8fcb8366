"""Lead figures from the map of one day to that of another, as a sparse matrix.

A merger, a change of code and a new name are exact: whole figures move. A split is apportioned
by weights, and so is, backwards in time, a merger undone. Each entry says which it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.core.errors import WeightsMissing
from workbench.geography.event import Events, day_of

__all__ = ["Transition", "Weights", "WithoutWeight", "transition"]

# By year of the map, the weight of each code; a Series serves for all days.
Weights = Mapping[int, pd.Series] | pd.Series
WithoutWeight = Literal["error", "even"]


@dataclass(frozen=True, eq=False)
class Transition:
    r"""Hold which share of each territory of one map goes to each territory of another.

    Made by :func:`transition`. The entries are those of a sparse matrix (target × source) in
    compressed rows: sorted by target, then by source.

    Parameters
    ----------
    start, end : date
        Days of the two maps; `end` may be the earlier one.
    sources, targets : Index of str
        Codes of the two maps, sorted.
    origin, target : ndarray of int (entry,)
        Positions in `sources` and in `targets`.
    share : ndarray of float (entry,)
        Part of the figure of the origin that goes to the target; those of an origin add to 1.
    is_even : ndarray of bool (entry,)
        The share rests on no weight: at some split, all parts were given the same.

    Notes
    -----
    *Exactness.* An entry is exact when its origin goes to one target only; a target is when all
    its entries are. What is split and put together again within the period is exact.

    *Error bound.* A count :math:`x \ge 0` of a split origin gives each of its targets an unknown
    part between 0 and :math:`x`, whatever the weights say. The true figure of a target
    :math:`t` is therefore between

    .. math:: L_t = \sum_{s \text{ exact}} x_s \quad\text{and}\quad U_t = \sum_{s} x_s

    over its origins :math:`s`, and the estimate :math:`\sum_s w_{ts} x_s` is at most
    :math:`\sum_{s \text{ split}} \max(w_{ts}, 1 - w_{ts})\, x_s` away from it. Nothing
    narrower holds without knowing more of the count. The origins count even where their share
    is 0. :meth:`bounds` gives both.
    """

    start: date
    end: date
    sources: pd.Index
    targets: pd.Index
    origin: NDArray[np.intp]
    target: NDArray[np.intp]
    share: NDArray[np.float64]
    is_even: NDArray[np.bool_]

    @cached_property
    def is_split(self) -> NDArray[np.bool_]:
        """Tell the entries whose origin goes to several targets: they are estimates."""
        split: NDArray[np.bool_] = np.bincount(self.origin, minlength=len(self.sources)) > 1
        return split[self.origin]

    @property
    def is_one_to_one(self) -> bool:
        """Tell whether each source becomes one target: nothing merges, splits, begins or ends."""
        entries, ends = len(self.origin), (len(self.sources), len(self.targets))
        each = len(np.unique(self.origin)), len(np.unique(self.target))
        return ends == each == (entries, entries)

    @property
    def apportioned(self) -> pd.Index:
        """Codes of the targets whose figures are estimates."""
        return self.targets[np.unique(self.target[self.is_split])]

    @property
    def ended(self) -> pd.Index:
        """Codes of the sources that go nowhere."""
        return self.sources.delete(self.origin)

    @property
    def followed(self) -> pd.Index:
        """Codes of the sources that go somewhere."""
        return self.sources[np.unique(self.origin)]

    @property
    def created(self) -> pd.Index:
        """Codes of the targets that come from nowhere."""
        return self.targets.delete(self.target)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row an entry: ``from``, ``to``, ``share``, ``is_split``, ``is_even``."""
        return pd.DataFrame(
            {
                "from": self.sources[self.origin],
                "to": self.targets[self.target],
                "share": self.share,
                "is_split": self.is_split,
                "is_even": self.is_even,
            }
        )

    @cached_property
    def changes(self) -> pd.DataFrame:
        """The rows of `table` whose territory changed code or ground; the others stay."""
        table = self.table
        into = table.groupby("to")["from"].transform("size")
        moved = (table["from"] != table["to"]) | (into > 1) | table["is_split"]
        return table[moved].reset_index(drop=True)

    def then(self, other: Transition) -> Transition:
        """Chain with the transition that starts where this one ends.

        Parameters
        ----------
        other : Transition

        Returns
        -------
        Transition
            From the sources of this one to the targets of the other.

        Raises
        ------
        ValueError
            The other starts on another map.
        """
        if not other.sources.equals(self.targets):
            message = (
                f"the first transition ends on the map of {self.end}, the second starts on that "
                f"of {other.start}: chain transitions that meet on the same day"
            )
            raise ValueError(message)
        first, second = self.table.drop(columns="is_split"), other.table.drop(columns="is_split")
        pairs = first.merge(second, left_on="to", right_on="from", suffixes=("", "_"))
        pairs["share"] *= pairs["share_"]
        pairs["is_even"] |= pairs["is_even_"]
        pairs = pairs.groupby(["from", "to_"], as_index=False)[["share", "is_even"]].sum()
        return _made(
            (self.start, other.end), (self.sources, other.targets), pairs.to_numpy().tolist()
        )

    def refuse_even(self, codes: pd.Index | None = None) -> None:
        """Refuse shares that rest on no weight.

        Parameters
        ----------
        codes : Index of str, optional
            Sources that matter; all by default.

        Raises
        ------
        WeightsMissing
            One of them is shared evenly.
        """
        table = self.table[self.is_even]
        if codes is not None:
            table = table[table["from"].isin(codes)]
        if table.empty:
            return
        named = table["from"].unique()
        parts = table.loc[table["from"] == named[0], "to"].tolist()
        raise WeightsMissing(
            f"{len(named)} territories of the map of {self.start} are shared between several on "
            f"that of {self.end}, and their parts have no weight: {', '.join(named[:5])}"
            f"{'…' if len(named) > 5 else ''} (the first between {', '.join(parts)}). Give "
            "weights=, what each part counts by year of the map, or accept an even share with "
            'without_weight="even": its figures are marked as estimated.'
        )

    def bounds(
        self, figures: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find the least and the most that each target may count, see Notes.

        Parameters
        ----------
        figures : ndarray (source, …)
            Counts, 0 or more.

        Returns
        -------
        low, high : ndarray (target, …)
            Equal where the target is exact.
        """
        shape = (len(self.targets), *figures.shape[1:])
        low, high = np.zeros(shape), np.zeros(shape)
        whole = ~self.is_split
        np.add.at(low, self.target[whole], figures[self.origin[whole]])
        np.add.at(high, self.target, figures[self.origin])
        return low, high


def transition(
    events: Events,
    start: int | date,
    end: int | date,
    *,
    weights: Weights | None = None,
    without_weight: WithoutWeight = "error",
) -> Transition:
    """Follow every territory from the map of one day to that of another.

    Parameters
    ----------
    events : Events
    start, end : int or date
        A year means the map of its 1 January. `end` may be earlier: mergers are then undone.
    weights : mapping of int to Series, or Series, optional
        By year of the map, what splits are shared by (persons), by code. A split uses the
        earliest map after it on which all its parts have a weight; a merger undone, the latest
        one before it. A Series serves for all.
    without_weight : {"error", "even"}
        What to do with a split whose parts have no weight: by default it is refused, for an
        even share between a town and a hamlet says nothing; ``"even"`` shares evenly, and such
        figures are *estimated* rather than *apportioned*.

    Returns
    -------
    Transition

    Raises
    ------
    WeightsMissing
        The parts of a split have no weight, and are still apart at the end.
    DateNotCovered
        The events do not reach a day.

    Examples
    --------
    >>> from workbench.geography.event import COLUMNS
    >>> rows = [
    ...     ("2016-07-02", "merger", "A", "Alba", "", "", "A", "Alba", "", ""),
    ...     ("2016-07-02", "merger", "B", "Bor", "", "", "A", "Alba", "", ""),
    ... ]
    >>> events = Events(pd.DataFrame(rows, columns=COLUMNS), pd.Index(["A", "C"]), 2020)
    >>> transition(events, 2016, 2020).table[["from", "to", "share"]].values.tolist()
    [['A', 'A', 1.0], ['B', 'A', 1.0], ['C', 'C', 1.0]]
    >>> people = {2016: pd.Series({"A": 300, "B": 100})}
    >>> transition(events, 2020, 2016, weights=people).table["share"].tolist()
    [0.75, 0.25, 1.0]
    """
    first, last = (day_of(day) if isinstance(day, int) else day for day in (start, end))
    forward = first <= last
    sources, targets = events.codes_at(first), events.codes_at(last)
    held: dict[str, dict[str, _Share]] = {code: {code: (1.0, False)} for code in sources.tolist()}
    for day, pairs in _steps(events, first, last):
        # What comes from nowhere holds nothing of the first map.
        moved = {code: held.pop(code) if code else {} for code in pairs}
        for code, parts in pairs.items():
            shares, even = _shares(parts, weights, day=day, forward=forward)
            for part, share in zip(parts, shares, strict=True):
                _add(held.setdefault(part, {}), moved[code], share, even=even)
    entries = [
        (origin, code, *share)
        for code, origins in held.items()
        for origin, share in origins.items()
    ]
    made = _made((first, last), (sources, targets), entries)
    if without_weight == "error":
        made.refuse_even()
    return made


_Share = tuple[float, bool]


def _steps(events: Events, first: date, last: date) -> list[tuple[date, dict[str, list[str]]]]:
    """List, by day in the order they are lived, where each code that moves goes."""
    moves = events.moves(min(first, last), max(first, last))
    sides = ("from", "to") if first <= last else ("to", "from")
    days: dict[date, dict[str, list[str]]] = {}
    for day, before, after in zip(moves["date"], *(moves[side] for side in sides), strict=True):
        parts = days.setdefault(day.date(), {}).setdefault(before, [])
        if after:
            parts.append(after)
    return sorted(days.items(), reverse=first > last)


def _shares(
    parts: Sequence[str], weights: Weights | None, *, day: date, forward: bool
) -> tuple[Sequence[float], bool]:
    """Share a territory among its parts; tell whether it is done evenly, for want of weights."""
    if len(parts) < 2:
        return [1.0] * len(parts), False
    if isinstance(weights, pd.Series):
        tables: Sequence[pd.Series] = [weights]
    else:
        known = weights or {}
        years = sorted(known, reverse=not forward)
        tables = [known[year] for year in years if (day_of(year) >= day) == forward]
    for table in tables:
        found = [float(table.get(part, np.nan)) for part in parts]
        total = sum(found)
        if total > 0 and min(found) >= 0:
            return [each / total for each in found], False
    return [1 / len(parts)] * len(parts), True


def _add(held: dict[str, _Share], more: Mapping[str, _Share], share: float, *, even: bool) -> None:
    """Give a territory its share of what another held."""
    for origin, (part, was_even) in more.items():
        known, known_even = held.get(origin, (0.0, False))
        held[origin] = known + part * share, known_even or was_even or even


def _made(
    days: tuple[date, date],
    codes: tuple[pd.Index, pd.Index],
    entries: Sequence[Sequence[object]],
) -> Transition:
    """Put entries (from, to, share, even) in order; what came back together is whole again."""
    sources, targets = codes
    origins, ends, shares, evens = zip(*entries, strict=True) if entries else ([], [], [], [])
    origin = sources.get_indexer(pd.Index(origins, dtype=object))
    target = targets.get_indexer(pd.Index(ends, dtype=object))
    alone = np.bincount(origin, minlength=len(sources))[origin] == 1
    share = np.where(alone, 1.0, np.array(shares, dtype=np.float64))
    even = np.array(evens, dtype=bool) & ~alone
    order = np.lexsort((origin, target))
    return Transition(
        *days,
        sources,
        targets,
        origin=origin[order].astype(np.intp),
        target=target[order].astype(np.intp),
        share=share[order],
        is_even=even[order],
    )
