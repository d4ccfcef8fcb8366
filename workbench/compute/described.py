"""Say on a result what it is: its name, unit, kind, formula and the method's source.

A result shown in a notebook or written to a file then explains itself, in the terms of the CF
conventions (``long_name``, ``units``, ``references``).
"""

from __future__ import annotations

from typing import TypeVar

import xarray as xr

from workbench.compute.quantities import Quantities, Quotient, status_attributes

__all__ = ["check_dim", "described", "title"]

Figures = TypeVar("Figures", Quantities, Quotient)


def described(
    figures: Figures,
    *,
    long_name: str,
    units: str | None,
    kind: str,
    formula: str,
    references: str | None = None,
) -> Figures:
    """Label figures and their status.

    Parameters
    ----------
    figures : Quantities or Quotient
    long_name : str
    units : str, optional
        ``"1"`` for a number without a unit; none where the figures it comes from tell none.
    kind : str
        Value of `Kind`: how the figures behave when territories are put together.
    formula : str
    references : str, optional
        Where the method comes from.

    Examples
    --------
    >>> from workbench.compute.quantities import observed
    >>> homes = observed(xr.DataArray([3.0], dims="territory"))
    >>> told = described(homes, long_name="homes", units="1", kind="count", formula="x")
    >>> told.values.attrs["long_name"], told.status.attrs["long_name"]
    ('homes', 'status of homes')
    """
    vintage = figures.values.attrs.get("vintage")
    attrs = {
        "long_name": long_name,
        "units": units,
        "kind": str(kind),
        "formula": formula,
        "references": references,
        "vintage": vintage,
    }
    values, status = (array.copy(deep=False) for array in figures[:2])
    values.attrs = {key: value for key, value in attrs.items() if value is not None}
    about = status_attributes({"long_name": long_name, "vintage": vintage})
    status.attrs = {key: value for key, value in about.items() if value is not None}
    return figures._replace(values=values, status=status)


def check_dim(values: xr.DataArray, dim: str) -> None:
    """Refuse a dim that figures do not have."""
    if dim not in values.dims:
        raise ValueError(f"no dim is named {dim!r}; the figures have {list(values.dims)}")


def title(values: xr.DataArray) -> str:
    """Name what an array holds, as well as it says itself."""
    return str(values.attrs.get("long_name") or values.name or "these figures")
