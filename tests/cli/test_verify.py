"""``workbench verify`` names what differs, and what it says to do sets it right."""

from __future__ import annotations

import shlex

import pandas as pd
import pytest

from ..packs.tiny_country import write_country


@pytest.fixture
def country(tmp_path):
    """Give the folder of a country that the test changes."""
    write_country(tmp_path / "tiny")
    return tmp_path / "tiny"


def test_reports_are_verified_changed_and_set_right(workbench, country, tmp_path):
    """A page edited by hand and a value of the pack, by the one command that it tells."""
    reports = tmp_path / "reports"
    words = ("--pack", country, "--level", "county", "--to", reports, "--jobs", 1)
    assert workbench("report", "portrait", *words).code == 0
    ended = workbench("verify", reports)
    assert ended.code == 0
    assert ended.out == f"2 pages verified in {reports}: all as written, from what there is now\n"

    page = reports / "county" / "A.en.html"
    page.write_text(page.read_text("utf-8").replace("630", "930"), "utf-8")
    path = country / "data" / "town.parquet"
    table = pd.read_parquet(path)
    table.loc[0, "population@2023"] = 111
    table.to_parquet(path, index=False)
    ended = workbench("verify", reports)
    assert ended.code == 1
    altered, outdated, _, step, last = ended.out.splitlines()
    assert altered == f"altered      {reports}: county/A.en.html is not what was written"
    assert outdated == (
        f"out of date  {reports}: variable population (town) has changed since (2 pages)"
    )
    assert last == f"2 pages verified in {reports}: not all as written"

    assert workbench(*shlex.split(step)[1:]).code == 0
    assert workbench("verify", reports).code == 0
    assert "631" in page.read_text("utf-8")


def test_a_program_reads_what_was_found(workbench, tmp_path):
    """Many findings are listed whole; a terminal shows the first."""
    from ..reports.tiny_editions import write_run

    write_run(tmp_path, {f"town/{number:03}.en.html": {} for number in range(25)})
    ended = workbench("verify", tmp_path, "--json")
    assert (ended.code, ended.json["holds"], ended.json["pages"]) == (1, False, 25)
    missing = [each for each in ended.json["findings"] if each["state"] == "altered"]
    assert [each["subject"] for each in missing][::24] == ["town/000.en.html", "town/024.en.html"]
    shown = workbench("verify", tmp_path).out
    assert f"altered      {tmp_path}: 5 more (--json lists all)\n" in shown


def test_a_folder_without_a_ledger_is_a_wrong_question(workbench, tmp_path):
    """Nothing was verified."""
    ended = workbench("verify", tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert "holds no ledger.sqlite" in ended.err
