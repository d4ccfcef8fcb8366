"""Place each territory among the others: rank and quantile."""

from __future__ import annotations

import math
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks

__all__ = ["Positions", "positions"]


class Positions(NamedTuple):
    """Hold the position of every territory.

    Parameters
    ----------
    rank : DataArray (territory, …), int32
        1 for the highest value; ties share the best rank; 0 where there is no value.
    of : DataArray (territory, …), int32
        Number of territories with a value in the same group.
    quantile : DataArray (territory, …), float64
        Share of the others that are strictly below, plus half of those that are equal: 0 for
        the lowest, 1 for the highest, 0.5 for one that is alone. NaN where there is no value.
    """

    rank: xr.DataArray
    of: xr.DataArray
    quantile: xr.DataArray


def positions(values: xr.DataArray, groups: NDArray[np.integer[Any]] | None = None) -> Positions:
    """Rank all the territories of one level at once.

    Parameters
    ----------
    values : DataArray (territory, …)
        NaN where there is no value to compare.
    groups : 1-D array of int, optional
        Parent of each territory, to rank it among its siblings only; −1 for one without a
        parent, which gets no position. Without it all are compared.

    Returns
    -------
    Positions

    Raises
    ------
    ValueError
        `groups` is not as long as there are territories.

    Notes
    -----
    One sort a column, O(n log n).

    Examples
    --------
    >>> import xarray as xr
    >>> place = positions(xr.DataArray([30.0, 10.0, 30.0], dims="territory"))
    >>> place.rank.values, place.quantile.values
    (array([1, 3, 1], dtype=int32), array([0.75, 0.  , 0.75]))
    """
    count = values.sizes["territory"]
    parents = np.zeros(count, dtype=np.int64) if groups is None else np.asarray(groups, np.int64)
    if parents.shape != (count,):
        message = f"groups has shape {parents.shape}; one integer for each of {count} territories"
        raise ValueError(message)
    kernel = partial(_positions, parents=parents)
    arrays = map_blocks(
        kernel,
        values.transpose("territory", ...),
        dtypes=[np.int32, np.int32, np.float64],
        whole=["territory"],
    )
    return Positions(*arrays)


def _positions(
    values: NDArray[np.float64], *, parents: NDArray[np.int64]
) -> tuple[NDArray[Any], ...]:
    columns = values.reshape(len(parents), math.prod(values.shape[1:]))
    rank = np.zeros(columns.shape, dtype=np.int32)
    of = np.zeros(columns.shape, dtype=np.int32)
    quantile = np.full(columns.shape, np.nan)
    for column in range(columns.shape[1]):
        _place(columns[:, column], parents, rank[:, column], of[:, column], quantile[:, column])
    return tuple(array.reshape(values.shape) for array in (rank, of, quantile))


def _place(
    values: NDArray[np.float64],
    parents: NDArray[np.int64],
    rank: NDArray[np.int32],
    of: NDArray[np.int32],
    quantile: NDArray[np.float64],
) -> None:
    """Fill the three columns from one ascending sort within each group.

    In that order a group is a segment and equal values are a run inside it: what is below a
    value is what lies between the two beginnings, what is above, between the two ends.
    """
    compared = np.flatnonzero(~np.isnan(values) & (parents >= 0))
    at = compared[np.lexsort((values[compared], parents[compared]))]
    value, parent = values[at], parents[at]
    new_group = np.diff(parent, prepend=-1) != 0
    new_run = new_group.copy()
    new_run[1:] |= value[1:] != value[:-1]
    group_start, group_end = _bounds(new_group)
    run_start, run_end = _bounds(new_run)
    below, ties, above = run_start - group_start, run_end - run_start - 1, group_end - run_end
    others = group_end - group_start - 1
    rank[at] = above + 1
    quantile[at] = np.where(others > 0, (below + ties / 2) / np.maximum(others, 1), 0.5)
    size = np.zeros(parents.max(initial=0) + 1, dtype=np.int64)
    np.add.at(size, parent, 1)
    of[:] = np.where(parents >= 0, size[np.maximum(parents, 0)], 0)


def _bounds(begins: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give each element the beginning and the end of the segment it lies in."""
    starts = np.flatnonzero(begins)
    sizes = np.diff(starts, append=len(begins))
    return np.repeat(starts, sizes), np.repeat(starts + sizes, sizes)
