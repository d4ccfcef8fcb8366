"""A run makes its reports apart from one another; a failed one is kept and named, others go on."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time

import nbformat
import numpy as np
import pytest

from workbench.core.errors import DirectoryNotWritable
from workbench.reports.run import Options, can_fork, run_plan

from .tiny_templates import plan_of, template

pytestmark = pytest.mark.skipif(
    not can_fork(), reason="forked reports need Linux; elsewhere use --engine kernel"
)


# What a run writes of itself.
BESIDE = {"ledger.sqlite", "log.jsonl"}


def pages_of(folder):
    """Give the pages of a run, by their place in its folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.html")}


def left_over(folder):
    """List what a run should have taken away."""
    return [p.name for p in folder.rglob("*") if p.name.startswith(".")]


def run(tmp_path, france, *sources, codes=("59", "01"), **options):
    """Run a small template and return its outcomes by code, and the folder."""
    folder = tmp_path / "reports"
    plan = plan_of(template(tmp_path, *sources), france, folder, *codes)
    result = run_plan(plan, Options(workers=2, **options))
    assert [outcome.page for outcome in result.outcomes] == [job.page for job in plan.jobs]
    outcomes = dict(zip(codes, result.outcomes, strict=True))
    assert list(result.failures) == [one for one in outcomes.values() if one.error]
    return outcomes, folder


# --- Pages --------------------------------------------------------------------------------------


def test_each_report_has_its_page_and_nothing_is_left_over(tmp_path, france):
    """With its own parameters; assets are shared."""
    outcomes, folder = run(tmp_path, france, 'print("code", territory)')
    pages = pages_of(folder)
    assert set(pages) == {"departement/59.fr.html", "departement/01.fr.html"}
    assert b"code 01" in pages["departement/01.fr.html"]
    assert "<title>Essai de l’Ain</title>" in pages["departement/01.fr.html"].decode().replace(
        "&#39;", "’"
    ).replace("'", "’")
    assert all(outcome.bytes == len(pages[outcome.page]) for outcome in outcomes.values())
    assert left_over(folder) == []
    assert {path.name for path in folder.iterdir()} == {"assets", "departement", *BESIDE}


def test_the_same_inputs_give_the_same_bytes(tmp_path, france):
    """Charts, tables and sets included, whichever process made them."""
    sources = (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        'import pandas as pd\npd.DataFrame({"a": [1]})',
        'print(territory); {"b", "a", territory}',
    )
    first = pages_of(run(tmp_path, france, *sources)[1])
    shutil.rmtree(tmp_path / "reports")
    assert first == pages_of(run(tmp_path, france, *sources)[1])


def test_a_standalone_page_needs_no_folder_of_assets(tmp_path, france):
    """One file is the whole report."""
    _, folder = run(tmp_path, france, "1", codes=("59",), standalone=True)
    assert {path.name for path in folder.iterdir()} == {"departement", *BESIDE}


def test_the_caller_hears_of_each_report_as_it_ends(tmp_path, france):
    """And gives each page its foot and its links."""
    heard = []
    plan = plan_of(template(tmp_path, "1"), france, tmp_path / "r", "59", "01")
    run_plan(
        plan,
        Options(),
        done=lambda job, outcome: heard.append((job.territory.code, outcome.error)),
        footer=lambda job: ({"command": f"make {job.territory.code}"}, []),
        begin=heard.append,
    )
    assert heard == [2, ("59", ""), ("01", "")]
    assert b"make 01" in pages_of(tmp_path / "r")["departement/01.fr.html"]


def test_braces_in_the_folder_s_name_are_only_letters(tmp_path, france):
    """Papermill would fill them in."""
    folder = tmp_path / "{territory} {x}"
    folder.mkdir()
    plan = plan_of(template(folder, "territory"), france, folder / "r", "59")
    assert run_plan(plan, Options()).failures == ()
    assert set(pages_of(folder)) == {"r/departement/59.fr.html"}


# --- Failures -----------------------------------------------------------------------------------

# Without the trace that would fill the output of the tests.
SEGFAULT = "import ctypes, faulthandler; faulthandler.disable(); ctypes.string_at(0)"
FAILS = 'print("before")\nif territory == "59":\n    {}\nprint("after")'


def test_a_failed_report_keeps_its_notebook_and_the_others_go_on(tmp_path, france):
    """With the error, up to the cell that failed."""
    outcomes, folder = run(tmp_path, france, FAILS.format('raise ValueError("no figure")'), "1")
    assert outcomes["59"].error == "cell 3: ValueError: no figure"
    assert outcomes["59"].notebook == "failed/departement/59.fr.html.ipynb"
    assert outcomes["01"].error == ""
    kept = nbformat.read(folder / outcomes["59"].notebook, as_version=4)
    texts = [output for cell in kept.cells for output in cell.get("outputs", [])]
    assert [output.output_type for output in texts] == ["stream", "error"]
    assert set(pages_of(folder)) == {"departement/01.fr.html"}
    assert left_over(folder) == []


@pytest.mark.parametrize(
    ("crash", "said"),
    [
        ("import os; os._exit(3)", "process ended with code 3"),
        (SEGFAULT, "process stopped by SIGSEGV"),
        ("import os; os.kill(os.getpid(), 9)", "process stopped by SIGKILL"),
        ("import os; os.kill(os.getppid(), 9)", "the process that forks reports was lost with it"),
        ("raise SystemExit(3)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ],
    ids=["exit", "segfault", "killed", "kills the zygote", "system exit", "interrupt"],
)
def test_a_crash_is_that_of_one_report(tmp_path, france, crash, said):
    """It is reported, its notebook kept, and the run goes on."""
    outcomes, folder = run(tmp_path, france, FAILS.format(crash))
    assert said in outcomes["59"].error
    kept = nbformat.read(folder / outcomes["59"].notebook, as_version=4)
    assert any('territory = "59"' in cell.source for cell in kept.cells)
    assert set(pages_of(folder)) == {"departement/01.fr.html"}
    assert left_over(folder) == []


def test_a_report_that_does_not_end_is_stopped_with_what_it_started(tmp_path, france):
    """After the time limit; the others have theirs."""
    mark = tmp_path / "alive"
    endless = f"!while true; do touch {mark}; sleep 0.05; done"
    started = time.perf_counter()
    outcomes, folder = run(tmp_path, france, FAILS.format(endless), time_limit=3.0)
    assert outcomes["59"].error == "stopped after 3 s, the time limit of a report"
    assert time.perf_counter() - started < 30
    assert set(pages_of(folder)) == {"departement/01.fr.html"}
    mark.unlink(missing_ok=True)
    time.sleep(0.3)
    assert not mark.exists()


def test_a_report_that_takes_too_much_memory_fails_alone(tmp_path, france):
    """Beyond what all share, which it does not pay for."""
    hungry = "__import__('numpy').ones(300_000_000)"
    outcomes, _ = run(tmp_path, france, FAILS.format(hungry), memory_limit=200_000_000)
    assert "MemoryError" in outcomes["59"].error
    assert outcomes["01"].error == ""


def test_a_zygote_that_is_killed_is_replaced(tmp_path, france):
    """The reports on their way are made again; nothing is lost."""
    mark = tmp_path / "killed"
    kills_once = (
        "import os\n"
        f'if territory == "01" and not os.path.exists({str(mark)!r}):\n'
        f"    open({str(mark)!r}, 'w').close()\n"
        "    os.kill(os.getppid(), 9)"
    )
    outcomes, folder = run(tmp_path, france, kills_once, codes=("59", "01", "02", "03"))
    assert [outcome.error for outcome in outcomes.values()] == [""] * 4
    assert len(pages_of(folder)) == 4


def test_a_failure_takes_away_the_page_of_an_earlier_run(tmp_path, france):
    """And a success the notebook of an earlier failure."""
    _, folder = run(tmp_path, france, "1")
    run(tmp_path, france, FAILS.format("1/0"))
    assert set(pages_of(folder)) == {"departement/01.fr.html"}
    assert (folder / "failed/departement/59.fr.html.ipynb").exists()
    run(tmp_path, france, FAILS.format("import os; os._exit(1)"))
    assert set(pages_of(folder)) == {"departement/01.fr.html"}
    run(tmp_path, france, "1")
    assert len(pages_of(folder)) == 2
    assert list(folder.rglob("*.ipynb")) == []


def test_a_page_that_cannot_be_put_in_place_is_a_failure(tmp_path, france):
    """A folder stands where the page should go: the others go on."""
    (tmp_path / "reports/departement/01.fr.html/x").mkdir(parents=True)
    outcomes, folder = run(tmp_path, france, "1")
    assert outcomes["59"].error == ""
    assert "01.fr.html" in outcomes["01"].error
    assert left_over(folder) == []


def test_a_folder_that_cannot_be_written_is_said_before_anything_runs(tmp_path, france):
    """With the option that chooses another."""
    (tmp_path / "file").write_text("not a folder")
    plan = plan_of(template(tmp_path, "1"), france, tmp_path / "file" / "reports", "59")
    with pytest.raises(DirectoryNotWritable, match=r"Cannot write in .*file/reports: .*with --to"):
        run_plan(plan, Options())


def test_stopping_the_run_stops_its_reports(tmp_path, france):
    """As Ctrl-C does: nothing goes on alone, nothing is left over."""
    mark = tmp_path / "alive"
    slow = f'if territory == "01":\n    !while true; do touch {mark}; sleep 0.05; done'
    plan = plan_of(template(tmp_path, slow), france, tmp_path / "r", "59", "01")

    def interrupt(job, outcome):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_plan(plan, Options(workers=2), done=interrupt)
    mark.unlink(missing_ok=True)
    time.sleep(0.3)
    assert not mark.exists()
    assert left_over(tmp_path / "r") == []


# --- Isolation ----------------------------------------------------------------------------------

MARK = """
import os, random, math, sys
import numpy, matplotlib, pandas, workbench
os.environ["WORKBENCH_LEAK"] = "1"
os.chdir("/")
math.leak = "1"
workbench.__version__ = "leak"
pandas.set_option("display.max_rows", 17)
matplotlib.rcParams["figure.dpi"] = 17
random.seed(1); numpy.random.seed(1)
sys.path.append("/leak")
leak = 1
"""
LOOK = """
print("WORKBENCH_LEAK" in os.environ, os.getcwd() == "/", hasattr(math, "leak"))
print(matplotlib.rcParams["figure.dpi"] == 17, "/leak" in sys.path)
print(pandas.get_option("display.max_rows") == 17, workbench.__version__ == "leak")
"""


def test_what_a_report_changes_does_not_reach_the_next(tmp_path, france):
    """Environment, folder, modules, options of charts, random state, names."""
    imports = "import os, math, sys, matplotlib, pandas, workbench\n"
    first = imports + 'assert "leak" not in globals()\n' + LOOK
    outcomes, folder = run(tmp_path, france, first, MARK, codes=("59", "01", "02"))
    assert not any(outcome.error for outcome in outcomes.values())
    for page in pages_of(folder).values():
        assert page.count(b"False False False\nFalse False\nFalse False") == 1


DRAWS = "import random, numpy\nrandom.random(), float(numpy.random.rand())"


def test_random_numbers_differ_by_territory_and_are_the_same_in_every_run(tmp_path, france):
    """With either engine."""
    pages = pages_of(run(tmp_path, france, DRAWS)[1])
    drawn = {re.search(rb"\(0\.\d+, 0\.\d+\)", page)[0] for page in pages.values()}
    assert len(drawn) == 2
    for engine in ("workbench", "kernel"):
        shutil.rmtree(tmp_path / "reports")
        assert pages_of(run(tmp_path, france, DRAWS, engine=engine)[1]) == pages


def test_the_caller_is_left_as_it_was(tmp_path, france):
    """Its folder, environment and random state; its own processes are not waited for."""
    own = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
    np.random.seed(0)
    before = (os.getcwd(), dict(os.environ), np.random.get_state()[1].tolist())
    run(tmp_path, france, MARK)
    assert before == (os.getcwd(), dict(os.environ), np.random.get_state()[1].tolist())
    assert own.wait(timeout=30) == 7


# --- Kernels ------------------------------------------------------------------------------------


def test_the_kernel_engine_gives_the_same_page(tmp_path, france):
    """An isolated interpreter a report, at the price of starting one."""
    sources = ('print("code", territory)', 'import pandas as pd\npd.DataFrame({"a": [1]})')
    _, folder = run(tmp_path, france, *sources, codes=("01",))
    forked = pages_of(folder)
    shutil.rmtree(folder)
    outcomes, folder = run(tmp_path, france, *sources, codes=("01",), engine="kernel")
    assert outcomes["01"].error == ""
    digests = [
        {name: hashlib.sha256(page).hexdigest() for name, page in pages.items()}
        for pages in (forked, pages_of(folder))
    ]
    assert digests[0] == digests[1]
    assert left_over(folder) == []


def test_a_kernel_that_does_not_answer_is_stopped(tmp_path, france):
    """The time limit holds for each of its cells."""
    source = "import time; time.sleep(60)"
    outcomes, _ = run(tmp_path, france, source, codes=("59",), engine="kernel", time_limit=1.0)
    assert "timed out" in outcomes["59"].error.lower()
