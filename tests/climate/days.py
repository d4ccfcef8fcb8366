"""Days written by hand, and a country of two communes to lay them on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pandas as pd
import shapely
import xarray as xr

# Cells of one degree at the equator: west and east, in two rows that are alike.
LAT, LON = [0.5, -0.5], [0.5, 1.5]


def days(first: str, last: str, calendar: str = "standard") -> xr.Dataset:
    """Give a grid of mild and dry days: 10 to 20 °C, no rain."""
    time = xr.date_range(
        first, last, freq="D", calendar=calendar, use_cftime=calendar != "standard"
    )
    shape = (len(time), 2, 2)
    made = {
        "tasmin": (np.full(shape, 10.0), "degC"),
        "tasmax": (np.full(shape, 20.0), "degC"),
        "pr": (np.zeros(shape), "mm/day"),
    }
    return xr.Dataset(
        {name: (("time", "lat", "lon"), v, {"units": u}) for name, (v, u) in made.items()},
        coords={"time": time, "lat": LAT, "lon": LON},
    )


def put(grid: xr.Dataset, name: str, value: float, *, lon: float, on: Sequence[str]) -> xr.Dataset:
    """Give some days of the cells at a longitude another value."""
    wanted = grid["time"].isin(pd.to_datetime(list(on))) & (grid["lon"] == lon)
    grid[name] = (
        xr.where(wanted, value, grid[name])
        .transpose(*grid[name].dims)
        .assign_attrs(grid[name].attrs)
    )
    return grid


class Shapes(dict):
    """Give shapes by code, as boundaries do."""

    @property
    def index(self) -> Shapes:
        return self


@dataclass
class TinyPack:
    """Two communes: A on the west cells, B across the two, three quarters of it in the east."""

    name: str = "tiny"
    vintage: int = 2026
    base_level: str = "commune"
    drawn: bool = True
    shapes: Shapes = field(
        default_factory=lambda: Shapes(
            A=shapely.box(0.0, 0.0, 0.5, 1.0), B=shapely.box(0.5, -1.0, 2.0, 0.0)
        )
    )
    codes: tuple[str, ...] = ("A", "B")

    @property
    def territories(self) -> SimpleNamespace:
        return SimpleNamespace(levels=("commune", "country"))

    def has_boundaries(self, level: str) -> bool:
        return self.drawn

    def boundaries(self, level: str, *, detail: str) -> Shapes:
        return self.shapes

    def frame(self, level: str) -> pd.DataFrame:
        codes = list(self.codes) if level == "commune" else ["X"]
        made = {"name": codes, "area_km2": np.ones(len(codes)), "country": "X"}
        return pd.DataFrame(made, index=pd.Index(codes, dtype=object))

    def level(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(parents=("country",) if name == "commune" else ())

    def parts_level(self, level: str) -> str:
        return "commune"

    def membership(self, level: str) -> np.ndarray:
        return np.zeros(len(self.codes), dtype=np.int64)
