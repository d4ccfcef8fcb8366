"""Tell the members of a group through time: who joined, who left, what it was called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from workbench.core.defaults import DEFAULT_PACK
from workbench.core.errors import (
    EventsMissing,
    LevelUnknown,
    TerritoryUnknown,
    VintageMismatch,
    nearest,
)
from workbench.geography.atlas import Atlas, AtlasSpec, open_atlas
from workbench.geography.event import Events, day_of
from workbench.geography.perimeters import GroupMap, PerimeterChange, changes, lineage, step

__all__ = ["Perimeter", "group_maps", "members"]


@dataclass(frozen=True, eq=False, repr=False)
class Perimeter:
    """Hold the members of a group on one map, and how they came to be.

    Made by :func:`members`; printed, it is a timeline.

    Parameters
    ----------
    code, name, level : str
        The name is that of the last map where it is.
    at : int
        Map of `members`.
    members : Series of str
        Names by code, on the map `at`.
    vintages : tuple of int
        Maps that were compared.
    line : mapping of int to str
        Code that it bore on each map where it is.
    names : mapping of int to str
        Name that it bore on each of them.
    counts : mapping of int to int
        Number of its members on each of them.
    changes : tuple of PerimeterChange
        Oldest first.
    spec : AtlasSpec
        Words of the country.
    language : str
        That of the timeline.
    """

    code: str
    name: str
    level: str
    at: int
    members: pd.Series
    vintages: tuple[int, ...]
    line: Mapping[int, str]
    names: Mapping[int, str]
    counts: Mapping[int, int]
    changes: tuple[PerimeterChange, ...]
    spec: AtlasSpec
    language: str

    @property
    def caveats(self) -> tuple[str, ...]:
        """What the maps cannot tell, in the language of the timeline."""
        from workbench.geography.perimeter_words import reservations

        return reservations(self)

    def __repr__(self) -> str:
        return f"<Perimeter {self.code}, {self.name}, {len(self.members)} members in {self.at}>"

    def __str__(self) -> str:
        from workbench.geography.perimeter_words import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from workbench.geography.perimeter_words import as_html

        return as_html(self)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a member and change.

        Returns
        -------
        DataFrame
            before, after (years of the maps), kind, code, name (of the member), into (code of
            what holds or held its ground on the other map), other, other_name (group it came
            from or went to, or what the group was called). Text, empty where there is nothing.
        """
        rows = [
            (
                change.before,
                change.after,
                change.kind.value,
                member.code if member else "",
                member.name if member else "",
                member.into.code if member and member.into else "",
                change.other.code if change.other else "",
                change.other.name if change.other else "",
            )
            for change in self.changes
            for member in (change.members or (None,))
        ]
        columns = ["before", "after", "kind", "code", "name", "into", "other", "other_name"]
        return pd.DataFrame(rows, columns=columns)


def members(
    code: str,
    *,
    at: int | None = None,
    level: str | None = None,
    pack: str | Atlas = DEFAULT_PACK,
    language: str | None = None,
) -> Perimeter:
    """Tell who belongs to a group, and how its perimeter changed from map to map.

    Parameters
    ----------
    code : str
        Code of the group, one of the latest map or of an older one.
    at : int, optional
        Map whose members are listed; by default the last one where the group is.
    level : str, optional
        Level of the group; that which has the code by default.
    pack : str or Atlas
    language : str, optional
        That of the timeline; the pack's own by default.

    Returns
    -------
    Perimeter

    Raises
    ------
    TerritoryUnknown
        No group has this code on any map.
    LevelUnknown
        The level groups nothing, or is none of the pack's.
    VintageMismatch
        The pack has no map of the year `at`, or the group is not on it.

    Examples
    --------
    >>> lille = members("200093201")
    >>> lille.counts[2019], lille.line[2019], lille.counts[2026]
    (90, '245900410', 95)
    """
    atlas = open_atlas(pack)
    atlas = open_atlas(atlas, vintage=max(atlas.vintages))
    level, history = _find(atlas, code, level)
    line = lineage(code, history.maps, history.steps, history.weights)
    years = [known.year for known in history.maps]
    shown = max(line) if at is None else at
    if shown not in line:
        raise VintageMismatch(_not_at(code, shown, line, years))
    maps = {known.year: known for known in history.maps}
    counts = {year: len(maps[year].members(own)) for year, own in line.items()}
    names = {year: str(maps[year].groups.at[own, "name"]) for year, own in line.items()}
    return Perimeter(
        code=code,
        name=names[max(line)],
        level=level,
        at=shown,
        members=maps[shown].members(line[shown]),
        vintages=tuple(years),
        line=line,
        names=names,
        counts=counts,
        changes=changes(line, history.maps, history.steps),
        spec=atlas.spec,
        language=language or atlas.spec.default_language,
    )


class GroupMaps(NamedTuple):
    """Hold the groups of a level on every map, and what leads from each to the next."""

    maps: tuple[GroupMap, ...]
    steps: tuple[pd.DataFrame, ...]
    weights: tuple[pd.Series, ...]


@lru_cache(maxsize=4)
def group_maps(atlas: Atlas, level: str) -> GroupMaps:
    """Read the groups of a level on every map of a country, oldest first.

    Parameters
    ----------
    atlas : Atlas
    level : str

    Returns
    -------
    GroupMaps
    """
    maps = []
    for year in sorted(atlas.vintages):
        then = atlas.at(year)
        places = then.frame(atlas.base_level)[["name", level]]
        groups = then.frame(level)[["name", "type"]]
        maps.append(GroupMap(year, places.rename(columns={level: "group"}), groups))
    events = _events(atlas)
    steps = [step(before, after, _moves(events, before, after)) for before, after in pairwise(maps)]
    none = pd.Series(dtype=float)
    weights = [atlas.weights.get(known.year, none) for known in maps]
    return GroupMaps(tuple(maps), tuple(steps), tuple(weights))


def _events(atlas: Atlas) -> Events | None:
    try:
        return atlas.events
    except EventsMissing:
        return None


def _moves(events: Events | None, before: GroupMap, after: GroupMap) -> pd.DataFrame:
    """Return what happened between two maps, as far back as events are told."""
    days = day_of(before.year), day_of(after.year)
    if events is None or events.first >= days[1]:
        return pd.DataFrame(columns=["date", "from", "to"])
    return events.moves(max(days[0], events.first), days[1])


def _find(atlas: Atlas, code: str, level: str | None) -> tuple[str, GroupMaps]:
    """Find the level of a group, and its groups on every map."""
    levels = [name for name, known in atlas.spec.levels.items() if known.role == "group"]
    if level is not None and level not in levels:
        hint = nearest(level, levels)
        message = f"Level {level!r} groups no {atlas.base_level} of pack {atlas.name} ({hint})."
        raise LevelUnknown(message)
    searched = levels if level is None else [level]
    known: set[str] = set()
    for name in searched:
        codes = {x for year in atlas.vintages for x in atlas.at(year).frame(name).index}
        if code in codes:
            return name, group_maps(atlas, name)
        known |= codes
    raise TerritoryUnknown(_unknown(atlas, code, searched, known))


def _unknown(atlas: Atlas, code: str, levels: Sequence[str], known: set[str]) -> str:
    told = " or ".join(levels)
    if not levels:
        return f"Pack {atlas.name} has no group of {atlas.base_level}: no level of role group."
    places = atlas.frame(atlas.base_level)
    if code in places.index:
        name, *holders = (str(places.at[code, column]) for column in ("name", *levels))
        held = ", ".join(holder for holder in holders if holder)
        ask = f"Ask for what holds it: {held}." if held else f"It is in no {told}."
        return f"Code {code!r} is a {atlas.base_level} ({name}), no {told}. {ask}"
    return (
        f"Code {code!r} is no {told} on any map of pack {atlas.name} ({nearest(code, known)}). "
        "Search with `workbench territories find`."
    )


def _not_at(code: str, at: int, line: Mapping[int, str], years: Sequence[int]) -> str:
    if at not in years:
        return f"There is no map of {at}; there are those of {', '.join(map(str, years))}."
    return f"{code} is not on the map of {at}: it is on those of {', '.join(map(str, line))}."
