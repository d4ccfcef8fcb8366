"""Make reports inside one Python process, in the ways that the benchmark compares.

Run as a program: ``in_process.py WAY TEMPLATE FOLDER LEVEL CODE…``. Ways:

- ``loop``: papermill then nbconvert, a kernel a report;
- ``limit``: the cells as a plain function, warm, in no notebook at all; the outputs of the
  last report are kept, so that they can be compared;
- ``engine``: papermill with the package's engine, so that its notebook can be compared.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import nbformat
import papermill
from nbformat import NotebookNode, v4

Code = tuple[CodeType, CodeType | None]


def execute(template: Path, target: Path, level: str, code: str, engine: str) -> NotebookNode:
    """Execute the template with papermill."""
    return papermill.execute_notebook(
        template,
        target,
        parameters={"territory": code, "level": level},
        engine_name=engine,
        kernel_name="python3",
        language="python",
        progress_bar=False,
    )


def loop(template: Path, folder: Path, level: str, codes: list[str]) -> None:
    """Execute and convert each report here, with today's tools."""
    from nbconvert.exporters import HTMLExporter

    exporter = HTMLExporter()
    for code in codes:
        notebook = execute(template, folder / f"{code}.ipynb", level, code, "nbclient")
        page, _ = exporter.from_notebook_node(notebook)
        (folder / f"{code}.html").write_text(page, "utf-8")


def engine(template: Path, folder: Path, level: str, codes: list[str]) -> None:
    """Execute each report with the package's engine."""
    for code in codes:
        execute(template, folder / f"{code}.ipynb", level, code, "workbench")


def limit(template: Path, folder: Path, level: str, codes: list[str]) -> None:
    """Run the cells once to warm up, then once a report."""
    notebook = nbformat.read(template, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    parts = [(_is_setting(cell), _compiled(cell.source)) for cell in cells]
    format_value = _formatter()
    for code in (codes[0], *codes):
        given = {"territory": code, "level": level}
        outputs = list(_run(parts, given, format_value))
    for cell, shown in zip(cells, outputs, strict=True):
        cell.outputs = shown
    nbformat.write(notebook, folder / f"{codes[-1]}.ipynb")


def _is_setting(cell: NotebookNode) -> bool:
    return "parameters" in cell.metadata.get("tags", ())


def _compiled(source: str) -> Code:
    """Compile a cell, and its last expression apart: its value is shown."""
    tree = ast.parse(source)
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        return compile(tree, "<cell>", "exec"), None
    tree.body.pop()
    shown = ast.Expression(last.value)
    return compile(tree, "<cell>", "exec"), compile(shown, "<cell>", "eval")


def _formatter() -> Callable[[object], tuple[dict[str, Any], dict[str, Any]]]:
    """Write values as a notebook does: tables as HTML, charts as PNG."""
    import matplotlib
    import pandas as pd
    from IPython.core.formatters import DisplayFormatter
    from IPython.core.pylabtools import print_figure
    from matplotlib.figure import Figure

    matplotlib.use("agg")
    pd.set_option("display.max_columns", 20)  # as in a notebook, whatever the terminal

    def picture(figure: Figure) -> str:
        return print_figure(figure, fmt="png", bbox_inches="tight", base64=True)

    formatter = DisplayFormatter()
    formatter.formatters["image/png"].for_type(Figure, picture)
    return formatter.format


def _run(
    parts: list[tuple[bool, Code]], given: dict[str, str], format_value: Callable[..., Any]
) -> Iterator[list[NotebookNode]]:
    """Run the cells in a namespace of their own; give the outputs of each."""
    from matplotlib import pyplot

    outputs: list[NotebookNode] = []

    def show() -> None:
        for number in pyplot.get_fignums():
            data, metadata = format_value(pyplot.figure(number))
            outputs.append(v4.new_output("display_data", data=data, metadata=metadata))
        pyplot.close("all")

    # Charts are shown where a notebook would show them.
    pyplot.show = show
    names: dict[str, Any] = {"__name__": "__main__"}
    for setting, (body, last) in parts:
        outputs = []
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(body, names)
            value = None if last is None else eval(last, names)
        if setting:
            names |= given
        if printed.getvalue():
            outputs.insert(0, v4.new_output("stream", name="stdout", text=printed.getvalue()))
        if value is not None:
            data, metadata = format_value(value)
            outputs.append(v4.new_output("execute_result", data=data, metadata=metadata))
        yield outputs


WAYS = {"loop": loop, "limit": limit, "engine": engine}


def main() -> None:
    """Read the way, the template, the folder and the territories."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("template", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("level")
    parser.add_argument("codes", nargs="+")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    WAYS[asked.way](asked.template, asked.folder, asked.level, asked.codes)


if __name__ == "__main__":
    main()
