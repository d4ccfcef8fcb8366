"""Measure how few categories hold most of a total: sectors of a territory, or origins, or ages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.described import check_dim, described, title
from workbench.compute.quantities import Quantities, defined, has_value
from workbench.core.types import Kind, Status

__all__ = ["entropy", "herfindahl", "largest_shares"]

FloatArray = NDArray[np.float64]


def herfindahl(figures: Quantities, *, over: str) -> Quantities:
    """Find the chance that two units drawn at random are of the same category.

    Parameters
    ----------
    figures : Quantities (territory, category, …)
        Counts, not negative.
    over : str
        The dim of the categories.

    Returns
    -------
    Quantities
        Without that dim, from 1 ÷ categories (all as large) to 1 (one has all). Categories that
        are not applicable are left out; the status is the least certain of the others. Not
        applicable where the counts sum to 0 or one is negative.

    Raises
    ------
    ValueError
        There is no such dim.

    Notes
    -----
    ``H = Σ sᵢ²``, s the shares.

    References
    ----------
    Herfindahl, O. C. (1950), *Concentration in the Steel Industry*; Hirschman, A. O. (1964), The
    paternity of an index, *American Economic Review* 54, 761–762.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> jobs = observed(xr.DataArray([[60.0, 20.0, 20.0]], dims=("territory", "sector")))
    >>> herfindahl(jobs, over="sector").values.values.round(2)
    array([0.44])
    """
    return _concentration(
        figures,
        over,
        _herfindahl,
        name="Herfindahl index",
        formula="sum(s_i ** 2)",
        references="Hirschman (1964), The paternity of an index",
    )


def largest_shares(figures: Quantities, *, over: str, count: int = 1) -> Quantities:
    """Find the share of the largest categories together (CR₁, CR₃, CR₄…).

    Parameters
    ----------
    figures, over
        As in `herfindahl`.
    count : int
        How many of the largest are taken.

    Returns
    -------
    Quantities
        From 0 to 1; as in `herfindahl` otherwise.

    Raises
    ------
    ValueError
        There is no such dim, or `count` is not positive.

    References
    ----------
    Bain, J. S. (1956), *Barriers to New Competition*, Harvard University Press.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> jobs = observed(xr.DataArray([[20.0, 50.0, 30.0]], dims=("territory", "sector")))
    >>> largest_shares(jobs, over="sector", count=2).values.values
    array([0.8])
    """
    if count < 1:
        message = f"the share of the {count} largest is asked for; take 1 or more"
        raise ValueError(message)
    return _concentration(
        figures,
        over,
        partial(_largest, count=count),
        name=f"share of the {count} largest",
        formula=f"sum of the {count} largest s_i",
        references="Bain (1956), Barriers to New Competition",
    )


def entropy(figures: Quantities, *, over: str) -> Quantities:
    """Measure how diverse categories are: 0 when one has all, 1 when all are as large.

    Parameters
    ----------
    figures, over
        As in `herfindahl`.

    Returns
    -------
    Quantities
        As in `herfindahl` otherwise. Not applicable too where there is only one category.

    Raises
    ------
    ValueError
        There is no such dim.

    Notes
    -----
    ``E = − Σ sᵢ ln sᵢ ÷ ln n``, n the number of categories, empty ones included (Pielou's
    evenness): Shannon's entropy, relative to the greatest.

    References
    ----------
    Shannon, C. E. (1948), A mathematical theory of communication; Pielou, E. C. (1966), The
    measurement of diversity, *Journal of Theoretical Biology* 13, 131–144.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> jobs = observed(xr.DataArray([[50.0, 50.0, 0.0, 0.0]], dims=("territory", "sector")))
    >>> entropy(jobs, over="sector").values.values
    array([0.5])
    """
    return _concentration(
        figures,
        over,
        _entropy,
        name="relative entropy",
        formula="-sum(s_i * ln(s_i)) / ln(n)",
        references="Pielou (1966), The measurement of diversity",
    )


def _concentration(
    figures: Quantities,
    over: str,
    measure: Callable[[FloatArray, NDArray[np.intp]], FloatArray],
    *,
    name: str,
    formula: str,
    references: str,
) -> Quantities:
    check_dim(figures.values, over)
    found = map_blocks(
        partial(_across, measure=measure),
        *(array.transpose(..., over) for array in figures),
        dtypes=[np.float64, np.int8],
        removed=[over],
    )
    return described(
        Quantities(*found),
        long_name=f"{name} of {title(figures.values)}",
        units="1",
        kind=Kind.INEQUALITY,
        formula=formula,
        references=references,
    )


def _across(
    values: NDArray[Any],
    status: NDArray[np.int8],
    *,
    measure: Callable[[FloatArray, NDArray[np.intp]], FloatArray],
) -> tuple[FloatArray, NDArray[np.int8]]:
    status = np.broadcast_to(status, values.shape)
    inside = status != Status.NOT_APPLICABLE
    worst = np.where(inside, status, np.int8(-1)).max(axis=-1, initial=-1)
    worst = np.where(worst < 0, np.int8(Status.NOT_APPLICABLE), worst)
    counts = np.where(inside, values, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = counts / counts.sum(axis=-1, keepdims=True)
        figures = measure(shares, inside.sum(axis=-1))
    figures = np.where((counts < 0).any(axis=-1), np.nan, figures)
    absent = (np.isnan(counts)).any(axis=-1) & has_value(worst)
    worst = np.where(absent, np.int8(Status.MISSING), worst)
    return defined(np.where(np.isfinite(figures), figures, np.nan), worst)


def _herfindahl(shares: FloatArray, _count: NDArray[np.intp]) -> FloatArray:
    return np.asarray((shares**2).sum(axis=-1))


def _largest(shares: FloatArray, _count: NDArray[np.intp], *, count: int) -> FloatArray:
    return np.asarray(np.sort(shares, axis=-1)[..., -count:].sum(axis=-1))


def _entropy(shares: FloatArray, count: NDArray[np.intp]) -> FloatArray:
    terms = np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1.0)), 0.0)
    total = np.where(np.isnan(shares).any(axis=-1), np.nan, -terms.sum(axis=-1))
    # Adding 0 turns the −0 of a lone category into a plain 0.
    return np.asarray(np.minimum(total / np.log(count), 1.0) + 0.0)
