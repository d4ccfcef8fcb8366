"""A country of five communes, two groups and one département, small enough to check by hand.

==== ===== ========= ======== ======== ======== =======
code group area km²  2016     2021     2023     elected
==== ===== ========= ======== ======== ======== =======
01   E1    10        100      100      110      7
02   E1    2         300      300      290      11
03   E1    1         600      600      600      15
04   E2    20        2 000    2 000    2 100    19
05   E2    10        10 000   11 000   11 900   35
==== ===== ========= ======== ======== ======== =======
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import dask.array as da
import numpy as np
import pandas as pd
import xarray as xr

from workbench.core.types import Status

Table = Mapping[int, list[float]]

COMMUNES: dict[str, Table] = {
    "population": {
        2016: [100, 300, 600, 2000, 10000],
        2021: [100, 300, 600, 2000, 11000],
        2023: [110, 290, 600, 2100, 11900],
    },
    "census_population": {2021: [100, 300, 600, 2000, 11000]},
    "age_0_19": {2021: [20, 60, 150, 500, 3000]},
    "age_20_64": {2021: [50, 150, 300, 1000, 6000]},
    "age_65_plus": {2021: [30, 90, 150, 500, 2000]},
    "dwellings": {2021: [60, 150, 280, 1000, 5000]},
    "vacant_dwellings": {2021: [6, 15, 14, 50, 500]},
    "area_km2": {0: [10, 2, 1, 20, 10]},
    "parts": {0: [1, 1, 1, 1, 1]},
    "town_halls": {2026: [1, 1, 1, 1, 2]},
    "town_halls_hours_known": {2026: [1, 1, 0, 1, 2]},
    "opening_minutes": {2026: [240, 600, 0, 1200, 3960]},
    "councillors": {2026: [7, 11, 15, 19, 35]},
    "councillors_women": {2026: [3, 5, 7, 9, 18]},
}
QUARTERS: dict[str, Table] = {
    "age_0_19": {2021: [1000, 2000]},
    "age_20_64": {2021: [4000, 2000]},
    "age_65_plus": {2021: [1000, 1000]},
}


@dataclass(frozen=True)
class TinyLevel:
    id: str
    role: str
    parents: tuple[str, ...]
    label: Mapping[str, str] = field(default_factory=dict)


LEVELS = {
    level.id: level
    for level in (
        TinyLevel("quarter", "finest", ("commune",)),
        TinyLevel("commune", "local", ("group", "middle")),
        TinyLevel("group", "group", ("middle",)),
        TinyLevel("middle", "middle", ()),
    )
}


@dataclass(frozen=True)
class TinySource:
    title: Mapping[str, str]
    licence: str


@dataclass(frozen=True, eq=False)
class TinyPack:
    """Give the figures above; `lazy` cuts them into chunks, `statuses` overrides some."""

    name: str = "tiny"
    vintage: int = 2026
    chunk: int = 5
    statuses: Mapping[tuple[str, int, int], Status] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)

    def level(self, name: str) -> TinyLevel:
        return LEVELS[name]

    def parts_level(self, level: str) -> str:
        return level if level == "quarter" else "commune"

    def frame(self, level: str) -> pd.DataFrame:
        rows: dict[str, dict[str, list[Any]]] = {
            "quarter": {"code": ["05Q1", "05Q2"], "commune": ["05", "05"]},
            "commune": {
                "code": ["01", "02", "03", "04", "05"],
                "group": ["E1", "E1", "E1", "E2", "E2"],
                "middle": ["D"] * 5,
            },
            "group": {"code": ["E1", "E2"], "middle": ["D", "D"]},
            "middle": {"code": ["D"]},
        }
        table = pd.DataFrame(rows[level]).set_index("code")
        table["name"] = [f"Place {code}" for code in table.index]
        areas = {"commune": [10, 2, 1, 20, 10], "group": [13, 30], "middle": [43]}
        table["area_km2"] = np.array(areas.get(level, [np.nan] * len(table)), dtype=float)
        return table

    def membership(self, level: str) -> np.ndarray:
        parts = self.frame(self.parts_level(level))
        if self.parts_level(level) == level:
            return np.arange(len(parts))
        return self.frame(level).index.get_indexer(parts[level]).astype(np.int64)

    def shares_within(self, level: str) -> bool:
        return False

    def frozen(self, level: str) -> Mapping[str, xr.DataArray]:
        return {}

    def _table(self, level: str) -> dict[str, Table]:
        return {"commune": COMMUNES, "quarter": QUARTERS}[level]

    def has_variable(self, name: str, parts_level: str) -> bool:
        return name in self._table(parts_level)

    def variable(self, name: str, parts_level: str) -> xr.DataArray:
        self.reads.append(name)
        status = self._status(name, parts_level)
        values = np.array(list(self._table(parts_level)[name].values()), dtype=float).T
        return self._labelled(
            np.where(status <= Status.ESTIMATED, values, np.nan), name, parts_level
        )

    def status(self, name: str, parts_level: str) -> xr.DataArray:
        return self._labelled(self._status(name, parts_level), name, parts_level)

    def _status(self, name: str, parts_level: str) -> np.ndarray:
        periods = list(self._table(parts_level)[name])
        status = np.zeros((len(self.frame(parts_level)), len(periods)), dtype=np.int8)
        for (variable, part, period), each in self.statuses.items():
            if variable == name:
                status[part, periods.index(period)] = each
        return status

    def _labelled(self, values: np.ndarray, name: str, parts_level: str) -> xr.DataArray:
        coords = {
            "territory": self.frame(parts_level).index.to_numpy(dtype=object),
            "period": list(self._table(parts_level)[name]),
        }
        lazy = da.from_array(values, chunks=(self.chunk, -1))
        return xr.DataArray(lazy, dims=("territory", "period"), coords=coords, name=name)

    def sources(self, variables: Iterable[str]) -> tuple[TinySource, ...]:
        title = " ".join(sorted(variables))
        return (TinySource({"fr": f"Titre {title}", "en": f"Title {title}"}, "Open"),)
