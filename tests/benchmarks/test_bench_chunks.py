"""The benchmark of chunks runs, at a tiny size, and both readers agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from .bench_chunks import CODECS, run

pytest.importorskip("zarr")


def test_it_measures_every_contender(tmp_path: Path) -> None:
    rows, bars = run(
        step=0.25, times=20, chunk=3, every=900, repeat=1, codecs=list(CODECS), folder=tmp_path
    )
    said = [row[0] for row in rows]
    for codec in CODECS:
        assert f"{codec}: codec alone" in said
        assert f"{codec}: to communes, our reader" in said
    assert sum("memory, chunks a thread" in bar.said for bar in bars) == 2
    assert list(tmp_path.iterdir()) == []
