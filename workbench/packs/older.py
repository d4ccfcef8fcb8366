"""Lay out the territories of an older map: its own base territories, under what held them then."""

from __future__ import annotations

import pandas as pd

from workbench.packs.spec import PackSpec

__all__ = ["older_territories"]


def older_territories(
    states: pd.DataFrame,
    latest: pd.DataFrame,
    *,
    vintage: int,
    spec: PackSpec,
    groups: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Put the base territories of an older map in place of today's.

    Parameters
    ----------
    states : DataFrame
        Every state of every base territory: code, name, article, parents, first and last map.
    latest : DataFrame
        All territories of the latest map, which give their names to the coarser levels.
    vintage : int
    spec : PackSpec
    groups : DataFrame, optional
        Every state of the coarser territories that change: level, code, name, type, first and
        last map.

    Returns
    -------
    DataFrame
        The columns of `latest`. A coarser territory is kept when it held something on that map,
        with the name it bore then; one that is gone and that `groups` does not name has its
        code for a name.
    """
    base = spec.levels[spec.base_level]
    current = _on_map(states, vintage)
    levels = [level for level in base.parents if level in current.columns]
    inside = (current[[x for x in levels if spec.levels[x].role == "region"]] != "").any(axis=1)
    parts = current.drop(columns=["first", "last"]).assign(
        level=base.id,
        article_in_name=[
            bool(article) and _bears(name, article)
            for name, article in zip(
                current["name"].tolist(), current["article"].tolist(), strict=True
            )
        ],
    )
    parts[spec.country_level] = inside.map({True: spec.country, False: ""})
    tables = [parts]
    for level in base.parents:
        if level in parts:
            holders = _holders(parts, latest[latest["level"] == level], level)
            tables.append(holders if groups is None else _named(holders, _on_map(groups, vintage)))
    table: pd.DataFrame = pd.concat(tables, ignore_index=True).reindex(columns=latest.columns)
    # Areas are measured on the latest map.
    table["area_km2"] = float("nan")
    table["article_in_name"] = table["article_in_name"].eq(True)
    text = table.columns.drop(["area_km2", "article_in_name"])
    table[text] = table[text].fillna("")
    return table


def _on_map(states: pd.DataFrame, vintage: int) -> pd.DataFrame:
    return states[(states["first"] <= vintage) & (vintage <= states["last"])]


def _named(holders: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Give territories the names and types of the map."""
    told = groups.set_index(["level", "code"])
    keys = pd.MultiIndex.from_frame(holders[["level", "code"]])
    then = {
        column: told[column].reindex(keys).set_axis(holders.index) for column in ("name", "type")
    }
    return holders.assign(
        **{column: names.fillna(holders[column]) for column, names in then.items()}
    )


def _bears(name: str, article: str) -> bool:
    """Tell whether a name is written with its article: *Le Havre*, but not *Lens*."""
    return name.lower().startswith(article if article.endswith("'") else f"{article} ")


def _holders(parts: pd.DataFrame, known: pd.DataFrame, level: str) -> pd.DataFrame:
    members = parts[parts[level] != ""].groupby(level).first()
    gone = members[~members.index.isin(known["code"])]
    unnamed = gone.drop(columns=["article", "article_in_name"]).assign(
        level=level, code=gone.index, name=gone.index
    )
    return pd.concat([known[known["code"].isin(members.index)], unnamed], ignore_index=True)
