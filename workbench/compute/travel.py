"""Measure access from a matrix of travel: minutes, euros, kilometres by road."""

from __future__ import annotations

from functools import partial

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.described import described
from workbench.compute.quantities import Quantities, has_value
from workbench.core.types import Kind, Status

__all__ = ["check_rank", "floating_catchment", "nearest_by_travel", "places_by_travel", "reached"]

FloatArray = NDArray[np.float64]


def nearest_by_travel(travel: xr.DataArray, *, rank: int = 1) -> Quantities:
    """Find the cost of travel to the nearest place, or the k-th nearest, in a matrix.

    Parameters
    ----------
    travel : DataArray (territory, place)
        Minutes, km or any cost; infinite where there is no way, NaN where it is unknown.
    rank : int

    Returns
    -------
    Quantities
        In the unit of the matrix. Missing where a cost of the territory is unknown, not
        applicable where it reaches fewer places than `rank`.

    Raises
    ------
    ValueError
        `rank` is not positive.

    Examples
    --------
    >>> minutes = xr.DataArray([[12.0, 5.0], [40.0, float("inf")]], dims=("territory", "place"))
    >>> nearest_by_travel(minutes, rank=2).status.values
    array([0, 6], dtype=int8)
    """
    check_rank(rank)
    found = map_blocks(
        partial(_nearest_travel, rank=rank),
        travel.transpose(..., "place"),
        dtypes=[np.float64, np.int8],
        removed=["place"],
    )
    return described(
        Quantities(*found),
        long_name="travel to the nearest place" if rank == 1 else f"travel to place {rank}",
        units=travel.attrs.get("units"),
        kind=Kind.MEAN,
        formula=f"smallest cost of rank {rank}",
    )


def places_by_travel(travel: xr.DataArray, *, limit: float) -> Quantities:
    """Count the places that a matrix of travel says are within reach.

    Parameters
    ----------
    travel : DataArray (territory, place)
        As in `nearest_by_travel`.
    limit : float
        Largest cost, included.

    Returns
    -------
    Quantities
        Numbers of places; missing where a cost of the territory is unknown.

    Examples
    --------
    >>> minutes = xr.DataArray([[12.0, 5.0], [40.0, float("inf")]], dims=("territory", "place"))
    >>> places_by_travel(minutes, limit=15).values.values
    array([2., 0.])
    """
    found = map_blocks(
        partial(_count_travel, limit=limit),
        travel.transpose(..., "place"),
        dtypes=[np.float64, np.int8],
        removed=["place"],
    )
    return described(
        Quantities(*found),
        long_name=f"places within {limit:g} {travel.attrs.get('units', '')}".rstrip(),
        units="1",
        kind=Kind.MEAN,
        formula="count(cost <= limit)",
    )


def floating_catchment(
    travel: xr.DataArray, supply: xr.DataArray, people: Quantities, *, limit: float
) -> Quantities:
    """Share out what places offer among all who reach them (two-step floating catchment area).

    Parameters
    ----------
    travel : DataArray (territory, place)
        As in `nearest_by_travel`; one that is unknown is refused.
    supply : DataArray (place,)
        What each place offers: doctors, beds, hours.
    people : Quantities (territory,)
        Who lives there; where they are unknown, so is what their neighbours have.
    limit : float
        Largest cost that people accept, included.

    Returns
    -------
    Quantities (territory,)
        Supply by person, *estimated*; 0 where nothing is within reach. Missing or suppressed for
        all territories that share a place with one whose people are so.

    Raises
    ------
    ValueError
        Some travel is unknown.

    Notes
    -----
    ``Aᵢ = Σ_{j: dᵢⱼ ≤ limit} Sⱼ ÷ Σ_{k: dₖⱼ ≤ limit} Pₖ``. What is offered to somebody is offered
    once: ``Σ Pᵢ Aᵢ`` is the supply of the places that somebody reaches.

    References
    ----------
    Luo, W. and Wang, F. (2003), Measures of spatial accessibility to health care in a GIS
    environment, *Environment and Planning B* 30, 865–884.

    Examples
    --------
    >>> from workbench.compute.quantities import observed
    >>> minutes = xr.DataArray([[5.0, 40.0], [10.0, 12.0]], dims=("territory", "place"))
    >>> doctors = xr.DataArray([2.0, 3.0], dims="place")
    >>> people = observed(xr.DataArray([500.0, 1500.0], dims="territory"))
    >>> floating_catchment(minutes, doctors, people, limit=15).values.values
    array([0.001, 0.003])
    """
    found = map_blocks(
        partial(_catchment, limit=limit),
        travel.transpose("territory", "place"),
        supply,
        *people,
        dtypes=[np.float64, np.int8],
        whole=["territory"],
        removed=["place"],
    )
    return described(
        Quantities(*found),
        long_name="supply by person within reach",
        units=None,
        kind=Kind.RATIO,
        formula="sum_j(S_j / sum_k(P_k)), over all within reach",
        references="Luo and Wang (2003), Measures of spatial accessibility",
    )


def check_rank(rank: int) -> None:
    """Refuse a rank that is not one.

    Raises
    ------
    ValueError
        It is not positive.
    """
    if rank < 1:
        message = f"the place of rank {rank} is asked for; 1 is the nearest"
        raise ValueError(message)


def reached(cost: FloatArray) -> tuple[FloatArray, NDArray[np.int8]]:
    """Give costs their status: without a way, not applicable; unknown, missing."""
    status = np.where(np.isinf(cost), np.int8(Status.NOT_APPLICABLE), np.int8(Status.OBSERVED))
    status = np.where(np.isnan(cost), np.int8(Status.MISSING), status)
    return np.where(has_value(status), cost, np.nan), status


def _nearest_travel(travel: FloatArray, *, rank: int) -> tuple[FloatArray, NDArray[np.int8]]:
    if travel.shape[-1] < rank:
        cost = np.full(travel.shape[:-1], np.inf)
    else:
        cost = np.partition(travel, rank - 1, axis=-1)[..., rank - 1]
    return reached(np.where(np.isnan(travel).any(axis=-1), np.nan, cost))


def _count_travel(travel: FloatArray, *, limit: float) -> tuple[FloatArray, NDArray[np.int8]]:
    count = (travel <= limit).sum(axis=-1, dtype=np.float64)
    return reached(np.where(np.isnan(travel).any(axis=-1), np.nan, count))


def _catchment(
    travel: FloatArray,
    supply: FloatArray,
    people: FloatArray,
    status: NDArray[np.int8],
    *,
    limit: float,
) -> tuple[FloatArray, NDArray[np.int8]]:
    if np.isnan(travel).any():
        message = f"{int(np.isnan(travel).sum())} costs of travel are unknown: give inf for no way"
        raise ValueError(message)
    reach = travel <= limit
    known = has_value(status)
    counted = np.where(known, people, 0.0)
    demand = counted[:, 0] @ reach
    offered = np.where(demand > 0, supply[0] / np.where(demand > 0, demand, 1.0), 0.0)
    # A place that somebody unknown reaches is shared out among an unknown number.
    blamed = np.where(known | (status == Status.NOT_APPLICABLE), np.int8(0), status)
    of_place = np.where(reach, blamed, np.int8(0)).max(axis=0, initial=0)
    worst = np.where(reach, of_place, np.int8(0)).max(axis=1, initial=0)
    worst = np.maximum(worst, np.int8(Status.ESTIMATED))
    return np.where(has_value(worst), reach @ offered, np.nan), worst
