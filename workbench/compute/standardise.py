"""Compare rates of territories as if all had the same structure, by age for example."""

from __future__ import annotations

from functools import partial
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.described import check_dim, described, title
from workbench.compute.quantities import Quantities, has_value
from workbench.core.types import Kind, Status

__all__ = ["Standardised", "byar_limits", "direct_rate", "indirect_ratio"]

FloatArray = NDArray[np.float64]
_BYAR = "Breslow and Day (1987), Statistical Methods in Cancer Research II, IARC, p. 69"


class Standardised(NamedTuple):
    """Hold standardised figures and the interval that chance leaves them.

    Parameters
    ----------
    values, status : DataArray (territory, …)
    low, high : DataArray (territory, …)
        Limits of confidence, NaN where there is no figure.
    """

    values: xr.DataArray
    status: xr.DataArray
    low: xr.DataArray
    high: xr.DataArray


def direct_rate(
    events: Quantities,
    people: Quantities,
    standard: xr.DataArray,
    *,
    over: str,
    scale: float = 1.0,
    confidence: float = 0.95,
) -> Standardised:
    """Find the rate that a territory would have with the structure of a standard population.

    Parameters
    ----------
    events : Quantities (territory, stratum, …)
        Counts of independent events by stratum (age, sex): deaths, births, admissions.
    people : Quantities (territory, stratum, …)
        Those to whom they may happen.
    standard : DataArray (stratum,)
        Standard population: positive, of any size.
    over : str
        The dim of the strata.
    scale : float
        1,000 for a rate per thousand.
    confidence : float
        Of the interval, between 0 and 1.

    Returns
    -------
    Standardised
        The status is the least certain of all strata. Not applicable where a stratum has nobody:
        its rate is unknown. Suited to territories with enough events in each stratum; see
        `indirect_ratio` for small ones.

    Raises
    ------
    ValueError
        There is no such dim, or a confidence or a standard population makes no sense.

    Notes
    -----
    ``scale × Σ wᵢ dᵢ ÷ nᵢ`` with w the shares of the standard population. Interval of Dobson:
    that of the number of events d by Byar's limits, scaled by ``√(Σ wᵢ² dᵢ ÷ nᵢ² ÷ d)``. Without
    any event both limits are 0: nothing tells how much each would have weighed.

    References
    ----------
    Dobson, A. J. et al. (1991), Confidence intervals for weighted sums of Poisson parameters,
    *Statistics in Medicine* 10, 457–462. Breslow, N. E. and Day, N. E. (1987), *Statistical
    Methods in Cancer Research II*, IARC, p. 69.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> dims = ("territory", "age")
    >>> deaths = observed(xr.DataArray([[10.0, 90.0]], dims=dims))
    >>> people = observed(xr.DataArray([[1000.0, 1000.0]], dims=dims))
    >>> standard = xr.DataArray([3.0, 1.0], dims="age")
    >>> direct_rate(deaths, people, standard, over="age", scale=1000).values.values
    array([30.])
    """
    shares = _shares(standard, over)
    kernel = partial(_direct, scale=scale, z=_deviate(confidence))
    found = _by_stratum(kernel, over, *events, *people, shares)
    return _told(
        found,
        long_name=f"directly standardised rate of {title(events.values)}",
        units=f"per {scale:g}",
        formula="scale * sum(w_i * d_i / n_i), w the shares of the standard population",
        references=f"Dobson et al. (1991); {_BYAR}",
    )


def indirect_ratio(
    events: Quantities,
    people: Quantities,
    rates: xr.DataArray,
    *,
    over: str,
    scale: float = 100.0,
    confidence: float = 0.95,
) -> Standardised:
    """Compare the events of a territory with those that reference rates would give it (SMR).

    Parameters
    ----------
    events : Quantities (territory, …)
        All events of a territory, without the dim of the strata.
    people : Quantities (territory, stratum, …)
        Those to whom they may happen.
    rates : DataArray (stratum,)
        Events by person in the reference population.
    over : str
        The dim of the strata.
    scale : float
        100: a territory like the reference has 100.
    confidence : float
        Of the interval, between 0 and 1.

    Returns
    -------
    Standardised
        The status is the least certain of the events and all strata. Not applicable where no
        event is expected. Ratios of two territories with different structures are not comparable
        with each other, only with the reference.

    Raises
    ------
    ValueError
        There is no such dim, or a confidence or a rate makes no sense.

    Notes
    -----
    ``scale × O ÷ E`` with ``E = Σ nᵢ Rᵢ``; Byar's limits of O, over E.

    References
    ----------
    Breslow, N. E. and Day, N. E. (1987), *Statistical Methods in Cancer Research II*, IARC,
    pp. 65–69.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> deaths = observed(xr.DataArray([30.0], dims="territory"))
    >>> people = observed(xr.DataArray([[1000.0, 100.0]], dims=("territory", "age")))
    >>> rates = xr.DataArray([0.01, 0.1], dims="age")
    >>> smr = indirect_ratio(deaths, people, rates, over="age")
    >>> smr.values.values, smr.low.values.round(1), smr.high.values.round(1)
    (array([150.]), array([101.2]), array([214.1]))
    """
    if not bool((rates >= 0).all()):
        message = f"reference rates must be 0 or more; found {rates.values.tolist()}"
        raise ValueError(message)
    kernel = partial(_indirect, scale=scale, z=_deviate(confidence))
    found = _by_stratum(kernel, over, *people, rates, *events)
    return _told(
        found,
        long_name=f"standardised ratio of {title(events.values)}",
        units=f"reference = {scale:g}",
        formula="scale * O / E, E = sum(n_i * R_i)",
        references=_BYAR,
    )


def byar_limits(events: FloatArray, z: float) -> tuple[FloatArray, FloatArray]:
    """Approximate the exact limits of confidence of a Poisson count.

    Parameters
    ----------
    events : ndarray
        Counts, not negative.
    z : float
        Normal deviate, 1.96 for 95 %.

    Returns
    -------
    low, high : ndarray

    Notes
    -----
    ``d (1 − 1 ÷ 9d − z ÷ 3√d)³`` and the same of d + 1 with a plus; within 1 % of the exact
    limits from 5 events on.

    References
    ----------
    Breslow and Day (1987), equation 2.13.

    Examples
    --------
    >>> [limit.round(2).tolist() for limit in byar_limits(np.array([10.0]), 1.96)]
    [[4.79], [18.39]]
    """
    some, more = np.maximum(events, 1.0), events + 1
    low = some * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3
    high = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    # Of one event or none the lower limit is no more than a rounding below 0.
    return np.where(events > 0, np.maximum(low, 0.0), 0.0), high


def _deviate(confidence: float) -> float:
    if not 0 < confidence < 1:
        message = f"confidence must lie between 0 and 1, 0.95 for 95 %; found {confidence}"
        raise ValueError(message)
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _shares(standard: xr.DataArray, over: str) -> xr.DataArray:
    if list(standard.dims) != [over]:
        message = f"the standard population must have the one dim {over!r}; it has {standard.dims}"
        raise ValueError(message)
    if not bool((standard >= 0).all()) or not bool(standard.sum() > 0):
        message = f"a standard population is positive; found {standard.values.tolist()}"
        raise ValueError(message)
    return standard / standard.sum()


def _by_stratum(kernel: Any, over: str, *arrays: xr.DataArray) -> tuple[xr.DataArray, ...]:
    """Run a kernel with the strata last, which takes them away."""
    check_dim(arrays[0], over)
    first = arrays[0]
    if any(set(array.dims) - set(first.dims) for array in arrays):
        first = xr.broadcast(*arrays)[0]
    first = first.transpose(..., over)
    dtypes = [np.float64, np.int8, np.float64, np.float64]
    return map_blocks(kernel, first, *arrays[1:], dtypes=dtypes, removed=[over])


def _direct(
    events: FloatArray,
    events_status: NDArray[np.int8],
    people: FloatArray,
    people_status: NDArray[np.int8],
    shares: FloatArray,
    *,
    scale: float,
    z: float,
) -> tuple[Any, ...]:
    status = np.maximum(events_status, people_status).max(axis=-1, initial=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = (shares * events / people).sum(axis=-1)
        variance = (shares**2 * events / people**2).sum(axis=-1)
        count = np.broadcast_to(events, np.broadcast_shapes(events.shape, people.shape)).sum(-1)
        unit = np.where(count > 0, np.sqrt(variance / count), 0.0)
    low, high = (rate + unit * (limit - count) for limit in byar_limits(count, z))
    return _figures(scale * rate, status, scale * low, scale * high)


def _indirect(
    people: FloatArray,
    people_status: NDArray[np.int8],
    rates: FloatArray,
    events: FloatArray,
    events_status: NDArray[np.int8],
    *,
    scale: float,
    z: float,
) -> tuple[Any, ...]:
    # Events have no stratum: their last axis has length 1.
    count, of_events = events[..., 0], events_status[..., 0]
    status = np.maximum(people_status.max(axis=-1, initial=0), of_events)
    expected = (people * rates).sum(axis=-1)
    ends = byar_limits(count, z)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, low, high = (scale * each / expected for each in (count, *ends))
    return _figures(ratio, status, low, high)


def _figures(
    values: FloatArray, status: NDArray[np.int8], low: FloatArray, high: FloatArray
) -> tuple[Any, ...]:
    """Blank what has no value; what cannot be divided is not applicable."""
    undefined = has_value(status) & ~(np.isfinite(values) & np.isfinite(high))
    status = np.where(undefined, np.int8(Status.NOT_APPLICABLE), status)
    known = has_value(status)
    figures, low, high = (np.where(known, each, np.nan) for each in (values, low, high))
    return figures, status, low, high


def _told(
    found: tuple[xr.DataArray, ...], *, long_name: str, units: str, formula: str, references: str
) -> Standardised:
    figures = described(
        Quantities(*found[:2]),
        long_name=long_name,
        units=units,
        kind=Kind.RATIO,
        formula=formula,
        references=references,
    )
    ends = []
    for end, array in zip(("lower", "upper"), found[2:], strict=True):
        told = {"long_name": f"{end} limit of {long_name}", "units": units}
        ends.append(array.assign_attrs(told))
    return Standardised(*figures, *ends)
