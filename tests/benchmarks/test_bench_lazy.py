"""The benchmark of lazy reading runs, at a tiny size, and what it reads is what was written."""

from __future__ import annotations

import sys

import pytest

from .bench_lazy import main


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is told on Linux only")
def test_it_prints_peaks_and_bars(tmp_path, capsys):
    assert main(["--rows", "4000", "--folder", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "2,000 rows, csv" in printed
    assert "4,000 rows, parquet" in printed
    assert "parquet: peak of memory, MB" in printed
    assert list(tmp_path.iterdir()) == []
