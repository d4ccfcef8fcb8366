"""Files of events are aggregated as the tables that they hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.compute.events import aggregate
from workbench.core.errors import ColumnUnknown
from workbench.loaders.errors import FileNotTabular
from workbench.loaders.event_files import aggregate_files

ASKED = {"territory": "commune", "time": "day", "values": "price", "stats": ["sum", "max"]}


def sales(count: int = 500) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "commune": rng.choice(["01001", "2A004", "97101"], count),
            "day": pd.Timestamp("2023-12-15") + pd.to_timedelta(rng.integers(0, 60, count), "D"),
            "price": rng.integers(1, 1000, count) / 4,
        }
    )


def test_parquet_files_give_what_their_table_gives(tmp_path):
    frame = sales()
    expected = aggregate(frame, **ASKED)
    for number, part in enumerate((frame[:200], frame[200:])):
        table = pa.Table.from_pandas(part, preserve_index=False)
        pq.write_table(table, tmp_path / f"{number}.parquet", row_group_size=64)
    for threads in (1, 3):
        found = aggregate_files(sorted(tmp_path.iterdir()), **ASKED, threads=threads)
        assert found.attrs.pop("rows_set_aside") == 0
        assert found.identical(expected)


def test_a_file_of_rows_gives_the_same(tmp_path):
    frame = sales()
    path = tmp_path / "sales.csv"
    frame.to_csv(path, index=False, sep=";", decimal=",")
    found = aggregate_files(path, **ASKED)
    expected = aggregate(frame, **ASKED)
    for name in expected.data_vars:
        assert found[name].equals(expected[name])
    assert found["territory"].values.tolist() == ["01001", "2A004", "97101"]


def test_rows_that_cannot_be_read_are_counted(tmp_path):
    path = tmp_path / "sales.csv"
    rows = [f"0100{n % 3};2024-01-{n % 28 + 1:02};{n}" for n in range(60)]
    path.write_text("\n".join(["commune;day;price", *rows, "01001;hier;4"]) + "\n", "utf-8")
    cube = aggregate_files(path, **ASKED)
    assert cube.attrs["rows_set_aside"] + cube.attrs["rows_without_time"] == 1
    assert cube.attrs["rows_counted"] == 60


def test_what_is_wrong_is_said(tmp_path):
    path = tmp_path / "sales.parquet"
    pq.write_table(pa.Table.from_pandas(sales(9)), path)
    with pytest.raises(ColumnUnknown, match=r"no column 'communes' .nearest: commune"):
        aggregate_files(path, **{**ASKED, "territory": "communes"})
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FileNotTabular, match="damaged Parquet"):
        aggregate_files(path, **ASKED)
    with pytest.raises(ValueError, match="paths is empty"):
        aggregate_files([], **ASKED)
