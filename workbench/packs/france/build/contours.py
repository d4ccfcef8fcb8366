"""Draw every level from the communes' contours, with shared borders kept.

Contours are IGN's, generalised to about 100 m. Each level is dissolved from the communes and
the whole coverage is simplified together, so neighbours keep one common border at any detail.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Geod

__all__ = [
    "DETAILS",
    "areas_km2",
    "commune_contours",
    "dissolve",
    "district_contours",
    "ragged",
    "simplify",
]

Contours = pd.Series  # of shapely geometries (degrees, WGS 84), indexed by code

# File name, level, simplification in degrees (the square root of the smallest triangle kept),
# and the grid coordinates are rounded to, in degrees.
DETAILS: tuple[tuple[str, str, float, float], ...] = (
    ("commune_fine", "commune", 0.0, 1e-4),
    ("commune_coarse", "commune", 0.006, 1e-4),
    ("arrondissement_municipal_fine", "arrondissement_municipal", 0.0, 1e-5),
    ("epci_coarse", "epci", 0.012, 1e-4),
    ("ept_coarse", "ept", 0.004, 1e-4),
    ("departement_coarse", "departement", 0.012, 1e-4),
    # Régions are dissolved from the simplified départements, to share their borders.
    ("region_coarse", "region", 0.0, 1e-4),
)

# Split from 15141 on 1 January 2025: the source still draws the five as one.
UNDIVIDED = ("15031", "15035", "15047", "15141", "15171")


def commune_contours(directory: pd.DataFrame) -> Contours:
    """Read the communes' contours; four that lack one get the union of their delegated parts."""
    communes = directory[directory["type"] == "COM"]
    contours = pd.Series(_polygons(communes["geometry"]), index=communes["code"])
    for code in contours.index[contours.isna()]:
        identifier = communes.loc[communes["code"] == code, "id"].item()
        parts = directory[
            (directory["commune_parent_id"] == identifier) & (directory["type"] == "COMD")
        ]
        if len(parts):
            contours[code] = shapely.union_all(_polygons(parts["geometry"]))
    return contours.dropna().sort_index()


def with_absorbed(contours: Contours, absorbed: Mapping[str, int]) -> Contours:
    """Give communes merged on 1 January 2025 the ground of those that they absorbed.

    The source keeps the contours of the 2024 map under the codes of 2026: a commune that was
    absorbed leaves a hole, which belongs to a neighbour that absorbed one. Where several did,
    the hole goes to the one that has had none yet. Llívia, in Spain, is a hole that stays; the
    part that 25390 absorbed lies on the border, makes no hole, and is still lacking.

    Parameters
    ----------
    contours : Series of geometry, by code
    absorbed : mapping of str to int
        Number of communes that each commune of the map absorbed in 2025.
    """
    whole = shapely.union_all(contours.to_numpy())
    holes = [
        shapely.Polygon(ring)
        for part in shapely.get_parts(whole)
        for ring in part.interiors
        if shapely.Polygon(ring).area > _GAP
    ]
    tree = shapely.STRtree(contours.to_numpy())
    # A hole wider than a gap between contours touches its neighbours within this distance.
    touching = [
        [
            code
            for code in contours.index[tree.query(hole.buffer(1e-4), "intersects")]
            if code in absorbed
        ]
        for hole in holes
    ]
    completed, served = contours.copy(), set[str]()
    for count, hole, candidates in sorted(
        zip(map(len, touching), holes, touching, strict=True), key=lambda row: row[0]
    ):
        if count:
            chosen = min(candidates, key=lambda code: (code in served, code))
            served.add(chosen)
            completed[chosen] = shapely.union_all([completed[chosen], hole])
    return completed


def district_contours(directory: pd.DataFrame) -> Contours:
    """Read the contours of the municipal arrondissements."""
    districts = directory[directory["type"] == "ARM"].sort_values("code")
    return pd.Series(_polygons(districts["geometry"]), index=districts["code"])


def _polygons(column: pd.Series) -> NDArray[np.object_]:
    texts = np.array([text or None for text in column.fillna("")], dtype=object)
    polygons: NDArray[np.object_] = shapely.from_wkb(texts)
    return polygons


def areas_km2(contours: Contours) -> pd.Series:
    """Measure each contour on the ellipsoid (km²)."""
    ellipsoid = Geod(ellps="GRS80")
    return contours.map(lambda shape: abs(ellipsoid.geometry_area_perimeter(shape)[0]) / 1e6)


def dissolve(contours: Contours, parents: pd.Series) -> Contours:
    """Unite communes by parent code; communes without one are left out."""
    held = parents.reindex(contours.index).fillna("")
    return pd.Series(
        {
            parent: _without_slivers(shapely.union_all(group.to_numpy()))
            for parent, group in contours[held != ""].groupby(held[held != ""])
        }
    ).sort_index()


# Square degrees, about 0.4 km²: smaller holes are gaps between generalised contours.
_GAP = 5e-5
# Square degrees, about 2 km²: smaller holes are gaps between contours, not enclaves.
_SLIVER = 2.5e-4


def _without_slivers(shape: shapely.Geometry) -> shapely.Geometry:
    """Fill the holes that the union of generalised contours leaves along their borders."""
    polygons = [
        shapely.Polygon(
            part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area > _SLIVER]
        )
        for part in shapely.get_parts(shape)
    ]
    return shapely.MultiPolygon(polygons)


def simplify(contours: Contours, tolerance: float) -> Contours:
    """Simplify a coverage as a whole; neighbours keep one common border."""
    return pd.Series(shapely.coverage_simplify(contours.to_numpy(), tolerance), contours.index)


def ragged(contours: Contours, grid: float) -> Mapping[str, list[object]]:
    """Turn contours into the columns of a boundaries table.

    Returns
    -------
    mapping
        code; polygons (rings in each polygon), rings (points in each ring), lon and lat
        (grid steps, each the difference from the previous point of the territory).
    """
    columns: dict[str, list[object]] = {"code": list(contours.index)}
    columns |= {name: [] for name in ("polygons", "rings", "lon", "lat")}
    # Holes turn the other way than what surrounds them: filled shapes then leave them empty.
    for shape in shapely.orient_polygons(contours.to_numpy(), exterior_cw=True):
        polygons = shapely.get_parts(shape)
        rings = [ring for polygon in polygons for ring in _rings(polygon, grid)]
        steps = np.rint(np.concatenate(rings) / grid).astype(np.int32)
        delta = np.diff(steps, axis=0, prepend=np.zeros((1, 2), np.int32))
        columns["polygons"].append([len(_rings(p, grid)) for p in polygons])
        columns["rings"].append([len(ring) for ring in rings])
        columns["lon"].append(delta[:, 0])
        columns["lat"].append(delta[:, 1])
    return columns


def _rings(polygon: shapely.Polygon, grid: float) -> list[NDArray[np.float64]]:
    """Give the rings, outer first, without the points that the grid makes equal."""
    rings = []
    for ring in (polygon.exterior, *polygon.interiors):
        points = np.asarray(ring.coords)
        steps = np.rint(points / grid)
        kept = np.r_[True, (np.diff(steps, axis=0) != 0).any(axis=1)]
        if kept.sum() > 3:
            rings.append(points[kept])
    return rings
