"""Hand-made readings of three territories, small enough to check every sentence by eye."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from workbench.core.i18n import Lexicon
from workbench.core.types import Kind, Quantity, Status, Territory
from workbench.indicators.indicator import Indicator
from workbench.indicators.reading import Change, Position, Reading

LEVELS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "commune": {
        "fr": {"one": "commune", "many": "communes", "the": "la commune"},
        "en": {"one": "commune", "many": "communes", "the": "the commune"},
    },
    "epci": {
        "fr": {"one": "EPCI", "many": "EPCI", "the": "l'EPCI"},
        "en": {"one": "EPCI", "many": "EPCIs", "the": "the intercommunality"},
    },
    "departement": {
        "fr": {
            "one": "département",
            "many": "départements",
            "the": "le département",
            "within": "dans le département {of}",
        },
        "en": {
            "one": "département",
            "many": "départements",
            "the": "the département",
            "named": "the {name} département",
            "within": "in the {name} département",
        },
    },
    "region": {
        "fr": {
            "one": "région",
            "many": "régions",
            "the": "la région",
            "named": "la région {name}",
            "within": "dans la région {name}",
        },
        "en": {
            "one": "région",
            "many": "régions",
            "the": "the région",
            "named": "the {name} région",
            "within": "in the {name} région",
        },
    },
    "country": {
        "fr": {"one": "pays", "many": "pays", "the": "le pays"},
        "en": {"one": "country", "many": "countries", "the": "the country"},
    },
}
TYPES = {"CC": {"article": "la", "fr": "communauté de communes", "en": "community of communes"}}

FRENCH = Lexicon("fr", LEVELS, TYPES)
ENGLISH = Lexicon("en", LEVELS, TYPES)

NORD = Territory("59", "departement", "Nord", 2026, "le")
HAUTS_DE_FRANCE = Territory("32", "region", "Hauts-de-France", 2026, "les")
FRANCE = Territory("FR", "country", "France", 2026, "la")
LILLE = Territory("59350", "commune", "Lille", 2026)
LE_HAVRE = Territory("76351", "commune", "Le Havre", 2026, "le", True)
FAUCIGNY = Territory("200000172", "epci", "CC Faucigny - Glières", 2026)
PEERS = tuple(Territory(code, "departement", name, 2026) for code, name in (("1", "A"), ("2", "B")))


def indicator(
    name: str,
    label: str,
    english: str,
    *,
    theme: str = "age",
    unit: str = "percent",
    decimals: int = 1,
    kind: Kind = Kind.RATIO,
    numerator: Sequence[str] = ("part",),
    denominator: Sequence[str] = ("whole",),
) -> Indicator:
    """Declare an indicator with what sentences need."""
    return Indicator(
        name,
        theme,
        kind,
        "ratio",
        tuple(numerator),
        tuple(denominator),
        100.0,
        unit,
        decimals,
        "neutral",
        {"fr": label, "en": english},
        {},
    )


YOUNG = indicator(
    "young",
    "Part des moins de 20 ans",
    "Share of under-20s",
    numerator=["young"],
    denominator=["population"],
)
OLD = indicator(
    "old",
    "Part des 65 ans ou plus",
    "Share of over-65s",
    numerator=["old"],
    denominator=["population"],
)
AGEING = indicator("ageing", "Indice de vieillissement", "Ageing index", unit="index")
POPULATION = indicator(
    "population",
    "Population",
    "Population",
    theme="people",
    unit="person",
    decimals=0,
    kind=Kind.COUNT,
    denominator=(),
)
DENSITY = indicator(
    "density",
    "Densité de population",
    "Population density",
    theme="people",
    unit="person_per_km2",
    kind=Kind.DENSITY,
)
GROWTH = indicator(
    "growth",
    "Évolution annuelle de la population",
    "Annual change of the population",
    theme="people",
    unit="percent_per_year",
)
FLATS = indicator(
    "flats",
    "Part des appartements",
    "Share of flats",
    theme="housing",
    numerator=["flats"],
    denominator=["dwellings"],
)
HOUSES = indicator(
    "houses",
    "Part des maisons",
    "Share of houses",
    theme="housing",
    numerator=["houses"],
    denominator=["dwellings"],
)
VACANT = indicator(
    "vacant",
    "Part des logements vacants",
    "Share of vacant dwellings",
    theme="housing",
    numerator=["vacant"],
    denominator=["dwellings"],
)
MEAN_AGE = indicator(
    "mean_age",
    "Âge moyen des élus",
    "Average age of councillors",
    theme="councils",
    unit="year_of_age",
    kind=Kind.MEAN,
)

SUPPRESSED, MISSING, NOT_APPLICABLE = (
    Quantity.absent(status) for status in (Status.SUPPRESSED, Status.MISSING, Status.NOT_APPLICABLE)
)


def read(
    what: Indicator,
    territory: Territory,
    value: float | Quantity,
    *,
    region: float | Quantity | None = None,
    france: float | Quantity | None = None,
    noise: float = 0.0,
    place: tuple[int, int, float] | None = None,
    others: Sequence[float] = (),
    change: Change | None = None,
    peers: Sequence[float] = (),
    period: int = 2021,
) -> Reading:
    """Read an indicator, its references and its place."""
    known = [(HAUTS_DE_FRANCE, region), (FRANCE, france)]
    pairs = tuple((where, quantity(number)) for where, number in known if number is not None)
    return Reading(
        what,
        territory,
        period,
        quantity(value),
        references=pairs,
        peers=tuple((where, Quantity(number)) for where, number in zip(PEERS, peers, strict=False)),
        positions=(Position(*place, "country"),) if place else (),
        change=change,
        distribution=np.array(sorted(others), dtype=np.float64),
        noise=noise,
        noises={where.code: noise for where, _ in pairs},
    )


def quantity(number: float | Quantity) -> Quantity:
    """Observe a number."""
    return number if isinstance(number, Quantity) else Quantity(number)


def moved(amount: float, *, noise: float = 0.1, unit: str = "percentage_point") -> Change:
    """Change by an amount between 2015 and 2021."""
    return Change(2015, 2021, Quantity(amount), unit, 1, noise)
