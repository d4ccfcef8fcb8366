"""Place labels so that none covers another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["Flag", "clear", "flags", "spread"]

_GAP = 8.0  # between a pole and its text, and between two texts
_CLEAR = 4.0  # between a text and the pole of another


def spread(
    centres: Sequence[float], sizes: Sequence[float], *, low: float, high: float
) -> tuple[float, ...]:
    """Move labels along an axis, as little as possible, until none overlaps.

    Minimises the sum of squared moves, keeping the order of the centres.

    Parameters
    ----------
    centres : sequence of float
        Wished positions, in any order.
    sizes : sequence of float
        Room each label needs along the axis.
    low, high : float
        Bounds. When the labels do not fit, they start at `low` and run over `high`.

    Returns
    -------
    tuple of float
        Positions, in the order given.

    Notes
    -----
    With the labels sorted and their minimal offsets subtracted, this is an isotonic
    regression, solved by pooling adjacent violators; bounds only clamp its solution.

    Examples
    --------
    >>> spread([10, 11, 50], [10, 10, 10], low=0, high=100)
    (5.5, 15.5, 50.0)
    """
    order = sorted(range(len(centres)), key=lambda i: (centres[i], i))
    offsets, at = [], 0.0
    for i in order:
        offsets.append(at + sizes[i] / 2)
        at += sizes[i]
    pools: list[tuple[float, int]] = []
    for i, offset in zip(order, offsets, strict=True):
        total, count = centres[i] - offset, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            previous, members = pools.pop()
            total, count = total + previous, count + members
        pools.append((total, count))
    placed = [0.0] * len(centres)
    rank = 0
    for total, count in pools:
        shift = max(min(total / count, high - at), low)
        for _ in range(count):
            placed[order[rank]] = shift + offsets[rank]
            rank += 1
    return tuple(placed)


@dataclass(frozen=True, slots=True)
class Flag:
    """Place a label at the top of a pole: its row, and the span that its text covers.

    ``row`` 0 is the lowest. ``side`` says where the text is from the pole: ``"right"``,
    ``"left"``, or ``"over"`` it, when it fits on neither side.
    """

    row: int
    start: float
    end: float
    side: Literal["right", "left", "over"]


def flags(
    poles: Sequence[float], widths: Sequence[float], *, low: float, high: float
) -> tuple[Flag, ...]:
    """Fly labels from poles so that no text covers another text or another pole.

    Parameters
    ----------
    poles : sequence of float
        Positions of the poles, which go down from the label through all rows below.
    widths : sequence of float
        Widths of the texts.
    low, high : float
        Bounds.

    Returns
    -------
    tuple of Flag
        In the order given. See `clear`, which says whether the texts were short enough.

    Notes
    -----
    Poles are taken one at a time, from the lowest row up. One that can be taken has room for
    its text between its neighbours still standing: theirs will rise past it, and must not
    cross it. Of those, the one for the lowest row goes first, beside its pole rather than
    over it. Together, the rooms of `n` poles measure more than the whole: one measures an
    n-th of it, so that texts a little shorter than that always fit.

    Examples
    --------
    >>> [(flag.row, flag.side) for flag in flags([10, 30, 300], [80, 80, 80], low=0, high=400)]
    [(1, 'right'), (0, 'right'), (0, 'right')]
    """
    standing = sorted(range(len(poles)), key=lambda i: (poles[i], i))
    placed: dict[int, Flag] = {}
    while standing:
        tries = []
        for rank, i in enumerate(standing):
            left = poles[standing[rank - 1]] + _CLEAR if rank else low
            right = poles[standing[rank + 1]] - _CLEAR if rank + 1 < len(standing) else high
            for start, side in _spans(poles[i], widths[i], left, right):
                end = start + widths[i]
                row = _row(poles, placed, poles[i], start, end)
                tries.append((side == "over", row, -rank, i, Flag(row, start, end, side)))
        if tries:
            *_, i, flag = min(tries, key=lambda found: found[:3])
        else:
            i = max(standing, key=lambda k: poles[k])
            start = max(low, min(poles[i] + _GAP, high - widths[i]))
            row = 1 + max((flag.row for flag in placed.values()), default=-1)
            flag = Flag(row, start, start + widths[i], "over")
        placed[i] = flag
        standing.remove(i)
    return tuple(placed[i] for i in range(len(poles)))


def _spans(
    pole: float, width: float, left: float, right: float
) -> Iterator[tuple[float, Literal["right", "left", "over"]]]:
    """Give where a text can start: to the right of its pole, to the left, or over it."""
    if pole + _GAP + width <= right:
        yield pole + _GAP, "right"
    if pole - _GAP - width >= left:
        yield pole - _GAP - width, "left"
    if width <= right - left:
        yield max(left, min(pole - width / 2, right - width)), "over"


def _row(
    poles: Sequence[float], placed: Mapping[int, Flag], pole: float, start: float, end: float
) -> int:
    """Find the lowest row above all the texts that this one, or its pole, would cross."""
    row = 0
    for j, flag in placed.items():
        near = start < flag.end + _GAP + _CLEAR and flag.start < end + _GAP + _CLEAR
        crossed = flag.start - _CLEAR < pole < flag.end + _CLEAR
        crossing = start - _CLEAR < poles[j] < end + _CLEAR
        if near or crossed or crossing:
            row = max(row, flag.row + 1)
    return row


def clear(poles: Sequence[float], placed: Sequence[Flag]) -> bool:
    """Tell whether flags are readable: no text over a text of its row, or over a pole.

    Examples
    --------
    >>> clear([10, 30], [Flag(0, 18, 98, "right"), Flag(0, 38, 118, "right")])
    False
    """
    for i, one in enumerate(placed):
        for j, other in enumerate(placed):
            if i == j:
                continue
            over = one.start < other.end and other.start < one.end
            crossed = one.row <= other.row and one.start - 1 < poles[j] < one.end + 1
            if (over and one.row == other.row) or crossed:
                return False
    return True
