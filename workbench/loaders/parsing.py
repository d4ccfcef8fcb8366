"""Parse the text of a piece into columns of texts, and know on which line each row is.

Arrow parses a piece whose quotes are clean; a piece that has others is cut row by row.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from workbench.loaders.detection import Detection
from workbench.loaders.dialect import Column
from workbench.loaders.pieces import count_lines
from workbench.loaders.rows import Row, quotes_are_clean, split_lines, split_rows
from workbench.loaders.typed import first_type

__all__ = ["Fault", "Known", "Lines", "Parsed", "parse"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Locate something wrong, before it is put in words."""

    line: int
    column: str
    value: str
    message: str
    repair: str = ""
    fatal: bool = True
    found: int = 0
    expected: int = 0


@dataclass(frozen=True, slots=True)
class Parsed:
    """Hold columns of texts, and where each row is."""

    arrays: Sequence[pa.Array]
    numbers: NDArray[np.int64]  # of each row among the records of the piece, from 0
    records: int
    faults: tuple[Fault, ...]
    bad: tuple[tuple[int, str, str], ...]  # line (or record, when negative), message, text
    lines: NDArray[np.int64] | None = None


def parse(text: bytes, found: Detection, line: int) -> Parsed:
    """Parse a piece.

    Parameters
    ----------
    text : bytes
        UTF-8, without the heading and the notes.
    found : Detection
    line : int
        Number of its first line.
    """
    layout = found.layout
    if not text.strip(b"\r\n"):
        empty = [pa.array([], pa.string()) for _ in range(found.width)]
        return Parsed(empty, np.zeros(0, np.int64), 0, (), ())
    if found.width > 1 and quotes_are_clean(text, layout.separator, layout.quote):
        for direct in (True, False):
            try:
                parsed = _fast(text, found, direct=direct)
            except pa.ArrowInvalid:
                continue
            if parsed is not None:
                return parsed
            break
    return _careful(text, found, line)


def _fast(text: bytes, found: Detection, *, direct: bool) -> Parsed | None:
    """Parse with Arrow; None when some rows can be mended, which it does not do."""
    layout, bad = found.layout, []
    names = [str(at) for at in range(found.width)]
    decimal = next((column.decimal for column in found.columns if column.many), ".")
    # Arrow knows one decimal mark a file: numbers written with another are read as texts.
    types = [
        pa.string()
        if column.many and (not direct or column.decimal != decimal)
        else first_type(column)
        for column in found.columns
    ]
    types += [pa.string()] * found.padding

    def refuse(row: arrow_csv.InvalidRow) -> str:
        bad.append((row.number - 1, row.actual_columns, row.text))
        return "skip"

    table = arrow_csv.read_csv(
        io.BytesIO(text),
        arrow_csv.ReadOptions(use_threads=False, block_size=len(text) + 1, column_names=names),
        arrow_csv.ParseOptions(
            delimiter=layout.separator,
            quote_char=layout.quote or False,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=refuse,
        ),
        arrow_csv.ConvertOptions(
            column_types=dict(zip(names, types, strict=True)),
            strings_can_be_null=True,
            null_values=[""],
            decimal_point=decimal,
        ),
    )
    for _, _, raw in bad:
        cells = next(split_rows(raw, layout.separator, layout.quote)).cells
        if len(cells) > found.width and not any(c.strip() for c in cells[found.width :]):
            return None
        if found.padding and found.width - found.padding <= len(cells) < found.width:
            return None
    arrays = [_one(table.column(at)) for at in range(found.width)]
    if any(
        pa.types.is_floating(a.type) and not pc.all(pc.is_finite(a)).as_py()
        for a in arrays
        if len(a) > a.null_count
    ):
        raise pa.ArrowInvalid("a number that is none")
    records = table.num_rows + len(bad)
    numbers = np.delete(np.arange(records), [number for number, _, _ in bad])
    wrong = tuple((-1 - number, f"width:{count}", raw) for number, count, raw in bad)
    return Parsed(arrays, numbers, records, (), wrong)


def _one(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined


def _careful(text: bytes, found: Detection, line: int) -> Parsed:
    """Parse row by row, and lose only the rows that cannot be read."""
    layout, width, least = found.layout, found.width, found.width - found.padding
    rows: list[Sequence[str]] = []
    lines: list[int] = []
    bad, faults, records = [], [], 0
    every = split_rows(
        text.decode("utf-8", "replace"), layout.separator, layout.quote, width=width, first=line
    )
    for row in every:
        records += 1
        cells = row.cells
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            faults.append(Fault(row.line, "", row.raw[:80], "blank_cells", fatal=False))
            cells = cells[:width]
        elif least <= len(cells) < width or (len(cells) == 1 and row.is_blank):
            cells = (*cells, *("",) * (width - len(cells)))
        if row.fault:
            bad.append((row.line, row.fault, row.raw))
        elif len(cells) != width:
            bad.append((row.line, f"width:{len(cells)}", row.raw))
        else:
            rows.append(cells)
            lines.append(row.line)
            if row.mended >= 0:
                faults.append(_mended(row, found.columns))
    columns = list(zip(*rows, strict=True)) or [()] * width
    arrays = [pa.array([cell or None for cell in cells], pa.string()) for cells in columns]
    at = np.array(lines, np.int64)
    return Parsed(arrays, np.arange(len(rows)), records, tuple(faults), tuple(bad), at)


def _mended(row: Row, columns: Sequence[Column]) -> Fault:
    at = min(row.mended, len(columns) - 1)
    value = row.cells[at]
    return Fault(row.line, columns[at].name, value, "quotes_not_doubled", value, fatal=False)


class Lines:
    """Know on which line each record of a piece begins; worked out only when asked."""

    def __init__(self, text: bytes, found: Detection, first: int, parsed: Parsed) -> None:
        self._text, self._found, self._first, self._parsed = text, found, first, parsed
        self._starts: NDArray[np.int64] | None = None
        self._raw: list[str] | None = None

    def of_rows(self) -> NDArray[np.int64]:
        """Return the line of each row that was parsed."""
        if self._parsed.lines is not None:
            return self._parsed.lines
        return self.of_records()[self._parsed.numbers]

    def of_records(self) -> NDArray[np.int64]:
        """Return the line of each record, good or bad."""
        if self._starts is None:
            count = self._parsed.records
            ends = count_lines(self._text) + (not self._text.endswith((b"\n", b"\r")))
            if ends == count:
                self._starts = self._first + np.arange(count, dtype=np.int64)
            else:
                layout = self._found.layout
                rows = split_rows(
                    self._text.decode("utf-8", "replace"),
                    layout.separator,
                    layout.quote,
                    width=self._found.width,
                    first=self._first,
                )
                self._starts = np.array([row.line for row in rows], np.int64)
        return self._starts

    def text_at(self, line: int) -> str:
        """Return a line as it is written."""
        if self._raw is None:
            self._raw = split_lines(self._text.decode("utf-8", "replace"))
        at = line - self._first
        return self._raw[at] if 0 <= at < len(self._raw) else ""


class Known:
    """Know on which line each row is because its format says it."""

    def __init__(self, lines: NDArray[np.int64], raw: Sequence[str]) -> None:
        self._lines = lines
        self._raw: dict[int, str] = dict(zip(lines.tolist(), raw, strict=True))

    def of_rows(self) -> NDArray[np.int64]:
        """Return the line of each row."""
        return self._lines

    def of_records(self) -> NDArray[np.int64]:
        """Return the line of each row, none of which is lost."""
        return self._lines

    def text_at(self, line: int) -> str:
        """Return a row as it is written."""
        return self._raw.get(line, "")
