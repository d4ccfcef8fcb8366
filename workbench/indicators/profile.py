"""Read every indicator for one territory: its profile."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from workbench.compute.change import periods_apart
from workbench.compute.peers import Resemblance, nearest_peers, why
from workbench.core.i18n import unit
from workbench.core.reads import note_figure
from workbench.core.types import Kind, Quantity, Status, Territory
from workbench.indicators.indicator import Indicator
from workbench.indicators.levels import Figures, LevelFigures, level_figures, noise_of
from workbench.indicators.reading import Change, Position, Reading
from workbench.indicators.registry import catalogue_of
from workbench.packs.pack import Pack

__all__ = ["Profile", "profile"]

# The rolling census compares years at least this far apart; other series are single years.
_YEARS_APART = 5


@dataclass(frozen=True)
class Profile:
    """Hold all readings of a territory.

    Parameters
    ----------
    territory : Territory
    readings : mapping of str to Reading
        By indicator, in declared order.
    references : tuple of Territory
        What it is compared with, nearest first.
    peers : tuple of Territory
    resemblances : tuple of Resemblance
        Why each peer is one.
    repeated : frozenset of str
        Variables whose series the source repeats for this territory.
    """

    territory: Territory
    readings: dict[str, Reading]
    references: tuple[Territory, ...]
    peers: tuple[Territory, ...]
    resemblances: tuple[Resemblance, ...]
    repeated: frozenset[str] = frozenset()

    def theme(self, theme: str) -> list[Reading]:
        """Return the readings of a theme."""
        return [reading for reading in self.readings.values() if reading.indicator.theme == theme]


def profile(pack: Pack, territory: Territory, *, indicators: Iterable[str] = ()) -> Profile:
    """Read indicators for a territory, with references, peers, change and position.

    Parameters
    ----------
    pack : Pack
    territory : Territory
    indicators : iterable of str
        All those that mean something at the territory's level when empty.

    Returns
    -------
    Profile

    Examples
    --------
    >>> from workbench.packs.pack import open_pack
    >>> pack = open_pack("france")
    >>> nord = profile(pack, pack.territory("59"))
    >>> round(nord.readings["population"].value.value)
    2615635
    """
    level = level_figures(pack, territory.level)
    references = _references(pack, territory)
    resemblances = _resemblances(pack, level, territory)
    peers = tuple(pack.territory(r.peer, territory.level) for r in resemblances)
    wanted, catalogue = list(indicators), catalogue_of(pack)
    names = [
        name
        for name in level.figures
        if (not wanted or name in wanted) and _applies(pack, territory, catalogue.get(name))
    ]
    context = _Context(pack, level, territory, references, peers)
    readings = {name: context.read(catalogue.get(name)) for name in names}
    for name, reading in readings.items():
        status = reading.value.status.name.lower()
        note_figure(f"{name}@{reading.period}", reading.value.value, status)
    position = level.position(territory.code)
    repeated = frozenset(name for name, marks in level.frozen.items() if marks[position])
    return Profile(territory, readings, references, peers, resemblances, repeated)


def _applies(pack: Pack, territory: Territory, indicator: Indicator) -> bool:
    """Tell whether an indicator means something: one on several parts does not on one."""
    base = pack.spec.base_level
    if not indicator.levels or pack.level(base).role in indicator.levels:
        return True
    return _size(pack, territory, base) > 1


def _references(pack: Pack, territory: Territory) -> tuple[Territory, ...]:
    """Return the holders to compare with, without those of the very same perimeter (Mayotte)."""
    base = pack.spec.base_level
    seen = {_size(pack, territory, base)}
    kept = []
    for parent in pack.territories.parents(territory, pack.level(territory.level).references):
        size = _size(pack, parent, base)
        if size not in seen:
            seen.add(size)
            kept.append(parent)
    return tuple(kept)


def _size(pack: Pack, territory: Territory, base: str) -> int:
    """Count the base territories inside; nested territories of one size are the same."""
    if base in territory.parents:
        return 0
    return len(pack.territories.children(territory, base))


def _resemblances(pack: Pack, level: LevelFigures, territory: Territory) -> tuple[Resemblance, ...]:
    if not level.compared[level.position(territory.code)]:
        return ()
    space = level.peer_space()
    if space is None:
        return ()
    found = nearest_peers(space, territory.code, k=int(pack.spec.peers["count"]))
    return tuple(why(space, territory.code, peer.code) for peer in found)


@dataclass(frozen=True)
class _Context:
    pack: Pack
    level: LevelFigures
    territory: Territory
    references: tuple[Territory, ...]
    peers: tuple[Territory, ...]

    def read(self, indicator: Indicator) -> Reading:
        name = indicator.id
        figures = self.level.figures[name]
        position = self.level.position(self.territory.code)
        period = figures.latest
        repeated = self.level.is_frozen(indicator, position)
        noise = noise_of(indicator, figures, position, period)
        references, noises = [], {}
        for reference in self.references:
            quantity, own = self._elsewhere(indicator, reference, period)
            references.append((reference, quantity))
            noises[reference.code] = math.hypot(noise, own)
        return Reading(
            indicator=indicator,
            territory=self.territory,
            period=period,
            value=figures.quantity(position, period),
            references=tuple(references),
            peers=tuple(
                (peer, figures.quantity(self.level.position(peer.code), period))
                for peer in self.peers
            ),
            positions=self._positions(name, position),
            change=_change(indicator, figures, position, repeated=repeated),
            series=() if repeated else figures.series(position),
            distribution=self.level.distribution(name),
            since=figures.since,
            noise=noise,
            noises=noises,
        )

    def _elsewhere(
        self, indicator: Indicator, territory: Territory, period: int
    ) -> tuple[Quantity, float]:
        level = level_figures(self.pack, territory.level)
        figures = level.figures.get(indicator.id)
        if figures is None:
            return Quantity.absent(Status.NOT_APPLICABLE), 0.0
        position = level.position(territory.code)
        return (
            figures.quantity(position, period),
            noise_of(indicator, figures, position, period),
        )

    def _positions(self, name: str, position: int) -> tuple[Position, ...]:
        found = []
        siblings = self.pack.level(self.territory.level).siblings
        for among, grouped in (("country", False), (siblings, True)):
            if not among:
                continue
            place = self.level.place(name, position, among_siblings=grouped)
            if place.rank and place.of > 1:
                found.append(Position(place.rank, place.of, place.quantile, among))
        return tuple(found)


def _change(
    indicator: Indicator, figures: Figures, position: int, *, repeated: bool
) -> Change | None:
    """Compare the latest figure with an earlier one, far enough before it.

    Counts change in percent; others by a difference, in the unit of differences. The noise is
    that of the two figures together. A density has none of its own: it changes as its count.
    """
    measured = [period for period in figures.periods if period <= figures.latest]
    ends = periods_apart(measured, at_least=_YEARS_APART)
    derived = indicator.classes or figures.since or indicator.kind is Kind.DENSITY
    if derived or ends is None or indicator.noise.model == "yearly":
        return None
    since, until = ends
    if repeated:
        absent = Quantity.absent(Status.NOT_APPLICABLE)
        return Change(since, until, absent, "percent_change", indicator.decimals, 0.0)
    before, after = (figures.quantity(position, p) for p in (since, until))
    noise = math.hypot(*(noise_of(indicator, figures, position, p) for p in (since, until)))
    if indicator.kind is not Kind.COUNT:
        own = unit(indicator.unit).difference or indicator.unit
        return Change(since, until, _difference(before, after), own, indicator.decimals, noise)
    relative = _difference(before, after, relative=True)
    share = 100 * noise / before.value if relative.known else 0.0
    return Change(since, until, relative, "percent_change", 1, share)


def _difference(before: Quantity, after: Quantity, *, relative: bool = False) -> Quantity:
    for quantity in (after, before):
        if not quantity.known:
            return Quantity.absent(quantity.status)
    amount = after.value - before.value
    status = max(before.status, after.status)
    if not relative:
        return Quantity(amount, status)
    if before.value == 0:
        return Quantity.absent(Status.NOT_APPLICABLE)
    return Quantity(100 * amount / before.value, status)
