"""``workbench territories check``: what is wrong with the codes of a file, and a repaired copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.core.defaults import DEFAULT_PACK

if TYPE_CHECKING:
    from workbench.cli.code_file import CodeFile
    from workbench.core.i18n import Messages
    from workbench.geography.code_check import CodeCheck, Finding

__all__ = ["EXAMPLES", "HELP", "check"]

HELP = """Check the codes of a file: their kind, their year, and what is wrong with each.

CSV (comma, semicolon, tab or bar; UTF-8 or Windows-1252) and Parquet are read. The column is \
found by its name and its values, unless --column says which. Nothing is written unless --repair \
names a new file: it has the same rows, and what is not surely wrong stays as it is. Ends with 0 \
when all is right, or repaired; else with 1."""
EXAMPLES = """Examples

[bold]workbench territories check stations.csv[/bold]

[bold]workbench territories check stations.csv --column insee --vintage 2026 --repair new.csv[/bold]

[bold]workbench territories check companies.csv --kind siret --json[/bold]"""


def check(
    file: Annotated[Path, typer.Argument(help="A CSV or Parquet file.")],
    *,
    column: Annotated[
        str | None, typer.Option("--column", "-c", help="Column of codes: name, or number from 1.")
    ] = None,
    kind: Annotated[
        str, typer.Option(help="Kind of code expected; by default what the column's name says.")
    ] = "",
    vintage: Annotated[
        int | None,
        typer.Option(
            "--vintage",
            "--to",
            help="Year of the map that the codes should be of; the one guessed by default.",
        ),
    ] = None,
    repair: Annotated[
        Path | None, typer.Option(help="New file to write, with what can surely be repaired.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=0, help="Most lines shown on the terminal; 0 for all.")
    ] = 50,
    pack: Annotated[str, typer.Option(help="Territory pack: a name, or a folder.")] = DEFAULT_PACK,
    lang: Annotated[str, typer.Option(help="Language: fr or en; the pack's by default.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Print a summary, then each finding with its place."""
    from workbench.cli.code_file import open_code_file
    from workbench.cli.terminal import print_json
    from workbench.core.errors import OutputExists
    from workbench.core.i18n import Messages
    from workbench.geography.code_check import check_column
    from workbench.geography.code_choice import choose_column, column_named, is_code, kind_promised
    from workbench.geography.code_column import CodeColumn
    from workbench.packs.pack import open_pack

    if repair is not None and repair.exists():
        raise OutputExists(f"{repair} exists, and is not written over: give another name.")
    opened = open_pack(pack)
    say = Messages(lang or opened.spec.default_language)
    book = opened.codebook
    if kind:
        book.kind(kind)
    table = open_code_file(file)
    samples = table.samples()
    place = (
        column_named(column, table.names)
        if column is not None
        else choose_column(samples, table.names, book)
    )
    headed = not is_code(table.names[place], samples[place], book)
    if not headed:
        table = table.without_header()
    promised = kind_promised(table.names[place], book) if vintage is None else book.base
    values, lines = table.column(place)
    checked = check_column(
        CodeColumn.read(values), book, vintage=vintage, kind=kind or promised, lang=say.lang
    )
    written = None
    if repair is not None:
        written = table.write(place, checked.repairs, repair)
    where = _Where(file, table.names[place], lines, headed)
    if as_json:
        print_json(_record(checked, where, table, written))
    else:
        _tell(checked, where, promised, say, limit=limit)
        _tell_repair(checked, say, repair, written)
    if len(checked) > (0 if repair is None else checked.repairable):
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Where:
    """Say where the rows are: the file, the column, the line of each row."""

    file: Path
    column: str
    lines: Sequence[int]
    headed: bool


def _tell(checked: CodeCheck, where: _Where, promised: str, say: Messages, *, limit: int) -> None:
    from workbench.cli.terminal import console, print_table
    from workbench.geography.code_repair import printable
    from workbench.geography.code_words import told, typeset

    out = console()
    title = say("codes.summary_file", file=str(where.file), column=printable(where.column))
    out.print(title, style="bold", soft_wrap=True)
    if not where.headed:
        out.print(say("codes.no_header"), soft_wrap=True)
    for line in told(checked.guess, say.lang):
        out.print(line, soft_wrap=True)
    out.print()
    kinds = checked.book.kinds
    many = typeset(kinds[checked.kind].many, say)
    found = checked.guess.kind
    if promised == checked.kind and found and found != promised:
        held = typeset(kinds[found].many, say)
        out.print(say("codes.summary_promise", many=many, found=held), soft_wrap=True)
    elif checked.vintage is not None:
        year = str(checked.vintage)
        out.print(say("codes.summary_expected_year", many=many, year=year), soft_wrap=True)
    else:
        out.print(say("codes.summary_expected", many=many), soft_wrap=True)
    rows = len(checked.column.places)
    if not len(checked):
        out.print(say("codes.summary_good", count=rows), style="green")
        return
    of = say("codes.number", count=rows)
    out.print(say("codes.summary_found", count=len(checked), of=of), style="bold")
    for reason, count in checked.counts.items():
        out.print(f"  {say(f'codes.group_{reason.value}', count=count)}")
    out.print()
    heads = tuple(say(f"codes.{name}") for name in ("place", "column", "value", "reason", "repair"))
    shown = islice(checked, limit or None)
    print_table(heads, [_cells(finding, checked, where, say) for finding in shown])
    if limit and len(checked) > limit:
        out.print(say("codes.more_rows", count=len(checked) - limit))


def _cells(finding: Finding, checked: CodeCheck, where: _Where, say: Messages) -> tuple[str, ...]:
    from workbench.geography.code_repair import printable

    verdict = finding.verdict
    repair = verdict.code
    if repair and not verdict.sure:
        repair = say("codes.maybe", code=repair)
    return (
        f"{where.file.name}:{where.lines[finding.row]}",
        printable(where.column),
        printable(verdict.text),
        verdict.told(checked.book, say.lang, expected=checked.kind),
        repair,
    )


def _tell_repair(
    checked: CodeCheck, say: Messages, repair: Path | None, written: int | None
) -> None:
    from workbench.cli.terminal import console

    sure = checked.repairable
    out = console()
    if repair is not None and written is not None:
        numbers = {"left": len(checked) - sure, "rows": written}
        told = {name: say("codes.number", count=number) for name, number in numbers.items()}
        out.print()
        out.print(say("codes.repaired", count=sure, file=str(repair), **told), soft_wrap=True)
    elif sure:
        out.print()
        out.print(say("codes.could_repair", count=sure), soft_wrap=True)


def _record(
    checked: CodeCheck, where: _Where, table: CodeFile, written: int | None
) -> dict[str, Any]:
    """Return all that was found, as a program reads it."""
    guess = checked.guess
    return {
        "file": str(where.file),
        "column": where.column,
        "header": where.headed,
        **table.told,
        "rows": guess.rows,
        "found": {
            "kind": guess.kind,
            "kinds": guess.kinds,
            "years": guess.fits,
            "confidence": guess.confidence.value,
        },
        "expected": {"kind": checked.kind, "vintage": checked.vintage},
        "counts": {reason.value: count for reason, count in checked.counts.items()},
        "findings": list(_findings(checked, where)),
        "repairable": checked.repairable,
        "written": written,
    }


def _findings(checked: CodeCheck, where: _Where) -> Iterator[dict[str, Any]]:
    lang = checked.guess.lang
    for finding in checked:
        verdict = finding.verdict
        yield {
            "line": where.lines[finding.row],
            "value": verdict.text,
            "reason": verdict.reason.value,
            "told": verdict.told(checked.book, lang, expected=checked.kind),
            "repair": verdict.code,
            "sure": verdict.sure,
        }
