"""``workbench data check``: what is wrong in a file, by its schema and by its territory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.data_words import (
    Allow,
    As,
    Dates,
    Decimal,
    Encoding,
    Header,
    HeaderLine,
    Marker,
    Member,
    Offline,
    Option,
    Reader,
    Role,
    Separator,
    Set,
    Sheet,
    Thousands,
    What,
    limits,
    pairs,
    reading,
)
from workbench.core.defaults import DEFAULT_PACK

if TYPE_CHECKING:
    from workbench.loaders.checking.parted import Written
    from workbench.loaders.checking.record import Checked

__all__ = ["EXAMPLES", "HELP", "check"]

# Which Python does not call printable.
_SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"

HELP = """Check a source, a URL or a file: its schema, then the territory that no schema knows.

Codes exist and are of the right kind, points are where their codes say, names and addresses agree \
with codes, dates are plausible, no row comes twice. Errors set their row aside; remarks do not. \
--kept and --set-aside write both, in the dialect of the file: together they hold all of its rows. \
Ends with 0 when there is no error, else with 1; --strict refuses the file for one remark, and \
says why."""
EXAMPLES = """Examples

[bold]workbench data check communes.csv[/bold]

[bold]workbench data check irve.csv --schema etalab/schema-irve-statique --html report.html[/bold]

[bold]workbench data check grants.csv --schema schema.json --letter letter.html --lang fr[/bold]

[bold]workbench data check export.txt --as scdl_grants --schema scdl_grants --separator tab \
--json[/bold]

[bold]workbench data check irve.csv --kept clean.csv --set-aside to-correct.csv --lang fr[/bold]"""


def check(
    what: What,
    *,
    schema: Annotated[
        str,
        typer.Option(
            help="Table Schema: a file, a URL, a name such as scdl/subventions, or a source."
        ),
    ] = "",
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse the file for one error or remark.")
    ] = False,
    set_aside: Annotated[
        Path | None, typer.Option(help="Write the rows set aside here: line, reason, cells.")
    ] = None,
    kept: Annotated[Path | None, typer.Option(help="Write the other rows here.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report to this page.")] = None,
    letter: Annotated[
        Path | None, typer.Option(help="Write a page for the producer of the file, to print.")
    ] = None,
    vintage: Annotated[
        int | None, typer.Option(help="Year of the map that the codes should be of.")
    ] = None,
    pack: Annotated[str, typer.Option(help="Territory pack: a name, or a folder.")] = DEFAULT_PACK,
    values: Set = None,
    like: As = "",
    reader: Reader = "",
    member: Member = "",
    option: Option = None,
    encoding: Encoding = "",
    separator: Separator = "",
    decimal: Decimal = "",
    thousands: Thousands = "",
    dates: Dates = "",
    header_line: HeaderLine = None,
    sheet: Sheet = "",
    role: Role = None,
    marker: Marker = None,
    offline: Offline = False,
    allow: Allow = None,
    header: Header = None,
    limit: Annotated[int, typer.Option(min=1, help="Most problems shown.")] = 20,
    lang: Annotated[
        str, typer.Option(help="Language: fr or en; by default en, and the pack's in a letter.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Print each problem with its place, then how many there are."""
    from datetime import UTC, datetime

    from workbench.cli.terminal import print_json
    from workbench.core.i18n import language
    from workbench.loaders.checking.run import check as run
    from workbench.loaders.checking.run import find_schema
    from workbench.packs.pack import open_pack

    opened = open_pack(pack)
    spoken, written = lang or "en", lang or opened.spec.default_language
    language(spoken)
    held = limits(allow)
    asked = find_schema(schema, offline=offline or None, limits=held) if schema else None
    today = datetime.now(UTC).date()
    options = reading(
        option,
        encoding=encoding,
        separator=separator,
        decimal=decimal,
        thousands=thousands,
        dates=dates,
        header_line=header_line,
        sheet=sheet,
        role=role,
        marker=marker,
    )

    def checked(in_lang: str) -> Checked:
        return run(
            what,
            schema=asked,
            pack=opened,
            vintage=vintage,
            today=today,
            lang=in_lang,
            reader=reader,
            source=like,
            member=member,
            values=pairs(values),
            options=options,
            offline=offline or None,
            headers=pairs(header, ":"),
            limits=held,
        )

    found = checked(spoken)
    if html is not None or letter is not None:
        from workbench.reports.data_check import render_letter, render_page, write_page

        if html is not None:
            write_page(html, render_page(found))
        if letter is not None:
            told = found if written == spoken else checked(written)
            write_page(letter, render_letter(told, day=today))
    refused = strict and bool(found.count)
    done = _write(found, None if refused else kept, set_aside)
    if as_json:
        print_json(_record(found, done))
    else:
        _tell(found, limit)
        _tell_written(found, done, None if refused else kept, set_aside)
    if refused:
        _refuse(found, kept)
    if found.errors or refused:
        raise typer.Exit(1)


def _write(found: Checked, kept: Path | None, aside: Path | None) -> Written | None:
    if kept is None and aside is None:
        return None
    from workbench.core.errors import ParameterError
    from workbench.loaders.checking.parted import write_parts

    if found.parts is None:
        raise ParameterError(
            f"{found.file} has no rows that can be parted: leave --kept and --set-aside out."
        )
    return write_parts(found.parts, kept=kept, aside=aside)


def _refuse(found: Checked, kept: Path | None) -> None:
    from workbench.cli.terminal import complain
    from workbench.loaders.checking.record import speak

    say = speak(found.lang)
    complain(say("check.refused", **_numbers(found)))
    if kept is not None:
        complain(say("check.refused_kept", file=str(kept)))


def _numbers(found: Checked) -> dict[str, str]:
    from workbench.loaders.checking.record import speak

    say = speak(found.lang)
    return {
        "errors": say("check.number_errors", count=found.errors),
        "remarks": say("check.number_remarks", count=found.remarks),
    }


def _tell_written(
    found: Checked, written: Written | None, kept: Path | None, aside: Path | None
) -> None:
    from workbench.cli.terminal import console
    from workbench.loaders.checking.record import speak

    if written is None:
        return
    say, lines = speak(found.lang), []
    if kept is not None:
        lines.append(say("check.written_kept", count=written.kept, file=str(kept)))
    if aside is not None:
        totals = say("check.written_totals", count=found.totals)
        told = say("check.written_aside", count=written.aside, file=str(aside))
        lines.append(f"{told} ({totals})" if found.totals else told)
    if written.formulas:
        lines.append(say("check.written_formulas", count=written.formulas))
    for line in lines:
        console().print(line, soft_wrap=True)


def _tell(found: Checked, limit: int) -> None:
    from workbench.cli.terminal import console, print_table
    from workbench.core.i18n import format_number
    from workbench.geography.code_repair import printable
    from workbench.loaders.checking.record import speak
    from workbench.loaders.decided import told_dialect

    say = speak(found.lang)
    problems = found.problems
    rows = [
        (
            str(each.row or ""),
            printable(each.column),
            printable(each.value, longest=60),
            _without_signals(each.reason),
            _without_signals(each.repair),
        )
        for each in problems[:limit]
    ]
    if rows:
        heads = ("row", "column", "value", "reason", "repair")
        print_table(tuple(say(f"check.heading_{name}") for name in heads), rows)
    rows_told = say("check.number_rows", count=found.rows)
    aside = (
        say("check.number_aside", count=found.set_aside)
        if found.set_aside
        else say("check.none_aside")
    )
    more = found.count - len(rows)
    told = say("check.more", more=format_number(more, 0, found.lang)) if more else ""
    line = say("check.summary", rows=rows_told, aside=aside, **_numbers(found))
    out = console()
    out.print(line + (f" ({told})" if told else ""), soft_wrap=True)
    if dialect := told_dialect(found.told, found.lang):
        out.print(dialect, style="dim", soft_wrap=True)


def _without_signals(text: str) -> str:
    """Take away what a terminal would obey: a reason may quote the schema or the file."""
    return "".join(each for each in text if each.isprintable() or each in _SPACES)


def _record(found: Checked, written: Written | None) -> dict[str, Any]:
    """Return all that was found, as a program reads it."""
    return {
        "file": found.file,
        "schema": found.schema,
        "rows": found.rows,
        "set_aside": found.set_aside,
        "set_aside_lines": found.lines,
        "errors": found.errors,
        "remarks": found.remarks,
        "groups": [
            {
                "rule": group.rule,
                "column": group.column,
                "title": group.title,
                "count": group.count,
                "fatal": group.fatal,
            }
            for group in found.groups
        ],
        "problems": found.problems,
        "totals": found.totals,
        "good": found.good,
        "decisions": found.decisions,
        "written": written,
    }
