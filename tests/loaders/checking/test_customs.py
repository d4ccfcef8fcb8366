"""Each check that a French schema asks for by name lets what is right pass, and finds the rest."""

from __future__ import annotations

import pytest

from workbench.loaders.checking.customs import CUSTOMS
from workbench.loaders.checking.hours import not_hours

# Name, what it is told, columns, a row that is right, a row that is wrong, the rule it breaks.
CASES = [
    ("french-siren-value", {"column": "a"}, "a,z", "217500016,1", "217500017,1", "siren_key"),
    ("french-siren-value", {"column": "a"}, "a,z", ",1", "2175,1", "siren_form"),
    (
        "french-siret-value",
        {"column": "a"},
        "a,z",
        "21590350100017,1",
        "21590350100018,1",
        "siret_key",
    ),
    ("one-of-required", {"column1": "a", "column2": "b"}, "a,b,z", "x,,1", ",,1", "one_of"),
    ("one-of-required", {"column": "a", "column2": "b"}, "a,b,z", ",x,1", ",,1", "one_of"),
    ("one-of-required", {"column": "a", "column2": "absent"}, "a,z", "x,1", ",1", "one_of"),
    (
        "cohesive-columns-value",
        {"column": "a", "othercolumns": ["b"]},
        "a,b,z",
        ",,1",
        "x,,1",
        "together",
    ),
    (
        "sum-columns-value",
        {"column": "a", "columns": ["b", "c"]},
        "a,b,c,z",
        "3,1,2,1",
        "4,1,2,1",
        "sum",
    ),
    (
        "compare-columns-value",
        {"column": "a", "column2": "b", "op": ">="},
        "a,b,z",
        "10,9,1",
        "9,10,1",
        "compare",
    ),
    (
        "compare-columns-value",
        {"column": "a", "column2": "b", "op": "<"},
        "a,b,z",
        "2024-01-31,2024-02-01,1",
        "2024-02-01,2024-02-01,1",
        "compare",
    ),
    (
        "year-interval-value",
        {"column": "a", "allow-year-only": "yes"},
        "a,z",
        "2017,1",
        "2018/2017,1",
        "years",
    ),
    ("year-interval-value", {"column": "a"}, "a,z", "2017/2018,1", "2017,1", "years_two"),
    ("phone-number-value", {"column": "a"}, "a,z", "01 23 45 67 89,1", "01 23 45 67,1", "phone"),
    ("phone-number-value", {"column": "a"}, "a,z", "+33 1 23 45 67 89,1", "+33 1 23,1", "phone"),
    ("phone-number-value", {"column": "a"}, "a,z", "+32 2 555 12 12,1", "poste 12,1", "phone"),
    ("phone-number-value", {"column": "a"}, "a,z", "3949,1", "0000000000,1", "phone"),
    (
        "opening-hours-value",
        {"column": "a"},
        "a,z",
        "Mo-Fr 08:00-18:00; Sa off,1",
        "Lu-Ve 8h-18h,1",
        "hours",
    ),
    (
        "nomenclature-actes-value",
        {"column": "a"},
        "a,z",
        "Finances locales/subventions,1",
        "Finances/subventions,1",
        "acts",
    ),
    (
        "nomenclature-actes-value",
        {"column": "a"},
        "a,z",
        "libertes publiques et pouvoirs de police/police,1",
        "urbanisme / permis,1",
        "acts",
    ),
    (
        "french-gps-coordinates",
        {"column": "a"},
        "a,z",
        '"3.06,50.63",1',
        '"50.63,3.06",1',
        "place_turned",
    ),
    (
        "french-gps-coordinates",
        {"column": "a"},
        "a,z",
        '"[55.45,-20.88]",1',
        '"[-74.0,40.7]",1',
        "place_nowhere",
    ),
]


def test_all_the_checks_are_tried():
    assert {case[0] for case in CASES} == set(CUSTOMS)


@pytest.mark.parametrize(("name", "words", "heads", "good", "wrong", "rule"), CASES)
def test_a_check_finds_what_is_wrong_and_nothing_else(
    checked, told, name, words, heads, good, wrong, rule
):
    fields = [{"name": head} for head in heads.split(",")]
    asked = [{"name": name, "params": words}]
    found = checked(f"{heads}\n{good}\n{wrong}\n", fields, custom_checks=asked)
    assert [each[:2] for each in told(found)] == [(rule, 3)]
    assert (found.rows, found.set_aside) == (2, 1)
    assert found.problems[0].reason
    assert found.problems[0].repair


def test_a_check_that_is_not_known_is_told_with_the_nearest(checked):
    asked = [{"name": "french-siret", "params": {"column": "a"}}]
    (problem,) = checked("a\nx\n", [{"name": "a"}], custom_checks=asked).problems
    assert not problem.fatal
    assert "french-siret (the nearest: french-siret-value" in problem.reason


def test_a_comparison_without_one_of_its_columns_is_told(checked, told):
    asked = [{"name": "sum-columns-value", "params": {"column": "a", "columns": ["b", "c"]}}]
    found = checked("a,b\n3,1\n", [{"name": "a"}, {"name": "b"}], custom_checks=asked)
    assert told(found) == [("uncompared", None, "c", "")]


@pytest.mark.parametrize(
    "text",
    [
        "24/7",
        "Mo-Su,PH 06:00-23:00",
        "Apr-Oct: Mo-Fr 10:00-18:00",
        "Mo-Fr 08:00-12:00, Sa 09:00-12:00",
        "Mo[1] 09:00-12:00",
        "week 1-53/2 Fr 09:00-12:00",
        "2024 Jan 01-2024 Feb 01 off",
        "Jan-Mar off || unknown",
        '"on appointment"',
        "sunrise-(sunset+01:00)",
        "Fr 22:00-06:00",
    ],
)
def test_hours_of_openstreetmap_are_read(text):
    assert not_hours([text]) == frozenset()


@pytest.mark.parametrize("text", ["", ";", "lundi", "8h-18h", "Mo-Fr 08:00-25:70", "24h/24", "Mo-"])
def test_hours_that_are_not_so_written_are_found(text):
    assert not_hours([text]) == {text}


def test_hours_of_any_length_are_read_at_once():
    """A comma may part times, days or rules: it is not tried in every way."""
    assert not_hours(["Mo, " * 5000 + "x"])
