"""Read a zoning: a table of memberships, or polygons measured against boundaries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.defaults import DEFAULT_PACK
from workbench.core.errors import ParameterError, TerritoryUnknown, ZoningInvalid, nearest
from workbench.geography.atlas import Atlas, open_atlas
from workbench.geography.zone_table import read_members
from workbench.geography.zoning import Zoning

__all__ = ["read_zoning"]

_TABLES, _DRAWINGS = (".csv", ".tsv", ".txt", ".parquet"), (".geojson", ".json")


def read_zoning(
    source: object,
    *,
    code: str | None = None,
    zone: str | None = None,
    weight: str | None = None,
    name: str | None = None,
    level: str | None = None,
    vintage: int | None = None,
    pack: str | Atlas = DEFAULT_PACK,
    tolerance: float = 1e-6,
    language: str = "",
) -> Zoning:
    """Read a zoning from a table of memberships or from polygons.

    Parameters
    ----------
    source : path, DataFrame, mapping, sequence or object
        A table: CSV or Parquet file, DataFrame, one row a territory and zone. Or a drawing, in
        longitude and latitude: GeoJSON file or mapping, a mapping from zones to geometries, a
        sequence of geometries, what has ``__geo_interface__`` (shapely, GeoDataFrame, an
        editor's drawing).
    code, weight : str, optional
        Of a table, the columns of codes (``"code"``) and of weights, the share of the territory
        that is in the zone (``"weight"`` where there is one; else territories are whole).
    zone, name : str, optional
        The column (``"zone"``, and ``"name"`` where there is one) or the property of features
        (their ``id``, else their number; their ``name``) that identifies and names the zone.
    level : str, optional
        Level of the territories; the base level by default.
    vintage : int, optional
        Year of the map that the codes are of; the latest by default.
    pack : str or Atlas
    tolerance : float
        Of a drawing: a share under it is left out, one above 1 minus it is whole.
    language : str
        Language in which the zoning is told; the pack's own by default.

    Returns
    -------
    Zoning

    Raises
    ------
    ZoningInvalid
        The source cannot be used as it is; the row or the feature is named.
    TerritoryUnknown
        Codes are not on the map.
    MissingExtra
        Polygons need shapely.
    LevelUnknown, VintageMismatch
        As the pack says: boundaries are those of the latest map.

    Notes
    -----
    Of a drawing, the weight of a territory is the share of its ground that lies in the zone,
    measured in an equal-area projection on the finest boundaries that the pack has: its figures
    are shared out as if they were spread evenly over its ground.

    Examples
    --------
    >>> square = {"type": "Polygon", "coordinates": [
    ...     [[3.0, 50.6], [3.1, 50.6], [3.1, 50.7], [3.0, 50.7], [3.0, 50.6]]]}
    >>> read_zoning(square).table[["parts", "whole"]].values.tolist()
    [[20, 4]]
    """
    atlas = open_atlas(open_atlas(pack), vintage=vintage)
    at_level = level or atlas.base_level
    known = atlas.frame(at_level).index
    codes = pd.Index(known.to_numpy(object), name="code")
    about = {"codes": codes, "level": at_level, "atlas": atlas, "language": language}
    source = Path(source) if isinstance(source, str) else source
    if _is_table(source):
        columns = {"code": code, "zone": zone, "weight": weight, "name": name}
        return _from_table(source, columns, about)
    if code is not None or weight is not None:
        raise ParameterError("A drawing has no columns: leave code= and weight= out.")
    return _from_drawing(source, about, zone=zone, name=name, tolerance=tolerance)


def _is_table(source: object) -> bool:
    if isinstance(source, Path):
        suffix = source.suffix.lower()
        if suffix not in (*_TABLES, *_DRAWINGS):
            ends = ", ".join((*_TABLES, *_DRAWINGS))
            raise ZoningInvalid(f"{source.name} is of no known kind: expected one of {ends}.")
        if not source.is_file():
            raise ZoningInvalid(f"There is no file {source}.")
        return suffix in _TABLES
    return isinstance(source, pd.DataFrame) and not hasattr(source, "__geo_interface__")


def _from_table(source: Any, columns: Mapping[str, str | None], about: dict[str, Any]) -> Zoning:
    table, title, unused = read_members(source, **columns)
    unknown = table[~table["code"].isin(about["codes"])]
    if len(unknown):
        first = unknown.iloc[0]
        level, year = about["level"], about["atlas"].vintage
        raise TerritoryUnknown(
            f"{title}, row {first['row']}: {first['code']!r} is no {level} of the map of {year} "
            f"({nearest(first['code'], about['codes'])}); {len(unknown)} of {len(table)} rows are "
            "like it. `workbench territories check FILE` tells what they are; a table of another "
            "year is read with vintage=, and the cube is brought to it by geography.convert."
        )
    names = table.drop_duplicates("zone").set_index("zone")["name"].sort_index()
    zones = names.to_frame().assign(coverage=np.nan)
    members = table[["code", "zone", "weight"]]
    return Zoning(members, zones, shared_by="declared", unused=unused, **about)


def _from_drawing(source: object, about: dict[str, Any], **how: Any) -> Zoning:
    from workbench.geography.zone_shapes import read_drawn

    boundaries = about["atlas"].boundaries(about["level"], detail="fine")
    drawn = read_drawn(source, boundaries, **how)
    undrawn = about["codes"][[code not in boundaries for code in about["codes"]]]
    return Zoning(
        drawn.members,
        drawn.zones,
        shared_by="area",
        repaired=drawn.repaired,
        undrawn=undrawn,
        **about,
    )
