"""Measure the aggregation of events beside duckdb and polars, and points beside GeoPandas.

Run it at full size, with the peers of ``peers.txt`` installed::

    python -m tests.benchmarks.bench_events

Each job runs in a process of its own, so that its memory is told; *decode* only reads the columns
that the others need, with pyarrow, and is the limit. Results are compared first: where two differ,
it stops. A peer that is not installed is left out and said.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from workbench.packs.pack import open_pack

from .bars import Bar, print_bars, print_table
from .timing import timed

COLUMNS = ["commune", "time", "value"]
THREADS = 2
YEAR = 2024
_GROUP = 2**20  # rows of a group, as `loaders.lazily.write_parquet` writes them
_NULLS = 0.02


@dataclass(frozen=True)
class Cost:
    """Hold the least CPU and wall clock of several runs, in seconds, and the peak of memory."""

    cpu: float
    wall: float
    megabytes: float


def write_events(path: Path, rows: int) -> None:
    """Write events of the communes of France: codes as a dictionary, lacking values as nulls."""
    codes = pa.array(list(open_pack("france").boundaries("commune", detail="fine").index))
    rng = np.random.default_rng(0)
    start, stop = (np.datetime64(f"{y}-01-01", "us").astype(int) for y in (YEAR, YEAR + 1))
    kinds = (pa.dictionary(pa.int32(), pa.string()), pa.timestamp("us"), pa.float64())
    schema = pa.schema(list(zip(COLUMNS, kinds, strict=True)))
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
        for first in range(0, rows, _GROUP):
            count = min(_GROUP, rows - first)
            at = pa.array(rng.integers(0, len(codes), count, dtype=np.int32))
            times = pa.array(rng.integers(start, stop, count)).cast(pa.timestamp("us"))
            # With NaN in place of nulls, duckdb's sums would be NaN.
            cents = pa.array(rng.integers(0, 10**7, count) / 100, mask=rng.random(count) < _NULLS)
            columns = [pa.DictionaryArray.from_arrays(at, codes), times, cents]
            writer.write_table(pa.table(columns, schema=schema))


def decode(path: Path) -> None:
    """Read the columns and keep nothing."""

    def read(group: int) -> int:
        with pq.ParquetFile(path, read_dictionary=["commune"], pre_buffer=False) as file:
            return file.read_row_group(group, COLUMNS, use_threads=False).num_rows

    with ThreadPoolExecutor(THREADS) as pool:
        sum(pool.map(read, range(pq.ParquetFile(path).num_row_groups)))


def workbench(path: Path) -> xr.Dataset:
    """Aggregate with the package."""
    from workbench.loaders.event_files import aggregate_files

    return aggregate_files(
        path, territory="commune", time="time", values="value", stats="sum", threads=THREADS
    )


def duckdb(path: Path) -> pa.Table:
    """Aggregate with duckdb."""
    import duckdb

    with duckdb.connect() as base:
        base.execute(f"SET threads={THREADS}")
        return base.execute(
            "SELECT commune AS territory, date_trunc('month', time) AS period, count(*) AS count,"
            "sum(value) AS value_sum FROM read_parquet(?) GROUP BY ALL",
            [str(path)],
        ).to_arrow_table()


def polars(path: Path) -> pa.Table:
    """Aggregate with the streaming engine of polars."""
    import polars as pl

    made = (
        pl.scan_parquet(path)
        .group_by(territory="commune", period=pl.col("time").dt.truncate("1mo"))
        .agg(pl.len().alias("count"), pl.col("value").sum().alias("value_sum"))
        .with_columns(pl.col("territory").cast(pl.String))
        .collect(engine="streaming")
    )
    return made.to_arrow()


def as_frame(result: xr.Dataset | pa.Table | pd.DataFrame) -> pd.DataFrame:
    """Put a result in the form that is compared: it is not measured."""
    if isinstance(result, pd.DataFrame):
        return result
    if isinstance(result, xr.Dataset):
        frame = result[["count", "value_sum"]].to_dataframe()[["count", "value_sum"]]
        return frame[frame["count"] > 0]
    table = result
    plain = table.set_column(0, "territory", table["territory"].cast(pa.string()))
    frame = plain.to_pandas()
    frame["period"] = frame["period"].dt.strftime("%Y-%m")
    return frame.set_index(["territory", "period"])


JOBS: dict[str, Callable[[Path], xr.Dataset | pa.Table | None]] = {
    "decode": decode,
    "workbench": workbench,
    "duckdb": duckdb,
    "polars": polars,
}


def places(path: Path) -> pd.DataFrame:
    """Find the commune of points with the package."""
    from workbench.compute.points import Places, join_points

    drawn = Places.of(open_pack("france").boundaries("commune", detail="fine"))
    found = join_points(pq.read_table(path), drawn)
    return pd.DataFrame({"territory": found["territory"].to_pandas().astype(str)})


def geopandas(path: Path) -> pd.DataFrame:
    """Find it with GeoPandas."""
    import geopandas
    import shapely

    from workbench.geography.shapes import shapes_of

    drawn = open_pack("france").boundaries("commune", detail="fine")
    shapes = shapes_of(drawn, np.arange(len(drawn.index)))
    frame = pq.read_table(path).to_pandas()
    points = geopandas.GeoDataFrame(
        geometry=shapely.points(frame["longitude"], frame["latitude"]), crs=4326
    )
    areas = geopandas.GeoDataFrame({"territory": list(drawn.index)}, geometry=shapes, crs=4326)
    found = points.sjoin(areas, how="left", predicate="within")["territory"]
    return found[~found.index.duplicated()].astype(str).to_frame()


POINTS = {"places": places, "geopandas": geopandas}


def write_points(path: Path, rows: int) -> None:
    """Write points of mainland France."""
    rng = np.random.default_rng(0)
    box = {"longitude": (-1.5, 7.5), "latitude": (43.5, 50.0)}
    pq.write_table(pa.table({name: rng.uniform(*ends, rows) for name, ends in box.items()}), path)


def run_one(name: str, path: Path, result: Path, repeat: int) -> Cost:
    """Run a job several times in this process."""
    job = {**JOBS, **POINTS}[name]
    found, took = timed(partial(job, path), repeat)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if found is not None:
        as_frame(found).to_pickle(result)
    return Cost(took.cpu, took.wall, peak)


def launch(name: str, path: Path, repeat: int) -> Cost:
    """Run a job in a process of its own."""
    words = ["--one", name, "--path", str(path), "--repeat", str(repeat)]
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_events", *words],
        check=True,
        capture_output=True,
        text=True,
    )
    return Cost(**json.loads(told.stdout.splitlines()[-1]))


def agree(folder: Path, one: str, other: str) -> None:
    """Stop unless two results are the same."""
    ours, theirs = (pd.read_pickle(folder / f"{name}.pickle") for name in (one, other))
    if "count" not in ours:
        differ = (ours["territory"].to_numpy(object) != theirs["territory"].to_numpy(object)).sum()
        # Borders that rounding made cross themselves are repaired by one and not by the other.
        if differ > max(1, len(ours) // 10_000):
            raise SystemExit(f"{one} and {other} differ on {differ:,} points of {len(ours):,}")
        return
    theirs = theirs.reindex(ours.index)
    if not (ours["count"].to_numpy(float) == theirs["count"].to_numpy(float)).all():
        raise SystemExit(f"{one} and {other} do not count the same rows")
    known = ours["value_sum"].notna().to_numpy()
    sums = (each["value_sum"].to_numpy(float)[known] for each in (ours, theirs))
    np.testing.assert_allclose(*sums, rtol=1e-9)


def run(rows: int, points: int, repeat: int) -> tuple[list[tuple[str, ...]], list[Bar]]:
    """Measure every job, and say what is required of it."""
    table: list[tuple[str, ...]] = []
    costs: dict[str, Cost] = {}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for jobs, write, size in ((JOBS, write_events, rows), (POINTS, write_points, points)):
            path = folder / f"{len(jobs)}.parquet"
            write(path, size)
            for name in jobs:
                if name in ("duckdb", "polars", "geopandas") and not find_spec(name):
                    table.append((f"{name}: not installed, left out", "", "", ""))
                    continue
                cost = costs[name] = launch(name, path, 1 if name == "geopandas" else repeat)
                numbers = (f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{cost.megabytes:.0f}")
                table.append((f"{size:,} rows: {name}", *numbers))
            ours = "workbench" if jobs is JOBS else "places"
            for name in jobs:
                if name in costs and name not in (ours, "decode"):
                    agree(folder, ours, name)
    return table, _bars(costs)


def _bars(costs: dict[str, Cost]) -> list[Bar]:
    ours = costs["workbench"]
    bars = [
        Bar("events ÷ decode, CPU", ours.cpu / costs["decode"].cpu, "≤", 1.5),
        Bar("events, peak of memory, MB", ours.megabytes, "≤", 500, 0),
    ]
    for name, least in (("duckdb", 2), ("polars", 3)):
        if name in costs:
            bars.append(Bar(f"{name} ÷ events, CPU", costs[name].cpu / ours.cpu, "≥", least))
    if "geopandas" in costs:
        ratio = costs["geopandas"].cpu / costs["places"].cpu
        bars.append(Bar("GeoPandas ÷ points, CPU", ratio, "≥", 1))
    return bars


def main() -> None:
    """Read the size from the command line; print times and bars."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("rows", 20_000_000), ("points", 10_000_000), ("repeat", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--one", choices=[*JOBS, *POINTS], help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        result = given.path.with_name(f"{given.one}.pickle")
        print(json.dumps(vars(run_one(given.one, given.path, result, given.repeat))))
        return
    rows, bars = run(given.rows, given.points, given.repeat)
    print_table(("", "CPU, s", "wall, s", "peak, MB"), rows)
    print()
    print_bars(bars)


if __name__ == "__main__":
    main()
