"""Have reports made by the workers of a Dask cluster that runs already."""

from __future__ import annotations

import math
import secrets
from asyncio import CancelledError
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Self

from workbench.core.cluster import join
from workbench.core.errors import ClusterLost, WorkbenchError, WorkerDiffers
from workbench.reports.digests import file_digest
from workbench.reports.maker import Maker
from workbench.reports.report import Brief, Outcome, Setting, lost_report
from workbench.reports.store import Store
from workbench.reports.worker import MARK, Order, end_run, examine, machine_facts, make_chunk

if TYPE_CHECKING:
    from distributed import Future

__all__ = ["Cluster"]

# A chunk is at most so many reports a thread, some seconds of work: what a lost worker had
# made and not told is made again.
_PER_THREAD = 16
# Chunks under way or waiting, a worker: one is always at hand.
_AHEAD = 2
# Seconds between two looks at the cluster when nothing comes, and those without any worker
# after which the run ends.
_PATIENCE, _NO_WORKER = 5.0, 60.0
# Seconds to wait for the scheduler, and for its first worker.
_CONNECT, _FIRST_WORKER = 10.0, 30.0
_NAMED = 5


class Cluster(Maker):
    """Make reports on the workers of a cluster, a zygote each; a context manager.

    Parameters
    ----------
    setting : Setting
    address : str
        Of the scheduler (``"tcp://10.0.0.1:8786"``).
    pack : str
        Name, or a folder that every worker has.
    vintage : int
    store : Store
        Where workers put the reports that they make.

    Attributes
    ----------
    caveats : list of str
        What made the run slower or less certain than it could be.

    Raises
    ------
    MissingExtra
        The package ``distributed`` is not installed.
    ClusterLost
        No scheduler answers at the address, or it has no worker.
    WorkerDiffers
        A worker has other versions, another pack, or does not see the store.
    """

    def __init__(
        self, setting: Setting, address: str, *, pack: str, vintage: int, store: Store
    ) -> None:
        super().__init__()
        self._setting, self._address, self._store = setting, address, store
        # Places are those of each machine, and workers always fork.
        apart = ("template", "work", "engine")
        shared = {each.name: getattr(setting, each.name) for each in fields(Setting)}
        self._run = secrets.token_hex(8)
        self._order = asdict(
            Order(
                run=self._run,
                template=str(setting.template),
                source=setting.template.read_bytes().decode(),
                pack=pack,
                vintage=vintage,
                place=store.address,
                work=setting.work.name,
                setting={name: value for name, value in shared.items() if name not in apart},
                facts=machine_facts(pack, vintage),
            )
        )
        # By worker; one is expected.
        self._threads: Mapping[str, int] = {address: 1}
        self._running: dict[Future[Any], list[Brief]] = {}
        self._ended: SimpleQueue[Future[Any]] = SimpleQueue()
        self._count = 0

    def __enter__(self) -> Self:
        # Not the default: what this machine computes for the gallery stays here.
        self._client = join(
            self._address, connect=_CONNECT, first_worker=_FIRST_WORKER, as_default=False
        )
        try:
            self._examine()
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Cancel what is under way, end the zygotes, and leave the cluster."""
        # A cluster that is lost has nothing left to end.
        with suppress(OSError, RuntimeError):
            if self._running:
                self._client.cancel(list(self._running))
            self._client.run(end_run, self._run, on_error="ignore")
        self._client.close()

    # -- workers -------------------------------------------------------------------------

    def _examine(self) -> None:
        """Refuse a cluster whose workers would not make what this machine would."""
        mark = self._setting.work / f"{MARK}.draft"
        mark.write_text(MARK)
        self._store.place(mark, f"{self._setting.work.name}/{MARK}")
        told = self._client.run(examine, self._order, on_error="return")
        wrong = [f"{worker}: {_why(found)}" for worker, found in sorted(told.items()) if found]
        if wrong:
            more = f"\n… and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
            listed = "\n".join(wrong[:_NAMED])
            raise WorkerDiffers(
                f"{len(wrong)} of the {len(told)} workers at {self._address} would not make the "
                f"reports that this machine would:\n{listed}{more}\nInstall there what is "
                "installed here (the same lock file, pack and templates), write to a place that "
                "all can reach with --to, then start the workers again."
            )

    def _count_threads(self) -> Mapping[str, int]:
        try:
            return dict(self._client.nthreads())
        except (OSError, RuntimeError) as error:
            raise self._lost(str(error)) from None

    def _lost(self, what: str) -> ClusterLost:
        return ClusterLost(
            f"The cluster at {self._address} was lost: {what}. The reports made so far are kept: "
            "the same command goes on where this one stopped."
        )

    # -- reports -------------------------------------------------------------------------

    def make(self, briefs: Iterable[Brief]) -> Iterator[Outcome]:
        """Make reports, and give each outcome once, as its chunk ends.

        A chunk whose worker is lost is made by another. One that is lost again and again is
        split and made alone, until the report that takes the workers with it fails by itself.

        Parameters
        ----------
        briefs : iterable of Brief

        Yields
        ------
        Outcome

        Raises
        ------
        ClusterLost
            The scheduler went away, or no worker is left.
        SharedCellRefused
            A shared cell failed.
        """
        waiting = deque(briefs)
        suspects: deque[list[Brief]] = deque()
        while waiting or suspects or self._running:
            # A suspect is made alone, so that no other can be blamed.
            alone = not waiting and not self._running
            if waiting:
                self._feed(waiting)
            elif alone:
                self._submit(suspects.popleft())
            future = self._next()
            chunk = self._running.pop(future)
            told, reason = self._told(future)
            yield from told
            if not reason:
                continue
            if alone and len(chunk) == 1:
                yield lost_report(chunk[0], self._setting, reason)
            else:
                half = math.ceil(len(chunk) / 2)
                suspects.extend(part for part in (chunk[:half], chunk[half:]) if part)

    def _feed(self, waiting: deque[Brief]) -> None:
        """Submit chunks: small at first, so that news comes soon, and at last, to end together."""
        self._threads = self._count_threads() or self._threads
        ahead = _AHEAD * len(self._threads)
        threads = max(self._threads.values())
        while waiting and len(self._running) < ahead:
            most = threads * min(_PER_THREAD, self._count + 1)
            size = min(most, math.ceil(len(waiting) / ahead))
            self._submit([waiting.popleft() for _ in range(size)])

    def _submit(self, chunk: list[Brief]) -> None:
        self._count += 1
        future = self._client.submit(
            make_chunk,
            self._order,
            [asdict(brief) for brief in chunk],
            key=f"workbench-report-{self._run}-{self._count}",
            pure=False,
        )
        self._running[future] = chunk
        future.add_done_callback(self._ended.put)

    def _next(self) -> Future[Any]:
        """Wait for a chunk to end, as long as there are workers."""
        without = 0.0
        while without < _NO_WORKER:
            with suppress(Empty):
                return self._ended.get(timeout=_PATIENCE)
            without = 0.0 if self._count_threads() else without + _PATIENCE
        raise self._lost(f"it has had no worker for {without:g} s")

    def _told(self, future: Future[Any]) -> tuple[list[Outcome], str]:
        """Return the outcomes of a chunk, or why it has none."""
        from distributed import KilledWorker

        if future.status in ("cancelled", "lost"):
            raise self._lost("the scheduler went away")
        try:
            told = future.result()
        except CancelledError:
            raise self._lost("the scheduler went away") from None
        except WorkbenchError:
            raise
        except KilledWorker as error:
            lost = error.allowed_failures + 1
            return [], f"{lost} worker{'s were' if lost > 1 else ' was'} lost while making it"
        except Exception as error:
            return [], _why(error)
        for caveat in told["caveats"]:
            self.warn(caveat)
        self._compare(told["files"])
        return [Outcome(**outcome) for outcome in told["outcomes"]], ""

    def _compare(self, files: Mapping[str, str]) -> None:
        """Tell what a worker read that this machine could not see change."""
        for path, digest in files.items():
            if file_digest(Path(path)) != digest:
                self.warn(
                    f"Workers read {path}, which is not the same here: when it changes, make the "
                    "reports again with --force."
                )


def _why(found: object) -> str:
    """Say what is wrong with a worker, or what it raised."""
    if isinstance(found, list):
        return "; ".join(found)
    return f"{type(found).__name__}: {found}"
