"""The legend line that names a territory and its references above bars."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.figures.marks import Profile, Role, Style, marker
from workbench.figures.palette import paint
from workbench.figures.svg import SMALL, WIDTH, label, num, tag
from workbench.figures.text import line_height, shorten, text_width

__all__ = ["legend_line"]


def legend_line(profiles: Sequence[Profile], looks: Sequence[Style]) -> tuple[str, float]:
    """Draw one entry a profile, over as many lines as needed.

    Parameters
    ----------
    profiles : sequence of Profile
    looks : sequence of Style
        As given by :func:`workbench.figures.marks.styles`.

    Returns
    -------
    svg : str
    height : float
    """
    row = line_height(SMALL)
    parts, x, y = [], 0.0, row / 2
    for one, look in zip(profiles, looks, strict=True):
        own = one.role is Role.TERRITORY
        name = shorten(one.label, SMALL, WIDTH - 30, bold=own)
        room = 24 + text_width(name, SMALL, bold=own) + 12
        if x and x + room > WIDTH:
            x, y = 0.0, y + row
        if own:
            box = f'x="{num(x + 1)}" y="{num(y - 6)}" width="16" height="12" stroke-width="1.5"'
            parts.append(tag("rect", f"{box} {paint(fill='wash', stroke='territory')}"))
        else:
            path = f'd="M{num(x)} {num(y)}h18" stroke-width="{num(look.width)}"{look.dashed}'
            parts.append(tag("path", f"{path} {paint(fill='none', stroke=look.colour)}"))
            parts.append(marker(look, x + 9, y))
        parts.append(label(x + 24, y, name, size=SMALL, colour=look.colour, bold=own))
        x += room
    return "".join(parts), y + row / 2
