"""The front box: the most salient facts of a territory, chosen by a stated rule.

The rule is printed under the box (:func:`rule`). A fact is either a level or a change.

1. A level scores twice the distance between its national quantile and the middle: 0 in the
   middle of the ranking, 1 at an end. It counts in the outer quarters only (a score of `EDGE`),
   and when it is not within the noise of the widest reference.
2. A change beyond its noise scores `EDGE` x (1 - least / amount), where the least is its noise,
   or one unit of the last digit printed if that is more: the clearer, the more, and never more
   than a level that counts. Every territory changes; fewer stand apart.
3. At most `PER_THEME` facts a theme, and one among near-duplicates (`near_duplicates`).
4. Ties go to the indicator declared first, and to its level before its change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.core.i18n import Lexicon, format_number
from workbench.core.types import Kind
from workbench.figures import clauses, comparison
from workbench.figures.narrative import change_sentence, short_sentence
from workbench.indicators.reading import Reading

__all__ = ["EDGE", "PER_THEME", "Fact", "facts", "near_duplicates", "rule"]

EDGE = 0.5
PER_THEME = 2
REMAINDER = 0.02
SCORE_DECIMALS = 2


@dataclass(frozen=True)
class Fact:
    """Hold one salient fact.

    Parameters
    ----------
    reading : Reading
    sentence : str
        A whole sentence, to be read under the territory's name.
    score : float
        From 0 to 1.
    why : str
        Why it was chosen, in the reader's language.
    """

    reading: Reading
    sentence: str
    score: float
    why: str


def facts(readings: Sequence[Reading], words: Lexicon, *, count: int = 5) -> tuple[Fact, ...]:
    """Choose the most salient facts, best first.

    Parameters
    ----------
    readings : sequence of Reading
        One territory, in order of declaration.
    words : Lexicon
    count : int
        How many at most; fewer when fewer qualify.
    """
    ranked = sorted(_candidates(readings), key=lambda item: -item[0])
    chosen: list[Fact] = []
    themes: Counter[str] = Counter()
    for score, is_change, reading in ranked:
        if len(chosen) == count:
            break
        theme = reading.indicator.theme
        if themes[theme] == PER_THEME:
            continue
        if any(near_duplicates(reading, fact.reading) for fact in chosen):
            continue
        themes[theme] += 1
        chosen.append(_fact(reading, words, score=score, is_change=is_change))
    return tuple(chosen)


def rule(words: Lexicon, *, count: int = 5) -> str:
    """State the rule, as a note under the box."""
    edge = format_number(EDGE, 1, words.lang)
    return words.say("narrative.rule", count=count, edge=edge)


def near_duplicates(one: Reading, other: Reading) -> bool:
    """Tell whether two readings would say the same thing twice.

    They do when they are of the same indicator; both counts, whose places tell the size of the
    territory; of one theme and the same numerator (a number and its share); or of the same
    denominator and they share a numerator or are complements (flats and houses).

    Notes
    -----
    Complements: values that add up to the scale (100 %), to within `REMAINDER` of it.
    """
    first, second = one.indicator, other.indicator
    if first.id == second.id or first.kind is second.kind is Kind.COUNT:
        return True
    alike = set(first.numerator) == set(second.numerator) and first.where == second.where
    if alike and first.theme == second.theme:
        return True
    if not first.denominator or set(first.denominator) != set(second.denominator):
        return False
    if set(first.numerator) & set(second.numerator):
        return True
    if first.scale != second.scale or not (one.value.known and other.value.known):
        return False
    return abs(one.value.value + other.value.value - first.scale) <= REMAINDER * first.scale


def _candidates(readings: Sequence[Reading]) -> Iterator[tuple[float, bool, Reading]]:
    """List scores, in the order that settles ties."""
    for reading in readings:
        if not reading.value.known:
            continue
        place = clauses.country_position(reading)
        close = any(item.standing == "close" for item in comparison.comparisons(reading)[-1:])
        if place is not None and not close:
            score = 2 * abs(place.quantile - 0.5)
            if score >= EDGE:
                yield score, False, reading
        change = reading.change
        if change is not None and clauses.changed(reading) in ("above", "below"):
            least = max(change.noise, 10.0**-change.decimals)
            yield EDGE * max(0.0, 1 - least / abs(change.amount.value)), True, reading


def _fact(reading: Reading, words: Lexicon, *, score: float, is_change: bool) -> Fact:
    shown = format_number(score, SCORE_DECIMALS, words.lang)
    place = clauses.country_position(reading)
    if is_change or place is None:
        why = words.say("narrative.why_change", score=shown)
        return Fact(reading, change_sentence(reading, words), score, why)
    grammar = words.grammar
    gender = grammar.gender(words.noun(reading.territory.level, "the"))
    why = words.say(
        "narrative.why_position",
        rank=grammar.ordinal(place.rank, gender=gender, group=grammar.GROUP),
        of=format_number(place.of, 0, words.lang),
        levels=words.noun(reading.territory.level, "many"),
        score=shown,
    )
    return Fact(reading, short_sentence(reading, words, place="any"), score, why)
