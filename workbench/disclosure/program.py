"""Linear programs over the cells of tables, each solved from where the last one ended."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import MissingExtra

__all__ = ["Program", "beside"]


class Program:
    """Hold ``matrix · x = right`` and bounds; ask for its least values again and again.

    With `most`, the rows are from `right` to it.

    Parameters
    ----------
    row, column, coefficient : ndarray (term,)
        Of the matrix, row by row.
    right : ndarray (row,)
    lower, upper : ndarray (column,)
        Of the unknowns.

    Raises
    ------
    MissingExtra
        Without HiGHS.
    """

    def __init__(
        self,
        row: NDArray[np.integer],
        column: NDArray[np.integer],
        coefficient: NDArray[np.float64],
        right: NDArray[np.float64],
        lower: NDArray[np.float64],
        upper: NDArray[np.float64],
        *,
        most: NDArray[np.float64] | None = None,
    ) -> None:
        try:
            import highspy
        except ModuleNotFoundError:
            raise MissingExtra(
                "Disclosure control needs highspy (HiGHS). Install the extra: "
                "pip install 'territorial-workbench[disclosure]'"
            ) from None
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = len(right), len(lower)
        program.col_cost_ = np.zeros(len(lower))
        program.col_lower_, program.col_upper_ = lower, upper
        program.row_lower_ = right
        program.row_upper_ = right if most is None else most
        matrix = program.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        counts = np.bincount(row, minlength=len(right))
        matrix.start_ = np.concatenate([[0], np.cumsum(counts)])
        matrix.index_, matrix.value_ = column.astype(np.int32), coefficient
        self._solver: Any = _silently(highspy.Highs)
        # One thread, and always the same answer.
        for option, value in {"output_flag": False, "threads": 1, "random_seed": 0}.items():
            self._solver.setOptionValue(option, value)
        self._solver.passModel(program)
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._unbounded = (
            highspy.HighsModelStatus.kUnbounded,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        )
        self._ends = (self._optimal, *self._unbounded, highspy.HighsModelStatus.kInfeasible)
        self._every = np.arange(len(lower), dtype=np.int32)
        self._kinds = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous

    def set_whole(self, whole: bool) -> None:
        """Say whether all unknowns are whole numbers: slower, and narrower."""
        kind = self._kinds[0 if whole else 1]
        self._solver.changeColsIntegrality(
            len(self._every), self._every, np.full(len(self._every), int(kind), np.uint8)
        )

    def limit(self, *, nodes: int) -> None:
        """Give up after so many branches of a program over whole numbers."""
        self._solver.setOptionValue("mip_max_nodes", nodes)

    def price(self, costs: NDArray[np.float64]) -> None:
        """Set what a unit of each unknown costs."""
        self._solver.changeColsCost(len(self._every), self._every, costs)

    def bound(self, lower: NDArray[np.float64], upper: NDArray[np.float64]) -> None:
        """Set the bounds of all unknowns."""
        self._solver.changeColsBounds(len(self._every), self._every, lower, upper)

    def least(self) -> NDArray[np.float64] | None:
        """Return the unknowns that cost least; None when no value of them is possible."""
        if self._solved() != self._optimal:
            return None
        return np.asarray(self._solver.getSolution().col_value)

    def reached(self, column: int, sign: float) -> tuple[float, NDArray[np.float64]]:
        """Return the least (`sign` 1) or greatest (−1) value of one unknown, and reduced costs.

        These are of the least value of ``sign · x``.
        """
        value = self.extreme(column, sign, keep=True)
        reduced = np.asarray(self._solver.getSolution().col_dual)
        self._solver.changeColCost(column, 0.0)
        return value, reduced

    def _solved(self) -> Any:
        """Solve; from nothing again where the way on from the last answer led nowhere."""
        self._solver.run()
        status = self._solver.getModelStatus()
        if status not in self._ends:
            self._solver.clearSolver()
            self._solver.run()
            status = self._solver.getModelStatus()
        return status

    def extreme(self, column: int, sign: float, *, keep: bool = False) -> float:
        """Return the least (`sign` 1) or the greatest (−1) value of one unknown, all others free.

        With `keep` the question stays, for more to be asked of its answer.

        Returns
        -------
        float
            Infinite when nothing bounds it.
        """
        self._solver.changeColCost(column, sign)
        status = self._solved()
        value = float(self._solver.getInfo().objective_function_value) * sign
        if not keep:
            self._solver.changeColCost(column, 0.0)
        if status in self._unbounded:
            return -np.inf * sign
        if status != self._optimal:
            raise ArithmeticError(f"HiGHS ended with {status}")
        return value


def beside(
    row: NDArray[np.intp],
    column: NDArray[np.intp],
    coefficient: NDArray[np.float64],
    size: int,
    signs: Sequence[int],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Set a matrix of `size` columns beside itself, once with each sign; give it row by row."""
    rows = np.tile(row, len(signs))
    columns = np.concatenate([column + at * size for at in range(len(signs))])
    coefficients = np.concatenate([sign * coefficient for sign in signs])
    order = np.argsort(rows, kind="stable")
    return rows[order], columns[order], coefficients[order]


def _silently(make: Callable[[], Any]) -> Any:
    """Make a solver: the first one of a process prints its name, which no option prevents."""
    flush, shown = ctypes.CDLL(None).fflush, os.dup(1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    flush(None)
    os.dup2(nothing, 1)
    try:
        return make()
    finally:
        flush(None)
        os.dup2(shown, 1)
        os.close(shown)
        os.close(nothing)
