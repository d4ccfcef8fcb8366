"""The benchmark runs, at a tiny size, and its contenders agree."""

from __future__ import annotations

import pytest

from .bench_convert import main, run

CONTENDERS = ["workbench", "workbench, first time", "pandas, wide", "pandas, tidy"]


def test_all_contenders_give_the_same_figures() -> None:
    assert list(run(territories=90, variables=3, periods=2, moved=20, repeat=1)) == CONTENDERS


def test_it_prints_a_time_for_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["bench", "--territories", "30", "--variables", "2", "--periods", "1", "--moved", "3"]
    monkeypatch.setattr("sys.argv", words)
    main()
    shown = capsys.readouterr().out.splitlines()
    assert [line[:22].strip() for line in shown] == ["", *CONTENDERS]
