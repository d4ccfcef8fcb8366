"""The table as CSV: UTF-8, absences marked by their reason, cells that a spreadsheet would run."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from workbench.publishing.columns import MARKS, Column, Table
from workbench.publishing.shapes import well_known_text

__all__ = ["Formula", "cells_of", "csv_text", "formulas"]

# What a spreadsheet takes for the beginning of a formula; a minus before a number is a number.
# Reference: OWASP, CSV Injection.
_RUN: Final = re.compile(
    r"^(?:[=+@\t\r]|-(?![0-9.,\s]*$)(?![0-9]+([.,][0-9]+)?([eE][+-]?[0-9]+)?$))"
)
_SIMPLE: Final = r"^[=+@\-\t\r]"
_SAFE: Final = "'"  # before a cell: a spreadsheet then shows it as it is
_ROWS: Final = 65_536
_ENDED: Final = "\r\n"


@dataclass(frozen=True, slots=True)
class Formula:
    """Tell the cells of a column that a spreadsheet would run.

    Parameters
    ----------
    column : str
    count : int
        Cells; the name of the column counts for one.
    row : int
        First of them, counted from 1; 0 is the name.
    value : str
    """

    column: str
    count: int
    row: int
    value: str


def formulas(table: Table) -> tuple[Formula, ...]:
    """Find the cells that a spreadsheet would run as a formula.

    Examples
    --------
    >>> found = formulas(Table(pa.table({"a": ["-5", "=1+1", "@x", "- no"]}), (
    ...     Column("a", "string", "label", {}),)))
    >>> [(each.count, each.row, each.value) for each in found]
    [(3, 2, '=1+1')]
    """
    return tuple(_formulas(table))


def _formulas(table: Table) -> Iterator[Formula]:
    for column in table.columns:
        found: list[tuple[int, str]] = []
        count = 0
        if _runs(column.name):
            found, count = [(0, column.name)], 1
        if column.type == "string":
            values = table.data.column(column.name)
            # Arrow looks at all; Python only at the few that begin so.
            begun = pc.fill_null(pc.match_substring_regex(values, _SIMPLE), fill_value=False)
            places = pc.indices_nonzero(begun).to_pylist()
            texts = values.take(pa.array(places, pa.int64())).to_pylist()
            cells = [(at + 1, text) for at, text in zip(places, texts, strict=True) if _runs(text)]
            found += cells[:1]
            count += len(cells)
        if count:
            yield Formula(column.name, count, *found[0])


def _runs(text: str) -> bool:
    return _RUN.match(text) is not None


def _safe(text: str) -> str:
    return f"{_SAFE}{text}" if _runs(text) else text


class _Lines(list[str]):
    """Take the rows of a writer, ended by a line feed.

    A writer quotes the cells that hold a part of its own line end: with a line feed alone it would
    leave a carriage return bare, which readers take for the end of a row.
    """

    def write(self, row: str) -> None:
        """Take a row."""
        self.append(row.removesuffix(_ENDED) + "\n")


def csv_text(table: Table, *, spreadsheet_safe: bool = False) -> str:
    r"""Write a table as CSV.

    Parameters
    ----------
    table : Table
    spreadsheet_safe : bool
        Put an apostrophe before each cell that a spreadsheet would run.

    Returns
    -------
    str
        Commas, a line a row ended by a line feed, quotes where they are needed; numbers in full
        precision with a point; an absent figure is one of `MARKS`.

    Examples
    --------
    >>> table = Table(pa.table({"place": ["=A1", "b"], "homes": [5.0, None]}), (
    ...     Column("place", "string", "label", {}), Column("homes", "number", "figure", {})))
    >>> csv_text(table, spreadsheet_safe=True)
    "place,homes\n'=A1,5.0\nb,\n"
    """
    lines = _Lines()
    writer = csv.writer(lines, lineterminator=_ENDED)
    names = [each.name for each in table.columns]
    writer.writerow([_safe(name) for name in names] if spreadsheet_safe else names)
    status_of = table.status_of
    for start in range(0, table.data.num_rows, _ROWS):
        block = table.data.slice(start, _ROWS)
        cells = [
            cells_of(column, block, status_of, spreadsheet_safe=spreadsheet_safe)
            for column in table.columns
        ]
        writer.writerows(zip(*cells, strict=True))
    return "".join(lines)


def cells_of(
    column: Column,
    block: pa.Table,
    status_of: Mapping[str, str],
    *,
    spreadsheet_safe: bool = False,
) -> Sequence[Any]:
    """Return the cells of a column as a text file holds them.

    Parameters
    ----------
    column : Column
    block : pyarrow.Table
        Some rows of the table.
    status_of : mapping of str to str
        The status column of each figure.
    spreadsheet_safe : bool
    """
    array = block.column(column.name)
    values = array.to_pylist()
    if column.type == "geometry":
        return well_known_text(values)
    if column.type in ("date", "datetime"):
        return ["" if value is None else value.isoformat() for value in values]
    if column.type == "boolean":
        return ["" if value is None else str(value).lower() for value in values]
    if column.type == "string":
        texts = ["" if text is None else text for text in values]
        return [_safe(text) for text in texts] if spreadsheet_safe else texts
    if array.null_count and (status := status_of.get(column.name)):
        reasons = block.column(status).to_pylist()
        return [
            MARKS.get(reason, "") if value is None else value
            for value, reason in zip(values, reasons, strict=True)
        ]
    return ["" if value is None else value for value in values]
