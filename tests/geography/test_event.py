"""The map of any day is found from events and the latest map; events that overlap are refused."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given

from tests.geography.histories import START, VINTAGE, histories, table
from workbench.core.errors import DateNotCovered, EventsInvalid
from workbench.geography.event import COLUMNS, EventKind, Events, State, day_of

# A takes B in 2005 and gives it back in 2010; C becomes K in 2008; D is renamed in 2012.
ROWS = table(
    ("2010-03-01", "restoration", "A", "A"),
    ("2010-03-01", "restoration", "A", "B"),
    ("2005-01-01", "merger", "A", "A"),
    ("2005-01-01", "merger", "B", "A"),
    ("2008-07-01", "code_change", "C", "K"),
    ("2012-01-01", "rename", "D", "D"),
)
LATEST = pd.Index(["A", "B", "D", "E", "K"])


def lived(rows=ROWS, latest=LATEST, **more):
    return Events(rows, latest, 2020, **more)


# --- The map of a day -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2005, 1, 1), "A C D E"),
        (date(2008, 6, 30), "A C D E"),
        (date(2008, 7, 1), "A D E K"),
        (date(2010, 3, 1), "A B D E K"),
        (date(2020, 12, 31), "A B D E K"),
    ],
)
def test_codes_in_force_include_the_events_of_the_day(day, codes):
    """The map of 1 January is that of the evening."""
    assert list(lived().codes_at(day)) == codes.split()


def test_coverage_begins_on_the_first_of_january_of_the_first_event():
    """What was before it is told by no event."""
    rows = table(("2005-06-01", "rename", "A", "A"))
    events = lived(rows)
    assert events.first == date(2005, 1, 1)
    assert lived(ROWS.head(0)).first == day_of(2020)


@pytest.mark.parametrize("day", [date(2004, 12, 31), date(2021, 1, 1)])
def test_a_day_that_is_not_covered_says_the_nearest(day):
    """Both ends."""
    near = "2005-01-01" if day.year < 2010 else "2020-12-31"
    with pytest.raises(DateNotCovered, match=f"{day} is not covered.*nearest day is {near}"):
        lived().codes_at(day)


def test_names_are_those_of_the_day():
    """From the events around it, then from the latest map."""
    rows = ROWS.copy()
    rows.loc[rows["kind"] == "rename", ["name", "to_name"]] = ["Dee", "Delta"]
    events = lived(rows, names=pd.Series({"E": "Echo", "D": "Delta"}))
    assert events.names_at(date(2011, 12, 31))["D"] == "Dee"
    assert events.names_at(date(2012, 1, 1))["D"] == "Delta"
    assert events.names_at(date(2012, 1, 1))["K"] == "K"
    assert events.names_at(date(2012, 1, 1))["E"] == "Echo"
    assert lived().names_at(date(2012, 1, 1))["E"] == ""


@given(histories())
def test_the_map_of_each_day_is_the_one_that_was_lived(history):
    """Backwards from the latest map as forwards from the first."""
    rows, maps = history
    days = sorted(maps)
    events = Events(rows, pd.Index(maps[days[-1]]), VINTAGE)
    for day in days[1:]:
        assert list(events.codes_at(day)) == maps[day]
        before = max(day - timedelta(days=1), events.first)
        known = max(other for other in days if other <= before) if before >= START else START
        assert list(events.codes_at(before)) == maps[known]


@given(histories())
def test_moves_lead_from_one_map_to_the_next(history):
    """Codes that no row names stay; the order of the rows changes nothing."""
    rows, maps = history
    days = sorted(maps)
    latest = pd.Index(maps[days[-1]])
    events = Events(rows.sample(frac=1, random_state=1), latest, VINTAGE)
    codes = set(events.codes_at(events.first))
    moves = events.moves(events.first, day_of(VINTAGE))
    for _, pairs in moves.groupby("date"):
        assert set(pairs["from"]) <= codes
        codes = (codes - set(pairs["from"])) | set(pairs["to"])
    assert codes == set(latest)


# --- Events ---------------------------------------------------------------------------------------


def test_a_code_has_its_events_in_order_each_with_all_its_moves():
    """Those of others that it took part in included."""
    found = lived().of("B")
    assert [(e.date.year, e.kind) for e in found] == [
        (2005, EventKind.MERGER),
        (2010, EventKind.RESTORATION),
    ]
    assert [move.before.code for move in found[0].moves] == ["A", "B"]
    assert lived().of("E") == ()


def test_parts_belong_to_the_event_of_their_holder():
    """The main kind is that of whole territories."""
    part = ("2005-01-01", "part_created", "", "", "", "", "B", "Bor", "delegated", "A")
    rows = pd.concat([pd.DataFrame([part], columns=COLUMNS), ROWS], ignore_index=True)
    (event,) = [e for e in lived(rows).of("A") if e.date.year == 2005]
    assert event.kind == EventKind.MERGER
    assert event.moves[-1].after == State("B", "Bor", "delegated", "A")


def test_two_events_of_one_day_on_different_ground_stay_two():
    """The day does not make the event."""
    rows = table(("2005-01-01", "rename", "A", "A"), ("2005-01-01", "rename", "D", "D"))
    assert len(lived(rows).of("A")[0].moves) == 1


def test_moves_leave_out_the_first_day_and_what_moves_nothing():
    """A rename moves no ground; a code that changes does."""
    moves = lived().moves(date(2005, 1, 1), day_of(2020))
    assert moves[["from", "to"]].to_numpy().tolist() == [["C", "K"], ["A", "A"], ["A", "B"]]
    with pytest.raises(DateNotCovered, match="2020-01-01 is after 2005-01-01"):
        lived().moves(day_of(2020), date(2005, 1, 1))


# --- Refused tables -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (table(("2005-01-01", "marger", "A", "A")), r"unknown kind \(nearest: merger\)"),
        (table(("2005-02-30", "merger", "A", "A")), "has no date"),
        (table(("2020-01-02", "rename", "A", "A")), "is after the latest map, of 2020-01-01"),
        (table(("2005-01-01", "creation", "", "")), "names no territory"),
        (table(("2005-01-01", "part_ended", "A", "")), "says the type of none"),
        (table(("2005-01-01", "rename", "A", "A")).assign(status="old"), "names a part"),
        (table(("2005-01-01", "rename", "A", "A")).assign(code=1001), "in code what is not text"),
        (
            table(("2005-01-01", "code_change", "C", "K"), ("2005-01-01", "code_change", "D", "K")),
            "leads one territory to one",
        ),
        (ROWS.rename(columns={"kind": "kinds"}), r"'kinds' is unknown \(nearest: kind"),
        (ROWS.drop(columns="parent"), "lack the columns parent"),
    ],
)
def test_a_row_that_says_nothing_sound_is_refused(rows, said):
    """The row is named."""
    with pytest.raises(EventsInvalid, match=said):
        lived(rows)


def test_a_code_that_begins_twice_is_refused():
    """Nothing ended it between."""
    rows = table(("2005-01-01", "split", "A", "A"), ("2005-01-01", "split", "A", "B"))
    again = table(("2006-01-01", "split", "D", "D"), ("2006-01-01", "split", "D", "B"))
    said = r"Row 1 of events, split A → B \(2005-01-01\), leaves 'B' in force, but the next"
    with pytest.raises(EventsInvalid, match=said):
        lived(pd.concat([rows, again]))


def test_events_must_lead_to_the_latest_map():
    """A code that ended cannot be on it, nor one that stays be missing."""
    with pytest.raises(EventsInvalid, match="leaves 'B' ended, but it is on the latest map"):
        lived(table(("2005-01-01", "merger", "B", "A"), ("2005-01-01", "merger", "A", "A")))
    with pytest.raises(EventsInvalid, match="leaves 'Z' in force, but it is not on the latest"):
        lived(table(("2005-01-01", "rename", "Z", "Z")))
