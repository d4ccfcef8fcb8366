"""Who belongs to a group, map after map: facts on a tiny country, then laws, then France."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import LevelUnknown, TerritoryUnknown, UnknownName, VintageMismatch
from workbench.geography import growth, members, perimeter_series
from workbench.geography.perimeters import ChangeKind, GroupMap, changes, ground, step

from .tiny_groups import ATLAS


def told(code, **how):
    """List the changes of a group of the tiny country: kind, members, other."""
    return [
        (c.after, c.kind.value, "".join(m.code for m in c.members), c.other.code if c.other else "")
        for c in members(code, pack=ATLAS, **how).changes
    ]


# --- Changes ------------------------------------------------------------------------------------


def test_a_group_gains_members_of_another_and_of_none_and_its_name_changes():
    """B, which merged into A, left nothing: its ground stays."""
    assert told("G1") == [
        (2021, "joined", "C", "G2"),
        (2021, "merged", "B", ""),
        (2022, "renamed", "", "G1"),
        (2022, "retyped", "", "G1"),
        (2022, "joined", "E", ""),
    ]


def test_a_group_that_ends_says_where_its_members_went():
    """D is in no group since."""
    assert told("G2") == [(2021, "left", "C", "G1"), (2022, "ended", "D", "")]


def test_a_new_code_continues_the_group_that_ended_and_writing_is_no_new_name():
    """Three and THREE are one name; H came out of F, within the same perimeter."""
    known = members("G4", pack=ATLAS)
    assert known.line == {2019: "G3", 2021: "G4", 2022: "G4"}
    assert told("G4") == [(2021, "recoded", "", "G3"), (2022, "split", "H", "")]


def test_the_members_listed_are_those_of_the_map_asked_for():
    """The last map where the group is, unless said otherwise."""
    assert list(members("G1", pack=ATLAS).members.index) == ["A", "C", "E"]
    assert list(members("G1", pack=ATLAS, at=2019).members.index) == ["A", "B"]
    assert list(members("G2", pack=ATLAS).members.index) == ["D"]
    assert members("G1", pack=ATLAS).counts == {2019: 2, 2021: 2, 2022: 3}


def test_the_table_of_changes_has_one_row_a_member():
    """What holds a member's ground since is named."""
    frame = members("G1", pack=ATLAS).to_frame()
    merged = frame[frame["kind"] == "merged"]
    assert merged[["code", "into"]].values.tolist() == [["B", "A"]]
    assert len(frame) == 5


# --- Words --------------------------------------------------------------------------------------


def test_the_timeline_reads_from_top_to_bottom():
    """In English, the pack's own language."""
    assert str(members("G1", pack=ATLAS)).splitlines()[:8] == [
        "Big (band G1)",
        "",
        "Map of 2019        2 towns, as One (G1)",
        "From 2019 to 2021  Joined by 1 town of Two (G2): C town",
        "                   Within the same perimeter, B town merged into A town",
        "Map of 2021        2 towns, as One (G1)",
        "From 2021 to 2022  New name: Big, formerly One",
        "                   New status: CITY, formerly CC",
    ]


def test_the_timeline_says_what_maps_cannot_tell():
    """And what the pack says of its groups, in the language asked for."""
    dates, own = members("G1", pack=ATLAS, language="fr").caveats
    assert "(2019, 2021 et 2022)" in dates
    assert "Le jour d’un changement entre deux cartes n’est pas connu" in dates
    assert own == "Les bandes sont en retard."


def test_html_escapes_names():
    """A name is data, whatever it holds."""
    hostile = replace(members("G1", pack=ATLAS), name="<script>")
    assert "&lt;script&gt;" in hostile._repr_html_()
    assert "<script>" not in hostile._repr_html_()


# --- Errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "how", "error", "said"),
    [
        (
            "G9",
            {},
            TerritoryUnknown,
            r"'G9' is no band on any map of pack bands .choose from: G1, G2, G3, G4",
        ),
        ("A", {}, TerritoryUnknown, r"is a town \(A town\), no band. Ask for what holds it: G1"),
        ("D", {}, TerritoryUnknown, "It is in no band"),
        ("G1", {"at": 2020}, VintageMismatch, "no map of 2020; there are those of 2019, 2021"),
        ("G2", {"at": 2022}, VintageMismatch, "G2 is not on the map of 2022: it is on those of"),
        ("G1", {"level": "town"}, LevelUnknown, "'town' groups no town"),
    ],
)
def test_what_cannot_be_told_says_why(code, how, error, said):
    """And what to ask for."""
    with pytest.raises(error, match=said):
        members(code, pack=ATLAS, **how)


# --- Two perimeters -----------------------------------------------------------------------------


def test_growth_by_annexation_is_told_from_growth_by_people():
    """G1 grew from 80 to 126: C and E brought 35, people of the present perimeter 11."""
    series = perimeter_series("G1", pack=ATLAS)
    assert series[["map", "period", "members", "then", "now"]].values.tolist() == [
        [2019, 2016, 2, 80, 115],
        [2021, 2020, 2, 120, 126],
        [2022, 2020, 3, 126, 126],
    ]
    assert growth(series) == (2016, 2020, 46.0, 35.0, 11.0)


def test_a_group_of_one_map_has_no_growth():
    """G3 is told under the code that continues it."""
    assert growth(perimeter_series("G3", pack=ATLAS)) is None
    assert growth(perimeter_series("G4", pack=ATLAS)) == (2016, 2020, 4.0, 0.0, 4.0)


def test_a_variable_that_is_not_counted_is_refused():
    with pytest.raises(UnknownName, match="'homes' is not counted by town"):
        perimeter_series("G1", variable="homes", pack=ATLAS)


# --- Laws ---------------------------------------------------------------------------------------

CODES = "ABCDEF"
groupings = st.lists(st.sampled_from(["", "X", "Y"]), min_size=6, max_size=6)


def map_of(year, groups):
    """Make a map of six towns in two groups."""
    places = pd.DataFrame({"name": list(CODES), "group": groups}, index=list(CODES))
    named = pd.DataFrame({"name": ["X", "Y"], "type": "CC"}, index=["X", "Y"])
    return GroupMap(year, places, named)


NO_MOVES = pd.DataFrame(columns=["date", "from", "to"])


@given(groupings, groupings)
def test_law_those_before_less_those_who_left_and_more_those_who_joined_are_those_after(old, new):
    """And what one way is an arrival is a departure the other way."""
    before, after = map_of(1, old), map_of(2, new)
    line = {1: "X", 2: "X"}
    found = changes(line, [before, after], [step(before, after, NO_MOVES)])
    back = changes({2: "X", 1: "X"}, [after, before], [step(after, before, NO_MOVES)])

    def codes(those, kind):
        return {m.code for c in those if c.kind is kind for m in c.members}

    joined, left = (codes(found, kind) for kind in (ChangeKind.JOINED, ChangeKind.LEFT))
    assert (set(before.members("X").index) - left) | joined == set(after.members("X").index)
    assert (joined, left) == (codes(back, ChangeKind.LEFT), codes(back, ChangeKind.JOINED))


@given(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)), max_size=5))
def test_law_ground_is_never_lost(pairs):
    """Whatever merges, each code of the map before leads somewhere."""
    after = set(CODES)
    rows = []
    for day, (gone, into) in enumerate(pairs):
        if gone != into and {gone, into} <= after:
            after.discard(gone)
            rows += [(day, gone, into), (day, into, into)]
    moves = pd.DataFrame(rows, columns=["date", "from", "to"])
    found = ground(pd.Index(list(CODES)), pd.Index(sorted(after)), moves)
    assert set(found["from"]) == set(CODES)
    assert set(found["to"]) == after
    assert found["from"].is_unique


# --- France -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        # The Métropole of Lille took in the communes of Haute-Deûle on 14 March 2020.
        ("200093201", [("recoded", "245900410", 0), ("joined", "245901061", 5)]),
        # Four communities became one in 2020: none was more than half of it.
        (
            "200090579",
            [
                ("created", "200012060", 23),
                ("created", "243900412", 17),
                ("created", "243900719", 27),
                ("created", "243901071", 25),
            ],
        ),
        # Hautes Vosges came apart in 2022: the larger part continues it under a new code.
        ("200096634", [("recoded", "200071157", 0), ("left", "200096642", 8)]),
        ("200096642", [("created", "200071157", 8)]),
        # Landerneau only changed its name and its status.
        ("242900801", [("renamed", "242900801", 0), ("retyped", "242900801", 0)]),
    ],
)
def test_what_happened_to_groups_of_france_is_found_from_their_maps(code, changes):
    """Kind, group it came from or went to, number of communes."""
    known = members(code)
    assert changes == [(c.kind, c.other.code, len(c.members)) for c in known.changes]


def test_a_group_grew_by_as_many_people_as_those_that_it_took_in():
    """The five communes of Haute-Deûle counted 24 412 persons in 2016."""
    gained = growth(perimeter_series("200093201"))
    former = perimeter_series("245901061").set_index("period")["then"]
    assert gained.by_annexation == former[2016] == 24412
    assert gained.total == gained.by_annexation + gained.by_people


def test_two_perimeters_of_one_year_differ_by_ground_only():
    """Hautes Vosges: 2019's persons on the map before it came apart, 2020's on both after."""
    series = perimeter_series("200096634").set_index(["map", "period"])
    assert series.at[(2021, 2019), "then"] > series.at[(2021, 2019), "now"]
    after = series.loc[2022:]
    assert (after["then"] == after["now"]).all()
