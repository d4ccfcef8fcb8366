"""The cube as netCDF or Zarr that follows the Climate and Forecast conventions.

References
----------
CF 1.11: units (3.1), flags (3.5), labels as text (6.1), bounds of time (7.1).
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core.errors import MissingExtra
from workbench.core.types import Status
from workbench.publishing.about import About

__all__ = ["conventional", "write_netcdf", "write_zarr", "zipped"]

# Units that UDUNITS knows; what is counted (people, homes) is a pure number for it.
_UNITS: Final[Mapping[str, str]] = {
    "percent": "percent",
    "percent_per_year": "percent year-1",
    "percentage_point": "percent",
    "percent_change": "percent",
    "per_100_inhabitants": "0.01",
    "km2": "km2",
    "person_per_km2": "km-2",
    "dwelling_per_km2": "km-2",
    "year_of_age": "year",
    "hour_per_week": "hour week-1",
    "minute": "minute",
    "day": "day",
    "degree_celsius": "degree_Celsius",
    "degree_day": "degree_Celsius day",
    "millimetre": "mm",
}
_EPOCH: Final = "days since 1970-01-01"
_BOUNDS: Final = "time_bounds"


def conventional(cube: xr.Dataset, about: About) -> xr.Dataset:
    """Return a cube as the conventions ask: units, flags, the time of its periods, who made it.

    Parameters
    ----------
    cube : Dataset
        Dims ``territory``, ``period``, …; years as periods get a time and its bounds.
    about : About

    Returns
    -------
    Dataset
        The unit that the workbench names stays as ``unit_name``.

    Examples
    --------
    >>> cube = xr.Dataset({"homes": ("period", [5.0], {"units": "dwelling"})}, {"period": [2023]})
    >>> from workbench.packs.licences import licence
    >>> from workbench.publishing.about import Agent, texts
    >>> said = About("a", texts("A"), texts("A"), "2026-01-01", licence("CC0-1.0"), Agent("B"))
    >>> made = conventional(cube, said)
    >>> made["homes"].attrs["units"], made["time_bounds"].values.tolist()
    ('1', [[19358.0, 19723.0]])
    """
    made = cube.compute().copy()
    for name in made.variables:
        made[name].attrs = _attributes(str(name), made[name])
    if "period" in made.coords and made["period"].dtype.kind in "iu":
        made = _timed(made)
    for name in made.data_vars:
        if "flag_values" in made[name].attrs:
            made[name] = made[name].astype(np.int8)
    origins = "; ".join(each.title["en"] for each in about.origins)
    made.attrs = {
        "Conventions": "CF-1.11",
        "title": about.title["en"],
        "summary": about.description["en"],
        "institution": about.publisher.name,
        "source": origins or about.title["en"],
        "references": about.url or about.publisher.url or about.publisher.name,
        "comment": about.description["en"],
        "license": about.licence.id,
        "date_issued": about.date,
        # The day of the data: that of the writing would make each file another.
        "history": f"{about.date}: published with the Territorial Workbench",
        **{key: cube.attrs[key] for key in ("pack", "level", "vintage") if key in cube.attrs},
    }
    return made


def _attributes(name: str, variable: xr.DataArray) -> dict[str, Any]:
    attrs = {
        str(key): np.int32(value) if type(value) is int else value
        for key, value in variable.attrs.items()
        if value is not None
    }
    attrs.setdefault("long_name", name)
    if "flag_values" in attrs:
        attrs["flag_values"] = np.arange(len(Status), dtype=np.int8)
        attrs["flag_meanings"] = Status.flag_meanings()
    elif "units" in attrs or variable.dtype.kind in "iuf":
        unit = str(attrs.get("units", ""))
        attrs["units"] = _UNITS.get(unit, "1")
        if unit and attrs["units"] != unit:
            attrs["unit_name"] = unit
    return attrs


def _timed(cube: xr.Dataset) -> xr.Dataset:
    """Tell when the years of a cube begin and end, in days that any reader understands."""
    years = cube["period"].to_numpy()
    if "time" in cube.variables or not ((years > 1700) & (years < 2262)).all():
        return cube

    def day(year: int) -> float:
        return float((pd.Timestamp(year, 1, 1) - pd.Timestamp(1970, 1, 1)).days)

    edges = np.array([[day(int(year)), day(int(year) + 1)] for year in years])
    about = {"standard_name": "time", "long_name": "middle of the year", "axis": "T"}
    about |= {"units": _EPOCH, "calendar": "standard", "bounds": _BOUNDS}
    about["units_metadata"] = "leap_seconds: none"
    return cube.assign_coords(
        {
            "time": ("period", edges.mean(axis=1), about),
            _BOUNDS: (("period", "bounds"), edges),
        }
    )


def write_netcdf(cube: xr.Dataset, target: Path) -> None:
    """Write a conventional cube as netCDF-4, the same bytes each time.

    Raises
    ------
    MissingExtra
    """
    try:
        import netCDF4  # noqa: F401 - xarray writes by it
    except ImportError:
        raise MissingExtra(
            "netCDF needs the package netCDF4: install territorial-workbench[publish], or leave "
            "netcdf out of --format."
        ) from None
    encoding: dict[Any, dict[str, Any]] = {}
    for name, variable in cube.variables.items():
        if variable.dtype.kind in "OUT":
            # Arrays of characters: labels that every reader of the conventions takes.
            encoding[name] = {"dtype": "S1"}
        elif name in cube.data_vars:
            encoding[name] = {"zlib": True, "complevel": 4, "dtype": variable.dtype}
        elif variable.dtype.kind == "f":
            encoding[name] = {"_FillValue": None}
    cube.to_netcdf(target, engine="netcdf4", format="NETCDF4", encoding=encoding)


def write_zarr(cube: xr.Dataset, target: Path) -> None:
    """Write a conventional cube as a Zarr store, in one zip.

    Raises
    ------
    MissingExtra
    """
    from workbench.loaders.saving import to_zarr

    with tempfile.TemporaryDirectory(prefix="workbench-") as held:
        zipped(to_zarr(cube, Path(held, "store.zarr")), target)


def zipped(folder: Path, target: Path) -> None:
    """Put a folder in a zip: sorted names, no date, the same bytes each time."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*"), key=lambda each: each.as_posix()):
            if path.is_file():
                # 1980 is the first year that a zip can hold.
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes())
