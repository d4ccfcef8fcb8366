"""Attack what is published: the bounds that its figures set to those it does not show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import TablesDisagree
from workbench.disclosure.audit import Bounds, audit, bounds
from workbench.disclosure.intervals import narrowed
from workbench.disclosure.primary import Primary
from workbench.disclosure.sums import Sums
from workbench.disclosure.tables import Dimension, Table, link
from workbench.disclosure.wide import Wide

__all__ = ["Attack", "Published", "attack", "restricted"]

# Cells that hang together, over which a program for each of them takes too long.
_LARGE = 6000
_IMPOSSIBLE = (
    "What is shown cannot be: a total is not the sum of its parts. Are the trees and totals those "
    "of these tables, and their figures unrounded?"
)
_REST = "\N{HORIZONTAL ELLIPSIS} "


@dataclass(frozen=True, eq=False)
class Published:
    """Hold one published table as cells.

    Parameters
    ----------
    table : Table
    shown : ndarray (cell,)
        What is shown; NaN where it is not.
    marked : ndarray of bool (cell,)
        Cells of the table that are marked as hidden; those that are merely not in it are unknown
        as well, and nobody asks for them.
    lower, upper : ndarray (cell,)
        What other published figures, rates and denominators, say of each.
    """

    table: Table
    shown: NDArray[np.float64]
    marked: NDArray[np.bool_]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Attack:
    """Hold what an attack found.

    Parameters
    ----------
    names : sequence of str
        Of the cells marked as hidden.
    least, greatest : ndarray (hidden cell,)
    under : ndarray of bool (hidden cell,)
        Known too closely.
    exact : ndarray of bool (hidden cell,)
        Those of them whose very value is found.
    by_sums : int
        Hidden cells that hang together with too many others for a program: their bounds follow
        from one sum at a time, and others may be narrower.
    """

    names: Sequence[str]
    least: NDArray[np.float64]
    greatest: NDArray[np.float64]
    under: NDArray[np.bool_]
    exact: NDArray[np.bool_]
    by_sums: int = 0

    @property
    def passed(self) -> bool:
        """Tell whether nothing is known too closely."""
        return not self.under.any()


def attack(
    tables: Mapping[str, Published],
    *,
    protection: float = 0.1,
    whole: bool = False,
    truth: Mapping[str, NDArray[np.float64]] | None = None,
    primary: Primary | None = None,
) -> Attack:
    """Work out all that published tables tell of their hidden cells, together.

    Parameters
    ----------
    tables : mapping of str to Published
        Of one variable. Cells that have the same names are the same.
    protection : float
        Share of its value by which each must stay uncertain, either way.
    whole : bool
        Values are whole numbers.
    truth : mapping of str to ndarray (cell,), optional
        The true values, of one table: then contributors who know their own are attackers too.
    primary : Primary, optional
        What is sensitive in it. Without, every hidden cell is looked at, and is known too
        closely if whatever its value was, one of its bounds is nearer than the protection.

    Returns
    -------
    Attack

    Raises
    ------
    TablesDisagree
        Two tables show two values of one cell, or no values at all fit what is shown.

    Examples
    --------
    >>> place = Dimension.of({"a": "all", "b": "all", "c": "all"})
    >>> shown = np.array([60.0, np.nan, 25.0, 30.0])
    >>> table = Published(Table({"place": place}), shown, np.isnan(shown), np.zeros(4),
    ...                   np.full(4, np.inf))
    >>> found = attack({"t": table})
    >>> list(found.names), found.least.tolist(), found.exact.tolist()
    (['a'], [5.0], [True])
    """
    # Tables of one shape are one: their sums are taken once.
    shapes = {id(each.table): each.table for each in tables.values()}
    linked = link({str(key): table for key, table in shapes.items()})
    shown = np.full(linked.sums.size, np.nan)
    marked = np.zeros(linked.sums.size, bool)
    lower, upper = np.zeros(linked.sums.size), np.full(linked.sums.size, np.inf)
    names = np.full(linked.sums.size, "", object)
    for name, each in tables.items():
        cells = linked.cells[str(id(each.table))].ravel()
        differ = ~np.isnan(shown[cells]) & ~np.isnan(each.shown)
        differ &= ~np.isclose(shown[cells], each.shown, rtol=1e-6, atol=0.51)
        if differ.any():
            at = int(np.flatnonzero(differ)[0])
            raise TablesDisagree(
                f"{name} shows {each.shown[at]:g} where another table shows {shown[cells[at]]:g} "
                f"({each.table.name(at)}): tables of one variable were expected."
            )
        shown[cells] = np.where(np.isnan(each.shown), shown[cells], each.shown)
        marked[cells] |= each.marked
        np.maximum.at(lower, cells, each.lower)
        np.minimum.at(upper, cells, each.upper)
        for at in np.flatnonzero(each.marked).tolist():
            names[cells[at]] = names[cells[at]] or each.table.name(at)
    hidden = np.isnan(shown)
    # What one table hides and another shows is not hidden: it is the first thing found.
    told = marked & ~hidden
    values = np.where(hidden, 0.0, shown)
    if truth is not None and primary is not None:
        (name,) = tables
        values = truth[name]
        found, under, by_sums = _with_truth(
            tables[name].table, values, hidden, linked.sums, primary, whole=whole
        )
    else:
        found, by_sums = _ends(values, hidden, marked, linked.sums, lower, upper, whole=whole)
        with np.errstate(invalid="ignore"):
            under = found.least * (1 + protection) > found.greatest * (1 - protection) + 1e-9
    under = (under & marked & (found.greatest > 0)) | told
    cells = np.flatnonzero(marked)
    exact = under & (found.greatest - found.least <= 1e-6 * np.maximum(1.0, found.greatest))
    return Attack(
        names[cells].tolist(),
        found.least[cells],
        found.greatest[cells],
        under[cells],
        exact[cells],
        by_sums,
    )


def _ends(
    values: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    marked: NDArray[np.bool_],
    sums: Sums,
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    *,
    whole: bool,
) -> tuple[Bounds, int]:
    """Bound cells by one sum at a time, then by all together where that is not too much."""
    least, greatest = narrowed(values, hidden, sums, lower=lower, upper=upper, whole=whole)
    if (least > greatest + 1e-3 * np.maximum(1.0, np.abs(least))).any():
        raise TablesDisagree(_IMPOSSIBLE)
    groups = sums.groups(hidden)
    sizes = np.bincount(groups[hidden], minlength=sums.size)
    small = hidden & (np.where(hidden, sizes[groups], 0) <= _LARGE)
    open_ = small & marked & (greatest - least > 1e-9)
    try:
        found = bounds(values, small, sums, cells=open_, whole=whole, lower=least, upper=greatest)
    except ArithmeticError as error:
        raise TablesDisagree(f"{_IMPOSSIBLE} ({error})") from None
    least = np.where(open_, np.fmax(least, found.least), least)
    greatest = np.where(open_, np.fmin(greatest, found.greatest), greatest)
    return Bounds(least, greatest), int((marked & hidden & ~small).sum())


def _with_truth(
    table: Table,
    values: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    sums: Sums,
    primary: Primary,
    *,
    whole: bool,
) -> tuple[Bounds, NDArray[np.bool_], int]:
    """Attack as anyone and as each insider; cells of a large table are first proved safe."""
    least, greatest = narrowed(values, hidden, sums, whole=whole)
    bare = primary.sensitive & ~hidden
    if len(values) > _LARGE:
        safe = Wide(table, values, primary, whole=whole).attack(hidden)
        under = primary.sensitive & ~safe
        return Bounds(least, greatest), under | bare, int(hidden.sum())
    found = audit(values, hidden, sums, primary, whole=whole)
    ends = Bounds(np.fmax(least, found.bounds.least), np.fmin(greatest, found.bounds.greatest))
    return ends, found.under | bare, 0


def restricted(dimension: Dimension, names: Sequence[str]) -> Dimension:
    """Keep the positions that a table has, and those sums that still say something.

    A sum whose total is there and some parts are not gets one more part, for all of these: what
    is known of it is that it is not negative.

    Examples
    --------
    >>> whole = Dimension.of({"a": "all", "b": "all", "c": "all"})
    >>> restricted(whole, ["all", "a"]).sums
    (('all', ('a', '… all')),)
    """
    there, sums = set(names), []
    kept = dict.fromkeys(names)
    for number, (total, parts) in enumerate(dimension.sums):
        inside = tuple(part for part in parts if part in there)
        if total not in there or not inside:
            continue
        if len(inside) < len(parts):
            rest = f"{_REST}{total}"
            rest = rest if rest not in kept else f"{rest} {number}"
            kept[rest] = None
            inside = (*inside, rest)
        sums.append((total, inside))
    return Dimension(tuple(kept), tuple(sums))
