"""What each zonal statistic makes of a block of cells, of several blocks, and of their result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.compute.compiling import kernels
from workbench.compute.rollup import Grouping
from workbench.compute.weights import Part
from workbench.core.types import Status

__all__ = ["RANKED", "Piece", "Rule", "Scale"]

RANKED = ("quantile", "majority")

FloatArray = NDArray[np.float64]
# Of the comparisons and quantities in `gather`, and of the definitions in `ranks`.
_MODES = {"mean": 0, "sum": 0, "count": 1, ">": 2, ">=": 3, "<": 4, "<=": 5}
_RANKS = {"step": 0, "linear": 1, "majority": 2}
_WHOLE = 1e-9


class Scale(NamedTuple):
    """Hold what a level's figures are compared with.

    Parameters
    ----------
    total : ndarray (territory,)
        Weight of all cells of each territory.
    inside : ndarray (territory,)
        Part of it that lies on the grid.
    status : int
        Status of a figure that lacks nothing.
    """

    total: FloatArray
    inside: FloatArray
    status: int


class Piece(NamedTuple):
    """Hold what blocks say of some territories.

    Parameters
    ----------
    rows : ndarray (row,)
        Positions of the territories, ascending.
    arrays : tuple of ndarray (step, row)
        Weight of the cells that have a value, then what the statistic needs.
    groups : sequence of (ndarray, ndarray)
        Weight and sum (step, group) of each coarser level, when one block holds everything.
    """

    rows: NDArray[np.int64]
    arrays: tuple[FloatArray, ...]
    groups: tuple[tuple[FloatArray, FloatArray], ...] = ()


@dataclass(frozen=True)
class Rule:
    """Say which statistic is made, and how: see `zonal.zonal` for the options."""

    how: str
    q: float
    definition: str
    threshold: float
    compare: str
    min_valid: float

    @property
    def ranked(self) -> bool:
        """Tell whether all the cells of a territory are needed at once."""
        return self.how in RANKED

    def apply(
        self,
        block: NDArray[Any],
        part: Part,
        totals: tuple[FloatArray, ...] = (),
        members: tuple[NDArray[np.int64], ...] = (),
    ) -> Piece:
        """Read one block.

        Parameters
        ----------
        block : ndarray (…, y, x)
        part : Part
            The entries that lie in the block.
        totals : tuple of ndarray
            Weight of all cells of each territory, for each level: given when the block holds
            the whole grid.
        members : tuple of ndarray (territory,)
            Position of each territory in the coarser levels.

        Returns
        -------
        Piece
            New arrays: the block may be used again for something else.
        """
        steps = int(np.prod(block.shape[:-2]))
        kind = np.float32 if block.dtype in (np.float32, np.float16) else np.float64
        cells = block.shape[-2] * block.shape[-1]
        values = np.ascontiguousarray(block, dtype=kind).reshape(steps, cells)
        entries = (part.starts, part.cells, part.data)
        if self.ranked:
            code = _RANKS[self.definition if self.how == "quantile" else "majority"]
            found, weight = kernels("ranks").ranks(values, *entries, code, self.q)
            return Piece(part.rows, (weight, found))
        if self.how in ("std", "min", "max"):
            weight, *others = kernels("gather").spread(values, *entries)
            wanted = {"std": (0, 1), "min": (2,), "max": (3,)}[self.how]
            return Piece(part.rows, (weight, *(others[i] for i in wanted)))
        return self._sum(values, part, totals, members)

    def _sum(
        self,
        values: NDArray[Any],
        part: Part,
        totals: tuple[FloatArray, ...],
        members: tuple[NDArray[np.int64], ...],
    ) -> Piece:
        used, places = part.compact
        whole = totals[0] if totals else part.totals
        sizes = [len(t) for t in totals[1:]]
        before = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        groups = np.empty((len(part.rows), len(members)), dtype=np.int64)
        for level, member in enumerate(members):
            groups[:, level] = np.where(member < 0, -1, member + before[level])
        mode = _MODES[self.compare if self.how == "threshold_count" else self.how]
        out, weight, group_out, group_weight = kernels("gather").sums(
            values,
            used,
            part.starts,
            places,
            part.data,
            whole,
            groups,
            int(before[-1]),
            mode,
            self.threshold,
        )
        if not len(weight):  # nothing is absent
            weight = np.broadcast_to(whole, out.shape)
        coarse = [(group_weight[:, a:b], group_out[:, a:b]) for a, b in pairwise(before)]
        return Piece(part.rows, (weight, out), tuple(coarse))

    def merge(self, pieces: Sequence[Piece]) -> Piece:
        """Put what several blocks say together: in pairs, then pairs of pairs, and so on."""
        pieces = list(pieces)
        while len(pieces) > 1:
            pairs = [pieces[i : i + 2] for i in range(0, len(pieces), 2)]
            pieces = [self._pair(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
        return pieces[0]

    def _pair(self, one: Piece, other: Piece) -> Piece:
        rows = np.union1d(one.rows, other.rows)
        (n, *a), (m, *b) = (self._placed(piece, rows) for piece in (one, other))
        weight = n + m
        if self.how != "std":
            join = {"min": np.fmin, "max": np.fmax}.get(self.how, np.add)
            return Piece(rows, (weight, join(a[0], b[0])))
        # T. F. Chan, G. H. Golub and R. J. LeVeque, The American Statistician 37, 1983: a block
        # without a value has weight 0 and leaves the other as it is.
        mean, squares = (np.where(n > 0, array, 0.0) for array in a)
        other_mean, other_squares = (np.where(m > 0, array, 0.0) for array in b)
        share = np.divide(m, weight, out=np.zeros_like(weight), where=weight > 0)
        gap = other_mean - mean
        return Piece(
            rows, (weight, mean + gap * share, squares + other_squares + gap**2 * n * share)
        )

    def _placed(self, piece: Piece, rows: NDArray[np.int64]) -> list[FloatArray]:
        """Give a piece the rows of a larger one."""
        if len(piece.rows) == len(rows):
            return list(piece.arrays)
        at = np.searchsorted(rows, piece.rows)
        absent = np.nan if self.how in ("min", "max", *RANKED) else 0.0
        placed = []
        for array, filler in zip(piece.arrays, (0.0, absent, absent), strict=False):
            larger = np.full((array.shape[0], len(rows)), filler)
            larger[:, at] = array
            placed.append(larger)
        return placed

    def finish(
        self,
        pieces: Sequence[Piece],
        *,
        scales: tuple[Scale, ...],
        members: tuple[NDArray[np.int64], ...],
        lead: tuple[int, ...],
        owned: bool = False,
    ) -> list[tuple[NDArray[Any], ...]]:
        """Give values, status, valid part and denominator (…, territory) of each level.

        The pieces are written over where they are `owned`: nobody else reads them.
        """
        piece = self.merge(pieces)
        arrays = self._placed(piece, np.arange(len(scales[0].total)))
        coarse: Sequence[Sequence[FloatArray]] = piece.groups
        if len(coarse) < len(members):
            sizes = [len(scale.total) for scale in scales[1:]]
            coarse = [
                [_grouped(array, member, size) for array in arrays]
                for member, size in zip(members, sizes, strict=True)
            ]
        return [
            tuple(
                array.reshape(*lead, array.shape[-1])
                for array in self._level(level, scale, owned=owned)
            )
            for level, scale in zip([arrays, *coarse], scales, strict=True)
        ]

    def _level(
        self, arrays: Sequence[FloatArray], scale: Scale, *, owned: bool
    ) -> tuple[NDArray[Any], ...]:
        weight, *_, figure = arrays
        into = figure if owned else None
        # Where nothing is absent, one line says it for every step.
        line = weight[:1] if weight.strides[0] == 0 else weight
        total, inside = scale.total, scale.inside
        with np.errstate(divide="ignore", invalid="ignore"):
            valid = np.where(inside > 0, line / total * inside, 0.0)
            values = np.divide(figure, line, out=into) if self.how in ("mean", "std") else figure
        valid = np.where(valid > 1 - _WHOLE, 1.0, valid)
        status = np.where(valid == 1.0, scale.status, int(Status.ESTIMATED))
        status = np.where((valid < self.min_valid) | (line == 0), int(Status.MISSING), status)
        status = np.where((total == 0) & (inside > 0), int(Status.NOT_APPLICABLE), status)
        if self.how == "std":
            values = np.sqrt(values)
        known = status <= Status.ESTIMATED
        if not known.all():
            values = np.where(known, values, np.nan)
        shape = values.shape
        flags, part = np.broadcast_to(status.astype(np.int8), shape), np.broadcast_to(valid, shape)
        return values, flags, part, weight


def _grouped(array: FloatArray, member: NDArray[np.int64], count: int) -> FloatArray:
    """Sum the columns of each group."""
    grouping = Grouping.of(member, count)
    return np.ascontiguousarray(grouping.reduce(np.add, array.T, empty=0.0).T)
