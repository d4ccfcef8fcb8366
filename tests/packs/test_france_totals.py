"""The France pack adds up to what INSEE, DGCL and the COG publish."""

from __future__ import annotations

import json

import pytest

# Population municipale of France without Mayotte: INSEE, "Populations légales".
PUBLISHED = {
    2016: 66_361_658,
    2019: 66_988_403,
    2020: 67_162_154,
    2021: 67_408_052,
    2022: 67_760_573,
    2023: 68_094_280,
}
# Census of 2017: it stands for every year.
MAYOTTE = 256_518
COMMUNES = {
    2019: 34_970,
    2021: 34_965,
    2022: 34_955,
    2023: 34_945,
    2024: 34_935,
    2025: 34_875,
    2026: 34_875,
}


@pytest.fixture(scope="module")
def inside(communes):
    """Give the communes of the 101 départements."""
    return communes[communes["departement"] != ""]


@pytest.fixture(scope="module")
def places(table):
    """Give the territories of a level, by code."""
    every = table("territories")
    return lambda level: every[every["level"] == level].set_index("code")


# --- Populations ------------------------------------------------------------------------------


@pytest.mark.parametrize("period", PUBLISHED)
def test_population_without_mayotte_is_the_one_published(inside, period):
    """To the last inhabitant, though the communes of older maps were converted."""
    covered = inside[inside["departement"] != "976"]
    assert PUBLISHED[period] == pytest.approx(covered[f"population@{period}"].sum(), abs=1e-6)


@pytest.mark.parametrize("period", PUBLISHED)
def test_mayotte_keeps_its_census_of_2017(inside, period):
    """Its 17 communes have no other count yet."""
    mayotte = inside[inside["departement"] == "976"]
    assert len(mayotte) == 17
    assert mayotte[f"population@{period}"].sum() == MAYOTTE


@pytest.mark.parametrize(("vintage", "period"), [(2019, 2016), (2024, 2022), (2026, 2023)])
def test_each_figure_is_kept_on_the_map_it_was_published_on(table, vintage, period):
    """The conversion to the latest map can be checked against it."""
    states, persons = table("maps"), table("populations").set_index("code")
    current = states[(states["first"] <= vintage) & (vintage <= states["last"])]
    inside = current.loc[current["departement"] != "", "code"]
    assert persons.loc[inside, f"{vintage}@{period}"].sum() == PUBLISHED[period] + MAYOTTE


@pytest.mark.parametrize(
    ("code", "period", "people"),
    [
        ("59350", 2023, 238_246),  # Lille
        ("59350", 2021, 236_710),
        ("55039", 2023, 0),  # Beaumont-en-Verdunois, destroyed in 1916
    ],
)
def test_population_of_a_commune(communes, code, period, people):
    """As INSEE gives it; zero is a figure."""
    assert people == communes.at[code, f"population@{period}"]


def test_every_commune_of_the_departements_has_a_population_in_every_period(inside):
    """Nothing is missing where INSEE counts."""
    columns = [f"population@{period}" for period in PUBLISHED]
    assert inside[columns].notna().all().all()
    assert (inside[columns] >= 0).all().all()


def test_manifest_states_the_same_totals(data_folder):
    """It is what `pack info` shows."""
    manifest = json.loads((data_folder / "manifest.json").read_text("utf-8"))
    assert {str(period): people for period, people in PUBLISHED.items()} == manifest[
        "published_population"
    ]
    assert {str(year): count for year, count in COMMUNES.items()} == manifest["communes"]


# --- Census -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["commune", "iris"])
def test_census_counts_every_one(table, name):
    """67,408,104 people in 2021, whether by IRIS or by commune."""
    total = table(name)["census_population@2021"].sum()
    assert total == pytest.approx(67_408_104, abs=1e-6)


def test_ages_make_up_the_population_of_an_iris(table):
    """Within the rounding of each count."""
    iris = table("iris")
    ages = iris[["age_0_19@2021", "age_20_64@2021", "age_65_plus@2021"]].sum(axis=1)
    assert (ages - iris["census_population@2021"]).abs().max() <= 2


def test_iris_add_up_to_their_communes(table, communes):
    """Where the ground is what it was; the figures of the split ones are shared out."""
    iris, figures = table("territories"), table("iris").set_index("code")
    held = iris[iris["level"] == "iris"].set_index("code")["commune"]
    summed = figures["dwellings@2021"].groupby(held).sum()
    split = table("statuses").query("variable == 'dwellings@2021' and status == 2")["code"]
    whole = summed.drop([*split], errors="ignore")
    assert len(whole) == 34_848
    assert communes.loc[whole.index, "dwellings@2021"].equals(whole.astype(float))


def test_municipal_arrondissements_add_up_to_their_towns(table, communes, places):
    """Paris, Lyon and Marseille: census and legal population."""
    quarters = table("arrondissement_municipal").set_index("code")
    towns = places("arrondissement_municipal")["commune"]
    for column in ("population@2023", "population@2016", "census_population@2021"):
        summed = quarters[column].groupby(towns).sum()
        assert summed.to_dict() == communes.loc[["13055", "69123", "75056"], column].to_dict()


# --- Levels -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "count"),
    [
        ("commune", 34_969),
        ("arrondissement_municipal", 45),
        ("ept", 11),
        ("epci", 1_255),
        ("departement", 101),
        ("collectivite", 8),
        ("region", 18),
        ("country", 1),
        ("iris", 49_280),
    ],
)
def test_number_of_territories(places, level, count):
    """Each code once."""
    found = places(level)
    assert count == len(found)
    assert found.index.is_unique


@pytest.mark.parametrize("vintage", COMMUNES)
def test_number_of_communes_on_each_map(table, vintage):
    """In the départements, each code in one state only."""
    states = table("maps")
    current = states[(states["first"] <= vintage) & (vintage <= states["last"])]
    assert current["code"].is_unique
    assert COMMUNES[vintage] == (current["departement"] != "").sum()


def test_every_commune_is_in_one_departement_or_one_overseas_collectivity(communes, places):
    """34,875 in the 101 départements, 94 in collectivities, none in both."""
    inside = communes["departement"].isin(places("departement").index)
    overseas = communes["collectivite"].isin(places("collectivite").index)
    assert inside.sum() == 34_875
    assert overseas.sum() == 94
    assert (inside ^ overseas).all()
    assert communes.loc[inside, "departement"].nunique() == 101


def test_a_departement_is_in_the_region_of_its_communes(communes, places):
    """The two ways from a commune to its région meet."""
    inside = communes[communes["departement"] != ""]
    through = inside["departement"].map(places("departement")["region"])
    assert through.equals(inside["region"])
    assert inside["region"].nunique() == 18
    assert set(inside["country"]) == {"FR"}


def test_every_epci_has_members_and_only_four_islands_have_none(communes, places):
    """Île-de-Bréhat, Ouessant, Île-de-Sein and L'Île-d'Yeu."""
    inside = communes[communes["departement"] != ""]
    assert set(inside["epci"]) - {""} == set(places("epci").index)
    assert [*inside.index[inside["epci"] == ""]] == ["22016", "29083", "29155", "85113"]


def test_every_parent_of_every_territory_exists(table, places):
    """No name leads nowhere, at any level."""
    every = table("territories")
    for level in ("commune", "epci", "ept", "departement", "collectivite", "region", "country"):
        assert set(every[level]) - {""} <= set(places(level).index), level
