"""Read the observations of an answer of INSEE's Melodi as the rows of its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.loaders.errors import JsonRefused

__all__ = ["is_answer", "read_answer"]

_VALUE = "OBS_VALUE"


def is_answer(path: Path) -> bool:
    """Tell whether a file holds JSON objects, one a line or whole."""
    with path.open("rb") as file:
        return file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")


def read_answer(path: Path) -> pa.Table:
    """Read observations, one a line.

    Returns
    -------
    pyarrow.Table
        Texts, but ``OBS_VALUE``. A territory written ``2025-COM-59350`` is cut into ``GEO``,
        ``GEO_OBJECT`` and ``#vintage``, the year of its map.

    Raises
    ------
    JsonRefused
        A line is no observation.
    """
    rows = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            rows.append(_row(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise JsonRefused(
                f"{path.name}, line {number}: it is no observation of Melodi (an object with "
                f"dimensions and measures is expected): {line[:80].decode('utf-8', 'replace')!r}."
            ) from None
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {
        name: pa.array(
            [row.get(name) for row in rows], pa.float64() if name == _VALUE else pa.string()
        )
        for name in names
    }
    return pa.table(columns)


def _row(found: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {key: str(text) for key, text in found["dimensions"].items()}
    row |= {key: str(text) for key, text in (found.get("attributes") or {}).items()}
    if (geo := row.get("GEO")) is not None:
        *year, level, code = geo.rsplit("-", 2) if geo.count("-") > 1 else ["", *geo.split("-")]
        row |= {"GEO": code, "GEO_OBJECT": level, "#vintage": year[0] if year else ""}
    measures = found["measures"]
    told: Any = next((each for key, each in measures.items() if key.startswith(_VALUE)), {})
    value = told.get("value") if isinstance(told, Mapping) else told
    row[_VALUE] = None if value is None else float(value)
    return row
