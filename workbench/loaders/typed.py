"""Turn the texts of a column into values and statuses, each distinct text read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.core.types import Status
from workbench.loaders.codes import KINDS, read_code
from workbench.loaders.dates import Moment, read_date
from workbench.loaders.dialect import Column, Role
from workbench.loaders.markers import Markers
from workbench.loaders.numbers import NumberForm, is_number, read_numbers, unit_of

__all__ = ["Typed", "arrow_type", "first_type", "type_column"]

_EXACT = 2**53  # beyond, a float skips integers
_CODE = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, slots=True)
class Typed:
    """Hold a column that has been read.

    Parameters
    ----------
    values : pyarrow array
    statuses : pyarrow uint8 array or None
        Of a quantity.
    faults : dict of str to (str, str, bool)
        Texts that are not what the column holds, or were mended: message, repair, fatal.
    texts : pyarrow array
        What the file says.
    marked : dict of str to str
        Markers found, and their meaning.
    units : dict of str to str
        Units taken off, and a text that has each.
    """

    values: pa.Array
    statuses: pa.Array | None
    faults: dict[str, tuple[str, str, bool]]
    texts: pa.Array
    marked: dict[str, str]
    units: dict[str, str] = field(default_factory=dict)


def arrow_type(column: Column) -> pa.DataType:
    """Return the type that a column has once it is read."""
    if column.role is Role.DATETIME:
        return pa.timestamp("us", "UTC" if column.zoned else None)
    types = {
        Role.CODE: _CODE,
        Role.TEXT: pa.string(),
        Role.INTEGER: pa.int64(),
        Role.NUMBER: pa.float64(),
        Role.DATE: pa.date32(),
    }
    return types[column.role]


def first_type(column: Column) -> pa.DataType:
    """Return the type that the parser of CSV reads a column as, before it is looked at."""
    if column.many:
        return pa.float64()
    return pa.string() if column.role is Role.TEXT else _CODE


def type_column(texts: pa.Array, column: Column, markers: Markers, *, mend: bool) -> Typed:
    """Read a column.

    Parameters
    ----------
    texts : pyarrow array of string, of dictionary, or of float (already read)
    column : Column
    markers : Markers
    mend : bool
        Whether repairs that are sure replace what is wrong.

    Examples
    --------
    >>> column = Column("pop", "pop", Role.INTEGER)
    >>> typed = type_column(pa.array(["5", "s", None]), column, Markers(), mend=False)
    >>> typed.values.to_pylist(), typed.statuses.to_pylist()
    ([5, None, None], [0, 4, 5])
    """
    if column.role is Role.TEXT:
        return Typed(texts, None, {}, texts, {})
    if not (pa.types.is_string(texts.type) or pa.types.is_dictionary(texts.type)):
        return Typed(texts, _observed(texts) if column.role.is_quantity else None, {}, texts, {})
    if not pa.types.is_dictionary(texts.type):
        texts = pc.dictionary_encode(texts)
    reader = _READERS[column.role]
    return reader(texts, column, markers, mend)


def _observed(values: pa.Array) -> pa.Array:
    missing = pc.is_null(values)
    return pc.if_else(
        missing, pa.scalar(Status.MISSING, pa.uint8()), pa.scalar(Status.OBSERVED, pa.uint8())
    )


def _codes(texts: pa.DictionaryArray, column: Column, markers: Markers, mend: bool) -> Typed:
    distinct = texts.dictionary
    odd = pc.match_substring_regex(distinct, r"^[\s=']|\s$")
    if column.kind:
        pattern = f"^(?:{KINDS[column.kind][0].pattern})$"
        odd = pc.or_(odd, pc.invert(pc.match_substring_regex(distinct, pattern)))
    faults: dict[str, tuple[str, str, bool]] = {}
    kept: dict[int, str] = {}
    for number in np.flatnonzero(odd.to_numpy(zero_copy_only=False)).tolist():
        text = distinct[number].as_py()
        code = read_code(text, column.kind)
        if not code.reason:
            continue
        mended = mend and bool(code.repair)
        faults[text] = (code.reason, code.repair, code.fatal and not mended)
        kept[number] = code.repair if mended else code.text
    if kept:
        words = distinct.to_pylist()
        for number, text in kept.items():
            words[number] = text
        replaced = pa.array(words, pa.string()).take(texts.indices)
        return Typed(replaced.dictionary_encode().cast(_CODE), None, faults, texts, {})
    return Typed(texts.cast(_CODE), None, faults, texts, {})


def _quantities(texts: pa.DictionaryArray, column: Column, markers: Markers, mend: bool) -> Typed:
    form = NumberForm(column.decimal, column.thousands, column.unit)
    read = read_numbers(texts.dictionary, form, markers)
    distinct = texts.dictionary
    bad = (distinct[at].as_py() for at in np.flatnonzero(read.bad).tolist())
    faults = {text: _number_fault(text, form) for text in bad}
    values = _take(read.values, texts.indices, np.nan)
    statuses = _take(read.statuses, texts.indices, np.uint8(Status.MISSING))
    missing = np.isnan(values)
    if column.role is Role.INTEGER and _are_whole(read.values):
        whole = np.where(missing, 0, values).astype(np.int64)
        array = pa.array(whole, pa.int64(), mask=missing)
    else:
        array = pa.array(values, pa.float64(), mask=missing)
    told = pa.array(statuses, pa.uint8())
    return Typed(array, told, faults, texts, read.marked, read.units)


def _number_fault(text: str, form: NumberForm) -> tuple[str, str, bool]:
    """Say what is wrong with a text of a column of numbers."""
    if form.unit and unit_of(text) not in ("", form.unit):
        return "other_unit", "", True
    other = {",": ".", ".": ","}[form.decimal]
    if is_number(text) and text.count(other) == 1 and form.decimal not in text:
        return "other_decimal", text.replace(other, form.decimal), True
    return "not_number", "", True


def _are_whole(values: NDArray[np.float64]) -> bool:
    known = values[~np.isnan(values)]
    return bool(np.all(known == np.round(known)) and np.all(np.abs(known) < _EXACT))


def _take(values: NDArray[np.generic], indices: pa.Array, absent: object) -> NDArray[np.generic]:
    """Spread the values of distinct texts over the rows."""
    padded = np.append(values, np.asarray([absent], dtype=values.dtype))
    rows = pc.fill_null(indices, len(values)).to_numpy(zero_copy_only=False)
    spread: NDArray[np.generic] = padded[rows]
    return spread


def _dates(texts: pa.DictionaryArray, column: Column, markers: Markers, mend: bool) -> Typed:
    faults: dict[str, tuple[str, str, bool]] = {}
    marked: dict[str, str] = {}
    values: list[object] = []
    timed = column.role is Role.DATETIME
    for text in texts.dictionary.to_pylist():
        read = read_date(text, column.date_order, markers)
        value = None
        if read is None:
            meaning = markers.meaning(text)
            if text.strip():
                marked[text] = meaning.name if meaning else "missing"
        elif isinstance(read, str):
            faults[text] = ("not_date", "", True)
        elif timed:
            value = _time(read, zoned=column.zoned)
            if value is None:
                faults[text] = ("no_zone", "", True)
        elif read.time is not None and read.time.time() != read.time.min.time():
            faults[text] = ("time_in_date", read.day.isoformat(), not mend)
            value = read.day if mend else None
        else:
            value = read.day
        values.append(value)
    distinct = pa.array(values, arrow_type(column))
    return Typed(distinct.take(texts.indices), None, faults, texts, marked)


def _time(moment: Moment, *, zoned: bool) -> object:
    if moment.time is None:
        # Midnight is what a date alone says among times; with zones, it says nothing.
        return None if zoned else moment.day
    if not zoned:
        return moment.time
    return moment.time.astimezone(UTC) if moment.time.tzinfo else None


_READERS: dict[Role, Callable[[pa.DictionaryArray, Column, Markers, bool], Typed]] = {
    Role.CODE: _codes,
    Role.INTEGER: _quantities,
    Role.NUMBER: _quantities,
    Role.DATE: _dates,
    Role.DATETIME: _dates,
}
