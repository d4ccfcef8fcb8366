"""Read a corpus of French defects, and a large file, with this package and with today's tools.

``python -m tests.benchmarks.bench_dialect --size 2000`` prints what each tool makes of each defect,
how long detection takes, and how long a file in the shape of the land sales (DVF), of so many
megabytes, takes to become typed Parquet here and with DuckDB. Tools that are not installed
are said; ``pip install duckdb polars frictionless`` brings them.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from tests.benchmarks.land_sales import HEADING, write_land_sales
from tests.loaders.corpus.case import Case
from tests.loaders.corpus.cases import CASES
from workbench.loaders.dates import Moment, read_date
from workbench.loaders.detection import detect
from workbench.loaders.errors import LoadingError
from workbench.loaders.lazily import write_parquet
from workbench.loaders.markers import Markers
from workbench.loaders.tabular import read

Values = Mapping[str, Sequence[object]]
RIGHT, REFUSED, WRONG = "right", "refused", "WRONG"
_DETECTION_BAR, _DUCKDB_BAR = 0.3, 1.5


def _here(path: Path) -> Values:
    table = read(path)
    return {name: table.column(name) for name in table.data.column_names}


def _pandas(path: Path) -> Values:
    import pandas as pd

    return pd.read_csv(path).to_dict("list")


def _polars(path: Path) -> Values:
    import polars as pl

    return pl.read_csv(path).to_dict(as_series=False)


def _duckdb(path: Path) -> Values:
    import duckdb

    found = duckdb.connect().execute(f"SELECT * FROM read_csv('{path}')")
    names = [each[0] for each in found.description]
    rows = found.fetchall()
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def _frictionless(path: Path) -> Values:
    from frictionless import Resource

    rows = [
        row.to_dict() for row in Resource(path=path.name, basepath=str(path.parent)).read_rows()
    ]
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else {})}


READERS: Mapping[str, Callable[[Path], Values]] = {
    "workbench": _here,
    "pandas": _pandas,
    "polars": _polars,
    "duckdb": _duckdb,
    "frictionless": _frictionless,
}


def installed() -> list[str]:
    """Name the tools that are there."""
    return [name for name in READERS if importlib.util.find_spec(name)]


def plain(value: object) -> object:
    """Write a value so that two tools that say the same thing say it alike."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
        return value.isoformat() if value.time() != value.min.time() else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or type(value).__name__ in ("int", "float", "Decimal", "int64"):
        return float(value)  # type: ignore[arg-type]
    return str(value)


def judge(case: Case, reader: Callable[[Path], Values], path: Path) -> str:
    """Say whether a tool reads a case right, refuses it, or returns something else in silence.

    Only values are compared: other tools have no statuses and set no row aside. A tool that raises
    where rows cannot be read is right, and so is a date left as text; a number left as text is not.
    """
    try:
        found = reader(path)
    except Exception as error:
        if reader is _here and not isinstance(error, LoadingError):
            raise
        return RIGHT if case.columns is None or case.aside else REFUSED
    if case.columns is None:
        return WRONG
    same = (
        name in found and len(found[name]) == len(values) and all(map(_same, found[name], values))
        for name, values in case.columns.items()
    )
    return RIGHT if all(same) else WRONG


def _same(found: object, expected: object) -> bool:
    if isinstance(expected, date) and isinstance(found, str):
        # A date left as it is written is not lost.
        read = [read_date(found, order, Markers()) for order in ("dmy", "mdy")]
        return any(isinstance(each, Moment) and expected in (each.day, each.time) for each in read)
    return plain(found) == plain(expected)


def compare(
    tools: Sequence[str], *, cases: Sequence[Case] = CASES, listed: bool
) -> dict[str, Counter[str]]:
    """Read each case with each tool; print the table, and return the counts."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in tools}
    if listed:
        print(f"{'group':10}{'case':20}{'defect':58}" + "".join(f"{name:13}" for name in tools))
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            path = Path(folder, f"{case.group}_{case.name}.csv".replace(" ", "_"))
            path.write_bytes(case.content)
            said = [judge(case, READERS[name], path) for name in tools]
            for name, word in zip(tools, said, strict=True):
                counts[name][word] += 1
            if listed:
                print(
                    f"{case.group:10}{case.name:20}{case.defect[:56]:58}"
                    + "".join(f"{word:13}" for word in said)
                )
            path.unlink()
    print(f"\n{len(cases)} cases     {RIGHT:>10}{REFUSED:>10}{WRONG:>10}")
    for name, count in counts.items():
        print(f"{name:14}{count[RIGHT]:>10}{count[REFUSED]:>10}{count[WRONG]:>10}")
    return counts


def time_detection(folder: Path, *, cases: Sequence[Case] = CASES) -> list[float]:
    """Detect how each case is written; return the seconds of CPU, sorted."""
    took = []
    for case in cases:
        path = folder / "case.csv"
        path.write_bytes(case.content)
        start = time.process_time()
        try:
            detect(path)
        except LoadingError:
            continue
        finally:
            took.append(time.process_time() - start)
    return sorted(took)


def _duckdb_writes(path: Path, target: Path, types: Mapping[str, str]) -> None:
    import duckdb

    columns = ", ".join(
        "'{}': '{}'".format(name.replace("'", "''"), kind) for name, kind in types.items()
    )
    duckdb.connect().execute(
        f"COPY (SELECT * FROM read_csv('{path}', delim='|', header=true, columns={{{columns}}}, "
        f"decimal_separator=',', dateformat='%d/%m/%Y', quote='\"')) TO '{target}' "
        "(FORMAT parquet, COMPRESSION zstd)"
    )


def duckdb_types(path: Path) -> dict[str, str]:
    """Tell DuckDB the types that are detected here, which it cannot guess."""
    kinds = {"integer": "BIGINT", "number": "DOUBLE", "date": "DATE"}
    found = {
        column.heading: kinds.get(column.role.value, "VARCHAR") for column in detect(path).columns
    }
    return {name: found[name] for name in HEADING.split("|")}


def _timed(job: Callable[[], object]) -> tuple[float, float]:
    before, start = os.times(), time.perf_counter()
    job()
    wall, after = time.perf_counter() - start, os.times()
    return wall, after.user + after.system - before.user - before.system


def time_large(
    folder: Path, megabytes: float, turns: int, *, beside: bool
) -> dict[str, list[tuple[float, float]]]:
    """Turn a large file into Parquet, in turns; return seconds of wall clock and of CPU."""
    path = folder / "land_sales.txt"
    rows = write_land_sales(path, int(megabytes * 1e6))
    print(f"\n{path.stat().st_size / 1e6:,.0f} MB in the shape of the land sales, {rows:,} rows")
    jobs: dict[str, Callable[[], object]] = {
        "workbench": lambda: write_parquet(path, folder / "workbench.parquet")
    }
    if beside:
        types = duckdb_types(path)
        jobs["duckdb"] = lambda: _duckdb_writes(path, folder / "duckdb.parquet", types)
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    for _ in range(turns):
        for name, job in jobs.items():
            took[name].append(_timed(job))
    for name, times in took.items():
        size = (folder / f"{name}.parquet").stat().st_size / 1e6
        wall, cpu = (min(column) for column in zip(*times, strict=True))
        print(f"{name:14}{wall:>8.1f} s wall{cpu:>8.1f} s CPU{size:>8.0f} MB of Parquet")
    return took


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--size", type=float, default=200, help="megabytes of the large file")
    parser.add_argument("--turns", type=int, default=3, help="times each tool reads it")
    parser.add_argument("--folder", type=Path, help="where to write (a temporary folder)")
    parser.add_argument("--short", action="store_true", help="count the cases without listing them")
    given = parser.parse_args(arguments)
    tools = installed()
    if missing := [name for name in READERS if name not in tools]:
        print(f"Not installed, not measured: {', '.join(missing)}\n")
    counts = compare(tools, listed=not given.short)
    missed = [] if counts["workbench"][RIGHT] == len(CASES) else ["corpus"]
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        took = time_detection(folder)
        print(
            f"\ndetection: median {took[len(took) // 2]:.3f} s, longest {took[-1]:.3f} s of CPU "
            f"(bar {_DETECTION_BAR} s)"
        )
        missed += ["detection"] if took[-1] > _DETECTION_BAR else []
        large = time_large(folder, given.size, given.turns, beside="duckdb" in tools)
    if "duckdb" in large:
        ratios = [
            min(times[at] for times in large["workbench"])
            / min(times[at] for times in large["duckdb"])
            for at in (0, 1)
        ]
        print(
            f"workbench / duckdb: {ratios[0]:.2f} of wall clock, {ratios[1]:.2f} of CPU "
            f"(bar {_DUCKDB_BAR})"
        )
        missed += ["large file"] if min(ratios) > _DUCKDB_BAR else []
    print(f"\nMissed: {', '.join(missed)}" if missed else "\nEvery bar is met")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
