"""Compare two periods: absolute and relative change, mean annual rate, contribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.described import described, title
from workbench.compute.quantities import Quantities, has_value
from workbench.core.errors import PeriodUnknown
from workbench.core.types import Kind, Status

__all__ = [
    "absolute_change",
    "contribution",
    "mean_annual_rate",
    "periods_apart",
    "relative_change",
    "unchanging",
]


def absolute_change(
    figures: Quantities, *, since: int, until: int, frozen: xr.DataArray | None = None
) -> Quantities:
    """Subtract the figure of one period from that of a later one.

    Parameters
    ----------
    figures : Quantities (territory, period, …)
    since, until : int
        Periods, labels of ``period``.
    frozen : DataArray (territory,) of bool, optional
        Territories whose series is repeated rather than measured: a difference between two of
        its periods says nothing, and is not applicable.

    Returns
    -------
    Quantities
        (territory, …), in the unit of the figures. A figure absent in either period leaves the
        change absent for the same reason, the least certain of both statuses.

    Raises
    ------
    PeriodUnknown
        A period is not there, or `since` does not come before `until`.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> dims = ("territory", "period")
    >>> at = {"period": [2016, 2023]}
    >>> people = observed(xr.DataArray([[800.0, 900.0]], dims=dims, coords=at))
    >>> absolute_change(people, since=2016, until=2023).values.values
    array([100.])
    """
    return _change(figures, since, until, frozen, "absolute")


def relative_change(
    figures: Quantities, *, since: int, until: int, frozen: xr.DataArray | None = None
) -> Quantities:
    """Express the change between two periods in percent of the earlier figure.

    Parameters
    ----------
    figures, since, until, frozen
        As in `absolute_change`.

    Returns
    -------
    Quantities
        (territory, …), percent. Not applicable where the earlier figure is not positive.

    Raises
    ------
    PeriodUnknown
        As in `absolute_change`.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> dims = ("territory", "period")
    >>> at = {"period": [2016, 2023]}
    >>> people = observed(xr.DataArray([[800.0, 900.0]], dims=dims, coords=at))
    >>> relative_change(people, since=2016, until=2023).values.values
    array([12.5])
    """
    return _change(figures, since, until, frozen, "relative")


def mean_annual_rate(
    figures: Quantities, *, since: int, until: int, frozen: xr.DataArray | None = None
) -> Quantities:
    """Find the yearly rate which, every year the same, leads from one figure to the other.

    Parameters
    ----------
    figures, since, until, frozen
        As in `absolute_change`.

    Returns
    -------
    Quantities
        (territory, …), percent a year. Not applicable where the earlier figure is not positive.

    Raises
    ------
    PeriodUnknown
        As in `absolute_change`.

    Notes
    -----
    ``100 × ((later ÷ earlier)^(1 ÷ years) − 1)``: a geometric mean, since growth compounds.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> dims = ("territory", "period")
    >>> at = {"period": [2021, 2023]}
    >>> people = observed(xr.DataArray([[100.0, 121.0]], dims=dims, coords=at))
    >>> mean_annual_rate(people, since=2021, until=2023).values.values.round(6)
    array([10.])
    """
    return _change(figures, since, until, frozen, "annual")


def contribution(
    figures: Quantities,
    whole: Quantities,
    *,
    since: int,
    until: int,
    frozen: xr.DataArray | None = None,
) -> Quantities:
    """Say how much of the relative change of a whole is due to each of its parts.

    Parameters
    ----------
    figures : Quantities (territory, period, …)
        Counts of the parts.
    whole : Quantities (period, …) or (territory, period, …)
        Counts of what they are parts of: one for all, or each part's own.
    since, until, frozen
        As in `absolute_change`.

    Returns
    -------
    Quantities
        (territory, …), percentage points: those of all parts add up to the relative change of
        the whole. Not applicable where the earlier figure of the whole is not positive.

    Raises
    ------
    PeriodUnknown
        As in `absolute_change`.

    Notes
    -----
    ``100 × (later − earlier) ÷ earlier figure of the whole``.

    References
    ----------
    Insee, *Définitions: contribution à une évolution*.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> at = {"period": [2016, 2023]}
    >>> counts, dims = [[50.0, 60.0], [150.0, 150.0]], ("territory", "period")
    >>> parts = xr.DataArray(counts, dims=dims, coords=at)
    >>> whole = observed(parts.sum("territory"))
    >>> contribution(observed(parts), whole, since=2016, until=2023).values.values
    array([5., 0.])
    """
    moved = absolute_change(figures, since=since, until=until, frozen=frozen)
    _check_periods(whole.values, since, until)
    before = _at(whole, since)
    shared = map_blocks(_share_of, *moved, *before, dtypes=[np.float64, np.int8])
    return _told(Quantities(*shared), figures, "contribution", since, until)


def periods_apart(periods: Sequence[int], *, at_least: int = 1) -> tuple[int, int] | None:
    """Choose the two periods between which to measure a change.

    Parameters
    ----------
    periods : sequence of int
    at_least : int
        Smallest number of years between both: five for a rolling census, two editions of which
        share survey years when they are closer.

    Returns
    -------
    (int, int) or None
        The most recent period and the most recent one far enough before it; None when there is
        none, as then no change may be stated.

    Examples
    --------
    >>> periods_apart([2016, 2019, 2022, 2023], at_least=5)
    (2016, 2023)
    >>> periods_apart([2022, 2023], at_least=5) is None
    True
    """
    until = max(periods, default=0)
    return max(((since, until) for since in periods if until - since >= at_least), default=None)


def unchanging(values: xr.DataArray) -> xr.DataArray:
    """Mark the territories whose figure is the same in every period.

    Parameters
    ----------
    values : DataArray (territory, period)

    Returns
    -------
    DataArray (territory,) of bool
        True where at least two known figures are all equal: the sign of a figure repeated from
        one edition to the next. Small territories may show it by chance: a pack decides.

    Examples
    --------
    >>> import xarray as xr
    >>> unchanging(xr.DataArray([[5.0, 5.0], [5.0, 6.0]], dims=("territory", "period"))).values
    array([ True, False])
    """
    (marks,) = map_blocks(
        _unchanging, values.transpose(..., "period"), dtypes=[bool], removed=["period"]
    )
    return marks


@dataclass(frozen=True)
class _Measure:
    """Describe a way to compare two periods, as its result tells it."""

    name: str
    formula: str
    units: str | None
    kind: Kind


_MEASURES = {
    "absolute": _Measure("change", "later - earlier", None, Kind.COUNT),
    "relative": _Measure(
        "relative change", "100 * (later - earlier) / earlier", "percent", Kind.RATIO
    ),
    "annual": _Measure(
        "mean annual rate of change",
        "100 * ((later / earlier) ** (1 / years) - 1)",
        "percent per year",
        Kind.MEAN,
    ),
    "contribution": _Measure(
        "contribution to the change",
        "100 * (later - earlier) / earlier figure of the whole",
        "percentage points",
        Kind.COUNT,
    ),
}


def _change(
    figures: Quantities, since: int, until: int, frozen: xr.DataArray | None, measure: str
) -> Quantities:
    _check_periods(figures.values, since, until)
    kernel = partial(_compare, measure=measure, years=until - since)
    ends = [array for period in (since, until) for array in _at(figures, period)]
    marks = [] if frozen is None else [frozen]
    changed = Quantities(*map_blocks(kernel, *ends, *marks, dtypes=[np.float64, np.int8]))
    return _told(changed, figures, measure, since, until)


def _told(
    changed: Quantities, figures: Quantities, measure: str, since: int, until: int
) -> Quantities:
    told = _MEASURES[measure]
    return described(
        changed,
        long_name=f"{told.name} of {title(figures.values)}, {since} to {until}",
        units=told.units or figures.values.attrs.get("units"),
        # The difference of two ratios adds up no more than they do.
        kind=told.kind if told.units else figures.values.attrs.get("kind", told.kind),
        formula=told.formula,
    )


def _check_periods(values: xr.DataArray, since: int, until: int) -> None:
    periods = [int(period) for period in values["period"].values]
    for period in (since, until):
        if period not in periods:
            closest = min(periods, key=lambda known: (abs(known - period), known), default=None)
            message = f"no figures for {period}; nearest: {closest}; periods: {periods}"
            raise PeriodUnknown(message)
    if since >= until:
        message = (
            f"a change goes from an earlier period to a later one, not from {since} to {until}"
        )
        raise PeriodUnknown(message)


def _at(figures: Quantities, period: int) -> Quantities:
    periods = [int(each) for each in figures.values["period"].values]
    place = periods.index(period)
    return Quantities(*(array.isel(period=place, drop=True) for array in figures))


def _share_of(
    moved: NDArray[np.float64],
    status: NDArray[np.int8],
    whole: NDArray[np.float64],
    whole_status: NDArray[np.int8],
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    status = np.maximum(status, whole_status)
    baseless = has_value(status) & (whole <= 0)
    status = np.where(baseless, np.int8(Status.NOT_APPLICABLE), status)
    with np.errstate(all="ignore"):  # what has no status with a value is blanked
        return np.where(has_value(status), 100 * moved / whole, np.nan), status


def _compare(
    before: NDArray[np.float64],
    before_status: NDArray[np.int8],
    after: NDArray[np.float64],
    after_status: NDArray[np.int8],
    frozen: NDArray[np.bool_] | None = None,
    *,
    measure: str,
    years: int,
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    status = np.maximum(before_status, after_status)
    if frozen is not None:
        status = np.where(frozen, np.int8(Status.NOT_APPLICABLE), status)
    if measure != "absolute":
        baseless = has_value(status) & (before <= 0)
        status = np.where(baseless, np.int8(Status.NOT_APPLICABLE), status)
    with np.errstate(all="ignore"):  # what has no status with a value is blanked below
        if measure == "absolute":
            change = after - before
        elif measure == "relative":
            change = 100 * (after - before) / before
        else:
            change = 100 * ((after / before) ** (1 / years) - 1)
    return np.where(has_value(status), change, np.nan), status


def _unchanging(values: NDArray[np.float64]) -> tuple[NDArray[np.bool_]]:
    known = ~np.isnan(values)
    low = np.where(known, values, np.inf).min(axis=-1, initial=np.inf)
    high = np.where(known, values, -np.inf).max(axis=-1, initial=-np.inf)
    return ((low == high) & (known.sum(axis=-1) > 1),)
