"""List the territories of every level, with their names, parents and area."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.packs.france.build.census import Census
from workbench.packs.france.build.inputs import Inputs
from workbench.packs.france.build.maps import ARTICLES, EDITIONS, CommuneMap
from workbench.packs.france.build.states import unchanging

__all__ = ["COUNTRY", "commune_history", "former_communes", "territories"]

COUNTRY = "FR"
_COLUMNS = [
    *("level", "code", "name", "article", "article_in_name", "type", "area_km2", "postcodes"),
    *("commune", "arrondissement_municipal", "epci", "ept", "departement", "collectivite"),
    *("region", "country"),
]
# Written in front of the name where INSEE's article belongs to it (*Le Havre*).
_WRITTEN = ("le ", "la ", "les ", "l'", "aux ", "las ", "los ")


def territories(
    inputs: Inputs,
    commune_map: CommuneMap,
    census: Census,
    iris_communes: pd.Series,
    areas: dict[str, pd.Series],
) -> pd.DataFrame:
    """Make one row a territory of the latest map, all levels.

    Parameters
    ----------
    iris_communes : Series
        Commune of the latest map of each IRIS.
    areas : dict of level to Series
        Area by code, km².
    """
    communes = commune_map.communes.drop(columns="collectivite").assign(
        level="commune",
        collectivite=commune_map.communes["collectivite"],
        country=np.where(commune_map.communes["departement"] != "", COUNTRY, ""),
        postcodes=pd.Series(commune_map.postcodes),
    )
    version = EDITIONS[commune_map.year]
    levels = [
        communes.reset_index(),
        _districts(commune_map, communes),
        _iris(census, iris_communes, communes, commune_map),
        _groups(inputs, version, "epci", communes),
        _groups(inputs, version, "ept", communes),
        _departements(inputs, version),
        _regions(inputs, version),
        _country(),
    ]
    table = pd.concat(levels, ignore_index=True).reindex(columns=_COLUMNS)
    measured = pd.concat([series.rename(level) for level, series in areas.items()], keys=areas)
    keys = pd.MultiIndex.from_frame(table[["level", "code"]])
    table["area_km2"] = measured.reindex(keys).to_numpy().round(3)
    starts = table["name"].str.lower().str.startswith(_WRITTEN)
    table["article_in_name"] = starts & (table["article"].fillna("") != "")
    text = table.columns.drop(["area_km2", "article_in_name"])
    table[text] = table[text].fillna("")
    return table


def _districts(commune_map: CommuneMap, communes: pd.DataFrame) -> pd.DataFrame:
    table = commune_map.districts.assign(level="arrondissement_municipal", type="ARM")
    return _inherit(table.reset_index(), communes)


def _iris(
    census: Census, iris_communes: pd.Series, communes: pd.DataFrame, commune_map: CommuneMap
) -> pd.DataFrame:
    iris = census.iris
    table = pd.DataFrame(
        {
            "level": "iris",
            "code": iris.index,
            "type": iris["type"].array,
            "commune": iris_communes.reindex(iris.index).array,
            "arrondissement_municipal": iris["district"].array,
        }
    )
    table = _inherit(table, communes)
    within = table["arrondissement_municipal"].map(commune_map.districts["name"])
    within = within.fillna(table["commune"].map(communes["name"]))
    whole = table["type"] == "Z"
    table["name"] = within + np.where(whole, "", " – IRIS " + table["code"].str[5:])
    return table


def _inherit(table: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    parents = communes[["epci", "ept", "departement", "region", "country", "collectivite"]]
    return table.merge(parents, left_on="commune", right_index=True, how="left")


def _groups(inputs: Inputs, version: str, level: str, communes: pd.DataFrame) -> pd.DataFrame:
    """List EPCI or EPT; the département and région are where most of their communes are.

    An EPCI may spread over several départements: its own parents only say where to list it,
    and its figures are always the sum of its communes.
    """
    rows = inputs.edition(version, level)
    table = pd.DataFrame(
        {
            "level": level,
            "code": [row["code"] for row in rows],
            "name": [row["nom"] for row in rows],
            "type": [row["type"] for row in rows],
        }
    )
    for parent in ("departement", "region", "country"):
        members = communes[communes[level] != ""]
        most = members.groupby(level)[parent].agg(lambda codes: codes.mode().iloc[0])
        table[parent] = table["code"].map(most)
    return table.sort_values("code")


def _departements(inputs: Inputs, version: str) -> pd.DataFrame:
    rows = [r for r in inputs.edition(version, "departements") if r["zone"] != "com"]
    table = _named(rows, "departement")
    table["region"] = [r["region"] for r in rows]
    return table.assign(country=COUNTRY)


def _regions(inputs: Inputs, version: str) -> pd.DataFrame:
    rows = inputs.edition(version, "regions")
    regions = _named([r for r in rows if r["zone"] != "com"], "region").assign(country=COUNTRY)
    overseas = _named([r for r in rows if r["zone"] == "com"], "collectivite")
    return pd.concat([regions, overseas])


def _named(rows: list[dict[str, object]], level: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "level": level,
            "code": [str(r["code"]) for r in rows],
            "name": [r["nom"] for r in rows],
            "article": [ARTICLES[int(str(r["typeLiaison"]))] for r in rows],
        }
    )


def _country() -> pd.DataFrame:
    return pd.DataFrame(
        {"level": ["country"], "code": [COUNTRY], "name": ["France"], "article": ["la"]}
    )


def commune_history(maps: dict[int, CommuneMap]) -> pd.DataFrame:
    """List every state of every commune over the maps: one row while nothing changes.

    Returns
    -------
    DataFrame
        code, name, article, departement, region, collectivite, epci, ept, first, last (map
        years, both included).
    """
    states = pd.concat(
        [commune_map.communes.reset_index().assign(year=year) for year, commune_map in maps.items()]
    )
    return unchanging(states, ["code"], sorted(maps))


def former_communes(inputs: Inputs, commune_map: CommuneMap) -> pd.DataFrame:
    """List the communes that a commune of today absorbed, with what became of them.

    Returns
    -------
    DataFrame
        commune (today's code), code, name, kind (``delegated``, ``associated``, ``merged``).
    """
    rows = []
    kinds = {"commune-deleguee": "delegated", "commune-associee": "associated"}
    for row in inputs.edition(EDITIONS[commune_map.year], "communes"):
        if row["type"] in kinds:
            rows.append((row["chefLieu"], row["code"], row["nom"], kinds[row["type"]]))
    named = {(commune, code) for commune, code, *_ in rows}
    # The history runs to 2019; later names come from the maps since.
    names = {r["code"]: r["nom"] for r in inputs.edition("0.7.0", "historique-communes")}
    for code, commune in commune_map.former.items():
        if (commune, code) not in named and code in names:
            rows.append((commune, code, names[code], "merged"))
    table = pd.DataFrame(rows, columns=["commune", "code", "name", "kind"])
    return table.sort_values(["commune", "code"], ignore_index=True)
