"""``workbench climate``: climate figures of territories, from a grid of daily weather."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.core.defaults import DEFAULT_PACK

if TYPE_CHECKING:
    from workbench.indicators.climate.kept import Kept

__all__ = ["EXAMPLES", "HELP", "climate"]

HELP = """Make climate figures of territories from a grid of daily temperature and precipitation.

Reports tell of them with `workbench report portrait -p grid=FILE`. Given the grid itself, a run \
makes them once for all its reports; this command keeps the file, for other machines."""
EXAMPLES = """Examples

[bold]workbench climate days.nc --to climate.parquet[/bold]   all levels of the usual pack

[bold]workbench climate days.zarr -l departement -l region --to climate.parquet[/bold]

[bold]workbench climate demo.nc --simulate[/bold]   write a simulated grid, to try"""


def climate(
    grid: Annotated[str, typer.Argument(help="Daily grid: netCDF, Zarr or GRIB.")],
    *,
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Parquet file to write.")] = None,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="Write a simulated grid there (netCDF), and no more.")
    ] = False,
    level: Annotated[
        list[str] | None,
        typer.Option("--level", "-l", metavar="LEVEL", help="All if not given; may be repeated."),
    ] = None,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Dask scheduler that computes.")
    ] = "",
    pack: Annotated[str, typer.Option(help="Territory pack: a name, or a folder.")] = DEFAULT_PACK,
    vintage: Annotated[
        int | None, typer.Option(help="Year of the map; the latest if not given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the outcome as JSON.")] = False,
) -> None:
    """Write a file, and say what it holds."""
    from workbench.cli.terminal import print_facts, print_json
    from workbench.core.errors import OutputExists, ParameterError

    target = Path(grid) if simulate else to
    if simulate and (to or level or scheduler):
        raise ParameterError("--simulate writes a grid and no more: leave the other options out.")
    if target is None:
        raise ParameterError("Give the file to write: --to climate.parquet.")
    if target.exists():
        raise OutputExists(f"{target} is there already: choose another name, or take it away.")
    if simulate:
        _simulate(target)
        facts = {"grid": str(target), "simulated": "true", "licence": "CC0-1.0"}
    else:
        facts = _facts(_make(grid, target, level or (), pack, vintage, scheduler))
    if as_json:
        print_json(facts)
    else:
        print_facts("Simulated grid" if simulate else "Climate figures", facts)


def _simulate(target: Path) -> None:
    from workbench.core.aside import written_aside
    from workbench.core.errors import MissingExtra
    from workbench.core.progress import progress
    from workbench.indicators.climate.simulated import simulate

    grid = simulate()
    # Tenths of a degree and of a millimetre: a file of some megabytes.
    packed = {"dtype": "int16", "scale_factor": 0.1, "_FillValue": -32768, "zlib": True}
    with written_aside(target) as draft, progress("Simulating"):
        try:
            grid.to_netcdf(draft, engine="netcdf4", encoding=dict.fromkeys(grid.data_vars, packed))
        except (ImportError, ValueError) as error:
            if "netcdf4" not in str(error).lower():
                raise
            raise MissingExtra(
                "Writing a grid needs the package netCDF4: install territorial-workbench[grids]."
            ) from None


def _make(
    grid: str,
    target: Path,
    levels: list[str] | tuple[()],
    pack: str,
    vintage: int | None,
    scheduler: str,
) -> Kept:
    from contextlib import nullcontext

    from workbench.core.cluster import cluster
    from workbench.core.progress import progress
    from workbench.indicators.climate.kept import keep
    from workbench.indicators.climate.territories import climate_of
    from workbench.packs.pack import open_pack
    from workbench.reports.grids import open_grid

    opened = open_pack(pack, vintage=vintage)
    with cluster(scheduler) if scheduler else nullcontext(), progress("Climate of territories"):
        made = climate_of(open_grid(grid), opened, levels=levels)
        return keep(made, target, pack=opened.name, grid=Path(grid).name)


def _facts(kept: Kept) -> dict[str, str]:
    about = kept.about
    first, last = about["periods"][0], about["periods"][-1]
    return {
        "file": str(kept.path),
        "grid": about["grid"],
        "source": about["source"],
        "licence": about["licence"],
        "simulated": "true" if about["simulated"] else "",
        "pack": f"{about['pack']} {about['vintage']}",
        "levels": ", ".join(about["levels"]),
        "years": f"{first}-{last}",
        "indicators": ", ".join(about["variables"]),
    }
