"""Read the events that lead to the latest map of a pack."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc

from workbench.core.errors import EventsMissing
from workbench.core.parquet import read_table
from workbench.core.reads import note
from workbench.geography.event import Events
from workbench.packs.spec import PackSpec

__all__ = ["has_events", "read_events"]


def has_events(folder: Path) -> bool:
    """Tell whether a pack says what happened before its latest map."""
    return _path(folder).exists()


def read_events(folder: Path, spec: PackSpec) -> Events:
    """Read the table of events of a pack, once for all its maps.

    Raises
    ------
    EventsMissing
        When the pack has none.
    EventsInvalid
        When they do not lead to the latest map.
    """
    if not has_events(folder):
        raise EventsMissing(
            f"Pack {spec.name} tells no event: it has no data/events.parquet. "
            "Its history begins and ends with its maps."
        )
    note("table", "events")
    return _read(folder, spec.base_level, spec.vintage)


@lru_cache(maxsize=8)
def _read(folder: Path, level: str, vintage: int) -> Events:
    columns = ["level", "code", "name"]
    table = read_table(folder / "data" / "territories.parquet", columns)
    latest = table.filter(pc.equal(table["level"], level)).to_pandas(use_threads=False)
    names: pd.Series = latest.set_index("code")["name"].sort_index()
    rows = read_table(_path(folder)).to_pandas(use_threads=False)
    return Events(rows, names.index, vintage, names)


def _path(folder: Path) -> Path:
    return folder / "data" / "events.parquet"
