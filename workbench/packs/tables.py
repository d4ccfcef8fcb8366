"""Read the Parquet tables of a pack, a column at a time, each once for the process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import dask.array as da
import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xarray as xr
from dask.delayed import delayed
from numpy.typing import NDArray

from workbench.core.errors import PackInvalid
from workbench.core.parquet import read_table
from workbench.core.types import Status
from workbench.packs.spec import PackSpec

__all__ = [
    "Codes",
    "Columns",
    "columns_of",
    "lazy",
    "read_statuses",
    "read_territories",
    "read_values",
    "territory_labels",
    "weights_by_map",
    "whole_table",
]

# The columns of a variable in its table, with the period of each.
Columns = tuple[tuple[int | None, str], ...]


@lru_cache(maxsize=8)
def whole_table(path: Path) -> pd.DataFrame:
    """Read a small table and keep it; the reader must leave it as it is."""
    table: pd.DataFrame = read_table(path).to_pandas(use_threads=False)
    return table


@lru_cache(maxsize=32)
def columns_of(path: Path, prefix: str) -> Mapping[str, Columns]:
    """Group the columns ``variable@period`` of a table by variable."""
    found: dict[str, list[tuple[int | None, str]]] = {}
    for column in pq.read_schema(path).names:
        if column == "code" or not column.startswith(prefix):
            continue
        name, _, period = column.removeprefix(prefix).rpartition("@")
        if not name and not prefix:
            name, period = column, ""
        found.setdefault(name, []).append((int(period) if period else None, column))
    return {
        name: tuple(sorted(columns, key=lambda c: c[0] or 0)) for name, columns in found.items()
    }


def weights_by_map(path: Path) -> Mapping[int, pd.Series]:
    """Read a table whose columns are ``map@period``: by map, the earliest period, by code."""
    if not path.exists():
        return {}
    table = whole_table(path).set_index("code")
    earliest: dict[int, int] = {}
    for column in table.columns:
        year, period = map(int, column.split("@"))
        earliest[year] = min(period, earliest.get(year, period))
    return {
        year: table[f"{year}@{period}"].dropna().astype(np.float64)
        for year, period in sorted(earliest.items())
    }


# What a table of territories may leave out, and what stands for it.
_OPTIONAL: Mapping[str, str | bool | float] = {
    "article": "",
    "article_in_name": False,
    "type": "",
    "area_km2": np.nan,
}
# A code is part of the address of a report: a letter, a digit, or one of these.
_NO_CODE = r"[^\pL\pM\pN ._'()+-]|^\.+$|^ | $|^$"


def read_territories(path: Path, spec: PackSpec) -> pd.DataFrame:
    """Read all the territories of a pack, with the columns that its table may leave out.

    Raises
    ------
    PackInvalid
        When a code could not be the address of a page, or there is none.
    """
    stored = read_table(path)
    codes = stored.column("code")
    refused = pc.fill_null(pc.match_substring_regex(codes, _NO_CODE), True)
    if pc.any(refused).as_py():
        row = pc.index(refused, True).as_py()
        raise PackInvalid(
            f"{path.name}, row {row + 1}, code: found {codes[row].as_py()!r}; a code is made of "
            "letters, digits, spaces and . _ - ' ( ) +. Correct it, and build the pack again."
        )
    table: pd.DataFrame = stored.to_pandas(use_threads=False)
    for name, value in _OPTIONAL.items():
        if name not in table:
            table[name] = value
    for name in ("name", *spec.levels):
        if name not in table:
            table[name] = ""
    return table


class Codes:
    """Carry the codes of a level into a task; equal levels of equal maps are the same codes."""

    def __init__(self, index: pd.Index, path: Path, vintage: int, level: str) -> None:
        self.index = index
        self.key = (str(path), vintage, level)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Codes) and self.key == other.key

    def __dask_tokenize__(self) -> tuple[str, int, str]:
        return self.key


@lru_cache(maxsize=64)
def territory_labels(codes: Codes) -> xr.Coordinates:
    """Make the coordinate of a level once: 35,000 texts, shared by all its variables."""
    return xr.Coordinates({"territory": codes.index.to_numpy(dtype=object)})


def lazy(read: Any, path: Path, columns: Columns, codes: Codes, dtype: Any, *more: Any) -> da.Array:
    """Wrap a reader in one Dask task; equal questions share one name."""
    names = tuple(column for _, column in columns)
    task = delayed(read, pure=True, traverse=False)(path, names, codes, *more)
    array: da.Array = da.from_delayed(task, shape=(len(codes.index), len(names)), dtype=dtype)
    return array


def read_values(path: Path, names: tuple[str, ...], codes: Codes) -> NDArray[np.float64]:
    """Read columns in the order of some codes, NaN for a code that the table lacks."""
    if names == ("code",):
        # Territories themselves are counted: each is one.
        return np.ones((len(codes.index), 1))
    position = _positions(path, codes)
    values = np.column_stack([_read_column(path, name) for name in names])
    found: NDArray[np.float64] = np.where(position[:, None] >= 0, values[position], np.nan)
    return found


@lru_cache(maxsize=512)
def _read_column(path: Path, name: str) -> NDArray[np.float64]:
    """Read one column and keep it: every level and report asks for the same ones."""
    column = read_table(path, [name]).column(name)
    return column.to_numpy(zero_copy_only=False).astype(np.float64)  # type: ignore[no-any-return]


@lru_cache(maxsize=64)
def _positions(path: Path, codes: Codes) -> NDArray[np.int64]:
    """Find the row of each code in a table."""
    rows = pd.Index(read_table(path, ["code"]).column("code").to_pandas())
    positions: NDArray[np.int64] = rows.get_indexer(codes.index).astype(np.int64)
    return positions


def read_statuses(
    path: Path,
    names: tuple[str, ...],
    codes: Codes,
    exceptions: Path | None,
    level: str,
    variable: str,
) -> NDArray[np.int8]:
    """Say of each value whether it is observed or missing, and of a few what the pack declares."""
    values = read_values(path, names, codes)
    statuses = np.where(np.isnan(values), Status.MISSING, Status.OBSERVED).astype(np.int8)
    if exceptions is not None:
        declared = _exceptions(exceptions)
        for column, name in enumerate(names):
            if (level, name) in declared:
                rows, flags = declared[level, name]
                positions = codes.index.get_indexer(rows)
                statuses[positions[positions >= 0], column] = flags[positions >= 0]
    return statuses


@lru_cache(maxsize=8)
def _exceptions(path: Path) -> Mapping[tuple[str, str], tuple[pd.Index, NDArray[np.int8]]]:
    table = whole_table(path)
    return {
        (str(level), str(variable)): (pd.Index(rows["code"]), rows["status"].to_numpy(np.int8))
        for (level, variable), rows in table.groupby(["level", "variable"])
    }
