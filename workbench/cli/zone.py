"""``workbench territories zone``: the population of zones of one's own."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.core.defaults import DEFAULT_PACK

if TYPE_CHECKING:
    import xarray as xr

    from workbench.geography.zoning import Zoning
    from workbench.packs.pack import Pack

__all__ = ["EXAMPLES", "HELP", "zone"]

HELP = "Count a variable over your own zones: a table of codes and zones, or polygons (GeoJSON)."
EXAMPLES = """Examples

[bold]workbench territories zone zones.csv --code insee --zone area[/bold]

[bold]workbench territories zone drawing.geojson --zone id --lang en[/bold]

[bold]workbench territories zone zones.csv --of dwellings --json[/bold]"""


def zone(
    file: Annotated[Path, typer.Argument(help="CSV, Parquet or GeoJSON file.")],
    *,
    of: Annotated[str, typer.Option(help="Variable of the pack that is counted.")] = "population",
    zone: Annotated[
        str | None, typer.Option(help="Column or property that identifies the zone.")
    ] = None,
    code: Annotated[str | None, typer.Option(help="Column of the codes of territories.")] = None,
    weight: Annotated[str | None, typer.Option(help="Column of shares, over 0 to 1.")] = None,
    name: Annotated[str | None, typer.Option(help="Column or property: the zone's name.")] = None,
    level: Annotated[
        str | None, typer.Option("--level", "-l", help="Level of the territories.")
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="Language: fr or en; the pack's if not given.")
    ] = None,
    pack: Annotated[str, typer.Option(help="Territory pack: a name, or a folder.")] = DEFAULT_PACK,
    vintage: Annotated[int | None, typer.Option(help="Year of the map of the codes.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Print a line a zone, with the bounds of what is shared out, and what is left out."""
    from workbench.cli.terminal import print_json
    from workbench.core.i18n import language
    from workbench.geography.zoning_reading import read_zoning
    from workbench.packs.pack import open_pack

    opened = open_pack(pack, vintage=vintage)
    spoken = lang or opened.spec.default_language
    language(spoken)
    zoning = read_zoning(
        file, code=code, zone=zone, weight=weight, name=name, level=level, pack=opened
    )
    parts = _parts(opened, of, zoning.level)
    zones = _records(zoning, zoning.aggregate(parts), of)
    period = int(parts["period"].item())
    about = {
        "of": of,
        "period": period,
        "map": zoning.vintage,
        "in_no_zone": _left(zoning, parts, of),
    }
    if as_json:
        print_json({**about, "zones": zones, "notes": zoning.told(spoken)})
    else:
        _print(zoning, zones, about, spoken)


def _parts(pack: Pack, of: str, level: str) -> xr.Dataset:
    """Read a count of all territories, at the last period that has any."""
    import xarray as xr

    from workbench.core.types import Kind

    values, status = pack.variable(of, level).compute(), pack.status(of, level).compute()
    last = int(values["period"].to_numpy()[values.notnull().any("territory")].max())
    attrs = {"kind": Kind.COUNT.value, "vintage": pack.vintage}
    figures = {of: values.assign_attrs(attrs), f"{of}_status": status}
    return xr.Dataset(figures, attrs={"level": level, "vintage": pack.vintage}).sel(period=[last])


def _records(zoning: Zoning, counted: xr.Dataset, of: str) -> list[dict[str, Any]]:
    from workbench.core.types import Status

    table = zoning.table
    return [
        {
            "zone": zone,
            **table.loc[zone].to_dict(),
            "status": Status(int(counted[f"{of}_status"].sel(territory=zone).item())).name.lower(),
            **{
                key: float(counted[name].sel(territory=zone).item())
                for key, name in (("value", of), ("low", f"{of}_low"), ("high", f"{of}_high"))
            },
        }
        for zone in table.index
    ]


def _left(zoning: Zoning, parts: xr.Dataset, of: str) -> float:
    """Sum what is in no zone, as far as it is known."""
    import numpy as np

    share = 1 - zoning.totals.clip(upper=1).to_numpy()
    values = parts[of].isel(period=0).sel(territory=zoning.codes.to_numpy()).to_numpy()
    return float(np.nansum(values * share))


def _print(zoning: Zoning, zones: list[dict[str, Any]], about: dict[str, Any], lang: str) -> None:
    from workbench.cli.terminal import console, print_table
    from workbench.core.i18n import Messages, format_number

    say = Messages(lang)

    def number(value: float) -> str:
        return "…" if math.isnan(value) else format_number(value, 0, lang)

    value = say("zoning.value", name=about["of"], period=str(about["period"]))
    keys = ("zone", "name", "touched", "held", "low", "high")
    zone, name, touched, held, low, high = (say(f"zoning.{key}") for key in keys)
    rows = [
        (
            each["zone"],
            each["name"],
            str(each["parts"]),
            str(each["whole"]),
            *(number(each[key]) for key in ("value", "low", "high")),
        )
        for each in zones
    ]
    rows.append((say("zoning.no_zone"), "", "", "", number(about["in_no_zone"]), "", ""))
    print_table((zone, name, touched, held, value, low, high), rows)
    for sentence in zoning.told(lang):
        console().print(sentence, soft_wrap=True)
