"""Check that the dates of a file are plausible: of an age that leaves records, and in order."""

from __future__ import annotations

import re
from datetime import date

import numpy as np

from workbench.loaders.checking.columns import Found
from workbench.loaders.checking.record import Record
from workbench.loaders.checking.sheet import Sheet
from workbench.loaders.roles import words

__all__ = ["check_dates"]

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ].*)?")
_FRENCH = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})(?: .*)?")
_EARLY, _AHEAD = 1800, 30  # years: before, few local records; beyond, few plans
_NEVER = 2900  # years from which a date says that there is no end: 9999-12-31, 2999-12-31
# What the dates of these columns tell has happened.
_DONE = frozenset({"maj", "updated", "update", "modified", "creation", "created", "observation"})


def read_day(text: str) -> date | None:
    """Read the day of a date or of a time; None when there is none.

    Examples
    --------
    >>> read_day("05/12/2016"), read_day("2016-12-05T10:00:00Z"), read_day("2016-13-05")
    (datetime.date(2016, 12, 5), datetime.date(2016, 12, 5), None)
    """
    iso, french = _ISO.fullmatch(text), _FRENCH.fullmatch(text)
    parts = iso.groups() if iso else french.groups()[::-1] if french else None
    try:
        return date(*map(int, parts)) if parts else None
    except ValueError:
        return None


def check_dates(sheet: Sheet, found: Found, record: Record, today: date) -> None:
    """Record dates that nothing explains, and ends before their beginnings."""
    days = {}
    for name in found.dates:
        cells = sheet.columns[name]
        told = {text: read_day(text) for text in cells.present}
        days[name] = told
        done = bool(_DONE & set(words(name)))
        last = today if done else today.replace(year=today.year + _AHEAD, day=1)
        for rule, wrong in (
            ("date_early", {text for text, day in told.items() if day and day.year < _EARLY}),
            (
                "date_late",
                {t for t, day in told.items() if day and last < day < date(_NEVER, 1, 1)},
            ),
        ):
            said = {"today": today.isoformat()}
            record.add_cells(rule, name, cells, wrong.__contains__, fatal=False, words=said)
    for start, end in found.spans:
        first = [days[start].get(text) for text in sheet.columns[start].written.tolist()]
        last_days = [days[end].get(text) for text in sheet.columns[end].written.tolist()]
        pairs = zip(first, last_days, strict=True)
        wrong_rows = np.array([bool(a and b and b < a) for a, b in pairs], dtype=bool)
        rows = np.flatnonzero(wrong_rows)
        values = sheet.columns[end].written[rows].tolist()
        record.add("date_order", end, rows, values, words={"start": start})
