"""Numbers and quantities as text, the same in tables, figures and sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal

import yaml

from workbench.core.errors import DeclarationError, UnknownName, nearest
from workbench.core.i18n.languages import LANGUAGES, language
from workbench.core.types import Quantity, Status

__all__ = [
    "ABSENT_MARKS",
    "Form",
    "Sign",
    "Unit",
    "UnitName",
    "format_number",
    "format_quantity",
    "rounded",
    "unit",
    "unit_name",
]

Form = Literal["bare", "symbol", "name"]
Sign = Literal["negative", "always", "never"]

# Printed in place of a number, alike in every language; tables explain them below.
ABSENT_MARKS: Mapping[Status, str] = {
    Status.SUPPRESSED: "s",
    Status.MISSING: "…",
    Status.NOT_APPLICABLE: "–",
}

MINUS = "\N{MINUS SIGN}"
_GAPS = {"none": "", "narrow": "\N{NARROW NO-BREAK SPACE}", "space": "\N{NO-BREAK SPACE}"}
# Wide enough for any float written out in full, so that rounding never overflows.
_CONTEXT = Context(prec=400, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class UnitName:
    """Name a unit in one language."""

    symbol: str
    one: str
    other: str
    gap: str = "space"


@dataclass(frozen=True, slots=True)
class Unit:
    """Say how quantities of a unit are written.

    Parameters
    ----------
    id : str
        Key of ``units.yml``.
    names : mapping of str to UnitName
        By language.
    sign : str
        ``"always"`` for what reads as a movement, else ``"negative"``.
    difference : str
        Unit of the difference of two values; empty where sentences give both values instead.
    """

    id: str
    names: Mapping[str, UnitName]
    sign: Sign = "negative"
    difference: str = ""


def rounded(value: float, decimals: int) -> Decimal:
    """Round as printed: half to even on the decimal writing of the number, never minus zero.

    Parameters
    ----------
    value : float
    decimals : int

    Raises
    ------
    ValueError
        When the value is not finite: an absent figure is a `Quantity` with its reason.

    Examples
    --------
    >>> rounded(2.345, 2), rounded(-0.04, 1)
    (Decimal('2.34'), Decimal('0.0'))
    """
    if not math.isfinite(value):
        message = f"{value} is no number to print; give a Quantity that says why it is absent"
        raise ValueError(message)
    # repr gives the decimal the data were read from: 2.345 and not 2.34500000000000019984.
    exact = Decimal(value if isinstance(value, int) else repr(float(value)))
    result = exact.quantize(_step(decimals), context=_CONTEXT)
    return result if result else abs(result)


@cache
def _step(decimals: int) -> Decimal:
    """Return the unit of the last decimal printed."""
    return Decimal(1).scaleb(-decimals)


def format_number(
    value: float, decimals: int = 0, lang: str = "fr", *, sign: Sign = "negative"
) -> str:
    r"""Write a number as a language does.

    Parameters
    ----------
    value : float
    decimals : int
        Decimals printed, zeros included.
    lang : str
    sign : str
        ``"negative"`` (minus only), ``"always"`` (plus too, but never on zero) or ``"never"``.

    Examples
    --------
    >>> format_number(236234, 0, "fr"), format_number(-1234.56, 1, "en")
    ('236\u202f234', '−1,234.6')
    >>> format_number(0.4, 1, "fr", sign="always"), format_number(-0.04, 1, "fr")
    ('+0,4', '0,0')
    """
    return _written(rounded(value, decimals), lang, sign)


# A report writes each figure several times: in a table, on a chart, in a sentence, in a title.
@lru_cache(maxsize=4096)
def format_quantity(
    quantity: Quantity,
    unit_id: str,
    decimals: int = 0,
    lang: str = "fr",
    *,
    form: Form = "symbol",
    sign: Sign | None = None,
) -> str:
    r"""Write a quantity with its unit, or the mark that says why there is none.

    Parameters
    ----------
    quantity : Quantity
    unit_id : str
        Key of ``units.yml``.
    decimals : int
    lang : str
    form : str
        ``"bare"`` (number only), ``"symbol"`` (*454,0 hab./km²*) or ``"name"``
        (*454,0 habitants par km²*).
    sign : str, optional
        As in `format_number`; by default that of the unit.

    Returns
    -------
    str
        ``s``, ``…`` and ``–`` stand for suppressed, missing and not applicable.

    Examples
    --------
    >>> format_quantity(Quantity(12.44), "percent", 1, "fr")
    '12,4\u202f%'
    >>> format_quantity(Quantity(1.9), "person", 1, "fr", form="name")
    '1,9\xa0habitant'
    >>> format_quantity(Quantity.absent(Status.SUPPRESSED), "percent", 1, "fr")
    's'
    """
    found = unit(unit_id)
    if not quantity.known:
        return ABSENT_MARKS[quantity.status]
    number = rounded(quantity.value, decimals)
    text = _written(number, lang, sign or found.sign)
    word = "" if form == "bare" else unit_name(unit_id, lang, form=form, number=number)
    return f"{text}{_GAPS[found.names[lang].gap]}{word}" if word else text


def unit_name(unit_id: str, lang: str, *, form: Form = "name", number: Decimal = Decimal(2)) -> str:
    """Return what a unit is called, in the plural unless a number says otherwise.

    Examples
    --------
    >>> unit_name("person_per_km2", "fr"), unit_name("person_per_km2", "fr", form="symbol")
    ('habitants par km²', 'hab./km²')
    """
    grammar = language(lang)
    name = unit(unit_id).names[lang]
    if form == "symbol":
        return name.symbol
    return name.one if grammar.plural(number) == "one" else name.other


def unit(unit_id: str) -> Unit:
    """Return a unit by its identifier.

    Raises
    ------
    UnknownName
        When ``units.yml`` has no such unit.

    Examples
    --------
    >>> unit("percent").difference
    'percentage_point'
    """
    try:
        return _units()[unit_id]
    except KeyError:
        message = f"Unit {unit_id!r} is not in units.yml; {nearest(unit_id, _units())}."
        raise UnknownName(message) from None


def _written(number: Decimal, lang: str, sign: Sign) -> str:
    grammar = language(lang)
    digits = f"{abs(number):,f}".translate({44: grammar.GROUP, 46: grammar.DECIMAL})
    if sign == "never" or not number:
        return digits
    if number < 0:
        return f"{MINUS}{digits}"
    return f"+{digits}" if sign == "always" else digits


@cache
def _units() -> Mapping[str, Unit]:
    text = resources.files(__package__).joinpath("units.yml").read_text("utf-8")
    return {key: _read_unit(key, entry) for key, entry in yaml.safe_load(text).items()}


def _read_unit(key: str, entry: Mapping[str, Any]) -> Unit:
    names = {lang: UnitName(**entry[lang]) for lang in LANGUAGES if lang in entry}
    lacking = sorted(LANGUAGES.keys() - names)
    unknown = sorted(entry.keys() - LANGUAGES.keys() - {"sign", "difference"})
    if lacking or unknown:
        message = f"units.yml, {key}: languages lacking {lacking}, keys not expected {unknown}."
        raise DeclarationError(message)
    own = {field: entry[field] for field in ("sign", "difference") if field in entry}
    return Unit(id=key, names=names, **own)
