"""Name territories and their levels within sentences of one language.

Grammar is the language's; the words (*département*, *communauté de communes*) are the pack's.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from workbench.core.errors import DeclarationError, nearest
from workbench.core.i18n.catalogue import Messages
from workbench.core.i18n.languages import Language, TypeNames, language
from workbench.core.types import Territory

__all__ = ["LevelNames", "Lexicon"]

LevelNames = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Nouns of the levels of a pack: level, language, then form.

``one`` (*département*), ``many`` (*départements*), ``the`` (*le département*), ``this`` (*ce
département*). Two patterns are optional, of ``{name}``, ``{the}``, ``{of}`` and ``{at}``:
``named`` (*le département {of}*) and ``within`` (*dans le département {of}*, *en {name}*), for
what the language alone would get wrong.
"""


class _Namer(Protocol):
    def __call__(self, territory: Territory, /, *, type_names: TypeNames = ...) -> str: ...


@dataclass(frozen=True)
class Lexicon:
    """Speak of the territories of a pack in one language.

    Parameters
    ----------
    lang : str
    level_names : LevelNames
    type_names : TypeNames
        Abbreviations that begin the names of territories, spelt out.

    Examples
    --------
    >>> levels = {"departement": {"fr": {
    ...     "one": "département", "many": "départements", "the": "le département",
    ...     "this": "ce département", "within": "dans le département {of}"}}}
    >>> words = Lexicon("fr", levels)
    >>> nord = Territory("59", "departement", "Nord", 2026, article="le")
    >>> words.of(nord), words.within(nord), words.of_noun("departement", "many")
    ('du Nord', 'dans le département du Nord', 'de départements')
    """

    lang: str
    level_names: LevelNames
    type_names: TypeNames = field(default_factory=dict)

    @property
    def grammar(self) -> Language:
        """Return the rules of the language."""
        return language(self.lang)

    @cached_property
    def say(self) -> Messages:
        """Return the messages of the language."""
        return Messages(self.lang)

    def noun(self, level: str, form: str = "one") -> str:
        """Return a noun of a level (``one``, ``many``, ``the``, ``this``).

        Raises
        ------
        DeclarationError
            When the pack does not give it.
        """
        forms = self.level_names.get(level, {}).get(self.lang)
        if forms is None:
            known = nearest(level, self.level_names)
            message = (
                f"Level {level!r} has no nouns in {self.lang!r}; {known}. Add them to the pack."
            )
            raise DeclarationError(message)
        if form not in forms:
            message = (
                f"Level {level!r} has the forms {sorted(forms)} in {self.lang!r}, "
                f"and a sentence needs {form!r}. Add it to the pack."
            )
            raise DeclarationError(message)
        return forms[form]

    def the(self, territory: Territory) -> str:
        """Name a territory as the subject of a sentence."""
        return self._named(territory, "named") or self._plain(self.grammar.the, territory)

    def of(self, territory: Territory) -> str:
        """Name a territory as what something belongs to."""
        named = self._named(territory, "named")
        if named:
            return self.grammar.of_phrase(named)
        return self._plain(self.grammar.of, territory)

    def within(self, territory: Territory) -> str:
        """Name a territory as a place."""
        return self._named(territory, "within") or self._plain(self.grammar.at, territory)

    def of_noun(self, level: str, form: str = "the") -> str:
        """Say *of the département*, *d'EPCI*."""
        return self.grammar.of_phrase(self.noun(level, form))

    def within_noun(self, level: str) -> str:
        """Say *in the département*."""
        return self.grammar.in_phrase(self.noun(level, "the"))

    def _plain(self, namer: _Namer, territory: Territory) -> str:
        return namer(territory, type_names=self.type_names)

    def _named(self, territory: Territory, pattern: str) -> str:
        """Fill a pattern of the level, if it has one."""
        text = self.level_names.get(territory.level, {}).get(self.lang, {}).get(pattern, "")
        if not text:
            return ""
        grammar = self.grammar
        namers = {"the": grammar.the, "of": grammar.of, "at": grammar.at}
        wanted = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        if unknown := wanted - namers.keys() - {"name"}:
            message = (
                f"Level {territory.level!r}, {self.lang}, {pattern}: {sorted(unknown)} is not "
                "among name, the, of and at."
            )
            raise DeclarationError(message)
        words = {key: self._plain(namer, territory) for key, namer in namers.items()}
        return text.format_map({"name": territory.name, **words})
