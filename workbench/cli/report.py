"""``workbench report``: make the reports of a template."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from workbench.core.cluster import cores
from workbench.core.defaults import DEFAULT_PACK

if TYPE_CHECKING:
    from workbench.reports.pdf import Printed
    from workbench.reports.plan import Plan
    from workbench.reports.run import Options, RunResult

__all__ = ["EXAMPLES", "HELP", "report"]

HELP = """Write the report of territories, and the gallery that leads to them.

Without a territory nor a level: the country, its regions and what lies between. One report that \
fails does not stop the others: it is named at the end, with its partial notebook under failed/."""
EXAMPLES = """Examples

[bold]workbench report portrait[/bold]   all départements, régions and the country

[bold]workbench report portrait --territory 59350[/bold]   one commune

[bold]workbench report portrait -t 11 --level region[/bold]   a code that two levels use

[bold]workbench report portrait --level epci --lang fr,en --jobs 4[/bold]   a whole level, twice

[bold]workbench report portrait -l commune -w departement=59[/bold]   the communes of the Nord

[bold]workbench report my.ipynb -t 2A004 -p year=2023 --to out[/bold]   a template of one's own

[bold]workbench report portrait -l commune --scheduler tcp://host:8786[/bold]   on a Dask cluster"""

_Texts = list[str]


def report(
    template: Annotated[
        str, typer.Argument(help="Name of a template, or path of a notebook (.ipynb).")
    ],
    *,
    territory: Annotated[
        _Texts | None,
        typer.Option("--territory", "-t", metavar="CODE", help="Official code; may be repeated."),
    ] = None,
    level: Annotated[
        _Texts | None,
        typer.Option(
            "--level", "-l", metavar="LEVEL", help="Level of the codes, or level to make whole."
        ),
    ] = None,
    where: Annotated[
        _Texts | None,
        typer.Option(
            "--where", "-w", metavar="LEVEL=CODE", help="Only those inside; CODE may be a list."
        ),
    ] = None,
    lang: Annotated[
        str, typer.Option(help="Languages, such as fr,en; the pack's own if not given.")
    ] = "",
    parameter: Annotated[
        _Texts | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="Parameter of the template."),
    ] = None,
    to: Annotated[
        str,
        typer.Option(
            metavar="FOLDER|URL",
            help="Where pages go; reports/TEMPLATE if not given. With a URL, that folder holds "
            "the ledger and the log only.",
        ),
    ] = "",
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Reports made at once; all cores if not given."),
    ] = None,
    scheduler: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Dask scheduler, such as tcp://host:8786, whose workers make the reports.",
        ),
    ] = "",
    engine: Annotated[
        Literal["workbench", "kernel"] | None,
        typer.Option(help="A forked process a report (fast, Linux), or a Jupyter kernel."),
    ] = None,
    pack: Annotated[str, typer.Option(help="Territory pack: a name, or a folder.")] = DEFAULT_PACK,
    vintage: Annotated[
        int | None, typer.Option(help="Year of the map; the latest if not given.")
    ] = None,
    notebooks: Annotated[
        Literal["all", "failed", "none"],
        typer.Option(help="Executed notebooks to keep; compressed beyond a thousand reports."),
    ] = "failed",
    force: Annotated[
        bool, typer.Option("--force", help="Make again the reports that are unchanged too.")
    ] = False,
    time_limit: Annotated[
        float, typer.Option(min=1.0, metavar="SECONDS", help="Longest that a report may take.")
    ] = 300.0,
    standalone: Annotated[
        bool, typer.Option("--standalone", help="Put style and script inside each page.")
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print each page to a PDF beside it (needs Chromium).")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Take the first territories only.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the outcome as JSON.")] = False,
) -> None:
    """Plan, run, write the gallery, tell how it went."""
    # Processes are forked: a library's own threads would only fight for the same cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")

    from workbench.packs.pack import open_pack
    from workbench.reports.choice import (
        choose_territories,
        read_assignments,
        read_conditions,
        read_languages,
    )
    from workbench.reports.plan import make_plan
    from workbench.reports.templates import find_template
    from workbench.reports.url_store import read_destination

    given = read_assignments(parameter or ())
    found = find_template(template)
    opened = open_pack(pack, vintage=vintage)
    languages = read_languages(lang or opened.spec.default_language)
    folder, url = read_destination(to, Path("reports") / found.name)
    plan = make_plan(
        found,
        opened,
        territories=choose_territories(
            opened,
            codes=territory or (),
            levels=level or (),
            where=read_conditions(where or ()),
            limit=limit,
        ),
        folder=folder,
        languages=languages,
        given=given,
        command=shlex.join(("workbench", *sys.argv[1:])),
    )
    options = _options(
        plan,
        jobs,
        engine,
        standalone=standalone,
        notebooks=notebooks,
        force=force,
        time_limit=time_limit,
        scheduler=scheduler,
        url=url,
    )
    if pdf:
        from workbench.core.errors import ParameterError
        from workbench.reports.chromium import chromium_path

        if url:
            raise ParameterError(f"--pdf prints the pages of a folder, and {url} is none.")
        # Told before anything is made rather than after.
        chromium_path()
    result, gallery = _make(plan, options)
    place = url or str(folder)
    if as_json:
        from workbench.cli.terminal import print_json

        print_json(_summary(plan, result, place, gallery))
    _tell(plan, result, place, gallery, quiet=as_json)
    printed: tuple[Printed, ...] = ()
    if pdf:
        from workbench.cli.printing import print_reports

        printed = print_reports(plan, result, jobs=options.workers, quiet=as_json)
    if result.failures or any(one.error for one in printed):
        raise typer.Exit(1)


def _options(
    plan: Plan,
    jobs: int | None,
    engine: Literal["workbench", "kernel"] | None,
    *,
    scheduler: str,
    **more: Any,
) -> Options:
    from workbench.cli.machine import available_memory
    from workbench.core.errors import ParameterError
    from workbench.reports.run import Options, can_fork

    if scheduler and (jobs or engine):
        raise ParameterError(
            "--jobs and --engine are for this machine: the workers of a cluster fork one report a "
            "thread. Leave them out, or --scheduler."
        )
    if engine == "workbench" and not can_fork():
        raise ParameterError("Engine 'workbench' needs Linux (it forks): use --engine kernel.")
    workers = min(jobs or cores(), max(len(plan.jobs), 1))
    return Options(
        engine=engine or ("workbench" if scheduler or can_fork() else "kernel"),
        workers=workers,
        # A report that takes more than its part of the memory fails, before the machine does.
        # Each worker of a cluster knows its own.
        memory_limit=0 if scheduler else (available_memory() or 0) // workers,
        scheduler=scheduler,
        **more,
    )


def _make(plan: Plan, options: Options) -> tuple[RunResult, str]:
    from workbench.cli.progress import follow
    from workbench.reports.footing import footer_of
    from workbench.reports.index import gallery_names, write_index
    from workbench.reports.run import run_plan
    from workbench.reports.url_store import open_store

    store = open_store(options.url or str(plan.folder), plan.folder)
    with store.listed() as folder:
        footer = footer_of(plan, gallery_names(folder, plan.pack, plan.languages))
    with follow() as progress:
        result = run_plan(plan, options, done=progress, footer=footer, begin=progress.begin)
    with store.listed() as folder:
        front = write_index(replace(plan, folder=folder))
    return result, f"{store}/{front.name}"


def _summary(plan: Plan, result: RunResult, place: str, gallery: str) -> Mapping[str, Any]:
    reports = [
        {
            "territory": job.territory.code,
            "level": job.territory.level,
            "lang": job.lang,
            "page": outcome.page if not outcome.error else None,
            "bytes": outcome.bytes,
            "seconds": round(outcome.seconds, 3),
            "unchanged": outcome.unchanged,
            "error": outcome.error or None,
            "notebook": outcome.notebook or None,
        }
        for job, outcome in zip(plan.jobs, result.outcomes, strict=True)
    ]
    return {
        "template": plan.template.name,
        "pack": plan.pack.name,
        "vintage": plan.pack.vintage,
        "folder": place,
        "ledger": str(plan.folder / "ledger.sqlite"),
        "gallery": gallery,
        **result.summary.told(),
        "caveats": list(result.caveats),
        "reports": reports,
    }


def _tell(plan: Plan, result: RunResult, place: str, gallery: str, *, quiet: bool) -> None:
    from workbench.cli.terminal import complain, console

    if not quiet:
        out = console()
        out.print(f"{_made(result)} in {result.seconds:.1f} s: {gallery}", soft_wrap=True)
        if result.summary.made:
            out.print(_cost(result), soft_wrap=True)
        if place != str(plan.folder):
            out.print(f"Ledger and log: {plan.folder}", soft_wrap=True)
    for caveat in result.caveats:
        console(sys.stderr).print(f"Note: {caveat}", soft_wrap=True)
    if not result.failures:
        return
    noun = "report" if len(result.failures) == 1 else "reports"
    complain(f"{len(result.failures)} {noun} could not be made:")
    for job, outcome in zip(plan.jobs, result.outcomes, strict=True):
        if outcome.error:
            one = job.territory
            kept = f" ({place}/{outcome.notebook})" if outcome.notebook else ""
            text = f"  {one.name} ({one.level} {one.code}, {job.lang}): {outcome.error}{kept}"
            console(sys.stderr).print(text, soft_wrap=True)


def _made(result: RunResult) -> str:
    """Count the reports: *3 reports, 117 unchanged*."""
    made, unchanged = result.summary.made, result.summary.unchanged
    said = f"{made} {'report' if made == 1 else 'reports'}"
    return f"{said}, {unchanged} unchanged" if unchanged else said


def _cost(result: RunResult) -> str:
    """Say what the run cost, with what the estimate of energy assumes."""
    told = result.summary.told()
    peak = f", {told['peak_memory_bytes'] / 1e6:.0f} MB" if told["peak_memory_bytes"] else ""
    return (
        f"{told['cpu_seconds']:.1f} s of processor{peak}, {told['bytes'] / 1e6:.1f} MB of pages; "
        f"about {told['energy_wh']:.2g} Wh (assuming {told['energy_assumes']})"
    )
