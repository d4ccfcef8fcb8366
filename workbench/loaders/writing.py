"""Tell how the figures and the dates of a file are written: marks, units, signs, totals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from workbench.loaders.dates import date_shape
from workbench.loaders.dialect import Column, Decision, Dialect, Role
from workbench.loaders.numbers import SPACES

__all__ = ["told_markers", "told_totals", "told_units", "told_writing"]

_NAMED = 3  # columns that an evidence names


def told_writing(
    columns: Sequence[Column], cells: Sequence[Sequence[str]], given: Dialect
) -> Iterator[Decision]:
    """Tell the decimal mark, what parts thousands, and the order of dates.

    Parameters
    ----------
    columns : sequence of Column
    cells : sequence of sequence of str
        A sample of each column.
    given : Dialect
        What the caller said.

    Examples
    --------
    >>> column = Column("pop", "pop", Role.NUMBER, decimal=",")
    >>> for each in told_writing([column], [["1 234,5", "12"]], Dialect()):
    ...     print(each.key, each)
    decimal ',' (such as '1 234,5', in pop)
    thousands ' ' (such as '1 234,5', in pop)
    """
    marks: dict[str, dict[str, list[tuple[str, str]]]] = {}

    def note(key: str, value: str, text: str, column: Column) -> None:
        marks.setdefault(key, {}).setdefault(value, []).append((text, column.name))

    for column, texts in zip(columns, cells, strict=True):
        if column.role.is_quantity:
            parted = re.compile(rf"\d([{re.escape(column.thousands)}{SPACES}])\d{{3}}(?!\d)")
            if text := next((each for each in texts if _parts(each, column.decimal)), ""):
                note("decimal", repr(column.decimal), text.strip(), column)
            if found := next(filter(None, map(parted.search, texts)), None):
                note("thousands", repr(found[1]), found.string.strip(), column)
        elif column.role in (Role.DATE, Role.DATETIME):
            # A date that begins by its year has one reading.
            text = next((each for each in texts if date_shape(each) == "parts"), "")
            if text:
                note("date order", column.date_order, text.strip(), column)
    said = {"decimal": given.decimal, "thousands": given.thousands, "date order": given.date_order}
    for key, values in marks.items():
        evidence = "; ".join(_such(value, each, len(values)) for value, each in values.items())
        told = evidence if said[key] is None else "given"
        yield Decision(key, " or ".join(values), told, 1.0 if len(values) == 1 else 0.8)


def _parts(text: str, mark: str) -> bool:
    """Tell whether a mark is before a digit: "800 hab." has no decimal."""
    return re.search(rf"{re.escape(mark)}\d", text) is not None


def _such(value: str, found: Sequence[tuple[str, str]], values: int) -> str:
    names = _some([name for _, name in found])
    which = f"{value} " if values > 1 else ""
    return f"{which}such as {found[0][0]!r}, in {names}"


def told_units(units: Mapping[tuple[str, str], str]) -> Iterator[Decision]:
    """Tell the units that were taken off the figures.

    Parameters
    ----------
    units : mapping of (str, str) to str
        A text that has each, by column and unit.

    Examples
    --------
    >>> print(*told_units({("rate", "%"): "12 %"}))
    % (taken off, such as '12 %')
    """
    columns: dict[str, dict[str, str]] = {}
    for (column, unit), text in units.items():
        columns.setdefault(column, {})[unit] = text.strip()
    for column, found in columns.items():
        shown = ", ".join(repr(text) for text in found.values())
        sure = 1.0 if len(found) == 1 else 0.5
        yield Decision(f"unit of {column}", ", ".join(found), f"taken off, such as {shown}", sure)


def _some(names: Iterable[str]) -> str:
    every = list(dict.fromkeys(names))
    return ", ".join(every[:_NAMED]) + ("…" if len(every) > _NAMED else "")


def told_markers(marked: Mapping[tuple[str, str], str]) -> Iterator[Decision]:
    """Tell the signs that stand for a figure, and what they mean, by column and cell."""
    columns: dict[tuple[str, str], list[str]] = {}
    for (column, cell), meaning in marked.items():
        columns.setdefault((cell.strip(), meaning), []).append(column)
    for (cell, meaning), names in sorted(columns.items()):
        sure = 0.6 if cell in ("-", "–", "—", "N/A", "n/a") else 0.95
        yield Decision(f"marker {cell!r}", meaning, f"in {_some(names)}", sure)


def told_totals(totals: pa.Table, data: pa.Table, columns: Iterable[Column]) -> Decision:
    """Say of the rows that are totals whether they are the sums of the others."""
    evidence, sure = "their label says so, and they have no code", 0.9
    if totals.num_rows == 1:
        counts = [column.name for column in columns if column.role is Role.INTEGER]
        said = {name: totals.column(name)[0].as_py() for name in counts}
        known = [name for name in counts if said[name] is not None]
        equal = [name for name in known if pc.sum(data.column(name)).as_py() == said[name]]
        evidence += f"; {len(equal)} of {len(known)} counts are the sums of the rows"
        sure = 1.0 if equal else 0.7
    return Decision("totals", str(totals.num_rows), evidence, sure)
