"""Recognise daily temperature and precipitation in a grid, and check what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from workbench.compute.grids import Grid
from workbench.core.errors import GridInvalid, nearest

__all__ = ["Daily", "read_daily"]

# CF standard names, and names in use (E-OBS, ERA5, CORDEX, SAFRAN, GHCN), in lower case.
_TEMPERATURE = {"air_temperature"}
_RAIN = {
    "precipitation_flux",
    "precipitation_amount",
    "lwe_precipitation_rate",
    "lwe_thickness_of_precipitation_amount",
    "thickness_of_rainfall_amount",
}
_NAMES = {
    "tasmax": ("tasmax", "tx", "tmax", "mx2t", "t2m_max", "maximum_temperature"),
    "tasmin": ("tasmin", "tn", "tmin", "mn2t", "t2m_min", "minimum_temperature"),
    "tas": ("tas", "tg", "tmean", "t2m", "t2m_mean", "mean_temperature"),
    "pr": ("pr", "rr", "tp", "prcp", "precip", "precipitation", "prec"),
}
_METHODS = {"tasmax": "maximum", "tasmin": "minimum", "tas": "mean"}
# Amounts of a day are rates by day; xclim tells a rate by its unit.
_AMOUNTS = {"mm": "mm/day", "m": "m/day", "kg m-2": "kg m-2 d-1", "kg/m2": "kg m-2 d-1"}
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Daily:
    """Hold daily variables under the names that indexes ask for.

    Parameters
    ----------
    data : Dataset (time, y, x)
        Of ``tas``, ``tasmin``, ``tasmax`` (a temperature) and ``pr`` (a rate), those that the
        grid has.
    grid : Grid
    simulated : bool
        Its attributes say so.
    attributes : mapping of str to str
        ``source``, ``licence``, ``institution``, ``title``: what the grid says of itself.
    caveats : tuple of str
        Keys of messages: what a reader must know of it.
    """

    data: xr.Dataset
    grid: Grid
    simulated: bool
    attributes: Mapping[str, str]
    caveats: tuple[str, ...] = ()


def read_daily(data: xr.Dataset, *, names: Mapping[str, str] | None = None, crs: str = "") -> Daily:
    """Recognise the variables of a daily grid.

    Parameters
    ----------
    data : Dataset (time, y, x)
        Lazy or not. Variables are told by their CF attributes (standard name and cell methods),
        else by their names; their units must be said.
    names : mapping of str to str, optional
        Name in the grid of ``tas``, ``tasmin``, ``tasmax`` or ``pr``, where it is unusual.
    crs : str
        Reference system, when the grid does not tell it.

    Returns
    -------
    Daily
        With days that lack put in as days without a value, and the mean temperature taken midway
        between minimum and maximum where the grid has none.

    Raises
    ------
    GridInvalid
        No variable is known, one has no unit or other dims, or steps are no days.

    Examples
    --------
    >>> days = pd.date_range("2020-01-01", periods=3)
    >>> coords = {"time": days, "lat": [48.0, 47.0], "lon": [1.0, 2.0]}
    >>> heat = (("time", "lat", "lon"), np.zeros((3, 2, 2)), {"units": "degC"})
    >>> list(read_daily(xr.Dataset({"tx": heat}, coords=coords)).data)
    ['tasmax']
    """
    found = _found(data, names or {})
    grid = Grid.of(data[next(iter(found.values()))], crs=crs)
    time = _time_of(data[next(iter(found.values()))])
    made = xr.Dataset(
        {
            name: _checked(data[own], name, (time, *grid.dims)).rename({time: "time"})
            for name, own in found.items()
        }
    )
    caveats = []
    made, gaps = _every_day(made)
    if gaps:
        caveats.append("caveat_gaps")
    if "tas" not in made and {"tasmin", "tasmax"} <= set(made):
        caveats.append("caveat_mean")
        made["tas"] = _midway(made["tasmin"], made["tasmax"])
    told = {key: str(data.attrs[key]) for key in _TOLD if data.attrs.get(key)}
    return Daily(made, grid, _is_simulated(data), told, tuple(caveats))


_TOLD = ("title", "source", "institution", "licence", "license", "references")


def _midway(low: xr.DataArray, high: xr.DataArray) -> xr.DataArray:
    units = low.attrs["units"]
    if units != high.attrs["units"]:
        raise GridInvalid(
            f"The minimum is in {units} and the maximum in {high.attrs['units']}: bring both to "
            "one unit, or give the mean temperature."
        )
    return ((low + high) / 2).assign_attrs(low.attrs, cell_methods="time: mean")


def _is_simulated(data: xr.Dataset) -> bool:
    return str(data.attrs.get("simulated", "")).lower() in ("true", "1", "yes")


def _found(data: xr.Dataset, names: Mapping[str, str]) -> dict[str, str]:
    """Find the variable of the grid for each one that is known, the names given first."""
    for name, own in names.items():
        if name not in _NAMES:
            raise GridInvalid(f"No daily variable is named {name!r} ({nearest(name, _NAMES)}).")
        if own not in data:
            hint = nearest(own, map(str, data.data_vars))
            raise GridInvalid(f"The grid has no variable {own!r} ({hint}).")
    told = {name: names.get(name) or _by_attributes(data, name) for name in _NAMES}
    found = {name: own or _by_name(data, name) for name, own in told.items()}
    kept = {name: own for name, own in found.items() if own}
    if not kept:
        listed = ", ".join(map(str, data.data_vars)) or "none"
        raise GridInvalid(
            "No daily temperature nor precipitation is recognised among the variables of the grid "
            f"({listed}). Name them: tasmin, tasmax, tas, pr; or give them their CF standard_name "
            "and cell_methods."
        )
    return kept


def _by_attributes(data: xr.Dataset, name: str) -> str:
    for own, values in data.data_vars.items():
        standard = str(values.attrs.get("standard_name", ""))
        methods = str(values.attrs.get("cell_methods", ""))
        if name == "pr" and standard in _RAIN:
            return str(own)
        if name != "pr" and standard in _TEMPERATURE and f"time: {_METHODS[name]}" in methods:
            return str(own)
    return ""


def _by_name(data: xr.Dataset, name: str) -> str:
    known = {str(own).lower(): str(own) for own in data.data_vars}
    return next((known[each] for each in _NAMES[name] if each in known), "")


def _time_of(values: xr.DataArray) -> str:
    """Find the dim of days: dates of the usual calendar or of another one."""
    for dim in values.dims:
        index = values.indexes.get(dim)
        if isinstance(index, (pd.DatetimeIndex, xr.CFTimeIndex)):
            return str(dim)
    raise GridInvalid(
        f"Variable {values.name} has dims {tuple(map(str, values.dims))} and none holds dates. "
        "Give its times CF units, such as 'days since 1950-01-01', and a calendar."
    )


def _checked(values: xr.DataArray, name: str, dims: Sequence[object]) -> xr.DataArray:
    more = [str(dim) for dim in values.dims if dim not in dims]
    if long := [dim for dim in more if values.sizes[dim] > 1]:
        raise GridInvalid(
            f"Variable {values.name} also has {long[0]} ({values.sizes[long[0]]} values): select "
            "one, a height or a member."
        )
    units = str(values.attrs.get("units", ""))
    if not units:
        raise GridInvalid(
            f"Variable {values.name} has no units: 'degC', 'K' or 'mm/day' would tell a frost "
            "from a heat wave. Set values.attrs['units']."
        )
    # Attributes that xclim reads, whatever the grid said; the data stay what they are.
    rain = name == "pr"
    attrs = {
        "units": _AMOUNTS.get(units, units) if rain else units,
        "standard_name": "precipitation_flux" if rain else "air_temperature",
        "cell_methods": f"time: {'mean' if rain else _METHODS[name]}",
    }
    kept = values.squeeze(more, drop=True).transpose(*dims)
    kept = kept.drop_vars([str(c) for c in kept.coords if c not in dims and c != "spatial_ref"])
    kept.attrs = attrs
    return kept


def _every_day(data: xr.Dataset) -> tuple[xr.Dataset, int]:
    """Check that steps are days, and put in those that lack; return how many."""
    index = data.indexes["time"]
    if len(index) < 2:
        raise GridInvalid(f"The grid has {len(index)} day: indicators are of whole years.")
    steps = np.array([np.timedelta64(step) for step in index[1:] - index[:-1]])
    if (steps <= np.timedelta64(0, "D")).any():
        at = int(np.flatnonzero(steps <= np.timedelta64(0, "D"))[0])
        raise GridInvalid(f"Days are out of order or twice the same after {index[at]}: sort them.")
    if (steps % _DAY != np.timedelta64(0, "D")).any() or steps.min() > _DAY:
        raise GridInvalid(
            f"Steps of the grid are of {pd.Timedelta(steps.min())}, where days are expected. "
            "Bring it to days first: data.resample(time='D').max() for a maximum."
        )
    gaps = int((steps // _DAY).sum()) - (len(index) - 1)
    if not gaps:
        return data, 0
    calendar = index.calendar if isinstance(index, xr.CFTimeIndex) else "standard"
    days = xr.date_range(
        index[0], index[-1], freq="D", calendar=calendar, use_cftime=calendar != "standard"
    )
    return data.reindex(time=days), gaps
