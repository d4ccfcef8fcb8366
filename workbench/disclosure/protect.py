"""Hide what a table must not show, and attack the result: exactly where it is small enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.audit import audit
from workbench.disclosure.primary import Primary
from workbench.disclosure.secondary import Suppression, suppress
from workbench.disclosure.tables import Table
from workbench.disclosure.wide import Wide

__all__ = ["Protection", "protect"]

# Over this many cells, a program over the whole table for each of them takes too long.
_SMALL = 1200


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
    A large table is too much for one program. Its cells are taken one after the other from the
    finest to the largest; each is protected by the cheapest box of cells around it, or by a
    program over its surroundings, the rest held still. What these find are tables that anyone may
    take for the true one: each proves that the bounds of a cell over the whole table are at least
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
    if len(values) <= small:
        done = suppress(values, primary, table.sums, shown=shown)
        attacked = audit(values, done.hidden, table.sums, primary, whole=whole)
        return Protection(done, attacked.under)
    wide = Wide(table, values, primary, whole=whole)
    costs = 1 + 0.1 * values / values.max(initial=1.0)
    done = wide.suppress(costs, shown)
    return Protection(done, primary.sensitive & ~wide.attack(done.hidden))
