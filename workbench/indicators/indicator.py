"""What an indicator declares; no calculation lives here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.core.types import Kind

__all__ = ["Chart", "Condition", "Indicator", "Noise", "Theme", "ValueClass"]


@dataclass(frozen=True, slots=True)
class Noise:
    """Declare the smallest difference that the data can support.

    Parameters
    ----------
    model : str
        ``"none"`` (exhaustive register), ``"relative"`` (a share of the value), ``"absolute"``
        (in the indicator's unit), ``"binomial"`` (a share estimated on its denominator) or
        ``"yearly"`` (one year says nothing of another: no change is told).
    amount : float
        The share, the amount, or the number of standard errors.
    """

    model: str = "none"
    amount: float = 0.0


@dataclass(frozen=True, slots=True)
class Condition:
    """Keep in the numerator only the parts that lie between two bounds.

    Parameters
    ----------
    variable : str
        Variable of the part that is compared.
    per : str
        Variable that divides it first (``"area_km2"`` for a density); empty for none.
    at_least, below : float
        Lower bound, included, and upper bound, excluded.
    """

    variable: str
    per: str = ""
    at_least: float = -math.inf
    below: float = math.inf


@dataclass(frozen=True, slots=True)
class ValueClass:
    """Name a class of values: from `at_least`, included, to where the next class begins."""

    label: Mapping[str, str]
    at_least: float = -math.inf


@dataclass(frozen=True, slots=True)
class Chart:
    """Declare one chart of a theme.

    Parameters
    ----------
    kind : str
        ``"line"`` (through time), ``"strip"`` (place among all), ``"bands"`` (shares of a whole),
        ``"bars"`` (several shares), ``"course"`` (through time, in its own unit) or ``"years"``
        (the latest year among the others of the same territory).
    indicators : tuple of str
        What it draws; all but bands and bars take the first.
    title : mapping of str to str
        By language; from the indicator when empty.
    labels : mapping of str to mapping of str to str
        Short names of indicators in this chart, by language.
    """

    kind: str
    indicators: tuple[str, ...]
    title: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Theme:
    """Group indicators under one heading of the report.

    Parameters
    ----------
    id : str
    label, description : mapping of str to str
        By language.
    highlights : tuple of str
        Indicators told in sentences, in order of importance; all when empty.
    charts : tuple of Chart
    """

    id: str
    label: Mapping[str, str]
    description: Mapping[str, str]
    highlights: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """Declare what is measured, from which variables, and how it may be read.

    Parameters
    ----------
    id : str
        Identifier, a Python name (``share_under_20``).
    theme : str
        Identifier of the theme.
    kind : Kind
        How it behaves when territories are put together.
    calculation : str
        Name of a calculation of :mod:`workbench.indicators.calculations`.
    numerator, denominator : tuple of str
        Variables of the pack that are summed above and below the line.
    scale : float
        Multiplier of the quotient (100 for a percentage).
    unit : str
        Unit identifier, key of the unit names of the message catalogue.
    decimals : int
        Decimals shown.
    reading : str
        ``"neutral"``, ``"higher_is_better"`` or ``"lower_is_better"``.
    label, description : mapping of str to str
        Texts by language.
    caveats : tuple of str
        Caveats of its own, beside those of its variables: told by the packs that have them.
    noise : Noise
    minimum_denominator : float
        Below it a ratio is suppressed: it would rest on too few units.
    levels : tuple of str
        Roles of the levels on which it has a meaning; empty for all.
    phrase : mapping of str to str
        How sentences call it, by language: a singular noun phrase with its article (*la part
        des moins de 20 ans*). Without it, they make one from the label.
    where : tuple of Condition
        All must hold for a part to count in the numerator.
    periods : str
        ``"common"``: the periods that all variables share; ``"latest"``: each variable at its
        own latest, the result being of the most recent of these.
    years_apart : int
        Of a change: smallest number of years between its two periods.
    classes : tuple of ValueClass
        Of an ordered category: its classes, ascending; the value is the class's number, from 1.
    """

    id: str
    theme: str
    kind: Kind
    calculation: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    scale: float
    unit: str
    decimals: int
    reading: str
    label: Mapping[str, str]
    description: Mapping[str, str]
    caveats: tuple[str, ...] = ()
    noise: Noise = Noise()
    minimum_denominator: float = 0.0
    levels: tuple[str, ...] = ()
    phrase: Mapping[str, str] = field(default_factory=dict)
    where: tuple[Condition, ...] = ()
    periods: str = "common"
    years_apart: int = 1
    classes: tuple[ValueClass, ...] = ()

    @property
    def variables(self) -> frozenset[str]:
        """Name every variable of the pack that the calculation reads."""
        compared = (name for rule in self.where for name in (rule.variable, rule.per) if name)
        return frozenset((*self.numerator, *self.denominator, *compared))
