"""Have each report made by a Jupyter kernel of its own: isolated, and slower than a fork."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace

from workbench.reports.inside import STEADY, KernelReads
from workbench.reports.maker import Maker
from workbench.reports.report import Brief, Outcome, Setting, make_report

__all__ = ["Kernels"]


class Kernels(Maker):
    """Make reports in kernels, so many at once; a context manager.

    Parameters
    ----------
    setting : Setting
    slots : int
        Kernels alive at once.
    """

    def __init__(self, setting: Setting, slots: int) -> None:
        super().__init__()
        self._setting, self._slots = setting, slots

    def close(self) -> None:
        """Do nothing: a kernel ends with its report."""

    def make(self, briefs: Iterable[Brief]) -> Iterator[Outcome]:
        """Make reports, and give each outcome as it ends."""
        with _steady(), ThreadPoolExecutor(self._slots) as pool:
            running = [pool.submit(self._make, brief) for brief in briefs]
            try:
                for future in as_completed(running):
                    yield future.result()
            finally:
                for future in running:
                    future.cancel()

    def _make(self, brief: Brief) -> Outcome:
        told = self._setting.work / f"{brief.page}.reads"
        reads = KernelReads(brief.page, told, self._setting.template)
        reads.path.parent.mkdir(parents=True, exist_ok=True)
        start = time.perf_counter()
        outcome = make_report(brief, self._setting, reads)
        heard = reads.take()
        # A kernel writes what it read as it ends, which may be after its last answer.
        return replace(
            outcome,
            seconds=time.perf_counter() - start,
            items=tuple(sorted(heard.items)),
            figures=heard.figures,
        )


@contextmanager
def _steady() -> Iterator[None]:
    """Start kernels from the same settings as forked reports, and leave the caller's alone."""
    before = {name: os.environ.get(name) for name in STEADY}
    os.environ.update(STEADY)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
