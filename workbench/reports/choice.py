"""Read what a run is asked for: territories, languages and parameters, as text from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from workbench.core.errors import (
    AmbiguousTerritory,
    LevelUnknown,
    ParameterError,
    TerritoryUnknown,
    nearest,
)
from workbench.core.types import Territory
from workbench.packs.pack import Pack
from workbench.reports.plan import territories_of

__all__ = ["choose_territories", "read_assignments", "read_conditions", "read_languages"]

# A run without a territory makes these: what one opens first to know a country.
_USUAL_ROLES = ("middle", "region", "country")
# What a run decides itself: given twice, a page could bear one name and tell of another place.
_OPTIONS = {
    "territory": "--territory",
    "level": "--level",
    "lang": "--lang",
    "pack": "--pack",
    "vintage": "--vintage",
}


def choose_territories(
    pack: Pack,
    *,
    codes: Sequence[str] = (),
    levels: Sequence[str] = (),
    where: Mapping[str, Sequence[str]] | None = None,
    limit: int | None = None,
) -> list[Territory]:
    """Choose the territories of a run.

    Parameters
    ----------
    pack : Pack
    codes : sequence of str
        Official codes; those of whole levels when empty.
    levels : sequence of str
        Where codes are looked for, or the levels taken whole. Without either, the country, its
        regions and what lies between them and the base level (départements).
    where : mapping of str to sequence of str, optional
        By level, the codes that must hold a territory for it to be kept.
    limit : int, optional
        Keep the first ones only.

    Returns
    -------
    list of Territory
        Each once; the widest levels first when whole levels are taken.

    Raises
    ------
    LevelUnknown, TerritoryUnknown, AmbiguousTerritory
        Each names the nearest valid choice.

    Examples
    --------
    >>> from workbench.packs.pack import open_pack
    >>> pack = open_pack("france")
    >>> [t.name for t in choose_territories(pack, codes=["59350", "2A004"])]
    ['Lille', 'Ajaccio']
    >>> len(choose_territories(pack))
    120
    >>> len(choose_territories(pack, levels=["commune"], where={"departement": ["59"]}))
    647
    """
    for level in levels:
        if level not in pack.territories.levels:
            hint = nearest(level, pack.territories.levels)
            raise LevelUnknown(f"Level {level!r} is not in pack {pack.name} ({hint}).")
    if codes:
        chosen = [_territory(pack, code, levels) for code in codes]
    elif levels:
        chosen = territories_of(pack, _widest_first(pack, levels))
    else:
        chosen = _usual(pack)
    for level, holders in (where or {}).items():
        for code in holders:
            pack.territory(code, level)
        chosen = [t for t in chosen if t.parents.get(level) in holders]
        if not chosen:
            raise TerritoryUnknown(
                f"--where {level}={','.join(holders)} keeps none of the territories asked for: "
                f"name a level that holds them, such as --level {pack.spec.base_level}."
            )
    once = {(territory.level, territory.code): territory for territory in chosen}
    return list(once.values())[:limit]


def _territory(pack: Pack, code: str, levels: Sequence[str]) -> Territory:
    if len(levels) < 2:
        return pack.territory(code, levels[0] if levels else None)
    holding = [level for level in levels if code in pack.frame(level).index]
    if len(holding) == 1:
        return pack.territory(code, holding[0])
    if holding:
        raise AmbiguousTerritory(
            f"Code {code!r} is used at {len(holding)} of the levels asked for: "
            f"{', '.join(holding)}. Ask for one of them."
        )
    raise TerritoryUnknown(
        f"Code {code!r} is in none of the levels asked for: {', '.join(levels)}. "
        "Search with `workbench territories find`."
    )


def _widest_first(pack: Pack, levels: Iterable[str]) -> list[str]:
    wanted = set(levels)
    return [level for level in reversed(pack.territories.levels) if level in wanted]


def _usual(pack: Pack) -> list[Territory]:
    """Take the country and its middle levels, without what lies outside the country."""
    roles = {level: pack.level(level).role for level in pack.territories.levels}
    usual = [level for level, role in roles.items() if role in _USUAL_ROLES]
    country = next((level for level, role in roles.items() if role == "country"), "")
    return [
        territory
        for territory in territories_of(pack, _widest_first(pack, usual))
        if territory.level == country or country in territory.parents
    ]


def read_languages(text: str) -> tuple[str, ...]:
    """Read a list of languages: ``"fr,en"``.

    Raises
    ------
    ParameterError
        When it names none.

    Examples
    --------
    >>> read_languages("fr, en,fr")
    ('fr', 'en')
    """
    languages = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not languages:
        raise ParameterError(f"--lang is {text!r}; give languages, such as --lang fr,en.")
    return languages


def read_conditions(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read conditions given as ``level=code`` or ``level=code,code``; all must hold.

    Raises
    ------
    ParameterError
        When there is no ``=`` or no code, or a level comes twice.

    Examples
    --------
    >>> read_conditions(["departement=59,2A"])
    {'departement': ('59', '2A')}
    """
    wanted: dict[str, tuple[str, ...]] = {}
    for text in texts:
        level, _, codes = text.partition("=")
        listed = tuple(code.strip() for code in codes.split(",") if code.strip())
        if not level or not listed:
            raise ParameterError(
                f"Condition {text!r}: expected level=code, such as --where region=11."
            )
        if level in wanted:
            raise ParameterError(f"Level {level} is given twice: write --where {level}=A,B.")
        wanted[level] = listed
    return wanted


def read_assignments(texts: Iterable[str]) -> dict[str, str]:
    """Read parameters given as ``name=value``; the value stays the text that was typed.

    Raises
    ------
    ParameterError
        When there is no ``=``, a name comes twice, or the run has an option for it.

    Examples
    --------
    >>> read_assignments(["code=01001", "note=a=b"])
    {'code': '01001', 'note': 'a=b'}
    """
    given: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise ParameterError(f"Parameter {text!r}: expected name=value, such as -p year=2023.")
        if name in _OPTIONS:
            raise ParameterError(f"Parameter {name} is set by the run: use {_OPTIONS[name]}.")
        if name in given:
            raise ParameterError(
                f"Parameter {name} is given twice: {given[name]!r} and {value!r}. Keep one."
            )
        given[name] = value
    return given
