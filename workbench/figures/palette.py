"""Colours, for light and dark backgrounds, told apart by colour-blind readers and in grey.

The categorical colours keep at least 0.13 of OKLab distance from one another under normal
vision, deuteranopia and protanopia, and 4.5:1 of contrast with the paper, so that a label may
wear the colour of its line. The sequential ramp is even in lightness, so that a grey print
keeps its order; on a dark page it starts from the dark end.

References
----------
.. [1] Web Content Accessibility Guidelines 2.2, success criteria 1.4.3 and 1.4.11.
.. [2] Machado, Oliveira and Fernandes (2009), "A physiologically-based model for simulation
   of color vision deficiency", IEEE TVCG 15(6).
"""

from __future__ import annotations

from functools import cache

from workbench.core.errors import FigureError

__all__ = [
    "CATEGORIES",
    "DARK",
    "LIGHT",
    "RAMP_SIZE",
    "contrast",
    "luminance",
    "paint",
    "ramp",
]

#: The subject first, then references in the order given, then peers.
CATEGORIES = ("territory", "ref1", "ref2", "ref3", "ref4", "peer")
#: Thirteen even steps: two to seven classes can all be picked evenly from them.
RAMP_SIZE = 13

_LIGHT_RAMP = (
    *("#eef3d6", "#cde5cc", "#abd8c2", "#8ec7be", "#75b6bc", "#5ba4b9", "#3f93b5"),
    *("#3380ab", "#276da1", "#1c5a96", "#174a83", "#123a70", "#0d2a5e"),
)
_DARK_RAMP = (
    *("#1f3550", "#244365", "#28527c", "#2c6291", "#32749d", "#3986a9", "#4198b5"),
    *("#5ca9b8", "#75baba", "#8ecbbb", "#aed9c2", "#cfe6ca", "#f0f3d2"),
)


def luminance(colour: str) -> float:
    """Return the relative luminance of a ``#rrggbb`` colour, from 0 to 1.

    Examples
    --------
    >>> luminance("#ffffff"), luminance("#000000")
    (1.0, 0.0)
    """
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21.

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return round((light + 0.05) / (dark + 0.05), 2)


def _theme(
    paper: str, ink: str, muted: str, rest: dict[str, str], steps: tuple[str, ...]
) -> dict[str, str]:
    """Complete a theme with its ramp and the text colour that each step needs."""
    theme = {"paper": paper, "ink": ink, "muted": muted, **rest}
    for i, step in enumerate(steps):
        theme[f"q{i}"] = step
        black, white = contrast("#000000", step), contrast("#ffffff", step)
        theme[f"on{i}"] = "#000000" if black >= white else "#ffffff"
    return theme


LIGHT = _theme(
    "#ffffff",
    "#1b1f24",
    "#59626c",
    {
        "rule": "#dfe3e8",
        "axis": "#7d8791",
        "mass": "#d3dbe3",
        "box": "#aebac6",
        "border": "#ffffff",
        "outline": "#39424c",
        "void": "#f1f2f4",
        "wash": "#f8cfbf",
        "territory": "#d33300",
        "ref1": "#222152",
        "ref2": "#431d00",
        "ref3": "#8a59ca",
        "ref4": "#4b7874",
        "peer": "#3a4852",
    },
    _LIGHT_RAMP,
)

DARK = _theme(
    "#14181d",
    "#eceff2",
    "#a9b3bd",
    {
        "rule": "#2e353d",
        "axis": "#7d8791",
        "mass": "#35414d",
        "box": "#5b6977",
        "border": "#14181d",
        "outline": "#d5dbe1",
        "void": "#23292f",
        "wash": "#6b2f1c",
        "territory": "#ff5f30",
        "ref1": "#6d97ff",
        "ref2": "#ffe583",
        "ref3": "#9b799b",
        "ref4": "#94fdff",
        "peer": "#abb9c1",
    },
    _DARK_RAMP,
)


@cache
def paint(*, fill: str | None = None, stroke: str | None = None, extra: str = "") -> str:
    """Write the colour attributes of a shape: classes for a page, values to stand alone.

    Parameters
    ----------
    fill, stroke : str or None
        Names in the palette, ``"none"``, or None to inherit.
    extra : str
        Another class.

    Returns
    -------
    str
        Attributes.

    Examples
    --------
    >>> paint(fill="territory")
    'class="wb-f-territory" fill="#d33300"'
    """
    classes, values = [], []
    for attribute, name in (("fill", fill), ("stroke", stroke)):
        if name == "none":
            values.append(f'{attribute}="none"')
        elif name is not None:
            classes.append(f"wb-{attribute[0]}-{name}")
            values.append(f'{attribute}="{LIGHT[name]}"')
    if extra:
        classes.append(extra)
    head = [f'class="{" ".join(classes)}"'] if classes else []
    return " ".join(head + values)


def ramp(classes: int, *, first: int = 0, last: int = RAMP_SIZE - 1) -> tuple[int, ...]:
    """Pick evenly spaced steps of the sequential ramp.

    Parameters
    ----------
    classes : int
        Between 1 and 7.
    first, last : int
        Part of the ramp to use, softer than the whole for large surfaces.

    Returns
    -------
    tuple of int
        Steps, lowest class first.

    Examples
    --------
    >>> ramp(5), ramp(1)
    ((0, 3, 6, 9, 12), (6,))
    """
    if not 1 <= classes <= 7:
        message = (
            f"{classes} classes asked: expected 1 to 7, which is what a reader tells apart. "
            "Give fewer breaks."
        )
        raise FigureError(message)
    if classes == 1:
        return ((first + last) // 2,)
    return tuple(first + round(i * (last - first) / (classes - 1)) for i in range(classes))
