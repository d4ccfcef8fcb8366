"""Write GeoJSON geometries as well-known binary, and say what is wrong with one that cannot be.

Nothing is needed but NumPy; with shapely, :func:`faults` also tells rings that cross themselves.

References
----------
RFC 7946, 3.1 (GeoJSON geometries); OGC 06-103r4, 8.2 (well-known binary), with the codes of
ISO 13249-3 for a third coordinate.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.core.errors import MissingExtra

__all__ = [
    "Misshapen",
    "Shape",
    "faults",
    "geometries",
    "kind_of_wkb",
    "point_of",
    "points",
    "shape_of",
]

KINDS = (
    "Point",
    "LineString",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)
_PARTS = {"MultiPoint": "Point", "MultiLineString": "LineString", "MultiPolygon": "Polygon"}
_DEPTH = 8
_Z = 1000  # added to the code of a geometry whose positions have a height


class Misshapen(ValueError):
    """A geometry is not one of RFC 7946; the argument is the message of ``readers.yml``."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Hold a geometry.

    Parameters
    ----------
    wkb : bytes
    kind : str
    positions : ndarray (position, 2)
        First and second coordinates, as they are written.
    """

    wkb: bytes
    kind: str
    positions: NDArray[np.float64]


def shape_of(geometry: object, *, swap: bool = False) -> Shape:
    """Read a GeoJSON geometry.

    Parameters
    ----------
    geometry : object
        What a JSON text holds.
    swap : bool
        Whether the second coordinate is written first.

    Raises
    ------
    Misshapen

    Examples
    --------
    >>> shape_of({"type": "Point", "coordinates": [5.35, 46.15]}).positions.tolist()
    [[5.35, 46.15]]
    """
    written: list[NDArray[np.float64]] = []
    kind, wkb = _write(geometry, written, swap=swap, depth=0)
    flat = [each[:, :2] for each in written] or [np.empty((0, 2))]
    return Shape(wkb, kind, np.concatenate(flat))


def _write(
    geometry: object, written: list[NDArray[np.float64]], *, swap: bool, depth: int
) -> tuple[str, bytes]:
    if not isinstance(geometry, Mapping) or geometry.get("type") not in KINDS:
        raise Misshapen("geometry_unknown")
    if depth > _DEPTH:
        raise Misshapen("geometry_deep")
    kind: str = geometry["type"]
    if kind == "GeometryCollection":
        parts = _list(geometry.get("geometries"))
        inner = [_write(each, written, swap=swap, depth=depth + 1)[1] for each in parts]
        return kind, _head(7, 2) + struct.pack("<I", len(inner)) + b"".join(inner)
    coordinates = _list(geometry.get("coordinates"))
    start = len(written)
    body, wide = _body(kind, coordinates, written, swap=swap)
    if len({each.shape[1] for each in written[start:]}) > 1:
        raise Misshapen("geometry_dimensions")
    return kind, _head(KINDS.index(kind) + 1, wide) + body


def _body(
    kind: str, coordinates: Sequence[Any], written: list[NDArray[np.float64]], *, swap: bool
) -> tuple[bytes, int]:
    if kind == "Point":
        if not coordinates:
            return np.array([np.nan, np.nan]).tobytes(), 2
        array = _positions([coordinates], written, swap=swap)
        return array.tobytes(), array.shape[1]
    if kind == "LineString":
        array = _positions(coordinates, written, swap=swap)
        if len(array) == 1:
            raise Misshapen("geometry_short_line")
        return struct.pack("<I", len(array)) + array.tobytes(), array.shape[1]
    if kind == "Polygon":
        rings = [_positions(_list(each), written, swap=swap) for each in coordinates]
        for ring in rings:
            if len(ring) < 4:
                raise Misshapen("geometry_short_ring")
            if not np.array_equal(ring[0], ring[-1]):
                raise Misshapen("geometry_open_ring")
        packed = b"".join(struct.pack("<I", len(ring)) + ring.tobytes() for ring in rings)
        return struct.pack("<I", len(rings)) + packed, rings[0].shape[1] if rings else 2
    part = _PARTS[kind]
    code = KINDS.index(part) + 1
    bodies = [_body(part, _list(each), written, swap=swap) for each in coordinates]
    wide = bodies[0][1] if bodies else 2
    return struct.pack("<I", len(bodies)) + b"".join(_head(code, w) + b for b, w in bodies), wide


def _head(code: int, wide: int) -> bytes:
    return b"\x01" + struct.pack("<I", code + (_Z if wide == 3 else 0))


def _list(found: object) -> Sequence[Any]:
    if not isinstance(found, list):
        raise Misshapen("geometry_no_coordinates")
    return found


def _positions(
    found: Sequence[Any], written: list[NDArray[np.float64]], *, swap: bool
) -> NDArray[np.float64]:
    """Return positions as an array (position, 2 or 3); a text is never a number."""
    if not found:
        return np.empty((0, 2))
    try:
        array = np.array(found)
    except ValueError:
        raise Misshapen("geometry_dimensions") from None
    if array.dtype.kind not in "iuf":
        raise Misshapen("geometry_not_numbers")
    if array.ndim != 2 or array.shape[1] not in (2, 3):
        raise Misshapen("geometry_dimensions")
    numbers = array.astype("<f8")
    if not np.isfinite(numbers).all():
        raise Misshapen("geometry_not_numbers")
    if swap:
        numbers[:, [0, 1]] = numbers[:, [1, 0]]
    written.append(numbers)
    return numbers


def points(x: Sequence[float], y: Sequence[float]) -> list[bytes | None]:
    """Write points as well-known binary; None where a coordinate is missing.

    Examples
    --------
    >>> [each and kind_of_wkb(each) for each in points([5.3, float("nan")], [46.1, 46.2])]
    ['Point', None]
    """
    pairs = np.column_stack([x, y]).astype("<f8")
    there = np.isfinite(pairs).all(axis=1)
    head = _head(1, 2)
    return [
        head + pair.tobytes() if known else None for pair, known in zip(pairs, there, strict=True)
    ]


def kind_of_wkb(wkb: bytes) -> str:
    """Name the kind of a geometry, ``""`` for bytes that are none.

    Examples
    --------
    >>> kind_of_wkb(shape_of({"type": "Point", "coordinates": [0, 0]}).wkb)
    'Point'
    """
    if len(wkb) < 9 or wkb[0] > 1:
        return ""
    # PostGIS sets high bits for height, measure and reference system; ISO adds thousands.
    code = int.from_bytes(wkb[1:5], "little" if wkb[0] else "big") & 0x0FFFFFFF
    code %= 1000
    return KINDS[code - 1] if 1 <= code <= len(KINDS) else ""


def point_of(wkb: bytes) -> tuple[float, float] | None:
    """Return the longitude and latitude of a point in well-known binary, None for another shape.

    Examples
    --------
    >>> point_of(points([5.3], [46.1])[0]), point_of(b"")
    ((5.3, 46.1), None)
    """
    # With a reference system (PostGIS) the figures are further.
    if kind_of_wkb(wkb) != "Point" or len(wkb) < 21 or wkb[4 if wkb[0] else 1] & 0x20:
        return None
    x, y = struct.unpack_from("<dd" if wkb[0] else ">dd", wkb, 5)
    return x, y


def geometries(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return the geometries of a column of well-known binary, as shapely has them.

    Raises
    ------
    MissingExtra
        shapely is not installed.
    """
    try:
        import shapely
    except ImportError:
        raise MissingExtra(
            "Geometries need the package shapely: install territorial-workbench[geo]. Without it "
            "they stay well-known binary."
        ) from None
    found: NDArray[Any] = shapely.from_wkb(
        np.array(column.to_pylist(), dtype=object), on_invalid="ignore"
    )
    return found


def faults(column: pa.ChunkedArray) -> dict[int, str]:
    """Say of each geometry that is not valid where and why; empty when shapely is not there.

    Returns
    -------
    dict of int to str
        By row from 0: ``"Self-intersection [2.35 48.85]"``; ``""`` for bytes that are no geometry.

    Examples
    --------
    >>> bow = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
    >>> faults(pa.chunked_array([[shape_of(bow).wkb]]))
    {0: 'Self-intersection [1 1]'}
    """
    try:
        import shapely
    except ImportError:
        return {}
    shapes = geometries(column)
    there = np.array([each is not None for each in column.to_pylist()], dtype=bool)
    unread = there & np.array([each is None for each in shapes], dtype=bool)
    wrong = there & ~unread & ~shapely.is_valid(shapes)
    told = {int(row): "" for row in np.flatnonzero(unread)}
    for row in np.flatnonzero(wrong).tolist():
        told[row] = str(shapely.is_valid_reason(shapes[row])).replace("[", " [")
    return dict(sorted(told.items()))
