"""Put this package's reader in the place of zarr's, where a variable is plain enough for it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from workbench.loaders.zarr_chunks import lazily
from workbench.loaders.zarr_layout import Layout, layout_of

__all__ = ["read_plainly"]

_ABSENT = ("_FillValue", "missing_value")


def read_plainly(
    data: xr.Dataset, stored: Mapping[Hashable, xr.Variable], path: Path, group: str = ""
) -> list[str]:
    """Have the variables of a Zarr read chunk by chunk into memory that is used again.

    Parameters
    ----------
    data : Dataset
        Opened by xarray with ``chunks={}``; its variables are replaced.
    stored : mapping of str to Variable
        The same as they are stored, nothing decoded: only shape, type and attributes are read.
    path : Path
        Folder of the Zarr.
    group : str
        Group within it.

    Returns
    -------
    list of str
        Names of the variables that are; all others are left as zarr reads them: filters,
        shards, other codecs, texts and times.
    """
    plain = {}
    folder = path / group.strip("/")
    for name, variable in data.data_vars.items():
        # A name that leads elsewhere is left to zarr, which refuses it.
        here = "/" not in str(name) and str(name).strip(".")
        if not here or not variable.chunks or variable.dtype.kind not in "iufb":
            continue
        if (layout := layout_of(folder / str(name))) is not None:
            plain[name] = layout
    done = []
    for name, layout in plain.items():
        decoded = _decoded(stored[name], layout)
        if decoded is not None and decoded.dtype == data[name].dtype:
            data[name] = data[name].copy(data=decoded.data)
            done.append(str(name))
    return done


def _decoded(raw: xr.Variable, layout: Layout) -> xr.Variable | None:
    """Decode a variable as CF tells, lazily; None where the layout is not that of the variable."""
    if raw.shape != layout.shape or raw.dtype != layout.dtype:
        return None
    attrs: dict[str, Any] = dict(raw.attrs)
    for key in _ABSENT:
        # Nothing is to be done where what is absent is NaN already.
        if layout.dtype.kind == "f" and key in attrs and np.all(pd.isna(attrs[key])):
            del attrs[key]
    made: xr.Variable = xr.conventions.decode_cf_variable(
        "values", xr.Variable(raw.dims, lazily(layout), attrs)
    )
    return made
