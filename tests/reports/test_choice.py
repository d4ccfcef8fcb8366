"""A run makes the territories that were asked for, each once, and refuses what names none."""

from __future__ import annotations

import pytest

from workbench.core.errors import (
    AmbiguousTerritory,
    LevelUnknown,
    ParameterError,
    TerritoryUnknown,
)
from workbench.reports.choice import choose_territories, read_assignments, read_languages

from ..packs.tiny_country import write_country


def keys(territories):
    return [(territory.level, territory.code) for territory in territories]


def test_without_a_question_the_country_comes_first_then_regions_then_departements(france):
    levels = [territory.level for territory in choose_territories(france)]
    assert levels == ["country"] + ["region"] * 18 + ["departement"] * 101


def test_what_lies_outside_the_country_is_made_when_asked_for(france):
    usual = keys(choose_territories(france))
    asked = keys(choose_territories(france, levels=["collectivite"]))
    assert len(asked) == 8
    assert not set(usual) & set(asked)


def test_another_country_has_its_own_levels(tmp_path):
    pack = write_country(tmp_path)
    assert keys(choose_territories(pack)) == [("country", "TL"), ("county", "A"), ("county", "B")]


def test_codes_are_made_in_the_order_given_and_once(france):
    chosen = choose_territories(france, codes=["59350", "01001", "59350"])
    assert keys(chosen) == [("commune", "59350"), ("commune", "01001")]


def test_a_level_settles_a_code_that_two_levels_use(france):
    assert choose_territories(france, codes=["11"], levels=["region"])[0].name == "Île-de-France"
    among = choose_territories(france, codes=["11"], levels=["commune", "departement"])
    assert among[0].name == "Aude"


def test_whole_levels_come_widest_first(france):
    chosen = choose_territories(france, levels=["departement", "region"], limit=19)
    assert [territory.level for territory in chosen] == ["region"] * 18 + ["departement"]


@pytest.mark.parametrize(
    ("codes", "levels", "error", "match"),
    [
        (["11"], [], AmbiguousTerritory, "several levels: departement, region"),
        (["11"], ["departement", "region"], AmbiguousTerritory, "2 of the levels asked for"),
        (["zz"], ["departement", "region"], TerritoryUnknown, "none of the levels asked for"),
        (["1001"], [], TerritoryUnknown, "lost its leading zero, write '01001'"),
        ([], ["regoin"], LevelUnknown, "nearest: region"),
    ],
)
def test_what_names_no_one_territory_is_refused(france, codes, levels, error, match):
    with pytest.raises(error, match=match):
        choose_territories(france, codes=codes, levels=levels)


def test_languages_are_read_in_order_and_once():
    assert read_languages(" fr,en ,fr") == ("fr", "en")


def test_no_language_is_an_error():
    with pytest.raises(ParameterError, match=r"give languages, such as --lang fr,en"):
        read_languages(" , ")


def test_a_value_stays_the_text_that_was_typed():
    assert read_assignments(["code=01001", "half=0.50", "empty=", "two=a=b"]) == {
        "code": "01001",
        "half": "0.50",
        "empty": "",
        "two": "a=b",
    }


@pytest.mark.parametrize(
    ("texts", "match"),
    [
        (["year"], "expected name=value"),
        (["=2023"], "expected name=value"),
        (["territory=59"], "use --territory"),
        (["vintage=2019"], "use --vintage"),
        (["a=1", "a=2"], "given twice: '1' and '2'"),
    ],
)
def test_an_assignment_that_is_none_is_refused(texts, match):
    with pytest.raises(ParameterError, match=match):
        read_assignments(texts)
