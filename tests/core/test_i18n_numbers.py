"""Numbers and quantities print the same everywhere, in each language's way."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import UnknownName
from workbench.core.i18n import LANGUAGES, format_number, format_quantity, rounded, unit, unit_name
from workbench.core.types import Quantity, Status

finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("expected", "value", "decimals", "lang"),
    [
        ("236\u202f234", 236234, 0, "fr"),
        ("236,234", 236234, 0, "en"),
        ("67\u202f408\u202f104,0", 67408104, 1, "fr"),
        ("1\u202f234,6", 1234.56, 1, "fr"),
        ("1,234.6", 1234.56, 1, "en"),
        ("−0,3", -0.3, 1, "fr"),
        ("−1,000", -1000, 0, "en"),
        ("0", 0, 0, "fr"),
        ("0,0", -0.0, 1, "fr"),
        ("0.0", -0.049, 1, "en"),
    ],
)
def test_numbers_are_written_as_the_language_does(
    expected: str, value: float, decimals: int, lang: str
) -> None:
    assert format_number(value, decimals, lang) == expected


@pytest.mark.parametrize(
    ("expected", "value", "sign"),
    [
        ("+0,4", 0.4, "always"),
        ("−0,4", -0.4, "always"),
        ("0,0", 0.04, "always"),
        ("0,4", -0.4, "never"),
    ],
)
def test_signs_are_asked_for(expected: str, value: float, sign: str) -> None:
    assert format_number(value, 1, "fr", sign=sign) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expected", "value"), [("2.34", 2.345), ("2.36", 2.355), ("0.12", 0.125), ("1.00", 1.005)]
)
def test_halves_go_to_the_even_digit_of_the_decimal_writing(expected: str, value: float) -> None:
    assert rounded(value, 2) == Decimal(expected)


@given(finite, st.integers(0, 3))
def test_no_number_prints_a_signed_zero(value: float, decimals: int) -> None:
    for lang in LANGUAGES:
        text = format_number(value, decimals, lang, sign="always")
        assert any(digit in text for digit in "123456789") or text[0] == "0"


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_french_and_english_print_the_same_digits(value: float, decimals: int) -> None:
    french = format_number(value, decimals, "fr").replace(",", ".").replace("\u202f", "")
    assert french == format_number(value, decimals, "en").replace(",", "")


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_a_printed_number_is_within_half_a_digit_of_the_value(value: float, decimals: int) -> None:
    printed = rounded(value, decimals)
    assert abs(printed - Decimal(repr(value))) <= Decimal(5).scaleb(-decimals - 1)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no number to print"):
        format_number(value)


@pytest.mark.parametrize(
    ("expected", "value", "unit_id", "decimals", "lang", "form"),
    [
        ("12,4\u202f%", 12.4, "percent", 1, "fr", "symbol"),
        ("12.4%", 12.4, "percent", 1, "en", "symbol"),
        ("12,4", 12.4, "percent", 1, "fr", "bare"),
        ("454,6\u00a0hab./km²", 454.6, "person_per_km2", 1, "fr", "symbol"),
        ("454,6\u00a0habitants par km²", 454.6, "person_per_km2", 1, "fr", "name"),
        ("0\u00a0habitant", 0, "person", 0, "fr", "name"),
        ("1\u00a0habitant", 1, "person", 0, "fr", "name"),
        ("1,9\u00a0point", 1.94, "percentage_point", 1, "fr", "name"),
        ("2,0\u00a0points", 1.96, "percentage_point", 1, "fr", "name"),
        ("0\u00a0inhabitants", 0, "person", 0, "en", "name"),
        ("1\u00a0inhabitant", 1, "person", 0, "en", "name"),
        ("1.0\u00a0percentage points", 1, "percentage_point", 1, "en", "name"),
        ("236\u202f234", 236234, "count", 0, "fr", "name"),
        ("70,9", 70.9, "index", 1, "fr", "symbol"),
    ],
)
def test_units_follow_the_plural_and_spacing_of_the_language(
    expected: str, value: float, unit_id: str, decimals: int, lang: str, form: str
) -> None:
    sign = "never" if unit_id == "percentage_point" else None
    text = format_quantity(
        Quantity(value),
        unit_id,
        decimals,
        lang,
        form=form,  # type: ignore[arg-type]
        sign=sign,
    )
    assert text == expected


def test_a_movement_always_has_its_sign() -> None:
    assert format_quantity(Quantity(0.36), "percent_per_year", 1, "fr") == "+0,4\u202f%"
    assert format_quantity(Quantity(-1.2), "percentage_point", 1, "en") == "−1.2\u00a0pp"


@pytest.mark.parametrize(
    ("expected", "status"),
    [("s", Status.SUPPRESSED), ("…", Status.MISSING), ("–", Status.NOT_APPLICABLE)],
)
def test_absent_quantities_say_why(expected: str, status: Status) -> None:
    assert format_quantity(Quantity.absent(status), "percent", 1, "fr") == expected


def test_an_unknown_unit_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"'percnt' is not in units.yml; nearest: percent"):
        format_quantity(Quantity(1.0), "percnt", 1, "fr")


def test_an_unknown_language_names_the_others() -> None:
    with pytest.raises(UnknownName, match="'eo' is not spoken here; choose from: en, fr"):
        format_number(1, 0, "eo")


def test_headings_name_units_in_the_plural() -> None:
    assert unit_name("person_per_km2", "fr") == "habitants par km²"
    assert unit("percent").difference == "percentage_point"
