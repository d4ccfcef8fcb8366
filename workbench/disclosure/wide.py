"""Protection and attack of tables of any size: cell by cell, each within what surrounds it."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workbench.compute.compiling import kernels
from workbench.core.errors import ProtectionImpossible
from workbench.disclosure.boxes import CLOSED, Boxes, Move
from workbench.disclosure.insiders import Insiders
from workbench.disclosure.local import Part
from workbench.disclosure.primary import Primary
from workbench.disclosure.proofs import Proofs
from workbench.disclosure.secondary import Suppression, unprotected
from workbench.disclosure.sums import Sums
from workbench.disclosure.tables import Table

__all__ = ["Wide"]

_HIDDEN = 1e-3
# A cell of one contributor proves nothing to it: another move must be found.
_ALONE = 0.4
_ROUNDED = 1e-6
_REACHES = 4
_PARTS = 3
# Up to this many cells, there is time to try without each of those hidden for others.
_SEARCHED = 400
_TRIALS = 40
_KEPT = 0.1


class Wide:
    """Protect and attack one table.

    Parameters
    ----------
    table : Table
    values : ndarray (cell,)
    primary : Primary
    whole : bool
        Values are whole numbers, and everyone knows it: only such moves prove anything.
    """

    def __init__(
        self,
        table: Table,
        values: NDArray[np.float64],
        primary: Primary,
        *,
        whole: bool = False,
    ) -> None:
        self._whole = whole
        self._table, self._values, self._primary = table, values, primary
        self._sums: Sums = table.sums
        self._insiders = Insiders(values, primary, self._sums)
        self._of = self._insiders.of
        self._boxes = Boxes(table, values, self._of)
        self._part = lru_cache(maxsize=_PARTS)(self._part_of)
        self._extra = np.where(self._of >= 0, _ALONE, 0.0)
        order = np.flatnonzero(primary.sensitive)
        heights = np.array([self._boxes.height(int(cell)) for cell in order], np.int64)
        # From the top down; within a height in order of the table, neighbours after neighbours.
        self._order = order[np.lexsort((order, -np.where(heights > 1, heights, 1)))]
        self._pairs = tuple(zip(*(each.pairs() for each in self._boxes.circuits), strict=True))

    def suppress(
        self, costs: NDArray[np.float64], shown: NDArray[np.bool_] | None = None
    ) -> Suppression:
        """Hide what protects every sensitive cell, then show again what none needs."""
        closed = np.zeros(len(costs), bool) if shown is None else shown
        hidden = self._protect(costs, closed)
        while True:
            fewer = self._protect(costs, ~hidden)
            if fewer.sum() >= 0.995 * hidden.sum():
                hidden = fewer
                break
            hidden = fewer
        if len(costs) <= _SEARCHED:
            hidden = self._searched(hidden, costs, closed)
        return Suppression.of(hidden, self._primary.sensitive, costs)

    def _searched(
        self, hidden: NDArray[np.bool_], costs: NDArray[np.float64], closed: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Show each secondary cell again, if what then protects the others costs less."""
        sensitive = self._primary.sensitive
        best, tried = float(costs[hidden & ~sensitive].sum()), np.zeros(len(hidden), bool)
        while (left := np.flatnonzero(hidden & ~sensitive & ~tried)).size and (
            tried.sum() < _TRIALS
        ):
            cell = left[np.argmax(costs[left])]
            tried[cell] = True
            without = closed.copy()
            without[cell] = True
            cheap = np.where(hidden, _KEPT * costs, costs)
            try:
                other = self._protect(cheap, without)
                other = self._protect(costs, ~other)
            except ProtectionImpossible:
                continue
            cost = float(costs[other & ~sensitive].sum())
            if cost < best - 1e-9:
                hidden, best = other, cost
        return hidden

    def _protect(self, costs: NDArray[np.float64], closed: NDArray[np.bool_]) -> NDArray[np.bool_]:
        hidden = self._primary.sensitive.copy()
        price = np.where(hidden, _HIDDEN, costs) + self._extra
        price[closed & ~hidden] = CLOSED
        _, rest = self._prove(price, hidden)
        if rest:
            raise unprotected(rest, self._values)
        return hidden

    def attack(self, hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell which sensitive cells are proved safe, by moves of hidden cells alone.

        Raises
        ------
        ArithmeticError
            A move that was found proves nothing.
        """
        price = np.where(hidden, _HIDDEN + self._extra, CLOSED)
        proofs, _ = self._prove(price, hidden.copy())
        if wrong := proofs.wrong(self._values, hidden, self._sums, whole=self._whole):
            raise ArithmeticError(f"{wrong} moves of the attack break a sum or a shown cell")
        return proofs.proved

    def _prove(
        self, price: NDArray[np.float64], hidden: NDArray[np.bool_]
    ) -> tuple[Proofs, list[int]]:
        """Find moves for cells; `price` and `hidden` change as cells are hidden for them."""
        proofs = Proofs(self._primary, self._of)
        if len(self._table.shape) == 2:
            self._by_corners(proofs, price, hidden)
        self._boxes.price = price.reshape(self._table.shape)
        rest = []
        for cell in map(int, self._order):
            if not proofs.proved[cell] and not self._by_boxes(cell, proofs, price, hidden):
                rest.append(cell)
        left = [cell for cell in rest if not proofs.proved[cell]]
        return proofs, [c for c in left if not self._by_programs(c, proofs, price, hidden)]

    def _by_corners(
        self, proofs: Proofs, price: NDArray[np.float64], hidden: NDArray[np.bool_]
    ) -> None:
        """Do the most common case, of four cells, at once for the whole table."""
        shape, order = self._table.shape, self._order.astype(np.int64)
        starts, partners, facing = self._pairs
        cells, signs = (np.empty((2 * len(order), 4), np.int64) for _ in range(2))
        reach = np.empty((2 * len(order), 2))
        state = np.where(self._primary.sensitive, np.where(proofs.proved, 3, 1), 0)
        state = state.astype(np.uint8)
        made = kernels("corners").protect(
            order,
            np.stack([self._primary.up, self._primary.down]),
            self._values.reshape(shape),
            price.reshape(shape),
            (_HIDDEN + self._extra).reshape(shape),
            hidden,
            self._of.astype(np.int64).reshape(shape),
            starts,
            partners,
            facing,
            state,
            cells,
            signs,
            reach,
        )
        proofs.proved |= state == 3
        proofs.take(cells[:made], signs[:made], reach[:made])

    def _by_boxes(
        self, cell: int, proofs: Proofs, price: NDArray[np.float64], hidden: NDArray[np.bool_]
    ) -> bool:
        up, down = self._primary.up[cell], self._primary.down[cell]
        found: list[Move] = []
        without: Collection[int] = ()
        for _ in range(4):
            move = self._boxes.find(cell, up, down, without=without)
            if move is None:
                move = self._boxes.find(cell, up, down, without=without, wide=True)
            if move is None:
                return False
            found.append(move)
            insiders = [
                set(self._of[cells].tolist()) - {-1, int(self._of[cell])} for cells, _ in found
            ]
            common = set.intersection(*insiders)
            if not common:
                break
            # Without all of the first ones; failing that, without one that all have in common.
            without = insiders[0] if len(found) == 1 else {min(common)}
        else:
            return False
        for cells, signs in found:
            self._hide(cells, price, hidden)
            gain = self._values[cells[signs < 0]].min(initial=np.inf)
            loss = self._values[cells[signs > 0]].min(initial=np.inf)
            gain, loss = (min(each, 1e3 * max(up, down)) for each in (gain, loss))
            proofs.add(cells, signs * gain)
            proofs.add(cells, -signs * loss)
        return bool(proofs.proved[cell])

    def _by_programs(
        self, cell: int, proofs: Proofs, price: NDArray[np.float64], hidden: NDArray[np.bool_]
    ) -> bool:
        place = [int(at) for at in np.unravel_index(cell, self._table.shape)]
        circuits = self._boxes.circuits
        for reach in range(_REACHES):
            if proofs.proved[cell]:
                return True
            near = tuple(
                tuple(each.near(at, reach).tolist())
                for each, at in zip(circuits, place, strict=True)
            )
            part = self._part(near)
            if self._within(part, cell, proofs, price, hidden):
                return True
        return False

    def _part_of(self, near: tuple[tuple[int, ...], ...]) -> Part:
        block = np.ix_(*(np.array(each, np.intp) for each in near))
        cells = np.ravel_multi_index(block, self._table.shape)
        shape = tuple(len(each) for each in near)
        return Part(np.sort(np.broadcast_to(cells, shape).ravel()), self._values, self._sums)

    def _within(
        self,
        part: Part,
        cell: int,
        proofs: Proofs,
        price: NDArray[np.float64],
        hidden: NDArray[np.bool_],
    ) -> bool:
        """Prove a cell safe by moves within a part of the table."""
        up, down = self._primary.up[cell], self._primary.down[cell]
        for way in ((up, down), (up, 0.0), (0.0, down)):
            if not any(way) or not self._moved(part, cell, way, None, proofs, price, hidden):
                continue
            for insider in sorted(proofs.doubted(cell)):
                share = self._insiders.everyone[insider].share_of(cell, self._values[cell])
                if share <= 0:
                    proofs.excuse(insider, cell)
                elif insider in proofs.doubted(cell):
                    less = (way[0] * share, way[1] * share)
                    self._moved(part, cell, less, insider, proofs, price, hidden)
            if proofs.proved[cell]:
                return True
        return False

    def _moved(
        self,
        part: Part,
        cell: int,
        way: tuple[float, float],
        insider: int | None,
        proofs: Proofs,
        price: NDArray[np.float64],
        hidden: NDArray[np.bool_],
    ) -> bool:
        """Find a move, without an insider's cells, hide what it needs and take note of it."""
        cost = price[part.cells]
        free = cost < CLOSED
        if insider is not None:
            free &= self._of[part.cells] != insider
        move = part.find(cell, *way, price=cost, free=free)
        if move is None:
            return False
        cells, amounts = move
        up, down = way
        moves = [amounts, -amounts * (down / up)] if up > 0 and down > 0 else [amounts]
        if self._whole:
            if any(np.abs(each - np.rint(each)).max() > _ROUNDED for each in moves):
                return False
            moves = [np.rint(each) for each in moves]
        self._hide(cells, price, hidden)
        for each in moves:
            proofs.add(cells, each)
            if insider is not None:
                share = self._insiders.everyone[insider].share_of(cell, self._values[cell])
                proofs.add_against(insider, cell, cells, each, share)
        return True

    def _hide(
        self, cells: NDArray[np.intp], price: NDArray[np.float64], hidden: NDArray[np.bool_]
    ) -> None:
        new = cells[~hidden[cells]]
        hidden[new] = True
        price[new] = _HIDDEN + self._extra[new]
