"""Count what town halls offer, from the directory of public services (DILA).

Only counts by commune leave this module: no address, e-mail, telephone or site is kept.
"""

from __future__ import annotations

import json
from collections import defaultdict

import pandas as pd

__all__ = ["town_halls"]

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_SATURDAY = _DAYS.index("samedi")
_LATE = 18 * 60  # minutes after midnight

# (opening, closing) in minutes, by day of the week.
Week = dict[int, list[tuple[int, int]]]


def town_halls(directory: pd.DataFrame) -> pd.DataFrame:
    """Turn the directory's rows into counts by commune.

    Parameters
    ----------
    directory : DataFrame
        Rows of communes with ``code`` and the ``mairie_*`` columns, text.

    Returns
    -------
    DataFrame (code × variable)
        town_halls (listed in the directory), town_halls_website, town_halls_https,
        town_halls_email, town_halls_phone, town_halls_hours_known, opening_minutes (a week),
        town_halls_open_saturday, town_halls_open_late (open after 18:00 one day at least).
    """
    communes = directory[directory["type"] == "COM"].set_index("code")
    site = communes["mairie_site"].fillna("")
    weeks = communes["mairie_horaires"].map(read_week)
    listed = communes["mairie_localisation"].notna() & (communes["mairie_localisation"] != "")
    counts = pd.DataFrame(
        {
            "town_halls": listed,
            "town_halls_website": site != "",
            "town_halls_https": site.str.startswith("https://"),
            "town_halls_email": communes["mairie_email"].fillna("") != "",
            "town_halls_phone": communes["mairie_telephone"].fillna("") != "",
            "town_halls_hours_known": weeks.map(bool),
            "opening_minutes": weeks.map(weekly_minutes),
            "town_halls_open_saturday": weeks.map(lambda week: _SATURDAY in week),
            "town_halls_open_late": weeks.map(opens_late),
        }
    ).astype("int64")
    # A hall that is not listed offers nothing that is known.
    return counts.where(counts["town_halls"] == 1, 0)


def read_week(text: str) -> Week:
    """Read opening hours: a JSON list of [first day, last day, [[opening, closing], …]].

    An empty or reversed slot is left out; slots that overlap are joined.

    Examples
    --------
    >>> read_week('[["lundi", "mardi", [["09:00:00", "12:00:00"]]]]')
    {0: [(540, 720)], 1: [(540, 720)]}
    """
    slots: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for first, last, hours in json.loads(text or "[]"):
        start = _DAYS.index(first)
        stop = _DAYS.index(last or first)
        for day in range(start, stop + 1):
            slots[day] += [(_minutes(a), _minutes(b)) for a, b in hours]
    joined = {day: _join(spans) for day, spans in slots.items()}
    return {day: spans for day, spans in joined.items() if spans}


def weekly_minutes(week: Week) -> int:
    """Sum the minutes of opening of a week.

    Examples
    --------
    >>> weekly_minutes({0: [(540, 720)], 5: [(540, 600)]})
    240
    """
    return sum(closing - opening for spans in week.values() for opening, closing in spans)


def opens_late(week: Week) -> bool:
    """Tell whether the hall stays open after 18:00 one day at least."""
    return any(closing > _LATE for spans in week.values() for _, closing in spans)


def _minutes(clock: str) -> int:
    hours, minutes, *_ = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _join(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for opening, closing in sorted(span for span in spans if span[0] < span[1]):
        if joined and opening <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closing, joined[-1][1]))
        else:
            joined.append((opening, closing))
    return joined
