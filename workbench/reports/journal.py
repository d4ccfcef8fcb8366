"""The log of a run, a JSON object a line, and what the run cost."""

from __future__ import annotations

import datetime
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from workbench.core.errors import DirectoryNotWritable
from workbench.reports.report import Outcome

__all__ = ["LOG", "WATTS_PER_CORE", "Journal", "Meter", "Summary"]

LOG = "log.jsonl"
# A convention of this project, not a measure: a busy core of a current server or laptop draws
# some 5 to 15 W. What the machine draws when idle, its screen and cooling are left out.
WATTS_PER_CORE = 10.0
_KILOBYTE = 1024
_HOUR = 3600.0


class Journal:
    """Write one line an event, each whole; made by :meth:`opened`."""

    def __init__(self, stream: IO[str], folder: Path) -> None:
        self._stream, self._folder = stream, folder

    @classmethod
    @contextmanager
    def opened(cls, folder: Path) -> Iterator[Self]:
        """Open the log of a folder, after what earlier runs wrote.

        Raises
        ------
        DirectoryNotWritable
        """
        try:
            stream = (folder / LOG).open("a", encoding="utf-8", newline="\n")
        except OSError as error:
            raise DirectoryNotWritable.because(folder, error) from error
        with stream:
            yield cls(stream, folder)

    def write(self, event: str, **facts: Any) -> None:
        """Write an event, with its time in UTC."""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "event": event, **facts}, ensure_ascii=False)
        try:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        except OSError as error:
            raise DirectoryNotWritable.because(self._folder, error) from error

    def report(self, outcome: Outcome) -> None:
        """Write how one report went."""
        told: dict[str, Any] = {
            "page": outcome.page,
            "seconds": round(outcome.seconds, 4),
            "cpu": round(outcome.cpu, 4),
        }
        if outcome.error:
            self.write("failed", **told, error=outcome.error, notebook=outcome.notebook)
        else:
            self.write("made", **told, bytes=outcome.bytes)


@dataclass(frozen=True, slots=True)
class Summary:
    """Say what a run did and cost.

    Parameters
    ----------
    made, unchanged, failed : int
        Reports.
    seconds, cpu : float
        Wall clock, and processor time of all its processes; of workers, that of the reports.
    bytes : int
        Of the pages, those unchanged included.
    peak_memory : int
        Bytes of its largest process; 0 where it cannot be known.
    """

    made: int
    unchanged: int
    failed: int
    seconds: float
    cpu: float
    bytes: int
    peak_memory: int

    @property
    def energy(self) -> float:
        """Estimate of what the processor drew, in watt-hours.

        Notes
        -----
        Processor time × ``WATTS_PER_CORE``.
        """
        return self.cpu * WATTS_PER_CORE / _HOUR

    def told(self) -> dict[str, Any]:
        """Return the summary in plain values, with the assumption of its estimate."""
        return {
            "made": self.made,
            "unchanged": self.unchanged,
            "failed": self.failed,
            "seconds": round(self.seconds, 3),
            "cpu_seconds": round(self.cpu, 3),
            "bytes": self.bytes,
            "peak_memory_bytes": self.peak_memory,
            "energy_wh": round(self.energy, 4),
            "energy_assumes": f"{WATTS_PER_CORE:g} W a busy core, the idle machine left out",
        }


class Meter:
    """Measure a run from here to its summary."""

    def __init__(self) -> None:
        self._start, self._cpu = time.perf_counter(), _cpu()

    def summary(self, outcomes: Sequence[Outcome]) -> Summary:
        """Sum up the outcomes; processes of the run must have ended."""
        failed = sum(bool(outcome.error) for outcome in outcomes)
        unchanged = sum(outcome.unchanged for outcome in outcomes)
        return Summary(
            made=len(outcomes) - failed - unchanged,
            unchanged=unchanged,
            failed=failed,
            seconds=time.perf_counter() - self._start,
            cpu=_cpu() - self._cpu + sum(outcome.cpu for outcome in outcomes if outcome.placed),
            bytes=sum(outcome.bytes for outcome in outcomes),
            peak_memory=_peak_memory(),
        )


def _cpu() -> float:
    """Return the processor time of this process and of those of its own that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak_memory() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else _KILOBYTE
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in whose) * unit
