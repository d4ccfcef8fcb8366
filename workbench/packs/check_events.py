"""Compare what events say of each map with the maps that the pack carries."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.geography.event import day_of
from workbench.packs.pack import Pack

__all__ = ["event_problems"]


def event_problems(pack: Pack) -> Iterator[str]:
    """Tell each code or name that events and a map disagree on, and each word that lacks.

    Raises
    ------
    EventsInvalid
        When events do not lead to the latest map.
    DeclarationError
        When ``events.yml`` is not sound.
    """
    events, base = pack.events, pack.spec.base_level
    for vintage in sorted(pack.spec.vintages):
        if day_of(vintage) < events.first:
            continue
        drawn = Pack(pack.folder, vintage).frame(base)["name"]
        told = events.names_at(day_of(vintage))
        for code in drawn.index.difference(told.index):
            yield f"map of {vintage}: {code} is on it, and events do not tell of it"
        for code in told.index.difference(drawn.index):
            yield f"map of {vintage}: {code} is not on it, and events say that it is in force"
        both = drawn.index.intersection(told.index)
        for code in both[(drawn[both] != told[both]).to_numpy()]:
            yield f"map of {vintage}: {code} is {drawn[code]!r}, and events call it {told[code]!r}"
    words = pack.event_words()
    for status in sorted({part.status for part in events.parts.values()}):
        words.part(status)
