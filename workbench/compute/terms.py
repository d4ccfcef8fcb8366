"""Run measures that are sums over the parts of each group, of several figures of the parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.quantities import Quantities, defined, has_value
from workbench.compute.rollup import Grouping

__all__ = ["Parts", "measure_parts"]

FloatArray = NDArray[np.float64]


class Parts:
    """Sum the parts of each group, and give each part what its group has.

    Parameters
    ----------
    grouping : Grouping
    """

    def __init__(self, grouping: Grouping) -> None:
        self._grouping, self._member = grouping, grouping.membership()

    def sums(self, values: FloatArray) -> FloatArray:
        """Sum (part, …) into (group, …)."""
        return self._grouping.reduce(np.add, values, empty=np.nan)

    def shares(self, values: FloatArray) -> FloatArray:
        """Divide each part by the sum of its group."""
        shares: FloatArray = values / self.sums(values)[self._member]
        return shares


Measure = Callable[..., FloatArray]
"""Of `Parts` and the figures (part, …), one array a term: one figure a group, NaN for none."""


def measure_parts(
    measure: Measure,
    *terms: Quantities,
    grouping: Grouping,
    groups: pd.Index | Sequence[str],
) -> Quantities:
    """Measure each group from figures of its parts.

    Parameters
    ----------
    measure : callable
    *terms : Quantities (territory, …)
        Not negative.
    grouping : Grouping
    groups : Index of str (group,)

    Returns
    -------
    Quantities
        The status follows the rules of `roll_up`, a part having the least certain status of its
        terms. Not applicable where the measure is undefined or a figure is negative.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> homes = observed(xr.DataArray([3.0, 1.0], dims="territory"))
    >>> largest = lambda parts, x: parts.sums(parts.shares(x) ** 2)
    >>> measure_parts(largest, homes, grouping=Grouping.of([0, 0], 1), groups=["A"]).values.values
    array([0.625])
    """
    fitting = Grouping.fitting(grouping, terms[0].values.sizes["territory"], len(groups))
    kernel = partial(_measure, measure=measure, grouping=fitting)
    index = pd.Index(groups, name="territory")
    flat = [array for term in terms for array in term]
    dtypes = [np.float64, np.int8]
    return Quantities(*map_blocks(kernel, *flat, dtypes=dtypes, relabelled={"territory": index}))


def _measure(
    *flat: NDArray[Any], measure: Measure, grouping: Grouping
) -> tuple[FloatArray, NDArray[np.int8]]:
    *arrays, status = np.broadcast_arrays(*flat[::2], reduce(np.maximum, flat[1::2]))
    known = has_value(status)
    # What is not known blanks its group below; what is not applicable is no part of it.
    values = [np.where(known, array, 0.0) for array in arrays]
    worst = grouping.worst_status(status)
    with np.errstate(divide="ignore", invalid="ignore"):
        figures = measure(Parts(grouping), *values)
    for array in values:
        negative = grouping.reduce(np.minimum, array, empty=0.0) < 0
        figures = np.where(negative, np.nan, figures)
    return defined(figures, worst)
