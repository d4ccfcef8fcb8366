"""Bands, pyramids and bars: values by class, beside their references."""

from __future__ import annotations

import re

import pytest

from workbench.core.types import Quantity
from workbench.figures import FigureError, Profile, Role, bands, bars

from .drawings import (
    MISSING,
    SUPPRESSED,
    SVG,
    a_profile,
    a_pyramid,
    a_stack,
    parse,
    percent,
    some_bars,
    texts,
)

AGES = ["0-19", "20-64", "65+"]


def test_bands_are_as_long_as_their_shares() -> None:
    """25, 50 and 25 %: the middle band is twice the others, their gap of 1.5 apart."""
    one = a_profile("Lille", 25.0, 50.0, 25.0, role=Role.TERRITORY)
    svg = bands(AGES, [one], key="k", title="t", fmt=percent).svg
    widths = [float(w) + 1.5 for w in re.findall(r'width="([\d.]+)" height="40"', svg)]
    assert widths[1] == pytest.approx(2 * widths[0], abs=0.3)
    assert widths[0] == pytest.approx(widths[2], abs=0.3)


def test_values_are_printed_in_their_bands() -> None:
    assert {"26.0 %", "56.0 %", "18.0 %"} <= set(texts(a_stack()))


def test_stack_with_a_suppressed_band_is_hatched_whole() -> None:
    """Its other bands are not drawn: they would leave the length of the suppressed one."""
    figure = a_stack()
    assert "s suppressed" in texts(figure)
    assert "41.0 %" not in texts(figure)
    assert figure.svg.count('fill="url(#stack-h4)"') == 1


def test_finding_of_bands_says_all_shares() -> None:
    assert a_stack().alternative.startswith("Lille: 0-19 26.0 %, 20-64 56.0 %, 65+ 18.0 %.")


def test_any_number_of_bands_up_to_seven() -> None:
    one = Profile("Lille", tuple(Quantity(100 / 7) for _ in range(7)), Role.TERRITORY)
    figure = bands(list("abcdefg"), [one], key="k", title="t", fmt=percent)
    assert len(re.findall(r'height="40"', figure.svg)) == 7


def test_eight_bands_are_refused() -> None:
    one = Profile("Lille", tuple(Quantity(12.5) for _ in range(8)), Role.TERRITORY)
    with pytest.raises(FigureError, match="8 classes asked: expected 1 to 7"):
        bands(list("abcdefgh"), [one], key="k", title="t", fmt=percent)


def test_missing_share_is_refused() -> None:
    with pytest.raises(FigureError, match="has 3 bands and profiles of"):
        bands(AGES, [a_profile("Lille", 40.0, 60.0)], key="k", title="t", fmt=percent)


def test_one_sided_pyramid_is_refused() -> None:
    three = tuple(Quantity(1.0) for _ in AGES)
    with pytest.raises(FigureError, match="an opposite side for all profiles or none"):
        bands(
            AGES,
            [Profile("a", three), Profile("b", three, opposite=three)],
            key="k",
            title="t",
            fmt=percent,
        )


def test_two_sexes_make_a_pyramid_with_the_oldest_on_top() -> None:
    """Bands go up the page: the y of 65+ is less than that of 0-19."""
    y = {
        "".join(node.itertext()): float(node.get("y", "0"))
        for node in parse(a_pyramid()).iter(f"{SVG}text")
    }
    assert y["65+"] < y["20-64"] < y["0-19"]
    assert {"Women", "Men"} <= set(y)


def test_pyramid_is_symmetric_in_scale() -> None:
    """The same value is as long on both sides of the gutter."""
    same = tuple(Quantity(v) for v in (10.0, 30.0, 12.0))
    one = Profile("Lille", same, Role.TERRITORY, same)
    svg = bands(AGES, [one], key="k", title="t", fmt=percent, sides=("Women", "Men")).svg
    bars_drawn = re.findall(r'd="M([\d.]+) [\d.]+H([\d.]+)v', svg)
    lengths = [round(abs(float(b) - float(a)), 1) for a, b in bars_drawn]
    assert lengths[:3] == lengths[3:]


def test_absent_band_of_a_pyramid_prints_sign_and_reason() -> None:
    said = texts(a_pyramid())
    assert "…" in said
    assert "… missing: Lille, Men, 65+; France, Women, 65+" in said


def test_bars_start_from_zero() -> None:
    """97 is as many times longer than 3."""
    found = re.findall(r'd="M([\d.]+) [\d.]+H([\d.]+)v20', some_bars().svg)
    small, large = (float(end) - float(start) for start, end in found)
    assert large / small == pytest.approx(97 / 3, rel=0.01)


def test_suppressed_bar_has_sign_and_reason() -> None:
    said = texts(some_bars())
    assert "s" in said
    assert "s suppressed: Lille, very large" in said


def test_rows_of_bars() -> None:
    assert some_bars().data == (
        ("Group", "Lille", "France"),
        ("small", "3.0 %", "20.0 %"),
        ("large", "97.0 %", "80.0 %"),
        ("very large", "s suppressed", "5.0 %"),
    )


def test_all_absent_is_drawable() -> None:
    one = a_profile("Lille", SUPPRESSED, MISSING, role=Role.TERRITORY)
    assert "… missing: Lille, b" in texts(bars(["a", "b"], [one], key="k", title="t", fmt=percent))


def test_negative_bar_is_refused() -> None:
    with pytest.raises(FigureError, match="none below zero, which a bar from zero cannot show"):
        bars(["a"], [a_profile("Lille", -2.0)], key="k", title="t", fmt=percent)
