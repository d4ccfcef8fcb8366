"""The checks that French schemas ask for by name beside the rules of Table Schema.

Their names and parameters are those of the validator of schema.data.gouv.fr (`custom_checks`): all
of its eleven checks are here. A blank cell is left to the other rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.geography.atlas import open_atlas
from workbench.geography.territories import plain
from workbench.loaders.checking.hours import not_hours
from workbench.loaders.checking.record import Record
from workbench.loaders.checking.sheet import Cells, Sheet

__all__ = ["CUSTOMS", "GPS", "Custom", "columns_of"]

Words = Mapping[str, Any]
Run = Callable[[Words, Sheet, Record], None]

GPS = "french-gps-coordinates"
"""Check that points are in France: `places` makes it, with the boundaries of the pack."""

# Ten digits; nine when a spreadsheet took the zero away; four of a service, or a short number.
_FRENCH = r"0?[1-9][0-9]{8}|3[0-9]{3}|1[0-9]{1,3}|11[68][0-9]{3}"
_ABROAD = r"(?:\+|00)(?:33[1-9][0-9]{8}|(?!33)[1-9][0-9]{6,14})"
_PHONE = re.compile(f"{_FRENCH}|{_ABROAD}")
_YEARS = re.compile(r"([0-9]{4})(?:/([0-9]{4}))?")
# First level of the nomenclature of the acts that local authorities send to the prefect.
_ACTS = (
    "Commande publique",
    "Urbanisme",
    "Domaine et patrimoine",
    "Fonction publique",
    "Institutions et vie politique",
    "Libertés publiques et pouvoirs de police",
    "Finances locales",
    "Domaines de compétences par thèmes",
    "Autres domaines de compétences",
)


@dataclass(frozen=True, slots=True)
class Custom:
    """Hold a check.

    Parameters
    ----------
    run : callable
        (what the schema says, sheet, record): records the rows that break the rule.
    absent : bool
        Whether a column that is not there counts as blank, in place of leaving the check out.
    """

    run: Run
    absent: bool = False


def columns_of(words: Words) -> list[str]:
    """Name the columns that a check is about.

    Examples
    --------
    >>> columns_of({"column": "a", "othercolumns": ["b", "c"], "op": "<"})
    ['a', 'b', 'c']
    """
    held = [value for key, value in words.items() if "column" in key]
    return [name for each in held for name in (each if isinstance(each, list) else [each])]


def _number_of(kind: str) -> Run:
    """Check a number of the register of companies: its digits, then its key."""

    def check(words: Words, sheet: Sheet, record: Record) -> None:
        name = words["column"]
        cells = sheet.columns[name]
        declared = open_atlas("france").codebook.kinds[kind]
        texts = pd.Series(cells.present, dtype=object)
        shaped = declared.shaped(texts) if len(texts) else np.zeros(0, dtype=bool)
        made = declared.well_made(texts) if len(texts) else shaped
        for rule, wrong in ((f"{kind}_form", ~shaped), (f"{kind}_key", shaped & ~made)):
            record.add_cells(rule, name, cells, set(texts[wrong]).__contains__)

    return check


def _filled(sheet: Sheet, name: str) -> NDArray[np.bool_]:
    cells = sheet.columns.get(name)
    return np.zeros(len(sheet), dtype=bool) if cells is None else cells.filled


def _one_of(words: Words, sheet: Sheet, record: Record) -> None:
    # Published schemas and the validator's manual do not name them alike.
    names = (words.get("column1") or words["column"], words["column2"])
    rows = np.flatnonzero(~np.logical_or(*(_filled(sheet, name) for name in names)))
    record.add("one_of", ", ".join(names), rows, [""] * len(rows))


def _together(words: Words, sheet: Sheet, record: Record) -> None:
    names = [words["column"], *words.get("othercolumns", ())]
    filled = np.array([_filled(sheet, name) for name in names])
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
        near = ", ".join(_SIGNS)
        record.add_column(
            "unchecked", first, fatal=False, name=f"compare-columns-value {sign}", near=near
        )
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
    alone = str(words.get("allow-year-only", "")).lower() in ("yes", "true")

    def wrong(text: str) -> bool:
        found = _YEARS.fullmatch(text)
        return found is None or (not alone if found[2] is None else found[1] >= found[2])

    name = words["column"]
    record.add_cells("years" if alone else "years_two", name, sheet.columns[name], wrong)


def _phone(words: Words, sheet: Sheet, record: Record) -> None:
    def wrong(text: str) -> bool:
        bare = re.sub(r"[\s.\-/()]", "", text.replace("(0)", ""))
        return _PHONE.fullmatch(bare) is None

    name = words["column"]
    record.add_cells("phone", name, sheet.columns[name], wrong)


def _hours(words: Words, sheet: Sheet, record: Record) -> None:
    name = words["column"]
    cells = sheet.columns[name]
    record.add_cells("hours", name, cells, not_hours(cells.present).__contains__)


def _acts(words: Words, sheet: Sheet, record: Record) -> None:
    known = {plain(each) for each in _ACTS}

    def wrong(text: str) -> bool:
        first, slash, rest = text.partition("/")
        spaced = first != first.rstrip() or rest != rest.lstrip()
        return not slash or spaced or plain(first) not in known

    name = words["column"]
    record.add_cells("acts", name, sheet.columns[name], wrong)


def _left_to_places(words: Words, sheet: Sheet, record: Record) -> None:
    """Leave the column to the territorial check, which knows the boundaries."""
    words["column"]


CUSTOMS: Mapping[str, Custom] = {
    "french-siren-value": Custom(_number_of("siren")),
    "french-siret-value": Custom(_number_of("siret")),
    "one-of-required": Custom(_one_of, absent=True),
    "cohesive-columns-value": Custom(_together, absent=True),
    "sum-columns-value": Custom(_sum),
    "compare-columns-value": Custom(_compare),
    "year-interval-value": Custom(_years),
    "phone-number-value": Custom(_phone),
    "opening-hours-value": Custom(_hours),
    "nomenclature-actes-value": Custom(_acts),
    GPS: Custom(_left_to_places),
}
