"""Measure long runs of the package's command: all communes, and memory over many reports."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.packs.pack import open_pack
from workbench.reports.assets import templates_folder

from .bars import Bar, print_table
from .contenders import report_command
from .measuring import Memory, Sample, Usage, measure

LEVEL = "commune"
JOBS = 2
# By then, all that is shared has been read, and gathered in large pages for the first time
# (workbench.reports.zygote): that takes some 40 MB more, once.
SETTLED = 250
FOLLOWED = 2000 + SETTLED


@dataclass(frozen=True)
class Run:
    """Hold a run and the same run again over its own pages: seconds, kB, bytes."""

    wall: float
    cpu: float
    again: float
    pss: float
    largest: float
    html: float


def make_communes(folder: Path, reports: int, *, every: float = 1) -> Usage:
    """Make the portraits of the first communes, as one would on two cores; sample their memory."""
    words = ["--level", LEVEL, "--limit", str(reports), "--jobs", str(JOBS), "--to", str(folder)]
    command = [*report_command(templates_folder() / "portrait.ipynb"), *words]
    return measure([command], cores=JOBS, pages=folder / LEVEL, every=every)


def run_twice(reports: int) -> Run:
    """Make communes, then ask for the same again; stop if pages are missing."""
    # Often enough for a short run, seldom enough to cost a long one nothing.
    every = min(10.0, reports / 100)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, second = (make_communes(folder, reports, every=every) for _ in range(2))
        sizes = [page.stat().st_size for page in folder.rglob("*.html")]
        made = len(list((folder / LEVEL).glob("*.html")))
    if made != reports:
        raise SystemExit(f"{made} pages were written, not the {reports} expected")
    pss = max((sample.pss for sample in (*first.samples, *second.samples)), default=0)
    largest = max(first.largest, second.largest)
    return Run(first.wall, first.cpu, second.wall, pss, largest, sum(sizes))


def extrapolate(one: float, several: float, reports: int, *, to: int) -> float:
    """Draw the line through what one report and several took, to many more.

    Examples
    --------
    >>> extrapolate(3.0, 12.0, 10, to=100)
    102.0
    """
    return one + (several - one) / (reports - 1) * (to - 1)


def national_bars(reports: int | None) -> list[Bar]:
    """Make the portraits of all communes, or of some and extrapolate to all."""
    everything = len(open_pack("france").frame(LEVEL))
    if reports is None or reports >= everything:
        run, how = run_twice(everything), "measured"
    else:
        one, some = run_twice(1), run_twice(reports)
        wall, cpu, again, html = (
            extrapolate(getattr(one, name), getattr(some, name), reports, to=everything)
            for name in ("wall", "cpu", "again", "html")
        )
        run = Run(wall, cpu, again, some.pss, some.largest, html)
        how = f"EXTRAPOLATED from {reports}"
    print(f"\n{everything} communes, {JOBS} jobs, {how}: {run.wall:.0f} s, {run.cpu:.0f} s of CPU")
    made = reports or everything
    return [
        Bar(f"all communes: minutes ({how})", run.wall / 60, "≤", 40, 1),
        Bar(f"{made} communes: peak memory of all processes (PSS), GB", run.pss / 1e6, "≤", 2),
        Bar(f"{made} communes: largest process (RSS), GB", run.largest / 1e6, "≤", 2),
        Bar(f"all communes: HTML, GB ({how})", run.html / 1e9, "≤", 4),
        Bar(f"all communes: the same again, s ({how})", run.again, "≤", 20, 1),
    ]


@dataclass(frozen=True)
class Growth:
    """Hold the memory of a long-lived process at two moments of a run."""

    early: Memory
    late: Memory
    forks: bool

    @property
    def rss(self) -> int:
        """What it grew by, in kB: private and shared pages alike."""
        return self.late.rss - self.early.rss

    @property
    def pss(self) -> int:
        """What its share grew by, in kB; it moves with the processes that share at that moment."""
        return self.late.pss - self.early.pss


def growths(samples: Sequence[Sample], *, settled: int, reports: int) -> list[Growth]:
    """Compare the processes that live from the moment a run has settled to its last reports.

    Parameters
    ----------
    samples : sequence of Sample
        In the order of time.
    settled : int
        Pages written at the first moment.
    reports : int
        Pages of the whole run: what follows the last one, such as the gallery, is left out.

    Returns
    -------
    list of Growth
        The process that forks is the one that had most children.
    """
    during = [sample for sample in samples if settled <= sample.pages < reports]
    if len(during) < 2:
        raise SystemExit(f"The run was too short: {len(during)} samples after {settled} reports.")
    children: dict[int, set[int]] = {}
    for sample in during:
        for process in sample.processes:
            children.setdefault(process.parent, set()).add(process.pid)
    forking = max(children, key=lambda pid: len(children[pid]))
    early, late = (
        {process.pid: process for process in sample.processes} for sample in (during[0], during[-1])
    )
    return [Growth(early[pid], late[pid], pid == forking) for pid in early if pid in late]


def memory_bars() -> list[Bar]:
    """Follow the long-lived processes of a run."""
    with tempfile.TemporaryDirectory() as name:
        usage = make_communes(Path(name), FOLLOWED)
    found = growths(usage.samples, settled=SETTLED, reports=FOLLOWED)
    print(f"\nMemory of long-lived processes, kB, from report {SETTLED} to {FOLLOWED}")
    rows = [
        (
            "forks the reports" if growth.forks else "other",
            *map(str, (growth.early.rss, growth.late.rss, growth.rss)),
            *map(str, (growth.early.pss, growth.late.pss, growth.pss)),
        )
        for growth in found
    ]
    print_table(
        ("process", "RSS then", "at the end", "growth", "PSS", "at the end", "growth"), rows
    )
    grown = sum(growth.rss for growth in found if growth.forks)
    name = f"memory: growth of what forks over {FOLLOWED - SETTLED} reports, kB (RSS)"
    return [Bar(name, grown, "≤", 0, 0)]
