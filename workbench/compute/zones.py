"""Turn what a clock on the wall shows into instants, and back, by whole arrays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

__all__ = ["Offsets", "check_zone", "offsets_of"]

Seconds = NDArray[np.int64]

_DAY = 86_400
_FIXED = re.compile(r"([+-])(\d\d):?(\d\d)")
# What Python's dates can hold, with a year to spare on either side.
_FIRST, _LAST = -62_104_060_800, 253_370_764_800


@dataclass(frozen=True, eq=False)
class Offsets:
    """Hold how far a clock is ahead of UTC, change after change.

    Parameters
    ----------
    since : ndarray of int (span,)
        Seconds since 1970 in UTC at which each span begins; the first has no beginning.
    ahead : ndarray of int (span,)
        Seconds that the clock is ahead during it.
    """

    since: Seconds
    ahead: Seconds

    @property
    def until(self) -> Seconds:
        """End of each span."""
        return np.append(self.since[1:], np.iinfo(np.int64).max)

    @property
    def skipped(self) -> list[tuple[int, int]]:
        """Hours that the clock never shows: first reading, and first one after them."""
        return [(at + old, at + new) for at, old, new in self._changes() if new > old]

    @property
    def repeated(self) -> list[tuple[int, int]]:
        """Hours that the clock shows twice: first reading, and first one after them."""
        return [(at + new, at + old) for at, old, new in self._changes() if new < old]

    def _changes(self) -> list[tuple[int, int, int]]:
        ahead = self.ahead.tolist()
        return list(zip(self.since[1:].tolist(), ahead[:-1], ahead[1:], strict=True))

    def shown(self, instants: Seconds) -> Seconds:
        """Tell what the clock shows at some instants."""
        span = np.searchsorted(self.since[1:], instants, side="right")
        readings: Seconds = instants + self.ahead[span]
        return readings

    def first(self, readings: Seconds) -> Seconds:
        """Find the first instant at which the clock shows each reading, or has jumped over it."""
        best = np.full(len(readings), np.iinfo(np.int64).max)
        for since, until, ahead in zip(self.since, self.until, self.ahead, strict=True):
            at = np.maximum(readings - ahead, since)
            best = np.where(at < until, np.minimum(best, at), best)
        return best

    def last(self, readings: Seconds) -> Seconds:
        """Find the last instant at which the clock shows each reading."""
        best = self.first(readings)
        for since, until, ahead in zip(self.since, self.until, self.ahead, strict=True):
            at = readings - ahead
            best = np.where((at >= since) & (at < until), np.maximum(best, at), best)
        return best


def check_zone(zone: str) -> None:
    """Refuse what is no time zone.

    Raises
    ------
    ValueError
    """
    if not zone or _FIXED.fullmatch(zone):
        return
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"there is no time zone {zone!r}: give one of the IANA database, such as Europe/Paris"
        ) from None


@lru_cache(maxsize=64)
def offsets_of(zone: str, first: int, last: int) -> Offsets:
    """Find the changes of a clock between two instants.

    Parameters
    ----------
    zone : str
        Of the IANA database (``Europe/Paris``), an offset (``+02:00``), or ``""`` for UTC.
    first, last : int
        Seconds since 1970.

    Examples
    --------
    >>> year = offsets_of("Europe/Paris", 1704067200, 1735689600)
    >>> year.ahead.tolist()
    [3600, 7200, 3600]
    """
    fixed = _FIXED.fullmatch(zone)
    if fixed or not zone:
        always = _seconds(fixed) if fixed else 0
        return Offsets(np.array([np.iinfo(np.int64).min]), np.array([always], dtype=np.int64))
    clock = ZoneInfo(zone)
    low, high = max(first - _DAY, _FIRST), min(last + _DAY, _LAST)
    since, ahead = [np.iinfo(np.int64).min], [_ahead(clock, low)]
    for day in range(low, high, _DAY):
        later = _ahead(clock, day + _DAY)
        if later != ahead[-1]:
            since.append(_change(clock, day, day + _DAY))
            ahead.append(later)
    return Offsets(np.array(since, dtype=np.int64), np.array(ahead, dtype=np.int64))


def _seconds(fixed: re.Match[str]) -> int:
    size = int(fixed[2]) * 3600 + int(fixed[3]) * 60
    return -size if fixed[1] == "-" else size


def _ahead(clock: ZoneInfo, instant: int) -> int:
    # Not `fromtimestamp`, which some systems refuse before 1970.
    shown = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=instant)).astimezone(clock)
    return round((shown.utcoffset() or timedelta()).total_seconds())


def _change(clock: ZoneInfo, low: int, high: int) -> int:
    """Find the second at which a clock changes between two instants that differ."""
    old = _ahead(clock, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _ahead(clock, middle) == old else (low, middle)
    return high
