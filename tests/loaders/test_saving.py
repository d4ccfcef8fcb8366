"""What is written as Parquet or Zarr keeps its codes as text, each stored once."""

from __future__ import annotations

import dask.dataframe as dd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xarray as xr

import workbench as wb
import workbench.loaders.saving as saving
from workbench.loaders.errors import DialectInvalid
from workbench.loaders.load import load
from workbench.loaders.saving import to_parquet, to_zarr

DICTIONARY = pa.dictionary(pa.int32(), pa.string())


def cube():
    """Make a cube of two towns of one département, two years, two sexes."""
    return xr.Dataset(
        {
            "pop": (("territory", "period", "sex"), np.arange(8.0).reshape(2, 2, 2)),
            "pop_status": (("territory", "period", "sex"), np.zeros((2, 2, 2), "u1")),
        },
        coords={
            "territory": ["2A004", "01001"],
            "period": [2022, 2023],
            "sex": ["F", "M"],
            "departement": ("territory", ["2A", "01"]),
            "area_km2": ("territory", [1.5, 2.5]),
        },
    ).chunk({"territory": 1})


@pytest.mark.parametrize("most", [2**20, 4, 1])
def test_a_cube_is_a_row_a_cell_whatever_the_block(tmp_path, monkeypatch, most):
    monkeypatch.setattr(saving, "_ROWS", most)
    table = pq.read_table(to_parquet(cube(), tmp_path / "a.parquet"))
    for name in ("territory", "sex", "departement"):
        assert table.schema.field(name).type == DICTIONARY
    assert table.column("pop").to_pylist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert table.slice(5, 1).to_pylist() == [
        {
            "territory": "01001",
            "period": 2022,
            "sex": "M",
            "departement": "01",
            "area_km2": 2.5,
            "pop": 5.0,
            "pop_status": 0,
        }
    ]
    assert [each.name for each in tmp_path.iterdir()] == ["a.parquet"]


def test_a_table_of_a_csv_and_of_a_parquet_keeps_its_codes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("code;n\n01001;5\n2A004;s\n", "utf-8")
    first = to_parquet(load(str(path)).data, tmp_path / "a.parquet")
    again = to_parquet(load(str(first)).data, tmp_path / "b.parquet")
    for each in (first, again):
        table = pq.read_table(each)
        assert table.schema.field("code").type == DICTIONARY
        assert table.to_pylist() == [
            {"code": "01001", "n": 5, "n_status": 0},
            {"code": "2A004", "n": None, "n_status": 4},
        ]


def test_variables_on_different_dimensions_are_no_table(tmp_path):
    data = cube().assign(area=("territory", [1.0, 2.0]))
    with pytest.raises(DialectInvalid, match="on different dimensions"):
        to_parquet(data, tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_zarr_points_at_its_codes_and_is_read_back_as_texts(tmp_path):
    pytest.importorskip("zarr")
    folder = to_zarr(cube(), tmp_path / "a.zarr")
    held = xr.open_zarr(folder)
    assert held["departement"].dtype == np.int32
    found = load(str(folder)).data
    assert found["departement"].values.tolist() == ["2A", "01"]
    assert found["territory"].values.tolist() == ["2A004", "01001"]
    assert found["pop"].chunks is not None
    assert set(found.coords) == set(cube().coords)
    assert set(found.data_vars) == set(cube().data_vars)
    with pytest.raises(FileExistsError, match="choose a new folder"):
        to_zarr(cube(), folder)


def test_a_table_is_a_zarr_of_rows(tmp_path):
    pytest.importorskip("zarr")
    codes = pa.array(["01001", None, "01001"]).dictionary_encode()
    folder = to_zarr(pa.table({"code": codes, "n": [1.0, 2.0, 3.0]}), tmp_path / "a.zarr")
    assert load(str(folder)).data["code"].values.tolist() == ["01001", None, "01001"]


def test_what_zarr_does_not_keep_is_refused_rather_than_lost(tmp_path):
    pytest.importorskip("zarr")
    table = pa.table({"geometry": pa.array([b"\x01\x02", None])})
    with pytest.raises(DialectInvalid, match="neither numbers nor texts"):
        to_zarr(table, tmp_path / "a.zarr")
    assert list(tmp_path.iterdir()) == []


def test_what_was_loaded_is_written_by_the_names_of_the_package(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("code;n\n01001;5\n2A004;s\n", "utf-8")
    read = wb.load(str(path))
    table = pq.read_table(wb.to_parquet(read, f"{tmp_path}/a.parquet"))
    assert table.schema.field("code").type == DICTIONARY
    assert table.column("code").to_pylist() == ["01001", "2A004"]
    pytest.importorskip("zarr")
    folder = wb.to_zarr(read, str(tmp_path / "a.zarr"))
    assert wb.load(str(folder)).data["code"].values.tolist() == ["01001", "2A004"]


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_a_lazy_table_is_written_a_partition_at_a_time(tmp_path, name):
    text = tmp_path / "a.csv"
    text.write_text("code;nom;n\n01001;Gex;5\n2A004;;s\n", "utf-8")
    path = text if name == "a.csv" else wb.to_parquet(wb.load(str(text)), tmp_path / name)
    lazy = wb.load(str(path), options={"lazy": True})
    # Two partitions, whose dictionaries are not the same.
    twice = dd.concat([lazy.data, lazy.data[lazy.data["code"] > "1"]])
    table = pq.read_table(wb.to_parquet(twice, tmp_path / "b.parquet"))
    assert table.schema.field("code").type == DICTIONARY
    assert table.column("code").to_pylist() == ["01001", "2A004", "2A004"]
    assert table.column("nom").to_pylist() == ["Gex", None, None]
    assert table.column("n").to_pylist() == [5, None, None]
    assert table.column("n_status").to_pylist() == [0, 4, 4]
    pytest.importorskip("zarr")
    with pytest.raises(DialectInvalid, match="A lazy table is written as Parquet"):
        wb.to_zarr(lazy, tmp_path / "b.zarr")


def test_what_is_no_table_nor_cube_is_named(tmp_path):
    for write in (wb.to_parquet, wb.to_zarr):
        with pytest.raises(DialectInvalid, match=r"to be written is list: give what `wb\.load`"):
            write([1, 2], tmp_path / "a.parquet")
