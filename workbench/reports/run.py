"""Run a plan: skip what is unchanged, make the rest, write each report down as it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from workbench.core.errors import DirectoryNotWritable
from workbench.reports.assets import Assets
from workbench.reports.basis import Bases, facts_of, question_of
from workbench.reports.cluster import Cluster
from workbench.reports.forked import Forked, can_fork
from workbench.reports.grids import grids_of, prepared
from workbench.reports.journal import Journal, Meter, Summary
from workbench.reports.kernels import Kernels
from workbench.reports.ledger import Entry, Ledger
from workbench.reports.maker import Maker
from workbench.reports.plan import Job, Plan
from workbench.reports.report import Brief, Engine, Outcome, Setting
from workbench.reports.store import STOPS, Store, place_report
from workbench.reports.url_store import open_store

__all__ = ["Options", "RunResult", "can_fork", "run_plan"]

# Executed notebooks of more reports than this are compressed.
_MANY = 1000


@dataclass(frozen=True, slots=True)
class Options:
    """Say how a plan is run.

    Parameters
    ----------
    engine : {"workbench", "kernel"}
        Cells in a forked process, or in a kernel a report.
    workers : int
        Reports made at once.
    standalone : bool
        Put style and script inside each page.
    notebooks : {"all", "failed", "none"}
        Whose executed notebooks are kept; compressed beyond a thousand reports.
    force : bool
        Make again what is unchanged too.
    time_limit : float
        Seconds after which a report is stopped and counted as failed.
    memory_limit : int
        Bytes that a report may use beyond what all share; 0 for no limit.
    scheduler : str
        Address of a Dask scheduler whose workers make the reports; empty to make them here.
    url : str
        Where pages go, when not in the plan's folder: that one then holds the ledger and log.
    """

    engine: Engine = "workbench"
    workers: int = 1
    standalone: bool = False
    notebooks: Literal["all", "failed", "none"] = "failed"
    force: bool = False
    time_limit: float = 300.0
    memory_limit: int = 0
    scheduler: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class RunResult:
    """Hold the outcomes of a run, in the order of its jobs, and what it cost."""

    outcomes: tuple[Outcome, ...]
    summary: Summary
    caveats: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Wall clock of the run."""
        return self.summary.seconds

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The reports that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.error)


Done = Callable[[Job, Outcome], None]
Footer = Callable[[Job], tuple[Mapping[str, str], list[dict[str, str]]]]


def run_plan(
    plan: Plan,
    options: Options,
    *,
    done: Done = lambda job, outcome: None,
    footer: Footer = lambda job: ({}, []),
    begin: Callable[[int], None] = lambda count: None,
) -> RunResult:
    """Make every report of a plan that is not already there, made from the same things.

    Parameters
    ----------
    plan : Plan
    options : Options
    done : callable
        Called with each job and its outcome, as they end.
    footer : callable
        Gives how a page was made and its links.
    begin : callable
        Called once with the number of reports to make.

    Returns
    -------
    RunResult

    Raises
    ------
    FolderBusy
        Another run writes in the folder.
    DirectoryNotWritable
        The folder cannot be written, or is full.
    SharedCellRefused
        A cell tagged ``shared`` failed.
    FileUnreadable, GridInvalid, MissingExtra
        A grid that reports tell of cannot be read: see `grids.prepared`.
    ClusterLost, WorkerDiffers
        The cluster does not answer, or would not make what this machine would.
    """
    meter = Meter()
    store = open_store(options.url or str(plan.folder), plan.folder)
    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger.opened(plan.folder))
        work = stack.enter_context(store.work())
        journal = stack.enter_context(Journal.opened(plan.folder))
        if not options.standalone:
            with _written(store), store.writing() as folder:
                Assets.linked().write(folder / "assets")
        scribe = _Scribe(plan, options, ledger, store, work, Bases(plan, ledger))
        briefs = {job.page: _brief(job, footer) for job in plan.jobs}
        held = {} if options.force else scribe.unchanged(briefs)
        todo = [brief for page, brief in briefs.items() if page not in held]
        journal.write("begin", reports=len(briefs), unchanged=len(held), engine=options.engine)
        begin(len(todo))
        outcomes: dict[str, Outcome] = dict(held)
        caveats: tuple[str, ...] = ()
        if todo:
            _prepare(plan)
            setting = _setting(plan, options, work, len(todo))
            jobs = {job.page: job for job in plan.jobs}
            with _maker(plan, options, setting, store, scribe.lesson) as maker:
                for made in maker.make(todo):
                    written = scribe.write(briefs[made.page], made)
                    # The ledger holds what it read and told; 35,000 of them would fill the memory.
                    outcome = replace(written, items=(), figures={})
                    outcomes[made.page] = outcome
                    journal.report(outcome)
                    done(jobs[made.page], outcome)
                scribe.learn(maker.learned)
                caveats = tuple(maker.caveats)
        summary = meter.summary([outcomes[job.page] for job in plan.jobs])
        scribe.end(summary)
        journal.write("end", **summary.told())
    return RunResult(tuple(outcomes[job.page] for job in plan.jobs), summary, caveats)


def _prepare(plan: Plan) -> None:
    """Make the figures of daily grids, once for all the reports."""
    metadata = plan.template.notebook.metadata
    named = {grid for job in plan.jobs for grid in grids_of(metadata, job.parameters)}
    for grid in sorted(named):
        prepared(grid, plan.pack)


def _brief(job: Job, footer: Footer) -> Brief:
    generated, navigation = footer(job)
    return Brief(job.page, job.parameters, job.lang, job.title, job.subtitle, generated, navigation)


def _setting(plan: Plan, options: Options, work: Path, count: int) -> Setting:
    return Setting(
        template=plan.template.path.absolute(),
        work=work,
        engine=options.engine,
        standalone=options.standalone,
        notebooks=options.notebooks,
        compressed=count > _MANY,
        time_limit=options.time_limit,
        memory_limit=options.memory_limit,
    )


def _maker(
    plan: Plan, options: Options, setting: Setting, store: Store, learned: Mapping[str, Any]
) -> Maker:
    if options.scheduler:
        return Cluster(
            setting,
            options.scheduler,
            pack=plan.pack_name,
            vintage=plan.pack.vintage,
            store=store,
        )
    if options.engine == "kernel":
        return Kernels(setting, options.workers)
    return Forked(
        setting,
        options.workers,
        pack=plan.pack_name,
        vintage=plan.pack.vintage,
        learned=learned,
    )


@contextmanager
def _written(store: Store) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DirectoryNotWritable.because(store, error) from error


class _Scribe:
    """Put drafts in place and write in the ledger what they were made from."""

    def __init__(
        self,
        plan: Plan,
        options: Options,
        ledger: Ledger,
        store: Store,
        work: Path,
        bases: Bases,
    ) -> None:
        self._plan, self._options, self._ledger = plan, options, ledger
        self._store, self._work, self._bases = store, work, bases
        self._facts = facts_of(plan)
        self._run = 0
        self._territories = {job.page: job.territory for job in plan.jobs}

    @property
    def lesson(self) -> dict[str, Any]:
        """What was learned of the template by an earlier run of the same code."""
        return self._ledger.learned(self._lesson)

    @property
    def _lesson(self) -> str:
        return f"{self._facts.template_digest} {self._facts.package} {self._facts.environment}"

    def learn(self, learned: Mapping[str, Any]) -> None:
        """Keep what this run learned."""
        if learned:
            self._ledger.learn(self._lesson, learned)

    def unchanged(self, briefs: Mapping[str, Brief]) -> dict[str, Outcome]:
        """Find the reports whose page is there, made from what would make it now."""
        runs = self._ledger.runs()
        same = {run for run, facts in runs.items() if _same(facts, self._facts)}
        held = {}
        for page, entry in self._ledger.entries().items():
            brief = briefs.get(page)
            if brief is None or entry.error or entry.run not in same:
                continue
            if entry.question != question_of(brief, standalone=self._options.standalone):
                continue
            if self._options.notebooks == "all" and not entry.notebook:
                continue
            if self._bases.hold(entry.basis) and self._store.holds(entry):
                held[page] = Outcome(
                    page, 0.0, bytes=entry.bytes, sha256=entry.sha256, unchanged=True
                )
        return held

    def write(self, brief: Brief, made: Outcome) -> Outcome:
        """Write one report down, then put its files in place."""
        if made.stop:
            raise DirectoryNotWritable.because(self._store, OSError(made.stop, made.error))
        digests = self._bases.digests(made.items)
        entry = Entry(
            page=made.page,
            run=self._run or self._begin(),
            question=question_of(brief, standalone=self._options.standalone),
            basis=self._bases.name(digests),
            perimeter=self._bases.perimeter(self._territories[made.page]),
            sha256=made.sha256,
            bytes=made.bytes,
            changed=0,
            seconds=made.seconds,
            cpu=made.cpu,
            error=made.error,
            notebook=made.notebook,
            figures=made.figures,
        )
        try:
            if not made.error:
                entry = replace(entry, changed=self._changed(made))
            self._ledger.record(entry, digests)
            self._place(made)
        except OSError as error:
            if error.errno in STOPS:
                raise DirectoryNotWritable.because(self._store, error) from error
            told = f"{type(error).__name__}: {error}"
            made = replace(made, error=told, sha256="", bytes=0, notebook="")
            self._ledger.record(replace(entry, error=told, sha256="", bytes=0), digests)
        return made

    def _begin(self) -> int:
        # A run that makes nothing leaves no trace.
        self._run = self._ledger.begin(self._facts)
        return self._run

    def _changed(self, made: Outcome) -> int:
        return self._store.changed(made.page if made.placed else f"{self._work.name}/{made.page}")

    def _place(self, made: Outcome) -> None:
        if not made.placed:
            place_report(self._store, made, self._work)
        stem = made.page.removesuffix(".html")
        mine = {
            f"failed/{made.page}.ipynb",
            f"notebooks/{stem}.ipynb",
            f"notebooks/{stem}.ipynb.gz",
            f"{stem}.pdf",  # printed from the earlier page
        }
        for name in sorted(mine - {made.notebook}):
            self._store.remove(name)
        if made.error:
            # A page of an earlier run is out of date.
            self._store.remove(made.page)

    def end(self, summary: Summary) -> None:
        """Write what the run cost."""
        if self._run:
            self._ledger.end(self._run, summary.told())


def _same(one: Any, other: Any) -> bool:
    """Tell whether two runs were of one template, package, environment and pack."""
    names = ("template_digest", "package", "environment", "pack", "vintage")
    return all(getattr(one, name) == getattr(other, name) for name in names)
