"""``workbench territories members``: who belongs to a group, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.core.defaults import DEFAULT_PACK

if TYPE_CHECKING:
    import pandas as pd

    from workbench.geography.annexation import Growth
    from workbench.geography.group_members import Perimeter

__all__ = ["EXAMPLES", "HELP", "members"]

HELP = "Tell the members of a group, who joined or left, and growth by annexation or by people."
EXAMPLES = """Examples

[bold]workbench territories members 200093201[/bold]

[bold]workbench territories members 200093201 --at 2019 --lang en[/bold]

[bold]workbench territories members 200093201 --json[/bold]"""


def members(
    code: Annotated[str, typer.Argument(help="Code of the group, of any map.")],
    *,
    at: Annotated[int | None, typer.Option(help="Year of the map that is listed.")] = None,
    level: Annotated[str | None, typer.Option("--level", "-l", help="Level of the group.")] = None,
    lang: Annotated[
        str | None, typer.Option(help="Language: fr or en; the pack's if not given.")
    ] = None,
    pack: Annotated[str, typer.Option(help="Territory pack: a name, or a folder.")] = DEFAULT_PACK,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Print the timeline of the perimeter, its members, and its population on two perimeters."""
    from workbench.cli.terminal import print_json
    from workbench.core.i18n import language
    from workbench.geography.annexation import growth, perimeter_series
    from workbench.geography.group_members import members as told_members
    from workbench.packs.pack import open_pack

    if lang is not None:
        language(lang)
    opened = open_pack(pack)
    told = told_members(code, at=at, level=level, pack=opened, language=lang)
    counted = opened.has_variable("population", opened.base_level)
    series = perimeter_series(code, level=told.level, pack=opened) if counted else None
    grown = None if series is None else growth(series)
    if as_json:
        print_json(_record(told, series, grown))
    else:
        _print(told, series, grown)


def _print(told: Perimeter, series: pd.DataFrame | None, grown: Growth | None) -> None:
    from workbench.cli.terminal import console, print_table
    from workbench.geography.perimeter_words import PerimeterWords

    words = PerimeterWords(told)
    out = console()
    out.print(str(told), soft_wrap=True)
    out.print()
    out.print(words.members_at, style="bold")
    held = ", ".join(f"{name} ({code})" for code, name in told.members.items())
    out.print(held, soft_wrap=True)
    if series is not None:
        out.print()
        out.print(words.say("perimeter.series"), style="bold")
        print_table(*words.series(series))
        out.print(words.say("perimeter.series_note"), soft_wrap=True)
    if grown is not None:
        out.print(words.growth(grown), soft_wrap=True)


def _record(told: Perimeter, series: pd.DataFrame | None, grown: Growth | None) -> dict[str, Any]:
    return {
        "code": told.code,
        "name": told.name,
        "level": told.level,
        "at": told.at,
        "maps": list(told.vintages),
        "line": [
            {"map": year, "code": code, "name": told.names[year], "members": told.counts[year]}
            for year, code in told.line.items()
        ],
        "members": [{"code": code, "name": name} for code, name in told.members.items()],
        "changes": list(told.changes),
        "population": None if series is None else series.to_dict("records"),
        "growth": None if grown is None else grown._asdict(),
        "caveats": list(told.caveats),
    }
