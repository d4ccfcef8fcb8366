"""Bring a grid (climate, air, relief) to the territories of a pack: a cube, in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import xarray as xr

from workbench.compute.grids import Grid
from workbench.compute.quantities import status_attributes
from workbench.compute.zonal import Zonal
from workbench.compute.zonal import zonal as zonal_statistic
from workbench.core.defaults import DEFAULT_PACK
from workbench.core.errors import GridInvalid, UnknownName, nearest
from workbench.indicators.metadata import coordinates, dataset_attributes
from workbench.packs.grid_weights import grid_weights
from workbench.packs.pack import Pack, open_pack

__all__ = ["zonal"]

_TIMES = ("time", "t", "date", "year", "month", "day", "valid_time")
_TERMS = ("numerator", "denominator")


def zonal(
    grid: Any,
    level: str = "",
    how: str = "mean",
    *,
    pack: str | Pack = DEFAULT_PACK,
    by: xr.DataArray | None = None,
    variables: Iterable[str] = (),
    terms: Iterable[str] = (),
    crs: str = "",
    source: str = "",
    licence: str = "",
    **options: Any,
) -> xr.Dataset:
    """Summarise a grid by territory, lazily where the grid is lazy.

    Parameters
    ----------
    grid : DataArray, Dataset, or what `workbench.load` returns
        With two coordinates that tell where cells lie; see `workbench.compute.grids.Grid.of`.
    level : str
        Level of the territories, the pack's base level by default.
    how : str
        ``mean``, ``sum``, ``min``, ``max``, ``std``, ``count``, ``quantile``, ``majority`` or
        ``threshold_count``: see `workbench.compute.zonal.zonal`.
    pack : str or Pack
    by : DataArray (y, x), optional
        Another weight of each cell, for its whole surface (inhabitants per km²): a mean is then
        that of inhabitants rather than of places.
    variables : iterable of str
        Those wanted of a Dataset; by default all that lie on the grid.
    terms : iterable of str
        Variables whose denominator (weight of the cells that have a value), and numerator where
        there is one, are kept as ``<name>_denominator`` and ``<name>_numerator``.
    crs : str
        Reference system of the grid, when it does not tell it (``"EPSG:2154"``).
    source, licence : str
        Of the grid, when it does not tell them.
    **options
        ``q``, ``definition``, ``threshold``, ``compare`` and ``min_valid`` of the statistic.

    Returns
    -------
    Dataset
        Dims ``territory`` and ``period`` (the grid's times, or the single period 0 where it has
        none), then the grid's others. Each variable has its ``<name>_status`` and its
        ``<name>_valid``: part of the territory with values, 0 to 1. Coordinates and attributes
        are those of `workbench.cube`.

    Raises
    ------
    GridInvalid, GridMismatch
        The grid cannot be read, or no territory lies on it.
    UnknownName, LevelUnknown, VintageMismatch
        Each names the nearest valid choice.
    MissingExtra
        Numba, or pyproj for a projected grid, is not installed.

    Notes
    -----
    Each cell counts for the exact part of it that a territory covers. Weights are kept on the
    disk by grid, map and weighting: `workbench.packs.grid_weights`. A level above the base one
    is made of its parts, whose figures are not computed apart.

    Examples
    --------
    >>> import numpy as np
    >>> lat, lon = np.arange(51.5, 41, -0.5), np.arange(-5.0, 10, 0.5)
    >>> years = pd.to_datetime(["2023-07-01", "2024-07-01"])
    >>> coords = {"time": years, "lat": lat, "lon": lon}
    >>> north = np.broadcast_to(lat[:, None], (2, 21, 30))
    >>> heat = xr.DataArray(40 - north / 2, coords, name="heat", attrs={"units": "degC"})
    >>> cube = zonal(heat, "region")
    >>> cube["heat"].sel(territory="32").values.round(1)
    array([15., 15.])
    >>> cube["heat"].attrs["kind"], cube["name"].sel(territory="32").item()
    ('mean', 'Hauts-de-France')
    """
    opened = pack if isinstance(pack, Pack) else open_pack(pack)
    name = level or opened.base_level
    declared, frame = opened.level(name), opened.frame(name)
    data, told = _dataset(grid)
    laid = Grid.of(data, crs=crs)
    wanted = _wanted(data, laid, tuple(variables))
    kept = _kept(tuple(terms), wanted)
    weights = grid_weights(opened, name, laid, by=by)
    about = {
        "source": source or _first(("source", "institution", "title"), told, data.attrs),
        "licence": licence or _first(("licence", "license"), told, data.attrs),
    }
    made: dict[str, xr.DataArray] = {}
    for each in wanted:
        found = zonal_statistic(data[each], weights, how, **options)
        made |= _arrays(each, found, data[each], about, with_terms=each in kept)
    cube = xr.Dataset(_on_one_period({key: _by_period(array) for key, array in made.items()}))
    labels = coordinates(frame, weights.codes, declared, cube.indexes["period"])
    del labels["period"]  # the grid's own, in its calendar
    attrs = dataset_attributes(opened, declared, {k: cube[k].variable for k in wanted})
    attrs["title"] = (
        f"{', '.join(wanted)} ({how}) by {name} of pack {opened.name}, map of {opened.vintage}"
    )
    return cube.assign_coords(labels).assign_attrs(attrs)


def _dataset(grid: Any) -> tuple[xr.Dataset, Mapping[str, Any]]:
    """Take a grid in any of its forms, and what its loading decided."""
    told: Mapping[str, Any] = {}
    if not isinstance(grid, xr.Dataset | xr.DataArray):
        told, grid = getattr(grid, "decisions", {}), getattr(grid, "data", grid)
    if isinstance(grid, xr.DataArray):
        crs = {key: grid.attrs[key] for key in ("crs",) if key in grid.attrs}
        grid = grid.rename("value" if grid.name is None else grid.name).to_dataset()
        grid = grid.assign_attrs(crs)
    if not isinstance(grid, xr.Dataset):
        raise GridInvalid(
            f"A grid is expected (DataArray, Dataset or what workbench.load returns), not "
            f"{type(grid).__name__}. Open it first: xarray.open_zarr(path), workbench.load(path)."
        )
    return _with_system(grid), told


def _with_system(data: xr.Dataset) -> xr.Dataset:
    """Say of the whole what its variables say of their reference system (CF grid mappings)."""
    for array in data.data_vars.values():
        named = array.encoding.get("grid_mapping") or array.attrs.get("grid_mapping")
        if named in data.variables:
            return data.set_coords(named).assign_attrs(grid_mapping=named)
    return data


def _wanted(data: xr.Dataset, grid: Grid, asked: tuple[str, ...]) -> list[str]:
    """List the variables that lie on the grid."""
    on_it = [
        str(name)
        for name, array in data.data_vars.items()
        if set(grid.dims) <= set(array.dims) and "grid_mapping_name" not in array.attrs
    ]
    for name in asked:
        if name not in on_it:
            raise UnknownName(f"The grid has no variable {name!r} ({nearest(name, on_it)}).")
    if not on_it:
        raise GridInvalid(
            f"No variable lies on the grid {grid.dims}: found "
            f"{', '.join(f'{n} {a.dims}' for n, a in data.data_vars.items()) or 'none'}."
        )
    # Bounds of coordinates are no figures.
    bounds = {str(c.attrs.get("bounds")) for c in data.coords.values()}
    return list(asked) or [name for name in on_it if name not in bounds]


def _kept(terms: tuple[str, ...], wanted: list[str]) -> frozenset[str]:
    for name in terms:
        if name not in wanted:
            hint = nearest(name, wanted)
            raise UnknownName(f"Terms of {name!r} are asked for, which is not read ({hint}).")
    return frozenset(terms)


def _first(keys: tuple[str, ...], *places: Mapping[Any, Any]) -> str:
    return next((str(p[key]) for p in places for key in keys if p.get(key)), "")


def _arrays(
    name: str, found: Zonal, cells: xr.DataArray, about: Mapping[str, str], *, with_terms: bool
) -> dict[str, xr.DataArray]:
    """Give a statistic the names and the attributes that variables of a cube have."""
    values, status, valid = found.values, found.status, found.valid
    own = cells.attrs
    values.attrs.setdefault("units", "unknown")
    values.attrs |= {
        "long_name": str(own.get("long_name") or own.get("standard_name") or name),
        "source": str(own.get("source") or about["source"]),
        "licence": str(own.get("licence") or own.get("license") or about["licence"]),
    }
    status.attrs = status_attributes(values.attrs)
    valid.attrs["long_name"] = f"part of the territory with values of {values.attrs['long_name']}"
    arrays = {name: values, f"{name}_status": status, f"{name}_valid": valid}
    if with_terms:
        for term in _TERMS:
            array = getattr(found, term)
            if array is not None:
                said = {"long_name": f"{term} ({values.attrs['long_name']})"}
                arrays[f"{name}_{term}"] = array.assign_attrs(said)
    values.attrs["ancillary_variables"] = " ".join(list(arrays)[1:])
    return arrays


def _by_period(array: xr.DataArray) -> xr.DataArray:
    """Name the dim of times as a cube does, and put it after the territories."""
    dim = next((d for d in array.dims if d != "territory" and _is_time(array, str(d))), None)
    if dim is None:
        array = array.drop_vars("period", errors="ignore").expand_dims(period=[0], axis=1)
    elif dim != "period":
        array = array.drop_vars("period", errors="ignore").rename({dim: "period"})
        array["period"].attrs.setdefault("long_name", "time")
    return array.transpose("territory", "period", ...)


def _on_one_period(arrays: dict[str, xr.DataArray]) -> dict[str, xr.DataArray]:
    first, index = next((name, array.indexes["period"]) for name, array in arrays.items())
    for name, array in arrays.items():
        if not array.indexes["period"].equals(index):
            raise GridInvalid(
                f"Variables {first} and {name} are not of the same times: ask for them apart, "
                f"variables=[{first!r}]."
            )
    return arrays


def _is_time(array: xr.DataArray, dim: str) -> bool:
    index = array.indexes.get(dim)
    dated = isinstance(index, pd.DatetimeIndex | xr.CFTimeIndex | pd.PeriodIndex)
    axis = str(array[dim].attrs.get("axis", "")).upper() == "T" if dim in array.coords else False
    return dated or axis or dim.lower() in ("period", *_TIMES)
