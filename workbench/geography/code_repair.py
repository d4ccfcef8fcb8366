"""Undo what spreadsheets and keyboards do to codes, and say what was undone."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Damage", "Mended", "printable", "readings"]

# Longer texts are no codes: nothing is looked for in them.
_LONGEST = 64


class Damage(enum.StrEnum):
    """Name what happened to a code."""

    INVISIBLE = "invisible"
    QUOTES = "quotes"
    SPACES = "spaces"
    DIGITS = "digits"
    CASE = "case"
    DECIMAL = "decimal"
    THOUSANDS = "thousands"
    SCIENTIFIC = "scientific"
    ZERO = "zero"


@dataclass(frozen=True, slots=True)
class Mended:
    """Hold a code as it must have been.

    Parameters
    ----------
    text : str
    damage : tuple of Damage
        What was undone, in order.
    exact : bool
        False when something was lost, or could be read another way: `text` is then a guess.
    """

    text: str
    damage: tuple[Damage, ...] = ()
    exact: bool = True


_FORMULA = re.compile(r"""=\s*(["'])(.*)\1""", re.DOTALL)
_QUOTES = "'\"’‘“”«»`´"
# 75.000 and 75,000 are thousands, any other number of zeros is decimals.
_DECIMAL = re.compile(r"([0-9]+)[.,](?!000$)0+", re.ASCII)
_THOUSANDS = re.compile(r"[0-9]{1,3}(?=([.,]))(?:\1[0-9]{3})+", re.ASCII)
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,2})", re.ASCII)


# A column is read as each kind of code in turn.
@lru_cache(maxsize=4096)
def readings(text: str) -> tuple[Mended, ...]:
    """Undo the usual damage step by step, whatever the code.

    Lost zeros are given back by who knows the width of the code.

    Parameters
    ----------
    text : str
        Any text at all.

    Returns
    -------
    tuple of Mended
        The text itself, then what each step makes of it: the first one that is a code is the
        code, so that spaces and dots that belong to a code are not taken for damage.

    Examples
    --------
    >>> [reading.text for reading in readings(" 2a004")]
    [' 2a004', '2a004', '2A004']
    >>> [readings(text)[-1].text for text in ("1001.0", "75 056", "1,001", "'1001")]
    ['1001', '75056', '1001', '1001']
    >>> readings("2.0E+04")[-1]
    Mended(text='20000', damage=(<Damage.SCIENTIFIC: 'scientific'>,), exact=False)
    """
    found = [Mended(text)]
    if len(text) > _LONGEST or (text.isascii() and text.isdigit()):
        return tuple(found)
    for damage, undo in _STEPS:
        before = found[-1]
        after = undo(before.text)
        if after != before.text:
            done = dict.fromkeys((*before.damage, damage))
            exact = before.exact and _is_exact(before.text, damage)
            found.append(Mended(after, tuple(done), exact))
    return tuple(found)


def _unquoted(text: str) -> str:
    formula = _FORMULA.fullmatch(text)
    return (formula[2] if formula else text).strip(_QUOTES)


def _whole_number(text: str) -> str:
    number = _SCIENTIFIC.fullmatch(text)
    if number is None:
        return text
    digits, power = number[1] + (number[2] or ""), int(number[3])
    if digits[power + 1 :].strip("0"):
        return text
    return digits[: power + 1].ljust(power + 1, "0")


def _without_decimals(text: str) -> str:
    number = _DECIMAL.fullmatch(text)
    return number[1] if number else text


def _without_groups(text: str) -> str:
    grouped = _THOUSANDS.fullmatch(text)
    return text.replace(grouped[1], "") if grouped else text


def _in_capitals(text: str) -> str:
    # Plain letters only: the capital of ß is two letters.
    return text.upper() if text.isascii() else text


def _is_exact(text: str, damage: Damage) -> bool:
    """Tell whether undoing a damage is sure to give back what was."""
    if damage is Damage.SCIENTIFIC:
        # 5.9350E+04 shows all of its digits; 2.0E+04 is any number from 19 500 to 20 499.
        number = _SCIENTIFIC.fullmatch(text)
        return number is not None and 1 + len(number[2] or "") > int(number[3])
    # 1.001 is rather a decimal than a thousand and one; 1,001 is either, and a code then.
    return "." not in text or damage is not Damage.THOUSANDS


_STEPS: tuple[tuple[Damage, Callable[[str], str]], ...] = (
    (Damage.INVISIBLE, lambda text: "".join(map(_visible, text))),
    (Damage.SPACES, str.strip),
    (Damage.QUOTES, _unquoted),
    (Damage.SPACES, lambda text: re.sub(r"\s+", "", text)),
    (Damage.DIGITS, lambda text: "".join(map(_ascii_digit, text))),
    (Damage.SCIENTIFIC, _whole_number),
    (Damage.DECIMAL, _without_decimals),
    (Damage.THOUSANDS, _without_groups),
    (Damage.CASE, _in_capitals),
)


def _visible(letter: str) -> str:
    """Drop what does not show (marks of order, joiners, controls); a space of any kind is one."""
    category = unicodedata.category(letter)
    if letter.isspace() or category == "Zs":
        return " "
    return "" if category in ("Cf", "Cc") else letter


def _ascii_digit(letter: str) -> str:
    if letter.isascii() or unicodedata.category(letter) != "Nd":
        return letter
    return str(unicodedata.decimal(letter))


def printable(text: str, *, longest: int = 40) -> str:
    r"""Write a text on one line, what does not show as escapes, its end cut off when it is long.

    Examples
    --------
    >>> printable("a\tb\x1b[31m")
    'a\\tb\\x1b[31m'
    """
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    shown = (x if x.isprintable() else x.encode("unicode_escape").decode() for x in cut)
    return "".join(shown)
