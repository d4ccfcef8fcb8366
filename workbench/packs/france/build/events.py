"""List the events of the commune map since 1943, from the states and from the editions.

Up to the map of 2019 the states of communes are dated to the day. Since then the editions only
show one map after the other: their events are dated of the later map, 1 January, and the
earlier map is told in ``since``. All the mergers but a few do take place on a 1 January.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Set
from datetime import date
from itertools import pairwise

import pandas as pd

from workbench.core.errors import PackInvalid
from workbench.geography.event import COLUMNS, EventKind, State, day_of
from workbench.geography.event_rows import grounds
from workbench.packs.france.build.history import Change, Day, departement, read_history
from workbench.packs.france.build.inputs import Inputs
from workbench.packs.france.build.maps import EDITIONS, CommuneMap, step

__all__ = ["events"]

_Row = dict[str, object]

_PART_TYPES = {"commune-deleguee": "delegated", "commune-associee": "associated"}

# What the states leave out, and laws say, dated as INSEE does in its own list of events. These
# communes existed, outside of the map: those of the overseas départements (law 46-451 of 19
# March 1946; organic law 2010-1486 for Mayotte), and two that a treaty made French (Paris, 1947).
_ENTERED = {
    date(1946, 3, 21): ("971", "972", "973", "974"),
    date(1947, 9, 17): ("06162", "06163"),
    date(2011, 3, 31): ("976",),
}
# Made communes by decree, of the ground of a prison colony and of a part of Mana.
_CREATED = {date(1949, 11, 12): ("97311",), date(1989, 1, 1): ("97361",)}
# Left their département to be collectivités (organic law 2007-223 of 21 February 2007).
_LEFT = {
    date(2007, 2, 23): (("97123", "97701", "Saint-Barthélemy"), ("97127", "97801", "Saint-Martin"))
}


def events(inputs: Inputs, maps: Mapping[int, CommuneMap]) -> pd.DataFrame:
    """Make the table of events, one row a pair (state before, state after).

    Parameters
    ----------
    inputs : Inputs
    maps : dict of int to CommuneMap
        The maps of the editions; the states lead to the first.

    Returns
    -------
    DataFrame
        The columns of :data:`workbench.geography.event.COLUMNS`, oldest rows first; ``date``
        and ``since`` are days, ``since`` empty where the date is exact.
    """
    first, days = read_history(inputs)
    rows = [_row(*change) for change in _declared(first)]
    known = set(first)
    for text, day in days.items():
        rows += _rows(day, date.fromisoformat(text), None, known)
        known |= {after.code for _, after in day.communes if after}
    parts = {year: _parts(inputs, year) for year in maps}
    for old, new in pairwise(sorted(maps)):
        day = Day(_steps(maps[old], maps[new]), _changes(parts[old], parts[new]))
        rows += _rows(day, day_of(new), day_of(old), known)
        known |= set(maps[new].communes.index)
    table = pd.DataFrame(rows, columns=[*COLUMNS, "since"])
    return table.sort_values(["date", "status", "to_status", "to_code", "code"], ignore_index=True)


def _declared(
    first: Mapping[str, str],
) -> Iterator[tuple[EventKind, State | None, State, date]]:
    """Tell what the states leave out; `first` are the communes that they give no beginning."""
    moved = [(when, *change) for when, changes in _LEFT.items() for change in changes]
    names = {**first, **{code: name for _, code, _, name in moved}}
    for kind, dated in ((EventKind.CREATION, _CREATED), (EventKind.ENTRY, _ENTERED)):
        for when, begun in dated.items():
            for code in [code for code in names if code.startswith(begun)]:
                yield kind, None, _whole(code, names.pop(code)), when
    for when, code, to, name in moved:
        yield EventKind.PARENT_CHANGE, _whole(code, name), _whole(to, name), when


def _whole(code: str, name: str) -> State:
    return State(code, name, "", departement(code))


def _steps(before: CommuneMap, after: CommuneMap) -> set[Change]:
    """Pair the communes of two successive maps that hold the same ground."""
    old, new = before.communes["name"], after.communes["name"]
    return {(_whole(eve, old[eve]), _whole(then, new[then])) for eve, then in step(before, after)}


def _parts(inputs: Inputs, year: int) -> dict[str, State]:
    """Read the delegated and associated communes of an edition."""
    return {
        row["code"]: State(row["code"], row["nom"], _PART_TYPES[row["type"]], row["chefLieu"])
        for row in inputs.edition(EDITIONS[year], "communes")
        if row["type"] in _PART_TYPES
    }


def _changes(before: Mapping[str, State], after: Mapping[str, State]) -> set[Change]:
    pairs = ((before.get(code), after.get(code)) for code in before.keys() | after.keys())
    return {(old, new) for old, new in pairs if old != new}


def _rows(day: Day, when: date, since: date | None, known: Set[str]) -> Iterator[_Row]:
    """Tell the changes of a day; `known` are the communes that ever were."""
    changes = sorted(day.communes, key=str)
    for ground in grounds(changes, map(_ends, changes)):
        if kind := _kind(ground, known):
            yield from (_row(kind, *change, when, since) for change in ground)
    for before, after in day.parts:
        kind = EventKind.PART_CHANGED
        if not (before and after):
            kind = EventKind.PART_ENDED if before else EventKind.PART_CREATED
        yield _row(kind, before, after, when, since)


def _ends(change: Change) -> tuple[Hashable, Hashable]:
    """Tell the commune of the eve from that of the day, which may be the same."""
    before, after = change
    eve, then = ("eve", before and before.code), ("day", after and after.code)
    return (eve if before else then), (then if after else eve)


def _kind(ground: Iterable[Change], known: Set[str]) -> EventKind | None:
    """Say what happened on some ground; None when nothing did."""
    old = {before.code: before for before, _ in ground if before}
    new = {after.code: after for _, after in ground if after}
    if not (old and new):
        return EventKind.CREATION if new else EventKind.END
    if len(old) > 1 and len(new) > 1:
        raise PackInvalid(f"{sorted(old)} became {sorted(new)} at once: which joined which?")
    if len(new) > 1:
        return EventKind.RESTORATION if new.keys() - old.keys() <= known else EventKind.SPLIT
    if len(old) > 1:
        return EventKind.MERGER
    (before,), (after,) = old.values(), new.values()
    if before.parent != after.parent:
        return EventKind.PARENT_CHANGE
    if before.code != after.code:
        return EventKind.CODE_CHANGE
    return EventKind.RENAME if before != after else None


def _row(
    kind: EventKind,
    before: State | None,
    after: State | None,
    when: date,
    since: date | None = None,
) -> _Row:
    row: _Row = {"date": when, "kind": kind.value, "since": since}
    for to, state in (("", before), ("to_", after)):
        told = state or State("", "")
        row |= {f"{to}code": told.code, f"{to}name": told.name}
        row |= {f"{to}status": told.status, f"{to}parent": told.parent}
    return row
