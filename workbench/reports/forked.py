"""Have reports made by a zygote, and start another one when it is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from workbench.core import errors
from workbench.core.errors import WorkbenchError
from workbench.reports.inside import STEADY
from workbench.reports.maker import Maker
from workbench.reports.report import Brief, Outcome, Setting, lost_report

__all__ = ["Forked", "Stopped", "can_fork"]

# Orders sent ahead, so that a slot that becomes free never waits for the next one.
_AHEAD = 2
# Arrow's allocator would keep a thread of its own.
_NO_THREAD = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
# A report that lives half a second should not give memory back to the system and ask for it
# again: glibc then takes it by large pages and keeps it, a fifth less of system time a report.
# Other libraries of C ignore it (glibc manual, "Memory Allocation Tunables").
_KEEP_MEMORY = {
    "GLIBC_TUNABLES": ":".join(
        (
            "glibc.malloc.hugetlb=1",
            f"glibc.malloc.top_pad={16 << 20}",
            f"glibc.malloc.mmap_threshold={256 << 20}",
            f"glibc.malloc.trim_threshold={1 << 30}",
        )
    )
}
_FIELDS = frozenset(each.name for each in fields(Outcome))


def can_fork() -> bool:
    """Tell whether a forked process is safe here (Linux)."""
    return sys.platform == "linux" and hasattr(os, "fork")


class Stopped(Exception):
    """Reports were under way when they were stopped by another thread."""


class Forked(Maker):
    """Make reports in processes forked from a zygote; a context manager.

    Parameters
    ----------
    setting : Setting
    slots : int
        Reports made at once.
    pack : str
        Name or folder.
    vintage : int
    learned : mapping, optional
        What an earlier run learned of the template.

    Attributes
    ----------
    learned : dict
        What this run has learned, for the next one.
    caveats : list of str
        What made it slower than it could be.
    """

    def __init__(
        self,
        setting: Setting,
        slots: int,
        *,
        pack: str,
        vintage: int,
        learned: Mapping[str, Any] | None = None,
    ) -> None:
        self._setting, self._slots = setting, slots
        self._place = {"pack": pack, "vintage": vintage, "template": str(setting.template)}
        super().__init__(learned)
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def close(self) -> None:
        """End the zygote and what it still runs; nothing of it is left."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop(self) -> None:
        """Close for good, from any thread: what was under way is not begun again."""
        self._stopped = True
        self.close()

    @property
    def pid(self) -> int:
        """Process number of the zygote; 0 when there is none."""
        return self._process.pid if self._process else 0

    def make(self, briefs: Iterable[Brief]) -> Iterator[Outcome]:
        """Make reports, and give each outcome as it ends.

        Parameters
        ----------
        briefs : iterable of Brief

        Yields
        ------
        Outcome

        Raises
        ------
        SharedCellRefused
            A shared cell failed before any report.
        Stopped
            Another thread asked for it.
        """
        waiting = deque(briefs)
        # Reports that were on their way when a zygote was lost: each is tried once more, alone.
        suspects: deque[Brief] = deque()
        sent: dict[str, Brief] = {}
        while waiting or suspects or sent:
            ahead = 1 if suspects else self._slots * _AHEAD
            alone = bool(suspects)
            source = suspects if suspects else waiting
            try:
                if self._process is None:
                    self._start(next(iter((*sent.values(), *suspects, *waiting))))
                while source and len(sent) < ahead:
                    brief = source.popleft()
                    sent[brief.page] = brief
                    self._send(asdict(brief))
                answer = self._answer()
            except (BrokenPipeError, EOFError):
                self.close()
                if alone and len(sent) == 1:
                    (brief,) = sent.values()
                    reason = "the process that forks reports was lost with it"
                    yield lost_report(brief, self._setting, reason)
                else:
                    suspects.extend(sent.values())
                sent.clear()
                continue
            if "spoilt" in answer:
                self._leave_apart(str(answer["spoilt"]))
                waiting.extendleft(reversed(sent.values()))
                sent.clear()
            elif "learned" in answer:
                self.learned = dict(answer["learned"])
            elif "page" in answer:
                yield self._outcome(sent.pop(answer["page"]), answer)

    # -- the zygote ----------------------------------------------------------------------

    def _start(self, first: Brief) -> None:
        """Start a zygote, if there is none, and wait until it is ready."""
        while self._process is None:
            self._heed()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "workbench.reports.zygote"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**_KEEP_MEMORY, **os.environ, **STEADY, **_NO_THREAD},
            )
            setting = {
                name: str(value) if isinstance(value, Path) else value
                for name, value in asdict(self._setting).items()
            }
            warmth = {**self.learned, **self._place, "parameters": dict(first.parameters)}
            self._send({"setting": setting, "slots": self._slots, "warmth": warmth})
            try:
                answer = self._answer()
            except EOFError:
                self.close()
                raise WorkbenchError(
                    "The process that forks reports ended as it started: see what it wrote above, "
                    "or use --engine kernel."
                ) from None
            if "spoilt" in answer:
                self._leave_apart(str(answer["spoilt"]))
            elif "refused" in answer:
                self.close()
                kind = getattr(errors, str(answer["refused"]), WorkbenchError)
                raise kind(str(answer["message"]))

    def _send(self, order: Mapping[str, Any]) -> None:
        if self._process is None or self._process.stdin is None:
            raise BrokenPipeError
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        self._heed()
        if self._process is None or self._process.stdout is None:
            raise EOFError
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            self._heed()
            raise EOFError
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _heed(self) -> None:
        """Give up when another thread asked for it, be it while this one started a zygote."""
        if self._stopped:
            self.close()
            raise Stopped

    def _leave_apart(self, module: str) -> None:
        """Have the next zygote leave to the reports what started a thread in this one."""
        self.close()
        self.learned["apart"] = sorted({*self.learned.get("apart", ()), module})
        what = f"Importing {module} starts a thread" if module else "Shared cells start a thread"
        self.warn(
            f"{what}, and a process with threads cannot be forked: each report does it by itself."
        )

    # -- outcomes ------------------------------------------------------------------------

    def _outcome(self, brief: Brief, answer: Mapping[str, Any]) -> Outcome:
        if "died" in answer:
            lost = lost_report(brief, self._setting, str(answer["died"]))
            return replace(lost, seconds=answer["seconds"], cpu=answer["cpu"])
        told = {**answer["outcome"], "cpu": answer["cpu"]}
        told["items"] = tuple(tuple(item) for item in told["items"])
        told["figures"] = {name: (v, s) for name, (v, s) in told["figures"].items()}
        return Outcome(**{name: value for name, value in told.items() if name in _FIELDS})
