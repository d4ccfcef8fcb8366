"""What the files of a timetable (GTFS) must hold, and how each of their columns is read.

References
----------
General Transit Feed Specification, Schedule reference, revision of 2024.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["KEYS", "LINKS", "REQUIRED", "TIMES", "role_of"]

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "agency": ("agency_name", "agency_timezone"),
    "stops": ("stop_id",),
    "routes": ("route_id", "route_type"),
    "trips": ("route_id", "service_id", "trip_id"),
    "stop_times": ("trip_id", "stop_id", "stop_sequence"),
    "calendar": (
        "service_id",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "start_date",
        "end_date",
    ),
    "calendar_dates": ("service_id", "date", "exception_type"),
    "frequencies": ("trip_id", "start_time", "end_time", "headway_secs"),
}
"""Columns that a file must have when it is there."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "stops": ("stop_id",),
    "routes": ("route_id",),
    "trips": ("trip_id",),
    "stop_times": ("trip_id", "stop_sequence"),
    "calendar": ("service_id",),
    "calendar_dates": ("service_id", "date"),
}
"""Columns of which no two rows of a file have the same values."""

LINKS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("trips", "route_id", ("routes",)),
    ("trips", "service_id", ("calendar", "calendar_dates")),
    ("stop_times", "trip_id", ("trips",)),
    ("stop_times", "stop_id", ("stops",)),
    ("frequencies", "trip_id", ("trips",)),
)
"""Columns whose codes are those of another file."""

TIMES: Mapping[str, tuple[str, ...]] = {
    "stop_times": ("arrival_time", "departure_time"),
    "frequencies": ("start_time", "end_time"),
}
"""Times of a day of service, which go beyond 24:00:00 after midnight."""

_INTEGERS = frozenset(
    {"stop_sequence", "location_type", "route_type", "direction_id", "exception_type"}
    | {"headway_secs", "exact_times", "pickup_type", "drop_off_type", "wheelchair_boarding"}
    | {"wheelchair_accessible", "bikes_allowed", "shape_pt_sequence", "timepoint"}
    | {"route_sort_order", "transfer_type", "min_transfer_time", "payment_method", "transfers"}
    | set(REQUIRED["calendar"][1:8])
)
_NUMBERS = frozenset(
    {"stop_lat", "stop_lon", "shape_pt_lat", "shape_pt_lon", "shape_dist_traveled", "price"}
)
_DATES = frozenset({"date", "start_date", "end_date", "feed_start_date", "feed_end_date"})
_CODES = frozenset({"stop_code", "parent_station", "route_color", "route_text_color"})


def role_of(column: str) -> str:
    """Name the role of a column of a timetable; what is not known is text.

    Examples
    --------
    >>> [role_of(each) for each in ("stop_id", "stop_lat", "stop_name", "arrival_time")]
    ['code', 'number', 'text', 'text']
    """
    if (column.endswith("_id") and column not in _INTEGERS) or column in _CODES:
        return "code"
    for role, names in (("integer", _INTEGERS), ("number", _NUMBERS), ("date", _DATES)):
        if column in names:
            return role
    return "text"
