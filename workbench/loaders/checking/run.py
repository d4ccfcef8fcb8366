"""Check a source, a URL or a file: its schema, then its territory."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from workbench.core.defaults import DEFAULT_PACK
from workbench.core.errors import nearest
from workbench.core.i18n import format_number
from workbench.geography.atlas import Atlas, open_atlas
from workbench.loaders.catalogue import catalogue
from workbench.loaders.checking.record import Checked, Record, speak
from workbench.loaders.checking.schema import Schema, known_schemas, read_schema
from workbench.loaders.checking.sheet import Parts, Sheet, Unread
from workbench.loaders.checking.territory import Compared, check_territory
from workbench.loaders.checking.validate import validate
from workbench.loaders.dialect import EVERY
from workbench.loaders.errors import LoaderUnknown, SchemaUnknown
from workbench.loaders.fetch import fetch
from workbench.loaders.geometry import point_of
from workbench.loaders.load import load
from workbench.loaders.registry import Loaded, loader, loader_for
from workbench.loaders.transport import LIMITS, Limits

__all__ = ["check", "find_schema"]

_DEGREES = ("OGC:CRS84", "EPSG:4326")
# What is told beside the schema: by the territory, and by the reader.
_TERRITORY = (
    *("code_", "place_", "name_", "address_", "date_", "row_twice", "total_", "formula", "bal_"),
    *("read: ", "tabular.", "readers."),
)


def check(
    what: str,
    *,
    schema: Schema | None = None,
    pack: str | Atlas = DEFAULT_PACK,
    vintage: int | None = None,
    today: date,
    lang: str = "fr",
    reader: str = "",
    source: str = "",
    options: Mapping[str, Any] = MappingProxyType({}),
    **given: Any,
) -> Checked:
    r"""Check a source, a URL or a file.

    Parameters
    ----------
    what : str
        A name of the catalogue, an http(s) URL, or the path of a file.
    schema : Schema, optional
        Without one, the cells are compared with what the rest of their column is.
    pack : str or Atlas
        Country.
    vintage : int, optional
        Year of the map that the codes should be of.
    today : date
        After which what has happened cannot be.
    lang : str
    reader, source, options, **given
        See :func:`workbench.loaders.load.load`.

    Returns
    -------
    Checked

    Raises
    ------
    LoadingError
        The file cannot be read, or the schema.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "posts.csv")
    >>> _ = path.write_text("code_insee,lon,lat\n59350,3.06,50.63\n59350,50.63,3.06\n")
    >>> found = check(str(path), today=date(2024, 1, 1), lang="en")
    >>> [(each.row, each.repair) for each in found.problems]
    [(3, 'Swap them: longitude 3.06, latitude 50.63.')]
    """
    given |= {"reader": reader, "source": source}
    if not _locates(what, reader, source):
        return _of_reader(load(what, options=options, **given), lang)
    # A role given to a column that is not there is refused all the same.
    roles = dict.fromkeys((*options.get("roles", {}), EVERY), "text")
    texts = load(what, options={**options, "located": True, "roles": roles, "lang": lang}, **given)
    sheet = Sheet.of(texts)
    record = Record(texts.decisions["file"], sheet.lines, lang)
    if schema is not None:
        validate(sheet, schema, record)
    compared = check_territory(
        sheet,
        open_atlas(pack),
        record,
        today=today,
        vintage=vintage,
        points=(*(schema.points if schema else ()), *_points_of(texts)),
    )
    record.take(texts)
    unread = _unread(texts, record)
    read = texts
    if schema is None:
        read = load(what, options={**options, "located": True, "lang": lang}, **given)
        # Those of whole rows are told already.
        cells = tuple(each for each in read.problems if each.column)
        counts = {key: count for key, count in read.counts.items() if key[0]}
        record.take(replace(read, problems=cells, counts=counts))
    # What the cells are was not guessed where a schema says it.
    told = tuple(each for each in read.told if schema is None or "role of " not in each.key)
    keys = {each.key for each in read.told} - {each.key for each in told}
    found = Checked(
        record.file,
        len(sheet) + len(sheet.totals) + len(unread),
        int(record.aside.sum()) + len(unread),
        record.groups,
        lines=tuple(sorted({each.line for each in unread} | {*sheet.lines[record.aside].tolist()})),
        decisions={key: each for key, each in read.decisions.items() if key not in keys},
        schema=schema.title if schema else "",
        lang=lang,
        told=told,
        totals=len(sheet.totals),
        parts=Parts(
            Path(what),
            sheet,
            record.aside,
            record.reasons,
            (*unread, *(_total(line, cells, record) for line, cells in sheet.totals)),
            texts.dialect,
            lang,
        ),
    )
    return replace(found, good=_good(found, sheet, compared))


def _points_of(read: Loaded) -> tuple[str, ...]:
    """Name the columns of geometries that are points in degrees, longitude first."""
    told = read.decisions
    return tuple(
        each.name
        for each in read.data.schema
        if pa.types.is_binary(each.type)
        and told.get(f"crs of {each.name}", told.get("crs", "")).startswith(_DEGREES)
        and all(map(point_of, read.data.column(each.name).drop_null().to_pylist()))
    )


def _unread(read: Loaded, record: Record) -> tuple[Unread, ...]:
    """Return the rows that the reader could not cut into cells."""
    if read.unread is None:
        return ()
    reasons = {each.row: each.reason for each in read.problems if each.fatal}
    other = record.told("not_read", {})
    return tuple(
        Unread(row["line"], reasons.get(row["line"], other), row["text"])
        for row in read.unread.to_pylist()
    )


def _total(line: int, cells: Mapping[str, str], record: Record) -> Unread:
    return Unread(line, record.told("total_row", {}), cells=cells)


def find_schema(name: str, *, offline: bool | None = None, limits: Limits = LIMITS) -> Schema:
    """Return a schema by the path of its file, its URL, or its name.

    Raises
    ------
    SchemaUnknown
        It is neither a file nor a name.
    SchemaInvalid
        It is no Table Schema.
    """
    path = Path(name)
    if path.is_file():
        return read_schema(path)
    url = known_schemas().get(name, name if "://" in name else "")
    if not url:
        raise SchemaUnknown(
            f"No schema is named {name!r}, and no file is there "
            f"({nearest(name, known_schemas())}). Give a file, a URL, or one of these names."
        )
    return read_schema(fetch(url, offline=offline, limits=limits).path)


def _locates(what: str, reader: str, source: str) -> bool:
    """Tell whether the reader of a file says on which line each row is."""
    known = catalogue().by_id.get(source or what)
    name = reader or (known.reader if known else "")
    with suppress(LoaderUnknown):
        return "located" in (loader(name) if name else loader_for(Path(what))).options
    return True  # in an archive: its reader is known once it is open


def _of_reader(read: Loaded, lang: str) -> Checked:
    """Make a report of what a reader of something else than rows found."""
    import numpy as np

    record = Record(read.decisions["file"], np.zeros(0, dtype=np.int64), lang)
    record.take(read)
    return Checked(
        record.file,
        read.rows or 0,
        read.set_aside or 0,
        record.groups,
        decisions=read.decisions,
        lang=lang,
        told=read.told,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """Tell which rules were broken."""

    rules: frozenset[str]

    def none(self, *beginnings: str) -> bool:
        return not any(rule.startswith(beginnings) for rule in self.rules)


def _good(found: Checked, sheet: Sheet, compared: Compared) -> tuple[str, ...]:
    """Say what is right: a producer who reads only faults corrects none."""
    say = speak(found.lang)
    seen = _Seen(frozenset(group.rule for group in found.groups))

    def number(count: int) -> str:
        return format_number(count, 0, found.lang)

    rows, usable = number(found.rows), found.rows - found.set_aside
    told = [
        say(
            "check.good_read",
            columns=say("check.number_columns", count=len(sheet.columns)),
            rows=say("check.number_rows", count=found.rows),
        )
    ]
    if found.set_aside and usable:
        told.append(say("check.good_rows", count=usable, rows=rows))
    if found.schema:
        only_others = all(rule.startswith(_TERRITORY) for rule in seen.rules)
        if only_others:
            told.append(say("check.good_schema"))
        elif seen.none("column_missing", "column_name"):
            told.append(say("check.good_columns"))
    if compared.codes and seen.none("code_"):
        told.append(say("check.good_codes"))
    if compared.points and seen.none("place_"):
        told.append(say("check.good_points"))
    if compared.names and seen.none("name_"):
        told.append(say("check.good_names"))
    if len(sheet) > 1 and seen.none("row_twice", "key"):
        told.append(say("check.good_copies"))
    return tuple(told)
