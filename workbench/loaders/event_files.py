"""Aggregate events that are in files: Parquet by groups of rows, others by pieces of their text.

What reads is here, what counts is in `workbench.compute.events`: a few batches are in memory at a
time, whatever the size of the files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import xarray as xr

from workbench.compute.event_plan import Clock, Late, Plan, check_columns, plan_of
from workbench.compute.event_state import Batches
from workbench.compute.events import aggregate_batches
from workbench.core.reads import note
from workbench.loaders.columnar import open_parquet
from workbench.loaders.dialect import Dialect, Role
from workbench.loaders.kinds import kind_of_file
from workbench.loaders.lazily import pieces_of, read_piece

__all__ = ["aggregate_files"]

_ROWS = 2**17  # of a batch: what it holds is used before it leaves the caches


def aggregate_files(
    paths: Path | str | Sequence[Path | str],
    *,
    territory: str,
    time: str,
    freq: str = "month",
    values: str | Sequence[str] = (),
    stats: str | Sequence[str] | Mapping[str, str | Sequence[str]] = (),
    key: str | Sequence[str] = (),
    late: Late | None = None,
    clock: Clock | str = "",
    territories: Sequence[str] | pd.Index | None = None,
    gaps: str = "zero",
    units: Mapping[str, str] | None = None,
    attrs: Mapping[str, Any] | None = None,
    threads: int = 1,
    memory: int = 2**30,
    dialect: Dialect | None = None,
    lang: str = "en",
) -> xr.Dataset:
    r"""Aggregate the rows of files by territory and period.

    Parameters
    ----------
    paths : path or sequence of paths
        Parquet, or files of rows (CSV…) whose dialect is found as `workbench.loaders` does.
    territory, time, freq, values, stats, key, late, clock, territories, gaps, units, attrs
        See `workbench.compute.events.aggregate`.
    threads : int
        That read and count at the same time.
    memory : int
        Bytes that figures, distinct values and keys may take; a batch a thread goes beside.
    dialect : Dialect, optional
        What is known of the files of rows. The territory is read as a code whatever it looks like.
    lang : str
        Language of what is said of a file that cannot be read.

    Returns
    -------
    Dataset
        See `workbench.compute.events.aggregate`; and the attribute ``rows_set_aside``, rows of
        the files that could not be read, which are not among ``rows``.

    Raises
    ------
    LoadingError
        A file cannot be read.
    ColumnUnknown, EventTableInvalid, MemoryExceeded, ValueError
        See `workbench.compute.events.aggregate`.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "sales.csv")
    >>> _ = path.write_text("commune;day;price\n01001;2024-01-03;5\n01001;2024-01-09;7\n", "utf-8")
    >>> cube = aggregate_files(path, territory="commune", time="day", values="price")
    >>> cube["price_sum"].values
    array([[12.]])
    """
    plan = plan_of(
        territory, time, freq, values, stats, key, clock, territories, gaps, late, memory
    )
    given = [paths] if isinstance(paths, Path | str) else list(paths)
    if not given:
        raise ValueError("paths is empty: give at least one file.")
    aside: Counter[str] = Counter()
    pieces: list[Batches] = []
    for path in map(Path, given):
        note("file", str(path))
        if kind_of_file(path) == "parquet":
            pieces += _groups(path, plan)
        else:
            pieces += _texts(path, plan, dialect, lang, aside)
    cube = aggregate_batches(pieces, plan, units=units, attrs=attrs, threads=threads)
    cube.attrs["rows_set_aside"] = aside.total()
    return cube


def _groups(path: Path, plan: Plan) -> list[Batches]:
    """Make a piece of each group of rows of a Parquet file."""
    with open_parquet(path) as file:
        schema, count = file.schema_arrow, file.num_row_groups
    check_columns(plan, schema.names)
    kind = schema.field(plan.territory).type
    # Codes stay the positions in a dictionary that the file holds.
    coded = [plan.territory] if pa.types.is_string(kind) or pa.types.is_large_string(kind) else []
    return [partial(_group, path, group, plan, coded) for group in range(count)]


def _group(path: Path, group: int, plan: Plan, coded: list[str]) -> Iterable[pa.RecordBatch]:
    with open_parquet(path, once=coded) as file:
        yield from file.iter_batches(
            _ROWS, row_groups=[group], columns=plan.columns, use_threads=False
        )


def _texts(
    path: Path, plan: Plan, dialect: Dialect | None, lang: str, aside: Counter[str]
) -> list[Batches]:
    """Make a piece of each piece of a file of rows."""
    asked = dialect or Dialect()
    roles = {plan.territory: Role.CODE.value, **asked.roles}
    found, pieces = pieces_of(path, replace(asked, roles=roles))
    check_columns(plan, [column.name for column in found.columns])

    def read(number: int) -> Iterable[pa.RecordBatch]:
        part = read_piece(pieces[number], path=path, found=found, lang=lang)
        aside[str(path)] += part.set_aside.num_rows
        yield from part.table.select(plan.columns).combine_chunks().to_batches()

    return [partial(read, number) for number in range(len(pieces))]
