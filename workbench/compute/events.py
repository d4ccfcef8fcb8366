"""Aggregate tables of events and of measures into cubes: one figure a territory and a period.

Rows are read once, batch by batch, whatever their number; what is kept is a dense block of the
size of the result. Nothing is dropped silently: rows that have no territory, no time, or that
come twice are counted in the attributes of the cube, and `notes` says so in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa
import xarray as xr

from workbench.compute.event_cube import cube_of, notes
from workbench.compute.event_plan import Clock, Late, Plan, check_columns, plan_of
from workbench.compute.event_state import Batches, State, merged, paired, reduced
from workbench.core.errors import EventTableInvalid

__all__ = ["Clock", "Late", "aggregate", "aggregate_batches", "notes"]

_ROWS = 2**20  # of a piece of a table


def aggregate(
    table: Any,
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
) -> xr.Dataset:
    """Aggregate rows by territory and period.

    Parameters
    ----------
    table : pyarrow Table, RecordBatch, RecordBatchReader or Dataset; pandas or Dask DataFrame
        One row an event or a measure; or an iterable of pyarrow batches. Files are read by
        `workbench.loaders.event_files.aggregate_files`.
    territory : str
        Column of codes, texts.
    time : str
        Column of times or dates.
    freq : {"year", "quarter", "month", "week", "day", "hour"}
        Weeks begin on Monday (ISO 8601).
    values : str or sequence of str
        Columns of values; none to count rows only.
    stats : str, sequence of str, or mapping of column to them
        ``count`` (known values), ``sum``, ``mean``, ``min``, ``max``, ``distinct`` (how many
        values are distinct, exactly), ``median``, quantiles such as ``q90``; ``sum`` by default.
    key : str or sequence of str
        Columns that tell rows apart. Of the rows that share a key one is kept: the first to
        arrive (see `late`), else the earliest, else the one that comes first in the order of its
        columns. A row whose key lacks is kept.
    late : Late, optional
        When a row comes too late.
    clock : Clock or str
        By which periods are cut, or its zone.
    territories : sequence of str, optional
        Codes of the result, in order; rows of others are counted as unknown. By default all
        the codes that are met, sorted.
    gaps : {"zero", "missing"}
        What a period without a row says: that nothing happened (events), or that nothing was
        measured (sensors).
    units : mapping of str to str, optional
        Units of the columns of values.
    attrs : mapping, optional
        ``source``, ``licence``, ``vintage`` of what is made.
    threads : int
        Batches are shared among that many.
    memory : int
        Bytes that figures, distinct values and keys may take.

    Returns
    -------
    Dataset
        Dims ``territory`` and ``period``: ``count`` (rows), and ``<column>_<stat>``; each has its
        ``<name>_status``. Coordinates ``period_start`` (an instant in UTC when the zone is known)
        and ``period_hours``. Attributes ``rows``, ``rows_counted``, ``rows_unknown_territory``,
        ``rows_without_territory``, ``rows_without_time``, ``rows_duplicate``, ``rows_late``…

    Raises
    ------
    ColumnUnknown
        The table lacks a column.
    EventTableInvalid
        A column does not hold what it should: codes that are numbers, times that are texts.
    MemoryExceeded
        The result would not fit in `memory`.
    ValueError
        An option is not one of those above.

    Notes
    -----
    ``rows = counted + unknown territory + without territory + without time + duplicates + late
    (when they are dropped)``.

    Status: aggregated where all the rows of a cell have a value; estimated where some lack one
    (null, NaN or infinite), and for the quantiles of more than 64 values, which are those of a
    t-digest (T. Dunning and O. Ertl, *Computing extremely accurate quantiles using t-digests*,
    2019); missing where all lack one. Of a cell without a row, counts and sums are zero and the
    rest is not applicable, or all is missing: see `gaps`. Smaller quantiles are exact, by the
    usual interpolation (the seventh of R. J. Hyndman and Y. Fan, *Sample quantiles in statistical
    packages*, The American Statistician 50, 1996).

    The result does not depend on batches, their order, threads or scheduler: counts, extremes
    and distinct values never, sums not by a bit unless terms a 2^50th of others cancel; quantiles
    of many values within the error of their sketch.

    Examples
    --------
    >>> sales = pa.table({
    ...     "commune": ["01001", "01001", "01002"],
    ...     "day": pd.to_datetime(["2024-01-03", "2024-01-20", "2024-02-01"]),
    ...     "price": [100.0, 50.0, None],
    ... })
    >>> cube = aggregate(sales, territory="commune", time="day", values="price")
    >>> cube["price_sum"].sel(territory="01001").values
    array([150.,   0.])
    >>> cube["price_sum_status"].sel(territory="01002").values
    array([1, 5], dtype=int8)
    """
    plan = plan_of(
        territory, time, freq, values, stats, key, clock, territories, gaps, late, memory
    )
    state = _of_dask(table, plan) if _is_dask_frame(table) else _of_table(table, plan, threads)
    return cube_of(state, units or {}, attrs or {})


def aggregate_batches(
    pieces: Sequence[Batches],
    plan: Plan,
    *,
    units: Mapping[str, str] | None = None,
    attrs: Mapping[str, Any] | None = None,
    threads: int = 1,
) -> xr.Dataset:
    """Aggregate the pieces of a table that something else reads; see `aggregate`.

    Parameters
    ----------
    pieces : sequence of callables
        Each gives batches, in any thread.
    plan : Plan
        See `event_plan.plan_of`.
    units, attrs, threads
        See `aggregate`.
    """
    return cube_of(reduced(plan, pieces, threads), units or {}, attrs or {})


def _of_table(table: Any, plan: Plan, threads: int) -> State:
    if isinstance(table, pd.DataFrame):
        check_columns(plan, list(map(str, table.columns)))
        table = pa.Table.from_pandas(table[plan.columns], preserve_index=False)
    if isinstance(table, pa.RecordBatch):
        table = pa.Table.from_batches([table])
    if isinstance(table, pa.Table):
        check_columns(plan, table.column_names)
        chosen = table.select(plan.columns)
        starts = range(0, max(1, chosen.num_rows), _ROWS)
        return reduced(plan, [partial(_slice, chosen, start) for start in starts], threads)
    if hasattr(table, "get_fragments"):
        check_columns(plan, table.schema.names)
        return reduced(plan, [partial(_scan, f, plan) for f in table.get_fragments()], threads)
    if isinstance(table, Iterable):
        return _of_stream(table, plan)
    raise EventTableInvalid(
        f"A table of type {type(table).__name__} cannot be aggregated: give one of pyarrow, pandas "
        "or Dask, or a file to workbench.loaders.event_files.aggregate_files."
    )


def _slice(table: pa.Table, start: int) -> Iterable[pa.RecordBatch]:
    # One dictionary for all chunks, and one chunk.
    whole = table.slice(start, _ROWS).unify_dictionaries().combine_chunks()
    return list(whole.to_batches())


def _scan(fragment: Any, plan: Plan) -> Iterable[pa.RecordBatch]:
    batches: Iterable[pa.RecordBatch] = fragment.to_batches(
        columns=plan.columns, use_threads=False, batch_readahead=1
    )
    return batches


def _of_stream(batches: Iterable[Any], plan: Plan) -> State:
    """Aggregate what comes one batch at a time, without asking for the next before its turn."""
    state = State(plan)
    for item in batches:
        if not isinstance(item, pa.RecordBatch | pa.Table):
            raise EventTableInvalid(
                f"A batch of type {type(item).__name__} cannot be aggregated: give those of "
                "pyarrow."
            )
        table = pa.Table.from_batches([item]) if isinstance(item, pa.RecordBatch) else item
        check_columns(plan, table.column_names)
        for start in range(0, table.num_rows, _ROWS):
            for batch in _slice(table.select(plan.columns), start):
                state.take(batch)
    return state.settle()


def _is_dask_frame(table: Any) -> bool:
    return hasattr(table, "to_delayed") and hasattr(table, "npartitions")


def _of_dask(frame: Any, plan: Plan) -> State:
    """Aggregate each partition where it is, and add up the states two by two there too."""
    from dask.base import compute
    from dask.delayed import delayed

    check_columns(plan, list(map(str, frame.columns)))
    part = delayed(_partition, pure=True)
    add = delayed(merged, pure=False)
    states = [part(each, plan) for each in frame[plan.columns].to_delayed()]
    whole: State = compute(paired(states, add))[0]
    return whole.settle()


def _partition(frame: pd.DataFrame, plan: Plan) -> State:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    state = State(plan)
    for start in range(0, table.num_rows, _ROWS):
        for batch in _slice(table, start):
            state.take(batch)
    return state
