"""What a cube asks of a pack, whatever the country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.indicators.variables import VariableSource

__all__ = ["LevelLike", "PackLike"]


class LevelLike(Protocol):
    """Describe a level of a pack."""

    @property
    def id(self) -> str:
        """Identifier."""

    @property
    def role(self) -> str:
        """What it plays whatever the country: finest, local, group, middle, region, country."""

    @property
    def parents(self) -> Sequence[str]:
        """Identifiers of the levels that hold it."""


class SourceLike(Protocol):
    """Name where figures come from."""

    @property
    def title(self) -> Mapping[str, str]:
        """By language."""

    @property
    def licence(self) -> str:
        """Name of the licence."""


class PackLike(VariableSource, Protocol):
    """Give the territories and variables of one country, at one vintage of its map."""

    @property
    def name(self) -> str:
        """Name of the pack."""

    @property
    def vintage(self) -> int:
        """Year of the map."""

    def level(self, name: str) -> LevelLike:
        """Return a level by its identifier."""

    def parts_level(self, level: str) -> str:
        """Return the level whose variables are summed for this one, itself if it is the finest."""

    def frame(self, level: str) -> pd.DataFrame:
        """Return territories by code: name, area_km2, the code of the parent at each level."""

    def membership(self, level: str) -> NDArray[np.int64]:
        """Return the position in the level of the holder of each part, −1 for none."""

    def shares_within(self, level: str) -> bool:
        """Tell whether figures shared out between parts stay in one territory of the level."""

    def frozen(self, level: str) -> Mapping[str, xr.DataArray]:
        """Mark (territory,), by variable, those whose series is repeated rather than measured."""

    def sources(self, variables: Iterable[str]) -> Sequence[SourceLike]:
        """Return the sources of some variables, each once."""
