"""Cut time into years, quarters, months, weeks, days or hours, as a clock on the wall does.

A day of summer time's change has 23 or 25 hours, and the hour that the clock shows twice is two
periods. Bounds are made once; a reading finds its period in a table, without any division.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.compute.zones import Offsets, offsets_of

__all__ = ["AMBIGUOUS", "FREQS", "Lookup", "Periods"]

FREQS = ("year", "quarter", "month", "week", "day", "hour")
AMBIGUOUS = ("first", "second", "missing")
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}

_ENTRIES = 4096  # of the table that readings are looked up in: it stays in the nearest cache
_STEPS = {"year": "M8[Y]", "quarter": "M8[M]", "month": "M8[M]", "day": "M8[D]", "hour": "M8[h]"}
_INT = np.iinfo(np.int64)
_DAY = 86_400


@dataclass(frozen=True, eq=False)
class Lookup:
    """Hold what finds the period of a reading; see `tally.place`.

    Parameters
    ----------
    bounds : ndarray of int64 (segment + 1,)
        In the unit of the readings.
    of : ndarray of int32 (segment,)
        Period of each segment, −1 for none.
    table : ndarray of int32
        A segment that begins no later than the readings of each entry.
    shift : int
        An entry holds 2^shift units.
    """

    bounds: NDArray[np.int64]
    of: NDArray[np.int32]
    table: NDArray[np.int32]
    shift: int


@dataclass(frozen=True, eq=False)
class Periods:
    """Hold periods that follow each other without a break.

    Make them with :meth:`covering`.

    Parameters
    ----------
    freq : str
    zone : str
        Of the clock; ``""`` when readings are taken as they are.
    is_wall : bool
        Whether readings are what the clock shows, not instants.
    ambiguous : str
        Which of two hours a reading of the clock is taken for.
    shown : ndarray of int64 (period,)
        What the clock shows when each begins, in seconds since 1970.
    starts : ndarray of int64 (period + 1,)
        Instants at which each begins, and the end of the last one.
    offsets : Offsets
    """

    freq: str
    zone: str
    is_wall: bool
    ambiguous: str
    shown: NDArray[np.int64]
    starts: NDArray[np.int64]
    offsets: Offsets

    @classmethod
    def covering(
        cls,
        first: int,
        last: int,
        freq: str,
        *,
        zone: str = "",
        is_wall: bool = True,
        ambiguous: str = "first",
    ) -> Periods:
        """Make the periods of whole years (quarters for hours) that hold two readings.

        Parameters
        ----------
        first, last : int
            Seconds since 1970.
        freq, zone, is_wall, ambiguous
            See `Periods`.

        Examples
        --------
        >>> spring = Periods.covering(1711756800, 1711756800, "day", zone="Europe/Paris")
        >>> day = spring.labels.get_loc("2024-03-31")
        >>> int(spring.hours[day])
        23
        """
        unit = "M8[Y]" if freq != "hour" else "M8[M]"
        # An instant and what is shown then differ by less than a day.
        ends = np.array([first - _DAY, last + _DAY]).astype("M8[s]").astype(unit).astype(int)
        low, high = (3 * (ends // 3)).tolist() if freq == "hour" else ends.tolist()
        size = 3 if freq == "hour" else 1
        whole = np.array([low, high + size]).astype(unit).astype("M8[s]")
        readings = _readings(freq, whole)
        offsets = offsets_of(zone, *whole.astype(int).tolist())
        if freq == "hour":
            starts = _every_time(readings, offsets)
        else:
            starts = offsets.first(readings)
            # A day that the clock jumped over is none.
            kept = np.append(np.diff(starts) > 0, True)
            readings, starts = readings[kept], starts[kept]
        shown = offsets.shown(starts) if freq == "hour" else readings
        return cls(freq, zone, is_wall, ambiguous, shown[:-1], starts, offsets)

    def __len__(self) -> int:
        return len(self.shown)

    def holds(self, first: int, last: int) -> bool:
        """Tell whether two readings, in seconds, are within."""
        return bool(self._reading_bounds[0] <= first and last < self._reading_bounds[-1])

    @property
    def span(self) -> tuple[int, int]:
        """Two readings, in seconds, that lie in the first and in the last years of these."""
        low, high = int(self._reading_bounds[0]), int(self._reading_bounds[-1])
        # A week may begin in the year before, and readings differ from instants.
        return low + 9 * _DAY, high - 10 * _DAY

    def extended(self, first: int, last: int) -> Periods:
        """Make the periods that hold these ones and two more readings."""
        low, high = self.span
        return Periods.covering(
            min(first, low),
            max(last, high),
            self.freq,
            zone=self.zone,
            is_wall=self.is_wall,
            ambiguous=self.ambiguous,
        )

    def place_in(self, other: Periods) -> int:
        """Tell which period of others that hold these is the first of these."""
        return int(np.searchsorted(other.starts, self.starts[0]))

    def cropped(self, first: int, stop: int) -> Periods:
        """Keep some periods that follow each other."""
        return replace(
            self, shown=self.shown[first:stop], starts=self.starts[first : max(stop, first) + 1]
        )

    @property
    def hours(self) -> NDArray[np.float64]:
        """How long each lasts."""
        return np.diff(self.starts) / 3600

    @property
    def labels(self) -> pd.Index:
        """Name the periods: years are numbers, others texts of ISO 8601."""
        days: NDArray[np.datetime64] = self.shown.astype("M8[s]")
        if self.freq == "year":
            return pd.Index(days.astype("M8[Y]").astype(np.int64) + 1970)
        if self.freq == "quarter":
            month = days.astype("M8[M]").astype(np.int64)
            return pd.Index([f"{1970 + m // 12:04}-Q{m % 12 // 3 + 1}" for m in month.tolist()])
        if self.freq == "week":
            weeks = [day.isocalendar() for day in days.astype("M8[D]").tolist()]
            return pd.Index([f"{week.year:04}-W{week.week:02}" for week in weeks])
        if self.freq != "hour":
            unit: Any = _STEPS[self.freq][3]
            texts: list[str] = np.datetime_as_string(days, unit=unit).tolist()
            return pd.Index(texts)
        readings: list[str] = np.datetime_as_string(days, unit="m").tolist()
        if not self.zone:
            return pd.Index(readings)
        ahead = (self.shown - self.starts[:-1]).tolist()
        labels = [f"{r}{_written(a)}" for r, a in zip(readings, ahead, strict=True)]
        return pd.Index(labels)

    def lookup(self, unit: str) -> Lookup:
        """Make what finds the period of readings in a unit: ``s``, ``ms``, ``us`` or ``ns``."""
        if unit not in self._lookups:
            self._lookups[unit] = self._lookup(unit)
        return self._lookups[unit]

    @cached_property
    def _lookups(self) -> dict[str, Lookup]:
        return {}

    def _lookup(self, unit: str) -> Lookup:
        scale = PER_SECOND[unit]
        # Nanoseconds end in 2262: what lies beyond cannot be met, and is cut there.
        most = _INT.max // scale
        bounds = np.clip(self._reading_bounds, -most, most) * scale
        of = np.asarray(self._of, dtype=np.int32)
        entries = max(_ENTRIES, 4 * len(of))
        shift = max(0, int((int(bounds[-1]) - int(bounds[0])) // entries).bit_length())
        count = ((int(bounds[-1]) - int(bounds[0])) >> shift) + 1
        firsts = bounds[0] + (np.arange(count, dtype=np.int64) << shift)
        table = np.clip(np.searchsorted(bounds, firsts, side="right") - 1, 0, len(of) - 1)
        return Lookup(bounds, of, table.astype(np.int32), shift)

    @property
    def _reading_bounds(self) -> NDArray[np.int64]:
        return self._segments[0]

    @property
    def _of(self) -> NDArray[np.int64]:
        return self._segments[1]

    @cached_property
    def _segments(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Bounds of readings, and the period of what lies between two of them."""
        if not (self.is_wall and self.zone):
            return self.starts, np.arange(len(self))
        skipped, repeated = self.offsets.skipped, self.offsets.repeated
        low, high = int(self.shown[0]), int(self.offsets.shown(self.starts[-1:])[0])
        marks = [at for pair in (*skipped, *repeated) for at in pair if low < at < high]
        readings = np.unique(np.concatenate([self.shown, [high], np.array(marks, dtype=np.int64)]))
        at = readings[:-1]
        late = self.ambiguous == "second"
        instants = self.offsets.last(at) if late else self.offsets.first(at)
        of = np.searchsorted(self.starts, instants, side="right") - 1
        nowhere = [*skipped, *(repeated if self.ambiguous == "missing" else [])]
        for begin, end in nowhere:
            of[(at >= begin) & (at < end)] = -1
        return readings, of


def _readings(freq: str, whole: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Say what the clock shows when each period begins, and when the last one ends."""
    if freq == "week":
        first, end = whole.astype("M8[D]").astype(np.int64).tolist()
        monday = first - (first + 3) % 7  # 1970 began on a Thursday
        return np.arange(monday, end + 7, 7) * _DAY
    if freq == "quarter":
        first, end = whole.astype("M8[M]").astype(np.int64).tolist()
        return np.arange(first, end + 1, 3).astype("M8[M]").astype("M8[s]").astype(np.int64)
    first, end = whole.astype(_STEPS[freq]).astype(np.int64).tolist()
    return np.arange(first, end + 1).astype(_STEPS[freq]).astype("M8[s]").astype(np.int64)


def _every_time(readings: NDArray[np.int64], offsets: Offsets) -> NDArray[np.int64]:
    """Find every instant at which the clock shows a whole hour, or jumps over one."""
    return np.unique(np.concatenate([offsets.first(readings), offsets.last(readings)]))


def _written(ahead: int) -> str:
    """Write how far a clock is ahead, as ISO 8601 does."""
    sign, size = ("-", -ahead) if ahead < 0 else ("+", ahead)
    return f"{sign}{size // 3600:02}:{size % 3600 // 60:02}"
