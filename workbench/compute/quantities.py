"""Figures with their status, and the arithmetic that keeps the two together.

A status travels with its figure through every sum and quotient: the least certain of the terms
wins, in the order of `Status` (observed … estimated, suppressed, missing, not applicable).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks
from workbench.core.types import Status

__all__ = [
    "Quantities",
    "Quotient",
    "add",
    "classify",
    "divide",
    "has_value",
    "keep_where",
    "observed",
    "status_attributes",
]


class Quantities(NamedTuple):
    """Hold figures and how each came to be.

    Parameters
    ----------
    values : DataArray (territory, …), float64
        NaN where the status carries no number.
    status : DataArray (territory, …), int8
        Values of `Status`.
    """

    values: xr.DataArray
    status: xr.DataArray


class Quotient(NamedTuple):
    """Hold a ratio with the terms that it can be recomputed from.

    `numerator` is blank wherever the ratio has no value, lest a suppressed ratio be recomputed;
    `denominator` stays, as it says why there is none.
    """

    values: xr.DataArray
    status: xr.DataArray
    numerator: xr.DataArray
    denominator: xr.DataArray


def observed(values: xr.DataArray) -> Quantities:
    """Give figures without a status the plain one: observed, or missing where they are NaN.

    Parameters
    ----------
    values : DataArray

    Returns
    -------
    Quantities

    Examples
    --------
    >>> import xarray as xr
    >>> observed(xr.DataArray([3.0, float("nan")], dims="territory")).status.values
    array([0, 5], dtype=int8)
    """
    (status,) = map_blocks(_status_of, values, dtypes=[np.int8])
    return Quantities(values, status)


def add(*terms: Quantities) -> Quantities:
    """Add several figures of the same territories.

    Parameters
    ----------
    *terms : Quantities
        At least one.

    Returns
    -------
    Quantities
        The sum, of the least certain status among the terms.

    Examples
    --------
    >>> import xarray as xr
    >>> young, old = (observed(xr.DataArray([x], dims="territory")) for x in (21.0, 14.0))
    >>> add(young, old).values.values
    array([35.])
    """
    if len(terms) == 1:
        return terms[0]
    flat = [array for term in terms for array in term]
    return Quantities(*map_blocks(_add, *flat, dtypes=[np.float64, np.int8]))


def divide(
    numerator: Quantities,
    denominator: Quantities,
    *,
    scale: float = 1.0,
    minimum_denominator: float = 0.0,
) -> Quotient:
    """Divide figures that have been rolled up already: a ratio is recomputed, never averaged.

    Parameters
    ----------
    numerator, denominator : Quantities
    scale : float
        Multiplier, 100 for a percentage.
    minimum_denominator : float
        Below it the ratio is suppressed: it would rest on too few units.

    Returns
    -------
    Quotient
        Not applicable where the denominator is 0.

    Notes
    -----
    ``values = scale × numerator ÷ denominator``; the status is the least certain of both.

    Examples
    --------
    >>> import xarray as xr
    >>> empty = observed(xr.DataArray([3.0, 0.0], dims="territory"))
    >>> homes = observed(xr.DataArray([40.0, 0.0], dims="territory"))
    >>> vacancy = divide(empty, homes, scale=100)
    >>> vacancy.values.values, vacancy.status.values
    (array([7.5, nan]), array([0, 6], dtype=int8))
    """
    kernel = partial(_divide, scale=scale, minimum=minimum_denominator)
    arrays = (*numerator, *denominator)
    dtypes = [np.float64, np.int8, np.float64, np.float64]
    return Quotient(*map_blocks(kernel, *arrays, dtypes=dtypes))


def classify(figures: Quantities, starts: tuple[float, ...]) -> Quantities:
    """Put figures into ordered classes, numbered from 1.

    Parameters
    ----------
    figures : Quantities
    starts : tuple of float
        Lower bound of each class, included, ascending; the first class has none and takes all
        that is lower: give the others' (two bounds make three classes).

    Returns
    -------
    Quantities
        Class numbers, with the status of the figures.

    Examples
    --------
    >>> import xarray as xr
    >>> density = observed(xr.DataArray([12.0, 25.0, 4000.0], dims="territory"))
    >>> classify(density, (25.0, 300.0)).values.values
    array([1., 2., 3.])
    """
    kernel = partial(_classify, starts=starts)
    (values,) = map_blocks(kernel, figures.values, dtypes=[np.float64])
    return Quantities(values, figures.status)


def keep_where(
    figures: Quantities,
    condition: Quantities,
    *,
    per: Quantities | None = None,
    at_least: float = -np.inf,
    below: float = np.inf,
) -> Quantities:
    """Keep the figures of the parts that meet a condition and count 0 for the others.

    Parameters
    ----------
    figures : Quantities
        What is counted (inhabitants, communes).
    condition : Quantities
        What is compared with the bounds, for the same parts.
    per : Quantities, optional
        Divides the condition first (inhabitants per km²).
    at_least, below : float
        Lower bound, included, and upper bound, excluded.

    Returns
    -------
    Quantities
        A part whose condition is unknown gets the status of the condition: it cannot be said
        whether it counts.

    Examples
    --------
    >>> import xarray as xr
    >>> people = observed(xr.DataArray([180.0, 900.0], dims="territory"))
    >>> keep_where(people, people, below=500).values.values
    array([180.,   0.])
    """
    compared = condition if per is None else Quantities(*divide(condition, per)[:2])
    kernel = partial(_keep_where, at_least=at_least, below=below)
    return Quantities(*map_blocks(kernel, *figures, *compared, dtypes=[np.float64, np.int8]))


def has_value(status: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Tell where a status carries a number."""
    return np.less_equal(status, np.int8(Status.ESTIMATED))


def defined(
    figures: NDArray[np.float64], status: NDArray[np.int8]
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Say of figures that came out as NaN that they are not applicable; blank what has no value."""
    none = has_value(status) & np.isnan(figures)
    status = np.where(none, np.int8(Status.NOT_APPLICABLE), status)
    return np.where(has_value(status), figures, np.nan), status


def status_attributes(attrs: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the status of a variable, in the terms of CF flags.

    Parameters
    ----------
    attrs : mapping
        Attributes of the variable: its ``long_name`` and ``vintage``.
    """
    return {
        "long_name": f"status of {attrs['long_name']}",
        "standard_name": "status_flag",
        "flag_values": np.array([int(status) for status in Status], dtype=np.int8),
        "flag_meanings": Status.flag_meanings(),
        "vintage": attrs["vintage"],
    }


def _status_of(values: NDArray[np.float64]) -> tuple[NDArray[np.int8]]:
    return (np.where(np.isnan(values), np.int8(Status.MISSING), np.int8(Status.OBSERVED)),)


def _add(*terms: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    values, status = terms[0], terms[1]
    for value, other in zip(terms[2::2], terms[3::2], strict=True):
        values, status = values + value, np.maximum(status, other)
    return np.where(has_value(status), values, np.nan), status


def _divide(
    above: NDArray[np.float64],
    above_status: NDArray[np.int8],
    below: NDArray[np.float64],
    below_status: NDArray[np.int8],
    *,
    scale: float,
    minimum: float,
) -> tuple[NDArray[Any], ...]:
    status = np.maximum(above_status, below_status)
    above, below = np.broadcast_arrays(above, below)
    if minimum > 0:
        few = has_value(status) & (below < minimum)
        status = np.where(few, np.int8(Status.SUPPRESSED), status)
    empty = (below == 0) & has_value(below_status)
    status = np.where(empty, np.int8(Status.NOT_APPLICABLE), status)
    known = has_value(status)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(known, above * scale / below, np.nan)
    return values, status, np.where(known, above, np.nan), below


def _classify(values: NDArray[np.float64], *, starts: tuple[float, ...]) -> tuple[NDArray[Any]]:
    classes = np.searchsorted(np.asarray(starts), values, side="right") + 1.0
    return (np.where(np.isnan(values), np.nan, classes),)


def _keep_where(
    values: NDArray[np.float64],
    status: NDArray[np.int8],
    compared: NDArray[np.float64],
    compared_status: NDArray[np.int8],
    *,
    at_least: float,
    below: float,
) -> tuple[NDArray[Any], NDArray[Any]]:
    worst = np.maximum(status, compared_status)
    kept = np.where((compared >= at_least) & (compared < below), values, 0.0)
    return np.where(has_value(worst), kept, np.nan), worst
