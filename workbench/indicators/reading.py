"""One indicator read for one territory: what tables, figures and sentences are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.core.types import Quantity, Territory
from workbench.indicators.indicator import Indicator

__all__ = ["Change", "Position", "Reading"]


@dataclass(frozen=True, slots=True)
class Position:
    """Place a territory among the others of its level.

    ``rank`` 1 is the highest value; ties share the best rank. ``quantile`` is the share of
    the others strictly below plus half of the ties, from 0 to 1. ``among`` is ``"country"``
    or the level of the parent within which the siblings are compared.
    """

    rank: int
    of: int
    quantile: float
    among: str


@dataclass(frozen=True, slots=True)
class Change:
    """Difference between two periods, in the indicator's unit (percent when it is a count)."""

    since: int
    until: int
    amount: Quantity
    unit: str
    decimals: int
    noise: float


@dataclass(frozen=True)
class Reading:
    """Gather what there is to say of one indicator for one territory.

    Parameters
    ----------
    indicator : Indicator
    territory : Territory
    period : int
        The latest period that has the indicator.
    value : Quantity
    references : tuple of (Territory, Quantity)
        The territories it is compared with, nearest first (group, county, region, country).
    peers : tuple of (Territory, Quantity)
    positions : tuple of Position
        In the country first, then among siblings.
    change : Change or None
    series : tuple of (int, Quantity)
        All periods, oldest first.
    distribution : ndarray (territory,)
        Known values of all territories of the level, sorted.
    since : int
        First of the two periods of a change; 0 for other indicators.
    noise : float
        Smallest difference with a reference that the data supports, in the indicator's unit.
    noises : mapping of str to float
        The same for each reference, by its code, the reference's own noise included.
    """

    indicator: Indicator
    territory: Territory
    period: int
    value: Quantity
    references: tuple[tuple[Territory, Quantity], ...] = ()
    peers: tuple[tuple[Territory, Quantity], ...] = ()
    positions: tuple[Position, ...] = ()
    change: Change | None = None
    series: tuple[tuple[int, Quantity], ...] = ()
    distribution: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    since: int = 0
    noise: float = 0.0
    noises: Mapping[str, float] = field(default_factory=dict)
