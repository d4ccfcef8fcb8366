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
