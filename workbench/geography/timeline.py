"""Tell the life of a territory on the map, from the first day known to the latest map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import pandas as pd

from workbench.core.defaults import DEFAULT_PACK
from workbench.core.errors import TerritoryUnknown, nearest
from workbench.geography.atlas import Atlas, open_atlas
from workbench.geography.event import Event, EventKind, Events, State, day_of
from workbench.geography.telling import EventWords, say_day, say_event, say_names, say_parts
from workbench.geography.threads import Life, holders_now, lives_of, steps_of, thread_of

__all__ = ["History", "Moment", "history", "history_of"]

START, NOW = "start", "now"


@dataclass(frozen=True, slots=True)
class Moment:
    """Hold one line of a timeline.

    Parameters
    ----------
    date : date
    kind : str
        An :class:`EventKind`, ``start`` for the first map or ``now`` for the latest.
    code, name : str
        What the territory is called from that day; as it was called, once it is gone.
    text : str
        What happened, in the language of the history.
    event : Event, optional
    """

    date: date
    kind: str
    code: str
    name: str
    text: str
    event: Event | None = None


@dataclass(frozen=True)
class History:
    """Hold the life of a territory: printed, it reads as a timeline.

    Parameters
    ----------
    code, name : str
        As on the latest map, or as last on one.
    moments : tuple of Moment
        Oldest first.
    notes : tuple of str
        Other territories that had one of its codes, and what is not known to the day.
    words : EventWords
        Those of the language it is told in.
    """

    code: str
    name: str
    moments: tuple[Moment, ...]
    notes: tuple[str, ...]
    words: EventWords

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Each moment as its day, in words, and what happened."""
        return [(self._day(moment), moment.text) for moment in self.moments]

    def __str__(self) -> str:
        title = self.words.lexicon.say("history.title", name=self.name, code=self.code)
        width = max(len(day) for day, _ in self.lines)
        lines = (f"{day:<{width}}  {text}" for day, text in self.lines)
        return "\n  ".join((title, *lines, *self.notes))

    def __repr__(self) -> str:
        return f"<History of {self.name} ({self.code}), {len(self.moments)} moments>"

    def _repr_html_(self) -> str:
        say = self.words.lexicon.say
        lang = self.words.lexicon.lang
        rows = "".join(
            f'<tr><th scope="row"><time datetime="{moment.date}">{escape(self._day(moment))}</time>'
            f"</th><td>{escape(moment.text)}</td></tr>"
            for moment in self.moments
        )
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        caption = escape(say("history.caption", name=self.name, code=self.code))
        heads = (escape(say(f"history.column_{name}")) for name in ("date", "event"))
        columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
        # Colours are those of the page, so that a dark one stays readable.
        return (
            f'<div class="workbench-history" lang="{escape(lang)}"><style>{_CSS}</style>'
            f"<table><caption>{caption}</caption><thead><tr>{columns}</tr></thead>"
            f"<tbody>{rows}</tbody></table>{notes}</div>"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a row a moment: date, exact, kind, code, name, text."""
        return pd.DataFrame(self.to_records(), columns=list(_FIELDS)).astype(
            {"date": "datetime64[s]", "exact": bool}
        )

    def to_records(self) -> list[dict[str, str | bool]]:
        """Return a mapping a moment, dates as ISO text, ready for JSON."""
        return [
            {
                "date": moment.date.isoformat(),
                "exact": moment.event is None or moment.event.since is None,
                "kind": moment.kind,
                "code": moment.code,
                "name": moment.name,
                "text": moment.text,
            }
            for moment in self.moments
        ]

    def _day(self, moment: Moment) -> str:
        if moment.kind in (START, NOW):
            return self.words.lexicon.say("history.map_of", year=str(moment.date.year))
        day = say_day(moment.date, self.words)
        if moment.event and moment.event.since:
            return self.words.lexicon.say("history.seen_on", day=day)
        return day


_FIELDS = ("date", "exact", "kind", "code", "name", "text")
_CSS = (
    ".workbench-history table{border-collapse:collapse;text-align:start;color:inherit}"
    ".workbench-history caption{font-weight:bold;text-align:start;padding:.3em 0}"
    ".workbench-history :is(th,td){text-align:start;vertical-align:top;padding:.3em .8em;"
    "border-top:1px solid currentColor;background:transparent;color:inherit;white-space:normal}"
    ".workbench-history tbody th{font-weight:normal;white-space:nowrap}"
)


def history(code: str, *, pack: str | Atlas = DEFAULT_PACK, lang: str | None = None) -> History:
    """Tell the life of a territory of the base level: a commune, say.

    Parameters
    ----------
    code : str
        A code in force, or one that was.
    pack : str or Atlas
    lang : str, optional
        Language of the words; the pack's own by default.

    Returns
    -------
    History

    Raises
    ------
    TerritoryUnknown
        When no territory ever had this code; the nearest are named.
    EventsMissing
        When the pack tells no event.

    Examples
    --------
    >>> print(history("27701", lang="en"))
    Val-de-Reuil (27701)
      28 September 1981  Created: Vaudreuil-Ex-Ensemble Urbain, code 27701.
      19 November 1984   Renamed: Vaudreuil-Ex-Ensemble Urbain becomes Val-de-Reuil.
      Map of 2026        Val-de-Reuil, code 27701.
    """
    atlas = open_atlas(pack)
    return history_of(atlas.events, code, atlas.event_words(lang))


def history_of(events: Events, code: str, words: EventWords) -> History:
    """Tell the life of a territory from a table of events.

    Parameters
    ----------
    events : Events
    code : str
    words : EventWords

    Returns
    -------
    History

    Raises
    ------
    TerritoryUnknown
    """
    if not isinstance(code, str) or code not in events.codes:
        raise TerritoryUnknown(_unknown(events, code))
    thread = thread_of(events, code)
    steps = list(steps_of(events, thread)) if thread else [(e, code) for e in events.of(code)]
    last = thread[-1].code if thread else code
    moments = []
    name = _first_name(events, thread[0]) if thread else ""
    if thread and thread[0].begin is None:
        text = words.lexicon.say("history.start", name=name, code=thread[0].code)
        moments.append(Moment(events.first, START, thread[0].code, name, text))
    for event, own in steps:
        known, name = name, _called(event, own) or name
        told = say_event(event, own, words)
        if event.kind is EventKind.RESTORATION and own not in event.before and known != name:
            told += " " + words.lexicon.say("history.takes_other_name", name=name)
        moments.append(Moment(event.date, event.kind.value, own, name, told, event))
    if thread and not thread[-1].end:
        name = str(events.latest_names[last])
    text = " ".join(_now(events, thread, State(last, name), words))
    moments.append(Moment(day_of(events.vintage), NOW, last, name, text))
    notes = tuple(_notes(events, code, thread, [event for event, _ in steps], words))
    return History(last, name, tuple(moments), notes, words)


def _called(event: Event, code: str) -> str:
    """Name a territory after an event, or before one that ends it; empty if it does not say."""
    states = [*(move.after for move in event.moves), *(move.before for move in event.moves)]
    own = sorted((s for s in states if s and s.code == code), key=lambda state: bool(state.status))
    return own[0].name if own else ""


def _first_name(events: Events, life: Life) -> str:
    if life.begin:
        return _called(life.begin, life.code)
    for event in events.of(life.code):
        for move in event.moves:
            if move.before and move.before.code == life.code and not move.kind.of_part:
                return move.before.name
    return str(events.latest_names[life.code])


def _now(events: Events, thread: Sequence[Life], own: State, words: EventWords) -> Iterator[str]:
    """Tell what is on the latest map."""
    say = words.lexicon.say
    end = thread[-1].end if thread else None
    if thread and not end:
        yield say("history.start", name=own.name, code=own.code)
        if len(thread) == 1 and not events.of(own.code):
            yield say("history.steady", year=str(events.first.year))
        yield from say_parts(events.parts_of(own.code), words)
        return
    if own.code in events.parts:
        part = events.parts[own.code]
        held = State(part.parent, str(events.latest_names[part.parent]))
        type_ = words.part(part.status)
        named = type_[:1].upper() + type_[1:]
        yield say("history.now_part_as", type=named, names=say_names([held], words))
        return
    holders = holders_now(events, end) if end else _last_holder(events, own.code)
    states = [State(held, str(events.latest_names[held])) for held in holders]
    if states:
        yield say("history.now_part_of", names=say_names(states, words))
    else:
        yield say("history.now_gone")


def _last_holder(events: Events, code: str) -> tuple[str, ...]:
    """Return what holds today what was never more than a part."""
    last = events.of(code)[-1]
    parents = {m.before.parent for m in last.moves if m.before and m.before.code == code}
    return tuple(sorted(parent for parent in parents if parent in events.latest))


def _notes(
    events: Events, code: str, thread: Sequence[Life], told: Sequence[Event], words: EventWords
) -> Iterator[str]:
    """Tell the other territories that had the code, and which days are not exact."""
    say = words.lexicon.say
    for life in lives_of(events, code):
        if life not in thread:
            name = _first_name(events, life)
            first = say_day(life.begin.date if life.begin else events.first, words)
            last = say_day(life.end.date if life.end else day_of(events.vintage), words)
            yield say("history.other_use", code=code, name=name, first=first, last=last)
    if any(event.since for event in told):
        yield say("history.inexact")


def _unknown(events: Events, code: object) -> str:
    if not isinstance(code, str):
        return f"Code {code!r} is of type {type(code).__name__}; a territory code is text."
    padded = code.zfill(len(events.codes[0]))
    if padded in events.codes:
        return f"Code {code!r} lost its leading zero: write {padded!r}."
    near = nearest(code, events.codes)
    return (
        f"Code {code!r} was never in force, from {events.first.year} to the map of "
        f"{events.vintage} ({near}). Search with `workbench territories find`."
    )
