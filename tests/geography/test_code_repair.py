"""What spreadsheets and keyboards do to codes is undone, and said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.geography.code_repair import Damage, printable, readings


@pytest.mark.parametrize(
    ("text", "code", "damage"),
    [
        ("01001", "01001", []),
        ("\ufeff01001", "01001", [Damage.INVISIBLE]),
        ("\u200b01001\u200e", "01001", [Damage.INVISIBLE]),
        (" 01001 ", "01001", [Damage.SPACES]),
        ("\u00a001001", "01001", [Damage.INVISIBLE, Damage.SPACES]),
        ("75\u202f056", "75056", [Damage.INVISIBLE, Damage.SPACES]),
        ("'01001", "01001", [Damage.QUOTES]),
        ('="01001"', "01001", [Damage.QUOTES]),
        ("« 01001 »", "01001", [Damage.QUOTES, Damage.SPACES]),
        ("2a004", "2A004", [Damage.CASE]),
        ("1001.0", "1001", [Damage.DECIMAL]),
        ("75056,00", "75056", [Damage.DECIMAL]),
        ("1,001", "1001", [Damage.THOUSANDS]),
        ("75,000", "75000", [Damage.THOUSANDS]),
        ("5.9350E+04", "59350", [Damage.SCIENTIFIC]),
        ("٠١٠٠١", "01001", [Damage.DIGITS]),
        ("０１００１", "01001", [Damage.DIGITS]),
    ],
)
def test_damage_is_undone_and_named(text, code, damage):
    last = readings(text)[-1]
    assert (last.text, list(last.damage), last.exact) == (code, damage, True)


@pytest.mark.parametrize(
    ("text", "guess"), [("2.0E+04", "20000"), ("5.94e4", "59400"), ("1.001", "1001")]
)
def test_what_was_lost_is_only_guessed(text, guess):
    """2.0E+04 is any number from 19 500 to 20 499; 1.001 is rather a decimal."""
    last = readings(text)[-1]
    assert (last.text, last.exact) == (guess, False)


@pytest.mark.parametrize("text", ["59350.5", "12,34", "5.93505E+04", "straße", "-1001", "+5"])
def test_what_is_no_damaged_code_keeps_its_digits(text):
    assert readings(text)[-1].text in (text, text.upper())


def test_each_step_is_a_reading():
    """A country whose codes hold spaces finds its code before they are taken off."""
    assert [reading.text for reading in readings(" a 1")] == [" a 1", "a 1", "a1", "A1"]


def test_a_long_text_is_left_alone():
    assert readings("1 " * 100)[-1].damage == ()


@given(st.text())
def test_undoing_twice_changes_nothing_more_but_quotes_in_quotes(text):
    once = readings(text)[-1].text
    if not set("'\"’‘“”«»`´=") & set(text):
        assert readings(once)[-1].text == once


@given(st.text(max_size=80))
def test_what_is_printed_is_one_printable_line(text):
    assert printable(text).isprintable()
