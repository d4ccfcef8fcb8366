"""Search the four corners by which the cells of a two-way table protect each other (kernels).

A cell gains what the others of its row and column lose, and the one where these meet gains it
again: no sum changes. See :mod:`workbench.disclosure.boxes`, which does the same in any table.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.compute.compiling import compiled

__all__ = ["protect"]

_CLOSED = 1e8
_ENDLESS = 1e15


@compiled()
def _is_any(insider: int, known: NDArray[np.int64]) -> bool:
    if insider < 0:
        return False
    return bool(insider == known[0] or insider == known[1] or insider == known[2])


@compiled()
def _cheapest(
    row: int,
    column: int,
    need: float,
    values: NDArray[np.float64],
    price: NDArray[np.float64],
    of: NDArray[np.int64],
    known: NDArray[np.int64],
    starts: tuple[NDArray[np.int64], NDArray[np.int64]],
    partners: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> tuple[int, int]:
    """Return where the best partners of a row and of a column stand in their lists; -1 if none."""
    best, found = _CLOSED, (-1, -1)
    for a in range(starts[0][row], starts[0][row + 1]):
        other = partners[0][a]
        first = price[other, column]
        if first >= best or values[other, column] < need or _is_any(of[other, column], known):
            continue
        for b in range(starts[1][column], starts[1][column + 1]):
            beside = partners[1][b]
            total = first + price[row, beside] + price[other, beside]
            if (
                total < best
                and values[row, beside] >= need
                and values[other, beside] >= need
                and not _is_any(of[row, beside], known)
                and not _is_any(of[other, beside], known)
            ):
                best, found = total, (a, b)
    return found


@compiled()
def _note(
    cells: NDArray[np.int64],
    signs: NDArray[np.int64],
    values: NDArray[np.float64],
    of: NDArray[np.int64],
    needs: NDArray[np.float64],
    doubts: NDArray[np.int64],
    state: NDArray[np.uint8],
) -> tuple[float, float]:
    """Tell how far a box can move, and which of its corners that proves safe."""
    gain = loss = _ENDLESS
    for at in range(4):
        if signs[at] < 0:
            gain = min(gain, values[cells[at]])
        else:
            loss = min(loss, values[cells[at]])
    for at in range(4):
        cell = cells[at]
        # 0: nothing to prove, 1: to prove, 2: proved but for insiders, 3: proved.
        if state[cell] == 0 or state[cell] == 3:
            continue
        up, down = (gain, loss) if signs[at] > 0 else (loss, gain)
        if up < needs[0, cell] or down < needs[1, cell]:
            continue
        left = 0
        before = doubts[cell].copy()
        for other in range(4):
            insider = of[cells[other]]
            if insider < 0 or insider == of[cell]:
                continue
            if state[cell] == 2 and not _is_any(insider, before):
                continue
            doubts[cell, left] = insider
            left += 1
        for rest in range(left, 3):
            doubts[cell, rest] = -1
        state[cell] = 3 if left == 0 else 2
    return gain, loss


@compiled(
    "int64(int64[::1], float64[:,::1], float64[:,::1], float64[:,::1], float64[:,::1], "
    "boolean[::1], int64[:,::1], UniTuple(int64[::1], 2), UniTuple(int64[::1], 2), "
    "UniTuple(int64[::1], 2), uint8[::1], int64[:,::1], int64[:,::1], float64[:,::1])"
)
def protect(
    order: NDArray[np.int64],
    needs: NDArray[np.float64],
    values: NDArray[np.float64],
    price: NDArray[np.float64],
    anyway: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    of: NDArray[np.int64],
    starts: tuple[NDArray[np.int64], NDArray[np.int64]],
    partners: tuple[NDArray[np.int64], NDArray[np.int64]],
    facing: tuple[NDArray[np.int64], NDArray[np.int64]],
    state: NDArray[np.uint8],
    cells: NDArray[np.int64],
    signs: NDArray[np.int64],
    reach: NDArray[np.float64],
) -> int:
    """Find the cheapest boxes for cells one after the other, hiding their corners.

    Parameters
    ----------
    order : ndarray of int (sensitive,)
    needs : ndarray (2, cell)
        What each must be able to gain and to lose.
    values, price, anyway : ndarray (row, column)
        Price of hiding a cell, and of using one that is hidden anyway.
    hidden : ndarray of bool (cell,)
        Changed, as `price` is.
    of : ndarray of int (row, column)
        The insider whose own cell it is, or -1.
    starts, partners, facing : pair of ndarray of int
        Of rows and of columns: the partners of each, and whether these move with it (1) or
        against it (-1).
    state : ndarray of uint8 (cell,)
        1 to be proved, 3 proved; changed.
    cells, signs, reach : ndarray (box, 4), (box, 4) and (box, 2)
        Filled with boxes, and how far each gains and loses.

    Returns
    -------
    int
        How many boxes were made.
    """
    columns = values.shape[1]
    flat, owners, prices = values.ravel(), of.ravel(), price.ravel()
    dear = anyway.ravel()
    doubts = np.full((flat.size, 3), -1)
    corner, sign = np.empty((2, 4), np.int64), np.empty((2, 4), np.int64)
    known = np.empty(3, np.int64)
    made = 0
    for cell in order:
        if state[cell] == 3:
            continue
        row, column = cell // columns, cell % columns
        need = max(needs[0, cell], needs[1, cell])
        known[:] = -1
        boxes, left = 0, 1
        while boxes < 2 and left > 0:
            a, b = _cheapest(row, column, need, values, price, of, known, starts, partners)
            if a < 0:
                break
            other, beside = partners[0][a], partners[1][b]
            corner[boxes, 0], sign[boxes, 0] = cell, 1
            corner[boxes, 1], sign[boxes, 1] = other * columns + column, facing[0][a]
            corner[boxes, 2], sign[boxes, 2] = row * columns + beside, facing[1][b]
            corner[boxes, 3] = other * columns + beside
            sign[boxes, 3] = facing[0][a] * facing[1][b]
            left = 0
            if boxes == 0:
                for at in range(1, 4):
                    insider = owners[corner[0, at]]
                    if insider >= 0 and insider != owners[cell]:
                        known[left] = insider
                        left += 1
            boxes += 1
        if boxes == 0 or left > 0:
            continue
        for box in range(boxes):
            for at in range(4):
                there = corner[box, at]
                cells[made, at], signs[made, at] = there, sign[box, at]
                if not hidden[there]:
                    hidden[there] = True
                    prices[there] = dear[there]
            gain, loss = _note(corner[box], sign[box], flat, owners, needs, doubts, state)
            reach[made, 0], reach[made, 1] = gain, loss
            made += 1
    return made
