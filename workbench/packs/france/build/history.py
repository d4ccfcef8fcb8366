"""Read the states of communes since 1943, and pair those of the eve with those of the day.

The history is a list of states chained by ``predecesseur`` and ``successeur``. A state is that
of a commune (``COM``), or of ground inside one: a delegated commune (``COMD``), an associated
one (``COMA``) or what was the commune at its head (``COMP``), each pointing at what holds it
(``pole``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.geography.event import State
from workbench.packs.france.build.inputs import Inputs

__all__ = ["HISTORY_EDITION", "Change", "Day", "departement", "read_history"]

# The last edition that lists the states, up to the map of 1 January 2019.
HISTORY_EDITION = "0.7.0"

# What was on the eve, and what is on the day.
Change = tuple[State | None, State | None]

_Row = dict[str, Any]
_PARTS = {"COMD": "delegated", "COMA": "associated"}


@dataclass(slots=True)
class Day:
    """Gather what changes on a day.

    Parameters
    ----------
    communes : set of (commune of the eve, commune of the day)
        They share some ground. None where the history tells of no other: for the ground of a
        commune that is created, and of one that is suppressed.
    parts : set of (part of the eve, part of the day)
        Delegated and associated communes. None where there was none, or is none any more.
    """

    communes: set[Change] = field(default_factory=set)
    parts: set[Change] = field(default_factory=set)


# Départements overseas have codes of three characters, as have the collectivités.
_OVERSEAS = ("97", "98")


def departement(code: str) -> str:
    """Return the département, or the collectivité, which INSEE writes in a commune's code.

    Examples
    --------
    >>> departement("2A004"), departement("97411")
    ('2A', '974')
    """
    return code[:3] if code.startswith(_OVERSEAS) else code[:2]


def read_history(inputs: Inputs) -> tuple[dict[str, str], dict[str, Day]]:
    """Gather the first communes, and the changes of every day since, up to the map of 2019.

    Returns
    -------
    first : dict of code to name
        The communes of 1943, those of départements to come included.
    days : dict of ISO date to Day
        Oldest first. What is the same on the eve and on the day is left out.
    """
    states = {row["id"]: row for row in inputs.edition(HISTORY_EDITION, "historique-communes")}
    first: dict[str, str] = {}
    days: dict[str, Day] = defaultdict(Day)
    for state in states.values():
        if "dateFin" in state:
            following = states.get(state.get("successeur", ""))
            _pair(states, state, following, state["dateFin"], days[state["dateFin"]])
        if "dateDebut" not in state:
            first[state["code"]] = state["nom"]
        elif "predecesseur" not in state and "membres" not in state:
            _pair(states, None, state, state["dateDebut"], days[state["dateDebut"]])
    return first, dict(sorted(days.items()))


def _pair(
    states: Mapping[str, _Row], before: _Row | None, after: _Row | None, date: str, day: Day
) -> None:
    if before and not after and "membres" in before:
        # A commune made of others gives way to them: each is a state of its own.
        return
    held = [_holder(states, state, date) if state else None for state in (before, after)]
    if held[0] is not held[1]:
        day.communes.add((_whole(held[0]), _whole(held[1])))
    eve, then = _part(before, held[0]), _part(after, held[1])
    if eve != then:
        day.parts.add((eve, then))


def _holder(states: Mapping[str, _Row], state: _Row, date: str) -> _Row:
    """Climb from ground to its commune, as it was called up to a day; a commune is its own.

    What holds the ground may have changed names since without a word in the ground's state.
    """
    while state["type"] != "COM" or state.get("dateFin", date) < date:
        state = states[state["pole" if state["type"] != "COM" else "successeur"]]
    return state


def _whole(held: _Row | None) -> State | None:
    return State(held["code"], held["nom"], "", departement(held["code"])) if held else None


def _part(row: _Row | None, held: _Row | None) -> State | None:
    if row is None or held is None or row["type"] not in _PARTS:
        return None
    return State(row["code"], row["nom"], _PARTS[row["type"]], held["code"])
