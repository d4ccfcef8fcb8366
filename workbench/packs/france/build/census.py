"""Read the 2021 census by IRIS and sum it to municipal arrondissements and communes.

The table is on the commune map of 1 January 2023: its codes are exactly those of edition
3.1.1, municipal arrondissements standing for Paris, Lyon and Marseille, Mayotte absent.
INSEE publishes decimals that the package rounded per IRIS, so sums differ from published
communal figures by a few units.
"""

from __future__ import annotations

import pandas as pd

from workbench.core.errors import PackInvalid
from workbench.packs.france.build.inputs import Inputs
from workbench.packs.france.build.maps import CommuneMap
from workbench.packs.france.build.populations import MAYOTTE

__all__ = ["CENSUS_MAP", "VARIABLES", "Census", "census"]

CENSUS_MAP = 2023
PERIOD = 2021
# People counted: INSEE, "Population en 2021", statistiques 8268806 (France without Mayotte).
_PEOPLE = 67_408_104

VARIABLES = {
    "pop": "census_population",
    "pop_0_19": "age_0_19",
    "pop_20_64": "age_20_64",
    "pop_65p": "age_65_plus",
    "logements": "dwellings",
    "res_principales": "main_residences",
    "res_secondaires": "second_residences",
    "logements_vacants": "vacant_dwellings",
    "maisons": "houses",
    "appartements": "flats",
    "rp_en_appartement": "main_residences_flats",
}


class Census:
    """Hold the same counts by IRIS, municipal arrondissement and commune (map 2023).

    ``iris`` also carries ``commune`` (map 2023), ``district`` and the IRIS's ``type``: ``H``
    dwellings, ``A`` activity, ``D`` other, ``Z`` a commune that is not divided.
    """

    def __init__(self, iris: pd.DataFrame, districts: pd.DataFrame, communes: pd.DataFrame):
        self.iris, self.districts, self.communes = iris, districts, communes


def census(inputs: Inputs, commune_map: CommuneMap) -> Census:
    """Read, prove and sum the census.

    Raises
    ------
    PackInvalid
        When the codes are not those of the 2023 map, or people are missing.
    """
    table = inputs.census().rename(columns=VARIABLES)
    in_district = table["com"].isin(commune_map.districts.index)
    table["district"] = table["com"].where(in_district, "")
    towns = table["com"].map(commune_map.districts["commune"])
    table["commune"] = towns.where(in_district, table["com"])
    _check(table, commune_map)
    counts = list(VARIABLES.values())
    iris = table.rename(columns={"iris": "code", "typ_iris": "type"}).set_index("code")
    return Census(
        iris[["commune", "district", "type", *counts]],
        table[in_district].groupby("com")[counts].sum(),
        table.groupby("commune")[counts].sum(),
    )


def _check(table: pd.DataFrame, commune_map: CommuneMap) -> None:
    communes = commune_map.communes
    covered = (communes["departement"] != "") & (communes["departement"] != MAYOTTE)
    expected = set(communes.index[covered])
    found = set(table["commune"])
    if found != expected:
        raise PackInvalid(f"census: communes differ from map 2023: {sorted(found ^ expected)[:5]}")
    if (people := int(table["census_population"].sum())) != _PEOPLE:
        raise PackInvalid(f"census: {people} people, published {_PEOPLE}")
    ages = table["age_0_19"] + table["age_20_64"] + table["age_65_plus"]
    if int((ages - table["census_population"]).abs().max()) > 2:
        raise PackInvalid("census: age bands do not add up to the population of an IRIS")
