"""Compare the perimeters of groups from a map to the next, by the ground that they hold.

A member that merges into another leaves nothing: its ground stays. So perimeters are compared
unit by unit of ground, a unit being a pair (code on the map before, code on the map after).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.geography.territories import plain

__all__ = ["ChangeKind", "GroupMap", "Member", "Named", "PerimeterChange", "changes", "lineage"]


@dataclass(frozen=True, eq=False)
class GroupMap:
    """Hold the groups of one level on the map of one year.

    Parameters
    ----------
    year : int
        The map is that of its 1 January.
    places : DataFrame
        Territories of the base level, by code: name, and group (code, empty for none).
    groups : DataFrame
        The groups, by code: name and type.
    """

    year: int
    places: pd.DataFrame
    groups: pd.DataFrame

    def members(self, group: str) -> pd.Series:
        """Return the names of the members of a group, by code."""
        return self.places.loc[self.places["group"] == group, "name"]


@dataclass(frozen=True, slots=True)
class Named:
    """Name a group; an empty code stands for no group at all."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """Name a member, and what holds its ground on the other map where it is not itself.

    Parameters
    ----------
    code, name : str
        As on the map where it is (for one that joins or merges, that before).
    into : Named, optional
        What it had become, or what it came from; an empty code when the pack does not tell.
    """

    code: str
    name: str
    into: Named | None = None


class ChangeKind(enum.StrEnum):
    """Say what happened to a group between two maps, in the order it is told."""

    CREATED = "created"
    RECODED = "recoded"
    RENAMED = "renamed"
    RETYPED = "retyped"
    JOINED = "joined"
    LEFT = "left"
    MERGED = "merged"
    SPLIT = "split"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PerimeterChange:
    """Tell one change of a group between two maps.

    Parameters
    ----------
    kind : ChangeKind
    before, after : int
        Years of the two maps: nothing proves the day between them.
    members : tuple of Member
        Those that joined, left, merged or were split; of a group that begins or ends, all that
        came from one group or went to one.
    other : Named, optional
        The group that they came from or went to; the former code, name or type.
    now : str
        The new code, name or type.
    """

    kind: ChangeKind
    before: int
    after: int
    members: tuple[Member, ...] = ()
    other: Named | None = None
    now: str = ""


def ground(before: pd.Index, after: pd.Index, moves: pd.DataFrame) -> pd.DataFrame:
    """Pair the codes of a map with those that hold their ground on a later one.

    Parameters
    ----------
    before, after : Index of str
        Codes of the two maps.
    moves : DataFrame
        date, from, to: what happened between them, as `Events.moves` gives it.

    Returns
    -------
    DataFrame
        from, to, each pair once; one is empty where nothing tells what held the ground before,
        or what holds it after.

    Examples
    --------
    >>> merged = pd.DataFrame({"date": ["2020-01-01"] * 2, "from": ["A", "B"], "to": ["A", "A"]})
    >>> ground(pd.Index(["A", "B", "C"]), pd.Index(["A", "C"]), merged).values.tolist()
    [['A', 'A'], ['B', 'A'], ['C', 'C']]
    """
    pairs = pd.DataFrame({"from": before, "to": before}, dtype=object)
    for _, day in moves.groupby("date", sort=True):
        step = day[["from", "to"]].drop_duplicates()
        moved = pairs["to"].isin(step["from"])
        onward = pairs[moved].merge(step, left_on="to", right_on="from", suffixes=("", "_next"))
        onward = onward[["from", "to_next"]].rename(columns={"to_next": "to"})
        fresh = step[step["from"] == ""]
        pairs = pd.concat([pairs[~moved], onward, fresh]).drop_duplicates()
    pairs["to"] = pairs["to"].where(pairs["to"].isin(after), "")
    unknown = after.difference(pd.Index(pairs["to"]))
    new = pd.DataFrame({"from": "", "to": unknown}, dtype=object)
    pairs = pd.concat([pairs, new]).drop_duplicates()
    pairs = pairs[(pairs["from"] != "") | (pairs["to"] != "")]
    return pairs.sort_values(["from", "to"], ignore_index=True)


def step(before: GroupMap, after: GroupMap, moves: pd.DataFrame) -> pd.DataFrame:
    """Say in which group each unit of ground is, on two maps.

    Returns
    -------
    DataFrame
        from, to, left (group on the map before), right (group on the map after); empty for none.
    """
    pairs = ground(before.places.index, after.places.index, moves)
    sides = {"left": ("from", before), "right": ("to", after)}
    return pairs.assign(
        **{
            side: pairs[column].map(known.places["group"]).fillna("")
            for side, (column, known) in sides.items()
        }
    )


def lineage(
    code: str, maps: Sequence[GroupMap], steps: Sequence[pd.DataFrame], weights: Sequence[pd.Series]
) -> dict[int, str]:
    """Follow a group back through its changes of code.

    Parameters
    ----------
    code : str
    maps : sequence of GroupMap
        Oldest first.
    steps : sequence of DataFrame
        From each map to the next, as :func:`step` gives them.
    weights : sequence of Series
        Persons by code on each map; a code that it lacks weighs nothing. All empty, members
        are counted.

    Returns
    -------
    dict of int to str
        The code it bore, by year of the map, for the maps where it is.

    Notes
    -----
    A group that appears continues one that disappears at the same time when more than half of
    the persons of each come from, or go to, the other.
    """
    line: dict[int, str] = {}
    known = code
    for place in range(len(maps) - 1, -1, -1):
        here = maps[place]
        if known in here.groups.index:
            line[here.year] = known
        elif line:
            ended = here.groups.index.difference(maps[place + 1].groups.index)
            known = _continued(known, ended, steps[place], weights[place])
            if not known:
                break
            line[here.year] = known
    return dict(sorted(line.items()))


def _continued(group: str, ended: pd.Index, units: pd.DataFrame, weights: pd.Series) -> str:
    """Find which group, among those that ended, a new one continues; empty for none."""
    persons = (
        units["from"].map(weights).fillna(0.0) if len(weights) else pd.Series(1.0, units.index)
    )
    came = persons[units["right"] == group].groupby(units["left"]).sum()
    for origin in came.index[came > came.sum() / 2]:
        whole = persons[units["left"] == origin].sum()
        if origin in ended and came[origin] > whole / 2:
            return str(origin)
    return ""


def changes(
    line: Mapping[int, str], maps: Sequence[GroupMap], steps: Sequence[pd.DataFrame]
) -> tuple[PerimeterChange, ...]:
    """List what happened to a group, from each map to the next.

    Parameters
    ----------
    line : mapping of int to str
        The code it bore, by year of the map; see :func:`lineage`.
    maps : sequence of GroupMap
    steps : sequence of DataFrame

    Returns
    -------
    tuple of PerimeterChange
        Oldest first. Nothing is said of what the first map began with.
    """
    found: list[PerimeterChange] = []
    for before, after, units in zip(maps[:-1], maps[1:], steps, strict=True):
        old, new = line.get(before.year, ""), line.get(after.year, "")
        if old or new:
            found += _Step(before, after, units).told(old, new)
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Step:
    before: GroupMap
    after: GroupMap
    units: pd.DataFrame

    def told(self, old: str, new: str) -> list[PerimeterChange]:
        units = self.units
        inside, stays = (units["left"] == old) & (old != ""), (units["right"] == new) & (new != "")
        if not old:
            return self._by_group(ChangeKind.CREATED, units[stays], "left")
        if not new:
            return self._by_group(ChangeKind.ENDED, units[inside], "right")
        kept = units[inside & stays]
        apart = kept[kept["from"] != kept["to"]]
        # A code that is still there after taking in another, or before giving birth to one.
        split = apart["from"].isin(self.after.places.index) | apart["from"].duplicated(keep=False)
        return [
            *self._words(old, new),
            *self._by_group(ChangeKind.JOINED, units[stays & ~inside], "left"),
            *self._by_group(ChangeKind.LEFT, units[inside & ~stays], "right"),
            *self._all(ChangeKind.MERGED, apart[~split], "from"),
            *self._all(ChangeKind.SPLIT, apart[split], "to"),
        ]

    def _words(self, old: str, new: str) -> list[PerimeterChange]:
        """Compare codes, names and types."""
        sides = (self.before.groups.loc[old], self.after.groups.loc[new])
        (name, new_name), (kind, new_kind) = (
            [str(side[column]) for side in sides] for column in ("name", "type")
        )
        found: list[tuple[ChangeKind, str, str, bool]] = [
            (ChangeKind.RECODED, old, new, old != new),
            # An edition that writes a hyphen or an accent otherwise renames nothing.
            (ChangeKind.RENAMED, name, new_name, plain(name) != plain(new_name)),
            (ChangeKind.RETYPED, kind, new_kind, kind != new_kind),
        ]
        before, after = self.before.year, self.after.year
        return [
            PerimeterChange(what, before, after, other=Named(old, was), now=now)
            for what, was, now, differs in found
            if differs
        ]

    def _by_group(self, kind: ChangeKind, units: pd.DataFrame, side: str) -> list[PerimeterChange]:
        """Put together the members that share the group they came from, or went to."""
        names = (self.before if side == "left" else self.after).groups["name"]
        return [
            self._change(kind, self._members(rows, "from"), _named(str(code), names))
            for code, rows in units.groupby(side)
        ]

    def _all(self, kind: ChangeKind, units: pd.DataFrame, own: str) -> list[PerimeterChange]:
        return [self._change(kind, self._members(units, own))] if len(units) else []

    def _members(self, units: pd.DataFrame, own: str) -> tuple[Member, ...]:
        """Name units by their code on one of the maps, with what they are on the other."""
        names = {"from": self.before.places["name"], "to": self.after.places["name"]}
        far = "to" if own == "from" else "from"
        found = []
        for unit in units[["from", "to"]].to_dict("records"):
            if not unit["from"]:  # new on the map, nothing says from where
                found.append(Member(unit["to"], str(names["to"][unit["to"]])))
                continue
            other = None if unit["from"] == unit["to"] else _named(unit[far], names[far])
            found.append(Member(unit[own], str(names[own][unit[own]]), other))
        return tuple(sorted(found, key=lambda member: (member.name, member.code)))

    def _change(
        self, kind: ChangeKind, members: tuple[Member, ...], other: Named | None = None
    ) -> PerimeterChange:
        return PerimeterChange(kind, self.before.year, self.after.year, members, other)


def _named(code: str, names: pd.Series) -> Named:
    return Named(code, str(names.get(code, code)))
