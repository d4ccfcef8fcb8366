"""A pack may tell the events of its map: they are read, named and checked."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from tests.packs.tiny_country import write_country
from workbench.core.errors import DeclarationError, EventsInvalid, EventsMissing
from workbench.geography.event import COLUMNS
from workbench.geography.timeline import history
from workbench.packs.check import check_pack

MERGER = ("2010-01-01", "merger", "A-009", "Acorn", "", "A", "A-001", "Alder", "", "A")
SAME = ("2010-01-01", "merger", "A-001", "Alder", "", "A", "A-001", "Alder", "", "A")
PART = ("2010-01-01", "part_created", "", "", "", "", "A-009", "Acorn", "ward", "A-001")
WORDS = "part_types: {ward: {en: {one: ward, a: a ward, many: wards}}}"


def country(folder, *rows, words=WORDS):
    """Write the tiny country with events."""
    pack = write_country(folder)
    if rows:
        table = pd.DataFrame(rows, columns=list(COLUMNS))
        table["date"] = pd.to_datetime(table["date"]).dt.date
        table.to_parquet(pack.folder / "data" / "events.parquet")
    (pack.folder / "events.yml").write_text(words, encoding="utf-8")
    return pack


def problems(pack):
    """Return what the check of events found."""
    (check,) = [check for check in check_pack(pack) if check.title.startswith("events lead")]
    return check.problems


def test_events_lead_back_from_the_towns_of_the_pack(tmp_path):
    """Names included; the latest map gives those that no event tells."""
    pack = country(tmp_path, MERGER, SAME, PART)
    assert pack.events.names_at(date(2023, 1, 1))["A-002"] == "Ash"
    assert pack.events.parts_of("A-001")[0].name == "Acorn"
    assert problems(pack) == ()
    assert history("A-009", pack=pack).lines[-1] == ("Map of 2023", "Ward, within Alder (A-001).")


def test_a_pack_may_tell_none(tmp_path):
    """Then its history cannot be told, and the check has nothing to say."""
    pack = country(tmp_path)
    assert problems(pack) == ()
    with pytest.raises(EventsMissing, match="Pack tiny tells no event"):
        pack.events  # noqa: B018


def test_events_that_do_not_lead_to_the_map_are_a_problem(tmp_path):
    """The row is named."""
    pack = country(tmp_path, MERGER, SAME, (*SAME[:6], "A-777", *SAME[7:]))
    with pytest.raises(EventsInvalid, match="'A-777' in force, but it is not on the latest map"):
        pack.events  # noqa: B018
    assert "'A-777'" in problems(pack)[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("former_holders: []", "Parts of type 'ward' have no name"),
        ("part_types: {ward: {}}", "ward has no name in en"),
        ("part_type: {}", r"unknown key 'part_type' \(nearest: part_types"),
        ("part_types: {ward: {en: {one: ward}}}", "ward, en: 'a' is a required property"),
    ],
)
def test_a_part_without_words_is_a_problem(tmp_path, words, said):
    """The file and the key are named."""
    pack = country(tmp_path, MERGER, SAME, PART, words=words)
    with pytest.raises(DeclarationError, match=said):
        history("A-009", pack=pack)
    assert problems(pack)
