"""Indicators of a user's zones, calculated as those of any level: from the counts of the parts.

Each territory that a zone touches gives it the share of its counts that the zoning says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.quantities import Quantities
from workbench.compute.rollup import Grouping
from workbench.core.errors import MedianNotAggregated
from workbench.geography.carrier import Carrier
from workbench.geography.zoning import Zoning
from workbench.indicators.indicator import Condition
from workbench.indicators.pack_like import LevelLike, PackLike, SourceLike
from workbench.indicators.variables import Variables

__all__ = ["ZoneVariables", "ZonedPack"]


@dataclass(frozen=True, slots=True)
class _ZoneLevel:
    """Stand for the level of the zones: like a group, it need not nest in any other."""

    id: str = "zone"
    role: str = "group"
    parents: Sequence[str] = ()


class ZonedPack:
    """Give a pack one more level, ``"zone"``; see `PackLike`.

    Parameters
    ----------
    pack : PackLike
        Open at the map of the zoning.
    zoning : Zoning
    """

    def __init__(self, pack: PackLike, zoning: Zoning) -> None:
        self.pack, self.zoning = pack, zoning
        self.name, self.vintage = pack.name, pack.vintage

    def level(self, name: str) -> LevelLike:
        """Return the level of the zones."""
        return _ZoneLevel(name)

    def parts_level(self, level: str) -> str:
        """Return the level that the zones are made of."""
        return self.zoning.level

    def frame(self, level: str) -> pd.DataFrame:
        """Return the zones, or the territories of another level."""
        if level != "zone":
            return self.pack.frame(level)
        return self.zoning.zones[["name"]].assign(area_km2=np.nan)

    def membership(self, level: str) -> NDArray[np.int64]:
        """Return the position of the zone of each part, −1 for none; one of them at most."""
        known = self.zoning.members.drop_duplicates("code").set_index("code")["zone"]
        of_parts = pd.Index(known.reindex(self.zoning.codes))
        return self.zoning.zones.index.get_indexer(of_parts).astype(np.int64)

    def shares_within(self, level: str) -> bool:
        """Tell that a zone may hold one part of a split territory without the other."""
        return False

    def frozen(self, level: str) -> Mapping[str, xr.DataArray]:
        """Mark the zones all of whose parts have a repeated series."""
        marks = {}
        members = self.zoning.members
        for name, marked in self.pack.frozen(self.zoning.level).items():
            repeated = members["code"].map(marked.to_series()).astype(bool)
            whole = repeated.groupby(members["zone"]).all()
            codes = self.zoning.zones.index.to_numpy(dtype=object)
            values = whole.reindex(codes, fill_value=False).to_numpy(dtype=bool)
            marks[name] = xr.DataArray(values, dims="territory", coords={"territory": codes})
        return marks

    def has_variable(self, name: str, parts_level: str) -> bool:
        """Tell whether a variable is counted at a level."""
        return self.pack.has_variable(name, parts_level)

    def variable(self, name: str, parts_level: str) -> xr.DataArray:
        """Return the counts of the parts."""
        return self.pack.variable(name, parts_level)

    def status(self, name: str, parts_level: str) -> xr.DataArray:
        """Return the status of each count."""
        return self.pack.status(name, parts_level)

    def sources(self, variables: Iterable[str]) -> Sequence[SourceLike]:
        """Return the sources of some variables, each once."""
        return self.pack.sources(variables)

    def variables(self) -> ZoneVariables:
        """Make the variables of the zones ready to be read and shared out."""
        return ZoneVariables(self)


class ZoneVariables(Variables):
    """Read variables of the parts, and share them out between zones."""

    def __init__(self, zoned: ZonedPack) -> None:
        zones = zoned.zoning.zones.index.to_numpy(dtype=object)
        self._zoning = zoned.zoning
        super().__init__(
            zoned,
            zoned.zoning.level,
            parts=pd.Index(zoned.zoning.codes, name="territory"),
            membership=zoned.membership("zone"),
            groups=pd.Index(zones, dtype=object, name="territory"),
            vintage=zoned.vintage,
            frozen=zoned.frozen("zone"),
        )

    @cached_property
    def grouping(self) -> Grouping:
        """Which parts belong to which zone.

        Raises
        ------
        MedianNotAggregated
            A part is shared between zones, or is in one for a part only: what describes the
            parts of a zone has no meaning.
        """
        if not self._zoning.is_whole:
            raise MedianNotAggregated(
                "A median or an inequality is found from whole parts, and the zoning cuts "
                f"{self._zoning.level} or counts some twice. Ask for other indicators, or use a "
                "zoning of whole ones, each in one zone."
            )
        return super().grouping

    def total(self, name: str, where: tuple[Condition, ...] = ()) -> Quantities:
        """Return the counts of the zones, each part's by its share."""
        term = name, where
        if term not in self._rolled_up:
            carried = map_blocks(
                self._carrier.sums,
                *self.parts(*term),
                dtypes=[np.float64, np.int8],
                relabelled={"territory": self.groups},
            )
            self._rolled_up[term] = Quantities(*carried)
        return self._rolled_up[term]

    @cached_property
    def _carrier(self) -> Carrier:
        return Carrier.of(self._zoning.shares, self._zoning.codes)
