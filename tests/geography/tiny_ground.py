"""A chessboard of sixteen towns, a tenth of a degree wide, whose corner is at (0, 45).

Town ``r-c`` is in row r from the south, column c from the west: ``0-0`` … ``3-3``. It counts
100 persons, of whom 10 r + c are old. Towns of a row are of one size, so are the two halves of
one. The country lies in no sea: what is east of 0.4 is nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import dask.array as da
import numpy as np
import pandas as pd
import shapely
import xarray as xr

from workbench.geography.boundaries import Boundaries

from .tiny_groups import _level

SIDE, SOUTH = 0.1, 45.0
PLACES = [(row, column) for row in range(4) for column in range(4)]
CODES = [f"{row}-{column}" for row, column in PLACES]
LEVELS = {"town": _level("local", "town")}
SPEC = SimpleNamespace(
    levels=LEVELS,
    level_names={name: level.names for name, level in LEVELS.items()},
    type_names={},
    caveats={},
    languages=("en", "fr"),
    default_language="en",
)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Draw a rectangle, in sides of towns from the corner of the country."""
    corners = np.array([west, south, east, north]) * SIDE + [0, SOUTH, 0, SOUTH]
    return shapely.box(*corners)


def boundaries() -> Boundaries:
    """Draw the sixteen towns."""
    rings = [
        shapely.get_coordinates(box(column, row, column + 1, row + 1)) for row, column in PLACES
    ]
    counts = np.arange(len(CODES) + 1)
    index = {code: place for place, code in enumerate(CODES)}
    return Boundaries(index, np.concatenate(rings), counts * 5, counts)


@dataclass(frozen=True)
class GroundAtlas:
    """Stand for a pack: the layer of packs is above."""

    vintage: int = 2022
    vintages: tuple[int, ...] = (2022,)
    name: str = "board"
    base_level: str = "town"

    @property
    def spec(self) -> SimpleNamespace:
        return SPEC

    def at(self, vintage: int) -> GroundAtlas:
        assert vintage == self.vintage
        return self

    def frame(self, level: str) -> pd.DataFrame:
        assert level == "town"
        return pd.DataFrame({"name": CODES}, index=CODES)

    def boundaries(self, level: str, *, detail: str) -> Boundaries:
        assert (level, detail) == ("town", "fine")
        return boundaries()


ATLAS = GroundAtlas()


def cube(persons: list[float] | None = None, *, chunks: int = 0) -> xr.Dataset:
    """Count the towns' persons and old persons, and the share of these, with its terms."""
    counted = np.array(persons or [100.0] * 16).reshape(16, 1)
    old = np.array([10.0 * row + column for row, column in PLACES]).reshape(16, 1)
    arrays = {
        "persons": (counted, {"kind": "count", "long_name": "Persons"}),
        "old": (old, {"kind": "count"}),
        "share": (100 * old / counted, {"kind": "ratio", "scale": 100.0}),
    }
    arrays["share"][1].update(numerator="old", denominator="persons")
    data = {
        name: (
            ("territory", "period"),
            da.from_array(values, chunks=(chunks, 1)) if chunks else values,
            {**attrs, "vintage": 2022},
        )
        for name, (values, attrs) in arrays.items()
    }
    coords = {"territory": np.array(CODES, dtype=object), "period": [2020]}
    return xr.Dataset(data, coords=coords, attrs={"vintage": 2022, "level": "town"})
