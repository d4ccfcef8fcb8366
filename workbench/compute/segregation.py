"""Measure how a group of people lives apart from the others, from the parts of each territory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.compute.described import described, title
from workbench.compute.quantities import Quantities
from workbench.compute.rollup import Grouping
from workbench.compute.terms import Measure, Parts, measure_parts
from workbench.core.types import Kind

__all__ = ["dissimilarity_of_parts", "exposure_of_parts", "isolation_of_parts"]

FloatArray = NDArray[np.float64]


def dissimilarity_of_parts(
    group: Quantities, everyone: Quantities, grouping: Grouping, groups: pd.Index | Sequence[str]
) -> Quantities:
    """Find the share of a group that would have to move to be spread as the others are.

    Parameters
    ----------
    group : Quantities (territory, …)
        Members of the group in each part, at most `everyone`.
    everyone : Quantities (territory, …)
        All the people of each part.
    grouping : Grouping
        Which parts belong to which territory.
    groups : Index of str (group,)
        Codes of the territories.

    Returns
    -------
    Quantities
        From 0 (spread as the others) to 1 (no part in common). The status follows the rules of
        `roll_up`. Not applicable where the group is nobody or everybody.

    Notes
    -----
    ``D = ½ Σ |xᵢ ÷ X − yᵢ ÷ Y|`` with y = everyone − group. It depends on the size of the parts:
    compare only what is measured on parts of one level.

    References
    ----------
    Duncan, O. D. and Duncan, B. (1955), A methodological analysis of segregation indexes,
    *American Sociological Review* 20, 210–217.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> old = observed(xr.DataArray([30.0, 10.0], dims="territory"))
    >>> all_ages = observed(xr.DataArray([50.0, 50.0], dims="territory"))
    >>> found = dissimilarity_of_parts(old, all_ages, Grouping.of([0, 0], 1), ["A"])
    >>> found.values.values.round(4)
    array([0.4167])
    """
    return _segregation(
        _dissimilarity,
        group,
        everyone,
        grouping,
        groups,
        name="dissimilarity",
        formula="1/2 * sum(|x_i / X - y_i / Y|), y = everyone - x",
        references="Duncan and Duncan (1955), A methodological analysis of segregation indexes",
    )


def isolation_of_parts(
    group: Quantities, everyone: Quantities, grouping: Grouping, groups: pd.Index | Sequence[str]
) -> Quantities:
    """Find the share of their own group among the neighbours of its average member.

    Parameters
    ----------
    group, everyone, grouping, groups
        As in `dissimilarity_of_parts`; neighbours are the people of the same part.

    Returns
    -------
    Quantities
        From the group's share of all people (spread evenly) to 1. The status follows the rules
        of `roll_up`. Not applicable where the group is nobody.

    Notes
    -----
    ``xPx = Σ (xᵢ ÷ X) (xᵢ ÷ tᵢ)`` with t everyone.

    References
    ----------
    Lieberson, S. (1981), An asymmetrical approach to segregation; Massey, D. S. and Denton, N. A.
    (1988), The dimensions of residential segregation, *Social Forces* 67, 281–315.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> old = observed(xr.DataArray([30.0, 10.0], dims="territory"))
    >>> all_ages = observed(xr.DataArray([50.0, 50.0], dims="territory"))
    >>> isolation_of_parts(old, all_ages, Grouping.of([0, 0], 1), ["A"]).values.values
    array([0.5])
    """
    return _segregation(
        _isolation,
        group,
        everyone,
        grouping,
        groups,
        name="isolation",
        formula="sum(x_i / X * x_i / t_i), t = everyone",
        references="Massey and Denton (1988), The dimensions of residential segregation",
    )


def exposure_of_parts(
    group: Quantities,
    others: Quantities,
    everyone: Quantities,
    grouping: Grouping,
    groups: pd.Index | Sequence[str],
) -> Quantities:
    """Find the share of another group among the neighbours of the average member of a group.

    Parameters
    ----------
    group, others : Quantities (territory, …)
        Members of both groups in each part, at most `everyone` together.
    everyone, grouping, groups
        As in `dissimilarity_of_parts`.

    Returns
    -------
    Quantities
        From 0 to 1; with the isolation of the group it makes 1 when there is no third group.
        The status follows the rules of `roll_up`. Not applicable where the group is nobody.

    Notes
    -----
    ``xPy = Σ (xᵢ ÷ X) (yᵢ ÷ tᵢ)``.

    References
    ----------
    As in `isolation_of_parts`.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> old, young, everyone = (
    ...     observed(xr.DataArray(x, dims="territory"))
    ...     for x in ([30.0, 10.0], [10.0, 10.0], [50.0, 50.0])
    ... )
    >>> exposure_of_parts(old, young, everyone, Grouping.of([0, 0], 1), ["A"]).values.values
    array([0.2])
    """
    found = measure_parts(_exposure, group, others, everyone, grouping=grouping, groups=groups)
    return described(
        found,
        long_name=f"exposure of {title(group.values)} to {title(others.values)}",
        units="1",
        kind=Kind.INEQUALITY,
        formula="sum(x_i / X * y_i / t_i), t = everyone",
        references="Massey and Denton (1988), The dimensions of residential segregation",
    )


def _segregation(
    measure: Measure,
    group: Quantities,
    everyone: Quantities,
    grouping: Grouping,
    groups: pd.Index | Sequence[str],
    *,
    name: str,
    formula: str,
    references: str,
) -> Quantities:
    found = measure_parts(measure, group, everyone, grouping=grouping, groups=groups)
    return described(
        found,
        long_name=f"{name} of {title(group.values)}",
        units="1",
        kind=Kind.INEQUALITY,
        formula=formula,
        references=references,
    )


def _dissimilarity(parts: Parts, group: FloatArray, everyone: FloatArray) -> FloatArray:
    others = everyone - group
    difference = parts.sums(np.abs(parts.shares(group) - parts.shares(others))) / 2
    return np.where(parts.sums(np.minimum(others, 0.0)) < 0, np.nan, difference)


def _isolation(parts: Parts, group: FloatArray, everyone: FloatArray) -> FloatArray:
    return _exposure(parts, group, group, everyone)


def _exposure(
    parts: Parts, group: FloatArray, others: FloatArray, everyone: FloatArray
) -> FloatArray:
    met = np.where(group > 0, parts.shares(group) * others / everyone, 0.0)
    beyond = np.maximum(group, others) > everyone
    wrong = parts.sums(beyond.astype(np.float64)) > 0
    nobody = parts.sums(group) == 0
    return np.where(wrong | nobody, np.nan, parts.sums(met))
