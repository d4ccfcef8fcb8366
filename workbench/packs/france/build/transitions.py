"""Lead figures of an older commune map onto the latest one.

A merger is exact: its parts add up. A split is apportioned by the population of its parts at
the earliest later year, and says so.
"""

from __future__ import annotations

import pandas as pd

from workbench.packs.france.build.maps import CommuneMap, step

__all__ = ["convert", "transitions"]


def transitions(maps: dict[int, CommuneMap], persons: pd.DataFrame) -> pd.DataFrame:
    """Chain the yearly steps into one table from each map to the latest.

    Parameters
    ----------
    maps : dict of int to CommuneMap
    persons : DataFrame
        Columns map, code, period, persons: the weights of splits.

    Returns
    -------
    DataFrame
        Columns map, from, to, weight (share of the figure that moves), one row a pair; only
        the communes whose code or ground changed (others keep code and figure).
    """
    years = sorted(maps)
    onward = pd.DataFrame({"from": maps[years[-1]].communes.index})
    onward["to"], onward["weight"] = onward["from"], 1.0
    tables = []
    for before, after in zip(reversed(years[:-1]), reversed(years[1:]), strict=True):
        pairs = pd.DataFrame(step(maps[before], maps[after]), columns=["from", "middle"])
        pairs["share"] = _shares(pairs, persons[persons["map"] == after])
        chained = pairs.merge(onward, left_on="middle", right_on="from", suffixes=("", "_"))
        chained["weight"] *= chained["share"]
        onward = chained.groupby(["from", "to"])["weight"].sum().reset_index()
        tables.append(_changes(onward).assign(map=before))
    return pd.concat(tables, ignore_index=True)[["map", "from", "to", "weight"]]


def _shares(pairs: pd.DataFrame, persons: pd.DataFrame) -> pd.Series:
    earliest = persons[persons["period"] == persons["period"].min()].set_index("code")["persons"]
    weight = pairs["middle"].map(earliest).astype(float)
    total = weight.groupby(pairs["from"]).transform("sum")
    parts = pairs.groupby("from")["middle"].transform("size")
    return (weight / total).where(parts > 1, 1.0)


def _changes(table: pd.DataFrame) -> pd.DataFrame:
    into = table.groupby("to")["from"].transform("size")
    moved = (table["from"] != table["to"]) | (into > 1) | (table["weight"] != 1.0)
    return table[moved]


def convert(figures: pd.DataFrame, table: pd.DataFrame, codes: pd.Index) -> pd.DataFrame:
    """Move counts indexed by code onto the latest map.

    Parameters
    ----------
    figures : DataFrame (code × variable)
        Counts on the older map.
    table : DataFrame
        The rows of :func:`transitions` that start from this map.
    codes : Index
        Communes of the latest map.

    Returns
    -------
    DataFrame (code × variable)
        Counts on the latest map, NaN where the older map has none; totals are kept.
    """
    moved = figures.reindex(table["from"]).to_numpy(float) * table["weight"].to_numpy()[:, None]
    arrived = pd.DataFrame(moved, index=table["to"].array, columns=figures.columns)
    arrived = arrived.groupby(level=0).sum(min_count=1)
    stayed = figures[~figures.index.isin(table["from"])].astype(float)
    return pd.concat([stayed, arrived]).reindex(codes)
