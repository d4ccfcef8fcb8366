"""Feeds of shared vehicles are tables, whatever their version, and come together."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from workbench.core.errors import WorkbenchError
from workbench.loaders.errors import AddressRefused, DialectInvalid, FetchTooLarge, FileNotTabular
from workbench.loaders.gbfs import read
from workbench.loaders.geometry import geometries
from workbench.loaders.load import load

from .server import give

NOON = 1_717_236_000  # 2024-06-01T10:00:00Z
STATIONS = [
    {"station_id": "007", "name": "Gare", "lat": 46.1, "lon": 5.3, "capacity": 12},
    {"station_id": "008", "name": "Total", "lat": 46.2, "lon": 5.4, "capacity": 8},
]
STATUS = [
    {
        "station_id": "007",
        "num_bikes_available": 0,
        "is_renting": True,
        "last_reported": NOON,
        "vehicle_types_available": [
            {"vehicle_type_id": "bike", "count": 0},
            {"vehicle_type_id": "ebike", "count": 3},
        ],
    }
]
NAMES = [{"text": "Gare", "language": "fr"}, {"text": "Station", "language": "en"}]


def feed(data, version="2.3", **more):
    """Make a feed."""
    return {"last_updated": NOON, "ttl": 60, "version": version, "data": data, **more}


def written(folder, name, document):
    """Write a feed."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


def test_stations_are_points_and_their_codes_text(tmp_path):
    found = read(written(tmp_path, "station_information", feed({"stations": STATIONS})))
    assert found.column("station_id") == ["007", "008"]
    assert found.column("name") == ["Gare", "Total"]
    assert found.column("capacity") == [12, 8]
    assert geometries(found.data.column("geometry"))[1].x == 5.4
    told = {each.key: each.value for each in found.decisions}
    assert told["last_updated"] == "2024-06-01T10:00:00+00:00"
    assert (told["ttl"], told["version"], told["feed"]) == ("60 s", "2.3", "station_information")


def test_counts_are_a_column_a_kind_and_a_zero_is_observed(tmp_path):
    found = read(written(tmp_path, "station_status", feed({"stations": STATUS})))
    (row,) = found.data.to_pylist()
    assert (row["num_bikes_available"], row["num_bikes_available_status"]) == (0, 0)
    assert row["vehicle_types_available.bike"] == 0
    assert row["vehicle_types_available.ebike"] == 3
    assert row["last_reported"] == datetime(2024, 6, 1, 10, tzinfo=UTC)


def test_texts_in_several_languages_have_a_column_each(tmp_path):
    made = [{**STATIONS[0], "name": NAMES}]
    document = feed({"stations": made}, "3.0", last_updated="2024-06-01T12:00:00+02:00")
    found = read(written(tmp_path, "station_information", document))
    assert (found.column("name.fr"), found.column("name.en")) == (["Gare"], ["Station"])
    made[0]["name"] = NAMES[:1]
    found = read(written(tmp_path, "station_information", document))
    assert found.column("name") == ["Gare"]


def test_zones_are_polygons(tmp_path):
    ring = [[[[5, 46], [6, 46], [6, 47], [5, 46]]]]
    zone = {
        "type": "Feature",
        "properties": {"name": NAMES[:1], "start": NOON},
        "geometry": {"type": "MultiPolygon", "coordinates": ring},
    }
    zones = {"geofencing_zones": {"type": "FeatureCollection", "features": [zone]}}
    found = read(written(tmp_path, "geofencing_zones", feed(zones)))
    assert found.column("name") == ["Gare"]
    assert found.column("start") == [datetime(2024, 6, 1, 10, tzinfo=UTC)]
    assert geometries(found.data.column("geometry"))[0].area == 0.5


def test_the_discovery_file_reads_the_feeds_beside_it(tmp_path):
    listed = [{"name": each, "url": f"https://a.fr/{each}"} for each in ("station_status", "../x")]
    path = written(tmp_path, "gbfs", feed({"fr": {"feeds": listed}}))
    written(tmp_path, "station_status", feed({"stations": STATUS}))
    assert read(path).column("station_id") == ["007"]
    assert read(path, feed="gbfs").column("name") == ["station_status", "../x"]
    with pytest.raises(DialectInvalid, match="nearest: station_status"):
        read(path, feed="station_statuz")


def test_a_station_that_is_no_object_is_set_aside(tmp_path):
    found = read(written(tmp_path, "a", feed({"stations": [*STATIONS, "x"]})))
    assert (found.data.num_rows, found.set_aside.num_rows, found.problems[0].row) == (2, 1, 3)


@pytest.mark.parametrize("document", [[], {"data": 5}, {"feeds": {"a": {}}}])
def test_what_is_no_feed_is_told(tmp_path, document):
    with pytest.raises(FileNotTabular, match="is no GBFS feed"):
        read(written(tmp_path, "a", document))


# -- fetched together -----------------------------------------------------------------------


@pytest.fixture
def network(server):
    """Give the URL of a network of this machine."""
    urls = [
        server.on("/status", give(json.dumps(feed({"stations": STATUS})).encode())),
        server.on("/information", give(json.dumps(feed({"stations": STATIONS})).encode())),
    ]
    names = ("station_status", "station_information")
    listed = [{"name": name, "url": url} for name, url in zip(names, urls, strict=True)]
    return server.on("/gbfs.json", give(json.dumps(feed({"feeds": listed}, "3.0")).encode()))


def test_the_feeds_of_a_network_come_together_and_stay(network, cache, near, server):
    found = load(network, source="gbfs", cache=cache, limits=near)
    assert found.data.column("capacity").to_pylist() == [12, 8]
    assert found.decisions["url"] == network
    assert len(found.decisions["sha256"]) == 64
    asked = len(server.asked)
    options = {"feed": "station_status"}
    again = load(network, source="gbfs", options=options, cache=cache, limits=near, offline=True)
    assert again.data.column("station_id").to_pylist() == ["007"]
    assert len(server.asked) == asked


def test_a_key_never_goes_to_another_host(server, other, cache, near):
    far = other.on("/status", give(json.dumps(feed({"stations": STATUS})).encode()))
    listed = feed({"feeds": [{"name": "station_status", "url": far}]}, "3.0")
    url = server.on("/gbfs.json", give(json.dumps(listed).encode()))
    load(url, source="gbfs", cache=cache, limits=near, headers={"X-Key": "secret"})
    assert [each.headers.get("x-key") for each in server.asked] == ["secret"]
    assert [each.headers.get("x-key") for each in other.asked] == [None]


@pytest.mark.parametrize(
    ("urls", "error", "match"),
    [
        (["file:///etc/hosts"], AddressRefused, "file"),
        (["http://10.0.0.1/status"], WorkbenchError, r"10\.0\.0\.1"),
        ([f"https://a.fr/{n}" for n in range(50)], FetchTooLarge, "lists 50 feeds"),
    ],
)
def test_a_network_does_not_lead_elsewhere(server, cache, near, urls, error, match):
    listed = [{"name": f"feed_{at}", "url": url} for at, url in enumerate(urls)]
    document = json.dumps(feed({"feeds": listed}, "3.0")).encode()
    url = server.on("/gbfs.json", give(document))
    with pytest.raises(error, match=match):
        load(url, source="gbfs", cache=cache, limits=near)


def test_the_examples_of_every_version_are_read(official_data):
    files = sorted((official_data / "gbfs").rglob("*.json"))
    if not files:
        pytest.skip("no examples of GBFS")
    for path in files:
        found = read(path)
        assert found.data.num_rows, path
        assert not found.set_aside.num_rows, path
        for column in found.data.column_names:
            if column.startswith("num_") and not column.endswith("_status"):
                assert all(isinstance(each, int) for each in found.column(column)), path
