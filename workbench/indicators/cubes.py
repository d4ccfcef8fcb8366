"""The cube of some indicators, by name, from a pack by name: what a data scientist asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import xarray as xr

from workbench.core.defaults import DEFAULT_PACK
from workbench.core.reads import note, silently
from workbench.indicators.cube import build_cube
from workbench.indicators.registry import catalogue_of
from workbench.packs.pack import Pack, open_pack

__all__ = ["cube"]


def cube(
    indicators: Iterable[str] | None = None,
    level: str = "",
    periods: Sequence[int] | None = None,
    *,
    pack: str | Pack = DEFAULT_PACK,
    vintage: int | None = None,
    language: str = "en",
) -> xr.Dataset:
    """Return indicators of all the territories of a level as a Dask-backed cube.

    Parameters
    ----------
    indicators : iterable of str, optional
        Identifiers; all of them by default.
    level : str
        Level of the territories; the pack's base level by default.
    periods : sequence of int, optional
        Years; by default all that one of the indicators has.
    pack : str or Pack
    vintage : int, optional
        Year of the map; the pack's latest by default.
    language : str
        Language of labels.

    Returns
    -------
    Dataset
        Dims ``territory`` and ``period``. Each variable carries ``units``, ``long_name``,
        ``source``, ``licence``, ``vintage`` and ``kind``, and has its ``<name>_status``.

    Raises
    ------
    UnknownName, LevelUnknown, PeriodUnknown, VintageMismatch
        Each names the nearest valid choice.

    Examples
    --------
    >>> women = cube(["share_women_councillors"], level="region")["share_women_councillors"]
    >>> women.sizes["territory"]
    18
    """
    opened = pack if isinstance(pack, Pack) else open_pack(pack, vintage=vintage)
    catalogue = catalogue_of(opened)
    level = level or opened.spec.base_level
    wanted = (
        catalogue.indicators() if indicators is None else [catalogue.get(n) for n in indicators]
    )
    for indicator in wanted:
        note("indicator", level, indicator.id)
    # The variables of each indicator go with it; others are looked at and not used.
    with silently():
        return build_cube(
            opened,
            wanted,
            level,
            periods=periods,
            vintage=vintage,
            language=language,
            frozen=opened.frozen(level),
        )
