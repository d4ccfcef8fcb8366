"""A ledger is held by one run at a time, and tells what each report was made from."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

from workbench.core.errors import DirectoryNotWritable, FolderBusy, LedgerInvalid
from workbench.reports.ledger import LEDGER, Entry, Ledger, RunFacts

FACTS = RunFacts("t.ipynb", "t1", "p1", "e1", "tiny", 2023)
ENTRY = Entry("county/A.en.html", 1, "q1", "b1", "g1", "s1", 10, 5, 0.5, 0.4)


def test_the_latest_entry_of_each_page_is_given_and_earlier_ones_are_kept(tmp_path):
    digests = {("indicator", "county", "people"): "d1"}
    figures = {"people@2023": ("12.0", "observed"), "area@2023": ("", "missing")}
    with Ledger.opened(tmp_path) as ledger:
        assert ledger.begin(FACTS) == 1
        ledger.record(replace(ENTRY, figures=figures), digests)
        assert ledger.begin(replace(FACTS, package="p2")) == 2
        ledger.record(replace(ENTRY, run=2, sha256="s2"), digests)
    with Ledger.read(tmp_path) as ledger:
        assert ledger.entries() == {ENTRY.page: replace(ENTRY, run=2, sha256="s2")}
        assert ledger.entries(1) == {ENTRY.page: ENTRY}
        assert ledger.figures(ENTRY.page, 1) == figures
        assert ledger.figures(ENTRY.page, 2) == {}
        assert ledger.bases() == {"b1": digests}
        assert [facts.package for facts in ledger.runs().values()] == ["p1", "p2"]


def test_what_was_learned_of_a_template_is_kept(tmp_path):
    with Ledger.opened(tmp_path) as ledger:
        assert ledger.learned("t1") == {}
        ledger.learn("t1", {"modules": ["colorsys"]})
        ledger.learn("t1", {"modules": ["json"]})
        assert ledger.learned("t1") == {"modules": ["json"]}


def test_one_plain_file_is_left(tmp_path):
    """It can be read where nothing can be written."""
    with Ledger.opened(tmp_path) as ledger:
        ledger.begin(FACTS)
    assert [path.name for path in tmp_path.iterdir()] == [LEDGER]
    mode = sqlite3.connect(tmp_path / LEDGER).execute("PRAGMA journal_mode").fetchone()
    assert mode == ("delete",)


SECOND = """
import sys
from pathlib import Path
from workbench.core.errors import WorkbenchError
from workbench.reports.ledger import Ledger
for way in (Ledger.opened, Ledger.read):
    try:
        with way(Path(sys.argv[1])):
            print("opened")
    except WorkbenchError as error:
        print(type(error).__name__, error)
"""


def second(folder):
    """Try to open the ledger in another process."""
    command = [sys.executable, "-c", SECOND, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_second_process_is_told_that_the_folder_is_busy(tmp_path):
    """It may open it once the first has ended."""
    told = f"FolderBusy Another run is writing in {tmp_path}. Wait until it ends, or choose another"
    with Ledger.opened(tmp_path):
        assert [line[: len(told)] for line in second(tmp_path)] == [told, told]
    assert second(tmp_path) == ["opened", "opened"]


def test_the_same_process_is_told_too(tmp_path):
    second = Ledger.opened(tmp_path)
    busy = pytest.raises(FolderBusy, match="Another run is writing")
    with Ledger.opened(tmp_path), busy, second:
        pass


def test_a_folder_without_a_ledger_is_told(tmp_path):
    with (
        pytest.raises(LedgerInvalid, match=r"holds no ledger\.sqlite: expected a folder written"),
        Ledger.read(tmp_path),
    ):
        pass


@pytest.mark.parametrize("way", [Ledger.opened, Ledger.read])
def test_a_file_that_is_no_ledger_is_told(tmp_path, way):
    (tmp_path / LEDGER).write_text("not a database, and long enough to be seen as none" * 9)
    with pytest.raises(LedgerInvalid, match=r"is no ledger .* Remove it"), way(tmp_path):
        pass


def test_a_ledger_of_another_version_is_told(tmp_path):
    with Ledger.opened(tmp_path):
        pass
    sqlite3.connect(tmp_path / LEDGER).execute("PRAGMA user_version = 9")
    with pytest.raises(LedgerInvalid, match=r"of version 9, expected 1"), Ledger.opened(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    told = pytest.raises(DirectoryNotWritable, match="Choose another folder with --to")
    with told, Ledger.opened(tmp_path / "file" / "reports"):
        pass
