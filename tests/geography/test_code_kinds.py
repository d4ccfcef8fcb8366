"""Kinds of codes are told apart by shape, check digit and list."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.errors import UnknownName
from workbench.geography.code_kinds import luhn

from .code_books import COMPANY, TOWN, book


def test_the_check_digit_of_luhn():
    """7992739871 has the check digit 3, the example of Luhn's patent in every textbook."""
    codes = pd.Series([f"7992739871{digit}" for digit in range(10)])
    assert luhn(codes).nonzero()[0].tolist() == [3]
    assert luhn(pd.Series([], dtype=object)).tolist() == []


def test_changing_one_digit_breaks_the_check_digit():
    code = "732829320"
    others = [
        code[:at] + str(digit) + code[at + 1 :]
        for at in range(len(code))
        for digit in range(10)
        if code[at] != str(digit)
    ]
    assert not luhn(pd.Series(others)).any()


@pytest.mark.parametrize(
    ("code", "good"),
    [("1230", True), ("1231", False), ("9002", False), ("9001", True), ("9010", True)],
)
def test_codes_that_begin_otherwise_have_another_check(code, good):
    """9001 has the check digit of Luhn, 9010 digits that add up to 10, 9002 neither."""
    assert COMPANY.fits(code) is good


def test_digits_of_other_scripts_are_no_digits():
    assert not COMPANY.fits("١٢٣٠")
    assert TOWN.fits("A01")
    assert not TOWN.fits("A01\n") or TOWN.shape.pattern.endswith("$")


def test_an_unknown_kind_names_the_nearest():
    with pytest.raises(UnknownName, match=r"Kind of code 'twn' is unknown \(nearest: town\)"):
        book().kind("twn")


def test_former_codes_are_known():
    assert "B02" in book().known("town")
    assert "03" in book().known("county")
    assert not book().listed("company")


# --- The France pack ----------------------------------------------------------------------------


def test_every_french_code_has_the_shape_and_the_check_digit_of_its_kind(france):
    book = france.codebook
    for name, kind in book.kinds.items():
        known = pd.Series(book.known(name), dtype=object)
        wrong = known[~kind.well_made(known)].tolist()
        assert wrong == [], name
    assert {name for name in book.kinds if not book.listed(name)} == {"siren", "siret", "abroad"}


def test_the_whole_of_an_arrondissement_is_its_city(france):
    book = france.codebook
    parts = {code: book.stands_for("arrondissement_municipal", code) for code in
             ("75101", "69381", "13201")}  # fmt: skip
    assert parts == {"75101": ("75056",), "69381": ("69123",), "13201": ("13055",)}


def test_former_regions_are_those_of_the_official_list(france, official_data):
    """By their successors on 1 January 2016."""
    path = official_data / "cog_history" / "exports" / "regions" / "regions.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    ended = table[table["end_datetime"].str.startswith("2015-12-31")]
    after = {
        code: tuple(each.split(":")[2].split("@")[0] for each in found.split(";"))
        for code, found in zip(ended["insee_code"], ended["successors"], strict=True)
    }
    assert dict(france.codebook.kinds["region"].former) == after
