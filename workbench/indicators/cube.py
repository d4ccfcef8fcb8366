"""Put indicators of one level together as a cube: an xarray Dataset, lazy until computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import dask.array as da
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.blocks import map_blocks
from workbench.compute.quantities import status_attributes
from workbench.core.errors import DeclarationError, PeriodUnknown, VintageMismatch, nearest
from workbench.core.types import Kind, Status
from workbench.indicators.calculations import Outcome, calculate
from workbench.indicators.indicator import Indicator
from workbench.indicators.metadata import (
    coordinates,
    dataset_attributes,
    recomputation,
    variable_attributes,
)
from workbench.indicators.pack_like import LevelLike, PackLike
from workbench.indicators.variables import Variables

__all__ = ["LevelLike", "PackLike", "build_cube", "level_variables"]


def build_cube(
    pack: PackLike,
    indicators: Iterable[Indicator],
    level: str,
    *,
    periods: Sequence[int] | None = None,
    vintage: int | None = None,
    language: str = "en",
    frozen: Mapping[str, xr.DataArray] | None = None,
    terms: Iterable[str] = (),
    variables: Variables | None = None,
) -> xr.Dataset:
    """Calculate indicators for all the territories of a level, lazily.

    Parameters
    ----------
    pack : PackLike
    indicators : iterable of Indicator
    level : str
    periods : sequence of int, optional
        Those wanted; by default all that one of the indicators has.
    vintage : int, optional
        Year of the map that the caller works on, to be sure that it is the pack's.
    language : str
        Language of ``long_name`` and ``comment``.
    frozen : mapping of str to DataArray (territory,) of bool, optional
        By variable, the territories whose series is repeated: they have no change. By default
        those that the pack marks.
    terms : iterable of str
        Indicators whose numerator and denominator are kept as variables of their own,
        ``<id>_numerator`` and ``<id>_denominator``: what `workbench.geography.convert` needs.
    variables : Variables, optional
        Counts of the level, where they are not sums by the pack's own membership.

    Returns
    -------
    Dataset
        Dims ``territory`` and ``period``; on ``territory``, the coordinates ``name``, ``level``,
        ``area_km2`` and the parents' codes. For each indicator a variable, and its
        ``<id>_status``. A period or a level that an indicator does not have is not applicable.

    Raises
    ------
    VintageMismatch
        The pack is not of that vintage.
    PeriodUnknown
        No indicator has one of the periods.
    DeclarationError
        An identifier comes twice, or `terms` names none of the indicators.

    Notes
    -----
    A variable is read and rolled up once, however many indicators use it. Every array is one
    chunk along ``territory``.
    """
    if vintage is not None and vintage != pack.vintage:
        message = (
            f"asked for the map of {vintage}, and pack {pack.name} is open at {pack.vintage}. "
            f"Open it at {vintage}, or convert with geography.convert."
        )
        raise VintageMismatch(message)
    wanted = _by_id(indicators)
    kept = _kept(terms, wanted)
    declared, frame = pack.level(level), pack.frame(level)
    variables = variables or level_variables(pack, level, frozen=frozen)
    codes = variables.groups
    outcomes = {
        name: calculate(indicator, variables)
        for name, indicator in wanted.items()
        if not indicator.levels or declared.role in indicator.levels
    }
    index = _periods(outcomes.values(), periods, pack.vintage)
    blank = _Blank(len(codes), len(index))
    data: dict[str, xr.Variable] = {}
    for name, indicator in wanted.items():
        outcome = outcomes.get(name)
        attrs = variable_attributes(indicator, outcome, pack, language=language)
        if name in kept:
            attrs |= recomputation(indicator)
        data |= _variables(name, outcome, attrs, index, blank, with_terms=name in kept)
    coords = coordinates(frame, codes, declared, index)
    return xr.Dataset(data, coords=coords, attrs=dataset_attributes(pack, declared, data))


def level_variables(
    pack: PackLike, level: str, *, frozen: Mapping[str, xr.DataArray] | None = None
) -> Variables:
    """Make the variables of a level ready to be read and rolled up.

    Parameters
    ----------
    pack : PackLike
    level : str
    frozen : mapping of str to DataArray (territory,) of bool, optional
        By variable, the territories whose series is repeated; the pack's own by default.
    """
    parts_level = pack.parts_level(level)
    codes = _codes(pack.frame(level))
    return Variables(
        pack,
        parts_level,
        parts=codes if parts_level == level else _codes(pack.frame(parts_level)),
        membership=pack.membership(level),
        groups=codes,
        vintage=pack.vintage,
        frozen=pack.frozen(level) if frozen is None else frozen,
        shares_within=pack.shares_within(level),
    )


class _Blank:
    """Make the figures of an indicator without a meaning here, the same arrays for all."""

    def __init__(self, territories: int, periods: int) -> None:
        shape = (territories, periods)
        full: Callable[..., Any] = da.full
        self.values = full(shape, np.nan, chunks=-1)
        self.status = full(shape, Status.NOT_APPLICABLE, dtype=np.int8, chunks=-1)


def _by_id(indicators: Iterable[Indicator]) -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for indicator in indicators:
        if found.setdefault(indicator.id, indicator) is not indicator:
            message = f"two different indicators are named {indicator.id!r}: keep one of them"
            raise DeclarationError(message)
    return found


def _kept(terms: Iterable[str], wanted: Mapping[str, Indicator]) -> frozenset[str]:
    kept = frozenset(terms)
    for name in sorted(kept - set(wanted)):
        message = f"terms of {name!r} are asked for, which is not in the cube; "
        raise DeclarationError(message + nearest(name, wanted))
    return kept


def _codes(frame: pd.DataFrame) -> pd.Index:
    """Return the codes as plain text objects, which xarray and netCDF take as they are."""
    codes: pd.Index = pd.Index(frame.index.to_numpy(dtype=object), dtype=object, name="territory")
    return codes


def _periods(
    outcomes: Iterable[Outcome | None], asked: Sequence[int] | None, vintage: int
) -> pd.Index:
    known = {int(p) for each in outcomes if each for p in each.values["period"].values}
    if asked is None:
        return pd.Index(sorted(known) or [vintage], name="period")
    for period in asked:
        if known and period not in known:
            message = f"no indicator of the cube has the period {period}; they have {sorted(known)}"
            raise PeriodUnknown(message)
    return pd.Index(sorted(set(asked)), name="period")


def _variables(
    name: str,
    outcome: Outcome | None,
    attrs: dict[str, Any],
    index: pd.Index,
    blank: _Blank,
    *,
    with_terms: bool,
) -> dict[str, xr.Variable]:
    """Lay out an indicator as the cube's variables, all on the cube's periods."""
    keys = [name, f"{name}_status"]
    if outcome is None:
        arrays: list[Any] = [blank.values, blank.status]
        if with_terms and attrs["kind"] in (Kind.RATIO, Kind.DENSITY, Kind.MEAN):
            keys += [f"{name}_numerator", f"{name}_denominator"]
            arrays += [blank.values, blank.values]
    else:
        figures = [outcome.values, outcome.status]
        if with_terms and outcome.numerator is not None and outcome.denominator is not None:
            keys += [f"{name}_numerator", f"{name}_denominator"]
            figures += [outcome.numerator, outcome.denominator]
        arrays = [array.data for array in _on_periods(figures, index)]
    attrs["ancillary_variables"] = " ".join(keys[1:])
    about = [attrs, status_attributes(attrs)]
    about += [{"long_name": f"{key} ({attrs['long_name']})"} for key in keys[2:]]
    return {
        key: xr.Variable(("territory", "period"), array, attrs=each)
        for key, array, each in zip(keys, arrays, about, strict=True)
    }


def _on_periods(figures: Sequence[xr.DataArray], index: pd.Index) -> tuple[xr.DataArray, ...]:
    """Lay figures on the cube's periods; those that they lack are not applicable there."""
    own = figures[0].indexes["period"]
    if own.equals(index):
        return tuple(figures)
    kernel = partial(_spread, positions=tuple(own.get_indexer(index).tolist()))
    dtypes = [array.dtype for array in figures]
    return map_blocks(kernel, *figures, dtypes=dtypes, relabelled={"period": index})


def _spread(*blocks: NDArray[Any], positions: tuple[int, ...]) -> tuple[NDArray[Any], ...]:
    results = []
    for block in blocks:
        fill = np.nan if block.dtype.kind == "f" else Status.NOT_APPLICABLE
        out = np.full((len(block), len(positions)), fill, dtype=block.dtype)
        for column, position in enumerate(positions):
            if position >= 0:
                out[:, column] = block[:, position]
        results.append(out)
    return tuple(results)
