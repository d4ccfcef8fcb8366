"""Compare the structure of each territory with that of a reference: the location quotient."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.described import described, title
from workbench.compute.quantities import Quantities, Quotient, divide, has_value
from workbench.compute.rollup import Grouping, roll_up
from workbench.core.types import Kind

__all__ = ["location_quotient", "sum_of_all"]


def location_quotient(
    part: Quantities,
    whole: Quantities,
    *,
    reference: tuple[Quantities, Quantities] | None = None,
) -> Quotient:
    """Divide the share of something in each territory by its share in a reference.

    Parameters
    ----------
    part : Quantities (territory, …)
        Counts: jobs of a sector, people of an age.
    whole : Quantities (territory, …)
        What they are a part of: all jobs, all people. It may lack dims of the part.
    reference : pair of Quantities (…), optional
        Part and whole of the reference; by default the sums of all the territories.

    Returns
    -------
    Quotient
        1 where the share is that of the reference, 2 where it is twice as large. Numerator and
        denominator add up, so that the quotient can be recomputed for territories put together.
        Not applicable where the whole, or the part of the reference, is 0. A territory that is
        missing or suppressed makes the sums of all so: give a reference then.

    Notes
    -----
    ``(x ÷ t) ÷ (X ÷ T)``, in lower case the territory, in upper case the reference.

    References
    ----------
    Florence, P. S. (1939), *Report on the Location of Industry*; Isard, W. (1960), *Methods of
    Regional Analysis*, MIT Press, chapter 7.

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> farming = observed(xr.DataArray([30.0, 10.0], dims="territory"))
    >>> jobs = observed(xr.DataArray([100.0, 300.0], dims="territory"))
    >>> location_quotient(farming, jobs).values.values.round(3)
    array([3.   , 0.333])
    """
    total_part, total = (sum_of_all(part), sum_of_all(whole)) if reference is None else reference
    share = divide(total_part, total)
    # What the part would be with the share of the reference.
    expected = map_blocks(_times, *whole, *share[:2], dtypes=[np.float64, np.int8])
    found = divide(part, Quantities(*expected))
    return described(
        found,
        long_name=f"location quotient of {title(part.values)}",
        units="1",
        kind=Kind.RATIO,
        formula="(x / t) / (X / T)",
        references="Isard (1960), Methods of Regional Analysis",
    )


def sum_of_all(figures: Quantities) -> Quantities:
    """Sum counts over all the territories, by the rules of `roll_up`.

    Parameters
    ----------
    figures : Quantities (territory, …)

    Returns
    -------
    Quantities (…)

    Examples
    --------
    >>> import xarray as xr
    >>> from workbench.compute.quantities import observed
    >>> float(sum_of_all(observed(xr.DataArray([30.0, 10.0], dims="territory"))).values)
    40.0
    """
    everything = Grouping.of(np.zeros(figures.values.sizes["territory"], dtype=np.int64), 1)
    total = roll_up(figures.values, everything, ["all"], status=figures.status)
    return Quantities(*(array.isel(territory=0, drop=True) for array in total))


def _times(
    values: NDArray[np.float64],
    status: NDArray[np.int8],
    factor: NDArray[np.float64],
    factor_status: NDArray[np.int8],
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    status = np.maximum(status, factor_status)
    return np.where(has_value(status), values * factor, np.nan), status
