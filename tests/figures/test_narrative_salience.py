"""The front box shows what sets a territory apart, by the rule printed under it."""

from __future__ import annotations

from dataclasses import replace

from workbench.core.types import Quantity
from workbench.figures.salience import facts, near_duplicates
from workbench.indicators.reading import Reading

from .narrative_cases import (
    AGEING,
    DENSITY,
    ENGLISH,
    FLATS,
    FRANCE,
    FRENCH,
    HOUSES,
    LILLE,
    MEAN_AGE,
    MISSING,
    NORD,
    OLD,
    POPULATION,
    SUPPRESSED,
    VACANT,
    YOUNG,
    moved,
    read,
)

PLAIN = str.maketrans({"\u202f": " ", "\u00a0": " ", "’": "'"})


def chosen(*readings: Reading) -> list[str]:
    """Name the indicators of the box, in its order."""
    return [fact.reading.indicator.id for fact in facts(readings, FRENCH)]


def test_the_further_from_the_middle_the_sooner() -> None:
    assert chosen(
        read(YOUNG, NORD, 25.0, place=(20, 101, 0.8)),
        read(DENSITY, NORD, 454.6, place=(99, 101, 0.02)),
        read(VACANT, NORD, 9.0, place=(10, 101, 0.9)),
    ) == ["density", "vacant", "young"]


def test_ties_follow_the_declarations() -> None:
    assert chosen(
        read(YOUNG, NORD, 25.0, place=(11, 101, 0.9)),
        read(DENSITY, NORD, 454.6, place=(91, 101, 0.1)),
    ) == ["young", "density"]


def test_the_middle_half_of_the_ranking_is_no_fact() -> None:
    assert chosen(read(YOUNG, NORD, 25.0, place=(30, 101, 0.7))) == []


def test_a_level_within_the_noise_of_the_country_is_no_fact() -> None:
    readings = {
        noise: read(YOUNG, NORD, 25.0, france=24.0, noise=noise, place=(2, 101, 0.99))
        for noise in (0.9, 1.0)
    }
    assert chosen(readings[0.9]) == ["young"]
    assert chosen(readings[1.0]) == []


def test_two_facts_a_theme_at_most() -> None:
    assert chosen(
        read(YOUNG, NORD, 25.0, place=(1, 101, 1.0)),
        read(OLD, NORD, 17.0, place=(2, 101, 0.99)),
        read(AGEING, NORD, 70.0, place=(3, 101, 0.98)),
        read(VACANT, NORD, 9.0, place=(20, 101, 0.81)),
    ) == ["young", "old", "vacant"]


def test_complements_are_told_once() -> None:
    flats = read(FLATS, NORD, 36.9, place=(3, 101, 0.98))
    houses = read(HOUSES, NORD, 63.1, place=(99, 101, 0.02))
    vacant = read(VACANT, NORD, 9.0, place=(5, 101, 0.95))
    assert chosen(flats, houses, vacant) == ["flats", "vacant"]
    assert near_duplicates(flats, houses)
    assert near_duplicates(flats, replace(houses, value=Quantity(61.2)))  # 1.9 % of other kinds
    assert not near_duplicates(flats, replace(houses, value=vacant.value))


def test_a_number_and_its_share_are_told_once() -> None:
    share = replace(AGEING, numerator=OLD.numerator, denominator=YOUNG.numerator)
    assert chosen(
        read(OLD, NORD, 17.0, place=(2, 101, 0.99)), read(share, NORD, 70.0, place=(1, 101, 1.0))
    ) == ["ageing"]


def test_counts_are_told_once() -> None:
    dwellings = replace(POPULATION, id="dwellings", theme="housing")
    assert chosen(
        read(POPULATION, NORD, 2.6e6, place=(1, 101, 1.0)),
        read(dwellings, NORD, 1.2e6, place=(1, 101, 1.0)),
    ) == ["population"]


def test_a_change_beyond_its_noise_is_a_fact() -> None:
    young = read(YOUNG, FRANCE, 23.6, change=moved(-0.8, noise=0.2))
    still = read(MEAN_AGE, FRANCE, 50.0, change=moved(0.1, noise=0.2, unit="year_of_age"))
    (fact,) = facts([young, still], FRENCH)
    assert fact.score == 0.5 * (1 - 0.2 / 0.8)
    assert fact.sentence.translate(PLAIN) == (
        "La part des moins de 20 ans a diminué de 0,8 point entre 2015 et 2021."
    )
    assert fact.why.translate(PLAIN) == "variation supérieure à son incertitude : 0,38 sur 1"


def test_a_change_of_one_printed_digit_is_the_least_of_facts() -> None:
    changes = {"young": moved(0.1, noise=0.0), "vacant": moved(0.5, noise=0.0)}
    readings = [read(what, FRANCE, 20.0, change=changes[what.id]) for what in (YOUNG, VACANT)]
    assert [(fact.reading.indicator.id, fact.score) for fact in facts(readings, FRENCH)] == [
        ("vacant", 0.4),
        ("young", 0.0),
    ]


def test_a_level_that_counts_comes_before_any_change() -> None:
    assert chosen(
        read(YOUNG, NORD, 23.6, change=moved(-8.0, noise=0.1)),
        read(VACANT, NORD, 9.0, place=(26, 101, 0.75)),
    ) == ["vacant", "young"]


def test_absent_values_are_no_facts() -> None:
    assert (
        chosen(
            read(YOUNG, NORD, SUPPRESSED, place=(1, 101, 1.0)),
            read(OLD, NORD, MISSING, change=moved(3.0)),
        )
        == []
    )


def test_a_fact_says_its_value_its_reference_its_place_and_why() -> None:
    reading = read(YOUNG, NORD, 25.31, france=23.58, place=(12, 101, 0.89), noise=0.1)
    (french,), (english,) = facts([reading], FRENCH), facts([reading], ENGLISH)
    assert french.sentence.translate(PLAIN) == (
        "La part des moins de 20 ans est de 25,3 % en 2021, contre 23,6 % en France : le "
        "département se classe 12ᵉ sur 101."
    )
    assert french.why.translate(PLAIN) == (
        "12ᵉ sur 101 départements ; écart au milieu du classement : 0,78 sur 1"
    )
    assert english.sentence == (
        "The share of under-20s was 25.3% in 2021, compared with 23.6% in France: the département "
        "ranks 12th out of 101."
    )


def test_a_territory_with_nothing_to_compare_has_an_empty_box() -> None:
    assert facts([read(YOUNG, LILLE, 25.0)], FRENCH) == ()
