"""Lay out observations, one a row, as a cube: territory, period, then categories.

A cell that no row tells is missing; a cell that two rows tell differently is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.quantities import status_attributes
from workbench.core.types import Status
from workbench.loaders.errors import CellTwice, CubeTooLarge

__all__ = ["Axis", "Facts", "axis_of", "make_cube", "words_on"]

_MOST_CELLS = 60_000_000
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Axis:
    """Say where each row is along a dimension.

    Parameters
    ----------
    name : str
        Of the dimension.
    values : sequence
        What is along it, in order.
    places : ndarray of int
        Place of each row among the values.
    attrs : mapping
        What is said of the dimension.
    labels : sequence of str
        A name for each value; none when empty.
    """

    name: str
    values: Sequence[Any]
    places: NDArray[np.int64]
    attrs: Mapping[str, Any] = field(default_factory=dict)
    labels: Sequence[str] = ()

    def at(self, rows: NDArray[np.integer]) -> Axis:
        """Return the same axis for some of the rows, in the order given."""
        return replace(self, places=self.places[rows])


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold what the rows say of one variable.

    Parameters
    ----------
    name : str
    axes : sequence of Axis
        Of its rows: territory and period first.
    values : ndarray of float
        NaN where there is no figure.
    status : ndarray of uint8
        Values of `Status`.
    attrs : mapping
        ``long_name``, and ``units`` and ``kind`` where they are known.
    absent : Status or None
        What a cell that no row tells is; None when it is a zero that was not written.
    adds : bool
        Whether rows of the same cell are parts of it, that add up.
    """

    name: str
    axes: Sequence[Axis]
    values: NDArray[np.float64]
    status: NDArray[np.uint8]
    attrs: Mapping[str, Any] = field(default_factory=dict)
    absent: Status | None = Status.MISSING
    adds: bool = False


def axis_of(name: str, texts: Sequence[Any] | NDArray[Any], **told: Any) -> Axis:
    """Make an axis of the values of its rows, sorted.

    Examples
    --------
    >>> axis = axis_of("sex", ["M", "F", "M"])
    >>> list(axis.values), axis.places.tolist()
    (['F', 'M'], [1, 0, 1])
    """
    places, values = pd.factorize(np.asarray(texts, dtype=object), sort=True)
    return Axis(name, list(values), places.astype(np.int64), **told)


def words_on(dim: str, texts: Sequence[str], about: str) -> xr.Variable:
    """Make a coordinate of texts along a dimension."""
    return xr.Variable(dim, np.asarray(texts, dtype=object), {"long_name": about})


def make_cube(
    facts: Sequence[Facts], name: str, attrs: Mapping[str, Any], advice: str = ""
) -> xr.Dataset:
    """Lay out variables; those that share a dimension share its values.

    Parameters
    ----------
    facts : sequence of Facts
    name : str
        Of the file, for messages.
    attrs : mapping
        Of the whole cube; its ``vintage`` is that of each status.
    advice : str
        What to do of a cube that is too large.

    Returns
    -------
    Dataset
        A variable ``v`` has its statuses in ``v_status``. All in memory.

    Raises
    ------
    CubeTooLarge
        It would have more cells than are held at once.
    CellTwice
        Two rows tell one cell differently.

    Examples
    --------
    >>> rows = axis_of("territory", ["01001", "01002"]), axis_of("period", [2021, 2021])
    >>> values, status = np.array([5.0, np.nan]), np.array([0, 4], np.uint8)
    >>> cube = make_cube([Facts("pop", rows, values, status)], "a.csv", {})
    >>> cube["pop"].sel(period=2021).values.tolist(), cube["pop_status"].values.tolist()
    ([5.0, nan], [[0], [4]])
    """
    shared = _shared(facts)
    cells = sum(
        int(np.prod([len(shared[axis.name].values) for axis in each.axes], dtype=np.float64))
        for each in facts
    )
    if cells > _MOST_CELLS:
        dims = ", ".join(f"{key} ({len(axis.values):,})" for key, axis in shared.items())
        raise CubeTooLarge(
            f"{name} makes a cube of {cells:,} cells ({dims}), more than the {_MOST_CELLS:,} that "
            f"are held at once. {advice}".rstrip()
        )
    data: dict[str, xr.Variable] = {}
    for each in facts:
        data |= _variables(each, shared, name, attrs)
    coords: dict[str, xr.Variable] = {}
    for key, axis in shared.items():
        kind = np.int64 if all(isinstance(v, int | np.integer) for v in axis.values) else object
        coords[key] = xr.Variable(key, np.asarray(axis.values, dtype=kind), axis.attrs)
        if axis.labels:
            coords[f"{key}_label"] = words_on(key, axis.labels, f"label of {key}")
    return xr.Dataset(data, coords=coords, attrs=dict(attrs))


def _shared(facts: Sequence[Facts]) -> dict[str, Axis]:
    """Give each dimension all the values that its variables have."""
    found: dict[str, Axis] = {}
    for each in facts:
        for axis in each.axes:
            known = found.get(axis.name)
            if known is None or known.values == axis.values:
                found.setdefault(axis.name, axis)
                continue
            labels = dict(zip(known.values, known.labels, strict=False))
            labels |= dict(zip(axis.values, axis.labels, strict=False))
            values = sorted({*known.values, *axis.values})
            shown = [labels.get(value, "") for value in values] if labels else []
            found[axis.name] = Axis(axis.name, values, known.places, known.attrs, shown)
    return found


def _variables(
    facts: Facts, shared: Mapping[str, Axis], name: str, about: Mapping[str, Any]
) -> dict[str, xr.Variable]:
    dims = tuple(axis.name for axis in facts.axes)
    shape = tuple(len(shared[dim].values) for dim in dims)
    at = np.zeros(len(facts.values), dtype=np.int64)
    for axis, size in zip(facts.axes, shape, strict=True):
        places = pd.Index(shared[axis.name].values).get_indexer(pd.Index(axis.values))
        at = at * size + places[axis.places]
    order = np.argsort(at, kind="stable")
    cells, first = np.unique(at[order], return_index=True)
    values, status = facts.values[order], facts.status[order]
    if len(cells) < len(at):
        values, status = _gathered(facts, values, status, first, name, dims)
    else:
        values, status = values[first], status[first]
    total = int(np.prod(shape, dtype=np.int64))
    absent = facts.absent
    filled = np.full(total, 0.0 if absent is None else np.nan)
    told = np.full(total, Status.OBSERVED if absent is None else absent, dtype=np.int8)
    filled[cells], told[cells] = values, status
    attrs = {"long_name": facts.name, **facts.attrs}
    attrs["ancillary_variables"] = f"{facts.name}_status"
    flags = status_attributes({**attrs, "vintage": about.get("vintage", "")})
    if not flags["vintage"]:
        del flags["vintage"]
    return {
        facts.name: xr.Variable(dims, filled.reshape(shape), attrs),
        f"{facts.name}_status": xr.Variable(dims, told.reshape(shape), flags),
    }


def _gathered(
    facts: Facts,
    values: NDArray[np.float64],
    status: NDArray[np.uint8],
    first: NDArray[np.int64],
    name: str,
    dims: Sequence[str],
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Gather the rows of a cell: their sum when they are its parts, else the one figure."""
    worst = np.maximum.reduceat(status, first)
    if facts.adds:
        sums = np.add.reduceat(values, first)
        return np.where(worst <= Status.ESTIMATED, sums, np.nan), worst
    low, high = (f.reduceat(values, first) for f in (np.fmin, np.fmax))
    least = np.minimum.reduceat(status, first)
    odd = np.flatnonzero(~((low == high) | (np.isnan(low) & np.isnan(high))) | (worst != least))
    if odd.size:
        shown = ", ".join(f"{low[at]:g} and {high[at]:g}" for at in odd[:_SHOWN])
        raise CellTwice(
            f"{name}: {odd.size:,} cells of {facts.name} ({', '.join(dims)}) are told twice, "
            f"differently ({shown}). A category of the file is not among the dimensions: keep one "
            "of its values (option where), or ask its producer."
        )
    return values[first], status[first]
