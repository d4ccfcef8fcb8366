"""A cluster makes the reports that this machine would; what is lost with a worker is made again."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import sys
import time
from pathlib import Path

import fsspec
import nbformat
import pytest

from workbench.core.errors import ClusterLost, MissingExtra, SharedCellRefused, WorkerDiffers
from workbench.reports.ledger import Ledger
from workbench.reports.run import Options, can_fork, run_plan
from workbench.reports.worker import differences, machine_facts

from .clusters import ROOT, scheduler, worker
from .tiny_templates import plan_of, template

distributed = pytest.importorskip("distributed", reason="needs territorial-workbench[cluster]")
pytestmark = pytest.mark.skipif(not can_fork(), reason="workers fork reports, on Linux only")

CODES = ("59", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11")


@pytest.fixture(scope="module")
def cluster():
    """Start two workers of one thread, in processes that begin again when they are lost."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0"
    ) as made:
        yield made


def pages_of(folder: Path) -> dict[str, bytes]:
    """Give the pages of a run, by their place in its folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.html")}


def left_over(folder: Path) -> list[str]:
    """List what a run should have taken away."""
    return [p.name for p in folder.rglob("*") if p.name.startswith(".")]


def written(folder: Path) -> dict[str, str]:
    """Give the error of each report of the ledger, which holds each once."""
    with sqlite3.connect(folder / "ledger.sqlite") as ledger:
        rows = ledger.execute("SELECT page, error FROM reports").fetchall()
    assert len({page for page, _ in rows}) == len(rows)
    return dict(rows)


def zygotes() -> list[int]:
    """List the zygotes of this machine that are descendants of this process."""
    return [
        pid for pid in _processes() if _descends(pid) and "workbench.reports.zygote" in _words(pid)
    ]


def _processes() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def _descends(pid: int) -> bool:
    while pid > 1:
        if pid == os.getpid():
            return True
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
    return False


def run(tmp_path, france, cluster, *sources, codes=CODES, **options):
    """Run a small template on the cluster; return the outcomes by code, and the folder."""
    folder = tmp_path / "reports"
    plan = plan_of(template(tmp_path, *sources), france, folder, *codes)
    done = options.pop("done", lambda job, outcome: None)
    result = run_plan(plan, Options(scheduler=cluster.scheduler_address, **options), done=done)
    return dict(zip(codes, result.outcomes, strict=True)), folder, result


# --- Pages --------------------------------------------------------------------------------------


def test_a_worker_killed_in_mid_run_loses_nothing(tmp_path, france, cluster):
    """The pages are those of this machine; a second run makes none."""
    sources = (
        "import time; time.sleep(0.1)",
        'print("code", territory)',
        'import pandas as pd\npd.DataFrame({"a": [1]})',
    )
    here = tmp_path / "here"
    run_plan(plan_of(template(tmp_path, *sources), france, here, *CODES), Options(workers=2))
    killed = []

    def kill(job, outcome):
        if not killed:
            killed.append(cluster.workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    outcomes, folder, result = run(tmp_path, france, cluster, *sources, done=kill)
    assert killed
    assert pages_of(folder) == pages_of(here)
    assert written(folder) == {outcome.page: "" for outcome in outcomes.values()}
    assert (left_over(folder), zygotes(), result.caveats) == ([], [], ())
    # What was read is known as if it had been read here.
    with Ledger.read(folder) as ledger, Ledger.read(here) as local:
        assert ledger.bases() == local.bases()
    again = run(tmp_path, france, cluster, *sources)[2].summary
    assert (again.made, again.unchanged) == (0, len(CODES))


# --- Failures -----------------------------------------------------------------------------------

# The parent of a report is the zygote, and the parent of that one the worker.
FAILS = """
import ctypes, faulthandler, os
faulthandler.disable()
if territory == "59":
    raise ValueError("no figure")
if territory == "01":
    ctypes.string_at(0)
if territory == "02":
    os.kill(os.getppid(), 9)
if territory == "03":
    parents = open(f"/proc/{os.getppid()}/stat").read().rpartition(")")[2].split()
    os.kill(int(parents[1]), 9)
"""


def test_a_report_that_kills_its_zygote_or_its_worker_fails_alone(
    tmp_path, france, cluster, monkeypatch
):
    # As many workers as it takes: one here, four by default.
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    codes = ("59", "03", "01", "02", "04", "05", "06", "07")
    outcomes, folder, _ = run(tmp_path, france, cluster, FAILS, codes=codes)
    errors = {code: outcome.error for code, outcome in outcomes.items() if outcome.error}
    assert errors.pop("03") == "1 worker was lost while making it"
    assert errors == {
        "59": "cell 3: ValueError: no figure",
        "01": "process stopped by SIGSEGV",
        "02": "the process that forks reports was lost with it",
    }
    assert len(pages_of(folder)) == len(codes) - 4
    for code in ("59", "01", "02", "03"):
        assert outcomes[code].notebook == f"failed/departement/{code}.fr.html.ipynb"
        kept = nbformat.read(folder / outcomes[code].notebook, as_version=4)
        assert any(f'territory = "{code}"' in cell.source for cell in kept.cells)
    assert (left_over(folder), zygotes()) == ([], [])


def test_stopping_the_run_stops_its_reports(tmp_path, france, cluster):
    """As Ctrl-C does: no zygote goes on, nor what a report started."""
    mark = tmp_path / "alive"
    slow = f'if territory != "59":\n    !while true; do touch {mark}; sleep 0.05; done'

    def interrupt(job, outcome):
        ends = time.monotonic() + 60
        while not mark.exists() and time.monotonic() < ends:
            time.sleep(0.02)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, france, cluster, slow, codes=("59", "01"), done=interrupt)
    assert zygotes() == []
    mark.unlink()
    time.sleep(0.3)
    assert not mark.exists()
    assert left_over(tmp_path / "reports") == []
    assert list(written(tmp_path / "reports")) == ["departement/59.fr.html"]


def test_workers_put_pages_at_a_url_and_a_zygote_without_orders_ends(tmp_path, france, monkeypatch):
    """Here in the memory of this process, and of its workers."""
    monkeypatch.setattr("workbench.reports.worker._IDLE", 0.2)
    heard = []

    def wait(job, outcome):
        heard.append(outcome.page)
        ends = time.monotonic() + 60
        # As when the client is killed: nobody tells the worker that the run has ended.
        while len(heard) == 3 and zygotes() and time.monotonic() < ends:
            time.sleep(0.05)
        assert len(heard) < 3 or zygotes() == []

    files = fsspec.filesystem("memory")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0"
    ) as cluster:
        options = {"url": f"memory:/{tmp_path}/out", "codes": ("59", "01", "02")}
        source = 'territory\nassert territory != "02"'
        outcomes, folder, _ = run(tmp_path, france, cluster, source, done=wait, **options)
    put = {path.removeprefix(f"{tmp_path}/out/") for path in files.find(f"{tmp_path}/out")}
    assert {name for name in put if not name.startswith("assets/")} == {
        "departement/59.fr.html",
        "departement/01.fr.html",
        "failed/departement/02.fr.html.ipynb",
    }
    for code in ("59", "01"):
        page = files.cat(f"{tmp_path}/out/departement/{code}.fr.html")
        assert outcomes[code].sha256 == hashlib.sha256(page).hexdigest()
    assert {path.name for path in folder.iterdir()} == {"ledger.sqlite", "log.jsonl"}
    assert len(heard) == 3


# --- Refusals -----------------------------------------------------------------------------------


def test_what_differs_on_a_worker_is_said():
    here = {"Python": "3.12.1", "numpy": "2.2.0", "pack france": "0f"}
    assert differences(here, dict(here, more="1")) == []
    assert differences(here, {"Python": "3.11.9", "numpy": "2.2.0"}) == [
        "Python is 3.11.9, expected 3.12.1",
        "pack france is missing, expected 0f",
    ]


def test_a_pack_that_a_worker_lacks_is_a_difference(tmp_path):
    facts = machine_facts(str(tmp_path / "none"), 2026)
    assert facts[f"pack {tmp_path / 'none'}"].startswith("missing (No pack is named ")


def test_a_place_that_workers_do_not_see_is_refused(tmp_path, france, cluster):
    """Each process has a memory of its own."""
    cluster.wait_for_workers(2)  # A test before this one may have killed one.
    with pytest.raises(
        WorkerDiffers, match=r"(?s)2 of the 2 workers .* does not see .* memory://x"
    ):
        run(tmp_path, france, cluster, "1", url="memory://x")
    assert pages_of(tmp_path) == {}


def test_a_shared_cell_that_fails_ends_the_run(tmp_path, france, cluster):
    made = template(tmp_path, "1/0")
    notebook = nbformat.read(made.path, as_version=4)
    notebook.cells[1].metadata["tags"] = ["shared"]
    nbformat.write(notebook, made.path)
    plan = plan_of(made, france, tmp_path / "r", "59")
    with pytest.raises(SharedCellRefused, match=r"trial.ipynb, cell 3 .* ZeroDivisionError"):
        run_plan(plan, Options(scheduler=cluster.scheduler_address))
    assert zygotes() == []


def test_an_address_where_nothing_answers_is_said(tmp_path, france, monkeypatch):
    monkeypatch.setattr("workbench.reports.cluster._CONNECT", 0.5)
    plan = plan_of(template(tmp_path, "1"), france, tmp_path / "r", "59")
    with pytest.raises(ClusterLost, match=r"No Dask scheduler answers at tcp://127.0.0.1:9 "):
        run_plan(plan, Options(scheduler="tcp://127.0.0.1:9"))
    with pytest.raises(ClusterLost, match=r"at nothing://x .* Expected an address such as tcp"):
        run_plan(plan, Options(scheduler="nothing://x"))


def test_what_a_cluster_needs_is_said(tmp_path, france, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    plan = plan_of(template(tmp_path, "1"), france, tmp_path / "r", "59")
    with pytest.raises(MissingExtra, match=r"install territorial-workbench\[cluster\]"):
        run_plan(plan, Options(scheduler="tcp://127.0.0.1:9"))


# --- Commands -----------------------------------------------------------------------------------


def test_a_cluster_started_by_commands(tmp_path, france, monkeypatch):
    """A worker of another version is refused; one that is lost with the scheduler is told."""
    monkeypatch.setattr("workbench.reports.cluster._FIRST_WORKER", 120.0)
    monkeypatch.setattr("workbench.reports.cluster._CONNECT", 3.0)
    other = tmp_path / "other"
    shutil.copytree(ROOT / "workbench", other / "workbench")
    shutil.copytree(ROOT / "templates", other / "templates")
    with (other / "workbench" / "reports" / "page.py").open("a") as changed:
        changed.write("\n# Another version.\n")
    made = template(tmp_path, "import time; time.sleep(0.05); territory")
    plan = plan_of(made, france, tmp_path / "r", *CODES)
    with scheduler(tmp_path) as (address, process):
        with (
            worker(
                address, tmp_path, {"PYTHONPATH": f"{other}:{os.environ.get('PYTHONPATH', '')}"}
            ),
            pytest.raises(
                WorkerDiffers, match=r"tcp://127.*: workbench is \w{12}, expected \w{12}\n"
            ),
        ):
            run_plan(plan, Options(scheduler=address))
        with worker(address, tmp_path):

            def lose(job, outcome):
                process.kill()

            with pytest.raises(ClusterLost, match=r"the same command goes on where this one"):
                run_plan(plan, Options(scheduler=address), done=lose)
    kept = written(tmp_path / "r")
    assert 0 < len(kept) < len(CODES)
