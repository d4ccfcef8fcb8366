"""Read Parquet: its types are kept, texts are read as those of any file, codes become texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.core.i18n.catalogue import Messages
from workbench.core.reads import note
from workbench.loaders.cells import text_of
from workbench.loaders.detection import Detection
from workbench.loaders.dialect import Column, Decision, Dialect, Role
from workbench.loaders.encodings import Text
from workbench.loaders.errors import FileNotTabular, FileTooLarge, OptionUnknown
from workbench.loaders.geoparquet import geometry_columns, told_systems
from workbench.loaders.headings import Heading
from workbench.loaders.kinds import kind_of_file
from workbench.loaders.markers import Markers, Meaning
from workbench.loaders.objects import follow, invalid, with_problems
from workbench.loaders.parts import part_of_arrays
from workbench.loaders.registry import Loaded
from workbench.loaders.roles import infer
from workbench.loaders.separators import Layout
from workbench.loaders.tabular import OPTIONS, Table, gather, loading, refuse

__all__ = ["load", "open_parquet", "options", "read", "read_columns", "suffixes"]

suffixes = (".parquet", ".pq")
options = (*OPTIONS, "lazy")

_SAMPLE = 500
_BATCH = 2**16
_MOST_BYTES = 8 * 2**30


def read(
    path: Path,
    dialect: Dialect | None = None,
    *,
    strict: bool = False,
    mend: bool = False,
    lang: str = "en",
    located: bool = False,
) -> Table:
    """Read a Parquet file.

    Parameters
    ----------
    path : Path
    dialect : Dialect, optional
        ``roles`` and ``markers``.
    strict, mend, lang, located
        See `workbench.loaders.tabular.read`. A column whose heading says that it holds codes and
        that is stored as numbers is read as texts; `mend` puts their zeros back.

    Raises
    ------
    FileNotTabular
        It is no Parquet, or a damaged one.
    FileTooLarge
        It expands beyond what is read into memory, whatever its own size is.

    Notes
    -----
    The geometries of GeoParquet stay well-known binary, with the metadata of the file.
    """
    note("file", str(path))
    table = _whole(path)
    say = Messages(lang)
    held = geometry_columns(table, path.name)
    rest = table.drop_columns(list(held))
    kept = {
        key.decode("utf-8", "replace"): text.decode("utf-8", "replace")
        for key, text in _metadata(table).items()
    }
    told = (Decision("encoding", "parquet", "the format says types and names"),)
    return read_columns(
        rest,
        path.name,
        dialect,
        geometries=held,
        told=(*told, *told_systems(table)) if held else told,
        metadata={"geo": kept["geo"]} if held else {},
        strict=strict,
        mend=mend,
        located=located,
        say=say,
    )


def read_columns(
    table: pa.Table,
    name: str,
    dialect: Dialect | None,
    *,
    geometries: Mapping[str, pa.ChunkedArray] = MappingProxyType({}),
    told: Sequence[Decision] = (),
    metadata: Mapping[str, str] = MappingProxyType({}),
    strict: bool,
    mend: bool,
    located: bool = False,
    say: Messages,
) -> Table:
    """Read columns that a format has typed.

    Parameters
    ----------
    table : pyarrow.Table
    name : str
        Of the file.
    dialect : Dialect or None
    geometries : mapping of str to pyarrow.ChunkedArray
        Well-known binary, a value a row of `table`: not read as texts, but checked.
    told : sequence of Decision
    metadata : mapping of str to str
        Of the schema of what is returned.
    strict, mend, located, say
        See `read`.
    """
    given = dialect or Dialect()
    markers = Markers({cell: Meaning.of(to) for cell, to in given.markers.items()})
    columns, decisions, arrays, held = [], [], [], {}
    place = _unused(table.column_names) if geometries else ""
    if place:
        # Geometries follow their rows when some are set aside.
        table = table.append_column(place, pa.array(range(table.num_rows), pa.int64()))
    for column_name in table.column_names:
        array = _one(table.column(column_name))
        if _is_status(column_name, table):
            held[column_name] = array
            continue
        column, decision = _decide(column_name, array, given, markers)
        if column.role is Role.CODE and not pa.types.is_dictionary(array.type):
            array = pa.array([text_of(each) or None for each in array.to_pylist()], pa.string())
        columns.append(column)
        arrays.append(array)
        if column_name != place:
            decisions.append(decision)
    names = tuple(column.name for column in columns)
    found = Detection(
        Text("utf-8"),
        Layout("", "", len(names)),
        Heading(0, 0, names, 0, (), len(names)),
        tuple(columns),
        0,
        markers,
        (*told, *decisions),
        (),
        0,
        0,
        located,
    )
    lines = range(1, table.num_rows + 1)
    part = part_of_arrays(arrays, lines, [""] * table.num_rows, found, mend=mend)
    read_table = gather([part], found, name, say)
    if held and read_table.data.num_rows == table.num_rows:
        read_table = _with_statuses(read_table, held)
    if place:
        read_table = follow(read_table, place, geometries, located=located)
        for each, values in geometries.items():
            read_table = with_problems(read_table, invalid(values, each, lines, name, say))
    refuse(read_table, name, strict=strict, located=located)
    data = read_table.data.replace_schema_metadata(dict(metadata) or None)
    return replace(read_table, data=data)


def _unused(names: Sequence[str]) -> str:
    place = "place"
    while place in names:
        place += "_"
    return place


def _metadata(table: pa.Table) -> Mapping[bytes, bytes]:
    return table.schema.metadata or {}


@contextmanager
def open_parquet(path: Path, *, once: Sequence[str] = ()) -> Iterator[pq.ParquetFile]:
    """Open a Parquet file, and say what it is when it is none.

    Parameters
    ----------
    path : Path
    once : sequence of str
        Columns of texts that are read as dictionaries.

    Raises
    ------
    FileNotTabular
    """
    try:
        with pq.ParquetFile(path, read_dictionary=list(once)) as file:
            yield file
    except MemoryError:
        raise  # Arrow's own is one of its errors too
    except (pa.ArrowException, OSError) as error:
        kind = kind_of_file(path)
        told = "is a damaged Parquet file" if kind == "parquet" else f"is no Parquet ({kind})"
        raise FileNotTabular(f"{path.name} {told}: {error}. Fetch it again.") from error


def _whole(path: Path) -> pa.Table:
    """Read a file whole, counting what it expands to: a value is stored once for a million rows."""
    with open_parquet(path) as file:
        schema = file.schema_arrow
    texts = [each.name for each in schema if pa.types.is_string(each.type)]
    batches, size = [], 0
    # Texts that are stored once stay so until they are known to fit.
    with open_parquet(path, once=texts) as file:
        for batch in file.iter_batches(_BATCH, use_threads=False):
            size += sum(map(_expanded, batch.columns))
            if size > _MOST_BYTES:
                raise FileTooLarge(
                    f"{path.name} expands to more than {_MOST_BYTES:,} bytes in memory. Read it "
                    "lazily (`lazily.scan_parquet`)."
                )
            batches.append(batch)
        return pa.Table.from_batches(batches, file.schema_arrow).cast(schema)


def _expanded(column: pa.Array) -> int:
    """Return the bytes of a column whose values are each written out."""
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    if not pa.types.is_string(column.type.value_type):
        return int(column.nbytes)
    lengths = pc.binary_length(column.dictionary).cast(pa.int64())
    return (pc.sum(lengths.take(column.indices)).as_py() or 0) + 4 * len(column)


def _one(column: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
        column = column.cast(pa.string())
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.dictionary(pa.int32(), pa.string()))
    combined = column.combine_chunks()
    if isinstance(combined, pa.ChunkedArray):
        return combined.chunk(0) if combined.num_chunks else pa.array([], column.type)
    return combined


def _is_status(name: str, table: pa.Table) -> bool:
    """Tell whether a column holds the statuses of another one, as this package writes them."""
    base = name.removesuffix("_status")
    return (
        base != name
        and base in table.column_names
        and pa.types.is_uint8(table.schema.field(name).type)
    )


def _decide(
    name: str, array: pa.Array, given: Dialect, markers: Markers
) -> tuple[Column, Decision]:
    kind = array.type
    sample = [text_of(each) for each in array.slice(0, _SAMPLE).to_pylist()]
    column, decision = infer(name, name, sample, given, markers)
    if pa.types.is_string(kind) or pa.types.is_dictionary(kind) or column.role is Role.CODE:
        return column, decision
    role = (
        Role.INTEGER
        if pa.types.is_integer(kind)
        else Role.NUMBER
        if pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        else Role.DATETIME
        if pa.types.is_timestamp(kind)
        else Role.DATE
        if pa.types.is_date(kind)
        else Role.TEXT
    )
    return Column(name, name, role), Decision(f"role of {name}", role.value, f"stored as {kind}")


def _with_statuses(table: Table, held: dict[str, pa.Array]) -> Table:
    """Give back to quantities the statuses that the file holds."""
    data = table.data
    for name, statuses in held.items():
        at = data.schema.get_field_index(name)
        if at >= 0:
            data = data.set_column(at, name, statuses)
        else:
            data = data.append_column(name, statuses)
    return replace(table, data=data)


_load_whole: Callable[..., Loaded] = loading(read)
_SAID = ("expected", "markers", "lang")


def load(path: Path, *, rows: int | None = None, lazy: bool = False, **given: Any) -> Loaded:
    """Read Parquet for the catalogue and its commands; see `read` for the options.

    With ``lazy=True`` the data are a Dask frame, one partition a group of rows.
    """
    if not lazy or rows is not None:
        return _load_whole(path, rows=rows, **given)
    from workbench.loaders.lazily import scan_parquet  # it reads by this module

    # Types and values are those of the file: nothing is decided of it, and what a source says of
    # its columns has nothing to change.
    unfit = [name for name, value in given.items() if value and name not in _SAID]
    if unfit:
        raise OptionUnknown(f"{path.name} is read lazily: no option {unfit[0]!r} then.")
    return Loaded(scan_parquet(path), set_aside=None)
