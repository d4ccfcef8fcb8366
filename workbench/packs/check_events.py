"""Compare what events say of each map with the maps that the pack carries."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.core.errors import DeclarationError, EventsInvalid
from workbench.geography.event import day_of
from workbench.packs.events import has_events
from workbench.packs.finding import Check, some
from workbench.packs.pack import Pack

__all__ = ["event_problems", "events"]

_STEP = "Correct data/events.parquet or events.yml: what events say is what maps must show."


def events(pack: Pack) -> Check:
    """Walk back from the latest map to each older one."""
    title = "events lead from the oldest map to the latest"
    if not has_events(pack.folder):
        return Check(title, detail="the pack tells no event")
    try:
        problems = some(event_problems(pack))
    except (DeclarationError, EventsInvalid) as error:
        return Check(title, (str(error),), step=_STEP)
    told, maps = pack.events, len(pack.spec.vintages)
    detail = f"{len(told):,} rows since {told.first.year}, {maps} maps"
    return Check(title, problems, detail, _STEP)


def event_problems(pack: Pack) -> Iterator[str]:
    """Tell each code or name that events and a map disagree on, and each word that lacks.

    Raises
    ------
    EventsInvalid
        When events do not lead to the latest map.
    DeclarationError
        When ``events.yml`` is not sound.
    """
    told_events, base = pack.events, pack.spec.base_level
    for vintage in sorted(pack.spec.vintages):
        if day_of(vintage) < told_events.first:
            continue
        drawn = Pack(pack.folder, vintage).frame(base)["name"]
        told = told_events.names_at(day_of(vintage))
        for code in drawn.index.difference(told.index):
            yield f"map of {vintage}: {code} is on it, and events do not tell of it"
        for code in told.index.difference(drawn.index):
            yield f"map of {vintage}: {code} is not on it, and events say that it is in force"
        both = drawn.index.intersection(told.index)
        for code in both[(drawn[both] != told[both]).to_numpy()]:
            yield f"map of {vintage}: {code} is {drawn[code]!r}, and events call it {told[code]!r}"
    words = pack.event_words()
    for status in sorted({part.status for part in told_events.parts.values()}):
        words.part(status)
