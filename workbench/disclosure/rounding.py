"""Controlled rounding: every cell a multiple of a base, and every total the sum of its parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ProtectionImpossible
from workbench.disclosure.program import Program, beside
from workbench.disclosure.sums import Sums

__all__ = ["round_to"]

_MOST = 20_000


def round_to(values: NDArray[np.float64], sums: Sums, *, base: int = 5) -> NDArray[np.float64]:
    r"""Round cells up or down to a multiple of a base, so that all sums hold.

    Parameters
    ----------
    values : ndarray (cell,)
        In agreement with `sums`, not negative.
    sums : Sums
    base : int

    Returns
    -------
    ndarray (cell,)
        Each is less than one base away, and multiples stay as they are, where that is possible; up
        to three bases away in tables of many dimensions that leave no other way.

    Raises
    ------
    ProtectionImpossible
        The table is too large, or no rounding is that near.

    Notes
    -----
    A program over whole numbers: :math:`x_i = b\,(⌊v_i/b⌋ + k_i)`, the least sum of
    :math:`|x_i − v_i|`.

    References
    ----------
    Cox, "A constructive procedure for unbiased controlled rounding", *JASA* 82, 1987. Salazar,
    "Controlled rounding and cell perturbation", *Mathematical Programming* 105, 2006.

    Examples
    --------
    >>> sums = Sums.of(4, [(0, [1, 2, 3])])
    >>> round_to(np.array([12.0, 2.0, 5.0, 5.0]), sums).tolist()
    [10.0, 0.0, 5.0, 5.0]
    """
    if len(values) > _MOST:
        raise ProtectionImpossible(
            f"Rounding that keeps sums is for tables of {_MOST:,} cells at most, not "
            f"{len(values):,}: round territory by territory, or use suppression."
        )
    floors = np.floor(values / base)
    off = values - base * floors
    size = len(values)
    # Three unknowns a cell: up to the next multiple or not, then whole bases more, or less.
    terms = beside(*sums.members, size, (1, 1, -1))
    costs = np.concatenate([base - 2 * off, np.full(2 * size, float(base))])
    right = -sums.gaps(floors)
    for reach in range(4):
        further = np.concatenate([np.full(size, float(reach)), np.minimum(floors, reach)])
        upper = np.concatenate([np.where(off > 0, 1.0, 0.0), further])
        program = Program(*terms, right, np.zeros(3 * size), upper)
        program.set_whole(True)
        program.price(costs)
        found = program.least()
        if found is not None:
            up, more, less = np.rint(found).reshape(3, size)
            rounded: NDArray[np.float64] = base * (floors + up + more - less)
            return rounded
    raise ProtectionImpossible(
        f"No rounding to base {base} within three steps keeps all the sums: merge categories, or "
        "use suppression."
    )
