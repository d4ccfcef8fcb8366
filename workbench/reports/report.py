"""Make one report: execute the template, render the page, move it into place."""

from __future__ import annotations

import math
import os
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import nbformat
import papermill
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from workbench.reports.assets import Assets
from workbench.reports.engine import WorkbenchEngine
from workbench.reports.page import render_page
from workbench.reports.plan import Job

__all__ = ["ENGINES", "Engine", "Failure", "Outcome", "keep_failure", "make_report"]

Engine = Literal["workbench", "kernel"]

# Names users know, and those papermill knows. Ours is registered by entry point too; naming
# the class here keeps a checkout that is not installed working.
ENGINES: Mapping[Engine, str] = {"workbench": "workbench", "kernel": "nbclient"}
papermill_engines.register("workbench", WorkbenchEngine)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say how one report went.

    ``error`` is empty when it succeeded; ``notebook`` is the partial notebook of a failure,
    from the run's folder.
    """

    page: str
    seconds: float
    bytes: int = 0
    error: str = ""
    notebook: str = ""


class Failure(NamedTuple):
    """Say why a report failed, and after how many seconds."""

    reason: str
    seconds: float


def make_report(
    job: Job,
    folder: Path,
    *,
    work: Path,
    engine: Engine,
    standalone: bool = False,
    generated: Mapping[str, str] | None = None,
    navigation: list[dict[str, str]] | None = None,
    time_limit: float | None = None,
) -> Outcome:
    """Execute one job and write its page; a failure is an outcome, not an exception.

    Parameters
    ----------
    job : Job
    folder : Path
        The run's folder.
    work : Path
        Where the run keeps what is not finished.
    engine : {"workbench", "kernel"}
    standalone : bool
        Put style and script inside the page.
    generated : mapping, optional
        How the page was made, printed at its foot.
    navigation : list, optional
        Links printed at its head.
    time_limit : float, optional
        Seconds that a kernel may spend on one cell.
    """
    start = time.perf_counter()
    page = folder / job.page
    draft = _draft(job, work)
    draft.parent.mkdir(parents=True, exist_ok=True)
    try:
        notebook = papermill.execute_notebook(
            _literal(job.template),
            _literal(draft),
            parameters=dict(job.parameters),
            engine_name=ENGINES[engine],
            kernel_name="python3",
            language="python",
            progress_bar=False,
            log_output=False,
            start_timeout=120,
            # Saved once at its end: after each cell would cost as much as the cells.
            request_save_on_cell_execute=False,
            execution_timeout=None if time_limit is None else math.ceil(time_limit),
        )
        notebook.metadata["workbench"] = _identity(job, generated or {}, navigation or [])
        assets = Assets.standalone() if standalone else Assets.linked(_assets_of(job.page))
        text = render_page(notebook, assets=assets)
        move_text(text, page)
    except PapermillExecutionError as error:
        summary = f"cell {error.exec_count}: {error.ename}: {error.evalue}"
        return keep_failure(job, folder, work, Failure(summary, time.perf_counter() - start))
    except Exception as error:
        # Whatever a template or the disk does, the other reports must go on.
        where = traceback.extract_tb(error.__traceback__)[-1].name
        summary = f"{type(error).__name__} in {where}: {error}"
        return keep_failure(job, folder, work, Failure(summary, time.perf_counter() - start))
    draft.unlink(missing_ok=True)
    (folder / "failed" / f"{job.page}.ipynb").unlink(missing_ok=True)
    return Outcome(job.page, time.perf_counter() - start, bytes=page.stat().st_size)


def _identity(
    job: Job, generated: Mapping[str, str], navigation: list[dict[str, str]]
) -> dict[str, Any]:
    return {
        "title": job.title,
        "subtitle": job.subtitle,
        "lang": job.lang,
        "navigation": navigation,
        "generated": dict(generated),
    }


def _assets_of(page: str) -> str:
    return "../" * page.count("/") + "assets"


def _literal(path: Path) -> str:
    """Write a path for papermill, which would fill in what stands between braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _draft(job: Job, work: Path) -> Path:
    return work / f"{job.page}.ipynb"


def keep_failure(job: Job, folder: Path, work: Path, failure: Failure) -> Outcome:
    """Keep the partial notebook and take away the page of an earlier run: it is out of date."""
    summary, seconds = failure
    kept = folder / "failed" / f"{job.page}.ipynb"
    try:
        (folder / job.page).unlink(missing_ok=True)
        _keep_notebook(job, _draft(job, work), kept)
    except OSError as error:
        # A full disk must not stop the other reports' news.
        return Outcome(job.page, seconds, error=f"{summary} (nothing could be kept: {error})")
    return Outcome(job.page, seconds, error=summary, notebook=kept.relative_to(folder).as_posix())


def _keep_notebook(job: Job, draft: Path, kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    if draft.exists():
        os.replace(draft, kept)
    else:
        # The process ended before it could save: keep what one needs to run it again.
        nbformat.write(_unexecuted(job), kept)


def _unexecuted(job: Job) -> nbformat.NotebookNode:
    notebook = load_notebook_node(str(job.template))
    filled: nbformat.NotebookNode = parameterize_notebook(
        notebook, dict(job.parameters), kernel_name="python3", language="python"
    )
    return filled


def move_text(text: str, path: Path) -> None:
    """Write aside, then move: a reader never finds half a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8", newline="\n")
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
