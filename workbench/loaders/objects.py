"""Read objects with keys as the rows of a table: codes stay text, nested keys are joined by dots.

Readers of JSON bring the objects; what a text, a marker or a number is, is told as anywhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from workbench.core.i18n.catalogue import Messages
from workbench.loaders.cells import rows_of, table_of
from workbench.loaders.dialect import EVERY, Decision, Dialect
from workbench.loaders.errors import JsonRefused, RowTooLong
from workbench.loaders.geometry import faults
from workbench.loaders.parts import LINE
from workbench.loaders.registry import Problem
from workbench.loaders.roles import words
from workbench.loaders.tabular import Table

__all__ = ["GEOMETRY", "flat", "follow", "invalid", "problem_of", "read_objects", "with_problems"]

GEOMETRY = "geometry"
"""Name of the column of geometries."""

_DEPTH = 4
_NAMES_CODE = frozenset({"id", "code", "insee", "postal", "siren", "siret"})
_MOST_COLUMNS = 20_000
_MOST_CELLS = 40_000_000
_MOST_PROBLEMS = 1000


def flat(found: Mapping[str, Any], *, depth: int = _DEPTH) -> dict[str, Any]:
    """Join nested keys by dots; lists, and what is nested deeper, stay JSON texts.

    Examples
    --------
    >>> flat({"id": "a", "address": {"postalCode": "06200"}, "lines": ["1", "2"]})
    {'id': 'a', 'address.postalCode': '06200', 'lines': '["1", "2"]'}
    """
    made: dict[str, Any] = {}
    for key, value in found.items():
        if isinstance(value, Mapping) and value and depth > 0:
            made |= {f"{key}.{k}": v for k, v in flat(value, depth=depth - 1).items()}
        elif isinstance(value, Mapping | list):
            made[key] = json.dumps(value, ensure_ascii=False) if value else None
        else:
            made[key] = value
    return made


def read_objects(
    objects: Sequence[Mapping[str, Any]],
    name: str,
    dialect: Dialect,
    *,
    lines: Sequence[int] = (),
    geometry: Sequence[bytes | None] | None = None,
    told: Sequence[Decision] = (),
    typed: bool = False,
    strict: bool = False,
    mend: bool = False,
    lang: str = "en",
    located: bool = False,
) -> Table:
    """Read objects.

    Parameters
    ----------
    objects : sequence of mapping
    name : str
        What problems are located in.
    dialect : Dialect
    lines : sequence of int
        Number of each in its file; from 1 when not given.
    geometry : sequence of bytes or None, optional
        That of each object: the column ``geometry``.
    told : sequence of Decision
    typed : bool
        Whether a number is always a quantity, unless its key names a code, as in a protocol; in
        files of any kind a spreadsheet may have made a number of a code.
    strict, mend, lang, located
        See `workbench.loaders.tabular.read`.

    Raises
    ------
    LoadingError

    Examples
    --------
    >>> read_objects([{"code": "01001"}], "a.json", Dialect()).data.to_pylist()
    [{'code': '01001'}]
    """
    try:
        rows = [flat(each) for each in objects]
    except RecursionError:
        raise JsonRefused(f"{name} holds lists within lists without end.") from None
    keys = list(dict.fromkeys(key for row in rows for key in row))
    if len(keys) > _MOST_COLUMNS or len(keys) * len(rows) > _MOST_CELLS:
        raise RowTooLong(
            f"{name} has {len(rows):,} objects with {len(keys):,} keys in all, more than a table "
            "holds. Ask its producer for one object an observation."
        )
    if not rows:
        empty = {GEOMETRY: pa.array([], pa.binary())} if geometry is not None else {}
        empty |= {LINE: pa.array([], pa.int64())} if located else {}
        return Table(pa.table(empty), (), (*told, Decision("rows", "0", "it holds no object")))
    # The place of each row comes with it, so that geometries follow when rows are set aside.
    place = "place"
    while place in keys:
        place += "_"
    if geometry is not None and GEOMETRY in keys:
        keys[keys.index(GEOMETRY)] = f"{GEOMETRY}_text"
        rows = [
            {f"{k}_text" if k == GEOMETRY else k: value for k, value in row.items()} for row in rows
        ]
    grid = [[*(row.get(key) for key in keys), at] for at, row in enumerate(rows)]
    cells = [
        row._replace(line=line)
        for row, line in zip(rows_of(grid), lines or range(1, len(rows) + 1), strict=True)
    ]
    told_roles = {} if EVERY in dialect.roles else _roles(rows, keys, typed=typed)
    expected = {key: each for key, each in told_roles.items() if key not in dialect.expected}
    roles = {**expected, **dialect.roles, place: "integer"}
    table = table_of(
        cells,
        replace(dialect, roles=roles),
        name,
        told=told,
        names=[*keys, place],
        strict=strict,
        mend=mend,
        lang=lang,
        located=located,
    )
    held = {} if geometry is None else {GEOMETRY: geometry}
    return follow(table, place, held, located=located)


def _roles(
    rows: Sequence[Mapping[str, Any]], keys: Sequence[str], *, typed: bool
) -> dict[str, str]:
    """Keep as codes the digits written as texts, and as figures the numbers of a protocol."""
    found = {}
    for key in keys:
        values = [row[key] for row in rows if row.get(key) is not None]
        if values and all(isinstance(each, str) and each.isdecimal() for each in values):
            found[key] = "code"
        elif typed and values and not _NAMES_CODE & set(words(key)) and all(map(_number, values)):
            whole = all(isinstance(each, int) for each in values)
            found[key] = "integer" if whole else "number"
    return found


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def follow(
    table: Table,
    place: str,
    geometries: Mapping[str, Sequence[bytes | None] | pa.ChunkedArray],
    *,
    located: bool = False,
) -> Table:
    """Give each row its geometries, and keep among them the rows named as a total.

    Parameters
    ----------
    table : Table
    place : str
        Column of the place of each row in what was read; it goes.
    geometries : mapping of str to sequence of bytes or None
        By the name of their column, in the order of what was read.
    located : bool
        Whether the last column is the line of each row, and stays the last.
    """
    data = table.data
    if table.totals is not None and table.totals.num_rows:
        # Objects have identifiers and shapes: "Total" is then a name as any other.
        data = pa.concat_tables([data, table.totals], promote_options="permissive")
        data = data.unify_dictionaries().sort_by(place)
    at = data.column(place)
    gone = [each for each in (place, f"{place}_status") if each in data.column_names]
    data = data.drop_columns(gone)
    for name, values in geometries.items():
        array = values if isinstance(values, pa.ChunkedArray) else pa.array(values, pa.binary())
        data = data.add_column(data.num_columns - located, name, array.take(at))
    told = (f"role of {place}", "totals")
    return replace(
        table,
        data=data,
        columns=tuple(each for each in table.columns if each.name != place),
        decisions=tuple(each for each in table.decisions if each.key not in told),
        totals=None,
        count=data.num_rows,
    )


def invalid(
    geometries: pa.ChunkedArray, column: str, lines: Sequence[int], name: str, say: Messages
) -> Iterator[Problem]:
    """Locate the geometries that are not valid.

    Parameters
    ----------
    geometries : pyarrow.ChunkedArray
        Well-known binary.
    column : str
    lines : sequence of int
        Number of each in its file.
    name : str
        Of the file.
    say : Messages
    """
    for row, reason in faults(geometries).items():
        rule = "readers.invalid" if reason else "readers.no_geometry"
        told = say(rule, reason=reason) if reason else say(rule)
        repair = say("readers.invalid_repair" if reason else "readers.geometry_repair")
        yield Problem(name, lines[row], column, "", told, repair, rule=rule)


def problem_of(
    rule: str,
    name: str,
    line: int | None,
    value: str,
    say: Messages,
    *,
    column: str = "",
    repair: str = "",
    fatal: bool = False,
) -> Problem:
    """Locate something wrong that a message names.

    Parameters
    ----------
    rule : str
        Message that says what is wrong; ``<rule>_repair`` says what to do.
    name : str
        Of the file.
    line : int or None
    value : str
    say : Messages
    column : str
        Empty for a whole row.
    repair : str
        Message in place of ``<rule>_repair``.
    fatal : bool
        Whether the row was set aside.

    Examples
    --------
    >>> problem_of("readers.not_record", "a.json", 3, "5", Messages("en")).row
    3
    """
    how = say(repair or f"{rule}_repair")
    return Problem(name, line, column, value, say(rule), how, fatal, rule)


def with_problems(
    table: Table, problems: Iterable[Problem], lines: Sequence[tuple[int, str, str]] = ()
) -> Table:
    """Add the problems that a reader found itself, and the objects that it set aside.

    Parameters
    ----------
    table : Table
    problems : iterable of Problem
    lines : sequence of (int, str, str)
        Those set aside: where they are, why, and what is written there.
    """
    aside = table.set_aside
    if lines:
        columns = [list(each) for each in zip(*lines, strict=True)]
        aside = pa.concat_tables([aside, pa.table(columns, schema=aside.schema)]).sort_by("line")
    counts, problems = dict(table.counts), list(problems)
    for each in problems:
        key = (each.column, each.rule or each.reason)
        counts[key] = counts.get(key, 0) + 1
    every = sorted([*table.problems, *problems], key=lambda each: each.row or 0)
    return replace(table, problems=tuple(every[:_MOST_PROBLEMS]), counts=counts, set_aside=aside)
