"""Steady the rates of small territories by what is known of all: empirical Bayes estimates."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.described import described, title
from workbench.compute.quantities import Quantities, has_value
from workbench.compute.rollup import Grouping
from workbench.core.types import Kind, Status

__all__ = ["Shrunk", "shrunk_rate"]

FloatArray = NDArray[np.float64]


class Shrunk(NamedTuple):
    """Hold estimated rates and how much of each is the territory's own.

    Parameters
    ----------
    values, status : DataArray (territory, …)
        The status is *estimated* wherever there is a figure.
    own : DataArray (territory, …)
        Weight of the territory's own rate, 0 (only the others speak) to 1 (only itself).
    prior : DataArray (territory, …)
        The rate towards which it is drawn.
    """

    values: xr.DataArray
    status: xr.DataArray
    own: xr.DataArray
    prior: xr.DataArray


def shrunk_rate(
    events: Quantities,
    people: Quantities,
    *,
    scale: float = 1.0,
    within: Grouping | None = None,
) -> Shrunk:
    """Estimate rates that chance moves less than the raw ones.

    Parameters
    ----------
    events : Quantities (territory, …)
        Counts of independent events (deaths, accidents, creations of businesses).
    people : Quantities (territory, …)
        Those to whom they may happen.
    scale : float
        1,000 for a rate per thousand.
    within : Grouping, optional
        Groups towards whose rate their territories are drawn (the communes of each region); by
        default all the territories together. One without a group has no estimate.

    Returns
    -------
    Shrunk
        Not applicable where there is nobody. Suppressed and missing figures stay so: neither do
        they count for the others, nor are they guessed.

    Notes
    -----
    Marshall's global estimator, which is that of a gamma law of rates with Poisson events, by the
    method of moments. With ``m = Σd ÷ Σn`` and ``s² = Σ n (r − m)² ÷ Σn``, rates differ beyond
    chance by ``A = max(0, s² − m ÷ n̄)``; the estimate is ``C r + (1 − C) m``,
    ``C = A ÷ (A + m ÷ n)``. The sum of the estimated events is not that of the events. An
    estimate is for reading and mapping: a ranking of estimates still rests on noise.

    References
    ----------
    Marshall, R. J. (1991), Mapping disease and mortality rates using empirical Bayes estimators,
    *Applied Statistics* 40, 283–294. Clayton, D. and Kaldor, J. (1987), Empirical Bayes estimates
    of age-standardized relative risks, *Biometrics* 43, 671–681.

    Examples
    --------
    >>> from workbench.compute.quantities import observed
    >>> fires = observed(xr.DataArray([2.0, 10.0, 400.0], dims="territory"))
    >>> homes = observed(xr.DataArray([10.0, 100.0, 2000.0], dims="territory"))
    >>> found = shrunk_rate(fires, homes, scale=100)
    >>> found.values.values.round(1), found.own.values.round(2)
    (array([19.5, 18.7, 19.8]), array([0.01, 0.08, 0.64]))
    """
    count = events.values.sizes["territory"]
    grouping = Grouping.of(np.zeros(count, dtype=np.int64), 1) if within is None else within
    grouping = Grouping.fitting(grouping, count, grouping.count)
    found = map_blocks(
        partial(_shrink, grouping=grouping, scale=scale),
        *events,
        *people,
        dtypes=[np.float64, np.int8, np.float64, np.float64],
        whole=["territory"],
    )
    name = f"empirical Bayes estimate of the rate of {title(events.values)}"
    figures = described(
        Quantities(*found[:2]),
        long_name=name,
        units="1" if scale == 1 else f"per {scale:g}",
        kind=Kind.RATIO,
        formula="C * r + (1 - C) * m, C = A / (A + m / n)",
        references="Marshall (1991), Mapping disease and mortality rates",
    )
    own = found[2].assign_attrs(long_name=f"weight of the own rate in the {name}", units="1")
    prior = found[3].assign_attrs(long_name=f"prior of the {name}", units=figures.values.units)
    return Shrunk(*figures, own, prior)


def _shrink(
    events: FloatArray,
    events_status: NDArray[np.int8],
    people: FloatArray,
    people_status: NDArray[np.int8],
    *,
    grouping: Grouping,
    scale: float,
) -> tuple[Any, ...]:
    events, people, status = np.broadcast_arrays(
        events, people, np.maximum(events_status, people_status)
    )
    status = np.where(has_value(status) & (people <= 0), np.int8(Status.NOT_APPLICABLE), status)
    member = grouping.membership()
    status = status.copy()
    outside = status[member < 0]
    status[member < 0] = np.where(has_value(outside), np.int8(Status.NOT_APPLICABLE), outside)
    known = has_value(status)
    counted, size = np.where(known, events, 0.0), np.where(known, people, 0.0)
    sums = partial(grouping.reduce, np.add, empty=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(known, counted / size, 0.0)
        total = sums(size)
        mean = sums(counted) / total
        spread = sums(size * (rate - mean[member]) ** 2) / total
        typical = total / sums(known.astype(np.float64))
        beyond = np.maximum(spread - mean / typical, 0.0)[member]
        prior = mean[member]
        # Where there is no event at all every rate is 0, and so is what it is drawn to.
        own = np.where(beyond > 0, beyond / (beyond + prior / size), 0.0)
    estimate = scale * (own * rate + (1 - own) * prior)
    status = np.where(known, np.int8(Status.ESTIMATED), status)
    blank = [np.where(known, each, np.nan) for each in (estimate, own, scale * prior)]
    return blank[0], status, blank[1], blank[2]
