"""Objects of JSON, features and layers are checked as rows are: codes, points, copies."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.loaders.features import read as read_features

from ..sample_files import DECP_JSON

LILLE, PARIS = [3.06, 50.63], [2.35, 48.86]


def feature(code, place, **more):
    """Make a feature of a commune."""
    shape = {"type": "Point", "coordinates": place} if place else None
    return {"type": "Feature", "geometry": shape, "properties": {"code_insee": code, **more}}


def collection(*features):
    """Make a GeoJSON text."""
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.mark.parametrize("name", ["a.geojson", "a.json"])
def test_the_codes_and_points_of_features_are_checked(checked, told, name):
    found = checked(
        collection(
            feature("59350", LILLE, n=1),
            feature("59350", PARIS, n=2),
            feature("59350", LILLE[::-1], n=3),
            feature("59999", None, n=4),
        ),
        name=name,
    )
    assert told(found) == [
        ("place_elsewhere", 2, "geometry", "2.35, 48.86"),
        ("place_swapped", 3, "geometry", "50.63, 3.06"),
        ("code_unknown", 4, "code_insee", "59999"),
    ]
    assert found.rows == 4


def test_shapes_are_not_taken_for_points_and_two_of_them_are_not_one(checked):
    lines = [
        {**feature("59350", None), "geometry": {"type": "LineString", "coordinates": each}}
        for each in ([LILLE, [3.07, 50.64]], [LILLE, [3.08, 50.64]])
    ]
    assert checked(collection(*lines), name="a.geojson").groups == ()
    twice = checked(collection(lines[0], lines[0]), name="a.geojson")
    assert [each.rule for each in twice.groups] == ["row_twice"]


def test_points_in_another_system_are_not_compared(checked):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": []})
    assert checked(text, name="a.geojson").rows == 0
    found = json.loads(text) | {"features": [feature("59350", [704_000, 7_059_000])]}
    assert checked(json.dumps(found), name="a.geojson").groups == ()


def test_a_geoparquet_is_checked_as_a_geojson(checked, told, tmp_path):
    path = tmp_path / "b.geojson"
    path.write_text(collection(feature("59350", LILLE, n=1), feature("59350", PARIS, n=2)), "utf-8")
    made = pa.BufferOutputStream()
    pq.write_table(read_features(path).data, made)
    found = checked(made.getvalue().to_pybytes(), name="b.parquet")
    assert told(found) == [("place_elsewhere", 2, "geometry", "2.35, 48.86")]


def test_the_objects_of_a_list_are_checked(checked, told):
    found = checked(
        json.dumps([{"code_insee": "59350", "n": 1}, {"code_insee": "75001", "n": 2}]),
        name="a.json",
    )
    assert told(found) == [("code_other_kind", 2, "code_insee", "75001")]


def test_contracts_in_json_are_checked(checked):
    found = checked(DECP_JSON, name="decp.json", reader="decp")
    assert (found.rows, found.groups) == (1, ())
