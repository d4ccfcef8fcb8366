"""Check rows against each other: those that come twice, and totals that are not the sums."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.core.i18n import format_number
from workbench.loaders.checking.record import Record
from workbench.loaders.checking.sheet import Cells, Sheet
from workbench.loaders.numbers import is_number

__all__ = ["check_rows"]

_LEAST_COLUMNS = 2  # of one column alone, equal rows are no copies


def check_rows(sheet: Sheet, record: Record) -> None:
    """Record the rows that repeat another, and the totals among the rows."""
    if len(sheet) > 1 and len(sheet.columns) >= _LEAST_COLUMNS:
        _copies(sheet, record)
    for line, cells in sheet.totals:
        _total(line, cells, sheet, record)


def _copies(sheet: Sheet, record: Record) -> None:
    frame = pd.DataFrame({at: each.places for at, each in enumerate(sheet.columns.values())})
    again = np.flatnonzero(frame.duplicated().to_numpy())
    if not len(again):
        return
    groups = frame.groupby(list(frame.columns), sort=False).ngroup().to_numpy()
    _, first = np.unique(groups, return_index=True)
    lines = sheet.lines[first[groups[again]]].tolist()
    name = next(iter(sheet.columns))
    values = sheet.columns[name].written[again].tolist()
    reasons = [record.told("row_twice", {"line": str(line)}) for line in lines]
    record.add("row_twice", "", again, values, reasons=reasons, fatal=False)


def _total(line: int, cells: Mapping[str, str], sheet: Sheet, record: Record) -> None:
    label = next((text for text in cells.values() if text), "")
    record.add_line("total_row", line, "", label, fatal=False)
    if len(sheet.totals) > 1:
        return  # subtotals: nobody says of which rows
    for name, text in cells.items():
        written = sheet.columns[name]
        numbers = [_figure(each) for each in written.present]
        if not is_number(text) or not numbers or any(map(math.isnan, numbers)):
            continue
        found = _sum(written)
        said = _figure(text)
        if math.isclose(found, said, rel_tol=1e-9, abs_tol=0.005) or _rate(written):
            continue
        told = format_number(found, 0 if found == round(found) else 2, record.lang)
        record.add_line("total_differs", line, name, text, fatal=False, sum=told)


def _figure(text: str) -> float:
    try:
        return float("".join(text.split()).replace(",", "."))
    except ValueError:
        return math.nan


def _sum(cells: Cells) -> float:
    counts = np.bincount(cells.places, minlength=len(cells.texts)).tolist()
    return math.fsum(
        _figure(text) * count
        for text, count in zip(cells.texts.tolist(), counts, strict=True)
        if text
    )


def _rate(cells: Cells) -> bool:
    """Tell whether figures are rates, which do not add up: they have decimals."""
    return any("," in text or "." in text for text in cells.present)
