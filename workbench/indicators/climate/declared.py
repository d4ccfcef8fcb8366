"""What the climate indicators are, as their declaration says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from workbench.core.declarations import read_declaration
from workbench.core.errors import DeclarationError, UnknownName, nearest
from workbench.core.i18n import translate
from workbench.core.types import Kind
from workbench.indicators.indicator import Chart, Indicator, Noise, Theme

__all__ = ["SIMULATED", "VARIABLE", "Declared", "YearlyIndex", "declared", "read_declared"]

_HERE = Path(__file__).parent
VARIABLE = "climate_grid"
"""What stands for the grid among the variables and the sources of a pack."""
SIMULATED = "simulated_"
"""What identifiers of indicators begin with when the grid is simulated."""


@dataclass(frozen=True, slots=True)
class YearlyIndex:
    """Declare what is calculated of the days of a year, in one cell.

    Parameters
    ----------
    id : str
    function : str
        Of ``xclim.indicators.atmos``.
    inputs : mapping of str to str
        By argument of the function: ``tas``, ``tasmin``, ``tasmax`` or ``pr``.
    parameters : mapping of str to (str or int)
        Thresholds with their units, lengths.
    units : str
        Of the result, as xclim writes them.
    unit : str
        Key of the unit names of the message catalogue.
    decimals : int
        Shown.
    order : str
        ``"cells_first"`` where the mean of the cells' figures differs from the figure of the
        mean of the cells; ``"any"`` where both are the same.
    label, phrase, description : mapping of str to str
        By language.
    reference : str
        Who defined it.
    """

    id: str
    function: str
    inputs: Mapping[str, str]
    units: str
    unit: str
    decimals: int
    order: str
    label: Mapping[str, str]
    phrase: Mapping[str, str]
    description: Mapping[str, str]
    reference: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declared:
    """Hold a theme and what is calculated for it, in the order in which reports show it."""

    theme: Theme
    indexes: Mapping[str, YearlyIndex]

    def get(self, name: str) -> YearlyIndex:
        """Return one index.

        Raises
        ------
        UnknownName
            No index has this name; the nearest are told.
        """
        try:
            return self.indexes[name]
        except KeyError:
            hint = nearest(name, self.indexes)
            raise UnknownName(f"No climate indicator is named {name!r} ({hint}).") from None

    def worded(self, *, simulated: bool) -> tuple[Theme, dict[str, Indicator]]:
        """Return the theme and its indicators as reports know them.

        Parameters
        ----------
        simulated : bool
            Then every heading, label and sentence says so, and so does each identifier.
        """
        if not simulated:
            return self.theme, {each.id: _indicator(each) for each in self.indexes.values()}
        found = (_simulated(_indicator(each)) for each in self.indexes.values())
        charts = tuple(
            Chart(each.kind, tuple(SIMULATED + name for name in each.indicators))
            for each in self.theme.charts
        )
        theme = Theme(
            self.theme.id,
            {lang: _say("theme", lang, text) for lang, text in self.theme.label.items()},
            self.theme.description,
            tuple(SIMULATED + name for name in self.theme.highlights),
            charts,
        )
        return theme, {each.id: each for each in found}


def _indicator(index: YearlyIndex) -> Indicator:
    return Indicator(
        id=index.id,
        theme="climate",
        kind=Kind.MEAN,
        calculation="climate",
        numerator=(VARIABLE,),
        denominator=(),
        scale=1.0,
        unit=index.unit,
        decimals=index.decimals,
        reading="neutral",
        label=index.label,
        description=index.description,
        phrase=index.phrase,
        # The weather of one year says nothing of a change: no two years are compared.
        noise=Noise("yearly"),
    )


def _simulated(indicator: Indicator) -> Indicator:
    return replace(
        indicator,
        id=SIMULATED + indicator.id,
        label={lang: _say("label", lang, text) for lang, text in indicator.label.items()},
        phrase={lang: _say("phrase", lang, text) for lang, text in indicator.phrase.items()},
    )


def _say(name: str, lang: str, text: str) -> str:
    return translate(f"climate.simulated_{name}", lang, text=text)


@cache
def declared() -> Declared:
    """Return the package's own climate indicators, read once.

    Examples
    --------
    >>> declared().get("frost_days").parameters
    {'thresh': '0 degC'}
    """
    return read_declared(_HERE / "climate.yml")


@cache
def _schema() -> Mapping[str, Any]:
    schema: Mapping[str, Any] = json.loads((_HERE / "climate.schema.json").read_text("utf-8"))
    return schema


def read_declared(path: Path) -> Declared:
    """Read a declaration of climate indicators.

    Raises
    ------
    DeclarationError
        It breaks the schema, or its theme names an indicator that it lacks.
    """
    raw = read_declaration(path, _schema())
    indexes = {name: YearlyIndex(id=name, **body) for name, body in raw["indicators"].items()}
    said = raw["theme"]
    charts = tuple(Chart(row["kind"], tuple(row["indicators"])) for row in said["charts"])
    for name in (*said["highlights"], *(name for chart in charts for name in chart.indicators)):
        if name not in indexes:
            hint = nearest(name, indexes)
            raise DeclarationError(f"{path.name}, theme: {name!r} is no indicator ({hint}).")
    highlights = tuple(said["highlights"])
    theme = Theme(said["id"], said["label"], said["description"], highlights, charts)
    return Declared(theme, indexes)
