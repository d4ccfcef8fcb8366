"""Each code of a column is judged: what is wrong, what it should be, how sure that is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import UnknownName, VintageMismatch
from workbench.geography import check_codes
from workbench.geography.code_check import Reason, check_column
from workbench.geography.code_column import CodeColumn
from workbench.geography.code_years import CodeYears

from .code_books import LATEST, book

BOOK = book()
# Texts in which codes, former codes and their damage are found more often than by chance.
TEXTS = st.one_of(
    st.text(max_size=10),
    st.sampled_from(
        [*LATEST, "A02", "B02", "B03", "A01-N", "100", "200", "1230", "01", "2", "a01"]
    ),
    st.sampled_from(["\ufeffA01", " a03 ", "'B12", "1,230", "1230.0", "1.0E+02", "2020-01-31", ""]),
)


def check(values, **options):
    return check_column(CodeColumn.read(values), BOOK, **options)


def verdicts(values, **options):
    return [(f.row, f.verdict.reason, f.verdict.code) for f in check(values, **options)]


def test_what_is_right_has_no_verdict():
    found = check(LATEST)
    assert (len(found), list(found), found.repairs) == (0, [], {})


@pytest.mark.parametrize(
    ("text", "reason", "code", "sure"),
    [
        ("a01", Reason.DAMAGED, "A01", True),
        ("", Reason.EMPTY, "", False),
        ("B02", Reason.NOT_IN_FORCE, "B12", True),
        ("b02", Reason.NOT_IN_FORCE, "B12", True),
        ("A02", Reason.NOT_IN_FORCE, "A01", True),
        ("B03", Reason.NOT_IN_FORCE, "", False),
        ("A01-N", Reason.PART, "A01", True),
        ("100", Reason.OTHER_KIND, "A01", False),
        ("200", Reason.OTHER_KIND, "", False),
        ("1230", Reason.OTHER_KIND, "", False),
        ("B99", Reason.UNKNOWN, "", False),
        ("12.5", Reason.MALFORMED, "", False),
        ("2020-01-31", Reason.DATE, "", False),
        ("31/01/2020", Reason.DATE, "", False),
        ("7.5E+04", Reason.LOST, "", False),
    ],
)
def test_a_code_is_compared_with_the_map_asked_for(text, reason, code, sure):
    """Of one successor, the code is sure; of two, or of a postcode, nothing is."""
    found = [f.verdict for f in check([*LATEST, text], vintage=2022)]
    assert [(v.reason, v.code, v.sure) for v in found] == [(reason, code, sure)]


def test_without_a_map_a_former_code_is_told_and_left():
    found = list(check(["A01", "A04", "B12", "b02"]))
    assert [(f.row, f.verdict.code, f.verdict.sure) for f in found] == [(3, "B02", True)]
    assert found[0].verdict.told(BOOK, "en") == "B02 became B12 on 2015-06-01"


def test_a_code_of_the_past_that_is_also_of_another_kind_is_left():
    """In a country where 100 was a town, and is a postcode: nobody can tell which is meant."""
    timeline = CodeYears.of_maps({2020: pd.Index(["100", "A01"]), 2022: pd.Index(["A01", "A03"])})
    both = replace(BOOK, timeline=timeline)
    found = next(iter(check_column(CodeColumn.read(["A01", "A03", "100"]), both, vintage=2022)))
    assert (found.verdict.reason, found.verdict.sure) == (Reason.NOT_IN_FORCE, False)
    told = found.verdict.told(both, "en")
    assert told == "100 is no longer in force, or else it is a postcode (A01 Town A01)"


def test_what_the_column_is_comes_before_a_code_of_the_past():
    """75001 was a commune until 1968; in a column of postcodes it is Paris."""
    found = check_codes(["75001", "75002"], kind="commune")
    assert {f.verdict.reason for f in found} == {Reason.OTHER_KIND}
    mixed = list(check_codes(["75001", "59350", "92012"], vintage=2026))
    assert [(f.verdict.reason, f.verdict.code) for f in mixed] == [(Reason.NOT_IN_FORCE, "")]


def test_a_map_of_the_past_takes_later_codes_back():
    """B12 was B02 in 2014; A04 is ground of A03."""
    assert [v[2] for v in verdicts(["B12", "A04", "A01"], vintage=2014)] == ["B02", "A03"]


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (["1230", "1231"], "company", [(1, Reason.CHECK_DIGIT, "")]),
        (["9010", "9002"], "company", [(1, Reason.CHECK_DIGIT, "")]),
        (["1", "02"], "county", [(0, Reason.DAMAGED, "01")]),
        (["03", "04"], "county", [(0, Reason.FORMER, "01"), (1, Reason.FORMER, "")]),
        (["A01", "100"], "post", [(0, Reason.OTHER_KIND, "")]),
    ],
)
def test_another_kind_may_be_expected(values, kind, expected):
    assert verdicts(values, kind=kind) == expected


def test_lost_zeros_of_numbers_without_a_list_are_only_guessed():
    """0018 has a good check digit, as one number in ten."""
    found = [f.verdict for f in check(["1230", "18"], kind="company")]
    assert [(v.code, v.sure) for v in found] == [("0018", False)]


def test_rows_are_located_and_counted():
    found = check(["A01", "b02", "A01", "b02", "zz"], vintage=2022)
    assert [f.row for f in found] == [1, 3, 4]
    assert (found.counts, found.repairable) == ({Reason.NOT_IN_FORCE: 2, Reason.MALFORMED: 1}, 2)
    assert found.to_frame()["repair"].tolist() == ["B12", "B12", ""]


def test_an_unknown_kind_and_year_are_refused():
    with pytest.raises(UnknownName, match="Kind of code 'insee' is unknown"):
        check(["A01"], kind="insee")
    with pytest.raises(VintageMismatch, match="No map of 1800 is known; those of 2012 to 2022"):
        check(["A01"], vintage=1800)


@given(st.lists(TEXTS | st.none()), st.sampled_from([None, 2012, 2016, 2022]))
def test_every_row_is_right_or_told_and_repairs_are_codes(values, vintage):
    found = check(values, vintage=vintage)
    told = Counter(f.row for f in found)
    assert all(count == 1 for count in told.values())
    assert sum(found.counts.values()) == len(found)
    for repaired in found.repairs.values():
        assert BOOK.holds(found.kind, repaired)
        if vintage is not None:
            assert repaired in BOOK.timeline.in_force(vintage)
    for finding in found:
        assert finding.verdict.told(BOOK, "fr", expected=found.kind)


@given(st.lists(TEXTS), st.sampled_from([None, 2012, 2016, 2022]))
def test_repairing_twice_changes_nothing_more(values, vintage):
    once = check(values, vintage=vintage).repairs
    repaired = [once.get(value, value) for value in values]
    twice = check(repaired, vintage=vintage).repairs
    assert [twice.get(value, value) for value in repaired] == repaired


# --- The France pack ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason", "code", "sure"),
    [
        ("1001", Reason.DAMAGED, "01001", True),
        ("1001.0", Reason.DAMAGED, "01001", True),
        ("1,001", Reason.DAMAGED, "01001", True),
        ("2a004", Reason.DAMAGED, "2A004", True),
        ("2b033", Reason.DAMAGED, "2B033", True),
        ("75 056", Reason.DAMAGED, "75056", True),
        ("'97411", Reason.DAMAGED, "97411", True),
        ("75101", Reason.PART, "75056", True),
        ("69381", Reason.PART, "69123", True),
        ("13201", Reason.PART, "13055", True),
        ("010040101", Reason.PART, "01004", True),
        ("75001", Reason.NOT_IN_FORCE, "", False),
        ("20090", Reason.NOT_IN_FORCE, "", False),
        ("59800", Reason.OTHER_KIND, "59350", False),
        ("200046977", Reason.OTHER_KIND, "", False),
        ("21060004500392", Reason.OTHER_KIND, "", False),
        ("99109", Reason.OTHER_KIND, "", False),
        ("2.0E+04", Reason.LOST, "", False),
        ("59355", Reason.NOT_IN_FORCE, "59350", True),
        ("20004", Reason.NOT_IN_FORCE, "2A004", True),
        ("50383", Reason.NOT_IN_FORCE, "50129", True),
        ("00123", Reason.UNKNOWN, "", False),
    ],
)
def test_french_codes(text, reason, code, sure):
    found = [f.verdict for f in check_codes(["01001", text], vintage=2026)]
    assert [(v.reason, v.code, v.sure) for v in found] == [(reason, code, sure)]


@pytest.mark.parametrize("code", ["75056", "2A004", "97105", "97611", "97801", "98818", "01001"])
def test_french_codes_that_are_right(code):
    assert len(check_codes([code])) == 0


@pytest.mark.parametrize(
    ("siret", "good"),
    [
        ("21060004500392", True),
        ("21060004500393", False),
        ("35600000000048", True),
        ("35600000049837", True),
        ("35600000049838", False),
    ],
)
def test_the_check_digit_of_a_siret_and_the_post_office_exception(siret, good):
    """3+5+6+4+9+8+3+7 = 45, a multiple of 5, where Luhn's sum is not one of 10."""
    assert len(check_codes([siret], kind="siret")) == (0 if good else 1)
