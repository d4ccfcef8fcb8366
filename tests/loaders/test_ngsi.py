"""Entities of an NGSI-LD broker are one table, however they are represented."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from workbench.loaders.errors import FileNotTabular, JsonRefused, TableRefused
from workbench.loaders.geometry import geometries
from workbench.loaders.load import load
from workbench.loaders.ngsi import read

from .server import give

AIR = {
    "id": "urn:ngsi-ld:Air:01",
    "type": "Air",
    "@context": ["https://example.org/context.jsonld"],
    "address": {"type": "Property", "value": {"postalCode": "06200"}},
    "station": {"type": "Relationship", "object": "urn:ngsi-ld:Station:07"},
    "name": {"type": "LanguageProperty", "languageMap": {"fr": "Gare", "en": "Station"}},
    "validFrom": {
        "type": "Property",
        "value": {"@type": "DateTime", "@value": "2022-07-01T17:00:00.00Z"},
    },
    "no2": {
        "type": "Property",
        "value": 69,
        "unitCode": "GQ",
        "observedAt": "2022-07-01T17:00:00Z",
        "accuracy": {"type": "Property", "value": 0.5},
    },
    "location": {
        "type": "GeoProperty",
        "value": {"type": "Point", "coordinates": [7.2, 43.7]},
    },
}
PLAIN = {
    "id": "urn:ngsi-ld:Air:01",
    "type": "Air",
    "address": {"postalCode": "06200"},
    "station": "urn:ngsi-ld:Station:07",
    "no2": 69,
    "location": {"type": "Point", "coordinates": [7.2, 43.7]},
}
FEATURE = {
    "type": "Feature",
    "id": AIR["id"],
    "properties": {k: v for k, v in AIR.items() if k not in ("id", "location", "@context")},
    "geometry": AIR["location"]["value"],
}


def table(folder, *entities, name="air.json", **given):
    """Write entities and read them."""
    path = folder / name
    path.write_text(json.dumps(entities), "utf-8")
    return read(path, **given)


def test_a_normalised_entity_is_a_row(tmp_path):
    found = table(tmp_path, AIR)
    (row,) = found.data.to_pylist()
    assert row.pop("geometry")[:5] == b"\x01\x01\x00\x00\x00"
    five = datetime(2022, 7, 1, 17, tzinfo=UTC)
    assert row == {
        "id": "urn:ngsi-ld:Air:01",
        "type": "Air",
        "address.postalCode": "06200",
        "station": "urn:ngsi-ld:Station:07",
        "name.fr": "Gare",
        "name.en": "Station",
        "validFrom": five,
        "no2": 69,
        "no2_status": 0,
        "no2.observedAt": five,
        "no2.accuracy": 0.5,
        "no2.accuracy_status": 0,
    }
    told = {each.key: each.value for each in found.decisions}
    assert (told["unit of no2"], told["crs"]) == ("GQ", "OGC:CRS84")


@pytest.mark.parametrize("entity", [AIR, PLAIN, FEATURE], ids=["normalised", "plain", "feature"])
def test_every_representation_gives_the_same(tmp_path, entity):
    data = table(tmp_path, entity).data
    (row,) = data.to_pylist()
    known = {key: row[key] for key in ("id", "type", "address.postalCode", "station", "no2")}
    assert list(known.values()) == [AIR["id"], "Air", "06200", "urn:ngsi-ld:Station:07", 69]
    assert geometries(data.column("geometry"))[0].x == 7.2


def test_units_that_differ_have_a_column(tmp_path):
    other = {**AIR, "id": "urn:2", "no2": {"type": "Property", "value": 1, "unitCode": "GP"}}
    data = table(tmp_path, AIR, other).data
    assert data.column("no2.unitCode").to_pylist() == ["GQ", "GP"]


def test_attributes_of_several_sources_are_apart_and_a_history_is_whole(tmp_path):
    one = {"type": "Property", "value": 1, "datasetId": "urn:a"}
    two = {"type": "Property", "value": 2}
    data = table(tmp_path, {"id": "1", "type": "T", "n": [one, two], "m": [two, two]}).data
    assert (data.column("n.urn:a").to_pylist(), data.column("n").to_pylist()) == ([1], [2])
    assert json.loads(data.column("m").to_pylist()[0]) == [two, two]


def test_what_is_no_entity_is_set_aside(tmp_path):
    found = table(tmp_path, PLAIN, PLAIN, 5)
    assert (found.data.num_rows, found.set_aside.num_rows) == (2, 1)
    assert (found.problems[0].row, found.problems[0].value) == (3, "5")
    with pytest.raises(TableRefused, match="1 of 3 rows"):
        table(tmp_path, PLAIN, PLAIN, 5, strict=True)


def test_a_place_that_is_none_is_told_and_kept(tmp_path):
    bad = {**PLAIN, "location": {"type": "Point", "coordinates": ["7.2", "43.7"]}}
    found = table(tmp_path, PLAIN, bad)
    assert [each is None for each in found.column("geometry")] == [False, True]
    assert json.loads(found.column("location")[1]) == bad["location"]
    assert [(each.row, each.column) for each in found.problems] == [(2, "location")]


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        ('{"a": 1}', FileNotTabular, "no NGSI-LD entity"),
        ("<html>", JsonRefused, "is no JSON"),
    ],
)
def test_what_is_no_list_of_entities_is_told(tmp_path, text, error, match):
    path = tmp_path / "a.json"
    path.write_text(text, "utf-8")
    with pytest.raises(error, match=match):
        read(path)


def test_pages_of_a_broker_are_read_to_the_end(server, cache, near):
    more = '</entities?page=2>; rel="next"'
    first, second = json.dumps([PLAIN]).encode(), json.dumps([{**PLAIN, "no2": 70}]).encode()
    url = server.on("/entities", give(first, Link=more), give(second))
    found = load(url, source="ngsi_ld", cache=cache, limits=near)
    assert found.data.column("no2").to_pylist() == [69, 70]
    assert "127.0.0.1" in found.decisions["url"]


def test_the_models_examples_are_read_alike(official_data):
    files = [
        path
        for folder in ("ngsi_ld", "ngsi_ld_parking")
        for path in sorted((official_data / folder).rglob("examples/*"))
        if path.suffix in (".json", ".jsonld")
    ]
    if not files:
        pytest.skip("no examples of NGSI-LD")
    for path in files:
        found = read(path)
        assert found.rows == 1, path
        assert found.column("geometry")[0], path
    air = official_data / "ngsi_ld/AirQualityForecast/examples/example-normalized.jsonld"
    assert read(air).column("no2") == [69]
    assert read(air).column("address.postalCode") == ["06200"]
