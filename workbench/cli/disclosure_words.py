"""What the commands of disclosure read on the command line, and the lines that they print."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.core.errors import ParameterError

if TYPE_CHECKING:
    from workbench.core.i18n import Messages

__all__ = ["bare", "figure", "pairs", "persons", "rates"]


def pairs(option: str, given: Sequence[str] | None) -> tuple[tuple[str, str], ...]:
    """Part ``KEY=VALUE``.

    Raises
    ------
    ParameterError
        There is no ``=``.

    Examples
    --------
    >>> pairs("--total", ["kind=all"])
    (('kind', 'all'),)
    """
    parted = [each.partition("=") for each in given or ()]
    for key, mark, value in parted:
        if not mark or not key or not value:
            raise ParameterError(f"{option} {key}{mark}{value}: KEY=VALUE was expected.")
    return tuple((key, value) for key, _, value in parted)


def rates(given: Sequence[str] | None) -> tuple[tuple[str, str, float], ...]:
    """Part ``RATE*OF`` and ``RATE*OF/UNIT``.

    Raises
    ------
    ParameterError
        There is no ``*``, or the unit is no number above 0.

    Examples
    --------
    >>> rates(["share*people/100"])
    (('share', 'people', 100.0),)
    """
    found = []
    for each in given or ():
        rate, mark, rest = each.partition("*")
        of, _, unit = rest.partition("/")
        if not (mark and rate and of):
            raise ParameterError(f"--rate {each}: RATE*OF or RATE*OF/UNIT was expected.")
        try:
            number = float(unit or 1)
        except ValueError:
            number = 0.0
        if number <= 0:
            raise ParameterError(f"--rate {each}: the unit {unit!r} is no number above 0.")
        found.append((rate, of, number))
    return tuple(found)


def bare(text: str) -> str:
    """Take away what a terminal would obey: names come from files."""
    return "".join(each for each in text if each.isprintable())


def figure(number: float, lang: str) -> str:
    """Write a bound; nothing bounds an infinite one."""
    from workbench.core.i18n import format_number

    if not math.isfinite(number):
        return "\N{INFINITY}"
    return format_number(number, 0 if number == round(number) else 2, lang)


def persons(found: Mapping[str, Any], say: Messages) -> Iterator[str]:
    """Tell what was found of persons in a file, a line each."""
    from workbench.core.i18n import format_number

    for each in found["identifiers"]:
        kind = say(f"disclosure.{each.kind}")
        sure = "disclosure.identifies" if each.sure else "disclosure.may_identify"
        yield say(sure, column=bare(each.column), kind=kind)
    if not found["identifiers"]:
        yield say("disclosure.no_identifier")
    told = found["anonymity"]
    if told is None:
        return
    yield say("disclosure.alike", count=told.k)
    if found["sensitive"]:
        yield say("disclosure.diverse", count=told.l, column=bare(found["sensitive"]))
    yield say("disclosure.exposed", count=told.exposed)
    for each in found["proposals"]:
        steps = ", ".join(f"{bare(name)}: {step}" for name, step in each["classes"].items())
        loss = format_number(100 * each["loss"], 0, say.lang)
        yield say("disclosure.proposal", steps=steps, loss=loss, k=str(each["k"]))
    if told.exposed and not found["proposals"]:
        yield say("disclosure.no_proposal")
