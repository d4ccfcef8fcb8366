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

    from workbench.loaders.catalogue import Source

__all__ = ["app"]

# More columns than these are shown downwards, so many rows of them.
_COLUMNS, _SHOWN = 8, 3

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
    from workbench.core.i18n import language
    from workbench.loaders.catalogue import source
    from workbench.loaders.registry import loaders

    language(lang)
    found = source(name)
    if as_json:
        print_json(found)
        return
    missing = "" if found.reader in ("", *loaders()) else " (not installed: fetched only)"
    print_facts(
        f"{found.title[lang]} ({found.id})",
        {
            "note": found.note.get(lang, ""),
            "producer": found.producer,
            "licence": found.licence,
            "page": found.page,
            "address": found.url or "yours: give a URL or a file, with --as",
            "parameters": "\n".join(
                f"{key}: {each.help[lang]}, such as {each.example}"
                for key, each in found.parameters.items()
            ),
            "reader": found.reader + missing if found.reader else "by the ending of the file",
            "columns": "\n".join(
                f"{key}: {each.label[lang]}{f' ({each.unit})' if each.unit else ''}"
                for key, each in found.columns.items()
            ),
        },
    )


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
    as_json: _Json = False,
) -> None:
    """Print what came and where it is."""
    from workbench.cli.terminal import print_facts, print_json
    from workbench.loaders.load import obtain

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
    facts = {
        "path": str(to or got.path),
        "bytes": f"{got.path.stat().st_size:,}",
        **{key: text for key, text in got.provenance.items() if key != "file"},
    }
    if as_json:
        print_json({**facts, "bytes": got.path.stat().st_size})
    else:
        print_facts(got.path.name, facts)


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
    from workbench.core.i18n import language
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
        ),
        offline=offline or None,
        headers=pairs(header, ":"),
        limits=limits(allow),
    )
    shown = first_rows(found.data, rows)
    if as_json:
        print_json({"rows": shown, "decisions": found.decisions})
        return
    if shown is None:
        console().print(str(found.data))
    elif shown and len(shown[0]) > _COLUMNS:
        # A row a column: a wide table is read downwards.
        rows_shown = shown[:_SHOWN]
        headings = ("column", *(f"row {place}" for place, _ in enumerate(rows_shown, 1)))
        print_table(headings, [(key, *(str(r[key]) for r in rows_shown)) for key in shown[0]])
    elif shown:
        print_table(tuple(shown[0]), [tuple(map(str, row.values())) for row in shown])
    console().print()
    print_facts(*told_decisions(found.decisions, found.told, lang))


def _print_sources(found: Sequence[Source], lang: str, *, as_json: bool) -> None:
    from workbench.cli.terminal import print_json, print_table
    from workbench.core.i18n import language

    language(lang)
    if as_json:
        print_json(found)
    elif found:
        rows = [(each.id, each.title[lang], each.producer, each.theme) for each in found]
        print_table(("source", "title", "producer", "theme"), rows)


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
