"""Run a plan: a process a report, the others go on when one fails."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

import dask

from workbench.core.errors import DirectoryNotWritable
from workbench.reports.assets import Assets
from workbench.reports.plan import Job, Plan
from workbench.reports.report import Engine, Failure, Outcome, keep_failure, make_report

__all__ = ["Options", "RunResult", "can_fork", "run_plan"]


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
    time_limit : float
        Seconds after which a report is stopped and counted as failed.
    """

    engine: Engine = "workbench"
    workers: int = 1
    standalone: bool = False
    time_limit: float = 300.0


@dataclass(frozen=True, slots=True)
class RunResult:
    """Hold the outcomes of a run, in the order of its jobs."""

    outcomes: tuple[Outcome, ...]
    seconds: float

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The reports that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.error)


Done = Callable[[Job, Outcome], None]
Footer = Callable[[Job], tuple[Mapping[str, str], list[dict[str, str]]]]


def can_fork() -> bool:
    """Tell whether a forked process is safe here (Linux)."""
    return sys.platform == "linux" and hasattr(os, "fork")


def run_plan(
    plan: Plan,
    options: Options,
    *,
    done: Done = lambda job, outcome: None,
    footer: Footer = lambda job: ({}, []),
    warm: Callable[[], None] = lambda: None,
) -> RunResult:
    """Make every report of a plan.

    Parameters
    ----------
    plan : Plan
    options : Options
    done : callable
        Called with each job and its outcome, as they end.
    footer : callable
        Gives how a page was made and its links.
    warm : callable
        Called once before processes are forked, to read what all reports share.

    Returns
    -------
    RunResult

    Raises
    ------
    DirectoryNotWritable
        When the folder cannot be written.
    """
    start = time.perf_counter()
    work = _prepare(plan.folder, options)

    def make(job: Job) -> Outcome:
        generated, navigation = footer(job)
        return make_report(
            job,
            plan.folder,
            work=work,
            engine=options.engine,
            standalone=options.standalone,
            generated=generated,
            navigation=navigation,
            time_limit=options.time_limit,
        )

    outcomes: dict[str, Outcome] = {}
    run = _forked if options.engine == "workbench" else _threaded
    try:
        # No thread may be alive when processes are forked.
        with dask.config.set(scheduler="synchronous"):
            warm()
            # What is shared is left out of the children's garbage collection: pages stay shared.
            gc.collect()
            gc.freeze()
            for job, outcome in run(plan, options, make, work):
                outcomes[job.page] = outcome
                done(job, outcome)
    finally:
        gc.unfreeze()
        shutil.rmtree(work, ignore_errors=True)
    return RunResult(tuple(outcomes[job.page] for job in plan.jobs), time.perf_counter() - start)


def _prepare(folder: Path, options: Options) -> Path:
    """Make the folder, its assets, and a place of this run's own for what is not finished."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not options.standalone:
            Assets.linked().write(folder / "assets")
        return Path(tempfile.mkdtemp(prefix=".work-", dir=folder))
    except OSError as error:
        raise DirectoryNotWritable(
            f"Cannot write in {folder}: {error.strerror}. Choose another folder with --to."
        ) from error


def _threaded(
    plan: Plan, options: Options, make: Callable[[Job], Outcome], work: Path
) -> Iterator[tuple[Job, Outcome]]:
    """Run kernels, each a process of its own, from threads."""
    with ThreadPoolExecutor(options.workers) as pool:
        running = {pool.submit(make, job): job for job in plan.jobs}
        for future in as_completed(running):
            yield running[future], future.result()


@dataclass
class _Child:
    job: Job
    started: float
    result: Path
    overdue: bool = False


def _forked(
    plan: Plan, options: Options, make: Callable[[Job], Outcome], work: Path
) -> Iterator[tuple[Job, Outcome]]:
    """Fork a process a report, at most so many at once, and gather what each wrote."""
    waiting = list(reversed(plan.jobs))
    running: dict[int, _Child] = {}
    try:
        while waiting or running:
            while waiting and len(running) < options.workers:
                job = waiting.pop()
                result = work / f"{len(waiting)}.json"
                running[_fork(job, make, result)] = _Child(job, time.perf_counter(), result)
            ended = list(_ended(running))
            for pid, status in ended:
                child = running.pop(pid)
                yield child.job, _gather(child, status, plan.folder, work, options)
            if not ended:
                _stop_overdue(running, options.time_limit)
                time.sleep(0.002)
    finally:
        for pid in running:
            _stop(pid)
            os.waitpid(pid, 0)


def _ended(running: Mapping[int, _Child]) -> Iterator[tuple[int, int]]:
    """Ask after our own processes only: others of the caller's are not ours to end."""
    for pid in running:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            yield pid, status


def _fork(job: Job, make: Callable[[Job], Outcome], result: Path) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        # A group of its own: stopping the report stops the commands that it started.
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _leave_the_terminal()
        outcome = make(job)
        result.write_text(json.dumps(asdict(outcome)), encoding="utf-8")
        code = 0
    finally:
        # Leave without the parent's cleanups, whatever happened.
        os._exit(code)


def _leave_the_terminal() -> None:
    """Read nothing from the caller's input; keep its output for what the caller writes."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)


def _gather(child: _Child, status: int, folder: Path, work: Path, options: Options) -> Outcome:
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0 and child.result.exists():
        return Outcome(**json.loads(child.result.read_text(encoding="utf-8")))
    if child.overdue:
        reason = f"stopped after {options.time_limit:g} s, the time limit of a report"
    elif os.WIFSIGNALED(status):
        reason = f"process stopped by {signal.Signals(os.WTERMSIG(status)).name}"
    else:
        reason = f"process ended with code {os.WEXITSTATUS(status)}"
    failure = Failure(reason, time.perf_counter() - child.started)
    return keep_failure(child.job, folder, work, failure)


def _stop_overdue(running: Mapping[int, _Child], limit: float) -> None:
    now = time.perf_counter()
    for pid, child in running.items():
        if now - child.started > limit:
            child.overdue = True
            _stop(pid)


def _stop(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:  # it has not made its group yet
        os.kill(pid, signal.SIGKILL)
