"""Indicators are listed and told, formula, caveats and sources."""

from __future__ import annotations

from workbench.indicators.registry import indicators


def test_all_are_listed(workbench):
    listed = workbench("indicators", "list", "--json").json
    assert [each["id"] for each in listed] == [each.id for each in indicators()]


def test_a_theme_is_listed_in_french(workbench):
    lines = workbench("indicators", "list", "--theme", "age", "--lang", "fr").out.splitlines()
    assert len(lines) == 1 + len(indicators("age"))
    assert "Part des moins de 20 ans" in lines[1]


def test_an_infinite_bound_is_null_in_json(workbench):
    shown = workbench("indicators", "show", "share_population_under_2000", "--json").json
    assert shown["where"][0]["at_least"] is None
    assert shown["where"][0]["below"] == 2000


def test_the_formula_is_written(workbench):
    told = workbench("indicators", "show", "share_under_20").out
    assert "100 × age_0_19 / (age_0_19 + age_20_64 + age_65_plus)" in told
    condition = workbench("indicators", "show", "share_population_under_2000").out
    assert "where population < 2000" in condition


def test_a_pack_gives_the_sources_of_its_own_variables(workbench, tiny):
    told = workbench("indicators", "show", "population", "--pack", tiny).out
    assert "The count, Count office" in told


def test_a_misspelt_name_or_theme_names_the_nearest(workbench):
    name = workbench("indicators", "show", "share_under_2")
    theme = workbench("indicators", "list", "--theme", "dwelings")
    lang = workbench("indicators", "list", "--lang", "xx")
    assert (name.code, theme.code, lang.code) == (2, 2, 2)
    assert "nearest: share_under_20" in name.err
    assert "nearest: dwellings" in theme.err
    assert "'xx' is not spoken here" in lang.err
