"""What reports share is read once, before processes are forked, and leaves no thread."""

from __future__ import annotations

import subprocess
import sys
import threading

from workbench.indicators import levels
from workbench.indicators.levels import level_figures
from workbench.packs.pack import open_pack
from workbench.reports import warm as warming
from workbench.reports.plan import make_plan
from workbench.reports.templates import find_template
from workbench.reports.warm import levels_read, warm

from ..packs.tiny_country import write_country


def test_levels_are_those_of_the_reports_their_references_and_their_maps(france, tmp_path):
    made = make_plan(
        find_template("portrait"),
        france,
        territories=[france.territory("32", "region"), france.territory("FR", "country")],
        folder=tmp_path,
    )
    assert levels_read(made) == ["region", "country", "epci", "departement"]


def test_a_map_named_by_its_year_is_the_one_that_was_warmed(france):
    assert open_pack("france", vintage=france.vintage) is france


def test_figures_are_kept_and_no_thread_is_left(tmp_path):
    pack = write_country(tmp_path / "tiny")
    plan = make_plan(
        find_template("portrait"),
        pack,
        territories=[pack.territory("A", "county")],
        folder=tmp_path,
        languages=["en"],
    )
    before = threading.active_count()
    warm(plan)
    assert threading.active_count() == before
    read = level_figures.cache_info().misses
    assert level_figures(pack, "county").codes.tolist() == ["A", "B"]
    assert level_figures.cache_info().misses == read


def test_territories_are_placed_whatever_is_drawn(tmp_path, monkeypatch):
    """A territory without figures, such as the last communes of France, would place none."""
    pack = write_country(tmp_path / "tiny")
    plan = make_plan(
        find_template("portrait"),
        pack,
        territories=[pack.territory("A", "county")],
        folder=tmp_path,
        languages=["en"],
    )
    monkeypatch.setattr(warming, "sections", lambda portrait: ())
    warm(plan)
    monkeypatch.setattr(levels, "positions", None)
    placed = level_figures(pack, "county").place("population", 0, among_siblings=False)
    assert (placed.rank, placed.of) == (2, 2)


_REPORT_AFTER_WARM = """
import sys
from pathlib import Path
from workbench.packs.pack import open_pack
from workbench.reports.plan import make_plan
from workbench.reports.report import make_report
from workbench.reports.templates import find_template
from workbench.reports.warm import warm

folder = Path(sys.argv[1])
pack = open_pack(str(folder))
places = [pack.territory("A", "county")]
plan = make_plan(
    find_template("portrait"), pack, territories=places, folder=folder, languages=["en"]
)
warm(plan)
before = set(sys.modules)
outcome = make_report(plan.jobs[0], folder, work=folder, engine="workbench")
print(outcome.error, sorted(set(sys.modules) - before))
"""


def test_a_report_imports_nothing_that_was_not_imported_before(tmp_path):
    """What is imported after the fork is imported again for each report."""
    pack = write_country(tmp_path / "tiny")
    command = [sys.executable, "-c", _REPORT_AFTER_WARM, str(pack.folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
