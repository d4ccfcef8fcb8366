"""A strip figure: where a territory stands among all those of its level."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import FigureError
from workbench.core.types import Quantity
from workbench.figures.density import bump, cut, quartiles, rug
from workbench.figures.figure import Figure
from workbench.figures.flagged import hung, planned, raised
from workbench.figures.labels import spread
from workbench.figures.marks import Mark, Role, styles
from workbench.figures.notes import absences, note_lines, printed
from workbench.figures.palette import paint
from workbench.figures.scale import Scale, labelled_ticks
from workbench.figures.svg import SMALL, WIDTH, document, label, num, small, tag
from workbench.figures.text import text_width
from workbench.figures.wording import Wording

__all__ = ["strip"]

_EDGE = 10.0
_BUMP = 62.0  # height of the density
_FEW = 150  # up to here each territory is a tick; beyond, a density
_DECADES = 1e9  # the most that a logarithmic scale covers; zero is beyond it
_STRETCH = 0.35  # share of its core by which a scale may grow, each side, to reach a mark


def strip(
    distribution: NDArray[np.float64],
    value: Mark,
    *,
    key: str,
    title: str,
    fmt: Callable[[Quantity], str],
    others: Sequence[Mark] = (),
    caption: str = "",
    alternative: str | None = None,
    scale: Literal["auto", "linear", "log"] = "auto",
    wording: Wording | None = None,
) -> Figure:
    """Draw the distribution of all territories, and the territory and others on it.

    The middle half of the territories is darker and the median is a line. A mark beyond the
    scale stands at its edge with an arrow; its label gives its value.

    Parameters
    ----------
    distribution : ndarray (territory,)
        Known values of all territories of the level, sorted.
    value : Mark
        The territory.
    key, title, fmt, caption, alternative, wording
        As for `line`.
    others : sequence of Mark
        References, labelled above, and peers, labelled below.
    scale : str
        ``"log"`` suits sizes; ``"auto"`` chooses it when the middle nine tenths span
        more than a factor of 50.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = strip(
    ...     np.arange(1.0, 10.0), Mark("Nord", Quantity(8.0), Role.TERRITORY),
    ...     key="s", title="Vacancy", fmt=lambda q: f"{q.value:.0f} %",
    ... )
    >>> figure.alternative
    'Nord: 8 %. 7 of 9 values are lower; the median is 5 %.'
    """
    wording = wording or Wording()
    _check(distribution, key)
    marks = (value, *others)
    known = [mark for mark in marks if mark.value.known]
    looks = dict(zip(marks, styles(marks), strict=True))
    axis = _scale(distribution, [mark.value.value for mark in known], scale)

    above = [mark for mark in known if mark.role is not Role.PEER]
    below = [mark for mark in known if mark.role is Role.PEER]
    plan = planned(above, axis, fmt)
    base = 4 + plan.height + 8 + _BUMP
    body = [_ground(distribution, axis, base), _scale_rows(distribution, axis, base, fmt, wording)]
    body.append(raised(plan, axis, base, over=_BUMP + 8, looks=looks))
    bottom = base + 54
    if below:
        drawn, taken = hung(
            planned(below, axis, fmt), axis, bottom + 10, wording.peers, looks=looks
        )
        body.append(drawn)
        bottom += 10 + taken
    absent = absences(((mark.label, mark.value) for mark in marks), wording)
    notes, taken = note_lines((*absent, *_outside(known, axis, wording)), bottom + 4)
    said = alternative or _finding(distribution, value, fmt, wording)
    return Figure(
        svg=document(
            "".join(body) + notes,
            key=key,
            title=title,
            alternative=said,
            height=bottom + (taken + 8 if taken else 0),
        ),
        title=title,
        alternative=said,
        caption=caption,
        key=key,
        data=_data(distribution, marks, fmt, wording),
        data_label=wording.data,
    )


def _outside(marks: Sequence[Mark], axis: Scale, wording: Wording) -> tuple[str, ...]:
    """Say what the arrows mean, when there are any."""
    names = [mark.label for mark in marks if not axis.low <= mark.value.value <= axis.high]
    said = wording.labelled.format(label=f"←→ {wording.outside}", value="; ".join(names))
    return (said,) if names else ()


def _check(distribution: NDArray[np.float64], key: str) -> None:
    usable = distribution.ndim == 1 and distribution.size > 0
    # Sorted, so that finite ends mean finite values throughout (a NaN is not below anything).
    if usable and np.isfinite(distribution[[0, -1]]).all() and (np.diff(distribution) >= 0).all():
        return
    message = (
        f"figure {key!r} was given a distribution of shape {distribution.shape}: expected one "
        "dimension of known finite values, sorted, at least one. Use np.sort(values[known])."
    )
    raise FigureError(message)


def _scale(
    distribution: NDArray[np.float64],
    marks: Sequence[float],
    kind: Literal["auto", "linear", "log"],
) -> Scale:
    """Cover the core of the distribution, and the marks that are not far out of it."""
    count = distribution.size
    tail = count // 200 if count > _FEW else 0
    low, high = float(distribution[tail]), float(distribution[count - 1 - tail])
    if kind == "auto":
        near, far = distribution[count // 20], distribution[count - 1 - count // 20]
        kind = "log" if near > 0 and far > 50 * near else "linear"
    if kind == "log" and high <= 0:
        kind = "linear"
    if kind == "log" and low <= high / _DECADES:
        low = float(distribution[np.searchsorted(distribution, high / _DECADES, side="right")])
    forward = math.log if kind == "log" else float
    back = math.exp if kind == "log" else float
    if high <= low:
        pad = abs(low) * 0.1 or 1.0
        low, high = (low / 1.5, low * 1.5) if kind == "log" else (low - pad, low + pad)
    a, b = forward(low), forward(high)
    reach = (b - a) * _STRETCH
    inside = [forward(v) for v in marks if kind == "linear" or v > 0]
    inside = [v for v in inside if a - reach <= v <= b + reach]
    margin = (b - a) * 0.02
    first, last = min([a, *inside]) - margin, max([b, *inside]) + margin
    return Scale(back(first), back(last), _EDGE, WIDTH - _EDGE, kind)


def _ground(distribution: NDArray[np.float64], axis: Scale, base: float) -> str:
    """Draw the mass of territories, its middle half and its median."""
    low, median, high = quartiles(distribution)
    left, right = num(axis(low)), num(axis(high))
    if distribution.size <= _FEW:
        box = tag(
            "path",
            f'd="M{left} {num(base)}V{num(base - _BUMP * 0.6)}H{right}V{num(base)}z" '
            f"{paint(fill='mass')}",
        )
        path = rug(distribution, axis, base, _BUMP * 0.45)
        drawn = box + tag(
            "path", f'd="{path}" stroke-width="1.4" {paint(fill="none", stroke="axis")}'
        )
        tall = _BUMP * 0.6
    else:
        shape = bump(distribution, axis, base, _BUMP)
        inner, ends = cut(shape, axis(low), axis(high))
        drawn = tag("path", f'd="{ends}" {paint(fill="mass")}')
        drawn += tag("path", f'd="{inner}" {paint(fill="box")}')
        tall = shape.height_at(axis(median))
    x = num(axis(median))
    line = tag(
        "path",
        f'd="M{x} {num(base)}v-{num(tall)}" stroke-width="2" {paint(fill="none", stroke="paper")}',
    )
    ground = tag(
        "path",
        f'd="M0 {num(base)}H{num(WIDTH)}" stroke-width="1.2" {paint(fill="none", stroke="axis")}',
    )
    return drawn + line + ground


def _scale_rows(
    distribution: NDArray[np.float64],
    axis: Scale,
    base: float,
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> str:
    """Print round values under the axis, then the quartiles under a bracket."""
    texts = notches = ""
    end = -math.inf
    for tick, text in labelled_ticks(axis, fmt, count=6):
        x, half = axis(tick), text_width(text, SMALL) / 2
        notches += f"M{num(x)} {num(base)}v4"
        at = min(max(x, half), WIDTH - half)
        if at - half >= end + 6:
            texts += label(at, base + 15, text, size=None, anchor="middle")
            end = at + half
    scale = small(texts) + tag(
        "path", f'd="{notches}" stroke-width="1.2" {paint(fill="none", stroke="axis")}'
    )
    low, median, high = (float(v) for v in quartiles(distribution))
    y = base + 30
    centre = f"{wording.median} {fmt(Quantity(median))}"
    bracket = (
        f"M{num(axis(low))} {num(y - 4)}v4H{num(axis(high))}v-4M{num(axis(median))} {num(y - 5)}v9"
    )
    drawn = tag("path", f'd="{bracket}" stroke-width="1.4" {paint(fill="none", stroke="axis")}')
    stated = [fmt(Quantity(low)), centre, fmt(Quantity(high))]
    sizes = [text_width(text, SMALL) + 10 for text in stated]
    wished = [axis(low), axis(median), axis(high)]
    places = spread(wished, sizes, low=0, high=WIDTH)
    # Quartile values pushed far from their bracket would mislead: the median then stands alone.
    if max(abs(p - w) for p, w in zip(places, wished, strict=True)) > 30:
        stated, places = [centre], spread(wished[1:2], sizes[1:2], low=0, high=WIDTH)
    named = "".join(
        label(x, y + 14, text, size=None, anchor="middle")
        for x, text in zip(places, stated, strict=True)
    )
    return scale + drawn + small(named, colour="ink")


def _finding(
    distribution: NDArray[np.float64],
    value: Mark,
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> str:
    if not value.value.known:
        return wording.labelled.format(label=value.label, value=wording.reason(value.value)) + "."
    lower = int(np.searchsorted(distribution, value.value.value))
    return wording.place.format(
        label=value.label,
        value=fmt(value.value),
        below=lower,
        count=distribution.size,
        median=fmt(Quantity(float(quartiles(distribution)[1]))),
    )


def _data(
    distribution: NDArray[np.float64],
    marks: Sequence[Mark],
    fmt: Callable[[Quantity], str],
    wording: Wording,
) -> tuple[tuple[str, ...], ...]:
    low, median, high = quartiles(distribution)
    stated = (
        (wording.lowest, distribution[0]),
        (wording.first_quartile, low),
        (wording.median, median),
        (wording.third_quartile, high),
        (wording.highest, distribution[-1]),
    )
    return (
        (wording.territory, wording.value),
        *(
            (mark.label, printed(mark.value, fmt(mark.value) if mark.value.known else "", wording))
            for mark in marks
        ),
        *((name, fmt(Quantity(float(v)))) for name, v in stated),
    )
