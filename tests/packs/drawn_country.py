"""The tiny country with boundaries: five of its six towns, each one degree wide.

From 0 to 3 degrees east, the towns of A from 0 to 1 north, those of B from 1 to 2. B-003 is not
drawn.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.packs.pack import Pack, open_pack

from .tiny_country import write_country

_STEP = 0.01  # degrees


def write_drawn_country(folder: Path, *, east: float = 0, north: float = 0) -> Pack:
    """Write the country, moved by some degrees, and open it."""
    write_country(folder)
    rows = {}
    for place, code in enumerate(["A-001", "A-002", "A-003", "B-001", "B-002"]):
        x, y = east + place % 3, north + place // 3
        ring = np.array([(x, y), (x, y + 1), (x + 1, y + 1), (x + 1, y), (x, y)])
        rows[code] = np.diff(np.rint(ring / _STEP), axis=0, prepend=0).astype(np.int32)
    table = {
        "code": list(rows),
        "rings": [[len(row)] for row in rows.values()],
        "lon": [row[:, 0] for row in rows.values()],
        "lat": [row[:, 1] for row in rows.values()],
        "grid": [_STEP] * len(rows),
    }
    pq.write_table(pa.table(table), folder / "data" / "boundaries_town_coarse.parquet")
    return open_pack(str(folder))
