"""Read files larger than memory: a Dask frame of their pieces, or a Parquet file written in a go.

Neither holds more than a few pieces at a time. Codes are dictionaries in the Parquet file, texts in
the frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core import aside
from workbench.core.errors import DirectoryNotWritable
from workbench.core.i18n.catalogue import Messages
from workbench.core.reads import note
from workbench.loaders.columnar import open_parquet
from workbench.loaders.detection import Detection, detect
from workbench.loaders.dialect import Column, Dialect, Role
from workbench.loaders.encodings import is_wide
from workbench.loaders.errors import TableRefused
from workbench.loaders.kinds import kind_of_file, must_be_rows
from workbench.loaders.parts import Part, read_part
from workbench.loaders.pieces import PIECE, Piece, as_bytes, cut, read_bytes
from workbench.loaders.tabular import Table, gather, read_parts, refuse, revise
from workbench.loaders.typed import arrow_type

if TYPE_CHECKING:
    import dask.dataframe as dd

__all__ = [
    "Lazy",
    "pieces_of",
    "read_piece",
    "scan",
    "scan_parquet",
    "schema_of",
    "write_parquet",
    "written_aside",
]

_ROW_GROUP = 2**20


@dataclass(frozen=True, slots=True)
class Lazy:
    """Hold a file that is read when it is computed.

    Parameters
    ----------
    frame : dask.dataframe.DataFrame
        One partition a piece of the file. Rows that cannot be read are left out of it; `check`
        counts and locates them.
    path : Path
    found : Detection
    dialect : Dialect
        What the caller said, and the roles that were detected.
    lang : str
    """

    frame: dd.DataFrame
    path: Path
    found: Detection
    dialect: Dialect
    lang: str = "en"

    def check(self) -> Table:
        """Go through the whole file, and return its problems without its rows."""
        summary = _summary(self.path, self.found, Messages(self.lang), mend=False)
        assert isinstance(summary, Table)  # noqa: S101 - nothing is written
        return summary

    def to_parquet(self, target: Path) -> Table:
        """Write the file as Parquet, codes as dictionaries; see `write_parquet`."""
        return write_parquet(self.path, target, self.dialect, lang=self.lang)


def scan(
    path: Path, dialect: Dialect | None = None, *, lang: str = "en", size: int = PIECE
) -> Lazy:
    r"""Read a file of rows lazily.

    Parameters
    ----------
    path : Path
    dialect : Dialect, optional
        What is known of the file; the rest is detected.
    lang : str
        Language of the problems.
    size : int
        Bytes of a partition.

    Raises
    ------
    LoadingError
        The file cannot be read; the message says where and why. A partition raises when it
        contradicts the role that a sample gave to a column.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "towns.csv")
    >>> _ = path.write_text("code;pop\n01001;5\n01002;7\n", "utf-8")
    >>> lazy = scan(path)
    >>> int(lazy.frame["pop"].sum().compute())
    12
    """
    import dask.dataframe as dd

    note("file", str(path))
    found, pieces = pieces_of(path, dialect, size=size)
    meta = _frame(schema_of(found.columns).empty_table())
    frame = dd.from_map(_partition, pieces, path=path, found=found, lang=lang, meta=meta)
    roles = {column.name: column.role.value for column in found.columns}
    return Lazy(frame, path, found, replace(dialect or Dialect(), roles=roles), lang)


def pieces_of(
    path: Path, dialect: Dialect | None = None, *, size: int = PIECE
) -> tuple[Detection, list[Piece]]:
    """Find how a file of rows is written, and cut it into pieces for `read_piece`.

    Raises
    ------
    LoadingError
        The file cannot be read; the message says where and why.
    """
    must_be_rows(kind_of_file(path), path.name)
    found = detect(path, dialect)
    if is_wide(found.text.encoding):
        raise TableRefused(
            f"{path.name} is in {found.text.encoding}, which is not read lazily: read it whole, or "
            "write it as Parquet first (write_parquet)."
        )
    return found, [piece for piece, _ in cut(path, found.text, found.layout.quote, size=size)]


def scan_parquet(path: Path) -> dd.DataFrame:
    """Read a Parquet file lazily, one partition a group of rows, codes as texts.

    Raises
    ------
    FileNotTabular
        It is no Parquet, or a damaged one.
    """
    import dask.dataframe as dd

    note("file", str(path))
    with open_parquet(path) as file:
        count, schema = file.num_row_groups, file.schema_arrow
    meta = _frame(schema.empty_table())
    frame: dd.DataFrame = dd.from_map(_row_group, range(count), path=path, meta=meta)
    return frame


def _row_group(number: int, *, path: Path) -> pd.DataFrame:
    with open_parquet(path) as file:
        return _frame(file.read_row_group(number, use_threads=False))


def _partition(piece: Piece, *, path: Path, found: Detection, lang: str) -> pd.DataFrame:
    return _frame(read_piece(piece, path=path, found=found, lang=lang).table)


def read_piece(piece: Piece, *, path: Path, found: Detection, lang: str) -> Part:
    """Read a piece of a file, its table in the types that a sample told.

    Raises
    ------
    TableRefused
        It contradicts the role that the sample gave to a column.
    """
    part = read_part(read_bytes(path, piece), found, line=piece.line, is_last=piece.is_last)
    say = Messages(lang)
    wrong = revise(found, gather([part], found, path.name, say)) or _widened(part, found)
    if wrong is not None:
        roles = {
            new.name: new.role.value
            for old, new in zip(found.columns, wrong.columns, strict=True)
            if old.role is not new.role
        }
        raise TableRefused(
            f"{path.name}, from line {piece.line}: the cells are not what a sample of the file "
            f"told. Give the roles of these columns: Dialect(roles={roles!r})."
        )
    return replace(part, table=part.table.cast(schema_of(found.columns)))


def _frame(table: pa.Table) -> pd.DataFrame:
    """Turn a table into pandas: codes as texts, whole numbers that may lack as ``Int64``."""
    columns = {}
    for field in table.schema:
        column = table.column(field.name)
        if pa.types.is_dictionary(field.type):
            column = column.cast(pa.string())
        if pa.types.is_int64(field.type):
            columns[field.name] = column.to_pandas(types_mapper=lambda _: pd.Int64Dtype())
        else:
            columns[field.name] = column.to_pandas(date_as_object=False)
    return pd.DataFrame(columns)


def schema_of(columns: tuple[Column, ...]) -> pa.Schema:
    """Return the schema of a table whose columns are these."""
    fields = []
    for column in columns:
        fields.append(pa.field(column.name, arrow_type(column)))
        if column.role.is_quantity:
            fields.append(pa.field(f"{column.name}_status", pa.uint8()))
    return pa.schema(fields)


def write_parquet(
    path: Path,
    target: Path,
    dialect: Dialect | None = None,
    *,
    strict: bool = False,
    mend: bool = False,
    lang: str = "en",
) -> Table:
    r"""Write a file of rows as typed Parquet, a few pieces in memory at a time.

    Parameters
    ----------
    path, target : Path
        The rows that are set aside are written beside, as ``<target>.set_aside.parquet``.
    dialect, strict, mend, lang
        See `workbench.loaders.tabular.read`.

    Returns
    -------
    Table
        What was found, without the rows.

    Raises
    ------
    LoadingError
        The file cannot be read; the message says where and why.
    DirectoryNotWritable
        Nor the target written.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "towns.csv").write_text("code;pop\n01001;5\n01002;s\n", "utf-8")
    >>> write_parquet(folder / "towns.csv", folder / "towns.parquet").rows
    2
    >>> str(pq.read_schema(folder / "towns.parquet").field("code").type)
    'dictionary<values=string, indices=int32, ordered=0>'
    """
    note("file", str(path))
    must_be_rows(kind_of_file(path), path.name)
    found = detect(path, dialect)
    say = Messages(lang)
    with written_aside(target) as draft:
        while True:
            summary = _summary(path, found, say, mend=mend, target=draft)
            revised = summary if isinstance(summary, Detection) else revise(found, summary)
            if revised is None:
                break
            found = revised
        assert isinstance(summary, Table)  # noqa: S101 - else it was revised
        refuse(summary, path.name, strict=strict)
    if summary.set_aside.num_rows:
        with written_aside(target.with_name(f"{target.name}.set_aside.parquet")) as draft:
            pq.write_table(summary.set_aside, draft, compression="zstd")
    return summary


@contextmanager
def written_aside(target: Path) -> Iterator[Path]:
    """Give a file to write beside another, and say of a folder that takes none what to do."""
    with aside.written_aside(target) as draft:
        try:
            draft.touch()
        except OSError as error:
            raise DirectoryNotWritable.because(target.parent, error) from error
        yield draft


def _summary(
    path: Path, found: Detection, say: Messages, *, mend: bool, target: Path | None = None
) -> Table | Detection:
    """Go through a file, write its rows when there is a target, and keep what is said of them.

    Returns
    -------
    Table or Detection
        A detection when a column of whole numbers turns out to have decimals: it cannot be written
        as what it was.
    """
    schema = schema_of(found.columns)
    kept: list[Part] = []
    count = 0
    with as_bytes(path, found.text) as (source, text):
        writer = (
            pq.ParquetWriter(target, schema, compression="zstd", compression_level=1)
            if target
            else None
        )
        try:
            for part in read_parts(source, replace(found, text=text), mend=mend):
                widened = _widened(part, found)
                if widened is not None and writer is not None:
                    return widened
                if writer is not None:
                    writer.write_table(part.table, row_group_size=_ROW_GROUP)
                count += part.table.num_rows
                kept.append(replace(part, table=part.table.slice(0, 0)))
        finally:
            if writer is not None:
                writer.close()
    return gather(kept, found, path.name, say, count=count)


def _widened(part: Part, found: Detection) -> Detection | None:
    """Return what was found, with decimals where a piece has some in a column of whole numbers."""
    columns = tuple(
        replace(column, role=Role.NUMBER)
        if column.role is Role.INTEGER
        and pa.types.is_floating(part.table.schema.field(column.name).type)
        else column
        for column in found.columns
    )
    return None if columns == found.columns else replace(found, columns=columns)
