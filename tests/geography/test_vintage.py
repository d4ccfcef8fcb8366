"""The years of a column of codes are guessed, and what does not fit is told."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import ParameterError
from workbench.geography import guess_vintage
from workbench.geography.vintage import Confidence, guess

from .code_books import LATEST, book

BOOK = book()


def years(codes):
    best = guess(codes, BOOK).best
    return (best.first, best.last)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["A02"], (2012, 2012)),
        (["B02"], (2012, 2015)),
        (["B12", "A04"], (2018, 2022)),
        (["B12", "B03"], (2016, 2020)),
        (["A03"], (2012, 2022)),
    ],
)
def test_years_that_fit_equally_are_a_range(codes, expected):
    assert years(codes) == expected
    assert guess(codes, BOOK).confidence is Confidence.SURE


def test_a_full_list_is_told_by_the_codes_it_lacks_too():
    """Today's towns are all in force since 2018, with B03 beside them until 2020."""
    guessed = guess(LATEST, BOOK)
    assert guessed.complete
    assert years(LATEST) == (2021, 2022)
    fits = [(fit.first, fit.last, fit.misfits, fit.missing) for fit in guessed.fits]
    assert fits[1] == (2018, 2020, 0, 1)


def test_mixed_maps_are_told_and_the_best_year_named():
    """A02 ended in 2012, A04 began in 2018: no map has both."""
    guessed = guess(["A02", "A04", "B12"], BOOK)
    assert (guessed.best.misfits, guessed.vintage) == (1, 2022)
    assert (guessed.mixed, guessed.confidence) == (True, Confidence.WEAK)
    assert [fate.code for fate in guessed.misfits(2022)] == ["A02"]
    assert "No year explains all the codes" in str(guess(["A02", "A04"], BOOK, lang="en"))


def test_ties_that_are_apart_are_all_told():
    """A04 fits from 2018, A02 in 2012: one code each, and nothing to choose by."""
    guessed = guess(["A02", "A04"], BOOK)
    assert [(fit.first, fit.last) for fit in guessed.ties] == [(2018, 2022), (2012, 2012)]


def test_codes_that_stay_while_their_ground_changes_are_counted():
    """A01 absorbed A02, B01 gained from B03: their codes say nothing of it."""
    guessed = guess(["A01", "B01"], BOOK)
    assert ((guessed.best.first, guessed.best.last), guessed.changed) == ((2012, 2022), 2)


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (["100", "200"], "post"),
        (["A01-N", "A01-S"], "part"),
        (["1230", "9010"], "company"),
        (["01", "2"], "county"),
        (["a01", " A03"], "town"),
        (["hello", "world", "A01"], ""),
        ([], ""),
        ([None, "", "nan"], ""),
    ],
)
def test_kinds_are_told_apart(codes, kind):
    guessed = guess(codes, BOOK)
    assert guessed.kind == kind
    assert bool(guessed.best) is (kind == "town" or "A01" in codes)


def test_a_postcode_is_no_code_of_a_town_and_what_to_do_is_said():
    text = str(guess(["100", "200"], BOOK, lang="en"))
    assert "All are postcodes." in text
    assert "A postcode is none." in text
    assert "These codes tell nothing of the year." in text


def test_what_became_of_a_code_is_told_in_both_languages():
    codes = ["B02", "A04", "B12", "A03"]
    assert "B02 became B12 on 2015-06-01" in str(guess(codes, BOOK, lang="en"))
    assert "B02 est devenu B12 le 2015-06-01" in str(guess(codes, BOOK, lang="fr"))


def test_the_page_is_escaped():
    shown = guess(["<b>", "A01", "A03"], BOOK)._repr_html_()
    assert "<b>" not in shown
    assert shown.startswith('<div lang="fr">')


@pytest.mark.parametrize(
    "column",
    [
        ["1001", "1002"],
        [1001, 1002],
        [1001.0, 1002.0],
        np.array([1001, 1002]),
        pd.Series([1001, 1002], dtype="Int64"),
        pd.Series(["01001", "01002"], dtype="category"),
        pd.Index(["01001", "01002"]),
        xr.DataArray(["01001", "01002"], dims="territory"),
        pd.array(["01001", None, "01002"], dtype="string"),
    ],
)
def test_any_column_is_read_as_text(column):
    guessed = guess_vintage(column)
    assert (guessed.kind, guessed.unread, guessed.distinct) == ("commune", 0, 2)


def test_more_than_one_column_is_refused():
    with pytest.raises(ParameterError, match=r"found 2 dimensions. Give one of the columns"):
        guess_vintage(pd.DataFrame({"code": ["01001"]}))


def test_rows_are_counted_with_their_repeats():
    guessed = guess(["B02", "B02", "B12", None], BOOK)
    assert (guessed.rows, guessed.empty, guessed.distinct) == (4, 1, 2)
    assert [(fit.last, fit.rows) for fit in guessed.fits] == [(2022, 1), (2015, 2)]


def test_a_code_in_use_is_preferred_to_one_of_the_past():
    """03 was a county, and is no more: among kinds that explain as much, today's wins."""
    kinds = guess(["03", "01"], BOOK).kinds
    assert [(fit.kind, fit.distinct, fit.current) for fit in kinds] == [("county", 2, 1)]


@given(st.lists(st.sampled_from([*LATEST, "A02", "B02", "B03"]), min_size=1))
def test_order_and_repeats_change_nothing_but_the_rows(codes):
    once, twice = guess(codes, BOOK), guess([*reversed(codes), *codes], BOOK)
    assert [(f.first, f.last, f.misfits) for f in once.fits] == [
        (f.first, f.last, f.misfits) for f in twice.fits
    ]
    assert [2 * f.rows for f in once.fits] == [f.rows for f in twice.fits]


@given(st.lists(st.text(max_size=12) | st.none() | st.floats() | st.integers()))
def test_any_values_are_guessed_and_printed(values):
    for lang in ("fr", "en"):
        assert str(guess(values, BOOK, lang=lang))


def test_a_million_rows_take_less_than_a_second(communes):
    codes = np.random.default_rng(1).choice(communes.index.to_numpy(dtype=object), 1_000_000)
    spent = []
    for _ in range(3):
        start = time.process_time()
        assert guess_vintage(codes).best.misfits == 0
        spent.append(time.process_time() - start)
    assert min(spent) < 1.0


# --- The France pack ----------------------------------------------------------------------------


@pytest.mark.parametrize("year", [1962, 1968, 1982, 1999, 2008, 2014, 2017, 2023, 2026])
def test_the_full_list_of_a_year_is_known_for_what_it_is(france, year):
    guessed = guess_vintage(france.codebook.timeline.in_force(year))
    best = guessed.best
    assert best.first <= year <= best.last
    assert (best.distance, guessed.confidence) == (0, Confidence.SURE)
    assert best.last - best.first <= 1


def test_paris_by_postcode_is_not_taken_for_villages_of_1967():
    """75001 was the code of Ablon-sur-Seine until 1968, when it became 94002."""
    assert guess_vintage(["75001"]).kind == "postcode"
    assert guess_vintage(["75001", "75002", "75003", "75056"]).best.last == 1967


def test_old_codes_of_corsica_and_of_the_islands_are_dated():
    vintages = {"20004": 1975, "2A004": 2026, "97701": 2026}
    assert {code: guess_vintage([code]).vintage for code in vintages} == vintages


def test_what_a_french_code_became_is_told():
    """As in the official file of movements: 14697 into 14472, itself into 14654 in 2017."""
    assert "14697 became 14472 on 2014-01-07" in str(guess_vintage(["14697", "14654"], lang="en"))


def test_a_stray_code_in_an_official_list_is_found(official_data):
    """Populations of 2013 on the map of 2015, but for one code that became 14472 in 2014."""
    path = official_data / "cog_history" / "sources" / "population_metropole.csv"
    codes = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8")["DEPCOM"]
    guessed = guess_vintage(codes)
    assert (guessed.best.first, guessed.best.last, guessed.best.misfits) == (2015, 2015, 1)
    assert [fate.code for fate in guessed.misfits(2015)] == ["14697"]
    assert (guessed.mixed, guessed.confidence) == (False, Confidence.LIKELY)
