"""How figures changed from one edition to the next, one by one and summed up by indicator."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import Literal, NamedTuple

from workbench.core.reads import Figure
from workbench.reports.causes import count_causes

__all__ = ["Change", "Told", "Touched", "find_differences", "size_of", "sum_up"]

Kind = Literal["value", "status", "period", "appeared", "vanished"]
# The last digits of a quotient may differ from one library to the next: that is no change.
_ROUNDING = 1e-9


class Told(NamedTuple):
    """Hold a figure as a report told it; None is no value, which its status explains."""

    period: int
    value: float | None
    status: str


class Change(NamedTuple):
    """Tell how one figure of a territory changed; there may be two million.

    Parameters
    ----------
    level, code, indicator : str
    kind : {"value", "status", "period", "appeared", "vanished"}
        ``"period"``: the latest period is another one.
    before, after : Told or None
    causes : tuple of str
        See :data:`.causes.CAUSES`.

    Examples
    --------
    >>> told = Told(2023, 100.0, "observed"), Told(2023, 110.0, "observed")
    >>> grown = Change("town", "A", "population", "value", *told, causes=("data",))
    >>> grown.difference, grown.relative
    (10.0, 0.1)
    """

    level: str
    code: str
    indicator: str
    kind: Kind
    before: Told | None
    after: Told | None
    causes: tuple[str, ...]

    @property
    def difference(self) -> float | None:
        """The later value less the earlier one, where there are both."""
        if self.before is None or self.after is None:
            return None
        if self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value

    @property
    def relative(self) -> float | None:
        """The difference as a share of the earlier value, where that is not zero."""
        difference = self.difference
        if difference is None or self.before is None or not self.before.value:
            return None
        return difference / abs(self.before.value)


@dataclass(frozen=True, slots=True)
class Touched:
    """Sum up the changes of one indicator.

    Parameters
    ----------
    indicator : str
    territories : int
    kinds : mapping of str to int
        Changes of each kind.
    causes : mapping of str to int
    periods : tuple of str
        ``"2022 → 2023"``.
    largest : Change or None
        That of the largest relative difference, or where none has one, the largest difference.
    """

    indicator: str
    territories: int
    kinds: Mapping[str, int]
    causes: Mapping[str, int]
    periods: tuple[str, ...]
    largest: Change | None


def find_differences(
    before: Mapping[str, Figure], after: Mapping[str, Figure]
) -> Iterator[tuple[str, Kind, Told | None, Told | None]]:
    """Say how the figures of a territory differ; a new latest period goes with the old one.

    Parameters
    ----------
    before, after : mapping of str to Figure
        By indicator and period.

    Yields
    ------
    tuple of (str, kind, Told or None, Told or None)
        Indicator, kind of its change, figure before and after.

    Examples
    --------
    >>> before = {"dwellings@2021": ("10.0", "observed")}
    >>> after = {"dwellings@2022": ("12.0", "observed")}
    >>> [(name, kind) for name, kind, *_ in find_differences(before, after)]
    [('dwellings', 'period')]
    """
    for name, figure in before.items():
        if name not in after or figure == after[name]:
            continue
        indicator, period = _read(name)
        was, now = _told(period, figure), _told(period, after[name])
        if was.status != now.status:
            yield indicator, "status", was, now
        elif not _close(was.value, now.value):
            yield indicator, "value", was, now
    only: dict[str, tuple[list[Told], list[Told]]] = defaultdict(lambda: ([], []))
    for side, (mine, others) in enumerate(((before, after), (after, before))):
        for name in mine.keys() - others.keys():
            indicator, period = _read(name)
            only[indicator][side].append(_told(period, mine[name]))
    for indicator, sides in only.items():
        for was_only, now_only in zip_longest(*(sorted(side, reverse=True) for side in sides)):
            yield indicator, _kind(was_only, now_only), was_only, now_only


@lru_cache(maxsize=4096)
def _read(name: str) -> tuple[str, int]:
    """Return the indicator and the period of a figure."""
    indicator, _, period = name.rpartition("@")
    return indicator, int(period)


def _told(period: int, figure: Figure) -> Told:
    value, status = figure
    return Told(period, float(value) if value else None, status)


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_ROUNDING)


def _kind(before: Told | None, after: Told | None) -> Kind:
    if before is None:
        return "appeared"
    return "vanished" if after is None else "period"


def sum_up(indicator: str, changes: Sequence[Change]) -> Touched:
    """Sum up the changes of one indicator."""
    periods = {
        f"{change.before.period} → {change.after.period}"
        for change in changes
        if change.kind == "period" and change.before and change.after
    }
    largest = max(changes, key=size_of)
    return Touched(
        indicator,
        territories=len({(change.level, change.code) for change in changes}),
        kinds=dict(sorted(Counter(change.kind for change in changes).items())),
        causes=count_causes(change.causes for change in changes),
        periods=tuple(sorted(periods)),
        largest=largest if largest.difference is not None else None,
    )


def size_of(change: Change) -> tuple[float, float]:
    """Order changes: by relative difference, then by difference; last, those without any."""
    was, now = change.before, change.after
    if was is None or now is None or was.value is None or now.value is None:
        return -1.0, 0.0
    size = abs(now.value - was.value)
    return (size / abs(was.value) if was.value else 0.0), size
