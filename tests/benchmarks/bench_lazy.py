"""Measure the peak of memory when a large CSV, and a Parquet of the same rows, are read lazily.

Run it at full size::

    python -m tests.benchmarks.bench_lazy --rows 20000000

A file of half the rows is read too: a peak that grew with the file would be twice as high for the
whole. Each reading is in a process of its own, and gives the sum of a column by commune, which is
compared with what was written.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from workbench.packs.pack import open_pack

from .bars import Bar, print_bars, print_table
from .measuring import ROOT, own_memory
from .timing import timed

KINDS = ("csv", "parquet")
_GROUP = 2**20  # rows of a group, as `loaders.lazily.write_parquet` writes them
_GROWS, _MOST = 1.25, 1024
_MB = 2**20
_START = np.datetime64("2015-01-01")


@dataclass(frozen=True)
class Read:
    """Hold what a reading took: MB before it and at the peak, seconds, and what it gave."""

    before: float
    peak: float
    cpu: float
    wall: float
    rows: int
    total: int
    shortest: int


def write_rows(folder: Path, rows: int) -> tuple[dict[str, Path], int]:
    """Write the same rows as CSV and as Parquet; return their paths, and the sum of the values."""
    codes = pa.array([str(each) for each in open_pack("france").boundaries("commune").index])
    paths = {kind: folder / f"rows_{rows}.{kind}" for kind in KINDS}
    kinds = (pa.dictionary(pa.int32(), pa.string()), pa.date32(), pa.int64(), pa.float64())
    schema = pa.schema(list(zip(("commune", "date", "nombre", "montant"), kinds, strict=True)))
    plain = pa.schema([schema.field(0).with_type(pa.string()), *list(schema)[1:]])
    draw, total = np.random.default_rng(1), 0
    with (
        pq.ParquetWriter(paths["parquet"], schema, compression="zstd") as parquet,
        arrow_csv.CSVWriter(paths["csv"], plain) as text,
    ):
        for first in range(0, rows, _GROUP):
            count = min(_GROUP, rows - first)
            places = pa.array(draw.integers(0, len(codes), count, dtype=np.int32))
            values = draw.integers(0, 1000, count)
            table = pa.table(
                [
                    pa.DictionaryArray.from_arrays(places, codes),
                    pa.array(_START + draw.integers(0, 3650, count).astype("m8[D]")),
                    pa.array(values),
                    pa.array(draw.integers(0, 10**8, count) / 100),
                ],
                schema=schema,
            )
            total += int(values.sum())
            parquet.write_table(table)
            text.write_table(table.cast(plain))
    return paths, total


def read_lazily(path: Path) -> Read:
    """Read a file in this process, by `wb.load`, and add up a column by commune."""
    import workbench as wb

    before = own_memory("VmRSS") / _MB

    def job() -> tuple[int, int, int]:
        frame = wb.load(str(path), options={"lazy": True}).data
        sums = frame.groupby("commune")["nombre"].agg(["sum", "count"]).compute()
        shortest = min(len(str(code)) for code in sums.index)
        return int(sums["count"].sum()), int(sums["sum"].sum()), shortest

    told, took = timed(job)
    return Read(before, own_memory("VmHWM") / _MB, took.cpu, took.wall, *told)


def measured(path: Path) -> Read:
    """Read a file in a process of its own."""
    code = (
        "import json; from dataclasses import asdict; from pathlib import Path\n"
        "from tests.benchmarks.bench_lazy import read_lazily\n"
        f"print(json.dumps(asdict(read_lazily(Path({str(path)!r})))))"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    if ended.returncode:
        raise SystemExit(ended.stderr[-3000:])
    return Read(**json.loads(ended.stdout))


def main(words: Sequence[str] | None = None) -> int:
    """Run the benchmark; return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=4_000_000, help="of the larger file")
    parser.add_argument("--folder", type=Path, help="where to write (a temporary folder)")
    given = parser.parse_args(words)
    found: dict[str, list[Read]] = {kind: [] for kind in KINDS}
    lines = []
    for rows in (given.rows // 2, given.rows):
        with tempfile.TemporaryDirectory(dir=given.folder) as name:
            paths, total = write_rows(Path(name), rows)
            for kind, path in paths.items():
                read = measured(path)
                # A code that had lost its zero would have four characters.
                if (read.rows, read.total, read.shortest) != (rows, total, 5):
                    raise SystemExit(f"{path.name}: {read}, expected {rows} rows, {total} in all.")
                found[kind].append(read)
                size = path.stat().st_size / 1e6
                times = f"{read.wall:.1f}", f"{read.cpu:.1f}"
                memory = f"{read.before:.0f}", f"{read.peak:.0f}"
                lines.append((f"{rows:,} rows, {kind}", f"{size:,.0f}", *memory, *times))
    print_table(("lazily", "MB of file", "MB before", "MB at the peak", "s wall", "s CPU"), lines)
    bars = [
        bar
        for kind, (half, whole) in found.items()
        for bar in (
            Bar(f"{kind}: peak ÷ that of half the rows", whole.peak / half.peak, "≤", _GROWS),
            Bar(f"{kind}: peak of memory, MB", whole.peak, "≤", _MOST, 0),
        )
    ]
    print()
    print_bars(bars)
    return int(not all(bar.met for bar in bars))


if __name__ == "__main__":
    sys.exit(main())
