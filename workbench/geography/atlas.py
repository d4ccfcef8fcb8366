"""What geography asks of a pack, and how it reaches one without importing any.

Packs are a layer above: the root package registers the function that opens them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from workbench.core.defaults import DEFAULT_PACK

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from workbench.geography.event import Events

__all__ = ["Atlas", "Opener", "open_atlas", "register"]


class Atlas(Protocol):
    """Give the maps of a country through time: territories, events, weights.

    Implemented by `workbench.packs.pack.Pack`.
    """

    @property
    def name(self) -> str:
        """Name of the pack."""

    @property
    def vintage(self) -> int:
        """Year of the map it is open at."""

    @property
    def vintages(self) -> Sequence[int]:
        """Years of the maps it carries, the latest last."""

    @property
    def base_level(self) -> str:
        """Level whose territories the events move."""

    @property
    def events(self) -> Events:
        """Events of the base level's map, up to the latest one."""

    @property
    def weights(self) -> Mapping[int, pd.Series]:
        """What a split is apportioned by: by year of the map, persons by code.

        Those of the earliest period counted on that map; empty where nothing is known.
        """

    def at(self, vintage: int) -> Atlas:
        """Return the same country at another of its maps."""

    def frame(self, level: str) -> pd.DataFrame:
        """Return the territories of a level, indexed by code, with its name and parents.

        The membership of the base level in another, in a year, is
        ``atlas.at(year).frame(atlas.base_level)[level]``, ``""`` for none.
        """

    def has_variable(self, name: str, level: str) -> bool:
        """Tell whether a variable is counted at a level, on this map."""

    def variable(self, name: str, level: str) -> xr.DataArray:
        """Return the counts of a variable (territory, period)."""

    def status(self, name: str, level: str) -> xr.DataArray:
        """Return the status of each figure of a variable (territory, period), int8."""


Opener = Callable[[str, "int | None"], Atlas]
_openers: list[Opener] = []


def register(opener: Opener) -> None:
    """Say how a pack is opened, by name and vintage (None for the latest).

    Parameters
    ----------
    opener : callable
        (name, vintage) → Atlas. The last one registered is used.
    """
    _openers[:] = [opener]


def open_atlas(pack: str | Atlas = DEFAULT_PACK, *, vintage: int | None = None) -> Atlas:
    """Open a pack by name, or the folder of one.

    Parameters
    ----------
    pack : str or Atlas
        One that is open already is returned, at the vintage asked for.
    vintage : int, optional
        Year of the map; the latest by default.

    Returns
    -------
    Atlas

    Raises
    ------
    PackNotFound, VintageMismatch
        There is no such pack, or it has no such map.

    Examples
    --------
    >>> open_atlas("france").base_level
    'commune'
    """
    if isinstance(pack, str):
        return _openers[0](pack, vintage)
    return pack if vintage in (None, pack.vintage) else pack.at(vintage)
