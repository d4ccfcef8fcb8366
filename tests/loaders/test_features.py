"""Features are read with their codes as text, their geometries whole, their faults located."""

from __future__ import annotations

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import MissingExtra
from workbench.loaders import features, geometry, layers
from workbench.loaders.errors import DialectInvalid, FileNotTabular, JsonRefused, TableRefused
from workbench.loaders.geometry import Misshapen, geometries, shape_of
from workbench.loaders.load import load

SQUARE = [[[5, 46], [6, 46], [6, 47], [5, 47], [5, 46]]]
BOW = [[[5, 46], [6, 47], [6, 46], [5, 47], [5, 46]]]


def feature(kind="Point", coordinates=(5.3, 46.1), **properties):
    """Make a feature."""
    shape = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def written(folder, *made, **more):
    """Write a collection."""
    path = folder / "places.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": made, **more}), "utf-8")
    return path


def test_codes_stay_text_and_geometries_are_binary(tmp_path):
    path = written(tmp_path, feature(code="01001", n=5), feature("Polygon", SQUARE, code="2A004"))
    found = load(str(path))
    assert found.data.column("code").to_pylist() == ["01001", "2A004"]
    assert found.data.column("n").to_pylist() == [5, None]
    assert found.data.column("n_status").to_pylist() == [0, 5]
    point, square = geometries(found.data.column("geometry"))
    assert (point.x, point.y, square.area) == (5.3, 46.1, 1.0)
    assert "OGC:CRS84" in found.decisions["crs"]
    assert found.problems == ()


def test_what_is_written_of_it_is_geoparquet(tmp_path):
    found = load(str(written(tmp_path, feature(code="01001"))))
    pq.write_table(found.data, tmp_path / "places.parquet")
    again = load(str(tmp_path / "places.parquet"))
    assert again.data.column("geometry").to_pylist() == found.data.column("geometry").to_pylist()
    assert again.data.column("code").to_pylist() == ["01001"]
    assert json.loads(again.data.schema.metadata[b"geo"])["primary_column"] == "geometry"
    assert again.decisions["crs of geometry"].startswith("OGC:CRS84")


def test_a_place_named_total_and_one_without_properties_stay_among_the_others(tmp_path):
    made = [feature(name="Gex"), feature(coordinates=[6.0, 46.0], name="Total"), feature()]
    data = load(str(written(tmp_path, *made))).data
    assert data.column("name").to_pylist() == ["Gex", "Total", None]
    assert [each.x for each in geometries(data.column("geometry"))] == [5.3, 6.0, 5.3]


def test_nested_properties_have_columns_of_their_own(tmp_path):
    path = written(tmp_path, feature(address={"code": "01001"}, lines=["1", "2"], geometry="x"))
    data = load(str(path)).data
    assert data.column("address.code").to_pylist() == ["01001"]
    assert data.column("lines").to_pylist() == ['["1", "2"]']
    assert data.column("geometry_text").to_pylist() == ["x"]


@pytest.mark.parametrize(
    ("kind", "coordinates", "reason"),
    [
        ("Point", ["5.3", "46.1"], "a coordinate is no number"),
        ("Point", [5.3], "do not all have two numbers"),
        ("Point", [True, False], "a coordinate is no number"),
        ("LineString", [[5, 46]], "one point only"),
        ("Polygon", [[[5, 46], [6, 46], [5, 46]]], "fewer than four points"),
        ("Polygon", [[[5, 46], [6, 46], [6, 47], [5, 47]]], "does not end where it begins"),
        ("Polygon", [[[5, 46, 1], [6, 46], [6, 47], [5, 46, 1]]], "do not all have two numbers"),
        ("MultiPolygon", [[[[5, 46], [6, 46], [5, 46]]]], "fewer than four points"),
        ("Circle", [5, 46], "of no type of GeoJSON"),
        ("Polygon", None, "no list of coordinates"),
    ],
)
def test_a_geometry_that_is_none_is_set_aside_and_located(tmp_path, kind, coordinates, reason):
    bad = feature(kind, coordinates, code="01002")
    path = written(tmp_path, feature(code="01001"), bad, feature(code="01004"))
    found = load(str(path))
    assert (found.rows, found.set_aside) == (3, 1)
    assert found.data.column("code").to_pylist() == ["01001", "01004"]
    (problem,) = found.problems
    assert (problem.row, problem.column, problem.fatal) == (2, "geometry", True)
    assert reason in problem.reason
    with pytest.raises(TableRefused, match="1 of 3 rows"):
        load(str(path), options={"strict": True})


def test_a_ring_that_crosses_itself_is_kept_and_the_place_is_told(tmp_path):
    found = load(str(written(tmp_path, feature(), feature("Polygon", BOW))))
    (problem,) = found.problems
    assert (problem.row, problem.fatal, found.data.num_rows) == (2, False, 2)
    assert "Self-intersection [5.5 46.5]" in problem.reason


def test_latitude_written_first_is_told_and_can_be_said(tmp_path):
    path = written(tmp_path, feature(coordinates=[46.1, 5.3]))
    (problem,) = load(str(path), options={"lang": "fr"}).problems
    assert problem.reason == "la latitude est sans doute écrite avant la longitude"
    assert "order=yx" in problem.repair
    righted = load(str(path), options={"order": "yx"})
    assert righted.problems == ()
    assert geometries(righted.data.column("geometry"))[0].x == 5.3
    with pytest.raises(DialectInvalid, match="give xy or yx"):
        load(str(path), options={"order": "latlon"})


def test_metres_without_a_system_are_told_and_with_one_are_not(tmp_path):
    metres = feature(coordinates=[870000.5, 6560000.0])
    (problem,) = load(str(written(tmp_path, metres))).problems
    assert "not degrees" in problem.reason
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    found = load(str(written(tmp_path, metres, crs=crs)))
    assert found.problems == ()
    assert found.data.schema.metadata == {b"crs": b"EPSG:2154"}


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        ("{", JsonRefused, "is no JSON"),
        ("[1, 2]", FileNotTabular, "it has no type"),
        ('{"type": "Topology"}', FileNotTabular, "its type is 'Topology'"),
        ('{"type": "FeatureCollection"}', FileNotTabular, "with its features"),
        ("[" * 100_000, JsonRefused, "without end"),
    ],
)
def test_what_is_no_geojson_is_told(tmp_path, text, error, told):
    path = tmp_path / "a.geojson"
    path.write_text(text, "utf-8")
    with pytest.raises(error, match=told):
        features.read(path)


def test_a_collection_of_nothing_is_an_empty_table(tmp_path):
    assert load(str(written(tmp_path))).data.schema.names == ["geometry"]


def test_collections_that_nest_without_end_are_refused():
    nested = {"type": "Point", "coordinates": [0, 0]}
    for _ in range(20):
        nested = {"type": "GeometryCollection", "geometries": [nested]}
    with pytest.raises(Misshapen, match="geometry_deep"):
        shape_of(nested)


number = st.floats(-90, 90)
point = st.tuples(number, number)
ring = st.lists(point, min_size=3, max_size=6).map(lambda points: [*points, points[0]])
shapes = st.one_of(
    point.map(shapely.Point),
    st.lists(point, min_size=2, max_size=5).map(shapely.LineString),
    st.lists(point, max_size=5).map(shapely.MultiPoint),
    ring.map(shapely.Polygon),
    st.lists(ring.map(shapely.Polygon), max_size=3).map(shapely.MultiPolygon),
    st.tuples(number, number, number).map(shapely.Point),
    st.lists(point.map(shapely.Point), max_size=3).map(shapely.GeometryCollection),
)


@given(shapes)
def test_a_geometry_is_what_shapely_reads_of_the_same_text(shape):
    found = shape_of(json.loads(shapely.to_geojson(shape)))
    assert shapely.equals_exact(shapely.from_wkb(found.wkb), shape)
    assert geometry.kind_of_wkb(found.wkb) == found.kind == shape.geom_type


# -- Parquet and layers ---------------------------------------------------------------------


def test_geometries_declared_in_another_encoding_are_refused(tmp_path):
    told = {"version": "1.1.0", "columns": {"place": {"encoding": "point"}}}
    table = pa.table({"code": ["01001"], "place": [b"x"]})
    path = tmp_path / "a.parquet"
    for geo, match in (
        (json.dumps(told), "writes its geometries .place. as 'point'"),
        ('{"columns": {"there": {}}}', "declares geometries in 'there'"),
        ("{", "cannot be read"),
    ):
        pq.write_table(table.replace_schema_metadata({"geo": geo}), path)
        with pytest.raises(FileNotTabular, match=match):
            load(str(path))


def test_bytes_that_are_no_geometry_are_located(tmp_path):
    geo = json.dumps({"columns": {"place": {"encoding": "WKB"}}})
    table = pa.table({"code": ["01001", "01002"], "place": [b"x", None]})
    pq.write_table(table.replace_schema_metadata({"geo": geo}), tmp_path / "a.parquet")
    (problem,) = load(str(tmp_path / "a.parquet")).problems
    assert (problem.row, problem.column) == (1, "place")
    assert "no geometry" in problem.reason


@pytest.fixture
def package(tmp_path):
    """Give a GeoPackage of one layer."""
    pyogrio = pytest.importorskip("pyogrio")
    data = load(str(written(tmp_path, feature(code="01001"), feature(code="01002")))).data
    texts = pa.table({"code": data.column("code").cast(pa.string()), "shape": data["geometry"]})
    path = tmp_path / "places.gpkg"
    pyogrio.write_arrow(
        texts,
        path,
        layer="towns",
        driver="GPKG",
        geometry_name="shape",
        geometry_type="Point",
        crs="EPSG:4326",
    )
    return path


def test_a_layer_is_read_with_its_system(package):
    assert layers.layers(package) == ("towns",)
    found = load(str(package))
    assert found.data.column("code").to_pylist() == ["01001", "01002"]
    assert geometries(found.data.column("geometry"))[0].y == 46.1
    assert found.decisions["crs"].startswith("EPSG:4326")
    with pytest.raises(DialectInvalid, match="nearest: towns"):
        load(str(package), options={"layer": "twons"})


def test_a_layer_without_its_library_says_what_to_install(package, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyogrio", None)
    with pytest.raises(MissingExtra, match=r"install territorial-workbench\[geo\]"):
        load(str(package))


def test_a_layer_that_is_not_what_its_ending_says_is_never_given_to_the_library(tmp_path):
    path = tmp_path / "a.shp"
    path.write_text("<OGRVRTDataSource><SrcDataSource>other.csv</SrcDataSource>", "utf-8")
    with pytest.raises(FileNotTabular, match=r"is no file of \.shp"):
        layers.read(path)


def test_a_damaged_package_is_told(package):
    content = package.read_bytes()
    package.write_bytes(content[:2000])
    with pytest.raises(FileNotTabular, match="damaged GeoPackage"):
        layers.read(package)


# -- files that producers publish -----------------------------------------------------------


def test_outlines_that_are_published_are_read_whole(official_data):
    folder = official_data / "contours"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    count = 0
    for path in sorted(folder.rglob("*.geojson")):
        found = json.loads(path.read_text("utf-8"))
        raw = found.get("features", [found])
        data = load(str(path)).data
        assert data.num_rows == len(raw), path
        if raw:
            assert data.column("code").to_pylist() == [each["properties"]["code"] for each in raw]
        count += len(raw)
    assert count > 1300


def test_the_examples_of_geoparquet_are_what_their_texts_say(official_data):
    folder = official_data / "geoparquet/test_data"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    for path in sorted(folder.glob("*.parquet")):
        texts = folder / path.name.replace("encoding_wkb.parquet", "wkt.csv")
        with texts.open(encoding="utf-8", newline="") as file:
            expected = [row["geometry"] or None for row in csv.DictReader(file)]
        found = geometries(load(str(path)).data.column("geometry"))
        assert [None if shape is None else shape.wkt for shape in found] == [
            text and shapely.from_wkt(text).wkt for text in expected
        ], path


def test_nitrogen_dioxide_is_a_quantity_and_a_number_of_something_a_code(tmp_path):
    made = [feature(no2=69, no_siret="1"), feature(no2=0, no_siret="2")]
    data = load(str(written(tmp_path, *made))).data
    assert data.column("no2").to_pylist() == [69, 0]
    assert data.column("no_siret").to_pylist() == ["1", "2"]
