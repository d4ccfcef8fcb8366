"""Put what was decided of a file in the words of a language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workbench.core.i18n import Messages
from workbench.loaders.dialect import Decision

__all__ = ["say_decision", "told_decisions", "told_dialect"]

# What is decided of one column, sign, unit or axis, which the key names.
_NAMED = re.compile(r"(role of|name of column|marker|unit of|axis|crs of|message) (.+)", re.DOTALL)
_ORIGIN = frozenset({"file", "source", "producer", "licence", "url", "sha256", "fetched", "path"})
_FIRST = ("encoding", "separator", "decimal", "thousands", "date order", "header", "sheet")
# Answers that are names of the file itself, which a language leaves as they are.
_NAMES = frozenset({"sheet", "table", "layer", "feed", "labels", "territory", "time"})
_SIGNS = {"'\\t'": "tab", "' '": "space", "'\\xa0'": "space", "'\\u202f'": "space"}
_SURE = 1.0
_TOLD = re.compile(r"(.+?) \((.*?)(?:, (\d+)% sure)?\)", re.DOTALL)
_COUNTED = re.compile(r"([\d,.]+) ([a-z ]+)")


def say_decision(decision: Decision, lang: str) -> tuple[str, str]:
    """Return what was decided, and the answer.

    Parameters
    ----------
    decision : Decision
    lang : str
        The evidence is told in English only: it quotes the file, for who reads files.

    Examples
    --------
    >>> say_decision(Decision("decimal", "','", "such as '12,5', in taux"), "fr")
    ('marque décimale', ',')
    >>> say_decision(Decision("encoding", "cp1252", "3 French letters", 0.9), "en")
    ('encoding', 'cp1252 (3 French letters, 90% sure)')
    """
    say = Messages(lang)
    if lang == "en":
        return _say_key(decision.key, say), str(decision)
    value = say_value(decision, say)
    if decision.confidence < _SURE:
        value = say("dialect.unsure", value=value)
    return _say_key(decision.key, say), value


def _say_key(key: str, say: Messages) -> str:
    if named := _NAMED.fullmatch(key):
        name = named[2].strip("'") if named[1] == "marker" else named[2]
        return say(f"dialect.{_slug(named[1])}", name=name)
    message = f"dialect.{_slug(key)}"
    return say(message) if message in say.entries else key


def _slug(text: str) -> str:
    return text.replace(" ", "_")


def say_value(decision: Decision, say: Messages) -> str:
    """Return an answer in the words of a language."""
    value = _SIGNS.get(decision.value, decision.value)
    if decision.key == "header" and value == "0":
        return say("dialect.value_no_header")
    if decision.key in _NAMES:
        return value
    if found := _say_word(value, say):
        return found
    head, mark, rest = value.partition(": ")
    if mark and (found := _say_word(head, say)):
        return say("dialect.value_list", head=found, names=rest)
    if (counted := _COUNTED.fullmatch(value)) and (found := _say_word(counted[2], say)):
        return f"{counted[1]} {found}"
    return value.strip("'") if value.startswith("'") and value.endswith("'") else value


def _say_word(word: str, say: Messages) -> str:
    message = f"dialect.value_{_slug(word)}"
    return say(message) if message in say.entries else ""


def told_decisions(
    decisions: Mapping[str, str], told: Sequence[Decision], lang: str
) -> tuple[str, Mapping[str, str]]:
    """Return a title, and all that was decided, provenance first.

    Parameters
    ----------
    decisions : mapping of str to str
        See `workbench.loaders.registry.Loaded`.
    told : sequence of Decision
        Those of them that are in parts.
    lang : str

    Examples
    --------
    >>> told_decisions({"file": "a.zip", "level": "commune (the first there is)"}, (), "fr")[1]
    {'fichier': 'a.zip', 'niveau': 'commune'}
    """
    say = Messages(lang)
    parts = {each.key: each for each in told}
    said: dict[str, str] = {}
    for key, text in decisions.items():
        if key in _ORIGIN:
            said[_say_key(key, say)] = text
        elif key in parts:
            said |= dict([say_decision(parts[key], lang)])
        elif lang == "en":
            said[_say_key(key, say)] = text
        else:
            said |= dict([say_decision(_parted(key, text), lang)])
    return say("dialect.title"), said


def _parted(key: str, text: str) -> Decision:
    """Take apart a decision that its reader gives as a text: ``value (evidence, 90% sure)``."""
    found = _TOLD.fullmatch(text)
    if found is None:
        return Decision(key, text, "")
    return Decision(key, found[1], found[2], int(found[3] or 100) / 100)


def told_dialect(told: Sequence[Decision], lang: str) -> str:
    """Say in one line how a file is written, empty for what is no file of rows.

    Examples
    --------
    >>> told_dialect([Decision("separator", "';'", "…"), Decision("encoding", "utf-8", "…")], "en")
    'Read so: encoding utf-8, separator ;'
    """
    say = Messages(lang)
    parts = {each.key: each for each in told}
    found = [parts[key] for key in _FIRST if key in parts]
    found += [each for each in told if each.key.startswith("unit of ")]
    if not found:
        return ""
    pairs = (f"{say_decision(each, lang)[0]} {say_value(each, say)}" for each in found)
    return say("dialect.line", decisions=", ".join(pairs))
