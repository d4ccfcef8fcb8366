"""Figures for any zoning: which share of each territory is in each zone."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.core.errors import (
    LevelUnknown,
    TerritoryUnknown,
    UnknownName,
    VintageMismatch,
)
from workbench.geography.atlas import Atlas
from workbench.geography.carrier import Carrier
from workbench.geography.conversion import Conversion
from workbench.geography.conversion_checks import vintage_of
from workbench.geography.event import day_of
from workbench.geography.transition import Transition

__all__ = ["Zoning"]

# Weights that add up to the whole but for their rounding.
_ROUNDING = 1e-6


@dataclass(frozen=True, eq=False, repr=False)
class Zoning:
    """Say which share of each territory of a level is in each zone.

    Made by :func:`read_zoning`.

    Parameters
    ----------
    members : DataFrame
        code, zone, weight (over 0, up to 1), each pair once.
    zones : DataFrame
        By zone: name, and coverage, the share of the zone's ground that is drawn in the pack
        (NaN where the zone is no shape).
    codes : Index of str
        All the territories of the level, on the map.
    level : str
    atlas : Atlas
        The country, on the map of the codes.
    shared_by : str
        What weights are: ``"declared"`` or ``"area"``.
    repaired : mapping of str to str
        Zones whose shape was invalid and was repaired, and why it was.
    undrawn : Index of str
        Territories without a boundary: no polygon can hold them.
    unused : tuple of str
        Columns of the table that say nothing of the zoning.
    language : str
        That in which it is told; the pack's own by default.
    """

    members: pd.DataFrame
    zones: pd.DataFrame
    codes: pd.Index
    level: str
    atlas: Atlas
    shared_by: str
    repaired: Mapping[str, str] = field(default_factory=dict)
    undrawn: pd.Index = field(default_factory=lambda: pd.Index([], dtype=object))
    unused: tuple[str, ...] = ()
    language: str = ""

    @property
    def vintage(self) -> int:
        """Year of the map."""
        return self.atlas.vintage

    @cached_property
    def totals(self) -> pd.Series:
        """Share of each territory that is in some zone, by code; over 1 where zones overlap."""
        counted = self.members.groupby("code")["weight"].sum()
        return counted.reindex(self.codes, fill_value=0.0)

    @property
    def outside(self) -> pd.Index:
        """Territories that are in no zone."""
        return self.codes[self.totals == 0]

    @property
    def partial(self) -> pd.Index:
        """Territories of which a part is in no zone."""
        return self.codes[(self.totals > 0) & (self.totals < 1 - _ROUNDING)]

    @property
    def overlapping(self) -> pd.Index:
        """Territories that zones count more than once."""
        return self.codes[self.totals > 1 + _ROUNDING]

    @property
    def is_whole(self) -> bool:
        """Tell whether no territory is cut, nor in two zones."""
        return bool((self.members["weight"] == 1).all()) and self.members["code"].is_unique

    @property
    def table(self) -> pd.DataFrame:
        """Tell each zone: name, parts (territories it touches), whole (of them), coverage."""
        marked = self.members.assign(parts=1, whole=(self.members["weight"] == 1).astype(int))
        counted = marked.groupby("zone")[["parts", "whole"]].sum()
        counted = counted.reindex(self.zones.index, fill_value=0)
        return self.zones.join(counted)[["name", "parts", "whole", "coverage"]]

    def told(self, language: str | None = None) -> tuple[str, ...]:
        """Say what the zoning holds, shares out and leaves out.

        Parameters
        ----------
        language : str, optional
            That of the zoning by default.
        """
        from workbench.geography.zoning_words import told

        return told(self, language or self._spoken)

    @property
    def _spoken(self) -> str:
        return self.language or self.atlas.spec.default_language

    def __repr__(self) -> str:
        return f"<Zoning: {len(self.zones)} zones of {self.level}, map of {self.vintage}>"

    def _repr_html_(self) -> str:
        from workbench.geography.zoning_words import as_html

        return as_html(self, self._spoken)

    def __str__(self) -> str:
        return "\n".join(self.told())

    def aggregate(self, cube: xr.Dataset, *, bounds: bool = True) -> xr.Dataset:
        """Bring the figures of territories to the zones.

        Parameters
        ----------
        cube : Dataset
            Dim ``territory``, of the zoning's level and map, as `workbench.cube` makes it; a
            ratio with its terms (``terms=``).
        bounds : bool
            Add ``<name>_low`` and ``<name>_high`` to counts: what the territories wholly in the
            zone hold, and what all those that it touches hold. The true figure of a count that
            is not negative is between them.

        Returns
        -------
        Dataset
            Dim ``territory`` holds the zones, in the order of their identifiers; coordinates
            name, level, parts, whole and coverage. Lazy where the cube is.

        Raises
        ------
        VintageMismatch, LevelUnknown, TerritoryUnknown
            The cube is of another map, level or country, or has rows of unknown codes.
        MedianNotAggregated, RatioNotSummed, DeclarationError
            As `workbench.geography.convert` says.

        Notes
        -----
        Counts are summed, each by its weight; ratios, densities and means recomputed from their
        terms; medians refused. A figure that a weight under 1 went into is *apportioned*. A
        ratio hidden in one territory hides that of its zone: ``workbench.cube(level=zoning)``
        calculates indicators from counts, and knows no such limit.

        Examples
        --------
        >>> import workbench as wb
        >>> from workbench.geography import read_zoning
        >>> table = pd.DataFrame({"code": ["59350", "59599"], "zone": "Lille and Tourcoing"})
        >>> cube = wb.cube(["population"], periods=[2023])
        >>> int(read_zoning(table).aggregate(cube)["population"].squeeze())
        337018
        """
        self._check(cube)
        codes = cube.indexes["territory"]
        carrier = Carrier.of(self.shares, codes)
        none = np.array([], dtype=np.intp)
        data = Conversion(cube, carrier, self.vintage, none, bounds).variables()
        table = self.table.reindex(carrier.targets)
        coords: dict[Hashable, xr.Variable] = {
            name: each.variable
            for name, each in cube.coords.items()
            if "territory" not in each.dims
        }
        coords["territory"] = xr.Variable("territory", carrier.targets, {"long_name": "zone"})
        about = {
            "name": "name of the zone",
            "parts": f"number of {self.level} that the zone touches",
            "whole": f"number of {self.level} that are wholly in the zone",
            "coverage": "share of the ground of the zone that is drawn in the pack",
        }
        for name, text in about.items():
            values = table[name].to_numpy(object) if name == "name" else table[name].to_numpy()
            coords[name] = xr.Variable("territory", values, {"long_name": text})
        level = np.full(len(carrier.targets), "zone", dtype=object)
        coords["level"] = xr.Variable("territory", level, {"long_name": "level"})
        attrs = {key: value for key, value in cube.attrs.items() if key != "title"}
        attrs |= {"level": "zone", "vintage": self.vintage, "zoning": self._report}
        return xr.Dataset(data, coords=coords, attrs=attrs)

    @property
    def _report(self) -> str:
        """Write what was done as text that files keep."""
        counts = {"outside": len(self.outside), "partial": len(self.partial)}
        counts["overlapping"] = len(self.overlapping)
        return json.dumps({"of": self.level, "shared_by": self.shared_by, **counts})

    @cached_property
    def shares(self) -> Transition:
        """Lead from the territories to the zones, as from a map to another."""
        day = day_of(self.vintage)
        targets = pd.Index(self.zones.index.to_numpy(object))
        order = self.members.assign(
            origin=self.codes.get_indexer(pd.Index(self.members["code"])),
            target=targets.get_indexer(pd.Index(self.members["zone"])),
        ).sort_values(["target", "origin"])
        return _Shares(
            day,
            day,
            self.codes,
            targets,
            order["origin"].to_numpy(np.intp),
            order["target"].to_numpy(np.intp),
            order["weight"].to_numpy(np.float64),
            np.zeros(len(order), dtype=bool),
        )

    def _check(self, cube: xr.Dataset) -> None:
        if "territory" not in cube.indexes:
            raise UnknownName("The cube has no coordinate 'territory': rename that of the codes.")
        own, level = self.atlas.name, cube.attrs.get("level", self.level)
        if (pack := cube.attrs.get("pack", own)) != own:
            raise VintageMismatch(f"The cube is of pack {pack}, the zoning of pack {own}.")
        if level != self.level:
            raise LevelUnknown(
                f"The cube is at level {level}, the zoning is made of {self.level}: "
                f"workbench.cube(..., level={self.level!r})."
            )
        year = vintage_of(cube, None)
        if year != self.vintage:
            raise VintageMismatch(
                f"The cube is on the map of {year}, the zoning on that of {self.vintage}: bring "
                f"the cube to it, geography.convert(cube, to={self.vintage})."
            )
        codes = cube.indexes["territory"]
        wrong = codes[~codes.isin(self.codes) | codes.duplicated()]
        if len(wrong):
            raise TerritoryUnknown(
                f"{len(wrong)} rows of the cube have a code that comes twice or is not on the map "
                f"of {year}: {', '.join(map(repr, wrong[:3]))}."
            )


class _Shares(Transition):
    """Lead from territories to zones: a share is an estimate when it is no whole."""

    @cached_property
    def is_split(self) -> NDArray[np.bool_]:
        return self.share < 1
