"""The table as Parquet or GeoParquet, the same bytes each time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.publishing.about import About
from workbench.publishing.columns import Table
from workbench.publishing.shapes import described_shapes

__all__ = ["GEOMETRY", "write_parquet"]

GEOMETRY: Final = "geometry"
"""Column of the outlines that a pack draws."""


def write_parquet(
    table: Table, about: About, target: Path, *, shapes: pa.Array | None = None
) -> None:
    """Write a table as Parquet; with geometries it is GeoParquet 1.1.

    Parameters
    ----------
    table : Table
    about : About
    target : Path
    shapes : Array of binary, optional
        A geometry a row, as well-known binary, beside those that the table has.

    Notes
    -----
    Nothing in the file tells when or where it was written. What is hidden is null, so that the
    least and greatest values that the file keeps of each column are those of what is shown.
    """
    data = table.data
    fields = []
    for column, field in zip(table.columns, data.schema, strict=True):
        said = {"long_name": column.title["en"], "units": column.unit}
        fields.append(field.with_metadata({key: text for key, text in said.items() if text}))
    names = [each.name for each in table.columns if each.type == "geometry"]
    data = data.cast(pa.schema(fields))
    if shapes is not None:
        data = data.append_column(GEOMETRY, shapes)
        names.insert(0, GEOMETRY)
    metadata = {
        "title": about.title["en"],
        "licence": about.licence.id,
        "publisher": about.publisher.name,
        "date": about.date,
    }
    if names:
        columns = {name: described_shapes(data.column(name)) for name in names}
        geo = {"version": "1.1.0", "primary_column": names[0], "columns": columns}
        metadata["geo"] = json.dumps(geo)
    pq.write_table(
        data.replace_schema_metadata(metadata), target, compression="zstd", row_group_size=2**17
    )
