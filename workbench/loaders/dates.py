"""Read dates as French files write them: day first, ISO, in words, or as a spreadsheet counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from workbench.loaders.markers import Markers

__all__ = ["Moment", "date_shape", "detect_order", "read_date", "serial_date"]

_TIME = (
    r"(?:(?:T|\s+(?:à\s+)?)(?P<hour>\d{1,2})(?:[:hH](?P<minute>\d{2})?)"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
_ISO = re.compile(rf"(?P<year>\d{{4}})([-/.])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}}){_TIME}")
_PARTS = re.compile(
    rf"(?P<one>\d{{1,2}})([-/.])(?P<two>\d{{1,2}})\2(?P<year>\d{{4}}|\d{{2}}){_TIME}"
)
# AAAAMMJJ, and what Météo-France writes of hours and minutes: AAAAMMJJHH, AAAAMMJJHHMN.
_COMPACT = re.compile(
    r"(?P<year>(?:1[89]|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:(?P<hour>\d{2})(?P<minute>\d{2})?(?P<second>)(?P<fraction>)(?P<zone>Z)?)?"
)
_SERIAL = re.compile(r"\d{5}(?:[.,]0+)?")
_WORDS = re.compile(
    rf"(?:[a-zé]+\s+)?(?P<day>\d{{1,2}})(?:er)?\s+(?P<word>[a-zéèûôA-Z]+)\.?\s+(?P<year>\d{{4}}){_TIME}",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan",
            "février fevrier févr fevr fév fev feb",
            "mars mar",
            "avril avr apr",
            "mai may",
            "juin jun",
            "juillet juil jul",
            "août aout aou aug",
            "septembre sept sep",
            "octobre oct",
            "novembre nov",
            "décembre decembre déc dec",
        ),
        start=1,
    )
    for name in names.split()
}
# Day 0 of spreadsheets, which count a 29 February 1900 that never was.
_DAY_ZERO = date(1899, 12, 30)
_SERIALS = (10_000, 73_050)  # 1927 to 2099: what is neither a year nor a code of a commune's name
_PIVOT = 70  # two digits up to 69 are of this century, as POSIX has it


@dataclass(frozen=True, slots=True)
class Moment:
    """Hold a date, with its time when it has one."""

    day: date
    time: datetime | None = None

    @property
    def zoned(self) -> bool:
        """Tell whether the time says its zone."""
        return self.time is not None and self.time.tzinfo is not None


def date_shape(text: str) -> str:
    """Name the writing of a text that looks like a date, ``""`` when it does not.

    Examples
    --------
    >>> [date_shape(text) for text in ("2024-01-31", "31/01/2024", "1er mars 2024", "860")]
    ['ymd', 'parts', 'words', '']
    """
    bare = text.strip()
    if _ISO.fullmatch(bare):
        return "ymd"
    if _PARTS.fullmatch(bare):
        return "parts"
    match = _WORDS.fullmatch(bare)
    return "words" if match and match["word"].lower() in _MONTHS else ""


def detect_order(texts: Sequence[str]) -> tuple[str, str, float]:
    """Tell whether the day or the month comes first.

    Parameters
    ----------
    texts : sequence of str
        Cells that look like dates.

    Returns
    -------
    tuple of (str, str, float)
        ``"dmy"``, ``"mdy"`` or ``"ymd"``, with the evidence and the confidence.

    Examples
    --------
    >>> detect_order(["03/04/2024", "31/01/2024"])
    ('dmy', "such as '31/01/2024', which has no other reading", 1.0)
    >>> detect_order(["03/04/2024"])[::2]
    ('dmy', 0.7)
    """
    parts = [match for text in texts if (match := _PARTS.fullmatch(text.strip()))]
    if not parts:
        return "ymd", f"such as {texts[0]!r}" if texts else "no date", 1.0
    day_first = [match[0] for match in parts if int(match["one"]) > 12 >= int(match["two"])]
    month_first = [match[0] for match in parts if int(match["two"]) > 12 >= int(match["one"])]
    if day_first and month_first:
        order = "dmy" if len(day_first) >= len(month_first) else "mdy"
        told = f"{day_first[0]!r} puts the day first, {month_first[0]!r} the month"
        return order, told, 0.5
    if day_first or month_first:
        order, shown = ("dmy", day_first[0]) if day_first else ("mdy", month_first[0])
        return order, f"such as {shown!r}, which has no other reading", 1.0
    return "dmy", f"such as {parts[0][0]!r}, read as French dates are written", 0.7


def serial_date(number: float) -> date | None:
    """Return the date of a spreadsheet's serial number, None when it is too small or too large.

    Examples
    --------
    >>> serial_date(45292)
    datetime.date(2024, 1, 1)
    """
    if not _SERIALS[0] <= number <= _SERIALS[1]:
        return None
    return _DAY_ZERO + timedelta(days=int(number))


def read_date(text: str, order: str, markers: Markers) -> Moment | str | None:
    """Read a cell of a column of dates.

    Parameters
    ----------
    text : str
    order : str
        ``"dmy"``, ``"mdy"`` or ``"ymd"``.
    markers : Markers

    Returns
    -------
    Moment, None or str
        None for a cell that says that there is no date; the text itself when it is no date.

    Examples
    --------
    >>> read_date("31/01/2024", "dmy", Markers()).day
    datetime.date(2024, 1, 31)
    >>> read_date("31/02/2024", "dmy", Markers())
    '31/02/2024'
    """
    bare = text.strip()
    if markers.meaning(bare) is not None or bare.strip("0/-: ") == "" or bare == "NULL":
        return None
    try:
        return _read(bare, order) or text
    except (ValueError, OverflowError):
        return text


def _read(bare: str, order: str) -> Moment | None:
    if match := _ISO.fullmatch(bare):
        return _moment(match, int(match["year"]), int(match["month"]), int(match["day"]))
    if match := _PARTS.fullmatch(bare):
        one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
        if len(match["year"]) == 2:
            year += 2000 if year < _PIVOT else 1900
        month, day = (one, two) if order == "mdy" else (two, one)
        return _moment(match, year, month, day)
    if match := _COMPACT.fullmatch(bare):
        return _moment(match, int(match["year"]), int(match["month"]), int(match["day"]))
    if match := _WORDS.fullmatch(bare):
        month = _MONTHS.get(match["word"].lower(), 0)
        return _moment(match, int(match["year"]), month, int(match["day"]))
    if _SERIAL.fullmatch(bare):
        counted = serial_date(float(bare.replace(",", ".")))
        return Moment(counted) if counted else None
    return None


def _moment(match: re.Match[str], year: int, month: int, day: int) -> Moment:
    found = date(year, month, day)
    if match["hour"] is None:
        return Moment(found)
    fraction = int(f"{match['fraction'] or 0:0<6}"[:6])
    time = datetime(
        year,
        month,
        day,
        int(match["hour"]),
        int(match["minute"] or 0),
        int(match["second"] or 0),
        fraction,
        _zone(match["zone"]),
    )
    return Moment(found, time)


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in ("Z", "UTC"):
        return UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))
