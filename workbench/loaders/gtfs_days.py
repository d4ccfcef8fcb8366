"""Count what a timetable (GTFS) runs, day of service by day of service."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.loaders.errors import TableRefused

__all__ = ["service_dates", "trips_by_stop"]

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOST_DAYS = 3660  # ten years: no timetable is known further
_ADDED, _REMOVED = 1, 2


def service_dates(calendar: pd.DataFrame | None, exceptions: pd.DataFrame | None) -> pd.DataFrame:
    """Return the days on which each service runs.

    Parameters
    ----------
    calendar : DataFrame or None
        ``service_id``, ``monday``… ``sunday`` (1 or 0), ``start_date``, ``end_date`` (both run).
    exceptions : DataFrame or None
        ``service_id``, ``date``, ``exception_type`` (1 added, 2 removed).

    Returns
    -------
    DataFrame
        ``service_id``, ``date``; in that order.

    Raises
    ------
    TableRefused
        A service lasts for more than ten years.

    Examples
    --------
    >>> added = pd.DataFrame({"service_id": ["A"], "date": ["2024-05-01"], "exception_type": [1]})
    >>> service_dates(None, added).to_dict("list")
    {'service_id': ['A'], 'date': [Timestamp('2024-05-01 00:00:00')]}
    """
    parts = [pd.DataFrame({"service_id": pd.Series(dtype="str"), "date": pd.Series(dtype="M8[s]")})]
    for row in [] if calendar is None else calendar.to_dict("records"):
        start, end = pd.Timestamp(row["start_date"]), pd.Timestamp(row["end_date"])
        if pd.isna(start) or pd.isna(end):
            continue
        if (end - start).days > _MOST_DAYS:
            raise TableRefused(
                f"calendar.txt: service {row['service_id']!r} runs from {start:%Y-%m-%d} to "
                f"{end:%Y-%m-%d}, more than ten years. Correct end_date."
            )
        days = pd.date_range(start, end, unit="s")
        runs = np.array([row[day] == 1 for day in _DAYS])[days.day_of_week]
        parts.append(pd.DataFrame({"service_id": row["service_id"], "date": days[runs]}))
    dates = pd.concat(parts, ignore_index=True)
    if exceptions is not None:
        told = exceptions.assign(date=pd.to_datetime(exceptions["date"]).astype("M8[s]"))
        removed = told.loc[told["exception_type"] == _REMOVED, ["service_id", "date"]]
        added = told.loc[told["exception_type"] == _ADDED, ["service_id", "date"]]
        gone = pd.MultiIndex.from_frame(dates).isin(pd.MultiIndex.from_frame(removed))
        dates = pd.concat([dates[~gone], added], ignore_index=True).drop_duplicates()
    return dates.sort_values(["service_id", "date"], ignore_index=True)


def trips_by_stop(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the trips that call at each stop, a day of service.

    A trip that calls twice at a stop is one; one that is repeated every few minutes
    (``frequencies``) counts for each time that it starts. What runs after midnight is of the day
    of service on which it began.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``stop_times``, ``trips``, ``calendar`` or ``calendar_dates``, perhaps ``frequencies``.

    Returns
    -------
    DataFrame
        ``stop_id``, ``date``, ``trips``; in that order. A day without a trip has no row.
    """
    calls = tables["stop_times"][["trip_id", "stop_id"]].drop_duplicates()
    trips = tables["trips"][["trip_id", "service_id"]].drop_duplicates("trip_id")
    trips = trips.assign(trips=1)
    if "frequencies" in tables:
        runs = _runs(tables["frequencies"])
        trips["trips"] = trips["trip_id"].map(runs).fillna(1).astype("int64")
    counted = (
        calls.merge(trips, on="trip_id")
        .groupby(["stop_id", "service_id"], as_index=False)["trips"]
        .sum()
    )
    dates = service_dates(tables.get("calendar"), tables.get("calendar_dates"))
    found: pd.DataFrame = (
        counted.merge(dates, on="service_id")
        .groupby(["stop_id", "date"], as_index=False)["trips"]
        .sum()
    )
    return found


def _runs(frequencies: pd.DataFrame) -> pd.Series:
    """Count how often each trip starts: at ``start_time``, then every headway, before the end."""
    lasting = frequencies["end_time_seconds"] - frequencies["start_time_seconds"]
    headway = frequencies["headway_secs"].where(frequencies["headway_secs"] > 0)
    runs = pd.Series(np.ceil(lasting / headway), index=frequencies.index).fillna(0)
    counted: pd.Series = runs.groupby(frequencies["trip_id"]).sum()
    return counted
