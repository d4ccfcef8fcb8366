"""Read a timetable (GTFS): its files as tables whose codes are text, what is wrong in them located.

The times of a day of service go on after midnight: 25:10:00 is ten past one, the night after.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.core.errors import nearest
from workbench.core.i18n.catalogue import Messages
from workbench.core.reads import note
from workbench.loaders.archive import extract
from workbench.loaders.content import kind_of
from workbench.loaders.dialect import Dialect
from workbench.loaders.errors import DialectInvalid, FileNotTabular, TableRefused
from workbench.loaders.geometry import points
from workbench.loaders.gtfs_days import service_dates, trips_by_stop
from workbench.loaders.gtfs_tables import KEYS, LINKS, REQUIRED, TIMES, role_of
from workbench.loaders.guard import check_file
from workbench.loaders.registry import Loaded, Problem
from workbench.loaders.tabular import read as read_rows

__all__ = ["Timetable", "load", "options", "read", "suffixes", "takes_archives"]

suffixes = ("gtfs.zip",)
options = ("table", "folder", "strict", "lang")
takes_archives = True

_ALWAYS = ("agency", "stops", "routes", "trips", "stop_times")
_COUNTED = ("trips_by_stop", "service_dates")
_TIME = r"^\s*(\d{1,3}):([0-5]\d):([0-5]\d)\s*$"
_TOLD = 50  # problems of one kind told one by one, in one file


@dataclass(frozen=True, slots=True)
class Timetable:
    """Hold the files of a timetable.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table
        By the name of their file, without ``.txt``. ``stops`` has its points in ``geometry``;
        a time ``t`` of ``stop_times`` has its seconds in ``t_seconds``.
    problems : tuple of Problem
    rows, set_aside : int
        Of all files.
    """

    tables: Mapping[str, pa.Table]
    problems: tuple[Problem, ...]
    rows: int
    set_aside: int

    def frame(self, name: str) -> pd.DataFrame:
        """Return a table of pandas, codes as text."""
        table = self.tables[name]
        fields = [
            pa.field(each.name, pa.string()) if pa.types.is_dictionary(each.type) else each
            for each in table.schema
        ]
        frame: pd.DataFrame = table.cast(pa.schema(fields)).to_pandas()
        return frame

    def trips_by_stop(self) -> pd.DataFrame:
        """Count the trips that call at each stop, a day of service.

        Returns
        -------
        DataFrame
            ``stop_id``, ``date`` (of the day of service), ``trips``.
        """
        used = {
            name: self.frame(name)
            for name in ("stop_times", "trips", "calendar", "calendar_dates", "frequencies")
            if name in self.tables
        }
        return trips_by_stop(used)

    def service_dates(self) -> pd.DataFrame:
        """Return the days on which each service runs: ``service_id``, ``date``."""
        return service_dates(
            *(self.frame(e) if e in self.tables else None for e in ("calendar", "calendar_dates"))
        )


def read(path: Path, *, folder: str = "", strict: bool = False, lang: str = "en") -> Timetable:
    """Read a timetable.

    Parameters
    ----------
    path : Path
        The archive, or a folder of its files, which may be in a folder within it.
    folder : str
        That folder, where there are several timetables (``"urban"``).
    strict : bool
        Refuse a timetable in which something is wrong.
    lang : str
        Language of the problems.

    Raises
    ------
    FileNotTabular
        A file or a column that every timetable has is not there.
    DialectInvalid
        There are several timetables, or none in `folder`.
    ArchiveInvalid, ArchiveBomb
        See :func:`workbench.loaders.archive.extract`.
    TableRefused
        Something is wrong, and `strict` was asked.
    """
    if path.is_dir():
        files = _of_one(path, sorted(path.rglob("*.txt")), folder, path.name)
        return _read(files, path.name, strict=strict, lang=lang)
    note("file", str(path))
    if kind_of(path) != "zip":
        raise FileNotTabular(
            f"{path.name} is no zip: a timetable (GTFS) is one. Fetch it again, from the address "
            "of the file itself."
        )
    with tempfile.TemporaryDirectory(prefix="workbench-") as work:
        out = Path(work) / "gtfs"
        files = _of_one(out, extract(path, out, wanted="*.txt"), folder, path.name)
        return _read(files, path.name, strict=strict, lang=lang)


def _of_one(root: Path, files: Sequence[Path], folder: str, name: str) -> Sequence[Path]:
    """Return the files of one timetable: all are in the folder of its trips."""
    homes = {
        each.parent.relative_to(root).as_posix(): each.parent
        for each in files
        if each.stem == "stop_times"
    }
    if folder and folder.strip("/") not in homes:
        told = nearest(folder, homes) if homes else "it holds none"
        raise DialectInvalid(f"{name} has no timetable in a folder {folder!r} ({told}).")
    if not folder and len(homes) > 1:
        raise DialectInvalid(
            f"{name} holds {len(homes)} timetables, in {', '.join(sorted(homes))}: name the folder "
            "of the one to read (folder)."
        )
    home = homes[folder.strip("/")] if folder else next(iter(homes.values()), None)
    return [each for each in files if home in (None, each.parent)]


def _read(files: Sequence[Path], name: str, *, strict: bool, lang: str) -> Timetable:
    found = {each.stem: each for each in files}
    _check_files(found, [each.name for each in files], name)
    say, problems = Messages(lang), []
    tables, lines, rows, aside = {}, {}, 0, 0
    for stem, path in found.items():
        check_file(path)
        names = _heading(path)
        if not names:
            continue  # an optional file that holds nothing at all
        _check_columns(stem, names, name)
        roles = {each: role_of(each) for each in names}
        dialect = Dialect(separator=",", quote='"', header=1, header_rows=1, roles=roles)
        table = read_rows(path, dialect, lang=lang)
        place = f"{name}/{path.name}"
        problems += [_placed(each, place) for each in table.problems]
        tables[stem] = _without_statuses(table.data)
        lines[stem] = _lines(table.data.num_rows, table.set_aside.column("line").to_pylist())
        rows, aside = rows + table.rows, aside + table.set_aside.num_rows
    for stem, columns in TIMES.items():
        for column in columns:
            if stem in tables and column in tables[stem].column_names:
                tables[stem], wrong = _timed(tables[stem], column)
                problems += _told(name, stem, column, wrong, tables, lines, say, "not_time")
    stops = tables["stops"]
    if {"stop_lat", "stop_lon"} <= set(stops.column_names):
        places = points(*(_floats(stops, each) for each in ("stop_lon", "stop_lat")))
        tables["stops"] = stops.append_column("geometry", pa.array(places, pa.binary()))
        problems += _told(name, "stops", "stop_lat", _nowhere(stops), tables, lines, say, "nowhere")
    made = Timetable(tables, (), rows, aside)
    problems += _linked(made, lines, name, say)
    if strict and problems:
        first = problems[0]
        raise TableRefused(
            f"{name}: {len(problems)} problems, the first in {first.file}, line {first.row}, "
            f"{first.column}: {first.value!r}, {first.reason}. Correct the files, or read them "
            "without strict."
        )
    return Timetable(tables, tuple(problems), rows, aside)


def _check_files(found: Mapping[str, Path], names: Sequence[str], name: str) -> None:
    lacking = [f"{each}.txt" for each in _ALWAYS if each not in found]
    if not {"calendar", "calendar_dates"} & set(found):
        lacking.append("calendar.txt (or calendar_dates.txt)")
    if lacking:
        raise FileNotTabular(
            f"{name} is no whole timetable (GTFS): it lacks {', '.join(lacking)}; it holds "
            f"{', '.join(sorted(names)[:12]) or 'no .txt file'}. Ask its producer for all files."
        )


def _heading(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return [each.strip() for each in next(csv.reader(file), [])]


def _check_columns(stem: str, names: Sequence[str], name: str) -> None:
    for column in REQUIRED.get(stem, ()):
        if column not in names:
            raise FileNotTabular(
                f"{name}/{stem}.txt has no column {column!r} ({nearest(column, names)}), which "
                "every timetable has. Ask its producer to add it."
            )


def _placed(problem: Problem, place: str) -> Problem:
    told = (problem.row, problem.column, problem.value, problem.reason, problem.repair)
    return Problem(place, *told, problem.fatal)


def _without_statuses(table: pa.Table) -> pa.Table:
    """Drop the statuses of columns that are no statistics: a blank is told by the blank itself."""
    names = set(table.column_names)
    gone = [e for e in names if e.endswith("_status") and e.removesuffix("_status") in names]
    return table.drop_columns(gone)


def _lines(count: int, aside: Sequence[int]) -> list[int]:
    """Return the line of each row that was kept, those set aside being left out."""
    without = set(aside)
    every = range(2, count + len(without) + 2)
    return [line for line in every if line not in without]


def _timed(table: pa.Table, column: str) -> tuple[pa.Table, pa.Array]:
    """Add the seconds of a column of times; tell the rows in which it holds something else."""
    texts = table.column(column).to_pandas()
    codes, distinct = pd.factorize(texts)
    parts = pd.Series(distinct, dtype="str").str.extract(_TIME).astype("Float64")
    seconds = (parts[0] * 3600 + parts[1] * 60 + parts[2]).to_numpy("float64", na_value=np.nan)
    known = np.append(seconds, np.nan)[codes]
    values = pa.array(known, pa.float64(), from_pandas=True).cast(pa.int32())
    wrong = np.isnan(known) & (codes >= 0)
    return table.append_column(f"{column}_seconds", values), np.flatnonzero(wrong)


def _floats(table: pa.Table, column: str) -> Any:
    return table.column(column).to_pandas().to_numpy("float64", na_value=np.nan)


def _nowhere(stops: pa.Table) -> Any:
    """Tell the stops whose coordinates lie outside of the Earth, or where nobody lives (0, 0)."""
    lon, lat = _floats(stops, "stop_lon"), _floats(stops, "stop_lat")
    outside = (np.abs(lon) > 180) | (np.abs(lat) > 90)
    return np.flatnonzero(outside | ((np.abs(lon) < 0.01) & (np.abs(lat) < 0.01)))


def _linked(
    timetable: Timetable, lines: Mapping[str, Sequence[int]], name: str, say: Messages
) -> Iterator[Problem]:
    """Locate codes that lead nowhere, and rows that are there twice."""
    tables = timetable.tables
    for stem, column, others in LINKS:
        if stem not in tables:
            continue
        known = {
            code
            for other in others
            if other in tables
            for code in tables[other].column(column).unique().to_pylist()
        }
        codes = timetable.frame(stem)[column]
        wrong = np.flatnonzero(~codes.isin(known))
        yield from _told(name, stem, column, wrong, tables, lines, say, "no_such")
    for stem, columns in KEYS.items():
        if stem in tables:
            twice = timetable.frame(stem).duplicated(list(columns)).to_numpy()
            rows = np.flatnonzero(twice)
            yield from _told(name, stem, columns[-1], rows, tables, lines, say, "twice")


def _told(
    name: str,
    stem: str,
    column: str,
    rows: Any,
    tables: Mapping[str, pa.Table],
    lines: Mapping[str, Sequence[int]],
    say: Messages,
    message: str,
) -> list[Problem]:
    reason, repair = say(f"readers.{message}"), say(f"readers.{message}_repair")
    told = []
    for row in rows[:_TOLD].tolist():
        value = tables[stem].column(column)[row].as_py()
        text = "" if value is None else str(value)
        told.append(Problem(f"{name}/{stem}.txt", lines[stem][row], column, text, reason, repair))
    if len(rows) > _TOLD:
        more = say("readers.and_more", count=str(len(rows) - _TOLD), reason=reason)
        told.append(Problem(f"{name}/{stem}.txt", None, column, "", more, repair))
    return told


def load(
    path: Path,
    *,
    rows: int | None = None,
    table: str = "stops",
    folder: str = "",
    strict: bool = False,
    lang: str = "en",
) -> Loaded:
    """Read one table of a timetable for the catalogue and its commands.

    ``trips_by_stop`` and ``service_dates`` are counted from the files.
    """
    timetable = read(path, folder=folder, strict=strict, lang=lang)
    names = (*sorted(timetable.tables), *_COUNTED)
    if table not in names:
        raise DialectInvalid(f"{path.name} has no table {table!r} ({nearest(table, names)}).")
    if table in timetable.tables:
        data = timetable.tables[table]
    else:
        frame = getattr(timetable, table)()
        frame = frame.assign(date=frame["date"].dt.date)
        data = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
    zone = timetable.tables["agency"].column("agency_timezone")
    return Loaded(
        data if rows is None else data.slice(0, rows),
        timetable.problems,
        {
            "table": f"{table} (the others are {', '.join(e for e in names if e != table)})",
            "time zone": ", ".join(sorted({str(each) for each in zone.unique().to_pylist()})),
        },
        timetable.rows,
        timetable.set_aside,
    )
