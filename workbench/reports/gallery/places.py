"""Make the entries of the gallery: what the pack says of the territory of each report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from workbench.core.types import Territory
from workbench.indicators.cube import build_cube
from workbench.indicators.registry import get
from workbench.packs.pack import Pack
from workbench.reports.found import Found
from workbench.reports.gallery.entries import LONG, GalleryEntry, Holder
from workbench.reports.portrait.words import Words

__all__ = ["entries_of"]

# Roles of the levels that hold others, in the order in which lists are made by them.
_HOLDING = ("middle", "region", "country")


def entries_of(reports: Iterable[Found], words: Words) -> list[GalleryEntry]:
    """Say of reports what the gallery lists: group, parent, postcodes, population.

    Parameters
    ----------
    reports : iterable of Found
    words : Words
        Of the gallery's language; its pack is that of the reports.

    Returns
    -------
    list of GalleryEntry
        In the order of the reports.
    """
    atlas = _Atlas(words.pack)
    levels: dict[str, _Level] = {}
    entries = []
    for report in reports:
        territory = report.territory
        if territory.level not in levels:
            levels[territory.level] = _Level(territory.level, words)
        level = levels[territory.level]
        held = atlas.holders(territory)
        group = held.get("region") or held.get("middle")
        above = [held[role] for role in ("middle", "region") if role in held]
        within = next((each.name for each in above if each.level != territory.level), "")
        entries.append(
            GalleryEntry(
                code=territory.code,
                name=territory.name,
                level=territory.level,
                level_label=level.label,
                href=report.href,
                group=group.name if group else "",
                within=within,
                postcodes=level.postcodes.get(territory.code, ()),
                population=level.population.get(territory.code),
                status="failed" if report.failed else "done",
                nouns=level.nouns,
                holder=atlas.list_of(territory, held, failed=report.failed),
                others=tuple(territory.names.values()),
            )
        )
    return entries


class _Atlas:
    """Know the few territories that hold others, by level and code."""

    def __init__(self, pack: Pack) -> None:
        country = pack.territory(pack.spec.country)
        self.country = Holder(country.level, country.code, country.name)
        # The widest come last: of two holders that play one role, the widest wins.
        self.roles = {level: pack.level(level).role for level in pack.territories.levels}
        self.held = {
            level: {
                str(code): Holder(level, str(code), name)
                for code, name in pack.frame(level)["name"].items()
            }
            for level, role in self.roles.items()
            if role in _HOLDING
        }

    @cached_property
    def listed_by(self) -> tuple[str, ...]:
        """Roles by which reports are listed: the narrowest whose territories fit one page."""
        for start, role in enumerate(_HOLDING):
            count = sum(len(self.held[level]) for level in self.held if self.roles[level] == role)
            if 0 < count <= LONG:
                return _HOLDING[start:]
        return _HOLDING[-1:]

    def holders(self, territory: Territory) -> dict[str, Holder]:
        """Return the territory and those that hold it, by role of their level."""
        own = {**territory.parents, territory.level: territory.code}
        return {
            self.roles[level]: known[own[level]]
            for level, known in self.held.items()
            if level in own
        }

    def list_of(
        self, territory: Territory, held: Mapping[str, Holder], *, failed: bool
    ) -> Holder | None:
        """Return the holder of the list; none for the report of one that holds lists itself."""
        if self.roles[territory.level] in self.listed_by and not failed:
            return None
        return next((held[role] for role in self.listed_by if role in held), self.country)


class _Level:
    """Know the words and figures of one level."""

    def __init__(self, level: str, words: Words) -> None:
        noun = words.noun(level)
        self.label = noun[0].upper() + noun[1:]
        self.nouns = (noun, words.noun(level, "many"))
        frame = words.pack.frame(level)
        postcodes = frame["postcodes"] if "postcodes" in frame else pd.Series(dtype=str)
        self.postcodes = {code: tuple(text.split()) for code, text in postcodes.items() if text}
        self.population = _populations(words.pack, level)


@lru_cache(maxsize=64)
def _populations(pack: Pack, level: str) -> Mapping[str, int]:
    """Return the latest population of each territory of a level that has one."""
    cube = build_cube(pack, [get("population")], level).compute(scheduler="synchronous")
    values = cube["population"].values
    periods = np.flatnonzero(~np.isnan(values).all(axis=0))
    if not len(periods):
        return {}
    latest = pd.Series(values[:, periods[-1]], index=cube["territory"].values).dropna()
    return {str(code): round(value) for code, value in latest.items()}
