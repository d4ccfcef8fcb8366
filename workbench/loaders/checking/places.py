"""Check that the points of a file are where its codes say, with the boundaries of the pack."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.core.i18n import format_number
from workbench.geography.atlas import Atlas
from workbench.geography.boundaries import Boundaries
from workbench.geography.locating import distances, inside, locate
from workbench.loaders.checking.reading import read_point
from workbench.loaders.checking.record import Record
from workbench.loaders.checking.sheet import Sheet

__all__ = ["NEAR_KM", "check_points"]

NEAR_KM = 1.0
"""Kilometres beyond a boundary that are not a mistake: those of the pack are simplified, and an
entrance may be across the street that parts two territories."""

_LOCATED = 300  # distinct misplaced points whose territory is looked up, a column
_ORIGIN = 0.01  # degrees around 0, 0, where there is only sea

FloatArray = NDArray[np.float64]
Places = Sequence[tuple[str, ...]]


def check_points(
    sheet: Sheet,
    columns: tuple[str, str, bool],
    where: Places,
    atlas: Atlas,
    record: Record,
) -> int:
    """Record the points that are not in the territory of their row.

    Parameters
    ----------
    sheet : Sheet
    columns : (str, str, bool)
        See `Found.points`.
    where : sequence of tuple of str
        Base territories of each row, any of which the point may be in; none when nobody knows.
    atlas : Atlas
    record : Record

    Returns
    -------
    int
        Points that were compared with a territory.
    """
    points, rows = _read(sheet, columns, record)
    if not len(rows):
        return 0
    drawn = atlas.boundaries(atlas.base_level, detail="fine")
    known = np.array([any(c in drawn for c in where[row]) for row in rows.tolist()], dtype=bool)
    wrong = np.zeros(len(rows), dtype=bool)
    if not known.all():
        wrong[~known] = ~_somewhere(drawn, points[~known])
    wrong[known] = ~_near(drawn, [where[row] for row in rows[known].tolist()], points[known])
    # Of one point for one place, once.
    bad = np.flatnonzero(wrong)
    told: dict[tuple[float, float, tuple[str, ...]], tuple[str, dict[str, str]]] = {}
    for at in bad.tolist():
        key = (*points[at].tolist(), where[rows[at]])
        if key not in told:
            told[key] = _explain(drawn, key, atlas, record, looked=len(told) < _LOCATED)
        rule, said = told[key]
        written = _as_written(sheet, columns, int(rows[at]))
        repair = record.told(f"{rule}_repair", said)
        record.add(
            rule, _heading(columns), [int(rows[at])], [written], repairs=[repair], words=said
        )
    return int(known.sum())


def _heading(columns: tuple[str, str, bool]) -> str:
    return columns[0] if columns[0] == columns[1] else f"{columns[0]}, {columns[1]}"


def _as_written(sheet: Sheet, columns: tuple[str, str, bool], row: int) -> str:
    names = dict.fromkeys(columns[:2])
    return ", ".join(str(sheet.columns[name].written[row]) for name in names)


def _read(
    sheet: Sheet, columns: tuple[str, str, bool], record: Record
) -> tuple[FloatArray, NDArray[np.int64]]:
    """Return the points, longitude first, and their rows; record those that cannot be read."""
    first, second, lat_first = columns
    one = first == second
    cells = sheet.columns[first]
    read = [_numbers(text) if one else _number(text) for text in cells.texts.tolist()]
    points = np.array([each or (np.nan, np.nan) for each in read], dtype=float)[cells.places]
    if one:
        points = points[:, ::-1] if lat_first else points
    else:
        others = sheet.columns[second]
        lats = [_number(text) for text in others.texts.tolist()]
        held = np.array([each or (np.nan, np.nan) for each in lats], dtype=float)[others.places]
        points = np.column_stack([points[:, 0], held[:, 0]])
    filled = cells.filled | sheet.columns[second].filled
    good = np.isfinite(points).all(axis=1)
    rows = record.untold(np.flatnonzero(filled & ~good), first)
    record.add(
        "place_unread",
        _heading(columns),
        rows,
        [_as_written(sheet, columns, row) for row in rows.tolist()],
    )
    return points[good], np.flatnonzero(good)


def _number(text: str) -> tuple[float, float] | None:
    try:
        return (float(text.replace(",", ".")), 0.0) if text else None
    except ValueError:
        return None


def _numbers(text: str) -> tuple[float, float] | None:
    try:
        return read_point(text)
    except ValueError:
        return None


def _near(drawn: Boundaries, where: Places, points: FloatArray) -> NDArray[np.bool_]:
    """Tell which points are in one of their territories, or next to it."""
    at = np.repeat(np.arange(len(where)), [len(codes) for codes in where])
    codes = [code for each in where for code in each]
    found = np.zeros(len(where), dtype=bool)
    np.logical_or.at(found, at, inside(drawn, codes, points[at]))
    # Next to it: first by the box, some kilometres wider, then by the boundary itself.
    left = np.flatnonzero(~found[at])
    box = drawn.boxes
    places = np.array([drawn.index.get(codes[each], -1) for each in left.tolist()], dtype=np.int64)
    wide = 3 * NEAR_KM / 111.0
    around = points[at[left]]
    fits = (places >= 0) & (around >= box[places, :2] - wide).all(axis=1)
    fits &= (around <= box[places, 2:] + wide).all(axis=1)
    close = left[fits]
    away = distances(drawn, [codes[each] for each in close.tolist()], points[at[close]])
    found[at[close[away <= NEAR_KM]]] = True
    return found


def _somewhere(drawn: Boundaries, points: FloatArray) -> NDArray[np.bool_]:
    """Tell which points are near some territory: nothing more is known of their rows.

    By a grid of tenths of a degree, of which the boxes of the territories cover some cells.
    """
    covered = np.zeros((3602, 1802), dtype=bool)
    cells = _cells(drawn.boxes.reshape(-1, 2)).reshape(-1, 4).tolist()
    for west, south, east, north in cells:
        covered[west : east + 1, south : north + 1] = True
    east, north = _cells(points).T
    found: NDArray[np.bool_] = covered[east, north]
    return found


def _cells(points: FloatArray) -> NDArray[np.int64]:
    """Return the cell of the grid that each point is in, those off the globe at its edge."""
    moved = np.clip(points + np.array([180, 90]), 0, [360, 180])
    cells: NDArray[np.int64] = np.floor(moved * 10).astype(np.int64)
    return cells


def _explain(
    drawn: Boundaries,
    key: tuple[float, float, tuple[str, ...]],
    atlas: Atlas,
    record: Record,
    *,
    looked: bool,
) -> tuple[str, dict[str, str]]:
    """Say of a point that is not where it should be what happened to it."""
    lon, lat, codes = key
    book, names = atlas.codebook, [atlas.codebook.name(atlas.codebook.base, c) for c in codes]
    expected = " / ".join(f"{name} ({code})" for name, code in zip(names[:2], codes, strict=False))
    swapped = np.array([[lat, lon]])
    said = {"expected": expected, "lon": str(lat), "lat": str(lon)}
    if abs(lon) < _ORIGIN and abs(lat) < _ORIGIN:
        return "place_zero", said
    if codes and _near(drawn, [codes], swapped)[0]:
        return "place_swapped", said
    if not codes:
        return ("place_turned" if _somewhere(drawn, swapped)[0] else "place_nowhere"), said
    there = locate(drawn, np.array([[lon, lat]]))[0] if looked else ""
    far = float(distances(drawn, codes[:1], np.array([[lon, lat]]))[0])
    said["km"] = format_number(far, 0 if far >= 10 else 1, record.lang)
    if there:
        said["there"] = f"{book.name(book.base, there)} ({there})"
        return "place_elsewhere", said
    return "place_outside", said
