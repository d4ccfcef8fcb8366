"""Marks on an axis with their labels flying from poles, above it or below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workbench.core.types import Quantity
from workbench.figures.labels import Flag, clear, flags
from workbench.figures.marks import Mark, Role, Style, marker
from workbench.figures.palette import paint
from workbench.figures.scale import Scale
from workbench.figures.svg import BASE, SMALL, WIDTH, label, num, small, tag
from workbench.figures.text import line_height, shorten, text_width

__all__ = ["Plan", "hung", "planned", "raised"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold marks, their texts (name, value) and where the texts fly."""

    marks: tuple[Mark, ...]
    texts: tuple[tuple[str, str], ...]
    flags: tuple[Flag, ...]

    @property
    def row(self) -> float:
        """Height of a row of labels."""
        return line_height(max((_size(mark) for mark in self.marks), default=SMALL)) + 1

    @property
    def height(self) -> float:
        """Height of all the rows."""
        return self.row * (1 + max((flag.row for flag in self.flags), default=-1))


def planned(marks: Sequence[Mark], axis: Scale, fmt: Callable[[Quantity], str]) -> Plan:
    """Write and place the labels, shorter if need be for all to be readable.

    Parameters
    ----------
    marks : sequence of Mark
        With a value.
    axis : Scale
    fmt : callable

    Returns
    -------
    Plan
    """
    poles = [axis(mark.value.value) for mark in marks]
    texts: tuple[tuple[str, str], ...] = ()
    placed: tuple[Flag, ...] = ()
    # With texts of an n-th of the width there is always a way, see `flags`.
    for share in (1.7, 2.1, 3.1, len(marks) + 0.5):
        texts = tuple(_text(mark, axis, fmt, WIDTH / share) for mark in marks)
        widths = [
            text_width(f"{name} ", _size(mark)) + text_width(value, _size(mark), bold=True)
            for (name, value), mark in zip(texts, marks, strict=True)
        ]
        placed = flags(poles, widths, low=0, high=WIDTH)
        if clear(poles, placed):
            break
    return Plan(tuple(marks), texts, placed)


def raised(
    plan: Plan, axis: Scale, ground: float, *, over: float, looks: Mapping[Mark, Style]
) -> str:
    """Draw poles up from the ground, the territory last and heaviest.

    Parameters
    ----------
    plan : Plan
    axis : Scale
    ground : float
        Where the poles stand.
    over : float
        Height of the lowest label above the ground.
    looks : mapping of Mark to Style

    Returns
    -------
    str
    """
    parts = []
    rows = list(zip(plan.marks, plan.texts, plan.flags, strict=True))
    for mark, text, flag in sorted(rows, key=lambda row: row[0].role is Role.TERRITORY):
        look, own = looks[mark], mark.role is Role.TERRITORY
        x = axis(mark.value.value)
        y = ground - over - plan.row * (flag.row + 0.5)
        capped = flag.side == "over"
        top = y + 9 if capped else y - 7 if own else y
        pole = f'd="M{num(x)} {num(top)}V{num(ground)}" '
        pole += f'stroke-width="{2.6 if own else 1.4}"'
        parts.append(tag("path", f"{pole}{look.dashed} {paint(stroke=look.colour)}"))
        # The territory's mark stands on the axis; those of close references would cover one
        # another there, and so are pinned beside their names.
        parts.append(marker(look, x, ground if own or capped else y, size=6.5 if own else 4.2))
        parts.append(_label(mark, text, flag, y, look.colour))
    return "".join(parts)


def hung(
    plan: Plan, axis: Scale, top: float, name: str, *, looks: Mapping[Mark, Style]
) -> tuple[str, float]:
    """Draw marks on a named lane of their own, their labels below.

    Returns
    -------
    svg : str
    height : float
    """
    lane = top + line_height(SMALL) + 6
    rail = f'd="M0 {num(lane)}H{num(WIDTH)}" stroke-width="1"'
    parts = [
        label(0, top + line_height(SMALL) / 2, name, size=SMALL, colour="muted"),
        tag("path", f"{rail} {paint(stroke='rule')}"),
    ]
    poles = texts = ""
    for mark, text, flag in zip(plan.marks, plan.texts, plan.flags, strict=True):
        x, y = axis(mark.value.value), lane + 11 + plan.row * (flag.row + 0.5)
        poles += f"M{num(x)} {num(lane)}V{num(y - 9 if flag.side == 'over' else y + 5)}"
        parts.append(marker(looks[mark], x, lane, size=4.5, hollow=True))
        texts += _label(mark, text, flag, y, None)
    parts.append(small(texts, colour="peer"))
    parts.insert(2, tag("path", f'd="{poles}" stroke-width="1" {paint(stroke="axis")}'))
    return "".join(parts), lane - top + 14 + plan.height


def _label(mark: Mark, text: tuple[str, str], flag: Flag, y: float, colour: str | None) -> str:
    """Write a label; without a colour, within a group of small ones."""
    name, value = text
    return label(
        flag.end if flag.side == "left" else flag.start,
        y,
        name,
        size=_size(mark) if colour else None,
        anchor="end" if flag.side == "left" else "start",
        colour=colour or "ink",
        bold=mark.role is Role.TERRITORY,
        strong=value,
    )


def _size(mark: Mark) -> float:
    return BASE if mark.role is Role.TERRITORY else SMALL


def _text(mark: Mark, axis: Scale, fmt: Callable[[Quantity], str], width: float) -> tuple[str, str]:
    """Write a name and a value, with an arrow when it lies beyond the axis."""
    value = fmt(mark.value)
    if mark.value.value > axis.high:
        value += " →"
    elif mark.value.value < axis.low:
        value = f"← {value}"
    room = width - text_width(f" {value}", _size(mark), bold=True) - 6
    return shorten(mark.label, _size(mark), room), value
