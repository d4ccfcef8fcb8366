"""The maps of a portrait: the parts of the territory, or its neighbours when it has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workbench.core.types import Territory
from workbench.figures.area import Area, Outline, quantile_breaks
from workbench.figures.choropleth import choropleth
from workbench.figures.figure import Figure
from workbench.figures.frames import Frames, Inset
from workbench.geography.boundaries import Boundaries
from workbench.indicators.indicator import Indicator
from workbench.indicators.levels import Figures, level_figures
from workbench.indicators.registry import catalogue_of
from workbench.packs.pack import Pack
from workbench.packs.spec import Frame
from workbench.reports.portrait.words import Words

__all__ = ["MapExtent", "draw_map", "map_extent", "map_frames"]


_TABLE = 105


@dataclass(frozen=True)
class MapExtent:
    """Say what a map shows: territories of one level inside one territory.

    Parameters
    ----------
    level : str
        Level of the areas.
    codes : tuple of str
    within : Territory
        What holds them all.
    highlight : str or None
        The one the portrait is about, when it is among them.
    outlines : str
        Level whose borders are drawn heavier; empty for none.
    """

    level: str
    codes: tuple[str, ...]
    within: Territory
    highlight: str | None = None
    outlines: str = ""


def map_extent(pack: Pack, territory: Territory) -> MapExtent | None:
    """Choose what to map for a territory, by the pack's ``map_levels``.

    A territory without parts is shown among the others of its nearest holder.
    """
    level = pack.spec.map_levels.get(territory.level)
    if level is None or not pack.has_boundaries(level):
        return None
    if level == territory.level:
        levels = [name for name in pack.level(level).references if name != pack.spec.country_level]
        holders = pack.territories.parents(territory, levels)
        if not holders:
            return None
        codes = pack.territories.children(holders[0], level)
        return MapExtent(level, tuple(codes), holders[0], territory.code)
    codes = pack.territories.children(territory, level)
    if not len(codes):
        return None
    heavy = _outlined(pack, territory)
    return MapExtent(level, tuple(codes), territory, outlines=heavy)


def _outlined(pack: Pack, territory: Territory) -> str:
    """Name the level whose borders part a map of the whole country: its drawn regions."""
    if territory.level != pack.spec.country_level:
        return ""
    regions = (name for name, level in pack.spec.levels.items() if level.role == "region")
    return next((name for name in regions if pack.has_boundaries(name)), "")


def draw_map(
    pack: Pack,
    extent: MapExtent,
    name: str,
    words: Words,
    *,
    links: dict[str, str] | None = None,
) -> Figure | None:
    """Draw one indicator on a map; nothing when fewer than two areas have a figure.

    Parameters
    ----------
    name : str
        The indicator.
    links : dict of str to str, optional
        Relative address of each area's report.
    """
    indicator = catalogue_of(pack).get(name)
    level = level_figures(pack, extent.level)
    if name not in level.figures:
        return None
    figures = level.figures[name]
    period = figures.latest
    values = {code: figures.quantity(level.position(code), period) for code in extent.codes}
    known = np.array([quantity.value for quantity in values.values() if quantity.known])
    if len(np.unique(known)) < 2:
        return None
    known_links = links or {}
    boundaries = _drawn(pack, extent.level)
    territories = [pack.territory(code, extent.level) for code in values if code in boundaries]
    areas = [
        Area(
            code=t.code,
            name=t.name,
            rings=boundaries.of(t.code),
            value=values[t.code],
            frame=_frame(pack, t).id,
            link=known_links.get(t.code),
        )
        for t in territories
    ]
    if not areas:
        return None
    shown = dict.fromkeys(area.frame for area in areas)
    caption = words.say("map_caption", one=words.noun(extent.level), year=str(pack.vintage))
    marked = extent.highlight
    if marked is not None and marked not in boundaries:
        # Communes parted lately share the outline of the one they were.
        caption += " " + words.say("map_unmarked", place=pack.territory(marked, extent.level).name)
        marked = None
    decimals = _decimals(indicator, known)
    figure = choropleth(
        areas,
        key=f"map-{name}".replace("_", "-"),
        title=_title(indicator, figures, period, words),
        fmt=words.cell(indicator, "", decimals=decimals),
        unit=words.unit(indicator),
        breaks=quantile_breaks(known, classes=5, decimals=decimals),
        frames=map_frames(pack, list(shown), words.lang),
        outlines=_outlines(pack, extent.outlines),
        highlight=marked,
        caption=caption,
        wording=words.wording,
    )
    # A table of hundreds of rows under a map weighs more than the map; areas keep their titles.
    return figure if len(areas) <= _TABLE else replace(figure, data=())


def _decimals(indicator: Indicator, known: NDArray[np.float64]) -> int:
    """Round the limits of large values to whole numbers."""
    return 0 if float(np.median(np.abs(known))) >= 20 else indicator.decimals


def _outlines(pack: Pack, level: str) -> tuple[Outline, ...]:
    if not level:
        return ()
    boundaries = _drawn(pack, level)
    territories = (pack.territory(code, level) for code in pack.frame(level).index)
    return tuple(
        Outline(boundaries.of(t.code), _frame(pack, t).id)
        for t in territories
        if t.code in boundaries
    )


def _title(indicator: Indicator, figures: Figures, period: int, words: Words) -> str:
    label = words.label(indicator)
    if figures.since:
        return words.say(
            "map_change_title", label=label, since=str(figures.since), period=str(period)
        )
    return words.say("map_title", label=label, period=str(period))


def _drawn(pack: Pack, level: str) -> Boundaries:
    """Return the boundaries of a level as they are drawn."""
    # Asked for each time, so that each report is known to read them.
    pack.boundaries(level)
    return _projected(pack, level)


@lru_cache(maxsize=32)
def _projected(pack: Pack, level: str) -> Boundaries:
    """Project all the territories of a level once, for all the maps that show some of them."""
    territories = (pack.territory(code, level) for code in pack.frame(level).index)
    return pack.boundaries(level).projected(
        {territory.code: _frame(pack, territory).projection for territory in territories}
    )


def _frame(pack: Pack, territory: Territory) -> Frame:
    """Choose the frame of a territory: that of its region, or its own when it is one."""
    spec = pack.spec
    own = {**territory.parents, territory.level: territory.code}
    regions = {own[name] for name in own if spec.levels[name].role == "region"}
    main, *insets = spec.frames
    return next((frame for frame in insets if frame.region in regions), main)


def map_frames(pack: Pack, shown: Sequence[str], lang: str) -> Frames:
    """Lay out the frames in use: the first declared is the main one, the others are insets."""
    in_use = [frame for frame in pack.spec.frames if frame.id in shown]
    main, *others = in_use
    return Frames(main=main.id, insets=tuple(Inset(f.id, f.label[lang]) for f in others))
