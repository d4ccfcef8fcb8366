"""What a language has to know; one module for each, listed here.

A new language is a module with these names (:mod:`.french` and :mod:`.english` are two), its
code below, and its entry in every message and unit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Protocol, cast

from workbench.core.errors import UnknownName, nearest
from workbench.core.i18n import english, french
from workbench.core.types import Territory

__all__ = ["LANGUAGES", "Language", "TypeNames", "language"]

TypeNames = Mapping[str, Mapping[str, str]]
"""Words of a pack that begin the names of its territories, spelt out by language.

``{"CC": {"fr": "communauté de communes", "article": "la"}}``
"""


class Language(Protocol):
    """Write numbers, join words and name territories in one language."""

    @property
    def CODE(self) -> str:
        """BCP 47 code, that of the entries and of the ``lang`` attribute of pages."""

    @property
    def GROUP(self) -> str:
        """Separator of thousands."""

    @property
    def DECIMAL(self) -> str:
        """Decimal mark."""

    @property
    def TERRITORY(self) -> Mapping[str, str]:
        """Nouns of a territory of which nothing more is known; forms as in a `Lexicon`."""

    def plural(self, number: Decimal, /) -> str:
        """Return the plural form (``"one"``, ``"other"``) that goes with a printed number."""

    def ordinal(self, number: int, /, *, gender: str = "m", group: str = "") -> str:
        """Write a rank (*12ᵉ*, *12th*), thousands separated by `group`."""

    def gender(self, phrase: str, /) -> str:
        """Return the gender (``"m"``, ``"f"``, ``"n"``) of a noun phrase."""

    def this(self, phrase: str, /) -> str:
        """Take a noun phrase up again, without its complement (*this share*)."""

    def a(self, phrase: str, /) -> str:
        """Say any one of those that *this* phrase names one of (*a town*)."""

    def largest(self, phrase: str, /) -> str:
        """Say the largest of those that *this* phrase names one of (*the largest town*)."""

    def counts(self, phrase: str, /) -> bool:
        """Tell whether a noun phrase says what is counted, so that its figure needs no unit."""

    def noun_phrase(self, label: str, /) -> str:
        """Make a noun phrase with its article out of a label."""

    def join(self, items: Collection[str], /) -> str:
        """Enumerate (*a, b et c*)."""

    def typeset(self, text: str, /) -> str:
        """Put the no-break spaces that the typography of the language asks for."""

    def the(self, territory: Territory, /, *, type_names: TypeNames = ...) -> str:
        """Name a territory with its article."""

    def of(self, territory: Territory, /, *, type_names: TypeNames = ...) -> str:
        """Name a territory as what something belongs to."""

    def at(self, territory: Territory, /, *, type_names: TypeNames = ...) -> str:
        """Name a territory as a place."""

    def of_phrase(self, phrase: str, /) -> str:
        """Say *of* before a noun phrase."""

    def in_phrase(self, phrase: str, /) -> str:
        """Say *in* before a noun phrase."""

    def than(self, phrase: str, /) -> str:
        """Say *than* before anything."""


# Modules stand for the protocol: a language has no state.
LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {module.CODE: cast("Language", module) for module in (french, english)}
)


def language(code: str) -> Language:
    """Return the grammar of a language.

    Parameters
    ----------
    code : str
        ``"fr"``, ``"en"``…

    Raises
    ------
    UnknownName
        When no module has this code.

    Examples
    --------
    >>> language("fr").ordinal(12)
    '12ᵉ'
    """
    try:
        return LANGUAGES[code]
    except KeyError:
        message = f"Language {code!r} is not spoken here; {nearest(code, LANGUAGES)}."
        raise UnknownName(message) from None
