"""Boundaries as ragged arrays, and the projections they are drawn in.

A boundaries table holds, for each territory, its rings as integer grid steps, each the
difference from the previous point: small on disk, two vectorised sums to read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import BoundariesMissing
from workbench.core.parquet import read_table

__all__ = ["Boundaries", "Projection"]

FloatArray = NDArray[np.float64]
# Mean radius of the GRS 80 ellipsoid, km: maps a few hundred pixels wide need no more.
_EARTH_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Projection:
    """Turn longitudes and latitudes (degrees) into kilometres east and north of an origin.

    Parameters
    ----------
    kind : str
        ``"lambert"`` (conformal conic with two standard parallels) or ``"local"``
        (equirectangular, true at the origin's latitude).
    longitude, latitude : float
        Origin, degrees.
    parallels : tuple of float
        Standard parallels, degrees; the Lambert projection only.

    References
    ----------
    J. P. Snyder, *Map Projections: A Working Manual*, USGS Professional Paper 1395, 1987,
    equations 15-1 to 15-5 (sphere).

    Examples
    --------
    >>> import numpy as np
    >>> paris = np.array([[2.35, 48.86]])
    >>> Projection("local", 2.35, 48.86)(paris).round(3).tolist()
    [[0.0, 0.0]]
    """

    kind: str
    longitude: float
    latitude: float
    parallels: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Projection:
        """Read a declaration of ``pack.yml``."""
        first, second = row.get("parallels", (0.0, 0.0))
        return cls(row["kind"], row["longitude"], row["latitude"], (first, second))

    def __call__(self, degrees: FloatArray) -> FloatArray:
        """Project points.

        Parameters
        ----------
        degrees : ndarray (point, 2)
            Longitude and latitude.

        Returns
        -------
        ndarray (point, 2)
            Kilometres east and north of the origin.
        """
        longitude, latitude = np.radians(degrees).T
        origin = np.radians([self.longitude, self.latitude])
        if self.kind == "local":
            east = (longitude - origin[0]) * np.cos(origin[1])
            return _EARTH_KM * np.column_stack([east, latitude - origin[1]])
        first, second = np.radians(self.parallels)
        cone = np.log(np.cos(first) / np.cos(second)) / np.log(
            _half_tangent(second) / _half_tangent(first)
        )
        factor = np.cos(first) * _half_tangent(first) ** cone / cone
        radius = factor / _half_tangent(latitude) ** cone
        origin_radius = factor / _half_tangent(origin[1]) ** cone
        angle = cone * (longitude - origin[0])
        return _EARTH_KM * np.column_stack(
            [radius * np.sin(angle), origin_radius - radius * np.cos(angle)]
        )


def _half_tangent(latitude: Any) -> Any:
    return np.tan(np.pi / 4 + latitude / 2)


@dataclass(frozen=True)
class Boundaries:
    """Hold the rings of the territories of one level, at one level of detail.

    Parameters
    ----------
    index : mapping of str to int
        Position of each code.
    points : ndarray (point, 2)
        Longitude and latitude of every point, degrees, territories one after another.
    rings : ndarray (ring + 1,)
        First point of each ring.
    first_ring : ndarray (territory + 1,)
        First ring of each territory.
    """

    index: Mapping[str, int]
    points: FloatArray
    rings: NDArray[np.int64]
    first_ring: NDArray[np.int64]

    @classmethod
    def read(cls, path: Path) -> Boundaries:
        """Read a boundaries table of a pack."""
        table = read_table(path)
        codes = table.column("code").to_pylist()
        sizes = table.column("rings").combine_chunks()
        ring_sizes = sizes.flatten().to_numpy()
        ring_counts = np.diff(sizes.offsets.to_numpy())
        rings = np.concatenate([[0], np.cumsum(ring_sizes)])
        first_ring = np.concatenate([[0], np.cumsum(ring_counts)])
        grid = table.column("grid").to_numpy()
        starts = rings[first_ring]
        points = np.column_stack(
            [
                _undo_differences(table.column(axis).combine_chunks().flatten().to_numpy(), starts)
                for axis in ("lon", "lat")
            ]
        )
        points *= np.repeat(grid, np.diff(starts))[:, None]
        return cls({code: i for i, code in enumerate(codes)}, points, rings, first_ring)

    def __contains__(self, code: str) -> bool:
        return code in self.index

    @cached_property
    def boxes(self) -> FloatArray:
        """West, south, east and north of each territory, degrees (territory, 4)."""
        starts = self.rings[self.first_ring][:-1]
        return np.column_stack(
            [np.minimum.reduceat(self.points, starts), np.maximum.reduceat(self.points, starts)]
        )

    def of(self, code: str) -> tuple[FloatArray, ...]:
        """Return the rings of a territory (longitude, latitude in degrees).

        Raises
        ------
        BoundariesMissing
            When the pack draws no boundary for it.
        """
        if code not in self.index:
            raise BoundariesMissing(f"The pack holds no boundary for {code}.")
        position = self.index[code]
        first, last = self.first_ring[position], self.first_ring[position + 1]
        return tuple(
            self.points[self.rings[ring] : self.rings[ring + 1]] for ring in range(first, last)
        )

    def projected(self, projections: Mapping[str, Projection]) -> Boundaries:
        """Return the boundaries in kilometres.

        Parameters
        ----------
        projections : mapping of str to Projection
            Of each territory, by code; one without a projection is left out.
        """
        chosen = [projections.get(code) for code in self.index]
        sizes = np.diff(self.rings[self.first_ring])
        points = np.full_like(self.points, np.nan)
        for projection in dict.fromkeys(filter(None, chosen)):
            inside = np.repeat([each == projection for each in chosen], sizes)
            points[inside] = projection(self.points[inside])
        index = {code: place for code, place in self.index.items() if code in projections}
        return replace(self, index=index, points=points)


def _undo_differences(steps: NDArray[np.int32], starts: NDArray[np.int64]) -> FloatArray:
    """Sum differences within each territory: one running sum, minus its value at the start."""
    total = np.cumsum(steps, dtype=np.int64)
    before = np.concatenate([[0], total])[starts[:-1]]
    steps_from_zero: NDArray[np.int64] = total - np.repeat(before, np.diff(starts))
    return steps_from_zero.astype(np.float64)
