"""Zones of one's own are counted from a file."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def table(tmp_path):
    """Lille, half of Villeneuve-d'Ascq, and Arras."""
    path = tmp_path / "zones.csv"
    path.write_text("code,zone,weight\n59350,A,1\n59009,A,0.5\n62041,B,1\n", "utf-8")
    return path


def test_zones_of_a_table_are_counted_with_their_bounds(workbench, table):
    lines = workbench("territories", "zone", table, "--lang", "en").out.splitlines()
    assert lines[0].split() == [
        *("Zone", "Name", "Touched", "Whole", "population", "(2023)", "At", "least", "At", "most"),
    ]
    assert lines[1].split() == ["A", "A", "2", "1", "269,680", "238,246", "301,114"]
    assert lines[2].split() == ["B", "B", "1", "1", "42,875", "42,875", "42,875"]
    assert lines[3].split()[:3] == ["In", "no", "zone"]
    assert "3 communes wholly or partly in a zone, 1 only partly." in lines


def test_what_is_in_zones_and_in_none_adds_up_to_the_country(workbench, table):
    """And the overseas communes that the pack counts too."""
    told = workbench("territories", "zone", table, "--json").json
    whole = workbench("territories", "show", "FR", "--json").json["population"]["value"]
    total = told["in_no_zone"] + sum(zone["value"] for zone in told["zones"])
    assert total == pytest.approx(whole, abs=1e6)
    assert total >= whole
    assert [zone["status"] for zone in told["zones"]] == ["apportioned", "observed"]


def test_a_drawing_is_counted(workbench, tmp_path):
    """A square over the middle of Lille and around."""
    ring = [[3.0, 50.6], [3.1, 50.6], [3.1, 50.7], [3.0, 50.7], [3.0, 50.6]]
    feature = {"type": "Polygon", "coordinates": [ring]}
    path = tmp_path / "square.geojson"
    path.write_text(json.dumps(feature), "utf-8")
    (zone,) = workbench("territories", "zone", path, "--json").json["zones"]
    assert (zone["parts"], zone["whole"]) == (20, 4)
    assert zone["low"] < 318_000 < zone["value"] < 319_000 < zone["high"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--zone", "zne"], "no column 'zne' (nearest: zone)"),
        (["--of", "popultion"], "nearest: population"),
        (["--vintage", 1990], "has no map of 1990"),
    ],
)
def test_a_wrong_question_ends_with_2(workbench, table, words, said):
    ended = workbench("territories", "zone", table, *words)
    assert ended.code == 2
    assert said in ended.err


def test_a_code_of_another_year_is_located_with_the_next_step(workbench, tmp_path):
    """Lomme is in Lille since 2000."""
    path = tmp_path / "zones.csv"
    path.write_text("code,zone\n59350,A\n59355,A\n", "utf-8")
    ended = workbench("territories", "zone", path)
    assert ended.code == 2
    assert "zones.csv, row 3: '59355' is no commune of the map of 2026" in ended.err
    assert "`workbench territories check FILE`" in ended.err
