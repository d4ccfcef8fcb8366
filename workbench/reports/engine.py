"""The ``workbench`` engine of papermill: cells run in this process, without a kernel."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from papermill.engines import Engine, NotebookExecutionManager

from workbench.reports.shell import CellShell

__all__ = ["WorkbenchEngine"]


class WorkbenchEngine(Engine):  # type: ignore[misc]
    """Execute a notebook in the calling process, meant to be one process a report.

    Cell outputs are those of a kernel; the ``kernel`` engine gives the same with an isolated
    interpreter, at the price of starting one.
    """

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **_: Any
    ) -> None:
        """Run the code cells in order; stop at the first error, which papermill then raises."""
        del kernel_name
        with CellShell.fresh() as shell:
            for position, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                nb_man.cell_start(cell, position)
                try:
                    error = _run(shell, cell)
                finally:
                    nb_man.cell_complete(cell, position)
                if error is not None:
                    nb_man.cell_exception(cell, position, exception=error)
                    return


def _run(shell: CellShell, cell: NotebookNode) -> BaseException | None:
    outputs, error = shell.run(cell.source)
    cell.outputs = outputs
    cell.execution_count = shell.execution_count - 1
    return error
