"""Labels: none covers another, each as near its mark as can be."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.figures.labels import Flag, clear, flags, spread
from workbench.figures.text import shorten, text_width, wrap

places = st.lists(st.floats(0, 300), min_size=1, max_size=8)
poles = st.lists(st.integers(0, 640), min_size=1, max_size=7)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=60)


def test_labels_far_apart_do_not_move() -> None:
    assert spread([10, 90], [20, 20], low=0, high=100) == (10, 90)


def test_two_equal_labels_share_the_move() -> None:
    assert spread([50, 50], [20, 20], low=0, high=100) == (40, 60)


def test_label_at_the_edge_is_held_inside() -> None:
    assert spread([0], [20], low=0, high=100) == (10,)


def test_labels_of_two_sizes_touch_without_overlap() -> None:
    """Centres 15 apart for heights 10 and 20."""
    assert spread([50, 50], [10, 20], low=0, high=100) == (42.5, 57.5)


@given(places, st.floats(1, 30))
def test_spread_labels_never_overlap_and_keep_their_order(
    centres: list[float], size: float
) -> None:
    placed = spread(centres, [size] * len(centres), low=0, high=300)
    ordered = sorted(zip(centres, range(len(centres)), strict=True))
    ranked = [placed[i] for _, i in ordered]
    assert all(b - a >= size - 1e-6 for a, b in pairwise(ranked))
    assert min(placed) >= size / 2 - 1e-6
    assert max(placed) <= 300 - size / 2 + 1e-6


@given(places)
def test_spreading_twice_changes_nothing(centres: list[float]) -> None:
    once = spread(centres, [20] * len(centres), low=0, high=300)
    assert spread(once, [20] * len(centres), low=0, high=300) == pytest.approx(once, abs=1e-6)


def test_flag_at_the_right_edge_flies_left() -> None:
    (flag,) = flags([630], [80], low=0, high=640)
    assert (flag.side, flag.end) == ("left", 622)


def test_close_poles_fly_apart_on_one_row() -> None:
    one, other = flags([300, 310], [80, 80], low=0, high=640)
    assert (one.row, one.side) == (0, "left")
    assert (other.row, other.side) == (0, "right")


def test_cluster_makes_a_tent() -> None:
    """Four close poles take two rows, not four."""
    assert sorted(flag.row for flag in flags([300, 310, 320, 330], [80] * 4, low=0, high=640)) == [
        0,
        0,
        1,
        1,
    ]


def test_text_with_no_side_goes_over_its_pole() -> None:
    """Where poles face each other too closely for texts beside them."""
    placed = flags([200, 320, 440], [200, 200, 200], low=0, high=640)
    assert clear([200, 320, 440], placed)
    assert [flag.side for flag in placed].count("over") == 1


@settings(max_examples=300)
@given(poles, st.data())
def test_flags_never_cover_a_text_or_a_pole(at: list[int], data: st.DataObject) -> None:
    """With texts a little shorter than an n-th of the room, there is always a way."""
    most = int(640 / (len(at) + 0.5)) - 8
    widths = data.draw(st.lists(st.integers(10, most), min_size=len(at), max_size=len(at)))
    placed = flags(at, widths, low=0, high=640)
    assert clear(at, placed)
    for pole, width, flag in zip(at, widths, placed, strict=True):
        assert flag.end - flag.start == pytest.approx(width)
        assert 0 <= flag.start <= flag.end <= 640
        assert {"left": flag.end < pole, "right": flag.start > pole, "over": True}[flag.side]


def test_crossed_text_is_not_clear() -> None:
    """The pole of the upper flag goes through the lower text."""
    upper, lower = Flag(1, 38, 118, "right"), Flag(0, 18, 98, "right")
    assert not clear([10, 30], [lower, upper])
    assert clear([10, 30], [Flag(1, 18, 98, "right"), Flag(0, 38, 118, "right")])


@given(words, st.floats(20, 300))
def test_shortened_text_fits(text: str, width: float) -> None:
    cut = shorten(text, 14, width)
    assert cut == text or cut.endswith("…")
    assert text_width(cut, 14) <= max(width, text_width("…", 14))


@given(words, st.floats(60, 300))
def test_wrapped_text_fits_and_loses_nothing_unsaid(text: str, width: float) -> None:
    """Either all the words are there, or an ellipsis says that some are not."""
    lines = wrap(text, 14, width, lines=3)
    assert len(lines) <= 3
    assert all(text_width(one, 14) <= width for one in lines)
    assert " ".join(lines) == text or any("…" in one for one in lines)


def test_accents_take_no_room() -> None:
    assert text_width("éèà", 14) == text_width("eea", 14)
