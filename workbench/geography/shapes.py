"""Shapes of territories, and the share of their ground that lies in others.

Needs shapely, the extra ``zones``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.compute.equal_area import equal_area
from workbench.compute.ragged import ranges
from workbench.core.errors import MissingExtra
from workbench.geography.boundaries import Boundaries

try:
    import shapely
except ImportError:
    raise MissingExtra(
        "Zones given as polygons need the package shapely: install territorial-workbench[zones]. "
        "A table of memberships (code, zone, weight) needs nothing more."
    ) from None

# `shapely` from here: whoever lacks it is told what to install.
__all__ = ["areas", "overlaps", "shapely", "shapes_of"]

Shapes = NDArray[Any]  # of shapely geometries, in degrees

# Edges longer than this, in degrees, are cut before they are measured: they are straight in
# longitude and latitude, not in the equal-area plane.
_EDGE = 0.01


def areas(shapes: Shapes) -> NDArray[np.float64]:
    """Measure shapes whose edges are straight in longitude and latitude, km²."""
    measured: NDArray[np.float64] = shapely.area(
        shapely.transform(shapely.segmentize(shapes, _EDGE), equal_area)
    )
    return measured


def shapes_of(boundaries: Boundaries, places: NDArray[np.intp]) -> Shapes:
    """Make the shapes of some territories.

    Parameters
    ----------
    boundaries : Boundaries
    places : ndarray of int
        Their positions in the table, ascending.

    Notes
    -----
    A hole turns the other way than what surrounds it, and follows it. Shapes that rounding made
    cross themselves are repaired.
    """
    counts = np.diff(boundaries.first_ring)[places]
    rings = ranges(boundaries.first_ring[places], counts)
    sizes = np.diff(boundaries.rings)[rings]
    points = boundaries.points[ranges(boundaries.rings[rings], sizes)]
    lines = shapely.linearrings(points, indices=np.repeat(np.arange(len(rings)), sizes))
    owner = np.repeat(np.arange(len(places)), counts)
    first = np.concatenate([[0], np.cumsum(counts)])[:-1]
    turns = shapely.is_ccw(lines)
    is_shell = turns == turns[first][owner]
    shell = np.cumsum(is_shell) - 1
    polygons = shapely.polygons(lines[is_shell])
    if not is_shell.all():
        holed = np.unique(shell[~is_shell])
        polygons[holed] = [
            shapely.polygons(lines[is_shell][one], lines[~is_shell & (shell == one)])
            for one in holed
        ]
    made: Shapes = shapely.multipolygons(polygons, indices=owner[is_shell])
    crossed = ~shapely.is_valid(made)
    made[crossed] = shapely.make_valid(made[crossed], method="structure", keep_collapsed=False)
    return made


def overlaps(zones: Shapes, boundaries: Boundaries) -> pd.DataFrame:
    """Find which territories each zone touches, and the share of their ground in it.

    Parameters
    ----------
    zones : array of polygons
    boundaries : Boundaries

    Returns
    -------
    DataFrame
        zone (position), code, share (of the territory's ground, over 0), km2 (that it covers).
    """
    codes = np.array(list(boundaries.index), dtype=object)
    near = shapely.STRtree(shapely.box(*boundaries.boxes.T))
    zone, row = near.query(zones)
    places, place = np.unique(row, return_inverse=True)
    shapes = shapes_of(boundaries, places)
    whole = areas(shapes)
    shapely.prepare(zones)
    touching = shapely.intersects(zones[zone], shapes[place])
    zone, place = zone[touching], place[touching]
    # What a zone covers whole needs no cutting, and is exactly all of it.
    covered = shapely.covers(zones[zone], shapes[place])
    km2 = np.where(covered, whole[place], 0.0)
    cut = np.flatnonzero(~covered)
    km2[cut] = areas(shapely.intersection(zones[zone[cut]], shapes[place[cut]]))
    found = pd.DataFrame(
        {
            "zone": zone,
            "code": codes[places[place]],
            "share": np.where(covered, 1.0, np.minimum(km2 / whole[place], 1.0)),
            "km2": km2,
        }
    )
    return found[found["km2"] > 0].sort_values(["zone", "code"], ignore_index=True)
