"""The record of what a check finds: one list, from which every report is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from workbench.core.i18n.catalogue import Messages, read_catalogue
from workbench.loaders.checking.sheet import Cells, Parts
from workbench.loaders.dialect import Decision
from workbench.loaders.registry import Loaded, Problem

__all__ = ["MOST", "Checked", "Group", "Record", "speak"]

MOST = 500
"""Problems told one by one, of a group; all are counted."""


@cache
def speak(lang: str) -> Messages:
    """Return the messages of the check in a language."""
    return Messages(lang, read_catalogue(resources.files(__package__).joinpath("messages")))


@dataclass(frozen=True, slots=True)
class Group:
    """Hold the problems of one rule in one column.

    Parameters
    ----------
    rule : str
        Message of the catalogue that says what is wrong.
    column : str
    title : str
        The rule in words, said once for all the problems.
    count : int
    fatal : bool
        Whether rows were set aside for it.
    problems : tuple of Problem
        The first ones.
    """

    rule: str
    column: str
    title: str
    count: int
    fatal: bool
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """Hold what a check found.

    Parameters
    ----------
    file : str
    rows, set_aside : int
        Rows of the file, and those of them that cannot be used as they are.
    groups : tuple of Group
        What is wrong, what matters most first.
    good : tuple of str
        What is right, in words.
    lines : tuple of int
        Lines of the rows that are set aside.
    decisions : mapping of str to str
        Where the file comes from, and how it was read.
    told : tuple of Decision
        How it was read, in parts.
    totals : int
        Rows that are totals of others: neither kept nor wrong.
    parts : Parts or None
        The rows themselves; None of what has none.
    schema : str
        Title of the schema, empty when none was asked for.
    lang : str
    """

    file: str
    rows: int
    set_aside: int
    groups: tuple[Group, ...]
    good: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    decisions: Mapping[str, str] = field(default_factory=dict)
    schema: str = ""
    lang: str = "en"
    told: tuple[Decision, ...] = ()
    totals: int = 0
    parts: Parts | None = field(default=None, repr=False, compare=False)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems told one by one, in the order of the file."""
        every = [problem for group in self.groups for problem in group.problems]
        return tuple(sorted(every, key=lambda each: (each.row or 0, each.column)))

    @property
    def count(self) -> int:
        """All the problems."""
        return sum(group.count for group in self.groups)

    @property
    def errors(self) -> int:
        """Problems for which something is refused; the others are remarks."""
        return sum(group.count for group in self.groups if group.fatal)

    @property
    def remarks(self) -> int:
        """Problems that leave the rows as they are."""
        return self.count - self.errors


class Record:
    """Gather the problems of a file, located and put in words.

    Parameters
    ----------
    file : str
    lines : ndarray of int
        Line of each row.
    lang : str
    """

    def __init__(self, file: str, lines: NDArray[np.int64], lang: str) -> None:
        self.file, self.lines, self.lang = file, lines, lang
        self.say = speak(lang)
        self.aside = np.zeros(len(lines), dtype=bool)
        self.reasons: dict[int, str] = {}
        self._groups: dict[tuple[str, str], Group] = {}
        self._seen: set[tuple[int | None, str]] = set()

    def add(
        self,
        rule: str,
        column: str,
        rows: Sequence[int] | NDArray[np.int64],
        values: Sequence[str],
        *,
        reasons: Sequence[str] = (),
        repairs: Sequence[str] = (),
        fatal: bool = True,
        words: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Record cells that break a rule.

        Parameters
        ----------
        rule : str
            Message ``check.<rule>``: the reason, in which `words` go; ``<rule>_repair`` says what
            to do, ``<rule>_title`` names it where it is said once for all.
        column : str
        rows : sequence of int
            Places of the rows, from 0.
        values : sequence of str
            What is written in each.
        reasons, repairs : sequence of str, optional
            Of each row, in place of the message's.
        fatal : bool
            Set the rows aside.
        words : mapping of str to str
            What goes in the messages.
        """
        if not len(rows):
            return
        rows = np.asarray(rows, dtype=np.int64)
        reason = reasons or [self.told(rule, words)] * len(rows)
        repair = repairs or [self.told(f"{rule}_repair", words)] * len(rows)
        if fatal:
            self._set_aside(rows.tolist(), column, reason)
        lines = self.lines[rows].tolist()
        self._seen.update((line, column) for line in lines)
        first = slice(0, MOST)
        self._keep(
            rule,
            column,
            self.told(f"{rule}_title", {}) or reason[0],
            len(rows),
            [
                Problem(self.file, line, column, value, why, how, fatal, rule)
                for line, value, why, how in zip(
                    lines[first], values[first], reason[first], repair[first], strict=True
                )
            ],
        )

    def add_cells(
        self,
        rule: str,
        column: str,
        cells: Cells,
        wrong: Callable[[str], bool],
        *,
        fatal: bool = True,
        words: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Record the cells of a column whose text, which holds something, is wrong; see `add`."""
        rows = cells.rows(wrong)
        self.add(rule, column, rows, cells.written[rows].tolist(), fatal=fatal, words=words)

    def add_column(
        self, rule: str, column: str, *, repair: str = "", fatal: bool = True, **words: str
    ) -> None:
        """Record that a whole column breaks a rule."""
        reason = self.told(rule, words)
        how = repair or self.told(f"{rule}_repair", words)
        title = self.told(f"{rule}_title", {}) or reason
        # Columns of one rule are told together: an old file lacks a dozen of a new schema's.
        found = Problem(self.file, None, column, "", reason, how, fatal, rule)
        self._keep(rule, "", title, 1, [found])

    def add_line(
        self, rule: str, line: int, column: str, value: str, *, fatal: bool = True, **words: str
    ) -> None:
        """Record what is wrong on a line that is none of the rows."""
        reason, how = self.told(rule, words), self.told(f"{rule}_repair", words)
        title = self.told(f"{rule}_title", {}) or reason
        found = Problem(self.file, line, column, value, reason, how, fatal, rule)
        self._keep(rule, column, title, 1, [found])

    def take(self, read: Loaded) -> None:
        """Record what the reader found, but for the cells that are told already.

        It tells the first problems one by one, counts them all, and keeps all the rows.
        """
        say = Messages(self.lang)
        told: Counter[tuple[str, str]] = Counter()
        for each in read.problems:
            rule = each.rule or f"read: {each.reason}"
            told[each.column, rule] += 1
            if each.column and (each.row, each.column) in self._seen:
                continue
            titled = f"{rule}_title"
            title = say(titled) if titled in say.entries else each.reason
            self._keep(rule, each.column, title, 1, [each])
        for (column, rule), count in read.counts.items():
            held = self._groups.get((rule, column))
            if held is not None and count > told[column, rule]:
                more = held.count + count - told[column, rule]
                self._groups[rule, column] = replace(held, count=more)
        self._refuse(read)

    def _refuse(self, read: Loaded) -> None:
        """Set aside the rows that the reader did, but for the cells that are told otherwise."""
        fatal = [each for each in read.problems if each.fatal and each.row is not None]
        gone = {
            each.row: (each.column, each.reason)
            for each in fatal
            if each.row is not None and (each.row, each.column) not in self._seen
        }
        known = {each.row for each in fatal}
        for row in read.unread.to_pylist() if read.unread is not None else ():
            column = row["reason"].rpartition(": ")[0]
            if row["line"] not in known and (row["line"], column) not in self._seen:
                gone[row["line"]] = (column, self.told("not_read", {}))
        for at in np.flatnonzero(np.isin(self.lines, list(gone))).tolist():
            column, reason = gone[int(self.lines[at])]
            self._set_aside([at], column, [reason])

    def _set_aside(self, rows: Sequence[int], column: str, reasons: Sequence[str]) -> None:
        for row, reason in zip(rows, reasons, strict=True):
            told = self.say("check.of_column", column=column, reason=reason) if column else reason
            before = self.reasons.get(row)
            self.reasons[row] = f"{before} ; {told}" if before else told
        self.aside[list(rows)] = True

    def untold(self, rows: NDArray[np.int64], column: str) -> NDArray[np.int64]:
        """Leave out the rows whose cell is told already."""
        lines = self.lines[rows].tolist()
        return rows[[(line, column) not in self._seen for line in lines]]

    def told(self, message: str, words: Mapping[str, str]) -> str:
        """Say a message of the check, empty when there is none of this name."""
        name = f"check.{message}"
        if name not in self.say.entries:
            return ""
        wanted = self.say.entries[name].placeholders
        return self.say(name, **{key: words[key] for key in wanted})

    @property
    def groups(self) -> tuple[Group, ...]:
        """What was found: errors first; whole columns, then by number."""

        def order(group: Group) -> tuple[bool, bool, int]:
            located = group.problems[0].row is not None
            return not group.fatal, located, -group.count

        return tuple(sorted(self._groups.values(), key=order))

    def _keep(
        self, rule: str, column: str, title: str, count: int, problems: Sequence[Problem]
    ) -> None:
        held = self._groups.get((rule, column), Group(rule, column, title, 0, False, ()))
        self._groups[rule, column] = Group(
            rule,
            column,
            held.title,
            held.count + count,
            held.fatal or problems[0].fatal,
            (*held.problems, *problems[: MOST - len(held.problems)]),
        )
