"""Detect how a file is written from bounded samples of it, and tell each thing decided."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.core.errors import nearest
from workbench.loaders.dialect import EVERY, Column, Decision, Dialect
from workbench.loaders.encodings import Text, decode, detect_encoding, is_wide
from workbench.loaders.errors import DialectInvalid, RowTooLong
from workbench.loaders.headings import Heading, detect_heading, name_columns
from workbench.loaders.kinds import kind_of_bytes, must_be_rows
from workbench.loaders.markers import Markers, Meaning, legend
from workbench.loaders.notes import count_notes
from workbench.loaders.roles import infer
from workbench.loaders.rows import Row, split_lines, split_rows
from workbench.loaders.separators import Layout, detect_layout
from workbench.loaders.writing import told_writing

__all__ = ["Detection", "decide_columns", "detect", "detect_rows"]

_HEAD = 2**17
_BLOCK = 2**13
_BLOCKS = 12
_LAYOUT = 2**14  # of the head, for the separator
_LINES = 4  # of a heading and rows, that the head holds whole
_MOST_HEAD = 2**23
_CELLS = 20_000  # looked at to tell the roles
_ROWS = (40, 1500)
MOST_COLUMNS = 20_000


@dataclass(frozen=True, slots=True)
class Detection:
    """Hold how a file is written.

    Parameters
    ----------
    text : Text
    layout : Layout
    heading : Heading
    columns : tuple of Column
    padding : int
        Blank cells that end every row (a separator too many).
    markers : Markers
    decisions : tuple of Decision
    notes : tuple of str
        Titles above the table, notes and sources under it.
    skip, tail : int
        Lines before the first row and after the last one.
    located : bool
        Whether the line of each row is kept, in a last column.
    """

    text: Text
    layout: Layout
    heading: Heading
    columns: tuple[Column, ...]
    padding: int
    markers: Markers
    decisions: tuple[Decision, ...]
    notes: tuple[str, ...]
    skip: int
    tail: int
    located: bool = False

    @property
    def dialect(self) -> Dialect:
        """What to write another file like this one with; nothing of a sheet."""
        encoding, layout = self.text.encoding, self.layout
        if self.text.mark:  # those of Python that write the mark again
            encoding = "utf-8-sig" if encoding == "utf-8" else encoding[:6]
        with suppress(DialectInvalid):  # a first line "sep=x" may name anything
            if layout.separator:
                return Dialect(
                    encoding=encoding, separator=layout.separator, quote=layout.quote or None
                )
        return Dialect()

    @property
    def width(self) -> int:
        """Cells of a row, those that pad it included."""
        return len(self.columns) + self.padding


def detect(path: Path, given: Dialect | None = None) -> Detection:
    r"""Detect how a file is written.

    Parameters
    ----------
    path : Path
    given : Dialect, optional
        What is known of it.

    Raises
    ------
    FileNotTabular, TextUnreadable, HeadingNotFound, RowTooLong
        Nothing that can be read; the message says where and why.
    DialectInvalid
        A sheet is named, which a text has not.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "towns.csv")
    >>> _ = path.write_bytes("Code;Nom;Taux\n01001;Bâgé;12,5\n".encode("cp1252"))
    >>> found = detect(path)
    >>> found.text.encoding, [column.role.value for column in found.columns]
    ('cp1252', ['code', 'text', 'number'])
    """
    if given is not None and given.sheet:
        raise DialectInvalid(
            f"{path.name} is text and has no sheet {given.sheet!r}: only a workbook has some "
            "(.xlsx, .ods…). Leave the sheet out, or give the workbook."
        )
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEAD)
        while _count_ends(head) < _LINES and len(head) < min(size, _MOST_HEAD):
            head += file.read(len(head))  # lines of thousands of columns
        blocks = []
        if size > len(head):
            step = (size - len(head)) // _BLOCKS
            for number in range(_BLOCKS):
                file.seek(min(len(head) + step * (number + 1), size) - _BLOCK & ~3)
                blocks.append(file.read(_BLOCK))
            file.seek(max(size - _BLOCK & ~3, 0))
            blocks.append(file.read())
    return _detect(head, blocks, given or Dialect(), path.name, is_whole=size <= len(head))


def detect_rows(
    rows: Sequence[Row],
    given: Dialect,
    name: str,
    *,
    told: Sequence[Decision] = (),
    names: Sequence[str] = (),
) -> tuple[Detection, list[Row]]:
    """Detect the table among rows whose cells are already told apart (a sheet).

    Parameters
    ----------
    rows : sequence of Row
    given : Dialect
    name : str
        Of the file.
    told : sequence of Decision
        What was decided before.
    names : sequence of str, optional
        Of the columns, when the format says them: every row is then data.

    Returns
    -------
    tuple of (Detection, list of Row)
        With the rows of the table, without its heading and its notes.

    Raises
    ------
    FileNotTabular, HeadingNotFound
    """
    if all(row.is_blank for row in rows):
        must_be_rows("empty", name)
    width = len(names) or _sheet_width(rows)
    rows = [row._replace(cells=row.cells[:width]) for row in rows]
    count = 0 if names else count_notes(rows, width)
    below = _flat(rows[len(rows) - count :]) if count else ()
    rows = rows[: len(rows) - count]
    markers = Markers({cell: Meaning.of(to) for cell, to in given.markers.items()})
    if names:
        heading = Heading(0, 1, tuple(names), 0, (), width)
        told_heading = Decision("header", "0", "the format names the columns")
    else:
        heading, told_heading = detect_heading(
            rows, width, markers, given=given.header, given_rows=given.header_rows, name=name
        )
    signs, told_signs = legend([*heading.titles, *below])
    markers = Markers({**signs, **markers.special})
    data = list(rows[heading.first :])
    columns, told_columns = decide_columns(heading.cells, data, given, markers, name=name)
    decisions = (*told, told_heading, *told_signs, *told_columns)
    notes = (*heading.titles, *below)
    layout = Layout("", "", width)
    found = Detection(
        Text("utf-8"), layout, heading, columns, 0, markers, decisions, notes, skip=0, tail=0
    )
    return found, data


def _sheet_width(rows: Sequence[Row]) -> int:
    """Return the last column that holds something."""
    return max(
        (at + 1 for row in rows for at, cell in enumerate(row.cells) if cell.strip()), default=1
    )


def _flat(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(
        " ; ".join(cell.strip() for cell in row.cells if cell.strip())
        for row in rows
        if not row.is_blank
    )


def _detect(
    head: bytes, blocks: Sequence[bytes], given: Dialect, name: str, *, is_whole: bool
) -> Detection:
    name = name or "The file"
    must_be_rows(kind_of_bytes(head), name)
    text, told_encoding = detect_encoding([head, *blocks], given.encoding)
    beginning = _text(head[text.mark :], text, is_whole=is_whole)
    layout, told_layout = detect_layout(_first_lines(beginning), given.separator, given.quote)
    rows = list(split_rows(beginning, layout.separator, layout.quote, width=layout.width))
    rows = rows[layout.declared :]
    if max((len(row.cells) for row in rows[:50]), default=0) > MOST_COLUMNS:
        raise RowTooLong(
            f"{name}: a row of its first lines has more than {MOST_COLUMNS:,} columns. Check the "
            "separator, or ask its producer for one row an observation."
        )
    if not rows or all(row.is_blank for row in rows):
        must_be_rows("empty", name)
    ending = rows if is_whole else _inside(blocks[-1], text, layout)
    notes = count_notes(ending, layout.width)
    tail = _lines(ending[len(ending) - notes :]) if notes else 0
    below = _flat(ending[len(ending) - notes :]) if notes else ()
    if is_whole and notes:
        rows = rows[: len(rows) - notes]
    markers = Markers({cell: Meaning.of(to) for cell, to in given.markers.items()})
    heading, told_heading = detect_heading(
        rows, layout.width, markers, given=given.header, given_rows=given.header_rows, name=name
    )
    signs, told_signs = legend([*heading.titles, *below])
    markers = Markers({**signs, **markers.special})
    data = rows[heading.first :]
    data += [row for block in blocks for row in _inside(block, text, layout)]
    first = rows[heading.first] if heading.first < len(rows) else None
    skip = (first.line if first else _after(rows)) - 1
    cells, padding = _cells(heading, data, name)
    columns, told_columns = decide_columns(cells, data, given, markers, name=name)
    decisions = (told_encoding, *told_layout, told_heading, *told_signs, *told_columns)
    if padding:
        told = Decision("padding", str(padding), "a separator too many ends the rows")
        decisions = (*decisions, told)
    return Detection(
        text,
        replace(layout, width=len(columns) + padding),
        heading,
        columns,
        padding,
        markers,
        decisions,
        (*heading.titles, *below),
        skip,
        tail,
    )


def _text(content: bytes, text: Text, *, is_whole: bool) -> str:
    """Decode the beginning of a file, without the row that the sample cuts."""
    if is_wide(text.encoding):
        read = content.decode(text.encoding, "ignore")
    else:
        if not is_whole:
            content = content[: max(content.rfind(b"\n"), content.rfind(b"\r")) + 1] or content
        read = decode(content, text)[0].decode("utf-8", "ignore")
    return read if is_whole else _whole_lines(read)


def _first_lines(text: str) -> str:
    """Return what the separator is told from: more than usual where lines are long."""
    size = _LAYOUT
    while size < len(text) and _count_ends(text[:size].encode("utf-8", "replace")) < _LINES:
        size *= 2
    return _whole_lines(text[:size])


def _count_ends(content: bytes) -> int:
    return max(content.count(b"\n"), content.count(b"\r"))


def _whole_lines(text: str) -> str:
    return text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text


def _inside(block: bytes, text: Text, layout: Layout) -> list[Row]:
    """Return the rows that a block from the middle of a file holds whole."""
    if is_wide(text.encoding):
        read = block.decode(text.encoding, "ignore")
    else:
        read = (
            decode(block[block.find(b"\n") + 1 :], text)[0].decode("utf-8", "ignore")
            if (text.encoding != "utf-8")
            else block.decode("utf-8", "ignore")
        )
    lines = split_lines(read)[1:]
    found = split_rows("\n".join(lines), layout.separator, layout.quote, width=layout.width)
    return list(found)


def _lines(rows: Sequence[Row]) -> int:
    return sum(len(split_lines(row.raw)) or 1 for row in rows)


def _after(rows: Sequence[Row]) -> int:
    return rows[-1].line + _lines(rows[-1:]) if rows else 1


def _cells(heading: Heading, data: Sequence[Row], name: str) -> tuple[tuple[str, ...], int]:
    """Return the texts of the heading, and how many blank cells end every row."""
    cells, padding = list(heading.cells), 0
    while len(cells) > 1 and not cells[-1] and heading.rows:
        at = len(cells) - 1
        filled = next(
            (r for r in data if len(r.cells) == len(heading.cells) and r.cells[at].strip()), None
        )
        if filled is not None:
            break
        cells.pop()
        padding += 1
    return tuple(cells), padding


def decide_columns(
    cells: Sequence[str],
    data: Sequence[Row],
    given: Dialect,
    markers: Markers,
    *,
    name: str,
) -> tuple[tuple[Column, ...], tuple[Decision, ...]]:
    """Name the columns and tell their roles from a sample of the rows.

    Raises
    ------
    DialectInvalid
        The dialect gives the role of a column that is not there.
    """
    names, told = name_columns(cells)
    for column in given.roles.keys() - {EVERY}:
        if column not in names:
            raise DialectInvalid(f"{name} has no column {column!r} ({nearest(column, names)}).")
    most = max(_ROWS[0], min(_ROWS[1], _CELLS // max(len(names), 1)))
    sample = [
        row
        for row in data[:: max(1, len(data) // most)]
        if len(row.cells) >= len(names) and not row.fault and not row.is_blank
    ]
    decided = [
        infer(column, heading, [row.cells[at] for row in sample], given, markers)
        for at, (column, heading) in enumerate(zip(names, cells, strict=True))
    ]
    columns = tuple(column for column, _ in decided)
    texts = [[row.cells[at] for row in sample] for at in range(len(names))]
    writing = told_writing(columns, texts, given)
    return columns, (*told, *writing, *(decision for _, decision in decided))
