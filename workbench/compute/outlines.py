"""Outlines of territories, as ragged arrays of coordinates, from whatever holds them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.compute.equal_area import AXIS_KM, equal_area_height
from workbench.compute.grids import GEOGRAPHIC
from workbench.compute.ragged import ranges
from workbench.core.errors import GeometryInvalid, GridInvalid, MissingExtra

__all__ = ["Outlines", "Ragged", "reference_system"]

FloatArray = NDArray[np.float64]


@runtime_checkable
class Ragged(Protocol):
    """Say what is read of a pack's boundaries: see `geography.boundaries.Boundaries`."""

    @property
    def index(self) -> Mapping[str, int]:
        """Position of each code."""

    @property
    def points(self) -> FloatArray:
        """Coordinates of all points (point, 2)."""

    @property
    def rings(self) -> NDArray[np.int64]:
        """First point of each ring (ring + 1,)."""

    @property
    def first_ring(self) -> NDArray[np.int64]:
        """First ring of each territory (territory + 1,)."""


@dataclass(frozen=True, eq=False)
class Outlines:
    """Hold the rings of territories: holes turn the other way than what surrounds them.

    Make it with :meth:`of`.

    Parameters
    ----------
    codes : Index of str (territory,)
    x, y : ndarray (point,)
    rings : ndarray (ring + 1,)
        First point of each ring.
    first_ring : ndarray (territory + 1,)
        First ring of each territory.
    crs : str
        Coordinate reference system; ``""`` when nothing tells it.
    """

    codes: pd.Index
    x: FloatArray
    y: FloatArray
    rings: NDArray[np.int64]
    first_ring: NDArray[np.int64]
    crs: str

    @classmethod
    def of(
        cls, shapes: Ragged | Mapping[str, Any] | Any, *, codes: Sequence[str] = (), crs: str = ""
    ) -> Outlines:
        """Read outlines.

        Parameters
        ----------
        shapes : Boundaries, GeoSeries, GeoDataFrame, mapping of str to geometry, or sequence
            Shapely polygons and multipolygons, or the boundaries of a pack (degrees).
        codes : sequence of str
            Those to keep, in this order; the names of the shapes of a plain sequence.
        crs : str
            Coordinate reference system; by default that of the GeoSeries, or degrees for a pack.

        Raises
        ------
        GeometryInvalid
            A shape is no polygon, a coordinate is not finite, a code is missing or repeated.

        Examples
        --------
        >>> import shapely
        >>> Outlines.of({"01001": shapely.box(2, 48, 3, 49)}).area.round()
        array([8218.])
        """
        if isinstance(shapes, Outlines):
            outlines = shapes
        elif isinstance(shapes, Ragged):
            outlines = _of_ragged(shapes, crs or GEOGRAPHIC)
        else:
            outlines = _of_geometries(shapes, codes, crs)
        if len(codes) and list(outlines.codes) != list(codes):
            outlines = outlines._only(codes)
        if outlines.codes.has_duplicates:
            twice = list(outlines.codes[outlines.codes.duplicated()].unique()[:3])
            raise GeometryInvalid(f"Codes are given twice: {', '.join(map(str, twice))}.")
        odd = ~(np.isfinite(outlines.x) & np.isfinite(outlines.y))
        if odd.any():
            ring = np.searchsorted(outlines.rings, np.flatnonzero(odd)[0], side="right") - 1
            place = np.searchsorted(outlines.first_ring, ring, side="right") - 1
            raise GeometryInvalid(
                f"{int(odd.sum())} points are not finite, the first in {outlines.codes[place]}."
            )
        return replace(outlines, x=outlines._unwrapped()) if outlines.degrees else outlines

    @property
    def degrees(self) -> bool:
        """Tell whether coordinates are longitudes and latitudes, or look like it."""
        if self.crs:
            return self.crs == GEOGRAPHIC or bool(reference_system(self.crs).is_geographic)
        extent = (np.abs(self.x).max(initial=0), np.abs(self.y).max(initial=0))
        return bool(extent[0] <= 360 and extent[1] <= 90)

    @cached_property
    def area(self) -> FloatArray:
        """Area of each territory (territory,), km²."""
        if self.degrees:
            return np.abs(self._turns(np.radians(self.x) * AXIS_KM, equal_area_height(self.y)))
        return np.abs(self._turns(self.x / 1000, self.y / 1000))

    @cached_property
    def digest(self) -> str:
        """Name the outlines by their content."""
        code = hashlib.blake2b(digest_size=16)
        code.update("\n".join(map(str, (self.crs, *self.codes))).encode())
        for part in (self.x, self.y, self.rings, self.first_ring):
            code.update(np.ascontiguousarray(part).data)
        return code.hexdigest()

    def to(self, crs: str) -> Outlines:
        """Return the outlines in another reference system, point by point.

        Raises
        ------
        GridInvalid
            A reference system is unknown.
        MissingExtra
            pyproj is not installed.
        """
        if crs in ("", self.crs) or not self.crs:
            return self
        here, there = reference_system(self.crs), reference_system(crs)
        if here == there or (here.is_geographic and there.is_geographic):
            return self  # 2 m apart at most, where maps are drawn to 100 m
        from pyproj import Transformer

        x, y = Transformer.from_crs(here, there, always_xy=True).transform(self.x, self.y)
        far = ~(np.isfinite(x) & np.isfinite(y))
        if far.any():
            # Overseas territories are beyond what a national projection can draw.
            return self._without(far).to(crs)
        return replace(self, x=x, y=y, crs=crs)

    def _without(self, points: NDArray[np.bool_]) -> Outlines:
        """Empty the outlines of the territories that have one of these points."""
        starts = self.rings[self.first_ring]
        bad = np.add.reduceat(np.append(points, False), starts[:-1]) > 0
        bad &= np.diff(starts) > 0
        kept = [code for code, odd in zip(self.codes, bad, strict=True) if not odd]
        few = self._only(kept)
        sizes = np.zeros(len(self.codes), dtype=np.int64)
        sizes[~bad] = np.diff(few.first_ring)
        return replace(few, codes=self.codes, first_ring=np.append(0, np.cumsum(sizes)))

    def _only(self, codes: Sequence[str]) -> Outlines:
        places = self.codes.get_indexer(pd.Index(codes))
        if (places < 0).any():
            missing = [c for c, p in zip(codes, places, strict=True) if p < 0]
            raise GeometryInvalid(
                f"{len(missing)} territories have no outline, the first {missing[0]}: leave them "
                "out."
            )
        ring_counts = np.diff(self.first_ring)[places]
        rings = ranges(self.first_ring[places], ring_counts)
        point_counts = np.diff(self.rings)[rings]
        points = ranges(self.rings[rings], point_counts)
        ring_ends = np.append(0, np.cumsum(point_counts))
        firsts = np.append(0, np.cumsum(ring_counts))
        return Outlines(
            self.codes[places], self.x[points], self.y[points], ring_ends, firsts, self.crs
        )

    def _turns(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Sum the signed areas of the rings of each territory (counter-clockwise above 0)."""
        starts = self.rings[self.first_ring]
        if not x.size:
            return np.zeros(len(self.codes))
        # From the first point of each ring, that no digit is lost.
        origin = np.repeat(self.rings[:-1], np.diff(self.rings))
        across, up = x - x[origin], y - y[origin]
        twice = np.append(across[:-1] * up[1:] - across[1:] * up[:-1], 0.0)
        twice[self.rings[1:] - 1] = 0.0  # from the end of a ring to the next: no edge
        sums = np.add.reduceat(np.append(twice, 0.0), starts[:-1]) / 2
        return np.where(np.diff(starts) > 0, sums, 0.0)

    def _unwrapped(self) -> FloatArray:
        """Make rings that cross the 180th meridian continuous.

        An edge longer than half a turn goes the short way round, unless the ring would then not
        close (it goes around a pole) or the edge is a whole turn (a map's border).
        """
        steps = np.append(np.diff(self.x), 0.0)
        steps[self.rings[1:][self.rings[1:] > 0] - 1] = 0.0
        jumps = np.where((np.abs(steps) > 180) & (np.abs(steps) < 360 - 1e-9), np.sign(steps), 0)
        if not jumps.any():
            return self.x
        x = self.x.copy()
        for ring in np.unique(np.searchsorted(self.rings, np.flatnonzero(jumps), side="right") - 1):
            here = slice(self.rings[ring], self.rings[ring + 1])
            turns = -360.0 * np.append(0, np.cumsum(jumps[here])[:-1])
            if turns[-1] == 0:
                x[here] += turns
        return x


def reference_system(crs: str) -> Any:
    """Read a coordinate reference system.

    Parameters
    ----------
    crs : str
        Code, name or WKT.

    Returns
    -------
    pyproj.CRS

    Raises
    ------
    GridInvalid
        Its text is not understood.
    MissingExtra
        pyproj is not installed.
    """
    try:
        from pyproj import CRS
        from pyproj.exceptions import CRSError
    except ModuleNotFoundError:
        raise MissingExtra(
            "Projected grids need the package pyproj: install territorial-workbench[grids]."
        ) from None
    try:
        return CRS.from_user_input(crs)
    except CRSError:
        shown = crs if len(crs) < 80 else f"{crs[:77]}…"
        raise GridInvalid(
            f"Reference system {shown!r} is unknown. Expected a code such as EPSG:2154, or WKT."
        ) from None


def _of_ragged(shapes: Ragged, crs: str) -> Outlines:
    x, y = (np.ascontiguousarray(column, dtype=np.float64) for column in shapes.points.T)
    rings, firsts = (np.asarray(a, dtype=np.int64) for a in (shapes.rings, shapes.first_ring))
    order = np.fromiter(shapes.index.values(), dtype=np.int64, count=len(shapes.index))
    codes = pd.Index(list(shapes.index), dtype=object)
    if np.array_equal(order, np.arange(firsts.size - 1)):
        return Outlines(codes, x, y, rings, firsts, crs)
    everything = pd.RangeIndex(firsts.size - 1)
    chosen = Outlines(everything, x, y, rings, firsts, crs)._only(list(order))
    return replace(chosen, codes=codes)


def _of_geometries(shapes: Any, codes: Sequence[str], crs: str) -> Outlines:
    import shapely

    told = getattr(shapes, "crs", None)
    series = getattr(shapes, "geometry", shapes)
    if isinstance(series, Mapping):
        names, geometries = list(series), list(series.values())
    elif isinstance(series, pd.Series):
        names, geometries = list(series.index), series.to_list()
    else:
        names, geometries = list(codes), list(series)
    if len(names) != len(geometries):
        raise GeometryInvalid(
            f"{len(geometries)} shapes and {len(names)} codes: give a code to each, codes=[…]."
        )
    array = np.array([g if g is not None else shapely.Polygon() for g in geometries], dtype=object)
    kinds = shapely.get_type_id(array)
    odd = [n for n, k in zip(names, kinds, strict=True) if k not in (3, 6)]
    if odd:
        raise GeometryInvalid(
            f"{len(odd)} shapes are neither polygons nor multipolygons, the first {odd[0]}."
        )
    polygons, owner = shapely.get_parts(
        shapely.orient_polygons(array, exterior_cw=True), return_index=True
    )
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    ends = np.append(0, np.cumsum(np.bincount(ring, minlength=len(rings))))
    counts = np.bincount(owner[polygon], minlength=len(array))
    return Outlines(
        pd.Index([str(n) for n in names], dtype=object),
        np.ascontiguousarray(points[:, 0]),
        np.ascontiguousarray(points[:, 1]),
        ends.astype(np.int64),
        np.append(0, np.cumsum(counts)).astype(np.int64),
        crs or (told.to_string() if told is not None else ""),
    )
