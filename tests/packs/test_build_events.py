"""States and editions of a few villages become events; nothing is guessed."""

from __future__ import annotations

import pytest

from workbench.core.errors import PackInvalid
from workbench.packs.france.build.events import events
from workbench.packs.france.build.history import read_history

from .tiny_inputs import TinyInputs, commune_map


def state(code, name, kind="COM", **more):
    """Write a state; its identifier is made of its type, its code and its first day."""
    begun = more.get("dateDebut", "1943-01-01")
    return {"code": code, "nom": name, "type": kind, "id": f"{kind}-{code}@{begun}", **more}


# Bor joins Alba in 1973 as an associated commune; Alba changes name in 1980 without a word in
# the states of the ground; Bor leaves in 1990.
STATES = [
    state("01001", "Alba", dateFin="1973-01-01", successeur="COMP-01001@1973-01-01"),
    state("01002", "Bor", dateFin="1973-01-01", successeur="COMA-01002@1973-01-01"),
    state("01001", "Alba", "COMP", dateDebut="1973-01-01", predecesseur="COM-01001@1943-01-01",
          pole="COM-01001@1973-01-01", dateFin="1990-05-01", successeur="COM-01001@1990-05-01"),
    state("01002", "Bor", "COMA", dateDebut="1973-01-01", predecesseur="COM-01002@1943-01-01",
          pole="COM-01001@1973-01-01", dateFin="1990-05-01", successeur="COM-01002@1990-05-01"),
    state("01001", "Alba", dateDebut="1973-01-01", membres=["…"], dateFin="1980-02-02",
          successeur="COM-01001@1980-02-02"),
    state("01001", "Alba-Bor", dateDebut="1980-02-02", predecesseur="COM-01001@1973-01-01",
          membres=["…"], dateFin="1990-05-01"),
    state("01001", "Alba", dateDebut="1990-05-01", predecesseur="COMP-01001@1973-01-01"),
    state("01002", "Bor", dateDebut="1990-05-01", predecesseur="COMA-01002@1973-01-01"),
    state("01003", "Cor", dateDebut="1950-01-01"),
    state("01004", "Dun", dateFin="1960-01-01"),
]  # fmt: skip


def local(rows):
    """Leave out the two communes that laws moved, whatever the inputs."""
    return rows[~rows["to_code"].str.startswith("97")]


def told(rows):
    """Shorten rows to what they pair."""
    names = ["date", "kind", "code", "name", "to_code", "to_name"]
    return [" ".join(filter(None, map(str, row))) for row in rows[names].to_numpy()]


@pytest.fixture
def inputs():
    """Answer with the states."""
    return TinyInputs({("0.7.0", "historique-communes"): STATES})


def test_states_become_events(inputs):
    """The name of the time, not that of the ground's first holder."""
    assert told(local(events(inputs, {2019: commune_map(2019, ["01001"])}))) == [
        "1950-01-01 creation 01003 Cor",
        "1960-01-01 end 01004 Dun",
        "1973-01-01 merger 01001 Alba 01001 Alba",
        "1973-01-01 merger 01002 Bor 01001 Alba",
        "1973-01-01 part_created 01002 Bor",
        "1980-02-02 rename 01001 Alba 01001 Alba-Bor",
        "1990-05-01 restoration 01001 Alba-Bor 01001 Alba",
        "1990-05-01 restoration 01001 Alba-Bor 01002 Bor",
        "1990-05-01 part_ended 01002 Bor",
    ]


def test_the_first_communes_are_those_of_1943(inputs):
    """Those created since are not among them."""
    first, days = read_history(inputs)
    assert first == {"01001": "Alba", "01002": "Bor", "01004": "Dun"}
    assert list(days) == sorted(days)


def test_editions_date_events_by_the_map_that_shows_them():
    """And say which one did not."""
    maps = {
        2021: commune_map(2021, ["01001", "01002", "01003"]),
        2022: commune_map(2022, ["01001", "01004"], former={"01002": "01001", "01003": "01004"}),
    }
    rows = local(events(TinyInputs({}), maps))
    assert told(rows) == [
        "2022-01-01 merger 01001 Village 01001 01001 Village 01001",
        "2022-01-01 merger 01002 Village 01002 01001 Village 01001",
        "2022-01-01 code_change 01003 Village 01003 01004 Village 01004",
    ]
    assert set(rows["since"].astype(str)) == {"2021-01-01"}


def test_parts_of_editions_begin_end_and_change():
    """By their lists, one map after the other."""

    def part(code, holder, kind="commune-deleguee"):
        return {"code": code, "nom": f"P{code}", "type": kind, "chefLieu": holder}

    editions = {
        ("1.1.1", "communes"): [part("01008", "01001"), part("01009", "01001", "commune-associee")],
        ("2.3.1", "communes"): [part("01007", "01001"), part("01009", "01001")],
    }
    same = {year: commune_map(year, ["01001"]) for year in (2021, 2022)}
    rows = local(events(TinyInputs(editions), same))
    assert told(rows) == [
        "2022-01-01 part_created 01007 P01007",
        "2022-01-01 part_changed 01009 P01009 01009 P01009",
        "2022-01-01 part_ended 01008 P01008",
    ]
    assert set(rows["parent"]) | set(rows["to_parent"]) == {"01001", ""}


def test_overseas_communes_enter_when_laws_say():
    """Those of 1946, of Mayotte in 2011, and two that left theirs."""
    states = [state("97105", "Basse-Terre"), state("97601", "Acoua"), state("97361", "Awala")]
    inputs = TinyInputs({("0.7.0", "historique-communes"): states})
    rows = events(inputs, {2019: commune_map(2019, ["97105"])})
    assert [*told(rows)[:1], *told(rows)[-4:]] == [
        "1946-03-21 entry 97105 Basse-Terre",
        "1989-01-01 creation 97361 Awala",
        "2007-02-23 parent_change 97123 Saint-Barthélemy 97701 Saint-Barthélemy",
        "2007-02-23 parent_change 97127 Saint-Martin 97801 Saint-Martin",
        "2011-03-31 entry 97601 Acoua",
    ]


def test_what_merges_and_splits_at_once_is_refused():
    """Which joined which cannot be told."""
    maps = {
        2021: commune_map(2021, ["01001", "01002"], delegated={"01003": "01001"}),
        2022: commune_map(2022, ["01001", "01003"], former={"01002": "01001"}),
    }
    with pytest.raises(PackInvalid, match=r"became .* at once: which joined which"):
        events(TinyInputs({}), maps)
