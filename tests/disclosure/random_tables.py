"""Random hierarchical and linked tables, made from contributors, and an attacker of its own.

The attacker knows nothing of the package's sums: it adds up contributors, and solves with SciPy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from workbench.disclosure.primary import Primary, Rule, primary
from workbench.disclosure.tables import Dimension, Table


@dataclass(frozen=True, eq=False)
class Drawn:
    """Hold a table drawn at random.

    `under` says which finest cells (column) each cell (row) is the sum of.
    """

    table: Table
    values: NDArray[np.float64]
    counts: NDArray[np.float64]
    largest: NDArray[np.float64]
    under: NDArray[np.float64]
    owners: NDArray[np.intp]
    sizes: NDArray[np.float64]

    def primary(self, rule: Rule) -> Primary:
        return primary(self.values, rule, counts=self.counts, largest=self.largest)


def places(leaves: int, groups: int, *, linked: bool, name: str = "c") -> Dimension:
    """Leaves in groups in a whole; and, `linked`, in other groups that cross these."""
    trees = [
        {f"{name}{at}": f"{name}d{at * groups // leaves}" for at in range(leaves)},
        {f"{name}d{at}": f"{name}all" for at in range(groups)},
    ]
    if linked:
        trees.append(
            {
                f"{name}{at}": f"{name}e{(at + 2) * (groups + 1) // (leaves + 3)}"
                for at in range(leaves)
            }
        )
        trees.append(dict.fromkeys(trees[-1].values(), f"{name}all"))
    return Dimension.of(*trees)


def members(dimension: Dimension) -> NDArray[np.float64]:
    """Which leaves (column) each position (row) holds, by the names alone."""
    parts = dict(dimension.sums)
    leaves = [name for name in dimension.names if name not in parts]

    def under(name: str) -> set[str]:
        if name not in parts:
            return {name}
        return set().union(*map(under, parts[name]))

    return np.array([[leaf in under(name) for leaf in leaves] for name in dimension.names], float)


def draw(seed: int, *dimensions: Dimension, mean: float = 3.0, whole: bool = False) -> Drawn:
    """Draw contributors in the finest cells."""
    rng = np.random.default_rng(seed)
    inside = [members(dimension) for dimension in dimensions]
    under = inside[0]
    for each in inside[1:]:
        under = np.kron(under, each)
    shares = rng.gamma(1.0, 1.0, under.shape[1])
    counts = rng.poisson(mean * shares)
    owners = np.repeat(np.arange(len(counts)), counts)
    sizes = rng.lognormal(3, 1.2, len(owners)).round(0 if whole else 1) + 1
    by_owner = under[:, owners] * sizes
    table = Table({f"axis{at}": dimension for at, dimension in enumerate(dimensions)})
    return Drawn(
        table,
        by_owner.sum(1),
        under[:, owners].sum(1),
        by_owner.max(1, initial=0.0),
        under,
        owners,
        sizes,
    )


def found_by_attack(
    drawn: Drawn, hidden: NDArray[np.bool_], sensitive: Primary, *, insiders: int
) -> Iterator[tuple[int, int, float, float]]:
    """Find cells under protection: cell, insider or -1, least and greatest value.

    The unknowns are the finest cells; each shown cell is an equation.
    """
    cells = np.flatnonzero(sensitive.sensitive)
    yield from _found(drawn, ~hidden, cells, -1, sensitive, np.ones(len(hidden)))
    alone = np.flatnonzero((drawn.under.sum(1) == 1) & (drawn.counts == 1))
    for cell in alone[:: max(1, len(alone) // insiders)][:insiders]:
        leaf = int(np.flatnonzero(drawn.under[cell])[0])
        own = (drawn.under[:, leaf] == 1) & (drawn.counts == 1)
        share = np.where(
            drawn.under[:, leaf] == 1,
            1 - drawn.values[cell] / np.maximum(drawn.values, 1e-9),
            1.0,
        )
        others = cells[~own[cells]]
        yield from _found(drawn, ~hidden | own, others, int(cell), sensitive, share)


def _found(
    drawn: Drawn,
    known: NDArray[np.bool_],
    cells: NDArray[np.intp],
    insider: int,
    need: Primary,
    share: NDArray[np.float64],
) -> Iterator[tuple[int, int, float, float]]:
    equations, right = drawn.under[known], drawn.values[known]
    for cell in cells.tolist():
        ends = []
        for sign in (1, -1):
            done = linprog(sign * drawn.under[cell], A_eq=equations, b_eq=right, method="highs")
            ends.append(np.inf * -sign if done.status == 3 else sign * done.fun)
        slack = 1e-5 * max(1.0, drawn.values[cell])
        down, up = (each[cell] * share[cell] - slack for each in (need.down, need.up))
        if drawn.values[cell] - ends[0] < down or ends[1] - drawn.values[cell] < up:
            yield cell, insider, ends[0], ends[1]
