"""``workbench data check``: what is wrong in a file, by its schema and by its territory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.data_words import (
    Allow,
    As,
    Header,
    Member,
    Offline,
    Option,
    Reader,
    Set,
    What,
    limits,
    pairs,
    typed,
)
from workbench.core.defaults import DEFAULT_PACK

if TYPE_CHECKING:
    from workbench.loaders.checking.record import Checked

__all__ = ["EXAMPLES", "HELP", "check"]

# Which Python does not call printable.
_SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"

HELP = """Check a source, a URL or a file: its schema, then the territory that no schema knows.

Codes exist and are of the right kind, points are where their codes say, names and addresses agree \
with codes, dates are plausible, no row comes twice. Errors set their row aside; remarks do not. \
Ends with 0 when there is no error, else with 1; with --strict, one remark is enough."""
EXAMPLES = """Examples

[bold]workbench data check communes.csv[/bold]

[bold]workbench data check irve.csv --schema etalab/schema-irve-statique --html report.html[/bold]

[bold]workbench data check grants.csv --schema schema.json --letter letter.html --lang fr[/bold]

[bold]workbench data check export.txt --as scdl_grants -o separator=";" --json[/bold]"""


def check(
    what: What,
    *,
    schema: Annotated[
        str, typer.Option(help="Table Schema: a file, a URL, or a name such as scdl/subventions.")
    ] = "",
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 for remarks too.")] = False,
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
            options={key: typed(key, text) for key, text in pairs(option).items()},
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
    if as_json:
        print_json(_record(found))
    else:
        _tell(found, limit)
    if found.errors or (strict and found.count):
        raise typer.Exit(1)


def _tell(found: Checked, limit: int) -> None:
    from workbench.cli.terminal import console, print_table
    from workbench.core.i18n import format_number
    from workbench.geography.code_repair import printable
    from workbench.loaders.checking.record import speak

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
    counts = {
        key: format_number(count, 0, found.lang)
        for key, count in (
            ("rows", found.rows),
            ("aside", found.set_aside),
            ("problems", found.count),
        )
    }
    more = found.count - len(rows)
    told = say("check.more", more=format_number(more, 0, found.lang)) if more else ""
    line = say("check.summary", **counts) + (f" ({told})" if told else "")
    console().print(line, soft_wrap=True)


def _without_signals(text: str) -> str:
    """Take away what a terminal would obey: a reason may quote the schema or the file."""
    return "".join(each for each in text if each.isprintable() or each in _SPACES)


def _record(found: Checked) -> dict[str, Any]:
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
        "good": found.good,
        "decisions": found.decisions,
    }
