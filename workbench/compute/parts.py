"""Describe how the parts of a territory differ: median, inequality, weight of the largest.

None of these adds up. Each is calculated from all the parts at once: they are sorted a single time
by group and value, then every group is a segment of that order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.quantities import Quantities, defined, has_value
from workbench.compute.rollup import Grouping

__all__ = ["gini_of_parts", "largest_share_of_parts", "median_of_parts"]

# Of sorted values, where each group's known ones begin, how many they are → one figure a group.
Measure = Callable[[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]


def median_of_parts(
    parts: Quantities, grouping: Grouping, groups: pd.Index | Sequence[str]
) -> Quantities:
    """Find the median of the parts of each group, each part counting for one.

    Parameters
    ----------
    parts : Quantities (territory, …)
    grouping : Grouping
        Which parts belong to which group.
    groups : Index of str (group,)

    Returns
    -------
    Quantities
        The status follows the rules of `roll_up`.

    Notes
    -----
    Of an even number of parts, the mean of the two in the middle.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> people = observed(xr.DataArray([100.0, 900.0, 200.0], dims="territory"))
    >>> median_of_parts(people, Grouping.of([0, 0, 0], 1), ["A"]).values.values
    array([200.])
    """
    return _measure(_median, parts, grouping, groups)


def gini_of_parts(
    parts: Quantities, grouping: Grouping, groups: pd.Index | Sequence[str]
) -> Quantities:
    """Measure how unequal the parts of each group are, from 0 (all equal) towards 1 (one has all).

    Parameters
    ----------
    parts : Quantities (territory, …)
        Not negative.
    grouping : Grouping
    groups : Index of str (group,)

    Returns
    -------
    Quantities
        Not applicable where the parts sum to 0 or one is negative.

    Notes
    -----
    ``G = 2 Σ i·xᵢ ÷ (n Σ xᵢ) − (n + 1) ÷ n`` with x ascending and i from 1 to n: half the mean
    absolute difference between two parts, relative to their mean. At most ``1 − 1/n``.

    References
    ----------
    Gini, C. (1912), *Variabilità e mutabilità*; in this form, Sen, A. (1973), *On Economic
    Inequality*, Clarendon Press, p. 31.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> people = observed(xr.DataArray([0.0, 0.0, 0.0, 50.0], dims="territory"))
    >>> gini_of_parts(people, Grouping.of([0, 0, 0, 0], 1), ["A"]).values.values
    array([0.75])
    """
    return _measure(_gini, parts, grouping, groups)


def largest_share_of_parts(
    parts: Quantities, grouping: Grouping, groups: pd.Index | Sequence[str]
) -> Quantities:
    """Find the share, from 0 to 1, that the largest part has in the sum of its group.

    Parameters
    ----------
    parts : Quantities (territory, …)
        Not negative.
    grouping : Grouping
    groups : Index of str (group,)

    Returns
    -------
    Quantities
        Not applicable where the parts sum to 0 or one is negative.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> people = observed(xr.DataArray([100.0, 300.0], dims="territory"))
    >>> largest_share_of_parts(people, Grouping.of([0, 0], 1), ["A"]).values.values
    array([0.75])
    """
    return _measure(_largest_share, parts, grouping, groups)


def _measure(
    measure: Measure, parts: Quantities, grouping: Grouping, groups: pd.Index | Sequence[str]
) -> Quantities:
    index = pd.Index(groups, name="territory")
    kernel = partial(_by_group, measure=measure, grouping=grouping)
    dtypes = [np.float64, np.int8]
    return Quantities(*map_blocks(kernel, *parts, dtypes=dtypes, relabelled={"territory": index}))


def _by_group(
    values: NDArray[Any], status: NDArray[np.int8], *, measure: Measure, grouping: Grouping
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Measure (territory, …) into (group, …), column by column."""
    status = np.broadcast_to(status, values.shape)
    worst = grouping.worst_status(status)
    shape = (grouping.parts, math.prod(values.shape[1:]))
    known = np.where(has_value(status), values, np.nan).reshape(shape)
    out = np.full((grouping.count, known.shape[1]), np.nan)
    for column in range(known.shape[1]):
        out[grouping.filled, column] = _column(known[:, column], measure, grouping)
    figures = out.reshape(grouping.count, *values.shape[1:])
    return defined(figures, worst)


def _column(
    values: NDArray[np.float64], measure: Measure, grouping: Grouping
) -> NDArray[np.float64]:
    """Sort one column by group and value (NaN last in its group) and measure each segment."""
    segment = np.repeat(np.arange(len(grouping.filled)), grouping.ends - grouping.starts)
    grouped = values[grouping.order]
    ordered = grouped[np.lexsort((grouped, segment))]
    counts = np.add.reduceat(~np.isnan(grouped), grouping.starts, dtype=np.intp)
    with np.errstate(divide="ignore", invalid="ignore"):
        figures = measure(ordered, grouping.starts, counts)
    figures[counts == 0] = np.nan
    return figures


def _median(
    ordered: NDArray[np.float64], starts: NDArray[np.intp], counts: NDArray[np.intp]
) -> NDArray[np.float64]:
    known = np.maximum(counts, 1)  # a group without any known part is blanked by the caller
    low, high = ordered[starts + (known - 1) // 2], ordered[starts + known // 2]
    middle: NDArray[np.float64] = low + (high - low) / 2  # of equal values, exactly that value
    return middle


def _gini(
    ordered: NDArray[np.float64], starts: NDArray[np.intp], counts: NDArray[np.intp]
) -> NDArray[np.float64]:
    rank = np.arange(len(ordered)) - np.repeat(starts, np.diff(starts, append=len(ordered))) + 1.0
    known = np.nan_to_num(ordered)
    total = np.add.reduceat(known, starts)
    weighted = np.add.reduceat(known * rank, starts)
    gini = 2 * weighted / (counts * total) - (counts + 1) / counts
    # Equal parts give 0 but for rounding, which must not make the measure negative.
    return np.where((total > 0) & (ordered[starts] >= 0), np.maximum(gini, 0.0), np.nan)


def _largest_share(
    ordered: NDArray[np.float64], starts: NDArray[np.intp], counts: NDArray[np.intp]
) -> NDArray[np.float64]:
    total = np.add.reduceat(np.nan_to_num(ordered), starts)
    largest = ordered[starts + np.maximum(counts, 1) - 1]
    return np.where((total > 0) & (ordered[starts] >= 0), largest / total, np.nan)
