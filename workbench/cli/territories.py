"""``workbench territories``: find a territory's code, and what the pack knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli import check_codes, members, zone
from workbench.core.defaults import DEFAULT_PACK

if TYPE_CHECKING:
    from workbench.core.types import Territory
    from workbench.packs.pack import Pack

__all__ = ["app"]

app = typer.Typer(help="Find territories and their codes.", no_args_is_help=True)

app.command("check", help=check_codes.HELP, epilog=check_codes.EXAMPLES)(check_codes.check)
app.command("members", help=members.HELP, epilog=members.EXAMPLES)(members.members)
app.command("zone", help=zone.HELP, epilog=zone.EXAMPLES)(zone.zone)

_Level = Annotated[str | None, typer.Option("--level", "-l", help="Look at this level only.")]
_PackName = Annotated[str, typer.Option(help="Territory pack: a name, or a folder.")]
_Vintage = Annotated[int | None, typer.Option(help="Year of the map; the latest if not given.")]
_Json = Annotated[bool, typer.Option("--json", help="Write JSON.")]


@app.command(
    "find",
    help="Find territories by name, code or postcode; accents and case do not matter.",
    epilog="""Examples

[bold]workbench territories find lille[/bold]

[bold]workbench territories find 59800[/bold]   by postcode

[bold]workbench territories find "st etienne" --level commune --json[/bold]""",
)
def find(
    text: Annotated[str, typer.Argument(help="Name or its beginning, code, or postcode.")],
    *,
    level: _Level = None,
    limit: Annotated[int, typer.Option(min=1, help="Most results shown.")] = 10,
    pack: _PackName = DEFAULT_PACK,
    vintage: _Vintage = None,
    as_json: _Json = False,
) -> None:
    """Print the matches, best first."""
    from workbench.cli.terminal import complain, print_json, print_table
    from workbench.packs.pack import open_pack

    opened = open_pack(pack, vintage=vintage)
    if level:
        opened.frame(level)
    found = opened.territories.find(text, level=level, limit=limit)
    if as_json:
        print_json([_record(territory) for territory in found])
    elif found:
        rows = [(t.code, _named(t), t.level, _within(opened, t)) for t in found]
        print_table(("code", "name", "level", "in"), rows)
    if not found:
        where = f" at level {level}" if level else ""
        complain(f"nothing is named {text!r}{where} on the map of {opened.vintage}.")
        raise typer.Exit(1)


@app.command(
    "show",
    help="Tell a territory: parents, population, postcodes, what it has absorbed, parts.",
    epilog="""Examples

[bold]workbench territories show 59350[/bold]

[bold]workbench territories show 11 --level region --json[/bold]   a code that two levels use""",
)
def show(
    code: Annotated[str, typer.Argument(help="Official code, with its leading zeros.")],
    *,
    level: _Level = None,
    pack: _PackName = DEFAULT_PACK,
    vintage: _Vintage = None,
    as_json: _Json = False,
) -> None:
    """Print what the pack knows of a territory."""
    from workbench.cli.terminal import print_facts, print_json
    from workbench.packs.pack import open_pack

    opened = open_pack(pack, vintage=vintage)
    territory = opened.territory(code, level)
    details = _details(opened, territory)
    if as_json:
        print_json({**_record(territory), **details})
        return
    population = details["population"]
    people = f"{_spaced(population['value'])} ({population['period']})" if population else ""
    held = (f"{_spaced(count)} {level}" for level, count in details["children"].items())
    facts = {
        **{
            parent.level: f"{parent.name} ({parent.code})" for parent in _parents(opened, territory)
        },
        "population": people,
        "postcodes": " ".join(details["postcodes"]),
        "former": ", ".join(f"{f['name']} ({f['code']})" for f in details["former"]),
        "holds": ", ".join(held),
        "map": str(territory.vintage),
    }
    print_facts(f"{_named(territory)} ({territory.level} {territory.code})", facts)


def _named(territory: Territory) -> str:
    """Write a name, and those in other languages, each apart from the direction of the next."""
    others = (
        f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"
        for name in territory.names.values()
    )
    return " · ".join([territory.name, *others])


@app.command(
    "history",
    help="Tell the life of a territory: mergers, splits, names, codes, parts.",
    epilog="""Examples

[bold]workbench territories history 59350[/bold]

[bold]workbench territories history 14697 --lang en[/bold]   a code that two communes had

[bold]workbench territories history 59350 --json[/bold]""",
)
def history(
    code: Annotated[str, typer.Argument(help="Code in force, or one that was.")],
    *,
    lang: Annotated[
        str | None, typer.Option(help="Language of the timeline; the pack's own if not given.")
    ] = None,
    pack: _PackName = DEFAULT_PACK,
    as_json: _Json = False,
) -> None:
    """Print the timeline."""
    from workbench.cli.terminal import console, print_facts, print_json
    from workbench.geography.timeline import history as tell
    from workbench.packs.pack import open_pack

    told = tell(code, pack=open_pack(pack), lang=lang)
    if as_json:
        record = {"code": told.code, "name": told.name, "notes": list(told.notes)}
        print_json({**record, "moments": told.to_records()})
        return
    lines: dict[str, str] = {}
    for day, text in told.lines:
        lines[day] = f"{lines[day]} {text}" if day in lines else text
    print_facts(f"{told.name} ({told.code})", lines)
    for note in told.notes:
        console().print(note)


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _record(territory: Territory) -> dict[str, Any]:
    return {
        "code": territory.code,
        "level": territory.level,
        "name": territory.name,
        **({"names": dict(territory.names)} if territory.names else {}),
        "vintage": territory.vintage,
        "parents": dict(territory.parents),
    }


def _parents(pack: Pack, territory: Territory) -> list[Territory]:
    levels = [name for name in pack.territories.levels if name in territory.parents]
    return pack.territories.parents(territory, levels)


def _within(pack: Pack, territory: Territory) -> str:
    """Name the nearest holder that tells homonyms apart."""
    roles = {pack.level(parent.level).role: parent for parent in _parents(pack, territory)}
    held = roles.get("middle") or roles.get("region")
    return held.name if held else ""


def _details(pack: Pack, territory: Territory) -> Mapping[str, Any]:
    row = pack.frame(territory.level).loc[territory.code]
    former = pack.former(territory.code) if territory.level == pack.spec.base_level else None
    children = {
        level: len(pack.territories.children(territory, level))
        for level in pack.territories.levels
        if level != territory.level and territory.level in pack.frame(level).columns
    }
    return {
        "population": _population(pack, territory),
        "postcodes": str(row.get("postcodes", "")).split(),
        "former": [] if former is None else former.to_dict("records"),
        "children": {level: count for level, count in children.items() if count},
    }


def _population(pack: Pack, territory: Territory) -> dict[str, int] | None:
    """Sum the latest legal population over the territory's parts; None where it is not counted."""
    import numpy as np

    parts_level = pack.parts_level(territory.level)
    if "population" not in pack.spec.variables or not pack.has_variable("population", parts_level):
        return None
    members = pack.membership(territory.level)
    place = pack.frame(territory.level).index.get_loc(territory.code)
    counted = pack.variable("population", parts_level).compute(scheduler="synchronous")
    held = counted.to_numpy()[members == place]
    known = np.flatnonzero(~np.isnan(held).any(axis=0)) if len(held) else np.array([], int)
    if not len(known):
        return None
    period = int(counted["period"].to_numpy()[known[-1]])
    return {"value": round(float(held[:, known[-1]].sum())), "period": period}
