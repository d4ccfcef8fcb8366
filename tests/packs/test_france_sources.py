"""The France pack agrees with official files read from elsewhere: the COG and its history."""

from __future__ import annotations

import pandas as pd
import pytest

# Kinds of change of the COG that move ground from a commune to another: restoration, new
# commune, merger with associated communes, change of the main town's code.
GROUND = ["21", "32", "33", "50"]


@pytest.fixture(scope="module")
def cog(official_data):
    """Give what reads one file of the COG of 2026, all text."""
    return lambda name, separator=",": pd.read_csv(
        official_data / "cog" / "sources" / name, sep=separator, dtype=str, keep_default_na=False
    )


@pytest.fixture(scope="module")
def inside(communes):
    """Give the communes of the 101 départements."""
    return communes[communes["departement"] != ""]


# --- Legal populations ------------------------------------------------------------------------


def test_population_2023_of_every_commune_and_arrondissement(cog, table, inside):
    """INSEE's file of 2026 covers France without Mayotte, arrondissements standing for towns."""
    official = cog("donnees_communes.csv", ";").set_index("COM")["PMUN"].astype(float)
    pack = pd.concat(
        [
            inside.loc[inside["departement"] != "976", "population@2023"],
            table("arrondissement_municipal").set_index("code")["population@2023"].astype(float),
        ]
    )
    towns = ["13055", "69123", "75056"]
    counted_twice = [*pack.index.intersection(towns).difference(official.index)]
    assert official.sort_index().to_dict() == pack.drop(counted_twice).sort_index().to_dict()


def test_population_of_the_communes_of_mayotte(cog, inside):
    """Its own file gives the census of 2017; its codes are written 601 for 97601."""
    official = cog("donnees_communes_mayotte.csv", ";")
    expected = dict(zip("97" + official["CODCOM"], official["PMUN"].astype(float), strict=True))
    mayotte = inside.loc[inside["departement"] == "976", "population@2023"]
    assert expected == mayotte.to_dict()


def test_population_of_the_overseas_collectivities(cog, communes):
    """Where the file has one; the others have none in the pack either."""
    official = cog("collectivites-outremer.csv").set_index("code_commune")["population"]
    expected = pd.to_numeric(official).sort_index()
    found = communes.loc[communes["departement"] == "", "population@2023"].sort_index()
    assert len(expected) == 94
    pd.testing.assert_series_equal(expected, found, check_names=False, check_dtype=False)


def test_populations_of_2016_follow_those_of_2013(official_data, table):
    """A quarter up or down in three years would be another figure, but for known cases."""
    read = {"sep": ";", "dtype": {"DEPCOM": str}, "index_col": "DEPCOM"}
    folder = official_data / "cog_history" / "sources"
    before = pd.concat(
        pd.read_csv(folder / f"population_{part}.csv", **read)["PMUN13"]
        for part in ("metropole", "dom")
    )
    after = table("populations").set_index("code")["2019@2016"].reindex(before.index)
    merged = before.index.isin(table("former")["commune"])
    kept = (before > 2000) & after.notna() & ~merged
    change = (after / before - 1)[kept]
    assert kept.sum() > 4000
    unusual = sorted(change.index[change.abs() > 0.25])
    # Orée d'Anjou merged under another code; INSEE counted the others so.
    grown = ["34123", "34163", "66017", "74070", "77085", "83071", "97362"]
    assert sorted(["49069", *grown]) == unusual


# --- The map ----------------------------------------------------------------------------------


def test_communes_of_2026_are_those_of_the_cog(cog, inside):
    """Code, name, département and région of each."""
    official = cog("communes.csv").query("TYPECOM == 'COM'").set_index("COM").sort_index()
    found = inside.sort_index()
    assert [*official.index] == [*found.index]
    for theirs, ours in (("LIBELLE", "name"), ("DEP", "departement"), ("REG", "region")):
        assert [*official[theirs]] == [*found[ours]], theirs


def test_municipal_arrondissements_are_those_of_the_cog(cog, table):
    """With the town that holds them."""
    official = cog("communes.csv").query("TYPECOM == 'ARM'").set_index("COM")["COMPARENT"]
    every = table("territories")
    found = every[every["level"] == "arrondissement_municipal"].set_index("code")["commune"]
    assert official.sort_index().to_dict() == found.sort_index().to_dict()


@pytest.mark.parametrize(
    ("name", "level", "column"),
    [("departements.csv", "departement", "DEP"), ("regions.csv", "region", "REG")],
)
def test_departements_and_regions_are_those_of_the_cog(cog, table, name, level, column):
    """With their names."""
    official = cog(name).set_index(column)["LIBELLE"]
    every = table("territories")
    found = every[every["level"] == level].set_index("code")["name"]
    assert official.sort_index().to_dict() == found.sort_index().to_dict()


def test_delegated_communes_are_those_of_the_cog(cog, table):
    """Each under the commune that the COG gives."""
    official = cog("communes.csv").query("TYPECOM in ['COMD', 'COMA']")
    former = table("former").query("kind != 'merged'")
    expected = set(zip(official["COM"], official["COMPARENT"], strict=True))
    assert expected == set(zip(former["code"], former["commune"], strict=True))


def follow(codes, moves, vintage):
    """Pair each commune of a map with those that hold its ground on 1 January 2026."""
    pairs = {(code, code) for code in codes}
    since = moves[(moves["DATE_EFF"] > f"{vintage}-01-01") & (moves["DATE_EFF"] <= "2026-01-01")]
    for _, day in since.groupby("DATE_EFF", sort=True):
        into: dict[str, set[str]] = {}
        for before, after in zip(day["COM_AV"], day["COM_AP"], strict=True):
            into.setdefault(before, set()).add(after)
        pairs = {(start, end) for start, code in pairs for end in into.get(code, {code})}
    return pairs


@pytest.mark.parametrize(
    ("vintage", "changes"),
    [(2019, 198), (2021, 186), (2022, 167), (2023, 148), (2024, 119), (2025, 0)],
)
def test_every_merger_and_split_since_a_map_is_in_the_transitions(cog, table, vintage, changes):
    """And no other: the COG's list of changes, followed day by day, leads to the same pairs."""
    moves = cog("mouvements-communes.csv").query("TYPECOM_AV == 'COM' and TYPECOM_AP == 'COM'")
    states = table("maps").query("first <= @vintage <= last and departement != ''")
    pairs = pd.DataFrame(
        sorted(follow(states["code"], moves[moves["MOD"].isin(GROUND)], vintage)),
        columns=["from", "to"],
    )
    merged = pairs.groupby("to")["from"].transform("size") > 1
    split = pairs.groupby("from")["to"].transform("size") > 1
    changed = pairs[merged | split | (pairs["from"] != pairs["to"])]
    assert changes == len(changed)
    found = table("transitions").query("map == @vintage")[["from", "to"]]
    assert set(changed.itertuples(index=False, name=None)) == set(
        found.itertuples(index=False, name=None)
    )
