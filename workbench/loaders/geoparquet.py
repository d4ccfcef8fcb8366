"""Tell the geometries of a Parquet file from its other columns, as GeoParquet declares them.

References
----------
OGC GeoParquet 1.1: the key ``geo`` of the file's metadata names the columns, their encoding and
their reference system, which is longitude and latitude (OGC:CRS84) when it is not said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from workbench.loaders.dialect import Decision
from workbench.loaders.errors import FileNotTabular

__all__ = ["geometry_columns", "told_systems"]


def geometry_columns(table: pa.Table, name: str) -> Mapping[str, pa.ChunkedArray]:
    """Return the columns of well-known binary that a file declares; none when it is no GeoParquet.

    Raises
    ------
    FileNotTabular
        What it declares is not there, or is in an encoding that is not read.
    """
    found = {}
    for column, told in _declared(table, name).items():
        if column not in table.column_names:
            raise FileNotTabular(
                f"{name} declares geometries in {column!r}, a column that it does not have. Ask "
                "its producer to write it again."
            )
        values = table.column(column)
        encoding = told.get("encoding") if isinstance(told, Mapping) else None
        if encoding != "WKB" or not (
            pa.types.is_binary(values.type)
            or pa.types.is_large_binary(values.type)
            or pa.types.is_binary_view(values.type)
        ):
            raise FileNotTabular(
                f"{name} writes its geometries ({column}) as {encoding!r}, {values.type}, where "
                "WKB is read. Ask its producer for GeoParquet with the encoding WKB."
            )
        found[column] = values.cast(pa.binary())
    return found


def told_systems(table: pa.Table) -> Iterator[Decision]:
    """Say in which reference system the geometries of a file are."""
    for column, told in _declared(table, "").items():
        crs = told.get("crs", "OGC:CRS84")
        if isinstance(crs, Mapping):
            known = crs.get("id")
            known = known if isinstance(known, Mapping) else {}
            crs = f"{known.get('authority', 'unknown')}:{known.get('code', crs.get('name', '?'))}"
        evidence = "the file says so" if "crs" in told else "the one of GeoParquet, not said"
        yield Decision(f"crs of {column}", str(crs or "unknown"), evidence)


def _declared(table: pa.Table, name: str) -> Mapping[str, Any]:
    raw = (table.schema.metadata or {}).get(b"geo")
    if raw is None:
        return {}
    try:
        columns = json.loads(raw)["columns"]
    except (ValueError, KeyError, TypeError, RecursionError):
        columns = None
    if not isinstance(columns, Mapping):
        raise FileNotTabular(
            f"{name} is GeoParquet whose metadata (geo) cannot be read. Ask its producer to write "
            "it again."
        )
    return columns
