"""Say which territory each of many points is in, from their boundaries.

The ground is cut into small cells. Most lie in one territory, which is then known at once; in the
others a point is compared with the few edges that are level with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from workbench.compute.compiling import kernels
from workbench.compute.outlines import Outlines
from workbench.core.errors import ColumnUnknown, EventTableInvalid, GeometryInvalid, nearest

__all__ = ["FOUND", "Places", "join_points"]

FOUND = ("inside", "near", "outside", "no_point")
"""How the territory of a point was found, or why none was: the point has no coordinates, or they
are no degrees (``no_point``)."""

_INSIDE, _NEAR, _OUTSIDE, _NO_POINT = range(4)
_CELLS = 8  # along the side of a usual territory: measured, finer cells fill the caches
_ROWS = 2**20

FloatArray = NDArray[np.float64]


class Found(NamedTuple):
    """Hold what was found of points.

    Parameters
    ----------
    place : ndarray of int32 (point,)
        Position of the territory, −1 for none.
    how : ndarray of int8 (point,)
        Position in `FOUND`.
    """

    place: NDArray[np.int32]
    how: NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Places:
    """Hold territories, ready to be asked which one points are in.

    Make it with :meth:`of`.

    Parameters
    ----------
    codes : Index of str (territory,)
    x, y : ndarray (point,)
        Of their boundaries, degrees.
    cells : tuple
        West and south of the cells, their size, and for each row of them the first one, how many
        there are, and where they are in `starts`.
    starts, entries : ndarray
        Territories of each cell.
    bands : tuple
        Edges by territory and row: see `inside.list_edges`.
    """

    codes: pd.Index
    x: FloatArray
    y: FloatArray
    cells: tuple[Any, ...]
    starts: NDArray[np.int64]
    entries: NDArray[np.int32]
    bands: tuple[Any, ...]

    @classmethod
    def of(cls, shapes: Any, *, codes: Sequence[str] = (), cell: float = 0.0) -> Places:
        """Lay the cells over territories.

        Parameters
        ----------
        shapes : Boundaries, GeoSeries, mapping of str to geometry…
            See `outlines.Outlines.of`; longitudes and latitudes in degrees.
        codes : sequence of str, optional
            Of the territories that are wanted.
        cell : float
            Side of a cell, degrees; an eighth of a usual territory by default.

        Raises
        ------
        GeometryInvalid
            Coordinates are no degrees, or nothing is drawn.
        MissingExtra
            Numba is not installed.

        Examples
        --------
        >>> import shapely
        >>> places = Places.of({"01001": shapely.box(0, 0, 2, 2)})
        >>> places.find(np.array([1.0, 2.001]), np.array([1.0, 1.0]), tolerance_km=1).place
        array([0, 0], dtype=int32)
        """
        drawn = shapes if isinstance(shapes, Outlines) else Outlines.of(shapes, codes=codes)
        x, y = (np.ascontiguousarray(axis, dtype=np.float64) for axis in (drawn.x, drawn.y))
        if not len(x):
            raise GeometryInvalid(
                "No boundary is drawn: there is nothing that a point could be in."
            )
        if np.abs(x).max() > 360 or np.abs(y).max() > 90:
            raise GeometryInvalid(
                f"Boundaries go to {np.abs(x).max():,.0f}, {np.abs(y).max():,.0f}: longitudes and "
                "latitudes in degrees are expected. Project them back first (to_crs(4326))."
            )
        first = drawn.rings[drawn.first_ring[:-1]]
        if (np.diff(drawn.first_ring) == 0).any():
            raise GeometryInvalid("A territory has no ring: leave it out.")
        boxes = [f.reduceat(axis, first) for axis in (x, y) for f in (np.minimum, np.maximum)]
        sides = np.sqrt((boxes[1] - boxes[0]) * (boxes[3] - boxes[2]))
        size = float(cell or max(np.median(sides) / _CELLS, 1e-4))
        west, south = float(x.min()), float(y.min())
        lowest, highest = (np.floor((side - south) / size).astype(np.int64) for side in boxes[2:])
        first_band = np.concatenate([[0], np.cumsum(highest - lowest + 1)])
        inside = kernels("inside")
        rings, first_ring = drawn.rings.astype(np.int64), drawn.first_ring.astype(np.int64)
        starts = np.zeros(first_band[-1] + 1, dtype=np.int64)
        nothing = np.empty(0, np.int32)
        level = (y, rings, first_ring, south, size, lowest, first_band)
        inside.list_edges(*level, starts, nothing)
        starts = np.cumsum(starts)
        edges = np.empty(starts[-1], np.int32)
        inside.list_edges(*level, starts[:-1].copy(), edges)
        bands = (lowest, first_band, starts, edges)
        count = inside.cover(x, y, west, south, size, *bands, nothing, nothing, nothing)
        rows, cols, entries = (np.empty(count, np.int32) for _ in range(3))
        inside.cover(x, y, west, south, size, *bands, rows, cols, entries)
        spans, ends, order = _spans(rows, cols)
        codes_index = pd.Index(drawn.codes, dtype=object)
        return cls(codes_index, x, y, (west, south, size, *spans), ends, entries[order], bands)

    def __dask_tokenize__(self) -> str:
        """Name the territories in Dask's graphs without hashing them again."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        digest = hashlib.sha256("\n".join(self.codes).encode())
        for part in (self.x, self.y, self.entries):
            digest.update(part.tobytes())
        return digest.hexdigest()

    def find(self, x: FloatArray, y: FloatArray, *, tolerance_km: float = 0.0) -> Found:
        """Find the territory of points.

        Parameters
        ----------
        x, y : ndarray (point,)
            Longitudes and latitudes, degrees; NaN for a point without coordinates.
        tolerance_km : float
            A point that no territory holds is given to the nearest one, up to that far: boundaries
            are simplified, and the quays of a harbour are out at sea.

        Returns
        -------
        Found

        Notes
        -----
        A point is inside when a half-line from it crosses rings an odd number of times, as in
        `geography.locating`; of territories that overlap, the first.
        """
        px, py = (np.ascontiguousarray(axis, dtype=np.float64) for axis in (x, y))
        place = np.empty(len(px), np.int32)
        inside = kernels("inside")
        index = (*self.cells, self.starts, self.entries, self.x, self.y, *self.bands, place)
        inside.find(px, py, *index)
        how = np.where(place >= 0, np.int8(_INSIDE), np.int8(_OUTSIDE))
        if tolerance_km > 0:
            inside.near(px, py, float(tolerance_km), *index)
            how[(how == _OUTSIDE) & (place >= 0)] = _NEAR
        with np.errstate(invalid="ignore"):
            how[~((np.abs(px) <= 360) & (np.abs(py) <= 90))] = _NO_POINT
        return Found(place, how)


def _spans(rows: Any, cols: Any) -> tuple[tuple[Any, ...], Any, Any]:
    """Count the cells of each row from its first to its last, and sort entries by cell."""
    height = int(rows.max()) + 1
    row_west = np.full(height, np.iinfo(np.int64).max)
    row_east = np.full(height, -1, dtype=np.int64)
    np.minimum.at(row_west, rows, cols)
    np.maximum.at(row_east, rows, cols)
    row_width = np.maximum(row_east - row_west + 1, 0)
    row_west[row_width == 0] = 0
    row_start = np.cumsum(row_width) - row_width
    cell = row_start[rows] + cols - row_west[rows]
    ends = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=int(row_width.sum())))])
    # Entries come territory after territory, and stay so within a cell.
    return (row_west, row_width, row_start), ends.astype(np.int64), np.argsort(cell, kind="stable")


def join_points(
    table: Any,
    places: Places,
    *,
    x: str = "longitude",
    y: str = "latitude",
    tolerance_km: float = 0.0,
    into: str = "territory",
) -> Any:
    """Add to a table of points the territory that each is in.

    Parameters
    ----------
    table : pyarrow Table or RecordBatch, pandas or Dask DataFrame, or iterable of batches
        An iterable is joined lazily, one batch at a time; a Dask frame when it is computed.
    places : Places
    x, y : str
        Columns of longitudes and latitudes, degrees.
    tolerance_km : float
        See `Places.find`.
    into : str
        Column of the codes, and of how they were found once ``_found`` is added.

    Returns
    -------
    the same kind of table
        Two columns more, both dictionaries: codes, null for none; and one of `FOUND`.

    Raises
    ------
    ColumnUnknown
        The table has no such column.
    EventTableInvalid
        It has a column `into` already, its coordinates are no numbers, or none of them are
        degrees.

    Examples
    --------
    >>> import shapely
    >>> places = Places.of({"01001": shapely.box(0, 0, 2, 2)})
    >>> points = pd.DataFrame({"longitude": [1.0, 5.0], "latitude": [1.0, 1.0]})
    >>> join_points(points, places)["territory_found"].tolist()
    ['inside', 'outside']
    """
    columns = (x, y, tolerance_km, into)
    if isinstance(table, pa.Table | pa.RecordBatch):
        return _joined(table, places, *columns)
    if isinstance(table, pd.DataFrame):
        return _joined_frame(table, places, *columns)
    if hasattr(table, "map_partitions"):
        from dask.delayed import delayed

        meta = _joined_frame(table._meta, places, *columns)
        return table.map_partitions(_joined_frame, delayed(places), *columns, meta=meta)
    if isinstance(table, Iterable):
        return _each(table, places, *columns)
    raise EventTableInvalid(
        f"A table of type {type(table).__name__} cannot be joined: give one of pyarrow, pandas or "
        "Dask."
    )


def _each(batches: Iterable[Any], places: Places, *columns: Any) -> Iterator[Any]:
    for batch in batches:
        yield _joined(batch, places, *columns)


def _check(names: Sequence[str], x: str, y: str, into: str) -> None:
    for name in (x, y):
        if name not in names:
            raise ColumnUnknown(f"The table has no column {name!r} ({nearest(name, names)}).")
    for name in (into, f"{into}_found"):
        if name in names:
            raise EventTableInvalid(f"The table has a column {name!r} already: give into=….")


def _joined(table: Any, places: Places, x: str, y: str, tolerance: float, into: str) -> Any:
    _check(table.schema.names, x, y, into)
    found = _found([_degrees(table.column(name), name) for name in (x, y)], places, tolerance)
    codes = pa.DictionaryArray.from_arrays(
        pa.array(found.place, mask=found.place < 0), pa.array(list(places.codes), pa.string())
    )
    how = pa.DictionaryArray.from_arrays(pa.array(found.how), pa.array(FOUND))
    return table.append_column(into, codes).append_column(f"{into}_found", how)


def _joined_frame(
    frame: pd.DataFrame, places: Places, x: str, y: str, tolerance: float, into: str
) -> pd.DataFrame:
    _check(list(map(str, frame.columns)), x, y, into)
    columns = [_degrees(pa.array(frame[name], from_pandas=True), name) for name in (x, y)]
    found = _found(columns, places, tolerance)
    codes = pd.Categorical.from_codes(found.place, categories=places.codes)
    how = pd.Categorical.from_codes(found.how, categories=pd.Index(FOUND))
    return frame.assign(**{into: codes, f"{into}_found": how})


def _degrees(column: Any, name: str) -> FloatArray:
    kind = column.type
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_null(kind)):
        raise EventTableInvalid(f"Column {name!r} holds {kind}: degrees are expected.")
    plain = column.cast(pa.float64())
    degrees: FloatArray = (
        plain.to_numpy()
        if isinstance(plain, pa.ChunkedArray)
        else plain.to_numpy(zero_copy_only=False)
    )
    return degrees


def _found(columns: Sequence[FloatArray], places: Places, tolerance: float) -> Found:
    found = places.find(*columns, tolerance_km=tolerance)
    there = np.isfinite(columns[0]) & np.isfinite(columns[1])
    if there.any() and (found.how[there] == _NO_POINT).all():
        first = np.flatnonzero(there)[0]
        raise EventTableInvalid(
            f"No point is in degrees (the first is {columns[0][first]:,.1f}, "
            f"{columns[1][first]:,.1f}). Project them back to longitudes and latitudes, and look "
            "whether the two columns are swapped."
        )
    return found
