"""Sheets, JSON lines and Parquet are read as files of rows are."""

from __future__ import annotations

from datetime import date

import dask
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.core.types import Status
from workbench.loaders import columnar, records, workbook
from workbench.loaders.dialect import Dialect
from workbench.loaders.errors import DialectInvalid, FileNotTabular, TableRefused
from workbench.loaders.lazily import scan, write_parquet
from workbench.loaders.registry import loader_for
from workbench.loaders.tabular import read

from .workbooks import write_ods, write_xlsx

GRID = [
    ["Populations légales", None, None],
    [None, None, None],
    ["Code INSEE", "Nom", "Population", "Jour"],
    ["01001", "Bâgé", 1234, date(2024, 1, 31)],
    ["01002", "Lélex", "s", date(2024, 2, 1)],
    [1004, "Gex", 0, None],
    ["01005", "Thoiry", 12.0, date(2024, 2, 3)],
    ["Source : INSEE", None, None, None],
]


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_a_sheet_is_read_with_its_titles_dates_and_lost_zeros(tmp_path, write):
    path = write(tmp_path, {"Lisez-moi": [["Notice"]], "Communes": GRID})
    table = workbook.read(path)
    assert table.column("Code INSEE") == ["01001", "01002", "01005"]
    assert table.column("Population") == [1234, None, 12]
    assert table.column("Population_status") == [0, Status.SUPPRESSED, 0]
    assert table.column("Jour")[0] == date(2024, 1, 31)
    assert table.notes == ("Populations légales", "Source : INSEE")
    assert [(p.row, p.value, p.fatal) for p in table.problems] == [(6, "1004", True)]
    assert "[Communes]" in table.problems[0].file


def test_a_sheet_is_chosen_by_name_and_an_unknown_one_is_refused(tmp_path):
    path = write_xlsx(tmp_path, {"A": [["code", "n"], ["01", 5]], "B": GRID})
    assert workbook.read(path, Dialect(sheet="A")).column("n") == [5]
    assert workbook.sheets(path) == ("A", "B")
    with pytest.raises(DialectInvalid, match=r"no sheet 'C' \(choose from: A, B\)"):
        workbook.read(path, Dialect(sheet="C"))


def test_merged_cells_name_the_columns_on_their_right_and_the_rows_below(tmp_path):
    grid = [
        ["Code", "2020", None, "2021", None],
        [None, "Hommes", "Femmes", "Hommes", "Femmes"],
        ["01", 5, 6, 7, 8],
        [None, 1, 2, 3, 4],
    ]
    path = write_xlsx(tmp_path, {"A": grid}, merged=["A1:A2", "B1:C1", "D1:E1", "A3:A4"])
    table = workbook.read(path)
    names = [column.name for column in table.columns]
    assert names == ["Code", "2020 - Hommes", "2020 - Femmes", "2021 - Hommes", "2021 - Femmes"]
    assert table.column("Code") == ["01", "01"]


def test_a_text_named_as_a_workbook_is_told(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_text("code;n\n01;5\n", "utf-8")
    with pytest.raises(FileNotTabular, match="it is text, whatever its name says"):
        workbook.read(path)


def test_a_damaged_workbook_is_told(tmp_path):
    path = write_xlsx(tmp_path, {"A": GRID})
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(FileNotTabular, match=r"damaged|packed"):
        workbook.read(path)


def test_json_lines_are_read_and_a_broken_one_is_set_aside(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"code": "01001", "n": 5}\n{"code": "01\n{"code": "01003", "t": 0.5}\n', "utf-8"
    )
    table = records.read(path)
    assert table.column("code") == ["01001", "01003"]
    assert table.column("t") == [None, 0.5]
    assert [(p.row, p.reason) for p in table.problems] == [(2, "the line is no JSON object")]
    with pytest.raises(TableRefused, match="1 of 3 rows"):
        records.read(path, strict=True)


def test_parquet_keeps_its_types_and_codes_become_texts(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"code_insee": [1001, 59350], "pop": [5, None]}), path)
    table = columnar.read(path, mend=True)
    assert table.column("code_insee") == ["01001", "59350"]
    assert table.column("pop_status") == [Status.OBSERVED, Status.MISSING]
    assert [(p.row, p.repair) for p in table.problems] == [(1, "Write “01001”.")]


def test_what_is_written_as_parquet_is_read_back_alike(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("code;n;jour\n01001;5,5;31/01/2024\n2A004;s;\n01003;1;2\n", "utf-8")
    dialect = Dialect(roles={"jour": "date"})
    summary = write_parquet(path, tmp_path / "a.parquet", dialect)
    whole = read(path, dialect)
    assert summary.rows == whole.rows == 3
    assert summary.problems == whole.problems
    assert columnar.read(tmp_path / "a.parquet").data.to_pylist() == whole.data.to_pylist()
    aside = pq.read_table(tmp_path / "a.parquet.set_aside.parquet")
    assert aside.column("text").to_pylist() == ["01003;1;2"]
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "a.csv",
        "a.parquet",
        "a.parquet.set_aside.parquet",
    ]


def test_a_refused_file_leaves_no_parquet(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("code;n\n01001;5\n01002;6;7\n01003;8\n", "utf-8")
    with pytest.raises(TableRefused, match="1 of 3 rows"):
        write_parquet(path, tmp_path / "a.parquet", strict=True)
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


def test_decimals_far_in_the_file_do_not_stop_the_writing(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("rang;n\n" + "1;2\n" * 200_000 + "2;2.5\n", "utf-8")
    write_parquet(path, tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").column("n").to_pylist()[-1] == 2.5


def test_a_lazy_frame_is_the_table_piece_by_piece(tmp_path):
    path = tmp_path / "a.csv"
    rows = "".join(f"{n:05d};{n},5;{n % 28 + 1:02d}/03/2024\n" for n in range(300))
    path.write_text("code;n;jour\n" + rows + "x\n", "utf-8")
    lazy = scan(path, size=1000)
    assert lazy.frame.npartitions > 5
    with dask.config.set(scheduler="synchronous"):
        frame = lazy.frame.compute()
    whole = read(path)
    assert frame["code"].tolist() == whole.column("code")
    assert frame["n"].sum() == sum(whole.column("n"))
    assert frame["jour"].iloc[0].date() == date(2024, 3, 1)
    assert [p.row for p in lazy.check().problems] == [302]


def test_a_partition_that_contradicts_the_sample_says_what_to_give(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("quartier;n\n" + "12;2\n" * 200_000 + "012;2\n", "utf-8")
    lazy = scan(path, size=2**18)
    with (
        dask.config.set(scheduler="synchronous"),
        pytest.raises(TableRefused, match=r"Dialect\(roles=\{'quartier': 'code'\}\)"),
    ):
        lazy.frame.compute()


@pytest.mark.parametrize("name", ["a.csv", "A.TXT", "b.xlsx", "c.ods", "d.jsonl", "e.parquet"])
def test_each_ending_has_a_reader(tmp_path, name):
    assert hasattr(loader_for(tmp_path / name), "load")
