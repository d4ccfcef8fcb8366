"""A choropleth map with insets, a legend that counts, and a pattern for each kind of absence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import FigureError, nearest
from workbench.core.types import Quantity
from workbench.figures.area import Area, Outline, check_breaks
from workbench.figures.figure import Figure
from workbench.figures.frames import Extent, Frames, Layout, Placement
from workbench.figures.hatch import hatch, hatches
from workbench.figures.map_legend import legend
from workbench.figures.notes import printed
from workbench.figures.outline import areas as ring_areas
from workbench.figures.outline import compact, ring_paths
from workbench.figures.palette import paint, ramp
from workbench.figures.scale import nice_ticks
from workbench.figures.svg import SMALL, document, escape, label, num, tag
from workbench.figures.text import line_height
from workbench.figures.wording import Wording

__all__ = ["choropleth"]

_NAMED = 320  # areas that carry a tooltip: more of them weigh more than the map itself
_STEP = 0.5  # grid of the map, in view box units: half a pixel or so


def choropleth(
    areas: Sequence[Area],
    *,
    key: str,
    title: str,
    fmt: Callable[[Quantity], str],
    breaks: Sequence[float],
    frames: Frames | None = None,
    outlines: Sequence[Outline] = (),
    highlight: str | None = None,
    unit: str = "",
    caption: str = "",
    alternative: str | None = None,
    wording: Wording | None = None,
) -> Figure:
    """Draw a map in classes of value.

    Parameters
    ----------
    areas : sequence of Area
        A territory drawn in two frames is given twice, and counted once.
    key, title, fmt, caption, alternative, wording
        As for `line`.
    breaks : sequence of float
        Limits between classes; see :func:`workbench.figures.area.quantile_breaks`.
    frames : Frames or None
        Main frame and insets; one frame named ``"main"`` when None.
    outlines : sequence of Outline
        Heavier borders.
    highlight : str or None
        Code of the area to stress.
    unit : str
        Heading of the legend.

    Returns
    -------
    Figure

    Raises
    ------
    FigureError
        When a frame or the highlighted code is unknown, or the breaks are not increasing.

    Examples
    --------
    >>> square = np.array([[0, 0], [9, 0], [9, 9], [0, 9]], float)
    >>> areas = [Area("59", "Nord", (square,), Quantity(7.0)),
    ...          Area("62", "Pas-de-Calais", (square + [9, 0],), Quantity(9.0))]
    >>> choropleth(areas, key="m", title="Vacancy", fmt=lambda q: f"{q.value:.0f} %",
    ...            breaks=[8]).alternative
    'From Nord: 7 % to Pas-de-Calais: 9 %; 2 areas are mapped.'
    """
    wording = wording or Wording()
    limits = check_breaks(breaks, key)
    unique = tuple({area.code: area for area in areas}.values())
    marked = _highlighted(unique, highlight)
    entries = legend(unique, limits, key=key, fmt=fmt, unit=unit, highlight=marked, wording=wording)
    layout = (frames or Frames()).place(
        _extents(areas, outlines), column=entries.width, legend=entries.height
    )
    shapes = _shapes(areas, outlines, layout)
    grow = 1 / _STEP
    body = [
        hatches(key, (area.value for area in areas), scale=grow),
        hatches(f"{key}-l", (area.value for area in areas)),
        f'<g transform="scale({num(_STEP)})">',
        _fills(areas, shapes, limits, key=key, fmt=fmt, wording=wording),
        _borders(areas, outlines, shapes, highlight),
        "</g>",
        "".join(_inset(p) for p in layout.placements[1:]),
        _ruler(layout.placements[0], layout.height),
        f'<g transform="translate({num(layout.column)})">{entries.svg}</g>',
    ]
    said = alternative or _finding(unique, fmt, wording)
    return Figure(
        svg=document(
            "".join(body),
            key=key,
            title=title,
            alternative=said,
            height=layout.height + 2,
            interactive=any(area.link for area in areas),
        ),
        title=title,
        alternative=said,
        caption=caption,
        key=key,
        data=(
            (wording.territory, wording.value),
            *((a.name, printed(a.value, _text(a, fmt), wording)) for a in unique),
        ),
        data_label=wording.data,
    )


def _highlighted(areas: Sequence[Area], code: str | None) -> Area | None:
    if code is None:
        return None
    for area in areas:
        if area.code == code:
            return area
    choices = [area.code for area in areas]
    message = f"area {code!r} to highlight is not on the map; {nearest(code, choices)}."
    raise FigureError(message)


def _text(area: Area, fmt: Callable[[Quantity], str]) -> str:
    return fmt(area.value) if area.value.known else ""


def _extents(areas: Sequence[Area], outlines: Sequence[Outline]) -> dict[str, Extent]:
    """Bound each frame by what it holds."""
    found: dict[str, list[NDArray[np.float64]]] = {}
    shapes: list[Area | Outline] = [*areas, *outlines]
    for shape in shapes:
        found.setdefault(shape.frame, []).extend(shape.rings)
    extents = {}
    for frame, rings in found.items():
        points = np.concatenate(rings)
        west, south = points.min(axis=0).tolist()
        east, north = points.max(axis=0).tolist()
        if not np.isfinite([west, south, east, north]).all():
            message = (
                f"frame {frame!r} holds coordinates that are not finite: expected projected "
                "kilometres. Check the projection of its areas."
            )
            raise FigureError(message)
        extents[frame] = Extent(west, south, east, north)
    return extents


def _shapes(areas: Sequence[Area], outlines: Sequence[Outline], layout: Layout) -> list[str]:
    """Write the path of each area, then of each outline, in grid units."""
    places = {place.frame: place for place in layout.placements}
    owners: list[Area | Outline] = [*areas, *outlines]
    rings = [ring for owner in owners for ring in owner.rings]
    counts = [len(owner.rings) for owner in owners]
    lengths = [len(ring) for ring in rings]
    by_ring = np.array(
        [
            (places[owner.frame].scale, places[owner.frame].left, places[owner.frame].foot)
            for owner in owners
            for _ in owner.rings
        ]
    )
    scale, left, foot = np.repeat(by_ring, lengths, axis=0).T
    points = np.concatenate(rings)
    drawn = np.column_stack((left + scale * points[:, 0], foot - scale * points[:, 1]))
    kept = compact(drawn, lengths, step=_STEP, budget=max(2200, 5 * len(areas)))
    paths, surfaces = ring_paths(kept), ring_areas(kept).tolist()
    starts = np.cumsum([0, *lengths[:-1]]).tolist()
    smallest = 1.2 / _STEP**2  # islets under about one square unit are not seen
    shapes = []
    for first, count in zip(accumulate([0, *counts[:-1]]), counts, strict=True):
        own = range(first, first + count)
        largest = max(own, key=lambda i: surfaces[i])
        path = "".join(paths[i] for i in own if i == largest or surfaces[i] >= smallest)
        shapes.append(path or _dot(drawn[starts[first]]))
    return shapes


def _dot(point: NDArray[np.float64]) -> str:
    """Stand in for an area too small for its outline, so that it is still seen and named."""
    x, y = (round(float(v) / _STEP) - 4 for v in point)
    return f"M{x} {y}l8 0 0 8-8 0z"


def _fills(
    areas: Sequence[Area],
    shapes: Sequence[str],
    limits: Sequence[float],
    *,
    key: str,
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> str:
    """Draw the areas class by class, each with its name and value as a tooltip."""
    steps = ramp(len(limits) + 1)
    groups: dict[str, list[str]] = {paint(fill=f"q{step}"): [] for step in steps}
    names = list(groups)
    classes = np.searchsorted(limits, [a.value.value for a in areas], side="right").tolist()
    for area, shape, rank in zip(areas, shapes, classes, strict=False):
        value = _text(area, fmt) if area.value.known else wording.reason(area.value)
        said = escape(wording.labelled.format(label=area.name, value=value))
        if area.link is None:
            title = f"<title>{said}</title>" if len(areas) <= _NAMED else ""
            drawn = f'<path d="{shape}">{title}</path>' if title else f'<path d="{shape}"/>'
        else:
            link = escape(area.link)
            drawn = f'<a href="{link}"><title>{said}</title><path d="{shape}"/></a>'
        group = names[rank] if area.value.known else hatch(key, area.value.status)
        groups.setdefault(group, []).append(drawn)
    inner = "".join(tag("g", fill, "".join(found)) for fill, found in groups.items() if found)
    # Hairlines of paper between areas; wide enough to part them, thin enough for a small one.
    width = 0.7 if len(areas) <= 150 else 0.4
    stroke = f'stroke-width="{num(width / _STEP)}" stroke-linejoin="round"'
    return tag("g", f"{stroke} {paint(stroke='border')}", inner)


def _borders(
    areas: Sequence[Area],
    outlines: Sequence[Outline],
    shapes: Sequence[str],
    highlight: str | None,
) -> str:
    parts = []
    heavy = "".join(shapes[len(areas) :])
    join = 'stroke-linejoin="round"'
    if outlines:
        width = f'stroke-width="{num(1.1 / _STEP)}" {join}'
        parts.append(tag("path", f'd="{heavy}" {width} {paint(fill="none", stroke="outline")}'))
    own = "".join(s for a, s in zip(areas, shapes, strict=False) if a.code == highlight)
    if own:
        # A lighter line where areas are small, not to hide the one it stresses.
        thin = 1.0 if len(areas) <= 150 else 0.7
        for thick, colour in ((5.5 * thin, "paper"), (2.8 * thin, "territory")):
            stroke = f'stroke-width="{num(thick / _STEP)}" {join} pointer-events="none"'
            parts.append(tag("path", f'd="{own}" {stroke} {paint(fill="none", stroke=colour)}'))
    return "".join(parts)


def _inset(place: Placement) -> str:
    box = f'x="{num(place.x)}" y="{num(place.y)}" width="{num(place.width)}" '
    box += f'height="{num(place.height)}" rx="2" stroke-width="1"'
    framed = tag("rect", f"{box} {paint(fill='none', stroke='axis')}")
    name = label(place.x, place.y - line_height(SMALL) / 2, place.label, size=SMALL, colour="muted")
    return framed + name


def _ruler(place: Placement, foot: float) -> str:
    """Draw a bar of a round number of kilometres in the corner of the main frame."""
    ticks = nice_ticks(0, place.width * 0.22 / place.scale, count=1)
    if len(ticks) < 2:
        return ""
    length = num(ticks[-1] * place.scale)
    path = f'd="M1 {num(foot - 8)}v4h{length}v-4" stroke-width="1.2"'
    bar = tag("path", f"{path} {paint(fill='none', stroke='axis')}")
    return bar + label(4, foot - 16, f"{ticks[-1]:g} km", size=SMALL, colour="muted")


def _finding(areas: Sequence[Area], fmt: Callable[[Quantity], str], wording: Wording) -> str:
    known = sorted((a for a in areas if a.value.known), key=lambda a: a.value.value)
    if not known:
        return "; ".join(sorted({wording.reason(a.value) for a in areas}))
    low, high = (
        wording.labelled.format(label=a.name, value=fmt(a.value)) for a in (known[0], known[-1])
    )
    return wording.spread.format(low=low, high=high, count=len(known))
