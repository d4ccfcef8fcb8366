"""Refuse a cube whose cells would be read as something else than what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import dask.array as da
import numpy as np
import xarray as xr

from workbench.core.errors import GridInvalid

__all__ = ["readable"]

_PACKED = ("scale_factor", "add_offset")
_ABSENT = ("_FillValue", "missing_value")


def readable(cube: xr.DataArray) -> xr.DataArray:
    """Return a cube whose values are numbers, NaN where there is none.

    Parameters
    ----------
    cube : DataArray

    Returns
    -------
    DataArray
        The same; masks of NumPy become NaN.

    Raises
    ------
    GridInvalid
        Values are not numbers, or still packed as in the file; a dim comes twice; times are in
        two calendars.

    Examples
    --------
    >>> packed = xr.DataArray(np.int16([250]), dims="x", attrs={"scale_factor": 0.1})
    >>> readable(packed)
    Traceback (most recent call last):
        ...
    workbench.core.errors.GridInvalid: Values are still packed as in the file (scale_factor=0.1): \
decode them with xarray.decode_cf(dataset), or open it without mask_and_scale=False.
    """
    for reason in _reasons(cube):
        raise GridInvalid(reason)
    return _unmasked(cube)


def _reasons(cube: xr.DataArray) -> Iterator[str]:
    repeated = sorted({str(dim) for dim in cube.dims if cube.dims.count(dim) > 1})
    if repeated:
        yield f"The cube has dim {repeated[0]} twice: rename one of the two."
    if cube.dtype.kind not in "biuf":
        yield (
            f"Values are of type {cube.dtype}, and numbers are expected. Convert them: "
            "cube.astype(float) for numbers kept as objects or texts; a lapse of time divided "
            "by its unit, cube / numpy.timedelta64(1, 'D')."
        )
    told = [key for key in _PACKED if key in cube.attrs]
    for key in _ABSENT:
        if key in cube.attrs and not np.all(np.isnan(_number(cube.attrs[key]))):
            told.append(key)
    if told:
        shown = ", ".join(f"{key}={cube.attrs[key]}" for key in told)
        yield (
            f"Values are still packed as in the file ({shown}): decode them with "
            "xarray.decode_cf(dataset), or open it without mask_and_scale=False."
        )
    for name, coord in cube.coords.items():
        if coord.dtype == object and coord.ndim == 1 and coord.size:
            found = sorted({str(getattr(v, "calendar", "standard")) for v in coord.values})
            if len(found) > 1 and any(hasattr(v, "calendar") for v in coord.values):
                yield (
                    f"Values of {name} are in {len(found)} calendars ({', '.join(found)}): bring "
                    "the parts to one with .convert_calendar('standard') before they are joined."
                )


def _number(value: Any) -> Any:
    """Read the attribute of a file, which may be anything: what is no number marks nothing."""
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return np.nan


def _unmasked(cube: xr.DataArray) -> xr.DataArray:
    """Put NaN under the masks of a lazy cube: xarray does so of one in memory."""
    values = cube.data
    if isinstance(values, da.Array) and isinstance(values._meta, np.ma.MaskedArray):
        kind = np.result_type(values.dtype, np.float16 if values.dtype.itemsize < 2 else np.float32)
        map_blocks: Callable[..., Any] = da.map_blocks
        meta = np.empty((0,) * cube.ndim, kind)
        return cube.copy(data=map_blocks(_fill, values, kind, dtype=kind, meta=meta))
    return cube


def _fill(block: Any, kind: Any) -> Any:
    return np.ma.filled(np.ma.asarray(block).astype(kind), np.nan)
