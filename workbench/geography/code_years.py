"""Know when each code of the base level was in force, and what became of those that are not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.core.errors import VintageMismatch

if TYPE_CHECKING:
    from workbench.geography.event import Events

__all__ = ["CodeYears", "Fate", "code_years"]

BoolArray = NDArray[np.bool_]
# A day, and the codes on the other side of it; those of each code, oldest first.
_Move = tuple[date, tuple[str, ...]]
_Moves = Mapping[str, tuple[_Move, ...]]


@dataclass(frozen=True, slots=True)
class Fate:
    """Say why a code is not on the map of a year.

    Parameters
    ----------
    code : str
    past : bool
        True when it ended before; False when it began after.
    day : date, optional
        When it ended or began; None when no event tells.
    others : tuple of str
        What it became that day, or what it was made of.
    then : tuple of str
        Codes of the year's map that hold its ground; several after a split, none when no
        event tells.
    """

    code: str
    past: bool
    day: date | None = None
    others: tuple[str, ...] = ()
    then: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class CodeYears:
    """Hold the years in which each code was in force.

    Parameters
    ----------
    codes : Index
        Every code that ever was; sorted.
    years : tuple of int
        Years of the maps, oldest first; the map of a year is that of its 1 January.
    there : ndarray (code, year) of bool
    events : Events, optional
        What leads from one map to the next.

    Examples
    --------
    >>> maps = {2020: pd.Index(["A", "B"]), 2021: pd.Index(["A"])}
    >>> timeline = CodeYears.of_maps(maps)
    >>> list(timeline.in_force(2021)), timeline.years_of("B")
    (['A'], (2020,))
    """

    codes: pd.Index
    years: tuple[int, ...]
    there: BoolArray
    events: Events | None = None
    _in_force: dict[int, pd.Index] = field(default_factory=dict, repr=False)

    @classmethod
    def of_maps(cls, maps: Mapping[int, pd.Index]) -> CodeYears:
        """Make one out of the codes of some years."""
        years = tuple(sorted(maps))
        codes = pd.Index(sorted(set().union(*maps.values())), dtype=object)
        there = [codes.isin(maps[year]) for year in years]
        return cls(
            codes, years, np.column_stack(there) if there else np.zeros((len(codes), 0), bool)
        )

    def column(self, year: int) -> BoolArray:
        """Return which codes are in force in a year.

        Raises
        ------
        VintageMismatch
            When the year is not covered.
        """
        if year not in self.years:
            raise VintageMismatch(
                f"No map of {year} is known; those of {self.years[0]} to {self.years[-1]} are."
                if self.years
                else f"No map of {year} is known: the pack follows none."
            )
        column: BoolArray = self.there[:, self.years.index(year)]
        return column

    def in_force(self, year: int) -> pd.Index:
        """Return the codes in force in a year; sorted."""
        if year not in self._in_force:
            self._in_force[year] = self.codes[self.column(year)]
        return self._in_force[year]

    def years_of(self, code: str) -> tuple[int, ...]:
        """Return the years in which a code was in force; none for a code that never was."""
        place = self._place(code)
        if place < 0:
            return ()
        return tuple(
            year for year, there in zip(self.years, self.there[place], strict=True) if there
        )

    # -- what became of a code -----------------------------------------------------------

    def fate(self, code: str, year: int) -> Fate | None:
        """Say why a code is not on the map of a year; None when it is, or never was.

        A code that began and ended between two maps is told by its events alone.
        """
        there, day = self.column(year), date(year, 1, 1)
        years = self.years_of(code)
        ends = [move for move in self._after.get(code, ()) if code not in move[1]]
        starts = [move for move in self._before.get(code, ()) if code not in move[1]]
        if year in years or not (years or ends or starts):
            return None
        ended = [move for move in ends if move[0] <= day]
        begun = [move for move in starts if move[0] > day]
        if ended:
            then = _walk(self._after, ended[-1], until=day)
        elif begun:
            then = _walk(self._before, begun[0], until=day)
        else:
            return Fate(code, past=any(each < year for each in years))
        when, others = ended[-1] if ended else begun[0]
        kept = [each for each in sorted(then) if there[self._place(each)]]
        return Fate(code, bool(ended), when, others, tuple(kept))

    def _place(self, code: str) -> int:
        return int(self.codes.get_indexer(pd.Index([code], dtype=object))[0])

    @cached_property
    def _after(self) -> _Moves:
        """What each code leads to, itself included where it goes on, oldest first."""
        return self._grouped("from", "to")

    @cached_property
    def _before(self) -> _Moves:
        """What each code comes from."""
        return self._grouped("to", "from")

    def _grouped(self, key: str, other: str) -> _Moves:
        if self.events is None:
            return {}
        moves = self.events.moves(self.events.first, date(self.events.vintage, 1, 1))
        found: dict[str, dict[date, list[str]]] = defaultdict(lambda: defaultdict(list))
        days = [moment.date() for moment in moves["date"]]
        for day, code, others in zip(days, moves[key], moves[other], strict=True):
            if code:
                found[code][day] += [others] if others else []
        return {
            code: tuple((day, tuple(dict.fromkeys(by_day[day]))) for day in sorted(by_day))
            for code, by_day in found.items()
        }


def _walk(moves: _Moves, start: _Move, *, until: date) -> set[str]:
    """Follow ground from an event to a day, forwards in what comes after, else backwards."""
    arrived, left = set[str](), [(code, start[0]) for code in start[1]]
    forwards = start[0] <= until
    while left:
        code, day = left.pop()
        steps = moves.get(code, ())
        # The next event on the way; days only go one way, so that this ends.
        if forwards:
            step = next((each for each in steps if day < each[0] <= until), None)
        else:
            step = next((each for each in reversed(steps) if until < each[0] < day), None)
        if step is None:
            arrived.add(code)
        else:
            left += [(other, step[0]) for other in step[1]]
    return arrived


@lru_cache(maxsize=4)
def code_years(events: Events) -> CodeYears:
    """Lay out events as the years in which each code was in force.

    Parameters
    ----------
    events : Events

    Returns
    -------
    CodeYears
        From the first year covered to that of the latest map.
    """
    years = tuple(range(events.first.year, events.vintage + 1))
    moves = events.moves(events.first, date(events.vintage, 1, 1))
    named = pd.Index(pd.unique(pd.concat([moves["from"], moves["to"]])), dtype=object)
    start = pd.Index(events.codes_at(events.first), dtype=object)
    codes = start.union(named[named != ""]).union(pd.Index(events.latest, dtype=object))
    now, there = codes.isin(start), np.zeros((len(codes), len(years)), dtype=bool)
    ends, begins = (
        codes.get_indexer(pd.Index(moves[side], dtype=object)) for side in ("from", "to")
    )
    days = moves["date"].to_numpy()
    for place, year in enumerate(years):
        # Day by day: what a day ends it may begin as well.
        first = date(year - 1, 1, 1) if place else events.first
        inside = (days > np.datetime64(first)) & (days <= np.datetime64(date(year, 1, 1)))
        for day in np.unique(days[inside]):
            rows = days == day
            now[ends[rows & (ends >= 0)]] = False
            now[begins[rows & (begins >= 0)]] = True
        there[:, place] = now
    return CodeYears(codes, years, there, events)
