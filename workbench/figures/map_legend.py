"""The legend of a map: its classes, how many areas each holds, and what has no value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from workbench.core.types import Quantity
from workbench.figures.area import Area
from workbench.figures.hatch import hatch
from workbench.figures.palette import paint, ramp
from workbench.figures.svg import SMALL, label, num, tag
from workbench.figures.text import line_height, shorten, text_width, wrap
from workbench.figures.wording import Wording

__all__ = ["Legend", "legend"]

_ROW = line_height(SMALL) + 4
_NARROW, _WIDE = 168.0, 250.0


@dataclass(frozen=True, slots=True)
class Legend:
    """Hold a drawn legend and the room it takes."""

    svg: str
    width: float
    height: float


def legend(
    areas: Sequence[Area],
    limits: Sequence[float],
    *,
    key: str,
    fmt: Callable[[Quantity], str],
    unit: str,
    highlight: Area | None,
    wording: Wording,
) -> Legend:
    """Draw the legend from the highest class down, then absences, then the stressed area.

    Parameters
    ----------
    areas : sequence of Area
        Each territory once.
    limits : sequence of float
        Breaks between classes.
    key : str
        Prefix of the patterns.
    fmt : callable
    unit : str
        Heading.
    highlight : Area or None
    wording : Wording

    Returns
    -------
    Legend
    """
    known = [area.value.value for area in areas if area.value.known]
    counts = Counter(np.searchsorted(limits, known, side="right").tolist())
    rows = []
    if known:
        texts = _class_texts(limits, known, fmt, wording)
        for rank, step in reversed(list(enumerate(ramp(len(limits) + 1)))):
            swatch = f'{paint(fill=f"q{step}", stroke="axis")} stroke-width=".8"'
            rows.append((swatch, texts[rank], str(counts[rank])))
    absent = Counter(area.value.status for area in areas if not area.value.known)
    for status in sorted(absent):
        edge = f'{paint(stroke="axis")} stroke-width=".8"'
        text = wording.explained(Quantity.absent(status))
        rows.append((f"{hatch(f'{key}-l', status)} {edge}", text, str(absent[status])))
    room = 30 + 12 + max(text_width(t, SMALL) + text_width(c, SMALL) for _, t, c in rows)
    if highlight is not None:
        value = fmt(highlight.value) if highlight.value.known else ""
        room = max(room, 36 + text_width(f"{highlight.name} {value}", SMALL, bold=True))
    width = min(max(room, _NARROW), _WIDE)

    counted = text_width(wording.count, SMALL) + 8
    heading = wrap(unit, SMALL, width - counted, lines=3, bold=True) if unit else ("",)
    parts, y = [], 0.0
    for text in heading:
        parts.append(label(0, y + _ROW / 2, text, size=SMALL, bold=True) if text else "")
        y += line_height(SMALL)
    at = y - line_height(SMALL) + _ROW / 2
    parts.append(label(width, at, wording.count, size=SMALL, anchor="end", colour="muted"))
    y += 4
    for swatch, text, count in rows:
        parts.append(
            tag("rect", f'x="1" y="{num(y + 2)}" width="22" height="{num(_ROW - 4)}" {swatch}')
        )
        fitted = shorten(text, SMALL, width - 42 - text_width(count, SMALL))
        parts.append(label(30, y + _ROW / 2, fitted, size=SMALL))
        parts.append(label(width, y + _ROW / 2, count, size=SMALL, anchor="end", colour="muted"))
        y += _ROW
    if highlight is not None:
        parts.append(_stressed(highlight, y + 4, width, fmt, wording))
        y += _ROW + 4
    return Legend("".join(parts), width, y)


def _class_texts(
    limits: Sequence[float],
    known: Sequence[float],
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> list[str]:
    marks = [fmt(Quantity(limit)) for limit in limits]
    if not marks:
        low, high = (fmt(Quantity(end)) for end in (min(known), max(known)))
        return [wording.between.format(low=low, high=high)]
    inner = [wording.between.format(low=low, high=high) for low, high in pairwise(marks)]
    return [wording.below.format(high=marks[0]), *inner, wording.above.format(low=marks[-1])]


def _stressed(
    area: Area, y: float, width: float, fmt: Callable[[Quantity], str], wording: Wording
) -> str:
    value = fmt(area.value) if area.value.known else wording.sign(area.value)
    box = f'x="2" y="{num(y + 3)}" width="20" height="{num(_ROW - 6)}" stroke-width="2.8"'
    room = width - 34 - text_width(value, SMALL, bold=True)
    return tag("rect", f"{box} {paint(fill='none', stroke='territory')}") + label(
        30,
        y + _ROW / 2,
        shorten(area.name, SMALL, room, bold=True),
        size=SMALL,
        colour="territory",
        bold=True,
        strong=value,
    )
