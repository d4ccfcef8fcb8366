"""Time the roll-up of many variables next to a pandas groupby that gives the same figures.

Run it at the size of France::

    python tests/benchmarks/bench_rollup.py --parts 35000 --variables 45 --periods 8 --groups 101

The figures of both must be equal, else it stops. No time is ever asserted.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import xarray as xr

from workbench.compute.rollup import Grouping, roll_up


def run(
    *, parts: int, variables: int, periods: int, groups: int, repeat: int = 3
) -> dict[str, float]:
    """Measure both on the same counts.

    Parameters
    ----------
    parts, variables, periods, groups : int
        Size of the table and number of territories it is rolled up to.
    repeat : int
        The best of that many runs is kept.

    Returns
    -------
    dict of str to float
        Seconds, by contender.

    Examples
    --------
    >>> sorted(run(parts=60, variables=3, periods=2, groups=4, repeat=1))
    ['pandas', 'workbench']
    """
    random = np.random.default_rng(1)
    counts = random.integers(0, 1000, (parts, variables, periods)).astype(np.float64)
    membership = random.integers(0, groups, parts)
    membership[:groups] = np.arange(groups)
    codes = [f"{i:04d}" for i in range(groups)]
    cube = xr.DataArray(counts, dims=("territory", "variable", "period"))
    status = xr.zeros_like(cube, dtype=np.int8)
    table = pd.DataFrame(counts.reshape(parts, -1))

    def by_workbench() -> np.ndarray:
        grouping = Grouping.of(membership, groups)
        return roll_up(cube, grouping, codes, status=status).values.values

    def by_pandas() -> np.ndarray:
        return table.groupby(membership).sum().to_numpy().reshape(groups, variables, periods)

    np.testing.assert_array_equal(by_workbench(), by_pandas())
    return {"workbench": _best(by_workbench, repeat), "pandas": _best(by_pandas, repeat)}


def _best(function: Callable[[], np.ndarray], repeat: int) -> float:
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Read the size from the command line and print the times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("parts", 35000), ("variables", 45), ("periods", 8), ("groups", 101)):
        parser.add_argument(f"--{name}", type=int, default=default)
    size = vars(parser.parse_args())
    for contender, seconds in run(**size).items():
        print(f"{contender:<10} {1000 * seconds:8.1f} ms")


if __name__ == "__main__":
    main()
