"""Verify the boundaries of a pack: rings that close, that do not cross, that nest."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.geography.boundaries import Boundaries
from workbench.packs.finding import Check, some
from workbench.packs.pack import Pack

__all__ = ["nested", "rings"]

FloatArray = NDArray[np.float64]
# Rounding to a grid makes a ring touch itself here and there: what counts is the ground that a
# crossing gives or takes, as a share of the ring's.
_CROSSED = 0.01
# Levels are generalised apart, so that the parts of a territory are not its ground to the metre.
# The shipped packs differ by 9 % at most, for the smallest and most indented territories.
_AREA = 0.12
_STEP = "Correct the contours that the build reads, then build the pack again."


def _drawn(pack: Pack) -> list[str]:
    return [level for level in pack.spec.levels if pack.has_boundaries(level)]


def rings(pack: Pack) -> Check:
    """Look for rings that are open, too short, out of the world or that cross themselves."""
    title = "boundaries are valid rings"
    levels = _drawn(pack)
    if not levels:
        return Check(title, detail="the pack draws no boundary")
    problems, count = list[str](), 0
    for level in levels:
        boundaries = pack.boundaries(level)
        count += len(boundaries.rings) - 1
        problems += [f"boundaries of {level}, {text}" for text in _wrong(boundaries)]
        problems += [
            f"boundaries of {level}: {code} is no territory"
            for code in boundaries.index
            if code not in pack.frame(level).index
        ]
    if not pack.spec.frames:
        problems.append("pack.yml, frames: none is declared, and there are boundaries to draw")
    crossing = "" if find_spec("shapely") else "; crossings not looked for: install shapely"
    return Check(title, some(problems), f"{count:,} rings{crossing}", _STEP)


def _wrong(boundaries: Boundaries) -> Iterator[str]:
    points, starts = boundaries.points, boundaries.rings
    owners = np.searchsorted(boundaries.first_ring, np.arange(len(starts) - 1), side="right") - 1
    codes = np.array(list(boundaries.index), dtype=object)[owners]
    longitude, latitude = points.T
    outside = ~np.isfinite(points).all(axis=1) | (abs(longitude) > 180) | (abs(latitude) > 90)
    sizes = np.diff(starts)
    flaws = {
        "has fewer than 4 points": sizes < 4,
        "does not end where it begins": ~(points[starts[:-1]] == points[starts[1:] - 1]).all(1),
        "leaves the world (longitude, latitude in degrees)": np.logical_or.reduceat(
            outside, starts[:-1]
        ),
    }
    sound = ~np.logical_or.reduce(list(flaws.values()))
    area = ring_areas(boundaries)
    flaws["has no area"] = sound & (area == 0)
    flaws["crosses itself"] = _crossing(boundaries, area, sound & (area != 0))
    for flaw, found in flaws.items():
        for place in np.flatnonzero(found):
            yield f"{codes[place]}: a ring {flaw}"


def ring_areas(boundaries: Boundaries) -> FloatArray:
    """Return the signed area of each ring, square degrees; holes have the sign opposite."""
    x, y = boundaries.points.T
    terms = np.zeros(len(x))
    terms[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    # No segment leads from the end of a ring to the next ring.
    terms[boundaries.rings[1:] - 1] = 0
    areas: FloatArray = np.add.reduceat(terms, boundaries.rings[:-1]) / 2
    return areas


def _crossing(
    boundaries: Boundaries, area: FloatArray, looked_at: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Mark the rings that enclose another ground than their points turn around."""
    found = np.zeros(len(area), dtype=bool)
    if not find_spec("shapely"):
        return found
    import shapely

    owner = np.repeat(np.arange(len(area)), np.diff(boundaries.rings))
    inside = looked_at[owner]
    chosen = np.flatnonzero(looked_at)
    if not len(chosen):
        return found
    lines = shapely.linearrings(
        boundaries.points[inside], indices=np.searchsorted(chosen, owner[inside])
    )
    suspect = ~shapely.is_simple(lines)
    filled = shapely.area(shapely.make_valid(shapely.polygons(lines[suspect])))
    turned = abs(area[chosen[suspect]])
    found[chosen[suspect]] = abs(filled - turned) > _CROSSED * turned
    return found


def nested(pack: Pack) -> Check:
    """Compare the ground of each territory with that of its parts, and where they lie."""
    title = f"boundaries nest, within {_AREA:.0%} of the area"
    levels, compared = _drawn(pack), 0
    problems = list[str]()
    for number, level in enumerate(levels):
        frame, (areas, boxes) = pack.frame(level), _measured(pack, level)
        for holder in levels[number + 1 :]:
            if holder not in pack.level(level).parents:
                continue
            above, above_boxes = _measured(pack, holder)
            held = frame[holder].reindex(areas.index)
            held = held[held.isin(above.index)]
            compared += len(held)
            if level == pack.spec.base_level:
                # Every ground is in a territory of the base level, if all of them are drawn.
                missing = frame.loc[~frame.index.isin(areas.index), holder].unique()
                share = (areas[held.index].groupby(held).sum() / above).drop(
                    missing, errors="ignore"
                )
                problems += [
                    f"{holder} {code}: its {level} cover {part:.0%} of it"
                    for code, part in share[abs(share - 1) > _AREA].items()
                ]
            outside = _outside(boxes.loc[held.index], above_boxes.loc[held])
            problems += [
                f"{level} {code} lies outside its {holder} {held[code]}"
                for code in held.index[outside]
            ]
    return Check(title, some(problems), f"{compared:,} parts", _STEP)


def _measured(pack: Pack, level: str) -> tuple[pd.Series, pd.DataFrame]:
    """Return the area (square degrees) and the box of each drawn territory."""
    boundaries = pack.boundaries(level)
    codes = list(boundaries.index)
    areas = np.add.reduceat(ring_areas(boundaries), boundaries.first_ring[:-1])
    starts = boundaries.rings[boundaries.first_ring[:-1]]
    low, high = (
        bound.reduceat(boundaries.points, starts, axis=0) for bound in (np.minimum, np.maximum)
    )
    columns = ["west", "south", "east", "north"]
    return (
        pd.Series(abs(areas), codes),
        pd.DataFrame(np.hstack([low, high]), codes, columns),
    )


def _outside(boxes: pd.DataFrame, holders: pd.DataFrame) -> NDArray[np.bool_]:
    """Mark the boxes whose middle is out of their holder's box."""
    inner, outer = boxes.to_numpy(), holders.to_numpy()
    middle = (inner[:, :2] + inner[:, 2:]) / 2
    outside: NDArray[np.bool_] = ((middle < outer[:, :2]) | (middle > outer[:, 2:])).any(axis=1)
    return outside
