"""The checks that French schemas ask for by name beside the rules of Table Schema.

Their names and parameters are those of the validator of schema.data.gouv.fr (`custom_checks`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd

from workbench.geography.atlas import open_atlas
from workbench.loaders.checking.record import Record
from workbench.loaders.checking.sheet import Cells, Sheet

__all__ = ["CUSTOMS"]

Words = Mapping[str, Any]
Custom = Callable[[Words, Sheet, Record], None]

_PHONE = re.compile(r"(?:(?:\+|00)[0-9]{1,3}|0)[0-9]{6,12}|[0-9]{4}|[0-9]{9}")
_YEARS = re.compile(r"([0-9]{4})(?:[-/]([0-9]{4}))?")


def _number_of(kind: str) -> Custom:
    """Check a number of the register of companies: its digits, then its key."""

    def check(words: Words, sheet: Sheet, record: Record) -> None:
        name = words["column"]
        cells = sheet.columns[name]
        declared = open_atlas("france").codebook.kinds[kind]
        texts = pd.Series(cells.present, dtype=object)
        shaped = declared.shaped(texts) if len(texts) else np.zeros(0, dtype=bool)
        made = declared.well_made(texts) if len(texts) else shaped
        for rule, wrong in ((f"{kind}_form", ~shaped), (f"{kind}_key", shaped & ~made)):
            told = set(texts[wrong])
            rows = cells.rows(told.__contains__)
            record.add(rule, name, rows, cells.written[rows].tolist())

    return check


def _one_of(words: Words, sheet: Sheet, record: Record) -> None:
    first, second = words["column1"], words["column2"]
    filled = sheet.columns[first].filled | sheet.columns[second].filled
    rows = np.flatnonzero(~filled)
    record.add("one_of", f"{first}, {second}", rows, [""] * len(rows))


def _together(words: Words, sheet: Sheet, record: Record) -> None:
    names = [words["column"], *words.get("othercolumns", ())]
    filled = np.array([sheet.columns[name].filled for name in names])
    rows = np.flatnonzero(filled.any(axis=0) & ~filled.all(axis=0))
    record.add("together", ", ".join(names), rows, [""] * len(rows))


def _figures(cells: Cells) -> list[Decimal | None]:
    found: dict[str, Decimal | None] = {}
    for text in cells.texts.tolist():
        try:
            number = Decimal(text)
            found[text] = number if number.is_finite() else None
        except InvalidOperation:
            found[text] = None
    return [found[text] for text in cells.written.tolist()]


def _sum(words: Words, sheet: Sheet, record: Record) -> None:
    total, names = words["column"], words["columns"]
    columns = [_figures(sheet.columns[name]) for name in (total, *names)]
    rows, values, reasons = [], [], []
    for row, (whole, *parts) in enumerate(zip(*columns, strict=True)):
        known = [part for part in parts if part is not None]
        if whole is not None and len(known) == len(parts) and whole != sum(known):
            rows.append(row)
            values.append(str(whole))
            reasons.append(record.told("sum", {"sum": str(sum(known)), "names": ", ".join(names)}))
    record.add("sum", total, rows, values, reasons=reasons)


_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
}


def _compare(words: Words, sheet: Sheet, record: Record) -> None:
    first, second, sign = words["column"], words["column2"], words["op"]
    if sign not in _SIGNS:
        record.add_column("unchecked", first, fatal=False, name=f"compare-columns-value {sign}")
        return
    a, b = sheet.columns[first], sheet.columns[second]
    numbers = zip(_figures(a), _figures(b), a.written, b.written, strict=True)
    rows = [
        row
        for row, (x, y, left, right) in enumerate(numbers)
        if left
        and right
        # Dates of ISO 8601 are in the order of their texts.
        and not _SIGNS[sign](*((x, y) if x is not None and y is not None else (left, right)))
    ]
    values = [f"{a.written[row]} / {b.written[row]}" for row in rows]
    record.add("compare", f"{first}, {second}", rows, values, words={"sign": sign})


def _years(words: Words, sheet: Sheet, record: Record) -> None:
    cells = sheet.columns[words["column"]]

    def wrong(text: str) -> bool:
        found = _YEARS.fullmatch(text)
        return found is None or (found[2] is not None and found[1] >= found[2])

    rows = cells.rows(wrong)
    record.add("years", words["column"], rows, cells.written[rows].tolist())


def _phone(words: Words, sheet: Sheet, record: Record) -> None:
    cells = sheet.columns[words["column"]]
    rows = cells.rows(lambda text: _PHONE.fullmatch(re.sub(r"[\s.\-()]", "", text)) is None)
    record.add("phone", words["column"], rows, cells.written[rows].tolist())


CUSTOMS: Mapping[str, Custom] = {
    "french-siren-value": _number_of("siren"),
    "french-siret-value": _number_of("siret"),
    "one-of-required": _one_of,
    "cohesive-columns-value": _together,
    "sum-columns-value": _sum,
    "compare-columns-value": _compare,
    "year-interval-value": _years,
    "phone-number-value": _phone,
}
