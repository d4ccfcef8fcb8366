"""Follow one territory through its codes: the times it was in force, and what joins them.

A code may be that of several territories in turn, and a territory may have several codes in
turn. A *life* is a time during which a code is in force without a break; a *thread* joins the
lives of one territory: through a change of code, and through the time it was part of another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from workbench.geography.event import Event, EventKind, Events

__all__ = ["Life", "holders_now", "lives_of", "steps_of", "thread_of"]

_CODE_CHANGES = (EventKind.CODE_CHANGE, EventKind.PARENT_CHANGE)


@dataclass(frozen=True, slots=True)
class Life:
    """Hold a time during which a code is in force.

    Parameters
    ----------
    code : str
    begin, end : Event or None
        What opened and closed it; None for the first and the latest map.
    """

    code: str
    begin: Event | None
    end: Event | None

    def covers(self, day: date) -> bool:
        """Tell whether the code is in force, begins or ends on a day."""
        after = self.begin is None or self.begin.date <= day
        return after and (self.end is None or day <= self.end.date)


def lives_of(events: Events, code: str) -> tuple[Life, ...]:
    """Return the lives of a code, oldest first; none for one that is not known."""
    lives: list[Life] = []
    begin: Event | None = None
    there: bool | None = None
    for event in events.of(code):
        before, after = code in event.before, code in event.after
        if before and not after:
            lives.append(Life(code, begin, event))
        elif after and not before:
            begin = event
        there = after if before or after else there
    if code in events.latest if there is None else there:
        lives.append(Life(code, begin, None))
    return tuple(lives)


def thread_of(events: Events, code: str) -> tuple[Life, ...]:
    """Return the lives of the territory that had a code last, oldest first.

    Lives of the code that were another territory's are left out: those that no change of code
    and no restoration leads to.
    """
    lives = lives_of(events, code)
    if not lives:
        return ()
    thread = [lives[-1]]
    while (earlier := _earlier(events, thread[0])) and earlier not in thread:
        thread.insert(0, earlier)
    while (later := _later(events, thread[-1])) and later not in thread:
        thread.append(later)
    return tuple(thread)


def _earlier(events: Events, life: Life) -> Life | None:
    """Return the life of the same territory that ended before this one began."""
    begin = life.begin
    if begin is None:
        return None
    if begin.kind in _CODE_CHANGES:
        (before,) = begin.before
        return next(known for known in lives_of(events, before) if known.end == begin)
    if begin.kind is EventKind.RESTORATION:
        lives = lives_of(events, life.code)
        place = lives.index(life)
        return lives[place - 1] if place else None
    return None


def _later(events: Events, life: Life) -> Life | None:
    end = life.end
    if end is None:
        return None
    if end.kind in _CODE_CHANGES:
        (after,) = end.after
        return next(known for known in lives_of(events, after) if known.begin == end)
    lives = lives_of(events, life.code)
    following = lives[lives.index(life) + 1 :][:1]
    restored = (later.begin for later in following)
    joined = all(begin and begin.kind is EventKind.RESTORATION for begin in restored)
    return following[0] if following and joined else None


def steps_of(events: Events, thread: Sequence[Life]) -> Iterator[tuple[Event, str]]:
    """Give the events of a thread, oldest first, each with the code that it is told of.

    Events of the same codes while they were another territory's are left out.
    """
    codes = dict.fromkeys(life.code for life in thread)
    other = [life for code in codes for life in lives_of(events, code) if life not in thread]
    found: dict[Event, list[tuple[bool, bool, str]]] = defaultdict(list)
    for code in codes:
        for event in events.of(code):
            within = any(life.code == code and life.covers(event.date) for life in thread)
            elsewhere = any(life.code == code and life.covers(event.date) for life in other)
            if within or not elsewhere:
                found[event].append((not within, code not in event.after, code))
    for event in sorted(found, key=lambda event: event.date):
        # The code in force that day; through a change of code, the one that it has since.
        yield event, min(found[event])[-1]


def holders_now(events: Events, last: Event) -> tuple[str, ...]:
    """Return what holds today the ground of a territory that an event put in others."""
    held: list[str] = []
    for code in sorted(last.after):
        life = next(x for x in lives_of(events, code) if x.covers(last.date) and x.end != last)
        held += [code] if life.end is None else holders_now(events, life.end)
    return tuple(dict.fromkeys(held))
