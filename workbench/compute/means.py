"""Take means, ratios and densities up to the territories above: numerator and denominator at once.

A ratio is the mean of its parts' ratios, each weighing what its denominator is: the rate of a
region is that of its communes weighted by their inhabitants, never their plain mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.described import described, title
from workbench.compute.quantities import Quantities, Quotient, divide, has_value
from workbench.compute.rollup import Grouping
from workbench.core.errors import MedianNotAggregated, RatioNotSummed
from workbench.core.types import Kind, Status

__all__ = ["weighted_mean"]

# Rows added up at a time. It never depends on the number of columns: the order of the additions,
# hence every bit of a sum, is the same however an array is cut along its other dims.
_ROWS = 512
_FEW = 8  # parts of a typical group under which all groups are summed in one call
_MEANS = (Kind.RATIO, Kind.DENSITY, Kind.MEAN)


def weighted_mean(
    values: xr.DataArray,
    weights: xr.DataArray,
    membership: NDArray[np.integer[Any]] | Grouping,
    groups: pd.Index | Sequence[str],
    *,
    status: xr.DataArray | None = None,
    weight_status: xr.DataArray | None = None,
) -> Quotient:
    """Average the parts of each group by what each weighs.

    Parameters
    ----------
    values : DataArray (territory, …)
        Ratios, densities or means of the parts. Cut along ``territory``, they are put together
        first.
    weights : DataArray (territory, …)
        Their denominators, not negative: inhabitants for a rate by inhabitant, km² for a
        density. They may lack dims of the values.
    membership : 1-D array of int, or Grouping
        Position in `groups` of the group of each part, −1 for none.
    groups : Index of str (group,)
        Codes of the groups, the ``territory`` of the result.
    status, weight_status : DataArray (territory, …), int8, optional
        Without them, figures are observed and NaN is missing.

    Returns
    -------
    Quotient
        The means (territory, …) in the unit of the values, their status, the sums of value ×
        weight and those of the weights, from which the mean of any level above follows.

    Raises
    ------
    RatioNotSummed
        `values` are counts: they add up, see `roll_up`.
    MedianNotAggregated
        They are medians or measures of inequality, of which no mean tells anything.
    ValueError
        `membership` does not fit.

    Notes
    -----
    ``Σ w·v ÷ Σ w``. The status follows the rules of `roll_up`: a part that is not applicable, by
    its value or by its weight, counts neither above nor below the line; one that is missing or
    suppressed makes the mean so. The mean is not applicable where the weights sum to 0 or one
    is negative. Values are read once: products are summed as they are made, never stored.

    Examples
    --------
    >>> import xarray as xr
    >>> income = xr.DataArray([20.0, 30.0, 25.0], dims="territory", attrs={"kind": "mean"})
    >>> homes = xr.DataArray([300.0, 100.0, 50.0], dims="territory")
    >>> weighted_mean(income, homes, [0, 0, 1], ["A", "B"]).values.values
    array([22.5, 25. ])
    """
    _check_is_a_mean(values)
    index = pd.Index(groups, name="territory")
    grouping = Grouping.fitting(membership, values.sizes["territory"], len(index))
    told = [each for each in (status, weight_status) if each is not None]
    above, below, made = map_blocks(
        partial(_together, grouping=grouping),
        values,
        weights,
        *told,
        dtypes=[np.float64, np.float64, np.int8],
        relabelled={"territory": index},
    )
    mean = divide(Quantities(above, made), Quantities(below, made))
    return described(
        mean,
        long_name=f"weighted mean of {title(values)}",
        units=values.attrs.get("units"),
        kind=Kind.MEAN if values.attrs.get("kind") is None else values.attrs["kind"],
        formula="sum(w * v) / sum(w)",
    )


def _check_is_a_mean(values: xr.DataArray) -> None:
    kind = Kind(values.attrs.get("kind", Kind.MEAN))
    if kind in _MEANS:
        return
    if kind is Kind.COUNT:
        message = (
            f"{title(values)} counts: what several territories count is a sum, not a mean. "
            "Use compute.rollup.roll_up"
        )
        raise RatioNotSummed(message)
    message = (
        f"{title(values)} is of kind {kind}: a mean of such figures is not that of the whole. "
        "Recompute it from the parts: compute.parts"
    )
    raise MedianNotAggregated(message)


def _together(
    values: NDArray[Any],
    weights: NDArray[Any],
    *told: NDArray[np.int8],
    grouping: Grouping,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]:
    """Sum both terms of each group (part, …) → (group, …), with their status."""
    status: NDArray[np.int8] = np.zeros((grouping.parts, *(1,) * (values.ndim - 1)), np.int8)
    for each in told:
        if each.max(initial=0):
            status = np.maximum(status, each)
    if status.max(initial=0) == Status.NOT_APPLICABLE:
        outside = status == Status.NOT_APPLICABLE
        values, weights = np.where(outside, 0.0, values), np.where(outside, 0.0, weights)
    values, weights = (each.astype(np.float64, copy=False) for each in (values, weights))
    above = _products(values, weights, grouping)
    below = np.broadcast_to(grouping.reduce(np.add, weights, empty=np.nan), above.shape)
    worst = np.broadcast_to(grouping.worst_status(status), above.shape)
    # Without a status, or in spite of it, a figure that is not there leaves the mean unknown.
    unknown = has_value(worst) & (np.isnan(above) | np.isnan(below))
    worst = np.where(unknown, np.int8(Status.MISSING), worst)
    if (weights < 0).any():
        negative = grouping.reduce(np.logical_or, weights < 0, empty=False)
        worst = np.where(negative & has_value(worst), np.int8(Status.NOT_APPLICABLE), worst)
    known = has_value(worst)
    return np.where(known, above, np.nan), np.where(known, below, np.nan), worst


def _products(
    values: NDArray[np.float64], weights: NDArray[np.float64], grouping: Grouping
) -> NDArray[np.float64]:
    """Sum value × weight over the parts of each group."""
    if len(grouping.order) < _FEW * len(grouping.filled):
        # A call a group would cost more than its sum.
        return grouping.reduce(np.add, values * weights, empty=np.nan)
    shape, columns = values.shape[1:], math.prod(values.shape[1:])
    if columns == 1:
        # einsum adds a lone column in another order than one among several.
        twice = np.repeat(values.reshape(-1, 1), 2, axis=1)
        return _products(twice, weights.reshape(-1, 1), grouping)[:, 0].reshape(
            grouping.count, *shape
        )
    if weights.size in (grouping.parts, values.size):  # a loop over rows rather than over dims
        values = values.reshape(grouping.parts, columns)
        weights = weights.reshape(grouping.parts, weights.size // max(grouping.parts, 1))
    sums = np.full((grouping.count, *values.shape[1:]), np.nan)
    rows, heavy = _Rows(values, grouping.order), _Rows(weights, grouping.order)
    for group, start, end in zip(grouping.filled, grouping.starts, grouping.ends, strict=True):
        sums[group] = 0.0
        for begin, stop in pairwise([*range(start, end, _ROWS), end]):
            sums[group] += np.einsum("p...,p...->...", heavy(begin, stop), rows(begin, stop))
    return sums.reshape(grouping.count, *shape)


class _Rows:
    """Give rows group after group: as they lie, or gathered into memory that is used again."""

    def __init__(self, array: NDArray[np.float64], order: NDArray[np.intp]) -> None:
        # In C order: einsum adds in the order in which numbers lie in memory.
        self._array, self._order = np.ascontiguousarray(array), order
        first = int(order[0]) if len(order) else 0
        self._lie = np.array_equal(order, np.arange(first, first + len(order)))
        if self._lie:
            self._array = self._array[first:]
        else:
            self._tile = np.empty((_ROWS, *array.shape[1:]))

    def __call__(self, begin: int, end: int) -> NDArray[np.float64]:
        """Return the rows from `begin` to `end`, in the order of the groups."""
        if self._lie:
            return self._array[begin:end]
        tile = self._tile[: end - begin]
        # "clip" lets numpy write straight into the tile; the positions are valid already.
        np.take(self._array, self._order[begin:end], axis=0, out=tile, mode="clip")
        return tile
