"""Run one numpy kernel on labelled arrays, at once or block by block.

Every calculation of this package is a kernel on plain arrays plus one call of `map_blocks`.
NumPy-backed arrays are calculated at once; as soon as one array is Dask-backed the result is lazy.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any

import dask.array as da
import numpy as np
import pandas as pd
import xarray as xr
from dask.base import tokenize
from dask.highlevelgraph import HighLevelGraph
from numpy.typing import DTypeLike, NDArray

from workbench.core.errors import VintageMismatch

__all__ = ["Kernel", "map_blocks"]

Kernel = Callable[..., tuple[NDArray[Any], ...]]
Block = Any  # an ndarray or a dask Array: dask's classes carry no annotations


def map_blocks(
    kernel: Kernel,
    *arrays: xr.DataArray,
    dtypes: Sequence[DTypeLike],
    whole: Sequence[Hashable] = (),
    relabelled: Mapping[Hashable, pd.Index] | None = None,
    removed: Sequence[Hashable] = (),
) -> tuple[xr.DataArray, ...]:
    """Apply a kernel that returns several arrays, lazily when an input is lazy.

    Parameters
    ----------
    kernel : callable
        Takes one ndarray an input, all with the same dims in the same order (a dim that an
        input lacks has length 1), and returns a tuple of ndarrays.
    *arrays : DataArray
        Inputs; where two share a dim they must carry the same labels on it.
    dtypes : sequence of dtype
        One an output.
    whole : sequence of dim names
        Dims along which the kernel must see everything, so that a result cannot depend on
        how the inputs were cut into chunks.
    relabelled : mapping of dim to Index
        Dims that the kernel gives other labels; they are whole too.
    removed : sequence of dim names
        Dims that the kernel takes away; they are whole too.

    Returns
    -------
    tuple of DataArray
        One a dtype. They keep the index of each dim and the ``vintage`` attribute, nothing else.

    Raises
    ------
    VintageMismatch
        The arrays belong to different vintages of the map.
    ValueError
        Two arrays differ in the labels of a dim.

    Notes
    -----
    The graph holds one task a block for the kernel and one an output. xarray's `apply_ufunc`
    gives the same result; it spends milliseconds a call on general alignment, which matters for
    a cube made of hundreds of small calls.

    Examples
    --------
    >>> import xarray as xr
    >>> homes = xr.DataArray([4.0, 9.0], dims="territory")
    >>> low, high = map_blocks(lambda x: (x - 1, x + 1), homes, dtypes=[float, float])
    >>> low.values, high.values
    (array([3., 8.]), array([ 5., 10.]))
    """
    new = relabelled or {}
    indexes = _shared_indexes(arrays)
    vintage = _vintage(arrays)
    dims = list(indexes)
    lengths = tuple(_length(dim, arrays) for dim in dims)
    data = [_with_all_dims(array, dims) for array in arrays]
    if any(isinstance(block, da.Array) for block in data):
        frame = _Frame(
            lengths=lengths,
            whole=frozenset(i for i, d in enumerate(dims) if d in {*whole, *new, *removed}),
            resized={i: len(new[d]) for i, d in enumerate(dims) if d in new},
            removed=frozenset(i for i, d in enumerate(dims) if d in removed),
        )
        results: Sequence[Block] = _lazily(kernel, data, dtypes, frame)
    else:
        results = kernel(*data)
    kept = [dim for dim in dims if dim not in removed]
    like = next((a for a in arrays if list(a.dims) == kept and set(a.coords) <= set(kept)), None)
    if like is None or new:
        coords = _coordinates(kept, arrays, new)
        first = xr.DataArray(results[0], dims=kept, coords=coords)
    else:  # five times faster than labelling anew
        first = like.copy(deep=False, data=results[0])
    first.name, first.attrs = None, vintage
    return (first, *(first.copy(deep=False, data=result) for result in results[1:]))


@dataclass(frozen=True)
class _Frame:
    """Describe the axes of a call: their lengths, and what the kernel does to them."""

    lengths: tuple[int, ...]
    whole: frozenset[int]
    resized: Mapping[int, int]
    removed: frozenset[int]


def _shared_indexes(arrays: Sequence[xr.DataArray]) -> dict[Hashable, pd.Index | None]:
    """Collect the dims in order of appearance with the index of each, checking that all agree."""
    indexes: dict[Hashable, pd.Index | None] = {}
    for array in arrays:
        for dim in array.dims:
            index = array.indexes.get(dim)
            known = indexes.setdefault(dim, index)
            if index is None or known is index:
                continue
            if known is None:
                indexes[dim] = index
            elif not known.equals(index):
                odd = known.symmetric_difference(index)
                message = (
                    f"arrays differ in their {dim!s} labels ({len(known)} and {len(index)}; "
                    f"first not shared: {list(odd[:3])}). Select the same ones before calculating."
                )
                raise ValueError(message)
    return indexes


def _coordinates(
    dims: Sequence[Hashable], arrays: Sequence[xr.DataArray], new: Mapping[Hashable, pd.Index]
) -> xr.Coordinates:
    """Label the results; labels that stay are shared with the inputs, which costs nothing."""
    labels: dict[Hashable, xr.Variable] = {}
    indexes: dict[Hashable, Any] = {}
    for dim in dims:
        array = next((a for a in arrays if dim in a.dims and dim in a.xindexes), None)
        if dim in new:
            fresh = xr.Coordinates({dim: new[dim].rename(dim)})
            labels[dim], indexes[dim] = fresh.variables[dim], fresh.xindexes[dim]
        elif array is not None:
            labels[dim], indexes[dim] = array.coords.variables[dim], array.xindexes[dim]
    return xr.Coordinates(labels, indexes=indexes)


def _length(dim: Hashable, arrays: Sequence[xr.DataArray]) -> int:
    sizes = {array.sizes[dim] for array in arrays if dim in array.dims}
    if len(sizes) > 1:
        message = f"arrays differ in their length along {dim!s}: {sorted(sizes)}"
        raise ValueError(message)
    return sizes.pop()


def _vintage(arrays: Sequence[xr.DataArray]) -> dict[str, Any]:
    """Return the one vintage of the arrays, as attributes."""
    vintages = {array.attrs["vintage"] for array in arrays if "vintage" in array.attrs}
    if len(vintages) > 1:
        message = (
            f"arrays of the maps of {' and '.join(map(str, sorted(vintages)))} would be mixed. "
            "Convert one to the other's vintage first: geography.convert"
        )
        raise VintageMismatch(message)
    return {"vintage": vintages.pop()} if vintages else {}


def _with_all_dims(array: xr.DataArray, dims: Sequence[Hashable]) -> Block:
    """Return the array's data with its dims in order, length 1 where it lacks one."""
    own = [dim for dim in dims if dim in array.dims]
    data = (array if list(array.dims) == own else array.transpose(*own)).data
    if len(own) == len(dims):
        return data
    return data[tuple(slice(None) if dim in array.dims else np.newaxis for dim in dims)]


def _lazily(
    kernel: Kernel, blocks: Sequence[Block], dtypes: Sequence[DTypeLike], frame: _Frame
) -> list[Block]:
    """Write the graph: a joint task a block, then one that picks each output."""
    chunks = [
        (length,) if axis in frame.whole else _chunks(axis, length, blocks)
        for axis, length in enumerate(frame.lengths)
    ]
    inputs = [_cut(block, chunks) for block in blocks]
    types = [np.dtype(dtype) for dtype in dtypes]
    token = tokenize(kernel, [x.name for x in inputs], [t.str for t in types], frame.lengths)
    # The dashboard shows what stands before the token: what is calculated.
    told = _name_of(kernel)
    joint = f"{told}-{token}"
    names = [f"{told}-figures-{token}-{i}" for i in range(len(types))]
    layers: dict[str, dict[Any, Any]] = {n: {} for n in (joint, *names)}
    for at in itertools.product(*(range(len(c)) for c in chunks)):
        layers[joint][joint, *at] = (kernel, *(_key(x, at) for x in inputs))
        out = [i for axis, i in enumerate(at) if axis not in frame.removed]
        for i, name in enumerate(names):
            layers[name][name, *out] = (itemgetter(i), (joint, *at))
    below = HighLevelGraph.merge(*(x.__dask_graph__() for x in inputs))
    above = {joint: {x.name for x in inputs}, **{name: {joint} for name in names}}
    graph = HighLevelGraph({**below.layers, **layers}, {**below.dependencies, **above})
    cut = tuple(
        (frame.resized[axis],) if axis in frame.resized else c
        for axis, c in enumerate(chunks)
        if axis not in frame.removed
    )
    array: Callable[..., Block] = da.Array
    return [array(graph, n, chunks=cut, dtype=t) for n, t in zip(names, types, strict=True)]


def _name_of(kernel: Kernel) -> str:
    """Name a kernel in words that Dask's pages keep: letters and hyphens.

    Examples
    --------
    >>> _name_of(_name_of)
    'name-of'
    """
    while isinstance(kernel, partial):
        kernel = kernel.func
    name = str(getattr(kernel, "__name__", type(kernel).__name__))
    return "-".join(re.findall("[A-Za-z]+", name)) or "kernel"


def _chunks(axis: int, length: int, blocks: Sequence[Block]) -> tuple[int, ...]:
    """Take the chunks of the first lazy input that has the dim; the others follow."""
    for block in blocks:
        if isinstance(block, da.Array) and block.shape[axis] == length:
            return tuple(block.chunks[axis])
    return (length,)


def _cut(block: Block, chunks: Sequence[tuple[int, ...]]) -> Block:
    """Give an input the common chunks; a dim that it lacks stays one chunk of length 1."""
    wanted = tuple(c if block.shape[i] == sum(c) else (1,) for i, c in enumerate(chunks))
    if not isinstance(block, da.Array):
        lazy: Callable[..., Block] = da.from_array
        return lazy(block, chunks=wanted)
    whole: Block = block
    return whole if whole.chunks == wanted else whole.rechunk(wanted)


def _key(array: Block, at: Sequence[int]) -> tuple[Any, ...]:
    """Name the input's block that serves the output's block at this place."""
    place = (0 if len(array.chunks[axis]) == 1 else i for axis, i in enumerate(at))
    return (array.name, *place)
