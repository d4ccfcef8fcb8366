"""Positions in ragged arrays: lists of several lengths, laid end to end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["ranges"]


def ranges(starts: NDArray[np.integer], counts: NDArray[np.integer]) -> NDArray[np.int64]:
    """Put ranges end to end.

    Parameters
    ----------
    starts, counts : ndarray of int (list,)
        First position of each list, and how many it has.

    Examples
    --------
    >>> ranges(np.array([5, 0]), np.array([2, 1])).tolist()
    [5, 6, 0]
    """
    before = np.cumsum(counts) - counts
    positions: NDArray[np.int64] = np.arange(counts.sum()) + np.repeat(starts - before, counts)
    return positions
