"""``workbench pack``: what a territory pack holds, and whether it is sound."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Look into a territory pack, and verify it.", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(help="Name of a pack, or its folder.")]
_Json = Annotated[bool, typer.Option("--json", help="Write JSON.")]


@app.command(
    "info",
    help="Tell what a pack holds: maps, levels, variables, sources and licences.",
    epilog="""Examples

[bold]workbench pack info[/bold]   the France pack

[bold]workbench pack info ./my-country --json[/bold]""",
)
def info(name: _Name = "france", *, as_json: _Json = False) -> None:
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
    help="Verify a pack: files, totals, codes, parents. Ends with 1 when something is wrong.",
    epilog="""Examples

[bold]workbench pack check[/bold]

[bold]workbench pack check ./my-country --json[/bold]""",
)
def check(name: _Name = "france", *, as_json: _Json = False) -> None:
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
