"""Read the rows of a long file of INSEE, those of one level, whatever the size of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.errors import nearest
from workbench.core.i18n.catalogue import Messages
from workbench.core.types import Status
from workbench.loaders.detection import Detection, detect
from workbench.loaders.dialect import EVERY, Dialect, Role
from workbench.loaders.errors import DialectInvalid, FileNotTabular
from workbench.loaders.kinds import kind_of_file, must_be_rows
from workbench.loaders.melodi_json import is_answer, read_answer
from workbench.loaders.parts import SET_ASIDE, Part
from workbench.loaders.pieces import as_bytes
from workbench.loaders.registry import Problem
from workbench.loaders.tabular import gather, read_parts, refuse

__all__ = ["GEO", "LEVEL", "LEVELS", "PERIOD", "VALUE", "Rows", "read_rows"]

VALUE, GEO, LEVEL, PERIOD = "OBS_VALUE", "GEO", "GEO_OBJECT", "TIME_PERIOD"

# Levels of Melodi that are levels of the pack, the one that is read unasked first.
LEVELS: Mapping[str, str] = {
    "COM": "commune",
    "IRIS": "iris",
    "ARM": "arrondissement_municipal",
    "EPCI": "epci",
    "DEP": "departement",
    "REG": "region",
    "FRANCE": "country",
}
_OF_PACK = {pack: melodi for melodi, pack in LEVELS.items()}


@dataclass(frozen=True, slots=True)
class Rows:
    """Hold the observations of one level.

    Parameters
    ----------
    name : str
        Of the file.
    table : pyarrow.Table
        Texts, ``OBS_VALUE`` and ``OBS_VALUE_status``.
    level : str
        As Melodi names it.
    problems, decisions, count, set_aside
        See :class:`workbench.loaders.registry.Loaded`.
    """

    name: str
    table: pa.Table
    level: str
    problems: tuple[Problem, ...] = ()
    decisions: Mapping[str, str] = field(default_factory=dict)
    count: int = 0
    set_aside: int = 0


def read_rows(
    path: Path,
    *,
    level: str,
    where: Mapping[str, Sequence[str]],
    separator: str,
    lang: str,
    strict: bool,
) -> Rows:
    """Read the observations of a level, a piece of the file at a time.

    Raises
    ------
    FileNotTabular
        It is no long file of INSEE.
    DialectInvalid
        It has no such level, category or value.
    """
    asked = _OF_PACK.get(level, level)
    parts = _parts_of(path, separator)
    wanted = asked or next(iter(LEVELS))
    kept, levels, found = _kept(parts, wanted, where, path.name)
    if not asked and not levels[wanted] and levels:
        wanted = next(
            (each for each in LEVELS if levels[each]), max(levels, key=levels.__getitem__)
        )
        kept, levels, found = _kept(parts, wanted, where, path.name)
    if not levels[wanted]:
        known = [LEVELS.get(each, each) for each in levels]
        raise DialectInvalid(
            f"{path.name} has no territory of level {level!r} ({nearest(level, known)})."
        )
    told = {"level": f"{LEVELS.get(wanted, wanted)} ({'given' if asked else 'the first there is'})"}
    others = ", ".join(f"{LEVELS.get(each, each)} {levels[each]:,}" for each in sorted(levels))
    told["rows by level"] = others
    if where:
        told["where"] = ", ".join(f"{key}={'|'.join(values)}" for key, values in where.items())
    if found is None:
        return Rows(path.name, kept[0].table, wanted, decisions=told, count=levels.total())
    table = gather(kept, found, path.name, Messages(lang))
    # A row named as a total is an observation as any other.
    data = _concat([table.data, *([table.totals] if table.totals is not None else [])])
    refuse(table, path.name, strict=strict)
    dialect = {each.key: str(each) for each in table.decisions if "role" not in each.key}
    return Rows(
        path.name,
        data,
        wanted,
        table.problems,
        {**dialect, **told},
        levels.total() + table.set_aside.num_rows,
        table.set_aside.num_rows,
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """Give the pieces of a file as often as they are asked for."""

    path: Path
    found: Detection | None

    def __iter__(self) -> Iterator[Part]:
        if self.found is None:
            table = read_answer(self.path)
            _must_be_long(table.column_names, self.path.name)
            value = table.column(VALUE)
            seen, unseen = (
                pa.scalar(int(s), pa.uint8()) for s in (Status.OBSERVED, Status.MISSING)
            )
            status = pc.if_else(pc.is_null(value), unseen, seen)
            table = table.append_column(f"{VALUE}_status", status)
            yield Part(table, table.slice(0, 0), SET_ASIDE.empty_table())
            return
        with as_bytes(self.path, self.found.text) as (source, text):
            yield from read_parts(source, replace(self.found, text=text), mend=False)


def _parts_of(path: Path, separator: str) -> _Source:
    if is_answer(path):
        return _Source(path, None)
    must_be_rows(kind_of_file(path), path.name)
    known = Dialect(separator=separator or None)
    names = [column.name for column in detect(path, known).columns]
    _must_be_long(names, path.name)
    roles = {EVERY: Role.CODE.value, VALUE: Role.NUMBER.value}
    return _Source(path, detect(path, replace(known, roles=roles, decimal=".")))


def _must_be_long(names: Sequence[str], name: str) -> None:
    if lacking := [each for each in (GEO, PERIOD, VALUE) if each not in names]:
        shown = ", ".join(list(names)[:8])
        raise FileNotTabular(
            f"{name} lacks {', '.join(lacking)} (it has {shown}…): it is no long file of INSEE. "
            "Files with a row a territory are read by the reader insee_wide."
        )


def _kept(
    parts: _Source, level: str, where: Mapping[str, Sequence[str]], name: str
) -> tuple[list[Part], Counter[str], Detection | None]:
    """Keep the rows of a level and of some categories, and count those of each level."""
    kept, levels, seen = [], Counter[str](), {key: set[str]() for key in where}
    for part in parts:
        tables = []
        for table in (part.table, part.totals):
            mask = None
            if LEVEL in table.column_names:
                there = table.column(LEVEL)
                for each in pc.value_counts(there.cast(pa.string())).to_pylist():
                    levels[each["values"] or ""] += each["counts"]
                mask = _is_in(there, [level])
            else:
                levels[level] += table.num_rows
            for key, values in where.items():
                if key not in table.column_names:
                    told = nearest(key, table.column_names)
                    raise DialectInvalid(f"{name} has no column {key!r} ({told}).")
                seen[key] |= set(pc.unique(table.column(key).cast(pa.string())).to_pylist())
                wanted = _is_in(table.column(key), values)
                mask = wanted if mask is None else pc.and_(mask, wanted)
            tables.append(table if mask is None else table.filter(mask))
        kept.append(replace(part, table=tables[0], totals=tables[1]))
    for key, values in where.items():
        if odd := [each for each in values if each not in seen[key]]:
            told = nearest(odd[0], sorted(each for each in seen[key] if each))
            raise DialectInvalid(f"{name}: {key} has no value {odd[0]!r} ({told}).")
    return kept, levels, parts.found


def _is_in(column: pa.ChunkedArray, values: Sequence[str]) -> pa.ChunkedArray:
    return pc.is_in(column.cast(pa.string()), value_set=pa.array(list(values), pa.string()))


def _concat(tables: Iterable[pa.Table]) -> pa.Table:
    return pa.concat_tables(list(tables), promote_options="permissive").unify_dictionaries()
