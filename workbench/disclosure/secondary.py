"""Secondary suppression: what else to hide, so that sums do not give sensitive cells away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ProtectionImpossible
from workbench.disclosure.insiders import Insider, Insiders
from workbench.disclosure.moves import MOVED, Moves
from workbench.disclosure.primary import Primary
from workbench.disclosure.sums import Sums

__all__ = ["Suppression", "suppress", "unprotected", "usual_costs"]

# To move a cell that is hidden anyway costs next to nothing, but not nothing: short ways are
# found first.
_HIDDEN_ANYWAY = 1e-3
_LARGE = 0.1
# One move that can be reversed, or two: the shares of what a cell must gain, and of what lose.
_BOTH, _UP, _DOWN = (1, 1), (1, 0), (0, 1)


@dataclass(frozen=True, eq=False)
class Suppression:
    """Hold what is hidden, and what it costs.

    Parameters
    ----------
    primary, secondary : ndarray of bool (cell,)
        Hidden for themselves, and hidden for the sake of others.
    cost : float
        Of the secondary cells.
    """

    primary: NDArray[np.bool_]
    secondary: NDArray[np.bool_]
    cost: float

    @classmethod
    def of(
        cls,
        hidden: NDArray[np.bool_],
        sensitive: NDArray[np.bool_],
        costs: NDArray[np.float64],
    ) -> Suppression:
        """Tell those hidden for themselves from the others, which have a cost."""
        secondary = hidden & ~sensitive
        return cls(sensitive, secondary, float(costs[secondary].sum()))

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """All that must not be shown."""
        return self.primary | self.secondary


def usual_costs(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what hiding each cell loses: about 1, and a little more for large ones.

    So that few are hidden, and a part rather than its total.
    """
    costs: NDArray[np.float64] = 1 + _LARGE * values / values.max(initial=1.0)
    return costs


def unprotected(cells: Sequence[int], values: NDArray[np.float64]) -> ProtectionImpossible:
    """Say which sensitive cells nothing protects."""
    return ProtectionImpossible(
        f"{len(cells)} sensitive cells cannot be protected, the first is number {cells[0]} of "
        f"value {values[cells[0]]:g}: what could be hidden with it is too small, or published "
        "already. Merge categories or territories, or leave the table out."
    )


def suppress(
    values: NDArray[np.float64],
    primary: Primary,
    sums: Sums,
    *,
    costs: NDArray[np.float64] | None = None,
    shown: NDArray[np.bool_] | None = None,
) -> Suppression:
    """Choose the cells to hide so that each sensitive one stays as uncertain as it must.

    Parameters
    ----------
    values : ndarray (cell,)
        Not negative, and in agreement with `sums`.
    primary : Primary
    sums : Sums
        Of all that is published together.
    costs : ndarray (cell,), optional
        What hiding a cell loses; by default, see :func:`usual_costs`.
    shown : ndarray of bool (cell,), optional
        Cells that cannot be hidden: they are published already.

    Returns
    -------
    Suppression

    Raises
    ------
    ProtectionImpossible
        No choice protects some cells.

    Notes
    -----
    For each sensitive cell a linear program finds the cheapest *move*: values that differ from
    the true ones by as much as the protection, and obey every sum. What moves is hidden: an
    attacker cannot tell the two tables apart. The same move, reversed and scaled, must be
    possible too, which protects the other way; failing that, two moves are found. Should a move
    use a cell whose only contributor knows its value, another one is found without it. A second
    pass looks for moves among what was hidden, and shows again what none needs.

    References
    ----------
    Kelly, Golden, Assad, "Cell suppression: disclosure protection for sensitive tabular data",
    *Networks* 22, 1992. Fischetti, Salazar, "Solving the cell suppression problem on tabular data
    with linear constraints", *Management Science* 47, 2001.

    Examples
    --------
    A row of three cells and their sum; the first is sensitive:

    >>> sums = Sums.of(4, [(0, [1, 2, 3])])
    >>> from workbench.disclosure.primary import Rule, primary
    >>> values = np.array([10.0, 1.0, 4.0, 5.0])
    >>> found = primary(values, Rule(minimum_frequency=3), counts=np.array([9, 2, 4, 5]))
    >>> suppress(values, found, sums).secondary.sum()
    np.int64(1)
    """
    if costs is None:
        costs = usual_costs(values)
    closed = np.zeros(len(values), bool) if shown is None else shown
    sensitive = primary.sensitive
    if (closed & sensitive).any():
        raise ProtectionImpossible(
            f"{int((closed & sensitive).sum())} sensitive cells are published already: they cannot "
            "be hidden any more. Withdraw that publication, or leave this one."
        )
    protector = _Protector(values, primary, sums)
    # Those that need most room first: their moves often protect the others.
    order = np.flatnonzero(sensitive)
    order = order[np.argsort(-primary.up[order], kind="stable")]
    hidden = protector.protect(order, costs, sensitive.copy(), closed)
    while True:
        fewer = protector.protect(order, costs, sensitive.copy(), ~hidden)
        if fewer.sum() >= hidden.sum():
            break
        hidden = fewer
    return Suppression.of(hidden, sensitive, costs)


class _Protector:
    """Hide what lets sensitive cells move, whoever looks."""

    def __init__(self, values: NDArray[np.float64], primary: Primary, sums: Sums) -> None:
        self._values, self._primary, self._size = values, primary, len(values)
        self._insiders = Insiders(values, primary, sums)
        self._moves = Moves(values, *sums.members)

    def protect(
        self,
        order: Iterable[int],
        costs: NDArray[np.float64],
        hidden: NDArray[np.bool_],
        closed: NDArray[np.bool_],
    ) -> NDArray[np.bool_]:
        """Hide what protects each sensitive cell; give all that is hidden."""
        self._costs, self._hidden, self._free = costs, hidden, ~closed | hidden
        self._safe = np.zeros(self._size, bool)
        impossible = [
            cell
            for cell in map(int, order)
            if not (self._safe[cell] or self._secure(cell, _BOTH))
            and not (self._secure(cell, _UP) and self._secure(cell, _DOWN))
        ]
        if impossible:
            raise unprotected(impossible, self._values)
        return self._hidden

    def _secure(self, cell: int, way: tuple[int, int]) -> bool:
        """Hide what lets one cell move, whatever an insider knows; tell whether it can."""
        hidden, insider = self._hidden.copy(), None
        common = set(range(len(self._insiders.everyone)))
        while (move := self._move(cell, way, hidden, insider)) is not None:
            moved = np.abs(move) > MOVED * max(1.0, self._primary.up[cell])
            hidden |= moved
            common &= set(self._insiders.of[moved].tolist())
            common.discard(int(self._insiders.of[cell]))
            if not common:
                self._hidden = hidden
                if way == _BOTH and insider is None:
                    self._safe |= self._covered(move, cell, moved)
                return True
            insider = self._insiders.everyone[min(common)]
        return False

    def _move(
        self, cell: int, way: tuple[int, int], hidden: NDArray[np.bool_], insider: Insider | None
    ) -> NDArray[np.float64] | None:
        """Find the cheapest move of a cell by what it needs, without those an insider knows."""
        up, down = way[0] * self._primary.up[cell], way[1] * self._primary.down[cell]
        free = self._free
        if insider is not None:
            free = free.copy()
            free[insider.cells] = False
            share = insider.share(self._values)[cell]
            up, down = up * share, down * share
        price = np.where(hidden, _HIDDEN_ANYWAY, 1.0) * self._costs
        return self._moves.cheapest(cell, up, down, price=price, free=free)

    def _covered(
        self, move: NDArray[np.float64], cell: int, moved: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Tell which sensitive cells a move protects as well, against insiders too."""
        up, down = self._primary.up, self._primary.down
        back = down[cell] / up[cell] if up[cell] > 0 else 1.0
        gains = (move >= up) & (move * back >= down)
        losses = (-move >= down) & (-move * back >= up)
        # No insider in the move, but the one whose own cell it is.
        others = set(self._insiders.of[moved].tolist()) - {-1}
        unknown = np.isin(self._insiders.of, list(others)) if len(others) == 1 else not others
        covered: NDArray[np.bool_] = self._primary.sensitive & moved & unknown & (gains | losses)
        return covered
