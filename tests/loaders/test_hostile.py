"""A hostile file of any kind is refused by ``load``, and takes neither the process nor a secret."""

from __future__ import annotations

import io
import pickle
import sqlite3
import struct
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.loaders.errors import (
    ArchiveBomb,
    ArchiveInvalid,
    CodeRefused,
    FileNotTabular,
    FileTooLarge,
    JsonRefused,
    MemberRefused,
    TableRefused,
)
from workbench.loaders.load import load

from .confined import confined
from .workbooks import write_xlsx

LOAD = "from workbench.loaders.load import load\nfrom workbench.loaders.tabular import read\n"
CALL = "load(sys.argv[1])"
READERS = "from workbench.loaders.registry import loader\n"

# -- workbooks ------------------------------------------------------------------------------


def rewritten(path, member, old, new, *more):
    """Change a text within a member of a workbook, and add members."""
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    name = next(each for each in held if member in each)
    assert old in held[name]
    held[name] = held[name].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in (*held.items(), *more):
            archive.writestr(each, content)
    return path


@pytest.fixture
def book(tmp_path):
    """Write a workbook of one small sheet."""
    return write_xlsx(tmp_path, {"A": [["code", "n"], ["01001", 5], ["01002", 6]]})


def test_two_cells_far_apart_do_not_take_the_process_down(book):
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    rewritten(book, "sheet1.xml", b"</sheetData>", far)
    ended = confined(READERS + LOAD, CALL, book, megabytes=300)
    assert ended.told.startswith("FileNotTabular"), ended.told
    assert "cannot be read within" in ended.told
    assert ended.seconds < 15


def test_cells_in_their_millions_are_told(book, monkeypatch):
    monkeypatch.setattr("workbench.loaders.workbook._MOST_CELLS", 5)
    with pytest.raises(FileNotTabular, match=r"\[A\] spans 6 cells"):
        load(str(book))


def test_merged_cells_over_one_another_are_told(book):
    merged = b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:A9"/>' * 900 + b"</mergeCells>"
    rewritten(book, "sheet1.xml", b"</sheetData>", merged)
    with pytest.raises(FileNotTabular, match="over one another"):
        load(str(book))


def test_a_workbook_that_swells_is_refused_whatever_it_announces(book):
    rewritten(book, "sheet1.xml", b"</sheetData>", b"</sheetData>", ("a.bin", bytes(40 << 20)))
    with pytest.raises(ArchiveBomb, match="which data do not"):
        load(str(book))


def test_a_workbook_that_lies_of_its_sizes_is_refused(book):
    rewritten(book, "sheet1.xml", b"</sheetData>", b"</sheetData>", ("a.bin", bytes(1 << 20)))
    made = bytearray(book.read_bytes())
    place = made.rindex(b"PK\x01\x02") + 24
    made[place : place + 4] = struct.pack("<L", 9)
    book.write_bytes(made)
    with pytest.raises(ArchiveInvalid, match="no whole zip"):
        load(str(book))


def test_a_link_in_a_workbook_is_refused(book):
    link = zipfile.ZipInfo("xl/media/a.png")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    rewritten(book, "sheet1.xml", b"</sheetData>", b"</sheetData>", (link, "/etc/passwd"))
    with pytest.raises(MemberRefused, match="a link or a device"):
        load(str(book))


# -- GeoPackages ----------------------------------------------------------------------------

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS fid FROM c"
CONTENTS = """
CREATE TABLE gpkg_spatial_ref_sys(srs_name, srs_id INTEGER PRIMARY KEY, organization,
  organization_coordsys_id, definition, description);
INSERT INTO gpkg_spatial_ref_sys VALUES ('u', 0, 'NONE', 0, 'undefined', '');
CREATE TABLE gpkg_geometry_columns(table_name, column_name, geometry_type_name, srs_id, z, m);
CREATE TABLE gpkg_contents(table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT,
  description TEXT, last_change TEXT, min_x, min_y, max_x, max_y, srs_id INTEGER);
INSERT INTO gpkg_contents VALUES
  ('t', 'attributes', 't', '', '2024-01-01T00:00:00Z', 0, 0, 1, 1, 0);
"""
PLAIN = "CREATE TABLE t(fid INTEGER PRIMARY KEY, code TEXT); INSERT INTO t VALUES (1, '01001');"


@pytest.fixture
def package(tmp_path):
    """Give what writes a GeoPackage."""
    pytest.importorskip("pyogrio")

    def written(statements, contents=CONTENTS):
        path = tmp_path / "a.gpkg"
        base = sqlite3.connect(path)
        base.executescript("PRAGMA application_id = 1196444487; PRAGMA user_version = 10200;")
        base.executescript(contents + statements)
        base.close()
        return path

    return written


@pytest.mark.parametrize(
    ("statements", "contents", "told"),
    [
        (f"CREATE VIEW t AS {ENDLESS};", CONTENTS, "t is no table but a query"),
        (
            PLAIN + f"DROP TABLE gpkg_contents; CREATE VIEW gpkg_contents AS {ENDLESS};",
            CONTENTS,
            "gpkg_co",
        ),
        (
            "CREATE TABLE t(fid INTEGER PRIMARY KEY, code TEXT, "
            "z BLOB GENERATED ALWAYS AS (zeroblob(900000000)) VIRTUAL); "
            "INSERT INTO t(code) VALUES ('01001');",
            CONTENTS,
            "the column 'z' of t is computed",
        ),
        ("CREATE VIRTUAL TABLE t USING fts5(fid, code);", CONTENTS, "t is no table but a query"),
    ],
    ids=["view", "contents", "computed", "virtual"],
)
def test_a_layer_that_is_a_query_is_refused_before_it_runs(package, statements, contents, told):
    path = package(statements, contents)
    ended = confined(READERS + LOAD + "import pyogrio", CALL, path, megabytes=300)
    assert ended.told.startswith("CodeRefused"), ended.told
    assert told in ended.told
    assert ended.seconds < 15


def test_other_queries_are_not_run_nor_triggers(package):
    path = package(
        PLAIN
        + f"CREATE VIEW v AS {ENDLESS};"
        + "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t; END;"
    )
    before = path.read_bytes()
    assert load(str(path)).data.column("code").to_pylist() == ["01001"]
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["a.gpkg"]


def test_a_damaged_package_is_told(package):
    path = package(PLAIN)
    path.write_bytes(path.read_bytes()[:100] + bytes(4000))
    with pytest.raises(FileNotTabular, match="damaged"):
        load(str(path))


# -- grids ----------------------------------------------------------------------------------


@pytest.fixture
def h5(tmp_path):
    """Give an HDF5 file to fill, and a file with a secret beside it."""
    h5py = pytest.importorskip("h5py")
    pytest.importorskip("netCDF4")
    secret = tmp_path / "secret.bin"
    secret.write_bytes(b"a key of this machine".ljust(64))
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["y"] = np.arange(5.0)
    with h5py.File(tmp_path / "a.nc", "w") as file:
        file["n"] = np.arange(3.0)
        yield file, tmp_path


def loaded(file, folder):
    """Close what was written, and load it."""
    file.close()
    return load(str(folder / "a.nc"))


def test_data_in_another_file_are_not_read(h5):
    file, folder = h5
    file.create_group("g").create_dataset(
        "x", (64,), dtype="u1", external=[(str(folder / "secret.bin"), 0, 64)]
    )
    with pytest.raises(CodeRefused, match="the data of 'x' in other files"):
        loaded(file, folder)


def test_a_link_to_another_file_is_not_followed(h5):
    import h5py

    file, folder = h5
    file["z"] = h5py.ExternalLink(str(folder / "other.h5"), "/y")
    with pytest.raises(CodeRefused, match=r"'z' in another file .*other\.h5"):
        loaded(file, folder)


def test_virtual_data_are_not_read(h5):
    import h5py

    file, folder = h5
    layout = h5py.VirtualLayout((5,), "f8")
    layout[:] = h5py.VirtualSource(str(folder / "other.h5"), "y", shape=(5,))
    file.create_virtual_dataset("v", layout)
    with pytest.raises(CodeRefused, match="'v' in other files"):
        loaded(file, folder)


def test_references_and_pickles_kept_as_bytes_are_not_opened(h5):
    import h5py

    file, folder = h5
    file.create_dataset("r", (2,), dtype=h5py.ref_dtype)
    file["p"] = np.void(pickle.dumps(print))
    assert list(loaded(file, folder).data.data_vars) == ["n"]


@pytest.mark.parametrize("soft", [False, True])
def test_a_group_within_itself_is_not_followed_for_ever(h5, soft):
    import h5py

    file, folder = h5
    file["loop"] = h5py.SoftLink("/") if soft else file["/"]
    with pytest.raises(FileNotTabular, match="'loop', a link to another part"):
        loaded(file, folder)


def test_a_variable_of_countless_pieces_is_refused(h5):
    file, folder = h5
    file.create_dataset("t", (10**10,), dtype="f8", chunks=(1,))
    with pytest.raises(FileNotTabular, match="cut into 10,000,000,000 pieces"):
        loaded(file, folder)


def test_an_axis_that_fills_the_memory_is_refused(h5):
    file, folder = h5
    axis = file.create_dataset("t", (10**10,), dtype="f8", chunks=(10**6,))
    axis.make_scale("t")
    with pytest.raises(FileNotTabular, match="the axis 't' has 10,000,000,000 values"):
        loaded(file, folder)


def test_a_link_in_a_zarr_is_refused(tmp_path):
    folder = tmp_path / "a.zarr"
    folder.mkdir()
    (folder / ".zgroup").write_text('{"zarr_format": 2}', "utf-8")
    (folder / "0").symlink_to("/etc/passwd")
    pytest.importorskip("zarr")
    with pytest.raises(CodeRefused, match="holds a link, 0"):
        load(str(folder))


# -- Parquet --------------------------------------------------------------------------------


def test_a_text_stored_once_for_thousands_of_rows_is_counted_written_out(tmp_path):
    path = tmp_path / "a.parquet"
    once = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), ["x" * 1_000_000])
    pq.write_table(pa.table({"s": once}), path)
    assert path.stat().st_size < 100_000
    with pytest.raises(FileTooLarge, match="expands to more than 8,589,934,592 bytes"):
        load(str(path))


def test_rows_that_take_no_place_are_refused_within_a_little_memory(tmp_path):
    path = tmp_path / "a.parquet"
    with pq.ParquetWriter(path, pa.schema([("n", pa.int64())])) as writer:
        for _ in range(4):
            writer.write_table(pa.table({"n": pa.nulls(20_000_000, pa.int64())}))
    assert path.stat().st_size < 200_000
    ended = confined(
        READERS + LOAD + "import workbench.loaders.columnar", CALL, path, megabytes=300
    )
    assert ended.told.startswith("FileTooLarge"), ended.told
    assert ended.seconds < 20


def test_a_parquet_that_lies_is_refused_or_read(tmp_path):
    made = io.BytesIO()
    codes = pa.array(["01001", "2A004"] * 50).dictionary_encode()
    pq.write_table(pa.table({"code": codes, "n": list(range(100))}), made)
    (tmp_path / "whole").write_bytes(made.getvalue())
    before = (
        READERS
        + LOAD
        + "import workbench.loaders.columnar, random\nfrom contextlib import suppress\n"
        "from workbench.core.errors import WorkbenchError as E\n"
        "whole = Path(sys.argv[1]).read_bytes(); path = Path(sys.argv[1] + '.parquet')\n"
        "def one(at, bit):\n"
        "    path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1:])\n"
        "    with suppress(E): load(str(path))\n"
    )
    call = "[one(at, 1 << at % 8) for at in range(4, len(whole), 5)]"
    ended = confined(before, call, tmp_path / "whole", megabytes=600)
    assert ended.told == "no error"


# -- JSON, and what is packed ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "error", "told"),
    [
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JsonRefused, "within lists"),
        (b'{"type":"Point","coordinates":[1,' + b"9" * 400 + b"]}", TableRefused, "no number"),
        (b'{"type":"Point","coordinates":[1,1e999]}', TableRefused, "no number"),
        (
            b'{"type":"Point","coordinates":' + b"[" * 900 + b"]" * 900 + b"}",
            TableRefused,
            "cannot",
        ),
    ],
)
def test_json_that_is_deep_or_huge_is_refused(tmp_path, content, error, told):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(error, match=told):
        load(str(path))


def test_a_million_objects_are_refused_within_a_little_memory(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"[" + b"{}," * 10_000_000 + b"{}]")
    ended = confined(READERS + LOAD + "import workbench.loaders.documents", CALL, path)
    assert ended.told.startswith("JsonRefused"), ended.told
    assert "more memory than there is" in ended.told


FEEDS = {
    "velo/gbfs.json": '{"data": {"feeds": []}, "ttl": 1, "last_updated": 1}',
    "velo/station_status.json": '{"data": {"stations": [{"station_id": "007", "n": 3}]}, "ttl": 1}',
}


def packed(path, members):
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_feeds_are_read_from_an_archive_in_whatever_folder(tmp_path):
    path = packed(tmp_path / "a.zip", FEEDS.items())
    found = load(str(path), reader="gbfs")
    assert found.data.column("station_id").to_pylist() == ["007"]
    twice = packed(
        tmp_path / "b.zip", [*FEEDS.items(), ("autre/gbfs.json", FEEDS["velo/gbfs.json"])]
    )
    with pytest.raises(FileNotTabular, match=r"two files gbfs\.json"):
        load(str(twice), reader="gbfs")


def test_a_broken_discovery_file_is_no_feed(tmp_path):
    path = tmp_path / "gbfs.json"
    path.write_text('{"data": {"feeds": {"a": 1}}, "ttl": 1}', "utf-8")
    with pytest.raises(FileNotTabular, match="lists no feed"):
        load(str(path), reader="gbfs")


# -- GRIB -----------------------------------------------------------------------------------


@pytest.fixture
def grib(tmp_path):
    """Write a GRIB of one field, two latitudes by three longitudes, as a weather service does."""
    pytest.importorskip("cfgrib", reason="cfgrib and ecCodes (the extra grib) are not installed")
    import eccodes

    message = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
    sizes = {"Ni": 3, "Nj": 2, "dataDate": 20240131, "dataTime": 600}
    corners = dict(zip(("First", "Last"), ((47, 5), (46, 6)), strict=True))
    for key, value in sizes.items():
        eccodes.codes_set(message, key, value)
    for which, (latitude, longitude) in corners.items():
        eccodes.codes_set(message, f"latitudeOf{which}GridPointInDegrees", latitude)
        eccodes.codes_set(message, f"longitudeOf{which}GridPointInDegrees", longitude)
    eccodes.codes_set(message, "iDirectionIncrementInDegrees", 0.5)
    eccodes.codes_set(message, "jDirectionIncrementInDegrees", 1)
    eccodes.codes_set(message, "shortName", "2t")
    eccodes.codes_set_values(message, np.array([280.0, 281, 282, 283, 284, 285]))
    path = tmp_path / "t.grib2"
    with path.open("wb") as out:
        eccodes.codes_write(message, out)
    eccodes.codes_release(message)
    return path


def test_a_grib_is_a_lazy_grid(grib):
    found = load(str(grib), options={"group": "typeOfLevel=heightAboveGround,level=2"})
    assert found.data["t2m"].chunks is not None
    assert found.data["t2m"].values.tolist() == [[280, 281, 282], [283, 284, 285]]
    told = found.decisions
    assert (told["axis Y"], told["unit of t2m"]) == ("latitude (2, 47.0 to 46.0)", "K")
    assert [each.name for each in grib.parent.iterdir()] == ["t.grib2"]


def test_a_damaged_grib_is_told(grib):
    grib.write_bytes(grib.read_bytes()[:90])
    with pytest.raises(FileNotTabular, match="cannot be opened as a grid"):
        load(str(grib))
