"""Codes are in force when events say so, and what became of the others is told."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings

from workbench.core.errors import VintageMismatch
from workbench.geography.code_years import CodeYears, Fate, code_years
from workbench.geography.event import Events

from .code_books import events
from .histories import VINTAGE, histories


@pytest.fixture(scope="module")
def towns() -> CodeYears:
    return code_years(events())


@pytest.mark.parametrize(
    ("code", "years"),
    [
        ("A01", (2012, 2022)),
        ("B02", (2012, 2015)),
        ("B12", (2016, 2022)),
        ("A04", (2018, 2022)),
        ("B03", (2012, 2020)),
    ],
)
def test_a_code_is_in_force_on_the_first_of_january(towns, code, years):
    assert (towns.years_of(code)[0], towns.years_of(code)[-1]) == years


def test_a_code_that_never_was_has_no_year_and_no_fate(towns):
    assert towns.years_of("Z99") == ()
    assert towns.fate("Z99", 2020) is None


def test_a_code_in_force_has_no_fate(towns):
    assert towns.fate("A01", 2020) is None


@pytest.mark.parametrize(
    ("code", "year", "fate"),
    [
        ("B02", 2016, Fate("B02", True, date(2015, 6, 1), ("B12",), ("B12",))),
        ("B03", 2022, Fate("B03", True, date(2020, 3, 1), ("B01", "B04"), ("B01", "B04"))),
        ("A02", 2022, Fate("A02", True, date(2012, 7, 1), ("A01",), ("A01",))),
        ("A04", 2015, Fate("A04", False, date(2018, 1, 1), ("A03",), ("A03",))),
        ("B12", 2013, Fate("B12", False, date(2015, 6, 1), ("B02",), ("B02",))),
    ],
)
def test_what_became_of_a_code_or_what_it_was_made_of(towns, code, year, fate):
    assert towns.fate(code, year) == fate


def test_ground_is_followed_through_several_events():
    """A merges into B, B becomes C, D is split from C: A's ground is in C or in D."""
    from .histories import table

    rows = table(
        ("2001-05-01", "merger", "A", "B"),
        ("2001-05-01", "merger", "B", "B"),
        ("2005-01-01", "code_change", "B", "C"),
        ("2010-01-01", "split", "C", "C"),
        ("2010-01-01", "split", "C", "D"),
    )
    timeline = code_years(Events(rows, pd.Index(["C", "D"]), VINTAGE))
    assert timeline.fate("A", 2003).then == ("B",)
    assert timeline.fate("A", 2006).then == ("C",)
    assert timeline.fate("A", 2015).then == ("C", "D")
    assert timeline.fate("D", 2003).then == ("B",)


def test_a_year_that_is_not_covered_is_refused(towns):
    with pytest.raises(VintageMismatch, match="No map of 1999 is known; those of 2012 to 2022"):
        towns.in_force(1999)


def test_maps_without_events_tell_the_years_but_not_the_fate():
    maps = CodeYears.of_maps({2020: pd.Index(["A", "B"]), 2022: pd.Index(["A", "C"])})
    assert maps.years_of("B") == (2020,)
    assert maps.fate("B", 2022) == Fate("B", True)
    assert maps.fate("C", 2020) == Fate("C", False)


@settings(max_examples=15)
@given(histories())
def test_the_timeline_holds_the_codes_in_force_each_year(history):
    table, maps = history
    events = Events(table, pd.Index(maps[max(maps)]), VINTAGE)
    timeline = code_years.__wrapped__(events)
    for year in timeline.years[::3]:
        assert list(timeline.in_force(year)) == list(events.codes_at(date(year, 1, 1)))


@settings(max_examples=30)
@given(histories())
def test_what_became_of_a_code_is_on_the_map(history):
    table, maps = history
    timeline = code_years.__wrapped__(Events(table, pd.Index(maps[max(maps)]), VINTAGE))
    for year in timeline.years:
        for code in timeline.codes.difference(timeline.in_force(year)):
            fate = timeline.fate(code, year)
            assert set(fate.then) <= set(timeline.in_force(year))
            assert fate.then
