"""Find which part of each cell of a grid every territory covers, exactly."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.compute.compiling import kernels
from workbench.compute.grids import Grid
from workbench.compute.outlines import Outlines
from workbench.core.errors import GridInvalid, GridMismatch

__all__ = ["Coverage", "coverage"]

_ODD = 1e-9  # of a cell: what rounding cannot explain
_CELLS = 2**31 - 1


class Coverage(NamedTuple):
    """Hold the covered part of each cell, territory after territory.

    Parameters
    ----------
    codes : Index of str (territory,)
    starts : ndarray (territory + 1,)
        First entry of each territory.
    cells : ndarray (entry,)
        Number of the cell: its row times the cells across, plus its column.
    fraction : ndarray (entry,)
        Part of the cell that the territory covers, 0 to 1.
    inside : ndarray (territory,)
        Part of each territory that lies on the grid; 0 for one without an outline.
    tangled : tuple of str
        Territories whose own outline covers some place twice, or inside out: their rings cross.
    """

    codes: pd.Index
    starts: NDArray[np.int64]
    cells: NDArray[np.int32]
    fraction: NDArray[np.float64]
    inside: NDArray[np.float64]
    tangled: tuple[str, ...]


def coverage(outlines: Outlines, grid: Grid) -> Coverage:
    """Find the exact part of each cell that each territory covers.

    Parameters
    ----------
    outlines : Outlines
        Brought to the grid's reference system, point by point, when theirs is another.
    grid : Grid

    Returns
    -------
    Coverage

    Raises
    ------
    GridMismatch
        No territory lies on the grid; the message says what seems to be wrong.
    GridInvalid
        Cells of a curvilinear grid are not convex, or the grid has too many.
    MissingExtra
        Numba, or pyproj for a projected grid, is not installed.

    Notes
    -----
    Areas are signed and added up: `compute.sweep` on grids made of rows and columns,
    `compute.clip` on curvilinear ones. Sides of cells and edges of outlines are straight in the
    grid's own coordinates. On a geographic grid, outlines are tried at every turn of the globe: a
    grid may go from 0 to 360 and a territory lie across the 180th meridian.

    Examples
    --------
    >>> import xarray as xr, shapely
    >>> cube = xr.DataArray(np.zeros((2, 2)), coords=[("lat", [1.5, 0.5]), ("lon", [0.5, 1.5])])
    >>> half = Outlines.of({"01001": shapely.box(0.5, 0, 2, 0.5)})
    >>> coverage(half, Grid.of(cube)).fraction
    array([0.25, 0.5 ])
    """
    if not outlines.degrees and grid.geographic and not outlines.crs:
        raise GridMismatch(_explanation(outlines, grid))
    placed = outlines.to(grid.crs)
    number = grid.shape[0] * grid.shape[1]
    if number > _CELLS:
        raise GridInvalid(f"The grid has {number} cells; {_CELLS} are the most. Cut it up.")
    rings = (placed.x, placed.y, placed.rings, placed.first_ring)
    turns = np.array([0.0, 360.0, -360.0] if grid.geographic else [0.0])
    starts, cells, fraction, inside = (
        kernels("clip").clip(*rings, *_counter_clockwise(grid), turns)
        if grid.curvilinear
        else kernels("sweep").sweep(*rings, *_ascending(grid, turns))
    )
    if not len(cells):
        raise GridMismatch(_explanation(placed, grid))
    odd: NDArray[np.intp] = np.empty(0, dtype=np.intp)
    if fraction.min() < -_ODD or fraction.max() > 1 + _ODD:
        entries = np.flatnonzero((fraction < -_ODD) | (fraction > 1 + _ODD))
        odd = np.unique(np.searchsorted(starts, entries, side="right") - 1)
    inside = np.where(inside > 1 - 1e-9, 1.0, inside)
    return Coverage(
        placed.codes, starts, cells, fraction, inside, tuple(map(str, placed.codes[odd]))
    )


def _ascending(grid: Grid, turns: NDArray[np.float64]) -> tuple[Any, ...]:
    """Give the sides in ascending order, and what each row and column adds to a cell's number."""
    down, across = grid.shape
    columns, rows = np.arange(across), np.arange(down) * across
    x, y = grid.x, grid.y
    if x[0] > x[-1]:
        x, columns = x[::-1], columns[::-1]
    if y[0] > y[-1]:
        y, rows = y[::-1], rows[::-1]
    x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)
    return x, y, turns, columns.astype(np.int64), rows.astype(np.int64)


def _counter_clockwise(grid: Grid) -> tuple[Any, ...]:
    """Give the corners of each cell counter-clockwise, and its area as drawn."""
    x, y = grid.x.reshape(-1, 4), grid.y.reshape(-1, 4)
    right, up = np.roll(x, -1, axis=1) - x, np.roll(y, -1, axis=1) - y
    bend = right * np.roll(up, -1, axis=1) - up * np.roll(right, -1, axis=1)
    clockwise = bend.sum(axis=1) < 0
    wrong = (np.where(clockwise[:, None], -bend, bend) < 0).any(axis=1) | (grid.plane_area == 0)
    if wrong.any():
        place = np.unravel_index(int(np.flatnonzero(wrong)[0]), grid.shape)
        raise GridInvalid(
            f"{int(wrong.sum())} cells are not convex, the first in row {place[0]}, column "
            f"{place[1]}: check the corners (CF bounds) or cut the grid where it folds."
        )
    x, y = (np.where(clockwise[:, None], a[:, ::-1], a) for a in (x, y))
    return np.ascontiguousarray(x), np.ascontiguousarray(y), grid.plane_area


def _explanation(outlines: Outlines, grid: Grid) -> str:
    """Say why no territory lies on the grid, as far as it can be told."""
    if not outlines.x.size:
        return "No territory has an outline: there is nothing to lay on the grid."
    west, south, east, north = grid.extent
    x, y = outlines.x, outlines.y
    box = (x.min(), y.min(), x.max(), y.max())
    said = (
        f"No territory lies on the grid: territories go from {box[0]:g} to {box[2]:g} across and "
        f"{box[1]:g} to {box[3]:g} up, the grid from {west:g} to {east:g} and {south:g} to "
        f"{north:g}."
    )
    if grid.geographic and not outlines.degrees:
        return f"{said} The outlines are projected and the grid is in degrees: give their crs."
    if outlines.degrees and not grid.geographic:
        return (
            f"{said} The outlines are in degrees and the grid is projected: "
            "give the grid's reference system, Grid.of(cube, crs='EPSG:2154')."
        )
    if box[0] < north and box[2] > south and box[1] < east and box[3] > west:
        return f"{said} They would with coordinates swapped: is longitude first in both?"
    return f"{said} Are both in the same reference system?"
