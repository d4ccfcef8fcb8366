"""Tables and cubes laid out as cells, and written again with what is hidden taken out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.quantities import status_attributes
from workbench.core.errors import ColumnUnknown, TablesDisagree, UnknownName, nearest
from workbench.core.types import Status
from workbench.disclosure.tables import Dimension, Table

__all__ = ["CubeLayout", "Layout", "TableLayout", "Written", "lay_out"]

Data = xr.Dataset | pd.DataFrame


class Written(NamedTuple):
    """Hold what is written of a variable: its cells, those to hide, those not to call observed."""

    values: NDArray[np.float64]
    hidden: NDArray[np.bool_]
    estimated: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class TableLayout:
    """Place the rows of a table, one a cell, among all cells; a cell without a row is zero."""

    frame: pd.DataFrame
    table: Table
    place: NDArray[np.intp]

    def read(self, name: str, *, blank: bool = False) -> NDArray[np.float64]:
        """Return a column as cells, flat; with `blank`, one without a number is NaN."""
        column = pd.to_numeric(_column(self.frame, name), errors="coerce").to_numpy(float)
        if not blank:
            _refuse_unknown(name, np.isnan(column))
        cells = np.zeros(int(np.prod(self.table.shape)))
        cells[self.place] = column
        return cells

    def write(self, columns: Mapping[str, Written], keep: set[str]) -> pd.DataFrame:
        """Return the table with new values, NaN where hidden, and a status beside each."""
        frame = self.frame[[name for name in self.frame.columns if name in keep]].copy()
        for name, (values, hidden, estimated) in columns.items():
            gone = hidden[self.place]
            frame[name] = np.where(gone, np.nan, values[self.place])
            before = self.frame.get(f"{name}_status")
            status = np.full(len(frame), _word(Status.OBSERVED), object)
            if before is not None:
                status = before.to_numpy(object)
            status = np.where(estimated[self.place], _word(Status.ESTIMATED), status)
            frame[f"{name}_status"] = np.where(gone, _word(Status.SUPPRESSED), status)
        return frame


@dataclass(frozen=True, eq=False)
class CubeLayout:
    """Place the values of a cube's variables among cells."""

    cube: xr.Dataset
    table: Table
    places: tuple[NDArray[np.intp], ...]

    def read(self, name: str, *, blank: bool = False) -> NDArray[np.float64]:
        """Return a variable as cells, flat; with `blank`, one without a number is NaN."""
        if name not in self.cube:
            raise UnknownName(
                f"The cube has no variable {name!r}; {nearest(name, map(str, self.cube))}."
            )
        array = self.cube[name]
        order = list(self.table.dimensions)
        if set(array.dims) != set(order):
            raise TablesDisagree(
                f"Variable {name!r} has the dimensions {sorted(map(str, array.dims))}, where "
                f"{sorted(order)} are expected: those of the variable to protect."
            )
        cells = np.full(self.table.shape, np.nan)
        cells[np.ix_(*self.places)] = array.transpose(*order).to_numpy()
        flat = cells.ravel()
        if not blank:
            _refuse_unknown(name, np.isnan(flat))
        return flat

    def write(self, columns: Mapping[str, Written], keep: set[str]) -> xr.Dataset:
        """Return the cube with new values, NaN where hidden, and the status of each."""
        cube = self.cube.drop_vars([name for name in self.cube if name not in keep])
        order = list(self.table.dimensions)
        for name, written in columns.items():
            before = self.cube[name]
            axes = [order.index(str(dim)) for dim in before.dims]
            new, gone, estimated = (
                each.reshape(self.table.shape)[np.ix_(*self.places)].transpose(axes)
                for each in written
            )
            attrs = {**before.attrs, "ancillary_variables": f"{name}_status"}
            cube[name] = (before.dims, np.where(gone, np.nan, new), attrs)
            old = self.cube.get(f"{name}_status")
            status = np.zeros(gone.shape, np.int8) if old is None else old.to_numpy()
            status = np.where(estimated, np.int8(Status.ESTIMATED), status)
            described = {"long_name": name, "vintage": "", **before.attrs}
            cube[f"{name}_status"] = (
                before.dims,
                np.where(gone, np.int8(Status.SUPPRESSED), status).astype(np.int8),
                status_attributes(described),
            )
        return cube


Layout = TableLayout | CubeLayout


def lay_out(data: Data, variables: Iterable[str], dimensions: Mapping[str, Dimension]) -> Layout:
    """Find the cells of a table or of a cube.

    Parameters
    ----------
    data : Dataset or DataFrame
        A table has one row a cell.
    variables : iterable of str
        Those to protect.
    dimensions : mapping of str to Dimension
        Of a table, every column that tells cells apart. A dimension of a cube that is left out
        has no totals.

    Raises
    ------
    ColumnUnknown, UnknownName
        A column or a position is not there, or is not in its dimension.
    TablesDisagree
        Two rows are of one cell.
    """
    if isinstance(data, pd.DataFrame):
        place = _places(data, dimensions)
        return TableLayout(data, Table(dimensions), place)
    first = next(iter(variables), "")
    if first not in data:
        raise UnknownName(f"The cube has no variable {first!r}; {nearest(first, map(str, data))}.")
    for name in dimensions:
        if name not in data.dims:
            known = nearest(name, map(str, data.dims))
            raise UnknownName(f"The cube has no dimension {name!r}; {known}.")
    texts = {str(name): list(map(str, data[name].to_numpy())) for name in data[first].dims}
    own = {name: dimensions.get(name, Dimension(tuple(each))) for name, each in texts.items()}
    for name, dimension in own.items():
        _match(name, texts[name], dimension)
    places = tuple(
        np.array([dimension.numbers[each] for each in texts[name]], np.intp)
        for name, dimension in own.items()
    )
    return CubeLayout(data, Table(own), places)


def _word(status: Status) -> str:
    return status.name.lower()


def _places(frame: pd.DataFrame, dimensions: Mapping[str, Dimension]) -> NDArray[np.intp]:
    numbers = []
    for name, dimension in dimensions.items():
        texts = _column(frame, name).astype(str)
        _match(name, texts.unique().tolist(), dimension)
        numbers.append(texts.map(dimension.numbers).to_numpy(np.intp))
    if not numbers:
        raise TablesDisagree("No dimension tells the rows of the table apart: name them.")
    shape = tuple(len(dimension.names) for dimension in dimensions.values())
    place = np.ravel_multi_index(tuple(numbers), shape)
    once, counts = np.unique(place, return_counts=True)
    if (counts > 1).any():
        row = int(np.flatnonzero(place == once[counts > 1][0])[1])
        cell = ", ".join(f"{name} {frame[name].iloc[row]}" for name in dimensions)
        raise TablesDisagree(
            f"Two rows are of the same cell ({cell}): row {row + 1} comes again. One row a cell is "
            "expected; is a dimension left out?"
        )
    return np.asarray(place, np.intp)


def _match(name: str, found: Sequence[str], dimension: Dimension) -> None:
    unknown = [each for each in found if each not in dimension.numbers]
    if unknown:
        raise UnknownName(
            f"{name} {unknown[0]!r} is not a position of its dimension "
            f"({nearest(unknown[0], dimension.names)}): {len(unknown)} in all. Give a tree that "
            "holds every one."
        )
    there = set(found)
    lacking = [each for each in dimension.names if each not in there]
    if lacking:
        raise UnknownName(
            f"{name} {lacking[0]!r} has no cell in the data: {len(lacking)} positions in all. Give "
            "trees of what is released, its totals included."
        )


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame:
        known = nearest(name, map(str, frame.columns))
        raise ColumnUnknown(f"The table has no column {name!r}; {known}.")
    return frame[name]


def _refuse_unknown(name: str, absent: NDArray[np.bool_]) -> None:
    if absent.any():
        raise TablesDisagree(
            f"{name}: {int(absent.sum())} cells have no number. What protects a table must know "
            "all of it: give the true figures, or leave out the territories that lack one."
        )
