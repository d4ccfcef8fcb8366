"""Time the printing of portraits to PDF, by what prints them and by what could.

Run it on twenty départements::

    python tests/benchmarks/bench_pdf.py --reports 20

CPU time is that of all the processes (Linux). WeasyPrint is measured where it is installed; its
figures, painted black, are counted. Every PDF must hold the title of its page, else it stops. No
time is ever asserted.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pypdf

from workbench.packs.pack import open_pack
from workbench.reports.pdf import print_pages
from workbench.reports.plan import make_plan, territories_of
from workbench.reports.run import Options, run_plan
from workbench.reports.templates import find_template


@dataclass(frozen=True)
class Cost:
    """What printing some pages took, in seconds, and the weight of the PDF."""

    reports: int
    wall: float
    cpu: float
    bytes: int

    def __str__(self) -> str:
        return (
            f"{self.reports / self.wall:.2f} reports/s, {self.cpu / self.reports:.2f} s CPU and "
            f"{self.bytes / self.reports / 1000:.0f} kB a report"
        )


def made_pages(folder: Path, count: int) -> list[Path]:
    """Make the portraits of the first départements."""
    pack = open_pack("france")
    territories = territories_of(pack, ["departement"])[:count]
    plan = make_plan(find_template("portrait"), pack, territories=territories, folder=folder)
    if failures := run_plan(plan, Options(workers=2)).failures:
        raise SystemExit(f"{len(failures)} reports failed: {failures[0].error}")
    return [folder / job.page for job in plan.jobs]


def family_cpu() -> float:
    """Add up the CPU time of this process and of all its living descendants."""
    parents, spent = {}, {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # What follows the name, which may hold spaces and brackets.
            words = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(process.name)] = int(words[1])
        spent[int(process.name)] = sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")
    family = {os.getpid()}
    while grown := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= grown
    return sum(spent.get(pid, 0.0) for pid in family)


def by_chromium(pages: Sequence[Path], jobs: int) -> Cost:
    """Print as the command does."""
    wall, cpu, last = time.perf_counter(), family_cpu(), 0.0

    def done(_: object) -> None:
        # Looked at while the browsers live: what their children took is lost with them.
        nonlocal last
        last = family_cpu()

    printed = print_pages(pages, jobs=jobs, done=done)
    if failures := [one for one in printed if one.error]:
        raise SystemExit(f"{len(failures)} pages failed: {failures[0].error}")
    weight = sum(one.bytes for one in printed)
    cost = Cost(len(pages), time.perf_counter() - wall, last - cpu, weight)
    check([one.pdf for one in printed])
    return cost


def by_weasyprint(pages: Sequence[Path]) -> Cost:
    """Print with WeasyPrint, tagged too."""
    from weasyprint import HTML

    wall, cpu = time.perf_counter(), family_cpu()
    pdfs = [page.with_suffix(".weasyprint.pdf") for page in pages]
    for page, pdf in zip(pages, pdfs, strict=True):
        HTML(filename=str(page)).write_pdf(pdf, pdf_variant="pdf/ua-1")
    weight = sum(pdf.stat().st_size for pdf in pdfs)
    cost = Cost(len(pages), time.perf_counter() - wall, family_cpu() - cpu, weight)
    check(pdfs)
    return cost


def check(pdfs: Sequence[Path]) -> None:
    """Stop unless the first sheet of each PDF says its title."""
    for pdf in pdfs:
        reader = pypdf.PdfReader(pdf)
        title = reader.metadata.title if reader.metadata else None
        said = "".join(reader.pages[0].extract_text().split())
        if not title or "".join(title.split()) not in said:
            raise SystemExit(f"{pdf.name} does not say its title, {title!r}")


def main() -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, default=20)
    options = parser.parse_args()
    ways: dict[str, Callable[[Sequence[Path]], Cost]] = {
        "Chromium, 1 at once": lambda pages: by_chromium(pages, 1),
        "Chromium, 2 at once": lambda pages: by_chromium(pages, 2),
    }
    if find_spec("weasyprint"):
        ways["WeasyPrint"] = by_weasyprint
    with tempfile.TemporaryDirectory() as folder:
        pages = made_pages(Path(folder), options.reports)
        for name, way in ways.items():
            print(f"{name:20} {way(pages)}")


if __name__ == "__main__":
    main()
