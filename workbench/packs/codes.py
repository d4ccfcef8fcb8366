"""What a pack knows of its country's codes: kinds declared, codes in use, codes of the past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from workbench.core.errors import PackInvalid
from workbench.core.reads import note
from workbench.geography.code_kinds import CodeBook, CodeKind
from workbench.geography.code_years import CodeYears, code_years
from workbench.packs.events import has_events
from workbench.packs.tables import whole_table

if TYPE_CHECKING:
    from workbench.geography.event import Events
    from workbench.packs.pack import Pack

__all__ = ["codebook"]


def codebook(pack: Pack) -> CodeBook:
    """Gather what tells the codes of a country apart.

    Parameters
    ----------
    pack : Pack
        At any of its maps; lists are those of the latest one.

    Returns
    -------
    CodeBook
        A pack that declares no kind of code has one: that of its base level.

    Raises
    ------
    PackInvalid
        When no kind is that of the base level.
    """
    latest = pack.at(pack.spec.vintage)
    base = latest.spec.base_level
    kinds = {kind.id: kind for kind in latest.spec.codes} or {base: _only(latest)}
    own = [kind.id for kind in kinds.values() if kind.level == base and not kind.column]
    if not own:
        raise PackInvalid(
            f"codes: no kind is that of level {base!r}; declare one with level: {base}"
        )
    path = latest.folder / "data" / "maps.parquet"
    states = whole_table(path) if path.exists() else None
    if states is not None:
        note("table", "maps")
    events = latest.events if has_events(latest.folder) else None
    names, holders = {}, {}
    for kind in kinds.values():
        if kind.column:
            holders[kind.id] = _served(latest.frame(kind.level)[kind.column])
            names[kind.id] = pd.Series("", index=pd.Index(list(holders[kind.id]), dtype=object))
        elif kind.level:
            frame = latest.frame(kind.level)
            names[kind.id] = _with_former(frame["name"], kind.level, states)
            if kind.whole:
                held = _pairs(frame[kind.whole])
                holders[kind.id] = {code: (whole,) for code, whole in held.items() if whole}
    return CodeBook(
        kinds=kinds,
        base=own[0],
        names=names,
        holders=holders,
        parents=_parents(latest, events),
        timeline=code_years(events) if events is not None and len(events) else _of_maps(latest),
    )


def _only(pack: Pack) -> CodeKind:
    """Make the kind of a pack that declares none: its base level's codes."""
    level = pack.level(pack.spec.base_level)
    one = {lang: words["one"] for lang, words in level.names.items()}
    many = {lang: words["many"] for lang, words in level.names.items()}
    return CodeKind(level.id, one, many, level.code, level=level.id)


def _of_maps(pack: Pack) -> CodeYears:
    base = pack.spec.base_level
    return CodeYears.of_maps({year: pack.at(year).frame(base).index for year in pack.vintages})


def _served(column: pd.Series) -> Mapping[str, tuple[str, ...]]:
    """Turn the codes of each territory around: the territories of each code, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for territory, codes in _pairs(column.fillna("")).items():
        for code in codes.split():
            found[code].append(territory)
    return {code: tuple(territories) for code, territories in sorted(found.items())}


def _with_former(names: pd.Series, level: str, states: pd.DataFrame | None) -> pd.Series:
    """Add the codes that held something on an older map; nobody tells their names."""
    if states is None or level not in states:
        return names
    former = pd.Index(states[level].unique()).difference(names.index)
    every: pd.Series = pd.concat([names, pd.Series("", index=former[former != ""], dtype=object)])
    return every


def _parents(pack: Pack, events: Events | None) -> Mapping[str, str]:
    """Give the middle-level holder of base codes, former ones first so that today's win."""
    base = pack.spec.base_level
    frame = pack.frame(base)
    found: dict[str, str] = {}
    if events is not None:
        whole = events.table[events.table["status"] == ""]
        found = dict(zip(whole["code"].tolist(), whole["parent"].tolist(), strict=True))
    for level in pack.level(base).parents:
        if pack.level(level).role == "middle" and level in frame:
            found |= _pairs(frame[level][frame[level] != ""])
    return found


def _pairs(column: pd.Series) -> dict[str, str]:
    """Return a column of text by code; lists are many times quicker to go through."""
    return dict(zip(column.index.tolist(), column.tolist(), strict=True))
