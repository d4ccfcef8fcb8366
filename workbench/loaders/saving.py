"""Write tables and cubes as Parquet or Zarr: a code is text, stored once and pointed at.

A cube becomes one row a cell, a block of its first dimension in memory at a time.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr
from numpy.typing import NDArray

from workbench.core.errors import DirectoryNotWritable, MissingExtra
from workbench.loaders.errors import DialectInvalid
from workbench.loaders.lazily import written_aside
from workbench.loaders.registry import Loaded

if TYPE_CHECKING:
    import dask.dataframe as dd

__all__ = ["decoded", "to_parquet", "to_zarr"]

_ROWS = 2**20
_CODES = "codes"  # the attribute that names the variable of the texts
_TEXTS = "OUST"  # kinds of NumPy


def to_parquet(data: Loaded | pa.Table | xr.Dataset | dd.DataFrame, target: Path | str) -> Path:
    """Write a table or a cube as Parquet, its codes as dictionaries.

    Parameters
    ----------
    data : Loaded, pyarrow.Table, Dataset or Dask DataFrame
        What `wb.load` returns, or its data. The variables of a cube are all on the same
        dimensions, and each coordinate is a column. A lazy table is written a partition at a
        time, its texts as dictionaries.
    target : Path or str

    Returns
    -------
    Path
        The target.

    Raises
    ------
    DialectInvalid
        The variables are on different dimensions, or the data are of another kind.
    DirectoryNotWritable

    Examples
    --------
    >>> cube = xr.Dataset({"pop": (("territory", "period"), [[5, 6]])},
    ...     coords={"territory": ["01001"], "period": [2022, 2023]})
    >>> table = pq.read_table(to_parquet(cube, Path(tempfile.mkdtemp(), "a.parquet")))
    >>> str(table.schema.field("territory").type), table.column("pop").to_pylist()
    ('dictionary<values=string, indices=int32, ordered=0>', [5, 6])
    """
    target, data = Path(target), _data_of(data)
    with written_aside(target) as draft:
        if isinstance(data, pa.Table):
            pq.write_table(data, draft, compression="zstd", row_group_size=_ROWS)
        elif isinstance(data, xr.Dataset):
            _write_cube(data, draft)
        else:
            _write_frame(data, draft)
    return target


def _data_of(data: Any) -> Any:
    """Return a table, a cube or a lazy table, out of what was loaded."""
    found = data.data if isinstance(data, Loaded) else data
    if isinstance(found, pa.Table | xr.Dataset) or hasattr(found, "partitions"):
        return found
    raise DialectInvalid(
        f"What is to be written is {type(found).__name__}: give what `wb.load` returns, a "
        "pyarrow.Table, an xarray.Dataset or a Dask DataFrame."
    )


def _write_frame(frame: dd.DataFrame, draft: Path) -> None:
    """Write a lazy table, a partition in memory at a time."""
    schema = _coded(pa.Table.from_pandas(frame._meta, preserve_index=False)).schema
    with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        for part in frame.partitions:
            table = pa.Table.from_pandas(part.compute(), preserve_index=False)
            writer.write_table(_coded(table).cast(schema), row_group_size=_ROWS)


def _coded(table: pa.Table) -> pa.Table:
    """Store each text once."""
    for at, field in enumerate(table.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            column = table.column(at).cast(pa.string()).dictionary_encode()
            table = table.set_column(at, field.name, column)
    return table.replace_schema_metadata()


def _write_cube(data: xr.Dataset, draft: Path) -> None:
    dims = {variable.dims for variable in data.data_vars.values()}
    if len(dims) != 1:
        told = ", ".join(str(each) for each in sorted(dims, key=str)) or "none"
        raise DialectInvalid(
            f"The variables are on different dimensions ({told}), where one table needs them on "
            "the same: choose some (data[[…]])."
        )
    order = dims.pop()
    held = {
        str(name): _dictionary(each.values)
        for name, each in data.coords.items()
        if each.dtype.kind in _TEXTS
    }
    writer = None
    try:
        for block in _blocks(data, str(order[0]) if order else ""):
            table = _rows(block, tuple(map(str, order)), held)
            writer = writer or pq.ParquetWriter(draft, table.schema, compression="zstd")
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _blocks(data: xr.Dataset, first: str) -> list[xr.Dataset]:
    """Cut a cube along its first dimension; nothing of it is read yet."""
    if not first:
        return [data]
    rest = max(int(np.prod([size for name, size in data.sizes.items() if name != first])), 1)
    step = max(_ROWS // rest, 1)
    starts = range(0, max(data.sizes[first], 1), step)
    return [data.isel({first: slice(start, start + step)}) for start in starts]


def _rows(
    block: xr.Dataset, order: tuple[str, ...], held: dict[str, tuple[NDArray[Any], pa.Array]]
) -> pa.Table:
    """Write a block as rows, in the order of its dimensions."""
    block = block.compute()
    whole = [block.sizes[name] for name in order]
    columns: dict[str, pa.Array] = {}
    for name, variable in (*block.coords.items(), *block.data_vars.items()):
        key = str(name)
        shape = [block.sizes[dim] if dim in variable.dims else 1 for dim in order]
        values = variable.transpose(*(dim for dim in order if dim in variable.dims)).values
        if key in held:
            known, texts = held[key]
            flat = np.searchsorted(known, values.astype(known.dtype)) if len(known) else values
            spread = np.broadcast_to(np.reshape(flat, shape), whole).ravel()
            columns[key] = pa.DictionaryArray.from_arrays(pa.array(spread, pa.int32()), texts)
        else:
            columns[key] = pa.array(np.broadcast_to(np.reshape(values, shape), whole).ravel())
    return pa.table(columns)


def _dictionary(values: NDArray[Any]) -> tuple[NDArray[Any], pa.Array]:
    known = np.unique(np.asarray(values).astype(str))
    return known, pa.array(known.tolist(), pa.string())


def to_zarr(data: Loaded | pa.Table | xr.Dataset, target: Path | str) -> Path:
    """Write a table or a cube as a folder of Zarr, its texts stored once.

    A text that is not on a dimension of its own is a number that points at one of the texts of
    the variable that its attribute ``codes`` names; :mod:`workbench.loaders.grid` reads it back as
    text. Computing goes on piece by piece.

    Parameters
    ----------
    data : Loaded, pyarrow.Table or Dataset
        What `wb.load` returns, or its data.
    target : Path or str
        It must not be there: it appears at the end, whole.

    Returns
    -------
    Path
        The target.

    Raises
    ------
    MissingExtra
        zarr is not installed.
    DialectInvalid
        A variable holds neither numbers nor texts (geometries), or the table is lazy.
    FileExistsError, DirectoryNotWritable
    """
    target, data = Path(target), _data_of(data)
    if not isinstance(data, pa.Table | xr.Dataset):
        raise DialectInvalid("A lazy table is written as Parquet (to_parquet), not as Zarr.")
    try:
        import zarr  # noqa: F401 - xarray writes by it
    except ImportError:
        raise MissingExtra(
            "Writing Zarr needs the package zarr: install territorial-workbench[grids], or write "
            "Parquet."
        ) from None
    if target.exists():
        raise FileExistsError(f"{target} is there already: choose a new folder.")
    cube = _encoded(_dataset(data) if isinstance(data, pa.Table) else data)
    try:
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".out-"))
    except OSError as error:
        raise DirectoryNotWritable.because(target.parent, error) from error
    try:
        cube.to_zarr(draft / "out", zarr_format=2, consolidated=True)
        (draft / "out").replace(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _dataset(table: pa.Table) -> xr.Dataset:
    columns = {}
    for name in table.column_names:
        column = table.column(name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        columns[name] = ("row", column.to_numpy())
    return xr.Dataset(columns)


def _encoded(data: xr.Dataset) -> xr.Dataset:
    """Point at texts rather than repeat them; one that is missing is -1."""
    made = data
    for name, variable in data.variables.items():
        if variable.dims in ((), (name,)) or variable.dtype.kind not in _TEXTS:
            continue
        values = np.asarray(variable.values, dtype=object)
        flat = values.ravel()
        missing = np.array([each is None or each != each for each in flat], bool)  # None, NaN
        if not all(isinstance(each, str) for each in flat[~missing]):
            raise DialectInvalid(
                f"{name} holds neither numbers nor texts, which Zarr does not keep as they are: "
                "leave it out, or write Parquet."
            )
        known, index = np.unique(np.where(missing, "", flat).astype(str), return_inverse=True)
        places: NDArray[np.int32] = np.where(missing, -1, index).astype(np.int32)
        place = f"{name}_{_CODES}"
        if place in data.variables:
            raise DialectInvalid(f"The name {place!r} is taken: rename that variable.")
        pointing = (variable.dims, places.reshape(values.shape), {**variable.attrs, _CODES: place})
        made = _assigned(made, str(name), pointing).assign_coords({place: known})
    return made


def decoded(data: xr.Dataset) -> xr.Dataset:
    """Give back to variables the texts that they point at, lazily; see :func:`to_zarr`."""
    used = []
    for name, variable in data.variables.items():
        place = variable.attrs.get(_CODES)
        if place is None or place not in data.coords or variable.dtype.kind != "i":
            continue
        texts = np.append(data.coords[place].values.astype(object), [None])
        kept = {key: value for key, value in variable.attrs.items() if key != _CODES}
        given = xr.apply_ufunc(
            texts.__getitem__, data[name].variable, dask="parallelized", output_dtypes=[object]
        )
        data = _assigned(data, str(name), (variable.dims, given.data, kept))
        used.append(place)
    return data.drop_vars(used)


def _assigned(data: xr.Dataset, name: str, given: tuple[Any, ...]) -> xr.Dataset:
    """Put a variable in the place of another, among the coordinates if that one is."""
    return data.assign_coords({name: given}) if name in data.coords else data.assign({name: given})
