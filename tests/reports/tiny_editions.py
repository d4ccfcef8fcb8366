"""Runs of a small template over the counties of the tiny country, and ledgers written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from workbench.core.reads import Figure, Item
from workbench.packs.pack import Pack
from workbench.reports.digests import digest
from workbench.reports.ledger import Entry, Ledger, RunFacts
from workbench.reports.plan import make_plan, territories_of
from workbench.reports.run import Options, RunResult, run_plan
from workbench.reports.templates import Template

from . import tiny_templates

PARAMETERS = {
    "pack": {"type": "text", "required": True},
    "territory": {"type": "text", "required": True},
    "level": {"type": "text", "required": True},
    "lang": {"type": "text", "default": "en"},
}
TELLS = """
from workbench.indicators.profile import profile
from workbench.packs.pack import open_pack

here = open_pack(pack)
told = profile(here, here.territory(territory, level), indicators={wanted})
print({{name: reading.value for name, reading in told.readings.items()}})
"""


def template(folder: Path, *wanted: str, then: str = "") -> Template:
    """Write a template that tells some indicators, then runs another cell."""
    folder.mkdir(parents=True, exist_ok=True)
    source = TELLS.format(wanted=list(wanted))
    return tiny_templates.template(folder, source, then, parameters=PARAMETERS)


def run(made: Template, pack: Pack, folder: Path, *levels: str) -> RunResult:
    """Make the reports of some levels, counties by default."""
    plan = make_plan(
        made,
        pack,
        territories=territories_of(pack, levels or ["county"]),
        folder=folder,
        languages=["en"],
    )
    result = run_plan(plan, Options(workers=1))
    assert [outcome.error for outcome in result.outcomes] == [""] * len(plan.jobs)
    return result


def write_run(
    folder: Path,
    figures: Mapping[str, Mapping[str, Figure]],
    *,
    read: Mapping[Item, str] | None = None,
    perimeters: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    question: str = "",
    **facts: str,
) -> None:
    """Write in a ledger a run that told these figures, by page."""
    of_run = {"template": "t.ipynb", "template_digest": "t", "package": "p", "environment": "e"}
    with Ledger.opened(folder) as ledger:
        number = ledger.begin(RunFacts(**{**of_run, "pack": "tiny", **facts}, vintage=2023))
        for page, told in figures.items():
            items = dict(read or {})
            entry = Entry(
                page=page,
                run=number,
                question=question,
                basis=digest(sorted(items.items())),
                perimeter=(perimeters or {}).get(page, ""),
                sha256=digest([page, dict(told), sorted(items.items()), facts, question]),
                bytes=1,
                changed=0,
                seconds=0.0,
                cpu=0.0,
                error=(errors or {}).get(page, ""),
                figures=told,
            )
            ledger.record(entry, items)
