"""Time the lives of all communes next to plain pandas that finds the same.

Run it on the France pack, on all codes that ever were or on some of them::

    python tests/benchmarks/bench_history.py --codes 2000

For each code, both find the codes that its territory bore in turn, from when to when, and the
days of the events it went through. They must agree on all of them, else it stops. No time is
ever asserted.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd

from workbench import geography
from workbench.geography.event import Events
from workbench.geography.threads import steps_of, thread_of

# Code, first day, last day: None where it goes on.
Lives = list[tuple[str, date | None, date | None]]
Found = dict[str, tuple[Lives, list[date]]]

_PARTS = ("part_created", "part_ended", "part_changed")


def by_workbench(events: Events, codes: Sequence[str]) -> Found:
    """Follow each code through the package's threads."""
    found = {}
    for code in codes:
        thread = thread_of(events, code)
        lives = [
            (life.code, life.begin and life.begin.date, life.end and life.end.date)
            for life in thread
        ]
        steps = steps_of(events, thread)
        whole = {event.date for event, own in steps if own in event.before | event.after}
        found[code] = (lives, sorted(whole))
    return found


def by_pandas(table: pd.DataFrame, latest: pd.Index, codes: Sequence[str]) -> Found:
    """Filter the table of events for each code, and follow changes of code and restorations."""
    table = table[~table["kind"].isin(_PARTS)]
    table = table.assign(date=pd.to_datetime(table["date"]).dt.date)
    return {code: _by_pandas(table, latest, code) for code in codes}


def _by_pandas(table: pd.DataFrame, latest: pd.Index, code: str) -> tuple[Lives, list[date]]:
    lives = _lives(table, latest, code)
    if not lives:
        return [], []
    thread = [lives[-1]]
    while True:
        own, begin, _ = thread[0]
        rows = table[(table["date"] == begin) & (table["to_code"] == own)]
        kind = rows["kind"].iloc[0] if len(rows) else ""
        earlier: Lives = []
        if kind in ("code_change", "parent_change"):
            before = rows["code"].iloc[0]
            earlier = [life for life in _lives(table, latest, before) if life[2] == begin]
        elif kind == "restoration":
            known = _lives(table, latest, own)
            earlier = known[: known.index(thread[0])][-1:]
        if not earlier or earlier[0] in thread:
            break
        thread.insert(0, earlier[0])
    while True:
        own, _, end = thread[-1]
        rows = table[(table["date"] == end) & (table["code"] == own)]
        kind = rows["kind"].iloc[0] if len(rows) else ""
        later: Lives = []
        if kind in ("code_change", "parent_change"):
            after = rows["to_code"].iloc[0]
            later = [life for life in _lives(table, latest, after) if life[1] == end]
        elif end is not None:
            known = _lives(table, latest, own)
            later = known[known.index(thread[-1]) + 1 :][:1]
            if later:
                begun = table[(table["date"] == later[0][1]) & (table["to_code"] == own)]
                later = later if begun["kind"].iloc[0] == "restoration" else []
        if not later or later[0] in thread:
            break
        thread.append(later[0])
    days = set()
    for own, begin, end in thread:
        rows = table[(table["code"] == own) | (table["to_code"] == own)]
        within = rows["date"] >= begin if begin else rows["date"].notna()
        within &= rows["date"] <= end if end else rows["date"].notna()
        days |= set(rows.loc[within, "date"])
    return thread, sorted(days)


def _lives(table: pd.DataFrame, latest: pd.Index, code: str) -> Lives:
    rows = table[(table["code"] == code) | (table["to_code"] == code)]
    lives: Lives = []
    begin, there = None, code in latest
    for day, moved in rows.groupby("date"):
        before, after = (moved["code"] == code).any(), (moved["to_code"] == code).any()
        if before and not after:
            lives.append((code, begin, day))
        if after and not before:
            begin = day
        there = after
    if there:
        lives.append((code, begin, None))
    return lives


def run(codes: int | Sequence[str]) -> dict[str, float]:
    """Measure both on the same codes of the France pack.

    Parameters
    ----------
    codes : int or sequence of str
        How many, spread over all those that ever were, or which ones.

    Returns
    -------
    dict of str to float
        Seconds of CPU, by contender, the reading of the table included.

    Raises
    ------
    SystemExit
        At the first code that they do not agree on.

    Examples
    --------
    >>> sorted(run(["59350", "93001"]))
    ['pandas', 'workbench']
    """
    atlas = geography.open_atlas("france")
    known, rows = atlas.events, atlas.events.table
    if isinstance(codes, int):
        codes = list(known.codes[:: max(1, len(known.codes) // codes)])
    chosen = codes

    def workbench() -> Found:
        # Made anew: nothing that was kept from before counts.
        return by_workbench(Events(rows, known.latest, known.vintage, known.names), chosen)

    def pandas() -> Found:
        return by_pandas(rows, known.latest, chosen)

    (ours, own), (theirs, other) = _timed(workbench), _timed(pandas)
    for code in chosen:
        if ours[code] != theirs[code]:
            raise SystemExit(f"{code}: workbench {ours[code]}, pandas {theirs[code]}")
    return {"workbench": own, "pandas": other}


def _timed(function: Callable[[], Found]) -> tuple[Found, float]:
    start = time.process_time()
    found = function()
    return found, time.process_time() - start


def main() -> None:
    """Read the number of codes from the command line, print CPU and ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--codes", type=int, default=2000)
    times = run(parser.parse_args().codes)
    for contender, seconds in times.items():
        print(f"{contender:<10} {seconds:8.2f} s of CPU")
    print(f"ratio      {times['pandas'] / times['workbench']:8.1f}")


if __name__ == "__main__":
    main()
