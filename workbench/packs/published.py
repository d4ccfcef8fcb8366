"""Figures on the very map they were published on, before any conversion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from workbench.core.reads import note
from workbench.packs.tables import Codes, columns_of, lazy, read_values, territory_labels

if TYPE_CHECKING:
    from workbench.packs.pack import Pack

__all__ = ["published"]


def published(pack: Pack, name: str) -> xr.DataArray:
    """Return a variable of the base level as it was published on the map of the pack.

    Parameters
    ----------
    pack : Pack
        At the map wanted.
    name : str

    Returns
    -------
    DataArray (territory, period)
        Dask-backed, with its unit, source and kind. Of a variable that the pack keeps on its
        latest map only, what it has there.

    Raises
    ------
    UnknownName, VintageMismatch
        As `Pack.variable`.
    """
    base, spec = pack.base_level, pack.spec
    path = pack.folder / "data" / "populations.parquet"
    columns = columns_of(path, f"{pack.vintage}@").get("") if path.exists() else None
    if name == pack.by_map and columns:
        note("variable", base, name)
        codes = Codes(pack.frame(base).index, pack.folder, pack.vintage, base)
        values = lazy(read_values, path, columns, codes, np.float64)
        labels = territory_labels(codes).assign(period=[period for period, _ in columns])
        array = xr.DataArray(values, dims=("territory", "period"), coords=labels, name=name)
    else:
        array = pack.variable(name, base)
    told = spec.variables[name]
    sources = [spec.sources[key] for key in told.sources]
    language = spec.default_language
    return array.assign_attrs(
        long_name=told.long_name[language],
        units=told.unit,
        kind="count",
        source="; ".join(source.title[language] for source in sources),
        licence="; ".join(dict.fromkeys(source.licence for source in sources)),
        vintage=pack.vintage,
    )
