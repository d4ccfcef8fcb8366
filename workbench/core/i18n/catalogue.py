"""The catalogue of messages: every word that a page, a figure or a command says.

One file a domain under ``messages/``, one entry a message, one text a language::

    found:
      fr: {one: "{count} territoire", other: "{count} territoires"}
      en: {one: "{count} territory", other: "{count} territories"}

The identifier is ``<file>.<entry>`` (``gallery.found``). Write plain spaces: the typography of
the language (no-break spaces) is put in when the catalogue is read.
"""

from __future__ import annotations

import string
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

import yaml

from workbench.core.errors import DeclarationError, ParameterError, UnknownName, nearest
from workbench.core.i18n.languages import LANGUAGES, language
from workbench.core.i18n.numbers import format_number, rounded

__all__ = ["Catalogue", "Message", "Messages", "catalogue", "read_catalogue", "translate"]

PLAIN = ""
"""Name of the form of a text that has only one."""


@dataclass(frozen=True, slots=True)
class Message:
    """Hold the texts of one message.

    Parameters
    ----------
    id : str
        ``<domain>.<entry>``.
    texts : mapping of str to mapping of str to str
        By language, then by form: `PLAIN` alone, the plural forms (``one``, ``other``), or any
        names the caller chooses from (``m``, ``f``).
    placeholders : frozenset of str
        Names between braces, the same in every language.
    """

    id: str
    texts: Mapping[str, Mapping[str, str]]
    placeholders: frozenset[str]


Catalogue = Mapping[str, Message]


@cache
def catalogue() -> Catalogue:
    """Return the package's own messages, read once."""
    return read_catalogue(resources.files(__package__).joinpath("messages"))


def read_catalogue(*folders: Traversable) -> Catalogue:
    """Read and check the messages of some folders.

    Parameters
    ----------
    *folders : Traversable
        Each holds ``<domain>.yml`` files; a pack or a template may bring its own.

    Raises
    ------
    DeclarationError
        An entry lacks a language, has one that is unknown, its languages disagree on their
        placeholders or forms, or an identifier comes twice.
    """
    entries: dict[str, Message] = {}
    for folder in folders:
        for file in sorted(folder.iterdir(), key=lambda item: item.name):
            if not file.name.endswith(".yml"):
                continue
            for message in _read_file(file):
                if message.id in entries:
                    found = f"{file.name}: message {message.id!r} is already in the catalogue."
                    raise DeclarationError(found)
                entries[message.id] = message
    return MappingProxyType(entries)


@dataclass(frozen=True, slots=True)
class Messages:
    """Speak one language; call it with the identifier of a message.

    Examples
    --------
    >>> say = Messages("fr")
    >>> say("figures.absent_suppressed")
    'secret statistique'
    """

    lang: str
    entries: Catalogue = field(default_factory=catalogue, repr=False)

    def __post_init__(self) -> None:
        language(self.lang)

    def __call__(self, message_id: str, /, *, form: str = PLAIN, **values: str | float) -> str:
        """Return a message, its placeholders filled.

        Parameters
        ----------
        message_id : str
        form : str
            Form wanted, for messages that have several. Plural forms need none: ``count``,
            a number, decides, and is written as the language writes numbers.
        **values
            One for each placeholder; texts and numbers go in as they are.

        Raises
        ------
        UnknownName
            No message has this identifier, or no text this form.
        ParameterError
            A value is lacking, or goes nowhere.
        """
        message = self.entries.get(message_id)
        if message is None:
            known = nearest(message_id, self.entries)
            found = f"Message {message_id!r} is not in the catalogue; {known}."
            raise UnknownName(found)
        if values.keys() != message.placeholders:
            found = (
                f"Message {message_id!r} was given {sorted(values)} "
                f"and has the placeholders {sorted(message.placeholders)}."
            )
            raise ParameterError(found)
        if "count" in values and not isinstance(count := values["count"], str):
            if not form and PLAIN not in message.texts[self.lang]:
                form = language(self.lang).plural(rounded(count, 0))
            values["count"] = format_number(count, 0, self.lang)
        texts = message.texts[self.lang]
        if form not in texts:
            found = f"Message {message_id!r} has no form {form!r}; {nearest(form, texts)}."
            raise UnknownName(found)
        return texts[form].format_map(values)


def translate(message_id: str, lang: str, /, *, form: str = PLAIN, **values: str | float) -> str:
    """Return a message of the catalogue in a language.

    Examples
    --------
    >>> translate("figures.absent_missing", "en")
    'not available'
    """
    return _messages(lang)(message_id, form=form, **values)


@cache
def _messages(lang: str) -> Messages:
    return Messages(lang)


class _UniqueKeyLoader(yaml.SafeLoader):
    """Load safely, and refuse a key written twice, which YAML would drop in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            line = node.start_mark.line + 1
            message = f"{node.start_mark.name}, line {line}: {twice} written twice; keep one."
            raise DeclarationError(message)
        return super().construct_mapping(node, deep=deep)


def _read_file(file: Traversable) -> Iterator[Message]:
    domain = file.name.removesuffix(".yml")
    loader = _UniqueKeyLoader(file.read_text("utf-8"))
    loader.name = file.name
    content = loader.get_single_data() or {}
    for key, entry in content.items():
        yield _read_message(f"{domain}.{key}", entry)


def _read_message(message_id: str, entry: object, /) -> Message:
    if not isinstance(entry, dict) or entry.keys() != LANGUAGES.keys():
        found = sorted(map(str, entry)) if isinstance(entry, dict) else entry
        message = f"Message {message_id!r} has {found}, where {sorted(LANGUAGES)} are expected."
        raise DeclarationError(message)
    texts = {lang: _read_texts(message_id, lang, text=entry[lang]) for lang in sorted(entry)}
    named = {
        lang: frozenset().union(*(_placeholders(message_id, text) for text in forms.values()))
        for lang, forms in texts.items()
    }
    if len(set(named.values())) > 1:
        listed = ", ".join(f"{lang}: {sorted(names)}" for lang, names in named.items())
        message = f"Message {message_id!r} has different placeholders by language ({listed})."
        raise DeclarationError(message)
    return Message(message_id, texts, next(iter(named.values())))


def _read_texts(message_id: str, lang: str, *, text: object) -> Mapping[str, str]:
    forms = text if isinstance(text, dict) else {PLAIN: text}
    result = {str(form): item for form, item in forms.items() if isinstance(item, str) and item}
    if not result or len(result) < len(forms):
        message = f"Message {message_id!r}, {lang}: {text!r} is no text; put it between quotes."
        raise DeclarationError(message)
    grammar = language(lang)
    return {form: grammar.typeset(item) for form, item in result.items()}


def _placeholders(message_id: str, text: str, /) -> frozenset[str]:
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError as error:
        message = f"Message {message_id!r}: {text!r} has a stray brace ({error}); double it."
        raise DeclarationError(message) from None
    names = set()
    for _, name, spec, conversion in fields:
        if name is None:
            continue
        # Plain names only: {a.b}, {a[0]} or {a:>3} would run more than a replacement.
        if not name.isidentifier() or spec or conversion:
            message = f"Message {message_id!r}: {{{name}}} is no plain name in {text!r}."
            raise DeclarationError(message)
        names.add(name)
    return frozenset(names)
