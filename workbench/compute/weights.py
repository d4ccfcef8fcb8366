"""Weights that bring the cells of a grid to territories: one operator for every statistic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from dask.base import tokenize
from numpy.typing import NDArray

from workbench.compute.coverage import coverage
from workbench.compute.grids import Grid
from workbench.compute.outlines import Outlines
from workbench.compute.plan import Plan, plan_of, used_cells
from workbench.compute.rollup import Grouping
from workbench.core.errors import GridMismatch

__all__ = ["Part", "Weights"]

_ODD = 1e-9


@dataclass(frozen=True, eq=False)
class Part:
    """Hold the entries of a sparse operator (row × cell) on one block of cells.

    Parameters
    ----------
    rows : ndarray (row,)
        Position of the territory of each row.
    starts : ndarray (row + 1,)
        First entry of each row.
    cells : ndarray (entry,)
        Number of the cell within the block.
    data : ndarray (entry,)
        Weight of the cell in the territory.
    """

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    cells: NDArray[np.int32]
    data: NDArray[np.float64]

    @cached_property
    def compact(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Cells that are used, ascending, and the position among them of each entry's."""
        return used_cells(self.cells)

    @cached_property
    def plan(self) -> Plan:
        """Order in which its cells are read."""
        return plan_of(self.starts, self.cells, self.data)

    @cached_property
    def totals(self) -> NDArray[np.float64]:
        """Sum of the data of each row."""
        owner = np.repeat(np.arange(len(self.rows)), np.diff(self.starts))
        return np.bincount(owner, self.data, len(self.rows)).astype(np.float64, copy=False)


@dataclass(frozen=True, eq=False)
class Weights:
    """Say with what weight each cell of a grid counts in each territory.

    Make it with :meth:`of`; get coarser levels with :meth:`merged`.

    Parameters
    ----------
    codes : Index of str (territory,)
    grid : Grid
    starts : ndarray (territory + 1,)
        First entry of each territory.
    cells : ndarray (entry,)
        Number of the cell: its row times the cells across, plus its column.
    fraction : ndarray (entry,)
        Part of the cell that is covered: what counts and sums take.
    weight : ndarray (entry,)
        Fraction × area of the cell (km²) × the weight given, if any: what means take.
    area : ndarray (territory,)
        km², on the grid or not.
    inside : ndarray (territory,)
        Part of the area that lies on the grid.
    tangled : tuple of str
        Territories whose own rings cross: see `coverage.Coverage`.
    vintage : int or None
        Year of the map that the outlines are of.
    finer : Weights or None
        Those of the parts that these were merged from.
    grouping : Grouping or None
        Where each part went.
    """

    codes: pd.Index
    grid: Grid
    starts: NDArray[np.int64]
    cells: NDArray[np.int32]
    fraction: NDArray[np.float64]
    weight: NDArray[np.float64]
    area: NDArray[np.float64]
    inside: NDArray[np.float64]
    tangled: tuple[str, ...]
    vintage: int | None = None
    finer: Weights | None = None
    grouping: Grouping | None = None
    _key: str = field(default="", repr=False)

    @classmethod
    def of(
        cls,
        shapes: Any,
        grid: Grid | xr.DataArray | xr.Dataset,
        *,
        by: xr.DataArray | None = None,
        codes: Sequence[str] = (),
        crs: str = "",
        vintage: int | None = None,
    ) -> Weights:
        """Lay territories on a grid.

        Parameters
        ----------
        shapes : Boundaries, GeoSeries, GeoDataFrame, mapping, sequence or Outlines
            See `Outlines.of`.
        grid : Grid or cube
        by : DataArray (y, x), optional
            Another weight of each cell, for its whole surface (inhabitants per km²): means are
            then those of inhabitants rather than of places.
        codes : sequence of str
            Territories to keep, in this order.
        crs : str
            Reference system of the shapes, when they do not tell it.
        vintage : int, optional
            Year of their map, which results will carry.

        Raises
        ------
        GridMismatch
            Nothing lies on the grid, or `by` is of another grid, below zero or absent where a
            territory lies.
        GeometryInvalid, GridInvalid, MissingExtra
            As of `Outlines.of`, `Grid.of` and `coverage`.

        Examples
        --------
        >>> import shapely
        >>> cube = xr.DataArray(np.zeros((2, 2)), coords=[("lat", [1.5, 0.5]), ("lon", [0.5, 1.5])])
        >>> weights = Weights.of({"01001": shapely.box(0.5, 0, 2, 0.5)}, cube)
        >>> weights.cells, weights.fraction
        (array([2, 3], dtype=int32), array([0.25, 0.5 ]))
        """
        outlines = Outlines.of(shapes, codes=codes, crs=crs)
        laid = grid if isinstance(grid, Grid) else Grid.of(grid)
        found = coverage(outlines, laid)
        weight = found.fraction * laid.area[found.cells]
        key = tokenize(laid.digest, outlines.digest, vintage)
        if by is not None:
            values = _cell_values(by, laid)
            _check_weights(values, found.cells)
            weight *= values[found.cells]
            key = tokenize(key, values)
        return cls(
            codes=found.codes.rename("territory"),
            grid=laid,
            starts=found.starts,
            cells=found.cells,
            fraction=found.fraction,
            weight=weight,
            area=outlines.area,
            inside=found.inside,
            tangled=found.tangled,
            vintage=vintage,
            _key=key,
        )

    @property
    def digest(self) -> str:
        """Name the weights: grid, outlines, vintage and weighting, 32 hexadecimal digits."""
        return self._key

    def __dask_tokenize__(self) -> str:
        """Name the weights in Dask's graphs without hashing them again."""
        return self._key

    @cached_property
    def overlaps(self) -> pd.Series:
        """Part of each cell that territories cover more than once, by number of the cell.

        Official outlines overlap here and there: what lies in two territories counts in both,
        and their sum then exceeds the whole by as much.
        """
        number = self.grid.shape[0] * self.grid.shape[1]
        total = np.bincount(self.cells, self.fraction, minlength=number)
        over = np.flatnonzero(total > 1 + _ODD)
        return pd.Series(total[over] - 1, index=pd.Index(over, name="cell"), name="overlap")

    @property
    def outside(self) -> tuple[str, ...]:
        """Territories of which nothing lies on the grid."""
        return tuple(map(str, self.codes[np.diff(self.starts) == 0]))

    def merged(
        self, membership: NDArray[np.integer[Any]] | Grouping, groups: pd.Index | Sequence[str]
    ) -> Weights:
        """Return the weights of a coarser level, whose territories are made of these.

        Parameters
        ----------
        membership : 1-D array of int, or Grouping
            Position in `groups` of the group of each territory, −1 for none.
        groups : Index of str (group,)

        Returns
        -------
        Weights
            With what it takes for `zonal` to sum the parts' figures instead of reading again.

        Examples
        --------
        >>> import shapely
        >>> cube = xr.DataArray(np.zeros((2, 2)), coords=[("lat", [1.5, 0.5]), ("lon", [0.5, 1.5])])
        >>> west, east = shapely.box(0, 0, 0.5, 1), shapely.box(0.5, 0, 2, 1)
        >>> parts = Weights.of({"01001": west, "01002": east}, cube)
        >>> parts.merged(np.array([0, 0]), ["01"]).fraction
        array([1., 1.])
        """
        index = pd.Index(groups, name="territory", dtype=object)
        grouping = (
            membership if isinstance(membership, Grouping) else Grouping.of(membership, len(index))
        )
        if grouping.parts != len(self.codes) or grouping.count != len(index):
            raise ValueError(
                f"membership is of {grouping.parts} territories in {grouping.count} groups; there "
                f"are {len(self.codes)} territories and {len(index)} groups"
            )
        owner = np.repeat(grouping.membership(), np.diff(self.starts))
        kept = owner >= 0
        number = self.grid.shape[0] * self.grid.shape[1]
        keys = owner[kept].astype(np.int64) * number + self.cells[kept]
        unique, place = np.unique(keys, return_inverse=True)
        area = grouping.reduce(np.add, self.area, empty=0.0)
        laid = grouping.reduce(np.add, self.area * self.inside, empty=0.0)
        fraction, weight = (
            np.bincount(place, data[kept], len(unique)).astype(np.float64, copy=False)
            for data in (self.fraction, self.weight)
        )
        # Parts that together fill a cell fill it exactly.
        fraction = np.where(np.abs(fraction - 1) < 1e-12, 1.0, fraction)
        return replace(
            self,
            codes=index,
            starts=np.searchsorted(unique, np.arange(len(index) + 1) * number),
            cells=(unique % number).astype(np.int32),
            fraction=fraction,
            weight=weight,
            area=area,
            inside=np.divide(laid, area, out=np.zeros_like(area), where=area > 0),
            finer=self,
            grouping=grouping,
            _key=tokenize(self._key, grouping, list(index)),
        )

    def part(self, data: NDArray[np.float64]) -> Part:
        """Return the operator on the whole grid, with `fraction` or `weight` as data.

        It is made once: its plan is kept for the next cube.
        """
        for made in (self._covering, self._weighing):
            if made.data is data:
                return made
        return self._part(data)

    def _part(self, data: NDArray[np.float64]) -> Part:
        return Part(np.arange(len(self.codes)), self.starts, self.cells, data)

    @cached_property
    def _covering(self) -> Part:
        return self._part(self.fraction)

    @cached_property
    def _weighing(self) -> Part:
        return self._part(self.weight)

    def parts(
        self, data: NDArray[np.float64], down: Sequence[int], across: Sequence[int]
    ) -> dict[tuple[int, int], Part]:
        """Cut the operator by blocks of cells.

        Parameters
        ----------
        data : ndarray (entry,)
            `fraction` or `weight`.
        down, across : sequence of int
            Sizes of the blocks.

        Returns
        -------
        dict of (int, int) to Part
            By row and column of the block; a block that no territory touches is not there.
        """
        ends = [np.cumsum(sizes) for sizes in (down, across)]
        row, col = np.divmod(self.cells, np.int32(self.grid.shape[1]))
        block = [np.searchsorted(e, v, side="right") for e, v in zip(ends, (row, col), strict=True)]
        number = block[0] * len(across) + block[1]
        owner = np.repeat(np.arange(len(self.codes)), np.diff(self.starts))
        order = np.argsort(number, kind="stable")
        bounds = np.searchsorted(number[order], np.arange(len(down) * len(across) + 1))
        parts = {}
        for i in np.flatnonzero(np.diff(bounds)):
            at = order[bounds[i] : bounds[i + 1]]
            y, x = divmod(int(i), len(across))
            first_row, first_col = ends[0][y] - down[y], ends[1][x] - across[x]
            rows, starts = np.unique(owner[at], return_index=True)
            cells = (row[at] - first_row) * across[x] + (col[at] - first_col)
            starts = np.append(starts, len(at)).astype(np.int64)
            parts[y, x] = Part(rows, starts, cells.astype(np.int32), data[at])
        return parts


def _cell_values(by: xr.DataArray, grid: Grid) -> NDArray[np.float64]:
    """Read the weight given to each cell, after checking that it is of the grid."""
    if set(by.dims) != set(grid.dims):
        raise GridMismatch(f"Weights have dims {by.dims}; the grid has {grid.dims}.")
    for difference in grid.differences(Grid.of(by, crs=grid.crs)):
        raise GridMismatch(f"Weights are of another grid: {difference}. Bring them to this one.")
    values: NDArray[np.float64] = by.transpose(*grid.dims).to_numpy().astype(np.float64).ravel()
    return values


def _check_weights(values: NDArray[np.float64], cells: NDArray[np.int32]) -> None:
    used = values[cells]
    if not np.isfinite(used).all():
        absent = np.unique(cells[~np.isfinite(used)]).size
        raise GridMismatch(
            f"{absent} cells that a territory covers have no weight. Say what it is there: "
            "by=weights.fillna(0) when nobody lives in them."
        )
    if (used < 0).any():
        raise GridMismatch(f"A weight is below zero: {used.min():g}.")
