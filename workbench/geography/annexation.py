"""Tell growth by annexation from growth by people: one group, two perimeters, side by side."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.compute.rollup import roll_up
from workbench.core.defaults import DEFAULT_PACK
from workbench.core.errors import UnknownName
from workbench.core.types import Status
from workbench.geography.atlas import Atlas, open_atlas
from workbench.geography.group_members import group_maps, members

__all__ = ["Growth", "growth", "perimeter_series"]

_COLUMNS = ["map", "period", "code", "members", "then", "then_status", "now", "now_status"]


class Growth(NamedTuple):
    """Split the growth of a group in two.

    Parameters
    ----------
    start, end : int
        First and last period.
    total : float
        Growth from the perimeter of then to that of now.
    by_annexation : float
        What the present perimeter held in the first period that the perimeter of then did not.
    by_people : float
        Growth within the present perimeter. The two add up to the total.
    """

    start: int
    end: int
    total: float
    by_annexation: float
    by_people: float


def perimeter_series(
    code: str,
    *,
    level: str | None = None,
    variable: str = "population",
    pack: str | Atlas = DEFAULT_PACK,
) -> pd.DataFrame:
    """Put a count over the perimeter of each map beside that over the members of today.

    Parameters
    ----------
    code : str
        Code of a group of any map; "today" is the last map where it is.
    level : str, optional
        Level of the group; that which has the code by default.
    variable : str
        A count that older maps carry too.
    pack : str or Atlas

    Returns
    -------
    DataFrame
        One row a map and period that it carries: map, period, code (that the group bore on the
        map), members (their number then), then (sum over the perimeter of the map), now (sum
        over the members of the last map), and the status of each (`Status`). Two rows of one
        period differ by the perimeter only.

    Raises
    ------
    TerritoryUnknown, LevelUnknown
        As :func:`workbench.geography.members` does.
    UnknownName
        The pack does not count this variable.

    Examples
    --------
    >>> lille = perimeter_series("200093201").set_index("map")
    >>> int(lille.at[2019, "then"]), int(lille.at[2019, "now"])
    (1143572, 1167984)
    """
    atlas = open_atlas(pack)
    atlas = open_atlas(atlas, vintage=max(atlas.vintages))
    known = members(code, level=level, pack=atlas)
    base = atlas.base_level
    if not atlas.has_variable(variable, base):
        message = f"Variable {variable!r} is not counted by {base} in pack {atlas.name}."
        raise UnknownName(message)
    maps = {each.year: each for each in group_maps(atlas, known.level).maps}
    sums = {
        year: _sums(atlas.at(year), variable, (maps[year].places["group"] == own).to_numpy())
        for year, own in known.line.items()
    }
    last = max(known.line)
    absent = (np.nan, int(Status.MISSING))
    rows = [
        (
            year,
            period,
            own,
            known.counts[year],
            *sums[year][period],
            *sums[last].get(period, absent),
        )
        for year, own in known.line.items()
        # The latest map carries older figures too, brought to it: they were published on others.
        for period in (sums[year] if year != atlas.vintage else [max(sums[year])])
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def growth(series: pd.DataFrame) -> Growth | None:
    """Tell growth by annexation from growth by people.

    Parameters
    ----------
    series : DataFrame
        As :func:`perimeter_series` gives it.

    Returns
    -------
    Growth or None
        From the first to the last period of which both sums are known; None where they are one.

    Notes
    -----
    With P(m, t) the persons of period t on the perimeter of map m, 0 the first and 1 the last:
    total = P(1, 1) − P(0, 0); by annexation = P(1, 0) − P(0, 0), what the ground gained held at
    the beginning; by people = P(1, 1) − P(1, 0).

    Examples
    --------
    >>> growth(perimeter_series("200093201")).by_annexation
    24412.0
    """
    known = series.dropna(subset=["then", "now"]).sort_values(["period", "map"])
    if known.empty or known["period"].iloc[0] == known["period"].iloc[-1]:
        return None
    first, last = known.iloc[0], known.iloc[-1]
    return Growth(
        start=int(first["period"]),
        end=int(last["period"]),
        total=float(last["now"] - first["then"]),
        by_annexation=float(first["now"] - first["then"]),
        by_people=float(last["now"] - first["now"]),
    )


def _sums(atlas: Atlas, variable: str, inside: NDArray[np.bool_]) -> dict[int, tuple[float, int]]:
    """Sum a count over some territories, with the status of the sum, by period."""
    level = atlas.base_level
    values, status = (read(variable, level) for read in (atlas.variable, atlas.status))
    both = roll_up(values, np.where(inside, 0, -1), ["all"], status=status)
    summed, flags = (array.isel(territory=0).to_numpy() for array in both)
    periods = values["period"].to_numpy().tolist()
    return {
        period: (float(value), int(flag))
        for period, value, flag in zip(periods, summed, flags, strict=True)
    }
