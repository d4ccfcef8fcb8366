"""Put what was decided of a file in the words of a language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workbench.core.i18n import Messages
from workbench.loaders.dialect import Decision

__all__ = ["say_decision", "told_decisions", "told_dialect"]

# What is decided of one column, sign or unit, which the key names.
_NAMED = re.compile(r"(role of|name of column|marker|unit of) (.+)", re.DOTALL)
_PLAIN = frozenset(
    {"encoding", "separator", "quote", "decimal", "thousands", "date order", "header", "sheet"}
    | {"notes", "totals", "blank rows", "padding", "merged cells"}
)
_ORIGIN = frozenset({"file", "source", "producer", "licence", "url", "sha256", "fetched"})
_FIRST = ("encoding", "separator", "decimal", "thousands", "date order", "header", "sheet")
_VALUES = frozenset(
    {"code", "text", "integer", "number", "date", "datetime", "suppressed", "missing"}
    | {"not_applicable", "zero", "estimated", "provisional", "revised", "dmy", "mdy", "ymd", "none"}
)
_SIGNS = {"'\\t'": "tab", "' '": "space", "'\\xa0'": "space", "'\\u202f'": "space"}
_SURE = 1.0


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
    named = _NAMED.fullmatch(decision.key)
    if named:
        words = {"name": named[2].strip("'") if named[1] == "marker" else named[2]}
        key = say(f"dialect.{named[1].replace(' ', '_')}", **words)
    elif decision.key in _PLAIN:
        key = say(f"dialect.{decision.key.replace(' ', '_')}")
    else:
        key = decision.key
    if lang == "en":
        return key, str(decision)
    value = say_value(decision, say)
    if decision.confidence < _SURE:
        value = say("dialect.unsure", value=value)
    return key, value


def say_value(decision: Decision, say: Messages) -> str:
    """Return an answer in the words of a language."""
    value = _SIGNS.get(decision.value, decision.value)
    if decision.key == "header" and value == "0":
        value = "none"
    if value in _VALUES or value in _SIGNS.values():
        return say(f"dialect.value_{value}")
    return value.strip("'") if value.startswith("'") and value.endswith("'") else value


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
    """
    say = Messages(lang)
    parts = {each.key: each for each in told}
    said: dict[str, str] = {}
    for key, text in decisions.items():
        name = f"dialect.{key}"
        named = say(name) if name in say.entries and key in _ORIGIN else key
        said |= dict([say_decision(parts[key], lang) if key in parts else (named, text)])
    return say("dialect.title"), said


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
