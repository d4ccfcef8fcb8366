"""Sources are declared right, found by words, and their addresses made of checked parts."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import DeclarationError
from workbench.loaders.addresses import target
from workbench.loaders.catalogue import catalogue, load_catalogue, search, source, sources
from workbench.loaders.errors import OptionUnknown, ParameterRefused, SourceUnknown
from workbench.loaders.registry import OWN, loader

OWN_SOURCES = sources()
# Sources that are only fetched.
LATER = {""}

GOOD = """
theme: {id: tests, label: {fr: Essais, en: Tests}}
sources:
  trees:
    title: {fr: Arbres, en: Trees}
    producer: Ville
    licence: Licence Ouverte 2.0
    url: https://example.org/{year}.csv
    parameters:
      year: {pattern: '20[0-9]{2}', example: "2024", help: {fr: année, en: year}}
    reader: rows
"""


def written(folder, text):
    """Write a file of sources."""
    path = folder / "tests.yml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("each", OWN_SOURCES, ids=lambda each: each.id)
def test_a_source_has_an_address_that_may_be_read_and_a_reader_that_takes_its_options(each):
    if each.url:
        values = {key: parameter.example for key, parameter in each.parameters.items()}
        assert target(each.address(values)).scheme == "https"
    assert each.reader in {*OWN, *LATER}
    if each.reader in OWN:
        assert set(each.options) <= set(loader(each.reader).options)
    assert not each.paging or each.reader in ("records", "ngsi_ld", "gbfs", "insee_long")


def test_every_source_is_of_a_theme_and_the_issue_s_are_all_there():
    assert {each.theme for each in OWN_SOURCES} == set(catalogue().themes)
    wanted = (
        "insee_populations insee_filosofi insee_bpe insee_bdm insee_melodi scdl_grants decp dvf"
    )
    wanted += " irve gtfs gbfs ngsi_ld opendatasoft hubeau_groundwater air_quality weather_daily"
    assert set(wanted.split()) <= {each.id for each in OWN_SOURCES}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prix immobilier", "dvf"),
        ("EAU POTABLE", "hubeau_drinking_water"),
        ("velos partages", "gbfs"),
        ("charge points", "irve"),
        ("marchés", "decp"),
        ("valeur_fonciere", "dvf"),
        ("météo france pluie", "weather_daily"),
    ],
)
def test_a_source_is_found_by_its_words(text, expected):
    assert expected in [each.id for each in search(text)]


@pytest.mark.parametrize("text", ["", "   ", "xyzzy", "prix xyzzy"])
def test_words_that_no_source_tells_find_none(text):
    assert search(text) == ()


def test_a_name_or_a_theme_that_is_not_there_names_the_nearest():
    with pytest.raises(SourceUnknown, match=r"'dfv' \(.*dvf"):
        source("dfv")
    with pytest.raises(SourceUnknown, match="nearest: environment"):
        sources("enviroment")


def test_a_parameter_that_is_missing_or_wrong_is_told():
    dvf = source("dvf_year")
    with pytest.raises(ParameterRefused, match=r"needs year .*such as year=2024"):
        dvf.address()
    with pytest.raises(ParameterRefused, match="takes no year such as '24'"):
        dvf.address({"year": "24"})
    with pytest.raises(OptionUnknown, match="nearest: year"):
        dvf.address({"yaer": "2024"})
    with pytest.raises(OptionUnknown, match="it takes none"):
        source("decp").address({"year": "2024"})


def test_a_source_without_address_says_where_its_files_are():
    with pytest.raises(ParameterRefused, match=r"no address of its own.*found from https://"):
        source("gtfs").address()


@given(st.text(max_size=40), st.sampled_from([each for each in OWN_SOURCES if each.parameters]))
def test_no_value_leads_to_another_host_or_path(value, each):
    values = {key: parameter.example for key, parameter in each.parameters.items()}
    usual = urlsplit(each.address(values))
    for key in values:
        try:
            made = urlsplit(each.address({**values, key: value}))
        except ParameterRefused:
            continue
        assert made.scheme == "https"
        assert key == "portal" or made.netloc == usual.netloc
        assert made.path.count("/") == usual.path.count("/")
        assert made.query.count("&") == usual.query.count("&")
        assert made.fragment == ""


def test_a_folder_of_sources_is_added(tmp_path):
    written(tmp_path, GOOD)
    more = load_catalogue(tmp_path)
    assert more.get("trees").address({"year": "2026"}) == "https://example.org/2026.csv"
    assert "trees" not in catalogue().by_id


@pytest.mark.parametrize(
    ("found", "put", "told"),
    [
        ("producer:", "producteur:", "unknown key 'producteur'"),
        ("    reader: rows\n", "", "'reader' is a required property"),
        ("https://example", "http://example", "does not match"),
        ("/{year}", "/{yaer}", "in one only of the URL and the parameters"),
        ("/{year}", "/{year", "url: "),
        ('"2024"', '"1999"', "not of the pattern"),
        ("'20[0-9]{2}'", "'20[0-9'", "pattern: "),
        ("reader: rows", "reader: rows\n    paging: hubeaux", "nearest: hubeau"),
        ("reader: rows", "reader: rows\n    sha256: abc", "does not match"),
        ("{fr: Arbres, en: Trees}", "{fr: Arbres}", "'en' is a required property"),
        ("id: tests", "id: economy", "'economy' is declared already"),
        ("  trees:", "  dvf:", "dvf: declared already"),
        (", label: {fr: Essais, en: Tests}", "", "has no label"),
    ],
)
def test_a_declaration_that_is_wrong_names_the_place(tmp_path, found, put, told):
    assert found in GOOD
    with pytest.raises(DeclarationError, match=told) as caught:
        load_catalogue(written(tmp_path, GOOD.replace(found, put)))
    assert "tests.yml" in str(caught.value)
