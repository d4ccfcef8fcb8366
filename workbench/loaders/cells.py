"""Read values that a format has already typed (sheets, JSON) as the texts of the other files are.

A spreadsheet that kept a code as a number, or a figure as a text, is then told as anywhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pyarrow as pa

from workbench.core.i18n.catalogue import Messages
from workbench.loaders.detection import Detection, detect_rows
from workbench.loaders.dialect import Decision, Dialect
from workbench.loaders.numbers import is_number
from workbench.loaders.parts import part_of_arrays
from workbench.loaders.rows import Row
from workbench.loaders.tabular import Table, gather, refuse, revise

__all__ = ["Cell", "rows_of", "table_of", "text_of"]

Cell = object


def text_of(cell: Cell, decimal: str = ".") -> str:
    """Write a typed value as a text file would hold it.

    Examples
    --------
    >>> from datetime import datetime
    >>> [text_of(each) for each in (1001.0, 0.5, True, None, datetime(2024, 1, 31))]
    ['1001', '0.5', 'true', '', '2024-01-31']
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < 2**53
        return str(int(cell)) if whole else repr(cell).replace(".", decimal)
    if isinstance(cell, datetime):
        has_time = cell.time() != time.min or cell.tzinfo is not None
        return cell.isoformat() if has_time else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    if isinstance(cell, Mapping | list):
        return json.dumps(cell, ensure_ascii=False)
    return str(cell)


def rows_of(grid: Sequence[Sequence[Cell]], *, first: int = 1) -> list[Row]:
    """Write a grid of values as rows of texts, all of the same width."""
    width = max((len(cells) for cells in grid), default=0)
    columns = [[cells[at] if at < len(cells) else None for cells in grid] for at in range(width)]
    texts = [_texts(column) for column in columns]
    if not texts:
        return []
    return [
        Row(number, cells, "\t".join(cells))
        for number, cells in enumerate(zip(*texts, strict=True), start=first)
    ]


def _texts(column: Sequence[Cell]) -> list[str]:
    # Figures typed as texts say which decimal mark the column has.
    commas = any(isinstance(cell, str) and "," in cell and is_number(cell) for cell in column)
    decimal = "," if commas else "."
    return [text_of(cell, decimal) for cell in column]


def table_of(
    rows: Sequence[Row],
    dialect: Dialect,
    name: str,
    *,
    told: Sequence[Decision] = (),
    names: Sequence[str] = (),
    strict: bool = False,
    mend: bool = False,
    lang: str = "en",
    located: bool = False,
) -> Table:
    """Find the table among rows of texts and read it; see `workbench.loaders.tabular.read`.

    Raises
    ------
    LoadingError
    """
    found, data = detect_rows(rows, dialect, name, told=told, names=names)
    found = replace(found, located=located)
    say = Messages(lang)
    while True:
        table = _read(found, data, name, say, mend=mend)
        revised = revise(found, table)
        if revised is None:
            break
        found = revised
    refuse(table, name, strict=strict, located=located)
    return table


def _read(found: Detection, data: Sequence[Row], name: str, say: Messages, *, mend: bool) -> Table:
    arrays = [
        pa.array([row.cells[at] or None for row in data], pa.string()) for at in range(found.width)
    ]
    lines, raw = [row.line for row in data], [row.raw for row in data]
    part = part_of_arrays(arrays, lines, raw, found, mend=mend)
    return gather([part], found, name, say)
