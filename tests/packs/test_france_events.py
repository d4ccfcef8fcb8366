"""Events of the France pack against INSEE's own list of events, kind by kind and year by year.

INSEE's list (``mouvements-communes.csv``) has a row a pair of states, of a type ``MOD``: 10
rename, 20 creation, 21 restoration, 30 suppression, 31 merger, 32 new commune, 33 association,
34 and 35 ends of associated and delegated communes, 41 change of département, 50 change of code.
"""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.geography.event import day_of

STATES_END = "2019-01-01"
MAPS = (2019, 2021, 2022, 2023, 2024, 2025, 2026)
_OVERSEAS = ("975", "977", "978", "984", "986", "987", "988", "989")


@pytest.fixture(scope="module")
def insee(official_data):
    """INSEE's rows, with ``shown``: the first map of an edition that can show the event."""
    rows = pd.read_csv(
        official_data / "cog" / "sources" / "mouvements-communes.csv",
        dtype=str,
        keep_default_na=False,
    )
    recent = rows["DATE_EFF"] > STATES_END
    years = rows["DATE_EFF"].map(lambda day: next(y for y in MAPS if day <= f"{y}-01-01"))
    return rows.assign(shown=rows["DATE_EFF"].where(~recent, years.astype(str) + "-01-01"))


@pytest.fixture(scope="module")
def ours(table):
    """The pack's rows, dates as text."""
    rows = table("events")
    return rows.assign(date=rows["date"].astype(str))


def pairs(rows, *columns):
    """Make comparable facts of some columns."""
    return set(map(tuple, rows[list(columns)].to_numpy()))


def whole(insee, *kinds):
    """INSEE's pairs of communes of some types."""
    both = (insee["TYPECOM_AV"] == "COM") & (insee["TYPECOM_AP"] == "COM")
    return insee[both & insee["MOD"].isin(kinds)]


# --- Maps ---------------------------------------------------------------------------------------


def test_codes_of_every_first_of_january_are_insees(insee, official_data, france):
    """1943 to 2026, but for 2020: no edition has that map, events of 2019 are shown in 2021."""
    path = official_data / "cog" / "sources" / "communes.csv"
    latest = pd.read_csv(path, dtype=str, keep_default_na=False)
    codes = set(latest.loc[latest["TYPECOM"] == "COM", "COM"])
    known = insee[insee["TYPECOM_AV"].isin(["COM", ""]) & insee["TYPECOM_AP"].isin(["COM", ""])]
    known = known[~known["COM_AP"].str.match("132[01]")]
    days = sorted(known.groupby("DATE_EFF"), reverse=True)
    differ = {}
    for year in range(2026, 1942, -1):
        while days and days[0][0] > f"{year}-01-01":
            _, rows = days.pop(0)
            before, after = set(rows["COM_AV"]) - {""}, set(rows["COM_AP"]) - {""}
            stay = set(rows.loc[rows["COM_AV"] == rows["COM_AP"], "COM_AV"])
            # A code that is made and merged on one day is on neither map.
            codes = (codes - after) | (before - (after - stay))
        told = {c for c in france.events.codes_at(day_of(year)) if not c.startswith(_OVERSEAS)}
        if told != codes:
            differ[year] = (codes - told, told - codes)
    assert differ == {2020: ({"14666"}, {"21213", "21507", "45287"})}


def test_codes_of_each_edition_are_those_of_its_map(france):
    """The overseas collectivités included."""
    for year in france.vintages:
        told = france.events.names_at(day_of(year))
        pd.testing.assert_series_equal(
            told, france.at(year).frame("commune")["name"].sort_index(), check_names=False
        )


# --- Communes, kind by kind ---------------------------------------------------------------------


def test_mergers_are_insees_to_the_day(ours, insee):
    """Each commune that joined another, and what it joined."""
    own = ours[(ours["kind"] == "merger")]
    theirs = whole(insee, "31", "32", "33")
    found, expected = (
        pairs(own, "date", "code", "to_code"),
        pairs(theirs, "shown", "COM_AV", "COM_AP"),
    )
    # Three communes changed département and merged on one day: INSEE gives them a code of that
    # day alone. The day of Cholet's merger is that of its publication in the states.
    assert found - expected == {
        ("2016-01-01", "44060", "49160"),
        ("2018-01-01", "14513", "50592"),
        ("2018-01-01", "49144", "44180"),
        ("1973-08-03", "49099", "49099"),
        ("1973-08-03", "79224", "49099"),
    }
    assert expected - found == {
        ("2016-01-01", "49382", "49160"),
        ("2018-01-01", "50649", "50592"),
        ("2018-01-01", "44225", "44180"),
        ("1973-09-01", "49099", "49099"),
        ("1973-09-01", "79224", "49099"),
    }
    assert len(found) == len(expected) == 5782


def test_restorations_and_changes_of_code_are_insees(ours, insee):
    """All of them."""
    for kind, mod, count in (("restoration", "21", 446), ("code_change", "50", 8)):
        found = pairs(ours[ours["kind"] == kind], "date", "code", "to_code")
        assert found == pairs(whole(insee, mod), "shown", "COM_AV", "COM_AP")
        assert len(found) == count


def test_changes_of_departement_are_insees(ours, insee):
    """But for the codes of one day, and two islands that INSEE says suppressed."""
    found = pairs(ours[ours["kind"] == "parent_change"], "date", "code", "to_code")
    expected = pairs(whole(insee, "41"), "shown", "COM_AV", "COM_AP")
    assert found - expected == {
        ("2007-02-23", "97123", "97701"),
        ("2007-02-23", "97127", "97801"),
    }
    assert {code for *_, code in expected - found} == {"49382", "50649", "44225"}
    assert len(found) == 903


def test_creations_and_entries_are_insees(ours, insee):
    """But for arrondissements of Marseille and of Lyon, which are no communes."""
    found = pairs(ours[ours["kind"].isin(["creation", "entry"])], "date", "to_code")
    created = insee[(insee["MOD"] == "20") & (insee["COM_AV"] != insee["COM_AP"])]
    expected = pairs(created[~created["COM_AP"].str.match("132|6938")], "DATE_EFF", "COM_AP")
    assert found == expected
    assert len(found) == 200


def test_suppressions_are_insees(ours, insee):
    """Two islands are told as changes of département instead."""
    found = pairs(ours[ours["kind"] == "end"], "date", "code")
    expected = pairs(insee[(insee["MOD"] == "30") & (insee["COM_AV"] != insee["COM_AP"])], "DATE_EFF", "COM_AV")  # fmt: skip  # noqa: E501
    assert expected - found == {("2007-02-23", "97123"), ("2007-02-23", "97127")}
    assert found < expected


def test_renames_are_insees(ours, insee):
    """Three came with ground of a neighbour; six since 2019 correct the edition's own spelling."""
    found = pairs(ours[ours["kind"] == "rename"], "date", "code")
    expected = pairs(whole(insee, "10"), "shown", "COM_AV")
    assert expected <= found
    extra = found - expected
    given = {("1950-06-17", "51440"), ("1966-12-12", "51369"), ("1976-11-12", "97357")}
    assert extra > given
    assert {code for _, code in extra - given} == {
        *("14406", "39378", "60054", "60209", "60682", "72128")
    }
    assert {day for day, _ in extra - given} == {"2021-01-01"}


def test_events_by_year_are_as_many_as_insees(ours, insee):
    """Communes that joined another, each year until the states end."""
    own = ours[(ours["kind"] == "merger") & (ours["code"] != ours["to_code"])]
    own = own[own["date"] <= STATES_END]
    theirs = whole(insee, "31", "32", "33")
    theirs = theirs[(theirs["COM_AV"] != theirs["COM_AP"]) & (theirs["DATE_EFF"] <= STATES_END)]
    pd.testing.assert_series_equal(
        own["date"].str[:4].value_counts().sort_index(),
        theirs["DATE_EFF"].str[:4].value_counts().sort_index(),
        check_names=False,
    )


# --- Days ---------------------------------------------------------------------------------------


def test_a_day_that_the_editions_do_not_tell_is_within_the_two_maps(ours, insee):
    """INSEE's day is after `since`, on `date` at the latest; most are on that very day."""
    own = ours[ours["since"].notna() & (ours["kind"] == "merger")]
    theirs = whole(insee, "31", "32", "33").drop_duplicates(["shown", "COM_AV", "COM_AP"])
    joined = own.merge(
        theirs, left_on=["date", "code", "to_code"], right_on=["shown", "COM_AV", "COM_AP"]
    )
    assert len(joined) == len(own)
    assert (joined["DATE_EFF"] > joined["since"].astype(str)).all()
    assert (joined["DATE_EFF"] <= joined["date"]).all()
    assert (joined["DATE_EFF"] == joined["date"]).mean() > 0.95


# --- Delegated and associated communes ----------------------------------------------------------


def test_parts_on_the_latest_map_are_insees(france, official_data):
    """Each delegated and associated commune, and the commune it is in."""
    path = official_data / "cog" / "sources" / "communes.csv"
    latest = pd.read_csv(path, dtype=str, keep_default_na=False)
    types = {"COMD": "delegated", "COMA": "associated"}
    rows = latest[latest["TYPECOM"].isin(types)]
    rows = rows.assign(status=rows["TYPECOM"].map(types))
    found = {(p.code, p.status, p.parent) for p in france.events.parts.values()}
    assert found == pairs(rows, "COM", "status", "COMPARENT")


def test_parts_are_ended_by_the_time_insee_does_or_later(ours, insee):
    """The editions list some for a while after they ended: the date is the latest it can be."""
    ended = insee[insee["MOD"].isin(["34", "35"]) & insee["TYPECOM_AV"].isin(["COMA", "COMD"])]
    last = ended.groupby("COM_AV")["DATE_EFF"].max()
    own = ours[(ours["kind"] == "part_ended") & ours["since"].notna()]
    compared = own.set_index("code")["date"].to_frame().join(last.rename("insee"), how="inner")
    early = compared.index[compared["date"] < compared["insee"]]
    assert len(compared) > 400
    # The edition of 2022 came out late: it knew that Haut Valromey's would end that December.
    assert list(early) == ["01176", "01187", "01292", "01409"]


# --- An older list ------------------------------------------------------------------------------

# The list of 2017 codes the Seine-et-Oise of before 1968 as the départements that parted it, and
# keeps a merger of 2007 that was annulled: INSEE's list of today has neither.
_LATER_CODES = {
    ("1951-08-10", "91174"),
    ("1951-08-10", "91221"),
    ("1965-01-09", "95065"),
    ("1965-01-09", "95355"),
    ("1967-12-21", "95025"),
    ("1967-12-21", "95355"),
}
_ANNULLED = {("2007-10-04", "85036"), ("2007-10-04", "85068")}


@pytest.mark.parametrize(
    ("kinds", "but"),
    [
        ("310 311 320 321 330 331 340 341", _LATER_CODES | _ANNULLED),  # mergers, associations
        ("210 230", set()),  # restorations
    ],
)
def test_the_list_of_2017_is_told_day_by_day(official_data, ours, kinds, but):
    path = official_data / "cog_history" / "sources" / "historiq2017.txt"
    rows = pd.read_csv(path, sep="\t", dtype=str, encoding="latin-1", keep_default_na=False)
    rows = rows[rows["MOD"].isin(kinds.split())]
    days = pd.to_datetime(rows["EFF"], format="%d-%m-%Y").astype(str)
    codes = rows["DEP"] + rows["COM"]
    # Corsica was one département, of code 20, until 1976.
    undivided = rows["DEP"].isin(["2A", "2B"]) & (days < "1976-01-01")
    codes = codes.where(~undivided, "20" + rows["COM"])
    listed = {(day, code) for day, code in zip(days, codes, strict=True) if day >= "1943-01-01"}
    told = pairs(ours, "date", "code") | pairs(ours, "date", "to_code")
    assert listed - told == but
    assert len(listed) > 400
