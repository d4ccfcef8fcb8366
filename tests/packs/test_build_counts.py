"""Directories and censuses become counts by commune; a total that is off stops the build."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from workbench.core.errors import PackInvalid
from workbench.packs.france.build import census as census_module
from workbench.packs.france.build import populations as populations_module
from workbench.packs.france.build.census import census
from workbench.packs.france.build.councils import councils
from workbench.packs.france.build.inputs import INPUTS, Inputs
from workbench.packs.france.build.populations import district_populations, populations
from workbench.packs.france.build.townhalls import (
    opens_late,
    read_week,
    town_halls,
    weekly_minutes,
)
from workbench.packs.writing import write_table

from .tiny_inputs import TinyInputs, commune, commune_map

# --- Town halls -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("", {}),
        ("[]", {}),
        ('[["mardi", "", [["09:00:00", "12:00:00"]]]]', {1: [(540, 720)]}),
        (
            '[["lundi", "mercredi", [["09:00", "12:00"], ["14:00", "17:30"]]]]',
            {day: [(540, 720), (840, 1050)] for day in (0, 1, 2)},
        ),
        # The same morning twice, then a slot that overlaps it.
        (
            '[["lundi", "", [["09:00", "12:00"], ["09:00", "12:00"], ["11:00", "13:00"]]]]',
            {0: [(540, 780)]},
        ),
        # Closed before it opens.
        ('[["samedi", "", [["12:00", "09:00"], ["10:00", "10:00"]]]]', {}),
    ],
)
def test_a_week_is_read(text, week):
    """Days from Monday, minutes after midnight."""
    assert week == read_week(text)


def test_overlapping_hours_count_once():
    """9 to 13 is four hours."""
    week = read_week('[["lundi", "", [["09:00", "12:00"], ["11:00", "13:00"]]]]')
    assert weekly_minutes(week) == 240


def test_late_is_after_eighteen_hundred():
    """Closing at 18:00 is not late."""
    assert not opens_late({0: [(840, 1080)]})
    assert opens_late({0: [(840, 1081)]})


def hall(code, **more):
    """Write one row of the directory; absent cells are empty text."""
    own = {"code": code, "type": "COM", "mairie_localisation": "1 place", "mairie_horaires": ""}
    contacts = dict.fromkeys(("mairie_site", "mairie_email", "mairie_telephone"), "")
    return {**own, **contacts, **more}


def test_town_halls_become_counts():
    """Only communes are counted; a hall without an address is not listed, whatever it has."""
    week = json.dumps([["samedi", "", [["09:00:00", "12:00:00"]]]])
    directory = pd.DataFrame(
        [
            hall("01001", mairie_site="https://a.fr", mairie_email="a@a.fr", mairie_horaires=week),
            hall("01002", mairie_site="http://b.fr", mairie_telephone="01"),
            hall("01003", mairie_localisation=None, mairie_site="https://c.fr"),
            hall("01004", type="COMD"),
        ]
    )
    counts = town_halls(directory)
    assert [*counts.index] == ["01001", "01002", "01003"]
    assert counts.loc["01001"].to_dict() == {
        "town_halls": 1,
        "town_halls_website": 1,
        "town_halls_https": 1,
        "town_halls_email": 1,
        "town_halls_phone": 0,
        "town_halls_hours_known": 1,
        "opening_minutes": 180,
        "town_halls_open_saturday": 1,
        "town_halls_open_late": 0,
    }
    assert counts.loc["01002", ["town_halls_website", "town_halls_https"]].tolist() == [1, 0]
    assert counts.loc["01003"].sum() == 0


# --- Councils ---------------------------------------------------------------------------------


def test_councillors_become_counts():
    """The age is the one reached in 2026; a birth in 1900 is a placeholder, not a person of 126."""
    directory = pd.DataFrame(
        {"id": ["1", "2", "3"], "code": ["01001", "01002", "X"], "type": ["COM", "COM", "COMD"]}
    )
    rows = [
        ("1", "F", "1987-12-31", "MAI"),  # 39: under 40
        ("1", "M", "1986-01-01", ""),  # 40
        ("1", "F", "1900-01-01", ""),
        ("3", "M", "1950-01-01", "MAI"),  # of a delegated commune: not counted
    ]
    columns = ["commune_id", "sexe", "date_naissance", "fonction"]
    counts = councils(pd.DataFrame(rows, columns=columns), directory)
    assert counts.loc["01001"].to_dict() == {
        "councillors": 3,
        "councillors_women": 2,
        "councillors_age_sum": 79,
        "councillors_age_known": 2,
        "councillors_under_40": 1,
        "mayors": 1,
        "mayors_women": 1,
    }
    assert counts.loc["01002"].sum() == 0
    assert set(counts.columns).isdisjoint({"date_naissance", "sexe", "nom"})


# --- Census -----------------------------------------------------------------------------------


def iris(code, place, people=(1, 2, 3), kind="Z"):
    """Write one IRIS; dwellings are all zero."""
    counts = dict.fromkeys(census_module.VARIABLES, 0)
    ages = dict(zip(("pop_0_19", "pop_20_64", "pop_65p"), people, strict=True))
    return {"iris": code, "com": place, "typ_iris": kind, **counts, **ages, "pop": sum(people)}


@pytest.fixture
def counted(monkeypatch):
    """Read a census whose published total is 18, on a map of two villages and Mayotte."""
    monkeypatch.setattr(census_module, "_PEOPLE", 18)
    place = commune_map(2023, ["01001", "13055", "97601"], mayotte=("97601",))
    place.districts.loc["13201"] = ["Marseille 1er", "13055"]
    return lambda *rows: census(TinyInputs({}, [*rows]), place)


def test_iris_are_summed_to_districts_and_communes(counted):
    """A municipal arrondissement stands for its town in the source."""
    found = counted(
        iris("010010000", "01001"), iris("132010101", "13201"), iris("132010102", "13201")
    )
    assert found.communes["census_population"].to_dict() == {"01001": 6, "13055": 12}
    assert found.districts["age_65_plus"].to_dict() == {"13201": 6}
    assert found.iris.loc["132010101", ["commune", "district"]].tolist() == ["13055", "13201"]
    assert found.iris.loc["010010000", "district"] == ""


def test_a_census_of_other_communes_is_refused(counted):
    """Its codes must be those of the map of 2023, without Mayotte."""
    with pytest.raises(PackInvalid, match=r"communes differ from map 2023: \['13055'\]"):
        counted(iris("010010000", "01001", (6, 6, 6)))


def test_a_census_that_lost_people_is_refused(counted):
    """Against the published total."""
    with pytest.raises(PackInvalid, match="12 people, published 18"):
        counted(iris("010010000", "01001"), iris("132010101", "13201"))


def test_ages_that_do_not_add_up_are_refused(counted):
    """By more than their rounding."""
    wrong = {**iris("132010101", "13201", (1, 2, 9)), "pop_65p": 3}
    with pytest.raises(PackInvalid, match="age bands do not add up"):
        counted(iris("010010000", "01001"), wrong)


# --- Legal populations ------------------------------------------------------------------------


@pytest.fixture
def series(monkeypatch):
    """Read one series, of period 2020 on the map of 2023, corrected by the EPCI of 3.1.1."""
    monkeypatch.setattr(populations_module, "_SERIES", ((2023, 2020, "2.3.1", "3.1.1"),))
    monkeypatch.setattr(populations_module, "PUBLISHED", {2020: 30})
    monkeypatch.setattr(populations_module, "MAYOTTE_2017", 5)
    codes = ["01001", "01002", "55039", "97601", "98818"]
    place = commune_map(2023, codes, mayotte=("97601",), overseas=("98818",))

    def read(second):
        rows = [commune("01001", population=10), commune("01002", population=second)]
        members = [{"code": "01001", "populationMunicipale": 18}]
        tables = {
            ("2.3.1", "communes"): rows,
            ("3.1.1", "epci"): [{"code": "2", "membres": members}],
            ("1.1.1", "communes"): [commune("97601", population=5)],
        }
        return populations(TinyInputs(tables), {2023: place}).set_index("code")["persons"]

    return read


def test_populations_are_assembled(series):
    """The members of an EPCI correct a merged commune; villages destroyed in 1916 count no one."""
    found = series(12).to_dict()
    assert {code: found[code] for code in ("01001", "01002", "55039", "97601")} == {
        "01001": 18,
        "01002": 12,
        "55039": 0,
        "97601": 5,
    }
    assert pd.isna(found["98818"])


@pytest.mark.parametrize(
    ("second", "said"),
    [(13, "31 and 5 in Mayotte, published 30 and 5"), (None, "no population for 01002")],
)
def test_a_population_that_is_off_stops_the_build(series, second, said):
    """By one person, or by one commune."""
    with pytest.raises(PackInvalid, match=said):
        series(second)


def test_an_epci_must_add_up_to_what_its_ministry_publishes():
    """Two producers, one figure."""
    persons = pd.Series([10, 20], index=["01001", "01002"])
    group = [{"code": "200000000", "populationMunicipale": 31}]
    with pytest.raises(PackInvalid, match="EPCI 200000000: 30 in 2016"):
        populations_module._check_epci(persons, commune_map(2019, ["01001", "01002"]), group)


def test_municipal_arrondissements_have_six_periods():
    """One edition each."""
    row = {"code": "75101", "type": "arrondissement-municipal", "population": 9}
    editions = ("0.4.0", "1.1.1", "2.3.1", "4.0.0", "4.1.0", "6.0.0")
    found = district_populations(TinyInputs({(e, "communes"): [row] for e in editions}))
    assert found.loc["75101"].to_dict() == dict.fromkeys((2016, 2019, 2020, 2021, 2022, 2023), 9)


# --- Archives ---------------------------------------------------------------------------------


def test_an_archive_that_changed_is_refused(tmp_path):
    """Figures were proved on one file, named by its hash; nothing is fetched for this test."""
    for item in INPUTS:
        (tmp_path / item.file).write_bytes(b"another file")
    with pytest.raises(PackInvalid, match=r"0\.4\.0 has sha256 .*, expected 32f44608"):
        Inputs(tmp_path).fetch()


def test_a_table_is_written_the_same_twice(tmp_path):
    """Byte for byte, and nothing is left aside."""
    content = pd.DataFrame({"code": ["01001", "2A004"], "population@2023": [1.5, None]})
    write_table(content, tmp_path / "a" / "x.parquet")
    write_table(content, tmp_path / "b" / "x.parquet")
    first, second = (tmp_path / folder / "x.parquet" for folder in "ab")
    assert first.read_bytes() == second.read_bytes()
    assert [path.name for path in first.parent.iterdir()] == ["x.parquet"]
