"""What a cube says of itself: names, units, sources, licences, coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from workbench.indicators.calculations import Outcome
from workbench.indicators.indicator import Indicator
from workbench.indicators.pack_like import LevelLike, PackLike

__all__ = ["coordinates", "dataset_attributes", "recomputation", "variable_attributes"]


def variable_attributes(
    indicator: Indicator, outcome: Outcome | None, pack: PackLike, *, language: str
) -> dict[str, Any]:
    """Describe an indicator: name, unit, kind, sources, and which periods are measured.

    Parameters
    ----------
    indicator : Indicator
    outcome : Outcome or None
        None where the level has no figure of it: then no period is named.
    pack : PackLike
    language : str

    Returns
    -------
    dict
        ``since`` stands only in that of a change.
    """
    sources = pack.sources(indicator.variables)
    return {
        "long_name": _text(indicator.label, language),
        "comment": _text(indicator.description, language),
        "units": indicator.unit,
        "kind": str(indicator.kind),
        "theme": indicator.theme,
        "source": "; ".join(_text(source.title, language) for source in sources),
        "licence": "; ".join(dict.fromkeys(source.licence for source in sources)),
        "vintage": pack.vintage,
        **_timing(outcome),
    }


def _timing(outcome: Outcome | None) -> dict[str, Any]:
    if outcome is None:
        return {}
    periods = outcome.values["period"].values.astype(np.int64)
    return {"periods": periods, **({"since": outcome.since} if outcome.since else {})}


def recomputation(indicator: Indicator) -> dict[str, Any]:
    """Say how an indicator is found again from its terms, on another map."""
    starts = [each.at_least for each in indicator.classes[1:]]
    return {
        "calculation": indicator.calculation,
        "scale": indicator.scale,
        "minimum_denominator": indicator.minimum_denominator,
        **({"class_starts": np.array(starts)} if starts else {}),
    }


def coordinates(
    frame: pd.DataFrame, codes: pd.Index, level: LevelLike, index: pd.Index
) -> dict[str, xr.Variable]:
    """Lay out who the territories are: code, name, level, area, parents; and the periods."""
    territory = {
        "name": (frame["name"].to_numpy(dtype=object), "official name"),
        "level": (np.full(len(codes), level.id, dtype=object), "level"),
    }
    for parent in level.parents:
        if parent in frame:
            territory[parent] = (frame[parent].to_numpy(dtype=object), f"code of the {parent}")
    area = frame["area_km2"].to_numpy(dtype=np.float64)
    return {
        "territory": xr.Variable("territory", codes, attrs={"long_name": "official code"}),
        "period": xr.Variable("period", index, attrs={"long_name": "reference year"}),
        "area_km2": xr.Variable("territory", area, attrs={"long_name": "area", "units": "km2"}),
        **{
            name: xr.Variable("territory", texts, attrs={"long_name": about})
            for name, (texts, about) in territory.items()
        },
    }


def dataset_attributes(
    pack: PackLike, level: LevelLike, data: Mapping[str, xr.Variable]
) -> dict[str, Any]:
    """Describe the cube as a whole, with all its sources and licences."""
    sources = dict.fromkeys(v.attrs["source"] for v in data.values() if v.attrs.get("source"))
    licences = dict.fromkeys(v.attrs["licence"] for v in data.values() if v.attrs.get("licence"))
    return {
        "Conventions": "CF-1.11",
        "title": f"Indicators of pack {pack.name}, level {level.id}, map of {pack.vintage}",
        "pack": pack.name,
        "level": level.id,
        "vintage": pack.vintage,
        "source": "; ".join(sources),
        "licence": "; ".join(licences),
    }


def _text(texts: Mapping[str, str] | str, language: str) -> str:
    if isinstance(texts, str):
        return texts
    return texts.get(language) or next(iter(texts.values()), "")
