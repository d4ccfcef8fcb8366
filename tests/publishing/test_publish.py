"""What publishing writes, the same bytes each time, and what it refuses."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pandas as pd
import pyarrow.parquet as pq
import pytest
import xarray as xr
from nbclient import NotebookClient

import workbench as wb
from workbench.core.errors import (
    ColumnUnknown,
    DeclarationError,
    LicenceRefused,
    NotReleased,
    OutputExists,
    PublicationInvalid,
    UnknownName,
)
from workbench.disclosure.released import release_open
from workbench.publishing.publish import publish

from .kinds import ABOUT, ODBL, tiny_cube, tiny_table, write_kinds

ROOT = Path(__file__).resolve().parents[2]


def digests(folder):
    """Return the digest of each file under a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def read(folder, name):
    """Read a JSON file of a publication."""
    return json.loads((folder / name).read_text("utf-8"))


@pytest.fixture
def cube_folder(tmp_path):
    """Publish the tiny cube."""
    publish(release_open(tiny_cube()), tmp_path / "homes", about=ABOUT)
    return tmp_path / "homes"


def test_a_folder_holds_the_data_and_all_that_tells_of_them(cube_folder):
    assert sorted(path.name for path in cube_folder.iterdir()) == [
        "croissant.json",
        "datapackage.json",
        "dcat.jsonld",
        "dcat.ttl",
        "disclosure.json",
        "homes-of-quarters.csv",
        "homes-of-quarters.csv-metadata.json",
        "homes-of-quarters.nc",
        "homes-of-quarters.parquet",
        "index.en.html",
        "index.html",
        "publication.ipynb",
        "ro-crate-metadata.json",
    ]


def test_each_absence_is_marked_by_its_reason(cube_folder):
    lines = (cube_folder / "homes-of-quarters.csv").read_text("utf-8").splitlines()
    assert lines == [
        "territory,period,name,homes,homes_status",
        "01,2022,Île,120,observed",
        "01,2023,Île,130,observed",
        "02,2022,Port,s,suppressed",
        "02,2023,Port,7,observed",
        "03,2022,Bourg,,missing",
        "03,2023,Bourg,n/a,not_applicable",
    ]


def test_the_table_schema_tells_key_types_and_marks(cube_folder):
    schema = read(cube_folder, "datapackage.json")["resources"][0]["schema"]
    assert schema["primaryKey"] == ["territory", "period"]
    assert [field["type"] for field in schema["fields"]] == [
        *("string", "integer", "string", "integer", "string")
    ]
    assert schema["missingValues"] == [
        {"value": "", "label": "missing"},
        {"value": "s", "label": "suppressed"},
        {"value": "n/a", "label": "not_applicable"},
    ]


def test_each_file_of_data_has_its_size_and_digest(cube_folder):
    for each in read(cube_folder, "datapackage.json")["resources"]:
        content = (cube_folder / each["path"]).read_bytes()
        assert each["bytes"] == len(content)
        assert each["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_the_crate_lists_every_file_but_itself_with_its_digest(cube_folder):
    graph = {each["@id"]: each for each in read(cube_folder, "ro-crate-metadata.json")["@graph"]}
    listed = {part["@id"] for part in graph["./"]["hasPart"]}
    assert listed == {p.name for p in cube_folder.iterdir()} - {"ro-crate-metadata.json"}
    assert {name: graph[name]["sha256"] for name in listed} == {
        name: digest for name, digest in digests(cube_folder).items() if name in listed
    }


def test_the_crate_chains_sources_release_and_files(cube_folder):
    graph = {each["@id"]: each for each in read(cube_folder, "ro-crate-metadata.json")["@graph"]}
    assert graph["#release"]["object"] == {"@id": "#source-1"}
    assert graph["#publish"]["object"] == {"@id": "#released"}
    assert {"@id": "homes-of-quarters.csv"} in graph["#publish"]["result"]
    assert graph["#source-1"]["sha256"] == "0" * 64


def test_a_number_comes_back_to_the_last_bit(tmp_path):
    publish(release_open(tiny_table()), tmp_path / "t", about={**ABOUT, "key": ["code"]})
    read_back = pd.read_csv(tmp_path / "t" / "homes-of-quarters.csv", dtype={"code": str})
    assert read_back["code"].tolist() == ["01001", "02A04", "03000"]
    assert read_back["share"].tolist()[:2] == [0.1, 1e-7]
    assert read_back["note"].tolist() == tiny_table()["note"].tolist()


def test_what_is_hidden_is_nowhere(kinds):
    folder = kinds["table_with_hidden_cells"]
    csv = (folder / "table-with-hidden-cells.csv").read_text("utf-8")
    assert csv.splitlines()[1:] == [
        "all,60.0,observed",
        "a,s,suppressed",
        "b,s,suppressed",
        "c,30.0,observed",
    ] or csv.splitlines()[1:] == ["all,60.0,", "a,s,suppressed", "b,s,suppressed", "c,30.0,"]
    statistics = pq.ParquetFile(folder / "table-with-hidden-cells.parquet").metadata.row_group(0)
    column = next(
        statistics.column(at)
        for at in range(statistics.num_columns)
        if statistics.column(at).path_in_schema == "sales"
    ).statistics
    assert (column.min, column.max, column.null_count) == (30.0, 60.0, 2)
    for path in folder.iterdir():
        if path.suffix in (".html", ".json", ".ttl", ".jsonld", ".ipynb"):
            assert "25.0" not in path.read_text("utf-8"), path.name


def test_the_cube_comes_back_from_netcdf_and_zarr(kinds, tmp_path):
    folder = kinds["cube_of_ones_own"]
    with xr.open_dataset(folder / "cube-of-ones-own.nc") as opened:
        assert opened["homes"].sel(territory="02", period=2023).item() == 7
        assert opened["territory"].values.tolist() == ["01", "02", "03"]
        assert opened["homes_status"].dtype == "int8"
        assert opened["homes"].attrs["units"] == "1"
        assert opened["homes"].attrs["unit_name"] == "dwelling"
    with zipfile.ZipFile(folder / "cube-of-ones-own.zarr.zip") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        archive.extractall(tmp_path / "out.zarr")
    opened = wb.load(str(tmp_path / "out.zarr")).data
    assert int(opened["homes"].sel(territory="02", period=2023)) == 7
    assert opened["name"].values.tolist() == ["Île", "Port", "Bourg"]


def test_the_same_data_give_the_same_bytes_elsewhere_and_later(kinds, tmp_path):
    """Another process, another hash seed, another time zone, another folder."""
    again = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from tests.publishing.kinds import write_kinds\n"
        "write_kinds(Path(sys.argv[2]))\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    environment["PYTHONPATH"] = str(ROOT)
    words = [sys.executable, "-c", again, str(ROOT), str(tmp_path / "again")]
    subprocess.run(words, check=True, env=environment, cwd=tmp_path)
    first = next(iter(kinds.values())).parent
    names = list(kinds)
    found = {name: digests(tmp_path / "again" / name) for name in names}
    assert found == {name: digests(first / name) for name in names}


def test_a_new_edition_takes_the_place_of_the_former(tmp_path):
    publish(release_open(tiny_cube()), tmp_path / "out", about=ABOUT)
    later = {**ABOUT, "date": "2025-03-01"}
    publish(release_open(tiny_cube()), tmp_path / "out", about=later, formats=["csv"])
    assert read(tmp_path / "out", "datapackage.json")["version"] == "2025-03-01"
    assert not list((tmp_path / "out").glob("*.nc"))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_other_files_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(OutputExists, match=r"holds other files \(mine\.txt\)"):
        publish(release_open(tiny_table()), tmp_path, about=ABOUT)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_publication_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(PublicationInvalid, match="geoparquet out of the formats"):
        publish(release_open(tiny_table()), tmp_path / "out", about=ABOUT, formats=["geoparquet"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [tiny_cube(), tiny_table(), {"a": 1}], ids=["cube", "table", "x"])
def test_only_what_was_released_is_published(tmp_path, data):
    with pytest.raises(NotReleased, match="only what passed disclosure control is"):
        publish(data, tmp_path / "out", about=ABOUT)


@pytest.mark.parametrize(
    ("about", "error", "said"),
    [
        ({**ABOUT, "title": ""}, DeclarationError, "title"),
        ({**ABOUT, "colour": "red"}, DeclarationError, "unknown key 'colour'"),
        ({**ABOUT, "date": "2024-02-30"}, PublicationInvalid, "no day of the calendar"),
        ({**ABOUT, "theme": "REGIO"}, UnknownName, "nearest: REGI"),
        ({**ABOUT, "high_value": "statistic"}, UnknownName, "nearest: statistics"),
        ({**ABOUT, "key": ["codes"]}, ColumnUnknown, "nearest: code"),
        ({**ABOUT, "columns": {"home": {"title": "x"}}}, ColumnUnknown, "nearest: homes"),
        ({**ABOUT, "key": ["is_urban"]}, PublicationInvalid, "is_urban True comes twice"),
        ({**ABOUT, "key": ["share"]}, PublicationInvalid, "is of the key and lacks values"),
        (
            {key: value for key, value in ABOUT.items() if key != "publisher"},
            PublicationInvalid,
            "who publishes",
        ),
    ],
)
def test_what_is_told_wrongly_is_refused(tmp_path, about, error, said):
    with pytest.raises(error, match=said):
        publish(release_open(tiny_table()), tmp_path / "out", about=about)


def test_a_format_that_is_not_written_is_named(tmp_path):
    with pytest.raises(UnknownName, match="nearest: parquet"):
        publish(release_open(tiny_table()), tmp_path / "out", about=ABOUT, formats=["parqet"])
    with pytest.raises(PublicationInvalid, match="netcdf holds a cube"):
        publish(release_open(tiny_table()), tmp_path / "out", about=ABOUT, formats=["netcdf"])


def test_share_alike_sources_refuse_a_laxer_licence(tmp_path):
    with pytest.raises(LicenceRefused, match=r"Licence Ouverte 2\.0 is laxer than ODbL 1\.0"):
        publish(release_open(tiny_table()), tmp_path / "out", about=ODBL, licence="etalab-2.0")
    done = publish(release_open(tiny_table()), tmp_path / "out", about=ODBL)
    assert done.about.licence.id == "ODbL-1.0"


def test_an_infinite_figure_is_refused(tmp_path):
    frame = pd.DataFrame({"code": ["a", "b"], "rate": [1.0, float("inf")]})
    with pytest.raises(PublicationInvalid, match="Column rate, row 2: an infinite figure"):
        publish(release_open(frame), tmp_path / "out", about=ABOUT)


def test_variables_on_different_dimensions_are_refused(tmp_path):
    cube = tiny_cube().assign(area=("territory", [1.0, 2.0, 3.0]))
    with pytest.raises(PublicationInvalid, match="on different dimensions"):
        publish(release_open(cube), tmp_path / "out", about=ABOUT)


def test_high_value_is_told_only_where_it_is_said(kinds):
    act = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
    assert act in (kinds["high_value_cube_on_line"] / "dcat.ttl").read_text("utf-8")
    assert act not in (kinds["cube_of_a_pack"] / "dcat.ttl").read_text("utf-8")


def test_the_cube_of_a_pack_names_its_sources_in_both_languages(kinds):
    text = (kinds["cube_of_a_pack"] / "dcat.ttl").read_text("utf-8")
    assert '"Populations légales"@fr' in text
    assert '"Legal populations"@en' in text


def test_the_notebook_makes_the_same_files(kinds, tmp_path):
    """Byte for byte, in a process of its own."""
    folder = kinds["cube_of_a_pack"]
    notebook = nbformat.read(folder / "publication.ipynb", as_version=4)
    nbformat.validate(notebook)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, kernel_name="python3", timeout=120, resources=resources).execute()
    made = next((tmp_path / "made").iterdir())
    assert digests(made) == digests(folder)


def test_kinds_may_be_written_anywhere(tmp_path):
    """The folder's own name is nowhere in it."""
    folder = write_kinds(tmp_path / "a-name-of-its-own")["table"]
    for path in folder.iterdir():
        assert b"a-name-of-its-own" not in path.read_bytes(), path.name
