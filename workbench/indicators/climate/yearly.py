"""Calculate the climate indicators of each cell and year with xclim, lazily."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

import numpy as np
import xarray as xr

from workbench.core.errors import DeclarationError, GridInvalid, MissingExtra, nearest
from workbench.indicators.climate.daily import Daily
from workbench.indicators.climate.declared import YearlyIndex

__all__ = ["yearly"]

_MOST_CELLS = 100_000

_INSTALL = (
    "Climate indicators need the package xclim: `pip install 'territorial-workbench[climate]'`, or "
    "`conda install -c conda-forge xclim`. A file of climate figures made elsewhere is read "
    "without it."
)


def yearly(daily: Daily, indexes: Iterable[YearlyIndex]) -> xr.Dataset:
    """Calculate some indexes of each cell and year.

    Parameters
    ----------
    daily : Daily
    indexes : iterable of YearlyIndex
        Those whose inputs the grid lacks are left out.

    Returns
    -------
    Dataset (period, y, x)
        Lazy; NaN where a day of the year lacks. Each variable carries ``units``. Years that the
        grid holds for a part only are left out at both ends.

    Raises
    ------
    MissingExtra
        xclim is not installed.
    GridInvalid
        No index can be calculated: the grid lacks the variables, or holds no whole year.
    DeclarationError
        xclim has no such function, or it takes no such parameter.

    Notes
    -----
    Each year is one block in time, and a large grid is cut into bands, so that no more than some
    blocks are ever held, however long the series; spells do not run over New Year.
    """
    wanted = list(indexes)
    able = [each for each in wanted if set(each.inputs.values()) <= set(daily.data)]
    if not able:
        needed = sorted({name for each in wanted for name in each.inputs.values()})
        raise GridInvalid(
            f"The grid has {', '.join(map(str, daily.data))}; the indicators asked for need "
            f"{', '.join(needed)}."
        )
    xclim, atmos = _xclim()
    whole = _whole_years(daily.data)
    data = whole.chunk(_blocks(whole, daily))
    made = {}
    quiet = {"cf_compliance": "log", "data_validation": "raise", "check_missing": "any"}
    with xclim.set_options(**quiet), warnings.catch_warnings():
        # What units and cells lack is checked before, and days here.
        warnings.simplefilter("ignore")
        for index in able:
            values = _one(xclim, atmos, index, data)
            made[index.id] = values.assign_coords(time=values["time"].dt.year).rename(time="period")
    return xr.Dataset(made)


def _blocks(data: xr.Dataset, daily: Daily) -> dict[Any, Any]:
    """Cut into years, and a large grid into bands of rows too: some 150 MB a variable."""
    down, across = daily.grid.dims
    blocks: dict[Any, Any] = {"time": xr.groupers.TimeResampler("YS")}
    if data.sizes[down] * data.sizes[across] > _MOST_CELLS:
        blocks |= {down: max(_MOST_CELLS // data.sizes[across], 1), across: -1}
    return blocks


def _xclim() -> tuple[Any, Any]:
    try:
        return import_module("xclim"), import_module("xclim.indicators.atmos")
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] != "xclim":
            raise
        raise MissingExtra(_INSTALL) from None


def _one(xclim: Any, atmos: Any, index: YearlyIndex, data: xr.Dataset) -> xr.DataArray:
    function = getattr(atmos, index.function, None)
    if function is None:
        hint = nearest(index.function, atmos.__all__)
        raise DeclarationError(f"{index.id}: xclim has no function {index.function!r} ({hint}).")
    odd = {*index.inputs, *index.parameters} - set(function.parameters)
    if odd:
        name = sorted(odd)[0]
        hint = nearest(name, function.parameters)
        raise DeclarationError(f"{index.id}: {index.function} takes no {name!r} ({hint}).")
    given: Mapping[str, Any] = {
        argument: data[name] for argument, name in index.inputs.items()
    } | dict(index.parameters)
    made: xr.DataArray = function(**given, freq="YS")
    made = xclim.core.units.convert_units_to(made, index.units)
    kept = [name for name in made.coords if name not in made.dims and name != "spatial_ref"]
    made = made.drop_vars(kept)
    made.attrs = {"units": index.units, "cell_methods": str(made.attrs.get("cell_methods", ""))}
    return made


def _whole_years(data: xr.Dataset) -> xr.Dataset:
    """Keep from the first whole year to the last: a year begun or not ended has no figure."""
    time = data["time"]
    years = time.dt.year.to_numpy()
    days = time.dt.days_in_year.to_numpy()
    unique, first, counts = np.unique(years, return_index=True, return_counts=True)
    whole = unique[counts == days[first]]
    if not whole.size:
        raise GridInvalid(
            f"The grid goes from {time.values[0]} to {time.values[-1]} and holds no whole year, "
            "from 1 January to 31 December."
        )
    return data.isel(time=(years >= whole[0]) & (years <= whole[-1]))
