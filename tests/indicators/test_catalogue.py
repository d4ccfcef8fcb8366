"""The package's own catalogue: complete, bilingual, and at one with the France pack."""

from __future__ import annotations

import pytest

from workbench.core.i18n import unit
from workbench.core.types import Kind
from workbench.indicators.indicator import Indicator
from workbench.indicators.registry import indicators, registry
from workbench.packs.pack import open_pack

ALL = indicators()
EACH = pytest.mark.parametrize("indicator", ALL, ids=lambda each: each.id)


def test_there_are_enough_indicators_in_seven_themes() -> None:
    assert len(ALL) >= 45
    assert {each.theme for each in ALL} == {theme.id for theme in registry().themes}
    assert len(registry().themes) == 7


@EACH
def test_texts_are_there_in_both_languages(indicator: Indicator) -> None:
    for texts in (indicator.label, indicator.phrase, indicator.description):
        assert set(texts) >= {"fr", "en"}
    assert all(text.endswith(".") for text in indicator.description.values())


@EACH
def test_a_phrase_begins_with_its_article(indicator: Indicator) -> None:
    assert indicator.phrase["fr"].startswith(("la ", "le ", "l'"))
    assert indicator.phrase["en"].startswith("the ")


def test_no_two_indicators_read_the_same() -> None:
    for language in ("fr", "en"):
        for field in ("label", "phrase"):
            texts = [getattr(each, field)[language] for each in ALL]
            assert len(set(texts)) == len(texts)


@EACH
def test_the_unit_has_a_name(indicator: Indicator) -> None:
    assert unit(indicator.unit) is not None


@EACH
def test_a_share_is_in_percent_and_its_scale_is_a_hundred(indicator: Indicator) -> None:
    if indicator.id.startswith("share_"):
        assert (indicator.unit, indicator.scale) == ("percent", 100)


@EACH
def test_a_binomial_noise_goes_with_a_share(indicator: Indicator) -> None:
    if indicator.noise.model == "binomial":
        assert indicator.kind is Kind.RATIO
        assert indicator.denominator


@EACH
def test_a_pack_has_its_variables_and_caveats(indicator: Indicator) -> None:
    """One of those that come with the workbench: no indicator is made from what nothing counts."""
    specs = [open_pack(name).spec for name in ("france", "morocco")]
    held = [spec for spec in specs if indicator.variables <= set(spec.variables)]
    assert held
    assert set(indicator.caveats) <= set(held[0].caveats)


def test_rates_are_suppressed_under_the_denominator_that_the_pack_declares() -> None:
    rule = open_pack("france").spec.secrecy["census_rates"]["minimum_denominator"]
    variables = open_pack("france").spec.variables
    counted = {name for name, each in variables.items() if each.sources == ("insee_rp_iris",)}
    declared = {each.minimum_denominator for each in ALL if each.variables <= counted}
    assert declared - {0.0} == {rule}


def test_the_gross_density_classes_do_not_pass_for_the_official_grid() -> None:
    (classes,) = (each for each in ALL if each.id == "density_class")
    assert "gross_density" in classes.caveats
    assert "ce n'est pas une grille officielle" in classes.description["fr"]
    assert "INSEE" in open_pack("france").spec.caveats["gross_density"]["fr"]
    assert [each.at_least for each in classes.classes[1:]] == [25, 100, 300, 1500]


def test_what_is_said_of_parts_is_said_only_where_there_are_several() -> None:
    for each in ALL:
        if each.kind in (Kind.MEDIAN, Kind.INEQUALITY) or each.where:
            assert "local" not in each.levels
            assert "finest" not in each.levels
            assert each.levels
