"""Geometries of a publication: those of the pack's territories, as well-known binary or text."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from workbench.core.errors import BoundariesMissing, MissingExtra

if TYPE_CHECKING:
    from workbench.geography.boundaries import Boundaries

__all__ = ["described_shapes", "drawn_shapes", "well_known_text"]


def _shapely() -> ModuleType:
    try:
        import shapely
    except ImportError:
        raise MissingExtra(
            "Geometries need the package shapely: install territorial-workbench[publish]."
        ) from None
    found: ModuleType = shapely
    return found


def well_known_text(shapes: Sequence[bytes | None]) -> list[str]:
    """Write well-known binary as text, an absent one as nothing.

    Examples
    --------
    >>> well_known_text([None, bytes.fromhex("0101000000000000000000f03f0000000000000040")])
    ['', 'POINT (1 2)']
    """
    shapely = _shapely()
    found = shapely.to_wkt(shapely.from_wkb(np.array(shapes, dtype=object)))
    return ["" if text is None else str(text) for text in np.atleast_1d(found)]


def drawn_shapes(boundaries: Boundaries, codes: Sequence[str]) -> pa.Array:
    """Return the outline of each territory of a column, as well-known binary.

    Parameters
    ----------
    boundaries : Boundaries
    codes : sequence of str
        One a row; a code may come again.

    Returns
    -------
    Array of binary
        Polygons and multipolygons in degrees; null where the pack draws none.

    Raises
    ------
    BoundariesMissing
        None of the territories is drawn.
    """
    shapely = _shapely()
    from workbench.geography.shapes import shapes_of

    places = {boundaries.index[code]: code for code in dict.fromkeys(codes) if code in boundaries}
    if not places:
        raise BoundariesMissing(
            "The pack draws none of these territories: publish without GeoParquet."
        )
    order = sorted(places)
    shapes = shapes_of(boundaries, np.array(order, dtype=np.intp))
    texts = shapely.to_wkb(shapes, output_dimension=2, byte_order=1)
    made = {places[place]: bytes(each) for place, each in zip(order, texts, strict=True)}
    return pa.array([made.get(code) for code in codes], pa.binary())


def described_shapes(array: Any) -> dict[str, Any]:
    """Describe geometries as GeoParquet does: their kinds and the box around them.

    Parameters
    ----------
    array : Array or ChunkedArray of binary
        Well-known binary, in degrees of longitude and latitude (OGC:CRS84).

    References
    ----------
    OGC GeoParquet 1.1.0, column metadata.
    """
    shapely = _shapely()
    shapes = shapely.from_wkb(np.array(array.drop_null().to_pylist(), dtype=object))
    kinds = sorted({each.geom_type + (" Z" if each.has_z else "") for each in shapes})
    box = [float(each) for each in shapely.total_bounds(shapes)]
    return {
        "encoding": "WKB",
        "geometry_types": kinds,
        "edges": "planar",
        **({"bbox": box} if np.isfinite(box).all() else {}),
    }
