"""``workbench pack``: start, build and verify a territory pack, and tell what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.core.defaults import DEFAULT_PACK

__all__ = ["app"]

app = typer.Typer(help="Start, build and verify a territory pack.", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(help="Name of a pack, or its folder.")]
_Json = Annotated[bool, typer.Option("--json", help="Write JSON.")]


@app.command(
    "info",
    help="Tell what a pack holds: maps, levels, variables, sources and licences.",
    epilog="""Examples

[bold]workbench pack info[/bold]   the usual pack

[bold]workbench pack info morocco[/bold]

[bold]workbench pack info ./my-country --json[/bold]""",
)
def info(name: _Name = DEFAULT_PACK, *, as_json: _Json = False) -> None:
    """Print the pack's description."""
    from workbench.cli.terminal import console, print_facts, print_json, print_table
    from workbench.packs.pack import open_pack

    pack = open_pack(name)
    spec = pack.spec
    lang = "en" if "en" in spec.languages else spec.default_language
    counts = {level: len(pack.frame(level)) for level in pack.territories.levels}
    size = sum(path.stat().st_size for path in (pack.folder / "data").glob("*"))
    if as_json:
        print_json(
            {
                "name": spec.name,
                "title": spec.title,
                "simulated": spec.simulated,
                "folder": str(pack.folder),
                "bytes": size,
                "vintage": spec.vintage,
                "vintages": spec.vintages,
                "languages": spec.languages,
                "levels": counts,
                "variables": spec.variables,
                "sources": spec.sources,
                "caveats": spec.caveats,
            }
        )
        return
    facts = {
        "simulated": "the figures are made up" if spec.simulated else "",
        "maps": ", ".join(map(str, spec.vintages)),
        "levels": ", ".join(f"{level} ({count})" for level, count in counts.items()),
        "variables": ", ".join(spec.variables),
        "languages": ", ".join(spec.languages),
        "folder": f"{pack.folder} ({size / 1e6:.1f} MB)",
    }
    print_facts(f"{spec.title[lang]} ({spec.name})", facts)
    console().print()
    rows = [
        (each.title[lang], each.producer, each.licence, each.reference[lang])
        for each in spec.sources.values()
    ]
    print_table(("source", "producer", "licence", "reference"), rows)


@app.command(
    "check",
    help="Verify a pack: declarations, codes, totals, boundaries. Ends with 1 when one is wrong.",
    epilog="""Examples

[bold]workbench pack check[/bold]

[bold]workbench pack check ./my-country --json[/bold]""",
)
def check(name: _Name = DEFAULT_PACK, *, as_json: _Json = False) -> None:
    """Print each check and what it found wrong."""
    from dataclasses import asdict

    from workbench.cli.terminal import console, print_json
    from workbench.packs.check import check_folder
    from workbench.packs.found import find_pack

    checks = check_folder(find_pack(name))
    if as_json:
        print_json([{"holds": each.holds, **asdict(each)} for each in checks])
    else:
        out = console()
        for each in checks:
            mark, style = ("✓", "green") if each.holds else ("✗", "bold red")
            detail = f" ({each.detail})" if each.detail else ""
            out.print(f"{mark} {each.title}{detail}", style=style, soft_wrap=True)
            for problem in each.problems:
                out.print(f"    {problem}", soft_wrap=True)
            if each.problems and each.step:
                out.print(f"    → {each.step}", style="dim", soft_wrap=True)
    if not all(each.holds for each in checks):
        raise typer.Exit(1)


@app.command(
    "new",
    help="Start a pack: a folder that passes the check and makes reports at once, to be changed.",
    epilog="""Examples

[bold]workbench pack new my-country[/bold]

[bold]workbench pack new my-country --lang en,fr -l village -l district -l country[/bold]""",
)
def new(
    folder: Annotated[Path, typer.Argument(help="Folder to make; it must be empty.")],
    *,
    name: Annotated[
        str, typer.Option(help="Name of the pack; that of the folder if not given.")
    ] = "",
    lang: Annotated[str, typer.Option(help="Languages of reports, such as en,fr.")] = "en",
    level: Annotated[
        list[str] | None,
        typer.Option("--level", "-l", help="Level, from the finest to the country; repeat it."),
    ] = None,
) -> None:
    """Write a small pack of simulated figures, and say what to do next."""
    import re

    from workbench.cli.terminal import console
    from workbench.packs.starter import start_pack

    chosen = name or re.sub(r"[^a-z0-9]+", "_", folder.resolve().name.lower()).strip("_")
    languages = [each.strip() for each in lang.split(",") if each.strip()] or ["en"]
    levels = level or ["municipality", "region", "country"]
    written = start_pack(folder, name=chosen, languages=languages, levels=levels)
    out = console()
    for path in written:
        out.print(str(path), soft_wrap=True)
    out.print("Its figures are made up. Change sources/ and pack.yml, then:", soft_wrap=True)
    for words in ("pack build", "pack check", "report portrait --pack"):
        out.print(f"    workbench {words} {folder}", soft_wrap=True)


@app.command(
    "build",
    help="Build the tables of a pack again: by its own script, or from the CSV files of sources/.",
    epilog="""Examples

[bold]workbench pack build ./my-country[/bold]

[bold]workbench pack build morocco[/bold]   fetches its sources (needs the network)""",
)
def build(name: Annotated[str, typer.Argument(help="Name of a pack, or its folder.")]) -> None:
    """Run the build that the pack declares, and say what was written."""
    from workbench.cli.terminal import console
    from workbench.packs.found import find_pack
    from workbench.packs.making import build_pack

    folder = find_pack(name)
    for path in build_pack(folder):
        console().print(str(path), soft_wrap=True)
    console().print(f"Verify it: workbench pack check {name}", soft_wrap=True)
