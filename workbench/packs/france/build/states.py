"""Write what stays the same from map to map once, with its first and last map."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

__all__ = ["unchanging"]


def unchanging(states: pd.DataFrame, key: Sequence[str], years: Sequence[int]) -> pd.DataFrame:
    """Put together the rows of successive maps that say the same.

    Parameters
    ----------
    states : DataFrame
        One row a thing and map: the map's `year`, and what is said of it.
    key : sequence of str
        Columns that tell things apart.
    years : sequence of int
        All maps, ascending: a thing that skips one begins anew.

    Returns
    -------
    DataFrame
        The columns but `year`, then first and last (map years, both included).
    """
    states = states.sort_values([*key, "year"])
    identity = [column for column in states.columns if column != "year"]
    position = states["year"].map({year: i for i, year in enumerate(years)})
    same = (states[identity] == states[identity].shift()).all(axis=1)
    follows = position == position.shift() + 1
    run = (~(same & follows)).cumsum()
    grouped = states.groupby(run.to_numpy())
    table = grouped[identity].first()
    return table.assign(first=grouped["year"].min(), last=grouped["year"].max())
