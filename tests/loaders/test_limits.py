"""Each reader has limits of its own: what is beyond one is refused, and it is told."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from workbench.loaders.dialect import Dialect
from workbench.loaders.errors import (
    FetchTooLarge,
    FileNotTabular,
    FileTooLarge,
    JsonRefused,
    RowTooLong,
    TableRefused,
)
from workbench.loaders.gbfs import feeds
from workbench.loaders.load import load
from workbench.loaders.tabular import read

from .server import give
from .test_gbfs import STATIONS, feed
from .test_gtfs import FILES, packed
from .test_hostile import CONTENTS, PLAIN
from .test_sdmx import SPECIFIC
from .workbooks import write_xlsx


@pytest.fixture
def limit(monkeypatch):
    """Give what lowers a limit of a module of the loaders."""

    def lowered(module, name, value):
        monkeypatch.setattr(f"workbench.loaders.{module}.{name}", value)

    return lowered


def written(folder, name, text):
    """Write a text."""
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)


# -- texts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("_MOST_BYTES", 9, "more than 9 bytes of JSON"),
        ("_MOST_COLUMNS", 1, "2 keys; a table has 1"),
    ],
)
def test_lines_of_json(tmp_path, limit, name, value, told):
    path = written(tmp_path, "a.jsonl", '{"a": 1, "b": 2}\n')
    limit("records", name, value)
    with pytest.raises(RowTooLong, match=told):
        load(path)


@pytest.mark.parametrize(("name", "value"), [("_MOST_COLUMNS", 1), ("_MOST_CELLS", 3)])
def test_objects_of_json(tmp_path, limit, name, value):
    path = written(tmp_path, "a.json", '[{"a": 1}, {"b": 2}]')
    limit("objects", name, value)
    with pytest.raises(RowTooLong, match="2 objects with 2 keys in all"):
        load(path)


def test_objects_within_objects_without_end(tmp_path):
    deep = {"a": 1}
    for _ in range(600):
        deep = {"a": deep}
    path = written(tmp_path, "a.json", json.dumps([{"id": 1, "b": [deep]}]))
    # What Python reads, and writes again as the text of a cell.
    assert load(path).data.num_rows == 1
    with pytest.raises(JsonRefused, match="within lists"):
        load(written(tmp_path, "b.json", "[" * 200_000))


def test_columns_parted_by_a_mark_that_the_guard_does_not_count(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(("^".join(["a"] * 20_001) + "\n") * 3, "utf-8")
    with pytest.raises(RowTooLong, match="more than 20,000 columns"):
        read(path, Dialect(separator="^"))


@pytest.mark.parametrize(
    ("name", "value", "error", "told"),
    [
        ("_MOST_BYTES", 99, FileTooLarge, "more than 99 bytes of SDMX"),
        ("_MOST_COLUMNS", 3, FileNotTabular, "attributes: it is no SDMX data"),
    ],
)
def test_observations_of_sdmx(tmp_path, limit, name, value, error, told):
    path = written(tmp_path, "a.sdmx", SPECIFIC)
    limit("sdmx", name, value)
    with pytest.raises(error, match=told):
        load(path)


def test_days_of_a_timetable(tmp_path):
    endless = FILES["calendar"].replace("20240505", "20990505")
    with pytest.raises(TableRefused, match="more than ten years"):
        load(str(packed(tmp_path, calendar=endless)), options={"table": "service_dates"})


# -- feeds ----------------------------------------------------------------------------------


def test_the_bytes_of_all_feeds_are_counted(server, cache, near):
    body = json.dumps(feed({"stations": STATIONS * 20})).encode()
    listed = [{"name": f"feed_{n}", "url": server.on(f"/{n}", give(body))} for n in range(3)]
    first = json.dumps(feed({"feeds": listed}, "3.0")).encode()
    url = server.on("/gbfs.json", give(first))
    room = len(first) + 2 * len(body) + 9
    with pytest.raises(FetchTooLarge, match="allowed"):
        load(url, source="gbfs", cache=cache, limits=replace(near, bytes=room))
    assert load(url, source="gbfs", cache=cache, limits=replace(near, bytes=room + len(body)))


def test_a_feed_that_is_named_as_a_path_is_not_read_beside(tmp_path):
    (tmp_path / "secret.json").write_text(json.dumps(feed({"keys": [{"key": "1"}]})), "utf-8")
    home = tmp_path / "home"
    home.mkdir()
    listed = [{"name": "../secret", "url": "https://a.fr/secret"}]
    written(home, "gbfs.json", json.dumps(feed({"feeds": listed}, "3.0")))
    assert list(feeds(home / "gbfs.json")) == ["gbfs"]


# -- workbooks, layers and grids ------------------------------------------------------------


def test_merged_cells_of_a_workbook(tmp_path, limit):
    path = write_xlsx(tmp_path, {"A": [["code", "n"], ["01001", 5]]})
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(name, content.replace(b"</sheetData>", merged))
    assert load(str(path)).data.num_rows == 1
    limit("workbook", "_MOST_MERGED", 0)
    with pytest.raises(FileNotTabular, match=r"\(1 merged areas\)"):
        load(str(path))


def test_tables_of_a_geopackage(tmp_path, limit):
    pytest.importorskip("pyogrio")
    path = tmp_path / "a.gpkg"
    base = sqlite3.connect(path)
    base.executescript("PRAGMA application_id = 1196444487; PRAGMA user_version = 10200;")
    base.executescript(CONTENTS + PLAIN)
    base.close()
    assert load(str(path)).data.num_rows == 1
    limit("geopackage", "_MOST_OBJECTS", 2)
    with pytest.raises(FileNotTabular, match="more than 2 tables"):
        load(str(path))


def test_a_layer_that_is_no_file_of_its_ending(tmp_path):
    pytest.importorskip("pyogrio")
    (tmp_path / "a.csv").write_text("code\n01001\n", "utf-8")
    # What the library would follow: a list of other files.
    path = written(tmp_path, "a.gpkg", "<OGRVRTDataSource/>")
    with pytest.raises(FileNotTabular, match=r"is no file of \.gpkg: it begins with"):
        load(path)


def test_parts_of_a_netcdf(tmp_path, limit):
    h5py = pytest.importorskip("h5py")
    pytest.importorskip("netCDF4")
    with h5py.File(tmp_path / "a.nc", "w") as file:
        for n in range(5):
            file[f"v{n}"] = np.arange(3.0)
    assert len(load(str(tmp_path / "a.nc")).data.data_vars) == 5
    limit("grid_guard", "_MOST_OBJECTS", 4)
    with pytest.raises(FileNotTabular, match="more than 4 parts"):
        load(str(tmp_path / "a.nc"))


@pytest.mark.parametrize("packed_", [False, True], ids=["folder", "zip"])
def test_metadata_of_a_zarr(tmp_path, limit, packed_):
    zarr = pytest.importorskip("zarr")
    folder = tmp_path / "a.zarr"
    zarr.open_group(folder, mode="w", zarr_format=2).create_array("n", data=np.arange(3.0))
    path = folder
    if packed_:
        path = tmp_path / "b.zarr.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for each in sorted(folder.rglob("*")):
                archive.write(each, each.relative_to(folder).as_posix())
    limit("grid_guard", "_MOST_BYTES", 9)
    with pytest.raises(FileNotTabular, match="is no metadata: too large"):
        load(str(path))
