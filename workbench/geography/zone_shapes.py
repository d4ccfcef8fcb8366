"""Read a zoning that is drawn: GeoJSON, shapely geometries, or anything that gives GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.errors import ZoningInvalid, nearest
from workbench.geography.boundaries import Boundaries
from workbench.geography.shapes import areas, overlaps, shapely

__all__ = ["Drawn", "read_drawn"]

_POLYGONS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, eq=False)
class Drawn:
    """Hold drawn zones as memberships.

    Parameters
    ----------
    members : DataFrame
        code, zone, weight: the share of the territory's ground that lies in the zone.
    zones : DataFrame
        By zone: name, coverage (share of the zone's ground that is some territory's).
    repaired : mapping of str to str
        Zones whose shape was invalid, and why.
    """

    members: pd.DataFrame
    zones: pd.DataFrame
    repaired: Mapping[str, str]


def read_drawn(
    source: object,
    boundaries: Boundaries,
    *,
    zone: str | None,
    name: str | None,
    tolerance: float,
) -> Drawn:
    """Read zones and measure what they cover.

    Parameters
    ----------
    source : path, mapping, sequence or object
        A GeoJSON file; GeoJSON as a mapping; a mapping from zones to geometries; a sequence of
        geometries; what has ``__geo_interface__`` (a shapely geometry, a GeoDataFrame).
        Longitude and latitude, degrees.
    boundaries : Boundaries
        Of the territories.
    zone, name : str, optional
        Properties of the features that identify and name the zone; by default the feature's
        ``id``, else its number from 1.
    tolerance : float
        A share under it is left out, one above 1 minus it is whole.

    Raises
    ------
    ZoningInvalid
        A shape is no polygon, is empty, or is not in degrees; the feature is named.
    """
    found = list(_features(source, zone, name))
    if not found:
        raise ZoningInvalid("There is no zone: a drawing needs one polygon at least.")
    shapes: dict[str, Any] = {}
    repaired: dict[str, str] = {}
    names: dict[str, str] = {}
    for key, title, geometry, where in found:
        shape, reason = _checked(geometry, where)
        if reason:
            repaired[key] = reason
        # Several features of one zone are its parts.
        shapes[key] = shapely.union(shapes[key], shape) if key in shapes else shape
        names.setdefault(key, title)
    keys = sorted(shapes)
    drawn = np.array([shapes[key] for key in keys], dtype=object)
    touched = overlaps(drawn, boundaries)
    touched["zone"] = np.array(keys, dtype=object)[touched["zone"].to_numpy(dtype=np.intp)]
    covered = touched.groupby("zone")["km2"].sum().reindex(keys, fill_value=0.0)
    coverage = np.minimum(covered.to_numpy() / areas(drawn), 1.0)
    weight = touched["share"].where(touched["share"] < 1 - tolerance, 1.0)
    members = touched.assign(weight=weight)[touched["share"] > tolerance]
    zones = pd.DataFrame({"name": [names[key] for key in keys], "coverage": coverage}, index=keys)
    return Drawn(members[["code", "zone", "weight"]], zones, repaired)


Found = tuple[str, str, Any, str]  # zone, name, geometry, where it stands in the source


def _features(source: Any, zone: str | None, name: str | None) -> Iterator[Found]:
    """Give the zones of a source, one after another, whatever it is."""
    if isinstance(source, Path):
        source = _parsed(source)
    if getattr(source, "crs", None) is not None and hasattr(source, "to_crs"):
        source = source.to_crs(4326)
    if isinstance(source, Mapping) and "type" in source:
        yield from _geojson(source, zone, name)
    elif isinstance(source, Mapping):
        for key, geometry in source.items():
            yield str(key), str(key), geometry, f"zone {str(key)!r}"
    elif hasattr(source, "__geo_interface__"):
        yield from _geojson(source.__geo_interface__, zone, name)
    elif isinstance(source, Sequence) and not isinstance(source, str):
        for number, geometry in enumerate(source, 1):
            yield str(number), str(number), geometry, f"shape {number}"
    else:
        raise ZoningInvalid(
            f"Zones cannot be read from {type(source).__name__}: give a GeoJSON file or mapping, "
            "shapely geometries, a GeoDataFrame, or a table of codes and zones."
        )


def _parsed(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ZoningInvalid(f"{path.name} is no GeoJSON: {error}.") from None


def _geojson(source: Mapping[str, Any], zone: str | None, name: str | None) -> Iterator[Found]:
    _check_degrees(source.get("crs"))
    kind = source["type"]
    if kind == "FeatureCollection":
        features = source.get("features") or ()
    else:
        features = (source if kind == "Feature" else {"geometry": source},)
    for number, feature in enumerate(features, 1):
        own = feature.get("properties") or {}
        for wanted in (zone, name):
            if wanted is not None and own.get(wanted) in (None, ""):
                known = nearest(wanted, map(str, own))
                message = f"Feature {number} has no property {wanted!r} ({known}): name it."
                raise ZoningInvalid(message)
        key = str(own[zone] if zone else feature.get("id", number))
        title = str(own[name]) if name else str(own.get("name", key))
        yield key, title, feature.get("geometry"), f"feature {number} (zone {key!r})"


def _check_degrees(crs: Any) -> None:
    """Refuse the reference systems that GeoJSON files declared before RFC 7946, but WGS 84."""
    told = str(crs.get("properties", {}).get("name", crs)) if isinstance(crs, Mapping) else ""
    if told and not told.endswith(("CRS84", ":4326")):
        raise ZoningInvalid(
            f"The drawing is in {told}: GeoJSON is in longitude and latitude (WGS 84). Project it "
            "to EPSG:4326 first."
        )


def _checked(geometry: Any, where: str) -> tuple[Any, str]:
    """Make a valid polygon of a geometry; say why it was not, if it was not."""
    if geometry is None:
        raise ZoningInvalid(f"{where.capitalize()} has no geometry.")
    kind = "nothing"
    try:
        shape = geometry if hasattr(geometry, "geom_type") else shapely.geometry.shape(geometry)
        kind = shape.geom_type
        points = shapely.get_coordinates(shape)
    except Exception as error:  # whatever a hostile file makes the library say
        raise ZoningInvalid(f"{where.capitalize()} is no geometry: {error}.") from None
    if kind not in _POLYGONS:
        raise ZoningInvalid(f"{where.capitalize()} is a {kind}: expected {' or '.join(_POLYGONS)}.")
    if not len(points):
        raise ZoningInvalid(f"{where.capitalize()} is empty: draw it, or leave it out.")
    if not np.isfinite(points).all() or (np.abs(points) > (180, 90)).any():
        east, north = points[~(np.abs(points) <= (180, 90)).all(axis=1)][0]
        raise ZoningInvalid(
            f"{where.capitalize()} has the point ({east:g}, {north:g}): expected longitude and "
            "latitude in degrees. Project it to EPSG:4326 (WGS 84) first."
        )
    if shapely.is_valid(shape):
        return shapely.force_2d(shape), ""
    reason = str(shapely.is_valid_reason(shape))
    fixed = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if fixed.is_empty or fixed.geom_type not in _POLYGONS:
        raise ZoningInvalid(f"{where.capitalize()} cannot be repaired ({reason}): draw it again.")
    return shapely.force_2d(fixed), reason
