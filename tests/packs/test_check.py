"""Each check of a pack holds on a sound one, and names what is wrong in another."""

from __future__ import annotations

from workbench.packs.check import check_pack

from .tiny_country import PUBLISHED, counts, territories, write_country


def wrong(pack):
    """Return the problems found, by the start of their check's title."""
    return {
        check.title.split(" ")[0]: check.problems for check in check_pack(pack) if not check.holds
    }


def changed(town, **values):
    """Return the table of territories with one town changed."""
    table = territories()
    row = (table["code"] == town) & (table["level"] == "town")
    for name, value in values.items():
        table.loc[row, name] = value
    return table


def test_the_france_pack_is_sound(france):
    assert wrong(france) == {}


def test_a_sound_country_passes_every_check(tmp_path):
    checks = check_pack(write_country(tmp_path))
    assert [check.problems for check in checks] == [()] * 9
    assert checks[2].detail == "2 years, 1 maps"


def test_a_changed_table_is_told_by_its_hash(tmp_path):
    pack = write_country(tmp_path)
    counts().head(3).to_parquet(tmp_path / "data" / "town.parquet", index=False)
    assert wrong(pack)["tables"][0].startswith("town.parquet is ")


def test_a_table_that_is_missing_or_not_declared_is_named(tmp_path):
    pack = write_country(tmp_path)
    data = tmp_path / "data"
    (data / "statuses.parquet").rename(data / "extra.parquet")
    assert wrong(pack)["tables"] == (
        "statuses.parquet is missing",
        "extra.parquet is not in the manifest",
    )


def test_a_manifest_that_is_missing_is_a_problem_and_not_a_crash(tmp_path):
    pack = write_country(tmp_path)
    (tmp_path / "data" / "manifest.json").unlink()
    assert wrong(pack) == {"tables": ("data/manifest.json is missing: build the pack again",)}


def test_a_total_that_is_not_the_published_one_is_told_beside_it(tmp_path):
    pack = write_country(tmp_path, published={**PUBLISHED, "2023": 4231})
    assert wrong(pack) == {"populations": ("map of 2023, 2023: 4230, published 4231",)}


def test_a_published_year_that_no_map_has_is_named(tmp_path):
    pack = write_country(tmp_path, published={**PUBLISHED, "2030": 1})
    assert wrong(pack) == {"populations": ("2030: no map has it",)}


def test_what_the_source_keeps_constant_is_not_in_the_published_total(tmp_path):
    rule = {
        "variable": "population",
        "level": "county",
        "code": "A",
        "reference": 2018,
        "caveat": "constant",
    }
    pack = write_country(
        tmp_path,
        constant=[rule],
        caveats={"constant": {"en": "Constant."}},
        published={"2018": 3400, "2023": 3600},
    )
    assert wrong(pack) == {}


def test_a_code_of_the_wrong_shape_is_shown_with_its_pattern(tmp_path):
    table = changed("A-001", code="A-1")
    figures = counts().replace({"code": {"A-001": "A-1"}})
    pack = write_country(tmp_path, places=table, figures=figures)
    assert wrong(pack) == {"codes": ("town 'A-1' is not ^[AB]-[0-9]{3}$",)}


def test_a_parent_that_does_not_exist_is_named(tmp_path):
    pack = write_country(tmp_path, places=changed("A-001", county="Z"))
    assert wrong(pack)["parents"] == ("town A-001: county 'Z' does not exist",)


def test_a_town_in_no_county_is_named(tmp_path):
    pack = write_country(tmp_path, places=changed("B-003", county=""))
    assert wrong(pack) == {"every": ("town B-003 is in 0 of them",)}


def test_holders_that_disagree_are_told(tmp_path):
    pack = write_country(tmp_path, places=changed("A-001", country=""))
    assert wrong(pack)["holders"] == ("town A-001: country '', through its county 'TL'",)


def test_a_variable_without_a_column_and_a_column_without_a_variable_are_named(tmp_path):
    pack = write_country(tmp_path, figures=counts().rename(columns={"area_km2": "acres"}))
    assert wrong(pack)["declared"] == (
        "area_km2 is declared and in no column of town",
        "column acres of town is not declared",
    )


def test_a_long_list_is_cut_and_counted(tmp_path):
    table = territories()
    table.loc[table["level"] == "town", "county"] = ""
    problems = wrong(write_country(tmp_path, places=table))["every"]
    assert len(problems) == 4
    assert problems[-1] == "and 3 more"
