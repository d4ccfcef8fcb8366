"""What a Dask worker does for a run: check that it may, then have a zygote of its own make reports.

Dask calls the functions of this module by their names, with plain values. Nothing of the client's
machine is read here: the template comes with each order.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path
from platform import python_version
from typing import Any, ClassVar

from workbench.core.errors import WorkbenchError, WorkerDiffers
from workbench.indicators.registry import registry
from workbench.packs.pack import open_pack
from workbench.reports.digests import digest, file_digest, package_digest
from workbench.reports.forked import Forked, Stopped, can_fork
from workbench.reports.report import Brief, Outcome, Setting
from workbench.reports.store import STOPS, place_report
from workbench.reports.url_store import open_store

__all__ = ["MARK", "Order", "differences", "end_run", "examine", "machine_facts", "make_chunk"]

# A file that the client puts among the run's drafts: a worker that sees it sees the same place.
MARK = "mark"
# Packages whose version shows in the pages, and the one that carries the orders.
_PACKAGES = (
    "dask",
    "distributed",
    "ipython",
    "jinja2",
    "markupsafe",
    "matplotlib",
    "mistune",
    "nbconvert",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
    "pygments",
    "xarray",
)
# Pages put at once: the reports go on meanwhile.
_UPLOADS = 4
# Seconds after which a zygote without orders ends: the client may have been killed.
_IDLE = 120.0


@dataclass(frozen=True, slots=True)
class Order:
    """Tell a worker all that the reports of a run share.

    Parameters
    ----------
    run : str
        Names the run among all those of the cluster.
    template, source : str
        Path of the template on the client's machine; its text.
    pack : str
        Name or folder.
    vintage : int
    place : str
        Folder or URL of the pages.
    work : str
        Name of the run's drafts there.
    setting : mapping
        Of a :class:`~workbench.reports.report.Setting`, but its places.
    facts : mapping of str to str
        What :func:`machine_facts` says on the client's machine.
    """

    run: str
    template: str
    source: str
    pack: str
    vintage: int
    place: str
    work: str
    setting: Mapping[str, Any]
    facts: Mapping[str, str]


# -- checks ------------------------------------------------------------------------------


def machine_facts(pack: str, vintage: int) -> dict[str, str]:
    """Say what decides the pages of a pack on this machine: versions, and digests of what is read.

    Examples
    --------
    >>> machine_facts("france", 2026)["Python"] == python_version()
    True
    """
    facts = {"Python": python_version(), "workbench": package_digest()[:12]}
    for name in _PACKAGES:
        facts[name] = "missing"
        with suppress(metadata.PackageNotFoundError):
            facts[name] = metadata.version(name)
    declared = {name: asdict(each) for name, each in registry().by_id.items()}
    facts["indicators"] = digest(declared)[:12]
    try:
        folder = open_pack(pack, vintage=vintage).folder
        files = [folder / "pack.yml", *(folder / "data").iterdir()]
        facts[f"pack {pack}"] = digest({path.name: file_digest(path) for path in files})[:12]
    except WorkbenchError as error:
        facts[f"pack {pack}"] = f"missing ({error})"
    return facts


def differences(wanted: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Say what differs on a worker.

    Examples
    --------
    >>> differences({"numpy": "2.2.0", "dask": "2026.1"}, {"numpy": "2.1.0", "dask": "2026.1"})
    ['numpy is 2.1.0, expected 2.2.0']
    """
    return [
        f"{name} is {found.get(name, 'missing')}, expected {value}"
        for name, value in wanted.items()
        if found.get(name) != value
    ]


async def examine(order: Mapping[str, Any], dask_worker: Any) -> list[str]:
    """Say why this worker cannot make the reports of a run; nothing when it can."""
    return await asyncio.to_thread(_problems, Order(**order), Path(dask_worker.local_directory))


def _problems(order: Order, local: Path) -> list[str]:
    if not can_fork():
        return [f"it runs {sys.platform}, and reports are forked on Linux only"]
    found = differences(order.facts, machine_facts(order.pack, order.vintage))
    try:
        store = open_store(order.place)
        if not store.has(f"{order.work}/{MARK}"):
            return [*found, f"it does not see what this machine writes in {order.place}"]
        drafts = store.drafts(order.work, local)
        (drafts / MARK).write_text(MARK)
        store.place(drafts / MARK, f"{order.work}/{drafts.name}/{MARK}")
    except (OSError, WorkbenchError) as error:
        found.append(f"it cannot write in {order.place}: {type(error).__name__}: {error}")
    return found


# -- reports -----------------------------------------------------------------------------


def make_chunk(order: Mapping[str, Any], briefs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Make some reports of a run and put them in place.

    Parameters
    ----------
    order : mapping
        An :class:`Order`.
    briefs : sequence of mapping
        Each a :class:`~workbench.reports.report.Brief`.

    Returns
    -------
    dict
        ``outcomes``; ``caveats``; ``files``: digests of the files that templates read.

    Raises
    ------
    WorkerDiffers
        This worker joined the cluster after the others were examined, and is not like them.
    SharedCellRefused
        A shared cell failed.
    """
    from distributed import get_worker

    return _Session.of(Order(**order), get_worker()).make([Brief(**brief) for brief in briefs])


async def end_run(run: str) -> None:
    """Stop what this worker still makes for a run, and forget it."""
    await asyncio.to_thread(_Session.end, run)


class _Session:
    """Hold the zygote of one run in this process."""

    _all: ClassVar[dict[str, _Session]] = {}
    _ended: ClassVar[set[str]] = set()
    _guard: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, order: Order, worker: Any) -> None:
        local = Path(worker.local_directory)
        if problems := _problems(order, local):
            raise WorkerDiffers(f"Worker {worker.address}: {'; '.join(problems)}.")
        self._store = open_store(order.place)
        self._drafts = self._store.drafts(order.work, local)
        self._home = Path(tempfile.mkdtemp(prefix="workbench-", dir=local))
        # Under its own name, which errors tell.
        self._template, self._named = self._home / Path(order.template).name, order.template
        self._template.write_text(order.source, "utf-8", newline="")
        slots = worker.state.nthreads
        room = (worker.memory_manager.memory_limit or 0) // slots
        setting = Setting(template=self._template, work=self._drafts, **order.setting)
        setting = replace(setting, memory_limit=setting.memory_limit or room)
        self._forked = Forked(setting, slots, pack=order.pack, vintage=order.vintage)
        self._turn = threading.Lock()
        self._rest()

    @classmethod
    def of(cls, order: Order, worker: Any) -> _Session:
        """Return the session of a run; it begins with the first reports."""
        with cls._guard:
            if order.run in cls._ended:
                raise WorkbenchError("This run has ended.")
            if order.run not in cls._all:
                cls._all[order.run] = cls(order, worker)
            return cls._all[order.run]

    @classmethod
    def end(cls, run: str) -> None:
        """Let no more report of a run begin, and stop those that have."""
        with cls._guard:
            cls._ended.add(run)
            session = cls._all.pop(run, None)
        if session is not None:
            session._alarm.cancel()
            session._forked.stop()
            for folder in (session._home, session._drafts):
                shutil.rmtree(folder, ignore_errors=True)

    def make(self, briefs: Sequence[Brief]) -> dict[str, Any]:
        """Make reports, one chunk at a time: the zygote uses all the threads of the worker."""
        with ThreadPoolExecutor(_UPLOADS) as uploads:
            with self._turn:
                self._alarm.cancel()
                try:
                    made = self._forked.make(briefs)
                    placing = [uploads.submit(self._place, outcome) for outcome in made]
                except Stopped:
                    return {"outcomes": [], "caveats": [], "files": {}}
                finally:
                    self._rest()
            outcomes = [each.result() for each in placing]
        read = {item[1] for outcome in outcomes for item in outcome.items if item[0] == "file"}
        return {
            "outcomes": [asdict(outcome) for outcome in outcomes],
            "caveats": list(self._forked.caveats),
            "files": {path: file_digest(Path(path)) for path in sorted(read - {self._named})},
        }

    def _rest(self) -> None:
        """End the zygote by itself, if no order comes: the next one starts another."""
        self._alarm = threading.Timer(_IDLE, self._doze)
        self._alarm.daemon = True
        self._alarm.start()

    def _doze(self) -> None:
        if self._turn.acquire(blocking=False):
            self._forked.close()
            self._turn.release()

    def _place(self, made: Outcome) -> Outcome:
        """Put a report in place; it then names the template as the client does."""
        mine = ("file", str(self._template))
        items = {("file", self._named) if item == mine else item for item in made.items}
        made = replace(made, items=tuple(sorted(items)), placed=True)
        try:
            place_report(self._store, made, self._drafts)
        except OSError as error:
            told = f"{type(error).__name__}: {error}"
            stop = error.errno if error.errno in STOPS else 0
            return replace(made, error=told, sha256="", bytes=0, notebook="", stop=stop)
        return made
