"""The drawing of an age pyramid; `bands` makes it a figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workbench.core.types import Quantity
from workbench.figures.legend import legend_line
from workbench.figures.marks import Profile, Role, Style, marker, styles
from workbench.figures.notes import absences, note_lines
from workbench.figures.palette import paint
from workbench.figures.scale import Scale, labelled_ticks
from workbench.figures.svg import SMALL, WIDTH, label, num, tag
from workbench.figures.text import line_height, text_width
from workbench.figures.wording import Wording

__all__ = ["pyramid"]

_EDGE = 28.0


def pyramid(
    groups: Sequence[str],
    profiles: Sequence[Profile],
    *,
    sides: tuple[str, str],
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> tuple[str, float]:
    """Draw two sexes back to back, the oldest on top; references are stepped outlines.

    Parameters
    ----------
    groups : sequence of str
        Names of the bands, youngest first.
    profiles : sequence of Profile
        With `opposite`; the territory is filled.
    sides : tuple of (str, str)
        Names of the two sexes.
    fmt : callable
    wording : Wording

    Returns
    -------
    svg : str
    height : float
    """
    looks = styles(profiles)
    legend, taken = legend_line(profiles, looks)
    top = taken + line_height(SMALL) + 8
    row = max(line_height(SMALL) + 1, min(46.0, 260 / len(groups)))
    bottom = top + row * len(groups)
    gutter = max(text_width(group, SMALL) for group in groups) / 2 + 8
    most = max(
        (q.value for one in profiles for q in (*one.shares, *one.opposite) if q.known), default=1.0
    )
    middle = WIDTH / 2
    wings = (
        Scale(0, (most or 1.0) * 1.04, middle - gutter, _EDGE),
        Scale(0, (most or 1.0) * 1.04, middle + gutter, WIDTH - _EDGE),
    )
    parts = [legend]
    for wing, name in zip(wings, sides, strict=True):
        at = (wing.start + wing.end) / 2
        parts.append(label(at, taken + 14, name, size=SMALL, anchor="middle", bold=True))
        parts.append(_wing_axis(wing, top, bottom, fmt))
    for i, group in enumerate(groups):
        y = bottom - row * (i + 0.5)
        parts.append(label(middle, y, group, size=SMALL, anchor="middle", colour="muted"))
    pairs = list(zip(profiles, looks, strict=True))
    for one, look in sorted(pairs, key=lambda pair: pair[0].role is not Role.TERRITORY):
        for wing, shares in zip(wings, (one.shares, one.opposite), strict=True):
            if one.role is Role.TERRITORY:
                parts.append(_filled(shares, wing, bottom, row, fmt, wording))
            else:
                parts.append(_outlined(shares, look, wing, bottom, row))
    absent = [
        (f"{one.label}, {side}, {group}", q)
        for one in profiles
        for side, shares in zip(sides, (one.shares, one.opposite), strict=True)
        for group, q in zip(groups, shares, strict=True)
    ]
    notes, more = note_lines(absences(absent, wording), bottom + 30)
    return "".join(parts) + notes, bottom + 28 + (more + 6 if more else 0)


def _wing_axis(wing: Scale, top: float, bottom: float, fmt: Callable[[Quantity], str]) -> str:
    ticks = labelled_ticks(wing, fmt, count=3)
    rules = "".join(f"M{num(wing(value))} {num(top)}V{num(bottom)}" for value, _ in ticks)
    drawn = tag("path", f'd="{rules}" stroke-width="1" {paint(fill="none", stroke="rule")}')
    return drawn + "".join(
        label(wing(value), bottom + 14, text, size=SMALL, anchor="middle", colour="muted")
        for value, text in ticks
    )


def _filled(
    shares: Sequence[Quantity],
    wing: Scale,
    bottom: float,
    row: float,
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> str:
    """Draw the territory's bars, their value inside where there is room."""
    parts = []
    out = 1 if wing.end > wing.start else -1
    for i, q in enumerate(shares):
        y = bottom - row * (i + 0.5)
        near = wing.start + 6 * out
        anchor = "start" if out > 0 else "end"
        if not q.known:
            sign = wording.sign(q)
            parts.append(label(near, y, sign, anchor=anchor, colour="territory", bold=True))
            continue
        thick = row - 4
        path = f'd="M{num(wing.start)} {num(y - thick / 2)}H{num(wing(q.value))}v{num(thick)}'
        path += f'H{num(wing.start)}z" stroke-width="1.5"'
        parts.append(tag("path", f"{path} {paint(fill='wash', stroke='territory')}"))
        if text_width(fmt(q), SMALL) + 8 < abs(wing(q.value) - wing.start):
            parts.append(label(near, y, fmt(q), size=SMALL, anchor=anchor))
    return "".join(parts)


def _outlined(
    shares: Sequence[Quantity], look: Style, wing: Scale, bottom: float, row: float
) -> str:
    """Draw a reference as steps, broken where a value is absent."""
    path, marks, pen = "", [], "M"
    for i, q in enumerate(shares):
        low, high = bottom - row * i, bottom - row * (i + 1)
        if not q.known:
            pen = "M"
            continue
        x = num(wing(q.value))
        path += f"{pen}{x} {num(low)}V{num(high)}" if pen == "M" else f"H{x}V{num(high)}"
        pen = "H"
        marks.append(marker(look, wing(q.value), (low + high) / 2, size=3.2))
    stroke = f'stroke-width="{num(look.width)}"{look.dashed}'
    drawn = tag("path", f'd="{path}" {stroke} {paint(fill="none", stroke=look.colour)}')
    return (drawn if path else "") + "".join(marks)
