r"""Cut text into rows and cells when a fast parser cannot be trusted with it.

A quote that is opened and never closed makes the parsers of CSV swallow the rows that follow. Here
each row begins at an end of line, and a row that cannot be closed is the only one that is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

__all__ = ["Row", "quotes_are_clean", "split_lines", "split_rows"]

# A cell of more lines than this is taken for a quote that is never closed.
_LINES_A_ROW = 200
_END = re.compile(r"\r\n|\n|\r")
_ENDS = re.compile(r"(\r\n|\n|\r)")


class Row(NamedTuple):
    """Hold one row of a file.

    Parameters
    ----------
    line : int
        Where it begins, as a text editor numbers lines.
    cells : tuple of str
    raw : str
        As it is written.
    fault : str
        Why its cells cannot be trusted: ``"unclosed"`` or ``""``.
    mended : int
        Position of a cell whose quotes are not doubled but can only be read one way, else -1.
    """

    line: int
    cells: tuple[str, ...]
    raw: str
    fault: str = ""
    mended: int = -1

    @property
    def is_blank(self) -> bool:
        """Tell whether no cell holds anything."""
        return not any(cell.strip() for cell in self.cells)


def split_lines(text: str) -> list[str]:
    r"""Cut a text at the ends of lines of every system, and at nothing else.

    Examples
    --------
    >>> split_lines("a\r\nb\rc\n")
    ['a', 'b', 'c']
    """
    lines = _END.split(text)
    if lines and not lines[-1]:
        lines.pop()
    return lines


def split_rows(
    text: str, separator: str, quote: str, *, width: int = 0, first: int = 1
) -> Iterator[Row]:
    r"""Cut a text into rows.

    Parameters
    ----------
    text : str
    separator, quote : str
        `quote` is empty for a file without one.
    width : int
        Cells of a row, 0 when unknown. A row of several lines that has another number of cells is
        one whose quote was never closed.
    first : int
        Number of the first line.

    Examples
    --------
    >>> for row in split_rows('a;"b\nc"\nd;"e\nf;g\n', ";", '"', width=2):
    ...     print(row.line, row.cells, row.fault)
    1 ('a', 'b\nc')
    3 ('d', '"e') unclosed
    4 ('f', 'g')
    """
    # Lines and their ends, in turn: a cell of several lines keeps the ends it was written with.
    parts = _ENDS.split(text)
    lines, ends = parts[0::2], parts[1::2]
    if not lines[-1]:
        lines.pop()
    at = 0
    while at < len(lines):
        line = lines[at]
        if not quote or quote not in line:
            yield Row(first + at, tuple(line.split(separator)), line)
            at += 1
            continue
        row, taken = _read(lines, ends, at, separator, quote, width)
        yield Row(first + at, row.cells, row.raw, row.fault, row.mended)
        at += taken


def _read(
    lines: Sequence[str], ends: Sequence[str], at: int, separator: str, quote: str, width: int
) -> tuple[Row, int]:
    """Read the row that begins at a line, and say how many lines it takes."""
    raw = lines[at]
    cells, mended, is_open = _cells(raw, separator, quote)
    if not is_open:
        return Row(0, cells, raw, mended=mended), 1
    alone = cells
    for taken in range(2, _LINES_A_ROW + 1):
        if at + taken > len(lines):
            break
        raw = f"{raw}{ends[at + taken - 2]}{lines[at + taken - 1]}"
        if quote not in lines[at + taken - 1]:
            continue
        cells, mended, is_open = _cells(raw, separator, quote)
        if not is_open:
            if mended < 0 and width in (0, len(cells)):
                return Row(0, cells, raw), taken
            break
    return Row(0, alone, lines[at], "unclosed"), 1


@cache
def _pattern(separator: str, quote: str) -> re.Pattern[str]:
    s, q = re.escape(separator), re.escape(quote)
    # A closed cell, with blanks around its quotes, up to a separator or the end; else anything.
    return re.compile(rf"[ \t]*{q}((?:[^{q}]|{q}{q})*+){q}[ \t]*(?={s}|\Z)|([^{s}]*)", re.DOTALL)


def _cells(text: str, separator: str, quote: str) -> tuple[tuple[str, ...], int, bool]:
    """Return cells, the one that was mended (or -1), and whether the last one is still open."""
    pattern, cells, mended, at = _pattern(separator, quote), [], -1, 0
    while True:
        match = pattern.match(text, at)
        assert match is not None  # noqa: S101 - the second branch takes anything
        closed, plain = match.groups()
        if closed is not None:
            cells.append(closed.replace(quote * 2, quote))
        else:
            bare = plain.strip(" \t")
            if bare.startswith(quote):
                if bare.count(quote) % 2:
                    return (*cells, *text[at:].split(separator)), mended, True
                if bare.endswith(quote):
                    plain = bare[1:-1].replace(quote * 2, quote)
                mended = len(cells)
            cells.append(plain)
        at = match.end()
        if at >= len(text):
            return tuple(cells), mended, False
        at += 1
        if at == len(text):
            return (*cells, ""), mended, False


def quotes_are_clean(content: bytes, separator: str, quote: str) -> bool:
    r"""Tell whether every quote opens or closes a whole cell, as a fast parser believes.

    Examples
    --------
    >>> quotes_are_clean(b'1;"a ""b"" c"\n', ";", '"')
    True
    >>> quotes_are_clean(b'1;12" pipe\n', ";", '"')
    False
    """
    if not quote:
        return True
    buffer = np.frombuffer(content, dtype=np.uint8)
    at = np.flatnonzero(buffer == ord(quote))
    if at.size % 2:
        return False
    if not at.size:
        return True
    ends = np.zeros(256, dtype=bool)
    ends[[ord(separator), 10, 13]] = True
    opening, closing = at[0::2], at[1::2]
    before = np.where(opening > 0, buffer[opening - 1], 10)
    following = np.minimum(closing + 1, buffer.size - 1)
    after = np.where(closing + 1 < buffer.size, buffer[following], 10)
    # A doubled quote closes and opens again at once.
    again = np.zeros(opening.size, dtype=bool)
    again[1:] = opening[1:] == closing[:-1] + 1
    more = np.zeros(closing.size, dtype=bool)
    more[:-1] = again[1:]
    return bool(np.all(ends[before] | again) and np.all(ends[after] | more))
