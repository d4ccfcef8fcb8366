"""Files that producers really publish are read right, with what is wrong in them located."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from workbench.loaders import workbook
from workbench.loaders.detection import detect
from workbench.loaders.errors import FileNotTabular, LoadingError
from workbench.loaders.tabular import read

ROWS_FILES = (".csv", ".tsv", ".txt")


def tables(folder: Path) -> list[Path]:
    """List the files of rows, licences aside."""
    found = (path for path in sorted(folder.rglob("*")) if path.suffix in ROWS_FILES)
    return [path for path in found if not path.stem.startswith("LICENSE")]


def test_every_file_of_rows_is_read_and_no_row_is_lost(official_data):
    files = tables(official_data)
    assert len(files) > 60
    for path in files:
        table = read(path)
        assert table.rows == table.data.num_rows + table.totals.num_rows + table.set_aside.num_rows
        assert {column.role.value for column in table.columns}, path


def test_codes_of_the_official_geography_are_what_the_file_says(official_data):
    path = official_data / "cog/sources/communes.csv"
    raw = [line.split(",") for line in path.read_text("utf-8").splitlines()]
    at = {name: raw[0].index(name) for name in ("COM", "REG", "DEP", "ARR", "CAN", "COMPARENT")}
    table = read(path)
    for name, number in at.items():
        assert table.column(name) == [row[number] or None for row in raw[1:]], name


def test_populations_add_up_to_the_official_total(official_data):
    table = read(official_data / "cog/sources/donnees_communes.csv")
    raw = (official_data / "cog/sources/donnees_communes.csv").read_text("utf-8").splitlines()[1:]
    assert sum(table.column("PMUN")) == sum(int(line.split(";")[8]) for line in raw)
    assert table.column("COM")[0] == "01001"
    assert table.column("Commune")[0] == "L'Abergement-Clémenciat"


def test_the_zeros_lost_by_a_published_file_are_located_and_put_back(official_data):
    path = official_data / "cog_history/sources/epci/2017.csv"
    table = read(path)
    first = table.problems[0]
    assert (first.row, first.column, first.value, first.repair) == (
        444,
        "insee",
        "7073",
        "Write “07073”.",
    )
    mended = read(path, mend=True)
    assert mended.set_aside.num_rows == 0
    assert {len(code) for code in mended.column("insee")} == {5}


def test_windows_letters_and_dates_of_1943_are_read(official_data):
    table = read(official_data / "cog_history/sources/historiq2017.txt")
    assert table.column("EFF")[0] == date(1974, 1, 1)
    names = read(official_data / "cog_history/sources/France2017.txt").column("NCCENR")
    assert names[:2] == ["Abergement-Clémenciat", "Abergement-de-Varey"]


def test_the_invalid_cells_of_the_scheme_of_grants_are_located(official_data):
    folder = official_data / "scdl_subventions/exemples"
    problems = read(folder / "exemple_invalide_erreurs_cellules.csv").problems
    assert [(p.row, p.column, p.value) for p in problems if p.fatal] == [
        (6, "montant", "100000,1"),
        (9, "pourcentageSubvention", "0,5"),
    ]


def test_a_duplicate_column_in_windows_letters_is_renamed(official_data):
    table = read(official_data / "scdl_subventions/exemple-duplicate-column.csv")
    assert "notificationUE_2" in [column.name for column in table.columns]
    assert table.column("nature")[0] == "aide en numéraire"


def test_times_of_counters_keep_their_zone(official_data):
    table = read(official_data / "comptage/exemple-valide-eco-compteur.csv")
    assert table.column("started_at")[0].replace(tzinfo=None) == datetime(2010, 7, 12, 22)


@pytest.mark.parametrize("name", ["catalog.xls", "catalog.xlsx"])
def test_workbooks_say_what_their_csv_says(official_data, name):
    folder = official_data / "hydra/tests/data"
    table = workbook.read(folder / name)
    assert [c.name for c in table.columns][:2] == ["dataset.id", "dataset.title"]
    assert table.column("dataset.id") == read(folder / "catalog.csv").column("dataset.id")


def test_a_packed_file_is_refused_by_what_it_is(official_data):
    (path,) = (official_data / "hydra/tests/data").glob("*.gz")
    with pytest.raises(FileNotTabular, match=r"packed \(gzip\). Unpack it first"):
        read(path)


def test_no_file_whatever_its_format_makes_a_reader_fail(official_data):
    """Shapes, grids, archives: all are read, or refused by an error of this package."""
    others = [path for path in sorted(official_data.rglob("*")) if path.is_file()]
    assert len(others) > 300
    for path in others:
        if path.suffix not in ROWS_FILES and path.stat().st_size < 2**20:
            try:
                detect(path)
            except LoadingError:
                continue
