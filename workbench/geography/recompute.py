"""Find ratios, densities, means and changes again from their terms, once these are converted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import xarray as xr

from workbench.compute.quantities import Quantities, classify, divide
from workbench.core.errors import UnknownName, nearest

__all__ = ["recomputed"]


def recomputed(
    name: str,
    above: Quantities,
    below: Quantities,
    attrs: Mapping[str, Any],
    *,
    period: xr.DataArray | None = None,
) -> tuple[Quantities, xr.DataArray, xr.DataArray]:
    """Find a figure from its terms, by the calculation that its attributes name.

    Parameters
    ----------
    name : str
    above, below : Quantities
        Numerator and denominator; of a change, the later and the earlier figure.
    attrs : mapping
        ``scale``; where needed ``calculation`` (``"ratio"`` by default), ``minimum_denominator``,
        ``class_starts`` (lower bound of each class but the first) and ``since`` (year).

    period : DataArray (period,), optional
        Years of the figures, for a yearly rate.

    Returns
    -------
    figures : Quantities
    numerator, denominator : DataArray
        As `divide` leaves them.

    Raises
    ------
    UnknownName
        The calculation is not one of those that have terms.
    """
    calculation = attrs.get("calculation", "ratio")
    if calculation not in _CALCULATIONS:
        raise UnknownName(
            f"Calculation {calculation!r} of {name} is unknown "
            f"({nearest(str(calculation), _CALCULATIONS)})."
        )
    is_change = calculation in ("relative_change", "mean_annual_rate")
    quotient = divide(
        above,
        below,
        scale=1.0 if is_change else float(attrs["scale"]),
        minimum_denominator=float(attrs.get("minimum_denominator", 0.0)),
    )
    found = _CALCULATIONS[calculation](Quantities(*quotient[:2]), {**attrs, "period": period})
    return found, quotient.numerator, quotient.denominator


def _as_it_is(figures: Quantities, attrs: Mapping[str, Any]) -> Quantities:
    return figures


def _classes(figures: Quantities, attrs: Mapping[str, Any]) -> Quantities:
    return classify(figures, tuple(float(start) for start in np.atleast_1d(attrs["class_starts"])))


def _relative_change(figures: Quantities, attrs: Mapping[str, Any]) -> Quantities:
    return Quantities((figures.values - 1) * 100 * float(attrs["scale"]), figures.status)


def _mean_annual_rate(figures: Quantities, attrs: Mapping[str, Any]) -> Quantities:
    years = attrs["period"].drop_vars("period") - int(attrs["since"])
    rate = (figures.values ** (1 / years.where(years > 0)) - 1) * 100
    return Quantities(rate * float(attrs["scale"]), figures.status)


# Formulas of `workbench.compute.change`, the quotient being the later figure by the earlier.
_CALCULATIONS: Mapping[str, Callable[[Quantities, Mapping[str, Any]], Quantities]] = (
    MappingProxyType(
        {
            "ratio": _as_it_is,
            "classes": _classes,
            "relative_change": _relative_change,
            "mean_annual_rate": _mean_annual_rate,
        }
    )
)
