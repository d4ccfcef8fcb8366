"""Part a series into its trend, its seasons and the rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.described import check_dim, described, title
from workbench.compute.quantities import Quantities, has_value
from workbench.core.errors import FigureError, MissingExtra
from workbench.core.types import Kind, Status

__all__ = ["Seasons", "seasonal_parts"]

FloatArray = NDArray[np.float64]


class Seasons(NamedTuple):
    """Hold what a series is made of: the three add up to it.

    Parameters
    ----------
    trend, seasonal, rest : DataArray (territory, time, …)
        NaN for a series with a gap.
    status : DataArray (territory, time, …), int8
        *Estimated*, or why the series cannot be parted.
    """

    trend: xr.DataArray
    seasonal: xr.DataArray
    rest: xr.DataArray
    status: xr.DataArray


def seasonal_parts(
    figures: Quantities, *, season: int, time: str = "time", robust: bool = False
) -> Seasons:
    """Part each series into trend, seasons and rest by repeated local regression (STL).

    Parameters
    ----------
    figures : Quantities (territory, time, …)
        Series at regular steps.
    season : int
        Steps after which the seasons come back: 12 for months, 4 for quarters, 7 for days.
    time : str
        The dim of the steps.
    robust : bool
        Whether odd values are given less weight, so that they stay in the rest.

    Returns
    -------
    Seasons

    Raises
    ------
    FigureError
        Steps are not regular or not in order, or make fewer than two whole seasons.
    MissingExtra
        Statsmodels is not installed.
    ValueError
        There is no such dim.

    Notes
    -----
    Additive: ``figure = trend + seasonal + rest``. Take the logarithm first of figures whose
    seasons grow with them. A series with a gap is not parted: filling it would be inventing.

    References
    ----------
    Cleveland, R. B. et al. (1990), STL: a seasonal-trend decomposition procedure based on loess,
    *Journal of Official Statistics* 6, 3–73.

    Examples
    --------
    >>> from workbench.compute.quantities import observed
    >>> nights = np.arange(16.0) + np.tile([0.0, 0.0, 8.0, 0.0], 4)
    >>> series = observed(xr.DataArray([nights], dims=("territory", "time")))
    >>> parts = seasonal_parts(series, season=4)
    >>> parts.seasonal.values[0, :4].round(3).tolist()
    [-2.0, -2.0, 6.0, -2.0]
    """
    values = figures.values
    check_dim(values, time)
    _check_steps(values, time, season)
    part = partial(_stl(), period=season, robust=robust)
    order = [*(dim for dim in values.dims if dim != time), time]
    found = map_blocks(
        partial(_part, part=part),
        *(array.transpose(*order) for array in figures),
        dtypes=[np.float64, np.float64, np.float64, np.int8],
        whole=[time],
    )
    arrays = [array.transpose(*values.dims) for array in found]
    told = [
        described(
            Quantities(array, arrays[3]),
            long_name=f"{name} of {title(values)}",
            units=values.attrs.get("units"),
            kind=values.attrs.get("kind", Kind.COUNT),
            formula="figure = trend + seasonal + rest",
            references="STL: Cleveland et al. (1990)",
        )
        for name, array in zip(("trend", "seasonal part", "rest"), arrays, strict=False)
    ]
    trend, seasonal, rest = (each.values for each in told)
    return Seasons(trend, seasonal, rest, told[0].status)


def _check_steps(values: xr.DataArray, time: str, season: int) -> None:
    if season < 2:
        message = f"seasons come back after 2 steps or more, 12 for months; found {season}"
        raise FigureError(message)
    steps = values.sizes[time]
    if steps < 2 * season:
        message = (
            f"{steps} steps make fewer than two whole seasons of {season}: "
            f"give {2 * season} steps or more"
        )
        raise FigureError(message)
    labels = values.indexes.get(time)
    if labels is None:
        return
    gaps = np.diff(labels.asi8 if isinstance(labels, pd.DatetimeIndex) else labels.to_numpy())
    regular = len(set(gaps.tolist())) == 1
    if isinstance(labels, pd.DatetimeIndex) and not regular:
        regular = _by_months(labels)  # months and years are not all as long
    if not regular or gaps[0] < 0:
        message = (
            f"the steps of {time!r} are not regular, or not in order, from {labels[0]} to "
            f"{labels[-1]}: add those that lack, as missing, and sort them"
        )
        raise FigureError(message)


def _by_months(labels: pd.DatetimeIndex) -> bool:
    """Tell whether dates are a same number of months apart, on the same day or the last one."""
    months = np.diff(labels.year * 12 + labels.month)
    days = set(labels.day.tolist())
    return len(set(months.tolist())) == 1 and (len(days) == 1 or bool(labels.is_month_end.all()))


def _stl() -> Callable[..., Any]:
    try:
        from statsmodels.tsa.seasonal import STL
    except ModuleNotFoundError:
        raise MissingExtra(
            "Seasonal decomposition needs the package statsmodels: "
            "install territorial-workbench[stats]."
        ) from None
    part: Callable[..., Any] = STL
    return part


def _part(
    values: FloatArray, status: NDArray[np.int8], *, part: Callable[..., Any]
) -> tuple[NDArray[Any], ...]:
    """Part every series along the last axis."""
    worst = np.broadcast_to(status.max(axis=-1, keepdims=True, initial=0), values.shape)
    gap = np.isnan(values).any(axis=-1, keepdims=True) & has_value(worst)
    worst = np.where(gap, np.int8(Status.MISSING), worst)
    worst = np.maximum(worst, np.int8(Status.ESTIMATED))
    found = np.full((3, *values.shape), np.nan)
    for place in zip(*np.nonzero(has_value(worst[..., 0])), strict=True):
        made = part(np.ascontiguousarray(values[place])).fit()
        for which, series in enumerate((made.trend, made.seasonal, made.resid)):
            found[(which, *place)] = series
    return found[0], found[1], found[2], worst
