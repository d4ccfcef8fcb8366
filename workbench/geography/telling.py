"""Say an event of the map in words, from the side of one of the territories it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Protocol

from workbench.core.i18n.days import spell_day
from workbench.core.i18n.lexicon import Lexicon
from workbench.core.types import Territory
from workbench.geography.event import Event, EventKind, Move, State

__all__ = ["EventWords", "say_day", "say_event", "say_names", "say_parts"]


class EventWords(Protocol):
    """Give the words of a pack that events are told with, in one language."""

    @property
    def lexicon(self) -> Lexicon:
        """How the territories of the pack are named."""

    def part(self, status: str, form: str = "one") -> str:
        """Name a type of part: ``one``, ``a`` (with its article) or ``many``."""

    def holder(self, code: str, day: date) -> Territory | None:
        """Return the middle-level territory that had a code on a day; None if not known."""


def say_day(day: date, words: EventWords) -> str:
    """Write a day in full: *24 avril 1977*."""
    return spell_day(day, words.lexicon.lang)


def say_names(states: Iterable[State], words: EventWords) -> str:
    """Enumerate territories by name, each with its code."""
    named = {f"{state.name} ({state.code})": None for state in states}
    return words.lexicon.grammar.join(list(named)) if named else ""


def say_event(event: Event, code: str, words: EventWords) -> str:
    """Tell an event, in a sentence or a few.

    Parameters
    ----------
    event : Event
    code : str
        The territory whose life is told: the code that it has since the event, or had.
    words : EventWords

    Returns
    -------
    str
    """
    return " ".join((*_whole(event, code, words), *_parts(event, code, words)))


def say_parts(parts: Sequence[State], words: EventWords) -> Iterator[str]:
    """List the parts of a territory on the latest map, by type."""
    for status, states in _by_status(parts):
        form = "one" if len(states) == 1 else "many"
        values = {"type": words.part(status, form), "names": say_names(states, words)}
        yield words.lexicon.say("history.now_parts", form=form, number=str(len(states)), **values)


# -- whole territories -------------------------------------------------------------------


def _whole(event: Event, code: str, words: EventWords) -> Iterator[str]:
    moves = [move for move in event.moves if not move.kind.of_part]
    if not moves:
        return
    befores = _unique(move.before for move in moves)
    afters = _unique(move.after for move in moves)
    if code in befores and code in afters:
        yield from _goes_on(event, befores, afters, code, words)
    elif code in afters:
        yield from _begins(event, befores, afters[code], words)
    elif code in befores:
        yield from _stops(event, befores, afters, code, words)


def _goes_on(
    event: Event, befores: dict[str, State], afters: dict[str, State], code: str, words: EventWords
) -> Iterator[str]:
    """Tell a territory that keeps its code."""
    say, before, after = words.lexicon.say, befores.pop(code), afters.pop(code)
    others = list((befores or afters).values())
    names, form = say_names(others, words) if others else "", _form(others)
    if event.kind is EventKind.RENAME:
        yield say("history.renamed", before=before.name, name=after.name)
        return
    if event.kind is EventKind.MERGER:
        yield from _absorbs(event, others, words)
        if before.name != after.name:
            yield say("history.takes_name", name=after.name)
        return
    if event.kind is EventKind.RESTORATION:
        yield say("history.gives_back", form=form, names=names)
    elif event.kind is EventKind.SPLIT:
        yield say("history.lets_go", form=form, names=names)
    elif event.kind is EventKind.CREATION:
        yield say("history.gives_ground", names=names)
    elif event.kind is EventKind.END:
        yield say("history.takes_ground", names=names)
    elif event.kind is EventKind.PARENT_CHANGE:
        yield _changes_parent(before, after, event.date, words)
    if before.name != after.name:
        yield say("history.takes_other_name", name=after.name)


def _absorbs(event: Event, others: Sequence[State], words: EventWords) -> Iterator[str]:
    """Tell which territories joined, by what they are since: parts of a type, or nothing."""
    created = {
        m.after.code: m.after for m in event.moves if m.kind is EventKind.PART_CREATED and m.after
    }
    kinds: dict[str, list[State]] = {}
    for state in others:
        status = created[state.code].status if state.code in created else ""
        kinds.setdefault(status, []).append(state)
    say = words.lexicon.say
    if len(kinds) > 1 or "" in kinds:
        yield say("history.absorbs", names=say_names(others, words))
    for status, states in kinds.items():
        if status:
            told = "absorbs_too" if len(kinds) > 1 else "absorbs_as"
            form = _form(states)
            values = {"names": say_names(states, words), "type": _type(status, states, words)}
            yield say(f"history.{told}", form=form, **values)


def _begins(
    event: Event, befores: dict[str, State], after: State, words: EventWords
) -> Iterator[str]:
    """Tell a territory that takes a code."""
    say, named = words.lexicon.say, {"name": after.name, "code": after.code}
    others = [state for state in befores.values() if state.code != after.code]
    if event.kind is EventKind.ENTRY:
        yield say("history.entered", **named)
    elif event.kind is EventKind.CREATION and not others:
        yield say("history.created", **named)
    elif event.kind is EventKind.CREATION:
        yield say("history.created_from", names=say_names(others, words), **named)
    elif event.kind is EventKind.RESTORATION:
        yield say("history.restored", holder=say_names(others, words))
    elif event.kind is EventKind.SPLIT:
        yield say("history.split_off", holder=say_names(others, words))
    elif event.kind is EventKind.MERGER:
        yield say("history.formed", names=say_names(others, words))
    else:
        (before,) = others
        if before.parent != after.parent:
            yield _changes_parent(before, after, event.date, words)
        yield say("history.code_changed", before=before.code, code=after.code)
        if before.name != after.name:
            yield say("history.takes_other_name", name=after.name)


def _stops(
    event: Event, befores: dict[str, State], afters: dict[str, State], code: str, words: EventWords
) -> Iterator[str]:
    """Tell a territory that joins another, or is shared out."""
    say = words.lexicon.say
    befores.pop(code)
    if event.kind is not EventKind.MERGER:
        yield say("history.ended")
        return
    (holder,) = afters.values()
    kept = befores.get(holder.code)
    others = [state for state in befores.values() if state is not kept]
    if kept is None or kept.name != holder.name:
        told, others = "forms", list(befores.values())
    else:
        told = "joins_with" if others else "joins"
    values = {"names": say_names(others, words)} if others else {}
    yield say(f"history.{told}", holder=say_names([holder], words), **values)
    for move in event.moves:
        if move.kind is EventKind.PART_CREATED and move.after and move.after.code == code:
            yield say("history.becomes_part", type=words.part(move.after.status, "a"))


def _changes_parent(before: State, after: State, day: date, words: EventWords) -> str:
    eve = date.fromordinal(day.toordinal() - 1)
    left, joined = words.holder(before.parent, eve), words.holder(after.parent, day)
    lexicon = words.lexicon
    return lexicon.say(
        "history.parent_changed",
        before=f"{lexicon.the(left)} ({left.code})" if left else before.parent,
        after=f"{lexicon.grammar.the(joined)} ({joined.code})" if joined else after.parent,
    )


# -- parts -------------------------------------------------------------------------------


def _parts(event: Event, code: str, words: EventWords) -> Iterator[str]:
    """Tell the parts of a territory, or the territory itself while it is a part."""
    # Those that are whole on the eve or on the day are told with what ended or made them.
    whole = event.before | event.after
    moves = [m for m in event.moves if m.kind.of_part and _part(m).code not in whole]
    held = [move for move in moves if code in _holders(move)]
    if held:
        yield from _listed(held, words)
    elif code not in whole:
        yield from _own(event, [move for move in moves if _part(move).code == code], words)


def _listed(moves: Sequence[Move], words: EventWords) -> Iterator[str]:
    """Tell what happened to the parts of a territory."""
    say = words.lexicon.say
    ended = [move.before for move in moves if move.before and not move.after]
    begun = [
        move.after
        for move in moves
        if move.after and (not move.before or move.before.status != move.after.status)
    ]
    for told, states in (("part_ended", ended), ("part_begun", begun)):
        for status, chosen in _by_status(states):
            form = _form(chosen)
            values = {"names": say_names(chosen, words), "type": _type(status, states, words)}
            yield say(f"history.{told}", form=form, **values)
    for move in moves:
        if move.before and move.after and move.before.name != move.after.name:
            before = say_names([move.before], words)
            yield say("history.part_renamed", before=before, name=move.after.name)


def _own(event: Event, moves: Sequence[Move], words: EventWords) -> Iterator[str]:
    """Tell what happened to a territory while it was a part of another."""
    say = words.lexicon.say
    for before, after in ((move.before, move.after) for move in moves):
        if before and not after:
            yield say("history.own_part_ended", type=words.part(before.status, "a"))
        elif after and (not before or before.status != after.status):
            yield say("history.becomes_part", type=words.part(after.status, "a"))
        if not (before and after):
            continue
        if before.name != after.name:
            yield say("history.renamed", before=before.name, name=after.name)
        if before.parent != after.parent:
            yield say("history.own_part_moved", holder=_holder(event, after.parent, words))


def _holder(event: Event, code: str, words: EventWords) -> str:
    """Name what holds a part since an event, which may concern its parts only."""
    named = [move.after for move in event.moves if move.after and move.after.code == code]
    return say_names([state for state in named if not state.status], words) or code


def _part(move: Move) -> State:
    return next(state for state in (move.after, move.before) if state)


def _holders(move: Move) -> set[str]:
    return {state.parent for state in (move.before, move.after) if state}


def _by_status(states: Iterable[State]) -> Iterator[tuple[str, list[State]]]:
    found: dict[str, list[State]] = {}
    for state in sorted(states, key=lambda state: state.code):
        found.setdefault(state.status, []).append(state)
    yield from found.items()


def _type(status: str, states: Sequence[State], words: EventWords) -> str:
    return words.part(status, "a" if len(states) == 1 else "many")


def _form(states: Sequence[State]) -> str:
    return "one" if len(states) == 1 else "many"


def _unique(states: Iterable[State | None]) -> dict[str, State]:
    return {state.code: state for state in states if state}
