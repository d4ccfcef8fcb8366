"""Check a column of codes: what is wrong with each, what it should be, and how sure that is."""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.core.defaults import DEFAULT_PACK
from workbench.geography.atlas import open_atlas
from workbench.geography.code_column import CodeColumn, code_of
from workbench.geography.code_kinds import CodeBook, among
from workbench.geography.code_repair import Damage, Mended, readings
from workbench.geography.code_years import Fate
from workbench.geography.vintage import VintageGuess, guess

if TYPE_CHECKING:
    from workbench.geography.atlas import Atlas

__all__ = ["CodeCheck", "Finding", "Reason", "Verdict", "check_codes", "check_column"]

_DATE = re.compile(
    r"([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{4}|[0-9]{2}))"
    r"([T ].*)?|[0-9]{1,2}[-/ ]?[^\W\d_]{3,9}\.?[-/ ]?([0-9]{4}|[0-9]{2})?",
    re.ASCII,
)


# Distinct codes, from which the year guessed tells a code of the past from a likeness.
_MANY = 20


class Reason(enum.StrEnum):
    """Say what is wrong with a value."""

    EMPTY = "empty"
    DAMAGED = "damaged"
    NOT_IN_FORCE = "not_in_force"
    FORMER = "former"
    PART = "part"
    OTHER_KIND = "other_kind"
    CHECK_DIGIT = "check_digit"
    LOST = "lost"
    DATE = "date"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Say what is wrong with a text, and what it should be.

    Parameters
    ----------
    text : str
        As it came.
    reason : Reason
    code : str
        What it should be; empty when nobody can tell.
    sure : bool
        Whether `code` can be put in its place without asking anyone.
    damage : tuple of Damage
        What was undone to read it.
    kind : str
        Kind of code that it is instead of the one expected.
    others : tuple of str
        Codes it stands for: those that a postcode serves, what a former code was replaced by.
    fate : Fate, optional
        Why it is not on the map.
    """

    text: str
    reason: Reason
    code: str = ""
    sure: bool = False
    damage: tuple[Damage, ...] = ()
    kind: str = ""
    others: tuple[str, ...] = ()
    fate: Fate | None = None

    def told(self, book: CodeBook, lang: str, *, expected: str = "") -> str:
        """Say the reason in words, where codes of a kind were expected (the base one)."""
        from workbench.geography.code_words import told_reason

        return told_reason(self, book, lang, expected=expected)


@dataclass(frozen=True, slots=True)
class Finding:
    """Locate a verdict: `row` counts from 0."""

    row: int
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class CodeCheck:
    """Hold what was found in a column.

    Parameters
    ----------
    column : CodeColumn
    book : CodeBook
    kind : str
        Kind of code expected.
    vintage : int or None
        Year of the map they are compared with; None when the kind has no map.
    guess : VintageGuess
        What the column was found to be, whatever was expected.
    verdicts : mapping of int to Verdict
        By place in `column.texts`; the others are as they should be.
    """

    column: CodeColumn
    book: CodeBook
    kind: str
    vintage: int | None
    guess: VintageGuess
    verdicts: Mapping[int, Verdict]

    def __len__(self) -> int:
        return int(self._wrong[self.column.places].sum()) if len(self._wrong) else 0

    def __iter__(self) -> Iterator[Finding]:
        places = self.column.places
        rows = np.flatnonzero(self._wrong[places]) if len(self._wrong) else np.zeros(0, int)
        for row in rows.tolist():
            yield Finding(row, self.verdicts[int(places[row])])

    @cached_property
    def _wrong(self) -> NDArray[np.bool_]:
        wrong = np.zeros(len(self.column.texts), dtype=bool)
        wrong[list(self.verdicts)] = True
        return wrong

    @property
    def counts(self) -> Mapping[Reason, int]:
        """Rows by reason, the most frequent first."""
        rows = self.column.counts
        found: Counter[Reason] = Counter()
        for place, verdict in self.verdicts.items():
            found[verdict.reason] += int(rows[place])
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def repairable(self) -> int:
        """Rows that can be repaired for sure."""
        rows = self.column.counts
        return sum(int(rows[place]) for place, verdict in self.verdicts.items() if verdict.sure)

    @property
    def repairs(self) -> Mapping[str, str]:
        """What each text that can be repaired for sure should be."""
        return {verdict.text: verdict.code for verdict in self.verdicts.values() if verdict.sure}

    def to_frame(self) -> pd.DataFrame:
        """Return a row a finding: row (from 0), value, reason, repair, sure, told."""
        lang = self.guess.lang
        words = {
            each.text: each.told(self.book, lang, expected=self.kind)
            for each in self.verdicts.values()
        }
        rows = [
            (f.row, v.text, v.reason.value, v.code, v.sure, words[v.text])
            for f in self
            for v in (f.verdict,)
        ]
        return pd.DataFrame(rows, columns=["row", "value", "reason", "repair", "sure", "told"])


def check_codes(
    codes: Iterable[object],
    *,
    pack: str | Atlas = DEFAULT_PACK,
    vintage: int | None = None,
    kind: str = "",
    lang: str = "fr",
) -> CodeCheck:
    """Say what is wrong with each code of a column, and what it should be.

    Parameters
    ----------
    codes : list, array, Series or DataArray
        One column.
    pack : str or Atlas
        Country.
    vintage : int, optional
        Year of the map that the codes should be of: codes of other years are then repaired,
        when one code only came of them, and parts are given the code of their whole. By
        default, the year guessed.
    kind : str
        Kind of code expected; by default, the one that the column is found to be.
    lang : str

    Returns
    -------
    CodeCheck

    Raises
    ------
    UnknownName
        When the country declares no such kind.
    VintageMismatch
        When there is no map of this year.

    Examples
    --------
    >>> found = check_codes(["1001", "59350", "2a004", "59 350.5"])
    >>> [(f.row, f.verdict.reason.value, f.verdict.code, f.verdict.sure) for f in found]
    [(0, 'damaged', '01001', True), (2, 'damaged', '2A004', True), (3, 'malformed', '', False)]
    """
    book = open_atlas(pack).codebook
    return check_column(CodeColumn.read(codes), book, vintage=vintage, kind=kind, lang=lang)


def check_column(
    column: CodeColumn,
    book: CodeBook,
    *,
    vintage: int | None = None,
    kind: str = "",
    lang: str = "fr",
) -> CodeCheck:
    """Check as :func:`check_codes` does, from what is known of the codes of a country."""
    guessed = guess(column, book, lang=lang)
    # A map is asked for: its codes are those of the base level.
    expected = kind or (book.base if vintage is not None else guessed.kind or book.base)
    book.kind(expected)
    year = None
    if expected == book.base and book.timeline is not None:
        year = vintage if vintage is not None else guessed.vintage
        if year is None and book.timeline.years:
            year = book.timeline.years[-1]
    judge = _Judge(book, expected, year, guessed, asked=vintage is not None)
    return CodeCheck(column, book, expected, year, guessed, judge.all(column.texts))


@dataclass(frozen=True, eq=False)
class _Judge:
    """Judge texts against a kind, and the map of a year."""

    book: CodeBook
    kind: str
    year: int | None
    guess: VintageGuess
    asked: bool

    @cached_property
    def in_force(self) -> pd.Index:
        """Codes that need no word, written as they are."""
        if self.year is not None and self.book.timeline is not None:
            return self.book.timeline.in_force(self.year)
        return self.book.known(self.kind).difference(list(self.book.kinds[self.kind].former))

    def all(self, texts: pd.Series) -> dict[int, Verdict]:
        """Judge each text; those that are right have no verdict."""
        if self.book.listed(self.kind):
            right = among(texts, self.in_force)
        else:
            right = self.book.valid(self.kind, texts)
        held = texts.tolist()
        return {at: self.one(held[at]) for at in np.flatnonzero(~right).tolist()}

    def one(self, text: str) -> Verdict:
        """Judge one text that is not right as it is."""
        if not text:
            return Verdict(text, Reason.EMPTY)
        own = code_of(text, self.kind, self.book)
        found = self.guess.kind
        if own is not None and (own.text in self.in_force or found in ("", self.kind)):
            return self._own(text, own)
        # What the rest of the column is comes before a code of the past, and before the others.
        for other in dict.fromkeys((found, *self.book.kinds) if found else self.book.kinds):
            read = code_of(text, other, self.book) if other != self.kind else None
            if read is not None and read.exact:
                return self._other(text, read, other)
        if own is not None:
            return self._own(text, own)
        last = readings(text)[-1]
        shape = self.book.kinds[self.kind]
        if _DATE.fullmatch(text.strip()):
            return Verdict(text, Reason.DATE)
        if not last.exact and Damage.SCIENTIFIC in last.damage:
            return Verdict(text, Reason.LOST, damage=last.damage)
        if not shape.shape.search(last.text):
            return Verdict(text, Reason.MALFORMED)
        return Verdict(text, Reason.CHECK_DIGIT if shape.check else Reason.UNKNOWN)

    def _own(self, text: str, read: Mended) -> Verdict:
        """Judge a code of the kind expected: damaged, or of another time."""
        code, timeline = read.text, self.book.timeline
        if self.year is not None and timeline is not None and code not in self.in_force:
            fate = timeline.fate(code, self.year)
            if (rival := self._rival(text)) and not self._proves(code):
                others = self.book.stands_for(rival, text)
                return Verdict(text, Reason.NOT_IN_FORCE, kind=rival, others=others, fate=fate)
            then = fate.then if fate else ()
            after = then[0] if self.asked and len(then) == 1 else code if code != text else ""
            sure = bool(after) and read.exact
            return Verdict(text, Reason.NOT_IN_FORCE, after, sure, read.damage, fate=fate)
        after_all = self.book.kinds[self.kind].former.get(code, ())
        if after_all:
            code = after_all[0] if len(after_all) == 1 else ""
            return Verdict(text, Reason.FORMER, code, False, read.damage, others=after_all)
        return Verdict(text, Reason.DAMAGED, code, read.exact, read.damage)

    def _rival(self, text: str) -> str:
        """Return another kind, with a list, that a text is a code of as well; empty for none."""
        others = (x for x in self.book.kinds if x != self.kind and self.book.listed(x))
        return next((other for other in others if self.book.holds(other, text)), "")

    def _proves(self, code: str) -> bool:
        """Tell whether a code is on the map that suits many others: no chance likeness then."""
        year, timeline = self.guess.vintage, self.book.timeline
        if year is None or timeline is None or self.guess.distinct < _MANY:
            return False
        return code in timeline.in_force(year)

    def _other(self, text: str, read: Mended, kind: str) -> Verdict:
        """Judge a code of another kind: a part of what is expected, or something else."""
        others = self.book.stands_for(kind, read.text) if self.kind == self.book.base else ()
        part = bool(others) and bool(self.book.kinds[kind].whole)
        whole = others[0] if len(others) == 1 and others[0] in self.in_force else ""
        reason = Reason.PART if part else Reason.OTHER_KIND
        sure = part and self.asked and bool(whole)
        return Verdict(text, reason, whole, sure, read.damage, kind, others)
