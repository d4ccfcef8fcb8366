"""Figures made up without a grid, for tests of what reports say of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core.types import Status
from workbench.indicators.climate.declared import declared
from workbench.indicators.climate.kept import keep
from workbench.indicators.climate.territories import Climate
from workbench.packs.pack import Pack

LEVELS = ("commune", "departement", "region", "country")


def made_up(pack: Pack, path: Path, *, simulated: bool = True) -> Path:
    """Keep 21 years of all the territories of some levels; overseas have none."""
    _, named = declared().worded(simulated=simulated)
    periods = np.arange(2000, 2021)
    levels = {}
    for level in LEVELS:
        codes = pack.frame(level).index
        rng = np.random.default_rng(1)
        off = codes.str.startswith(("97", "98")) & (level != "region")
        data = {}
        for name in named:
            values = 20 + np.round(5 * rng.random((len(codes), 21)), 1) + np.arange(21) / 10
            status = np.full(values.shape, Status.AGGREGATED, np.int8)
            values[off], status[off] = np.nan, Status.MISSING
            dims = ("territory", "period")
            data[name] = (dims, values, {"units": "1"})
            data[f"{name}_status"] = (dims, status)
            data[f"{name}_valid"] = (dims, np.ones(values.shape))
        index = pd.Index(codes.to_numpy(dtype=object), name="territory")
        coords = {"territory": index, "period": periods}
        levels[level] = xr.Dataset(data, coords=coords, attrs={"vintage": pack.vintage})
    first = "simulated_caveat" if simulated else "caveat_gaps"
    caveats = (first, "caveat_cells", "caveat_year")
    climate = Climate(levels, simulated, False, caveats, "By hand", "CC0-1.0", "Nobody")
    return keep(climate, path, pack=pack.name, grid="demo.nc").path
