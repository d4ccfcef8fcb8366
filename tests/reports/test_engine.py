"""Cells run in the report's own process give the outputs that a kernel would give."""

from __future__ import annotations

import builtins
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from IPython.core.error import StdinNotImplementedError

from workbench.reports.report import ENGINES
from workbench.reports.shell import CellShell

from .tiny_templates import notebook

ROOT = Path(__file__).resolve().parents[2]
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")

# Each cell is one fact about what a kernel does; the two engines run them in one notebook.
CELLS = [
    "territory, lang",
    'print("a"); print("b")',
    'import sys\nprint("out"); print("err", file=sys.stderr); print("out again")',
    'print("no line end", end="")',
    "1 + 1",
    "1 + 1;",
    "unshown = 3",
    "None",
    'print("before")\n"value"',
    "_",
    "Out[7], In[7]",
    '"accents: é, µ, 😀"',
    "from IPython.display import HTML, Markdown, clear_output, display, update_display\n"
    'display(HTML("<b>x</b>")); print("between"); display(Markdown("**y**")); HTML("<i>z</i>")',
    'display("text", 3)',
    'handle = display("first", display_id="named")',
    'update_display("second", display_id="named")',
    'print("gone"); clear_output(); print("kept")',
    'import pandas as pd\npd.DataFrame({"a": [1, 2]}, index=["x", "y"])',
    'pd.Series([1.5, None], name="s")',
    'pd.DataFrame({f"c{i}": [0] for i in range(30)})',
    'display(pd.DataFrame({"a": range(100)}))',
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    'plt.plot([1, 2]); plt.show(); plt.plot([2, 1]); plt.show(); print("end")',
    "figure, axes = plt.subplots(figsize=(2, 2)); axes.plot([1])\nfigure",
    "figure, axes = plt.subplots(); plt.close(figure)",
    'class Rich:\n    def _repr_html_(self): return "<p>r</p>"\n'
    '    def _repr_svg_(self): return "<svg/>"\nRich()',
    'import asyncio\nawait asyncio.sleep(0)\n"awaited"',
    '%%capture hidden\nprint("captured")',
    "hidden.stdout",
    "!echo from a shell",
    "%who_ls",
    'import warnings\nwarnings.warn("careful")',
    'import logging\nlogging.warning("logged")',
    "sys.stdout.isatty(), sys.stdout.encoding",
    "__name__",
    "6 * 7",
    "get_ipython().input_transformers_cleanup.append("
    'lambda lines: [line.replace("7", "8") for line in lines])',
    "6 * 7",
]
STOPS = [
    'print("said")\nraise ValueError("<b>é")',
    "def f(:",
    "def outer():\n    inner()\ndef inner():\n    raise KeyError('k')\nouter()",
]


# Run apart from the tests, which keep warnings and logs for themselves.
RUNNER = """
import contextlib, sys, papermill
from papermill.exceptions import PapermillExecutionError
from workbench.reports.report import ENGINES
engine, *paths = sys.argv[1:]
for path in paths:
    with contextlib.suppress(PapermillExecutionError):
        papermill.execute_notebook(
            path, f"{path}.{engine}", {"territory": "01001", "lang": "fr"},
            engine_name=ENGINES[engine], kernel_name="python3", language="python",
            progress_bar=False,
        )
"""


def execute(folder, *made):
    """Execute notebooks with each engine and return the code cells that each left."""
    paths = [folder / f"{number}.ipynb" for number in range(len(made))]
    for path, one in zip(paths, made, strict=True):
        nbformat.write(one, path)
    command = [sys.executable, "-c", RUNNER]
    running = [subprocess.Popen([*command, engine, *paths], cwd=ROOT) for engine in ENGINES]
    assert [process.wait() for process in running] == [0, 0]
    found = {}
    for engine in ENGINES:
        left = [nbformat.read(f"{path}.{engine}", as_version=4).cells for path in paths]
        # Papermill marks the failing cell with two of prose.
        found[engine] = [[c for c in cells if c.cell_type == "code"] for cells in left]
    return found


def error_of(cells):
    """Return the error output of the notebook, its place, and the end of its trace in words."""
    (found,) = [
        (number, output)
        for number, cell in enumerate(cells)
        for output in cell.outputs
        if output.output_type == "error"
    ]
    number, output = found
    last = ESCAPES.sub("", "".join(output.traceback[-1:])).strip().splitlines()[-1:]
    evalue = re.sub(r"\(.*, line", "(line", output.evalue)
    return number, output.ename, evalue, [re.sub(r"\(.*, line", "(line", text) for text in last]


def plainly(output):
    """Write an output as text, without what is a process's own: addresses, file names."""
    kept = {key: value for key, value in output.items() if key != "transient"}
    text = json.dumps(kept, sort_keys=True)
    return re.sub(r"/tmp/ipykernel_\d+/\d+\.py|0x[0-9a-f]+|<ipython-input-[\w-]+>", "…", text)


# --- As a kernel --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Run all the cells, then those that stop, with each engine: kernel and ours."""
    stops = [notebook(source, 'print("not reached")') for source in STOPS]
    folder = tmp_path_factory.mktemp("engines")
    return {
        engine: dict(zip(["", *STOPS], left, strict=True))
        for engine, left in execute(folder, notebook(*CELLS), *stops).items()
    }


@pytest.mark.parametrize("number", range(len(CELLS)), ids=[repr(cell[:40]) for cell in CELLS])
def test_outputs_are_those_of_a_kernel(both, number):
    """Kinds, order, data, metadata and counts."""
    kernel, ours = (both[engine][""][number + 2] for engine in ("kernel", "workbench"))
    assert CELLS[number] == kernel.source
    assert [plainly(out) for out in kernel.outputs] == [plainly(out) for out in ours.outputs]
    assert number + 3 == kernel.execution_count == ours.execution_count


def test_parameters_reach_the_cell_as_text(both):
    """01001 stays itself right through papermill, in the injected cell and in its value."""
    for cells in (both[engine][""] for engine in both):
        assert 'territory = "01001"' in cells[1].source
        assert cells[2].outputs[0].data["text/plain"] == "('01001', 'fr')"


def test_charts_are_shown_once_each(both):
    """Whether shown, last in the cell or left open; a closed one is not."""
    pictures = {
        cell.source: sum("image/png" in out.get("data", {}) for out in cell.outputs)
        for cell in both["workbench"][""]
        if "plt." in cell.source
    }
    assert [*pictures.values()] == [1, 2, 2, 0]


@pytest.mark.parametrize("source", STOPS)
def test_an_error_stops_the_notebook_as_in_a_kernel(both, source):
    """Same cell, name, message and last words; the next cell is not run, nor the process ended."""
    kernel, ours = (both[engine][source] for engine in ("kernel", "workbench"))
    assert error_of(kernel) == error_of(ours)
    assert [cells[-1].outputs for cells in (kernel, ours)] == [[], []]


# --- In this process ----------------------------------------------------------------------------


def test_a_report_cannot_ask():
    """As in a kernel without a person before it; the caller's own input is given back."""
    asked = builtins.input
    with CellShell.fresh() as shell:
        outputs, error = shell.run('input("name? ")')
    assert isinstance(error, StdinNotImplementedError)
    assert "declare a parameter instead" in outputs[-1].evalue
    assert builtins.input is asked


def test_exit_ends_its_cell_only():
    """A template cannot end the process that runs it by asking politely."""
    with CellShell.fresh() as shell:
        assert shell.run("exit()") == ([], None)
        assert shell.run("1")[0][0].data == {"text/plain": "1"}


@pytest.mark.parametrize("source", ["raise KeyboardInterrupt", "raise SystemExit(3)"])
def test_what_ends_a_process_ends_the_cell(source):
    """It is the notebook's error, as any other."""
    with CellShell.fresh() as shell:
        outputs, error = shell.run(source)
    assert type(error).__name__ in source
    assert outputs[-1].output_type == "error" or isinstance(error, SystemExit)


def test_each_shell_is_new():
    """Names, counts and displays of a notebook are not those of the next."""
    with CellShell.fresh() as shell:
        shell.run("mine = 1")
        assert shell.execution_count == 2
    with CellShell.fresh() as shell:
        _, error = shell.run("mine")
        assert isinstance(error, NameError)
        assert shell.execution_count == 2


def test_the_process_is_left_as_it_was(monkeypatch):
    """Streams, back end of charts and shell."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    before = (sys.stdout, sys.stderr, os.environ["MPLBACKEND"])
    with CellShell.fresh() as shell:
        shell.run("1/0")
    assert before == (sys.stdout, sys.stderr, os.environ["MPLBACKEND"])
    assert not CellShell.initialized()


def test_no_history_is_written(tmp_path, monkeypatch):
    """A report writes nothing in the user's home."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    with CellShell.fresh() as shell:
        shell.run("1")
        assert not shell.history_manager.enabled
    assert list(tmp_path.rglob("history.sqlite*")) == []
