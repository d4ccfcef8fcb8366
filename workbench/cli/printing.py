"""What ``workbench report --pdf`` does after the reports are made."""

from __future__ import annotations

import os
import sys

from workbench.cli.progress import follow
from workbench.cli.terminal import complain, console
from workbench.reports.pdf import Printed, pdf_of, print_pages
from workbench.reports.plan import Plan
from workbench.reports.report import Outcome
from workbench.reports.run import RunResult

__all__ = ["print_reports"]

# Each browser takes about half a gigabyte, and more than four feed no disk faster.
_BROWSERS = 4


def print_reports(plan: Plan, result: RunResult, *, jobs: int, quiet: bool) -> tuple[Printed, ...]:
    """Print the reports of a run that have no PDF: a page that is made again loses its own.

    Parameters
    ----------
    plan : Plan
    result : RunResult
    jobs : int
        Reports made at once, which bounds the browsers.
    quiet : bool
        Whether standard output is kept for something else.

    Returns
    -------
    tuple of Printed
    """
    jobs_by_page = {plan.folder / job.page: job for job in plan.jobs}
    pages = [
        page
        for page, outcome in zip(jobs_by_page, result.outcomes, strict=True)
        if not outcome.error and not pdf_of(page).exists()
    ]
    with follow() as progress:
        progress.begin(len(pages))

        def done(printed: Printed) -> None:
            job = jobs_by_page[printed.page]
            progress(job, Outcome(job.page, printed.seconds, error=printed.error))

        printed = print_pages(pages, jobs=min(jobs, _BROWSERS), done=done)
    failed = [one for one in printed if one.error]
    if not quiet:
        size = sum(one.bytes for one in printed) / 1e6
        console().print(f"{len(printed) - len(failed)} printed to PDF, {size:.1f} MB")
    if failed:
        complain(f"{len(failed)} could not be printed:")
        for one in failed:
            text = f"  {os.path.relpath(one.page, plan.folder)}: {one.error}"
            console(sys.stderr).print(text, soft_wrap=True)
    return printed
