"""Read series of sensors: times on one clock, summer time understood, gaps and repeats told.

The file itself (CSV, JSON lines, Parquet) is read as any other; this reader adds what a series
needs: an hour that a clock shows twice or never, a step, what is missing between two measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.core.errors import nearest
from workbench.core.i18n.catalogue import Messages
from workbench.loaders import registry
from workbench.loaders.errors import DialectInvalid, FileNotTabular, TableRefused
from workbench.loaders.registry import Loaded, Problem

__all__ = ["load", "local_to_utc", "options", "suffixes"]

suffixes = ()
options = (
    "time",
    "sensor",
    "zone",
    "step",
    "strict",
    "lang",
    "separator",
    "roles",
    "expected",
    "markers",
)

_ROWS = frozenset({".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".parquet", ".pq"})
_TOLD = 200  # problems of one kind told one by one
_SENSORS = ("sensor", "sensor_id", "device", "device_id", "station", "capteur", "channel_id", "id")


def local_to_utc(times: pd.Series, zone: str) -> tuple[pd.Series, pd.Series]:
    """Turn what a clock on the wall shows, in the order of its measures, into UTC.

    In autumn an hour is shown twice: its measures are of summer time until the clock goes back. In
    spring one is never shown: it is no time.

    Parameters
    ----------
    times : Series of datetime64
        Of one sensor, without a zone.
    zone : str
        Of the IANA database (``Europe/Paris``).

    Returns
    -------
    tuple of Series
        UTC, NaT where there is no such time; and whether the hour is one that comes twice and that
        the order does not tell apart: it is then taken as the first.

    Raises
    ------
    DialectInvalid
        There is no such zone.

    Examples
    --------
    >>> shown = pd.Series(pd.to_datetime(["2024-10-27 02:30", "2024-10-27 02:00"]))
    >>> utc, doubtful = local_to_utc(shown, "Europe/Paris")
    >>> utc.dt.strftime("%H:%M").tolist(), doubtful.tolist()
    (['00:30', '01:00'], [False, False])
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise DialectInvalid(
            f"There is no time zone {zone!r}: give one of the IANA database, such as Europe/Paris."
        ) from None
    first = times.dt.tz_localize(zone, ambiguous=np.ones(len(times), bool), nonexistent="NaT")
    second = times.dt.tz_localize(zone, ambiguous=np.zeros(len(times), bool), nonexistent="NaT")
    twice = (first != second) & first.notna()
    later = pd.Series(False, index=times.index)
    doubtful = twice.copy()
    for night in times[twice].dt.date.unique():
        rows = times.index[twice & (times.dt.date == night)]
        shown = times.loc[rows]
        back = shown.diff() <= pd.Timedelta(0)
        if back.sum() == 1 or not back.any():
            later.loc[rows] = back.cumsum() > 0
            # A whole hour that is seen once: which of the two it is, nothing says.
            doubtful.loc[rows] = not back.any()
    utc = first.where(~later, second).dt.tz_convert("UTC")
    return utc, doubtful


def load(
    path: Path,
    *,
    rows: int | None = None,
    time: str = "",
    sensor: str = "",
    zone: str = "",
    step: int = 0,
    strict: bool = False,
    lang: str = "en",
    **given: Any,
) -> Loaded:
    """Read a series.

    Parameters
    ----------
    path : Path
    rows : int, optional
        Return the first rows only; all are checked.
    time : str
        Column of the times; the only one of its kind by default.
    sensor : str
        Column that tells the sensors apart; one that is named so by default.
    zone : str
        Where the clock hangs that gave times without a zone: asked for when they have none.
    step : int
        Seconds between two measures; the most frequent by default.
    strict : bool
        Refuse a series in which something is wrong.
    lang : str
        Language of the problems.
    **given
        ``separator``, ``roles``, ``markers`` of the file.

    Returns
    -------
    Loaded
        The columns of the file, its times in UTC; rows as they come, those without a time set
        aside. Gaps, repeats and doubtful hours are problems.

    Raises
    ------
    FileNotTabular
        It is of a kind that holds no series.
    DialectInvalid
        There is no such column or zone, or none is given where one is needed.
    TableRefused
        Something is wrong, and `strict` was asked.
    """
    if path.suffix.lower() not in _ROWS:
        raise FileNotTabular(
            f"{path.name} is no series that is read: give {', '.join(sorted(_ROWS))}."
        )
    found = registry.read(path, options={**given, "lang": lang})
    data: pa.Table = found.data
    time = _time_column(data, time, path.name)
    sensor = _sensor_column(data, sensor, path.name)
    kind = data.schema.field(time).type
    stamps = data.column(time).to_pandas()
    names = data.column(sensor).cast(pa.string()).to_pandas() if sensor else None
    told = {
        "time": f"{time} (column)",
        "sensor": f"{sensor} (column)" if sensor else "one (no column tells several)",
    }
    if pa.types.is_timestamp(kind) and kind.tz:
        utc, doubtful = stamps.dt.tz_convert("UTC"), pd.Series(False, index=stamps.index)
        told["zone"] = "in each time (it says its own)"
    else:
        if not zone:
            raise DialectInvalid(
                f"{path.name}: the times of {time!r} say no zone, such as {stamps.iloc[0]}. Give "
                "the zone of the clock (zone=Europe/Paris, or zone=UTC)."
            )
        utc, doubtful = _each(pd.to_datetime(stamps), names, zone)
        told["zone"] = f"{zone} (given; written here in UTC)"
    lines = _lines(data.num_rows, found)
    say = Messages(lang)
    problems = _never(stamps, utc, lines, path.name, time, say)
    problems += _at(np.flatnonzero(doubtful), stamps, lines, path.name, time, say, "doubtful_hour")
    more, steps = _gaps(utc, names, step, lines, path.name, time, say)
    problems += more
    told["step"] = steps
    if strict and problems:
        first = problems[0]
        raise TableRefused(
            f"{path.name}: {len(problems)} problems, the first at line {first.row}, {first.value}: "
            f"{first.reason}. Read it without strict."
        )
    known = utc.notna()
    at = data.schema.get_field_index(time)
    values = pa.array(utc.astype("datetime64[us, UTC]"), pa.timestamp("us", "UTC"))
    data = data.set_column(at, time, values).filter(pa.array(known))
    return replace(
        found,
        data=data if rows is None else data.slice(0, rows),
        problems=tuple(sorted([*found.problems, *problems], key=lambda each: each.row or 0)),
        decisions={**found.decisions, **told},
        set_aside=(found.set_aside or 0) + int((~known).sum()),
    )


def _time_column(data: pa.Table, given: str, name: str) -> str:
    kinds = {each.name: each.type for each in data.schema}
    times: list[str] = [key for key, kind in kinds.items() if pa.types.is_timestamp(kind)]
    if not given and len(times) == 1:
        return times[0]
    if given in times:
        return given
    if given in kinds:
        raise DialectInvalid(
            f"{name}: the column {given!r} holds no times ({kinds[given]}). Give its role "
            "(datetime), or correct what it holds."
        )
    if given:
        raise DialectInvalid(f"{name} has no column {given!r} ({nearest(given, kinds)}).")
    raise DialectInvalid(
        f"{name} has {len(times)} columns of times ({', '.join(times) or 'none'}). Name the one of "
        "the measures (time)."
    )


def _sensor_column(data: pa.Table, given: str, name: str) -> str:
    names: dict[str, str] = {each.lower(): each for each in data.column_names}
    if given:
        if given not in data.column_names:
            told = nearest(given, data.column_names)
            raise DialectInvalid(f"{name} has no column {given!r} ({told}).")
        return given
    return next((names[each] for each in _SENSORS if each in names), "")


def _each(stamps: pd.Series, names: pd.Series | None, zone: str) -> tuple[pd.Series, pd.Series]:
    """Turn the times of each sensor into UTC: their order tells the hour that comes twice."""
    if names is None:
        return local_to_utc(stamps, zone)
    parts = [local_to_utc(part, zone) for _, part in stamps.groupby(names, dropna=False)]
    if not parts:
        return local_to_utc(stamps, zone)
    utc = pd.concat([each for each, _ in parts]).sort_index()
    return utc, pd.concat([each for _, each in parts]).sort_index()


def _lines(count: int, found: Loaded) -> list[int]:
    """Return the line of each row: those that were set aside are left out."""
    aside = {each.row for each in found.problems if each.fatal}
    first = int(found.decisions.get("header", "0").partition(" ")[0]) + 1
    every = range(first, first + count + len(aside))
    return [line for line in every if line not in aside][:count]


def _never(
    stamps: pd.Series,
    utc: pd.Series,
    lines: Sequence[int],
    name: str,
    column: str,
    say: Messages,
) -> list[Problem]:
    missing = np.flatnonzero(stamps.isna())
    never = np.flatnonzero(utc.isna() & stamps.notna())
    return [
        *_at(never, stamps, lines, name, column, say, "never_shown", fatal=True),
        *_at(missing, stamps, lines, name, column, say, "no_time", fatal=True),
    ]


def _gaps(
    utc: pd.Series,
    names: pd.Series | None,
    step: int,
    lines: Sequence[int],
    name: str,
    column: str,
    say: Messages,
) -> tuple[list[Problem], str]:
    """Locate repeats and gaps, sensor by sensor; say the step."""
    key = names if names is not None else pd.Series("", index=utc.index)
    frame = pd.DataFrame({"key": key, "utc": utc, "row": np.arange(len(utc))}).dropna(subset="utc")
    frame = frame.sort_values(["key", "utc", "row"])
    twice = frame.duplicated(["key", "utc"])
    problems = _at(np.sort(frame["row"][twice]), utc, lines, name, column, say, "measured_twice")
    frame = frame[~twice]
    after = frame.groupby("key", dropna=False)["utc"].diff().dt.total_seconds()
    usual = float(step) if step else float(after.mode().iloc[0]) if after.notna().any() else 0.0
    if not usual:
        return problems, "none: a single measure a sensor"
    lacking = (after / usual).round() - 1
    wide = (lacking >= 1) & (after > 1.5 * usual)
    for row, count in zip(frame["row"][wide].head(_TOLD), lacking[wide], strict=False):
        reason = say("readers.gap", count=f"{count:.0f}")
        shown = f"{utc.iloc[row]:%Y-%m-%dT%H:%M:%SZ}"
        problems.append(Problem(name, lines[row], column, shown, reason, say("readers.gap_repair")))
    total = f"{lacking[wide].sum():,.0f} measures are missing in {int(wide.sum()):,} gaps"
    return problems, f"{usual:g} s ({'given' if step else 'the most frequent'}; {total})"


def _at(
    rows: Any,
    values: pd.Series,
    lines: Sequence[int],
    name: str,
    column: str,
    say: Messages,
    message: str,
    *,
    fatal: bool = False,
) -> list[Problem]:
    reason, repair = say(f"readers.{message}"), say(f"readers.{message}_repair")
    return [
        Problem(name, lines[row], column, _shown(values.iloc[row]), reason, repair, fatal)
        for row in np.asarray(rows)[:_TOLD].tolist()
    ]


def _shown(value: Any) -> str:
    return "" if pd.isna(value) else pd.Timestamp(value).isoformat()
