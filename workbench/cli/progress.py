"""Show how far a run is: a bar on a terminal, a few lines elsewhere; never a thread of its own."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from workbench.reports.plan import Job
from workbench.reports.report import Outcome

__all__ = ["Bar", "Lines", "follow"]

_LINES = 20


class _Rate(ProgressColumn):
    """Reports a second, or seconds a report when there is less than one."""

    def render(self, task: Task) -> Text:
        return Text(_rate(task.finished_speed or task.speed or 0.0), style="dim")


def _rate(speed: float) -> str:
    """Write a rate.

    Examples
    --------
    >>> _rate(2.5), _rate(0.25), _rate(0)
    ('2.5/s', '4.0 s each', '')
    """
    if speed <= 0:
        return ""
    return f"{speed:.1f}/s" if speed >= 1 else f"{1 / speed:.1f} s each"


class Lines:
    """Write about twenty lines for a run, for a log.

    Parameters
    ----------
    stream : text stream
    clock : callable
        Gives seconds.
    """

    def __init__(self, stream: IO[str], *, clock: Callable[[], float]) -> None:
        self._total, self._stream, self._clock = 0, stream, clock
        self._start, self._done, self._failed = clock(), 0, 0

    def begin(self, total: int) -> None:
        """Count time from here, and say how many reports there are to make."""
        self._total, self._start = total, self._clock()

    def __call__(self, job: Job, outcome: Outcome) -> None:
        """Count a report; write a line when a twentieth more is done."""
        del job
        self._done += 1
        self._failed += bool(outcome.error)
        step = self._done * _LINES // self._total
        if step == (self._done - 1) * _LINES // self._total:
            return
        spent = max(self._clock() - self._start, 1e-9)
        speed = self._done / spent
        left = (self._total - self._done) / speed
        failed = f", {self._failed} failed" if self._failed else ""
        self._stream.write(
            f"{self._done}/{self._total} reports, {_rate(speed)}, {left:.0f} s left{failed}\n"
        )
        self._stream.flush()


class Bar:
    """Move a bar on a terminal, when told to and not by itself."""

    def __init__(self, bar: Progress) -> None:
        self._bar, self._failed = bar, 0
        self._task = bar.add_task("Comparing with the ledger", total=None)
        bar.refresh()

    def begin(self, total: int) -> None:
        """Count time from here, and say how many reports there are to make."""
        self._bar.reset(self._task, total=total, description="Reading figures")
        self._bar.refresh()

    def __call__(self, job: Job, outcome: Outcome) -> None:
        """Count a report and name its territory."""
        self._failed += bool(outcome.error)
        failed = f" {self._failed} failed" if self._failed else ""
        named = job.territory.name[:24].ljust(24) + failed
        self._bar.update(self._task, advance=1, description=named)
        self._bar.refresh()


@contextmanager
def follow() -> Iterator[Lines | Bar]:
    """Show the progress of a run on standard error.

    Yields
    ------
    Lines or Bar
        To call with each job and its outcome, after ``begin(total)``.
    """
    if not sys.stderr.isatty():
        yield Lines(sys.stderr, clock=time.monotonic)
        return
    # Processes are forked meanwhile: no thread may refresh the bar, no stream be replaced.
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=Console(file=sys.stderr, highlight=False),
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as progress:
        yield Bar(progress)
