"""English grammar: numbers, enumerations, names of territories.

The possessive (*Lille's*) is avoided: *of Lille* suits every name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from workbench.core.types import Territory

__all__ = [
    "CODE",
    "DECIMAL",
    "GROUP",
    "TERRITORY",
    "a",
    "at",
    "counts",
    "gender",
    "in_phrase",
    "join",
    "largest",
    "noun_phrase",
    "of",
    "of_phrase",
    "ordinal",
    "plural",
    "than",
    "the",
    "this",
    "typeset",
]

CODE: Final = "en"
GROUP: Final = ","
DECIMAL: Final = "."
TERRITORY: Final = MappingProxyType(
    {"one": "territory", "many": "territories", "the": "the territory", "this": "this territory"}
)

# What begins the complement of a noun: *the share | of women*, *opening hours | per week*.
_COMPLEMENT: Final = re.compile(
    r" (?:of|per|in|with|without|for|from|to|by|on|at|between|under|over|aged|whose|that) "
)
_NONE: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({})


def plural(number: Decimal, /) -> str:
    """Return ``"one"`` for 1 printed without decimals, else ``"other"``.

    References
    ----------
    Unicode CLDR, plural rules of English (``i = 1 and v = 0``).

    Examples
    --------
    >>> plural(Decimal("1")), plural(Decimal("1.0")), plural(Decimal("0"))
    ('one', 'other', 'other')
    """
    return "one" if abs(number) == 1 and number.as_tuple().exponent == 0 else "other"


def ordinal(number: int, /, *, gender: str = "m", group: str = "") -> str:
    """Write a rank; English ranks have no gender.

    Examples
    --------
    >>> ordinal(1), ordinal(12), ordinal(22), ordinal(1203, group=",")
    ('1st', '12th', '22nd', '1,203rd')
    """
    teens = number % 100 in (11, 12, 13)
    suffix = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{suffix}".replace(",", group)


def gender(phrase: str, /) -> str:
    """Return ``"n"``: things have no gender in English."""
    return "n"


def this(phrase: str, /) -> str:
    """Take a noun phrase up again, without its complement.

    Examples
    --------
    >>> this("the share of under-20s"), this("the average age of councillors")
    ('this share', 'this average age')
    """
    return f"this {_COMPLEMENT.split(phrase.removeprefix('the '), maxsplit=1)[0]}"


def a(phrase: str, /) -> str:
    """Put *a* or *an* in the place of *this*.

    Examples
    --------
    >>> a("this town"), a("this arrondissement")
    ('a town', 'an arrondissement')
    """
    noun = phrase.removeprefix("this ")
    return f"{'an' if noun[:1].lower() in tuple('aeiou') else 'a'} {noun}"


def largest(phrase: str, /) -> str:
    """Put *the largest* in the place of *this*.

    Examples
    --------
    >>> largest("this town")
    'the largest town'
    """
    return f"the largest {phrase.removeprefix('this ')}"


def counts(phrase: str, /) -> bool:
    """Tell whether a noun phrase says what is counted (*the number of dwellings*)."""
    return phrase.lower().startswith("the number ")


def noun_phrase(label: str, /) -> str:
    """Put *the* before a label, as within a sentence.

    Examples
    --------
    >>> noun_phrase("Share of under-20s")
    'the share of under-20s'
    """
    return label if label.lower().startswith("the ") else f"the {_lowered(label)}"


def join(items: Collection[str], /) -> str:
    """Enumerate, with *and* before the last.

    Examples
    --------
    >>> join(["a", "b", "c"])
    'a, b and c'
    """
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last


def typeset(text: str, /) -> str:
    """Put apostrophes in place of straight quotes within words."""
    return re.sub(r"(?<=\w)'(?=\w)", "\N{RIGHT SINGLE QUOTATION MARK}", text)


def the(territory: Territory, /, *, type_names: Mapping[str, Mapping[str, str]] = _NONE) -> str:
    """Name a territory.

    Examples
    --------
    >>> the(Territory("59350", "commune", "Lille", 2026))
    'Lille'
    >>> names = {"CC": {"en": "community of communes"}}
    >>> the(Territory("2", "epci", "CC Faucigny", 2026), type_names=names)
    'the community of communes Faucigny'
    """
    word, _, rest = territory.name.partition(" ")
    spelt: Mapping[str, str] = type_names.get(word, {})
    noun = spelt.get(CODE)
    return f"the {noun} {rest}".rstrip() if noun else territory.name


def of(territory: Territory, /, *, type_names: Mapping[str, Mapping[str, str]] = _NONE) -> str:
    """Name a territory as what something belongs to (*of Lille*)."""
    return of_phrase(the(territory, type_names=type_names))


def at(territory: Territory, /, *, type_names: Mapping[str, Mapping[str, str]] = _NONE) -> str:
    """Name a territory as a place (*in Lille*)."""
    return in_phrase(the(territory, type_names=type_names))


def of_phrase(phrase: str, /) -> str:
    """Say *of* before a noun phrase."""
    return f"of {phrase}"


def in_phrase(phrase: str, /) -> str:
    """Say *in* before a noun phrase."""
    return f"in {phrase}"


def than(phrase: str, /) -> str:
    """Say *than* before anything."""
    return f"than {phrase}"


def _lowered(label: str) -> str:
    """Lower the first letter, unless the word is an acronym (*IRIS*)."""
    first = label.split(" ", 1)[0]
    return label if len(first) > 1 and first.isupper() else label[:1].lower() + label[1:]
