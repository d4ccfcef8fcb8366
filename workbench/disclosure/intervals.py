"""Bounds of hidden cells that follow from one sum at a time: quick, and never too narrow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.sums import Sums

__all__ = ["narrowed"]

_ROUNDS = 60
_SLACK = 1e-6


def narrowed(
    values: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    sums: Sums,
    *,
    lower: NDArray[np.float64] | None = None,
    upper: NDArray[np.float64] | None = None,
    whole: bool = False,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Narrow what is known of hidden cells, sum after sum, until nothing changes.

    Parameters
    ----------
    values : ndarray (cell,)
        Only those that are shown are used.
    hidden : ndarray of bool (cell,)
    sums : Sums
    lower, upper : ndarray (cell,), optional
        What is known already; 0 and nothing by default.
    whole : bool
        Values are whole numbers.

    Returns
    -------
    least, greatest : ndarray (cell,)
        The value itself where it is shown. The true bounds lie within these, and may be narrower:
        only a program over all sums together finds them.

    Examples
    --------
    >>> sums = Sums.of(4, [(0, [1, 2, 3])])
    >>> hidden = np.array([False, True, True, False])
    >>> least, greatest = narrowed(np.array([10.0, np.nan, np.nan, 7.0]), hidden, sums)
    >>> least.tolist(), greatest.tolist()
    ([10.0, 0.0, 0.0, 7.0], [10.0, 3.0, 3.0, 7.0])
    """
    least = np.where(hidden, 0.0 if lower is None else lower, values)
    greatest = np.where(hidden, np.inf if upper is None else upper, values)
    row, cell, sign = sums.members
    there = hidden[cell]
    right = -sums.gaps(np.where(hidden, 0.0, values))
    row, cell, sign = row[there], cell[there], sign[there]
    for _ in range(_ROUNDS):
        before = least.copy(), greatest.copy()
        low = np.where(sign > 0, least[cell], -greatest[cell])
        high = np.where(sign > 0, greatest[cell], -least[cell])
        at_most = right[row] - _others(low, row, len(sums), -np.inf)
        at_least = right[row] - _others(high, row, len(sums), np.inf)
        up = np.where(sign > 0, at_most, -at_least)
        down = np.where(sign > 0, at_least, -at_most)
        if whole:
            up, down = np.floor(up + _SLACK), np.ceil(down - _SLACK)
        np.minimum.at(greatest, cell, up)
        np.maximum.at(least, cell, down)
        moved = (
            np.abs(new - old) > _SLACK for new, old in zip((least, greatest), before, strict=True)
        )
        with np.errstate(invalid="ignore"):
            if not any(each.any() for each in moved):
                break
    return least, greatest


def _others(
    ends: NDArray[np.float64], row: NDArray[np.intp], rows: int, endless: float
) -> NDArray[np.float64]:
    """Add up the ends of all other terms of each term's sum."""
    is_endless = np.isinf(ends)
    total = np.bincount(row, np.where(is_endless, 0.0, ends), rows)
    count = np.bincount(row, is_endless, rows)
    rest = total[row] - np.where(is_endless, 0.0, ends)
    return np.where(count[row] - is_endless > 0, endless, rest)
