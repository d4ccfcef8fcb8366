"""Prove a pack: its files, its totals and its territories agree with what it says of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from workbench.core.errors import DeclarationError, EventsInvalid
from workbench.packs.check_events import event_problems
from workbench.packs.events import has_events
from workbench.packs.pack import Pack

__all__ = ["Check", "check_pack"]

# What legal populations are called in every pack.
_POPULATION = "population"
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Check:
    """Tell one thing that was verified.

    Parameters
    ----------
    title : str
        What must hold.
    problems : tuple of str
        What was found and expected instead; empty when it holds.
    detail : str
        What was gone through.

    Examples
    --------
    >>> Check("Totals are the published ones", (), "6 years").holds
    True
    """

    title: str
    problems: tuple[str, ...] = ()
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether nothing was found wrong."""
        return not self.problems


def check_pack(pack: Pack) -> tuple[Check, ...]:
    """Verify a pack, on its latest map and, for populations, on every map.

    Parameters
    ----------
    pack : Pack

    Returns
    -------
    tuple of Check
        All of them, whatever fails; nothing is raised for a pack that contradicts itself.

    Examples
    --------
    >>> from workbench.packs.pack import open_pack
    >>> all(check.holds for check in check_pack(open_pack("france")))
    True
    """
    checks: tuple[Callable[[Pack], Check], ...] = (
        _tables,
        _variables,
        _populations,
        _codes,
        _parents,
        _one_holder,
        _members,
        _hierarchy,
        _events,
    )
    return tuple(check(pack) for check in checks)


def _some(problems: Iterable[str]) -> tuple[str, ...]:
    """Keep the first problems and count the others: a list of thousands is not read."""
    found = list(problems)
    more = len(found) - _SHOWN
    return (*found[:_SHOWN], *([f"and {more} more"] if more > 0 else []))


def _tables(pack: Pack) -> Check:
    """Compute the sha256 of each table again."""
    title = "tables are those of the manifest (sha256)"
    folder = pack.folder / "data"
    if not (folder / "manifest.json").exists():
        return Check(title, ("data/manifest.json is missing: build the pack again",))
    declared: Mapping[str, str] = pack.manifest["tables"]
    present = {path.name: path for path in sorted(folder.glob("*.parquet"))}
    problems = [f"{name} is missing" for name in declared if name not in present]
    problems += [f"{name} is not in the manifest" for name in present if name not in declared]
    size = 0
    for name, path in present.items():
        content = path.read_bytes()
        size += len(content)
        digest = hashlib.sha256(content).hexdigest()
        if name in declared and digest != declared[name]:
            problems.append(f"{name} is {digest[:12]}…, expected {declared[name][:12]}…")
    return Check(title, _some(problems), f"{len(present)} tables, {size / 1e6:.1f} MB")


def _variables(pack: Pack) -> Check:
    """Compare declared variables with the columns of the base level's table."""
    base = pack.spec.base_level
    problems = [
        f"{name} is declared and in no column of {base}"
        for name in pack.spec.variables
        if not pack.has_variable(name, base)
    ]
    problems += [
        f"column {name} of {base} is not declared"
        for name in _columns(pack, base)
        if name not in pack.spec.variables
    ]
    count = len(pack.spec.variables)
    return Check(
        "declared variables are those of the tables", _some(problems), f"{count} variables"
    )


def _columns(pack: Pack, level: str) -> list[str]:
    """Name the variables of a table, whose columns are ``variable`` or ``variable@period``."""
    columns = pq.read_schema(pack.folder / "data" / f"{level}.parquet").names
    return list(dict.fromkeys(name.partition("@")[0] for name in columns if name != "code"))


def _populations(pack: Pack) -> Check:
    """Sum the legal populations of each map and compare with the published national totals.

    Published totals leave out what the source keeps constant (Mayotte) and what lies outside
    the country (overseas collectivités).
    """
    title = "populations add up to the published totals, on every map"
    published = pack.manifest.get("published_population", {}) if _has_manifest(pack) else {}
    if not published:
        return Check(title, detail="the pack publishes no total")
    problems, years = [], set()
    for vintage in pack.spec.vintages:
        for year, total in _totals(Pack(pack.folder, vintage)):
            years.add(year)
            expected = published.get(str(year))
            if total != expected:
                problems.append(f"map of {vintage}, {year}: {total}, published {expected}")
    problems += [f"{year}: no map has it" for year in published if int(year) not in years]
    detail = f"{len(years)} years, {len(pack.spec.vintages)} maps"
    return Check(title, _some(problems), detail)


def _has_manifest(pack: Pack) -> bool:
    return (pack.folder / "data" / "manifest.json").exists()


def _totals(pack: Pack) -> Iterator[tuple[int, int]]:
    base = pack.spec.base_level
    if not pack.has_variable(_POPULATION, base):
        return
    frame = pack.frame(base)
    counted = (frame["country"] != "").to_numpy()
    for rule in pack.spec.constant:
        if rule["variable"] == _POPULATION:
            counted = counted & (frame[rule["level"]] != rule["code"]).to_numpy()
    persons = pack.variable(_POPULATION, base).compute(scheduler="synchronous")
    for period in persons["period"].to_numpy():
        values = persons.sel(period=period).to_numpy()[counted]
        # Communes split since keep fractions, whose sum is whole but for rounding.
        yield int(period), int(np.round(np.nansum(values)))


def _codes(pack: Pack) -> Check:
    """Match each code with its level's pattern; each is used once."""
    problems = []
    for level in pack.territories.levels:
        codes = pack.frame(level).index
        shape = re.compile(pack.level(level).code)
        problems += [f"{level} {c!r} is not {shape.pattern}" for c in codes if not shape.search(c)]
        problems += [f"{level} {code!r} comes twice" for code in codes[codes.duplicated()]]
    count = len(pack.territories)
    return Check(
        "codes have the shape of their level and come once", _some(problems), f"{count:,} codes"
    )


def _parents(pack: Pack) -> Check:
    """Look each parent up; the country holds every level that declares it, or nothing does."""
    problems, links = [], 0
    for level in pack.territories.levels:
        frame = pack.frame(level)
        for parent in pack.level(level).parents:
            named = frame[parent][frame[parent] != ""]
            links += len(named)
            known = named.isin(pack.frame(parent).index)
            problems += [
                f"{level} {code}: {parent} {holder!r} does not exist"
                for code, holder in named[~known].items()
            ]
    return Check("parents exist", _some(problems), f"{links:,} links")


def _one_holder(pack: Pack) -> Check:
    """Count the middle-level territories (département or collectivité) that hold each part."""
    base = pack.spec.base_level
    middle = [x for x in pack.level(base).parents if pack.level(x).role == "middle"]
    named = " or ".join(middle)
    frame = pack.frame(base)
    held = (frame[middle] != "").sum(axis="columns") if middle else pd.Series(1, frame.index)
    problems = [f"{base} {code} is in {n} of them" for code, n in held[held != 1].items()]
    return Check(
        f"every {base} is in exactly one {named or 'country'}", _some(problems), f"{len(frame):,}"
    )


def _members(pack: Pack) -> Check:
    """Look for groups (EPCI) without any member."""
    base = pack.spec.base_level
    frame = pack.frame(base)
    groups = [x for x in pack.level(base).parents if pack.level(x).role == "group"]
    problems = [
        f"{level} {code} has no {base}"
        for level in groups
        for code in pack.frame(level).index.difference(pd.Index(frame[level]))
    ]
    count = sum(len(pack.frame(level)) for level in groups)
    return Check("every group has members", _some(problems), f"{count:,} groups")


def _hierarchy(pack: Pack) -> Check:
    """Compare what holds a territory with what holds its own parent.

    Groups may straddle what lies above them, so that they are left out.
    """
    problems = []
    for level in pack.territories.levels:
        frame = pack.frame(level)
        strict = [x for x in pack.level(level).parents if pack.level(x).role != "group"]
        for near, far in combinations(strict, 2):
            if far not in pack.level(near).parents:
                continue
            held = frame[frame[near] != ""]
            through = held[near].map(pack.frame(near)[far])
            wrong = held[far] != through
            problems += [
                f"{level} {code}: {far} {own!r}, through its {near} {other!r}"
                for code, own, other in zip(
                    held.index[wrong], held.loc[wrong, far], through[wrong], strict=True
                )
            ]
    return Check("holders of holders agree", _some(problems))


def _events(pack: Pack) -> Check:
    """Walk back from the latest map to each older one."""
    title = "events lead from the oldest map to the latest"
    if not has_events(pack.folder):
        return Check(title, detail="the pack tells no event")
    try:
        problems = _some(event_problems(pack))
    except (DeclarationError, EventsInvalid) as error:
        return Check(title, (str(error),))
    events = pack.events
    maps = len(pack.spec.vintages)
    return Check(title, problems, f"{len(events):,} rows since {events.first.year}, {maps} maps")
