"""Catalogue files: read strictly, refused with the place and the way out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workbench.core.errors import DeclarationError, UnknownName
from workbench.core.types import Kind
from workbench.indicators.cube import build_cube
from workbench.indicators.registry import Registry, get, indicators, load_catalogue, themes

from .tiny_pack import TinyPack

THEME = """
theme:
  id: size
  order: 9
  label: {fr: Taille, en: Size}
  description: {fr: La taille., en: The size.}
indicators:
"""
BODY = """
  share_small:
    label: {fr: Part des petites, en: Share of the small}
    phrase: {fr: la part des petites, en: the share of the small}
    description: {fr: Part., en: Share.}
    kind: ratio
    calculation: ratio
    numerator: [population]
    where: [{variable: population, per: area_km2, at_least: 20, below: 200}]
    denominator: [population]
    scale: 100
    unit: percent
"""


def load(folder: Path, text: str, onto: Registry | None = None) -> Registry:
    path = folder / "size.yml"
    path.write_text(text, encoding="utf-8")
    return load_catalogue(path, onto=onto or Registry())


def test_an_indicator_with_a_condition_needs_no_python(tmp_path: Path) -> None:
    declared = load(tmp_path, THEME + BODY).get("share_small")
    cube = build_cube(TinyPack(), [declared], "middle", periods=[2023])
    # 02 (145 inhabitants per km²) and 04 (105): 290 + 2,100 of 15,000.
    assert cube["share_small"].values.tolist() == [[pytest.approx(100 * 2390 / 15000)]]


def test_a_catalogue_is_added_to_the_packages_own(tmp_path: Path) -> None:
    before = len(indicators())
    path = tmp_path / "size.yml"
    path.write_text(THEME + BODY, encoding="utf-8")
    bigger = load_catalogue(path)
    assert len(bigger.indicators()) == before + 1
    assert bigger.themes[-1].id == "size"
    assert len(indicators()) == before


def test_a_file_can_add_to_a_theme_declared_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "more.yml"
    path.write_text("theme: {id: age}\nindicators:\n" + BODY, encoding="utf-8")
    assert load_catalogue(path).indicators("age")[-1].id == "share_small"


def test_defaults_of_a_file_are_said_once(tmp_path: Path) -> None:
    text = THEME.replace("indicators:", "defaults: {unit: percent, decimals: 2}\nindicators:")
    declared = load(tmp_path, text + BODY.replace("    unit: percent\n", "")).get("share_small")
    assert (declared.unit, declared.decimals) == ("percent", 2)


def test_a_scale_can_be_a_fraction(tmp_path: Path) -> None:
    declared = load(tmp_path, THEME + BODY.replace("scale: 100", "scale: 1/60")).get("share_small")
    assert declared.scale == 1 / 60


def test_a_fact_of_the_package() -> None:
    assert get("population").kind is Kind.COUNT


def test_an_unknown_indicator_is_refused_and_the_nearest_told() -> None:
    with pytest.raises(UnknownName, match=r"'share_under_2'; nearest: share_under_20"):
        get("share_under_2")


def test_an_unknown_theme_is_refused_and_the_nearest_told() -> None:
    with pytest.raises(UnknownName, match="'densty'; nearest: density"):
        indicators("densty")


def test_themes_come_in_their_order() -> None:
    assert [theme.id for theme in themes()] == [
        "population",
        "density",
        "age",
        "dwellings",
        "services",
        "councils",
        "fabric",
    ]


@pytest.mark.parametrize(
    ("said", "instead", "message"),
    [
        (
            "numerator:",
            "numerater:",
            "size.yml, indicators, share_small: unknown key 'numerater' .*numerator",
        ),
        (
            "kind: ratio",
            "kind: rate",
            "size.yml, indicators, share_small, kind: 'rate' is not one of",
        ),
        (
            "kind: ratio",
            "kind: count",
            "share_small: ratio makes no count; choose: density, mean, ratio",
        ),
        (
            "calculation: ratio",
            "calculation: ration",
            "calculation 'ration' does not exist; nearest: ratio",
        ),
        ("    denominator: [population]\n", "", "share_small: ratio needs the key 'denominator'"),
        (
            "calculation: ratio",
            "calculation: relative_change",
            "makes no use of the key 'denominator'",
        ),
        ("unit: percent", "unit: 100", "share_small, unit: 100 is not of type 'string'"),
        ("scale: 100", "scale: much", "share_small, scale: 'much' does not match"),
        ("    unit: percent\n", "", "share_small: key 'unit' is missing.*defaults"),
        (
            "at_least: 20, below: 200",
            "at_least: 200, below: 20",
            "no value is at least 200 and below 20",
        ),
        ("at_least: 20, below", "above: 20, below", "unknown key 'above'"),
        (
            "{fr: Part., en: Share.}",
            "{fr: Part.}",
            "share_small, description: 'en' is a required property",
        ),
        ("    scale: 100\n", "    scale: 100\n    scale: 1\n", "key 'scale' is said twice"),
    ],
)
def test_a_wrong_declaration_is_refused_where_it_stands(
    tmp_path: Path, said: str, instead: str, message: str
) -> None:
    assert said in BODY
    with pytest.raises(DeclarationError, match=message):
        load(tmp_path, THEME + BODY.replace(said, instead))


def test_classes_must_ascend(tmp_path: Path) -> None:
    classes = (
        "    classes:\n"
        "      - {label: {fr: a, en: a}}\n"
        "      - {label: {fr: b, en: b}, at_least: 9}\n"
        "      - {label: {fr: c, en: c}, at_least: 3}\n"
    )
    text = THEME + BODY.replace("calculation: ratio", "calculation: classes") + classes
    with pytest.raises(DeclarationError, match="must ascend"):
        load(tmp_path, text)


def test_a_name_is_declared_once(tmp_path: Path) -> None:
    known = load(tmp_path, THEME + BODY)
    with pytest.raises(DeclarationError, match="theme 'size' is declared already"):
        load(tmp_path, THEME + BODY, known)
    with pytest.raises(DeclarationError, match="share_small: an indicator of this name"):
        load(tmp_path, "theme: {id: size}\nindicators:\n" + BODY, known)


def test_a_theme_must_be_declared_somewhere(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="theme 'size' has no label"):
        load(tmp_path, "theme: {id: size}\nindicators:\n" + BODY)


def test_the_package_lists_them_before_and_after_it_is_imported():
    """The package bears the name of the function, and hides it."""
    program = (
        "import workbench as wb; before = [each.id for each in wb.indicators('age')]; "
        "import workbench.indicators.registry; "
        "assert [each.id for each in wb.indicators('age')] == before and before"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
