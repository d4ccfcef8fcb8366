"""The benchmark runs, at a tiny size, and its two contenders agree."""

from __future__ import annotations

import pytest

from .bench_rollup import main, run


def test_both_contenders_give_the_same_figures() -> None:
    times = run(parts=200, variables=4, periods=2, groups=9, repeat=1)
    assert set(times) == {"workbench", "pandas"}


def test_it_prints_a_time_for_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["bench", "--parts", "50", "--variables", "2", "--periods", "1", "--groups", "3"]
    monkeypatch.setattr("sys.argv", words)
    main()
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "workbench",
        "pandas",
    ]
