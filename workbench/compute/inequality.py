"""Measure inequality between territories, and split it: within groups and between them.

The Gini index is in `workbench.compute.parts`; it does not split, the Theil index does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.compute.described import described, title
from workbench.compute.means import weighted_mean
from workbench.compute.quantities import Quantities
from workbench.compute.rollup import Grouping, roll_up
from workbench.compute.terms import Parts, measure_parts
from workbench.core.types import Kind

__all__ = ["TheilSplit", "theil_of_parts", "theil_split"]

FloatArray = NDArray[np.float64]
_SOURCE = "Theil (1967), Economics and Information Theory"


class TheilSplit(NamedTuple):
    """Hold the inequality between all parts and what it is made of.

    Parameters
    ----------
    total : Quantities (…)
        Inequality between all the parts: the sum of both that follow.
    within : Quantities (…)
        Inequality inside of the groups, each weighing what it has of the amount.
    between : Quantities (…)
        Inequality that would remain if each group were equal inside.
    groups : Quantities (territory, …)
        Inequality inside of each group.
    """

    total: Quantities
    within: Quantities
    between: Quantities
    groups: Quantities


def theil_of_parts(
    amounts: Quantities, sizes: Quantities, grouping: Grouping, groups: pd.Index | Sequence[str]
) -> Quantities:
    """Measure how unequally an amount is shared out between the people of the parts.

    Parameters
    ----------
    amounts : Quantities (territory, …)
        What is shared out (income, jobs, beds); not negative.
    sizes : Quantities (territory, …)
        Among how many in each part (people, households); not negative.
    grouping : Grouping
        Which parts belong to which territory.
    groups : Index of str (group,)
        Codes of the territories.

    Returns
    -------
    Quantities
        0 where all parts have as much a head; at most ``ln(size of all ÷ smallest size)``. The
        status follows the rules of `roll_up`. Not applicable where there is no amount, or an
        amount where there is nobody.

    Notes
    -----
    ``T = Σ sᵢ ln(sᵢ ÷ pᵢ)``, with s the shares of the amount and p those of the sizes: the
    inequality inside of the parts is not seen.

    References
    ----------
    Theil, H. (1967), *Economics and Information Theory*, North-Holland, chapter 4.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> income = observed(xr.DataArray([30.0, 10.0], dims="territory"))
    >>> people = observed(xr.DataArray([1.0, 1.0], dims="territory"))
    >>> theil_of_parts(income, people, Grouping.of([0, 0], 1), ["A"]).values.values.round(4)
    array([0.1308])
    """
    found = measure_parts(_theil, amounts, sizes, grouping=grouping, groups=groups)
    return described(
        found,
        long_name=f"Theil index of {title(amounts.values)} between parts",
        units="1",
        kind=Kind.INEQUALITY,
        formula="sum(s_i * ln(s_i / p_i)), shares of the amount and of the sizes",
        references=_SOURCE,
    )


def theil_split(
    amounts: Quantities, sizes: Quantities, grouping: Grouping, groups: pd.Index | Sequence[str]
) -> TheilSplit:
    """Split the inequality between all parts into that within groups and that between them.

    Parameters
    ----------
    amounts, sizes, grouping, groups
        As in `theil_of_parts`. Parts without a group are left out; so are groups without parts.

    Returns
    -------
    TheilSplit

    Notes
    -----
    ``T = Σ_g S_g T_g + Σ_g S_g ln(S_g ÷ P_g)``, with S and P the groups' shares of the amount and
    of the sizes: the only index of the entropy family that weighs groups by what they have.

    References
    ----------
    Theil, H. (1967), as above; Shorrocks, A. F. (1984), Inequality decomposition by population
    subgroups, *Econometrica* 52, 1369–1385.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> income = observed(xr.DataArray([30.0, 10.0, 20.0, 20.0], dims="territory"))
    >>> people = observed(xr.DataArray([1.0, 1.0, 1.0, 1.0], dims="territory"))
    >>> split = theil_split(income, people, Grouping.of([0, 0, 1, 1], 2), ["A", "B"])
    >>> [round(float(each.values), 4) for each in split[:3]]
    [0.0654, 0.0654, 0.0]
    """
    own = theil_of_parts(amounts, sizes, grouping, groups)
    filled = grouping.filled
    above, below = (
        Quantities(*(array.isel(territory=filled) for array in _sums(each, grouping, groups)))
        for each in (amounts, sizes)
    )
    one = Grouping.of(np.zeros(len(filled), dtype=np.int64), 1)
    everything = Grouping.of(np.minimum(grouping.membership(), 0), 1)
    total = theil_of_parts(amounts, sizes, everything, ["all"])
    between = theil_of_parts(above, below, one, ["all"])
    inside = Quantities(*(array.isel(territory=filled) for array in own))
    # The one inequality of which the mean has a meaning: it is the term of the split.
    figures = inside.values.assign_attrs(kind=Kind.MEAN)
    mean = weighted_mean(
        figures, above.values, one, ["all"], status=inside.status, weight_status=above.status
    )
    within = described(
        Quantities(mean.values, mean.status),
        long_name=f"{title(total.values)}, within groups",
        units="1",
        kind=Kind.INEQUALITY,
        formula="sum(S_g * T_g)",
        references=_SOURCE,
    )
    return TheilSplit(_lone(total), _lone(within), _lone(between), own)


def _theil(parts: Parts, amounts: FloatArray, sizes: FloatArray) -> FloatArray:
    shares, of_sizes = parts.shares(amounts), parts.shares(sizes)
    found = parts.sums(np.where(amounts > 0, shares * np.log(shares / of_sizes), 0.0))
    nothing = parts.sums(amounts) == 0
    # Equal parts give 0 but for rounding, which must not make the measure negative.
    return np.where(nothing | np.isinf(found), np.nan, np.maximum(found, 0.0))


def _sums(figures: Quantities, grouping: Grouping, groups: pd.Index | Sequence[str]) -> Quantities:
    bare = figures.values.copy(deep=False)
    bare.attrs = {key: value for key, value in bare.attrs.items() if key != "kind"}
    return roll_up(bare, grouping, groups, status=figures.status)


def _lone(figures: Quantities) -> Quantities:
    return Quantities(*(array.isel(territory=0, drop=True) for array in figures))
