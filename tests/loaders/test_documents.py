"""A JSON file is read by what it holds."""

from __future__ import annotations

import json

import pytest

from workbench.loaders.errors import FileNotTabular, JsonRefused, OptionUnknown
from workbench.loaders.load import load

POINT = {"type": "Point", "coordinates": [5.3, 46.1]}
FEATURE = {"type": "Feature", "properties": {"code": "01001"}, "geometry": POINT}
STATION = {"station_id": "007", "lat": 46.1, "lon": 5.3}
ENTITY = {"id": "urn:ngsi-ld:Air:01", "type": "Air", "no2": {"type": "Property", "value": 69}}


def read(folder, document, **options):
    """Write a document and read it."""
    path = folder / "a.json"
    path.write_text(json.dumps(document), "utf-8")
    return load(str(path), options=options)


@pytest.mark.parametrize(
    ("document", "column", "values"),
    [
        ({"type": "FeatureCollection", "features": [FEATURE]}, "code", ["01001"]),
        (FEATURE, "code", ["01001"]),
        ({"ttl": 60, "data": {"stations": [STATION]}}, "station_id", ["007"]),
        ([ENTITY], "no2", [69]),
        (ENTITY, "no2", [69]),
        ([{"code": "01001", "n": 5}, {"code": "12", "n": 0}], "code", ["01001", "12"]),
        ({"total_count": 1, "results": [{"zone": "12"}]}, "zone", ["12"]),
        ([{"id": 5, "type": "tree", "n": 1}], "type", ["tree"]),
    ],
)
def test_what_it_holds_says_how_it_is_read(tmp_path, document, column, values):
    assert read(tmp_path, document).data.column(column).to_pylist() == values


@pytest.mark.parametrize("document", [5, {"a": 1}, ["a"], {"results": [1]}, None])
def test_what_holds_no_objects_is_told(tmp_path, document):
    with pytest.raises(FileNotTabular, match=r"a\.json holds no list of objects"):
        read(tmp_path, document)


def test_an_option_of_another_kind_is_refused(tmp_path):
    with pytest.raises(OptionUnknown, match="is GeoJSON: no option 'feed'"):
        read(tmp_path, FEATURE, feed="station_status")


def test_what_is_no_json_is_told(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("{", "utf-8")
    with pytest.raises(JsonRefused, match="is no JSON"):
        load(str(path))
