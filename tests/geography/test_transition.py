"""From the map of one day to that of another: facts on a tiny country, then laws."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workbench.core.errors import DateNotCovered, WeightsMissing
from workbench.geography.event import Events
from workbench.geography.transition import Transition, transition

from .histories import VINTAGE, histories
from .tiny_atlas import ATLAS, NEW, OLD, WEIGHTS, events


def shares(made: Transition) -> dict[tuple[str, str], float]:
    table = made.table
    return dict(zip(zip(table["from"], table["to"], strict=True), table["share"], strict=True))


def later(start: int | date = 2012, end: int | date = 2020, **how: object) -> Transition:
    return transition(ATLAS.events, start, end, **{"weights": WEIGHTS} | how)


def test_a_merger_moves_whole_figures() -> None:
    made = later(2016)
    assert shares(made) == {
        ("A", "A"): 1,
        ("C", "C"): 1,
        ("G", "C"): 1,
        ("D", "D"): 1,
        ("F", "F"): 1,
        ("H", "H"): 1,
    }
    assert not made.is_split.any()


def test_the_codes_are_those_of_the_two_maps() -> None:
    made = later()
    assert list(made.sources) == OLD
    assert list(made.targets) == NEW


def test_a_change_of_code_is_exact() -> None:
    made = later(2015, 2016)
    assert shares(made)["E", "F"] == 1
    assert made.is_one_to_one


def test_events_of_the_first_day_are_done_already_those_of_the_last_are_done() -> None:
    assert "B" in later(date(2012, 5, 31)).sources
    assert "B" not in later(date(2012, 6, 1)).sources
    assert "F" in later(2015, 2016).targets
    assert "E" in later(2015, date(2015, 12, 31)).targets


def test_a_split_is_shared_by_the_earliest_later_weights() -> None:
    made = later(2014, 2017)
    assert shares(made)["C", "C"], shares(made)["C", "D"] == (0.75, 0.25)
    assert list(made.apportioned) == ["C", "D"]
    assert made.table.loc[made.table["is_split"], "from"].tolist() == ["C", "C"]


def test_weights_of_before_the_split_do_not_count_forwards() -> None:
    before = {2013: pd.Series({"C": 1.0, "D": 99.0})}
    assert shares(later(2014, 2017, weights=before | WEIGHTS))["C", "C"] == 0.75


def test_a_map_that_lacks_one_of_the_parts_is_passed_over() -> None:
    partial = {2015: pd.Series({"C": 1.0}), 2016: pd.Series({"C": 4.0, "D": 1.0})}
    assert shares(later(2014, 2017, weights=partial))["C", "C"] == 0.8


def test_one_series_serves_for_all_days() -> None:
    people = pd.Series({"C": 1, "D": 3})
    assert shares(later(2014, 2017, weights=people))["C", "D"] == 0.75


def test_a_split_without_weight_is_refused() -> None:
    with pytest.raises(WeightsMissing, match=r"2014-01-01.*C \(the first between C, D\).*even"):
        later(2014, 2017, weights=None)


@pytest.mark.parametrize("people", [{"C": 0.0, "D": 0.0}, {"C": 9.0}, {"C": 9.0, "D": -1.0}])
def test_parts_that_count_no_one_have_no_weight(people: dict[str, float]) -> None:
    with pytest.raises(WeightsMissing, match="no weight"):
        later(2014, 2017, weights=pd.Series(people))


def test_a_split_may_be_shared_evenly_and_says_so() -> None:
    made = later(2014, 2017, weights=None, without_weight="even")
    assert shares(made)["C", "D"] == 0.5
    assert made.table.loc[made.is_even, "from"].tolist() == ["C", "C"]


def test_what_comes_back_together_is_exact_and_needs_no_weight() -> None:
    again = events(
        ("2014-03-01", "split", "C", "C"),
        ("2014-03-01", "split", "C", "D"),
        ("2016-01-01", "merger", "C", "C"),
        ("2016-01-01", "merger", "D", "C"),
        latest=["C"],
    )
    made = transition(again, 2014, 2020)
    assert shares(made) == {("C", "C"): 1}
    assert made.is_one_to_one


def test_a_merger_undone_is_shared_by_the_latest_earlier_weights() -> None:
    made = later(2020, 2017)
    assert shares(made)["C", "C"], shares(made)["C", "G"] == (0.75, 0.25)
    assert shares(made)["F", "F"] == 1


def test_a_split_undone_is_a_merger() -> None:
    made = later(2015, 2014)
    assert shares(made)["D", "C"] == shares(made)["C", "C"] == 1
    assert made.apportioned.empty


def test_a_part_of_weight_zero_is_still_uncertain() -> None:
    made = later(2014, 2017, weights=pd.Series({"C": 8, "D": 0}))
    assert shares(made)["C", "D"] == 0
    low, high = made.bounds(np.array([0.0, 40.0, 0.0, 0.0, 0.0]))
    assert (low.tolist(), high.tolist()) == ([0, 0, 0, 0, 0, 0], [0, 40, 40, 0, 0, 0])


def test_an_origin_that_is_split_may_be_all_in_one_part() -> None:
    """C had 40, G has 7: today's C, made of a part of the one and all of the other, 7 to 47."""
    made = later(2014)
    counts = pd.Series({"A": 80.0, "C": 40.0, "E": 5.0, "G": 7.0, "H": 9.0})
    low, high = made.bounds(counts[made.sources].to_numpy())
    assert dict(zip(NEW, low, strict=True)) == {"A": 80, "C": 7, "D": 0, "F": 5, "H": 9}
    assert dict(zip(NEW, high, strict=True)) == {"A": 80, "C": 47, "D": 40, "F": 5, "H": 9}


def test_what_ends_goes_nowhere_and_what_is_created_comes_from_nowhere() -> None:
    sunk = events(
        ("2014-03-01", "end", "A", ""), ("2015-06-01", "creation", "", "Z"), latest=["C", "Z"]
    )
    made = transition(sunk, 2014, 2020)
    assert (list(made.ended), list(made.created), list(made.followed)) == (["A"], ["Z"], ["C"])


def test_only_what_changed_is_listed_as_a_change() -> None:
    assert later(2015).changes[["from", "to"]].to_numpy().tolist() == [
        ["C", "C"],
        ["G", "C"],
        ["E", "F"],
    ]


def test_two_transitions_chain_where_they_meet() -> None:
    chained = later(2012, 2015).then(later(2015, 2020))
    assert chained.table.equals(later().table)
    with pytest.raises(ValueError, match="meet on the same day"):
        later(2012, 2014).then(later(2015, 2020))


def test_a_day_that_is_not_covered_is_refused() -> None:
    with pytest.raises(DateNotCovered, match="2009-01-01 is not covered"):
        later(2009)


DAYS = st.dates(date(2001, 1, 1), date(2020, 12, 31))
PEOPLE = pd.Series({code: 1.0 + place for place, code in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")})


def history(drawn: tuple[pd.DataFrame, dict[date, list[str]]], *days: date) -> Events:
    table, maps = drawn
    made = Events(table, pd.Index(maps[max(maps)]), VINTAGE)
    assume(min(days) >= made.first)
    return made


@settings(max_examples=20)
@given(histories(), DAYS, DAYS)
def test_the_shares_of_a_territory_add_up_to_one(drawn, start, end) -> None:
    made = transition(history(drawn, start, end), start, end, weights=PEOPLE)
    total = np.bincount(made.origin, weights=made.share, minlength=len(made.sources))
    np.testing.assert_allclose(total, 1, rtol=1e-12)
    assert made.ended.empty
    assert made.created.empty


@settings(max_examples=20)
@given(histories(), DAYS, DAYS, DAYS)
def test_going_by_a_third_map_on_the_way_changes_nothing(drawn, one, two, three) -> None:
    days = (one, two, three)
    for first, middle, last in (sorted(days), sorted(days, reverse=True)):
        past = history(drawn, *days)
        direct = transition(past, first, last, weights=PEOPLE)
        parts = (
            transition(past, a, b, weights=PEOPLE) for a, b in ((first, middle), (middle, last))
        )
        chained = next(parts).then(next(parts))
        pd.testing.assert_frame_equal(chained.table, direct.table)


@settings(max_examples=20)
@given(histories(), DAYS, DAYS)
def test_backwards_what_merged_is_split_and_what_split_is_merged(drawn, start, end) -> None:
    past = history(drawn, start, end)
    there = transition(past, min(start, end), max(start, end), weights=PEOPLE)
    back = transition(past, max(start, end), min(start, end), weights=PEOPLE)
    pairs = set(map(tuple, back.table[["to", "from"]].to_numpy()))
    assert pairs == set(map(tuple, there.table[["from", "to"]].to_numpy()))


@settings(max_examples=20)
@given(histories(), DAYS, DAYS, st.data())
def test_the_true_figure_is_within_the_bounds_and_so_is_the_estimate(
    drawn, start, end, data
) -> None:
    """Whatever the true shares of the parts, the figures of the parts are within the bounds."""
    past = history(drawn, start, end)
    start, end = sorted((start, end))
    told = transition(past, start, end, weights=PEOPLE)
    truth = {code: data.draw(st.floats(0.01, 100)) for code in sorted(PEOPLE.index)}
    true = transition(past, start, end, weights=pd.Series(truth))
    counts = np.arange(len(told.sources)) * 10.0
    low, high = told.bounds(counts)
    for made in (told, true):
        figures = np.bincount(
            made.target, weights=made.share * counts[made.origin], minlength=len(made.targets)
        )
        assert (figures >= low - 1e-9).all()
        assert (figures <= high + 1e-9).all()
