"""Reports forked from a zygote: what they read does not depend on what was in memory."""

from __future__ import annotations

import os

import pytest

from workbench.reports.forked import Forked, can_fork
from workbench.reports.plan import make_plan
from workbench.reports.report import Brief, Setting
from workbench.reports.templates import find_template

pytestmark = pytest.mark.skipif(not can_fork(), reason="forked reports need Linux")


@pytest.fixture
def briefs(france, tmp_path):
    """Order the portraits of three régions."""
    codes = ("94", "53", "11")
    plan = make_plan(
        find_template("portrait"),
        france,
        territories=[france.territory(code, "region") for code in codes],
        folder=tmp_path,
    )
    return [Brief(job.page, job.parameters, job.lang, job.title) for job in plan.jobs]


def make(briefs, folder, learned=None):
    """Make them; return the outcomes by page, and what was learned."""
    folder.mkdir()
    setting = Setting(find_template("portrait").path, folder)
    with Forked(setting, 2, pack="france", vintage=2026, learned=learned) as forked:
        outcomes = {outcome.page: outcome for outcome in forked.make(briefs)}
    assert [outcome.error for outcome in outcomes.values()] == [""] * len(outcomes)
    return outcomes, forked.learned


def test_a_report_reads_and_tells_the_same_from_cold_and_from_warm(briefs, tmp_path):
    """The first one computes the figures of the levels; later ones find them in memory."""
    cold, learned = make(briefs, tmp_path / "cold")
    warm, _ = make(briefs, tmp_path / "warm", learned)
    first = briefs[0].page
    assert len(cold[first].items) > 100
    assert cold[first].items == warm[first].items
    told = {page: (outcome.sha256, outcome.figures) for page, outcome in cold.items()}
    assert told == {page: (outcome.sha256, outcome.figures) for page, outcome in warm.items()}
    assert cold[first].figures["population@2023"][1] in ("aggregated", "observed")


# Tells what is ready as it may be told: the end of a report before the last that it wrote.
ENDS_FIRST = """
import selectors, time

class EndsFirst(selectors.DefaultSelector):
    def select(self, timeout=None):
        if super().select(timeout):
            time.sleep(1)
        return sorted(super().select(0), key=lambda ready: ready[0].fd, reverse=True)

selectors.DefaultSelector = EndsFirst
"""


def test_a_report_may_be_seen_to_end_before_it_is_heard(briefs, tmp_path, monkeypatch):
    """The zygote was then lost, with what it had warmed."""
    (tmp_path / "sitecustomize.py").write_text(ENDS_FIRST)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    folder = tmp_path / "work"
    folder.mkdir()
    setting = Setting(find_template("portrait").path, folder)
    pids = set()
    with Forked(setting, 2, pack="france", vintage=2026) as forked:
        for outcome in forked.make(briefs):
            assert outcome.error == ""
            pids.add(forked.pid)
    assert len(pids) == 1
