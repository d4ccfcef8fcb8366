"""Sentences and paragraphs written from readings, as a good journalist would at a glance.

The same readings always give the same text. Every number comes from
:func:`~workbench.core.i18n.format_quantity` with the indicator's decimals, so it is the one that
tables print. The territory is named once in a theme, then called by its level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

from workbench.core.i18n import Lexicon, rounded
from workbench.core.types import Status
from workbench.figures import clauses, comparison
from workbench.indicators.reading import Reading

__all__ = [
    "change_sentence",
    "level_sentence",
    "narrative",
    "paragraphs",
    "sentences",
    "short_sentence",
]

Place = Literal["name", "level", ""]

# Readings told together: one opens, the others follow in a sentence or two.
PARAGRAPH = 3
# What may follow a level, in this order.
REMARKS = (clauses.standing, clauses.change_clause, clauses.peers_clause)


def level_sentence(reading: Reading, words: Lexicon, *, place: Place = "name") -> str:
    r"""Say a value, its period and how it compares, in one sentence.

    Parameters
    ----------
    reading : Reading
    words : Lexicon
        How the pack names its territories and levels.
    place : str
        Begin with the territory's ``"name"``, its ``"level"``, or neither.

    Examples
    --------
    >>> from workbench.core.types import Kind, Quantity, Territory
    >>> from workbench.indicators.indicator import Indicator
    >>> share = Indicator("share", "age", Kind.RATIO, "ratio", ("young",), ("all",), 100.0,
    ...     "percent", 1, "neutral", {"fr": "Part des moins de 20 ans"}, {})
    >>> lille = Territory("59350", "commune", "Lille", 2026)
    >>> level_sentence(Reading(share, lille, 2021, Quantity(24.06)), Lexicon("fr", {}))
    'À Lille, la part des moins de 20 ans s’établit à 24,1\u202f% en 2021.'
    """
    if not reading.value.known:
        return _absent([reading], words)
    clause = _in_period(clauses.level(reading, words), reading, words)
    clause = comparison.compared(clause, reading, words)
    return _sentence(_at_place(clause, reading, words, place=place), words)


def change_sentence(reading: Reading, words: Lexicon) -> str:
    """Say how an indicator changed, in one sentence; empty when it is not known."""
    subject = comparison.phrase(reading, words)
    return _sentence(clauses.change_clause(reading, words, subject=subject), words)


def sentences(reading: Reading, words: Lexicon, *, place: Place = "name") -> tuple[str, ...]:
    """Say all there is to say of one indicator: level, position, change, peers.

    Returns
    -------
    tuple of str
        Whole sentences, to be read in this order.
    """
    if not reading.value.known:
        return (_absent([reading], words),)
    return (level_sentence(reading, words, place=place), *_remarks(reading, words, REMARKS))


def paragraphs(readings: Sequence[Reading], words: Lexicon) -> tuple[str, ...]:
    """Tell the readings of one theme, three at most in a paragraph.

    The first reading of a paragraph is told in full; the next two follow in one sentence, or
    each in its own when their comparison or their place differs. Values that are not known
    come last, with the reason.

    Parameters
    ----------
    readings : sequence of Reading
        One territory, in order of declaration.
    words : Lexicon
    """
    known = [reading for reading in readings if reading.value.known]
    texts = [
        " ".join(_paragraph(group, words, opening=number == 0))
        for number, group in enumerate(_groups(known))
    ]
    reasons = " ".join(
        _absent(absent, words, place="level" if texts else "name")
        for status in (Status.SUPPRESSED, Status.MISSING, Status.NOT_APPLICABLE)
        if (absent := [reading for reading in readings if reading.value.status is status])
    )
    return (*texts, reasons) if reasons else tuple(texts)


def narrative(readings: Sequence[Reading], words: Lexicon) -> dict[str, tuple[str, ...]]:
    """Tell every theme, in the order of the readings.

    Returns
    -------
    dict of str to tuple of str
        Paragraphs by theme identifier.
    """
    themes = dict.fromkeys(reading.indicator.theme for reading in readings)
    return {
        theme: paragraphs([item for item in readings if item.indicator.theme == theme], words)
        for theme in themes
    }


def _groups(readings: Sequence[Reading]) -> Iterator[Sequence[Reading]]:
    """Split into paragraphs of like length: 4 makes 2 + 2, not 3 + 1."""
    count = -(-len(readings) // PARAGRAPH)
    edges = [round(number * len(readings) / count) for number in range(count + 1)] if count else []
    for start, stop in pairwise(edges):
        yield readings[start:stop]


def _remarks(
    reading: Reading, words: Lexicon, remarks: Sequence[Callable[[Reading, Lexicon], str]], /
) -> Iterator[str]:
    for remark in remarks:
        if clause := remark(reading, words):
            yield _sentence(clause, words)


def _paragraph(group: Sequence[Reading], words: Lexicon, *, opening: bool) -> Iterator[str]:
    first, *others = group
    # Peers are told once a theme: their range matters less and less as figures add up.
    remarks = REMARKS if opening else REMARKS[:-1]
    yield level_sentence(first, words, place="name" if opening else "level")
    yield from _remarks(first, words, remarks)
    if len(others) == 2 and (pair := _pair(others[0], others[1], words, period=first.period)):
        yield pair
        return
    for reading in others:
        yield short_sentence(reading, words, period=first.period)


def short_sentence(
    reading: Reading,
    words: Lexicon,
    *,
    period: int | None = None,
    place: Literal["remarkable", "any"] = "remarkable",
) -> str:
    """Say a value against the widest reference, with its place among the others.

    Parameters
    ----------
    reading : Reading
    words : Lexicon
    period : int, optional
        Period that the reader already knows of; another one is said.
    place : str
        Whether ``"any"`` place is said, or only a ``"remarkable"`` one.
    """
    clause = clauses.level(reading, words, message="narrative.level_short")
    if reading.period != period:
        clause = _in_period(clause, reading, words)
    clause = comparison.compared(clause, reading, words, against="widest")
    if place == "any" or clauses.is_superlative(reading):
        remark = clauses.standing(reading, words)
    else:
        remark = ""
    if remark:
        clause = words.say("narrative.remark", clause=clause, remark=remark)
    return _sentence(clause, words)


def _pair(first: Reading, second: Reading, words: Lexicon, *, period: int) -> str:
    """Tell two readings in one sentence, or nothing when they do not go together."""
    pair = (first, second)
    if any(
        item.period != period
        or clauses.is_superlative(item)
        or not rounded(item.value.value, item.indicator.decimals)
        or item.value.status is Status.ESTIMATED
        or item.indicator.classes
        for item in pair
    ):
        return ""
    values = {
        "first": comparison.phrase(first, words),
        "value": comparison.figure(first, first.value, words),
        "second": comparison.phrase(second, words),
        "value_other": comparison.figure(second, second.value, words),
    }
    widest = [comparison.comparisons(item)[-1:] for item in pair]
    if not any(widest):
        return _sentence(words.say("narrative.pair", **values), words)
    if not all(widest):
        return ""
    (one,), (other,) = widest
    together = (one.standing == "close") == (other.standing == "close")
    if not together or one.territory.code != other.territory.code:
        return ""
    values["reference"] = comparison.short_figure(first, one.value, words)
    values["reference_other"] = comparison.short_figure(second, other.value, words)
    if one.standing == "close":
        of = words.of(one.territory)
        return _sentence(words.say("narrative.pair_close", **values, of=of), words)
    place = words.within(one.territory)
    return _sentence(words.say("narrative.pair_versus", **values, place=place), words)


def _absent(readings: Sequence[Reading], words: Lexicon, *, place: Place = "name") -> str:
    """Say which values are not there, and why."""
    status = readings[0].value.status
    phrases = words.grammar.join([comparison.phrase(reading, words) for reading in readings])
    if status is Status.NOT_APPLICABLE:
        clause = words.say("narrative.not_applicable", phrases=phrases)
        clause = _at_place(clause, readings[0], words, place=place)
    else:
        clause = words.say(f"narrative.{status.name.lower()}", phrases=phrases)
    return _sentence(clause, words)


def _in_period(clause: str, reading: Reading, words: Lexicon) -> str:
    return words.say("narrative.in_period", clause=clause, period=str(reading.period))


def _at_place(clause: str, reading: Reading, words: Lexicon, *, place: Place) -> str:
    if not place:
        return clause
    territory = reading.territory
    where = words.within(territory) if place == "name" else words.within_noun(territory.level)
    return words.say("narrative.at_place", place=where, clause=clause)


def _sentence(clause: str, words: Lexicon) -> str:
    """Begin with a capital, end with a full stop, set the spaces of the language."""
    if not clause:
        return ""
    return words.grammar.typeset(f"{clause[:1].upper()}{clause[1:]}.")
