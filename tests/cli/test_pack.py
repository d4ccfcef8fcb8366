"""A pack is described and verified."""

from __future__ import annotations

from ..packs.tiny_country import PUBLISHED, write_country


def test_the_pack_names_its_producers_and_licences(workbench):
    told = workbench("pack", "info").out
    for word in ("INSEE", "IGN", "DGCL", "DILA", "Licence Ouverte 2.0"):
        assert word in told


def test_counts_are_those_of_the_tables(workbench, tiny):
    told = workbench("pack", "info", tiny, "--json").json
    assert told["levels"] == {"town": 6, "county": 2, "country": 1}
    assert told["vintages"] == [2023]


def test_a_sound_pack_ends_with_0(workbench, tiny):
    ended = workbench("pack", "check", tiny)
    assert ended.code == 0
    assert ended.out.count("✓") == 9


def test_a_wrong_total_ends_with_1_and_is_told(workbench, tmp_path):
    write_country(tmp_path / "wrong", published={**PUBLISHED, "2018": 1})
    ended = workbench("pack", "check", tmp_path / "wrong")
    assert ended.code == 1
    assert "    map of 2023, 2018: 4000, published 1" in ended.out
    listed = workbench("pack", "check", tmp_path / "wrong", "--json")
    assert listed.code == 1
    assert [check["holds"] for check in listed.json].count(False) == 1
