"""Daily grids that reports tell of: made into figures of territories once, then only read.

A parameter of the type ``grid`` holds the path of a daily grid (netCDF, Zarr), or of climate
figures made already (`workbench climate`). Before any report of a run, and whatever their number,
the grid is brought to all territories and kept in the user's cache; a report reads its level.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.core.errors import FileUnreadable
from workbench.core.i18n import LANGUAGES, translate
from workbench.core.reads import note, silently

# A report without a grid imports nothing more: each function brings what it needs.
if TYPE_CHECKING:
    import xarray as xr

    from workbench.packs.pack import Pack

__all__ = ["grids_of", "open_grid", "prepared", "with_grid"]

_TYPE = "grid"


def grids_of(metadata: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[str]:
    """List the grids that the parameters of a template name.

    Examples
    --------
    >>> declared = {"grid": {"type": "grid"}, "lang": {"type": "text"}}
    >>> grids_of({"workbench": {"parameters": declared}}, {"grid": "days.nc", "lang": "fr"})
    ['days.nc']
    """
    declared = metadata.get("workbench", {}).get("parameters", {})
    kinds = {name: row.get("type") for name, row in declared.items()}
    return [str(v) for name, v in parameters.items() if v and kinds.get(name) == _TYPE]


def open_grid(grid: str) -> xr.Dataset:
    """Open a daily grid, lazily.

    Raises
    ------
    FileUnreadable
        Nothing is there, or it is no grid.
    """
    import xarray as xr

    from workbench.loaders.grid import read
    from workbench.loaders.guard import check_file

    path = _there(grid)
    if path.is_file():
        check_file(path)
    data = read(path).data
    if not isinstance(data, xr.Dataset):
        raise FileUnreadable(f"{path.name} is no grid.")
    return data


def prepared(grid: str, pack: Pack) -> Path:
    """Return the climate figures of a grid for a pack, made now unless they are there.

    Parameters
    ----------
    grid : str
        Path of a daily grid, or of figures made already, which is then returned.
    pack : Pack

    Returns
    -------
    Path
        In the user's cache (``WORKBENCH_CACHE``), named by what it is made from: the grid's
        files, the pack's edition and map, the declarations and the package.

    Raises
    ------
    FileUnreadable
        Nothing is there, it is no grid, or figures of another pack or map.
    MissingExtra, GridInvalid, GridMismatch, BoundariesMissing
        As of `climate_of`.
    """
    from workbench.core.folders import cache_folder
    from workbench.indicators.climate.kept import Kept, is_kept, keep
    from workbench.reports.digests import digest, package_digest, state_of_grid
    from workbench.reports.footing import edition_of

    path = _there(grid)
    if is_kept(path):
        about = Kept.open(path).about
        if (about["pack"], about["vintage"]) != (pack.name, pack.vintage):
            raise FileUnreadable(
                f"{path.name} holds the climate of pack {about['pack']}, map of "
                f"{about['vintage']}, and the reports are of {pack.name}, {pack.vintage}. Make it "
                f"again: workbench climate GRID --pack {pack.name} --vintage {pack.vintage}"
            )
        return path
    made_from = [state_of_grid(path), pack.name, pack.vintage, edition_of(pack), package_digest()]
    target = cache_folder() / "climate" / f"{digest(made_from)[:32]}.parquet"
    if not target.exists():
        from workbench.indicators.climate.territories import climate_of

        target.parent.mkdir(parents=True, exist_ok=True)
        with silently():
            keep(climate_of(open_grid(grid), pack), target, pack=pack.name, grid=path.name)
    return target


def _there(grid: str) -> Path:
    path = Path(grid)
    if not path.exists():
        raise FileUnreadable(
            f"Nothing is at {grid}: expected a daily grid (.nc, .zarr), or figures made by "
            "`workbench climate`."
        )
    return path


def with_grid(pack: Pack, grid: str) -> Pack:
    """Return a pack whose reports also tell of the climate.

    Parameters
    ----------
    pack : Pack
    grid : str
        See `prepared`, and there for what is raised.
    """
    note("grid", os.path.abspath(grid))
    made = prepared(grid, pack)
    return _with(pack, made, made.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _with(pack: Pack, path: Path, _changed: int) -> Pack:
    from workbench.indicators.climate.declared import VARIABLE, declared
    from workbench.indicators.climate.kept import Kept
    from workbench.indicators.supplied import Supplement, supplied
    from workbench.packs.spec import Source, VariableSpec

    kept = Kept.open(path)
    about = kept.about
    theme, indicators = declared().worded(simulated=about["simulated"])
    caveats = {f"climate_{key}": _texts(key) for key in about["caveats"]}
    name = about["source"] or about["grid"]
    title = "source_simulated" if about["simulated"] else "source_title"
    first, last = about["periods"][0], about["periods"][-1]
    source = Source(
        id=VARIABLE,
        title=_texts(title, name=name),
        producer=about["producer"],
        licence=about["licence"],
        reference=dict.fromkeys(LANGUAGES, f"{first}-{last}"),
        url="",
    )

    def cube(level: str) -> xr.Dataset | None:
        return kept.level(level) if level in about["levels"] else None

    return supplied(
        Supplement(
            pack,
            theme,
            {key: each for key, each in indicators.items() if key in about["variables"]},
            VariableSpec(VARIABLE, "", (VARIABLE,), tuple(caveats), source.title),
            source,
            caveats,
            cube,
            simulated=about["simulated"],
        )
    )


def _texts(key: str, **values: str) -> dict[str, str]:
    return {lang: translate(f"climate.{key}", lang, **values) for lang in LANGUAGES}
