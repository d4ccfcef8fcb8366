"""Compare a reading with its references, and say so.

A difference is told only when it exceeds the noise of both figures *and* can be seen on the
printed ones; the amount told is the difference of the printed figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from workbench.core.i18n import Lexicon, format_quantity, rounded, unit
from workbench.core.types import Kind, Quantity, Territory
from workbench.indicators.reading import Reading

__all__ = [
    "Comparison",
    "Standing",
    "compare",
    "compared",
    "comparisons",
    "figure",
    "phrase",
    "short_figure",
]

Standing = Literal["above", "below", "close"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compare a reading with one reference.

    ``difference`` is that of the printed figures, so that a reader finds it again.
    """

    territory: Territory
    value: Quantity
    standing: Standing
    difference: Decimal


def phrase(reading: Reading, words: Lexicon, /) -> str:
    """Return the noun phrase of the indicator (*la part des moins de 20 ans*)."""
    declared = reading.indicator.phrase.get(words.lang)
    return declared or words.grammar.noun_phrase(reading.indicator.label[words.lang])


def figure(reading: Reading, quantity: Quantity, words: Lexicon) -> str:
    """Write a value in full (*94,3 habitants par km²*), but a count that its phrase names."""
    indicator = reading.indicator
    form: Literal["name", "bare"] = "name"
    if words.grammar.counts(phrase(reading, words)):
        form = "bare"
    return format_quantity(quantity, indicator.unit, indicator.decimals, words.lang, form=form)


def short_figure(reading: Reading, quantity: Quantity, words: Lexicon) -> str:
    """Write a value beside one whose unit has been said; percentages keep their sign."""
    indicator = reading.indicator
    form: Literal["symbol", "bare"] = "symbol" if unit(indicator.unit).difference else "bare"
    return format_quantity(quantity, indicator.unit, indicator.decimals, words.lang, form=form)


def compare(reading: Reading, territory: Territory, quantity: Quantity) -> Comparison:
    """Compare the value with another one, both known.

    Notes
    -----
    Close: the difference is at most the noise, or too small to be seen with the decimals printed.
    """
    decimals = reading.indicator.decimals
    exact = reading.value.value - quantity.value
    printed = rounded(reading.value.value, decimals) - rounded(quantity.value, decimals)
    noise = reading.noises.get(territory.code, reading.noise)
    standing: Standing = "above" if exact > 0 else "below"
    if abs(exact) <= noise or not printed or not rounded(exact, decimals):
        standing = "close"
    return Comparison(territory, quantity, standing, abs(printed))


def comparisons(reading: Reading) -> tuple[Comparison, ...]:
    """Compare with the nearest and the widest reference that have a figure.

    Counts are not compared: a part is smaller than the whole, which is no news. Nor are classes,
    whose numbers only order them.
    """
    indicator = reading.indicator
    if indicator.kind is Kind.COUNT or indicator.classes or not reading.value.known:
        return ()
    known = [pair for pair in reading.references if pair[1].known and not _itself(reading, *pair)]
    ends = known[:1] + known[1:][-1:]
    return tuple(compare(reading, *pair) for pair in ends)


def _itself(reading: Reading, place: Territory, value: Quantity) -> bool:
    """Tell whether a reference is the same place at another level (a région of one département)."""
    return place.name == reading.territory.name and value.value == reading.value.value


def compared(clause: str, reading: Reading, words: Lexicon, *, against: str = "both") -> str:
    """Add to a clause how the value compares.

    Parameters
    ----------
    clause : str
    reading : Reading
    words : Lexicon
    against : str
        ``"both"``, the nearest and the widest reference, in full; ``"widest"``, in short.
    """
    found = comparisons(reading)
    if not found:
        return clause
    short = against == "widest" or reading.value.value == 0
    if short:
        found = found[-1:]
    apart = all(item.standing != "close" for item in found)
    if apart and (short or not unit(reading.indicator.unit).difference):
        return _versus(clause, found, reading, words)
    return words.say("narrative.compared", clause=clause, comparison=_judged(found, reading, words))


def _versus(clause: str, found: tuple[Comparison, ...], reading: Reading, words: Lexicon) -> str:
    """Put the references' values beside the territory's."""
    sides = [(short_figure(reading, x.value, words), words.within(x.territory)) for x in found]
    (value, place), *others = sides
    if not others:
        return words.say("narrative.versus", clause=clause, value=value, place=place)
    ((value_other, place_other),) = others
    return words.say(
        "narrative.versus_both",
        clause=clause,
        value=value,
        place=place,
        value_other=value_other,
        place_other=place_other,
    )


def _judged(found: tuple[Comparison, ...], reading: Reading, words: Lexicon) -> str:
    """Say how far the value stands from each reference."""
    if len(found) == 2 and all(item.standing == "close" for item in found):
        first, last = found
        both = words.say(
            "narrative.close_both",
            of=words.of(first.territory),
            value=short_figure(reading, first.value, words),
            of_other=words.of(last.territory),
            value_other=short_figure(reading, last.value, words),
        )
        return words.say("narrative.a_level", judgement=both)
    texts: list[str] = []
    said_level = False
    for item in found:
        text, is_level = _judgement(item, reading, words)
        # "un niveau" is said once: « un niveau supérieur à celui…, mais proche de celui… ».
        fresh = is_level and not said_level
        texts.append(words.say("narrative.a_level", judgement=text) if fresh else text)
        said_level = said_level or is_level
    if len(texts) == 1:
        return texts[0]
    joint = "and" if found[0].standing == found[1].standing else "but"
    return words.say(f"narrative.{joint}", first=texts[0], second=texts[1])


def _judgement(item: Comparison, reading: Reading, words: Lexicon) -> tuple[str, bool]:
    """Say one comparison, and whether it speaks of a level rather than of a difference."""
    value = short_figure(reading, item.value, words)
    difference_unit = unit(reading.indicator.unit).difference
    if item.standing == "close" or not difference_unit:
        of = words.of(item.territory)
        return words.say(f"narrative.{item.standing}", of=of, value=value), True
    difference = format_quantity(
        Quantity(float(item.difference)),
        difference_unit,
        reading.indicator.decimals,
        words.lang,
        form="name",
        sign="never",
    )
    than = words.grammar.than(words.within(item.territory))
    message = "narrative.more" if item.standing == "above" else "narrative.less"
    return words.say(message, difference=difference, than=than, value=value), False
