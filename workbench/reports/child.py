"""One forked report: its process, what it tells its parent, and how it ended."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

from workbench.core.reads import Item, listening
from workbench.reports.inside import reseed
from workbench.reports.report import Brief, Setting, make_report

__all__ = ["Child", "Told", "end_group", "fork_report", "reason_of"]

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


class Child(NamedTuple):
    """Name a report's process and the pipe on which it tells how it went."""

    pid: int
    answers: int


@dataclass(frozen=True, slots=True)
class Told:
    """Hold what a report told at its end.

    Parameters
    ----------
    outcome : mapping
        An :class:`~workbench.reports.report.Outcome`, in plain values.
    modules : list of str
        What it imported that its parent had not, in order.
    """

    outcome: Mapping[str, Any]
    modules: list[str]

    @classmethod
    def read(cls, text: bytes) -> Self | None:
        """Read what was told; nothing when the process ended before it could tell it whole."""
        with suppress(json.JSONDecodeError, UnicodeDecodeError):
            return cls(**json.loads(text))
        return None


def fork_report(brief: Brief, setting: Setting, shared: Iterable[Item] = ()) -> Child:
    """Fork a process that makes one report.

    Parameters
    ----------
    brief : Brief
    setting : Setting
    shared : iterable of Item
        What the shared cells read: every report has read it too.

    Returns
    -------
    Child
        Its pipe does not block.
    """
    parent = os.getpid()
    answers, tell = os.pipe()
    os.set_blocking(answers, False)
    pid = os.fork()
    if pid:
        os.close(tell)
        return Child(pid, answers)
    try:
        _settle(parent, setting)
        _make(brief, setting, shared, tell)
    finally:
        # Leave without the parent's cleanups, whatever happened.
        os._exit(1)


def _settle(parent: int, setting: Setting) -> None:
    # A group of its own: stopping the report stops the commands that it started.
    os.setpgid(0, 0)
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.close(nothing)
    if setting.memory_limit:
        limit = _private_bytes() + setting.memory_limit
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    # Should memory run out all the same, this report goes and not the run.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _private_bytes() -> int:
    """Return the size of this process's private memory, as the limit counts it."""
    pages = int(Path("/proc/self/statm").read_text().split()[5])
    return pages * resource.getpagesize()


def _make(brief: Brief, setting: Setting, shared: Iterable[Item], tell: int) -> None:
    known = set(sys.modules)
    reseed(brief.page)
    with listening(files=True) as heard:
        heard.items.update(shared)
        outcome = make_report(brief, setting)
    # It has a digest of its own.
    heard.items.discard(("file", str(setting.template)))
    told = {
        "outcome": asdict(outcome) | {"items": sorted(heard.items), "figures": heard.figures},
        "modules": [name for name in sys.modules if name not in known],
    }
    text = memoryview(json.dumps(told).encode())
    while text:
        text = text[os.write(tell, text) :]
    os._exit(0)


def reason_of(status: int, time_limit: float | None) -> str:
    """Say why a process ended that told nothing.

    Parameters
    ----------
    status : int
        As ``os.wait4`` gives it.
    time_limit : float or None
        Seconds after which it was stopped; None when it was not.

    Examples
    --------
    >>> reason_of(3 << 8, None), reason_of(11, None)
    ('process ended with code 3', 'process stopped by SIGSEGV')
    >>> reason_of(9, 300.0)
    'stopped after 300 s, the time limit of a report'
    """
    if time_limit is not None:
        return f"stopped after {time_limit:g} s, the time limit of a report"
    if os.WIFSIGNALED(status):
        return f"process stopped by {signal.Signals(os.WTERMSIG(status)).name}"
    return f"process ended with code {os.WEXITSTATUS(status)}"


def end_group(pid: int) -> None:
    """Stop a report and all that it started."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        # It has not made its group yet, or nothing of it is left.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
