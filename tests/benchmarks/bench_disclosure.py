"""Time the protection of a national table, and compare suppressions with τ-Argus on small ones.

Run it at the size of France, with the peers of ``peers.txt`` installed::

    python -m tests.benchmarks.bench_disclosure

Where ``pytauargus`` is not installed its rows are left out and said. What each hides is attacked
by the same attacker, which shares no code with either. No time is ever asserted.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.disclosure.random_tables import Drawn, draw, found_by_attack, places
from workbench.disclosure.primary import Primary, Rule, primary
from workbench.disclosure.protect import protect
from workbench.disclosure.tables import Dimension, Table

from .bars import Bar, print_bars, print_table
from .timing import timed

RULE = Rule(minimum_frequency=3, dominance=0.85)
_MINUTES = 120.0
_SEEDS = 6


@dataclass(frozen=True, eq=False)
class National:
    """Hold a two-way table: places of four linked levels, and kinds."""

    table: Table
    values: NDArray[np.float64]
    counts: NDArray[np.float64]
    largest: NDArray[np.float64]

    @property
    def primary(self) -> Primary:
        """Apply the rule."""
        return primary(self.values, RULE, counts=self.counts, largest=self.largest)


def national(seed: int, communes: int, kinds: int = 20) -> National:
    """Draw firms in communes: many are alone in their cell.

    Communes are in départements, in régions, in the country; and in EPCI, some of which cross
    départements, in the country.
    """
    rng = np.random.default_rng(seed)
    every = np.arange(communes)
    departement = np.sort(rng.integers(0, max(2, communes // 347), communes))
    region = np.sort(rng.integers(0, max(1, communes // 1944), departement.max() + 1))[departement]
    epci = every * max(3, communes // 28) // communes
    levels = {"d": departement, "r": region, "e": epci, "f": np.zeros(communes, int)}
    trees = [
        {f"c{at}": f"d{group}" for at, group in zip(every, departement, strict=True)},
        {f"d{low}": f"r{high}" for low, high in zip(departement, region, strict=True)},
        {f"r{group}": "f0" for group in np.unique(region)},
        {f"c{at}": f"e{group}" for at, group in zip(every, epci, strict=True)},
        {f"e{group}": "f0" for group in np.unique(epci)},
    ]
    place = Dimension.of(*trees)
    kind = Dimension.of(dict.fromkeys((f"k{at}" for at in range(kinds)), "all"))
    sizes = rng.lognormal(3.2, 1.3, communes)
    firms = rng.poisson(sizes[:, None] * rng.dirichlet(np.full(kinds, 2.0)))
    owner = np.repeat(np.arange(firms.size), firms.ravel())
    turnover = np.round(rng.lognormal(4, 1.2, len(owner))) + 1
    largest = np.zeros(firms.size)
    np.maximum.at(largest, owner, turnover)
    value = np.bincount(owner, turnover, firms.size)

    def with_totals(leaves: NDArray[np.float64], add: np.ufunc) -> NDArray[np.float64]:
        cells = np.zeros((len(place.names), len(kind.names)))
        rows = [place.numbers[f"c{at}"] for at in every]
        columns = [kind.numbers[f"k{at}"] for at in range(kinds)]
        cells[np.ix_(rows, columns)] = leaves.reshape(communes, kinds)
        cells[rows, kind.numbers["all"]] = add.reduce(leaves.reshape(communes, kinds), axis=1)
        for letter, groups in levels.items():
            above = [place.numbers[f"{letter}{group}"] for group in groups]
            add.at(cells, above, cells[rows])
        return cells.ravel()

    return National(
        Table({"place": place, "kind": kind}),
        with_totals(value, np.add),
        with_totals(firms.ravel().astype(float), np.add),
        with_totals(largest, np.maximum),
    )


def by_workbench(drawn: Drawn) -> NDArray[np.bool_]:
    """Hide cells with the workbench."""
    return protect(drawn.table, drawn.values, drawn.primary(RULE)).suppression.hidden


def by_tau_argus(drawn: Drawn) -> NDArray[np.bool_]:
    """Hide cells with the optimal method of τ-Argus, from the same contributors."""
    import pandas as pd
    import pytauargus

    dimensions = list(drawn.table.dimensions.values())
    leaves = [[name for name in each.names if name not in dict(each.sums)] for each in dimensions]
    owners = np.unravel_index(drawn.owners, tuple(map(len, leaves)))
    columns = [f"way{at}" for at in range(len(dimensions))]
    records = {
        column: [names[at] for at in owner]
        for column, names, owner in zip(columns, leaves, owners, strict=True)
    }
    records["size"] = drawn.sizes.tolist()
    # It writes files where it is.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        nested = {}
        for column, dimension in zip(columns, dimensions, strict=True):
            if len(dimension.sums) > 1:
                nested[column] = _hierarchy(dimension, Path(folder, f"{column}.hrc"))
        done = pytauargus.protect(
            pd.DataFrame(records),
            columns,
            response="size",
            safety_rules="NK(1,85)|FREQ(3,10)",
            suppress="OPT(1)",
            hrc=nested or None,
            hierleadstring="@",
            decimals=1,
            workdir=folder,
        )
        told = done.tables[0].dataframe()
    hidden = np.zeros(drawn.table.shape, bool)
    for row in told.itertuples(index=False):
        if row.status not in ("S", "E", "V", "P"):
            place = [
                each.numbers.get(str(getattr(row, column)).strip(), each.numbers[each.top])
                for each, column in zip(dimensions, columns, strict=True)
            ]
            hidden[tuple(place)] = True
    return hidden.ravel()


def _hierarchy(dimension: Dimension, path: Path) -> str:
    """Write a tree as τ-Argus reads it: a position a line, as many signs as it is deep."""
    parts, lines = dict(dimension.sums), list[str]()

    def write(name: str, depth: int) -> None:
        for part in parts.get(name, ()):
            lines.append("@" * depth + part)
            write(part, depth + 1)

    write(dimension.top, 0)
    path.write_text("\n".join(lines) + "\n", "ascii")
    return str(path)


PEERS: dict[str, Callable[[Drawn], NDArray[np.bool_]]] = {"workbench": by_workbench}
if find_spec("pytauargus"):
    PEERS["τ-Argus"] = by_tau_argus


def compare(seeds: int) -> list[tuple[str, str, str, str, str]]:
    """Protect the same tables with each: hidden for others, then found under protection."""
    flat = Dimension.of(dict.fromkeys("vwxyz", "every"))
    kinds = {
        "two-way": (Dimension.of(dict.fromkeys((f"c{at}" for at in range(12)), "call")), flat),
        "nested": (places(10, 3, linked=False), flat),
    }
    rows = []
    for kind, dimensions in kinds.items():
        for name, peer in PEERS.items():
            hidden = found = cells = 0
            spent = 0.0
            for seed in range(seeds):
                drawn = draw(seed, *dimensions)
                sensitive = drawn.primary(RULE)
                hides, took = timed(partial(peer, drawn))
                gone = hides | sensitive.sensitive
                spent += took.cpu
                hidden += int((gone & ~sensitive.sensitive).sum())
                attacked = found_by_attack(drawn, gone, sensitive, insiders=4)
                found += len({cell for cell, *_ in attacked})
                cells += int(sensitive.sensitive.sum())
            rows.append((f"{kind}: {name}", str(cells), str(hidden), str(found), f"{spent:.2f} s"))
    return rows


def run(communes: int, kinds: int, seeds: int) -> tuple[list[tuple[str, ...]], list[Bar]]:
    """Protect a national table, then compare."""
    table = national(0, communes, kinds)
    sensitive = table.primary
    done, took = timed(partial(protect, table.table, table.values, sensitive))
    rows = [
        (
            f"national, {len(table.values)} cells",
            str(int(sensitive.sensitive.sum())),
            str(int(done.suppression.secondary.sum())),
            str(int(done.under.sum())),
            f"{took.cpu:.1f} s",
        ),
        *compare(seeds),
    ]
    bars = [
        Bar("national table, wall seconds", took.wall, "≤", _MINUTES),
        Bar("national table, cells under protection", float(done.under.sum()), "≤", 0.0),
    ]
    return rows, bars


def main() -> None:
    """Print what each hides, and what is required."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communes", type=int, default=35_000)
    parser.add_argument("--kinds", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=_SEEDS)
    given = parser.parse_args()
    rows, bars = run(given.communes, given.kinds, given.seeds)
    print_table(("table", "sensitive", "hidden for others", "found", "CPU"), rows)
    if "τ-Argus" not in PEERS:
        print("pytauargus is not installed: no comparison.")
    print_bars(bars)


if __name__ == "__main__":
    main()
