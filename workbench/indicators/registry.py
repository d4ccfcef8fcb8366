"""The catalogue of indicators: read from YAML, checked once, looked up by name."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from workbench.core.declarations import read_declaration
from workbench.core.errors import DeclarationError, UnknownName, nearest
from workbench.core.types import Kind
from workbench.indicators.calculations import CALCULATIONS
from workbench.indicators.indicator import (
    Chart,
    Condition,
    Indicator,
    Noise,
    Theme,
    ValueClass,
)
from workbench.indicators.wording import Nouns, check_words, worded, worded_theme

if TYPE_CHECKING:
    from workbench.packs.pack import Pack

__all__ = [
    "Registry",
    "catalogue_of",
    "declared",
    "get",
    "indicators",
    "load_catalogue",
    "registry",
    "themes",
]

_HERE = Path(__file__).parent
# What an indicator must say, itself or through the defaults of its file.
_NEEDED = ("kind", "calculation", "unit")


@dataclass(frozen=True)
class Registry:
    """Hold themes and indicators, in the order in which reports show them.

    Parameters
    ----------
    themes : tuple of Theme
    by_id : mapping of str to Indicator
    orders : mapping of str to int
        Place of each theme.
    """

    themes: tuple[Theme, ...] = ()
    by_id: Mapping[str, Indicator] = field(default_factory=dict)
    orders: Mapping[str, int] = field(default_factory=dict)

    def indicators(self, theme: str | None = None) -> tuple[Indicator, ...]:
        """List the indicators, those of one theme when it is named.

        Raises
        ------
        UnknownName
            No theme has this name.
        """
        known = [each.id for each in self.themes]
        if theme is not None and theme not in known:
            message = f"no theme is named {theme!r}; {nearest(theme, known)}"
            raise UnknownName(message)
        return tuple(
            indicator
            for name in known
            if theme in (None, name)
            for indicator in self.by_id.values()
            if indicator.theme == name
        )

    def get(self, name: str) -> Indicator:
        """Return one indicator.

        Raises
        ------
        UnknownName
            No indicator has this name; the nearest are told.
        """
        try:
            return self.by_id[name]
        except KeyError:
            message = f"no indicator is named {name!r}; {nearest(name, self.by_id)}"
            raise UnknownName(message) from None


def registry() -> Registry:
    """Return the package's own catalogue, read once, in words that suit any country.

    Examples
    --------
    >>> registry().themes[0].id
    'population'
    >>> registry().get("parts").label["en"]
    'Territories'
    """
    return _neutral()


@lru_cache(maxsize=32)
def catalogue_of(pack: Pack) -> Registry:
    """Return the catalogue in the words of a pack.

    Examples
    --------
    >>> from workbench.packs.pack import open_pack
    >>> catalogue_of(open_pack("france")).get("parts").label["fr"]
    'Communes'
    """
    known = _in_words(declared(), pack.level(pack.spec.base_level).names)
    return known if pack.supplement is None else pack.supplement.onto(known)


def indicators(theme: str | None = None) -> tuple[Indicator, ...]:
    """List the package's own indicators; see :meth:`Registry.indicators`.

    Examples
    --------
    >>> indicators("age")[0].id
    'share_under_20'
    """
    return registry().indicators(theme)


def themes() -> tuple[Theme, ...]:
    """List the package's own themes."""
    return registry().themes


def get(name: str) -> Indicator:
    """Return one of the package's own indicators; see :meth:`Registry.get`.

    Examples
    --------
    >>> get("population").kind
    <Kind.COUNT: 'count'>
    >>> get("populaton")
    Traceback (most recent call last):
    ...
    workbench.core.errors.UnknownName: no indicator is named 'populaton'; nearest: population...
    """
    return registry().get(name)


def load_catalogue(path: Path, *, onto: Registry | None = None) -> Registry:
    """Add the indicators of a file, or of all the ``.yml`` files of a folder.

    Parameters
    ----------
    path : Path
    onto : Registry, optional
        What they are added to; the package's own catalogue by default.

    Returns
    -------
    Registry
        A new one: the old is left as it was.

    Raises
    ------
    DeclarationError
        A file breaks the schema or contradicts itself; the file, the indicator and the key are
        named.
    """
    return _in_words(_load(path, declared() if onto is None else onto), {})


def _load(path: Path, result: Registry) -> Registry:
    for each in sorted(path.glob("*.yml")) if path.is_dir() else [path]:
        result = _add(result, each)
    return result


@cache
def declared() -> Registry:
    """Return the package's own catalogue as its files say it, nouns of territories unfilled."""
    return _load(_HERE / "catalogue", Registry())


@cache
def _neutral() -> Registry:
    return _in_words(declared(), {})


def _in_words(known: Registry, nouns: Nouns) -> Registry:
    return Registry(
        tuple(worded_theme(theme, nouns) for theme in known.themes),
        {name: worded(indicator, nouns) for name, indicator in known.by_id.items()},
        known.orders,
    )


@cache
def _schema() -> Mapping[str, Any]:
    schema: Mapping[str, Any] = json.loads((_HERE / "catalogue.schema.json").read_text("utf-8"))
    return schema


def _add(known: Registry, path: Path) -> Registry:
    raw = read_declaration(path, _schema())
    theme = raw["theme"]
    themes, orders = known.themes, dict(known.orders)
    if "label" in theme:
        if theme["id"] in orders:
            message = f"{path.name}: theme {theme['id']!r} is declared already; give its id alone"
            raise DeclarationError(message)
        orders[theme["id"]] = theme["order"]
        new = _theme(theme, raw["indicators"], path.name)
        themes = tuple(sorted((*themes, new), key=lambda each: orders[each.id]))
    elif theme["id"] not in orders:
        hint = nearest(theme["id"], orders)
        message = f"{path.name}: theme {theme['id']!r} has no label, description and order; {hint}"
        raise DeclarationError(message)
    found = dict(known.by_id)
    for name, body in raw["indicators"].items():
        place = f"{path.name}, indicators, {name}"
        if name in found:
            message = f"{place}: an indicator of this name is declared already; choose another"
            raise DeclarationError(message)
        found[name] = _read(name, theme["id"], {**raw.get("defaults", {}), **body}, place)
    return Registry(themes, MappingProxyType(found), MappingProxyType(orders))


def _read(name: str, theme: str, body: Mapping[str, Any], place: str) -> Indicator:
    for key in _NEEDED:
        if key not in body:
            message = f"{place}: key {key!r} is missing; give it here or in the file's defaults"
            raise DeclarationError(message)
    indicator = Indicator(
        id=name,
        theme=theme,
        kind=Kind(body["kind"]),
        calculation=body["calculation"],
        numerator=tuple(body["numerator"]),
        denominator=tuple(body.get("denominator", ())),
        scale=float(Fraction(str(body.get("scale", 1)))),
        unit=body["unit"],
        decimals=body.get("decimals", 0),
        reading=body.get("reading", "neutral"),
        label=body["label"],
        description=body["description"],
        caveats=tuple(body.get("caveats", ())),
        noise=Noise(**body.get("noise", {})),
        minimum_denominator=float(body.get("minimum_denominator", 0)),
        levels=tuple(body.get("levels", ())),
        phrase=body["phrase"],
        where=tuple(Condition(**rule) for rule in body.get("where", ())),
        periods=body.get("periods", "common"),
        years_apart=body.get("years_apart", 1),
        classes=tuple(ValueClass(**each) for each in body.get("classes", ())),
    )
    _check(indicator, body, place)
    return indicator


def _check(indicator: Indicator, body: Mapping[str, Any], place: str) -> None:
    """Refuse what the schema cannot see: keys that the calculation lacks or would ignore."""
    if indicator.calculation not in CALCULATIONS:
        hint = nearest(indicator.calculation, CALCULATIONS)
        message = f"{place}: calculation {indicator.calculation!r} does not exist; {hint}"
        raise DeclarationError(message)
    calculation = CALCULATIONS[indicator.calculation]
    if indicator.kind not in calculation.kinds:
        allowed = ", ".join(sorted(calculation.kinds))
        message = f"{place}: {indicator.calculation} makes no {indicator.kind}; choose: {allowed}"
        raise DeclarationError(message)
    needs = {
        "denominator": calculation.has_denominator,
        "years_apart": calculation.is_change,
        "classes": calculation.has_classes,
    }
    for key, needed in needs.items():
        if needed != (key in body):
            verb = "needs" if needed else "makes no use of"
            message = f"{place}: {indicator.calculation} {verb} the key {key!r}"
            raise DeclarationError(message)
    for key in ("label", "description", "phrase"):
        check_words(body[key], f"{place}, {key}")
    bounds = [each.at_least for each in indicator.classes]
    if any(low >= high for low, high in itertools.pairwise(bounds)):
        message = f"{place}: the classes' 'at_least' must ascend, the first having none: {bounds}"
        raise DeclarationError(message)
    for rule in indicator.where:
        if rule.at_least >= rule.below:
            message = f"{place}: no value is at least {rule.at_least:g} and below {rule.below:g}"
            raise DeclarationError(message)


def _theme(raw: Mapping[str, Any], indicators: Mapping[str, Any], file: str) -> Theme:
    """Read a theme; what its sentences and charts name must be among its indicators."""
    charts = tuple(
        Chart(
            kind=row["kind"],
            indicators=tuple(row["indicators"]),
            title=row.get("title", {}),
            labels=row.get("labels", {}),
        )
        for row in raw.get("charts", ())
    )
    highlights = tuple(raw.get("highlights", ()))
    named = itertools.chain(highlights, *(chart.indicators for chart in charts))
    for name in named:
        if name not in indicators:
            message = f"{file}, theme: {name!r} is not one of its indicators; "
            raise DeclarationError(message + nearest(name, indicators))
    return Theme(raw["id"], raw["label"], raw["description"], highlights, charts)
