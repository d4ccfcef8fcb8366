"""Compare the cells of a file with its Table Schema: nothing is converted, all is located."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.errors import nearest
from workbench.geography.territories import plain
from workbench.loaders.checking.customs import CUSTOMS, columns_of
from workbench.loaders.checking.matching import match_all
from workbench.loaders.checking.reading import TYPES
from workbench.loaders.checking.record import MOST, Record
from workbench.loaders.checking.schema import Custom, Field, Schema
from workbench.loaders.checking.sheet import Cells, Sheet
from workbench.loaders.errors import SchemaInvalid

__all__ = ["nearest_of", "validate"]

_SHOWN = 6  # choices of a list that a reason names
_LIKE = 0.75  # likeness from which a choice is proposed in place of another
_EXAMPLES = {
    ("geopoint", "default"): "7.48, 48.34",
    ("geopoint", "array"): "[7.48, 48.34]",
    ("geopoint", "object"): '{"lon": 7.48, "lat": 48.34}',
}


def validate(sheet: Sheet, schema: Schema, record: Record) -> None:
    """Record where a file departs from its schema.

    Parameters
    ----------
    sheet : Sheet
    schema : Schema
    record : Record
    """
    _columns(sheet, schema, record)
    held = {
        field.name: _without(sheet.columns[field.name], schema.missing)
        for field in schema.fields
        if field.name in sheet.columns
    }
    wrong = _against_patterns(held, schema, record)
    for field in schema.fields:
        if field.name in held:
            _cells(held[field.name], field, wrong.get(field.name, frozenset()), record)
    if schema.key and all(name in sheet.columns for name in schema.key):
        _keys(sheet, schema, record)
    for custom in schema.customs:
        _custom(custom, sheet, record)


def _columns(sheet: Sheet, schema: Schema, record: Record) -> None:
    names = [field.name for field in schema.fields]
    extra = [name for name in sheet.columns if name not in names]
    for field in schema.fields:
        if field.name in sheet.columns:
            continue
        like = _like(field.name, extra)
        if like:
            extra.remove(like)
            record.add_column("column_name", like, expected=field.name)
        elif field.required:
            record.add_column("column_missing", field.name)
        else:
            record.add_column("column_optional", field.name, fatal=False)
    for name in extra:
        base = re.sub(r"_[0-9]+$", "", name)
        if base != name and base in names:
            record.add_column("column_twice", base)
        else:
            near = nearest(name, names).removeprefix("nearest: ")
            record.add_column("column_extra", name, fatal=False, near=near)


def _like(name: str, others: list[str]) -> str:
    """Find a heading that is the same but for its case, accents and signs."""
    folded = re.sub(r"[\W_]", "", name).casefold()
    found = (each for each in others if re.sub(r"[\W_]", "", each).casefold() == folded)
    return next(found, "")


def _without(cells: Cells, missing: frozenset[str]) -> Cells:
    """Blank the cells that the schema says hold nothing."""
    texts = np.array(["" if text in missing else text for text in cells.texts], dtype=object)
    return Cells(texts, cells.places)


def _against_patterns(
    held: Mapping[str, Cells], schema: Schema, record: Record
) -> Mapping[str, frozenset[str]]:
    """Return the texts of each column that are not of its pattern; tell the patterns given up."""
    fields = [each for each in schema.fields if each.pattern and each.name in held]
    texts = [held[each.name].present for each in fields]
    fits = match_all([(each.pattern, told) for each, told in zip(fields, texts, strict=True)])
    wrong = {}
    for field, told, good in zip(fields, texts, fits, strict=True):
        if good is None:
            record.add_column("pattern_slow", field.name, fatal=False, pattern=field.pattern[:80])
        else:
            wrong[field.name] = frozenset(
                text for text, fit in zip(told, good, strict=True) if not fit
            )
    return wrong


def _cells(cells: Cells, field: Field, unlike: frozenset[str], record: Record) -> None:
    name, written = field.name, cells.written
    if field.required:
        empty = np.flatnonzero(~cells.filled)
        record.add("required", name, empty, [""] * len(empty))

    def tell(rule: str, wrong: Callable[[str], bool], **words: str) -> None:
        record.add_cells(rule, name, cells, wrong, words=words)

    reader = TYPES[field.type](field.format, field.options)
    values = _read(cells, reader)
    rule = field.format if field.format in ("email", "uri", "uuid") else field.type
    example = field.example or _EXAMPLES.get((field.type, field.format), "")
    if not example and field.type in ("date", "datetime", "time"):
        example = "" if field.format in ("default", "any") else field.format
    tell(f"type_{rule}", lambda text: text not in values, example=example)
    if field.enum:
        shown = ", ".join(field.enum[:_SHOWN]) + ("…" if len(field.enum) > _SHOWN else "")
        allowed = frozenset(field.enum)
        rows = cells.rows(lambda text: text in values and text not in allowed)
        given = written[rows].tolist()
        # Likeness is long to tell: of what is told one by one, once each.
        near = {text: nearest_of(text, field.enum) for text in set(given[:MOST])}
        repairs = [
            record.say("check.write", text=found) if (found := near.get(text)) else ""
            for text in given
        ]
        record.add("enum", name, rows, given, repairs=repairs, words={"choices": shown})
    tell("pattern", unlike.__contains__, example=field.example or field.pattern)
    for key, bound in field.bounds.items():
        broken, limit = _bound(key, bound, reader, values)
        tell({"minLength": "too_short", "maxLength": "too_long"}.get(key, key), broken, limit=limit)
    if field.unique:
        _twice(pd.DataFrame({name: written})[cells.filled], "unique", name, record)


def nearest_of(text: str, choices: tuple[str, ...]) -> str:
    """Return the choice that a text most resembles, empty when none does.

    Examples
    --------
    >>> [nearest_of(each, ("oui", "non")) for each in ("Oui", "no", "inconnu")]
    ['oui', 'non', '']
    """
    folded = {plain(each): each for each in choices}
    found = get_close_matches(plain(text), folded, n=1, cutoff=_LIKE)
    return folded[found[0]] if found else ""


def _read(cells: Cells, reader: Callable[[str], Any]) -> Mapping[str, Any]:
    """Read each distinct text; those that are not of the type are left out."""
    values = {}
    for text in cells.present:
        try:
            values[text] = reader(text)
        except (ValueError, TypeError, RecursionError, OverflowError):
            continue
    return values


def _bound(
    key: str, bound: Any, reader: Callable[[str], Any], values: Mapping[str, Any]
) -> tuple[Callable[[str], bool], str]:
    if key.endswith("Length"):
        size = int(bound)
        if key == "minLength":
            return (lambda text: len(text) < size), str(size)
        return (lambda text: len(text) > size), str(size)
    limit = reader(str(bound))

    def comparable(value: Any) -> bool:
        return not (isinstance(value, Decimal) and value.is_nan())

    if key == "minimum":
        return (
            lambda text: text in values and comparable(values[text]) and values[text] < limit
        ), str(bound)
    return (lambda text: text in values and comparable(values[text]) and values[text] > limit), str(
        bound
    )


def _keys(sheet: Sheet, schema: Schema, record: Record) -> None:
    frame = pd.DataFrame({name: sheet.columns[name].written for name in schema.key})
    for name in schema.key:
        empty = np.flatnonzero(~sheet.columns[name].filled)
        if not any(each.name == name and each.required for each in schema.fields):
            record.add("key_empty", name, empty, [""] * len(empty))
    filled = np.logical_and.reduce([sheet.columns[name].filled for name in schema.key])
    _twice(frame[filled], "key", ", ".join(schema.key), record)


def _twice(frame: pd.DataFrame, rule: str, column: str, record: Record) -> None:
    """Record the rows whose values were met before, and where."""
    again = frame.duplicated().to_numpy()
    if not again.any():
        return
    groups = frame.groupby(list(frame.columns), sort=False).ngroup().to_numpy()
    _, first = np.unique(groups, return_index=True)
    rows = frame.index.to_numpy()
    before = record.lines[rows[first[groups[again]]]].tolist()
    values = [" / ".join(each) for each in frame[again].itertuples(index=False, name=None)]
    words = [record.told(rule, {"line": str(line)}) for line in before]
    record.add(rule, column, rows[again], values, reasons=words)


def _custom(custom: Custom, sheet: Sheet, record: Record) -> None:
    check = CUSTOMS.get(custom.name)
    if check is None:
        near = nearest(custom.name, CUSTOMS).removeprefix("nearest: ")
        record.add_column("unchecked", "", fatal=False, name=custom.name, near=near)
        return
    try:
        names = columns_of(custom.words)
        absent = [name for name in names if name not in sheet.columns]
        if not absent or (check.absent and len(absent) < len(names)):
            check.run(custom.words, sheet, record)
        elif len(absent) < len(names):
            lacking = ", ".join(absent)
            record.add_column("uncompared", lacking, fatal=False, name=custom.name)
    except (KeyError, TypeError) as error:
        raise SchemaInvalid(
            f"The schema asks for check {custom.name!r} without saying what it needs ({error})."
        ) from error
