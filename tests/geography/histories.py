"""Invented histories of a tiny country, with the map of every day that something changed."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from hypothesis import strategies as st

from workbench.geography.event import COLUMNS

START = date(2000, 1, 1)
VINTAGE = 2020


def table(*rows: tuple[str, ...]) -> pd.DataFrame:
    """Make a table of events from rows of date, kind, code and to_code (the name is the code)."""
    full = [(day, kind, a, a.title(), "", "", b, b.title(), "", "") for day, kind, a, b in rows]
    return pd.DataFrame(full, columns=list(COLUMNS))


@st.composite
def histories(draw):
    """Draw a table of events, and the codes in force from each day on, the first one included."""
    codes = set("ABCDEF")
    fresh = iter("GHIJKLMNOPQRSTUVWXYZ")
    day, rows, maps = START, [], {START: sorted(codes)}
    for _ in range(draw(st.integers(1, 8))):
        day += timedelta(days=draw(st.integers(1, 700)))
        left = sorted(codes)
        kind = draw(st.sampled_from(["merger", "split", "rename", "code_change", "restoration"]))
        holder = draw(st.sampled_from(left))
        if kind == "merger" and len(left) > 1:
            others = [code for code in left if code != holder]
            merged = draw(st.lists(st.sampled_from(others), min_size=1, max_size=2, unique=True))
            pairs = [(holder, holder), *((code, holder) for code in merged)]
        elif kind in ("split", "restoration"):
            # A code that was used before comes back as often as a new one appears.
            gone = sorted({code for held in maps.values() for code in held} - codes)
            new = draw(st.sampled_from(gone)) if gone and draw(st.booleans()) else next(fresh)
            pairs = [(holder, holder), (holder, new)]
        elif kind == "code_change":
            pairs = [(holder, next(fresh))]
        else:
            kind, pairs = "rename", [(holder, holder)]
        rows += [(day.isoformat(), kind, a, b) for a, b in pairs]
        codes = (codes - {a for a, _ in pairs}) | {b for _, b in pairs}
        maps[day] = sorted(codes)
    return table(*rows), maps
