"""Zonal statistics: what a gridded cube says of each territory."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, overload

import dask.array as da
import numpy as np
import pandas as pd
import xarray as xr
from dask.base import tokenize
from numpy.typing import NDArray

from workbench.compute.grids import Grid
from workbench.compute.readable import readable
from workbench.compute.statistics import Nest, Rule, Scale
from workbench.compute.tiles import reduce_blocks
from workbench.compute.weights import Weights
from workbench.core.errors import GridMismatch, nearest
from workbench.core.types import Status

__all__ = ["HOWS", "Zonal", "zonal"]

HOWS = ("mean", "sum", "min", "max", "std", "count", "quantile", "majority", "threshold_count")
_ADDITIVE = frozenset({"mean", "sum", "count", "threshold_count"})
_APPORTIONED = frozenset({"sum", "count", "threshold_count"})


@dataclass(frozen=True, eq=False)
class Zonal:
    """Hold a statistic of each territory, with what is needed to judge and recompute it.

    Parameters
    ----------
    values : DataArray (territory, …), float64
        NaN where the status carries no number.
    status : DataArray (territory, …), int8
        Values of `Status`.
    valid : DataArray (territory, …), float64
        Part of the territory's weight (area, unless weights were given) whose cells lie on the
        grid and have a value, 0 to 1.
    denominator : DataArray (territory, …), float64
        Weight of the cells that have a value: km² (times the weight given) for a mean, cells for
        what is counted or summed.
    how : str
    """

    values: xr.DataArray
    status: xr.DataArray
    valid: xr.DataArray
    denominator: xr.DataArray
    how: str

    @property
    def numerator(self) -> xr.DataArray | None:
        """What adds up over territories: None for a statistic that has no such sum."""
        if self.how == "mean":
            return self.values * self.denominator
        return self.values if self.how in _ADDITIVE else None


@overload
def zonal(
    cube: xr.DataArray,
    weights: Weights,
    how: str = ...,
    *,
    q: float = ...,
    definition: str = ...,
    threshold: float | None = ...,
    compare: str = ...,
    min_valid: float = ...,
) -> Zonal: ...


@overload
def zonal(
    cube: xr.DataArray,
    weights: Mapping[str, Weights],
    how: str = ...,
    *,
    q: float = ...,
    definition: str = ...,
    threshold: float | None = ...,
    compare: str = ...,
    min_valid: float = ...,
) -> dict[str, Zonal]: ...


def zonal(
    cube: xr.DataArray,
    weights: Weights | Mapping[str, Weights],
    how: str = "mean",
    *,
    q: float = 0.5,
    definition: str = "step",
    threshold: float | None = None,
    compare: str = ">",
    min_valid: float = 0.5,
) -> Zonal | dict[str, Zonal]:
    """Summarise the cells of a cube by territory.

    Parameters
    ----------
    cube : DataArray (…, y, x)
        On the grid of the weights; NaN is absent. Lazy when it is Dask-backed.
    weights : Weights, or mapping of level to Weights
        Several levels are made of one read: those merged from another level of the mapping are
        summed from its figures.
    how : str
        ``mean`` and ``std``: weighted by covered area, and by the weights given.
        ``sum``: each cell's value times its covered part. ``count``: covered parts of the cells
        that have a value. ``threshold_count``: covered parts of the cells whose value compares
        with the threshold. ``min``, ``max``: over all cells that are touched. ``quantile``: see
        Notes. ``majority``: the value that weighs most, the least of several.
    q : float
        Part of the weight below the quantile, 0 to 1.
    definition : {"step", "linear"}
        Of the quantile.
    threshold : float
        For ``threshold_count``.
    compare : {">", ">=", "<", "<="}
        How a value compares with the threshold.
    min_valid : float
        Least part of a territory that must have values for it to have a figure, 0 to 1.

    Returns
    -------
    Zonal, or dict of level to Zonal
        Dims: ``territory``, then those of the cube but for its grid.

    Raises
    ------
    GridMismatch
        The cube is on another grid than the weights.
    GridInvalid
        Its values are not numbers, or are still packed as in a file: see `readable`.
    ValueError
        `how` or an option is not one of those above.

    Notes
    -----
    With weights ``w`` (covered part × area × weight given) and values ``v``, over the cells that
    have a value: mean ``m = Σwv / Σw``; standard deviation ``√(Σw(v − m)² / Σw)``.

    The quantile by ``step`` is the least value up to which cells weigh ``q Σw``: it is always the
    value of a cell (the first of the definitions of R. J. Hyndman and Y. Fan, *Sample quantiles in
    statistical packages*, The American Statistician 50, 1996, with weights). By ``linear``,
    the k-th of n values in order (from 0) lies at ``k w_k + (n − 1) Σ_{i<k} w_i`` and others
    between them: the usual interpolated one (their seventh) when weights are equal.

    Status: aggregated where all of the territory has values (apportioned for what is summed or
    counted, as cells are divided by area); estimated where only part has; missing below
    `min_valid`; not applicable where nothing weighs (no inhabitant).

    However the cube is cut and whoever computes it, minima, maxima, quantiles and majorities are
    the same to the last bit; sums too when each block holds the whole grid. Blocks of a divided
    grid are added pairwise, which moves a sum by some 1e-16 of it. Blocks that no
    territory touches are never read.

    Examples
    --------
    >>> import shapely
    >>> at = [("lat", [1.5, 0.5]), ("lon", [0.5, 1.5])]
    >>> heat = xr.DataArray([[20.0, 22.0], [24.0, 30.0]], coords=at)
    >>> weights = Weights.of({"01001": shapely.box(0.5, 0, 2, 0.5)}, heat)
    >>> zonal(heat, weights).values.round(2).values
    array([28.])
    """
    rule = _rule(how, q, definition, threshold, compare, min_valid)
    cells = readable(cube)
    levels = {"": weights} if isinstance(weights, Weights) else dict(weights)
    results: dict[str, Zonal] = {}
    for root, children in _families(levels, additive=how in _ADDITIVE).items():
        names = [root, *children]
        laid = _placed(cells, levels[root].grid)
        scales = [_scale(levels[name], rule) for name in names]
        members = [children[name] for name in children]
        outputs = _outputs(laid, levels[root], scales, members, rule, root)
        for name, four in zip(names, outputs, strict=True):
            results[name] = _labelled(four, cube, levels[name], rule)
    return results[""] if isinstance(weights, Weights) else {name: results[name] for name in levels}


def _rule(
    how: str, q: float, definition: str, threshold: float | None, compare: str, min_valid: float
) -> Rule:
    if how not in HOWS:
        raise ValueError(f"how={how!r} is unknown ({nearest(how, HOWS)}).")
    for name, value in (("q", q), ("min_valid", min_valid)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name}={value} is not between 0 and 1.")
    if definition not in ("step", "linear"):
        raise ValueError(f"definition={definition!r} is unknown (choose from: linear, step).")
    if compare not in (">", ">=", "<", "<="):
        raise ValueError(f"compare={compare!r} is unknown (choose from: >, >=, <, <=).")
    if (threshold is None) == (how == "threshold_count"):
        raise ValueError(
            "how='threshold_count' needs a threshold=…, and nothing else takes one: "
            f"how={how!r}, threshold={threshold}."
        )
    bound = 0.0 if threshold is None else float(threshold)
    return Rule(how, q, definition, bound, compare, min_valid)


def _families(
    levels: Mapping[str, Weights], *, additive: bool
) -> dict[str, dict[str, NDArray[np.int64]]]:
    """Find which levels are summed from another one, and where each of its territories goes."""
    by_digest = {w.digest: name for name, w in levels.items()}
    families: dict[str, dict[str, NDArray[np.int64]]] = {}
    for name, w in levels.items():
        member: NDArray[np.int64] | None = None
        root, at = "", w
        while additive and at.finer is not None and at.grouping is not None:
            group = at.grouping.membership()
            member = group if member is None else np.where(group < 0, -1, member[group])
            at = at.finer
            if at.digest in by_digest and at.finer is None:
                root = by_digest[at.digest]
                break
        if root and root != name and member is not None:
            families.setdefault(root, {})[name] = member
        else:
            families.setdefault(name, {})
    return families


def _placed(cube: xr.DataArray, grid: Grid) -> xr.DataArray:
    """Check that a cube is on the grid, and put the grid's dims last."""
    absent = [dim for dim in grid.dims if dim not in cube.dims]
    if absent:
        raise GridMismatch(
            f"The cube has dims {tuple(cube.dims)}; the grid of the weights has {grid.dims}."
        )
    own = Grid.of(cube, crs=grid.crs) if set(grid.dims) & set(map(str, cube.coords)) else None
    if own is not None:
        for difference in grid.differences(own):
            raise GridMismatch(
                f"The cube is not on the grid of the weights: {difference}. Make the weights of "
                "this cube, or bring the cube to their grid."
            )
    elif tuple(cube.sizes[dim] for dim in grid.dims) != grid.shape:
        raise GridMismatch("The cube has another number of cells than the grid of the weights.")
    return cube.transpose(..., *grid.dims)


def _scale(weights: Weights, rule: Rule) -> Scale:
    data = weights.fraction if rule.how in _APPORTIONED else weights.weight
    status = Status.APPORTIONED if rule.how in _APPORTIONED else Status.AGGREGATED
    return Scale(weights.part(data).totals, weights.inside, int(status))


def _outputs(
    laid: xr.DataArray,
    root: Weights,
    scales: Sequence[Scale],
    members: Sequence[NDArray[np.int64]],
    rule: Rule,
    label: str,
) -> Sequence[Sequence[Any]]:
    """Compute the four arrays of each level, at once or lazily."""
    data = root.fraction if rule.how in _APPORTIONED else root.weight
    values = laid.data
    finish = partial(rule.finish, scales=tuple(scales), members=tuple(members))
    if isinstance(values, da.Array):
        token = tokenize(values.name, root, [w.total for w in scales], members, rule)
        name = "-".join(filter(None, (rule.how, label, token)))
        return reduce_blocks(values, root, data, rule, finish, name=name)
    block = np.asarray(values)
    nest = Nest.of(scales[0].total, members, [len(scale.total) for scale in scales[1:]])
    piece = rule.apply(block, root.part(data), nest)
    return finish([piece], lead=block.shape[:-2], owned=True)


def _labelled(four: Sequence[Any], cube: xr.DataArray, weights: Weights, rule: Rule) -> Zonal:
    """Put dims and labels on the arrays, and say in their attributes what they are."""
    lead = [dim for dim in cube.dims if dim not in weights.grid.dims]
    coords: dict[Hashable, Any] = {
        name: coord
        for name, coord in cube.coords.items()
        if not set(coord.dims) & set(weights.grid.dims) and set(coord.dims) <= set(lead)
    }
    coords["territory"] = pd.Index(weights.codes, name="territory")
    kept = {k: v for k, v in cube.attrs.items() if k not in ("grid_mapping", "cell_methods", "crs")}
    about = {"vintage": weights.vintage} if weights.vintage is not None else {}
    made = [xr.DataArray(array, dims=["territory", *lead], coords=coords) for array in four]
    values, status, valid, denominator = made
    values.attrs = {**kept, **about, "kind": _KINDS[rule.how], "cell_methods": f"area: {rule.how}"}
    if rule.how in ("count", "threshold_count"):
        values.attrs["units"] = "1"
    values.name = cube.name
    flags = {"flag_values": [int(s) for s in Status], "flag_meanings": Status.flag_meanings()}
    status.attrs = {**flags, **about}
    valid.attrs = {"units": "1", "long_name": "part of the territory with values", **about}
    denominator.attrs = dict(about)
    return Zonal(values, status, valid, denominator, rule.how)


_KINDS = {
    "mean": "mean",
    "sum": "count",
    "count": "count",
    "threshold_count": "count",
    "min": "median",
    "max": "median",
    "std": "inequality",
    "quantile": "median",
    "majority": "median",
}
