"""Convert a cube to another map, beside a plain pandas implementation of the same.

Run it: ``python tests/benchmarks/bench_convert.py --territories 35000 --variables 30 --periods 20``

pandas merges the figures with a table of moves that is ready, multiplies by the share and
groups by the new code: on a table of one row a territory (wide), and on one of one row a
territory and period (tidy). It keeps no status, no report, and drops codes that it does not
know; the workbench is also timed with the search of the moves in the events (first time). The
figures of all must be equal, else it stops. No time is ever asserted.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from workbench.geography.converting import convert_cube
from workbench.geography.event import COLUMNS, Events
from workbench.geography.transition import Transition, transition

Figures = np.ndarray
Result = xr.Dataset | pd.DataFrame
SINCE, TO = 2012, 2026


@dataclass(frozen=True)
class Times:
    """Hold the seconds of one contender."""

    wall: float
    cpu: float


def run(
    *, territories: int, variables: int, periods: int, moved: int, repeat: int = 3
) -> dict[str, Times]:
    """Measure all on the same counts.

    Parameters
    ----------
    territories, variables, periods : int
        Size of the cube.
    moved : int
        Number of events: mergers of two, and one split for ten of them.
    repeat : int
        The best of that many runs is kept.

    Returns
    -------
    dict of str to Times
        By contender.

    Examples
    --------
    >>> sorted(run(territories=40, variables=2, periods=2, moved=10, repeat=1))
    ['pandas, tidy', 'pandas, wide', 'workbench', 'workbench, first time']
    """
    events, weights = country(territories, moved)
    moves = transition(events, SINCE, TO, weights=weights)
    codes = moves.sources.to_numpy(object)
    random = np.random.default_rng(1)
    counts = random.integers(0, 1000, (variables, len(codes), periods)).astype(np.float64)
    names = [f"v{i:02d}" for i in range(variables)]
    coords = {"territory": codes, "period": np.arange(periods)}
    dims, about = ("territory", "period"), {"kind": "count"}
    cube = xr.Dataset(
        {n: (dims, values, about) for n, values in zip(names, counts, strict=True)}
        | {f"{n}_status": (dims, np.zeros(counts.shape[1:], dtype=np.int8)) for n in names},
        coords=coords,
    )
    wide = pd.DataFrame(np.hstack(list(counts)), index=codes)
    tidy = pd.DataFrame({n: values.ravel() for n, values in zip(names, counts, strict=True)})
    tidy.insert(0, "code", np.repeat(codes, periods))
    tidy.insert(1, "period", np.tile(coords["period"], len(codes)))
    table = moves.table[["from", "to", "share"]]

    def by_workbench(known: Transition | None = moves) -> xr.Dataset:
        used = transition(events, SINCE, TO, weights=weights) if known is None else known
        return convert_cube(cube, used, (SINCE, TO))

    def by_wide_pandas() -> pd.DataFrame:
        merged = table.merge(wide, left_on="from", right_index=True)
        shared = merged[wide.columns].mul(merged["share"], axis=0)
        return shared.groupby(merged["to"]).sum()

    def by_tidy_pandas() -> pd.DataFrame:
        merged = table.merge(tidy, left_on="from", right_on="code")
        shared = merged[names].mul(merged["share"], axis=0)
        return shared.groupby([merged["to"], merged["period"]]).sum()

    def figures(made: Result) -> Figures:
        if isinstance(made, xr.Dataset):
            return np.stack([made[name].values for name in names])
        values = made.to_numpy()
        if isinstance(made.index, pd.MultiIndex):
            return values.reshape(-1, periods, variables).transpose(2, 0, 1)
        return values.reshape(-1, variables, periods).transpose(1, 0, 2)

    contenders: dict[str, Callable[[], Result]] = {
        "workbench": by_workbench,
        "workbench, first time": lambda: by_workbench(None),
        "pandas, wide": by_wide_pandas,
        "pandas, tidy": by_tidy_pandas,
    }
    expected = figures(by_workbench())
    for contender in contenders.values():
        np.testing.assert_allclose(figures(contender()), expected, rtol=1e-12)
    return {name: _best(contender, repeat) for name, contender in contenders.items()}


def country(territories: int, moved: int) -> tuple[Events, pd.Series]:
    """Invent a country, and the weights of its splits."""
    codes = [f"{i:05d}" for i in range(territories)]
    rows, gone, born = [], set(), []
    for place in range(moved):
        day = f"{SINCE + place % 14}-{1 + place // 14 % 12:02d}-{2 + place // 168 % 27:02d}"
        one, other = codes[2 * place], codes[2 * place + 1]
        if place % 10:
            rows += [(day, "merger", code, "", "", "", one, "", "", "") for code in (one, other)]
            gone.add(other)
        else:
            born.append(f"N{place:04d}")
            rows += [(day, "split", one, "", "", "", code, "", "", "") for code in (one, born[-1])]
    latest = sorted([*(code for code in codes if code not in gone), *born])
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return Events(table, pd.Index(latest), TO), pd.Series(3.0, index=codes + born)


def _best(function: Callable[[], Result], repeat: int) -> Times:
    times = []
    for _ in range(repeat):
        wall, cpu = time.perf_counter(), time.process_time()
        function()
        times.append(Times(time.perf_counter() - wall, time.process_time() - cpu))
    return min(times, key=lambda each: each.wall)


def main() -> None:
    """Read the size from the command line and print the times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sizes = {"territories": 35000, "variables": 30, "periods": 20, "moved": 2000}
    for name, default in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    times = run(**vars(parser.parse_args()))
    own = times["workbench"].wall
    print(f"{'':<22} {'wall':>9} {'CPU':>9} {'ratio':>7}")
    for contender, spent in times.items():
        shown = f"{1000 * spent.wall:6.0f} ms {1000 * spent.cpu:6.0f} ms {spent.wall / own:7.1f}"
        print(f"{contender:<22} {shown}")


if __name__ == "__main__":
    main()
