"""Keep the climate of territories in one Parquet file, and read a level of it in an instant.

A row is a territory and a year; each level is one row group, so that a report reads that alone.
What the figures are made from is in the file's metadata, under the key ``workbench_climate``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr
from dask.base import compute

from workbench.core.aside import written_aside
from workbench.core.errors import FileUnreadable, LevelUnknown, nearest
from workbench.indicators.climate.territories import Climate

__all__ = ["FORMAT", "Kept", "is_kept", "keep"]

FORMAT = 1
"""Version of the file: another one is not read."""
_KEY = b"workbench_climate"
_ANCILLARY = ("_status", "_valid")
_TOLD = ("simulated", "weighted", "caveats", "source", "licence", "producer")


@dataclass(frozen=True)
class Kept:
    """Hold what a file of climate figures says of itself; levels are read when asked for.

    Parameters
    ----------
    path : Path
    about : mapping
        ``pack``, ``vintage``, ``grid`` (its name), ``simulated``, ``caveats``, ``source``,
        ``licence``, ``producer``, ``levels`` (row group of each), ``periods``, ``variables``
        (attributes of each).
    """

    path: Path
    about: Mapping[str, Any]

    @classmethod
    def open(cls, path: Path) -> Kept:
        """Read what a file says of itself.

        Raises
        ------
        FileUnreadable
            It is no such file, or one of another version.
        """
        try:
            raw = (pq.read_schema(path).metadata or {}).get(_KEY)
            about = json.loads(raw) if raw else {}
        except (OSError, ValueError, pa.ArrowInvalid) as error:
            raise FileUnreadable(f"{path.name} cannot be read: {error}.") from None
        if about.get("format") != FORMAT:
            found = f"of version {about['format']}" if "format" in about else "no climate figures"
            raise FileUnreadable(
                f"{path.name} is {found}; version {FORMAT} is read. Make it with `workbench "
                "climate GRID --to FILE`."
            )
        return cls(path, about)

    def level(self, level: str) -> xr.Dataset:
        """Return the cube of a level (territory, period), in memory.

        Raises
        ------
        LevelUnknown
            The file has no such level.
        """
        groups = self.about["levels"]
        if level not in groups:
            raise LevelUnknown(
                f"{self.path.name} has no level {level!r} ({nearest(level, groups)})."
            )
        with pq.ParquetFile(self.path) as file:
            table = file.read_row_group(groups[level], use_threads=False)
        periods = np.array(self.about["periods"], dtype=np.int64)
        codes = table["territory"].to_pylist()[:: len(periods)]
        shape = (len(codes), len(periods))
        arrays = {
            name: (("territory", "period"), table[name].to_numpy().reshape(shape))
            for name in table.column_names
            if name not in ("territory", "period")
        }
        index = pd.Index(codes, dtype=object, name="territory")
        data = xr.Dataset(arrays, coords={"territory": index, "period": periods})
        for name, attrs in self.about["variables"].items():
            data[name].attrs = dict(attrs)
        return data.assign_attrs(level=level, vintage=self.about["vintage"])


def is_kept(path: Path) -> bool:
    """Tell whether a file holds climate figures."""
    with suppress(OSError, ValueError, pa.ArrowInvalid):
        return path.is_file() and _KEY in (pq.read_schema(path).metadata or {})
    return False


def keep(climate: Climate, path: Path, *, pack: str, grid: str) -> Kept:
    """Compute the climate of all levels, in one read of the grid, and write it to a file.

    Parameters
    ----------
    climate : Climate
    path : Path
        Written aside, then put in place.
    pack : str
        Name of the pack.
    grid : str
        Name of the grid, for those who read the file.

    Returns
    -------
    Kept
    """
    names = list(climate.levels)
    cubes: dict[str, xr.Dataset] = dict(zip(names, compute(*climate.levels.values()), strict=True))
    first = cubes[names[0]]
    variables = [str(name) for name in first.data_vars if not str(name).endswith(_ANCILLARY)]
    about = {
        "format": FORMAT,
        "pack": pack,
        "vintage": first.attrs["vintage"],
        "grid": grid,
        "levels": {name: place for place, name in enumerate(names)},
        "periods": [int(period) for period in first["period"].values],
        "variables": {name: _plain(first[name].attrs) for name in variables},
        **{name: getattr(climate, name) for name in _TOLD},
    }
    schema = _schema(first).with_metadata({_KEY: json.dumps(about, ensure_ascii=False).encode()})
    with written_aside(path) as draft, pq.ParquetWriter(draft, schema, compression="zstd") as file:
        for name in names:
            table = _table(cubes[name], schema)
            file.write_table(table, row_group_size=max(len(table), 1))
    return Kept(path, about)


def _plain(attrs: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(k): v.item() if isinstance(v, np.generic) else v for k, v in attrs.items()}


def _schema(cube: xr.Dataset) -> pa.Schema:
    fields = [pa.field("territory", pa.string()), pa.field("period", pa.int32())]
    for name in map(str, cube.data_vars):
        kind = pa.float64()
        if name.endswith(_ANCILLARY):
            kind = pa.int8() if name.endswith("_status") else pa.float32()
        fields.append(pa.field(name, kind))
    return pa.schema(fields)


def _table(cube: xr.Dataset, schema: pa.Schema) -> pa.Table:
    codes, periods = cube["territory"].values, cube["period"].values
    columns = [
        pa.array(np.repeat(codes, len(periods)), pa.string()),
        pa.array(np.tile(periods, len(codes)).astype(np.int32)),
    ]
    for field in list(schema)[2:]:
        values = cube[field.name].transpose("territory", "period").to_numpy().ravel()
        columns.append(pa.array(values.astype(field.type.to_pandas_dtype())))
    return pa.Table.from_arrays(columns, schema=schema)
