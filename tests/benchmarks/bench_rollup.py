"""Time roll-ups beside xarray, flox and pandas, and beside one read of the same numbers.

Run it at the size of France, with the peers of ``peers.txt`` installed::

    python -m tests.benchmarks.bench_rollup

Figures are compared first: where two differ, it stops. A peer that is not installed is left out
and said. No time is ever asserted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import pandas as pd
import xarray as xr

from workbench.compute.means import weighted_mean
from workbench.compute.rollup import Grouping, roll_up

from .bars import Bar, print_bars, print_table
from .bench_zonal import Time, timed

_AGREE = 1e-12  # relative: contenders add in different orders
_READS = 2.0
_XARRAY = 25.0


@dataclass(frozen=True)
class Job:
    """Hold what is rolled up: ratios and weights of the parts, and the group of each."""

    ratios: xr.DataArray
    people: xr.DataArray
    membership: np.ndarray
    codes: list[str]

    @classmethod
    def of(cls, parts: int, variables: int, periods: int, groups: int, *, sorted_: bool) -> Job:
        """Draw figures; parts lie in the order of their groups, as official codes do, or not."""
        random = np.random.default_rng(1)
        dims = ("territory", "period", "variable")
        membership = np.arange(parts) * groups // parts
        if not sorted_:
            membership = random.permutation(membership)
        return cls(
            xr.DataArray(random.random((parts, periods, variables)), dims=dims, name="ratios"),
            xr.DataArray(random.integers(1, 5000, parts).astype(float), dims="territory"),
            membership,
            [f"{i:04d}" for i in range(groups)],
        )


def by_workbench(job: Job) -> np.ndarray:
    """Average with the workbench; the grouping is made anew."""
    grouping = Grouping.of(job.membership, len(job.codes))
    return weighted_mean(job.ratios, job.people, grouping, job.codes).values.values


def by_xarray(job: Job, *, flox: bool) -> np.ndarray:
    """Average with xarray's groupby, alone or through flox."""
    label = xr.DataArray(job.membership, dims="territory", name="group")
    with xr.set_options(use_flox=flox):
        above = (job.ratios * job.people).groupby(label).sum()
        mean = above / job.people.groupby(label).sum()
    return mean.transpose("group", *job.ratios.dims[1:]).values


def by_pandas(job: Job) -> np.ndarray:
    """Average with a groupby of pandas."""
    people = job.people.values
    table = pd.DataFrame(job.ratios.values.reshape(len(people), -1) * people[:, None])
    sums = table.groupby(job.membership).sum().to_numpy()
    mean = sums / np.bincount(job.membership, people)[:, None]
    return mean.reshape(-1, *job.ratios.shape[1:])


def run(
    *, parts: int, variables: int, periods: int, groups: int, repeat: int = 5
) -> tuple[list[tuple[str, ...]], list[Bar]]:
    """Measure all contenders on the same figures.

    Parameters
    ----------
    parts, variables, periods, groups : int
        Size of the table and number of territories it is rolled up to.
    repeat : int
        The best of that many runs is kept.

    Returns
    -------
    tuple of rows and bars
        Times by contender, and what is required of them.

    Examples
    --------
    >>> rows, bars = run(parts=60, variables=3, periods=2, groups=4, repeat=1)
    >>> rows[0][0], bars[0].sign
    ('one read of the ratios', '≤')
    """
    job = Job.of(parts, variables, periods, groups, sorted_=True)
    mixed = Job.of(parts, variables, periods, groups, sorted_=False)
    contenders: dict[str, Callable[[Job], np.ndarray]] = {"pandas": by_pandas}
    contenders["xarray"] = lambda job: by_xarray(job, flox=False)
    if find_spec("flox"):
        contenders["xarray with flox"] = lambda job: by_xarray(job, flox=True)
    spent: dict[str, Time] = {}
    _, spent["one read of the ratios"] = timed(job.ratios.values.sum, repeat)
    ours, spent["workbench"] = timed(lambda: by_workbench(job), repeat)
    for name, contender in contenders.items():
        theirs, spent[name] = timed(lambda run=contender: run(job), 1)
        np.testing.assert_allclose(theirs, ours, rtol=_AGREE)
    ours, spent["workbench, parts in any order"] = timed(lambda: by_workbench(mixed), repeat)
    np.testing.assert_allclose(by_pandas(mixed), ours, rtol=_AGREE)
    spent |= _sums(job, repeat)
    rows = [(name, f"{1e3 * t.cpu:.1f}", f"{1e3 * t.wall:.1f}") for name, t in spent.items()]
    if not find_spec("flox"):
        rows.append(("flox: not installed, left out", "", ""))
    mean, read = spent["workbench"].cpu, spent["one read of the ratios"].cpu
    bars = [
        Bar("weighted mean ÷ one read, CPU", mean / max(read, 1e-9), "≤", _READS),
        Bar("xarray ÷ weighted mean, CPU", spent["xarray"].cpu / max(mean, 1e-9), "≥", _XARRAY, 1),
    ]
    return rows, bars


def _sums(job: Job, repeat: int) -> dict[str, Time]:
    """Time the sums of counts with their status, beside pandas."""
    counts = (job.ratios * 1000).round()
    status = xr.zeros_like(counts, dtype=np.int8)
    table = pd.DataFrame(counts.values.reshape(len(counts), -1))
    grouping = Grouping.of(job.membership, len(job.codes))
    ours, own = timed(lambda: roll_up(counts, grouping, job.codes, status=status), repeat)
    theirs, peer = timed(lambda: table.groupby(job.membership).sum().to_numpy(), repeat)
    np.testing.assert_array_equal(ours.values.values.reshape(theirs.shape), theirs)
    return {"sums of counts: workbench": own, "sums of counts: pandas": peer}


def main() -> None:
    """Read the size from the command line; print times and bars."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sizes = (("parts", 34738), ("variables", 20), ("periods", 30), ("groups", 96), ("repeat", 5))
    for name, default in sizes:
        parser.add_argument(f"--{name}", type=int, default=default)
    rows, bars = run(**vars(parser.parse_args()))
    print_table(("", "CPU, ms", "wall, ms"), rows)
    print()
    print_bars(bars)


if __name__ == "__main__":
    main()
