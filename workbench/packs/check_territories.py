"""Verify the territories of a pack: codes, names, and who holds whom."""

from __future__ import annotations

import re
from itertools import combinations

import pandas as pd

from workbench.packs.finding import Check, some
from workbench.packs.pack import Pack

__all__ = ["codes", "hierarchy", "members", "names", "one_holder", "parents"]

_TABLE = "data/territories.parquet"


def codes(pack: Pack) -> Check:
    """Match each code with its level's pattern; each is used once."""
    problems = []
    for level in pack.territories.levels:
        listed = pack.frame(level).index
        shape = re.compile(pack.level(level).code)
        problems += [f"{level} {c!r} is not {shape.pattern}" for c in listed if not shape.search(c)]
        problems += [f"{level} {code!r} comes twice" for code in listed[listed.duplicated()]]
        if not len(listed):
            problems.append(f"{level} has no territory")
    problems += [
        f"level {level!r} is not declared"
        for level in pd.unique(pack.territories.table["level"])
        if level not in pack.spec.levels
    ]
    whole = pack.frame(pack.spec.country_level).index if not problems else [pack.spec.country]
    if list(whole) != [pack.spec.country]:
        problems.append(
            f"{pack.spec.country_level} is {', '.join(whole)}, and pack.yml, country, says "
            f"{pack.spec.country!r}"
        )
    return Check(
        "codes have the shape of their level and come once",
        some(problems),
        f"{len(pack.territories):,} codes",
        f"Correct the column code of {_TABLE}, or the pattern of the level in pack.yml.",
    )


def names(pack: Pack) -> Check:
    """Look for territories without a name, and for languages of names without a column."""
    table = pack.territories.table
    problems = [
        f"{level} {code} has no name"
        for level, code in table.loc[table["name"] == "", ["level", "code"]].itertuples(index=False)
    ]
    columns = {f"name_{lang}" for lang in pack.spec.other_names}
    found = {column for column in table.columns if column.startswith("name_")}
    problems += [f"column {name} is missing" for name in sorted(columns - found)]
    problems += [
        f"column {name}: its language is not in other_names" for name in sorted(found - columns)
    ]
    return Check(
        "territories have their names",
        some(problems),
        f"{len(columns) + 1} a territory",
        f"Correct {_TABLE}, or other_names in pack.yml.",
    )


def parents(pack: Pack) -> Check:
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
    return Check(
        "parents exist",
        some(problems),
        f"{links:,} links",
        f"Add the parent as a row of {_TABLE}, or correct the code that names it.",
    )


def one_holder(pack: Pack) -> Check:
    """Count the middle-level territories that hold each part."""
    base = pack.spec.base_level
    middle = [x for x in pack.level(base).parents if pack.level(x).role == "middle"]
    named = " or ".join(middle)
    frame = pack.frame(base)
    held = (frame[middle] != "").sum(axis="columns") if middle else pd.Series(1, frame.index)
    problems = [f"{base} {code} is in {n} of them" for code, n in held[held != 1].items()]
    return Check(
        f"every {base} is in exactly one {named or 'country'}",
        some(problems),
        f"{len(frame):,}",
        f"Fill one of the columns {named} of {_TABLE} for it, and one only.",
    )


def members(pack: Pack) -> Check:
    """Look for groups without any member."""
    base = pack.spec.base_level
    frame = pack.frame(base)
    groups = [x for x in pack.level(base).parents if pack.level(x).role == "group"]
    problems = [
        f"{level} {code} has no {base}"
        for level in groups
        for code in pack.frame(level).index.difference(pd.Index(frame[level]))
    ]
    count = sum(len(pack.frame(level)) for level in groups)
    return Check(
        "every group has members",
        some(problems),
        f"{count:,} groups",
        f"Take the group out of {_TABLE}, or name it in the row of each of its {base}.",
    )


def hierarchy(pack: Pack) -> Check:
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
            above = pack.frame(near)[far]
            through = held[near].map(above[~above.index.duplicated()])
            wrong = held[far] != through
            problems += [
                f"{level} {code}: {far} {own!r}, through its {near} {other!r}"
                for code, own, other in zip(
                    held.index[wrong], held.loc[wrong, far], through[wrong], strict=True
                )
            ]
    return Check(
        "holders of holders agree",
        some(problems),
        step=f"Correct one of the two in {_TABLE}.",
    )
