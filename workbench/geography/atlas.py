"""What geography asks of a pack, and how it reaches one without importing any.

Packs are a layer above: the root package registers the function that opens them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from workbench.core.defaults import DEFAULT_PACK

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from workbench.geography.boundaries import Boundaries
    from workbench.geography.code_kinds import CodeBook
    from workbench.geography.event import Events
    from workbench.geography.telling import EventWords

__all__ = ["Atlas", "AtlasLevel", "AtlasSpec", "Opener", "open_atlas", "register"]


class AtlasLevel(Protocol):
    """Say what a level is, and how it is called."""

    @property
    def role(self) -> str:
        """What it plays whatever the country: finest, local, group, middle, region, country."""

    @property
    def names(self) -> Mapping[str, Mapping[str, str]]:
        """Its nouns, by language and form."""

    @property
    def caveats(self) -> tuple[str, ...]:
        """Names of the reservations that its members call for."""


class AtlasSpec(Protocol):
    """Declare the levels and the words of a country."""

    @property
    def levels(self) -> Mapping[str, AtlasLevel]:
        """Levels by identifier, the finest first."""

    @property
    def level_names(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        """Nouns of the levels, by level, language and form."""

    @property
    def type_names(self) -> Mapping[str, Mapping[str, str]]:
        """Abbreviations that begin the names of territories, spelt out by language."""

    @property
    def caveats(self) -> Mapping[str, Mapping[str, str]]:
        """Texts of the reservations, by name and language."""

    @property
    def languages(self) -> Sequence[str]:
        """Languages that it speaks."""

    @property
    def default_language(self) -> str:
        """The one to use when none is asked for."""


class Atlas(Hashable, Protocol):
    """Give the maps of a country through time: territories, events, weights.

    Implemented by `workbench.packs.pack.Pack`. What is found for one is
    kept for it: an atlas never changes.
    """

    @property
    def name(self) -> str:
        """Name of the pack."""

    @property
    def spec(self) -> AtlasSpec:
        """What the country declares."""

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

    @property
    def codebook(self) -> CodeBook:
        """Kinds of codes of the country, and those in use."""

    def event_words(self, lang: str | None = None) -> EventWords:
        """Words that events are told with; in the pack's own language by default."""

    def at(self, vintage: int) -> Atlas:
        """Return the same country at another of its maps."""

    def frame(self, level: str) -> pd.DataFrame:
        """Return the territories of a level, indexed by code, with its name and parents.

        The membership of the base level in another, in a year, is
        ``atlas.at(year).frame(atlas.base_level)[level]``, ``""`` for none.
        """

    def boundaries(self, level: str, *, detail: str) -> Boundaries:
        """Return the boundaries of a level, those of the latest map."""

    def has_variable(self, name: str, level: str) -> bool:
        """Tell whether a variable is counted at a level, on this map."""

    def variable(self, name: str, level: str) -> xr.DataArray:
        """Return the counts of a variable (territory, period)."""

    def published(self, name: str) -> xr.DataArray:
        """Return a variable of the base level on the very map it was published on."""

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
