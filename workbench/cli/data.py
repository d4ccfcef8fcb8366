"""``workbench data``: sources of data, fetched, checked and looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli import check_file
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.core.i18n import Messages
    from workbench.loaders.catalogue import Column, Source

__all__ = ["app"]

# More columns than these are shown downwards, so many rows of them.
_COLUMNS, _SHOWN = 8, 3
_LISTED = ("source", "title", "producer", "theme")

app = typer.Typer(help="Find sources of data, fetch and check them.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Write JSON.")]
_Lang = Annotated[str, typer.Option(help="Language of titles: fr or en.")]


@app.command(
    "list",
    help="List the sources of the catalogue, by theme.",
    epilog="""Examples

[bold]workbench data list[/bold]

[bold]workbench data list --theme environment --lang fr[/bold]""",
)
def list_all(
    *,
    theme: Annotated[str | None, typer.Option(help="One theme only.")] = None,
    lang: _Lang = "en",
    as_json: _Json = False,
) -> None:
    """Print one line a source."""
    from workbench.loaders.catalogue import sources

    _print_sources(sources(theme), lang, as_json=as_json)


@app.command(
    "search",
    help="Look for sources by words, in French or English; accents do not matter.",
    epilog="""Examples

[bold]workbench data search "eau potable"[/bold]

[bold]workbench data search charge points --json[/bold]""",
)
def search(
    words: Annotated[list[str], typer.Argument(help="Words of titles, producers or columns.")],
    *,
    lang: _Lang = "en",
    as_json: _Json = False,
) -> None:
    """Print the sources found, the best first."""
    from workbench.cli.terminal import complain
    from workbench.loaders.catalogue import search as look

    found = look(" ".join(words))
    _print_sources(found, lang, as_json=as_json)
    if not found:
        complain(f"no source tells of {' '.join(words)!r}. List them with `workbench data list`.")
        raise typer.Exit(1)


@app.command(
    "show",
    help="Tell a source: producer, licence, address, parameters, columns.",
    epilog="""Examples

[bold]workbench data show dvf[/bold]

[bold]workbench data show weather_daily --lang fr[/bold]""",
)
def show(
    name: Annotated[str, typer.Argument(help="Name of a source, such as dvf.")],
    *,
    lang: _Lang = "en",
    as_json: _Json = False,
) -> None:
    """Print what the catalogue says of a source."""
    from workbench.cli.terminal import print_facts, print_json
    from workbench.core.i18n import Messages, language
    from workbench.loaders.catalogue import source
    from workbench.loaders.registry import loaders

    language(lang)
    found, say = source(name), Messages(lang)
    if as_json:
        print_json(found)
        return
    reader = found.reader or say("sources.by_ending")
    if found.reader not in ("", *loaders()):
        reader = say("sources.not_installed", reader=found.reader)
    facts = {
        "note": found.note.get(lang, ""),
        "producer": found.producer[lang],
        "licence": found.licence[lang],
        "page": found.page,
        "address": found.url or say("sources.yours", source=found.id),
        "parameters": "\n".join(
            say("sources.parameter", name=key, help=each.help[lang], example=each.example)
            for key, each in found.parameters.items()
        ),
        "reader": reader,
        "columns": "\n".join(
            say("sources.said", name=key, label=_labelled(each, say))
            for key, each in found.columns.items()
        ),
    }
    named = {say(f"sources.{key}"): text for key, text in facts.items()}
    print_facts(f"{found.title[lang]} ({found.id})", named)


def _labelled(column: Column, say: Messages) -> str:
    """Return the label of a column, and its unit as a reader says it."""
    label = column.label[say.lang]
    if not column.unit:
        return label
    name = f"sources.unit_{column.unit.replace(' ', '_')}"
    unit = say(name) if name in say.entries else column.unit
    return say("sources.with_unit", label=label, unit=unit)


@app.command(
    "fetch",
    help="Fetch a source or a URL into the cache, and say where it is.",
    epilog="""Examples

[bold]workbench data fetch dvf -s year=2024 -s departement=59 -s commune=59350[/bold]

[bold]workbench data fetch https://example.org/communes.csv --to communes.csv[/bold]""",
)
def fetch(
    what: What,
    *,
    values: Set = None,
    like: As = "",
    to: Annotated[Path | None, typer.Option(help="Copy it here too.")] = None,
    sha256: Annotated[str, typer.Option(help="What its content must be.")] = "",
    offline: Offline = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask whether it has changed.")] = False,
    allow: Allow = None,
    header: Header = None,
    lang: _Lang = "en",
    as_json: _Json = False,
) -> None:
    """Print what came and where it is."""
    from workbench.cli.terminal import print_facts, print_json
    from workbench.core.i18n import format_number, language
    from workbench.loaders.decided import told_decisions
    from workbench.loaders.load import obtain

    language(lang)
    got = obtain(
        what,
        source=like,
        values=pairs(values),
        sha256=sha256,
        age=0.0 if fresh else None,
        offline=offline or None,
        headers=pairs(header, ":"),
        limits=limits(allow),
    )
    if to is not None:
        _copy(got.path, to)
    size, origin = got.path.stat().st_size, got.provenance(lang)
    facts = {"path": str(to or got.path), **{k: v for k, v in origin.items() if k != "file"}}
    if as_json:
        print_json({**facts, "bytes": size})
    else:
        told = {**facts, "bytes": format_number(size, 0, lang)}
        print_facts(got.path.name, told_decisions(told, (), lang)[1])


@app.command(
    "cache",
    help="Tell what was fetched and how much room it takes; with --trim, make room.",
    epilog="""Examples

[bold]workbench data cache[/bold]

[bold]workbench data cache --trim 1000[/bold]   keep the last used files, 1,000 MB of them

WORKBENCH_CACHE is the folder, WORKBENCH_CACHE_BYTES its limit; WORKBENCH_OFFLINE=1 forbids the \
network.""",
)
def cache(
    *,
    trim: Annotated[int | None, typer.Option(min=0, help="Megabytes that may stay.")] = None,
    as_json: _Json = False,
) -> None:
    """Print the files, the last used first."""
    from datetime import UTC, datetime

    from workbench.cli.terminal import console, print_json, print_table
    from workbench.loaders.cache import Cache

    kept = Cache()
    gone = () if trim is None else kept.trim(trim * 10**6)
    entries = kept.entries()
    if as_json:
        size = kept.size()
        print_json({"folder": str(kept.folder), "bytes": size, "gone": gone, "files": entries})
        return
    rows = [
        (each.name, f"{datetime.fromtimestamp(each.fetched, UTC):%Y-%m-%d}", each.url)
        for each in entries
    ]
    if rows:
        print_table(("file", "fetched", "url"), rows)
    console().print(
        f"{kept.folder}: {kept.size() / 1e6:,.1f} MB of {kept.limit / 1e6:,.0f}"
        + (f"; {len(gone)} taken away" if gone else ""),
        soft_wrap=True,
    )


app.command("check", help=check_file.HELP, epilog=check_file.EXAMPLES)(check_file.check)


@app.command(
    "preview",
    help="Show the first rows of a source, a URL or a file, and how it was read.",
    epilog="""Examples

[bold]workbench data preview communes.csv[/bold]

[bold]workbench data preview insee_cog --rows 5[/bold]

[bold]workbench data preview export.txt --separator tab --header-line 4 --decimal ,[/bold]""",
)
def preview(
    what: What,
    *,
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
    rows: Annotated[int, typer.Option(min=1, help="Rows shown.")] = 10,
    offline: Offline = False,
    allow: Allow = None,
    header: Header = None,
    lang: _Lang = "en",
    as_json: _Json = False,
) -> None:
    """Print rows, then what was decided."""
    from workbench.cli.terminal import console, print_facts, print_json, print_table
    from workbench.core.i18n import Messages, language
    from workbench.loaders.decided import told_decisions
    from workbench.loaders.load import load
    from workbench.loaders.preview import first_rows

    language(lang)
    found = load(
        what,
        reader=reader,
        source=like,
        member=member,
        values=pairs(values),
        rows=rows,
        options=reading(
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
        | {"lang": lang},
        offline=offline or None,
        headers=pairs(header, ":"),
        limits=limits(allow),
    )
    shown, say = first_rows(found.data, rows, lang=lang), Messages(lang)
    if as_json:
        print_json({"rows": shown, "decisions": found.decisions})
        return
    if shown is None:
        console().print(str(found.data))
    elif shown and len(shown[0]) > _COLUMNS:
        # A row a column: a wide table is read downwards.
        rows_shown = shown[:_SHOWN]
        places = (say("sources.row", number=str(at + 1)) for at in range(len(rows_shown)))
        headings = (say("sources.column"), *places)
        print_table(headings, [(key, *(str(r[key]) for r in rows_shown)) for key in shown[0]])
    elif shown:
        print_table(tuple(shown[0]), [tuple(map(str, row.values())) for row in shown])
    console().print()
    print_facts(*told_decisions(found.decisions, found.told, lang))


def _print_sources(found: Sequence[Source], lang: str, *, as_json: bool) -> None:
    from workbench.cli.terminal import print_json, print_table
    from workbench.core.i18n import Messages, language
    from workbench.loaders.catalogue import catalogue

    language(lang)
    if as_json:
        print_json(found)
    elif found:
        say, themes = Messages(lang), catalogue().themes
        rows = [
            (each.id, each.title[lang], each.producer[lang], themes[each.theme][lang])
            for each in found
        ]
        print_table(tuple(say(f"sources.{name}") for name in _LISTED), rows)


def _copy(path: Path, to: Path) -> None:
    """Copy a file aside, then move it to its place."""
    import shutil

    from workbench.core.aside import written_aside
    from workbench.core.errors import DirectoryNotWritable

    try:
        with written_aside(to) as aside:
            shutil.copyfile(path, aside)
    except OSError as error:
        raise DirectoryNotWritable.because(to.parent, error) from error
