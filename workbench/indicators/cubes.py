"""The cube of some indicators, by name, from a pack by name: what a data scientist asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import xarray as xr

from workbench.core.defaults import DEFAULT_PACK
from workbench.core.reads import note, silently
from workbench.geography.zoning import Zoning
from workbench.indicators.cube import build_cube
from workbench.indicators.pack_like import PackLike
from workbench.indicators.registry import catalogue_of
from workbench.indicators.zoned import ZonedPack
from workbench.packs.pack import Pack, open_pack

__all__ = ["cube"]


def cube(
    indicators: Iterable[str] | None = None,
    level: str | Zoning = "",
    periods: Sequence[int] | None = None,
    *,
    pack: str | Pack = DEFAULT_PACK,
    vintage: int | None = None,
    language: str = "en",
    terms: Iterable[str] = (),
) -> xr.Dataset:
    """Return indicators of all the territories of a level as a Dask-backed cube.

    Parameters
    ----------
    indicators : iterable of str, optional
        Identifiers; all of them by default.
    level : str or Zoning
        Level of the territories, the pack's base level by default; or a zoning of one's own
        (`workbench.geography.read_zoning`): then the pack and the map are its own.
    periods : sequence of int, optional
        Years; by default all that one of the indicators has.
    pack : str or Pack
    vintage : int, optional
        Year of the map; the pack's latest by default.
    language : str
        Language of labels.
    terms : iterable of str
        Indicators whose numerator and denominator are kept, as ``<id>_numerator`` and
        ``<id>_denominator``: `workbench.geography.convert` recomputes them on another map.

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
    opened: PackLike
    if isinstance(level, Zoning):
        own = cast("Pack", level.atlas)
        opened = ZonedPack(own, level)
        name, read, variables = "zone", level.level, opened.variables()
    else:
        opened = own = pack if isinstance(pack, Pack) else open_pack(pack, vintage=vintage)
        name = read = level or own.base_level
        variables = None
    known = catalogue_of(own)
    wanted = known.indicators() if indicators is None else [known.get(each) for each in indicators]
    for indicator in wanted:
        note("indicator", read, indicator.id)
    # The variables of each indicator go with it; others are looked at and not used.
    with silently():
        return build_cube(
            opened,
            wanted,
            name,
            periods=periods,
            vintage=vintage,
            language=language,
            frozen=opened.frozen(name),
            terms=terms,
            variables=variables,
        )
