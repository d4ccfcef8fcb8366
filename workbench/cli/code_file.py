"""Read a table of text for the check of codes, and write it again with one column repaired.

What is not repaired stays as it is: bytes of the lines of a CSV file, columns and metadata of a
Parquet file.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.errors import DirectoryNotWritable, FileUnreadable, OutputExists
from workbench.loaders.encodings import detect_encoding, is_wide
from workbench.loaders.kinds import kind_of_file, must_be_rows
from workbench.loaders.separators import detect_layout

__all__ = ["CodeFile", "open_code_file"]

_SAMPLE = 1_000
_CHUNK = 1 << 20
_LAYOUT = 1 << 14  # letters, for the separator
_BYTES = "surrogateescape"  # those that the encoding lacks are written again as they are


class CodeFile(Protocol):
    """Give the columns of a file as text, and write it with one of them repaired."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""

    @property
    def told(self) -> Mapping[str, str]:
        """What was found of the way it is written."""

    def samples(self) -> Mapping[int, list[str]]:
        """Return the first values of each column."""

    def without_header(self) -> CodeFile:
        """Return the file with its first line taken for data."""

    def column(self, place: int) -> tuple[list[str | None], list[int]]:
        """Return the values of a column, and the line of each."""

    def write(self, place: int, repairs: Mapping[str, str], target: Path) -> int:
        """Write the file with the texts of a column replaced; return the rows written."""


def open_code_file(path: Path) -> CodeFile:
    """Open a CSV or a Parquet file.

    Raises
    ------
    FileUnreadable, FileNotTabular, TextUnreadable
        When there is none, or it is of a format that is not read.
    """
    if not path.is_file():
        raise FileUnreadable(f"There is no file {path}. Give the path of a CSV or Parquet file.")
    kind = kind_of_file(path)
    if kind == "parquet":
        return ParquetFile(path)
    must_be_rows(kind, path.name)
    with path.open("rb") as handle:
        start = handle.read(_CHUNK)
    start = start[: start.rfind(b"\n") + 1] or start  # no letter is cut
    text, _ = detect_encoding([start])
    if is_wide(text.encoding):
        raise FileUnreadable(
            f"{path} is in {text.encoding}, which is not written again line by line. Save it as "
            "CSV UTF-8, and check that."
        )
    encoding = "utf-8-sig" if text.mark else text.encoding
    layout, _ = detect_layout(start[text.mark :].decode(text.encoding, "replace")[:_LAYOUT])
    file = CsvFile(path, encoding, layout.separator)
    first = next((record.cells for record in file.records() if record.cells), [])
    return replace(file, names=tuple(first))


@dataclass(frozen=True, slots=True)
class _Record:
    """Hold a row of a CSV file: its line, its text with its end, its cells."""

    line: int
    text: str
    cells: list[str]


@dataclass(frozen=True)
class CsvFile:
    """Read a CSV file, row after row."""

    path: Path
    encoding: str
    separator: str
    names: tuple[str, ...] = ()
    header: bool = True

    @property
    def told(self) -> Mapping[str, str]:
        """Return encoding and separator."""
        return {"encoding": self.encoding, "separator": self.separator}

    def without_header(self) -> CsvFile:
        """Take the first line for data, and number the columns."""
        numbers = tuple(str(place + 1) for place in range(len(self.names)))
        return replace(self, names=numbers, header=False)

    def records(self) -> Iterator[_Record]:
        """Give the records, header included; a blank line has no cell."""
        taken: list[str] = []
        with self.path.open(encoding=self.encoding, errors=_BYTES, newline="") as handle:

            def lines() -> Iterator[str]:
                for line in handle:
                    taken.append(line)
                    yield line

            reader, line = csv.reader(lines(), delimiter=self.separator), 1
            while True:
                try:
                    cells = next(reader, None)
                except csv.Error as error:
                    raise FileUnreadable(
                        f"{self.path}, line {line}: {error}. A quote may be left open there: "
                        "close it, and check again."
                    ) from error
                if cells is None:
                    return
                yield _Record(line, "".join(taken), cells)
                line += len(taken)
                taken.clear()

    def rows(self) -> Iterator[_Record]:
        """Give the records of data."""
        records = (record for record in self.records() if record.cells)
        if self.header:
            next(records, None)
        return records

    def samples(self) -> Mapping[int, list[str]]:
        """Return the first values of each column."""
        found: dict[int, list[str]] = {place: [] for place in range(len(self.names))}
        for count, record in enumerate(self.rows()):
            if count == _SAMPLE:
                break
            for place, cell in zip(found, record.cells, strict=False):
                found[place].append(cell)
        return found

    def column(self, place: int) -> tuple[list[str | None], list[int]]:
        """Return a column; rows that are too short hold nothing there."""
        values: list[str | None] = []
        lines = []
        for record in self.rows():
            values.append(record.cells[place] if place < len(record.cells) else None)
            lines.append(record.line)
        return values, lines

    def write(self, place: int, repairs: Mapping[str, str], target: Path) -> int:
        """Write the file again, its other lines as they are."""
        count, first = 0, self.header
        with (
            _written(target) as aside,
            aside.open("x", encoding=self.encoding, errors=_BYTES, newline="") as handle,
        ):
            for record in self.records():
                text = record.text
                if record.cells and not first:
                    count += 1
                    if place < len(record.cells) and record.cells[place] in repairs:
                        text = self._repaired(record, place, repairs)
                first = first and not record.cells
                handle.write(text)
        return count

    def _repaired(self, record: _Record, place: int, repairs: Mapping[str, str]) -> str:
        """Put a cell in place of another, the others as they are written, quotes included."""
        body = record.text.rstrip("\r\n")
        code = repairs[record.cells[place]]
        apart = re.escape(self.separator)
        cell = re.compile(rf'("(?:[^"]|"")*"[^{apart}]*|[^{apart}]*)(?:{apart}|$)', re.DOTALL)
        written = [found[1] for found in cell.finditer(body)][: len(record.cells)]
        if self.separator.join(written) != body:
            # Quotes that are not as usual: the cells are kept, not the way they are written.
            written = [f'"{each.replace(chr(34), chr(34) * 2)}"' for each in record.cells]
        quoted = written[place].startswith('"') or self.separator in code
        written[place] = f'"{code}"' if quoted else code
        return self.separator.join(written) + record.text[len(body) :]


@dataclass(frozen=True)
class ParquetFile:
    """Read a Parquet file; rows are numbered from 1."""

    path: Path

    @property
    def schema(self) -> pa.Schema:
        """Return the columns and their types."""
        with self._opened() as file:
            return file.schema_arrow

    @contextmanager
    def _opened(self) -> Iterator[pq.ParquetFile]:
        try:
            with pq.ParquetFile(self.path) as file:
                yield file
        except (pa.ArrowException, OSError) as error:
            raise FileUnreadable(
                f"{self.path} begins as a Parquet file and cannot be read: {error}. "
                "It may have been cut off: fetch it again."
            ) from error

    def _read(self, columns: list[str] | None) -> pa.Table:
        with self._opened() as file:
            return file.read(columns=columns, use_threads=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.schema.names)

    @property
    def told(self) -> Mapping[str, str]:
        """Return the type of each column."""
        return {"columns": ", ".join(f"{field.name}: {field.type}" for field in self.schema)}

    def without_header(self) -> ParquetFile:
        """Return itself: names are no data."""
        return self

    def samples(self) -> Mapping[int, list[str]]:
        """Return the first values of each column that holds single values."""
        fields = enumerate(self.schema)
        return {
            place: [text or "" for text in self.column(place)[0][:_SAMPLE]]
            for place, field in fields
            if not pa.types.is_nested(field.type)
        }

    def column(self, place: int) -> tuple[list[str | None], list[int]]:
        """Return a column as the text of its values."""
        values = self._read([self.names[place]]).column(0).to_pylist()
        texts = [
            value if value is None or isinstance(value, str) else str(value) for value in values
        ]
        return texts, list(range(1, len(texts) + 1))

    def write(self, place: int, repairs: Mapping[str, str], target: Path) -> int:
        """Write the file again with this column as text, the others as they are."""
        table = self._read(None)
        texts, _ = self.column(place)
        fixed = [text if text is None else repairs.get(text, text) for text in texts]
        field = table.schema.field(place)
        fresh = pa.field(field.name, pa.string(), metadata=field.metadata)
        table = table.set_column(place, fresh, pa.array(fixed, pa.string()))
        with _written(target) as aside:
            pq.write_table(table, aside)
        return int(table.num_rows)


@contextmanager
def _written(target: Path) -> Iterator[Path]:
    """Give a file aside, that is moved in place when the block ends; nothing is overwritten."""
    if target.exists():
        raise OutputExists(f"{target} exists, and is not written over: give another name.")
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield aside
        # A link, unlike a renaming, fails where a file has come meanwhile.
        os.link(aside, target)
    except FileExistsError as error:
        raise OutputExists(
            f"{target} exists, and is not written over: give another name."
        ) from error
    except OSError as error:
        raise DirectoryNotWritable.because(target.parent, error) from error
    finally:
        aside.unlink(missing_ok=True)
