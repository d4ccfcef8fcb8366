"""Clauses that sentences are made of: level, position, change, peers.

Each is a pure function of one reading, and says no more than the figures support: a superlative
needs a value that stands clear of the others, a change one that exceeds its noise.
"""

from __future__ import annotations

import numpy as np

from workbench.core.i18n import Lexicon, format_number, format_quantity, rounded
from workbench.core.types import Kind, Quantity, Status
from workbench.figures.comparison import (
    Standing,
    compare,
    comparisons,
    figure,
    phrase,
    short_figure,
)
from workbench.indicators.reading import Position, Reading

__all__ = [
    "change_clause",
    "changed",
    "country_position",
    "is_superlative",
    "level",
    "peers_clause",
    "standing",
]

# Above this many territories a rank in the middle tells a reader nothing; shares do.
RANKED_UP_TO = 200
SHARES = (1, 5, 10)
# Ranks and quantiles from which a place is told with a superlative.
LEADERS = 10
EDGE = 0.1


def level(reading: Reading, words: Lexicon, *, message: str = "narrative.level") -> str:
    """Say the value: *la part des moins de 20 ans s'établit à 25,3 %*."""
    subject, value = phrase(reading, words), reading.value
    if classes := reading.indicator.classes:
        named = classes[round(value.value) - 1].label[words.lang]
        return words.say("narrative.level_class", phrase=subject, value=named)
    gender = words.grammar.gender(subject)
    if value.value == 0:
        return words.say("narrative.level_zero", form=gender, phrase=subject)
    text = figure(reading, value, words)
    if not rounded(value.value, reading.indicator.decimals):
        almost = "narrative.level_almost_zero"
        return words.say(almost, form=gender, phrase=subject, value=text)
    # An apportioned value is exact in total: tables and caveats say so, sentences need not.
    if value.status is Status.ESTIMATED:
        text = words.say("narrative.value_estimated", value=text)
    return words.say(message, phrase=subject, value=text)


def country_position(reading: Reading) -> Position | None:
    """Return the position among all territories of the level, if there are others.

    A class has none: most territories share it.
    """
    if reading.indicator.classes:
        return None
    found = next((item for item in reading.positions if item.among == "country"), None)
    return found if found is not None and found.of > 2 else None


def _alone(reading: Reading) -> bool:
    """Tell whether no other territory's value lies within the noise of this one's."""
    known, value = reading.distribution, reading.value.value
    if not known.size:
        return reading.noise == 0
    first = np.searchsorted(known, value - reading.noise, side="left")
    return int(np.searchsorted(known, value + reading.noise, side="right") - first) <= 1


def standing(reading: Reading, words: Lexicon) -> str:
    """Say the place among all territories of the level; empty when there is nothing to say."""
    place = country_position(reading)
    if place is None or not reading.value.known:
        return ""
    message = _standing_message(reading, place)
    level_id = reading.territory.level
    if message in ("top_share", "bottom_share"):
        return _share(reading, place, words, message=message)
    if not message:
        return ""
    of, levels = format_number(place.of, 0, words.lang), words.noun(level_id, "many")
    if message in ("nth_highest", "ranked"):
        the_level = words.noun(level_id, "the")
        # A level « niveau » is masculine; a territory takes the gender of its level.
        gender = words.grammar.gender(the_level) if message == "ranked" else "m"
        rank = words.grammar.ordinal(place.rank, gender=gender, group=words.grammar.GROUP)
        if message == "ranked":
            return words.say("narrative.ranked", the_level=the_level, rank=rank, of=of)
        return words.say("narrative.nth_highest", rank=rank, of=of, levels=levels)
    return words.say(f"narrative.{message}", of=of, levels=levels)


def is_superlative(reading: Reading) -> bool:
    """Tell whether the place is worth a mention of its own."""
    place = country_position(reading)
    if place is None or not reading.value.known:
        return False
    return _standing_message(reading, place) not in ("", "ranked")


def _standing_message(reading: Reading, place: Position) -> str:
    """Choose what may be said of a position.

    A superlative needs a value that stands clear of the widest reference, and *the* highest
    one that stands clear of every other territory.
    """
    many = place.of > RANKED_UP_TO
    leads = place.rank <= LEADERS and place.quantile >= 1 - EDGE
    ranked = "ranked" if not many else ""
    if reading.indicator.kind is Kind.COUNT:
        return "ranked" if leads or not many else _share_message(place)
    if any(item.standing == "close" for item in comparisons(reading)[-1:]):
        return ranked
    alone = _alone(reading)
    if alone and place.rank == 1:
        return "highest"
    if alone and place.quantile == 0:
        return "lowest"
    if leads and (alone or not many):
        return "nth_highest" if alone else "among_highest"
    if many:
        return _share_message(place)
    return "among_lowest" if place.quantile <= EDGE else ranked


def _share_message(place: Position) -> str:
    if place.quantile >= 1 - SHARES[-1] / 100:
        return "top_share"
    return "bottom_share" if place.quantile <= SHARES[-1] / 100 else ""


def _share(reading: Reading, place: Position, words: Lexicon, *, message: str) -> str:
    """Say that the territory is among so many percent of its level."""
    edge = 1 - place.quantile if message == "top_share" else place.quantile
    share = next(share for share in SHARES if edge <= share / 100)
    counted = "_count" if reading.indicator.kind is Kind.COUNT else ""
    return words.say(
        f"narrative.{message}{counted}",
        the_level=words.noun(reading.territory.level, "the"),
        share=format_quantity(Quantity(share), "percent", 0, words.lang),
        of_levels=words.of_noun(reading.territory.level, "many"),
    )


def peers_clause(reading: Reading, words: Lexicon) -> str:
    """Say where the value stands among the peers' ones; empty below two known peers."""
    known = [pair for pair in reading.peers if pair[1].known]
    indicator = reading.indicator
    if len(known) < 2 or not reading.value.known:
        return ""
    if indicator.kind is Kind.COUNT or indicator.classes:
        return ""
    ordered = sorted(known, key=lambda pair: pair[1].value)
    low, high = (short_figure(reading, ordered[end][1], words) for end in (0, -1))
    of = format_number(len(known), 0, words.lang)
    levels = words.noun(reading.territory.level, "many")
    if low == high:
        return words.say("narrative.peers_alike", of=of, levels=levels, low=low)
    standings = {compare(reading, *pair).standing for pair in known}
    side = next(iter(standings)) if len(standings) == 1 else "close"
    message = {"above": "peers_above", "below": "peers_below", "close": "peers_within"}[side]
    return words.say(f"narrative.{message}", of=of, levels=levels, low=low, high=high)


def changed(reading: Reading) -> Standing | None:
    """Tell which way the value went, ``"close"`` when it is not beyond the noise."""
    change = reading.change
    if change is None or not change.amount.known:
        return None
    amount = change.amount.value
    if abs(amount) <= change.noise or not rounded(amount, change.decimals):
        return "close"
    return "above" if amount > 0 else "below"


def change_clause(reading: Reading, words: Lexicon, *, subject: str = "") -> str:
    """Say how the value changed between two periods; empty when it is not known.

    Parameters
    ----------
    reading : Reading
    words : Lexicon
    subject : str
        What changed, by default the indicator taken up again (*cette part*).
    """
    direction, change = changed(reading), reading.change
    if direction is None or change is None or reading.indicator.classes:
        return ""
    subject = subject or words.grammar.this(phrase(reading, words))
    since, until = str(change.since), str(change.until)
    if direction == "close":
        return words.say("narrative.stable", subject=subject, since=since, until=until)
    amount = format_quantity(
        Quantity(abs(change.amount.value)),
        change.unit,
        change.decimals,
        words.lang,
        form="name",
        sign="never",
    )
    message = "narrative.rose" if direction == "above" else "narrative.fell"
    return words.say(message, subject=subject, amount=amount, since=since, until=until)
