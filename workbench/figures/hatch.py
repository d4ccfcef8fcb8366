"""Patterns for what has no value: three reasons, three textures, with or without colour."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.core.types import Quantity, Status
from workbench.figures.palette import paint
from workbench.figures.svg import num, tag

__all__ = ["hatch", "hatches"]

# Slanted lines, dots, level lines: a texture each, on a cell of six units.
_DRAWN = {
    Status.SUPPRESSED: ("M-1 1l2-2M0 6L6 0M5 7l2-2", 1.4),
    Status.MISSING: ("M1.5 1.5h.01M4.5 4.5h.01", 1.9),
    Status.NOT_APPLICABLE: ("M0 3h6", 1.0),
}


def hatch(key: str, status: Status) -> str:
    """Return the attribute that fills a shape with the pattern of a status.

    Examples
    --------
    >>> hatch("map", Status.MISSING)
    'fill="url(#map-h5)"'
    """
    return f'fill="url(#{key}-h{int(status)})"'


def hatches(key: str, quantities: Iterable[Quantity], *, scale: float = 1.0) -> str:
    """Define the patterns that these quantities need.

    Parameters
    ----------
    key : str
        Prefix of the identifiers.
    quantities : iterable of Quantity
    scale : float
        Size of the pattern's unit where it is used.

    Returns
    -------
    str
        ``<defs>``, or nothing when all is known.
    """
    wanted = sorted({q.status for q in quantities if not q.known})
    drawn = []
    for status in wanted:
        path, width = _DRAWN[status]
        grow = "" if scale == 1.0 else f' patternTransform="scale({num(scale)})"'
        ground = tag("rect", f'width="6" height="6" {paint(fill="void")}')
        lines = tag(
            "path",
            f'd="{path}" stroke-width="{num(width)}" stroke-linecap="round" '
            f"{paint(fill='none', stroke='axis')}",
        )
        head = f'id="{key}-h{int(status)}" width="6" height="6" patternUnits="userSpaceOnUse"{grow}'
        drawn.append(tag("pattern", head, ground + lines))
    return tag("defs", "", "".join(drawn)) if drawn else ""
