"""A territory pack: territories, boundaries and variables of one country, read lazily."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import dask.array as da
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.core.defaults import DEFAULT_PACK
from workbench.core.errors import (
    LevelUnknown,
    TerritoryUnknown,
    UnknownName,
    VintageMismatch,
    nearest,
)
from workbench.core.parquet import read_table
from workbench.core.reads import note
from workbench.core.types import Territory
from workbench.geography.boundaries import Boundaries
from workbench.geography.code_kinds import CodeBook
from workbench.geography.event import Events
from workbench.geography.territories import Territories
from workbench.packs.codes import codebook
from workbench.packs.events import EventLexicon, read_event_words, read_events
from workbench.packs.former import Former
from workbench.packs.found import find_pack
from workbench.packs.older import older_territories
from workbench.packs.published import published
from workbench.packs.spec import PARTS, Level, PackSpec, Source, kept_spec, state_of
from workbench.packs.tables import (
    Codes,
    Columns,
    columns_of,
    lazy,
    read_statuses,
    read_territories,
    read_values,
    territory_labels,
    weights_by_map,
    whole_table,
)

__all__ = ["Pack", "open_pack"]

_DETAILS = ("coarse", "fine")


class Pack:
    """Give the territories, boundaries and variables of a country, at one vintage.

    Made by :func:`open_pack`. Nothing is read before it is asked for; variables are
    Dask-backed and read when computed.

    Parameters
    ----------
    folder : Path
        Holds ``pack.yml`` and ``data/``.
    vintage : int, optional
        Year of the map; the latest by default.
    """

    # Figures that are not its own: see `indicators.supplied`, a layer above.
    supplement: Any = None

    def __init__(self, folder: Path, vintage: int | None = None) -> None:
        self.folder = folder
        self.spec: PackSpec = kept_spec(folder)
        self.vintage = self.spec.vintage if vintage is None else vintage
        if self.vintage not in self.spec.vintages:
            known = ", ".join(map(str, self.spec.vintages))
            raise VintageMismatch(
                f"Pack {self.name} has no map of {vintage}; it has those of {known}."
            )

    def __repr__(self) -> str:
        return f"<Pack {self.name}, map of {self.vintage}, {len(self.territories)} territories>"

    @property
    def name(self) -> str:
        """Name of the pack."""
        return self.spec.name

    @property
    def is_latest(self) -> bool:
        """Tell whether this is the latest map, which carries every variable."""
        return self.vintage == self.spec.vintage

    @property
    def vintages(self) -> tuple[int, ...]:
        """Years of the maps that the pack carries, the latest last."""
        return tuple(sorted(self.spec.vintages))

    @property
    def base_level(self) -> str:
        """Level whose territories the events of the map move."""
        return self.spec.base_level

    def at(self, vintage: int) -> Pack:
        """Return this pack at another of its maps."""
        return _opened(self.folder, vintage, state_of(self.folder))

    @cached_property
    def weights(self) -> Mapping[int, pd.Series]:
        """Persons by code on each map, at its earliest period: what splits are shared by."""
        return weights_by_map(self._path("populations"))

    @cached_property
    def codebook(self) -> CodeBook:
        """Kinds of codes of the country, and those in use."""
        return codebook(self)

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """What the build wrote of its inputs, totals and tables."""
        text = (self.folder / "data" / "manifest.json").read_text("utf-8")
        manifest: dict[str, Any] = json.loads(text)
        return manifest

    # -- territories ---------------------------------------------------------------------

    @cached_property
    def territories(self) -> Territories:
        """All territories of the vintage."""
        table = read_territories(self._path("territories"), self.spec)
        levels = list(self.spec.levels)
        if not self.is_latest:
            states = read_table(self._path("maps")).to_pandas(use_threads=False)
            named = self._path("groups")
            groups = whole_table(named) if named.exists() else None
            table = older_territories(
                states, table, vintage=self.vintage, spec=self.spec, groups=groups
            )
            levels = [name for name in levels if (table["level"] == name).any()]
        finest = "" if levels[0] == self.spec.base_level else levels[0]
        return Territories(table, self.vintage, levels, finest)

    @cached_property
    def events(self) -> Events:
        """What happened to the territories of the base level, up to the latest map."""
        return read_events(self.folder, self.spec)

    def event_words(self, lang: str | None = None) -> EventLexicon:
        """Return the words that events are told with; in the pack's language by default."""
        words = read_event_words(self.folder, self.spec)
        return EventLexicon(lang or self.spec.default_language, self.spec, self.territories, words)

    def level(self, name: str) -> Level:
        """Return the declaration of a level."""
        return self.spec.level(name)

    def frame(self, level: str) -> pd.DataFrame:
        """Return the territories of a level, indexed by code."""
        return self.territories.frame(level)

    def territory(self, code: str, level: str | None = None) -> Territory:
        """Return one territory; see :meth:`Territories.get`.

        Raises
        ------
        TerritoryUnknown
            For a former territory, it says which one holds it now.
        """
        try:
            return self.territories.get(code, level=level)
        except TerritoryUnknown:
            held = self._former.holder(code) if level in (None, self.base_level) else None
            if held is None:
                raise
            name, now = held[0], self.territories.get(held[1], level=self.base_level)
            raise TerritoryUnknown(
                f"Code {code!r} ({name}) is not in vintage {self.vintage}: it is part of "
                f"{now.name} ({now.code}). Ask for {now.code!r}."
            ) from None

    def former(self, code: str) -> pd.DataFrame:
        """Return the territories that one absorbed up to the latest map: code, name, kind."""
        return self._former.absorbed_by(code)

    @cached_property
    def _former(self) -> Former:
        path = self._path("former")
        return Former(path if self.is_latest and path.exists() else None, self.base_level)

    def parts_level(self, level: str) -> str:
        """Return the level whose variables are summed for this one."""
        return level if self.level(level).role == "finest" else self.spec.base_level

    def membership(self, level: str) -> NDArray[np.int64]:
        """Return the position in `level` of the holder of each part, −1 where there is none."""
        parts = self.frame(self.parts_level(level))
        if self.parts_level(level) == level:
            return np.arange(len(parts))
        if level not in parts.columns:
            raise LevelUnknown(f"Level {level!r} holds no {self.parts_level(level)}.")
        return self.frame(level).index.get_indexer(pd.Index(parts[level])).astype(np.int64)

    def frozen(self, level: str) -> Mapping[str, xr.DataArray]:
        """Mark, by variable, the territories whose series the source repeats year after year.

        Returns
        -------
        mapping of str to DataArray (territory,) of bool
            A territory is marked when all its parts are.
        """
        parts = self.frame(self.parts_level(level))
        members = self.membership(level)
        marks = {}
        for rule in self.spec.constant:
            if rule["level"] not in parts:
                continue
            inside = (parts[rule["level"]] == rule["code"]).to_numpy()
            held = members >= 0
            count = len(self.frame(level))
            total = np.bincount(members[held], minlength=count)
            repeated = np.bincount(members[held & inside], minlength=count)
            codes = self.frame(level).index.to_numpy(dtype=object)
            marks[rule["variable"]] = xr.DataArray(
                (total > 0) & (repeated == total),
                dims="territory",
                coords={"territory": codes},
            )
        return marks

    def shares_within(self, level: str) -> bool:
        """Tell whether figures shared out between split parts always stay in one territory.

        Then the sums of the level are exact, though the parts are apportioned.
        """
        base = self.spec.base_level
        path = self._path("transitions")
        if not self.is_latest or not path.exists() or self.parts_level(level) == level:
            return True
        moves = whole_table(path)
        splits = moves[moves["weight"] < 1]
        holders = splits["to"].map(self.frame(base)[level])
        return bool((holders.groupby([splits["map"], splits["from"]]).nunique() == 1).all())

    # -- variables -----------------------------------------------------------------------

    def _path(self, table: str) -> Path:
        return self.folder / "data" / f"{table}.parquet"

    def _columns(self, level: str) -> Mapping[str, Columns]:
        """List the columns of each variable at a level, by period."""
        return columns_of(self._path(level), "")

    def has_variable(self, name: str, level: str) -> bool:
        """Tell whether a variable is counted at a level."""
        if name == PARTS:
            return level == self.spec.base_level
        if not self.is_latest:
            return level == self.spec.base_level and name == self.by_map
        return self._path(level).exists() and name in self._columns(level)

    # The one variable that older maps carry, each figure on the map it was published on.
    by_map = "population"

    def variable(self, name: str, level: str) -> xr.DataArray:
        """Return the counts of a variable, Dask-backed.

        Parameters
        ----------
        name : str
        level : str
            The base level, or one of those below it.

        Returns
        -------
        DataArray (territory, period)
            float64, in the variable's unit, NaN where there is no figure; a variable without
            period has the single period 0.

        Raises
        ------
        UnknownName, VintageMismatch
            When the pack has no such variable, or not on this map.
        """
        path, columns = self._where(name, level)
        note("variable", level, name)
        codes = self._codes(level)
        values = lazy(read_values, path, columns, codes, np.float64)
        return self._labelled(values, columns, codes, name)

    def published(self, name: str) -> xr.DataArray:
        """Return a variable of the base level on the very map it was published on."""
        return published(self, name)

    def status(self, name: str, level: str) -> xr.DataArray:
        """Return the status of each figure of :meth:`variable` (territory, period), int8."""
        path, columns = self._where(name, level)
        codes = self._codes(level)
        declared = self._path("statuses")
        exceptions = declared if self.is_latest and declared.exists() else None
        values = lazy(read_statuses, path, columns, codes, np.int8, exceptions, level, name)
        return self._labelled(values, columns, codes, f"{name}_status")

    def _codes(self, level: str) -> Codes:
        return Codes(self.frame(level).index, self.folder, self.vintage, level)

    def _where(self, name: str, level: str) -> tuple[Path, Columns]:
        if name not in self.spec.variables:
            hint = nearest(name, self.spec.variables)
            raise UnknownName(f"Variable {name!r} is not in pack {self.name} ({hint}).")
        if not self.has_variable(name, level):
            if not self.is_latest:
                raise VintageMismatch(
                    f"The map of {self.vintage} carries {self.by_map!r} by "
                    f"{self.spec.base_level} only, not {name!r} by {level}. "
                    f"Open the pack at {self.spec.vintage}."
                )
            raise UnknownName(f"Variable {name!r} is not counted at level {level}.")
        if name == PARTS:
            return self._path("territories"), ((None, "code"),)
        if self.is_latest:
            return self._path(level), self._columns(level)[name]
        by_map = columns_of(self._path("populations"), f"{self.vintage}@")
        return self._path("populations"), by_map[""]

    def stored(self, name: str, level: str) -> tuple[Path, tuple[str, ...]]:
        """Return the table of a variable and its columns there, oldest period first."""
        path, columns = self._where(name, level)
        return path, tuple(column for _, column in columns)

    def _labelled(
        self,
        values: da.Array,
        columns: Columns,
        codes: Codes,
        name: str,
    ) -> xr.DataArray:
        periods = [period or 0 for period, _ in columns]
        labels = dict(territory_labels(codes).variables)
        indexes = dict(territory_labels(codes).xindexes)
        own = xr.Coordinates({"period": periods})
        coords = xr.Coordinates(labels | dict(own.variables), indexes=indexes | dict(own.xindexes))
        return xr.DataArray(values, dims=("territory", "period"), coords=coords, name=name)

    # -- boundaries and words ------------------------------------------------------------

    def boundaries(self, level: str, *, detail: str = "coarse") -> Boundaries:
        """Return the boundaries of a level: ``"coarse"``, or ``"fine"`` where it is kept.

        Raises
        ------
        UnknownName, LevelUnknown
            When there is no such detail, or the level is not drawn.
        VintageMismatch
            On an older map: boundaries are those of the latest.
        """
        if detail not in _DETAILS:
            raise UnknownName(f"Detail {detail!r} is unknown ({nearest(detail, _DETAILS)}).")
        if not self.is_latest:
            raise VintageMismatch(
                f"Boundaries are those of the map of {self.spec.vintage}, not of {self.vintage}. "
                f"Open the pack at {self.spec.vintage} to draw them."
            )
        for choice in (detail, *_DETAILS):
            path = self._path(f"boundaries_{level}_{choice}")
            if path.exists():
                note("boundaries", level, choice)
                return _boundaries(path)
        raise LevelUnknown(f"Pack {self.name} draws no boundary at level {level!r}.")

    def has_boundaries(self, level: str) -> bool:
        """Tell whether the pack draws this level."""
        drawn = (self._path(f"boundaries_{level}_{detail}").exists() for detail in _DETAILS)
        return self.is_latest and any(drawn)

    def sources(self, variables: Iterable[str]) -> tuple[Source, ...]:
        """Return the sources of some variables, each once, in the order of ``pack.yml``."""
        named = {
            source
            for variable in variables
            if variable in self.spec.variables
            for source in self.spec.variables[variable].sources
        }
        for name in named:
            note("source", name)
        return tuple(source for name, source in self.spec.sources.items() if name in named)


def open_pack(name: str = DEFAULT_PACK, *, vintage: int | None = None) -> Pack:
    """Open a pack by name, or the folder of one.

    Parameters
    ----------
    name : str
        A pack of the workbench or of an installed distribution, or the path of a folder that
        holds a ``pack.yml``. The usual one when empty.
    vintage : int, optional
        Year of the map; the latest by default.

    Returns
    -------
    Pack

    Raises
    ------
    PackNotFound
        When there is no such pack; the known ones are named.

    Examples
    --------
    >>> open_pack("france").territory("59350").name
    'Lille'
    """
    folder = find_pack(name or DEFAULT_PACK)
    # The latest map asked for by its year is the same pack, with all that it has read.
    latest = kept_spec(folder).vintage
    return _opened(folder, latest if vintage is None else vintage, state_of(folder))


@lru_cache(maxsize=32)
def _opened(folder: Path, vintage: int, _state: tuple[int, int]) -> Pack:
    return Pack(folder, vintage)


@lru_cache(maxsize=32)
def _boundaries(path: Path) -> Boundaries:
    return Boundaries.read(path)
