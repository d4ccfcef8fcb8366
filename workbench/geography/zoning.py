"""Figures for any zoning: a table of memberships, or polygons measured against boundaries."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.core.errors import (
    LevelUnknown,
    ParameterError,
    TerritoryUnknown,
    UnknownName,
    VintageMismatch,
    ZoningInvalid,
    nearest,
)
from workbench.geography.atlas import Atlas, open_atlas
from workbench.geography.carrier import Carrier
from workbench.geography.conversion import Conversion
from workbench.geography.conversion_checks import vintage_of
from workbench.geography.event import day_of
from workbench.geography.transition import Transition
from workbench.geography.zone_table import read_members

__all__ = ["Zoning", "read_zoning"]

# Weights that add up to the whole but for their rounding.
_ROUNDING = 1e-6
_TABLES, _DRAWINGS = (".csv", ".tsv", ".txt", ".parquet"), (".geojson", ".json")


@dataclass(frozen=True, eq=False)
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
    vintage : int
        Year of the map.
    pack : str
    shared_by : str
        What weights are: ``"declared"`` or ``"area"``.
    spec : object
        Words of the country.
    repaired : mapping of str to str
        Zones whose shape was invalid and was repaired, and why it was.
    undrawn : Index of str
        Territories without a boundary: no polygon can hold them.
    """

    members: pd.DataFrame
    zones: pd.DataFrame
    codes: pd.Index
    level: str
    vintage: int
    pack: str
    shared_by: str
    spec: Any
    repaired: Mapping[str, str] = field(default_factory=dict)
    undrawn: pd.Index = field(default_factory=lambda: pd.Index([], dtype=object))

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
    def table(self) -> pd.DataFrame:
        """Tell each zone: name, parts (territories it touches), whole (of them), coverage."""
        parts = self.members.groupby("zone")["weight"].agg(["size", lambda w: int((w == 1).sum())])
        counted = parts.reindex(self.zones.index, fill_value=0).astype(int)
        return self.zones.assign(
            parts=counted.iloc[:, 0].to_numpy(), whole=counted.iloc[:, 1].to_numpy()
        )[["name", "parts", "whole", "coverage"]]

    def told(self, language: str) -> tuple[str, ...]:
        """Say what the zoning holds, shares out and leaves out, in a language."""
        from workbench.geography.zoning_words import told

        return told(self, language)

    def __str__(self) -> str:
        return "\n".join(self.told(self.spec.default_language))

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
        terms; medians refused. A figure that a weight under 1 went into is *apportioned*.

        Examples
        --------
        >>> import workbench as wb
        >>> table = pd.DataFrame({"code": ["59350", "59599"], "zone": "Lille and Tourcoing"})
        >>> cube = wb.cube(["population"], periods=[2023])
        >>> int(read_zoning(table).aggregate(cube)["population"].item())
        338094
        """
        self._check(cube)
        codes = cube.indexes["territory"]
        carrier = Carrier.of(self._moves, codes)
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
    def _moves(self) -> Transition:
        day = day_of(self.vintage)
        targets = pd.Index(self.zones.index.to_numpy(object))
        order = self.members.assign(
            origin=self.codes.get_indexer(self.members["code"]),
            target=targets.get_indexer(self.members["zone"]),
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
        pack, level = cube.attrs.get("pack", self.pack), cube.attrs.get("level", self.level)
        if pack != self.pack:
            raise VintageMismatch(f"The cube is of pack {pack}, the zoning of pack {self.pack}.")
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


def read_zoning(
    source: object,
    *,
    code: str | None = None,
    zone: str | None = None,
    weight: str | None = None,
    name: str | None = None,
    level: str | None = None,
    vintage: int | None = None,
    pack: str | Atlas = "france",
    tolerance: float = 1e-6,
) -> Zoning:
    """Read a zoning from a table of memberships or from polygons.

    Parameters
    ----------
    source : path, DataFrame, mapping, sequence or object
        A table: CSV or Parquet file, DataFrame, one row a territory and zone. Or a drawing, in
        longitude and latitude: GeoJSON file or mapping, a mapping from zones to geometries, a
        sequence of geometries, what has ``__geo_interface__`` (shapely, GeoDataFrame, an
        editor's drawing).
    code, weight : str, optional
        Of a table, the columns of codes (``"code"``) and of weights, the share of the territory
        that is in the zone (``"weight"`` where there is one; else territories are whole).
    zone, name : str, optional
        The column (``"zone"``, and ``"name"`` where there is one) or the property of features
        (their ``id``, else their number; their ``name``) that identifies and names the zone.
    level : str, optional
        Level of the territories; the base level by default.
    vintage : int, optional
        Year of the map that the codes are of; the latest by default.
    pack : str or Atlas
    tolerance : float
        Of a drawing: a share under it is left out, one above 1 minus it is whole.

    Returns
    -------
    Zoning

    Raises
    ------
    ZoningInvalid
        The source cannot be used as it is; the row or the feature is named.
    TerritoryUnknown
        Codes are not on the map.
    MissingExtra
        Polygons need shapely.
    LevelUnknown, VintageMismatch
        As the pack says: boundaries are those of the latest map.

    Notes
    -----
    Of a drawing, the weight of a territory is the share of its ground that lies in the zone,
    measured in an equal-area projection on the finest boundaries that the pack has: its figures
    are shared out as if they were spread evenly over its ground.

    Examples
    --------
    >>> square = {"type": "Polygon", "coordinates": [
    ...     [[3.0, 50.6], [3.1, 50.6], [3.1, 50.7], [3.0, 50.7], [3.0, 50.6]]]}
    >>> read_zoning(square).table[["parts", "whole"]].values.tolist()
    [[21, 4]]
    """
    atlas = open_atlas(open_atlas(pack), vintage=vintage)
    at_level = level or atlas.base_level
    known = atlas.frame(at_level).index
    codes = pd.Index(known.to_numpy(object), name="code")
    about = {"codes": codes, "level": at_level, "vintage": atlas.vintage, "pack": atlas.name}
    about["spec"] = atlas.spec
    source = Path(source) if isinstance(source, str) else source
    if _is_table(source):
        columns = {"code": code, "zone": zone, "weight": weight, "name": name}
        return _from_table(source, columns, about)
    if code is not None or weight is not None:
        raise ParameterError("A drawing has no columns: leave code= and weight= out.")
    return _from_drawing(source, atlas, about, zone=zone, name=name, tolerance=tolerance)


def _is_table(source: object) -> bool:
    if isinstance(source, Path):
        suffix = source.suffix.lower()
        if suffix not in (*_TABLES, *_DRAWINGS):
            ends = ", ".join((*_TABLES, *_DRAWINGS))
            raise ZoningInvalid(f"{source.name} is of no known kind: expected one of {ends}.")
        if not source.is_file():
            raise ZoningInvalid(f"There is no file {source}.")
        return suffix in _TABLES
    return isinstance(source, pd.DataFrame) and not hasattr(source, "__geo_interface__")


def _from_table(source: Any, columns: Mapping[str, str | None], about: dict[str, Any]) -> Zoning:
    table, title = read_members(source, **columns)
    unknown = table[~table["code"].isin(about["codes"])]
    if len(unknown):
        first = unknown.iloc[0]
        level, year = about["level"], about["vintage"]
        raise TerritoryUnknown(
            f"{title}, row {first['row']}: {first['code']!r} is no {level} of the map of {year} "
            f"({nearest(first['code'], about['codes'])}); {len(unknown)} of {len(table)} rows are "
            "like it. `workbench territories check FILE` tells what they are; a table of another "
            "year is read with vintage=, and the cube is brought to it by geography.convert."
        )
    names = table.drop_duplicates("zone").set_index("zone")["name"].sort_index()
    zones = names.to_frame().assign(coverage=np.nan)
    members = table[["code", "zone", "weight"]]
    return Zoning(members, zones, shared_by="declared", **about)


def _from_drawing(
    source: object, atlas: Atlas, about: dict[str, Any], **how: Any
) -> Zoning:
    from workbench.geography.zone_shapes import read_drawn

    boundaries = atlas.boundaries(about["level"], detail="fine")
    drawn = read_drawn(source, boundaries, **how)
    undrawn = about["codes"][[code not in boundaries for code in about["codes"]]]
    return Zoning(
        drawn.members,
        drawn.zones,
        shared_by="area",
        repaired=drawn.repaired,
        undrawn=undrawn,
        **about,
    )
