"""Bring the climate of cells to territories: one cube a level, all from one read of the grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from workbench.compute.grids import Grid
from workbench.compute.weights import Weights
from workbench.compute.zonal import zonal
from workbench.core.defaults import DEFAULT_PACK
from workbench.core.errors import BoundariesMissing, UnknownName, nearest
from workbench.core.i18n import translate
from workbench.core.types import Kind, Status
from workbench.indicators.climate.daily import Daily, read_daily
from workbench.indicators.climate.declared import SIMULATED, Declared, declared
from workbench.indicators.climate.yearly import yearly
from workbench.packs.pack import Pack, open_pack

__all__ = ["Climate", "climate", "climate_of", "lay"]


@dataclass(frozen=True)
class Climate:
    """Hold the climate of all the territories of a pack.

    Parameters
    ----------
    levels : mapping of str to Dataset (territory, period)
        By level. Each variable carries ``units``, ``long_name``, ``kind``, ``source``,
        ``licence``, ``vintage``, ``order`` and ``reference``; ``<name>_status`` and
        ``<name>_valid`` go with it.
    simulated : bool
    weighted : bool
        Cells count by a weight that was given, such as inhabitants; by their area otherwise.
    caveats : tuple of str
        Keys of messages.
    source, licence, producer : str
        What the grid says of itself; empty when it does not.
    """

    levels: Mapping[str, xr.Dataset]
    simulated: bool
    weighted: bool
    caveats: tuple[str, ...]
    source: str = ""
    licence: str = ""
    producer: str = ""


def lay(
    pack: Pack, grid: Grid, *, levels: Iterable[str] = (), by: xr.DataArray | None = None
) -> dict[str, Weights]:
    """Lay the territories of a pack on a grid, level by level.

    Parameters
    ----------
    pack : Pack
    grid : Grid
    levels : iterable of str
        All those that the pack draws, or whose parts it draws, when empty.
    by : DataArray (y, x), optional
        See `Weights.of`.

    Returns
    -------
    dict of str to Weights
        Levels made of parts are merged from these, so that `zonal` reads the grid once.
        Territories without a boundary are not there.

    Raises
    ------
    UnknownName
        The pack has no such level.
    BoundariesMissing
        It draws none of the territories that levels are made of.
    """
    known = pack.territories.levels
    for level in levels:
        if level not in known:
            raise UnknownName(
                f"Level {level!r} is not in pack {pack.name} ({nearest(level, known)})."
            )
    base = pack.base_level
    if not pack.has_boundaries(base):
        raise BoundariesMissing(
            f"Pack {pack.name}, map of {pack.vintage}, draws no {base}: nothing tells which cells "
            "are whose. Use a pack, and a map, with boundaries."
        )
    drawn = pack.boundaries(base, detail="fine")
    frame = pack.frame(base)
    codes = [code for code in frame.index if code in drawn.index]
    parts = Weights.of(drawn, grid, by=by, codes=codes, vintage=pack.vintage)
    here = frame.index.isin(codes)
    laid = {}
    for level in levels or known:
        if level == base:
            laid[level] = parts
        elif pack.parts_level(level) == base:
            members = pack.membership(level)[here]
            laid[level] = parts.merged(members, pack.frame(level).index)
    return laid


def climate_of(
    data: xr.Dataset | Daily,
    pack: Pack,
    *,
    levels: Iterable[str] = (),
    indicators: Iterable[str] = (),
    by: xr.DataArray | None = None,
    min_valid: float = 0.5,
    language: str = "en",
    known: Declared | None = None,
) -> Climate:
    """Tell the climate of territories from a grid of daily weather.

    Parameters
    ----------
    data : Dataset (time, y, x) or Daily
        See `read_daily`.
    pack : Pack
        With boundaries.
    levels : iterable of str
        All that can be when empty.
    indicators : iterable of str
        All those that the grid allows when empty.
    by : DataArray (y, x), optional
        Weight of each cell, for its whole surface (inhabitants per km²); area alone by default.
    min_valid : float
        Least part of a territory that must lie on cells with values.
    language : str
        Language of labels.
    known : Declared, optional
        What indicators are; the package's own by default.

    Returns
    -------
    Climate
        Lazy: `dask.compute` of all levels together reads the grid once.

    Raises
    ------
    UnknownName
        No such indicator or level.
    GridInvalid, GridMismatch, BoundariesMissing, MissingExtra
        As of `read_daily`, `yearly` and `lay`.

    Notes
    -----
    Each index is calculated in each cell and year, then averaged over the territory:
    ``Σ w x / Σ w`` with ``w`` = covered area × weight given.
    """
    known = known or declared()
    daily = data if isinstance(data, Daily) else read_daily(data)
    wanted = [known.get(name) for name in indicators] or list(known.indexes.values())
    cells = yearly(daily, wanted)
    weights = lay(pack, daily.grid, levels=levels, by=by)
    _, named = known.worded(simulated=daily.simulated)
    prefix = SIMULATED if daily.simulated else ""
    source = daily.attributes.get("title") or daily.attributes.get("source", "")
    licence = daily.attributes.get("licence") or daily.attributes.get("license", "")
    found: dict[str, dict[str, xr.DataArray]] = {level: {} for level in weights}
    for name, values in cells.data_vars.items():
        told, index = named[f"{prefix}{name}"], known.get(str(name))
        about = {
            "units": index.units,
            "long_name": told.label[language],
            "comment": told.description[language],
            "kind": str(Kind.MEAN),
            "source": source,
            "licence": licence,
            "vintage": pack.vintage,
            "order": index.order,
            "reference": index.reference,
            "cell_methods": f"{values.attrs['cell_methods']} area: mean".strip(),
        }
        if daily.simulated:
            about["simulated"] = "true"
            about["caveat"] = translate("climate.simulated_caveat", language)
        for level, zone in zonal(values, weights, "mean", min_valid=min_valid).items():
            found[level] |= _named(
                told.id, zone.values.assign_attrs(about), zone.status, zone.valid
            )
    caveats = [
        "simulated_caveat" if daily.simulated else "",
        "caveat_weighted" if by is not None else "caveat_cells",
        *daily.caveats,
        "caveat_coarse",
        "caveat_year",
    ]
    return Climate(
        levels={level: _cube(pack, level, made, daily) for level, made in found.items()},
        simulated=daily.simulated,
        weighted=by is not None,
        caveats=tuple(filter(None, caveats)),
        source=source,
        licence=licence,
        producer=daily.attributes.get("institution", ""),
    )


def climate(
    data: xr.Dataset,
    level: str = "",
    indicators: Iterable[str] = (),
    *,
    pack: str | Pack = DEFAULT_PACK,
    by: xr.DataArray | None = None,
    language: str = "en",
) -> xr.Dataset:
    """Return the climate of all the territories of a level as a Dask-backed cube.

    Parameters
    ----------
    data : Dataset (time, y, x)
        Daily weather, such as `wb.load("days.nc").data`; see `read_daily`.
    level : str
        The pack's base level by default.
    indicators : iterable of str
        All those that the grid allows by default.
    pack : str or Pack
    by : DataArray (y, x), optional
        Weight of each cell, for its whole surface (inhabitants per km²); area alone by default.
    language : str
        Language of labels.

    Returns
    -------
    Dataset (territory, period)
        Each variable with its ``<name>_status`` and ``<name>_valid``; see `Climate`.
    """
    opened = pack if isinstance(pack, Pack) else open_pack(pack)
    wanted = level or opened.base_level
    made = climate_of(
        data, opened, levels=[wanted], indicators=indicators, by=by, language=language
    )
    return made.levels[wanted]


def _named(
    name: str, values: xr.DataArray, status: xr.DataArray, valid: xr.DataArray
) -> dict[str, xr.DataArray]:
    values.attrs["ancillary_variables"] = f"{name}_status {name}_valid"
    parts = {name: values, f"{name}_status": status, f"{name}_valid": valid}
    return {
        key: part.drop_vars([str(c) for c in part.coords if c not in part.dims])
        for key, part in parts.items()
    }


def _cube(pack: Pack, level: str, made: Mapping[str, xr.DataArray], daily: Daily) -> xr.Dataset:
    """Put in the territories that no boundary draws, and say who each one is."""
    frame = pack.frame(level)
    index = pd.Index(frame.index.to_numpy(dtype=object), name="territory")
    first = next(iter(made.values()))
    whole = len(first["territory"]) == len(index)
    data = xr.Dataset(
        {
            name: part if whole else part.reindex(territory=index, fill_value=_filler(name))
            for name, part in made.items()
        }
    )
    coords: dict[str, Any] = {
        "name": ("territory", frame["name"].to_numpy(dtype=object)),
        "level": ("territory", np.full(len(index), level, dtype=object)),
        "area_km2": ("territory", frame["area_km2"].to_numpy(np.float64), {"units": "km2"}),
    }
    for parent in pack.level(level).parents:
        if parent in frame:
            coords[parent] = ("territory", frame[parent].to_numpy(dtype=object))
    told = {"simulated": "true"} if daily.simulated else {}
    return data.assign_coords(coords).assign_attrs(
        Conventions="CF-1.11", pack=pack.name, level=level, vintage=pack.vintage, **told
    )


def _filler(name: str) -> float | int:
    if name.endswith("_status"):
        return int(Status.MISSING)
    return 0.0 if name.endswith("_valid") else np.nan
