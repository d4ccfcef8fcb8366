"""Sentences say what the figures say, no more, in good French and English.

Expected texts have plain spaces and straight quotes; `said` sets the others back.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.core.types import Quantity, Status
from workbench.figures.narrative import (
    change_sentence,
    level_sentence,
    narrative,
    paragraphs,
    sentences,
    short_sentence,
)
from workbench.indicators.indicator import ValueClass
from workbench.indicators.reading import Reading

from .narrative_cases import (
    AGEING,
    DENSITY,
    ENGLISH,
    FAUCIGNY,
    FLATS,
    FRANCE,
    FRENCH,
    GROWTH,
    HAUTS_DE_FRANCE,
    HOUSES,
    LE_HAVRE,
    LILLE,
    MEAN_AGE,
    MISSING,
    NORD,
    NOT_APPLICABLE,
    OLD,
    POPULATION,
    SUPPRESSED,
    VACANT,
    YOUNG,
    moved,
    read,
)

PLAIN = str.maketrans({"\u202f": " ", "\u00a0": " ", "’": "'"})


def said(text: str) -> str:
    """Make a text easy to write in a test."""
    return text.translate(PLAIN)


LEVEL_SENTENCES = [
    (
        read(YOUNG, NORD, 25.31, region=25.02, france=23.58, noise=0.1),
        "Dans le département du Nord, la part des moins de 20 ans s'établit à 25,3 % en 2021, soit "
        "0,3 point de plus que dans la région Hauts-de-France (25,0 %) et 1,7 point de plus qu'en "
        "France (23,6 %).",
        "In the Nord département, the share of under-20s was 25.3% in 2021, 0.3 percentage points "
        "higher than in the Hauts-de-France région (25.0%) and 1.7 percentage points higher than "
        "in France (23.6%).",
    ),
    (
        read(YOUNG, NORD, 24.3, region=25.02, france=23.58, noise=0.1),
        "Dans le département du Nord, la part des moins de 20 ans s'établit à 24,3 % en 2021, soit "
        "0,7 point de moins que dans la région Hauts-de-France (25,0 %), mais 0,7 point de plus "
        "qu'en France (23,6 %).",
        "In the Nord département, the share of under-20s was 24.3% in 2021, 0.7 percentage points "
        "lower than in the Hauts-de-France région (25.0%), but 0.7 percentage points higher than "
        "in France (23.6%).",
    ),
    (
        read(YOUNG, LILLE, 25.2, region=25.0, france=23.0, noise=0.5),
        "À Lille, la part des moins de 20 ans s'établit à 25,2 % en 2021, soit un niveau proche de "
        "celui de la région Hauts-de-France (25,0 %), mais 2,2 points de plus qu'en France "
        "(23,0 %).",
        "In Lille, the share of under-20s was 25.2% in 2021, close to the level of the "
        "Hauts-de-France région (25.0%), but 2.2 percentage points higher than in France (23.0%).",
    ),
    (
        read(VACANT, LE_HAVRE, 8.0, region=8.02, france=8.1, noise=0.2),
        "Au Havre, la part des logements vacants s'établit à 8,0 % en 2021, soit un niveau proche "
        "de ceux de la région Hauts-de-France (8,0 %) et de la France (8,1 %).",
        "In Le Havre, the share of vacant dwellings was 8.0% in 2021, close to the levels of the "
        "Hauts-de-France région (8.0%) and of France (8.1%).",
    ),
    (
        read(DENSITY, FAUCIGNY, 454.6, region=188.5, france=106.2, period=2023),
        "Dans la communauté de communes Faucigny - Glières, la densité de population s'établit à "
        "454,6 habitants par km² en 2023, contre 188,5 dans la région Hauts-de-France et 106,2 en "
        "France.",
        "In the community of communes Faucigny - Glières, the population density was 454.6 "
        "inhabitants per km² in 2023, compared with 188.5 in the Hauts-de-France région and 106.2 "
        "in France.",
    ),
    (
        read(MEAN_AGE, NORD, 53.4, region=53.3, france=50.9, noise=0.5),
        "Dans le département du Nord, l'âge moyen des élus s'établit à 53,4 ans en 2021, soit un "
        "niveau proche de celui de la région Hauts-de-France (53,3), mais supérieur à celui de la "
        "France (50,9).",
        "In the Nord département, the average age of councillors was 53.4 years in 2021, close to "
        "the level of the Hauts-de-France région (53.3), but above the level of France (50.9).",
    ),
    (
        read(GROWTH, NORD, -0.3, france=0.3),
        "Dans le département du Nord, l'évolution annuelle de la population s'établit à −0,3 % par "
        "an en 2021, soit 0,6 point de moins qu'en France (+0,3 %).",
        "In the Nord département, the annual change of the population was −0.3% a year in 2021, "
        "0.6 percentage points lower than in France (+0.3%).",
    ),
    (
        read(POPULATION, FRANCE, 67408104, period=2023),
        "En France, la population s'établit à 67 408 104 habitants en 2023.",
        "In France, the population was 67,408,104 inhabitants in 2023.",
    ),
    (
        read(POPULATION, LILLE, 236234, region=5995292, france=67408104),
        "À Lille, la population s'établit à 236 234 habitants en 2021.",
        "In Lille, the population was 236,234 inhabitants in 2021.",
    ),
    (
        read(FLATS, LILLE, 0.0, region=29.1, france=43.9),
        "À Lille, la part des appartements est nulle en 2021, contre 43,9 % en France.",
        "In Lille, the share of flats was zero in 2021, compared with 43.9% in France.",
    ),
    (
        read(FLATS, LILLE, 0.02),
        "À Lille, la part des appartements est presque nulle (0,0 %) en 2021.",
        "In Lille, the share of flats was almost zero (0.0%) in 2021.",
    ),
    (
        read(FLATS, LILLE, Quantity(3.2, Status.ESTIMATED)),
        "À Lille, la part des appartements s'établit à 3,2 % (valeur estimée) en 2021.",
        "In Lille, the share of flats was 3.2% (estimate) in 2021.",
    ),
    (
        read(FLATS, LILLE, SUPPRESSED, france=43.9),
        "Le secret statistique interdit de publier la part des appartements.",
        "Statistical confidentiality rules out publishing the share of flats.",
    ),
    (
        read(FLATS, LILLE, MISSING),
        "Aucune donnée n'est disponible pour la part des appartements.",
        "No data are available for the share of flats.",
    ),
    (
        read(MEAN_AGE, LE_HAVRE, NOT_APPLICABLE),
        "Au Havre, il n'y a pas de valeur pour l'âge moyen des élus : la source n'y couvre pas "
        "ce sujet, ou le calcul y est sans objet.",
        "In Le Havre, there is no value for the average age of councillors: the source does not "
        "cover it there, or the calculation has no meaning.",
    ),
    (
        read(FLATS, LILLE, 30.0, region=SUPPRESSED, france=43.9),
        "À Lille, la part des appartements s'établit à 30,0 % en 2021, soit 13,9 points de moins "
        "qu'en France (43,9 %).",
        "In Lille, the share of flats was 30.0% in 2021, 13.9 percentage points lower than in "
        "France (43.9%).",
    ),
]


@pytest.mark.parametrize(("reading", "french", "english"), LEVEL_SENTENCES)
def test_a_level_is_said_with_its_references(reading: Reading, french: str, english: str) -> None:
    assert said(level_sentence(reading, FRENCH)) == french
    assert said(level_sentence(reading, ENGLISH)) == said(english)


@pytest.mark.parametrize(
    ("value", "noise"),
    [
        (23.9, 0.4),  # within the noise
        (23.64, 0.0),  # 23.6 as printed, like the reference
        (23.66, 0.0),  # 23.7 as printed, but only 0.02 away: a rounding, no difference
    ],
)
def test_a_difference_that_the_data_do_not_support_is_not_told(value: float, noise: float) -> None:
    sentence = said(level_sentence(read(YOUNG, NORD, value, france=23.64, noise=noise), FRENCH))
    assert "un niveau proche de celui de la France (23,6 %)" in sentence
    assert "point" not in sentence


STANDINGS = [
    ((1, 101, 1.0), (20, 25, 30), "C'est le niveau le plus élevé des 101 départements."),
    ((1, 101, 1.0), (20, 29.9, 30), "C'est l'un des niveaux les plus élevés des 101 départements."),
    ((1, 101, 0.9), (20, 30, 30), "C'est l'un des niveaux les plus élevés des 101 départements."),
    ((3, 101, 0.98), (20, 30, 32, 33), "C'est le 3ᵉ niveau le plus élevé des 101 départements."),
    ((12, 101, 0.89), (20, 30, 32, 33), "Le département se classe 12ᵉ sur 101."),
    ((95, 101, 0.06), (20, 30), "C'est l'un des niveaux les plus faibles des 101 départements."),
    ((101, 101, 0.0), (30, 32), "C'est le niveau le plus faible des 101 départements."),
]


@pytest.mark.parametrize(("place", "others", "expected"), STANDINGS)
def test_a_superlative_stands_clear_of_the_others(
    place: tuple[int, int, float], others: tuple[float, ...], expected: str
) -> None:
    reading = read(YOUNG, NORD, 30.0, france=23.6, noise=0.5, place=place, others=others)
    assert said(sentences(reading, FRENCH)[1]) == expected


def test_a_level_close_to_the_country_is_never_a_superlative() -> None:
    reading = read(YOUNG, NORD, 23.9, france=23.6, noise=0.5, place=(1, 101, 1.0))
    assert said(sentences(reading, FRENCH)[1]) == "Le département se classe 1ᵉʳ sur 101."


@pytest.mark.parametrize(
    ("place", "french", "english"),
    [
        (
            (300, 34969, 0.991),
            "La commune figure parmi les 1 % de communes où ce niveau est le plus élevé.",
            "The commune is among the 1% of communes where this level is highest.",
        ),
        (
            (34000, 34969, 0.04),
            "La commune figure parmi les 5 % de communes où ce niveau est le plus faible.",
            "The commune is among the 5% of communes where this level is lowest.",
        ),
    ],
)
def test_among_many_territories_a_share_replaces_the_rank(
    place: tuple[int, int, float], french: str, english: str
) -> None:
    reading = read(YOUNG, LILLE, 30.0, france=23.6, noise=0.5, place=place)
    assert said(sentences(reading, FRENCH)[1]) == french
    assert said(sentences(reading, ENGLISH)[1]) == english


def test_the_middle_of_many_territories_is_no_news() -> None:
    reading = read(YOUNG, LILLE, 30.0, france=23.6, place=(20000, 34969, 0.43))
    assert len(sentences(reading, FRENCH)) == 1


def test_a_count_is_ranked_and_not_compared() -> None:
    reading = read(POPULATION, LILLE, 236234, france=67e6, place=(1, 34969, 1.0))
    assert [said(text) for text in sentences(reading, FRENCH)] == [
        "À Lille, la population s'établit à 236 234 habitants en 2021.",
        "La commune se classe 1ʳᵉ sur 34 969.",
    ]


@pytest.mark.parametrize(
    ("amount", "unit", "french", "english"),
    [
        (
            -0.82,
            "percentage_point",
            "La part des moins de 20 ans a diminué de 0,8 point entre 2015 et 2021.",
            "The share of under-20s fell by 0.8 percentage points between 2015 and 2021.",
        ),
        (
            2.3,
            "percent",
            "La part des moins de 20 ans a augmenté de 2,3 % entre 2015 et 2021.",
            "The share of under-20s rose by 2.3% between 2015 and 2021.",
        ),
        (
            0.1,  # its noise
            "percentage_point",
            "La part des moins de 20 ans est stable entre 2015 et 2021.",
            "The share of under-20s was stable between 2015 and 2021.",
        ),
    ],
)
def test_a_change_is_told_beyond_its_noise(
    amount: float, unit: str, french: str, english: str
) -> None:
    reading = read(YOUNG, NORD, 25.3, change=moved(amount, unit=unit))
    assert said(change_sentence(reading, FRENCH)) == french
    assert said(change_sentence(reading, ENGLISH)) == english


def test_a_change_too_small_to_print_is_no_change() -> None:
    reading = read(YOUNG, NORD, 25.3, change=moved(0.04, noise=0.0))
    assert "stable" in change_sentence(reading, FRENCH)


@pytest.mark.parametrize(
    ("peers", "french", "english"),
    [
        (
            (22.1, 26.0),
            "Dans les 2 départements comparables, ce niveau va de 22,1 % à 26,0 %.",
            "Across the 2 comparable départements, it ranges from 22.1% to 26.0%.",
        ),
        (
            (22.1, 24.0),
            "Ce niveau dépasse ceux des 2 départements comparables (de 22,1 % à 24,0 %).",
            "This is above the 2 comparable départements (22.1% to 24.0%).",
        ),
        (
            (26.1, 27.0),
            "Ce niveau est en dessous de ceux des 2 départements comparables (de 26,1 % à 27,0 %).",
            "This is below the 2 comparable départements (26.1% to 27.0%).",
        ),
        (
            (22.1, 25.2),  # the second is within the noise
            "Dans les 2 départements comparables, ce niveau va de 22,1 % à 25,2 %.",
            "Across the 2 comparable départements, it ranges from 22.1% to 25.2%.",
        ),
    ],
)
def test_peers_give_a_range(peers: tuple[float, float], french: str, english: str) -> None:
    reading = read(YOUNG, NORD, 25.3, peers=peers, noise=0.3)
    assert said(sentences(reading, FRENCH)[-1]) == french
    assert said(sentences(reading, ENGLISH)[-1]) == english


def test_a_short_sentence_keeps_the_widest_reference_and_a_remarkable_place() -> None:
    reading = read(FLATS, NORD, 1.2, region=3.6, france=9.7, place=(98, 101, 0.02), others=[1, 1.2])
    assert said(short_sentence(reading, FRENCH, period=2021)) == (
        "La part des appartements est de 1,2 %, contre 9,7 % en France : c'est l'un des niveaux "
        "les plus faibles des 101 départements."
    )


def test_a_theme_names_its_territory_once() -> None:
    readings = [
        read(YOUNG, NORD, 25.31, region=25.02, france=23.58, change=moved(-0.82)),
        read(OLD, NORD, 17.94, region=18.84, france=20.87),
        read(AGEING, NORD, 70.9, region=75.3, france=88.5),
    ]
    (french,) = paragraphs(readings, FRENCH)
    assert said(french) == (
        "Dans le département du Nord, la part des moins de 20 ans s'établit à 25,3 % en 2021, soit "
        "0,3 point de plus que dans la région Hauts-de-France (25,0 %) et 1,7 point de plus qu'en "
        "France (23,6 %). Cette part a diminué de 0,8 point entre 2015 et 2021. La part des 65 ans "
        "ou plus est de 17,9 % et l'indice de vieillissement de 70,9, contre respectivement 20,9 % "
        "et 88,5 en France."
    )
    (english,) = paragraphs(readings, ENGLISH)
    assert said(english) == (
        "In the Nord département, the share of under-20s was 25.3% in 2021, 0.3 percentage points "
        "higher than in the Hauts-de-France région (25.0%) and 1.7 percentage points higher than "
        "in France (23.6%). This share fell by 0.8 percentage points between 2015 and 2021. The "
        "share of over-65s was 17.9% and the ageing index 70.9, compared with 20.9% and 88.5 "
        "respectively in France."
    )


def test_two_readings_close_to_the_country_are_told_together() -> None:
    readings = [
        read(VACANT, NORD, 8.0),
        read(FLATS, NORD, 43.8, france=43.9, noise=1.0),
        read(HOUSES, NORD, 55.3, france=55.2, noise=1.0),
    ]
    assert said(paragraphs(readings, FRENCH)[0]).endswith(
        "La part des appartements (43,8 %) et la part des maisons (55,3 %) sont proches des "
        "niveaux de la France (43,9 % et 55,2 %)."
    )


def test_later_paragraphs_call_the_territory_by_its_level() -> None:
    readings = [read(what, NORD, 20.0) for what in (YOUNG, OLD, AGEING, FLATS)]
    first, second = map(said, paragraphs(readings, FRENCH))
    assert first.startswith("Dans le département du Nord, la part des moins de 20 ans s'établit à")
    assert second.startswith("Dans le département, l'indice de vieillissement s'établit à 20,0 en")


def test_absent_values_come_last_with_their_reasons() -> None:
    readings = [
        read(FLATS, LILLE, SUPPRESSED),
        read(VACANT, LILLE, 8.0),
        read(HOUSES, LILLE, SUPPRESSED),
    ]
    told, reasons = map(said, paragraphs(readings, FRENCH))
    assert told == "À Lille, la part des logements vacants s'établit à 8,0 % en 2021."
    assert reasons == (
        "Le secret statistique interdit de publier la part des appartements et la part des maisons."
    )


def test_what_has_no_meaning_is_said_without_the_name_again() -> None:
    readings = [read(YOUNG, NORD, 20.0), read(OLD, NORD, NOT_APPLICABLE)]
    assert said(paragraphs(readings, FRENCH)[-1]) == (
        "Dans le département, il n'y a pas de valeur pour la part des 65 ans ou plus : "
        "la source n'y couvre pas ce sujet, ou le calcul y est sans objet."
    )


def test_the_same_place_at_another_level_is_no_reference() -> None:
    alone = replace(NORD, name=HAUTS_DE_FRANCE.name)
    assert said(level_sentence(read(DENSITY, alone, 10.0, region=10.0, france=5.0), ENGLISH)) == (
        "In the Hauts-de-France département, the population density was 10.0 inhabitants per km² "
        "in 2021, compared with 5.0 in France."
    )


def test_a_count_that_its_phrase_names_needs_no_unit() -> None:
    declared = replace(POPULATION, phrase={"fr": "le nombre d'habitants", "en": "the population"})
    reading = read(declared, LILLE, 236234)
    assert said(level_sentence(reading, FRENCH)).endswith("s'établit à 236 234 en 2021.")
    assert said(level_sentence(reading, ENGLISH)).endswith("was 236,234 inhabitants in 2021.")


def test_a_class_is_named_and_neither_compared_nor_ranked() -> None:
    classes = (ValueClass({"fr": "moins de 25"}), ValueClass({"fr": "25 ou plus"}, 25.0))
    declared = replace(DENSITY, classes=classes)
    reading = read(declared, NORD, 2.0, france=1.0, place=(1, 101, 0.8), peers=(1.0, 2.0))
    assert [said(text) for text in sentences(reading, FRENCH)] == [
        "Dans le département du Nord, la densité de population est « 25 ou plus » en 2021."
    ]


def test_a_declared_phrase_comes_before_the_label() -> None:
    declared = replace(POPULATION, phrase={"fr": "la population municipale"})
    assert said(level_sentence(read(declared, LILLE, 2), FRENCH)) == (
        "À Lille, la population municipale s'établit à 2 habitants en 2021."
    )


def test_themes_keep_the_order_of_the_readings() -> None:
    readings = [read(what, NORD, 20.0) for what in (FLATS, YOUNG, HOUSES)]
    assert list(narrative(readings, FRENCH)) == ["housing", "age"]
    assert paragraphs([], FRENCH) == ()
