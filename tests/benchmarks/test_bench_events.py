"""The benchmark of events and points runs, at a tiny size."""

from __future__ import annotations

import pytest

from .bench_events import main


def test_it_prints_times_and_bars(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--rows", "3000", "--points", "300", "--repeat", "1"])
    main()
    printed = capsys.readouterr().out
    assert "3,000 rows: workbench" in printed
    assert "300 rows: places" in printed
    assert "events ÷ decode, CPU" in printed
