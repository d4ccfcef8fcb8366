"""Open grids (netCDF, Zarr, GRIB) lazily: axes told, times read in their calendar, units kept.

References
----------
CF conventions 1.11: 3.1 (units), 4 (coordinate types and axes), 4.4.1 (calendars).
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from workbench.core.errors import MissingExtra, WorkbenchError, nearest
from workbench.core.i18n.catalogue import Messages
from workbench.core.reads import note
from workbench.loaders.content import kind_of
from workbench.loaders.errors import DialectInvalid, FileNotTabular
from workbench.loaders.grid_guard import (
    damaged,
    keys_of,
    refuse_other_files,
    refuse_pickles,
    refuse_sizes,
)
from workbench.loaders.registry import Loaded, Problem
from workbench.loaders.saving import decoded
from workbench.loaders.zarr_plain import read_plainly

__all__ = ["axes", "load", "options", "read", "suffixes"]

suffixes = (".nc", ".nc4", ".netcdf", ".zarr", ".zarr.zip", ".grib", ".grib2", ".grb", ".grb2")
options = ("variables", "group", "lang")

# What reads each kind: the engine of xarray, its module, and what brings it.
_ENGINES: Mapping[str, tuple[str, str, str]] = {
    "netcdf": ("netcdf4", "netCDF4", "territorial-workbench[grids]"),
    "hdf5": ("netcdf4", "netCDF4", "territorial-workbench[grids]"),
    "zarr": ("zarr", "zarr", "territorial-workbench[grids]"),
    "grib": (
        "cfgrib",
        "cfgrib",
        "territorial-workbench[grib] (cfgrib and the library ecCodes, which conda-forge has for "
        "Windows), or write it as netCDF first (cdo -f nc4 copy a.grib2 a.nc)",
    ),
}
_MOST_SHOWN = 20_000_000  # values of an axis in two dimensions that are read to tell its span
# CF 4.1 and 4.2: the spellings of the units that make a latitude or a longitude.
_UNITS = {
    "Y": {"degrees_north", "degree_north", "degree_n", "degrees_n", "degreen", "degreesn"},
    "X": {"degrees_east", "degree_east", "degree_e", "degrees_e", "degreee", "degreese"},
}
_NAMES = {
    "latitude": "Y",
    "longitude": "X",
    "projection_y_coordinate": "Y",
    "projection_x_coordinate": "X",
    "time": "T",
    "altitude": "Z",
    "height": "Z",
    "depth": "Z",
}


def read(path: Path, *, variables: str = "", group: str = "", lang: str = "en") -> Loaded:
    """Open a grid; nothing of its variables is read until it is asked for.

    Parameters
    ----------
    path : Path
        A file, or the folder or the zip of a Zarr.
    variables : str
        Names of the variables wanted, separated by commas; all by default.
    group : str
        Group within the file; of a GRIB, the keys of its messages, of which one grid has one
        level at a time: ``"typeOfLevel=heightAboveGround,level=2"``.
    lang : str
        Language of the problems.

    Returns
    -------
    Loaded
        An ``xarray.Dataset`` on Dask. Axes, calendar and units are in the decisions; a variable
        without units and an axis that is not in order are problems.

    Raises
    ------
    MissingExtra
        What reads this kind is not installed.
    FileNotTabular
        It is no grid, or a damaged one.
    CodeRefused
        It holds pickles, or its data are in other files.
    DialectInvalid
        It has no variable of this name.
    """
    note("file", str(path))
    kind = _kind(path)
    _, module, brings = _ENGINES[kind]
    try:
        importlib.import_module(module)
    except (ImportError, OSError, RuntimeError):
        raise MissingExtra(
            f"{path.name} is a grid ({kind}) and needs the package {module}: install {brings}."
        ) from None
    data, stored, told = _open(path, kind, group)
    if path.is_dir() and (plain := read_plainly(data, stored, path, group)):
        told["chunks"] = f"read directly: {', '.join(plain)}"
    data = decoded(data)
    wanted = [each.strip() for each in variables.split(",") if each.strip()]
    for each in wanted:
        if each not in data.data_vars:
            known = [str(name) for name in data.data_vars]
            raise DialectInvalid(f"{path.name} has no variable {each!r} ({nearest(each, known)}).")
    if wanted:
        data = data[wanted]
    say = Messages(lang)
    decisions = {"kind": f"{kind} (read by {module})", **told, **_told(data)}
    return Loaded(data, _problems(data, path.name, say), decisions, rows=None)


def _kind(path: Path) -> str:
    if path.is_dir() or path.name.lower().endswith(".zarr.zip"):
        return "zarr"
    kind = kind_of(path)
    if kind not in _ENGINES:
        with path.open("rb") as file:
            kind = "netcdf" if file.read(4) == b"CDF\x05" else kind
    if kind not in _ENGINES:
        raise FileNotTabular(
            f"{path.name} is no grid ({kind or 'nothing that is known'}): netCDF, Zarr or GRIB is "
            "expected. Fetch it again, from the address of the file itself."
        )
    return kind


def _open(
    path: Path, kind: str, group: str
) -> tuple[xr.Dataset, Mapping[Hashable, xr.Variable], dict[str, str]]:
    """Open lazily, and say what is stored; times that no calendar explains stay numbers."""
    source: Any = str(path.resolve())
    engine = _ENGINES[kind][0]
    given: dict[str, Any] = {"engine": engine}
    if engine == "cfgrib":
        # Its index is a pickle beside the file, which runs code of whoever put it there.
        given |= {"indexpath": "", "filter_by_keys": dict(keys_of(group))}
    elif group:
        given["group"] = group
    if kind == "hdf5":
        refuse_other_files(path)
    elif engine == "zarr":
        refuse_pickles(path)
        if path.is_file():
            import zarr

            source = zarr.storage.ZipStore(source, mode="r")
    with warnings.catch_warnings():
        # What they tell is in the decisions, or in the problems.
        warnings.simplefilter("ignore")
        try:
            with xr.open_dataset(
                source, decode_cf=False, create_default_indexes=False, **given
            ) as bare:
                refuse_sizes(bare, path.name)
                stored = bare.variables
            given["chunks"] = {}
            return xr.open_dataset(source, **given), stored, {}
        except WorkbenchError:
            raise
        except ValueError as error:
            reason = str(error).partition("\n")[0]
            failed: Exception = error
        except Exception as error:
            # Each engine has errors of its own, of every kind.
            raise damaged(path, error) from error
        try:
            data = xr.open_dataset(source, decode_times=False, **given)
        except Exception:
            raise damaged(path, failed) from failed
    return data, stored, {"times": f"left as numbers ({reason[:160]})"}


def axes(data: xr.Dataset) -> dict[str, str]:
    """Tell which coordinate is which axis, as CF does: attribute, standard name, units, times.

    Returns
    -------
    dict of str to str
        ``X``, ``Y``, ``Z``, ``T`` to the name of a coordinate.

    Examples
    --------
    >>> lat = ("lat", [46.0, 47.0], {"units": "degrees_north"})
    >>> axes(xr.Dataset(coords={"lat": lat, "step": [1, 2]}))
    {'Y': 'lat'}
    """
    found: dict[str, str] = {}
    for name, coordinate in data.coords.items():
        axis = _axis(coordinate)
        # One dimension of its own before a table of latitudes (CF 5.2).
        if axis and (axis not in found or coordinate.dims == (name,)):
            found[axis] = str(name)
    return found


def _axis(coordinate: xr.DataArray) -> str:
    declared = str(coordinate.attrs.get("axis", "")).upper()
    if declared in ("X", "Y", "Z", "T"):
        return declared
    named = _NAMES.get(str(coordinate.attrs.get("standard_name", "")), "")
    if named:
        return named
    units = str(coordinate.attrs.get("units", "")).lower()
    for axis, spellings in _UNITS.items():
        if units in spellings:
            return axis
    if np.issubdtype(coordinate.dtype, np.datetime64) or _has_calendar(coordinate):
        return "T"
    return "Z" if "positive" in coordinate.attrs else ""


def _has_calendar(coordinate: xr.DataArray) -> bool:
    return coordinate.dtype == object and "calendar" in coordinate.encoding


def _told(data: xr.Dataset) -> dict[str, str]:
    told = {}
    names = axes(data)
    for axis, name in sorted(names.items()):
        coordinate = data.coords[name]
        span = ""
        if 0 < coordinate.size <= _MOST_SHOWN:
            flat = coordinate.values.ravel()
            span = f", {flat[0]} to {flat[-1]}"
        told[f"axis {axis}"] = f"{name} ({coordinate.size:,}{span})"
    if "T" in names:
        calendar = data.coords[names["T"]].encoding.get("calendar")
        told["calendar"] = str(calendar or "not said (times are numbers)")
    for key, variable in data.data_vars.items():
        if units := variable.attrs.get("units"):
            told[f"unit of {key}"] = str(units)
    return told


def _problems(data: xr.Dataset, name: str, say: Messages) -> tuple[Problem, ...]:
    found = []
    for key, whole in data.variables.items():
        if len(set(whole.dims)) < len(whole.dims):
            reason, repair = say("readers.dimension_twice"), say("readers.dimension_twice_repair")
            shown = ", ".join(map(str, whole.dims))
            found.append(Problem(name, None, str(key), shown, reason, repair))
    for variable, values in data.data_vars.items():
        flags = {"flag_values", "flag_masks", "grid_mapping_name", "cf_role"} & set(values.attrs)
        number = values.dtype.kind in "iuf" and values.ndim > 0
        if number and not flags and "units" not in values.attrs:
            reason, repair = say("readers.no_units"), say("readers.no_units_repair")
            found.append(Problem(name, None, str(variable), "", reason, repair))
    for axis in axes(data).values():
        coordinate = data.coords[axis]
        if coordinate.ndim != 1 or coordinate.size < 2 or coordinate.dtype.kind not in "iufM":
            continue
        steps = np.diff(coordinate.values)
        zero = np.zeros(1, steps.dtype)[0]
        if not ((steps > zero).all() or (steps < zero).all()):
            reason, repair = say("readers.not_ordered"), say("readers.not_ordered_repair")
            found.append(Problem(name, None, axis, "", reason, repair))
    return tuple(found)


def load(path: Path, *, rows: int | None = None, **given: Any) -> Loaded:
    """Open a grid for the catalogue and its commands; it has no rows."""
    return read(path, **given)
