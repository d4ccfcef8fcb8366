"""Whatever the figures, a text prints only theirs, and is well set."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.i18n import Lexicon, format_number, rounded
from workbench.core.types import Kind, Quantity, Status
from workbench.figures.clauses import SHARES
from workbench.figures.narrative import narrative, sentences
from workbench.figures.salience import facts, rule
from workbench.indicators.indicator import Indicator
from workbench.indicators.reading import Change, Reading

from .narrative_cases import (
    AGEING,
    DENSITY,
    ENGLISH,
    FAUCIGNY,
    FLATS,
    FRENCH,
    GROWTH,
    HOUSES,
    LE_HAVRE,
    LILLE,
    MEAN_AGE,
    NORD,
    OLD,
    POPULATION,
    VACANT,
    YOUNG,
    read,
)

DECLARED = (POPULATION, DENSITY, GROWTH, YOUNG, OLD, AGEING, FLATS, HOUSES, VACANT, MEAN_AGE)
# A portrait is ten readings: thirty of them try three hundred.
portraits_tried = settings(max_examples=30, deadline=None)
NUMBER = re.compile(r"\d+(?:[\u202f.,]\d+)*")

absent = st.sampled_from([Quantity.absent(s) for s in Status if not s.has_value])
statuses = st.sampled_from([s for s in Status if s.has_value])
# Close values are frequent: the texts about likeness and noise are where care is needed.
numbers = st.one_of(
    st.sampled_from([0.0, 0.02, 20.0, 20.04, 20.06, 100.0]), st.floats(0, 1e6), st.floats(0, 40)
)
quantities = st.one_of(absent, st.builds(Quantity, numbers, statuses))


@st.composite
def readings(draw: st.DrawFn, declared: Indicator, territory: int) -> Reading:
    """Draw one reading of an indicator."""
    of = draw(st.sampled_from([1, 2, 18, 101, 34969]))
    rank = draw(st.integers(1, of))
    quantile = (of - rank) / (of - 1) if of > 1 else 0.5
    unit = "percent" if declared.kind is Kind.COUNT else "percentage_point"
    change = st.builds(
        Change,
        st.just(2015),
        st.just(2021),
        st.one_of(absent, st.builds(Quantity, st.floats(-50, 50))),
        st.just(unit),
        st.just(1),
        st.floats(0, 2),
    )
    return read(
        declared,
        (NORD, LILLE, LE_HAVRE, FAUCIGNY)[territory],
        draw(quantities),
        region=draw(st.none() | quantities),
        france=draw(st.none() | quantities),
        noise=draw(st.sampled_from([0.0, 0.05, 1.0])),
        place=draw(st.none() | st.just((rank, of, quantile))),
        others=draw(st.lists(st.floats(0, 40), max_size=4)),
        change=draw(st.none() | change),
        peers=draw(st.lists(numbers, max_size=2)),
        period=draw(st.sampled_from([2021, 2023])),
    )


portraits = st.integers(0, 3).flatmap(
    lambda territory: st.tuples(*(readings(declared, territory) for declared in DECLARED))
)


def texts(portrait: tuple[Reading, ...], words: Lexicon) -> list[str]:
    """Write everything there is to write of a portrait."""
    told = [text for theme in narrative(portrait, words).values() for text in theme]
    told += [text for reading in portrait for text in sentences(reading, words)]
    return told + [fact.sentence for fact in facts(portrait, words)]


def printed(portrait: tuple[Reading, ...], lang: str) -> set[str]:
    """List every number that a text may print, and those in labels."""
    decimals: set[tuple[Decimal, int]] = set()
    allowed = {"20", "65", *map(str, SHARES)}
    for reading in portrait:
        places = reading.indicator.decimals
        others = [*reading.references, *reading.peers]
        known = [quantity for _, quantity in others if quantity.known]
        if reading.value.known:
            value = rounded(reading.value.value, places)
            decimals.add((value, places))
            for quantity in known:
                other = rounded(quantity.value, places)
                decimals |= {(other, places), (value - other, places)}
        for place in reading.positions:
            decimals |= {(Decimal(place.rank), 0), (Decimal(place.of), 0)}
        decimals.add((Decimal(len(reading.peers)), 0))
        allowed.add(str(reading.period))
        if reading.change is not None:
            allowed |= {str(reading.change.since), str(reading.change.until)}
            if reading.change.amount.known:
                decimals.add((rounded(reading.change.amount.value, 1), 1))
    return allowed | {
        format_number(float(number), places, lang, sign="never") for number, places in decimals
    }


@pytest.mark.parametrize("words", [FRENCH, ENGLISH], ids=["fr", "en"])
@portraits_tried
@given(portrait=portraits)
def test_every_number_of_a_text_is_one_that_tables_print(
    words: Lexicon, portrait: tuple[Reading, ...]
) -> None:
    allowed = printed(portrait, words.lang)
    for text in texts(portrait, words):
        assert set(NUMBER.findall(text)) <= allowed, text


@pytest.mark.parametrize("words", [FRENCH, ENGLISH], ids=["fr", "en"])
@portraits_tried
@given(portrait=portraits)
def test_texts_are_well_set(words: Lexicon, portrait: tuple[Reading, ...]) -> None:
    for text in texts(portrait, words):
        assert text.endswith(".")
        assert not text.endswith("..")
        assert text[0] == text[0].upper()
        assert not re.search(r"\s\s|\s[.,]|\{|\}|'|nan|inf\b", text), text
        if words.lang == "fr":
            assert not re.search(r"(?<![\u202f])[;!?%]|(?<!\u00a0):", text), text
            assert not re.search(r"\b(?:de le|de les|à le|à les|de a|que [aeiouàé])\b", text), text


@portraits_tried
@given(portrait=portraits)
def test_the_same_readings_give_the_same_text(portrait: tuple[Reading, ...]) -> None:
    assert texts(portrait, FRENCH) == texts(portrait, FRENCH)


@portraits_tried
@given(portrait=portraits)
def test_the_box_keeps_its_rule(portrait: tuple[Reading, ...]) -> None:
    chosen = facts(portrait, FRENCH)
    assert len(chosen) <= 5
    scores = [fact.score for fact in chosen]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    themes = [fact.reading.indicator.theme for fact in chosen]
    assert all(themes.count(theme) <= 2 for theme in themes)
    assert sum(fact.reading.indicator.kind is Kind.COUNT for fact in chosen) <= 1
    assert all(fact.reading.value.known for fact in chosen)


def test_the_rule_is_stated_in_both_languages() -> None:
    assert "5 au plus" in rule(FRENCH)
    assert "3 at most" in rule(ENGLISH, count=3)
