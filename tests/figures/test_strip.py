"""Strips: a place among all, few bytes whatever the number of territories."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.types import Quantity
from workbench.figures import FigureError, Mark, Role, strip
from workbench.figures.density import quartiles

from .drawings import MISSING, SUPPRESSED, a_strip, overlaps, parse, percent, texts


def place(values: object, own: float, **more: object):
    mark = Mark("Lille", Quantity(own), Role.TERRITORY)
    return strip(np.asarray(values, float), mark, key="k", title="t", fmt=percent, **more)


def test_finding_counts_who_is_lower() -> None:
    """Of 1, 2, 2, 4 and 9, three are under 4; the median is 2."""
    assert place([1, 2, 2, 4, 9], 4).alternative == (
        "Lille: 4.0 %. 3 of 5 values are lower; the median is 2.0 %."
    )


def test_quartiles_are_interpolated() -> None:
    assert quartiles(np.array([1.0, 2.0, 3.0, 6.0])) == (1.75, 2.5, 3.75)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_quartiles_agree_with_the_usual_definition(values: list[float]) -> None:
    ordered = np.sort(np.array(values))
    assert quartiles(ordered) == pytest.approx(
        tuple(np.quantile(ordered, [0.25, 0.5, 0.75])), rel=1e-9, abs=1e-9
    )


def test_all_the_communes_take_little_room() -> None:
    assert len(a_strip().svg) < 6_000


def test_few_territories_are_drawn_one_by_one() -> None:
    figure = place(np.arange(101.0), 28)
    (rug,) = re.findall(r'd="((?:M[\d.]+ [\d.]+v-27.9)+)"', figure.svg)
    assert rug.count("M") == 101


def test_marks_and_peers_are_named_with_their_values() -> None:
    said = set(texts(a_strip()))
    assert {"Lille 11.6 %", "Nord 7.4 %", "France 8.1 %", "Peers", "Rennes 6.6 %"} <= said


def test_absent_reference_is_said_under_the_figure() -> None:
    assert "… missing: Mayotte" in texts(a_strip())


def test_absent_territory_still_has_a_figure() -> None:
    own = Mark("Lille", SUPPRESSED, Role.TERRITORY)
    figure = strip(np.arange(9.0), own, key="k", title="t", fmt=percent)
    assert figure.alternative == "Lille: suppressed."
    assert "s suppressed: Lille" in texts(figure)


def test_value_far_off_the_scale_has_an_arrow() -> None:
    """A thousand among values under ten is not allowed to flatten the others."""
    figure = place(np.linspace(0, 10, 1000), 1000)
    assert {"Lille 1000.0 % →", "←→ off the scale: Lille"} <= set(texts(figure))


def test_value_far_under_the_scale_has_an_arrow() -> None:
    assert "Lille ← -1000.0 %" in texts(place(np.linspace(0, 10, 1000), -1000))


def test_sizes_get_a_logarithmic_scale() -> None:
    """From 10 to 100 000 evenly by powers: the median stands mid-way."""
    values = np.geomspace(10, 100_000, 999)
    said = texts(place(values, 1000))
    assert {"10.0 %", "100.0 %", "1000.0 %", "10000.0 %"} <= set(said)


def test_sizes_with_empty_communes_are_drawable() -> None:
    """Six communes have no inhabitant: a logarithm has no place for them."""
    values = np.concatenate((np.zeros(6), np.geomspace(10, 100_000, 999)))
    assert "Lille 0.0 %" in " ".join(texts(place(values, 0))).replace("← ", "")


@pytest.mark.parametrize("values", [[5.0], [5.0] * 40, [5.0] * 400, [0.0] * 400])
def test_equal_values_are_drawable(values: list[float]) -> None:
    assert parse(place(values, values[0])) is not None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 100), min_size=2, max_size=300),
    st.lists(st.floats(0, 100), min_size=1, max_size=6),
)
def test_labels_never_collide(values: list[float], marks: list[float]) -> None:
    others = [Mark(f"Département {i}", Quantity(v)) for i, v in enumerate(marks[1:])]
    assert overlaps(place(np.sort(values), marks[0], others=others)) == []


def test_rows_hold_marks_then_the_distribution() -> None:
    rows = dict(place([1, 2, 3, 4, 5], 4, others=[Mark("Mayotte", MISSING)]).data)
    assert rows == {
        "Territory": "Value",
        "Lille": "4.0 %",
        "Mayotte": "… missing",
        "lowest": "1.0 %",
        "first quartile": "2.0 %",
        "median": "3.0 %",
        "third quartile": "4.0 %",
        "highest": "5.0 %",
    }


@pytest.mark.parametrize("values", [[], [2.0, 1.0], [1.0, np.nan], [1.0, np.inf], [[1.0]]])
def test_unsorted_or_unknown_values_are_refused(values: list[float]) -> None:
    with pytest.raises(FigureError, match="expected one dimension of known finite values, sorted"):
        place(values, 1.0)
