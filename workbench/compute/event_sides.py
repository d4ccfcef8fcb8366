"""Keep what a dense block of sums cannot hold: distinct values, quantiles, rows by key.

Each is a small table that is merged with that of other batches; none depends on their order, but
for the quantiles of cells with many values.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.core.errors import MemoryExceeded, MissingExtra

__all__ = ["EXACT", "Digests", "Distinct", "Kept", "Keyed"]

EXACT = 64
"""Values of a cell up to which its quantiles are exact."""

_CENTROIDS = 200
_PENDING = 2**22  # values that wait before cells with many of them are summarised
_BATCH_ROWS = 2**20

Ints = NDArray[np.int64]


def within(size: int, memory: int, what: str) -> None:
    """Refuse to hold more than what was granted.

    Raises
    ------
    MemoryExceeded
    """
    if size > memory:
        raise MemoryExceeded(
            f"{what} take {size / 2**20:,.0f} MB, and {memory / 2**20:,.0f} MB are granted. Give "
            "more (memory=…, in bytes), or aggregate fewer territories or a shorter time at once."
        )


@dataclass
class Distinct:
    """Hold the distinct values of a column, cell by cell.

    Parameters
    ----------
    memory : int
    tables : list of pyarrow.Table
        Columns ``row``, ``start``, ``value``, and ``rows`` that have it: those merged so far, and
        those to come.
    """

    memory: int
    tables: list[pa.Table] = field(default_factory=list)

    def take(self, rows: Ints, starts: Ints, values: pa.Array) -> None:
        """Add the values of some rows, null ones left out."""
        if pa.types.is_dictionary(values.type):
            values = values.cast(values.type.value_type)
        if pa.types.is_floating(values.type):
            values = pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
        ones = pa.array(np.ones(len(values), np.int64))
        table = pa.table({"row": rows, "start": starts, "value": values, "rows": ones})
        self._add(table.filter(pc.is_valid(table["value"])))

    def merge(self, other: Distinct, rows: Ints) -> None:
        """Add those of other batches, whose territories are at other rows."""
        for table in other.tables:
            self._add(table.set_column(0, "row", pa.array(rows[table["row"].to_numpy()])))

    def _add(self, table: pa.Table) -> None:
        self.tables.append(_distinct(table))
        if sum(t.num_rows for t in self.tables[1:]) > max(_BATCH_ROWS, self.tables[0].num_rows):
            self.tables = [_distinct(pa.concat_tables(self.tables))]
            within(self.tables[0].nbytes, self.memory, "Distinct values")

    def counts(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Count them: rows of cells, starts, distinct values, and rows that have one."""
        if not self.tables:
            return (np.empty(0, np.int64),) * 4
        whole = _distinct(pa.concat_tables(self.tables))
        within(whole.nbytes, self.memory, "Distinct values")
        counted = whole.group_by(["row", "start"], use_threads=False).aggregate(
            [("value", "count"), ("rows", "sum")]
        )
        names = ("row", "start", "value_count", "rows_sum")
        row, start, count, rows = (counted[name].to_numpy() for name in names)
        return row, start, count, rows


def _distinct(table: pa.Table) -> pa.Table:
    by = ["row", "start", "value"]
    summed = table.group_by(by, use_threads=False).aggregate([("rows", "sum")])
    return summed.select([*by, "rows_sum"]).rename_columns([*by, "rows"])


@dataclass
class Digests:
    """Hold the values of cells while they are few, and t-digests of the others.

    Parameters
    ----------
    memory : int
    pending : list of (rows, starts, values)
    digests : dict of (row, start) to TDigest
    """

    memory: int
    pending: list[tuple[Ints, Ints, NDArray[np.float64]]] = field(default_factory=list)
    digests: dict[tuple[int, int], Any] = field(default_factory=dict)
    _calm: int = _PENDING

    def take(self, rows: Ints, starts: Ints, values: NDArray[np.float64]) -> None:
        """Add the values of some rows; those that are no finite number are left out."""
        known = np.isfinite(values)
        self.pending.append((rows[known], starts[known], values[known]))
        if sum(len(values) for _, _, values in self.pending) > self._calm:
            self._summarise()

    def merge(self, other: Digests, rows: Ints) -> None:
        """Add those of other batches, whose territories are at other rows."""
        for cells, starts, values in other.pending:
            self.take(rows[cells], starts, values)
        for (row, start), digest in sorted(other.digests.items(), key=lambda item: item[0]):
            at = (int(rows[row]), start)
            self.digests[at] = self.digests[at].merge(digest) if at in self.digests else digest

    def _summarise(self) -> None:
        """Replace the values of cells that have many by digests."""
        rows, starts, values, first, end = self._sorted()
        keep = np.ones(len(values), dtype=bool)
        for a, b in zip(first.tolist(), end.tolist(), strict=True):
            at = (int(rows[a]), int(starts[a]))
            if b - a > EXACT or at in self.digests:
                made = _digest_module().TDigest.from_values(values[a:b], _CENTROIDS)
                self.digests[at] = self.digests[at].merge(made) if at in self.digests else made
                keep[a:b] = False
        self.pending = [(rows[keep], starts[keep], values[keep])]
        self._calm = _PENDING + int(keep.sum())
        size = 24 * int(keep.sum()) + 16 * _CENTROIDS * len(self.digests)
        within(size, self.memory, "Values for quantiles")

    def _sorted(self) -> tuple[Any, ...]:
        """Put the values of each cell together, in order, and tell where each cell is."""
        columns = zip(*self.pending, strict=True) if self.pending else ([], [], [])
        kinds = (np.int64, np.int64, np.float64)
        rows, starts, values = (
            np.concatenate([np.empty(0, kind), *column])
            for kind, column in zip(kinds, columns, strict=True)
        )
        order = np.lexsort((values, starts, rows))
        rows, starts, values = rows[order], starts[order], values[order]
        new = np.ones(len(rows), dtype=bool)
        new[1:] = (np.diff(rows) != 0) | (np.diff(starts) != 0)
        first = np.flatnonzero(new)
        return rows, starts, values, first, np.append(first, len(rows))[1:]

    def quantiles(self, share: float) -> tuple[Ints, Ints, NDArray[np.float64], NDArray[np.bool_]]:
        """Find a quantile of every cell: rows, starts, quantiles, and which are exact."""
        self._summarise()
        rows, starts, values, first, end = self._sorted()
        at = first + share * (end - 1 - first)
        low = np.floor(at).astype(np.int64)
        high = np.minimum(low + 1, end - 1)
        exact = values[low] + (at - low) * (values[high] - values[low])
        many = sorted(self.digests)
        made = [self.digests[cell].quantile(share) for cell in many]
        cells = np.array(many, dtype=np.int64).reshape(-1, 2)
        return (
            np.concatenate([rows[first], cells[:, 0]]),
            np.concatenate([starts[first], cells[:, 1]]),
            np.concatenate([exact, np.array(made, dtype=np.float64)]),
            np.arange(len(first) + len(many)) < len(first),
        )


def _digest_module() -> ModuleType:
    try:
        return importlib.import_module("fastdigest")
    except ModuleNotFoundError:
        raise MissingExtra(
            f"Quantiles of more than {EXACT} values need the package fastdigest: install "
            "territorial-workbench[events]."
        ) from None


@dataclass(frozen=True)
class Kept:
    """Hold the rows that are kept, one a key, and what was found of the others."""

    table: pa.Table
    duplicates: int
    conflicts: int


@dataclass
class Keyed:
    """Hold one row a key.

    Parameters
    ----------
    key : tuple of str
    order : tuple of str
        Columns by which the row that is kept comes first.
    memory : int
    tables : list of pyarrow.Table
    """

    key: tuple[str, ...]
    order: tuple[str, ...]
    memory: int
    tables: list[pa.Table] = field(default_factory=list)

    def take(self, table: pa.Table) -> None:
        """Add some rows."""
        plain = {
            name: column.cast(column.type.value_type)
            if pa.types.is_dictionary(column.type)
            else column
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
        count = table.num_rows
        once: Mapping[str, Any] = {
            "#rows": pa.array(np.ones(count, np.int64)),
            "#odd": pa.array(np.zeros(count, bool)),
        }
        self._add(pa.table({**plain, **once}))

    def merge(self, other: Keyed) -> None:
        """Add those of other batches."""
        for table in other.tables:
            self._add(table)

    def _add(self, table: pa.Table) -> None:
        self.tables.append(self._reduced([table]))
        if sum(t.num_rows for t in self.tables[1:]) > max(_BATCH_ROWS, self.tables[0].num_rows):
            self.tables = [self._reduced(self.tables)]
            within(self.tables[0].nbytes, self.memory, "Rows kept by their key")

    def kept(self) -> Kept | None:
        """Give the rows that are kept."""
        if not self.tables:
            return None
        whole = self._reduced(self.tables)
        within(whole.nbytes, self.memory, "Rows kept by their key")
        rows, odd = pc.sum(whole["#rows"]).as_py() or 0, pc.sum(whole["#odd"]).as_py() or 0
        return Kept(whole.drop_columns(["#rows", "#odd"]), rows - whole.num_rows, odd)

    def _reduced(self, tables: Sequence[pa.Table]) -> pa.Table:
        """Keep the first row of each key; say whether others said something else."""
        table = pa.concat_tables(tables)
        content = [name for name in table.column_names if not name.startswith("#")]
        same = table.group_by(content, use_threads=False).aggregate(
            [("#rows", "sum"), ("#odd", "max")]
        )
        order = [*self.key, *self.order, *(c for c in content if c not in self.order)]
        by = [(name, "ascending") for name in dict.fromkeys(order)]
        same = same.sort_by(by).append_column("#at", pa.array(np.arange(same.num_rows)))
        one = same.group_by(list(self.key), use_threads=False).aggregate(
            [("#at", "min"), ("#at", "count"), ("#rows_sum", "sum"), ("#odd_max", "max")]
        )
        kept = same.select(content).take(one["#at_min"])
        odd = pc.or_(one["#odd_max_max"], pc.greater(one["#at_count"], 1))
        return kept.append_column("#rows", one["#rows_sum_sum"]).append_column("#odd", odd)
