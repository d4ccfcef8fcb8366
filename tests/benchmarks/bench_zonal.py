"""Measure zonal statistics beside exactextract, extractrs and SciPy, on the communes of France.

Run it at full size, with the peers of ``peers.txt`` installed::

    python -m tests.benchmarks.bench_zonal

Every result is compared first: where two differ, it stops. A peer that is not installed is left
out and said. Peers that take minutes are measured on fewer steps, and their time per step is used.
SciPy's sparse product is what geohalo, which needs a later Python, makes of a cube. What no program
can avoid is measured too: reading the cube once and writing the result once.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

import numpy as np
import shapely
import xarray as xr

from workbench.compute.compiling import prepare
from workbench.compute.coverage import coverage
from workbench.compute.grids import Grid
from workbench.compute.outlines import Outlines
from workbench.compute.weights import Weights
from workbench.compute.zonal import zonal
from workbench.packs.pack import open_pack

from .bars import Bar, print_bars, print_table
from .timing import Time, timed

FRANCE = (-5.3, 41.2, 9.7, 51.2)
LEVELS = ("epci", "departement", "region")
_AGREED = 1e-12  # of a cell, with shapely
_ABSENT = -9999.0  # what extractrs is told to leave out: no value is it
_FINE = 0.02  # degrees: with finer cells, extractrs was stopped when it had filled 22 GB
_PEERS = {"exactextract", "extractrs", "scipy"}
_PRODUCT_STEPS = 100  # its copies in double precision would not fit for more
_PEERS_AGREE = 1e-6  # peers keep coverage in single precision


@dataclass(frozen=True)
class Job:
    """Hold what is measured on: territories in several forms, and one grid."""

    outlines: Outlines
    shapes: Sequence[Any]
    grid: Grid
    step: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the grid."""
        return self.grid.extent


def grid_of(step: float) -> Grid:
    """Make the grid of mainland France, north first."""
    west, south, east, north = FRANCE
    lat = np.arange(round((north - south) / step)) * -step + north - step / 2
    lon = np.arange(round((east - west) / step)) * step + west + step / 2
    shape = (len(lat), len(lon))
    return Grid.of(xr.DataArray(np.zeros(shape), coords=[("lat", lat), ("lon", lon)]))


def territories(every: int) -> tuple[Outlines, list[Any], Mapping[str, np.ndarray]]:
    """Read the communes of mainland France: outlines, shapes, and members of coarser levels."""
    pack = open_pack("france")
    boundaries = pack.boundaries("commune", detail="fine")
    codes = [code for code in boundaries.index if not code.startswith("97")][::every]
    outlines = Outlines.of(boundaries, codes=codes)
    shapes = []
    for code in codes:
        rings = sorted(map(shapely.Polygon, boundaries.of(code)), key=lambda r: -r.area)
        shape = rings[0]
        for ring in rings[1:]:
            shape = shape.symmetric_difference(ring)
        shapes.append(shape)
    members = {}
    for level in LEVELS:
        parents = [pack.territory(code).parents.get(level, "") for code in codes]
        members[level] = np.unique(parents, return_inverse=True)[1]
    return outlines, shapes, members


def disagreement(job: Job) -> tuple[float, int, int]:
    """Compare with shapely every cell that a border crosses.

    Returns
    -------
    float
        Largest difference, in cells.
    int
        Number of cells compared.
    int
        Number of cells that only one of both says are covered.
    """
    found = coverage(job.outlines, job.grid)
    across = job.grid.shape[1]
    worst, compared, wrong = 0.0, 0, 0
    x, y = job.grid.x, job.grid.y[::-1]
    for place, shape in enumerate(job.shapes):
        if not shape.is_valid:  # rings that cross, of which shapely can say nothing
            continue
        at = slice(found.starts[place], found.starts[place + 1])
        west, south, east, north = shape.bounds
        j0, j1 = np.searchsorted(x, west, "right") - 1, np.searchsorted(x, east)
        i0, i1 = np.searchsorted(y, south, "right") - 1, np.searchsorted(y, north)
        window = np.zeros((i1 - i0, j1 - j0))
        row, col = np.divmod(found.cells[at], across)
        window[len(y) - 2 - row - i0, col - j0] = found.fraction[at]
        # Both measure from the same corner: what is compared is the method, not the rounding of
        # coordinates far from zero.
        left, low = np.meshgrid(x[j0:j1] - x[j0], y[i0:i1] - y[i0])
        right, high = np.meshgrid(x[j0 + 1 : j1 + 1] - x[j0], y[i0 + 1 : i1 + 1] - y[i0])
        near = shapely.transform(shape, lambda p, o=(x[j0], y[i0]): p - o)
        cells = shapely.box(left, low, right, high)
        shapely.prepare(near)
        full = shapely.contains_properly(near, cells)
        out = shapely.disjoint(near, cells)
        border = ~(full | out)
        part = full.astype(float)
        part[border] = shapely.area(shapely.intersection(near, cells[border])) / shapely.area(
            cells[border]
        )
        worst = max(worst, float(np.abs(part - window).max()))
        compared += int(border.sum())
        wrong += int(((part > _AGREED) != (window > _AGREED)).sum())
    return worst, compared, wrong


class ExactExtract:
    """Run exactextract."""

    def __init__(self, job: Job) -> None:
        import geopandas

        self.job = job
        self.frame = geopandas.GeoDataFrame(geometry=list(job.shapes), crs=4326)

    def __call__(self, values: Sequence[np.ndarray], what: Sequence[str]) -> Any:
        """Compute statistics of several layers."""
        from exactextract import exact_extract
        from exactextract.raster import NumPyRasterSource

        west, south, east, north = self.job.box
        place = {"xmin": west, "ymin": south, "xmax": east, "ymax": north}
        wkt = self.frame.crs.to_wkt()
        layers = [
            NumPyRasterSource(v, **place, name=f"v{i}", srs_wkt=wkt) for i, v in enumerate(values)
        ]
        return exact_extract(layers, self.frame, list(what), output="pandas")


class Extractrs:
    """Run extractrs."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.wkb = shapely.to_wkb(np.array(job.shapes, dtype=object)).tolist()
        self.ids = list(range(len(self.wkb)))

    def cache(self) -> Any:
        """Make its weights."""
        import extractrs

        west, south, east, north = self.job.box
        return extractrs.build_cache(
            self.wkb, self.ids, west, south, east, north, self.job.step, self.job.step, "exact"
        )

    def apply(self, cache: Any, values: np.ndarray) -> Any:
        """Compute means."""
        import extractrs

        return extractrs.apply_stat_batch(cache, values, _ABSENT, "mean")


class Product:
    """Run SciPy's product of the weights by the cells, and by those that have a value."""

    def __init__(self, weights: Weights) -> None:
        from scipy.sparse import csr_array

        shape = (len(weights.codes), weights.grid.shape[0] * weights.grid.shape[1])
        self.matrix = csr_array((weights.weight, weights.cells, weights.starts), shape)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Compute means (territory, step)."""
        flat = values.reshape(len(values), -1)
        there = ~np.isnan(flat)
        return (self.matrix @ np.where(there, flat, 0.0).T) / (self.matrix @ there.astype(float).T)


def run(
    *, steps: Sequence[float], times: int, every: int, repeat: int, peer_times: int
) -> tuple[list[tuple[str, ...]], list[Bar]]:
    """Measure every job.

    Parameters
    ----------
    steps : sequence of float
        Sizes of cells, degrees; the middle one is that of the statistics.
    times : int
        Steps of the cube.
    every : int
        One commune in that many is taken.
    repeat : int
        Best of that many runs.
    peer_times : int
        Steps that exactextract is measured on.

    Returns
    -------
    tuple of rows and bars
        Times by job, and what is required of them.
    """
    prepare()
    outlines, shapes, members = territories(every)
    rows: list[tuple[str, ...]] = []
    bars: list[Bar] = []
    crossing = sum(not shape.is_valid for shape in shapes)
    rows.append((f"{len(shapes)} communes, {crossing} not compared: their rings cross", "", ""))
    peers = {name for name in _PEERS if find_spec(name)}
    for name in sorted(_PEERS - peers):
        rows.append((f"{name}: not installed, left out", "", ""))

    def add(said: str, spent: Time) -> None:
        rows.append((said, f"{1000 * spent.cpu:.1f}", f"{1000 * spent.wall:.1f}"))

    for step in steps:
        job = Job(outlines, shapes, grid_of(step), step)
        worst, compared, wrong = disagreement(job)
        if worst > _AGREED or wrong:
            raise SystemExit(f"{step}°: {worst:g} of a cell from shapely, {wrong} wrong cells")
        bars.append(
            Bar(f"difference from shapely, {step}°, {compared:,} cells", worst, "≤", 1e-12, 16)
        )
        # Outlines remember what was computed of them: others, with the same coordinates.
        _, ours = timed(lambda job=job: coverage(replace(job.outlines), job.grid), repeat)
        add(f"weights {step}°: workbench", ours)
        bars.append(Bar(f"weights {step}°, CPU ms", 1000 * ours.cpu, "≤", 60, 1))
        if "exactextract" in peers:
            one, peer = [np.zeros(job.grid.shape)], ExactExtract(job)
            _, theirs = timed(lambda p=peer, v=one: p(v, ["cell_id", "coverage"]), 1)
            add(f"weights {step}°: exactextract", theirs)
            bars.append(
                Bar(f"weights {step}°, exactextract ÷ ours", theirs.cpu / ours.cpu, "≥", 75, 1)
            )
        if "extractrs" in peers and step < _FINE:
            rows.append((f"weights {step}°: extractrs left out, cells under {_FINE}°", "", ""))
        elif "extractrs" in peers:
            _, theirs = timed(Extractrs(job).cache, 1)
            add(f"weights {step}°: extractrs", theirs)
            bars.append(Bar(f"weights {step}°, extractrs ÷ ours", theirs.cpu / ours.cpu, "≥", 5, 1))
    step = sorted(steps)[len(steps) // 2]
    job = Job(outlines, shapes, grid_of(step), step)
    _statistics(job, members, times, repeat, peer_times, peers, add, bars)
    return rows, bars


def _statistics(
    job: Job,
    members: Mapping[str, np.ndarray],
    times: int,
    repeat: int,
    peer_times: int,
    peers: set[str],
    add: Callable[[str, Time], None],
    bars: list[Bar],
) -> None:
    values = np.random.default_rng(0).random((times, *job.grid.shape), dtype=np.float32)
    cube = xr.DataArray(values, dims=("time", *job.grid.dims))
    weights = Weights.of(job.outlines, job.grid)
    # Peers weigh cells by coverage alone.
    plain = Weights.of(job.outlines, job.grid, by=_per_area(job.grid))
    levels = {"commune": weights}
    for level, member in members.items():
        levels[level] = weights.merged(member, list(map(str, range(member.max() + 1))))
    _, mean = timed(lambda: zonal(cube, weights), repeat)
    _, four = timed(lambda: zonal(cube, levels), repeat)
    add(f"mean of {times} steps: workbench", mean)
    add(f"mean of {times} steps, four levels: workbench", four)
    add("reading that cube once: NumPy's sum", timed(values.sum, repeat)[1])
    shape = (len(weights.codes), times)
    add("writing that result once: NumPy's ones", timed(lambda: np.ones(shape), repeat)[1])
    bars.append(Bar(f"mean of {times} steps, CPU s", mean.cpu, "≤", 0.2))
    bars.append(Bar("four levels ÷ one, CPU", four.cpu / mean.cpu, "≤", 1.15))
    few = cube[:peer_times]
    found = zonal(few, plain).values.values
    ranked, median = timed(lambda: zonal(few, plain, "quantile", definition="linear"), repeat)
    add(f"median of {len(few)} steps: workbench", median)
    if "exactextract" in peers:
        peer = ExactExtract(job)
        theirs, spent = timed(lambda: peer(list(few.values), ["mean"]), 1)
        np.testing.assert_allclose(_columns(theirs), found, rtol=_PEERS_AGREE)
        add(f"mean of {len(few)} steps: exactextract", spent)
        ratio = spent.cpu / len(few) / (mean.cpu / times)
        bars.append(Bar("mean, exactextract ÷ ours, a step", ratio, "≥", 500, 0))
        theirs, spent = timed(lambda: peer(list(few.values), ["median"]), 1)
        np.testing.assert_allclose(_columns(theirs), ranked.values.values, rtol=1e-5)
        add(f"median of {len(few)} steps: exactextract", spent)
        bars.append(Bar("median, exactextract ÷ ours", spent.cpu / median.cpu, "≥", 40, 0))
    if "scipy" in peers:
        product, some = Product(weights), values[: min(times, _PRODUCT_STEPS)]
        theirs, spent = timed(lambda: product(some), 1)
        expected = zonal(cube[: len(some)], weights).values.values
        np.testing.assert_allclose(theirs, expected, rtol=1e-12)
        add(f"mean of {len(some)} steps: SciPy's product", spent)
        ratio = spent.cpu / len(some) / (mean.cpu / times)
        bars.append(Bar("mean, SciPy's product ÷ ours, a step", ratio, "≥", 10, 1))
    if "extractrs" in peers:
        rust = Extractrs(job)
        cache = rust.cache()
        doubles = few.values.astype(np.float64)
        theirs, spent = timed(lambda: rust.apply(cache, doubles), 1)
        np.testing.assert_allclose(np.asarray(theirs).T, found, rtol=_PEERS_AGREE)
        add(f"mean of {len(few)} steps: extractrs", spent)


def _per_area(grid: Grid) -> xr.DataArray:
    x, y = ((sides[1:] + sides[:-1]) / 2 for sides in (grid.x, grid.y))
    return xr.DataArray(1 / grid.area.reshape(grid.shape), coords=[("lat", y), ("lon", x)])


def _columns(frame: Any) -> np.ndarray:
    return frame.to_numpy(dtype=np.float64)


def main() -> None:
    """Read the size from the command line; print times and bars."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=float, nargs="+", default=[0.1, 0.025, 0.01])
    for name, default in (("times", 1000), ("every", 1), ("repeat", 5), ("peer-times", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    rows, bars = run(**vars(parser.parse_args()))
    print_table(("", "CPU, ms", "wall, ms"), rows)
    print()
    print_bars(bars)


if __name__ == "__main__":
    main()
