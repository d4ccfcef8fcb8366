"""Measure how near places are as the crow flies: the nearest ones, how many, for what share.

Travel by road or by train, given as a matrix, is in `workbench.compute.travel`. Distances need
SciPy (extra ``stats``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.described import described
from workbench.compute.quantities import Quantities, Quotient, divide, keep_where
from workbench.compute.rollup import Grouping, roll_up
from workbench.compute.travel import check_rank, reached
from workbench.core.errors import GeometryInvalid, MissingExtra
from workbench.core.types import Kind, Status

__all__ = ["nearest_place", "places_within", "share_within"]

FloatArray = NDArray[np.float64]
RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG, R₁), km; a great circle is within 0.6 % of the geodesic."""


def nearest_place(
    longitude: xr.DataArray, latitude: xr.DataArray, places: ArrayLike, *, rank: int = 1
) -> Quantities:
    """Find how far the nearest place is, or the k-th nearest, as the crow flies.

    Parameters
    ----------
    longitude, latitude : DataArray (territory,)
        Where people of each territory start from, degrees (its town hall, its centre).
    places : array-like (place, 2)
        Longitude and latitude of the places, degrees.
    rank : int
        1 for the nearest, 2 for the second nearest…

    Returns
    -------
    Quantities
        Kilometres. Missing where a territory has no coordinates, not applicable where there are
        fewer places than `rank`.

    Raises
    ------
    GeometryInvalid
        Coordinates of places are not degrees.
    MissingExtra
        SciPy is not installed.
    ValueError
        `rank` is not positive.

    Notes
    -----
    Places are found in a k-d tree of points on the unit sphere; the arc is
    ``2 R asin(chord ÷ 2)``. Unlike in degrees, nothing happens at the poles or the antimeridian.

    References
    ----------
    Bentley, J. L. (1975), Multidimensional binary search trees used for associative searching,
    *Communications of the ACM* 18, 509–517.

    Examples
    --------
    >>> lon, lat = (xr.DataArray([x], dims="territory") for x in (2.35, 48.85))
    >>> nearest_place(lon, lat, [[2.35, 49.85], [5.0, 45.0]]).values.values.round(1)
    array([111.2])
    """
    check_rank(rank)
    kernel = partial(_nearest, places=_degrees(places), rank=rank)
    found = map_blocks(kernel, longitude, latitude, dtypes=[np.float64, np.int8])
    return described(
        Quantities(*found),
        long_name="distance to the nearest place" if rank == 1 else f"distance to place {rank}",
        units="km",
        kind=Kind.MEAN,
        formula="2 * R * asin(chord / 2)",
        references="k-d tree: Bentley (1975)",
    )


def places_within(
    longitude: xr.DataArray, latitude: xr.DataArray, places: ArrayLike, *, radius: float
) -> Quantities:
    """Count the places within a distance, as the crow flies.

    Parameters
    ----------
    longitude, latitude, places
        As in `nearest_place`.
    radius : float
        Kilometres, included.

    Returns
    -------
    Quantities
        Numbers of places. They do not add up: two territories may reach the same place. Missing
        where a territory has no coordinates.

    Raises
    ------
    GeometryInvalid, MissingExtra
        As in `nearest_place`.
    ValueError
        `radius` is negative.

    Examples
    --------
    >>> lon, lat = (xr.DataArray([x], dims="territory") for x in (2.35, 48.85))
    >>> places_within(lon, lat, [[2.35, 49.85], [5.0, 45.0]], radius=150).values.values
    array([1.])
    """
    if not radius >= 0:
        message = f"a radius is a number of km, 0 or more; found {radius}"
        raise ValueError(message)
    kernel = partial(_within, places=_degrees(places), radius=radius)
    found = map_blocks(kernel, longitude, latitude, dtypes=[np.float64, np.int8])
    return described(
        Quantities(*found),
        long_name=f"places within {radius:g} km",
        units="1",
        kind=Kind.MEAN,
        formula="count(2 * R * asin(chord / 2) <= radius)",
    )


def share_within(
    cost: Quantities,
    people: Quantities,
    grouping: Grouping,
    groups: pd.Index | Sequence[str],
    *,
    limit: float,
) -> Quotient:
    """Find the share of the people of each group who live within reach of a place.

    Parameters
    ----------
    cost : Quantities (territory, …)
        Distance or travel of the parts, from this module or `workbench.compute.travel`; not
        applicable where there is no way.
    people : Quantities (territory, …)
        Who lives there.
    grouping : Grouping
    groups : Index of str (group,)
    limit : float
        Largest cost, included.

    Returns
    -------
    Quotient
        Percent. All people of a part are where the part is: say so beside the figure.

    Examples
    --------
    >>> from workbench.compute.quantities import observed
    >>> km = observed(xr.DataArray([2.0, 20.0], dims="territory"))
    >>> people = observed(xr.DataArray([300.0, 100.0], dims="territory"))
    >>> share_within(km, people, Grouping.of([0, 0], 1), ["A"], limit=5).values.values
    array([75.])
    """
    # A part without any way is beyond every limit: known, and not within reach.
    near_or_far = Quantities(*map_blocks(_beyond_when_no_way, *cost, dtypes=[np.float64, np.int8]))
    near = keep_where(people, near_or_far, below=float(np.nextafter(limit, np.inf)))
    above, below = (
        roll_up(each.values, grouping, groups, status=each.status) for each in (near, people)
    )
    return described(
        divide(above, below, scale=100),
        long_name=f"share of people within {limit:g} {cost.values.attrs.get('units', '')}".rstrip(),
        units="percent",
        kind=Kind.RATIO,
        formula="100 * sum(people where cost <= limit) / sum(people)",
    )


def _degrees(places: ArrayLike) -> FloatArray:
    points = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    good = (np.abs(points) <= (180.0, 90.0)).all(axis=1)
    if not good.all():
        worst = int(np.flatnonzero(~good)[0])
        message = (
            f"place {worst} is at {points[worst].tolist()}: longitude (−180 to 180) and latitude "
            "(−90 to 90) are expected, in this order, in degrees. Project with pyproj first."
        )
        raise GeometryInvalid(message)
    return points


def _on_sphere(longitude: FloatArray, latitude: FloatArray) -> FloatArray:
    x, y = np.radians(longitude), np.radians(latitude)
    return np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], axis=-1)


def _tree(places: FloatArray) -> Any:
    try:
        from scipy.spatial import KDTree
    except ModuleNotFoundError:
        raise MissingExtra(
            "Distances to places need the package scipy: install territorial-workbench[stats]."
        ) from None
    return KDTree(_on_sphere(*places.T))


def _nearest(
    longitude: FloatArray, latitude: FloatArray, *, places: FloatArray, rank: int
) -> tuple[FloatArray, NDArray[np.int8]]:
    known = np.isfinite(longitude) & np.isfinite(latitude)
    km = np.full(known.shape, np.inf)
    if len(places) >= rank and known.any():
        chord, _ = _tree(places).query(_on_sphere(longitude[known], latitude[known]), k=[rank])
        km[known] = 2 * RADIUS_KM * np.arcsin(np.minimum(chord[:, 0] / 2, 1.0))
    return reached(np.where(known, km, np.nan))


def _within(
    longitude: FloatArray, latitude: FloatArray, *, places: FloatArray, radius: float
) -> tuple[FloatArray, NDArray[np.int8]]:
    known = np.isfinite(longitude) & np.isfinite(latitude)
    count = np.where(known, 0.0, np.nan)
    if len(places) and known.any():
        chord = 2 * np.sin(min(radius / RADIUS_KM, np.pi) / 2)
        points = _on_sphere(longitude[known], latitude[known])
        count[known] = _tree(places).query_ball_point(points, chord, return_length=True)
    return reached(count)


def _beyond_when_no_way(
    cost: FloatArray, status: NDArray[np.int8]
) -> tuple[FloatArray, NDArray[np.int8]]:
    without = status == Status.NOT_APPLICABLE
    return np.where(without, np.inf, cost), np.where(without, np.int8(Status.OBSERVED), status)
