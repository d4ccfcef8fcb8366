"""Cells tagged `shared` run once for all the reports of a run, and depend on none of them."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbformat import v4

from workbench.core.errors import SharedCellRefused
from workbench.reports.run import Options, can_fork, run_plan
from workbench.reports.shared import check_shared
from workbench.reports.templates import Template

from .tiny_templates import notebook, plan_of


def shared(source):
    """Make a cell that is run once."""
    return v4.new_code_cell(source, metadata={"tags": ["shared"]})


def check(*cells):
    """Check a notebook whose cells are texts (each report's own) or shared cells."""
    made = [cell if not isinstance(cell, str) else v4.new_code_cell(cell) for cell in cells]
    check_shared(v4.new_notebook(cells=made), ["territory"], where="t.ipynb")


@pytest.mark.parametrize(
    "source",
    [
        "table = [1, 2]",
        "import math\nroot = math.sqrt(2)",
        "def of(territory):\n    return territory",
        "[x for x in range(3)]",
        "%matplotlib inline\nnumbers = !echo 1",
        "total = 0\nfor i in range(3):\n    total += i",
        "lambda lang: lang",
    ],
)
def test_a_cell_that_is_the_same_for_all_may_be_shared(source):
    """Its own names, those of Python, and the arguments of its functions."""
    check("y = 1", shared(source), shared("print(len([]))"))


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([shared("print(territory)")], r"cell 1 .* the parameter 'territory'"),
        ([shared("def f():\n    return territory\n")], "the parameter 'territory'"),
        ([shared("territory = '59'")], "the parameter 'territory'"),
        ([shared("f'{territory!r}'")], "the parameter 'territory'"),
        (["x = 1", shared("x + 1")], r"cell 2 .* 'x', which cell 1 sets in each report"),
        (["import math as m", shared("m.pi")], "Tag cell 1 `shared` too"),
        (["x = 1", shared("x += 1")], "'x', which cell 1 sets"),
    ],
)
def test_a_cell_that_depends_on_a_report_is_refused(cells, told):
    """Before anything runs, naming what it reads and where that is set."""
    with pytest.raises(SharedCellRefused, match=told):
        check(*cells)


def test_names_of_a_shared_cell_serve_the_next_ones():
    check(shared("x = 1"), "y = x", shared("x + 1"))


# --- Runs ---------------------------------------------------------------------------------------

COUNTED = """
from pathlib import Path
with Path({path!r}).open("a") as file:
    file.write("ran ")
table = {{"59": "Nord", "01": "Ain"}}
print("shared", sorted(table))
"shared value"
"""


def plan(tmp_path, france, *sources):
    """Plan two reports of a template whose second cell of code is shared."""
    made = notebook("early = territory", *sources)
    made.cells[2].metadata["tags"] = ["shared"]
    path = tmp_path / "trial.ipynb"
    nbformat.write(made, path)
    return plan_of(Template(path), france, tmp_path / "reports", "59", "01")


def texts(folder):
    """Give the pages' texts by name."""
    return {path.name: path.read_text("utf-8") for path in folder.rglob("*.html")}


@pytest.mark.skipif(not can_fork(), reason="elsewhere kernels run every cell of each report")
def test_it_runs_once_and_both_engines_show_the_same(tmp_path, france):
    """Outputs and counts stand where a kernel would put them; kernels run it in each report."""
    mark = tmp_path / "ran"
    sources = (COUNTED.format(path=str(mark)), "table[territory]", "Out[4]")
    forked = run_plan(plan(tmp_path, france, *sources), Options(workers=2))
    assert [outcome.error for outcome in forked.outcomes] == ["", ""]
    assert mark.read_text() == "ran "
    pages = texts(tmp_path / "reports")
    assert "Ain" in pages["01.fr.html"]
    kernels = run_plan(
        plan(tmp_path, france, *sources), Options(engine="kernel", workers=2, force=True)
    )
    assert [outcome.error for outcome in kernels.outcomes] == ["", ""]
    assert mark.read_text() == "ran ran ran "
    assert texts(tmp_path / "reports") == pages


DRAWN = "import random, numpy\nsample = random.random(), float(numpy.random.rand())\nsample"


@pytest.mark.skipif(not can_fork(), reason="elsewhere kernels run every cell of each report")
def test_it_draws_the_same_numbers_for_all_with_both_engines(tmp_path, france):
    """The cells of each report then draw their own, as if it had drawn none."""
    sources = (DRAWN, "print(sample)", "print(random.random(), numpy.random.rand())")
    run_plan(plan(tmp_path, france, *sources), Options())
    pages = texts(tmp_path / "reports")
    ours, theirs = (re.findall(r"\(?0\.\d+,? 0\.\d+\)?", page) for page in pages.values())
    assert ours[:2] == theirs[:2]
    assert ours[0] == ours[1]
    assert len({*ours, *theirs}) == 3
    run_plan(plan(tmp_path, france, *sources), Options(engine="kernel", force=True))
    assert texts(tmp_path / "reports") == pages


@pytest.mark.skipif(not can_fork(), reason="elsewhere kernels run every cell of each report")
def test_what_a_shared_cell_reads_every_report_has_read(tmp_path, france):
    """A file that it opens, when it changes, has all of them made again."""
    data = tmp_path / "data.txt"
    data.write_text("1")
    made = plan(tmp_path, france, f"open({str(data)!r}).read()")
    assert run_plan(made, Options()).summary.made == 2
    assert run_plan(made, Options()).summary.made == 0
    data.write_text("2")
    assert run_plan(made, Options()).summary.made == 2


@pytest.mark.skipif(not can_fork(), reason="elsewhere kernels run every cell of each report")
def test_one_that_fails_stops_the_run_with_its_error(tmp_path, france):
    with pytest.raises(SharedCellRefused, match=r"cell 4 .* failed: ZeroDivisionError"):
        run_plan(plan(tmp_path, france, "1 / 0"), Options())


@pytest.mark.skipif(not can_fork(), reason="elsewhere kernels run every cell of each report")
def test_one_that_starts_a_thread_is_run_in_each_report(tmp_path, france):
    """A process with threads cannot be forked: it is slower, told, and the pages are the same."""
    threaded = (
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "table = {'59': 'Nord', '01': 'Ain'}"
    )
    result = run_plan(plan(tmp_path, france, threaded, "table[territory]"), Options())
    assert result.failures == ()
    assert result.caveats == (
        "Shared cells start a thread, and a process with threads cannot be forked: each report "
        "does it by itself.",
    )
    assert "Ain" in texts(tmp_path / "reports")["01.fr.html"]
