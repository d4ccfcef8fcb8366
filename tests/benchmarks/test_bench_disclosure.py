"""The benchmark runs, at a tiny size, and what it hides is not found."""

from __future__ import annotations

import pytest

from .bench_disclosure import main, national, run


def test_nothing_is_found_of_what_the_workbench_hides() -> None:
    rows, bars = run(communes=60, kinds=4, seeds=1)
    assert [row[3] for row in rows if "Argus" not in row[0]] == ["0", "0", "0"]
    assert bars[1].met


def test_the_drawn_country_adds_up() -> None:
    drawn = national(1, 60, 4)
    gaps = drawn.table.sums.gaps(drawn.values)
    assert abs(gaps).max() == 0
    assert drawn.primary.sensitive.sum() > 20


def test_it_prints_what_is_required(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "bench --communes 40 --kinds 3 --seeds 1"
    monkeypatch.setattr("sys.argv", words.split())
    main()
    assert "national table, cells under protection" in capsys.readouterr().out
