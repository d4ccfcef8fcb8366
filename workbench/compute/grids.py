"""Grids: where the cells of a gridded cube lie, told from its coordinates."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.equal_area import AXIS_KM, equal_area_height
from workbench.core.errors import GridInvalid

__all__ = ["GEOGRAPHIC", "Grid"]

FloatArray = NDArray[np.float64]
GEOGRAPHIC = "EPSG:4326"
_TURN = 360.0
_ROUND = 1e-9  # degrees: a tenth of a millimetre
# How a coordinate is recognised: CF attributes first, then usual names.
_CF = {
    "x": {"longitude", "projection_x_coordinate", "degrees_east", "degree_east", "X"},
    "y": {"latitude", "projection_y_coordinate", "degrees_north", "degree_north", "Y"},
}
_NAMES = {
    "x": ("lon", "longitude", "long", "x", "easting", "xc", "rlon"),
    "y": ("lat", "latitude", "y", "northing", "yc", "rlat"),
}
_ANGULAR = {"lon", "longitude", "long", "lat", "latitude", "degrees_east", "degrees_north"}


@dataclass(frozen=True, eq=False)
class Grid:
    """Hold the sides or the corners of the cells of a grid.

    Make it with :meth:`of`.

    Parameters
    ----------
    dims : tuple of two dim names
        Those of the cube along which cells lie: down, then across.
    x, y : ndarray
        Sides of the columns (across + 1,) and of the rows (down + 1,) in the order of the cube;
        or, where the grid is curvilinear, the corners of each cell (down, across, 4).
    crs : str
        Coordinate reference system, ``""`` when nothing tells it.
    centres : tuple of ndarray
        The coordinates that the cube carries, across and up.

    Notes
    -----
    The area of a geographic cell is that on the WGS 84 ellipsoid.
    """

    dims: tuple[Hashable, Hashable]
    x: FloatArray
    y: FloatArray
    crs: str
    centres: tuple[FloatArray, ...] = ()

    @classmethod
    def of(cls, cube: xr.DataArray | xr.Dataset, *, crs: str = "") -> Grid:
        """Tell the grid of a cube.

        Parameters
        ----------
        cube : DataArray or Dataset
            With coordinates recognised by their CF attributes or names: of one dim each (regular
            or projected grid) or of two (curvilinear). CF bounds are used where there are any;
            otherwise a side lies half-way between two centres.
        crs : str
            Coordinate reference system, when the cube does not tell it (``"EPSG:2154"``).

        Raises
        ------
        GridInvalid
            Coordinates are missing, not ascending or descending, not finite, or impossible.

        Examples
        --------
        >>> cube = xr.DataArray(np.zeros((2, 3)), coords=[("lat", [49, 48]), ("lon", [1, 2, 3])])
        >>> Grid.of(cube).y
        array([49.5, 48.5, 47.5])
        """
        told = crs or _crs_of(cube)
        x, y = _pick(cube, "x", flat=bool(told)), _pick(cube, "y", flat=bool(told))
        if not told and _angular(x) and _angular(y):
            told = GEOGRAPHIC
        centres = tuple(np.asarray(c.values, dtype=np.float64) for c in (x, y))
        if x.ndim == 1 and y.ndim == 1:
            dims = (y.dims[0], x.dims[0])
            return cls(dims, _sides(cube, x), _sides(cube, y), told, centres)._checked()
        if x.dims != y.dims or x.ndim != 2:
            raise GridInvalid(
                f"Coordinates {x.name} {x.dims} and {y.name} {y.dims} do not describe cells: both "
                "should have one dim each, or the same two."
            )
        dims = (x.dims[0], x.dims[1])
        corners = (_corners(cube, x), _corners(cube, y))
        return cls(dims, *corners, told or GEOGRAPHIC, centres)._checked()

    def _checked(self) -> Grid:
        """Refuse what cannot be degrees, where coordinates are said to be."""
        x, y = self.x, self.y
        if not self.geographic:
            return self
        if np.abs(y).max() > 90 + _ROUND:
            largest = np.abs(y).max()
            hint = (
                "Longitudes and latitudes seem to be swapped."
                if np.abs(x).max() <= 90 and largest <= _TURN
                else "They look projected: give their reference system, crs='EPSG:2154'."
            )
            raise GridInvalid(f"A latitude of {largest:g} is outside −90 to 90. {hint}")
        if np.abs(x).max() > 2 * _TURN:
            raise GridInvalid(
                f"A longitude of {np.abs(x).max():g} is not in degrees. Give the grid's reference "
                "system, crs='EPSG:2154'."
            )
        if not self.curvilinear and np.ptp(x) > _TURN + 1e-6:
            raise GridInvalid(
                f"Columns go around the globe more than once ({np.ptp(x):g} degrees): drop the "
                "repeated ones."
            )
        # The outermost sides are guessed; none lies beyond a pole.
        return replace(self, y=np.clip(y, -90, 90))

    @property
    def curvilinear(self) -> bool:
        """Tell whether cells have four corners each rather than common sides."""
        return self.x.ndim > 1

    @cached_property
    def geographic(self) -> bool:
        """Tell whether coordinates are degrees."""
        if self.crs in ("", GEOGRAPHIC):
            return bool(self.crs)
        return _is_geographic(self.crs)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of cells down and across."""
        if self.curvilinear:
            return self.x.shape[0], self.x.shape[1]
        return self.y.size - 1, self.x.size - 1

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Least and greatest coordinates: west, south, east, north."""
        return tuple(float(v) for v in (self.x.min(), self.y.min(), self.x.max(), self.y.max()))  # type: ignore[return-value]

    @cached_property
    def area(self) -> FloatArray:
        """Area of each cell (cell,): km² where the unit is degrees or metres."""
        up = equal_area_height(self.y) if self.geographic else self.y / 1000
        right = np.radians(self.x) * AXIS_KM if self.geographic else self.x / 1000
        return _areas(right, up)

    @cached_property
    def plane_area(self) -> FloatArray:
        """Area of each cell (cell,) as drawn, in squared units of the coordinates."""
        return _areas(self.x, self.y)

    @cached_property
    def digest(self) -> str:
        """Name the grid by its content."""
        code = hashlib.blake2b(repr((self.dims, self.shape, self.crs)).encode(), digest_size=16)
        for part in (self.x, self.y):
            code.update(np.ascontiguousarray(part).data)
        return code.hexdigest()

    def differences(self, other: Grid) -> Iterator[str]:
        """Say in what the grid of another cube differs: nothing when it is the same.

        Coordinates are compared, not sides: a cube may have lost its CF bounds.
        """
        if self.shape != other.shape:
            yield f"{self.shape} cells and {other.shape}"
        elif self.dims != other.dims:
            yield f"dims {self.dims} and {other.dims}"
        elif not all(map(_same, self.centres, other.centres)):
            yield f"extents {self.extent} and {other.extent}"


def _same(one: FloatArray, other: FloatArray) -> bool:
    """Tell whether coordinates are the same, but for a millionth of what is between two."""
    near = 1e-6 * np.ptp(one) / max(one.shape)
    return one.shape == other.shape and bool(np.abs(one - other).max() <= near)


def _areas(x: FloatArray, y: FloatArray) -> FloatArray:
    if x.ndim == 1:
        return np.outer(np.abs(np.diff(y)), np.abs(np.diff(x))).ravel()
    across, up = x[..., [2, 3]] - x[..., [0, 1]], y[..., [2, 3]] - y[..., [0, 1]]
    area: FloatArray = np.abs(across[..., 0] * up[..., 1] - across[..., 1] * up[..., 0]) / 2
    return area.ravel()


def _crs_of(cube: xr.DataArray | xr.Dataset) -> str:
    """Read the reference system as CF, GDAL and rioxarray write it; ``""`` when there is none."""
    named = cube.encoding.get("grid_mapping") or cube.attrs.get("grid_mapping")
    for name in (named, "spatial_ref", "crs"):
        if name in cube.coords:
            attrs = cube.coords[name].attrs
            for key in ("crs_wkt", "spatial_ref", "epsg_code"):
                if attrs.get(key):
                    return str(attrs[key])
    return str(cube.attrs.get("crs", ""))


def _is_geographic(crs: str) -> bool:
    from workbench.compute.outlines import reference_system

    return bool(reference_system(crs).is_geographic)


def _pick(cube: xr.DataArray | xr.Dataset, axis: str, *, flat: bool) -> xr.DataArray:
    """Find the coordinate of an axis: projected ones only when their system is known."""
    found = [
        coord
        for name, coord in cube.coords.items()
        if coord.ndim in (1, 2)
        and (
            {str(coord.attrs.get(k)) for k in ("standard_name", "units", "axis")} & _CF[axis]
            or str(name).lower() in _NAMES[axis]
        )
        and set(coord.dims) <= set(cube.dims)
    ]
    angular = [coord for coord in found if _angular(coord)]
    line = [coord for coord in found if coord.ndim == 1]
    # Without a system, two-dimensional longitudes and latitudes say more than plain x and y.
    order = (line, angular) if flat else ([c for c in angular if c.ndim == 1], angular, line)
    for choice in order:
        if choice:
            first: xr.DataArray = choice[0]
            return first
    raise GridInvalid(
        f"No coordinate is recognised as the {axis} of a grid among {list(map(str, cube.coords))}. "
        f"Rename it to one of {', '.join(_NAMES[axis])}, or give it a CF standard_name."
    )


def _angular(coord: xr.DataArray) -> bool:
    told = {
        str(coord.name).lower(),
        str(coord.attrs.get("units")),
        str(coord.attrs.get("standard_name")),
    }
    return bool(told & _ANGULAR)


def _bounds(cube: xr.DataArray | xr.Dataset, coord: xr.DataArray, shape: tuple[int, ...]) -> Any:
    name = coord.attrs.get("bounds") or coord.encoding.get("bounds")
    holder = cube if isinstance(cube, xr.Dataset) else cube.coords
    if name not in holder:
        return None
    bounds = np.asarray(holder[name].values, dtype=np.float64)
    return bounds if bounds.shape == shape else None


def _sides(cube: xr.DataArray | xr.Dataset, coord: xr.DataArray) -> FloatArray:
    centres = np.asarray(coord.values, dtype=np.float64)
    _check_finite(coord.name, centres)
    bounds = _bounds(cube, coord, (centres.size, 2))
    if bounds is not None and np.allclose(bounds[1:, 0], bounds[:-1, 1], rtol=0, atol=1e-6):
        sides = np.append(bounds[:, 0], bounds[-1, 1])
    elif centres.size < 2:
        raise GridInvalid(
            f"{coord.name} has {centres.size} value: the size of a cell cannot be told. Give it "
            "CF bounds."
        )
    else:
        sides = _between(centres)
    steps = np.diff(sides)
    if not (np.all(steps > 0) or np.all(steps < 0)):
        if _angular(coord) and np.abs(np.diff(centres)).max() > _TURN / 2:
            hint = " They jump at a meridian: sort them after adding 360 to those below zero."
        elif len(again := _repeated(centres)):
            hint = (
                f" {again[0]:g} is there more than once: keep one of each, "
                f"cube.drop_duplicates({str(coord.name)!r})."
            )
        else:
            hint = f" Put them in order: cube.sortby({str(coord.name)!r})."
        raise GridInvalid(f"Values of {coord.name} neither ascend nor descend.{hint}")
    return sides


def _repeated(values: FloatArray) -> FloatArray:
    found, times = np.unique(values, return_counts=True)
    return found[times > 1]


def _between(centres: FloatArray) -> FloatArray:
    """Put sides half-way between centres, the outer ones as far as the inner."""
    middle = (centres[1:] + centres[:-1]) / 2
    first = centres[:1] - (middle[:1] - centres[:1])
    return np.concatenate([first, middle, centres[-1:] + (centres[-1:] - middle[-1:])])


def _corners(cube: xr.DataArray | xr.Dataset, coord: xr.DataArray) -> FloatArray:
    centres = np.asarray(coord.values, dtype=np.float64)
    _check_finite(coord.name, centres)
    bounds = _bounds(cube, coord, (*centres.shape, 4))
    if bounds is not None:
        return np.ascontiguousarray(bounds)
    if min(centres.shape) < 2:
        raise GridInvalid(f"{coord.name} has one row or column: give it CF bounds.")
    if _angular(coord) and np.abs(np.diff(centres, axis=1)).max() > _TURN / 2:
        centres = np.unwrap(np.unwrap(centres, period=_TURN, axis=1), period=_TURN, axis=0)
    nodes = np.apply_along_axis(_between, 0, np.apply_along_axis(_between, 1, centres))
    return np.stack([nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]], axis=-1)


def _check_finite(name: Hashable, values: FloatArray) -> None:
    odd = np.count_nonzero(~np.isfinite(values))
    if not values.size:
        raise GridInvalid(
            f"Coordinate {name} is empty: the grid has no cell. Look at what was selected of it."
        )
    if odd:
        raise GridInvalid(
            f"Coordinate {name} holds {odd} values that are not finite, of {values.size}."
        )
