"""The zygote: a process with one thread that holds what all reports share, and forks each of them.

Started by :mod:`workbench.reports.forked` with its orders on standard input and its answers on
standard output, a JSON object a line. A process of its own can be forked safely whatever its
starter is (a notebook's kernel and a Dask worker have threads), and ends with it.

What a report imports and reads is learned from the first one of its level and language: the
zygote then imports and reads the same, so that the next ones find it in memory.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.reports.child import Told, end_group, fork_report, reason_of
from workbench.reports.gather import gather_pages
from workbench.reports.report import Brief, Setting
from workbench.reports.warm import Spoilt, Warmth

__all__ = ["Zygote", "main"]

_CHUNK = 1 << 16
_PIPE = 1 << 20
# Forks after which memory is gathered, again and again: what this process writes while a report
# shares its pages is copied 4 kB at a time, and breaks the large ones up.
_MANY = 200


@dataclass
class _Running:
    """Follow one report's process."""

    brief: Brief
    pid: int
    started: float
    answers: int
    scout: bool
    text: bytearray = field(default_factory=bytearray)
    overdue: bool = False


class Zygote:
    """Fork reports as they are ordered, at most so many at once.

    Parameters
    ----------
    setting : Setting
    slots : int
        Reports made at once.
    warmth : Warmth
        What is held in memory for them.
    say : callable
        Sends an answer.
    orders : int
        File descriptor that orders are read from.
    """

    def __init__(
        self,
        setting: Setting,
        slots: int,
        warmth: Warmth,
        *,
        say: Callable[[Mapping[str, Any]], None],
        orders: int,
    ) -> None:
        self._setting, self._slots, self._warmth, self._say = setting, slots, warmth, say
        self._orders = orders
        self._waiting: deque[Brief] = deque()
        self._running: dict[int, _Running] = {}
        self._selector = selectors.DefaultSelector()
        self._open, self._forks = True, 0
        self._read = bytearray()

    def serve(self) -> None:
        """Make reports until the orders end; what still runs then is stopped."""
        os.set_blocking(self._orders, False)
        self._selector.register(self._orders, selectors.EVENT_READ, self._take_orders)
        try:
            while self._open:
                self._start()
                for key, _ in self._selector.select(self._patience()):
                    # A report whose end is dealt with first has nothing more to be heard.
                    if self._selector.get_map().get(key.fd) is key:
                        key.data()
                self._stop_overdue()
        finally:
            for running in self._running.values():
                end_group(running.pid)
                os.waitpid(running.pid, 0)

    # -- orders --------------------------------------------------------------------------

    def _take_orders(self) -> None:
        try:
            read = os.read(self._orders, _CHUNK)
        except BlockingIOError:
            return
        if not read:
            self._open = False
            return
        self._read += read
        *lines, rest = self._read.split(b"\n")
        self._read = bytearray(rest)
        self._waiting.extend(Brief(**json.loads(line)) for line in lines)

    # -- reports -------------------------------------------------------------------------

    def _start(self) -> None:
        """Fork what waits; the first report of its kind goes alone, so that others gain by it."""
        while self._waiting and len(self._running) < self._slots:
            if any(running.scout for running in self._running.values()):
                return
            brief = self._waiting.popleft()
            self._fork(brief, scout=not self._warmth.knows(brief))

    def _fork(self, brief: Brief, *, scout: bool) -> None:
        if not scout:
            self._warmth.draw_once(brief)
        self._forks += 1
        if self._forks % _MANY == 0:
            gather_pages()
        child = fork_report(brief, self._setting, self._warmth.shared_items)
        running = _Running(brief, child.pid, time.monotonic(), child.answers, scout)
        self._running[child.pid] = running
        ended = os.pidfd_open(child.pid)
        self._selector.register(child.answers, selectors.EVENT_READ, partial(self._hear, running))
        self._selector.register(ended, selectors.EVENT_READ, partial(self._end, running, ended))

    def _hear(self, running: _Running) -> None:
        """Take what the child writes; all its ends closed, there is no more to hear."""
        try:
            read = os.read(running.answers, _PIPE)
        except BlockingIOError:
            return
        running.text += read
        if not read:
            self._selector.unregister(running.answers)

    def _hear_the_rest(self, running: _Running) -> None:
        while running.answers in self._selector.get_map():
            heard = len(running.text)
            self._hear(running)
            # A process that the report started may hold the pipe open: nothing more will come.
            if len(running.text) == heard and running.answers in self._selector.get_map():
                self._selector.unregister(running.answers)

    def _end(self, running: _Running, ended: int) -> None:
        self._selector.unregister(ended)
        os.close(ended)
        _, status, usage = os.wait4(running.pid, 0)
        # What the report started and left behind ends with it.
        end_group(running.pid)
        self._hear_the_rest(running)
        os.close(running.answers)
        del self._running[running.pid]
        answer: dict[str, Any] = {
            "page": running.brief.page,
            "cpu": usage.ru_utime + usage.ru_stime,
            "seconds": time.monotonic() - running.started,
        }
        told = Told.read(bytes(running.text))
        if told is None:
            limit = self._setting.time_limit if running.overdue else None
            self._say({**answer, "died": reason_of(status, limit)})
            return
        self._say({**answer, "outcome": told.outcome})
        if running.scout:
            self._warmth.learn(running.brief, told.modules, told.outcome["items"])
            self._say({"learned": self._warmth.learned()})

    # -- time ----------------------------------------------------------------------------

    def _patience(self) -> float | None:
        """Return the seconds until the next report is overdue."""
        starts = [running.started for running in self._running.values() if not running.overdue]
        if not starts:
            return None
        return max(0.0, min(starts) + self._setting.time_limit - time.monotonic())

    def _stop_overdue(self) -> None:
        now = time.monotonic()
        for running in self._running.values():
            if now - running.started >= self._setting.time_limit and not running.overdue:
                running.overdue = True
                end_group(running.pid)


def main() -> None:
    """Serve one client: the first line of the input says what is to be made, then come orders."""
    answers = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    # What a library prints must not be taken for an answer.
    os.dup2(nothing, 1)
    os.close(nothing)
    # Ctrl-C reaches every process of the terminal: the client decides, and closes the orders.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def say(answer: Mapping[str, Any]) -> None:
        line = memoryview(json.dumps(answer).encode() + b"\n")
        while line:
            line = line[os.write(answers, line) :]

    opening = json.loads(_first_line(0))
    try:
        warmth = Warmth(**opening["warmth"])
        setting = opening["setting"]
        places = {name: Path(setting[name]) for name in ("template", "work")}
        zygote = Zygote(
            Setting(**{**setting, **places}), opening["slots"], warmth, say=say, orders=0
        )
        say({"ready": warmth.learned()})
        zygote.serve()
    except Spoilt as spoilt:
        say({"spoilt": spoilt.module})
    except WorkbenchError as error:
        say({"refused": type(error).__name__, "message": str(error)})
    except BrokenPipeError:
        # The client is gone.
        sys.exit(1)


def _first_line(source: int) -> bytes:
    """Read one line, and not a byte of those that follow."""
    line = bytearray()
    while not line.endswith(b"\n"):
        line += os.read(source, 1) or b"\n"
    return bytes(line)


if __name__ == "__main__":
    main()
