"""What reports share is read once, before processes are forked, and leaves no thread."""

from __future__ import annotations

import threading

from workbench.indicators.levels import level_figures
from workbench.packs.pack import open_pack
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
