"""The calculations that an indicator can point to, by name.

Each is a pure function of an indicator's declaration and the variables it reads, and works the
same at every level: at the level where variables are counted each territory is its own only part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import xarray as xr

from workbench.compute import change, concentration, inequality, parts, segregation
from workbench.compute.quantities import Quantities, Quotient, add, classify, divide
from workbench.compute.shrink import shrunk_rate
from workbench.compute.specialisation import location_quotient, sum_of_all
from workbench.core.types import Kind
from workbench.indicators.indicator import Indicator
from workbench.indicators.variables import Variables

__all__ = ["CALCULATIONS", "Calculation", "Outcome", "calculate"]


class Outcome(NamedTuple):
    """Hold what a calculation finds.

    Parameters
    ----------
    values, status : DataArray (territory, period)
    numerator, denominator : DataArray, or None
        What the value can be recomputed from when territories are put together; None for a
        count, which adds up by itself, and for what is only ever recomputed from the parts.
    since : int
        Of a change, the earlier of its two periods; 0 otherwise.
    """

    values: xr.DataArray
    status: xr.DataArray
    numerator: xr.DataArray | None = None
    denominator: xr.DataArray | None = None
    since: int = 0


@dataclass(frozen=True, slots=True)
class Calculation:
    """Say what a calculation needs of the declarations that point to it.

    Parameters
    ----------
    run : callable
        (indicator, variables) → Outcome, or None where the periods do not allow any.
    kinds : frozenset of Kind
        What its result may be declared to be.
    has_denominator, is_change, has_classes : bool
        Which keys it needs; it refuses those that it would ignore.
    """

    run: Callable[[Indicator, Variables], Outcome | None]
    kinds: frozenset[Kind]
    has_denominator: bool = False
    is_change: bool = False
    has_classes: bool = False


def calculate(indicator: Indicator, variables: Variables) -> Outcome | None:
    """Run the calculation that an indicator points to.

    Parameters
    ----------
    indicator : Indicator
    variables : Variables

    Returns
    -------
    Outcome or None
        Of variables without period (an area), the year of the map is the period. None where
        there is nothing to calculate from: the pack lacks a variable, or its periods are too
        close to state a change.
    """
    if any(name not in variables for name in indicator.variables):
        return None
    outcome = CALCULATIONS[indicator.calculation].run(indicator, variables)
    if outcome is None or "period" in outcome.values.dims:
        return outcome
    return Outcome(
        _dated(outcome.values, variables.vintage),
        _dated(outcome.status, variables.vintage),
        None if outcome.numerator is None else _dated(outcome.numerator, variables.vintage),
        None if outcome.denominator is None else _dated(outcome.denominator, variables.vintage),
    )


def _dated(array: xr.DataArray, year: int) -> xr.DataArray:
    return array.expand_dims(period=[year], axis=1)


def _sum(indicator: Indicator, variables: Variables) -> Outcome:
    """Add up counts."""
    total = variables.totals(indicator).numerator
    return Outcome(_scaled(total.values, indicator.scale), total.status)


def _ratio(indicator: Indicator, variables: Variables) -> Outcome:
    """Divide what is summed above the line by what is summed below it."""
    return Outcome(*_quotient(indicator, variables))


def _classes(indicator: Indicator, variables: Variables) -> Outcome:
    """Put the quotient into ordered classes."""
    quotient = _quotient(indicator, variables)
    starts = tuple(each.at_least for each in indicator.classes[1:])
    figures = classify(Quantities(quotient.values, quotient.status), starts)
    return Outcome(*figures, quotient.numerator, quotient.denominator)


def _location_quotient(indicator: Indicator, variables: Variables) -> Outcome:
    """Divide the share in a territory by the share in all parts, whatever the level."""
    of_parts = variables.terms_of_parts(indicator)
    reference = sum_of_all(of_parts.numerator), sum_of_all(of_parts.denominator)
    found = location_quotient(*_enough(indicator, variables), reference=reference)
    return Outcome(_scaled(found.values, indicator.scale), *found[1:])


def _shrunk_rate(indicator: Indicator, variables: Variables) -> Outcome:
    """Draw the rates of small territories towards that of all of the level."""
    found = shrunk_rate(*_enough(indicator, variables), scale=indicator.scale)
    # It keeps no terms: that of territories put together is estimated anew, not recomputed.
    return Outcome(found.values, found.status)


def _quotient(indicator: Indicator, variables: Variables) -> Quotient:
    totals = variables.totals(indicator)
    return divide(
        totals.numerator,
        totals.denominator,
        scale=indicator.scale,
        minimum_denominator=indicator.minimum_denominator,
    )


def _enough(indicator: Indicator, variables: Variables) -> tuple[Quantities, Quantities]:
    """Give both terms of a ratio; the numerator is suppressed where they are too few."""
    ratio = _quotient(indicator, variables)
    return Quantities(ratio.numerator, ratio.status), variables.totals(indicator).denominator


def _changed(
    indicator: Indicator, variables: Variables, measure: Callable[..., Quantities]
) -> Outcome | None:
    total = variables.totals(indicator).numerator
    periods = [int(period) for period in total.values.indexes.get("period", ())]
    ends = change.periods_apart(periods, at_least=indicator.years_apart)
    if ends is None:
        return None
    since, until = ends
    frozen = variables.frozen(indicator.numerator)
    changed = measure(total, since=since, until=until, frozen=frozen)
    values, status = (_dated(array, until) for array in changed)
    if indicator.kind is Kind.COUNT:
        return Outcome(_scaled(values, indicator.scale), status, since=since)
    after, before = (total.values.sel(period=[end]) for end in (until, since))
    before = before.assign_coords(period=[until])
    return Outcome(_scaled(values, indicator.scale), status, after, before, since)


def _of_parts(
    indicator: Indicator, variables: Variables, measure: Callable[..., Quantities]
) -> Outcome:
    units = add(*(variables.parts(name, indicator.where) for name in indicator.numerator))
    figures = measure(units, variables.grouping, variables.groups)
    return Outcome(_scaled(figures.values, indicator.scale), figures.status)


def _of_two(
    indicator: Indicator, variables: Variables, measure: Callable[..., Quantities]
) -> Outcome:
    units = variables.terms_of_parts(indicator)
    figures = measure(units.numerator, units.denominator, variables.grouping, variables.groups)
    return Outcome(_scaled(figures.values, indicator.scale), figures.status)


def _of_categories(
    indicator: Indicator, variables: Variables, measure: Callable[..., Quantities]
) -> Outcome:
    above = variables.by_variable(indicator)
    both = (
        xr.concat(arrays, "variable", combine_attrs="override")
        for arrays in zip(*above, strict=True)
    )
    figures = measure(Quantities(*both), over="variable")
    return Outcome(_scaled(figures.values, indicator.scale), figures.status)


def _scaled(values: xr.DataArray, scale: float) -> xr.DataArray:
    return values if scale == 1 else values * scale


CALCULATIONS: Mapping[str, Calculation] = MappingProxyType(
    {
        "sum": Calculation(_sum, frozenset({Kind.COUNT})),
        "ratio": Calculation(
            _ratio, frozenset({Kind.RATIO, Kind.DENSITY, Kind.MEAN}), has_denominator=True
        ),
        "classes": Calculation(
            _classes, frozenset({Kind.RATIO, Kind.DENSITY}), has_denominator=True, has_classes=True
        ),
        "absolute_change": Calculation(
            partial(_changed, measure=change.absolute_change),
            frozenset({Kind.COUNT}),
            is_change=True,
        ),
        "relative_change": Calculation(
            partial(_changed, measure=change.relative_change),
            frozenset({Kind.RATIO}),
            is_change=True,
        ),
        "mean_annual_rate": Calculation(
            partial(_changed, measure=change.mean_annual_rate),
            frozenset({Kind.MEAN}),
            is_change=True,
        ),
        "median_of_parts": Calculation(
            partial(_of_parts, measure=parts.median_of_parts), frozenset({Kind.MEDIAN})
        ),
        "gini_of_parts": Calculation(
            partial(_of_parts, measure=parts.gini_of_parts), frozenset({Kind.INEQUALITY})
        ),
        "largest_share_of_parts": Calculation(
            partial(_of_parts, measure=parts.largest_share_of_parts), frozenset({Kind.INEQUALITY})
        ),
        "location_quotient": Calculation(
            _location_quotient, frozenset({Kind.RATIO}), has_denominator=True
        ),
        "shrunk_rate": Calculation(
            _shrunk_rate, frozenset({Kind.RATIO, Kind.MEAN}), has_denominator=True
        ),
        "theil_of_parts": Calculation(
            partial(_of_two, measure=inequality.theil_of_parts),
            frozenset({Kind.INEQUALITY}),
            has_denominator=True,
        ),
        "dissimilarity_of_parts": Calculation(
            partial(_of_two, measure=segregation.dissimilarity_of_parts),
            frozenset({Kind.INEQUALITY}),
            has_denominator=True,
        ),
        "isolation_of_parts": Calculation(
            partial(_of_two, measure=segregation.isolation_of_parts),
            frozenset({Kind.INEQUALITY}),
            has_denominator=True,
        ),
        "herfindahl": Calculation(
            partial(_of_categories, measure=concentration.herfindahl), frozenset({Kind.INEQUALITY})
        ),
        "entropy": Calculation(
            partial(_of_categories, measure=concentration.entropy), frozenset({Kind.INEQUALITY})
        ),
    }
)
