"""A zygote holds what the first report of a kind used, and no thread: it is forked."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from workbench.packs.pack import open_pack
from workbench.reports.forked import _NO_THREAD, can_fork
from workbench.reports.inside import STEADY
from workbench.reports.templates import find_template

pytestmark = pytest.mark.skipif(not can_fork(), reason="the zygote needs Linux")

# Run in a process of its own, as the zygote is.
PROBE = """
import json, sys
from workbench.indicators.levels import level_figures
from workbench.packs.pack import open_pack
from workbench.reports.report import Brief
from workbench.reports.warm import Spoilt, Warmth, threads

asked = json.loads(sys.argv[1])
told = {}
try:
    warmth = Warmth(**asked["opening"])
    brief = Brief("region/32.fr.html", {"territory": "32"}, "fr", "Title")
    told["knew"] = warmth.knows(brief)
    warmth.learn(brief, asked["modules"], asked["items"])
    warmth.draw_once(brief)
    told["knows"] = warmth.knows(brief)
    told["learned"] = warmth.learned()
    told["levels"] = level_figures.cache_info().currsize
    told["imported"] = [name for name in asked["modules"] if name in sys.modules]
except Spoilt as spoilt:
    told["spoilt"] = spoilt.module
told["threads"] = threads()
print(json.dumps(told))
"""


def warm(*modules, items=(), template=None, **opening):
    """Open a zygote's memory, have it learn, and return what became of it."""
    path = str(template or find_template("portrait").path)
    asked = {
        "opening": {
            "pack": "france",
            "vintage": 2026,
            "template": path,
            "parameters": {"territory": "32"},
            **opening,
        },
        "modules": modules,
        "items": items,
    }
    ended = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(asked)],
        env={"PATH": "/usr/bin:/bin", **STEADY, **_NO_THREAD},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_what_the_first_report_imported_and_read_is_held_by_one_thread():
    """Modules, figures of the levels, charts' fonts; then the kind is known."""
    items = [("indicator", "region", "population"), ("boundaries", "region", "coarse")]
    told = warm("matplotlib.pyplot", "no_such_module", items=items)
    assert (told["knew"], told["knows"]) == (False, True)
    assert told["imported"] == ["matplotlib.pyplot"]
    assert told["levels"] == 1
    assert told["threads"] == 1
    assert told["learned"]["kinds"] == ["region fr"]
    assert ["boundaries", "region", "coarse"] in told["learned"]["items"]


def test_a_later_zygote_begins_with_what_was_learned():
    """So that no report is made alone first."""
    told = warm(kinds=["region fr"], modules=["colorsys"])
    assert told["knew"]
    assert told["learned"]["modules"] == ["colorsys"]


@pytest.fixture
def threaded(tmp_path, monkeypatch):
    """Give a module that starts a thread as it is imported."""
    (tmp_path / "starts_a_thread.py").write_text(
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    )
    monkeypatch.setitem(STEADY, "PYTHONPATH", str(tmp_path))
    return "starts_a_thread"


def test_a_module_that_starts_a_thread_is_named_then_left_to_the_reports(threaded):
    """A process with threads cannot be forked."""
    assert warm("colorsys", threaded)["spoilt"] == threaded
    told = warm("colorsys", threaded, apart=[threaded])
    assert (told["imported"], told["threads"]) == (["colorsys"], 1)
    assert told["learned"]["apart"] == [threaded]


def test_a_map_named_by_its_year_is_the_one_that_is_held(france):
    assert open_pack("france", vintage=france.vintage) is open_pack("france")
