"""Say the indicators in the words of a pack: its noun for the territories that are counted.

A text of the catalogue may hold ``{one}`` (*town*), ``{many}`` (*towns*), ``{of_many}``, ``{a}``
(*a town*), ``{the_largest}`` and ``{of_the_largest}``. They are filled once, with the nouns of the
pack's base level, so that nothing downstream knows of them.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import replace

from workbench.core.errors import DeclarationError, nearest
from workbench.core.i18n import LANGUAGES
from workbench.core.i18n.languages import Language
from workbench.indicators.indicator import Chart, Indicator, Theme

__all__ = ["Nouns", "check_words", "worded", "worded_theme"]

Texts = Mapping[str, str]
Nouns = Mapping[str, Mapping[str, str]]
"""Nouns of one level, by language and form (see :mod:`workbench.core.i18n.lexicon`)."""


_FORMS = ("one", "many", "of_many", "a", "the_largest", "of_the_largest")


def check_words(texts: Texts, place: str) -> None:
    """Refuse a text that asks for words which no pack gives.

    Raises
    ------
    DeclarationError
        Naming the place and the nearest form.
    """
    for lang, text in texts.items():
        try:
            wanted = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        except ValueError as error:
            raise DeclarationError(f"{place}, {lang}: {error} in {text!r}.") from None
        for name in wanted:
            if name not in _FORMS:
                hint = nearest(name, _FORMS)
                raise DeclarationError(f"{place}, {lang}: unknown words {{{name}}} ({hint}).")


def worded(indicator: Indicator, nouns: Nouns) -> Indicator:
    """Fill the texts of an indicator.

    Parameters
    ----------
    indicator : Indicator
        As the catalogue declares it.
    nouns : mapping of str to mapping of str to str
        Those of the base level; a language that it lacks speaks of *territories*.

    Examples
    --------
    >>> from workbench.indicators.registry import declared
    >>> town = {"en": {"one": "town", "many": "towns", "the": "the town", "this": "this town"}}
    >>> worded(declared().get("share_largest_part"), town).label["en"]
    'Weight of the largest town'
    """
    return replace(
        indicator,
        label=_filled(indicator.label, nouns),
        description=_filled(indicator.description, nouns),
        phrase=_filled(indicator.phrase, nouns),
    )


def worded_theme(theme: Theme, nouns: Nouns) -> Theme:
    """Fill the texts of a theme and of its charts."""
    return replace(
        theme,
        label=_filled(theme.label, nouns),
        description=_filled(theme.description, nouns),
        charts=tuple(_chart(chart, nouns) for chart in theme.charts),
    )


def _chart(chart: Chart, nouns: Nouns) -> Chart:
    labels = {name: _filled(texts, nouns) for name, texts in chart.labels.items()}
    return replace(chart, title=_filled(chart.title, nouns), labels=labels)


def _filled(texts: Texts, nouns: Nouns) -> Texts:
    if not any("{" in text for text in texts.values()):
        return texts
    return {lang: _fill(text, lang, nouns) for lang, text in texts.items()}


def _fill(text: str, lang: str, nouns: Nouns) -> str:
    grammar = LANGUAGES[lang]
    filled = text.format_map(_forms(grammar, nouns.get(lang, grammar.TERRITORY)))
    # A label that begins with a noun has its capital, as the others.
    return filled[:1].upper() + filled[1:] if text.startswith("{") else filled


def _forms(grammar: Language, nouns: Mapping[str, str]) -> Mapping[str, str]:
    largest = grammar.largest(nouns["this"])
    forms = (
        nouns["one"],
        nouns["many"],
        grammar.of_phrase(nouns["many"]),
        grammar.a(nouns["this"]),
        largest,
        grammar.of_phrase(largest),
    )
    return dict(zip(_FORMS, forms, strict=True))
