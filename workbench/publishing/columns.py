"""The one table of a publication: a cube or a data frame as described columns and a key.

Every format and every vocabulary of metadata is written from it, so that they tell the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import xarray as xr
from numpy.typing import NDArray

from workbench.core.errors import ColumnUnknown, PublicationInvalid, nearest
from workbench.core.types import Kind, Status
from workbench.publishing.about import texts
from workbench.publishing.origins import Data, figures_of

__all__ = ["MARKS", "Column", "Role", "Table", "tabulate"]

Role = Literal["key", "label", "figure", "status", "geometry"]

MARKS: Final[Mapping[str, str]] = {"missing": "", "suppressed": "s", "not_applicable": "n/a"}
"""What a text file holds in place of a figure, by the reason why there is none."""

_STATUS = {int(status): status.name.lower() for status in Status}


@dataclass(frozen=True, slots=True)
class Column:
    """Describe a column.

    Parameters
    ----------
    name : str
    type : {"string", "integer", "number", "boolean", "date", "datetime", "geometry"}
    role : {"key", "label", "figure", "status", "geometry"}
    title, description : mapping of str to str
        By language.
    unit : str
        Unit of the workbench; empty without.
    choices : tuple of str
        The only values that there may be.
    whole : bool
        Every row has a value.
    """

    name: str
    type: str
    role: Role
    title: Mapping[str, str]
    description: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    choices: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True)
class Table:
    """Hold the rows of a publication and what they mean.

    Parameters
    ----------
    data : pyarrow.Table
        Figures that are absent are null.
    columns : tuple of Column
    key : tuple of str
        Columns that tell rows apart; empty when nothing is said to.
    """

    data: pa.Table
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """Return the description of a column."""
        return next(each for each in self.columns if each.name == name)

    @property
    def status_of(self) -> Mapping[str, str]:
        """Return the status column of each figure that has one."""
        names = {each.name for each in self.columns if each.role == "status"}
        return {
            each.name: f"{each.name}_status"
            for each in self.columns
            if f"{each.name}_status" in names
        }

    def absences(self) -> tuple[str, ...]:
        """Name the reasons why figures are absent, among those of `MARKS`, in its order."""
        found = {"missing"} if any(not each.whole for each in self.columns) else set()
        for name in self.status_of.values():
            found |= set(self.data.column(name).unique().to_pylist())
        return tuple(reason for reason in MARKS if reason in found)


def tabulate(data: Data, about: Mapping[str, Any] | None = None) -> Table:
    """Lay released data out as one table.

    Parameters
    ----------
    data : Dataset or DataFrame
        A cube gives one row a cell: its dimensions are the key. The named index of a data frame
        is its key.
    about : mapping, optional
        ``columns`` and ``key``, as a publisher's file has them.

    Raises
    ------
    ColumnUnknown
        `about` names a column that is not there.
    PublicationInvalid
        Variables are on different dimensions, a column holds values of no known type, an infinite
        figure, or the key does not tell rows apart.

    Examples
    --------
    >>> cube = xr.Dataset({"homes": (("territory", "period"), [[5.0, 6.0]])},
    ...     coords={"territory": ["01001"], "period": [2022, 2023]})
    >>> table = tabulate(cube)
    >>> table.key, table.data.to_pylist()[1]
    (('territory', 'period'), {'territory': '01001', 'period': 2023, 'homes': 6.0})
    """
    given = dict(about or {})
    made = _of_cube(data) if isinstance(data, xr.Dataset) else _of_frame(data)
    said = given.get("columns", {})
    names = made.data.column_names
    for name in (*said, *given.get("key", ())):
        if name not in names:
            raise ColumnUnknown(f"The data have no column {name!r}; {nearest(name, names)}.")
    key = tuple(given.get("key", made.key))
    columns = tuple(_told(each, said.get(each.name, {}), key) for each in made.columns)
    table = Table(made.data, columns, key)
    _check(table)
    return table


def _told(column: Column, said: Mapping[str, Any], key: Sequence[str]) -> Column:
    """Complete a column by what is said of it."""
    role: Role = "key" if column.name in key else column.role
    return replace(
        column,
        role=role,
        title=texts(said["title"]) if "title" in said else column.title,
        description=texts(said["description"]) if "description" in said else column.description,
        unit=said.get("unit", column.unit),
    )


def _of_cube(cube: xr.Dataset) -> Table:
    cube = cube.compute()
    layouts = {cube[name].dims for name in figures_of(cube)}
    if len(layouts) != 1:
        told = ", ".join(sorted(str(each) for each in layouts)) or "none"
        raise PublicationInvalid(
            f"The variables are on different dimensions ({told}), where one table needs them on "
            "the same: publish some (data[[…]]), or each group apart."
        )
    order = tuple(str(dim) for dim in layouts.pop())
    names = [
        *order,
        *(str(n) for n in cube.coords if n not in order),
        *(str(n) for n in cube.data_vars),
    ]
    shape = tuple(cube.sizes[dim] for dim in order)
    for name, coordinate in cube.coords.items():
        if not set(coordinate.dims) <= set(order):
            raise PublicationInvalid(
                f"Coordinate {name} is on {coordinate.dims}, beside the figures ({order}): leave "
                f"it out (data.drop_vars({str(name)!r})), or publish it apart."
            )
    arrays, columns = {}, []
    for name in names:
        # A dimension without a coordinate numbers its places.
        variable = cube[name].transpose(*(dim for dim in order if dim in cube[name].dims))
        wide = [cube.sizes[dim] if dim in variable.dims else 1 for dim in order]
        values = np.broadcast_to(variable.to_numpy().reshape(wide), shape).ravel()
        role: Role = "key" if name in order else "label" if name in cube.coords else "figure"
        made = _column(name, values, variable.attrs, role, names)
        arrays[name] = made[0]
        columns.append(made[1])
    return Table(pa.table(arrays), tuple(columns), order)


def _of_frame(frame: pd.DataFrame) -> Table:
    key = tuple(str(name) for name in frame.index.names if name is not None)
    if key:
        frame = frame.reset_index()
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise PublicationInvalid(f"Two columns are named {twice[0]!r}: rename one of them.")
    frame = frame.set_axis(names, axis=1)
    arrays, columns = {}, []
    for name in names:
        values = frame[name].to_numpy()
        role: Role = "key" if name in key else "figure" if values.dtype.kind in "iuf" else "label"
        # A data frame keeps nothing beside a column: what is known of it comes with the call.
        arrays[name], column = _column(name, values, {}, role, names)
        columns.append(column)
    return Table(pa.table(arrays), tuple(columns), key)


def _column(
    name: str, values: NDArray[Any], attrs: Mapping[Any, Any], role: Role, names: Sequence[str]
) -> tuple[pa.Array, Column]:
    """Write values as an Arrow array, and describe them."""
    base = name.removesuffix("_status")
    is_status = base != name and base in names
    if is_status:
        values, role = _status_texts(name, values), "status"
    array, kind = _array(name, values)
    if kind == "number" and attrs.get("kind") == Kind.COUNT and _are_whole(values):
        array, kind = array.cast(pa.int64()), "integer"
    if kind == "geometry":
        role = "geometry"
    return array, Column(
        name,
        kind,
        role,
        texts(str(attrs.get("long_name", name))),
        texts(str(attrs["comment"])) if attrs.get("comment") else {},
        "" if is_status else str(attrs.get("units", "")),
        tuple(_STATUS.values()) if is_status else (),
        array.null_count == 0,
    )


def _status_texts(name: str, values: NDArray[Any]) -> NDArray[Any]:
    """Spell statuses out: a file is read without the list of numbers at hand."""
    known = set(_STATUS.values())
    found = {
        value: value if value in known else _STATUS.get(_integer(value), "")
        for value in pd.unique(pd.Series(values.ravel()))
    }
    for value, text in found.items():
        if not text:
            raise PublicationInvalid(
                f"Column {name} holds {value!r}, which is no status: expected one of "
                f"{', '.join(_STATUS.values())}."
            )
    spelt: NDArray[Any] = pd.Series(values.ravel()).map(found).to_numpy(dtype=object)
    return spelt


def _integer(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return -1


_TYPES = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "number"),
    (pa.types.is_decimal, "number"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "datetime"),
    (pa.types.is_string, "string"),
    (pa.types.is_binary, "geometry"),
)


def _array(name: str, values: NDArray[Any]) -> tuple[pa.Array, str]:
    try:
        array = pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise PublicationInvalid(
            f"Column {name} holds values of several types ({error}). Give it one."
        ) from error
    if pa.types.is_null(array.type) or pa.types.is_large_string(array.type):
        array = array.cast(pa.string())
    if pa.types.is_floating(array.type):
        infinite = np.flatnonzero(np.isinf(np.asarray(values, float)))
        if infinite.size:
            row = infinite[0] + 1
            raise PublicationInvalid(
                f"Column {name}, row {row}: an infinite figure, which no format shares with the "
                "others. Make it absent, with its reason in a status."
            )
        array = array.cast(pa.float64())
    for test, kind in _TYPES:
        if test(array.type):
            return array, kind
    raise PublicationInvalid(
        f"Column {name} holds {array.type}, where texts, numbers, booleans, dates or geometries "
        "(well-known binary) are published. Leave it out, or write it as one of these."
    )


def _are_whole(values: NDArray[Any]) -> bool:
    known = values[~np.isnan(values)]
    return bool((known == np.round(known)).all())


def _check(table: Table) -> None:
    if not table.data.num_columns or not table.data.num_rows:
        raise PublicationInvalid("There is no row to publish.")
    if not table.key:
        return
    rows = table.data.select(list(table.key)).to_pandas()
    lacking = [name for name in table.key if rows[name].isna().any()]
    if lacking:
        raise PublicationInvalid(f"Column {lacking[0]} is of the key and lacks values.")
    twice = rows[rows.duplicated()]
    if len(twice):
        first = ", ".join(f"{name} {value}" for name, value in twice.iloc[0].items())
        raise PublicationInvalid(
            f"The key ({', '.join(table.key)}) does not tell rows apart: {first} comes twice. "
            "Complete it (key, in the file of --about), or put the rows together."
        )
