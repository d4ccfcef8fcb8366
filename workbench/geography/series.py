"""Series through time on one map: each year's figures, led from their own map to it."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core.defaults import DEFAULT_PACK
from workbench.core.errors import UnknownName
from workbench.core.types import Status
from workbench.geography.atlas import Atlas, open_atlas
from workbench.geography.conversion_report import ATTRIBUTE
from workbench.geography.converting import convert, labels_at
from workbench.geography.transition import Weights, WithoutWeight

__all__ = ["constant_perimeter"]


def constant_perimeter(
    variable: str,
    *,
    to: int | None = None,
    pack: str | Atlas = DEFAULT_PACK,
    weights: Weights | None = None,
    without_weight: WithoutWeight = "error",
) -> xr.Dataset:
    """Give the figures of every year on one and the same map.

    Parameters
    ----------
    variable : str
        A count of the pack.
    to : int, optional
        Year of the map; the latest by default.
    pack : str or Atlas
    weights : mapping of int to Series, or Series, optional
    without_weight : {"error", "even"}
        Both as for `convert`.

    Returns
    -------
    Dataset
        The variable and its status (territory, period), lazy, for every territory of the map.
        The coordinate ``map`` (period,) says the year of the map that the figures of a period
        were published on: of several, the one nearest to `to`. :func:`conversions` has a report
        a map.

    Raises
    ------
    UnknownName
        The pack has no such variable.
    WeightsMissing, DateNotCovered
        As `convert`.

    Examples
    --------
    >>> people = constant_perimeter("population")
    >>> people["population"].sel(territory="59350").to_series().astype(int).to_dict()[2016]
    232440
    """
    atlas = open_atlas(pack)
    year = atlas.vintages[-1] if to is None else to
    counted = {
        vintage: atlas.at(vintage).published(variable)
        for vintage in atlas.vintages
        # The latest map has every variable, and refuses one that is unknown.
        if vintage == atlas.vintages[-1]
        or atlas.at(vintage).has_variable(variable, atlas.base_level)
    }
    labels = labels_at(atlas, year)
    codes = pd.Index(labels.index.to_numpy(object), name="territory")
    parts = []
    for vintage, periods in _periods(counted, year).items():
        cube = counted[vintage].sel(period=periods).rename(variable).to_dataset()
        moved = convert(
            cube.drop_attrs(deep=False).assign_attrs(vintage=vintage),
            since=vintage,
            to=year,
            pack=atlas,
            weights=weights,
            without_weight=without_weight,
        )
        parts.append(_on(moved, codes).assign_coords(map=("period", [vintage] * len(periods))))
    series = xr.concat(parts, "period", combine_attrs="override").sortby("period")
    reports = [report for part in parts for report in json.loads(part.attrs[ATTRIBUTE])]
    names = {
        name: ("territory", labels[name].to_numpy(object))
        for name in ("name", "level")
        if name in labels
    }
    about = {"pack": atlas.name, "level": atlas.base_level, "vintage": year}
    return series.assign_coords(names).assign_attrs({**about, ATTRIBUTE: json.dumps(reports)})


def _periods(counted: Mapping[int, xr.DataArray], year: int) -> dict[int, list[int]]:
    """Choose the map that each period is taken from: the nearest to a year."""
    nearest: dict[int, int] = {}
    for vintage in sorted(counted, key=lambda vintage: (abs(vintage - year), vintage)):
        for period in counted[vintage].indexes["period"]:
            nearest.setdefault(int(period), vintage)
    if not nearest or 0 in nearest:
        raise UnknownName("The variable has no period: there is no series to make of it.")
    chosen: dict[int, list[int]] = {}
    for period, vintage in sorted(nearest.items()):
        chosen.setdefault(vintage, []).append(period)
    return chosen


def _on(moved: xr.Dataset, codes: pd.Index) -> xr.Dataset:
    """Lay figures on all territories of a map; those that a source did not count are missing."""
    if moved.indexes["territory"].equals(codes):
        return moved
    blank = {
        name: np.int8(Status.MISSING) if array.dtype == np.int8 else np.nan
        for name, array in moved.data_vars.items()
    }
    return moved.reindex(territory=codes, fill_value=blank)
