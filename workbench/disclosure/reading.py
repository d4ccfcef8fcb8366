"""Published files as the cells that an attacker reads: shown, marked as hidden, or absent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import xarray as xr
from numpy.typing import NDArray

from workbench.core.errors import ColumnUnknown, TablesDisagree, UnknownName, nearest
from workbench.core.types import Status
from workbench.disclosure.attack import Published, restricted
from workbench.disclosure.tables import Dimension, Table
from workbench.loaders.load import load

__all__ = ["cells_of", "laid_on", "published", "read_cells"]


def read_cells(path: Path, keys: Sequence[str], quantities: Sequence[str]) -> pd.DataFrame:
    """Read a table or a cube, one row a cell.

    Parameters
    ----------
    path : Path
        CSV, Parquet, workbook, netCDF or Zarr.
    keys : sequence of str
        Columns or dimensions that tell cells apart, read as texts.
    quantities : sequence of str
        Columns or variables of figures.

    Returns
    -------
    DataFrame
        Each quantity has its status beside it, in `<quantity>_status`.

    Raises
    ------
    ColumnUnknown
        There is no such column.
    """
    roles = dict.fromkeys(keys, "text") | dict.fromkeys(quantities, "number")
    is_grid = path.suffix in (".nc", ".zarr")
    read = load(str(path), options={} if is_grid else {"roles": roles})
    if isinstance(read.data, xr.Dataset):
        frame = _of_cube(read.data, path.name, quantities)
    else:
        # Rows of totals are set apart by the reader, and are what an attack begins with.
        both = [each for each in (read.data, read.totals) if each is not None]
        frame = pa.concat_tables(both, promote_options="permissive").to_pandas()
    names = list(map(str, frame.columns))
    for name in (*keys, *quantities):
        if name not in names:
            plain = [each for each in names if not each.endswith("_status")]
            raise ColumnUnknown(f"{path.name} has no column {name!r}; {nearest(name, plain)}.")
    kept = [name for name in names if name.removesuffix("_status") in {*keys, *quantities}]
    frame = frame[kept].copy()
    for key in keys:
        frame[key] = frame[key].astype(str)
    return frame


def _of_cube(cube: xr.Dataset, name: str, quantities: Sequence[str]) -> pd.DataFrame:
    for quantity in quantities:
        if quantity not in cube:
            known = nearest(quantity, map(str, cube.data_vars))
            raise ColumnUnknown(f"{name} has no variable {quantity!r}; {known}.")
    wanted = [each for each in cube if str(each).removesuffix("_status") in quantities]
    frame: pd.DataFrame = cube[wanted].to_dataframe().reset_index()
    return frame


def laid_on(frames: Iterable[pd.DataFrame], dimensions: Mapping[str, Dimension]) -> Table:
    """Make one table of all positions that some tables have, with the sums that say something."""
    every = list(frames)
    own = {}
    for key, dimension in dimensions.items():
        found = dict.fromkeys(name for frame in every for name in frame[key].unique())
        known = [each for each in dimension.names if each in found]
        own[key] = restricted(dimension, list(dict.fromkeys([*known, *found])))
    return Table(own)


def cells_of(frame: pd.DataFrame, table: Table, name: str) -> NDArray[np.intp]:
    """Find the cell of each row.

    Raises
    ------
    TablesDisagree
        Two rows are of one cell.
    UnknownName
        A row is of no position of the table.
    """
    numbers = []
    for key, each in table.dimensions.items():
        strange = set(frame[key]) - set(each.names)
        if strange:
            found = min(strange)
            raise UnknownName(f"{name}: no {key} {found!r}; {nearest(found, each.names)}.")
        numbers.append(frame[key].map(each.numbers).to_numpy(np.intp))
    place = np.ravel_multi_index(tuple(numbers), table.shape).astype(np.intp)
    if len(np.unique(place)) < len(place):
        twice = frame.loc[pd.Series(place).duplicated().to_numpy(), list(table.dimensions)].iloc[0]
        cell = " × ".join(map(str, twice))
        raise TablesDisagree(
            f"{name} has two rows of one cell ({cell}). Name every column that tells cells apart."
        )
    return place


def published(
    frame: pd.DataFrame,
    value: str,
    table: Table,
    *,
    rates: Sequence[tuple[str, str, float]] = (),
    name: str = "the table",
) -> Published:
    """Take a table for what it tells of its cells.

    Parameters
    ----------
    frame : DataFrame
        Of :func:`read_cells`.
    value : str
        The figure that some cells hide.
    table : Table
        Of :func:`laid_on`.
    rates : sequence of (str, str, float)
        A rate that is published, what it is a rate of, and its unit: the value is their product
        divided by the unit, to within the rounding of the rate.
    name : str
    """
    place = cells_of(frame, table, name)
    size = int(np.prod(table.shape))
    shown, lower, upper = np.full(size, np.nan), np.zeros(size), np.full(size, np.inf)
    marked = np.zeros(size, bool)
    numbers = frame[value].to_numpy(float)
    status = frame.get(f"{value}_status")
    secret = np.isnan(numbers)
    if status is not None:
        told = status.to_numpy()
        secret &= np.isin(told.astype(str), (str(int(Status.SUPPRESSED)), "suppressed"))
        if not secret.any():
            # A file that has no mark of its own leaves its secrets blank.
            secret = np.isnan(numbers)
    shown[place], marked[place] = numbers, secret
    for rate, of, unit in rates:
        figures, units = frame[rate].to_numpy(float), frame[of].to_numpy(float)
        half = 0.5 * 10.0 ** -_decimals(figures)
        known = ~np.isnan(figures) & ~np.isnan(units) & np.isnan(numbers)
        at = place[known]
        low, high = ((figures + way * half) * units / unit for way in (-1, 1))
        lower[at] = np.maximum(lower[at], low[known])
        upper[at] = np.minimum(upper[at], high[known])
    return Published(table, shown, marked, lower, upper)


def _decimals(figures: NDArray[np.float64]) -> int:
    """Count the decimals that figures were rounded to, 6 at most."""
    known = figures[~np.isnan(figures)]
    for decimals in range(7):
        if np.allclose(known, np.round(known, decimals), rtol=0, atol=1e-9):
            return decimals
    return 6
