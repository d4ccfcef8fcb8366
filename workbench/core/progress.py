"""Show how far a computation is: Dask's own bars, in a terminal, a notebook or on a cluster."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dask.callbacks import Callback

__all__ = ["progress"]

_MOMENT = 0.5  # seconds under which nothing is shown
_TENTHS = 10


@contextmanager
def progress(title: str = "") -> Iterator[None]:
    """Show how far each Dask computation of the block is, on standard error.

    Parameters
    ----------
    title : str
        Printed before the bar.

    Notes
    -----
    On this machine: a bar where standard error is a terminal or a notebook, a line each tenth in
    a log. On a cluster (`wb.cluster`), Dask's page at ``client.dashboard_link`` shows each task,
    and a line says where it is. Nothing is shown of what takes less than half a second.

    Examples
    --------
    >>> import dask.array as da
    >>> with progress("Counting"):
    ...     total = da.ones(4, chunks=2).sum().compute()
    >>> float(total)
    4.0
    """
    if link := _dashboard():
        sys.stderr.write(f"{title or 'Computing'} on the cluster: {link}\n")
        yield
        return
    with _bar(title):
        yield


def _bar(title: str) -> Any:
    from dask.diagnostics.progress import ProgressBar

    if not (sys.stderr.isatty() or _in_notebook()):
        return _Lines(title)
    if title and not _in_notebook():
        sys.stderr.write(f"{title}\n")
    return ProgressBar(minimum=_MOMENT, out=sys.stderr)


def _dashboard() -> str:
    """Return where the cluster that computes by default shows itself; empty when there is none."""
    distributed: Any = sys.modules.get("distributed")
    if distributed is None:
        return ""
    try:
        client = distributed.get_client()
    except ValueError:
        return ""
    return str(client.dashboard_link or client.scheduler.address)


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell else None
    return running is not None and running.__class__.__name__ == "ZMQInteractiveShell"


class _Lines(Callback):
    """Write a line when a tenth more of the tasks is done."""

    def __init__(self, title: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._title = title or "Computing"
        self._total = self._done = self._told = 0
        self._since = 0.0

    def _start_state(self, dsk: Any, state: Any) -> None:
        self._since = time.monotonic()
        self._done = self._told = 0
        self._total = sum(len(state[name]) for name in ("ready", "waiting", "running", "finished"))

    def _posttask(self, key: Any, result: Any, dsk: Any, state: Any, worker_id: Any) -> None:
        self._done += 1
        tenth = self._done * _TENTHS // max(self._total, 1)
        if tenth > self._told and time.monotonic() - self._since > _MOMENT:
            self._told = tenth
            sys.stderr.write(f"{self._title}: {tenth * _TENTHS} %\n")
