"""The benchmark of zonal statistics runs, at a tiny size, and agrees with shapely."""

from __future__ import annotations

import pytest

from .bench_zonal import main


def test_it_prints_times_and_bars(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "bench --steps 0.5 0.2 --times 3 --every 3000 --repeat 1 --peer-times 1"
    monkeypatch.setattr("sys.argv", words.split())
    main()
    printed = capsys.readouterr().out
    assert "weights 0.2°: workbench" in printed
    assert "mean of 3 steps, four levels: workbench" in printed
    line = next(
        row for row in printed.splitlines() if row.startswith("difference from shapely, 0.5")
    )
    assert line.endswith(" met")
    assert "not" not in line
