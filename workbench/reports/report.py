"""Make one report: execute the template, render the page, leave both as drafts of the run."""

from __future__ import annotations

import errno
import gzip
import hashlib
import math
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from workbench.core.reads import Figure, Item
from workbench.reports.assets import Assets
from workbench.reports.engine import WorkbenchEngine
from workbench.reports.inside import KernelReads
from workbench.reports.page import render_page
from workbench.reports.parameters import Value

__all__ = [
    "ENGINES",
    "Brief",
    "Engine",
    "Outcome",
    "Setting",
    "lost_report",
    "make_report",
    "unexecuted",
]

Engine = Literal["workbench", "kernel"]

# Names users know, and those papermill knows. Ours is registered by entry point too; naming
# the class here keeps a checkout that is not installed working.
ENGINES: Mapping[Engine, str] = {"workbench": "workbench", "kernel": "nbclient"}
papermill_engines.register("workbench", WorkbenchEngine)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


@dataclass(frozen=True, slots=True)
class Brief:
    """Order one report: all that its process must be told, in plain values.

    Parameters
    ----------
    page : str
        Where the page goes, from the run's folder (``"departement/59.fr.html"``).
    parameters : mapping
        Checked, complete.
    lang, title, subtitle : str
        Of the page.
    generated : mapping of str to str
        How the page was made, printed at its foot.
    navigation : sequence of mapping
        Links printed at its head.
    """

    page: str
    parameters: Mapping[str, Value]
    lang: str
    title: str
    subtitle: str = ""
    generated: Mapping[str, str] = field(default_factory=dict)
    navigation: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """Say what the reports of a run share.

    Parameters
    ----------
    template : Path
    work : Path
        Where drafts are left: ``work/<page>``, and ``work/<page>.ipynb`` (``.gz``) when the
        notebook is kept.
    engine : {"workbench", "kernel"}
    standalone : bool
        Put style and script inside each page.
    notebooks : {"all", "failed", "none"}
        Whose executed notebooks are kept.
    compressed : bool
        Compress the notebooks of reports that succeeded.
    time_limit : float
        Seconds that a report may take (with kernels: one of its cells).
    memory_limit : int
        Bytes that a report may use beyond what all share; 0 for no limit. Not with kernels.
    """

    template: Path
    work: Path
    engine: Engine = "workbench"
    standalone: bool = False
    notebooks: Literal["all", "failed", "none"] = "failed"
    compressed: bool = False
    time_limit: float = 300.0
    memory_limit: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say how one report went.

    Parameters
    ----------
    page : str
    seconds, cpu : float
        Wall clock and processor time.
    bytes : int
        Size of the page.
    sha256 : str
        Of the page.
    error : str
        Why it failed; empty when it succeeded.
    notebook : str
        The notebook kept, from the run's folder; empty for none.
    items : tuple of Item
        What it read.
    figures : mapping of str to Figure
        What it told of its territory.
    unchanged : bool
        Nothing was made: an earlier run's page holds.
    stop : int
        Error number of a disk that takes no more: the other reports would meet it too.
    placed : bool
        Its files are in their place already, put there by the worker that made it.
    """

    page: str
    seconds: float
    bytes: int = 0
    error: str = ""
    notebook: str = ""
    cpu: float = 0.0
    sha256: str = ""
    items: tuple[Item, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    unchanged: bool = False
    stop: int = 0
    placed: bool = False


def make_report(brief: Brief, setting: Setting, reads: KernelReads | None = None) -> Outcome:
    """Execute one report and leave its page in ``setting.work``; a failure is an outcome.

    Parameters
    ----------
    brief : Brief
    setting : Setting
    reads : KernelReads, optional
        Where a kernel tells what it read, with the ``kernel`` engine.

    Returns
    -------
    Outcome
        Without what was read in this process, which its caller listens to.
    """
    start = time.perf_counter()
    draft = setting.work / brief.page
    draft.parent.mkdir(parents=True, exist_ok=True)
    notebook = None
    kept = ""
    try:
        notebook = _execute(brief, setting, reads)
        notebook.metadata["workbench"] = _identity(brief)
        assets = Assets.standalone() if setting.standalone else Assets.linked(_assets_of(brief))
        page = render_page(notebook, assets=assets).encode()
        draft.write_bytes(page)
        if setting.notebooks == "all":
            kept = _keep(notebook, brief, setting)
    except PapermillExecutionError as error:
        summary = f"cell {error.exec_count}: {error.ename}: {error.evalue}"
        partial = WorkbenchEngine.running if setting.engine == "workbench" else None
        return _failed(brief, setting, start, summary, partial)
    except OSError as error:
        if error.errno in _FULL:
            return Outcome(brief.page, 0.0, error=error.strerror or "", stop=error.errno or 0)
        return _failed(brief, setting, start, _summary(error), notebook)
    except Exception as error:
        # Whatever a template or the disk does, the other reports must go on.
        return _failed(brief, setting, start, _summary(error), notebook)
    return Outcome(
        brief.page,
        time.perf_counter() - start,
        bytes=len(page),
        sha256=hashlib.sha256(page).hexdigest(),
        notebook=kept,
    )


def _summary(error: Exception) -> str:
    where = traceback.extract_tb(error.__traceback__)[-1].name
    return f"{type(error).__name__} in {where}: {error}"


def _execute(brief: Brief, setting: Setting, reads: KernelReads | None) -> NotebookNode:
    kernel = setting.engine == "kernel"
    draft = setting.work / f"{brief.page}.ipynb"
    notebook: NotebookNode = papermill.execute_notebook(
        _literal(setting.template),
        # Our engine leaves its notebook in this process; a kernel's is saved if it fails.
        _literal(draft) if kernel else None,
        parameters=dict(brief.parameters),
        engine_name=ENGINES[setting.engine],
        kernel_name="python3",
        language="python",
        progress_bar=False,
        log_output=False,
        start_timeout=120,
        # Saved once at its end: after each cell would cost as much as the cells.
        request_save_on_cell_execute=False,
        execution_timeout=math.ceil(setting.time_limit),
        **({"extra_arguments": reads.arguments} if kernel and reads else {}),
    )
    if kernel:
        draft.unlink()
    return notebook


def _identity(brief: Brief) -> dict[str, Any]:
    return {
        "title": brief.title,
        "subtitle": brief.subtitle,
        "lang": brief.lang,
        "navigation": [dict(link) for link in brief.navigation],
        "generated": dict(brief.generated),
    }


def _assets_of(brief: Brief) -> str:
    return "../" * brief.page.count("/") + "assets"


def _literal(path: Path) -> str:
    """Write a path for papermill, which would fill in what stands between braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _keep(notebook: NotebookNode, brief: Brief, setting: Setting) -> str:
    """Write the executed notebook beside the draft; return the name it will have."""
    text = nbformat.writes(notebook).encode()
    name = f"{brief.page.removesuffix('.html')}.ipynb"
    if setting.compressed:
        # Without the time of writing: the same report gives the same bytes.
        text, name = gzip.compress(text, mtime=0), f"{name}.gz"
    (setting.work / f"{brief.page}.ipynb").write_bytes(text)
    return f"notebooks/{name}"


def _failed(
    brief: Brief, setting: Setting, start: float, summary: str, partial: NotebookNode | None
) -> Outcome:
    """Leave the partial notebook as the draft of ``failed/…``, where one is wanted."""
    draft = setting.work / f"{brief.page}.ipynb"
    name = f"failed/{brief.page}.ipynb"
    try:
        (setting.work / brief.page).unlink(missing_ok=True)
        if setting.notebooks == "none":
            name = ""
        elif partial is not None:
            nbformat.write(partial, draft)
        elif not draft.exists():
            nbformat.write(unexecuted(setting.template, brief.parameters), draft)
    except OSError as error:
        # A full disk must not stop the other reports' news.
        name, summary = "", f"{summary} (nothing could be kept: {error})"
    return Outcome(brief.page, time.perf_counter() - start, error=summary, notebook=name)


def lost_report(brief: Brief, setting: Setting, reason: str) -> Outcome:
    """Keep what one needs to run again a report whose process could save nothing."""
    name = ""
    if setting.notebooks != "none":
        draft = setting.work / f"{brief.page}.ipynb"
        draft.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(unexecuted(setting.template, brief.parameters), draft)
        name = f"failed/{brief.page}.ipynb"
    return Outcome(brief.page, 0.0, error=reason, notebook=name)


def unexecuted(template: Path, parameters: Mapping[str, Value]) -> NotebookNode:
    """Return the notebook of a report as it is before its first cell."""
    notebook: NotebookNode = load_notebook_node(str(template))
    if parameters:
        notebook = parameterize_notebook(
            notebook, dict(parameters), kernel_name="python3", language="python"
        )
    return notebook
