"""One commune map leads to the next: mergers add up, splits are shared out, nothing is guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import PackInvalid
from workbench.packs.france.build.groups import group_history
from workbench.packs.france.build.maps import EDITIONS, read_map, step
from workbench.packs.france.build.territories import commune_history, former_communes
from workbench.packs.france.build.transitions import convert, transitions

from .tiny_inputs import TinyInputs, commune, commune_map


def persons_of(rows):
    """Make the table of populations that weighs splits."""
    return pd.DataFrame(rows, columns=["map", "code", "period", "persons"])


# --- Reading an edition -----------------------------------------------------------------------


def test_an_edition_gives_communes_parents_and_what_they_absorbed():
    """Codes stay text; an overseas collectivity has no département."""
    rows = [
        commune("01001", typeLiaison=5, codesPostaux=["01400", "01401"], anciensCodes=["01009"]),
        commune("98818", departement="988", region="988"),
        {"code": "01002", "type": "commune-deleguee", "chefLieu": "01001", "nom": "B"},
        {"code": "75101", "type": "arrondissement-municipal", "nom": "Paris 1er", "commune": "X"},
    ]
    epci = [{"code": "200000001", "membres": [{"code": "01001"}]}]
    inputs = TinyInputs({("6.0.0", "communes"): rows, ("6.0.0", "epci"): epci})
    read = read_map(inputs, 2026)
    assert [*read.communes.index] == ["01001", "98818"]
    first, noumea = read.communes.loc["01001"], read.communes.loc["98818"]
    assert [*first.drop("name")] == ["l'", "01", "84", "", "200000001", ""]
    assert [*noumea[["departement", "region", "collectivite"]]] == ["", "", "988"]
    assert read.former == {"01009": "01001"}
    assert read.delegated == {"01002": "01001"}
    assert read.postcodes == {"01001": "01400 01401", "98818": ""}
    assert read.districts.at["75101", "commune"] == "X"


# --- From a map to the next -------------------------------------------------------------------


def test_a_code_that_stays_is_paired_with_itself():
    """Nothing moved."""
    same = commune_map(2024, ["01001", "01002"])
    assert step(same, same) == [("01001", "01001"), ("01002", "01002")]


def test_a_merged_code_leads_to_the_commune_that_names_it():
    """As former, or as delegated."""
    before = commune_map(2023, ["01001", "01002", "01003"])
    after = commune_map(2024, ["01001"], former={"01002": "01001"}, delegated={"01003": "01001"})
    assert step(before, after) == [("01001", "01001"), ("01002", "01001"), ("01003", "01001")]


def test_a_restored_code_comes_from_the_commune_it_was_a_part_of():
    """The commune that was split is paired with each part."""
    before = commune_map(2023, ["01001"], delegated={"01002": "01001"})
    assert step(before, commune_map(2024, ["01001", "01002"])) == [
        ("01001", "01001"),
        ("01001", "01002"),
    ]


def test_a_main_town_that_moves_changes_the_code_only():
    """The new code is named as the one that holds the old: it is not a restoration too."""
    before = commune_map(2022, ["27058"], delegated={"27676": "27058"})
    after = commune_map(2023, ["27676"], former={"27058": "27676"})
    assert step(before, after) == [("27058", "27676")]


def test_a_commune_without_successor_is_an_error():
    """The editions must say where its ground went."""
    before, after = commune_map(2023, ["01001", "01002"]), commune_map(2024, ["01001"])
    with pytest.raises(PackInvalid, match="01002 of map 2023 has no successor"):
        step(before, after)


def test_a_commune_without_origin_is_an_error_except_overseas():
    """Collectivities enter the editions as they are."""
    before = commune_map(2019, ["01001"])
    assert step(before, commune_map(2021, ["01001", "98818"], overseas=("98818",))) == [
        ("01001", "01001")
    ]
    with pytest.raises(PackInvalid, match="01002 of map 2021 has no origin"):
        step(before, commune_map(2021, ["01001", "01002"]))


# --- To the latest map ------------------------------------------------------------------------


@pytest.fixture
def three_maps():
    """01001 and 01002 merge in 2024; 01004 is restored from 01003 in 2025."""
    return {
        2023: commune_map(2023, ["01001", "01002", "01003"], delegated={"01004": "01003"}),
        2024: commune_map(
            2024,
            ["01001", "01003"],
            former={"01002": "01001"},
            delegated={"01004": "01003"},
        ),
        2025: commune_map(2025, ["01001", "01003", "01004"]),
    }


@pytest.fixture
def weights():
    """30 people stay in 01003, 10 live in 01004; later figures are not used."""
    return persons_of(
        [
            *((2025, "01001", 2022, 99), (2025, "01003", 2022, 30), (2025, "01004", 2022, 10)),
            *((2025, "01003", 2023, 1), (2025, "01004", 2023, 1)),
            *((2024, "01001", 2022, 99), (2024, "01003", 2022, 40)),
        ]
    )


def test_steps_are_chained_and_only_changes_are_kept(three_maps, weights):
    """A merger weighs 1, a split what its parts weigh at the earliest period."""
    found = transitions(three_maps, weights)
    assert [*found.itertuples(index=False, name=None)] == [
        (2024, "01003", "01003", 0.75),
        (2024, "01003", "01004", 0.25),
        (2023, "01001", "01001", 1.0),
        (2023, "01002", "01001", 1.0),
        (2023, "01003", "01003", 0.75),
        (2023, "01003", "01004", 0.25),
    ]


def test_figures_move_to_the_latest_map(three_maps, weights):
    """5 + 7 in the merged commune, 8 shared out three to one."""
    moves = transitions(three_maps, weights)
    figures = pd.DataFrame({"people": [5, 7, 8]}, index=["01001", "01002", "01003"])
    moved = convert(figures, moves[moves["map"] == 2023], three_maps[2025].communes.index)
    assert moved["people"].to_dict() == {"01001": 12.0, "01003": 6.0, "01004": 2.0}


def test_a_commune_that_the_older_map_lacks_has_no_figure():
    """NaN is not zero; a merger with one known part keeps that part."""
    moves = pd.DataFrame({"from": ["A", "B"], "to": ["A", "A"], "weight": 1.0})
    figures = pd.DataFrame({"people": [np.nan, 3.0, 1.0]}, index=["A", "B", "C"])
    moved = convert(figures, moves, pd.Index(["A", "C", "D"]))
    assert moved["people"].fillna(-1).to_dict() == {"A": 3.0, "C": 1.0, "D": -1}


codes = [f"{number:05d}" for number in range(8)]


@given(
    figures=st.lists(st.integers(0, 10**6), min_size=8, max_size=8),
    targets=st.lists(st.sampled_from(codes), min_size=8, max_size=8),
    share=st.floats(0, 1),
)
def test_law_totals_are_kept_whatever_merges_or_splits(figures, targets, share):
    """Each commune goes to a target, the last one to two of them."""
    rows = [(code, target, 1.0) for code, target in zip(codes[:-1], targets, strict=False)]
    rows += [(codes[-1], targets[-1], share), (codes[-1], "new", 1 - share)]
    moves = pd.DataFrame(rows, columns=["from", "to", "weight"])
    latest = pd.Index(sorted({*moves["to"]}))
    people = pd.DataFrame({"people": figures}, index=codes)
    assert sum(figures) == pytest.approx(convert(people, moves, latest)["people"].sum())


# --- History ----------------------------------------------------------------------------------


def test_history_has_one_row_while_nothing_changes(three_maps):
    """A code that comes back has a second state."""
    maps = {**three_maps, 2026: commune_map(2026, ["01001", "01002", "01003", "01004"])}
    history = commune_history(maps)[["code", "first", "last"]]
    assert [*history.itertuples(index=False, name=None)] == [
        ("01001", 2023, 2026),
        ("01002", 2023, 2023),
        ("01002", 2026, 2026),
        ("01003", 2023, 2026),
        ("01004", 2025, 2026),
    ]


def test_a_group_has_one_row_while_its_name_stays():
    """Those of the list of EPT, which begins in 2023, are named alike before."""

    def listed(code, name, kind="CC"):
        return [{"code": code, "nom": name, "type": kind, "membres": []}]

    tables = {(v, "epci"): listed("1", "Vals") for v in EDITIONS.values()}
    tables[EDITIONS[2026], "epci"] = listed("1", "Val d'or", "CA")
    tables |= {(v, "ept"): listed("9", "Plaine", "EPT") for v in EDITIONS.values()}
    assert [*group_history(TinyInputs(tables)).itertuples(index=False, name=None)] == [
        ("epci", "1", "Vals", "CC", 2019, 2025),
        ("epci", "1", "Val d'or", "CA", 2026, 2026),
        ("ept", "9", "Plaine", "EPT", 2019, 2026),
    ]


def test_former_communes_are_named_once_with_what_became_of_them():
    """A delegated commune is not listed as merged too."""
    part = {"chefLieu": "01001", "type": "commune-deleguee", "code": "01002", "nom": "Bas"}
    history = [{"code": "01002", "nom": "Bas"}, {"code": "01009", "nom": "Haut"}]
    inputs = TinyInputs({("6.0.0", "communes"): [part], ("0.7.0", "historique-communes"): history})
    latest = commune_map(2026, ["01001"], former={"01002": "01001", "01009": "01001"})
    found = former_communes(inputs, latest)
    assert [*found.itertuples(index=False, name=None)] == [
        ("01001", "01002", "Bas", "delegated"),
        ("01001", "01009", "Haut", "merged"),
    ]
