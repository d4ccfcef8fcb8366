"""Colours: contrast, colour-blind readers, grey prints, and the style sheet."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from workbench.figures import FigureError, stylesheet
from workbench.figures.palette import CATEGORIES, DARK, LIGHT, RAMP_SIZE, contrast, luminance, ramp

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
# Ottosson (2020), OKLab: linear RGB to cone responses, then to lightness and two opponents.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_OPPONENTS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def seen(colour: str, vision: str = "normal") -> np.ndarray:
    """Give the OKLab coordinates of a colour as someone sees it."""
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return _OPPONENTS @ np.cbrt(_CONES @ np.clip(VISIONS[vision] @ linear, 0, 1))


def test_black_on_white_is_the_highest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == 21.0


@THEMES
@pytest.mark.parametrize("name", ["ink", "muted", *CATEGORIES])
def test_texts_have_aa_contrast(theme: dict[str, str], name: str) -> None:
    """Labels wear these colours: 4.5:1 on the paper (WCAG 1.4.3)."""
    assert contrast(theme[name], theme["paper"]) >= 4.5


@THEMES
@pytest.mark.parametrize("name", ["axis", "outline", *CATEGORIES])
def test_marks_have_aa_contrast(theme: dict[str, str], name: str) -> None:
    """Lines and borders that carry meaning: 3:1 on the paper (WCAG 1.4.11)."""
    assert contrast(theme[name], theme["paper"]) >= 3


@THEMES
def test_texts_inside_bars_have_aa_contrast(theme: dict[str, str]) -> None:
    assert min(contrast(theme[f"on{i}"], theme[f"q{i}"]) for i in range(RAMP_SIZE)) >= 4.5
    assert contrast(theme["ink"], theme["wash"]) >= 4.5


@THEMES
def test_references_are_seen_over_the_distribution(theme: dict[str, str]) -> None:
    """Poles cross the mass and its middle half."""
    for name in ("territory", "ref1", "ref2", "ref4"):
        assert contrast(theme[name], theme["mass"]) >= 3


@THEMES
@pytest.mark.parametrize("vision", VISIONS)
def test_categories_stay_apart(theme: dict[str, str], vision: str) -> None:
    """No two roles look alike to colour-blind readers: 0.13 of OKLab apart."""
    apart = [
        float(np.linalg.norm(seen(theme[a], vision) - seen(theme[b], vision)))
        for a, b in itertools.combinations(CATEGORIES, 2)
    ]
    assert min(apart) >= 0.13


@THEMES
@pytest.mark.parametrize("vision", VISIONS)
def test_ramp_is_even_and_monotone_in_grey(theme: dict[str, str], vision: str) -> None:
    """Low to high goes one way in lightness, whoever sees it, away from the paper."""
    lightness = [seen(theme[f"q{i}"], vision)[0] for i in range(RAMP_SIZE)]
    steps = np.diff(lightness)
    assert (np.sign(steps) == np.sign(steps[0])).all()
    assert np.abs(steps).min() > 0.5 * np.abs(steps).mean()
    papers = [contrast(theme[f"q{i}"], theme["paper"]) for i in range(RAMP_SIZE)]
    assert papers == sorted(papers)


@THEMES
@pytest.mark.parametrize("classes", range(2, 8))
def test_classes_of_a_map_are_told_apart(theme: dict[str, str], classes: int) -> None:
    """Two neighbouring classes differ by 0.09 of lightness at least, seven classes included."""
    lightness = [seen(theme[f"q{i}"])[0] for i in ramp(classes)]
    assert np.abs(np.diff(lightness)).min() >= 0.09


@pytest.mark.parametrize(("classes", "steps"), [(1, (6,)), (2, (0, 12)), (5, (0, 3, 6, 9, 12))])
def test_steps_are_evenly_taken(classes: int, steps: tuple[int, ...]) -> None:
    assert ramp(classes) == steps


def test_softer_part_of_the_ramp() -> None:
    assert ramp(3, first=1, last=10) == (1, 5, 10)


def test_more_than_seven_classes_are_refused() -> None:
    with pytest.raises(FigureError, match="8 classes asked: expected 1 to 7"):
        ramp(8)


def _variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"--wb-([\w-]+): (#[0-9a-f]{6});", block))


def test_style_sheet_has_the_colours_of_the_palette() -> None:
    """Light by default and in print; dark on screens that ask for it."""
    light, dark = stylesheet().split("@media screen and (prefers-color-scheme: dark)")
    assert _variables(light) == LIGHT
    assert _variables(dark) == DARK


def test_luminance_of_middle_grey() -> None:
    assert luminance("#808080") == pytest.approx(0.2159, abs=1e-4)
