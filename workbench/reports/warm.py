"""Read once what all reports share, before processes are forked: each then starts from there."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from contextlib import suppress

import pyarrow as pa

from workbench.indicators.levels import level_figures
from workbench.packs.pack import Pack
from workbench.reports.assets import Assets
from workbench.reports.page import render_page
from workbench.reports.plan import Job, Plan
from workbench.reports.portrait.portrait import Portrait, sections

__all__ = ["levels_read", "warm"]

# What a shell imports as it starts. No shell is started here: its history keeps a thread.
_SHELL = (
    "IPython.core.application",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "bdb",
    "sqlite3",
)


def levels_read(plan: Plan) -> list[str]:
    """List the levels whose figures the plan's reports read: their own, references and maps."""
    pack = plan.pack
    levels: dict[str, None] = {}
    for level in dict.fromkeys(job.territory.level for job in plan.jobs):
        mapped = pack.spec.map_levels.get(level, level)
        levels |= dict.fromkeys((level, *pack.level(level).references, mapped))
    return [level for level in levels if level in pack.territories.levels]


def warm(plan: Plan) -> None:
    """Compute the figures of every level the plan reads, and load what draws and writes them.

    No thread is left running: what follows is forked.
    """
    # First: a module that registers abstract classes empties what isinstance remembers of them.
    for module in _SHELL:
        importlib.import_module(module)
    for level in levels_read(plan):
        level_figures(plan.pack, level)
    # What fails here fails again in that report, where it is told.
    for level in {job.territory.level: None for job in plan.jobs}:
        with suppress(Exception):
            level_figures(plan.pack, level).place_all()
    for job in _examples(plan.jobs):
        with suppress(Exception):
            _draw_once(plan.pack, job)
    with suppress(Exception):
        render_page(plan.template.notebook, assets=Assets.linked())
    # What reading the tables took and left: each fork would copy the map of that memory.
    pa.default_memory_pool().release_unused()


def _examples(jobs: Iterable[Job]) -> Iterable[Job]:
    """Choose a job a level and language: a territory within many others has the most to draw."""
    found: dict[tuple[str, str], Job] = {}
    for job in jobs:
        best = found.setdefault((job.territory.level, job.lang), job)
        if len(job.territory.parents) > len(best.territory.parents):
            found[job.territory.level, job.lang] = job
    return found.values()


def _draw_once(pack: Pack, job: Job) -> None:
    """Draw a portrait and drop it: positions, peers, boundaries and words are then at hand."""
    for section in sections(Portrait(pack, job.territory, job.lang)):
        section._repr_html_()
