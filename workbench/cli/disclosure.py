"""``workbench disclosure``: attack what is published, look for leaks, and for persons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli import disclosure_words as words
from workbench.core.defaults import DEFAULT_PACK

if TYPE_CHECKING:
    from workbench.disclosure.attack import Attack

__all__ = ["app"]

app = typer.Typer(
    help="Attack what is published, look for leaks of hidden figures, and for persons.",
    no_args_is_help=True,
)

_Lang = Annotated[str, typer.Option(help="Language of what is told: fr or en.")]
_Json = Annotated[bool, typer.Option("--json", help="Write JSON.")]
_Limit = Annotated[int, typer.Option(min=1, help="Most lines shown.")]
_Key = Annotated[
    list[str], typer.Option("--key", "-k", help="Column or dimension that tells cells apart.")
]
_Value = Annotated[str, typer.Option("--value", "-v", help="Figure that some cells hide.")]


@app.command(
    "audit",
    help="""Attack published tables: what do they tell of the figures that they hide?

For every hidden cell, the least and the greatest value that all the tables together allow: \
sums, no value under zero, whole numbers, rates times their denominators, two maps. Cells are \
those with the same keys in all files: tables of one variable, places and zones, two years of \
the map (FILE@YEAR). With --truth, what is sensitive follows from a rule of the pack, and \
contributors who know their own value attack too. Ends with 0 when every cell stays uncertain, \
else with 1.""",
    epilog="""Examples

[bold]workbench disclosure audit sales.csv -k place -k kind -v sales --total kind=all --tree \
place=tree.csv[/bold]

[bold]workbench disclosure audit communes.csv epci.csv -k code -v households --territory code \
--level level --whole[/bold]

[bold]workbench disclosure audit old.csv@2024 new.csv@2026 -k code -v firms --territory code[/bold]

[bold]workbench disclosure audit sales.csv -k place -v sales --total place=all --truth true.csv \
--rule enterprises --counts firms --largest top[/bold]""",
)
def audit(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="CSV, Parquet, netCDF or Zarr.")
    ],
    *,
    key: _Key,
    value: _Value,
    tree: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=FILE", help="CSV of two columns: a position, its total."),
    ] = None,
    total: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=NAME", help="Position that is the total of all others."),
    ] = None,
    territory: Annotated[
        str, typer.Option(metavar="KEY", help="Key of codes of the pack: its levels are totals.")
    ] = "",
    level: Annotated[
        str, typer.Option(metavar="COLUMN", help="Column of the level; base level without.")
    ] = "",
    rate: Annotated[
        list[str] | None,
        typer.Option(metavar="RATE*OF[/UNIT]", help="Published rate: value = rate × of ÷ unit."),
    ] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Values are whole numbers.")] = False,
    protection: Annotated[
        float, typer.Option(min=0.1, max=99, help="Percent of uncertainty, either way.")
    ] = 10.0,
    truth: Annotated[
        Path | None, typer.Option(help="The true figures of the one table attacked.")
    ] = None,
    rule: Annotated[str, typer.Option(help="Rule of the pack's secrecy, with --truth.")] = "",
    counts: Annotated[str, typer.Option(help="Column of contributors, in --truth.")] = "",
    largest: Annotated[str, typer.Option(help="Column of the largest one, in --truth.")] = "",
    pack: Annotated[str, typer.Option(help="Territory pack: a name, or a folder.")] = DEFAULT_PACK,
    limit: _Limit = 20,
    lang: _Lang = "en",
    as_json: _Json = False,
) -> None:
    """Print the cells that are known too closely."""
    from workbench.cli.disclosure_tables import Asked, attacked
    from workbench.cli.terminal import print_json

    asked = Asked(
        files=tuple(files),
        keys=tuple(key),
        value=value,
        trees=words.pairs("--tree", tree),
        totals=words.pairs("--total", total),
        territory=territory,
        level=level,
        rates=words.rates(rate),
        whole=whole,
        protection=protection / 100,
        truth=truth,
        rule=rule,
        counts=counts,
        largest=largest,
        pack=pack,
    )
    found = attacked(asked)
    if as_json:
        print_json(_record(found))
    else:
        _tell(found, limit=limit, lang=lang, share=protection)
    if not found.passed:
        raise typer.Exit(1)


@app.command(
    "scan",
    help="""Look for hidden figures in all that a release holds.

Pages, charts and their tooltips, notebooks and their outputs, attributes of netCDF and Zarr, \
statistics of Parquet, CSV and JSON are read for the true values of cells that the published \
table hides. A figure of four digits or more is a leak wherever it stands; a smaller one, beside \
the words of its cell. Ends with 1 when there is one.""",
    epilog="""Examples

[bold]workbench disclosure scan reports/portrait --truth true.csv --published sales.csv -k place \
-v sales[/bold]""",
)
def scan(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files and folders.")],
    *,
    truth: Annotated[Path, typer.Option(help="The true figures.")],
    published: Annotated[Path, typer.Option(help="The table that hides some of them.")],
    key: _Key,
    value: _Value,
    name: Annotated[
        list[str] | None, typer.Option(help="Columns of --truth with names of the cells.")
    ] = None,
    limit: _Limit = 20,
    lang: _Lang = "en",
    as_json: _Json = False,
) -> None:
    """Print where hidden figures stand."""
    from workbench.cli.disclosure_tables import secrets
    from workbench.cli.terminal import console, print_json, print_table
    from workbench.core.i18n import Messages
    from workbench.disclosure.leaks import scan as look

    say = Messages(lang)
    wanted = secrets(truth, published, tuple(key), value, tuple(name or ()))
    found = look(paths, wanted)
    if as_json:
        print_json({"hidden": len(wanted), "leaks": found})
    else:
        if found:
            heads = ("file", "place", "cell", "figure")
            rows = [
                (words.bare(each.file), words.bare(each.place), each.cell, each.text)
                for each in found[:limit]
            ]
            print_table([say(f"disclosure.heading_{head}") for head in heads], rows, right=3)
        hidden = say("disclosure.scanned", count=len(wanted))
        leaks = say("disclosure.leaks", count=len(found))
        console().print(f"{hidden} {leaks}", soft_wrap=True)
    if found:
        raise typer.Exit(1)


@app.command(
    "persons",
    help="""Look for persons in a file: direct identifiers, and records that few others are like.

Names, e-mail addresses, phone and social security numbers, numbers of sole traders, exact \
addresses and dates of birth are told from headings and values. With --quasi, records are \
counted by what others may know of them: fewer than -k alike, or fewer than -l values of \
--sensitive among them, and coarser classes are proposed. Ends with 1 when there is anything.""",
    epilog="""Examples

[bold]workbench disclosure persons survey.csv[/bold]

[bold]workbench disclosure persons survey.csv --quasi age:5,10 --quasi commune:2 --quasi sex \
--sensitive illness -k 5[/bold]""",
)
def persons(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet file.")],
    *,
    quasi: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN[:STEPS]",
            help="Known to others; steps are widths of classes of numbers, lengths of codes, or "
            "date.",
        ),
    ] = None,
    sensitive: Annotated[str, typer.Option(help="What must not be learnt of a class.")] = "",
    k: Annotated[int, typer.Option("-k", min=2, help="Records alike.")] = 5,
    l: Annotated[int, typer.Option("-l", min=1, help="Values of --sensitive.")] = 2,  # noqa: E741
    lang: _Lang = "en",
    as_json: _Json = False,
) -> None:
    """Print identifiers, then how records are alike, then proposals."""
    from workbench.cli.disclosure_tables import looked_at
    from workbench.cli.terminal import console, print_json
    from workbench.core.i18n import Messages

    found = looked_at(file, tuple(quasi or ()), sensitive, k, l)
    if as_json:
        print_json(found)
    else:
        for line in words.persons(found, Messages(lang)):
            console().print(line, soft_wrap=True)
    if found["identifiers"] or (found["anonymity"] and found["anonymity"].exposed):
        raise typer.Exit(1)


def _tell(found: Attack, *, limit: int, lang: str, share: float) -> None:
    from workbench.cli.terminal import console, print_table
    from workbench.core.i18n import Messages, format_number

    say, out = Messages(lang), console()
    at = [number for number, under in enumerate(found.under) if under]
    rows = [
        (
            words.bare(found.names[each]),
            words.figure(found.least[each], lang),
            words.figure(found.greatest[each], lang),
            say("disclosure.found_exactly" if found.exact[each] else "disclosure.found_nearly"),
        )
        for each in at[:limit]
    ]
    if rows:
        heads = ("cell", "least", "greatest", "finding")
        print_table([say(f"disclosure.heading_{head}") for head in heads], rows)
    if len(at) > limit:
        out.print(say("disclosure.more", count=len(at) - limit))
    told = [
        say("disclosure.attacked", count=len(found.names)),
        say("disclosure.exactly", count=int(found.exact.sum())),
        say("disclosure.under", count=len(at), share=format_number(share, 0, lang)),
    ]
    out.print(" ".join(told), soft_wrap=True)
    if found.by_sums:
        out.print(say("disclosure.by_sums", count=found.by_sums), soft_wrap=True)


def _record(found: Attack) -> dict[str, Any]:
    cells = zip(
        found.names,
        found.least.tolist(),
        found.greatest.tolist(),
        found.under.tolist(),
        found.exact.tolist(),
        strict=True,
    )
    heads = ("cell", "least", "greatest", "under", "exact")
    return {
        "passed": found.passed,
        "hidden": len(found.names),
        "under": int(found.under.sum()),
        "exact": int(found.exact.sum()),
        "by_sums": found.by_sums,
        "cells": [dict(zip(heads, cell, strict=True)) for cell in cells],
    }
