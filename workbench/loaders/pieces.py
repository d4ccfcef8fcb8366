"""Cut a file of rows into pieces that end where a row ends, so that none is ever read whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workbench.loaders.encodings import Text, is_wide
from workbench.loaders.errors import RowTooLong, TextUnreadable

__all__ = ["PIECE", "Piece", "as_bytes", "cut", "read_bytes"]

PIECE = 2**23
"""Bytes of a piece: a few are in memory at a time."""

_COPIED = 2**20  # characters decoded at a time


@dataclass(frozen=True, slots=True)
class Piece:
    """Say where a piece is in a file.

    Parameters
    ----------
    offset, length : int
        In bytes.
    line : int
        Number of its first line.
    is_last : bool
    """

    offset: int
    length: int
    line: int
    is_last: bool


def cut(path: Path, text: Text, quote: str, *, size: int = PIECE) -> Iterator[tuple[Piece, bytes]]:
    r"""Read a file piece by piece.

    Parameters
    ----------
    path : Path
    text : Text
        Its encoding, one of those whose ASCII letters take one byte.
    quote : str
        Ends of lines between two of them do not end a row.
    size : int
        Bytes of a piece; a row that is longer is refused.

    Raises
    ------
    RowTooLong
        No row ends within `size` bytes.

    Examples
    --------
    >>> path = Path(tempfile.mkdtemp(), "a.csv")
    >>> _ = path.write_bytes(b'a;b\n1;"x\ny"\n2;z\n')
    >>> [content for _, content in cut(path, Text("utf-8"), '"', size=13)]
    [b'a;b\n1;"x\ny"\n', b'2;z\n']
    """
    mark = quote.encode()
    offset, line, rest = text.mark, 1, b""
    with path.open("rb") as file:
        file.seek(text.mark)
        while True:
            buffer = rest + file.read(size - len(rest))
            is_last = len(buffer) < size
            end = len(buffer) if is_last else _row_end(buffer, mark)
            if not end and not is_last:
                raise RowTooLong(
                    f"{path.name}: the row on line {line} has no end within {size / 2**20:,.0f} "
                    "MiB. A quote is opened and never closed, or this is no table of rows."
                )
            content, rest = buffer[:end], buffer[end:]
            yield Piece(offset, end, line, is_last), content
            if is_last:
                return
            line += count_lines(content)
            offset += end


def count_lines(content: bytes) -> int:
    r"""Count the ends of lines, of whatever system.

    Examples
    --------
    >>> count_lines(b"a\r\nb\rc\n")
    3
    """
    returns = content.count(b"\r")
    return content.count(b"\n") + (returns - content.count(b"\r\n") if returns else 0)


def _row_end(buffer: bytes, quote: bytes) -> int:
    """Return where the last whole row ends: after an end of line outside of quotes."""
    newline = b"\n" if b"\n" in buffer else b"\r"
    end = buffer.rfind(newline) + 1
    last = end
    count = buffer.count(quote, 0, end) if quote else 0
    while end and count % 2:
        before = buffer.rfind(newline, 0, end - 1) + 1
        count -= buffer.count(quote, before, end)
        end = before
        if last - end > len(buffer) // 2:
            # A stray quote somewhere: rows are then told by their lines alone.
            return last
    return end


def read_bytes(path: Path, piece: Piece) -> bytes:
    """Read one piece again."""
    with path.open("rb") as file:
        file.seek(piece.offset)
        return file.read(piece.length)


@contextmanager
def as_bytes(path: Path, text: Text) -> Iterator[tuple[Path, Text]]:
    """Give a file whose ASCII letters take one byte: a copy, of one in UTF-16 or UTF-32.

    Raises
    ------
    TextUnreadable
        The file breaks its own encoding.
    """
    if not is_wide(text.encoding):
        yield path, text
        return
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        copy = Path(folder, path.name)
        try:
            with (
                path.open("rb") as raw,
                open(os.dup(raw.fileno()), encoding=text.encoding, newline="") as source,
                copy.open("w", encoding="utf-8", newline="") as target,
            ):
                raw.seek(text.mark)
                while part := source.read(_COPIED):
                    target.write(part)
        except UnicodeError as error:
            raise TextUnreadable(
                f"{path.name} is not {text.encoding} to its end: {error}. Ask its producer for the "
                "file again, saved as CSV UTF-8."
            ) from None
        yield copy, Text("utf-8")
