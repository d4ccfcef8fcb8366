"""The benchmark of the readers runs, and its judge is fair."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import bench_dialect
from tests.benchmarks.bench_dialect import READERS, REFUSED, RIGHT, WRONG, judge
from tests.benchmarks.land_sales import write_land_sales
from tests.loaders.corpus.cases import CASES
from workbench.loaders.tabular import read

BY_NAME = {(case.group, case.name): case for case in CASES}


@pytest.mark.parametrize(
    ("tool", "case", "word"),
    [
        ("workbench", ("separator", "semicolon"), RIGHT),
        ("pandas", ("separator", "semicolon"), WRONG),  # one column
        ("pandas", ("encoding", "cp1252"), REFUSED),
        ("pandas", ("no table", "empty"), RIGHT),  # refused, as it is to be
        ("pandas", ("code", "zeros_first"), WRONG),  # 01001 becomes 1001
    ],
)
def test_a_tool_is_judged_by_what_it_returns(tmp_path, tool, case, word):
    path = tmp_path / "a.csv"
    path.write_bytes(BY_NAME[case].content)
    assert judge(BY_NAME[case], READERS[tool], path) == word


def test_land_sales_are_read_by_their_codes_dates_and_amounts(tmp_path):
    path = Path(tmp_path, "a.txt")
    count = write_land_sales(path, 50_000)
    table = read(path)
    assert table.data.num_rows == count
    assert table.set_aside.num_rows == 0
    roles = {column.heading: column.role.value for column in table.columns}
    assert roles["Code departement"] == roles["Code commune"] == roles["No disposition"] == "code"
    assert roles["Valeur fonciere"] == roles["Surface Carrez du 1er lot"] == "number"
    assert roles["Date mutation"] == "date"
    assert roles["Surface terrain"] == "integer"


def test_the_benchmark_runs_at_a_tiny_size(tmp_path, capsys):
    ended = bench_dialect.main(
        ["--size", "0.1", "--turns", "1", "--short", "--folder", str(tmp_path)]
    )
    told = capsys.readouterr().out
    assert f"workbench     {len(CASES):>10}{0:>10}{0:>10}" in told
    assert "detection: median" in told
    assert ended in (0, 1)
    assert list(tmp_path.iterdir()) == []
