"""What each zonal statistic makes of a block of cells, of several blocks, and of their result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.compute.compiling import kernels
from workbench.compute.rollup import Grouping
from workbench.compute.weights import Part
from workbench.core.types import Status

__all__ = ["RANKED", "Nest", "Piece", "Rule", "Scale"]

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


class Nest(NamedTuple):
    """Hold how coarser levels are made of the territories.

    Make it with :meth:`of`.

    Parameters
    ----------
    total : ndarray (territory,)
        Weight of all cells of each territory.
    atoms : ndarray (territory,)
        Which territories go to the same groups at every level; −1 where there is none.
    groups : ndarray (atom, level)
        Position of these groups among those of all levels, −1 for none.
    sizes : tuple of int
        Number of groups of each level.
    """

    total: FloatArray
    atoms: NDArray[np.int64]
    groups: NDArray[np.int64]
    sizes: tuple[int, ...] = ()

    @classmethod
    def of(
        cls, total: FloatArray, members: Sequence[NDArray[np.int64]] = (), sizes: Sequence[int] = ()
    ) -> Nest:
        """Find which territories go together.

        Parameters
        ----------
        total : ndarray (territory,)
        members : sequence of ndarray (territory,)
            Position of each territory in the coarser levels, −1 for none.
        sizes : sequence of int
            Number of groups of each level.

        Examples
        --------
        >>> Nest.of(np.ones(3), [np.array([1, 1, 0]), np.array([0, 0, 0])], [2, 1]).groups
        array([[1, 2],
               [0, 2]])
        """
        if not members:
            return cls(total, np.full(len(total), -1), np.empty((0, 0), dtype=np.int64))
        atoms = np.zeros(len(total), dtype=np.int64)
        for member, size in zip(members, sizes, strict=True):
            atoms = pd.factorize(atoms * (size + 1) + member + 1)[0]
        before = np.cumsum([0, *sizes[:-1]])
        groups = np.empty((int(atoms.max(initial=-1)) + 1, len(members)), dtype=np.int64)
        for level, member in enumerate(members):
            groups[atoms, level] = np.where(member < 0, -1, member + before[level])
        return cls(total, atoms.astype(np.int64), groups, tuple(sizes))


class Piece(NamedTuple):
    """Hold what blocks say of some territories.

    Parameters
    ----------
    rows : ndarray (row,)
        Positions of the territories, ascending.
    arrays : tuple of ndarray (step, row)
        Weight of the cells that have a value, then what the statistic needs.
    groups : sequence of (ndarray, ndarray)
        Weight and figure (step, group) of each coarser level, when one block holds everything.
    final : bool
        Whether means are made already, rather than their sums.
    """

    rows: NDArray[np.int64]
    arrays: tuple[FloatArray, ...]
    groups: tuple[tuple[FloatArray, FloatArray], ...] = ()
    final: bool = False


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

    def apply(self, block: NDArray[Any], part: Part, nest: Nest | None = None) -> Piece:
        """Read one block.

        Parameters
        ----------
        block : ndarray (…, y, x)
        part : Part
            The entries that lie in the block.
        nest : Nest, optional
            The coarser levels: given when the block holds the whole grid.

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
        return self._sum(values, part, nest)

    def _sum(self, values: NDArray[Any], part: Part, whole: Nest | None) -> Piece:
        nest = whole or Nest.of(part.totals)
        rows, plan = len(part.rows), part.plan
        ends = rows + np.cumsum([0, *nest.sizes])
        total = np.concatenate([nest.total, np.zeros(ends[-1] - rows)])
        # Territory after territory: their steps are written, and will be read, together.
        figures = np.empty((ends[-1], len(values)))
        final = whole is not None and self.how == "mean"
        weight = kernels("gather").sums(
            values,
            *plan,
            nest.atoms,
            np.where(nest.groups < 0, -1, nest.groups + rows),
            total,
            _MODES[self.compare if self.how == "threshold_count" else self.how],
            self.threshold,
            final,
            figures,
        )
        if not len(weight):  # nothing is absent
            weight = np.broadcast_to(total[:, None], figures.shape)
        coarse = tuple((weight[a:b].T, figures[a:b].T) for a, b in pairwise(ends))
        return Piece(part.rows, (weight[:rows].T, figures[:rows].T), coarse, final)

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
            larger = np.full_like(array, filler, shape=(array.shape[0], len(rows)))
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
        """Give values, status, valid part and denominator (territory, …) of each level.

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
                np.moveaxis(array.reshape(*lead, array.shape[-1]), -1, 0)
                for array in self._level(level, scale, final=piece.final, owned=owned)
            )
            for level, scale in zip([arrays, *coarse], scales, strict=True)
        ]

    def _level(
        self, arrays: Sequence[FloatArray], scale: Scale, *, final: bool, owned: bool
    ) -> tuple[NDArray[Any], ...]:
        weight, *_, figure = arrays
        into = figure if owned else None
        divided = self.how in ("mean", "std") and not final
        # Where nothing is absent, one line says it for every step.
        line = weight[:1] if weight.strides[0] == 0 else weight
        total, inside = scale.total, scale.inside
        with np.errstate(divide="ignore", invalid="ignore"):
            valid = np.where(inside > 0, line / total * inside, 0.0)
            values = np.divide(figure, line, out=into) if divided else figure
        valid = np.where(valid > 1 - _WHOLE, 1.0, valid)
        status = np.where(valid == 1.0, scale.status, int(Status.ESTIMATED))
        status = np.where((valid < self.min_valid) | (line == 0), int(Status.MISSING), status)
        status = np.where((total == 0) & (inside > 0), int(Status.NOT_APPLICABLE), status)
        if self.how == "std":
            values = np.sqrt(values)
        known = status <= Status.ESTIMATED
        if not known.all():
            values = values if owned else values.copy(order="K")
            np.copyto(values, np.nan, where=~known)
        shape = values.shape
        flags, part = np.broadcast_to(status.astype(np.int8), shape), np.broadcast_to(valid, shape)
        return values, flags, part, weight


def _grouped(array: FloatArray, member: NDArray[np.int64], count: int) -> FloatArray:
    """Sum the columns of each group."""
    grouping = Grouping.of(member, count)
    return np.ascontiguousarray(grouping.reduce(np.add, array.T, empty=0.0).T)
