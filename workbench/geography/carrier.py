"""Carry arrays of figures and their status along a transition: the kernels of a conversion.

A territory that nothing happened to is copied; the few others are summed by the rules of
`workbench.compute.rollup`, whatever is asked of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from dask.base import tokenize
from numpy.typing import NDArray

from workbench.compute.quantities import has_value
from workbench.compute.rollup import Grouping
from workbench.core.types import Status
from workbench.geography.transition import Transition

__all__ = ["Carrier"]

Array = NDArray[Any]
StatusArray = NDArray[np.int8]
# Two weights this close, relative to the larger, are a tie: they were summed in other orders.
_TIE = 1e-9


@dataclass(frozen=True, eq=False)
class Carrier:
    """Say once which rows of a table make each territory of another map.

    Made by :meth:`of`. Arrays have the territory as their first axis.

    Parameters
    ----------
    targets : Index of str
        Territories of the result: those with a source in the table; when the table has the
        whole map, also those that come from nowhere.
    copied : ndarray of int (target,)
        Row of the table that each target repeats; any row for the others.
    made : ndarray of int
        Positions of the targets that are made of several rows, of a share of one, or of none.
    rows : ndarray of int (entry,)
        Row of each entry of those targets, −1 where the table lacks it.
    share, is_split, is_even : ndarray (entry,)
        As in `Transition`.
    grouping : Grouping
        From entries to targets made.
    """

    targets: pd.Index
    copied: NDArray[np.intp]
    made: NDArray[np.intp]
    rows: NDArray[np.intp]
    share: NDArray[np.float64]
    is_split: NDArray[np.bool_]
    is_even: NDArray[np.bool_]
    grouping: Grouping
    _token: str = field(repr=False)

    @classmethod
    def of(cls, transition: Transition, codes: pd.Index) -> Carrier:
        """Prepare to carry a table.

        Parameters
        ----------
        transition : Transition
        codes : Index of str
            Those of the table's rows, in any order, each once; those that the transition does
            not have go nowhere.
        """
        row = codes.get_indexer(transition.sources)
        rows, target = row[transition.origin], transition.target
        sources = np.bincount(target, minlength=len(transition.targets))
        known = np.bincount(target[rows >= 0], minlength=len(transition.targets))
        wanted = (known > 0) | ((sources == 0) & bool((row >= 0).all()))
        is_copy = wanted & (sources == 1)
        is_copy[target[transition.is_split]] = False
        place = np.cumsum(wanted) - 1
        copied = np.zeros(int(wanted.sum()), dtype=np.intp)
        simple = is_copy[target]
        copied[place[target[simple]]] = rows[simple]
        made = np.flatnonzero(wanted & ~is_copy)
        entries = np.flatnonzero((wanted & ~is_copy)[target])
        members = np.searchsorted(made, target[entries])
        kept = (copied, place[made], rows[entries], transition.share[entries])
        flags = (transition.is_split[entries], transition.is_even[entries])
        targets = pd.Index(transition.targets[wanted].to_numpy(object), name="territory")
        grouping = Grouping.of(members, len(made))
        token = tokenize(*kept, *flags, members, len(codes), targets.tolist())
        return cls(targets, *kept, *flags, grouping, token)

    def __dask_tokenize__(self) -> str:
        """Name it in Dask's graphs without hashing it again."""
        return self._token

    @property
    def is_whole(self) -> bool:
        """Tell whether every figure of the result is a sum of whole ones: none is lacking."""
        filled = len(self.grouping.filled) == self.grouping.count
        return filled and not self.is_split.any() and bool((self.rows >= 0).all())

    @property
    def incomplete(self) -> pd.Index:
        """Codes of the targets that have a source which the table lacks."""
        return self.targets[self.made[np.unique(self._members[self.rows < 0])]]

    # -- kernels -------------------------------------------------------------------------

    def copies(self, *arrays: Array) -> tuple[Array, ...]:
        """Copy rows, where each territory becomes one."""
        return tuple(array.take(self.copied, axis=0) for array in arrays)

    def sums(self, values: Array, status: StatusArray) -> tuple[Array, StatusArray]:
        """Add up counts, each by its share."""
        out, out_status = self._copies(values.astype(np.float64, copy=False), status)
        if len(self.made):
            parts, parts_status = self._parts(values, status)
            sums = self.grouping.sums(parts * _along(self.share, parts), parts_status)
            out[self.made], out_status[self.made] = sums
        return out, out_status

    def bounds(self, values: Array, status: StatusArray) -> tuple[Array, Array]:
        """Find the least and the most that each count may be, see `Transition`."""
        low, _ = self._copies(values.astype(np.float64, copy=False), status)
        high = low.copy()
        if len(self.made):
            parts, parts_status = self._parts(values, status)
            whole = np.where(_along(self.is_split, parts), 0.0, parts)
            whole = np.where(has_value(parts_status), whole, np.nan)
            low[self.made], _ = self.grouping.sums(whole, parts_status)
            high[self.made], _ = self.grouping.sums(parts, parts_status)
        return low, high

    def any(self, values: Array, status: StatusArray) -> tuple[Array, StatusArray]:
        """Tell where one part at least is flagged (1), or none is (0)."""
        return self._extreme(values, status, np.maximum, 0.0)

    def all(self, values: Array, status: StatusArray) -> tuple[Array, StatusArray]:
        """Tell where all parts are flagged (1), or one is not (0)."""
        return self._extreme(values, status, np.minimum, 1.0)

    def majority(
        self, labels: Array, status: StatusArray, weights: Array, weights_status: StatusArray
    ) -> tuple[Array, StatusArray, NDArray[np.bool_]]:
        """Keep the category of the greatest weight; on a tie the first by order, and tell it.

        Returns
        -------
        labels, status, is_tied : ndarray (target, …)
        """
        out, out_status = self._copies(labels, status)
        tied = np.zeros(out.shape, dtype=bool)
        if not len(self.made):
            return out, out_status, tied
        parts, parts_status = self._parts(labels, status)
        unnamed = has_value(parts_status) & (pd.isna(parts) | (parts == _nothing(labels)))
        parts_status = np.where(unnamed, np.int8(Status.MISSING), parts_status)
        heavy, heavy_status = self._parts(weights, weights_status)
        heavy = np.broadcast_to(heavy * _along(self.share, heavy), parts.shape)
        heavy = np.where(np.isnan(heavy), 0.0, heavy)
        # A part of unknown weight leaves the majority unknown; one that is alone needs none.
        alone = np.bincount(self._members, minlength=self.grouping.count)[self._members] == 1
        counted = np.where(heavy_status == Status.NOT_APPLICABLE, 0, heavy_status)
        unknown = ~has_value(counted) & ~_along(alone, counted)
        inside = parts_status != Status.NOT_APPLICABLE
        parts_status = np.where(inside & unknown, np.maximum(parts_status, counted), parts_status)
        worst = self.grouping.worst_status(parts_status.astype(np.int8))
        known = has_value(worst)
        chosen = np.full(known.shape, _nothing(labels), dtype=labels.dtype)
        place, label, is_tied = self._heaviest(parts, heavy, has_value(parts_status))
        flat = chosen.reshape(-1)
        flat[place] = label
        tie = np.zeros(flat.shape, dtype=bool)
        tie[place] = is_tied
        out[self.made] = np.where(known, flat.reshape(known.shape), _nothing(labels))
        out_status[self.made] = worst
        tied[self.made] = tie.reshape(known.shape) & known
        return out, out_status, tied

    # -- inside --------------------------------------------------------------------------

    @property
    def _members(self) -> NDArray[np.intp]:
        """Group of each entry: they are sorted by target."""
        sizes = self.grouping.ends - self.grouping.starts
        return np.repeat(self.grouping.filled, sizes)

    def _copies(self, values: Array, status: StatusArray) -> tuple[Array, StatusArray]:
        shape = np.broadcast_shapes(values.shape, status.shape)
        if not values.shape[0]:
            shape = (len(self.targets), *shape[1:])
            return np.zeros(shape, dtype=values.dtype), np.zeros(shape, dtype=np.int8)
        status = np.broadcast_to(status, shape)
        return values.take(self.copied, axis=0), status.take(self.copied, axis=0)

    def _parts(self, values: Array, status: StatusArray) -> tuple[Array, StatusArray]:
        """Gather the rows of the targets that are made, with what the transition adds to them."""
        parts = values.take(self.rows, axis=0, mode="clip")
        status = np.broadcast_to(status, values.shape).take(self.rows, axis=0, mode="clip")
        lacking = _along(self.rows < 0, status)
        status = np.where(lacking, np.int8(Status.MISSING), status)
        least = np.where(self.is_even, Status.ESTIMATED, Status.APPORTIONED).astype(np.int8)
        least = np.where(self.is_split, least, np.int8(Status.OBSERVED))
        shared = np.maximum(status, _along(least, status))
        return parts, np.where(has_value(status), shared, status)

    def _extreme(
        self, values: Array, status: StatusArray, ufunc: np.ufunc, neutral: float
    ) -> tuple[Array, StatusArray]:
        out, out_status = self._copies(values.astype(np.float64), status)
        if len(self.made):
            parts, parts_status = self._parts(values.astype(np.float64), status)
            parts = np.where(parts_status == Status.NOT_APPLICABLE, neutral, parts)
            found = self.grouping.reduce(ufunc, parts, empty=np.nan)
            worst = self.grouping.worst_status(parts_status)
            worst = np.where(has_value(worst) & np.isnan(found), np.int8(Status.MISSING), worst)
            out[self.made] = np.where(has_value(worst), found, np.nan)
            out_status[self.made] = worst
        return out, out_status

    def _heaviest(
        self, labels: Array, weights: NDArray[np.float64], known: NDArray[np.bool_]
    ) -> tuple[NDArray[np.intp], Array, NDArray[np.bool_]]:
        """Find the heaviest label of each cell (target made × column) that has one."""
        columns = int(np.prod(labels.shape[1:], dtype=int))
        cell = self._members[:, None] * columns + np.arange(columns)
        chosen = np.broadcast_to(known, labels.shape).reshape(cell.shape)
        number, uniques = pd.factorize(labels.reshape(cell.shape)[chosen], sort=True)
        key = cell[chosen] * max(1, len(uniques)) + number
        keys, place = np.unique(key, return_inverse=True)
        total = np.bincount(place, weights=weights.reshape(cell.shape)[chosen], minlength=len(keys))
        cells, names = np.divmod(keys, max(1, len(uniques)))
        order = np.lexsort((names, -total, cells))
        cells, names, total = cells[order], names[order], total[order]
        first = np.flatnonzero(np.diff(cells, prepend=-1))
        second = np.minimum(first + 1, max(0, len(cells) - 1))
        rival = (second > first) & (cells[second] == cells[first])
        is_tied = rival & (total[first] - total[second] <= _TIE * total[first])
        return cells[first], np.asarray(uniques)[names[first]], is_tied


def _along(entries: NDArray[Any], like: NDArray[Any]) -> NDArray[Any]:
    """Give values by entry the other axes of an array."""
    return entries.reshape(-1, *(1,) * (like.ndim - 1))


def _nothing(labels: NDArray[Any]) -> Any:
    """Return what stands for no category; the status says why."""
    return np.nan if labels.dtype.kind == "f" else ""
