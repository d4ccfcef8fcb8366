"""A country that moved: six communes in 2012, five in 2020, small enough to follow by hand.

========== ============ =============================================
date       event        communes
========== ============ =============================================
2012-06-01 merger       B joins A
2014-03-01 split        D leaves C: persons 30 and 10 in 2015
2016-01-01 code change  E becomes F
2018-01-01 merger       G joins C
========== ============ =============================================

On the map of 2012: A B C E G H. On that of 2020: A C D F H. H never moved.
A and C, with what they held, are in the county ONE; the others in TWO.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core.errors import UnknownName
from workbench.geography.event import Events, day_of

from .histories import table

OLD = ["A", "B", "C", "E", "G", "H"]
NEW = ["A", "C", "D", "F", "H"]
ROWS = (
    ("2012-06-01", "merger", "A", "A"),
    ("2012-06-01", "merger", "B", "A"),
    ("2014-03-01", "split", "C", "C"),
    ("2014-03-01", "split", "C", "D"),
    ("2016-01-01", "code_change", "E", "F"),
    ("2018-01-01", "merger", "C", "C"),
    ("2018-01-01", "merger", "G", "C"),
)
COUNTIES = {"A": "ONE", "B": "ONE", "C": "ONE", "D": "ONE", "G": "ONE"}
WEIGHTS = {
    2012: pd.Series({"A": 60.0, "B": 20.0}),
    2015: pd.Series({"A": 80.0, "C": 30.0, "D": 10.0, "E": 5.0, "G": 7.0, "H": 9.0}),
    2017: pd.Series({"C": 33.0, "G": 11.0, "D": 1.0}),
}


def events(*rows: tuple[str, ...], latest: list[str] = NEW) -> Events:
    """Make the events of the country, or of another one."""
    return Events(table(*(rows or ROWS)), pd.Index(latest), 2020)


@dataclass(frozen=True, eq=False)
class TinyAtlas:
    """Stand for a pack: the layer of packs is above."""

    events: Events
    weights: Mapping[int, pd.Series]
    vintage: int = 2020
    name: str = "tiny"
    vintages: tuple[int, ...] = (2012, 2020)
    base_level: str = "commune"

    def at(self, vintage: int) -> TinyAtlas:
        return replace(self, vintage=vintage)

    def frame(self, level: str) -> pd.DataFrame:
        assert level == self.base_level
        codes = self.events.codes_at(day_of(self.vintage))
        return pd.DataFrame(
            {
                "name": [f"{code} town" for code in codes],
                "level": level,
                "county": [COUNTIES.get(code, "TWO") for code in codes],
                "area_km2": 1.0 if self.vintage == 2020 else float("nan"),
            },
            index=codes,
        )

    def has_variable(self, name: str, level: str) -> bool:
        return name == "people" or (name == "homes" and self.vintage == 2020)

    def published(self, name: str) -> xr.DataArray:
        """Give 10, 20, 30… persons in 2010 and 2016 on the map of 2012, in 2016 on that of 2020."""
        if not self.has_variable(name, "commune"):
            raise UnknownName(f"no variable {name}")
        codes = self.events.codes_at(day_of(self.vintage))
        periods = [2010, 2016] if self.vintage == 2012 else [2016]
        values = np.outer(np.arange(len(codes)) * 10.0 + 10, np.ones(len(periods)))
        coords = {"territory": codes.to_numpy(object), "period": periods}
        told = {"kind": "count", "vintage": self.vintage}
        return xr.DataArray(values, dims=("territory", "period"), coords=coords, attrs=told)


ATLAS = TinyAtlas(events(), WEIGHTS)
