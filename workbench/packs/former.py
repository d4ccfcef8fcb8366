"""Territories that were absorbed up to the latest map, and what holds each now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.core.reads import note
from workbench.packs.tables import whole_table

__all__ = ["Former"]

_NONE = pd.DataFrame(columns=["code", "name", "kind"])


@dataclass(frozen=True, eq=False)
class Former:
    """Look up a pack's table of former territories.

    Parameters
    ----------
    path : Path, optional
        Of the table; None for a pack, or an older map, that has none.
    level : str
        The base level, and the column of what holds each now.
    """

    path: Path | None
    level: str

    def holder(self, code: str) -> tuple[str, str] | None:
        """Return the name of a territory that was absorbed, and the code of what absorbed it."""
        # A word of the command line may hold bytes that are no text, which a column cannot hold.
        if self.path is None or not code.isprintable():
            return None
        note("table", "former")
        table = whole_table(self.path)
        rows = table[table["code"] == code]
        if rows.empty:
            return None
        return str(rows["name"].iloc[0]), str(rows[self.level].iloc[0])

    def absorbed_by(self, code: str) -> pd.DataFrame:
        """Return the territories that one absorbed: code, name, kind."""
        note("table", "former")
        if self.path is None or code not in self._rows:
            return _NONE
        rows = whole_table(self.path).iloc[self._rows[code]]
        return rows.drop(columns=self.level)

    @cached_property
    def _rows(self) -> dict[str, NDArray[np.intp]]:
        if self.path is None:
            return {}
        groups = whole_table(self.path).groupby(self.level).indices
        return {str(code): np.asarray(rows) for code, rows in groups.items()}
