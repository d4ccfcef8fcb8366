"""Cells tagged ``shared``: run once for all the reports of a run, before any is forked.

What they make must not depend on a report: a shared cell that reads a parameter, or a name
that only a cell of each report sets, is refused before anything runs. Kernels run them in
their place, in every report: the outputs are the same.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterable

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from workbench.core.errors import SharedCellRefused

__all__ = ["SHARED", "check_shared", "has_shared"]

SHARED = "shared"
_KNOWN = frozenset({*dir(builtins), "display", "get_ipython", "__name__"})


def has_shared(notebook: NotebookNode) -> bool:
    """Tell whether a notebook has cells to run once for all its reports."""
    return any(_is_shared(cell) for cell in notebook.cells)


def check_shared(notebook: NotebookNode, parameters: Iterable[str], *, where: str) -> None:
    """Refuse a shared cell that depends on what differs from one report to the next.

    Parameters
    ----------
    notebook : NotebookNode
        The template.
    parameters : iterable of str
        Those that it declares.
    where : str
        Its name, for the message.

    Raises
    ------
    SharedCellRefused
        Naming the cell, the name it reads and where that name is set.

    Examples
    --------
    >>> from nbformat import v4
    >>> cell = v4.new_code_cell("print(territory)", metadata={"tags": ["shared"]})
    >>> check_shared(v4.new_notebook(cells=[cell]), ["territory"], where="my.ipynb")
    Traceback (most recent call last):
    ...
    workbench.core.errors.SharedCellRefused: my.ipynb, cell 1 is tagged `shared` but uses the
    parameter 'territory', which differs from one report to the next. Remove the tag, or move
    what needs 'territory' to a cell without it.
    """
    set_by_report = dict.fromkeys(parameters, 0)
    shared: set[str] = set()
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        read, bound = _names(cell.source)
        if "parameters" in cell.metadata.get("tags", ()):
            set_by_report |= dict.fromkeys(bound, 0)
        elif not _is_shared(cell):
            set_by_report |= {name: number for name in bound if name not in set_by_report}
        else:
            for name in sorted((read - shared) | bound):
                if name in set_by_report:
                    raise SharedCellRefused(_told(where, number, name, set_by_report[name]))
            shared |= bound


def _told(where: str, number: int, name: str, setter: int) -> str:
    start = f"{where}, cell {number} is tagged `shared` but uses "
    if not setter:
        return (
            f"{start}the parameter {name!r}, which differs from one report to the next. Remove "
            f"the tag, or move what needs {name!r} to a cell without it."
        )
    return (
        f"{start}{name!r}, which cell {setter} sets in each report. Tag cell {setter} `shared` "
        f"too if it is the same for all, or remove the tag of cell {number}."
    )


def _is_shared(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and SHARED in cell.metadata.get("tags", ())


def _names(source: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell takes from others, and those it gives to others."""
    plain = TransformerManager().transform_cell(source)
    try:
        table = symtable.symtable(plain, "cell", "exec")
    except SyntaxError:
        # It fails when it runs, and is told there.
        return set(), set()
    bound = {symbol.get_name() for symbol in table.get_symbols() if _gives(symbol)}
    # What a cell adds to was set before it: `total += 1` takes as well as it gives.
    added = {
        node.target.id
        for node in ast.walk(ast.parse(plain))
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    read = _globals(table) - (bound - added) - _KNOWN
    return read, bound


def _gives(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported()


def _globals(table: symtable.SymbolTable) -> set[str]:
    """Collect the global names that a block and those inside it refer to."""
    top = table.get_type() == "module"
    names = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (top or symbol.is_global())
    }
    return names.union(*(_globals(child) for child in table.get_children()))
