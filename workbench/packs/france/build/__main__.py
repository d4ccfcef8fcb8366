"""Build the pack's tables: ``python -m workbench.packs.france.build [--inputs DIR] [--to DIR]``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow as pa

from workbench.packs.france.build import contours as drawn
from workbench.packs.france.build.census import CENSUS_MAP, PERIOD, VARIABLES, Census, census
from workbench.packs.france.build.councils import councils
from workbench.packs.france.build.events import events
from workbench.packs.france.build.groups import group_history
from workbench.packs.france.build.inputs import INPUTS, Inputs
from workbench.packs.france.build.maps import EDITIONS, CommuneMap, read_map, step
from workbench.packs.france.build.populations import (
    MAYOTTE,
    PUBLISHED,
    district_populations,
    populations,
)
from workbench.packs.france.build.territories import (
    commune_history,
    former_communes,
    territories,
)
from workbench.packs.france.build.townhalls import town_halls
from workbench.packs.france.build.transitions import convert, transitions
from workbench.packs.inputs import FOLDER
from workbench.packs.writing import write_manifest, write_table

# The directory and the mandates are those of the map and year of the package's edition.
DIRECTORY_PERIOD = 2026
# Map on which each period's population is converted to the latest: the last that carries it.
_POPULATION_MAPS = {2016: 2019, 2019: 2021, 2020: 2023, 2021: 2024, 2022: 2025, 2023: 2026}
_APPORTIONED, _NOT_APPLICABLE = 2, 6


def build(inputs: Inputs, folder: Path) -> None:
    """Read, prove and write everything."""
    maps = {year: read_map(inputs, year) for year in EDITIONS}
    latest = maps[max(maps)]
    persons = populations(inputs, maps)
    moves = transitions(maps, persons)
    counted = census(inputs, maps[CENSUS_MAP])
    directory = inputs.directory("communes")
    merged = Counter(to for old, to in step(maps[2024], maps[2025]) if old != to)
    shapes = drawn.with_absorbed(drawn.commune_contours(directory), merged)
    districts = drawn.district_contours(directory)
    parents = latest.communes
    dissolved = {
        level: drawn.dissolve(shapes, parents[level])
        for level in ("epci", "ept", "departement", "region")
    }
    areas = {level: drawn.areas_km2(shape) for level, shape in dissolved.items()}
    areas["commune"] = _share_undivided(drawn.areas_km2(shapes), persons)
    areas["arrondissement_municipal"] = drawn.areas_km2(districts)
    areas["country"] = pd.Series({"FR": areas["region"].sum()})

    moved_iris = _iris_communes(counted, moves, latest)
    table = territories(inputs, latest, counted, moved_iris, areas)
    write_table(table, folder / "territories.parquet")
    write_table(events(inputs, maps), folder / "events.parquet")
    write_table(commune_history(maps), folder / "maps.parquet")
    write_table(group_history(inputs), folder / "groups.parquet")
    write_table(former_communes(inputs, latest), folder / "former.parquet")
    write_table(moves, folder / "transitions.parquet")
    write_table(_by_map(persons), folder / "populations.parquet")

    directory_counts = town_halls(directory).join(
        councils(inputs.directory("elus_municipaux"), directory)
    )
    communes = _communes(latest, persons, moves, counted, directory_counts, areas["commune"])
    write_table(communes, folder / "commune.parquet")
    iris = _at_period(counted.iris[list(VARIABLES.values())], PERIOD)
    write_table(_counts(iris), folder / "iris.parquet")
    quarters = _at_period(counted.districts, PERIOD).join(
        district_populations(inputs).add_prefix("population@")
    )
    quarters["area_km2"] = areas["arrondissement_municipal"]
    write_table(_counts(quarters), folder / "arrondissement_municipal.parquet")
    write_table(_statuses(latest, moves), folder / "statuses.parquet")

    coverage = {"commune": shapes, "arrondissement_municipal": districts, **dissolved}
    for name, level, tolerance, grid in drawn.DETAILS:
        if tolerance:
            coverage[level] = drawn.simplify(coverage[level], tolerance)
        if level == "departement":
            holders = table[table["level"] == level].set_index("code")["region"]
            coverage["region"] = drawn.dissolve(coverage[level], holders)
        ragged = drawn.ragged(coverage[level], grid)
        outline = pa.table({**ragged, "grid": [grid] * len(coverage[level])})
        write_table(outline, folder / f"boundaries_{name}.parquet", dictionary=False)

    write_manifest(
        folder,
        {
            "inputs": [
                {"package": i.package, "version": i.version, "sha256": i.sha256} for i in INPUTS
            ],
            "vintage": latest.year,
            "communes": {
                year: int((m.communes["departement"] != "").sum()) for year, m in maps.items()
            },
            "published_population": PUBLISHED,
        },
    )


def _share_undivided(areas: pd.Series, persons: pd.DataFrame) -> pd.Series:
    """Share the one contour of the communes split in 2025 by their population (apportioned)."""
    lived = persons[(persons["map"] == 2026) & persons["code"].isin(drawn.UNDIVIDED)]
    share = lived.set_index("code")["persons"].astype(float)
    whole = areas[[code for code in drawn.UNDIVIDED if code in areas.index]].sum()
    shared: pd.Series = share / share.sum() * whole
    kept: pd.Series = areas.drop(list(drawn.UNDIVIDED), errors="ignore")
    areas = pd.concat([kept, shared])
    return areas


def _iris_communes(counted: Census, moves: pd.DataFrame, latest: CommuneMap) -> pd.Series:
    """Give the commune of today of each IRIS: for a commune split since, its continuing part."""
    step = moves[moves["map"] == CENSUS_MAP].sort_values("weight").groupby("from")["to"].last()
    today = counted.iris["commune"].map(step).fillna(counted.iris["commune"])
    stays = counted.iris["commune"].isin(latest.communes.index)
    moved: pd.Series = counted.iris["commune"].where(stays, today)
    return moved


def _by_map(persons: pd.DataFrame) -> pd.DataFrame:
    """Spread populations as one column a (map, period), one row a code ever used."""
    wide = persons.pivot(index="code", columns=["map", "period"], values="persons")
    pairs = wide.columns.to_frame(index=False)
    wide.columns = pd.Index(pairs["map"].astype(str) + "@" + pairs["period"].astype(str))
    return wide.astype("Int32").reset_index()


def _communes(
    latest: CommuneMap,
    persons: pd.DataFrame,
    moves: pd.DataFrame,
    counted: Census,
    directory: pd.DataFrame,
    areas: pd.Series,
) -> pd.DataFrame:
    codes = latest.communes.index
    columns = []
    for period, year in _POPULATION_MAPS.items():
        chosen = persons[(persons["map"] == year) & (persons["period"] == period)]
        figures = chosen.set_index("code")[["persons"]].astype("Float64").astype(float)
        moved = convert(figures, moves[moves["map"] == year], codes)
        columns.append(moved.rename(columns={"persons": f"population@{period}"}))
    lived = convert(counted.communes, moves[moves["map"] == CENSUS_MAP], codes)
    columns.append(_at_period(lived, PERIOD))
    columns.append(_at_period(directory.reindex(codes), DIRECTORY_PERIOD))
    table = pd.concat(columns, axis=1)
    table["area_km2"] = areas.reindex(codes).round(4)
    return _counts(table)


def _at_period(table: pd.DataFrame, period: int) -> pd.DataFrame:
    return table.add_suffix(f"@{period}")


def _counts(table: pd.DataFrame) -> pd.DataFrame:
    """Store whole counts as integers; an apportioned one keeps its fraction."""
    stored = {}
    for name, column in table.items():
        whole = bool((column.dropna() % 1 == 0).all())
        stored[name] = column.astype("Int32") if whole else column.astype("Float64")
    return pd.DataFrame(stored).rename_axis("code").reset_index()


def _statuses(latest: CommuneMap, moves: pd.DataFrame) -> pd.DataFrame:
    """List the figures that are neither observed nor simply missing.

    Columns level, variable (with its period), code, status (CF flag value).
    """
    rows = []
    split = moves[moves["weight"] < 1]
    for period, year in _POPULATION_MAPS.items():
        for code in split.loc[split["map"] == year, "to"]:
            rows.append(("commune", f"population@{period}", code, _APPORTIONED))
    rows += [("commune", "area_km2", code, _APPORTIONED) for code in drawn.UNDIVIDED]
    mayotte = latest.communes.index[latest.communes["departement"] == MAYOTTE]
    apart = latest.communes.index[latest.communes["departement"] == ""]
    for variable in VARIABLES.values():
        name = f"{variable}@{PERIOD}"
        for code in split.loc[split["map"] == CENSUS_MAP, "to"]:
            rows.append(("commune", name, code, _APPORTIONED))
        rows += [("commune", name, code, _NOT_APPLICABLE) for code in (*mayotte, *apart)]
    return pd.DataFrame(rows, columns=["level", "variable", "code", "status"]).astype(
        {"status": "int8"}
    )


def main(arguments: list[str]) -> None:
    """Parse the command line and build."""
    parser = argparse.ArgumentParser(prog="python -m workbench.packs.france.build")
    default = Path(__file__).parents[1] / "data"
    parser.add_argument("--inputs", type=Path, default=FOLDER)
    parser.add_argument("--to", type=Path, default=default)
    options = parser.parse_args(arguments)
    inputs = Inputs(options.inputs)
    inputs.fetch()
    build(inputs, options.to)


if __name__ == "__main__":
    main(sys.argv[1:])
