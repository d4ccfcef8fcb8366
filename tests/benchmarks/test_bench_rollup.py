"""The benchmark runs, at a tiny size, and its contenders agree."""

from __future__ import annotations

import pytest

from .bench_rollup import main, run


def test_all_contenders_give_the_same_figures() -> None:
    rows, bars = run(parts=200, variables=4, periods=2, groups=9, repeat=1)
    assert {"workbench", "xarray", "pandas"} <= {row[0] for row in rows}
    assert [bar.required for bar in bars] == [2, 25]


def test_it_prints_a_time_for_each_and_what_is_required(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "bench --parts 50 --variables 2 --periods 1 --groups 3 --repeat 1"
    monkeypatch.setattr("sys.argv", words.split())
    main()
    printed = capsys.readouterr().out
    assert "sums of counts: workbench" in printed
    assert "weighted mean ÷ one read, CPU" in printed
