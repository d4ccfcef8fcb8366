"""The benchmark runs on a few communes, which make a short gallery and a long one."""

from __future__ import annotations

import pytest

from .bench_gallery import QUERIES, main, run


def test_it_measures_the_writing_the_pages_and_the_search() -> None:
    measured = dict(run(communes=20, repeat=1))
    assert measured["reports"] == "1,403"
    assert {"write, first", "write, again", "first page", "search index"} <= set(measured)
    assert any(what.startswith("lists (") for what in measured)
    searched = [what for what in measured if what.startswith("search '")]
    assert "browser" in measured or searched == [f"search {query!r}" for query in QUERIES]


def test_it_prints_a_line_for_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--communes", "1", "--repeat", "1", "--lang", "en"])
    main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["reports", "1,384"]
    assert lines[1].startswith("write, first")
