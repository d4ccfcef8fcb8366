"""A run goes on where an earlier one stopped, and makes again only what changed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import nbformat
import pandas as pd
import pytest
import yaml

from workbench.core.errors import DirectoryNotWritable, FolderBusy
from workbench.packs.pack import Pack
from workbench.reports.ledger import Ledger
from workbench.reports.plan import make_plan
from workbench.reports.run import Options, can_fork, run_plan
from workbench.reports.templates import Template

from ..packs.tiny_country import write_country
from .tiny_templates import notebook, plan_of, template

pytestmark = pytest.mark.skipif(not can_fork(), reason="forked reports need Linux")

CODES = ("59", "01", "02")


def counts(result):
    """Give what a run did: made, unchanged, failed."""
    return result.summary.made, result.summary.unchanged, result.summary.failed


def left_over(folder):
    """List what is not whole."""
    return [path.name for path in folder.rglob("*") if path.name.startswith(".")]


@pytest.fixture
def plan(tmp_path, france):
    """Plan three reports of a template."""

    def make(*sources, codes=CODES, **more):
        return plan_of(template(tmp_path, *sources), france, tmp_path / "reports", *codes, **more)

    return make


# --- Nothing changed ------------------------------------------------------------------------------


def test_a_second_run_makes_nothing(plan, tmp_path):
    """The pages are the ones that were there, untouched."""
    assert counts(run_plan(plan("territory"), Options(workers=2))) == (3, 0, 0)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")}
    heard = []
    result = run_plan(plan("territory"), Options(), begin=heard.append)
    assert counts(result) == (0, 3, 0)
    assert heard == [0]
    assert [outcome.page for outcome in result.outcomes] == [
        f"departement/{code}.fr.html" for code in CODES
    ]
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")}


def test_all_is_made_again_when_forced(plan):
    run_plan(plan("territory"), Options())
    assert counts(run_plan(plan("territory"), Options(force=True))) == (3, 0, 0)


def test_a_folder_that_was_copied_is_still_known(plan, tmp_path):
    """Dates change, hashes do not."""
    run_plan(plan("territory"), Options())
    shutil.copytree(tmp_path / "reports", tmp_path / "copy", copy_function=shutil.copyfile)
    shutil.rmtree(tmp_path / "reports")
    (tmp_path / "copy").rename(tmp_path / "reports")
    assert counts(run_plan(plan("territory"), Options())) == (0, 3, 0)


# --- Something changed ----------------------------------------------------------------------------


def test_only_new_territories_are_made(plan):
    run_plan(plan("territory", codes=("59",)), Options())
    assert counts(run_plan(plan("territory"), Options())) == (2, 1, 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.unlink(),
        lambda page: page.write_text("shorter"),
        lambda page: page.write_bytes(page.read_bytes().replace(b"<title>", b"<TITLE>")),
    ],
    ids=["removed", "cut", "same size"],
)
def test_a_page_that_is_not_the_one_written_is_made_again(plan, tmp_path, change):
    run_plan(plan("territory"), Options())
    page = tmp_path / "reports" / "departement" / "01.fr.html"
    whole = page.read_bytes()
    change(page)
    assert counts(run_plan(plan("territory"), Options())) == (1, 2, 0)
    assert page.read_bytes() == whole


def test_a_template_that_changed_makes_all_again(plan):
    run_plan(plan("territory"), Options())
    assert counts(run_plan(plan("territory, 1"), Options())) == (3, 0, 0)


def test_a_parameter_that_changed_makes_its_reports_again(plan):
    run_plan(plan("territory"), Options())
    assert counts(run_plan(plan("territory", languages=("fr", "en")), Options())) == (3, 3, 0)


def test_a_failed_report_is_tried_again(plan, tmp_path):
    mark = tmp_path / "there"
    source = f'import os\nassert territory != "01" or os.path.exists({str(mark)!r})'
    assert counts(run_plan(plan(source), Options())) == (2, 0, 1)
    mark.write_text("")
    assert counts(run_plan(plan(source), Options())) == (1, 2, 0)


def test_executed_notebooks_are_made_when_they_are_asked_for(plan, tmp_path):
    """All, those of failures, or none."""
    source = 'assert territory != "01"\nterritory'
    run_plan(plan(source), Options())
    folder = tmp_path / "reports"
    assert [path.name for path in folder.rglob("*.ipynb")] == ["01.fr.html.ipynb"]
    assert counts(run_plan(plan(source), Options(notebooks="all"))) == (2, 0, 1)
    kept = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.ipynb"))
    assert kept == [
        "failed/departement/01.fr.html.ipynb",
        "notebooks/departement/02.fr.ipynb",
        "notebooks/departement/59.fr.ipynb",
    ]
    cells = nbformat.read(folder / kept[2], as_version=4).cells
    assert cells[-1].outputs[0].data == {"text/plain": "'59'"}
    run_plan(plan(source), Options(notebooks="none", force=True))
    assert list(folder.rglob("*.ipynb")) == []


# --- What was read --------------------------------------------------------------------------------

READS = "import workbench as wb\nwb.cube([{!r}], level='county', pack=pack).compute()"
TEMPLATES = {
    "people": READS.format("population"),
    "density": READS.format("population_density"),
    "nothing": "territory",
}


@contextmanager
def declared(folder):
    """Change the declaration of a pack."""
    path = folder / "pack.yml"
    said = yaml.safe_load(path.read_text("utf-8"))
    yield said
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), "utf-8")


def in_tiny(tmp_path, source, folder="out"):
    """Make the reports of the two counties of a tiny country, opened anew from its files."""
    pack = Pack(tmp_path / "tiny")
    parameters = {
        "territory": {"type": "text", "required": True},
        "pack": {"type": "text", "default": ""},
    }
    made = notebook(source, parameters=parameters)
    path = tmp_path / f"{folder}.ipynb"
    nbformat.write(made, path)
    plan = make_plan(
        Template(path),
        pack,
        territories=[pack.territory(code, "county") for code in ("A", "B")],
        folder=tmp_path / folder,
        languages=["en"],
    )
    return run_plan(plan, Options())


def test_only_reports_that_read_what_changed_are_made_again(tmp_path):
    """A column of a table that one of three templates reads, then the source of another."""
    write_country(tmp_path / "tiny")

    def made():
        runs = {name: in_tiny(tmp_path, source, name) for name, source in TEMPLATES.items()}
        return {name: run.summary.made for name, run in runs.items()}

    assert made() == {"people": 2, "density": 2, "nothing": 2}
    assert made() == {"people": 0, "density": 0, "nothing": 0}
    towns = tmp_path / "tiny" / "data" / "town.parquet"
    table = pd.read_parquet(towns)
    table.assign(area_km2=table["area_km2"] + 1).to_parquet(towns, index=False)
    assert made() == {"people": 0, "density": 2, "nothing": 0}
    with declared(tmp_path / "tiny") as said:
        said["variables"]["population"]["long_name"]["en"] = "Residents"
    assert made() == {"people": 2, "density": 2, "nothing": 0}


def test_a_file_that_the_template_opens_is_read(plan, tmp_path):
    """With either engine."""
    data = tmp_path / "data.csv"
    data.write_text("a\n1\n")
    source = f"import pandas as pd\npd.read_csv({str(data)!r})"
    for engine in ("workbench", "kernel"):
        made = plan(source, codes=("59",))
        assert counts(run_plan(made, Options(engine=engine, force=True))) == (1, 0, 0)
        assert counts(run_plan(made, Options(engine=engine))) == (0, 1, 0)
        data.write_text(data.read_text() + "2\n")
        assert counts(run_plan(made, Options(engine=engine))) == (1, 0, 0)


# --- Killed ---------------------------------------------------------------------------------------

RUNNER = """
import sys
from pathlib import Path
from workbench.packs.pack import open_pack
from workbench.reports.run import Options, run_plan
from workbench.reports.plan import make_plan, territories_of
from workbench.reports.templates import Template
pack = open_pack("france")
plan = make_plan(
    Template(Path(sys.argv[1])), pack, territories=territories_of(pack, ["departement"])[:40],
    folder=Path(sys.argv[2]),
)
result = run_plan(plan, Options(workers=2))
print(result.summary.made, result.summary.unchanged, result.summary.failed)
"""


def start(path, folder):
    return subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(path), str(folder)], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("pages", [1, 9, 25])
def test_a_run_that_is_killed_is_finished_by_the_same_command(tmp_path, pages):
    """Whenever it comes: no finished report is made twice, none is half-written, none lacks."""
    path = template(tmp_path, "import time; time.sleep(0.05); territory").path
    folder = tmp_path / "reports"
    killed = start(path, folder)
    while len(list(folder.glob("departement/*.html"))) < pages:
        assert killed.poll() is None
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    finished = {page: page.stat().st_mtime_ns for page in folder.glob("departement/*.html")}
    assert all(page.read_text("utf-8").rstrip().endswith("</html>") for page in finished)
    told, _ = start(path, folder).communicate()
    assert told.split() == [str(40 - len(finished)), str(len(finished)), "0"]
    assert finished == {page: page.stat().st_mtime_ns for page in finished}
    assert len(list(folder.glob("departement/*.html"))) == 40
    assert left_over(folder) == []
    with Ledger.read(folder) as ledger:
        assert len(ledger.entries()) == 40


def test_the_reports_of_a_killed_run_end_with_it(tmp_path):
    """Their process would write in a folder that another run may hold."""
    mark = tmp_path / "alive"
    source = f"import time\nwhile True:\n    open({str(mark)!r}, 'w').close(); time.sleep(0.02)"
    killed = start(template(tmp_path, source).path, tmp_path / "reports")
    while not mark.exists():
        assert killed.poll() is None
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    time.sleep(0.5)
    mark.unlink()
    time.sleep(0.3)
    assert not mark.exists()


def test_a_second_run_of_the_folder_is_told_to_wait(plan, tmp_path):
    """It changes nothing."""
    run_plan(plan("territory"), Options())
    busy = pytest.raises(FolderBusy, match=r"Another run is writing in .*reports")
    with Ledger.opened(tmp_path / "reports"), busy:
        run_plan(plan("territory, 1"), Options())
    assert counts(run_plan(plan("territory"), Options())) == (0, 3, 0)


# --- Disks ----------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """Give a folder on a disk of its own of 400 kB, or skip where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root and a system that allows it")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_stops_the_run_with_one_error(small_disk, tmp_path, france):
    """What was finished stays; once there is room the same run makes the rest."""
    made = template(tmp_path, "import random\nprint(random.randbytes(60_000).hex())")
    plan = plan_of(made, france, small_disk / "reports", *CODES)
    with pytest.raises(DirectoryNotWritable, match=r"No space left on device\. Choose another"):
        run_plan(plan, Options())
    finished = list(small_disk.rglob("departement/*.html"))
    assert 0 < len(finished) < 3
    assert all(page.read_text("utf-8").rstrip().endswith("</html>") for page in finished)
    subprocess.run(["mount", "-o", "remount,size=9m", str(small_disk)], check=True)
    assert counts(run_plan(plan, Options())) == (3 - len(finished), len(finished), 0)
    assert left_over(small_disk) == []


def test_a_folder_that_became_read_only_stops_the_run_with_one_error(small_disk, tmp_path, france):
    plan = plan_of(template(tmp_path, "territory"), france, small_disk / "reports", *CODES)
    run_plan(plan, Options())
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(DirectoryNotWritable, match="Choose another folder with --to"):
        run_plan(plan, Options(force=True))


# --- What is told ---------------------------------------------------------------------------------


def test_the_log_has_a_line_an_event(plan, tmp_path):
    """Each a JSON object; the last sums up, with what its estimate assumes."""
    run_plan(plan('assert territory != "01"'), Options())
    lines = [json.loads(x) for x in (tmp_path / "reports" / "log.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines] == ["begin", "made", "failed", "made", "end"]
    assert lines[0] | {"time": ""} == {
        "time": "",
        "event": "begin",
        "reports": 3,
        "unchanged": 0,
        "engine": "workbench",
    }
    assert lines[2]["error"].startswith("cell 3: AssertionError")
    assert lines[-1]["energy_wh"] == pytest.approx(lines[-1]["cpu_seconds"] / 360, abs=1e-3)
    assert lines[-1]["energy_assumes"] == "10 W a busy core, the idle machine left out"
    assert lines[-1]["bytes"] == sum(line.get("bytes", 0) for line in lines[:-1])
