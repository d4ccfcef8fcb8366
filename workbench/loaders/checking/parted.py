"""Write the rows that are kept in one file, and those that are set aside in another."""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.aside import written_aside
from workbench.core.errors import DirectoryNotWritable, OutputExists
from workbench.loaders.checking.record import speak
from workbench.loaders.checking.sheet import Parts, Sheet
from workbench.loaders.dialect import Dialect
from workbench.loaders.numbers import is_number

__all__ = ["Written", "is_formula", "write_parts"]

# What a spreadsheet takes for the beginning of a formula, the wide signs of CJK keyboards too.
_FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r]")
# Telephone numbers, dates, dashes and code marks: signs and digits, which compute nothing.
_HARMLESS = re.compile(r"[-+]?[\s\d.,/:()\-–—]*")
_QUOTE = "'"
_SIGNS = str.maketrans("’‘“”«»–—", '\'\'""""--')
_NEW = "utf-8-sig"  # of a file made of a sheet: what every spreadsheet opens rightly


@dataclass(frozen=True, slots=True)
class Written:
    """Count what was written.

    Parameters
    ----------
    kept, aside : int
        Rows of each file; together, those of the file that was read.
    formulas : int
        Cells that a spreadsheet would have computed, and that begin now by an apostrophe.
    """

    kept: int
    aside: int
    formulas: int = 0


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would compute a cell in place of showing it.

    Examples
    --------
    >>> [is_formula(each) for each in ("=1+1", "@SUM(A1)", "-2+cmd|' /C calc'!A0", "- parking")]
    [True, True, True, True]
    >>> [is_formula(each) for each in ("-3,5", "+33 1 23 45 67 89", "-", "-12 %", "a=b", "")]
    [False, False, False, False, False, False]
    """
    bare = text.lstrip(" \N{NO-BREAK SPACE}")
    if not _FORMULA.match(bare):
        return False
    return _HARMLESS.fullmatch(bare) is None and not is_number(bare)


def write_parts(parts: Parts, *, kept: Path | None = None, aside: Path | None = None) -> Written:
    """Write the rows that are kept, those that are set aside, or both, in the file's dialect.

    The second file has two more columns, the first ones: the line of each row in the file, and
    why it was set aside; a row without cells of its own has one more, what is written there.

    Parameters
    ----------
    parts : Parts
    kept, aside : Path, optional
        Written aside, then moved.

    Raises
    ------
    OutputExists
        One of them is the file that was read, or both are the same.
    DirectoryNotWritable
    """
    for target, other in ((kept, parts.path), (aside, parts.path), (aside, kept)):
        if target is not None and other is not None and _same(target, other):
            raise OutputExists(f"{target} would be written over {other}: give another name.")
    sheet = parts.sheet
    safe = _Safe()
    names = [safe(name) for name in sheet.columns]
    if kept is not None:
        rows = np.flatnonzero(~parts.aside)
        _write(kept, parts.dialect, [names, *_cells(sheet, rows, safe)])
    if aside is not None:
        _write(aside, parts.dialect, _aside(parts, names, safe))
    count = int(parts.aside.sum())
    return Written(len(sheet) - count, count + len(parts.others), safe.count)


class _Safe:
    """Put an apostrophe before what a spreadsheet would compute, and count it."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, text: str, times: int = 1) -> str:
        if not is_formula(text):
            return text
        self.count += times
        return _QUOTE + text


def _same(path: Path, other: Path) -> bool:
    if path.exists() and other.exists():
        return path.samefile(other)
    return path.resolve() == other.resolve()


def _cells(sheet: Sheet, rows: NDArray[np.int64], safe: _Safe) -> Iterator[Sequence[str]]:
    columns = []
    for cells in sheet.columns.values():
        places = cells.places[rows]
        times = np.bincount(places, minlength=len(cells.texts)).tolist()
        texts = [
            safe(text, many) if many else text
            for text, many in zip(cells.texts.tolist(), times, strict=True)
        ]
        columns.append(np.array(texts, dtype=object)[places].tolist())
    return zip(*columns, strict=True) if columns else iter(())


def _aside(parts: Parts, names: Sequence[str], safe: _Safe) -> Iterator[Sequence[str]]:
    say = speak(parts.lang)
    columns = parts.sheet.columns
    raw = any(each.text for each in parts.others)
    heads = [say(f"check.heading_{name}") for name in ("line", "reason", *(["written"] * raw))]
    while set(heads) & set(columns):
        heads = [f"{head}_" for head in heads]
    yield [*heads, *names]
    rows = np.flatnonzero(parts.aside)
    lines = parts.sheet.lines[rows].tolist()
    found: list[tuple[int, list[str]]] = []
    for row, line, cells in zip(rows.tolist(), lines, _cells(parts.sheet, rows, safe), strict=True):
        why = parts.reasons.get(row, "")
        found.append((line, [str(line), why, *([""] * raw), *cells]))
    for each in parts.others:
        told = [safe(each.cells.get(name, "")) for name in columns]
        written = [safe(each.text)] if raw else []
        found.append((each.line, [str(each.line), each.reason, *written, *told]))
    yield from (cells for _, cells in sorted(found, key=lambda item: item[0]))


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """Write a letter that an encoding lacks as the nearest that it has: our own spaces, mostly."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end].translate(_SIGNS)
    plain = unicodedata.normalize("NFKD", lacking).encode("ascii", "ignore").decode()
    return plain or "?" * len(lacking), error.end


codecs.register_error("workbench.plainer", _plainer)


def _write(path: Path, dialect: Dialect, rows: Iterable[Sequence[str]]) -> None:
    encoding, quote = dialect.encoding or _NEW, dialect.quote or '"'
    try:
        with (
            written_aside(path) as draft,
            draft.open("w", encoding=encoding, newline="", errors="workbench.plainer") as file,
        ):
            writer = csv.writer(file, delimiter=dialect.separator or ";", quotechar=quote)
            writer.writerows(rows)
    except OSError as error:
        raise DirectoryNotWritable.because(path.parent, error) from error
