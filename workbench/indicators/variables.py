"""The variables of a pack at one level: counted on the parts, rolled up once for all indicators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.quantities import Quantities, add, keep_where
from workbench.compute.rollup import Grouping, roll_up
from workbench.core.errors import PeriodUnknown
from workbench.core.types import Status
from workbench.indicators.indicator import Condition, Indicator

__all__ = ["Totals", "VariableSource", "Variables"]

STATIC = 0
"""The period of a variable that has none (an area), which goes with every period."""

Term = tuple[str, tuple[Condition, ...]]


class VariableSource(Protocol):
    """Give the counts of the parts; a pack does."""

    def variable(self, name: str, parts_level: str) -> xr.DataArray:
        """Return the counts (territory, period), lazy."""

    def status(self, name: str, parts_level: str) -> xr.DataArray:
        """Return their status (territory, period), int8."""

    def has_variable(self, name: str, parts_level: str) -> bool:
        """Tell whether a variable is counted at a level."""


class Totals(NamedTuple):
    """Hold what an indicator has above and below the line, on the same periods."""

    numerator: Quantities
    denominator: Quantities


class Variables:
    """Read, select and roll up variables, each only once.

    Parameters
    ----------
    source : VariableSource
    parts_level : str
        Level at which the variables are counted.
    parts : Index of str (part,)
        Codes of that level.
    membership : ndarray of int (part,)
        Position of the territory that holds each part, −1 for none.
    groups : Index of str (territory,)
        Codes of the territories.
    vintage : int
        Year of the map.
    frozen : mapping of str to DataArray (territory,) of bool
        By variable, the territories whose series is repeated rather than measured.
    shares_within : bool
        Figures shared out between parts always stay in one territory, so that sums are exact.
    """

    def __init__(
        self,
        source: VariableSource,
        parts_level: str,
        *,
        parts: pd.Index,
        membership: NDArray[np.int64],
        groups: pd.Index,
        vintage: int,
        frozen: Mapping[str, xr.DataArray] | None = None,
        shares_within: bool = False,
    ) -> None:
        self.groups, self.vintage = groups, vintage
        self._source, self._parts_level = source, parts_level
        self._labels = xr.Coordinates({"territory": parts.rename("territory")})
        self._membership, self._frozen = membership, frozen or {}
        self._shares_within = shares_within
        self._of_parts: dict[Term, Quantities] = {}
        self._rolled_up: dict[Term, Quantities] = {}

    def __contains__(self, name: str) -> bool:
        return self._source.has_variable(name, self._parts_level)

    @cached_property
    def grouping(self) -> Grouping:
        """Which parts belong to which territory."""
        return Grouping.of(self._membership, len(self.groups))

    def parts(self, name: str, where: tuple[Condition, ...] = ()) -> Quantities:
        """Return the counts of the parts; 0 for those that break a condition.

        Parameters
        ----------
        name : str
        where : tuple of Condition

        Returns
        -------
        Quantities (territory, period), or (territory,) for a variable without period
        """
        term = name, where
        if term not in self._of_parts:
            self._of_parts[term] = self._select(*term) if where else self._read(name)
        return self._of_parts[term]

    def total(self, name: str, where: tuple[Condition, ...] = ()) -> Quantities:
        """Return the counts of the territories, summed over their parts."""
        term = name, where
        if term not in self._rolled_up:
            values, status = self.parts(*term)
            if self._shares_within and not self.grouping.is_identity:
                status = status.where(status != Status.APPORTIONED, Status.OBSERVED)
            rolled = roll_up(values, self.grouping, self.groups, status=status)
            self._rolled_up[term] = rolled
        return self._rolled_up[term]

    def totals(self, indicator: Indicator) -> Totals:
        """Sum what an indicator declares above and below the line, on the same periods.

        Raises
        ------
        PeriodUnknown
            The variables share no period, and the indicator asks for common ones.
        """
        return self._terms(indicator, self.total)

    def terms_of_parts(self, indicator: Indicator) -> Totals:
        """Give each part what an indicator declares above and below the line; see `totals`."""
        return self._terms(indicator, self.parts)

    def by_variable(self, indicator: Indicator) -> list[Quantities]:
        """Give the totals of each variable above the line, on the same periods."""
        return self._aligned(indicator, self.total)[: len(indicator.numerator)]

    def _terms(self, indicator: Indicator, read: Callable[..., Quantities]) -> Totals:
        aligned = self._aligned(indicator, read)
        above = len(indicator.numerator)
        numerator = add(*aligned[:above])
        return Totals(numerator, add(*aligned[above:]) if aligned[above:] else numerator)

    def _aligned(self, indicator: Indicator, read: Callable[..., Quantities]) -> list[Quantities]:
        above = [read(name, indicator.where) for name in indicator.numerator]
        below = [read(name) for name in indicator.denominator]
        align = _latest if indicator.periods == "latest" else _common
        return align([*above, *below], indicator.id)

    def frozen(self, names: Sequence[str]) -> xr.DataArray | None:
        """Mark the territories of which one of the variables is repeated, not measured."""
        marks = [self._frozen[name] for name in names if name in self._frozen]
        return xr.concat(marks, "variable").any("variable") if marks else None

    def _read(self, name: str) -> Quantities:
        arrays = (
            read(name, self._parts_level) for read in (self._source.variable, self._source.status)
        )
        return Quantities(*(self._labelled(array) for array in arrays))

    def _labelled(self, array: xr.DataArray) -> xr.DataArray:
        """Give every variable the very same index, so that comparing them costs nothing."""
        if "period" in array.dims and array["period"].values.tolist() == [STATIC]:
            array = array.isel(period=0, drop=True)
        labels, indexes = dict(self._labels.variables), dict(self._labels.xindexes)
        if "period" in array.dims:
            labels["period"] = array.coords.variables["period"]
            indexes["period"] = array.xindexes["period"]
        coords = xr.Coordinates(labels, indexes=indexes)
        return xr.DataArray(
            array.data, dims=array.dims, coords=coords, attrs={"vintage": self.vintage}
        )

    def _select(self, name: str, where: tuple[Condition, ...]) -> Quantities:
        figures = self.parts(name)
        for rule in where:
            compared = [self.parts(rule.variable), *([self.parts(rule.per)] if rule.per else [])]
            figures, condition, *per = _common([figures, *compared], name)
            figures = keep_where(
                figures,
                condition,
                per=per[0] if per else None,
                at_least=rule.at_least,
                below=rule.below,
            )
        return figures


def _latest(figures: Sequence[Quantities], _name: str) -> list[Quantities]:
    """Take each at its last period, and label all with the most recent of these."""
    ends = [each.values.indexes["period"].max() for each in figures if _has_period(each)]
    return [_at_end(each, max(ends)) if _has_period(each) else each for each in figures]


def _at_end(figures: Quantities, label: int) -> Quantities:
    last = int(figures.values["period"].values.argmax())
    return Quantities(
        *(array.isel(period=[last]).assign_coords(period=[label]) for array in figures)
    )


def _common(figures: Sequence[Quantities], name: str) -> list[Quantities]:
    """Keep the periods that all share; a variable without period goes with any."""
    known = [each.values.indexes["period"] for each in figures if _has_period(each)]
    if all(index is known[0] or index.equals(known[0]) for index in known):
        return list(figures)
    shared = sorted(set.intersection(*(set(index) for index in known)))
    if not shared:
        found = "; ".join(str(list(map(int, index))) for index in known)
        message = (
            f"{name}: its variables share no period ({found}). "
            "Declare 'periods: latest' to take each at its latest."
        )
        raise PeriodUnknown(message)
    return [_at(each, shared) if _has_period(each) else each for each in figures]


def _at(figures: Quantities, periods: Sequence[int]) -> Quantities:
    return Quantities(*(array.sel(period=periods) for array in figures))


def _has_period(figures: Quantities) -> bool:
    return "period" in figures.values.dims
