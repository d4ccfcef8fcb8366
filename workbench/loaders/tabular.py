"""Read files of rows into typed tables: values, statuses, located problems, rows set aside.

``read`` gives a table in memory, :mod:`workbench.loaders.lazily` a Dask frame, and
``write_parquet`` goes from one file to the other without holding either.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.core.i18n.catalogue import Messages
from workbench.core.reads import note
from workbench.loaders.detection import Detection, detect
from workbench.loaders.dialect import Column, Decision, Dialect, Role
from workbench.loaders.errors import OptionUnknown, TableRefused
from workbench.loaders.kinds import kind_of_file, must_be_rows
from workbench.loaders.parsing import Fault
from workbench.loaders.parts import SET_ASIDE, Part, read_part
from workbench.loaders.pieces import Piece, as_bytes, cut
from workbench.loaders.registry import Loaded, Problem
from workbench.loaders.writing import told_markers, told_totals, told_units

__all__ = [
    "OPTIONS",
    "Table",
    "gather",
    "load",
    "loading",
    "options",
    "read",
    "read_parts",
    "revise",
    "suffixes",
]

suffixes = (".csv", ".tsv", ".txt", ".tab")
options = ("dialect", "strict", "mend", "lang", "located", "lazy", *Dialect.__dataclass_fields__)
OPTIONS = ("dialect", "strict", "mend", "lang", "located", "roles", "expected", "markers")
"""What each reader of tables takes, whatever the format."""

_MOST_PROBLEMS = 1000
_RULES = "tabular."  # the messages that say what is wrong
_AHEAD = 3  # pieces being read at once: two cores, and one that waits
# More cells than this share, and the sample had told the role of the column wrongly.
_MISTAKEN = 0.1
_CONTRADICTIONS = (
    *("not_number", "other_decimal", "other_unit", "not_date", "no_zone", "time_in_date"),
)
# What only a code is: a zero at the beginning, or letters beside digits (2A004, 12bis).
_CODE = re.compile(r"0[0-9]+|[0-9]+ ?[A-Za-z]{1,3}[0-9]*|[A-Za-z]{1,3}[0-9]+")
_REFUSED = 0.5  # share of the rows set aside beyond which a file is refused


@dataclass(frozen=True, slots=True)
class Table:
    """Hold a file that has been read.

    Parameters
    ----------
    data : pyarrow.Table
        A quantity ``v`` is followed by ``v_status``, the integers of `Status`.
    columns : tuple of Column
    decisions : tuple of Decision
    problems : tuple of Problem
        The first ones, in the order of the file.
    counts : mapping of (str, str) to int
        All of them, by column and rule: see `Problem.rule`.
    totals : pyarrow.Table
        Rows that are totals of others.
    set_aside : pyarrow.Table
        Rows that could not be read: line, reason and text.
    notes : tuple of str
        Titles above the table, notes and sources under it.
    count : int
        Rows read; more than `data` holds when they have been written to a file.
    dialect : Dialect
        What to write another file like this one with.
    """

    data: pa.Table
    columns: tuple[Column, ...]
    decisions: tuple[Decision, ...]
    problems: tuple[Problem, ...] = ()
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    totals: pa.Table | None = None
    set_aside: pa.Table = field(default_factory=SET_ASIDE.empty_table)
    notes: tuple[str, ...] = ()
    count: int = 0
    dialect: Dialect = field(default_factory=Dialect)

    @property
    def rows(self) -> int:
        """Count the rows of the file, totals and those set aside included."""
        totals = self.totals.num_rows if self.totals is not None else 0
        return int(self.count + totals + self.set_aside.num_rows)

    def column(self, name: str) -> list[Any]:
        """Return the values of a column."""
        values: list[Any] = self.data.column(name).to_pylist()
        return values


def read(
    path: Path,
    dialect: Dialect | None = None,
    *,
    strict: bool = False,
    mend: bool = False,
    lang: str = "en",
    located: bool = False,
    rows: int | None = None,
) -> Table:
    r"""Read a file of rows into memory.

    Parameters
    ----------
    path : Path
    dialect : Dialect, optional
        What is known of the file; the rest is detected.
    strict : bool
        Refuse the file when a row would be set aside.
    mend : bool
        Put repairs that are sure (a code that lost its zero) in place of what is wrong.
    lang : str
        Language of the problems.
    located : bool
        Keep the line of each row, in a last column, and refuse no file for its rows: for a
        check, which tells them all.
    rows : int, optional
        Read the first rows only.

    Raises
    ------
    LoadingError
        The file cannot be read; the message says where and why.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "towns.csv")
    >>> text = "Code;Nom;Population\n01001;Bâgé;1 234\n01002;Lélex;s\n01004;Gex;mille\n"
    >>> _ = path.write_text(text, "cp1252")
    >>> table = read(path)
    >>> table.data.to_pylist()[0]
    {'Code': '01001', 'Nom': 'Bâgé', 'Population': 1234, 'Population_status': 0}
    >>> table.column("Population_status")
    [0, 4]
    >>> [(problem.row, problem.value) for problem in table.problems]
    [(4, 'mille')]
    """
    note("file", str(path))
    must_be_rows(kind_of_file(path), path.name)
    found = replace(detect(path, dialect), located=located)
    say = Messages(lang)
    while True:
        with as_bytes(path, found.text) as (source, text):
            known = replace(found, text=text)
            parts = list(_first(read_parts(source, known, mend=mend), rows))
        table = gather(parts, known, path.name, say, rows=rows)
        revised = revise(found, table)
        if revised is None:
            break
        found = revised
    refuse(table, path.name, strict=strict, located=located)
    return table


def _first(parts: Iterable[Part], rows: int | None) -> Iterator[Part]:
    count = 0
    for part in parts:
        yield part
        count += part.table.num_rows
        if rows is not None and count >= rows:
            return


def read_parts(path: Path, found: Detection, *, mend: bool) -> Iterator[Part]:
    """Read the pieces of a file in order, a few of them at once."""

    def one(item: tuple[Piece, bytes]) -> Part:
        piece, content = item
        return read_part(content, found, line=piece.line, is_last=piece.is_last, mend=mend)

    items = cut(path, found.text, found.layout.quote)
    first = list(islice(items, 2))
    if len(first) < 2:
        yield from map(one, first)
        return
    workers = min(_AHEAD, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        waiting: list[Future[Part]] = []
        try:
            for item in _chain(first, items):
                waiting.append(pool.submit(one, item))
                if len(waiting) > workers:
                    yield waiting.pop(0).result()
            for future in waiting:
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()


def _chain(
    first: Iterable[tuple[Piece, bytes]], rest: Iterable[tuple[Piece, bytes]]
) -> Iterator[tuple[Piece, bytes]]:
    yield from first
    yield from rest


def gather(
    parts: Iterable[Part],
    found: Detection,
    name: str,
    say: Messages,
    *,
    rows: int | None = None,
    count: int | None = None,
) -> Table:
    """Put the parts of a file together, in order.

    Parameters
    ----------
    parts : iterable of Part
    found : Detection
    name : str
        Of the file.
    say : Messages
    rows : int, optional
        Keep the first rows only.
    count : int, optional
        Rows read, when the parts no longer hold them.
    """
    parts = list(parts)
    data = _concat([part.table for part in parts])
    counts: Counter[tuple[str, str]] = Counter()
    faults: list[Fault] = []
    marked: dict[tuple[str, str], str] = {}
    units: dict[tuple[str, str], str] = {}
    blank = 0
    for part in parts:
        counts.update(part.counts)
        units.update(part.units)
        faults += part.faults[: _MOST_PROBLEMS - len(faults)]
        marked.update(part.marked)
        blank += part.blank
    data = data.unify_dictionaries()
    columns = tuple(_widened(column, data) for column in found.columns)
    told = [*found.decisions, *told_units(units), *told_markers(marked)]
    if found.notes:
        shown = f"above or under the table, such as {found.notes[0][:60]!r}"
        told.append(Decision("notes", str(len(found.notes)), shown))
    if blank:
        told.append(Decision("blank rows", str(blank), "left out: no cell holds anything"))
    totals = _concat([part.totals for part in parts])
    if totals.num_rows:
        told.append(told_totals(totals, data, found.columns))
    return Table(
        data if rows is None else data.slice(0, rows),
        columns,
        tuple(told),
        tuple(_problem(fault, name, say) for fault in faults),
        {(column, f"{_RULES}{message}"): many for (column, message), many in counts.items()},
        totals,
        pa.concat_tables([part.set_aside for part in parts]),
        found.notes,
        data.num_rows if count is None else count,
        found.dialect,
    )


def _concat(tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables, promote_options="permissive")


def _widened(column: Column, data: pa.Table) -> Column:
    """Say that a column of whole numbers turned out to have decimals."""
    if column.role is Role.INTEGER and pa.types.is_floating(data.schema.field(column.name).type):
        return replace(column, role=Role.NUMBER)
    return column


def _problem(fault: Fault, name: str, say: Messages) -> Problem:
    if fault.message == "width":
        found, expected = str(fault.found), str(fault.expected)
        reason = say("tabular.width", found=found, expected=expected)
    else:
        reason = say(f"tabular.{fault.message}")
    repair = fault.repair and say("tabular.write", text=fault.repair)
    if not repair and f"tabular.{fault.message}_repair" in say.entries:
        repair = say(f"tabular.{fault.message}_repair")
    rule = f"{_RULES}{fault.message}"
    return Problem(name, fault.line, fault.column, fault.value, reason, repair, fault.fatal, rule)


def revise(found: Detection, table: Table) -> Detection | None:
    """Change the role of columns that the whole file shows not to be quantities or dates.

    Returns
    -------
    Detection or None
        None when the sample had told every role rightly.
    """
    seen: dict[str, set[str]] = {}
    for problem in table.problems:
        if problem.fatal and problem.column:
            seen.setdefault(problem.column, set()).add(problem.value.strip())
    told = {}
    for column in found.columns:
        if column.firm or column.role in (Role.CODE, Role.TEXT):
            continue
        count = sum(
            table.counts.get((column.name, f"{_RULES}{message}"), 0) for message in _CONTRADICTIONS
        )
        code = next(filter(_CODE.fullmatch, sorted(seen.get(column.name, ()))), "")
        if column.role.is_quantity and code:
            told[column.name] = (Role.CODE, f"{code!r} is further in the file")
        elif count > max(1, _MISTAKEN * table.rows):
            told[column.name] = (Role.TEXT, f"{count:,} cells are no {column.role.value}")
    if not told:
        return None
    columns = tuple(
        replace(column, role=told[column.name][0], many=False) if column.name in told else column
        for column in found.columns
    )
    changed = {
        f"role of {name}": Decision(f"role of {name}", role.value, evidence)
        for name, (role, evidence) in told.items()
    }
    kept = tuple(changed.pop(each.key, each) for each in found.decisions)
    return replace(found, columns=columns, decisions=kept)


def refuse(table: Table, name: str, *, strict: bool, located: bool = False) -> None:
    """Refuse a table when rows may not be set aside, or too many are unless it is for a check.

    Raises
    ------
    TableRefused
    """
    count = table.set_aside.num_rows
    if not count or not (strict or (not located and count > _REFUSED * table.rows)):
        return
    fatal = [problem for problem in table.problems if problem.fatal][:3]
    shown = "; ".join(
        f"line {each.row}{f', {each.column}' if each.column else ''}: {each.value[:60]!r}, "
        f"{each.reason}"
        for each in fatal
    )
    advice = (
        "Correct the file, give its dialect, or read it without strict."
        if strict
        else "Give the dialect of the file, or ask its producer to correct it."
    )
    raise TableRefused(
        f"{name}: {count:,} of {table.rows:,} rows cannot be read ({shown}). {advice}"
    )


def load(path: Path, *, rows: int | None = None, **given: Any) -> Loaded:
    """Read a file for the catalogue and its commands; see `read` for the options.

    With ``lazy=True`` the data are a Dask frame (:func:`workbench.loaders.lazily.scan`).
    """
    dialect, rest = split_options(given)
    if rest.pop("lazy", False) and rows is None:
        return _lazily(path, dialect, **rest)
    table = read(path, dialect, rows=rows, **rest)
    return loaded(table, rows)


def _lazily(path: Path, dialect: Dialect, *, lang: str = "en", **rest: Any) -> Loaded:
    """Read lazily; what goes through the whole file is not for a frame of its pieces."""
    from workbench.loaders.lazily import scan  # it reads by this module

    if unfit := [name for name, value in rest.items() if value]:
        raise OptionUnknown(f"{path.name} is read lazily: no option {unfit[0]!r} then.")
    lazy = scan(path, dialect, lang=lang)
    told = {decision.key: str(decision) for decision in lazy.found.decisions}
    return Loaded(lazy.frame, (), told, set_aside=None)


def loading(read: Callable[..., Table]) -> Callable[..., Loaded]:
    """Make of a reader of tables the ``load`` that the registry asks of its module.

    Parameters
    ----------
    read : callable
        (path, dialect, options by name) → Table.
    """

    def load(path: Path, *, rows: int | None = None, **given: Any) -> Loaded:
        """Read a file for the catalogue and its commands; see `read` for the options."""
        dialect, rest = split_options(given)
        return loaded(read(path, dialect, **rest), rows)

    return load


def split_options(given: Mapping[str, Any]) -> tuple[Dialect, dict[str, Any]]:
    """Part the keys of a dialect from the other options."""
    rest = dict(given)
    dialect = rest.pop("dialect", None)
    keys = {key: rest.pop(key) for key in list(rest) if key in Dialect.__dataclass_fields__}
    if isinstance(dialect, Mapping):
        dialect = Dialect.of(dialect)
    if dialect is None:
        return Dialect.of(keys), rest
    return replace(dialect, **keys), rest


def loaded(table: Table, rows: int | None = None) -> Loaded:
    """Return what a reader of the registry returns."""
    return Loaded(
        table.data if rows is None else table.data.slice(0, rows),
        table.problems,
        {decision.key: str(decision) for decision in table.decisions},
        table.rows if rows is None else None,
        table.set_aside.num_rows,
        table.totals,
        counts=table.counts,
        unread=table.set_aside,
        dialect=table.dialect,
        told=table.decisions,
    )
