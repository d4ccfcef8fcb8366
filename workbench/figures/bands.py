"""Age bands: how each territory's population is shared out, one bar a territory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workbench.core.errors import FigureError
from workbench.core.types import Quantity
from workbench.figures.figure import Figure
from workbench.figures.hatch import hatch, hatches
from workbench.figures.marks import Profile, Role
from workbench.figures.notes import printed
from workbench.figures.palette import paint, ramp
from workbench.figures.pyramid import pyramid
from workbench.figures.svg import BASE, SMALL, WIDTH, document, label, num, tag
from workbench.figures.text import line_height, text_width, wrap
from workbench.figures.wording import Wording

__all__ = ["bands"]

_NAMES = 220.0  # the widest that the column of names may be


def bands(
    groups: Sequence[str],
    profiles: Sequence[Profile],
    *,
    key: str,
    title: str,
    fmt: Callable[[Quantity], str],
    sides: tuple[str, str] = ("", ""),
    caption: str = "",
    alternative: str | None = None,
    wording: Wording | None = None,
) -> Figure:
    """Draw shares by band as stacked bars, or as a pyramid when two sexes are given.

    Parameters
    ----------
    groups : sequence of str
        Names of the bands, youngest first; two to seven of them in stacked bars.
    profiles : sequence of Profile
        One bar each, in the order given. All have an `opposite`, or none.
    key, title, fmt, caption, alternative, wording
        As for `line`.
    sides : tuple of (str, str)
        Names of the two sexes, in a pyramid.

    Returns
    -------
    Figure

    Notes
    -----
    When one band of a territory is absent, its whole bar is hatched: a stack has no place for
    a part of unknown length.

    Examples
    --------
    >>> nord = Profile("Nord", (Quantity(26.0), Quantity(56.0), Quantity(18.0)), Role.TERRITORY)
    >>> figure = bands(["0-19", "20-64", "65+"], [nord], key="age", title="Age",
    ...                fmt=lambda q: f"{q.value:.0f} %")
    >>> figure.alternative
    'Nord: 0-19 26 %, 20-64 56 %, 65+ 18 %.'
    """
    wording = wording or Wording()
    _check(groups, profiles, key)
    said = alternative or _finding(groups, profiles, sides, fmt, wording)
    if profiles[0].opposite:
        drawing, height = pyramid(groups, profiles, sides=sides, fmt=fmt, wording=wording)
    else:
        drawing, height = _stack(groups, profiles, key=key, fmt=fmt, wording=wording)
    return Figure(
        svg=document(drawing, key=key, title=title, alternative=said, height=height),
        title=title,
        alternative=said,
        caption=caption,
        key=key,
        data=_data(groups, profiles, sides, fmt, wording),
        data_label=wording.data,
    )


def _check(groups: Sequence[str], profiles: Sequence[Profile], key: str) -> None:
    lengths = {len(one.shares) for one in profiles}
    opposites = {len(one.opposite) for one in profiles}
    negative = any(
        q.known and not q.value >= 0 for one in profiles for q in (*one.shares, *one.opposite)
    )
    if lengths != {len(groups)} or opposites not in ({0}, {len(groups)}) or negative:
        message = (
            f"figure {key!r} has {len(groups)} bands and profiles of {sorted(lengths)} shares and "
            f"{sorted(opposites)} opposite shares: expected one share a band, none negative, and "
            "an opposite side for all profiles or none. Complete them with absent quantities."
        )
        raise FigureError(message)


def _stack(
    groups: Sequence[str],
    profiles: Sequence[Profile],
    *,
    key: str,
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> tuple[str, float]:
    steps = ramp(len(groups), first=1, last=10)
    names = [wrap(one.label, BASE, _NAMES, bold=True) for one in profiles]
    left = 14 + max(text_width(text, BASE, bold=True) for lines in names for text in lines)
    legend, y = _legend(groups, steps)
    parts = [legend]
    for one, lines in zip(profiles, names, strict=True):
        own = one.role is Role.TERRITORY
        thick = 40.0 if own else 27.0
        thick = max(thick, line_height(BASE) * len(lines))
        middle = y + thick / 2
        for k, text in enumerate(lines):
            at = middle + line_height(BASE) * (k - (len(lines) - 1) / 2)
            parts.append(
                label(
                    left - 14,
                    at,
                    text,
                    anchor="end",
                    bold=own,
                    colour="territory" if own else "ink",
                )
            )
        parts.append(_bar(one, steps, left, y, thick, key=key, fmt=fmt, wording=wording))
        y += thick + 8
    return hatches(key, _reasons(profiles)) + "".join(parts), y


def _reasons(profiles: Sequence[Profile]) -> tuple[Quantity, ...]:
    """Return the first absent quantity of each incomplete profile."""
    firsts = (next((q for q in one.shares if not q.known), None) for one in profiles)
    return tuple(q for q in firsts if q is not None)


def _legend(groups: Sequence[str], steps: Sequence[int]) -> tuple[str, float]:
    """Name the bands above the bars, in their order, over as many lines as needed."""
    row = line_height(SMALL)
    parts, x, y = [], 0.0, row / 2
    for group, step in zip(groups, steps, strict=True):
        room = 20 + text_width(group, SMALL) + 14
        if x and x + room > WIDTH:
            x, y = 0.0, y + row
        swatch = f'x="{num(x)}" y="{num(y - 6.5)}" width="14" height="13" stroke-width="1"'
        parts.append(tag("rect", f"{swatch} {paint(fill=f'q{step}', stroke='axis')}"))
        parts.append(label(x + 20, y, group, size=SMALL))
        x += room
    return "".join(parts), y + row / 2 + 8


def _bar(
    one: Profile,
    steps: Sequence[int],
    left: float,
    top: float,
    thick: float,
    *,
    key: str,
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> str:
    width = WIDTH - left
    absent = next((q for q in one.shares if not q.known), None)
    total = sum(q.value for q in one.shares if q.known)
    if absent is not None or total <= 0:
        box = f'x="{num(left)}" y="{num(top)}" width="{num(width)}" height="{num(thick)}"'
        if absent is None:
            return tag("rect", f"{box} {paint(fill='void')}")
        text = wording.explained(absent)
        half = text_width(text, SMALL) / 2 + 4
        middle, level = left + width / 2, top + thick / 2
        plate = f'x="{num(middle - half)}" y="{num(level - 9)}" width="{num(2 * half)}" height="18"'
        return (
            tag("rect", f"{box} {hatch(key, absent.status)}")
            + tag("rect", f"{plate} {paint(fill='paper')}")
            + label(middle, level, text, size=SMALL, anchor="middle")
        )
    parts, x = [], left
    for q, step in zip(one.shares, steps, strict=True):
        room = width * q.value / total
        box = f'x="{num(x)}" y="{num(top)}" width="{num(max(room - 1.5, 0))}" height="{num(thick)}"'
        parts.append(tag("rect", f"{box} {paint(fill=f'q{step}')}"))
        own = one.role is Role.TERRITORY
        size = BASE if own else SMALL
        text = fmt(q)
        if text_width(text, size, bold=own) <= room - 4:
            parts.append(
                label(
                    x + room / 2,
                    top + thick / 2,
                    text,
                    size=size,
                    anchor="middle",
                    colour=f"on{step}",
                    bold=own,
                )
            )
        x += room
    return "".join(parts)


def _finding(
    groups: Sequence[str],
    profiles: Sequence[Profile],
    sides: tuple[str, str],
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> str:
    sentences = []
    for one in profiles:
        shares = [f"{g} {_said(q, fmt, wording)}" for g, q in zip(groups, one.shares, strict=True)]
        text = ", ".join(shares)
        if one.opposite:
            other = (
                f"{g} {_said(q, fmt, wording)}" for g, q in zip(groups, one.opposite, strict=True)
            )
            text = f"{sides[0]} {text}; {sides[1]} {', '.join(other)}"
        sentences.append(wording.labelled.format(label=one.label, value=text) + ".")
    return " ".join(sentences)


def _said(q: Quantity, fmt: Callable[[Quantity], str], wording: Wording) -> str:
    return fmt(q) if q.known else wording.reason(q)


def _data(
    groups: Sequence[str],
    profiles: Sequence[Profile],
    sides: tuple[str, str],
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> tuple[tuple[str, ...], ...]:
    columns = []
    for one in profiles:
        if one.opposite:
            columns.append((f"{one.label}, {sides[0]}", one.shares))
            columns.append((f"{one.label}, {sides[1]}", one.opposite))
        else:
            columns.append((one.label, one.shares))
    rows = [
        (
            group,
            *(
                printed(shares[i], fmt(shares[i]) if shares[i].known else "", wording)
                for _, shares in columns
            ),
        )
        for i, group in enumerate(groups)
    ]
    return ((wording.group, *(name for name, _ in columns)), *rows)
