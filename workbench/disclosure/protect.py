"""Hide what a table must not show, and attack the result: exactly where it is small enough."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ProtectionImpossible
from workbench.disclosure.audit import audit
from workbench.disclosure.exact import cheapest
from workbench.disclosure.primary import Primary
from workbench.disclosure.secondary import Suppression, suppress, unprotected, usual_costs
from workbench.disclosure.tables import Table
from workbench.disclosure.wide import Wide

__all__ = ["Protection", "protect"]

# Over this many cells, a program over the whole table for each of them takes too long.
_SMALL = 200
# Over this many, so does the proof that no choice is cheaper.
_EXACT = 100


@dataclass(frozen=True, eq=False)
class Protection:
    """Hold what is hidden in a table, and what the attack on it found.

    Parameters
    ----------
    suppression : Suppression
    under : ndarray of bool (cell,)
        Sensitive cells that an attacker comes too near to, or that could not be proved safe.
    """

    suppression: Suppression
    under: NDArray[np.bool_]


def protect(
    table: Table,
    values: NDArray[np.float64],
    primary: Primary,
    *,
    shown: NDArray[np.bool_] | None = None,
    whole: bool = False,
    small: int = _SMALL,
) -> Protection:
    """Choose what to hide in a table and attack the choice.

    Parameters
    ----------
    table : Table
    values : ndarray (cell,)
        Not negative, in agreement with the table's sums.
    primary : Primary
    shown : ndarray of bool (cell,), optional
        Cells that are published already.
    whole : bool
        Values are whole numbers, and everyone knows it.
    small : int
        Cells up to which programs are over the whole table.

    Returns
    -------
    Protection

    Raises
    ------
    ProtectionImpossible
        No choice protects some cells.

    Notes
    -----
    Of a small table, several choices are made, and if it is very small the cheapest of all; the
    attack is a program over the whole table. A large one is too much for that. Its cells are taken
    one after the other, from the finest to the largest; each is protected by the cheapest box of
    cells around it, or by a program over its surroundings, the rest held still. What these find are
    tables that anyone may take for the true one: each proves that the bounds of a cell are at least
    as wide. The attack finds such proofs anew from what is hidden, and checks every one of them
    against all sums.

    Examples
    --------
    >>> from workbench.disclosure.primary import Rule, primary
    >>> from workbench.disclosure.tables import Dimension
    >>> table = Table({"place": Dimension.of({"a": "all", "b": "all", "c": "all"})})
    >>> values, counts = np.array([60.0, 5.0, 25.0, 30.0]), np.array([12.0, 2, 4, 6])
    >>> found = primary(values, Rule(minimum_frequency=3), counts=counts)
    >>> done = protect(table, values, found)
    >>> done.suppression.hidden.tolist(), bool(done.under.any())
    ([False, True, True, False], False)
    """
    if shown is not None and (late := np.flatnonzero(primary.sensitive & shown)).size:
        raise unprotected(late.tolist(), values)
    costs = usual_costs(values)
    wide = Wide(table, values, primary, whole=whole)
    if len(values) > small:
        done = wide.suppress(costs, shown)
        return Protection(done, primary.sensitive & ~wide.attack(done.hidden))
    for choice in _choices(table, values, primary, wide, costs, shown):
        under = audit(values, choice.hidden, table.sums, primary, whole=whole).under
        if not under.any():
            break
    return Protection(choice, under)


def _choices(
    table: Table,
    values: NDArray[np.float64],
    primary: Primary,
    wide: Wide,
    costs: NDArray[np.float64],
    shown: NDArray[np.bool_] | None,
) -> list[Suppression]:
    """Choose what to hide in several ways, the cheapest first."""
    found = [suppress(values, primary, table.sums, costs=costs, shown=shown)]
    with contextlib.suppress(ProtectionImpossible):
        found.append(wide.suppress(costs, shown))
    found.sort(key=lambda each: each.cost)
    if len(values) <= _EXACT:
        best = cheapest(values, primary, table.sums, costs, shown=shown, at_most=found[0].cost)
        if best is not None:
            found.insert(0, Suppression.of(best, primary.sensitive, costs))
    return found
