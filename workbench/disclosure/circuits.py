"""The ways positions of one dimension can gain and lose together without any sum being changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.tables import Dimension

__all__ = ["Circuits", "Ways"]

# Few leaves of each kind, the largest, are enough: a linear program finds what these do not.
_PARTNERS = 12
_WITHIN = 8
_ALL = 40
_TWINS = 120


@dataclass(frozen=True, eq=False)
class Ways:
    """Hold some ways for one position to move.

    Parameters
    ----------
    positions : ndarray of int (position,)
        All that take part in one of them.
    signs : ndarray (way, position)
        1 for what gains, −1 for what loses, 0 for what stays; the position itself gains.
    """

    positions: NDArray[np.intp]
    signs: NDArray[np.float64]


class Circuits:
    """Find how positions of a dimension move: one leaf gains what another loses, or alone.

    All totals above a leaf move as it does, but for those above both.

    Parameters
    ----------
    dimension : Dimension
    sizes : ndarray (position,)
        The largest leaves are tried first.

    Examples
    --------
    >>> way = Circuits(Dimension.of({"a": "all", "b": "all"}), np.array([3.0, 1.0, 2.0]))
    >>> ways = way.ways(1)
    >>> ways.positions.tolist(), ways.signs.tolist()
    ([0, 1, 2], [[0.0, 1.0, -1.0], [1.0, 1.0, 0.0]])
    """

    def __init__(self, dimension: Dimension, sizes: NDArray[np.float64]) -> None:
        count = len(dimension.names)
        numbers = dimension.numbers
        below: dict[int, list[int]] = {}
        for name, parts in dimension.sums:
            # A total by several trees has the same leaves in each.
            below.setdefault(numbers[name], [numbers[part] for part in parts])
        self._under: dict[int, NDArray[np.intp]] = {}
        for total in below:
            self._fill(total, below)
        above: list[list[int]] = [[] for _ in range(count)]
        for total, leaves in self._under.items():
            for leaf in leaves.tolist():
                above[leaf].append(total)
        self._above = [frozenset(each) for each in above]
        self._sizes = sizes
        twins: dict[frozenset[int], list[int]] = defaultdict(list)
        self._leaf = np.array([each not in below for each in range(count)], bool)
        for leaf in np.flatnonzero(self._leaf).tolist():
            twins[self._above[leaf]].append(leaf)
        self._twins = twins
        self.ways = lru_cache(maxsize=4096)(self._ways)
        self.near = lru_cache(maxsize=4096)(self._near)

    def _fill(self, total: int, below: dict[int, list[int]]) -> NDArray[np.intp]:
        if total not in below:
            return np.array([total], np.intp)
        if total not in self._under:
            leaves = [self._fill(part, below) for part in below[total]]
            self._under[total] = np.unique(np.concatenate(leaves))
        return self._under[total]

    def height(self, position: int) -> int:
        """Count the leaves under a position: 1 for a leaf itself."""
        return len(self._under[position]) if position in self._under else 1

    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return the simplest ways of all positions: with one other.

        Returns
        -------
        starts, partners, facing : ndarray of int
            Where the partners of each position begin, these, and whether they gain with it (1) or
            lose (-1).
        """
        found: list[list[tuple[int, int]]] = [[] for _ in self._sizes]
        for above, leaves in self._twins.items():
            likely = self._largest(np.array(leaves, np.intp), _TWINS)
            for leaf in leaves:
                found[leaf] = [(other, -1) for other in likely if other != leaf]
            if len(above) == 1:
                (total,) = above
                for leaf in leaves:
                    found[leaf].append((total, 1))
                found[total] = [(leaf, 1) for leaf in likely]
        starts = np.concatenate([[0], np.cumsum([len(each) for each in found])])
        both = np.array([pair for each in found for pair in each], np.int64).reshape(-1, 2)
        partners, facing = (np.ascontiguousarray(each) for each in both.T)
        return starts.astype(np.int64), partners, facing

    def _ways(self, position: int, wide: bool = False) -> Ways:
        """Return ways for a position to gain; `wide` for those that move totals as well."""
        if self._leaf[position]:
            pairs = self._beside(position, wide=wide)
        else:
            pairs = self._through(position)
        moves: dict[tuple[tuple[int, int], ...], None] = {}
        for leaf, other in pairs:
            moves.setdefault(tuple(sorted(self._move(leaf, other).items())))
        positions = sorted({at for move in moves for at, _ in move} | {position})
        number = {at: column for column, at in enumerate(positions)}
        signs = np.zeros((len(moves), len(positions)))
        for row, move in enumerate(moves):
            for at, sign in move:
                signs[row, number[at]] = sign
        return Ways(np.array(positions, np.intp), signs)

    def _beside(self, leaf: int, *, wide: bool) -> list[tuple[int, int]]:
        """Pair a leaf with others: those of the same totals, and if asked for, of some of them."""
        twins = [each for each in self._twins[self._above[leaf]] if each != leaf]
        pairs = [(leaf, other) for other in self._largest(np.array(twins, np.intp), _TWINS)]
        if wide or len(self._sizes) <= _ALL:
            for leaves in self._holders(leaf):
                apart = [at for at in leaves.tolist() if self._above[at] != self._above[leaf]]
                pairs += [(leaf, at) for at in self._largest(np.array(apart, np.intp), _PARTNERS)]
            pairs.append((leaf, -1))
        return pairs

    def _through(self, total: int) -> list[tuple[int, int]]:
        """Pair leaves of a total with leaves outside of it."""
        inside, pairs = self._under[total], []
        own = set(inside.tolist())
        for leaf in self._largest(inside, _WITHIN):
            found = 0
            for leaves in self._holders(leaf):
                outside = np.array([at for at in leaves.tolist() if at not in own], np.intp)
                if not len(outside) or found == 2:
                    continue
                found += 1
                pairs += [(leaf, other) for other in self._largest(outside, _WITHIN // 2)]
            pairs.append((leaf, -1))
        return pairs

    def _holders(self, leaf: int) -> list[NDArray[np.intp]]:
        return sorted((self._under[total] for total in self._above[leaf]), key=len)

    def _largest(self, leaves: NDArray[np.intp], count: int) -> list[int]:
        if len(leaves) > count:
            leaves = leaves[np.argsort(-self._sizes[leaves], kind="stable")[:count]]
        return [int(each) for each in leaves]

    def _move(self, leaf: int, other: int) -> dict[int, int]:
        gains = {leaf, *self._above[leaf]}
        losses = {other, *self._above[other]} if other >= 0 else set()
        return {**dict.fromkeys(gains - losses, 1), **dict.fromkeys(losses - gains, -1)}

    def _near(self, position: int, reach: int) -> NDArray[np.intp]:
        """Return positions around one: its twins, then those of its holders, then all."""
        count = len(self._sizes)
        if reach > 2 or count <= _ALL:
            return np.arange(count)
        if reach == 0:
            near = set(self._ways(position).positions.tolist())
        else:
            near = set(self._ways(position, wide=True).positions.tolist())
            holders = self._holders(position) if self._leaf[position] else [self._under[position]]
            leaves = [at for each in holders[: 2 * reach - 1] for at in each.tolist()]
            largest = self._largest(np.unique(np.array(leaves, np.intp)), 150 * reach)
            near |= {at for leaf in largest for at in (leaf, *self._above[leaf])}
        return np.array(sorted(near), np.intp)
