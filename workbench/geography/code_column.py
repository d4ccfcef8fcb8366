"""Take a column of codes as text, each distinct one once, and read each as a code of a kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.core.errors import ParameterError
from workbench.geography.code_kinds import CodeBook
from workbench.geography.code_repair import Damage, Mended, readings

__all__ = ["CodeColumn", "code_of", "read_codes"]

# What stands for no code, once folded.
_ABSENT = frozenset({"", "-", "nan", "none", "null", "na", "n/a", "nd", "<na>"})
# Zeros that a number without a list may have lost.
_LOST = 2


@dataclass(frozen=True, eq=False)
class CodeColumn:
    """Hold a column of texts, each distinct one once.

    Parameters
    ----------
    texts : Series of str
        Distinct texts, in the order they come; no code at all is the empty text.
    places : ndarray of int
        Of each row, the place of its text.
    """

    texts: pd.Series
    places: NDArray[np.intp]

    @classmethod
    def read(cls, values: Iterable[object]) -> CodeColumn:
        """Take any column: list, array, Series or DataArray, of text or of numbers.

        Numbers are read as the text a file would hold: 1001 is ``"1001"``, and 1001.0
        ``"1001.0"``. None and NaN are no code.

        Raises
        ------
        ParameterError
            When the values have more than one dimension.

        Examples
        --------
        >>> column = CodeColumn.read(["01001", "01001", None, 1001])
        >>> column.texts.tolist(), column.places.tolist(), column.counts.tolist()
        (['01001', '', '1001'], [0, 0, 1, 2], [2, 1, 1])
        """
        if isinstance(values, (str, bytes)):
            values = [values]
        if (dimensions := getattr(values, "ndim", 1)) != 1:
            raise ParameterError(
                f"Codes are one column; found {dimensions} dimensions. "
                "Give one of the columns, such as frame['code']."
            )
        if not isinstance(values, (pd.Series, pd.Index, np.ndarray)):
            held = getattr(values, "to_numpy", lambda: list(values))()
            values = held if isinstance(held, np.ndarray) else pd.Series(held, dtype=object)
        try:
            places, found = pd.factorize(values)
        except TypeError:  # lists or records among the values: hashable as text only
            places, found = pd.factorize(pd.Series(values).map(str))
        texts = [each if isinstance(each, str) else str(each) for each in found]
        # Two values may read the same, and those that read as nothing are nothing.
        texts = ["" if text.strip().lower() in _ABSENT else text for text in texts]
        again, kinds = pd.factorize(np.array([*texts, ""], dtype=object))
        kept = again[places]  # −1, no value, takes the last: the empty text
        position, order = pd.factorize(kept)
        return cls(pd.Series(kinds[order], dtype=object), position)

    @property
    def counts(self) -> NDArray[np.intp]:
        """Rows of each distinct text."""
        return np.bincount(self.places, minlength=len(self.texts))

    @property
    def filled(self) -> CodeColumn:
        """The column without the rows that hold no code."""
        there = (self.texts != "").to_numpy(dtype=bool)
        renumbered = np.cumsum(there) - 1
        rows = there[self.places] if len(self.texts) else np.zeros(0, dtype=bool)
        places = renumbered[self.places[rows]].astype(np.intp)
        return CodeColumn(self.texts[there].reset_index(drop=True), places)


def code_of(text: str, kind: str, book: CodeBook) -> Mended | None:
    """Read a text as a code of a kind, damage undone and lost zeros given back.

    Returns
    -------
    Mended or None
        None when no reading of it is a code of the kind.
    """
    width = book.kinds[kind].width
    listed = book.listed(kind)
    for reading in readings(text):
        if book.holds(kind, reading.text):
            return reading
        lost = width - len(reading.text)
        # Without a list, one number in ten has a check digit that is right by chance.
        if lost <= 0 or not (listed or lost <= _LOST):
            continue
        digits = reading.text.isascii() and reading.text.isdigit()
        if digits and book.holds(kind, padded := reading.text.zfill(width)):
            return Mended(padded, (*reading.damage, Damage.ZERO), reading.exact and listed)
    return None


def read_codes(
    texts: pd.Series, kind: str, book: CodeBook
) -> tuple[NDArray[np.object_], dict[int, Mended]]:
    """Read distinct texts as codes of a kind.

    Returns
    -------
    codes : ndarray of str
        Empty where a text is no code of the kind.
    mended : dict of int to Mended
        By place, those that were not written as the code is.
    """
    valid = book.valid(kind, texts)
    codes = np.where(valid, texts.to_numpy(dtype=object), "").astype(object)
    mended = {}
    held = texts.tolist()
    for place in np.flatnonzero(~valid).tolist():
        if (code := code_of(held[place], kind, book)) is not None:
            codes[place], mended[place] = code.text, code
    return codes, mended
