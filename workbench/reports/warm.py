"""Read once what all reports share, before processes are forked: each then starts from there."""

from __future__ import annotations

from nbformat import v4

from workbench.core.i18n import catalogue
from workbench.indicators.levels import level_figures
from workbench.indicators.profile import profile
from workbench.packs.pack import Pack
from workbench.reports.assets import Assets
from workbench.reports.page import render_page
from workbench.reports.plan import Plan
from workbench.reports.portrait.maps import map_extent

__all__ = ["levels_read", "warm"]


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
    pack = plan.pack
    for level in levels_read(plan):
        level_figures(pack, level)
    for territory in {job.territory.level: job.territory for job in plan.jobs}.values():
        # One profile a level places every territory and finds the space of peers.
        profile(pack, territory)
        _read_boundaries(pack, territory.level)
        map_extent(pack, territory)
    catalogue()
    cell = v4.new_markdown_cell("# Page")
    render_page(v4.new_notebook(cells=[cell]), assets=Assets.linked())


def _read_boundaries(pack: Pack, level: str) -> None:
    mapped = pack.spec.map_levels.get(level, "")
    if mapped and pack.has_boundaries(mapped):
        pack.boundaries(mapped)
