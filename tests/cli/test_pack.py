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
    assert ended.out.count("✓") == 18


def test_a_wrong_total_ends_with_1_and_is_told(workbench, tmp_path):
    write_country(tmp_path / "wrong", published={**PUBLISHED, "2018": 1})
    ended = workbench("pack", "check", tmp_path / "wrong")
    assert ended.code == 1
    assert "    map of 2023, 2018: 4000, published 1" in ended.out
    listed = workbench("pack", "check", tmp_path / "wrong", "--json")
    assert listed.code == 1
    assert [check["holds"] for check in listed.json].count(False) == 1


def test_a_problem_is_told_with_the_next_step(workbench, tmp_path):
    folder = write_country(tmp_path / "wrong").folder
    declared = (folder / "pack.yml").read_text("utf-8")
    (folder / "pack.yml").write_text(declared.replace("CC0-1.0", "CC-BY"), "utf-8")
    ended = workbench("pack", "check", folder)
    assert ended.code == 1
    assert "✗ sources have a known licence" in ended.out
    assert "pack.yml, sources, count, licence: Licence 'CC-BY' is not known" in ended.out
    assert "    → Give the licence under which the producer publishes the source." in ended.out


def test_a_pack_that_cannot_be_opened_is_checked_all_the_same(workbench, tmp_path):
    folder = write_country(tmp_path / "wrong").folder
    declared = (folder / "pack.yml").read_text("utf-8")
    (folder / "pack.yml").write_text(declared + "vintge: 2023\n", "utf-8")
    ended = workbench("pack", "check", folder)
    assert ended.code == 1
    assert "pack.yml: unknown key 'vintge' (nearest: vintage" in ended.out
    assert workbench("pack", "check", folder, "--json").json[0]["holds"] is False


def test_a_new_pack_is_built_checked_and_told(workbench, tmp_path):
    folder = tmp_path / "Mon pays"
    started = workbench("pack", "new", folder, "--lang", "fr,en", "-l", "village", "-l", "pays")
    assert started.code == 0
    assert f"workbench pack check {folder}" in started.out
    assert workbench("pack", "check", folder).code == 0
    built = workbench("pack", "build", folder)
    assert built.code == 0
    assert str(folder / "data" / "village.parquet") in built.out
    told = workbench("pack", "info", folder)
    assert "Mon Pays (simulé)" in told.out or "Mon Pays (simulated)" in told.out
    assert "the figures are made up" in told.out


def test_a_new_pack_is_not_written_over_another(workbench, tiny):
    ended = workbench("pack", "new", tiny)
    assert ended.code == 2
    assert "is not empty. Choose another folder" in ended.err


def test_a_pack_that_is_not_there_cannot_be_built(workbench):
    ended = workbench("pack", "build", "moroco")
    assert ended.code == 2
    assert "nearest: morocco" in ended.err
