"""Read one piece of a file: its rows typed, those that cannot be set aside, and the reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.loaders.detection import Detection
from workbench.loaders.dialect import Column, Role
from workbench.loaders.encodings import decode
from workbench.loaders.notes import TOTAL
from workbench.loaders.parsing import Fault, Known, Lines, Parsed, parse
from workbench.loaders.rows import split_lines
from workbench.loaders.typed import Typed, type_column

__all__ = ["LINE", "SET_ASIDE", "Part", "part_of_arrays", "read_part"]

LINE = "#line"
"""Column of the line of each row, the last one, when it is asked for (`Detection.located`)."""

SET_ASIDE = pa.schema([("line", pa.int64()), ("reason", pa.string()), ("text", pa.string())])
"""Columns of the rows that are set aside: where they are, why, and what is written there."""

_MOST_FAULTS = 200  # told one by one, of a piece; all are counted
_LABELS = 3  # columns among which the label of a total is looked for


@dataclass(frozen=True, slots=True)
class Part:
    """Hold what a piece gives.

    Parameters
    ----------
    table : pyarrow.Table
        Values, each quantity followed by its statuses.
    totals : pyarrow.Table
        The rows that are totals of others.
    set_aside : pyarrow.Table
        See `SET_ASIDE`.
    faults : tuple of Fault
        The first ones.
    counts : dict of (str, str) to int
        Faults by column and message, all of them.
    blank : int
        Rows without anything.
    marked : dict of (str, str) to str
        Meaning of the markers found, by column and marker.
    units : dict of (str, str) to str
        A text that has each unit taken off, by column and unit.
    """

    table: pa.Table
    totals: pa.Table
    set_aside: pa.Table
    faults: tuple[Fault, ...] = ()
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    blank: int = 0
    marked: dict[tuple[str, str], str] = field(default_factory=dict)
    units: dict[tuple[str, str], str] = field(default_factory=dict)


def read_part(
    content: bytes, found: Detection, *, line: int = 1, is_last: bool = False, mend: bool = False
) -> Part:
    """Read a piece.

    Parameters
    ----------
    content : bytes
        As they are in the file, without its mark.
    found : Detection
    line : int
        Number of the first line of the piece.
    is_last : bool
        Whether the notes at the end of the file are in it.
    mend : bool
        Whether repairs that are sure replace what is wrong.
    """
    text, odd = decode(content, found.text)
    faults = _odd_lines(text, line, odd)
    if line <= found.skip:
        text, line = _without_first(text, found.skip + 1 - line), found.skip + 1
    if is_last and found.tail:
        text = _without_last(text, found.tail)
    parsed = parse(text, found, line)
    lines = Lines(text, found, line, parsed)
    return _assemble(parsed, found, lines, faults, mend=mend)


def _odd_lines(text: bytes, first: int, odd: Sequence[int]) -> tuple[Fault, ...]:
    lines = split_lines(text.decode("utf-8", "replace")) if odd else []
    return tuple(Fault(first + at, "", lines[at][:80], "mixed_encoding", fatal=False) for at in odd)


def _without_first(text: bytes, count: int) -> bytes:
    """Drop lines at the beginning."""
    at = 0
    for _ in range(count):
        ends = [end for mark in (b"\n", b"\r") if (end := text.find(mark, at)) >= 0]
        if not ends:
            return b""
        at = min(ends) + (2 if text[min(ends) : min(ends) + 2] == b"\r\n" else 1)
    return text[at:]


def _without_last(text: bytes, count: int) -> bytes:
    """Drop lines at the end."""
    end = len(text)
    for number in range(count):
        bare = end
        if text[bare - 1 : bare] == b"\n":
            bare -= 1
        if text[bare - 1 : bare] == b"\r":
            bare -= 1
        if number == 0 and bare == end:
            bare = end  # the last line has no end
        end = max(text.rfind(b"\n", 0, bare), text.rfind(b"\r", 0, bare)) + 1
    return text[:end]


def _assemble(
    parsed: Parsed, found: Detection, lines: Known | Lines, faults: Sequence[Fault], *, mend: bool
) -> Part:
    count = len(parsed.arrays[0]) if parsed.arrays else 0
    blank = _blank_rows(parsed.arrays, count)
    fatal = np.zeros(count, dtype=bool)
    every = list(faults) + list(parsed.faults)
    counts: Counter[tuple[str, str]] = Counter((f.column, f.message) for f in every)
    reasons: dict[int, str] = {}
    names, arrays, marked, units = [], [], {}, {}
    total = _totals(parsed.arrays, found.columns, count)
    for column, texts in zip(found.columns, parsed.arrays, strict=False):
        typed = type_column(texts, column, found.markers, mend=mend)
        if typed.faults:
            told, stops = _cell_faults(typed, column, lines, skip=blank | total)
            counts.update((fault.column, fault.message) for fault in told)
            every += told
            for at, message in stops.items():
                reasons.setdefault(at, f"{column.name}: {message}")
            fatal[list(stops)] = True
        names.append(column.name)
        arrays.append(typed.values)
        marked.update({(column.name, cell): name for cell, name in typed.marked.items() if cell})
        units.update({(column.name, unit): text for unit, text in typed.units.items()})
        if typed.statuses is not None:
            names.append(f"{column.name}_status")
            arrays.append(typed.statuses)
    for at in range(len(found.columns), len(parsed.arrays)):
        for row in np.flatnonzero(pc.is_valid(parsed.arrays[at]).to_numpy(zero_copy_only=False)):
            text = parsed.arrays[at][int(row)].as_py()
            if text.strip():
                fatal[row], reasons[int(row)] = True, "beyond_last"
                every.append(Fault(int(lines.of_rows()[row]), "", text, "beyond_last"))
                counts["", "beyond_last"] += 1
    if found.located:
        names.append(LINE)
        arrays.append(pa.array(lines.of_rows() if count else [], pa.int64()))
    table = pa.Table.from_arrays(arrays, names)
    aside = _set_aside(parsed, found, lines, fatal & ~blank, reasons)
    structural = [_structural(line, message, raw, found.width) for line, message, raw in aside[1]]
    every += structural
    counts.update((fault.column, fault.message) for fault in structural)
    every.sort(key=lambda fault: fault.line)
    keep = ~(fatal | blank | total)
    kept = table if keep.all() else table.filter(pa.array(keep))
    totals = table.filter(pa.array(total & ~blank & ~fatal))
    return Part(
        kept,
        totals,
        aside[0],
        tuple(every[:_MOST_FAULTS]),
        dict(counts),
        int(blank.sum()),
        marked,
        units,
    )


def _blank_rows(arrays: Sequence[pa.Array], count: int) -> NDArray[np.bool_]:
    blank = np.ones(count, dtype=bool)
    for array in arrays:
        if not array.null_count:
            return np.zeros(count, dtype=bool)
    for array in arrays:
        blank &= pc.is_null(array).to_numpy(zero_copy_only=False)
        if not blank.any():
            break
    return blank


def _totals(arrays: Sequence[pa.Array], columns: Sequence[Column], count: int) -> NDArray[np.bool_]:
    """Tell the rows that are totals: a label says so, and no code contradicts it."""
    none = np.zeros(count, dtype=bool)
    if not count:
        return none
    labels = [
        at for at, column in enumerate(columns[:_LABELS]) if column.role in (Role.CODE, Role.TEXT)
    ]
    if not labels or len(columns) < 2:
        return none
    found = {at: _matches(arrays[at]) for at in labels}
    codes = [at for at in labels if columns[at].role is Role.CODE]
    said = np.logical_or.reduce(list(found.values()))
    if not said.any():
        return none
    if not codes:
        return found[labels[0]]
    nowhere: NDArray[np.bool_] = pc.is_null(arrays[codes[0]]).to_numpy(zero_copy_only=False)
    labelled: NDArray[np.bool_] = said & (nowhere | found[codes[0]])
    return labelled


def _matches(array: pa.Array) -> NDArray[np.bool_]:
    if pa.types.is_dictionary(array.type):
        distinct = pc.match_substring_regex(array.dictionary, TOTAL)
        if not pc.any(distinct).as_py():
            return np.zeros(len(array), dtype=bool)
        matched = distinct.take(array.indices)
    else:
        matched = pc.match_substring_regex(array, TOTAL)
    found = pc.fill_null(matched, False).to_numpy(zero_copy_only=False)
    matches: NDArray[np.bool_] = np.asarray(found, dtype=bool)
    return matches


def _cell_faults(
    typed: Typed, column: Column, lines: Known | Lines, *, skip: NDArray[np.bool_]
) -> tuple[list[Fault], dict[int, str]]:
    """Locate the cells of a column that are at fault; say which rows they stop."""
    texts = typed.texts.cast(pa.string())
    wrong = pc.is_in(texts, value_set=pa.array(list(typed.faults), pa.string()))
    rows = np.flatnonzero(pc.fill_null(wrong, False).to_numpy(zero_copy_only=False) & ~skip)
    starts = lines.of_rows() if rows.size else np.zeros(0, np.int64)
    told, stops = [], {}
    for row in rows.tolist():
        text = texts[row].as_py()
        message, repair, fatal = typed.faults[text]
        told.append(Fault(int(starts[row]), column.name, text, message, repair, fatal))
        if fatal:
            stops[row] = message
    return told, stops


def _set_aside(
    parsed: Parsed,
    found: Detection,
    lines: Known | Lines,
    fatal: NDArray[np.bool_],
    reasons: dict[int, str],
) -> tuple[pa.Table, list[tuple[int, str, str]]]:
    """Gather the rows that are set aside, and locate those whose cells could not be told."""
    kept: list[tuple[int, str, str]] = []
    if fatal.any():
        starts = lines.of_rows()
        kept += [
            (int(starts[row]), reasons[row], lines.text_at(int(starts[row])))
            for row in np.flatnonzero(fatal).tolist()
        ]
    bad = []
    for line, message, raw in parsed.bad:
        where = line if line >= 0 else int(lines.of_records()[-1 - line])
        bad.append((where, message, raw))
    both = sorted([*kept, *((line, message.split(":")[0], raw) for line, message, raw in bad)])
    columns = list(zip(*both, strict=True)) or [(), (), ()]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, SET_ASIDE, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SET_ASIDE), bad


def _structural(line: int, message: str, raw: str, width: int) -> Fault:
    name, _, count = message.partition(":")
    return Fault(line, "", raw[:80], name, found=int(count or 0), expected=width)


def part_of_arrays(
    arrays: Sequence[pa.Array],
    lines: Sequence[int],
    raw: Sequence[str],
    found: Detection,
    *,
    mend: bool = False,
) -> Part:
    """Read columns that a format gives apart as those of a piece of text are.

    Parameters
    ----------
    arrays : sequence of pyarrow array
        Texts, or values of a type that is kept.
    lines : sequence of int
        Where each row is in its file.
    raw : sequence of str
        What is written there, for the rows that are set aside.
    found : Detection
    mend : bool
    """
    at = np.array(lines, np.int64)
    parsed = Parsed(arrays, np.arange(at.size), at.size, (), (), at)
    return _assemble(parsed, found, Known(at, raw), (), mend=mend)
