"""The benchmark runs on a few communes, and its two contenders agree."""

from __future__ import annotations

import pytest

from . import bench_history

# Kept, followed through codes, restored, reused, never whole, created, of an island, untouched.
CODES = [
    *("59350", "93001", "55138", "14697", "27058", "44225"),
    *("27701", "97701", "60694", "75056", "12218", "14010"),
]


def test_both_contenders_find_the_same_lives() -> None:
    assert set(bench_history.run(CODES)) == {"workbench", "pandas"}


def test_a_difference_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_history, "_lives", lambda *_: [("59350", None, None)] * 2)
    with pytest.raises(SystemExit, match="27701: workbench"):
        bench_history.run(["27701"])


def test_it_prints_cpu_and_ratio(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--codes", "20"])
    bench_history.main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["workbench", "pandas", "ratio"]
