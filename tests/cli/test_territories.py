"""Territories are found by name, code or postcode, and told."""

from __future__ import annotations

import pytest


def test_a_name_is_found_without_accents(workbench):
    ended = workbench("territories", "find", "st etienne", "--limit", 1, "--json")
    assert [(t["code"], t["name"]) for t in ended.json] == [("42218", "Saint-Étienne")]


def test_a_postcode_finds_its_commune_with_what_holds_it(workbench):
    ended = workbench("territories", "find", "59800")
    assert ended.out.splitlines()[1].split() == ["59350", "Lille", "commune", "Nord"]


def test_nothing_found_ends_with_1(workbench):
    ended = workbench("territories", "find", "zzzz", "--json")
    assert (ended.code, ended.json) == (1, [])
    assert ended.err == "Error: nothing is named 'zzzz' on the map of 2026.\n"


def test_an_unknown_level_names_the_nearest(workbench):
    ended = workbench("territories", "find", "lille", "--level", "comune")
    assert ended.code == 2
    assert "nearest: commune" in ended.err


def test_lille_is_told(workbench):
    lille = workbench("territories", "show", "59350", "--json").json
    assert lille["population"] == {"value": 238246, "period": 2023}
    assert lille["parents"]["departement"] == "59"
    assert lille["postcodes"] == ["59000", "59160", "59260", "59777", "59800"]
    assert [f["name"] for f in lille["former"]] == ["Hellemmes-Lille", "Lomme"]
    assert lille["children"] == {"iris": 110}


def test_a_region_is_told_in_words(workbench):
    lines = workbench("territories", "show", "11", "--level", "region").out.splitlines()
    assert lines[0] == "Île-de-France (region 11)"
    assert "1 266 commune, 11 ept, 52 epci, 8 departement" in lines[3]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("11", "used at several levels: departement, region"),
        ("1001", "it lost its leading zero, write '01001'"),
        ("99999", "Search with `workbench territories find`"),
    ],
)
def test_a_code_that_names_no_one_territory_ends_with_2(workbench, code, told):
    ended = workbench("territories", "show", code)
    assert ended.code == 2
    assert told in ended.err


def test_another_country_is_told_too(workbench, tiny):
    county = workbench("territories", "show", "A", "--pack", tiny, "--json").json
    assert county["population"] == {"value": 630, "period": 2023}
    assert county["children"] == {"town": 3}


def test_a_history_is_told_in_the_language_asked_for(workbench):
    ended = workbench("territories", "history", "59355", "--lang", "en")
    lines = [line.rstrip() for line in ended.out.splitlines()]
    assert lines == [
        "Lomme (59355)",
        "Map of 1943       Lomme, code 59355.",
        "27 February 2000  Joins Lille (59350). Becomes an associated commune.",
        "Map of 2026       Associated commune, within Lille (59350).",
    ]


def test_a_history_in_json_says_which_days_are_exact(workbench):
    told = workbench("territories", "history", "12218", "--json").json
    assert (told["code"], told["name"]) == ("12218", "Conques-en-Rouergue")
    assert [(m["date"], m["kind"], m["exact"]) for m in told["moments"]] == [
        ("1943-01-01", "start", True),
        ("2016-01-01", "merger", True),
        ("2025-01-01", "code_change", False),
        ("2026-01-01", "now", True),
    ]
    assert "Saint-Cyprien-sur-Dourdou" in told["notes"][0]


def test_the_history_of_no_one_ends_with_2(workbench):
    ended = workbench("territories", "history", "1001")
    assert (ended.code, ended.err) == (
        2,
        "Error: Code '1001' lost its leading zero: write '01001'.\n",
    )


def test_a_pack_without_events_says_so(workbench, tiny):
    ended = workbench("territories", "history", "A-001", "--pack", tiny)
    assert ended.code == 2
    assert "Pack tiny tells no event" in ended.err
