"""Convert cubes and tables from the map of one year to that of another."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core.defaults import DEFAULT_PACK
from workbench.core.errors import UnknownName, nearest
from workbench.core.types import Kind
from workbench.geography.atlas import Atlas, open_atlas
from workbench.geography.carrier import Carrier
from workbench.geography.conversion import Conversion
from workbench.geography.conversion_checks import (
    check_cube,
    check_types,
    refuse_unmatched,
    vintage_of,
)
from workbench.geography.conversion_report import ConversionReport, conversions
from workbench.geography.event import day_of
from workbench.geography.transition import Transition, Weights, WithoutWeight, transition

__all__ = ["Converted", "Unmatched", "convert", "convert_cube", "convert_table", "labels_at"]

Unmatched = Literal["error", "aside"]


class Converted(NamedTuple):
    """Hold a table on another map, what was done, and the rows that could not be converted."""

    table: pd.DataFrame
    report: ConversionReport
    aside: pd.DataFrame


def convert(
    cube: xr.Dataset,
    *,
    to: int,
    since: int | None = None,
    pack: str | Atlas = DEFAULT_PACK,
    weights: Weights | None = None,
    without_weight: WithoutWeight = "error",
    unmatched: Unmatched = "error",
    bounds: bool = False,
) -> xr.Dataset:
    """Convert a cube of the base level from the map that it says to that of another year.

    Parameters
    ----------
    cube : Dataset
        Dim ``territory`` (codes, text), with any other. Each variable says its ``kind``; of a
        flag also ``combine`` (``"any"`` or ``"all"``), of a category ``weight``, the count its
        majority is counted in. Ratios, densities and means have their terms beside them
        (``<name>_numerator`` and ``<name>_denominator``, or counts of the cube named in the
        attributes ``numerator`` and ``denominator``) and say their ``scale``. What
        `workbench.cube` makes says all that.
    to : int
        Year of the map wanted, later or earlier.
    since : int, optional
        Year of the cube's map, where the cube does not say it (``vintage``).
    pack : str or Atlas
        The country.
    weights : mapping of int to Series, or Series, optional
        What splits are shared by; by default the pack's own (see `transition`).
    without_weight : {"error", "even"}
        Of splits whose parts have no weight (see `transition`).
    unmatched : {"error", "aside"}
        Of codes that are not on the cube's map: refuse, or set aside. What is set aside is
        listed in the report, and its counts are summed in ``<name>_unmatched``, so that the
        total of the result and of what was set aside is that of the cube.
    bounds : bool
        Add ``<name>_low`` and ``<name>_high`` to counts: the figures between which the true one
        is, if it is not negative (see `Transition`).

    Returns
    -------
    Dataset
        On the territories of the other map, those whose figures come from the cube's, in the
        order of codes; ``vintage`` says the year. Lazy where the cube is; chunks along other
        dims are kept. :func:`conversions` tells what was done with each row.

    Raises
    ------
    VintageMismatch
        The cube has no vintage, several, or another than `since`; a year is no number.
    TerritoryUnknown
        Codes are not on the map; each with what became of it.
    MedianNotAggregated, RatioNotSummed, DeclarationError
        A variable cannot be converted, or does not say how.
    WeightsMissing, DateNotCovered, LevelUnknown
        As each says.

    Notes
    -----
    Counts are summed; ratios, densities and means recomputed from their terms; of categories
    the one of the greatest weight is kept (``<name>_tied`` tells a tie, for which the first by
    order is); flags hold when any, or all, of the parts are flagged. Medians and measures of
    inequality are refused, unless no territory of the cube merges or splits. Statuses follow the
    rules of `workbench.compute.rollup.roll_up`; what was shared out is at best *apportioned*.
    Mergers keep totals exactly; shares of a split add up to the whole to rounding.

    Examples
    --------
    >>> codes = ["59350", "59355"]  # Lille and Lomme, its part since 2000
    >>> homes = xr.DataArray([80, 12], coords={"territory": codes}, attrs={"kind": "count"})
    >>> cube = convert(homes.to_dataset(name="homes"), since=1999, to=2026)
    >>> cube["homes"].to_series().to_dict(), conversions(cube)[0].converted
    ({'59350': 92}, 2)
    """
    check_types(cube, to, since)
    atlas = open_atlas(pack)
    year = vintage_of(cube, since)
    check_cube(cube, atlas)
    codes = cube.indexes["territory"]
    made = _moves(atlas, year, to) if weights is None else _moves_by(atlas, year, to, weights)
    if without_weight == "error":
        made.refuse_even(codes)
    if unmatched == "error":
        refuse_unmatched(codes, made, atlas.events, year)
    return convert_cube(cube, made, (year, to), labels=labels_at(atlas, to), bounds=bounds)


@lru_cache(maxsize=32)
def _moves(atlas: Atlas, since: int, to: int) -> Transition:
    """Follow the territories of a country, by its own weights; each pair of maps once."""
    return _moves_by(atlas, since, to, atlas.weights)


def _moves_by(atlas: Atlas, since: int, to: int, weights: Weights) -> Transition:
    # What is shared evenly is refused later, if it bears on the territories that are asked for.
    return transition(atlas.events, since, to, weights=weights, without_weight="even")


def convert_cube(
    cube: xr.Dataset,
    moves: Transition,
    vintages: tuple[int, int],
    *,
    labels: pd.DataFrame | None = None,
    bounds: bool = False,
) -> xr.Dataset:
    """Convert a cube along a transition; rows of codes that it lacks are set aside, and told.

    Parameters
    ----------
    cube : Dataset
        As for `convert`.
    moves : Transition
    vintages : tuple of int
        Years of the two maps.
    labels : DataFrame, optional
        Coordinates of the territories of the other map, by code: name, level, parents.
    bounds : bool
        As for `convert`.

    Returns
    -------
    Dataset
    """
    codes = cube.indexes["territory"]
    carrier = Carrier.of(moves, codes)
    aside = np.flatnonzero(~codes.isin(moves.followed))
    data = Conversion(cube, carrier, vintages[1], aside, bounds).variables()
    coords, left_out = _coordinates(cube, carrier.targets, labels)
    report = ConversionReport.of(
        moves,
        codes,
        vintages=vintages,
        result=carrier.targets,
        incomplete=carrier.incomplete,
        left_out=left_out,
    )
    attrs = report.written(cube.attrs) | {"vintage": vintages[1]}
    if "title" in attrs:
        attrs["title"] = str(attrs["title"]).replace(
            f"map of {vintages[0]}", f"map of {vintages[1]}"
        )
    return xr.Dataset(data, coords=coords, attrs=attrs)


def convert_table(
    frame: pd.DataFrame,
    *,
    code: str,
    sums: Sequence[str],
    to: int,
    since: int,
    pack: str | Atlas = DEFAULT_PACK,
    weights: Weights | None = None,
    without_weight: WithoutWeight = "error",
    unmatched: Unmatched = "error",
) -> Converted:
    """Convert a table of counts, one row a territory, to the map of another year.

    Parameters
    ----------
    frame : DataFrame
    code : str
        Column of the codes, text.
    sums : sequence of str
        Columns of counts. Every other column must be left out first: nothing says how to put
        its values together (see `convert` for what is not a count).
    to, since : int
        Years of the two maps.
    pack, weights, without_weight, unmatched
        As for `convert`.

    Returns
    -------
    Converted
        The table, columns `code` and `sums`, in the order of codes; the report; the rows of
        `frame` that were set aside.

    Raises
    ------
    UnknownName
        A column is not there, or is neither `code` nor among `sums`.
    TerritoryUnknown, WeightsMissing, DateNotCovered
        As for `convert`.

    Examples
    --------
    >>> homes = pd.DataFrame({"insee": ["59350", "59355"], "homes": [80, 12]})
    >>> convert_table(homes, code="insee", sums=["homes"], since=1999, to=2026).table
       insee  homes
    0  59350     92
    """
    known = [code, *sums]
    for name in known:
        if name not in frame.columns:
            columns = [str(column) for column in frame.columns]
            raise UnknownName(f"Column {name!r} is not in the table ({nearest(name, columns)}).")
    for name in frame.columns.difference(known):
        raise UnknownName(
            f"Column {name!r} is neither the code nor one of the sums: name it in sums=, or "
            f"leave it out first, frame.drop(columns={name!r})."
        )
    codes = pd.Index(frame[code].to_numpy(object), name="territory")
    data = {
        name: ("territory", frame[name].to_numpy(), {"kind": Kind.COUNT.value}) for name in sums
    }
    cube = convert(
        xr.Dataset(data, coords={"territory": codes}),
        to=to,
        since=since,
        pack=pack,
        weights=weights,
        without_weight=without_weight,
        unmatched=unmatched,
    )
    report = conversions(cube)[-1]
    table = pd.DataFrame({name: cube[name].to_numpy() for name in sums})
    table.insert(0, code, cube.indexes["territory"].to_numpy())
    return Converted(table, report, frame[codes.isin(report.unmatched)])


def labels_at(atlas: Atlas, vintage: int) -> pd.DataFrame:
    """Return the names of the base level's territories on a map, and their parents if known.

    Parameters
    ----------
    atlas : Atlas
    vintage : int
        Any year that the events cover; parents are known for the pack's own maps only.
    """
    if vintage in atlas.vintages:
        return atlas.at(vintage).frame(atlas.base_level)
    names = atlas.events.names_at(day_of(vintage))
    return names.to_frame("name").assign(level=atlas.base_level)


def _coordinates(
    cube: xr.Dataset, targets: pd.Index, labels: pd.DataFrame | None
) -> tuple[dict[Hashable, xr.Variable], tuple[str, ...]]:
    """Label the territories of the result; name the coordinates that are not known there."""
    about = cube["territory"].attrs
    coords: dict[Hashable, xr.Variable] = {"territory": xr.Variable("territory", targets, about)}
    left_out = []
    rows = None if labels is None else labels.reindex(targets)
    for name, coordinate in cube.coords.items():
        if "territory" not in coordinate.dims:
            coords[name] = coordinate.variable
        elif name == "territory":
            continue
        elif rows is not None and name in rows and coordinate.ndim == 1:
            values = rows[name].to_numpy()
            values = values if values.dtype.kind in "fiub" else values.astype(object)
            coords[name] = xr.Variable("territory", values, coordinate.attrs)
        else:
            left_out.append(str(name))
    return coords, tuple(left_out)
