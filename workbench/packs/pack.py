"""A territory pack: territories, boundaries and variables of one country, read lazily."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import dask
import dask.array as da
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import xarray as xr
from numpy.typing import NDArray

from workbench.core.errors import (
    LevelUnknown,
    PackNotFound,
    UnknownName,
    VintageMismatch,
    nearest,
)
from workbench.core.types import Status, Territory
from workbench.geography.boundaries import Boundaries
from workbench.geography.territories import Territories
from workbench.packs.spec import Level, PackSpec, read_spec

__all__ = ["Pack", "open_pack"]

_HERE = Path(__file__).parent


class Pack:
    """Give the territories, boundaries and variables of a country, at one vintage.

    Made by :func:`open_pack`. Nothing is read before it is asked for; variables are
    Dask-backed and read when computed.

    Parameters
    ----------
    folder : Path
        Holds ``pack.yml`` and ``data/``.
    vintage : int, optional
        Year of the commune map; the latest by default.
    """

    def __init__(self, folder: Path, vintage: int | None = None) -> None:
        self.folder = folder
        self.spec: PackSpec = read_spec(folder / "pack.yml")
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
        table = pq.read_table(self._path("territories")).to_pandas()
        levels = list(self.spec.levels)
        if not self.is_latest:
            table = self._older(table)
            levels = [name for name in levels if (table["level"] == name).any()]
        return Territories(table, self.vintage, levels)

    def _older(self, latest: pd.DataFrame) -> pd.DataFrame:
        """Put the communes of an older map in place of today's, under the same parents."""
        base = self.spec.base_level
        states = pq.read_table(self._path("maps")).to_pandas()
        states = states[(states["first"] <= self.vintage) & (self.vintage <= states["last"])]
        starts = states["name"].str.lower().str.startswith(("l'", "le ", "la ", "les "))
        country = np.where(states["departement"] != "", self.spec.country, "")
        communes = states.assign(
            level=base,
            article_in_name=starts & (states["article"] != ""),
            country=country,
        ).drop(columns=["first", "last"])
        coarser = set(self.spec.levels[base].parents)
        kept = latest[latest["level"].isin(coarser)]
        table = pd.concat([communes, kept.assign(area_km2=np.nan)], ignore_index=True)
        text = table.columns.drop(["area_km2", "article_in_name"])
        table[text] = table[text].fillna("")
        return table

    def level(self, name: str) -> Level:
        """Return the declaration of a level."""
        return self.spec.level(name)

    def frame(self, level: str) -> pd.DataFrame:
        """Return the territories of a level, indexed by code."""
        return self.territories.frame(level)

    def territory(self, code: str, level: str | None = None) -> Territory:
        """Return one territory; see :meth:`Territories.get`."""
        return self.territories.get(code, level=level)

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
        return self.frame(level).index.get_indexer(parts[level]).astype(np.int64)

    # -- variables -----------------------------------------------------------------------

    def _path(self, table: str) -> Path:
        return self.folder / "data" / f"{table}.parquet"

    def _columns(self, level: str) -> Mapping[str, tuple[tuple[int | None, str], ...]]:
        """List the columns of each variable at a level, by period."""
        return _columns_of(self._path(level), "")

    def has_variable(self, name: str, level: str) -> bool:
        """Tell whether a variable is counted at a level."""
        if not self.is_latest:
            return level == self.spec.base_level and name in (self._by_map, "communes")
        return self._path(level).exists() and name in self._columns(level)

    # The one variable that older maps carry, each figure on the map it was published on.
    _by_map = "population"

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
        codes = self.frame(level).index
        values = _lazy(_read_values, path, columns, codes, np.float64)
        return self._labelled(values, columns, codes, name)

    def status(self, name: str, level: str) -> xr.DataArray:
        """Return the status of each figure of :meth:`variable` (territory, period), int8."""
        path, columns = self._where(name, level)
        codes = self.frame(level).index
        exceptions = self._path("statuses") if self.is_latest else None
        values = _lazy(_read_statuses, path, columns, codes, np.int8, exceptions, level, name)
        return self._labelled(values, columns, codes, f"{name}_status")

    def _where(self, name: str, level: str) -> tuple[Path, tuple[tuple[int | None, str], ...]]:
        if name not in self.spec.variables:
            hint = nearest(name, self.spec.variables)
            raise UnknownName(f"Variable {name!r} is not in pack {self.name} ({hint}).")
        if not self.has_variable(name, level):
            if not self.is_latest:
                raise VintageMismatch(
                    f"Variable {name!r} is on the map of {self.spec.vintage}, not of "
                    f"{self.vintage}. Open the pack at {self.spec.vintage}, or use 'population'."
                )
            raise UnknownName(f"Variable {name!r} is not counted at level {level}.")
        if self.is_latest:
            return self._path(level), self._columns(level)[name]
        if name == "communes":
            return self._path("maps"), ((None, "communes"),)
        by_map = _columns_of(self._path("populations"), f"{self.vintage}@")
        return self._path("populations"), by_map[""]

    def _labelled(
        self,
        values: da.Array,
        columns: tuple[tuple[int | None, str], ...],
        codes: pd.Index,
        name: str,
    ) -> xr.DataArray:
        periods = [period or 0 for period, _ in columns]
        return xr.DataArray(
            values,
            dims=("territory", "period"),
            coords={"territory": codes.to_numpy(dtype=object), "period": periods},
            name=name,
        )

    # -- boundaries and words ------------------------------------------------------------

    def boundaries(self, level: str, *, detail: str = "coarse") -> Boundaries:
        """Return the boundaries of a level: ``"coarse"``, or ``"fine"`` where it is kept."""
        for choice in (detail, "coarse", "fine"):
            path = self._path(f"boundaries_{level}_{choice}")
            if path.exists():
                return _boundaries(path)
        raise LevelUnknown(f"Pack {self.name} draws no boundary at level {level!r}.")

    def has_boundaries(self, level: str) -> bool:
        """Tell whether the pack draws this level."""
        return any(self._path(f"boundaries_{level}_{d}").exists() for d in ("coarse", "fine"))

    def source(self, name: str) -> Mapping[str, Any]:
        """Return a source as a mapping: title, producer, licence, reference, url."""
        source = self.spec.source(name)
        return {
            "title": source.title,
            "producer": source.producer,
            "licence": source.licence,
            "reference": source.reference,
            "url": source.url,
        }


def open_pack(name: str = "france", *, vintage: int | None = None) -> Pack:
    """Open a pack by name, or the folder of one.

    Parameters
    ----------
    name : str
        A pack of the workbench, or the path of a folder that holds a ``pack.yml``.
    vintage : int, optional
        Year of the commune map; the latest by default.

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
    folder = Path(name) if (Path(name) / "pack.yml").exists() else _HERE / name
    if not (folder / "pack.yml").exists():
        known = sorted(path.parent.name for path in _HERE.glob("*/pack.yml"))
        raise PackNotFound(f"No pack is named {name!r} ({nearest(name, known)}).")
    return _opened(folder.resolve(), vintage)


@lru_cache(maxsize=8)
def _opened(folder: Path, vintage: int | None) -> Pack:
    return Pack(folder, vintage)


@lru_cache(maxsize=32)
def _boundaries(path: Path) -> Boundaries:
    return Boundaries.read(path)


@lru_cache(maxsize=32)
def _columns_of(path: Path, prefix: str) -> Mapping[str, tuple[tuple[int | None, str], ...]]:
    """Group the columns ``variable@period`` of a table by variable."""
    found: dict[str, list[tuple[int | None, str]]] = {}
    for column in pq.read_schema(path).names:
        if column == "code" or not column.startswith(prefix):
            continue
        name, _, period = column.removeprefix(prefix).rpartition("@")
        if not name and not prefix:
            name, period = column, ""
        found.setdefault(name, []).append((int(period) if period else None, column))
    return {name: tuple(sorted(columns, key=lambda c: c[0] or 0)) for name, columns in found.items()}


def _lazy(read: Any, path: Path, columns: Any, codes: pd.Index, dtype: Any, *more: Any) -> da.Array:
    """Wrap a reader in one Dask task; equal questions share one name."""
    names = tuple(column for _, column in columns)
    task = dask.delayed(read, pure=True, traverse=False)(path, names, _Codes(codes), *more)
    return da.from_delayed(task, shape=(len(codes), len(names)), dtype=dtype)


class _Codes:
    """Carry an index into a task without hashing its 35,000 texts each time."""

    def __init__(self, index: pd.Index) -> None:
        self.index = index

    def __dask_tokenize__(self) -> tuple[str, int, str, str]:
        return ("codes", len(self.index), str(self.index[0]), str(self.index[-1]))


def _read_values(path: Path, names: tuple[str, ...], codes: _Codes) -> NDArray[np.float64]:
    if names == ("communes",) and path.stem == "maps":
        return np.ones((len(codes.index), 1))
    position = _positions(path).get_indexer(codes.index)
    table = pq.read_table(path, columns=list(names))
    values = np.column_stack(
        [table.column(name).to_numpy(zero_copy_only=False).astype(np.float64) for name in names]
    )
    found: NDArray[np.float64] = np.where(position[:, None] >= 0, values[position], np.nan)
    return found


@lru_cache(maxsize=32)
def _positions(path: Path) -> pd.Index:
    return pd.Index(pq.read_table(path, columns=["code"]).column("code").to_pandas())


def _read_statuses(
    path: Path,
    names: tuple[str, ...],
    codes: _Codes,
    exceptions: Path | None,
    level: str,
    variable: str,
) -> NDArray[np.int8]:
    values = _read_values(path, names, codes)
    statuses = np.where(np.isnan(values), Status.MISSING, Status.OBSERVED).astype(np.int8)
    if exceptions is not None:
        declared = _exceptions(exceptions)
        for column, name in enumerate(names):
            if (level, name) in declared:
                rows, flags = declared[level, name]
                positions = codes.index.get_indexer(rows)
                statuses[positions, column] = flags
    return statuses


@lru_cache(maxsize=8)
def _exceptions(path: Path) -> Mapping[tuple[str, str], tuple[pd.Index, NDArray[np.int8]]]:
    table = pq.read_table(path).to_pandas()
    return {
        (str(level), str(variable)): (pd.Index(rows["code"]), rows["status"].to_numpy(np.int8))
        for (level, variable), rows in table.groupby(["level", "variable"])
    }
