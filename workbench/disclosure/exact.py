"""The fewest cells to hide, for tables that are small enough to be sure of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.insiders import Insiders
from workbench.disclosure.primary import Primary
from workbench.disclosure.program import Program
from workbench.disclosure.sums import Sums

__all__ = ["cheapest"]

_ROUNDS = 60
_NODES = 300
_NEARLY = 1 - 1e-6


@dataclass(frozen=True, eq=False)
class _Wish:
    """Hold what must stay possible: a cell gains, or loses, without the cells of an insider."""

    cell: int
    way: float
    need: float
    without: int


@dataclass(frozen=True, eq=False)
class _Cut:
    """Hold what follows for the choice of cells: so much of them is at least the need."""

    cells: NDArray[np.intp]
    weights: NDArray[np.float64]
    need: float


def cheapest(
    values: NDArray[np.float64],
    primary: Primary,
    sums: Sums,
    costs: NDArray[np.float64],
    *,
    shown: NDArray[np.bool_] | None = None,
    at_most: float = np.inf,
) -> NDArray[np.bool_] | None:
    r"""Find the cheapest cells to hide, by cuts.

    Parameters
    ----------
    values : ndarray (cell,)
    primary : Primary
    sums : Sums
    costs : ndarray (cell,)
    shown : ndarray of bool (cell,), optional
        Cells that cannot be hidden.
    at_most : float
        Cost of a choice that is known: none that costs as much is looked for.

    Returns
    -------
    ndarray of bool (cell,) or None
        What is hidden, sensitive cells included; None where nothing cheaper was found in time.

    Notes
    -----
    The choice is a program over *hide or not*, of least cost, and knows nothing at first. An
    attacker solves the bounds of each sensitive cell under it; where one is too near, the dual of
    that program is a cut :math:`∑ w_i y_i ≥ n` that every protection satisfies. The choice is made
    again, first with parts of cells, then with whole ones, until no attack succeeds. Insiders
    attack as well, without their own cells.

    References
    ----------
    Fischetti, Salazar, "Solving the cell suppression problem on tabular data with linear
    constraints", *Management Science* 47, 2001.

    Examples
    --------
    >>> from workbench.disclosure.primary import Rule, primary
    >>> values, counts = np.array([10.0, 1.0, 4.0, 5.0]), np.array([9.0, 2, 4, 5])
    >>> found = primary(values, Rule(minimum_frequency=3), counts=counts)
    >>> sums = Sums.of(4, [(0, [1, 2, 3])])
    >>> cheapest(values, found, sums, np.array([9.0, 1, 2, 1])).tolist()
    [False, True, False, True]
    """
    attacker = _Attacker(values, primary, sums)
    free = ~primary.sensitive & (values > 0)
    if shown is not None:
        free &= ~shown
    candidates = np.flatnonzero(free)
    cuts: list[_Cut] = []
    choice: NDArray[np.float64] | None = None
    for whole in (False, True):
        for _ in range(_ROUNDS):
            choice = _chosen(cuts, candidates, costs, at_most, whole=whole)
            if choice is None:
                return None
            share = primary.sensitive.astype(float)
            share[candidates] = choice
            new = list(attacker.cuts(share))
            if not new:
                break
            cuts += new
        else:
            if whole:
                return None
    hidden: NDArray[np.bool_] = primary.sensitive.copy()
    if choice is not None:
        hidden[candidates] = choice > 0.5
    return hidden


def _chosen(
    cuts: list[_Cut],
    candidates: NDArray[np.intp],
    costs: NDArray[np.float64],
    at_most: float,
    *,
    whole: bool,
) -> NDArray[np.float64] | None:
    """Choose cells that satisfy all cuts, for the least cost."""
    size = len(candidates)
    if not cuts:
        return np.zeros(size)
    number = np.full(len(costs), -1)
    number[candidates] = np.arange(size)
    rows, columns, weights, needs = [], [], [], []
    for row, cut in enumerate(cuts):
        there = number[cut.cells] >= 0
        if not there.any():
            return None
        rows.append(np.full(int(there.sum()), row))
        columns.append(number[cut.cells[there]])
        weights.append(cut.weights[there])
        needs.append(cut.need)
    program = Program(
        np.concatenate(rows),
        np.concatenate(columns),
        np.concatenate(weights),
        np.array(needs),
        np.zeros(size),
        np.ones(size),
        most=np.full(len(cuts), np.inf),
    )
    program.price(costs[candidates])
    if whole:
        program.set_whole(True)
        program.limit(nodes=_NODES)
    found = program.least()
    if found is None or costs[candidates] @ found > at_most - 1e-6:
        return None
    return np.rint(found) if whole else found


class _Attacker:
    """Solve the bounds of sensitive cells under a choice, and cut it off where they are near."""

    def __init__(self, values: NDArray[np.float64], primary: Primary, sums: Sums) -> None:
        self._values, self._primary = values, primary
        self._insiders = Insiders(values, primary, sums)
        row, cell, sign = sums.members
        size = len(values)
        self._program = Program(
            row, cell, sign, np.zeros(len(sums)), np.zeros(size), np.zeros(size)
        )
        self._endless = 2 * float(values.max(initial=1.0)) + float(primary.up.max(initial=1.0))
        self._wishes = list(self._every_wish())

    def _every_wish(self) -> Iterator[_Wish]:
        cells = np.flatnonzero(self._primary.sensitive).tolist()
        for insider in range(-1, len(self._insiders.everyone)):
            for cell in cells:
                share = 1.0
                if insider >= 0:
                    if self._insiders.of[cell] == insider:
                        continue
                    known = self._insiders.everyone[insider]
                    share = known.share_of(cell, float(self._values[cell]))
                for way, need in ((1.0, self._primary.up[cell]), (-1.0, self._primary.down[cell])):
                    if need * share > 0:
                        yield _Wish(cell, way, float(need) * share, insider)

    def cuts(self, share: NDArray[np.float64]) -> Iterator[_Cut]:
        """Give a cut for each wish that a choice does not grant; as anyone first."""
        found = 0
        insider = None
        for wish in self._wishes:
            if wish.without != insider:
                # What anyone sees is put right before insiders look.
                if insider == -1 and found:
                    return
                insider = wish.without
                if not self._matters(insider, share):
                    continue
                self._hold(share, insider)
            elif not self._matters(insider, share):
                continue
            cut = self._attack(wish, share)
            if cut is not None:
                found += 1
                yield cut

    def _matters(self, insider: int, share: NDArray[np.float64]) -> bool:
        """Tell whether an insider knows a hidden cell."""
        return insider < 0 or bool((share[self._insiders.everyone[insider].cells] > 0).any())

    def _hold(self, share: NDArray[np.float64], insider: int) -> None:
        open_ = share.copy()
        if insider >= 0:
            open_[self._insiders.everyone[insider].cells] = 0.0
        self._program.bound(-self._values * open_, self._endless * open_)

    def _attack(self, wish: _Wish, share: NDArray[np.float64]) -> _Cut | None:
        reach, reduced = self._program.reached(wish.cell, -wish.way)
        if abs(reach) >= wish.need * _NEARLY:
            return None
        # What each cell, if hidden, adds to the reach at most.
        weights = np.where(reduced > 0, reduced * self._values, -reduced * self._endless)
        if wish.without >= 0:
            weights[self._insiders.everyone[wish.without].cells] = 0.0
        weights[np.abs(weights) < 1e-9 * wish.need] = 0.0
        always = self._primary.sensitive
        need = wish.need - float(weights[always].sum())
        cells = np.flatnonzero((weights > 0) & ~always)
        return _Cut(cells, np.minimum(weights[cells] / need, 1.0), 1.0)
