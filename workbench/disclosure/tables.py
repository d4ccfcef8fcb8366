"""Tables by hierarchies, and several of them that share cells: what is published together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import TablesDisagree, UnknownName
from workbench.disclosure.sums import Sums, check_sums

__all__ = ["Dimension", "Linked", "Table", "link"]


@dataclass(frozen=True)
class Dimension:
    """Hold the positions of one dimension of a table, and which are the total of which.

    Parameters
    ----------
    names : tuple of str
        Codes of territories, of activities…, totals included.
    sums : tuple of (str, tuple of str)
        A total and its parts. One position may be in several sums: a commune is in an EPCI and
        in a département.
    """

    names: tuple[str, ...]
    sums: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, *trees: Mapping[str, str]) -> Dimension:
        """Make a dimension from trees, each a mapping from a position to its parent.

        The children of one parent are its parts, all together, in each tree.

        Examples
        --------
        >>> Dimension.of({"a": "all", "b": "all"}, {"a": "west", "b": "west"}).sums
        (('all', ('a', 'b')), ('west', ('a', 'b')))
        """
        names: dict[str, None] = {}
        sums: list[tuple[str, tuple[str, ...]]] = []
        for tree in trees:
            parts: dict[str, list[str]] = {}
            for child, parent in tree.items():
                names |= {parent: None, child: None}
                parts.setdefault(parent, []).append(child)
            sums += [(total, tuple(below)) for total, below in parts.items()]
        return cls(tuple(names), tuple(sums))

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Position of each name."""
        return {name: number for number, name in enumerate(self.names)}

    @property
    def top(self) -> str:
        """The one total that is a part of nothing.

        Raises
        ------
        UnknownName
            There is none, or more than one.
        """
        below = {part for _, parts in self.sums for part in parts}
        tops = [name for name in self.names if name not in below]
        if len(tops) != 1:
            raise UnknownName(
                f"{len(tops)} positions have no total above them ({', '.join(tops[:5])}): one was "
                "expected. Add the total to the trees of the dimension."
            )
        return tops[0]


@dataclass(frozen=True)
class Table:
    """Hold the shape of one table: a dimension an axis."""

    dimensions: Mapping[str, Dimension]

    @property
    def shape(self) -> tuple[int, ...]:
        """Positions of each dimension."""
        return tuple(len(dimension.names) for dimension in self.dimensions.values())

    def name(self, cell: int) -> str:
        """Name a cell, numbered as in a flat array, by its position in each dimension."""
        place = np.unravel_index(cell, self.shape)
        dimensions = self.dimensions.values()
        return " × ".join(each.names[int(at)] for each, at in zip(dimensions, place, strict=True))

    @cached_property
    def sums(self) -> Sums:
        """What its cells obey, numbered as in a flat array.

        Examples
        --------
        >>> way = Dimension.of({"a": "t", "b": "t"})
        >>> len(Table({"rows": way, "columns": way}).sums)
        6
        """
        cells = np.arange(math.prod(self.shape)).reshape(self.shape)
        totals, lengths, parts = [], [], []
        for axis, dimension in enumerate(self.dimensions.values()):
            slices = np.moveaxis(cells, axis, 0).reshape(len(dimension.names), -1)
            for total, below in dimension.sums:
                totals.append(slices[dimension.numbers[total]])
                parts.append(slices[[dimension.numbers[name] for name in below]].T.ravel())
                lengths.append(np.full(slices.shape[1], len(below)))
        if not totals:
            return Sums.of(cells.size, [])
        starts = np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.intp)
        return Sums(cells.size, np.concatenate(totals), starts, np.concatenate(parts))


@dataclass(frozen=True, eq=False)
class Linked:
    """Hold tables whose common cells are one: hidden in one of them, hidden in all.

    Parameters
    ----------
    cells : mapping of str to ndarray of int
        Of each table, in its shape: the number of each cell among all.
    sums : Sums
        Of all tables.
    """

    cells: Mapping[str, NDArray[np.intp]]
    sums: Sums

    def gather(self, values: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Put the values of the tables together, a cell once.

        Raises
        ------
        TablesDisagree
            Two tables give one cell two values, or the parts of a total do not add up.
        """
        gathered = np.full(self.sums.size, np.nan)
        for name, cells in self.cells.items():
            before, new = gathered[cells], np.asarray(values[name], float)
            differ = ~np.isnan(before) & ~np.isclose(before, new, rtol=1e-9, atol=1e-6)
            if differ.any():
                where = tuple(int(at) for at in np.argwhere(differ)[0])
                raise TablesDisagree(
                    f"Table {name!r}, cell {where}: {new[where]:g}, but another table gives the "
                    f"same cell {before[where]:g}. Tables published together must agree."
                )
            gathered[cells] = new
        check_sums(gathered, self.sums)
        return gathered


def link(tables: Mapping[str, Table]) -> Linked:
    """Find the cells that tables share.

    Parameters
    ----------
    tables : mapping of str to Table
        All of one variable. A table that lacks a dimension of another one has the top of it.

    Returns
    -------
    Linked

    Raises
    ------
    UnknownName
        A table lacks a dimension that has no single top.

    Examples
    --------
    >>> place, kind = Dimension.of({"a": "all", "b": "all"}), Dimension.of({"x": "every"})
    >>> detail, margin = Table({"place": place, "kind": kind}), Table({"place": place})
    >>> both = link({"detail": detail, "margin": margin})
    >>> int(both.cells["detail"][1, 0]) == int(both.cells["margin"][1])
    True
    """
    known: dict[str, dict[str, int]] = {}
    tops: dict[str, str] = {}
    for table in tables.values():
        for name, dimension in table.dimensions.items():
            numbers = known.setdefault(name, {})
            for position in dimension.names:
                numbers.setdefault(position, len(numbers))
    for name in known:
        holders = [table for table in tables.values() if name in table.dimensions]
        if len(holders) < len(tables):
            tops[name] = holders[0].dimensions[name].top
    keys = {name: _keys(table, known, tops) for name, table in tables.items()}
    _, numbers_ = np.unique(
        np.concatenate([key.ravel() for key in keys.values()]), return_inverse=True
    )
    cells, taken = {}, 0
    for name, key in keys.items():
        cells[name] = numbers_[taken : taken + key.size].reshape(key.shape)
        taken += key.size
    size = int(numbers_.max(initial=-1)) + 1
    each = [
        Sums(size, cells[name].ravel()[sums.totals], sums.starts, cells[name].ravel()[sums.parts])
        for name, table in tables.items()
        for sums in (table.sums,)
    ]
    return Linked(cells, _joined(size, each))


def _keys(
    table: Table, known: Mapping[str, Mapping[str, int]], tops: Mapping[str, str]
) -> NDArray[np.int64]:
    """Make a number of each cell of a table from its position in every dimension."""
    key = np.zeros(table.shape, np.int64)
    for name, numbers in known.items():
        key *= len(numbers)
        if name not in table.dimensions:
            key += numbers[tops[name]]
            continue
        axis = list(table.dimensions).index(name)
        positions = np.array([numbers[each] for each in table.dimensions[name].names])
        key += positions.reshape([-1 if at == axis else 1 for at in range(key.ndim)])
    return key


def _joined(size: int, each: list[Sums]) -> Sums:
    """Put sums end to end."""
    totals = np.concatenate([sums.totals for sums in each])
    lengths = np.concatenate([np.diff(sums.starts) for sums in each])
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.intp)
    return Sums(size, totals, starts, np.concatenate([sums.parts for sums in each]))
