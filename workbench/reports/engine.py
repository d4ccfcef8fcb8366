"""The ``workbench`` engine of papermill: cells run in this process, without a kernel."""

from __future__ import annotations

from contextlib import nullcontext
from copy import deepcopy
from typing import Any, ClassVar

from nbformat import NotebookNode
from papermill.engines import Engine, NotebookExecutionManager

from workbench.reports.inside import draws_of
from workbench.reports.shared import SHARED
from workbench.reports.shell import CellShell

__all__ = ["WorkbenchEngine"]


class WorkbenchEngine(Engine):  # type: ignore[misc]
    """Execute a notebook in the calling process, meant to be one process a report.

    Cell outputs are those of a kernel; the ``kernel`` engine gives the same with an isolated
    interpreter, at the price of starting one. Cells that were run before the process was forked
    keep the outputs they had then.
    """

    # The notebook last executed in this process: papermill's error does not carry it.
    running: ClassVar[NotebookNode | None] = None

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **_: Any
    ) -> None:
        """Run the code cells in order; stop at the first error, which papermill then raises."""
        del kernel_name
        cls.running = nb_man.nb
        with CellShell.ready() as shell:
            done = iter(shell.shared)
            count = 0
            for position, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                count += 1
                nb_man.cell_start(cell, position)
                error = None
                try:
                    shared = SHARED in cell.metadata.get("tags", ())
                    outputs = next(done, None) if shared else None
                    if outputs is not None:
                        cell.outputs = deepcopy(outputs)
                    else:
                        shell.execution_count = count
                        with draws_of(cell.source) if shared else nullcontext():
                            cell.outputs, error = shell.run(cell.source)
                    cell.execution_count = count
                finally:
                    nb_man.cell_complete(cell, position)
                if error is not None:
                    nb_man.cell_exception(cell, position, exception=error)
                    return
