"""The attacker: what can be worked out of hidden cells from all that is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.insiders import Insiders
from workbench.disclosure.primary import Primary
from workbench.disclosure.program import Program
from workbench.disclosure.sums import Sums

__all__ = ["Audit", "Bounds", "audit", "bounds"]

# What a solver of linear programs leaves of rounding, as a share of the values.
_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Bounds:
    """Hold the least and the greatest value that an attacker deduces of each cell."""

    least: NDArray[np.float64]
    greatest: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Audit:
    """Hold the cells that an attacker comes too near to.

    Parameters
    ----------
    bounds : Bounds
        The tightest found for each sensitive cell, by any of the attackers.
    under : ndarray of bool (cell,)
        Cells whose interval is narrower than their protection.
    exact : ndarray of bool (cell,)
        Those of them whose very value is found.
    """

    bounds: Bounds
    under: NDArray[np.bool_]
    exact: NDArray[np.bool_]

    @property
    def passed(self) -> bool:
        """Tell whether nothing is under its protection."""
        return not self.under.any()


def bounds(
    values: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    sums: Sums,
    *,
    cells: NDArray[np.bool_] | None = None,
    whole: bool = False,
    lower: NDArray[np.float64] | None = None,
    upper: NDArray[np.float64] | None = None,
) -> Bounds:
    """Solve for the least and the greatest possible value of hidden cells.

    Parameters
    ----------
    values : ndarray (cell,)
        The true ones: only those that are shown are used, and that none is negative.
    hidden : ndarray of bool (cell,)
    sums : Sums
    cells : ndarray of bool (cell,), optional
        Those asked for, among the hidden ones; all of them by default.
    whole : bool
        The attacker knows that values are whole numbers.
    lower, upper : ndarray (cell,), optional
        What is known of each cell apart from sums; 0 and nothing by default.

    Returns
    -------
    Bounds
        NaN where a cell was not asked for; the value itself where it is shown.

    Examples
    --------
    >>> sums = Sums.of(4, [(0, [1, 2, 3])])
    >>> hidden = np.array([False, True, True, False])
    >>> found = bounds(np.array([10.0, 1.0, 4.0, 5.0]), hidden, sums)
    >>> found.least.tolist(), found.greatest.tolist()
    ([10.0, 0.0, 0.0, 5.0], [10.0, 5.0, 5.0, 5.0])
    """
    asked = hidden if cells is None else hidden & cells
    least, greatest = (np.where(hidden, np.nan, values) for _ in range(2))
    groups = sums.groups(hidden)
    row, cell, sign = sums.members
    # What is left of each sum for its hidden cells.
    right = -sums.gaps(np.where(hidden, 0.0, values))
    for group in np.unique(groups[asked]):
        inside = np.flatnonzero(groups == group)
        number = np.full(sums.size, -1)
        number[inside] = np.arange(len(inside))
        terms = number[cell] >= 0
        rows, row_of = np.unique(row[terms], return_inverse=True)
        program = Program(
            row_of,
            number[cell[terms]],
            sign[terms],
            right[rows],
            np.zeros(len(inside)) if lower is None else lower[inside],
            np.full(len(inside), np.inf) if upper is None else upper[inside],
        )
        for at in inside[asked[inside]]:
            least[at], greatest[at] = _ends(program, int(number[at]), whole=whole)
    return Bounds(least, greatest)


def _ends(program: Program, column: int, *, whole: bool) -> tuple[float, float]:
    """Return the least and the greatest value of an unknown.

    Where all are whole numbers and an end is not, a program over whole numbers tells.
    """
    ends = program.extreme(column, 1.0), program.extreme(column, -1.0)
    if not whole:
        return ends
    least, greatest = np.ceil(ends[0] - 1e-6), np.floor(ends[1] + 1e-6)
    parted = [np.isfinite(end) and abs(end - round(end)) > 1e-6 for end in ends]
    if any(parted):
        program.set_whole(True)
        if parted[0]:
            least = np.ceil(program.extreme(column, 1.0) - 1e-6)
        if parted[1]:
            greatest = np.floor(program.extreme(column, -1.0) + 1e-6)
        program.set_whole(False)
    return float(least), float(greatest)


def audit(
    values: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    sums: Sums,
    primary: Primary,
    *,
    whole: bool = False,
) -> Audit:
    """Attack a release: as anyone, then as each contributor who is alone in a cell.

    Such an insider must not come nearer to what others bring to a cell than the same share of it.

    Parameters
    ----------
    values : ndarray (cell,)
    hidden : ndarray of bool (cell,)
        What the release does not show.
    sums : Sums
        Of all that is released together.
    primary : Primary
    whole : bool

    Returns
    -------
    Audit
    """
    sensitive, slack = primary.sensitive, _TOLERANCE * np.maximum(1.0, np.abs(values))
    found = bounds(values, hidden, sums, cells=sensitive, whole=whole)
    least, greatest = found.least, found.greatest
    under = _under(values, found, primary.down - slack, primary.up - slack)
    groups, insiders = sums.groups(hidden), Insiders(values, primary, sums)
    for insider in insiders.everyone:
        known = hidden.copy()
        known[insider.cells] = False
        others = sensitive & known & np.isin(groups, groups[insider.cells])
        if not others.any():
            continue
        seen = bounds(values, known, sums, cells=others, whole=whole)
        down, up = (each * insider.share(values) - slack for each in (primary.down, primary.up))
        under |= others & _under(values, seen, down, up)
        least[others] = np.maximum(least, seen.least)[others]
        greatest[others] = np.minimum(greatest, seen.greatest)[others]
    exact = sensitive & (greatest - least <= slack)
    return Audit(Bounds(least, greatest), under & sensitive, exact)


def _under(
    values: NDArray[np.float64], seen: Bounds, down: NDArray[np.float64], up: NDArray[np.float64]
) -> NDArray[np.bool_]:
    under: NDArray[np.bool_] = (values - seen.least < down) | (seen.greatest - values < up)
    return under
