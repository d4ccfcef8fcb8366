"""Horizontal bars: a territory's shares by class, its references marked on each bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workbench.core.errors import FigureError
from workbench.core.types import Quantity
from workbench.figures.figure import Figure
from workbench.figures.legend import legend_line
from workbench.figures.marks import Profile, Style, marker, styles
from workbench.figures.notes import absences, note_lines, printed
from workbench.figures.palette import paint
from workbench.figures.scale import Scale
from workbench.figures.svg import BASE, WIDTH, document, label, num, tag
from workbench.figures.text import line_height, text_width, wrap
from workbench.figures.wording import Wording

__all__ = ["bars"]

_NAMES = 240.0  # the widest that the column of classes may be


def bars(
    groups: Sequence[str],
    profiles: Sequence[Profile],
    *,
    key: str,
    title: str,
    fmt: Callable[[Quantity], str],
    caption: str = "",
    alternative: str | None = None,
    wording: Wording | None = None,
) -> Figure:
    """Draw one bar a class from zero, its value beside it, references as marks.

    Parameters
    ----------
    groups : sequence of str
        Names of the classes, drawn in the order given.
    profiles : sequence of Profile
        The territory first; the others are references.
    key, title, fmt, caption, alternative, wording
        As for `line`.

    Returns
    -------
    Figure

    Examples
    --------
    >>> from workbench.figures.marks import Role
    >>> nord = Profile("Nord", (Quantity(3.0), Quantity(97.0)), Role.TERRITORY)
    >>> bars(["under 500", "500 or more"], [nord], key="b", title="Population by commune size",
    ...      fmt=lambda q: f"{q.value:.0f} %").alternative
    'Nord: under 500 3 %, 500 or more 97 %.'
    """
    wording = wording or Wording()
    _check(groups, profiles, key)
    looks = styles(profiles)
    legend, top = legend_line(profiles, looks) if len(profiles) > 1 else ("", 0.0)
    top += 8 if legend else 0
    names = [wrap(group, BASE, _NAMES) for group in groups]
    left = 12 + max(text_width(text, BASE) for lines in names for text in lines)
    known = [q for one in profiles for q in one.shares if q.known]
    room = max(
        (text_width(fmt(q), BASE, bold=True) for q in profiles[0].shares if q.known), default=0
    )
    across = Scale(0, max((q.value for q in known), default=0) or 1.0, left, WIDTH - room - 20)

    parts, y = [legend], top
    for i, lines in enumerate(names):
        thick = max(34.0, line_height(BASE) * len(lines) + 4)
        for k, text in enumerate(lines):
            at = y + thick / 2 + line_height(BASE) * (k - (len(lines) - 1) / 2)
            parts.append(label(left - 10, at, text, anchor="end"))
        row = [one.shares[i] for one in profiles]
        parts.append(_row(row, looks, across, y + thick / 2, fmt, wording))
        y += thick
    ground = f'd="M{num(left)} {num(top)}V{num(y)}" stroke-width="1.2"'
    parts.append(tag("path", f"{ground} {paint(fill='none', stroke='axis')}"))
    absent = [
        (f"{one.label}, {group}", q)
        for one in profiles
        for group, q in zip(groups, one.shares, strict=True)
    ]
    notes, taken = note_lines(absences(absent, wording), y + 6)
    said = alternative or _finding(groups, profiles, fmt, wording)
    return Figure(
        svg=document(
            "".join(parts) + notes, key=key, title=title, alternative=said, height=y + taken + 10
        ),
        title=title,
        alternative=said,
        caption=caption,
        key=key,
        data=_data(groups, profiles, fmt, wording),
        data_label=wording.data,
    )


def _check(groups: Sequence[str], profiles: Sequence[Profile], key: str) -> None:
    negative = [
        f"{q.value:g}" for one in profiles for q in one.shares if q.known and not q.value >= 0
    ]
    lengths = sorted({len(one.shares) for one in profiles})
    if lengths == [len(groups)] and groups and not negative:
        return
    message = (
        f"figure {key!r} has {len(groups)} classes, profiles of {lengths} shares and negative "
        f"values {negative}: expected at least one class, one share a class, and none below zero, "
        "which a bar from zero cannot show. Use a line or a strip for changes."
    )
    raise FigureError(message)


def _row(
    row: Sequence[Quantity],
    looks: Sequence[Style],
    across: Scale,
    y: float,
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> str:
    own, parts = row[0], []
    if own.known:
        path = f'd="M{num(across.start)} {num(y - 10)}H{num(across(own.value))}v20'
        path += f'H{num(across.start)}z" stroke-width="1.5"'
        parts.append(tag("path", f"{path} {paint(fill='wash', stroke='territory')}"))
    for q, look in zip(row[1:], looks[1:], strict=True):
        if q.known:
            x = across(q.value)
            pole = f'd="M{num(x)} {num(y - 13)}v26" stroke-width="{num(look.width)}"'
            parts.append(tag("path", f"{pole} {paint(fill='none', stroke=look.colour)}"))
            parts.append(marker(look, x, y, size=3.8))
    # Values stand in a column of their own: beside the bars, references would cover them.
    text = fmt(own) if own.known else wording.sign(own)
    parts.append(label(WIDTH, y, text, anchor="end", bold=True, colour="territory"))
    return "".join(parts)


def _finding(
    groups: Sequence[str],
    profiles: Sequence[Profile],
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> str:
    sentences = []
    for one in profiles:
        shares = (
            f"{group} {fmt(q) if q.known else wording.reason(q)}"
            for group, q in zip(groups, one.shares, strict=True)
        )
        sentences.append(wording.labelled.format(label=one.label, value=", ".join(shares)) + ".")
    return " ".join(sentences)


def _data(
    groups: Sequence[str],
    profiles: Sequence[Profile],
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> tuple[tuple[str, ...], ...]:
    rows = [
        (
            group,
            *(
                printed(one.shares[i], fmt(one.shares[i]) if one.shares[i].known else "", wording)
                for one in profiles
            ),
        )
        for i, group in enumerate(groups)
    ]
    return ((wording.group, *(one.label for one in profiles)), *rows)
