"""Add the figures of the parts into those of the territories that hold them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from dask.base import tokenize
from numpy.typing import DTypeLike, NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.quantities import Quantities, has_value, observed
from workbench.core.errors import MedianNotAggregated, RatioNotSummed
from workbench.core.types import Kind, Status

__all__ = ["Grouping", "roll_up"]

_TILE_BYTES = 2**20  # what is gathered at a time: about one core's second-level cache


@dataclass(frozen=True, eq=False)
class Grouping:
    """Say once where the parts of each group are, for every variable that is rolled up.

    Make it with :meth:`of`.

    Parameters
    ----------
    parts, count : int
        Numbers of parts and of groups.
    order : ndarray of int (grouped parts,)
        Positions of the parts, group after group; parts without a group are left out.
    filled : ndarray of int
        Groups that have at least one part.
    starts, ends : ndarray of int
        Where each filled group begins and ends in `order`.
    is_identity : bool
        Each part is its own group, in the same order: there is nothing to add up.
    """

    parts: int
    count: int
    order: NDArray[np.intp]
    filled: NDArray[np.intp]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    is_identity: bool
    _token: str = field(repr=False)

    @classmethod
    def of(cls, membership: NDArray[np.integer[Any]] | Sequence[int], count: int) -> Grouping:
        """Sort the parts by group.

        Parameters
        ----------
        membership : 1-D array of int
            Position of the group of each part, −1 for none.
        count : int
            Number of groups.

        Returns
        -------
        Grouping

        Raises
        ------
        ValueError
            A position is neither −1 nor that of a group.

        Examples
        --------
        >>> Grouping.of([1, -1, 0, 1], 3).filled
        array([0, 1])
        """
        member = np.asarray(membership, dtype=np.int64)
        if member.size and (member.min() < -1 or member.max() >= count):
            message = (
                f"membership goes from {member.min()} to {member.max()}; with {count} groups it "
                f"may hold 0 to {count - 1}, and -1 for a part without a group"
            )
            raise ValueError(message)
        order = np.argsort(member, kind="stable")[np.count_nonzero(member < 0) :]
        sizes = np.bincount(member[order], minlength=count)
        filled = np.flatnonzero(sizes)
        ends = np.cumsum(sizes[filled])
        return cls(
            parts=member.size,
            count=count,
            order=order,
            filled=filled,
            starts=ends - sizes[filled],
            ends=ends,
            is_identity=member.size == count and np.array_equal(member, np.arange(count)),
            _token=tokenize(member, count),
        )

    @classmethod
    def fitting(
        cls,
        membership: NDArray[np.integer[Any]] | Sequence[int] | Grouping,
        parts: int,
        count: int,
    ) -> Grouping:
        """Make a grouping of so many parts in so many groups, or check that it is one.

        Raises
        ------
        ValueError
            It is of other parts or groups.
        """
        grouping = membership if isinstance(membership, Grouping) else cls.of(membership, count)
        if (grouping.parts, grouping.count) != (parts, count):
            message = (
                f"membership is of {grouping.parts} parts in {grouping.count} groups; "
                f"there are {parts} parts and {count} groups"
            )
            raise ValueError(message)
        return grouping

    def __dask_tokenize__(self) -> str:
        """Name the grouping in Dask's graphs without hashing it again."""
        return self._token

    def membership(self) -> NDArray[np.intp]:
        """Give the position of the group of each part, −1 for none."""
        member = np.full(self.parts, -1, dtype=np.intp)
        member[self.order] = np.repeat(self.filled, self.ends - self.starts)
        return member

    def reduce(self, ufunc: np.ufunc, values: NDArray[Any], *, empty: Any) -> NDArray[Any]:
        """Reduce each group's rows to one.

        Parameters
        ----------
        ufunc : numpy ufunc
            ``np.add``, ``np.maximum``…
        values : ndarray (part, …)
        empty : scalar
            The row of a group without a part.

        Returns
        -------
        ndarray (group, …)

        Notes
        -----
        Rows are gathered a tile at a time into memory that is used again, which is several
        times faster than gathering them all. A tile ends where a group does, so that the tile
        size never changes a sum.
        """
        columns = values.reshape(self.parts, math.prod(values.shape[1:]))
        out = np.full((self.count, columns.shape[1]), empty, dtype=columns.dtype)
        if columns.shape[1] and len(self.filled):
            out[self.filled] = self._reduce_filled(ufunc, columns)
        return out.reshape(self.count, *values.shape[1:])

    def _reduce_filled(self, ufunc: np.ufunc, columns: NDArray[Any]) -> NDArray[Any]:
        rows = max(1, _TILE_BYTES // (columns.shape[1] * columns.itemsize))
        out = np.empty((len(self.filled), columns.shape[1]), dtype=columns.dtype)
        tile = np.empty((0, columns.shape[1]), dtype=columns.dtype)
        first = 0
        while first < len(self.filled):
            begin = self.starts[first]
            last = max(first + 1, int(np.searchsorted(self.ends, begin + rows, side="right")))
            end = self.ends[last - 1]
            if len(tile) < end - begin:
                tile = np.empty((end - begin, columns.shape[1]), dtype=columns.dtype)
            gathered = tile[: end - begin]
            # "clip" lets numpy write straight into the tile; the positions are valid already.
            np.take(columns, self.order[begin:end], axis=0, out=gathered, mode="clip")
            ufunc.reduceat(gathered, self.starts[first:last] - begin, axis=0, out=out[first:last])
            first = last
        return out

    def worst_status(self, status: NDArray[np.int8]) -> NDArray[np.int8]:
        """Find the status of what is made of all the parts of each group.

        Parts that are not applicable are left out. See `roll_up` for the rules.
        """
        left_out = np.int8(Status.NOT_APPLICABLE)
        shape = (self.count, *status.shape[1:])
        highest = status.max(initial=0)  # not applicable is the highest: one fast pass tells all
        worst: NDArray[Any]
        if highest == left_out:
            outside = status == left_out
            worst = self.reduce(np.maximum, np.where(outside, np.int8(-1), status), empty=-1)
            made_of = self.reduce(np.add, (~outside).astype(np.int32), empty=0)
        else:
            plain = np.zeros(shape, dtype=np.int8)
            worst = self.reduce(np.maximum, status, empty=-1) if highest else plain
            made_of = np.zeros(self.count, dtype=np.int32)
            made_of[self.filled] = self.ends - self.starts
            made_of = made_of.reshape(-1, *(1,) * (status.ndim - 1))
        worst = np.where(made_of > 1, np.maximum(worst, np.int8(Status.AGGREGATED)), worst)
        worst = np.where(made_of == 0, left_out, worst)
        empty = np.ones(self.count, dtype=bool)
        empty[self.filled] = False
        worst[empty] = Status.MISSING
        return worst

    def sums(
        self, values: NDArray[Any], status: NDArray[np.int8]
    ) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
        """Sum the rows of each group (part, …) to (group, …), with the status.

        See `roll_up` for the rules.
        """
        status = np.broadcast_to(status, values.shape)
        counted = values.astype(np.float64, copy=False)
        if status.max(initial=0) == Status.NOT_APPLICABLE:
            counted = np.where(status == Status.NOT_APPLICABLE, 0.0, counted)
        sums = self.reduce(np.add, counted, empty=np.nan)
        worst = self.worst_status(status)
        # A figure said to be there and that is not leaves the sum unknown.
        worst = np.where(has_value(worst) & np.isnan(sums), np.int8(Status.MISSING), worst)
        return np.where(has_value(worst), sums, np.nan), worst


def roll_up(
    values: xr.DataArray,
    membership: NDArray[np.integer[Any]] | Grouping,
    groups: pd.Index | Sequence[str],
    *,
    status: xr.DataArray | None = None,
) -> Quantities:
    """Sum counts over the parts of each group.

    Parameters
    ----------
    values : DataArray (territory, …)
        Counts of the parts. Cut along ``territory``, they are put together first: 35,000 parts
        weigh 280 kB a column, and no result may depend on the chunks.
    membership : 1-D array of int, or Grouping
        Position in `groups` of the group of each part, −1 for none. Make a `Grouping` once to
        roll up many variables.
    groups : Index of str (group,)
        Codes of the groups, the ``territory`` of the result.
    status : DataArray (territory, …), int8, optional
        Without it, figures are observed and NaN is missing.

    Returns
    -------
    Quantities
        Sums (territory, …) and their status.

    Raises
    ------
    MedianNotAggregated
        `values` are of kind median or inequality (their ``kind`` attribute), which do not add up.
    ValueError
        They are of another kind that does not add up, or `membership` does not fit.

    Notes
    -----
    Rules for the status of a sum: parts that are not applicable are left out, and when all are,
    so is the sum. A missing part makes the sum missing and a suppressed one suppresses it
    (missing wins over suppressed). One part gives its own status; several give the least certain
    among theirs, at best aggregated. A group without any part is missing, never 0.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> homes = xr.DataArray([10.0, 5.0, 7.0], dims="territory")
    >>> total = roll_up(homes, np.array([0, 0, 1]), ["A", "B"])
    >>> total.values.values, total.status.values
    (array([15.,  7.]), array([1, 0], dtype=int8))
    """
    _check_adds_up(values)
    index = pd.Index(groups, name="territory")
    grouping = Grouping.fitting(membership, values.sizes["territory"], len(index))
    figures = observed(values) if status is None else Quantities(values, status)
    if grouping.is_identity:
        return figures if _labels(values).equals(index) else _relabelled(figures, index)
    dtypes: list[DTypeLike] = [np.float64, np.int8]
    return Quantities(
        *map_blocks(grouping.sums, *figures, dtypes=dtypes, relabelled={"territory": index})
    )


def _labels(values: xr.DataArray) -> pd.Index:
    labels: pd.Index = values.indexes.get("territory", pd.RangeIndex(len(values)))
    return labels


def _relabelled(figures: Quantities, index: pd.Index) -> Quantities:
    return Quantities(*(array.assign_coords(territory=index) for array in figures))


def _check_adds_up(values: xr.DataArray) -> None:
    """Refuse to sum what does not add up."""
    kind = Kind(values.attrs.get("kind", Kind.COUNT))
    if kind is Kind.COUNT:
        return
    name = values.attrs.get("long_name") or values.name or "these values"
    if kind in (Kind.MEDIAN, Kind.INEQUALITY):
        message = (
            f"{name}: the {kind} of a territory is not the sum of its parts' {kind} figures. "
            f"Recompute it from the parts: compute.parts.{_FROM_PARTS[kind]}"
        )
        raise MedianNotAggregated(message)
    message = (
        f"{name} is of kind {kind}: it does not add up. "
        "Roll up its numerator and its denominator, then compute.quantities.divide"
    )
    raise RatioNotSummed(message)


_FROM_PARTS = {Kind.MEDIAN: "median_of_parts", Kind.INEQUALITY: "gini_of_parts"}
