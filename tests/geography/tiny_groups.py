"""A country whose groups move: three maps, small enough to follow by hand.

===== ================ ===================== ==============================
group 2019             2021                  2022
===== ================ ===================== ==============================
G1    A B              A (B is in it) C      A C E, named Big, of type CITY
G2    C D              D                     ended: D is in no group
G3    F                is G4 now             F H (H left F)
none  E                E                     D
===== ================ ===================== ==============================

Persons, each period on its own map: 2016 on that of 2019, 2020 on the two others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import xarray as xr

from workbench.geography.event import Events

from .histories import table

GROUPS = {
    2019: {"A": "G1", "B": "G1", "C": "G2", "D": "G2", "E": "", "F": "G3"},
    2021: {"A": "G1", "C": "G1", "D": "G2", "E": "", "F": "G4"},
    2022: {"A": "G1", "C": "G1", "D": "", "E": "G1", "F": "G4", "H": "G4"},
}
NAMES = {
    2019: {"G1": ("One", "CC"), "G2": ("Two", "CC"), "G3": ("Three", "CC")},
    2021: {"G1": ("One", "CC"), "G2": ("Two", "CC"), "G4": ("Three", "CC")},
    2022: {"G1": ("Big", "CITY"), "G4": ("THREE", "CC")},
}
PERSONS = {
    2019: {2016: {"A": 60, "B": 20, "C": 30, "D": 10, "E": 5, "F": 40}},
    2021: {2020: {"A": 90, "C": 30, "D": 12, "E": 6, "F": 44}},
    2022: {
        2016: {"A": 80, "C": 30, "D": 10, "E": 5, "F": 30, "H": 10},
        2020: {"A": 90, "C": 30, "D": 12, "E": 6, "F": 33, "H": 11},
    },
}
MOVES = (
    ("2020-06-01", "merger", "A", "A"),
    ("2020-06-01", "merger", "B", "A"),
    ("2022-01-01", "split", "F", "F"),
    ("2022-01-01", "split", "F", "H"),
)


def _nouns(one: str) -> dict[str, dict[str, str]]:
    words = {"one": one, "many": f"{one}s", "the": f"the {one}", "this": f"this {one}"}
    return {"en": words, "fr": words}


def _level(role: str, one: str, *caveats: str) -> SimpleNamespace:
    return SimpleNamespace(role=role, names=_nouns(one), caveats=caveats)


LEVELS = {"town": _level("local", "town"), "band": _level("group", "band", "late")}
SPEC = SimpleNamespace(
    levels=LEVELS,
    level_names={name: level.names for name, level in LEVELS.items()},
    type_names={},
    caveats={"late": {"en": "Bands are late.", "fr": "Les bandes sont en retard."}},
    languages=("en", "fr"),
    default_language="en",
)


@dataclass(frozen=True)
class GroupAtlas:
    """Stand for a pack: the layer of packs is above."""

    vintage: int = 2022
    vintages: tuple[int, ...] = (2019, 2021, 2022)
    name: str = "bands"
    base_level: str = "town"

    @property
    def spec(self) -> SimpleNamespace:
        return SPEC

    @property
    def events(self) -> Events:
        return Events(table(*MOVES), pd.Index(sorted(GROUPS[2022])), 2022)

    @property
    def weights(self) -> Mapping[int, pd.Series]:
        return {
            year: pd.Series(next(iter(periods.values())), dtype=float)
            for year, periods in PERSONS.items()
        }

    def at(self, vintage: int) -> GroupAtlas:
        return replace(self, vintage=vintage)

    def frame(self, level: str) -> pd.DataFrame:
        if level == "band":
            rows = NAMES[self.vintage]
            return pd.DataFrame.from_dict(rows, orient="index", columns=["name", "type"])
        held = GROUPS[self.vintage]
        names = [f"{code} town" for code in held]
        return pd.DataFrame({"name": names, "band": list(held.values())}, index=list(held))

    def has_variable(self, name: str, level: str) -> bool:
        return (name, level) == ("population", "town")

    def variable(self, name: str, level: str) -> xr.DataArray:
        counted = pd.DataFrame(PERSONS[self.vintage]).loc[list(GROUPS[self.vintage])]
        coords = {"territory": list(counted.index), "period": list(counted.columns)}
        return xr.DataArray(
            counted.to_numpy(float), dims=("territory", "period"), coords=coords, name=name
        )

    def status(self, name: str, level: str) -> xr.DataArray:
        return xr.zeros_like(self.variable(name, level), dtype=np.int8)


ATLAS = GroupAtlas()
