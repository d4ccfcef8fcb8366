"""Tell what stands between the cells of a file, from its first rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.loaders.dialect import Decision
from workbench.loaders.rows import Row, split_lines, split_rows

__all__ = ["SEPARATORS", "Layout", "detect_layout", "fit"]

# In the order of how often French files use them.
SEPARATORS = (";", ",", "\t", "|")
_NAMES = {";": "semicolon", ",": "comma", "\t": "tab", "|": "pipe"}
_QUOTES = ('"', "'")
_DECLARED = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)
# A comma or a full stop between digits is that of a number.
_NUMBER = re.compile(r"[-+]?[\d \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]*+[.,]?\d*+\s*+[%€]?")
_NOT_A_SEPARATOR = re.compile(r"[;|\t]|,(?!\d)|(?<!\d),")
_LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Layout:
    """Hold the separator, the quote and the number of cells of a row.

    Parameters
    ----------
    separator, quote : str
    width : int
        Cells of most rows.
    declared : int
        Lines that come before the table only to name the separator (``sep=;``).
    """

    separator: str
    quote: str
    width: int
    declared: int = 0


@dataclass(frozen=True, slots=True)
class _Trial:
    separator: str
    width: int
    share: float
    plain: float
    coverage: float

    @property
    def score(self) -> tuple[float, float, int, int]:
        """Order trials: rows alike, cells free of other separators, most of the file, columns."""
        alike = round(self.share * self.plain, 2)
        return alike, round(self.coverage, 1), self.width, -SEPARATORS.index(self.separator)


def detect_layout(
    text: str, separator: str | None = None, quote: str | None = None
) -> tuple[Layout, tuple[Decision, ...]]:
    r"""Tell separator, quote and width from the beginning of a file.

    Parameters
    ----------
    text : str
        Whole lines.
    separator, quote : str, optional
        When the caller says them.

    Examples
    --------
    >>> layout, decisions = detect_layout("code;taux\n01001;12,5\n01002;7,25\n")
    >>> layout.separator, layout.width
    (';', 2)
    >>> print(decisions[0])
    ';' (semicolon: 3 rows of 3 have 2 cells)
    """
    mark = _detect_quote(text) if quote is None else quote
    told_quote = _told_quote(text, mark, is_given=quote is not None)
    lines = split_lines(text[:2000])
    declared = _DECLARED.fullmatch(lines[0]) if lines else None
    if separator is None and declared:
        separator = declared[1]
        told = Decision("separator", repr(separator), "named by the first line, sep=")
    elif separator is not None:
        told = Decision("separator", repr(separator), "given")
    if separator is not None:
        rows = list(split_rows(text, separator, mark))[bool(declared) :]
        layout = Layout(separator, mark, fit(rows).width, int(bool(declared)))
        return layout, (told, told_quote)
    return _try_all(text, mark, told_quote)


def _try_all(text: str, quote: str, told_quote: Decision) -> tuple[Layout, tuple[Decision, ...]]:
    trials = []
    for each in SEPARATORS:
        if each in text:
            rows = [row for row in split_rows(text, each, quote) if not row.is_blank]
            trial = _trial(rows, each)
            if trial.width > 1 and trial.share >= _LEAST_SHARE:
                trials.append(trial)
    trials.sort(key=lambda trial: trial.score, reverse=True)
    if not trials and (mark := _ragged(text)):
        width = len(next(split_rows(text, mark, quote)).cells)
        evidence = f"{_NAMES[mark]}: in most rows, which have unequal numbers of cells"
        return Layout(mark, quote, width), (
            Decision("separator", repr(mark), evidence, 0.4),
            told_quote,
        )
    if not trials:
        evidence = "no separator cuts the rows alike: one column"
        return Layout(";", quote, 1), (Decision("separator", "';'", evidence, 0.7), told_quote)
    best = trials[0]
    count = sum(1 for row in split_rows(text, best.separator, quote) if not row.is_blank)
    alike = round(best.coverage * count)
    evidence = f"{_NAMES[best.separator]}: {alike} rows of {count} have {best.width} cells"
    rival = trials[1].score[0] if len(trials) > 1 else 0.0
    sure = 1.0 if best.score[0] > rival + 0.2 else 0.8 if best.score[0] > rival else 0.6
    told = Decision("separator", repr(best.separator), evidence, sure)
    return Layout(best.separator, quote, best.width), (told, told_quote)


def _ragged(text: str) -> str:
    """Return a separator that most lines hold, though no two rows have as many cells."""
    lines = [line for line in split_lines(text) if line.strip()]
    found = (mark for mark in SEPARATORS if mark != ",")
    return next((m for m in found if sum(m in line for line in lines) > 0.5 * len(lines)), "")


def fit(rows: Sequence[Row]) -> _Trial:
    """Say how alike rows are: titles before the table and notes after it do not count."""
    return _trial([row for row in rows if not row.is_blank], ";")


def _trial(rows: Sequence[Row], separator: str) -> _Trial:
    widths = Counter(len(row.cells) for row in rows if not row.fault)
    if not widths:
        return _Trial(separator, 1, 0.0, 0.0, 0.0)
    if len(widths) > 1 and any(count > 1 for width, count in widths.items() if width > 1):
        del widths[1]  # titles and notes, however many
    # Of equally frequent widths, the widest: a title is narrower than the table.
    width = max(widths, key=lambda each: (widths[each], each))
    if widths[width] == 1 and len(rows) > 2:
        return _Trial(separator, width, 0.0, 0.0, 0.0)
    alike = [number for number, row in enumerate(rows) if len(row.cells) == width]
    inside = rows[alike[0] : alike[-1] + 1]
    cells = [cell for number in alike[:200] for cell in rows[number].cells[:200]]
    plain = sum(_is_plain(cell) for cell in cells) / len(cells)
    return _Trial(separator, width, len(alike) / len(inside), plain, len(alike) / len(rows))


def _is_plain(cell: str) -> bool:
    """Tell whether a cell holds no other separator, the decimal comma of a number aside."""
    return not _NOT_A_SEPARATOR.search(cell) or bool(_NUMBER.fullmatch(cell)) or " " in cell


def _detect_quote(text: str) -> str:
    """Return the quote of a file: the one that stands at both ends of cells."""
    for mark in _QUOTES:
        both = re.search(
            rf"(?:^|[;,\t|]) ?{mark}[^{mark}\n]*{mark}(?=[;,\t|\r\n]|\Z)", text, re.MULTILINE
        )
        if both:
            return mark
    return '"'


def _told_quote(text: str, quote: str, *, is_given: bool) -> Decision:
    if is_given:
        return Decision("quote", quote or "none", "given")
    count = text.count(quote)
    evidence = f"{count} found" if count else "none found: the usual one is expected"
    return Decision("quote", quote, evidence, 1.0 if count else 0.9)
