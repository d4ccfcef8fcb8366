"""Say what the rows of a table of events are, check them, and put them together as events."""

from __future__ import annotations

import datetime
import enum
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd

from workbench.core.errors import EventsInvalid, nearest

__all__ = [
    "COLUMNS",
    "Event",
    "EventKind",
    "Move",
    "State",
    "check_chain",
    "checked",
    "events_of",
    "grounds",
    "of_parts",
    "sides_of",
]

T = TypeVar("T")

COLUMNS = (
    *("date", "kind", "code", "name", "status", "parent"),
    *("to_code", "to_name", "to_status", "to_parent"),
)


class EventKind(enum.StrEnum):
    """Say what an event does; the first ones name an event that does several things.

    ``creation`` makes a territory of ground taken from others, ``end`` shares one out among
    others: both are paired with those others where they are known. ``entry`` is that of a
    territory that was there, outside of the map: what was another country's, say.
    """

    MERGER = "merger"
    SPLIT = "split"
    RESTORATION = "restoration"
    CREATION = "creation"
    ENTRY = "entry"
    END = "end"
    PARENT_CHANGE = "parent_change"
    CODE_CHANGE = "code_change"
    RENAME = "rename"
    PART_CREATED = "part_created"
    PART_ENDED = "part_ended"
    PART_CHANGED = "part_changed"

    @property
    def of_part(self) -> bool:
        """Tell whether it concerns a part of a territory, and no whole one."""
        return self in (self.PART_CREATED, self.PART_ENDED, self.PART_CHANGED)


_ORDER = {kind: place for place, kind in enumerate(EventKind)}


@dataclass(frozen=True, slots=True)
class State:
    """Hold what a territory, or a part of one, is called for a time.

    Parameters
    ----------
    code, name : str
    status : str
        Empty for a whole territory, else the type of the part.
    parent : str
        Code of what holds it; empty where it is not known.
    """

    code: str
    name: str
    status: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Pair a state with one that follows it; None where there is nothing."""

    kind: EventKind
    before: State | None
    after: State | None


@dataclass(frozen=True, slots=True)
class Event:
    """Gather the moves of one day that bear on the same ground.

    Parameters
    ----------
    date : date
        First day of the states after; the latest that it can be when `since` is given.
    moves : tuple of Move
        Whole territories first.
    since : date, optional
        Where the day is not known: that of the last map that does not show the event.
    """

    date: datetime.date
    moves: tuple[Move, ...]
    since: datetime.date | None = None

    @property
    def before(self) -> frozenset[str]:
        """Codes of the whole territories of the eve."""
        return frozenset(m.before.code for m in self.moves if m.before and not m.kind.of_part)

    @property
    def after(self) -> frozenset[str]:
        """Codes of the whole territories of the day."""
        return frozenset(m.after.code for m in self.moves if m.after and not m.kind.of_part)

    @property
    def kind(self) -> EventKind:
        """The main thing that it does."""
        return min((move.kind for move in self.moves), key=_ORDER.__getitem__)


def checked(table: pd.DataFrame, last: datetime.date) -> pd.DataFrame:
    """Check columns, dates and kinds; return the rows by date, as they came within a day."""
    wrong = [name for name in table.columns if name not in (*COLUMNS, "since")]
    lacking = [name for name in COLUMNS if name not in table.columns]
    if wrong:
        raise EventsInvalid(f"Column {wrong[0]!r} is unknown ({nearest(wrong[0], COLUMNS)}).")
    if lacking:
        raise EventsInvalid(f"Events lack the columns {', '.join(lacking)}.")
    days = pd.to_datetime(table["date"], errors="coerce")
    since = pd.to_datetime(table.get("since", pd.Series(pd.NaT, table.index)))
    table = table.loc[:, list(COLUMNS)].assign(date=days, since=since)
    _refuse(table, table["since"] >= table["date"], "has a day in since that does not precede it")
    _refuse(table, days.isna(), "has no date; write it as 2016-01-31")
    _refuse(table, days > pd.Timestamp(last), f"is after the latest map, of {last}")
    kinds = [kind.value for kind in EventKind]
    unknown = ~table["kind"].isin(kinds)
    if unknown.any():
        near = nearest(str(table.loc[unknown, "kind"].iloc[0]), kinds)
        _refuse(table, unknown, f"has an unknown kind ({near})")
    for name in COLUMNS[2:]:
        is_text = table[name].map(lambda value: isinstance(value, str))
        _refuse(table, ~is_text, f"holds in {name} what is not text; leave it empty instead")
    _refuse(table, (table["code"] == "") & (table["to_code"] == ""), "names no territory")
    part = of_parts(table)
    some = (table["status"] != "") | (table["to_status"] != "")
    _refuse(table, part & ~some, "is an event of a part, and says the type of none (status)")
    _refuse(table, some & ~part, "is an event of whole territories, and names a part (status)")
    alone = table["kind"].isin([EventKind.CODE_CHANGE, EventKind.PARENT_CHANGE])
    whole = table[~part]
    several = whole.duplicated(["date", "code"], keep=False)
    several |= whole.duplicated(["date", "to_code"], keep=False)
    _refuse(
        table,
        alone & several.reindex(table.index, fill_value=False),
        "leads one territory to one, and another row of that day too",
    )
    return table.sort_values("date", kind="stable", ignore_index=True)


def of_parts(table: pd.DataFrame) -> pd.Series:
    """Tell which rows concern parts of territories, and no whole one."""
    return table["kind"].isin([kind.value for kind in EventKind if kind.of_part])


def _refuse(table: pd.DataFrame, wrong: pd.Series, reason: str) -> None:
    if wrong.any():
        row = table.index[wrong][0]
        raise EventsInvalid(f"Row {row} of events, {_told(table.loc[row])}, {reason}.")


def _told(row: pd.Series) -> str:
    day = row["date"].date() if isinstance(row["date"], pd.Timestamp) else row["date"]
    return f"{row['kind']} {row['code'] or '∅'} → {row['to_code'] or '∅'} ({day})"


def sides_of(table: pd.DataFrame) -> pd.DataFrame:
    """List, by day and code, on which side of the day a whole territory is, oldest first.

    Columns date, code, row (of the table), before, after (whether it is there), name (before),
    name_after.
    """
    whole = table[~of_parts(table)]
    sides = []
    for to, name in (("", "name"), ("to_", "name_after")):
        side = whole[whole[f"{to}code"] != ""]
        columns = {"date": "date", f"{to}code": "code", f"{to}name": name}
        sides.append(side[list(columns)].rename(columns=columns).assign(row=side.index))
    both = pd.concat(sides).groupby(["date", "code"])[["row", "name", "name_after"]].first()
    # A territory is on a side when it has a name there, be it an empty one.
    return both.assign(before=both["name"].notna(), after=both["name_after"].notna()).reset_index()


def check_chain(sides: pd.DataFrame, latest: pd.Index, table: pd.DataFrame) -> None:
    """Refuse a code that ends where it is not, or begins where it is already."""
    if latest.has_duplicates:
        raise EventsInvalid(f"Code {latest[latest.duplicated()][0]!r} is twice on the map.")
    chained = sides.sort_values(["code", "date"], kind="stable")
    following = chained.groupby("code")["before"].shift(-1)
    there = chained["code"].isin(latest)
    expected = following.where(following.notna(), there).astype(bool)
    wrong = chained[chained["after"] != expected]
    if wrong.empty:
        return
    found = wrong.iloc[0]
    told = _told(table.loc[found["row"]])
    then = chained[(chained["code"] == found["code"]) & (chained["date"] > found["date"])]
    if then.empty:
        what = "it is not on the latest map" if found["after"] else "it is on the latest map"
    else:
        next_row = then.iloc[0]["row"]
        what = f"the next event of it, row {next_row}, {_told(table.loc[next_row])}, "
        what += "begins it again" if found["after"] else "finds it in force"
    state = "in force" if found["after"] else "ended"
    raise EventsInvalid(
        f"Row {found['row']} of events, {told}, leaves {found['code']!r} {state}, but {what}. "
        "Events overlap or one is missing: correct the table of events."
    )


def events_of(table: pd.DataFrame) -> Iterator[Event]:
    """Put together the rows of a day that share a code, or the holder of a part."""
    days: dict[tuple[datetime.date, Any], list[Mapping[Any, Any]]] = defaultdict(list)
    for row in table.to_dict("records"):
        days[row["date"].date(), None if pd.isna(row["since"]) else row["since"].date()].append(row)
    for (day, since), found in days.items():
        for group in _connected(found):
            moves = sorted((_move(row) for row in group), key=lambda m: m.kind.of_part)
            yield Event(day, tuple(moves), since)


def _move(row: Mapping[str, str]) -> Move:
    sides = [
        State(row[f"{to}code"], row[f"{to}name"], row[f"{to}status"], row[f"{to}parent"])
        if row[f"{to}code"]
        else None
        for to in ("", "to_")
    ]
    return Move(EventKind(row["kind"]), *sides)


def _connected(rows: Sequence[Mapping[str, str]]) -> list[list[Mapping[str, str]]]:
    """Group rows that touch the same ground, each in the order it came."""
    return grounds(rows, [_codes(row) for row in rows])


def _codes(row: Mapping[str, str]) -> tuple[str, str]:
    """Name the whole territories on both sides of a row, one of them twice if it is alone."""
    part = EventKind(row["kind"]).of_part
    left, right = ("parent", "to_parent") if part else ("code", "to_code")
    # A part whose holder is not known stands alone, under its own code.
    alone = row["code"] or row["to_code"]
    return row[left] or row[right] or alone, row[right] or row[left] or alone


def grounds(items: Iterable[T], ends: Iterable[tuple[Hashable, Hashable]]) -> list[list[T]]:
    """Group items whose ends meet, directly or through others, each in the order it came.

    Examples
    --------
    >>> grounds("pqr", [("A", "B"), ("C", "D"), ("B", "E")])
    [['p', 'r'], ['q']]
    """
    leader: dict[Hashable, Hashable] = {}

    def lead(end: Hashable) -> Hashable:
        while leader.setdefault(end, end) != end:
            end = leader[end]
        return end

    joined = list(zip(items, ends, strict=True))
    for _, (left, right) in joined:
        leader[lead(right)] = lead(left)
    groups: dict[Hashable, list[T]] = defaultdict(list)
    for item, (left, _) in joined:
        groups[lead(left)].append(item)
    return list(groups.values())
