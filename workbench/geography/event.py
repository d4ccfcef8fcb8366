"""Follow territories through time: what merged, split, was renamed or changed code, and when.

An event leads from the states of some territories to those of the next day. The table has one
row a pair (state before, state after)::

    date        kind      code   name  status  parent  to_code  to_name  to_status  to_parent
    2016-01-01  merger    A      Alba          1       A        Alba             1
    2016-01-01  merger    B      Bor           1       A        Alba             1
    2016-01-01  part_created                           B        Bor      delegated  A

`status` is empty for a whole territory of the base level, else the type of a part of one. The
parent of a whole territory is its middle-level holder, that of a part is the territory it is
part of. A whole territory that keeps its code through an event is paired with itself, so that
the codes on the left of a day are all those that were in force on the ground it concerns, and
those on the right all that are since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import pandas as pd

from workbench.core.errors import DateNotCovered
from workbench.geography.event_rows import (
    COLUMNS,
    Event,
    EventKind,
    Move,
    State,
    check_chain,
    checked,
    events_of,
    of_parts,
    sides_of,
)

__all__ = ["COLUMNS", "Event", "EventKind", "Events", "Move", "State", "day_of"]


def day_of(year: int) -> date:
    """Return the day of the map of a year: 1 January, the events of that day included.

    Examples
    --------
    >>> day_of(2016)
    datetime.date(2016, 1, 1)
    """
    return date(year, 1, 1)


@dataclass(frozen=True, eq=False)
class Events:
    """Hold all that happened to the territories of the base level of a country.

    Parameters
    ----------
    table : DataFrame
        Columns :data:`COLUMNS`; `date` a day, the others text, empty where there is nothing.
        A column `since` may say, where only the year is known, the day of the last map that
        does not show the event; `date` is then that of the first map that does.
    latest : Index
        Codes of the latest map.
    vintage : int
        Year of the latest map.
    names : Series, optional
        Names on the latest map, by code: those of territories that nothing happened to are
        told by no event.

    Raises
    ------
    EventsInvalid
        When a column, a date or a kind is wrong, or events do not lead to the latest map: a
        territory that begins twice, or ends without being there. The row is named.

    Examples
    --------
    >>> rows = [
    ...     ("2016-07-02", "merger", "A", "Alba", "", "", "A", "Alba", "", ""),
    ...     ("2016-07-02", "merger", "B", "Bor", "", "", "A", "Alba", "", ""),
    ... ]
    >>> events = Events(pd.DataFrame(rows, columns=COLUMNS), pd.Index(["A", "C"]), 2020)
    >>> list(events.codes_at(date(2016, 7, 1))), list(events.codes_at(date(2016, 7, 2)))
    (['A', 'B', 'C'], ['A', 'C'])
    """

    table: pd.DataFrame
    latest: pd.Index
    vintage: int
    names: pd.Series | None = None
    _sides: pd.DataFrame = field(init=False, repr=False)

    def __post_init__(self) -> None:
        table = checked(self.table, day_of(self.vintage))
        object.__setattr__(self, "table", table)
        object.__setattr__(self, "_sides", sides_of(table))
        check_chain(self._sides, self.latest, table)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def first(self) -> date:
        """The earliest day covered: 1 January of the year of the first event."""
        if self.table.empty:
            return day_of(self.vintage)
        earliest: pd.Timestamp = self.table["date"].iloc[0]
        return day_of(earliest.year)

    def codes_at(self, when: date) -> pd.Index:
        """Return the codes in force on a day, the events of that day included; sorted.

        Raises
        ------
        DateNotCovered
            Before the first day covered, or after the year of the latest map.
        """
        return self.names_at(when).index

    def names_at(self, when: date) -> pd.Series:
        """Return the name of each territory in force on a day, by code.

        Notes
        -----
        The next event that names a code, if any, tells whether it is in force until then: it
        is if the code is among the states before. Else it stays as on the latest map.
        """
        self._covered(when)
        later = self._sides[self._sides["date"] > pd.Timestamp(when)]
        following = later.drop_duplicates("code").set_index("code")
        ended = following.loc[following["before"], "name"]
        kept = self.latest_names.drop(following.index, errors="ignore")
        found: pd.Series = pd.concat([ended, kept]).sort_index()
        return found.rename("name").rename_axis("code")

    def moves(self, start: date, end: date) -> pd.DataFrame:
        """Return what leads from the codes of one day to those of a later one.

        Parameters
        ----------
        start, end : date
            Events of `start` are left out, those of `end` are in.

        Returns
        -------
        DataFrame
            date, kind, from, to: pairs of whole territories, oldest first. A territory that
            keeps its code through a split or a merger is paired with itself; ``to`` or
            ``from`` is empty where nothing holds the ground. Codes that no row names stay.

        Raises
        ------
        DateNotCovered
            When a day is not covered, or `start` is after `end`.
        """
        self._covered(start)
        self._covered(end)
        if start > end:
            raise DateNotCovered(f"{start} is after {end}: give the earlier day first.")
        table = self.table
        kinds = table["kind"]
        chosen = (table["date"] > pd.Timestamp(start)) & (table["date"] <= pd.Timestamp(end))
        chosen &= ~of_parts(table)
        # A name or a holder that changes moves nothing.
        still = kinds.isin([EventKind.RENAME, EventKind.PARENT_CHANGE])
        chosen &= ~(still & (table["code"] == table["to_code"]))
        moved = table.loc[chosen, ["date", "kind", "code", "to_code"]]
        return moved.rename(columns={"code": "from", "to_code": "to"}).reset_index(drop=True)

    def of(self, code: str) -> tuple[Event, ...]:
        """Return the events that concern a code, as a whole or as a part, oldest first."""
        return tuple(self._events[number] for number in self._numbers.get(code, ()))

    @cached_property
    def parts(self) -> Mapping[str, State]:
        """The parts of territories on the latest map, by code; their parent holds them."""
        rows = self.table[of_parts(self.table)]
        key = rows["to_code"].where(rows["to_code"] != "", rows["code"])
        last = rows[~key.duplicated(keep="last")]
        columns = [last[f"to_{name}"] for name in ("code", "name", "status", "parent")]
        return {code: State(code, *rest) for code, *rest in zip(*columns, strict=True) if code}

    def parts_of(self, code: str) -> tuple[State, ...]:
        """Return the parts of a territory on the latest map."""
        return tuple(self._parts_by_holder.get(code, ()))

    @cached_property
    def codes(self) -> pd.Index:
        """Every code that was ever in force, as a whole or as a part; sorted."""
        named = pd.Index(self.table["code"]).append(pd.Index(self.table["to_code"]))
        return self.latest.union(named[named != ""]).unique().sort_values()

    # -- inside --------------------------------------------------------------------------

    def _covered(self, when: date) -> None:
        # The map of a year is used until the next one is published.
        last = date(self.vintage, 12, 31)
        if not self.first <= when <= last:
            near = self.first if when < self.first else last
            raise DateNotCovered(
                f"{when} is not covered: events run from {self.first} to the map of "
                f"{self.vintage}. The nearest day is {near}."
            )

    @cached_property
    def latest_names(self) -> pd.Series:
        """Name each territory of the latest map: as it is given, else by its last event."""
        last = self._sides.drop_duplicates("code", keep="last").set_index("code")["name_after"]
        told = last.reindex(self.latest)
        given = told if self.names is None else self.names.reindex(self.latest)
        return given.fillna(told).fillna("")

    @cached_property
    def _events(self) -> Sequence[Event]:
        return tuple(events_of(self.table))

    @cached_property
    def _parts_by_holder(self) -> Mapping[str, Sequence[State]]:
        held: dict[str, list[State]] = defaultdict(list)
        for part in self.parts.values():
            held[part.parent].append(part)
        return held

    @cached_property
    def _numbers(self) -> Mapping[str, Sequence[int]]:
        """Number the events of each code."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, event in enumerate(self._events):
            sides = [state for move in event.moves for state in (move.before, move.after) if state]
            held = {state.parent for state in sides if state.status}
            for code in {state.code for state in sides} | held:
                found[code].append(number)
        return found
