"""Write the tables of a pack, aside first, and the manifest that proves where they come from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.aside import written_aside

__all__ = ["write_manifest", "write_table"]


def write_table(table: pd.DataFrame | pa.Table, path: Path, *, dictionary: bool = True) -> None:
    """Write one Parquet table (zstd), byte-identical for equal content."""
    if isinstance(table, pd.DataFrame):
        table = pa.Table.from_pandas(table, preserve_index=False)
    table = table.replace_schema_metadata(None)
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_aside(path) as aside:
        pq.write_table(
            table,
            aside,
            compression="zstd",
            compression_level=19,
            use_dictionary=dictionary,
            column_encoding=None if dictionary else _delta(table.schema),
            write_statistics=False,
        )


def _delta(schema: pa.Schema) -> dict[str, str]:
    """Encode whole numbers by their differences, which is what coordinates compress best to."""
    encodings = {}
    for field in schema:
        if pa.types.is_list(field.type):
            encodings[f"{field.name}.list.element"] = "DELTA_BINARY_PACKED"
        elif pa.types.is_string(field.type):
            encodings[field.name] = "DELTA_BYTE_ARRAY"
    return encodings


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write ``manifest.json``: inputs, totals and the sha256 of every table."""
    tables = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.glob("*.parquet"))
    }
    text = json.dumps({**content, "tables": tables}, indent=2, ensure_ascii=False)
    with written_aside(folder / "manifest.json") as aside:
        aside.write_text(text + "\n", encoding="utf-8")
