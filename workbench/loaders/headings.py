"""Find the heading of a table among titles, units and rows, and name its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from workbench.loaders.dates import date_shape
from workbench.loaders.dialect import Decision
from workbench.loaders.errors import HeadingNotFound
from workbench.loaders.markers import Markers
from workbench.loaders.numbers import is_number
from workbench.loaders.rows import Row

__all__ = ["Heading", "detect_heading", "name_columns"]

_YEAR = re.compile(r"(?:1[89]|20)\d{2}")
_IDENTIFIER = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_CODE = re.compile(r"\d{2,}|2[AB]\d{3}|\d+[.,]\d+")
_ROWS_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Heading:
    """Hold the heading of a table.

    Parameters
    ----------
    line : int
        Of its first row, 0 when there is none.
    rows : int
        How many rows it takes.
    cells : tuple of str
        One text a column.
    first : int
        Position of the first row of data among the rows given.
    titles : tuple of str
        What stands above.
    width : int
        Cells that a row has in the file.
    """

    line: int
    rows: int
    cells: tuple[str, ...]
    first: int
    titles: tuple[str, ...]
    width: int


def detect_heading(
    rows: Sequence[Row],
    width: int,
    markers: Markers,
    *,
    given: int | None = None,
    given_rows: int | None = None,
    name: str = "",
) -> tuple[Heading, Decision]:
    """Find the heading among the first rows of a file.

    Parameters
    ----------
    rows : sequence of Row
    width : int
        Cells of most rows.
    markers : Markers
    given, given_rows : int, optional
        Line and number of rows, when the caller says them.
    name : str
        Of the file, for errors.

    Raises
    ------
    HeadingNotFound
        The rows have more cells than their heading, or the line given has none.

    Examples
    --------
    >>> rows = [Row(1, ("Population",), ""), Row(2, ("code", "pop"), ""), Row(3, ("01", "5"), "")]
    >>> heading, decision = detect_heading(rows, 2, Markers())
    >>> heading.line, heading.cells, heading.titles
    (2, ('code', 'pop'), ('Population',))
    """
    if given is not None:
        at, told = _given(rows, given, name), Decision("header", str(given), "given")
        if at is None:
            return _without(rows, width, 0), told
    else:
        at, told = _find(rows, width, name)
        if at is None:
            return _without(rows, width, _start(rows, width)), told
    if len(rows[at].cells) < width:
        beyond = (
            row for row in rows[at + 1 :] if len(row.cells) == width and row.cells[-1].strip()
        )
        if row := next(beyond, None):
            raise _disagree(rows[at], row, name)
    count = given_rows or (2 if _has_second(rows, at, width, markers) else 1)
    cells = _cells(rows, at, count, width)
    titles = tuple(_flat(row) for row in rows[:at] if not row.is_blank)
    if count == 2:
        evidence = f"{told.evidence}; two rows"
        told = Decision(told.key, told.value, evidence, min(told.confidence, 0.9))
    return Heading(rows[at].line, count, cells, at + count, titles, width), told


def _flat(row: Row) -> str:
    return " ; ".join(cell.strip() for cell in row.cells if cell.strip())


def _given(rows: Sequence[Row], line: int, name: str) -> int | None:
    if line == 0:
        return None
    at = next((number for number, row in enumerate(rows) if row.line == line), None)
    if at is None:
        last = rows[-1].line if rows else 0
        raise HeadingNotFound(
            f"{name or 'The file'} has no heading on line {line}: no row begins there (the first "
            f"{last} lines were looked at). Give another line, or 0 if it has none."
        )
    return at


def _without(rows: Sequence[Row], width: int, start: int) -> Heading:
    titles = tuple(_flat(row) for row in rows[:start] if not row.is_blank)
    return Heading(0, 0, ("",) * width, start, titles, width)


def _start(rows: Sequence[Row], width: int) -> int:
    return next((at for at, row in enumerate(rows) if len(row.cells) == width), 0)


def _find(rows: Sequence[Row], width: int, name: str) -> tuple[int | None, Decision]:
    """Return the position of the heading, None when the first row is already data."""
    previous: Row | None = None
    for at, row in enumerate(rows[:_ROWS_LOOKED_AT]):
        if row.is_blank:
            continue
        if not _fits(row, width):
            if width > 1:
                previous = row
            continue
        filled = [cell.strip() for cell in row.cells if cell.strip()]
        if width > 2 and len(filled) == 1 and at + 1 < len(rows):
            continue  # a title in a grid: the other cells are empty
        if _is_heading(row, rows[at + 1 : at + 6]):
            told = "texts above the rows" if at == 0 else f"texts after {at} lines of titles"
            sure = (
                1.0
                if any(_is_data(cell) for r in rows[at + 1 : at + 6] for cell in r.cells)
                else 0.8
            )
            return at, Decision("header", str(row.line), told, sure)
        if previous is not None and _is_heading_of_another(previous, row):
            raise _disagree(previous, row, name)
        return None, Decision("header", "0", f"line {row.line} already holds values", 0.8)
    return None, Decision("header", "0", "no row of texts was found", 0.5)


def _disagree(heading: Row, row: Row, name: str) -> HeadingNotFound:
    return HeadingNotFound(
        f"{name or 'The file'}: the heading on line {heading.line} has {len(heading.cells)} "
        f"columns and the row on line {row.line} has {len(row.cells)} ({row.raw[:60]!r}). "
        "A decimal comma in a file cut by commas does this: put such cells between quotes, or "
        "separate by semicolons."
    )


def _fits(row: Row, width: int) -> bool:
    """Tell whether a row has the width of the table, blank cells at its end aside."""
    count = len(row.cells)
    return (
        count == width
        or (count > width and not any(cell.strip() for cell in row.cells[width:]))
        or (count == width - 1 and count > 1)
    )


def _is_data(cell: str) -> bool:
    bare = cell.strip()
    return bool(bare) and (bool(_CODE.fullmatch(bare)) or is_number(bare) or bool(date_shape(bare)))


def _is_heading(row: Row, below: Sequence[Row]) -> bool:
    filled = [cell.strip() for cell in row.cells if cell.strip()]
    texts = [cell for cell in filled if not _is_data(cell)]
    if not texts or len(filled) * 2 < len(row.cells):
        return False
    values = [cell for cell in filled if _is_data(cell)]
    if not values:
        return True
    # Years or ranks as headings; the rows below then hold something else.
    numbers = [int(cell) for cell in values if cell.isdecimal()]
    steps = {after - before for before, after in pairwise(numbers)}
    ranked = len(numbers) == len(values) and len(numbers) > 1 and len(steps) == 1 and 0 not in steps
    years = all(map(_YEAR.fullmatch, values))
    same = any(len(set(r.cells) & set(values)) == len(set(values)) for r in below)
    return (ranked or years) and not same and _differ(row, below)


def _differ(row: Row, below: Sequence[Row]) -> bool:
    """Tell whether the numbers of a row are of another kind than those under them."""
    for at, cell in enumerate(row.cells):
        if _YEAR.fullmatch(cell.strip()):
            under = [r.cells[at].strip() for r in below if at < len(r.cells)]
            if under and all(map(_YEAR.fullmatch, under)):
                return False
    return True


def _is_heading_of_another(previous: Row, row: Row) -> bool:
    """Tell whether a row just above the first one is a heading with other columns."""
    texts = [cell.strip() for cell in previous.cells if cell.strip()]
    return (
        row.line - previous.line == 1
        and 1 < len(texts) == len(previous.cells)
        and not any(map(_is_data, texts))
        and all(len(text) < 40 for text in texts)
    )


def _has_second(rows: Sequence[Row], at: int, width: int, markers: Markers) -> bool:
    """Tell whether the row under the heading still names columns: units, codes or years."""
    below = [row for row in rows[at + 2 : at + 12] if len(row.cells) == width]
    if at + 1 >= len(rows) or len(rows[at + 1].cells) != width or not below:
        return False
    second = [cell.strip() for cell in rows[at + 1].cells]
    numeric = [
        column
        for column in range(width)
        if all(
            _is_data(r.cells[column]) or markers.meaning(r.cells[column]) is not None for r in below
        )
        and any(_is_data(r.cells[column]) for r in below)
    ]
    if not numeric or any(_is_data(cell) and not _YEAR.fullmatch(cell) for cell in second):
        return False
    named = [c for c in numeric if second[c] and markers.meaning(second[c]) is None]
    if all(map(_IDENTIFIER.fullmatch, second)):
        return len(named) == len(numeric)  # names of variables, under their labels
    first = _padded(rows[at], width)
    if any(second[c] not in ("", first[c]) for c in range(width) if c not in numeric):
        return False
    # Units, or what a merged cell above holds; years need the blanks that a merged cell leaves.
    blanks = sum(not first[c] for c in numeric)
    return bool(named) and (blanks > 0 or not any(_YEAR.fullmatch(second[c]) for c in numeric))


def _cells(rows: Sequence[Row], at: int, count: int, width: int) -> tuple[str, ...]:
    top = _padded(rows[at], width)
    if count == 1:
        return tuple(top)
    under = _padded(rows[at + 1], width)
    if all(_IDENTIFIER.fullmatch(cell) for cell in under):
        return tuple(under)
    carried, joined = "", []
    for first, second in zip(top, under, strict=True):
        # A merged cell names the columns on its right.
        carried = first or (carried if second else "")
        parts = (carried, second) if carried != second else (carried,)
        joined.append(" - ".join(part for part in parts if part))
    return tuple(joined)


def _padded(row: Row, width: int) -> list[str]:
    cells = [re.sub(r"\s+", " ", cell).strip() for cell in row.cells[:width]]
    return cells + [""] * (width - len(cells))


def name_columns(cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[Decision, ...]]:
    """Give each column a name of its own.

    Examples
    --------
    >>> names, decisions = name_columns(["code", "", "pop", "pop"])
    >>> names
    ('code', 'column_2', 'pop', 'pop_2')
    >>> print(decisions[1].key, decisions[1].value)
    name of column 4 pop_2
    """
    names: list[str] = []
    told = []
    for at, cell in enumerate(cells, start=1):
        base = cell or f"column_{at}"
        name, count = base, 1
        while name in names or (name != cell and name in cells):
            count += 1
            name = f"{base}_{count}"
        if name != cell:
            evidence = f"{cell!r} comes twice" if cell else "no heading"
            told.append(Decision(f"name of column {at}", name, evidence))
        names.append(name)
    return tuple(names), tuple(told)
