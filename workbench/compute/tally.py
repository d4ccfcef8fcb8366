"""Count and add up rows by cell of a dense (territory, period) block. Needs Numba.

A cell holds, one beside the other: its rows; then for each column of values, how many are known,
their sum in two parts, and where asked for their least and greatest. The second part of a sum
holds what rounding took from the first (D. E. Knuth, *The Art of Computer Programming* 2, 4.2.2,
theorem B): a sum then does not depend on the order of rows, unless it lost a 2^100th of itself.
"""

from __future__ import annotations

from typing import Any

from workbench.compute.compiling import compiled

__all__ = ["add", "place"]


# What Arrow holds is not ours to write in.
_INT32, _INT64, _FLOAT64 = (f"Array({k}, 1, 'C', True)" for k in ("int32", "int64", "float64"))


@compiled(
    f"void({_INT32}, int32[::1], {_INT64}, int64[::1], int32[::1], int32[::1], int64, int64,"
    "float64[:,::1], int32[::1], int64[::1], int64[::1])"
)
def place(
    codes: Any,
    rows_of: Any,
    times: Any,
    bounds: Any,
    of: Any,
    table: Any,
    shift: int,
    periods: int,
    block: Any,
    cells: Any,
    misses: Any,
    counts: Any,
) -> None:
    """Find the cell of each row, and count it there.

    Parameters
    ----------
    codes : ndarray of int32 (row,)
        Position of the row's territory in the dictionary of codes.
    rows_of : ndarray of int32 (code,)
        Position of each code in the block, −1 for none.
    times : ndarray of int64 (row,)
        Readings; outside of the bounds for none.
    bounds, of, table, shift
        See `periods.Lookup`.
    periods : int
        Of the block.
    block : ndarray (cell, lane)
        Its first lane is added to.
    cells : ndarray of int32 (row,)
        Is filled: −1 for a row without a cell.
    misses : ndarray of int64 (code,)
        Rows that have a time and a code that is not in the block are added to it.
    counts : ndarray of int64 (2,)
        Rows counted, and rows without a time, are added to it.
    """
    low, high = bounds[0], bounds[-1]
    counted = timeless = 0
    for i in range(codes.size):
        t = times[i]
        cell = -1
        if t < low or t >= high:
            timeless += 1
        else:
            s = table[(t - low) >> shift]
            while t >= bounds[s + 1]:
                s += 1
            p = of[s]
            if p < 0:
                timeless += 1
            else:
                row = rows_of[codes[i]]
                if row < 0:
                    misses[codes[i]] += 1
                else:
                    cell = row * periods + p
                    counted += 1
        cells[i] = cell
    # On its own, so that the processor waits for many cells at a time.
    for i in range(cells.size):
        if cells[i] >= 0:
            block[cells[i], 0] += 1.0
    counts[0] += counted
    counts[1] += timeless


@compiled(f"void({_FLOAT64}, int32[::1], float64[:,::1], int64, boolean)")
def add(values: Any, cells: Any, block: Any, lane: int, extremes: bool) -> None:
    """Add values to the lanes of their cells; those that are no finite number are left out.

    Parameters
    ----------
    values : ndarray (row,)
    cells : ndarray of int32 (row,)
    block : ndarray (cell, lane)
    lane : int
        First one of the values.
    extremes : bool
        Whether lanes of the least and the greatest follow.
    """
    for i in range(values.size):
        c, v = cells[i], values[i]
        if c >= 0 and v - v == 0.0:
            block[c, lane] += 1.0
            high = block[c, lane + 1]
            total = high + v
            part = total - high
            block[c, lane + 1] = total
            block[c, lane + 2] += (high - (total - part)) + (v - part)
            if extremes:
                block[c, lane + 3] = min(block[c, lane + 3], v)
                block[c, lane + 4] = max(block[c, lane + 4], v)
