"""Read a lazy cube block by block: only those that territories touch, each once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import dask.array as da
import numpy as np
from dask.highlevelgraph import HighLevelGraph
from numpy.typing import NDArray

from workbench.compute.statistics import Nest, Piece, Rule
from workbench.compute.weights import Part, Weights

__all__ = ["reduce_blocks"]

_TOGETHER = 8  # pieces that one task adds: few enough to forget blocks early
_DTYPES = (np.float64, np.int8, np.float64, np.float64)
Finish = Callable[..., Sequence[Sequence[NDArray[Any]]]]
Layers = dict[str, dict[Any, Any]]


def reduce_blocks(
    values: Any,
    weights: Weights,
    data: NDArray[np.float64],
    rule: Rule,
    finish: Finish,
    *,
    name: str,
) -> list[list[Any]]:
    """Write the graph of a statistic.

    Parameters
    ----------
    values : dask Array (…, y, x)
    weights : Weights
    data : ndarray (entry,)
        Those of its numbers that the statistic takes.
    rule : Rule
    finish : callable
        Makes the levels' arrays of the pieces: `Rule.finish`, told of the levels.
    name : str
        Of the tasks, unique to what they compute.

    Returns
    -------
    list of list of dask Array
        Values, status, valid part and denominator (territory, …) of each level.

    Notes
    -----
    A block and its part of the weights make a piece; pieces are merged eight at a time, then
    finished. Parts of the weights are in the graph once, whatever the number of steps.
    """
    down, across = values.chunks[-2:]
    parts = weights.parts(data, down, across)
    lead = values.chunks[:-2]
    scales: Sequence[Any] = finish.keywords["scales"]  # type: ignore[attr-defined]
    members: Sequence[Any] = finish.keywords["members"]  # type: ignore[attr-defined]
    part_name, pieces, joint = f"weights-{name}", f"piece-{name}", f"zonal-{name}"
    layers: Layers = {part_name: {}, pieces: {}, joint: {}}
    if rule.ranked:
        start: Callable[..., Any] = _take
        follow: Callable[..., Any] | None = partial(
            _rank, rule=rule, part=_joined(weights, data, parts, values)
        )
        layers[part_name] = {(part_name, *at): part.compact[0] for at, part in parts.items()}
    else:
        whole = len(down) == len(across) == 1
        nest = Nest.of(scales[0].total, members, [len(s.total) for s in scales[1:]])
        start, follow = partial(_apply, rule=rule, nest=nest if whole else None), None
        everything = {(0, 0): weights.part(data)} if whole else parts
        layers[part_name] = {(part_name, *at): part for at, part in everything.items()}
    for at in itertools.product(*(range(len(c)) for c in lead)):
        keys: list[Any] = []
        for place in parts:
            key = (pieces, *at, *place)
            layers[pieces][key] = (
                start,
                (values.name, *at, *place),
                (part_name, *place),
            )
            keys.append(key)
        if follow is not None:
            layers[joint][f"ranked-{name}", *at] = (follow, keys)
            keys = [(f"ranked-{name}", *at)]
        depth = 0
        while len(keys) > _TOGETHER:
            merged = []
            for i in range(0, len(keys), _TOGETHER):
                key = (f"merge-{name}", depth, *at, i)
                layers[joint][key] = (rule.merge, keys[i : i + _TOGETHER])
                merged.append(key)
            keys, depth = merged, depth + 1
        shape = tuple(c[i] for c, i in zip(lead, at, strict=True))
        layers[joint][joint, *at] = (partial(finish, lead=shape), keys)
    return _arrays(values, layers, joint, part_name, [len(s.total) for s in scales], name)


def _arrays(
    values: Any, layers: Layers, joint: str, parts: str, sizes: Sequence[int], name: str
) -> list[list[Any]]:
    """Give each output an array of its own."""
    lead = values.chunks[:-2]
    pieces = f"piece-{name}"
    above = {
        parts: set(),
        pieces: {parts, *values.__dask_layers__()},
        joint: {pieces},
    }
    picked: list[list[str]] = []
    for level in range(len(sizes)):
        picked.append([f"figures-{name}-{level}-{i}" for i in range(len(_DTYPES))])
        for i, out in enumerate(picked[-1]):
            layers[out] = {
                (out, 0, *at): (partial(_pick, level=level, i=i), (joint, *at))
                for at in itertools.product(*(range(len(c)) for c in lead))
            }
            above[out] = {joint}
    below = values.__dask_graph__()
    graph = HighLevelGraph({**below.layers, **layers}, {**below.dependencies, **above})
    array: Callable[..., Any] = da.Array
    return [
        [
            array(graph, out, chunks=((size,), *lead), dtype=dtype)
            for out, dtype in zip(names, _DTYPES, strict=True)
        ]
        for names, size in zip(picked, sizes, strict=True)
    ]


def _pick(levels: Sequence[Sequence[NDArray[Any]]], *, level: int, i: int) -> NDArray[Any]:
    return levels[level][i]


def _apply(block: NDArray[Any], part: Part, *, rule: Rule, nest: Nest | None) -> Piece:
    return rule.apply(np.asarray(block), part, nest)


def _take(block: NDArray[Any], cells: NDArray[np.int32]) -> NDArray[Any]:
    """Copy the cells that are used (step, cell)."""
    block = np.asarray(block)
    steps = int(np.prod(block.shape[:-2]))
    return block.reshape(steps, block.shape[-2] * block.shape[-1])[:, cells]


def _rank(taken: Sequence[NDArray[Any]], *, rule: Rule, part: Part) -> Piece:
    return rule.apply(np.concatenate(taken, axis=1)[:, None, :], part)


def _joined(
    weights: Weights, data: NDArray[np.float64], parts: dict[tuple[int, int], Part], values: Any
) -> Part:
    """Give each cell its position among those used, once these are put together."""
    cells = np.empty(len(weights.cells), dtype=np.int32)
    entries = weights.parts(np.arange(len(cells), dtype=np.float64), *values.chunks[-2:])
    before = 0
    for at in parts:
        used, places = entries[at].compact
        cells[entries[at].data.astype(np.int64)] = before + places
        before += len(used)
    return Part(np.arange(len(weights.codes)), weights.starts, cells, data)
