"""The cells of a table as they are written, each distinct text of a column once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.loaders.cells import text_of
from workbench.loaders.dialect import Dialect
from workbench.loaders.geometry import kind_of_wkb, point_of
from workbench.loaders.parts import LINE
from workbench.loaders.registry import Loaded

__all__ = ["Cells", "Parts", "Sheet", "Unread"]

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Cells:
    """Hold a column.

    Parameters
    ----------
    texts : ndarray of str
        Distinct texts, without the spaces around them; the last is the empty one.
    places : ndarray of int
        Of each row, the place of its text.
    """

    texts: NDArray[np.object_]
    places: NDArray[np.int64]

    @classmethod
    def of(cls, column: pa.ChunkedArray | pa.Array) -> Cells:
        """Take a column of texts, or of values that a format has typed.

        Examples
        --------
        >>> cells = Cells.of(pa.array(["a ", None, "b", "a "]))
        >>> cells.texts.tolist(), cells.places.tolist()
        (['a', 'b', ''], [0, 2, 1, 0])
        """
        array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if not (pa.types.is_string(array.type) or pa.types.is_dictionary(array.type)):
            array = pa.array([text_of(each) or None for each in array.to_pylist()], pa.string())
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        texts = [(text or "").strip() for text in array.dictionary.to_pylist()]
        indices = pc.fill_null(array.indices, len(texts)).to_numpy(zero_copy_only=False)
        return cls(np.array([*texts, ""], dtype=object), indices.astype(np.int64))

    @property
    def written(self) -> NDArray[np.object_]:
        """The text of each row."""
        return self.texts[self.places]

    @property
    def filled(self) -> BoolArray:
        """Rows that hold something."""
        found: BoolArray = (self.texts != "")[self.places]
        return found

    @property
    def present(self) -> list[str]:
        """Distinct texts that hold something."""
        return [text for text in self.texts.tolist() if text]

    def rows(self, wrong: Callable[[str], bool]) -> NDArray[np.int64]:
        """Return the rows whose text, which holds something, is wrong."""
        told = np.array([bool(text) and wrong(text) for text in self.texts.tolist()], dtype=bool)
        return np.flatnonzero(told[self.places])


@dataclass(frozen=True, eq=False)
class Sheet:
    """Hold the rows of a file.

    Parameters
    ----------
    columns : mapping of str to Cells
    lines : ndarray of int
        Line of each row.
    totals : tuple of (int, mapping of str to str)
        Line and cells of the rows that are totals.
    """

    columns: Mapping[str, Cells]
    lines: NDArray[np.int64]
    totals: tuple[tuple[int, Mapping[str, str]], ...] = ()

    @classmethod
    def of(cls, read: Loaded) -> Sheet:
        """Take what a reader gave when the line of each row was asked for."""
        data = read.data
        lines = data.column(data.num_columns - 1).to_numpy().astype(np.int64)
        names = data.column_names[:-1]
        columns = {name: Cells.of(_texts(data.column(at))) for at, name in enumerate(names)}
        told = read.totals.to_pylist() if read.totals is not None else ()
        totals = tuple(
            (row[LINE], {name: text_of(row[name]) for name in names if row.get(name) is not None})
            for row in told
        )
        return cls(columns, lines, totals)

    def __len__(self) -> int:
        return len(self.lines)


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    """Write geometries as texts: points as they are read, others so that they can be compared."""
    if not pa.types.is_binary(column.type):
        return column
    return pa.array([each and _written(each) for each in column.to_pylist()], pa.string())


def _written(wkb: bytes) -> str:
    point = point_of(wkb)
    if point is not None:
        return f"{point[0]}, {point[1]}"
    return f"{kind_of_wkb(wkb)} {hashlib.sha256(wkb).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Unread:
    """Hold a row that could not be cut into cells, or is a total of others."""

    line: int
    reason: str
    text: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Parts:
    """Hold the rows of a file, and what became of each.

    Parameters
    ----------
    path : Path
        The file, which is never written over.
    sheet : Sheet
    aside : ndarray of bool
        Rows that are set aside.
    reasons : mapping of int to str
        Why, by the place of the row.
    others : sequence of Unread
        Rows that are not in the sheet.
    dialect : Dialect
        How the file is written.
    lang : str
    """

    path: Path
    sheet: Sheet
    aside: NDArray[np.bool_]
    reasons: Mapping[int, str]
    others: Sequence[Unread]
    dialect: Dialect
    lang: str
