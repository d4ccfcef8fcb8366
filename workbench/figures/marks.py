"""What figures are made of: labelled values, their roles, and how a role looks.

A role looks the same in every figure of a report: the territory is always the heavy
vermilion, the first reference always the dashed line with squares, and so on.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from workbench.core.errors import FigureError
from workbench.core.types import Quantity, Status
from workbench.figures.palette import paint
from workbench.figures.svg import num, tag

__all__ = ["Mark", "Profile", "Role", "Series", "Style", "indexed", "marker", "styles"]


class Role(enum.StrEnum):
    """Say what a territory does in a figure."""

    TERRITORY = "territory"
    REFERENCE = "reference"
    PEER = "peer"


@dataclass(frozen=True, slots=True)
class Mark:
    """One labelled value.

    Examples
    --------
    >>> Mark("Nord", Quantity(12.4)).role
    <Role.REFERENCE: 'reference'>
    """

    label: str
    value: Quantity
    role: Role = Role.REFERENCE


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one territory through time.

    Parameters
    ----------
    label : str
    points : tuple of (float, Quantity)
        Periods (years, unevenly spaced if need be), oldest first.
    role : Role
    """

    label: str
    points: tuple[tuple[float, Quantity], ...]
    role: Role = Role.REFERENCE

    def __post_init__(self) -> None:
        periods = [period for period, _ in self.points]
        if periods != sorted(set(periods)):
            message = (
                f"series {self.label!r} has periods {periods}: expected each once, oldest first. "
                "Sort them."
            )
            raise FigureError(message)


@dataclass(frozen=True, slots=True)
class Profile:
    """Values of one territory by class (age bands, commune sizes).

    Parameters
    ----------
    label : str
    shares : tuple of Quantity
        One a class, in the order of the classes.
    role : Role
    opposite : tuple of Quantity
        The same for the second sex, in a pyramid; empty otherwise.
    """

    label: str
    shares: tuple[Quantity, ...]
    role: Role = Role.REFERENCE
    opposite: tuple[Quantity, ...] = ()


@dataclass(frozen=True, slots=True)
class Style:
    """Tell one mark from the others by colour, dash and shape, each enough alone."""

    colour: str
    dash: str
    shape: str
    width: float

    @property
    def dashed(self) -> str:
        """Return the dash attribute, or nothing for a continuous line."""
        return f' stroke-dasharray="{self.dash}"' if self.dash else ""


_TERRITORY = Style("territory", "", "circle", 3.2)
_REFERENCES = (
    Style("ref1", "8 3", "square", 1.8),
    Style("ref2", "2 3", "triangle", 1.8),
    Style("ref3", "10 3 2 3", "diamond", 1.8),
    Style("ref4", "5 5", "cross", 1.8),
)
_PEERS = tuple(
    Style("peer", "1 2.5", shape, 1.2) for shape in ("circle", "square", "triangle", "diamond")
)


class _Playing(Protocol):
    """Anything that has a role."""

    @property
    def role(self) -> Role: ...


def styles(items: Sequence[_Playing]) -> tuple[Style, ...]:
    """Give each item its look, references and peers in the order given.

    Examples
    --------
    >>> [style.shape for style in styles([Mark("a", Quantity(1.0)), Mark("b", Quantity(2.0))])]
    ['square', 'triangle']
    """
    references = peers = 0
    given = []
    for item in items:
        if item.role is Role.TERRITORY:
            given.append(_TERRITORY)
        elif item.role is Role.REFERENCE:
            given.append(_REFERENCES[references % len(_REFERENCES)])
            references += 1
        else:
            given.append(_PEERS[peers % len(_PEERS)])
            peers += 1
    return tuple(given)


def marker(style: Style, x: float, y: float, *, size: float = 4.0, hollow: bool = False) -> str:
    """Draw the shape of a style, with a thin ring of paper to lift it from lines.

    Parameters
    ----------
    style : Style
    x, y : float
        Centre.
    size : float
        Half width.
    hollow : bool
        Outline only, for peers.
    """
    s = num(size)
    d = num(2 * size)
    if style.shape == "circle":
        path = f"M{num(x - size)} {num(y)}a{s} {s} 0 1 1 {d} 0a{s} {s} 0 1 1-{d} 0z"
    elif style.shape == "square":
        half = size * 0.88
        path = f"M{num(x - half)} {num(y - half)}h{num(2 * half)}v{num(2 * half)}h-{num(2 * half)}z"
    elif style.shape == "triangle":
        tall = size * 1.15
        path = f"M{num(x)} {num(y - tall)}l{num(tall)} {num(2 * size)}h-{num(2 * tall)}z"
    elif style.shape == "diamond":
        tall = size * 1.25
        t = num(tall)
        path = f"M{num(x)} {num(y - tall)}l{t} {t}-{t} {t}-{t}-{t}z"
    else:
        arm, thick = num(size), num(size * 0.7)
        path = (
            f"M{num(x - size * 0.35)} {num(y - size * 1.35)}h{thick}v{arm}h{arm}v{thick}"
            f"h-{arm}v{arm}h-{thick}v-{arm}h-{arm}v-{thick}h{arm}z"
        )
    if hollow:
        return tag(
            "path", f'd="{path}" stroke-width="1.6" {paint(fill="paper", stroke=style.colour)}'
        )
    return tag("path", f'd="{path}" stroke-width="1" {paint(fill=style.colour, stroke="paper")}')


def indexed(series: Sequence[Series], base: float) -> tuple[Series, ...]:
    """Express series as an index, 100 at a base period.

    Parameters
    ----------
    series : sequence of Series
    base : float
        The period worth 100.

    Returns
    -------
    tuple of Series
        A series without a value above zero at the base is missing throughout: it has no index.

    Examples
    --------
    >>> one = Series("a", ((2016, Quantity(50.0)), (2020, Quantity(60.0))))
    >>> [q.value for _, q in indexed([one], 2016)[0].points]
    [100.0, 120.0]
    """
    done = []
    for one in series:
        origin = dict(one.points).get(base, Quantity.absent(Status.MISSING))
        usable = origin.known and origin.value > 0 and math.isfinite(origin.value)
        points = tuple(
            (period, Quantity(100 * q.value / origin.value, q.status))
            if usable and q.known
            else (period, q if not q.known else Quantity.absent(Status.MISSING))
            for period, q in one.points
        )
        done.append(Series(one.label, points, one.role))
    return tuple(done)
