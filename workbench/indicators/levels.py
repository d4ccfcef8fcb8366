"""All indicators of one level, computed once and kept: what profiles are read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from dask.base import compute
from numpy.typing import NDArray

from workbench.compute.peers import PeerSpace, peer_space
from workbench.compute.position import positions
from workbench.core.reads import note, silently
from workbench.core.types import Quantity, Status
from workbench.indicators.calculations import Outcome, calculate
from workbench.indicators.cube import level_variables
from workbench.indicators.indicator import Indicator
from workbench.indicators.registry import catalogue_of
from workbench.packs.pack import Pack

__all__ = ["Figures", "LevelFigures", "level_figures"]

# By their number: calling the enumeration takes three times as long, a thousand times a profile.
_STATUSES = tuple(Status)


@dataclass(frozen=True)
class Figures:
    """Hold one indicator for all territories of a level, in memory.

    Parameters
    ----------
    periods : tuple of int
        Oldest first.
    values : ndarray (territory, period), float64
    status : ndarray (territory, period), int8
    denominator : ndarray (territory, period) or None
        What binomial noise rests on.
    since : int
        First period of a change; 0 otherwise.
    """

    periods: tuple[int, ...]
    values: NDArray[np.float64]
    status: NDArray[np.int8]
    denominator: NDArray[np.float64] | None
    since: int

    def quantity(self, position: int, period: int) -> Quantity:
        """Return one figure; one that the period lacks is missing."""
        if period not in self.periods:
            return Quantity.absent(Status.MISSING)
        column = self.periods.index(period)
        status = _STATUSES[self.status.item(position, column)]
        return Quantity(self.values.item(position, column), status)

    def series(self, position: int) -> tuple[tuple[int, Quantity], ...]:
        """Return the figures of one territory, oldest first."""
        return tuple((period, self.quantity(position, period)) for period in self.periods)

    @cached_property
    def latest(self) -> int:
        """Return the last period in which some territory has a figure."""
        known = ~np.isnan(self.values).all(axis=0)
        return self.periods[int(np.flatnonzero(known)[-1])] if known.any() else self.periods[-1]


class NotedFigures(Mapping[str, Figures]):
    """Give the figures of a level by indicator, and note each one that is read."""

    def __init__(self, level: str, figures: Mapping[str, Figures]) -> None:
        self._level, self._figures = level, figures

    def __getitem__(self, name: str) -> Figures:
        self.note(name)
        return self._figures[name]

    def note(self, *names: str) -> None:
        """Note that what was made once of some indicators is read."""
        for name in names:
            note("indicator", self._level, name)

    def with_more(self, more: Mapping[str, Figures]) -> dict[str, Figures]:
        """Return all the figures, and more, without noting any."""
        return {**self._figures, **more}

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def __contains__(self, name: object) -> bool:
        return name in self._figures


class Place(NamedTuple):
    """Say where one territory stands; rank 0 when it has no value to compare."""

    rank: int
    of: int
    quantile: float


@dataclass(frozen=True)
class LevelFigures:
    """Hold every indicator of one level.

    Parameters
    ----------
    codes : Index of str (territory,)
    compared : ndarray of bool (territory,)
        Those that are ranked and looked at as peers: the territories of the country.
    siblings : ndarray of int (territory,)
        Parent within which each is ranked, −1 for none.
    figures : mapping of str to Figures
        By indicator; those without any figure at this level are left out.
    frozen : mapping of str to ndarray of bool (territory,)
        By variable, the territories whose series is repeated, so that it has no change.
    """

    codes: pd.Index
    compared: NDArray[np.bool_]
    siblings: NDArray[np.int64]
    figures: NotedFigures
    frozen: Mapping[str, NDArray[np.bool_]]
    peer_variables: Sequence[Mapping[str, object]]
    _placed: dict[tuple[str, bool], tuple[NDArray[Any], ...]] = field(
        default_factory=dict, repr=False
    )
    _sorted: dict[str, NDArray[np.float64]] = field(default_factory=dict, repr=False)
    _spaces: list[PeerSpace] = field(default_factory=list, repr=False)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {code: place for place, code in enumerate(self.codes)}

    def position(self, code: str) -> int:
        """Return the place of a territory in the arrays."""
        return self._places[code]

    def _column(self, name: str) -> NDArray[np.float64]:
        figures = self.figures[name]
        column = figures.values[:, figures.periods.index(figures.latest)]
        return np.where(self.compared, column, np.nan)

    def is_frozen(self, indicator: Indicator, position: int) -> bool:
        """Tell whether an indicator rests on a series that is repeated for a territory."""
        return any(
            bool(self.frozen[name][position]) for name in indicator.variables if name in self.frozen
        )

    def place(self, name: str, position: int, *, among_siblings: bool) -> Place:
        """Place one territory on one indicator, at its latest period.

        All territories are placed at once, the first time an indicator is asked for.
        """
        self.figures.note(name)
        key = (name, among_siblings)
        if key not in self._placed:
            values = xr.DataArray(self._column(name), dims="territory")
            placed = positions(values, self.siblings if among_siblings else None)
            self._placed[key] = (placed.rank.values, placed.of.values, placed.quantile.values)
        rank, of, quantile = self._placed[key]
        return Place(int(rank[position]), int(of[position]), float(quantile[position]))

    def distribution(self, name: str) -> NDArray[np.float64]:
        """Return the known values of one indicator at its latest period, sorted."""
        self.figures.note(name)
        if name not in self._sorted:
            column = self._column(name)
            self._sorted[name] = np.sort(column[~np.isnan(column)])
        return self._sorted[name]

    def peer_space(self) -> PeerSpace | None:
        """Return the standardised space in which peers are looked for; none without variables."""
        wanted = {str(v["indicator"]): bool(v.get("log")) for v in self.peer_variables}
        known = {name: log for name, log in wanted.items() if name in self.figures}
        self.figures.note(*known)
        if not known:
            return None
        if not self._spaces:
            values = {
                name: xr.DataArray(
                    self._column(name), dims="territory", coords={"territory": self.codes}
                )
                for name in known
            }
            logarithms = [name for name, log in known.items() if log]
            self._spaces.append(peer_space(values, log=logarithms))
        return self._spaces[0]

    def place_all(self) -> None:
        """Do now what the first profile would wait for: ranks, distributions and peers."""
        for name in self.figures:
            self.distribution(name)
            for among_siblings in (False, True):
                self.place(name, 0, among_siblings=among_siblings)
        self.peer_space()


@lru_cache(maxsize=64)
@silently()
def level_figures(pack: Pack, level: str) -> LevelFigures:
    """Compute every indicator of a level, in one pass over the variables.

    Parameters
    ----------
    pack : Pack
    level : str

    Returns
    -------
    LevelFigures
        Kept for the life of the process: thousands of profiles are read from it.
    """
    if pack.supplement is not None:
        return _supplied(pack, level)
    frozen = pack.frozen(level)
    variables = level_variables(pack, level, frozen=frozen)
    role = pack.level(level).role
    wanted = [i for i in catalogue_of(pack).indicators() if not i.levels or role in i.levels]
    lazy = {i.id: outcome for i in wanted if (outcome := calculate(i, variables)) is not None}
    arrays = compute(
        {name: _arrays(outcome) for name, outcome in lazy.items()}, scheduler="synchronous"
    )[0]
    figures = {
        name: _figures(lazy[name], computed)
        for name, computed in arrays.items()
        if not np.isnan(computed["values"]).all() or _suppressed(computed["status"])
    }
    frame = pack.frame(level)
    whole = pack.spec.country_level
    country = frame[whole] if whole in frame else pd.Series("", frame.index)
    compared = (country != "").to_numpy() & (level != whole)
    return LevelFigures(
        codes=variables.groups,
        compared=compared,
        siblings=_siblings(pack, level, frame),
        figures=NotedFigures(level, figures),
        frozen={name: mask.to_numpy() for name, mask in frozen.items()},
        peer_variables=pack.spec.peers["variables"],
    )


def _supplied(pack: Pack, level: str) -> LevelFigures:
    """Put figures that are not the pack's own after those that are, computed once for both."""
    own = level_figures(pack.supplement.pack, level)
    added = {
        name: Figures(periods, values, status, None, 0)
        for name, (periods, values, status) in pack.supplement.arrays(level, own.codes).items()
        if not np.isnan(values).all()
    }
    return replace(own, figures=NotedFigures(level, own.figures.with_more(added)))


def _arrays(outcome: Outcome) -> dict[str, object]:
    arrays: dict[str, object] = {"values": outcome.values.data, "status": outcome.status.data}
    if outcome.denominator is not None:
        arrays["denominator"] = outcome.denominator.data
    return arrays


def _figures(outcome: Outcome, computed: Mapping[str, NDArray[np.float64]]) -> Figures:
    periods = tuple(int(period) for period in outcome.values["period"].values)
    values, status = computed["values"], computed["status"].astype(np.int8)
    denominator = computed.get("denominator")
    if denominator is not None:
        denominator = np.broadcast_to(denominator, values.shape)
    return Figures(periods, values, status, denominator, outcome.since)


def _suppressed(status: NDArray[np.float64]) -> bool:
    return bool((status == Status.SUPPRESSED).any())


def _siblings(pack: Pack, level: str, frame: pd.DataFrame) -> NDArray[np.int64]:
    parent = pack.level(level).siblings
    if not parent:
        return np.full(len(frame), -1)
    return pack.frame(parent).index.get_indexer(pd.Index(frame[parent])).astype(np.int64)


def noise_of(indicator: Indicator, figures: Figures, position: int, period: int) -> float:
    """Return the smallest difference that one figure supports, in the indicator's unit.

    Notes
    -----
    relative: amount × |value|; absolute: amount; binomial: amount standard errors of a share
    p estimated on n units, ``scale × √(p (1 − p) / n)``.
    """
    quantity = figures.quantity(position, period)
    if not quantity.known:
        return 0.0
    noise = indicator.noise
    if noise.model == "relative":
        return noise.amount * abs(quantity.value)
    if noise.model == "absolute":
        return noise.amount
    if noise.model == "binomial" and figures.denominator is not None:
        units = figures.denominator[position, figures.periods.index(period)]
        share = min(max(quantity.value / indicator.scale, 0.0), 1.0)
        return float(noise.amount * indicator.scale * np.sqrt(share * (1 - share) / max(units, 1)))
    return 0.0
