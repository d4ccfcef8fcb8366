"""Put on a cube who its territories are: level, vintage of the map, arrondissements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import xarray as xr

from workbench.core.defaults import DEFAULT_PACK
from workbench.core.errors import WorkbenchError
from workbench.core.i18n.catalogue import Messages
from workbench.geography.atlas import open_atlas
from workbench.loaders.cubing import words_on
from workbench.loaders.errors import DialectInvalid
from workbench.loaders.registry import Problem
from workbench.loaders.territory_codes import ARRONDISSEMENT, map_years, mend

__all__ = ["Territories", "arrondissements_out", "levels", "named", "territories"]

_KEEPING = ("auto", "in", "out")
"""What is done of the arrondissements of Paris, Lyon and Marseille."""

_MOST_PROBLEMS = 200
_CITIES = {"751": "75056", "693": "69123", "132": "13055"}


@dataclass(frozen=True, slots=True)
class Territories:
    """Hold the codes of the rows of a file, and what is said of them.

    Parameters
    ----------
    codes : tuple of str
        One a row.
    attrs : dict
        ``level``; ``vintage`` when it is known, else ``vintages``, those that it may be.
    decisions : dict of str to str
    problems : tuple of Problem
    """

    codes: tuple[str, ...]
    attrs: dict[str, Any]
    decisions: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def territories(
    codes: Sequence[str],
    level: str,
    *,
    name: str,
    column: str,
    repair: bool,
    vintage: int = 0,
    since: int = 0,
    lang: str = "en",
) -> Territories:
    """Read the codes of territories, and tell the map that they are of.

    Parameters
    ----------
    codes : sequence of str
        One a row.
    level : str
        A level of the pack, or any other name.
    name, column : str
        Of the file and of its column.
    repair : bool
        Put back lost zeros.
    vintage : int
        Year of the map, when it is known.
    since : int
        Year of the data: the map is not older.
    lang : str
        Language of the problems.

    Raises
    ------
    CodesSpoilt
        Codes have lost a zero.
    """
    mended = mend(codes, level, repair=repair, name=name, column=column)
    told = {"level": level}
    if mended.repairs:
        shown = ", ".join(f"{a} → {b}" for a, b in list(mended.repairs.items())[:3])
        told["codes"] = f"{len(mended.repairs):,} (had lost their zero, put back: {shown})"
    say = Messages(lang)
    why, advice = say("readers.not_of_level", level=level), say("readers.not_of_level_repair")
    problems = tuple(
        Problem(name, None, column, code, why, advice) for code in mended.odd[:_MOST_PROBLEMS]
    )
    attrs: dict[str, Any] = {"level": level}
    if vintage:
        attrs["vintage"] = vintage
        told["vintage"] = f"{vintage} (given)"
    elif level in ("commune", "arrondissement_municipal"):
        years = [year for year in map_years(set(mended.codes)) if year >= since]
        if len(years) == 1:
            attrs["vintage"] = years[0]
            told["vintage"] = f"{years[0]} (the only map that has all these codes)"
        elif years:
            attrs["vintages"] = f"{years[0]}-{years[-1]}"
            told["vintage"] = (
                f"{years[0]}-{years[-1]} (each of these maps has all these codes: give one, "
                "vintage, before figures of two maps are put together)"
            )
        else:
            told["vintage"] = "unknown (no map has all these codes; `workbench codes` says why)"
    return Territories(mended.codes, attrs, told, problems)


def levels(codes: Sequence[str], level: str) -> xr.Variable:
    """Make the coordinate of levels: arrondissements may stand among communes.

    Examples
    --------
    >>> levels(["01001", "75101"], "commune").values.tolist()
    ['commune', 'arrondissement_municipal']
    """
    texts = [
        "arrondissement_municipal"
        if level == "commune" and ARRONDISSEMENT.fullmatch(code)
        else level
        for code in codes
    ]
    return words_on("territory", texts, "level")


def named(names: Sequence[str], codes: Sequence[str], level: str) -> dict[str, xr.Variable]:
    """Make the coordinate of names: those of the file, else those of the pack.

    Parameters
    ----------
    names : sequence of str
        Those that the file gives; none when it gives none.
    codes : sequence of str
    level : str
    """
    about = "official name"
    if not names or not all(names):
        known, vintage = _names_of(codes, level)
        if known:
            names = [own or other for own, other in zip(names or known, known, strict=True)]
            about += f" (those that the file lacks are of the pack, map of {vintage})"
    if not any(names):
        return {}
    return {"name": words_on("territory", names, about)}


def _names_of(codes: Sequence[str], level: str) -> tuple[list[str], int]:
    """Return the names of territories in the pack, and the year of its map.

    Names that are not there are ``""``; there is none at all of a level that the pack has not.
    """
    try:
        atlas = open_atlas(DEFAULT_PACK)
        if level not in atlas.spec.levels:
            return [], 0
        names = atlas.frame(level)["name"]
    except (WorkbenchError, KeyError):
        return [], 0
    found = names.reindex(list(codes)).fillna("").astype(str)
    return found.tolist(), atlas.vintage


def arrondissements_out(codes: Collection[str], keep: str) -> tuple[frozenset[str], str]:
    """Choose which territories go lest Paris, Lyon and Marseille be counted twice.

    Parameters
    ----------
    codes : collection of str
        Of communes.
    keep : str
        ``in``: all stay. ``out``: arrondissements go. ``auto``: they go when their commune is
        there as well.

    Returns
    -------
    tuple of (frozenset of str, str)
        Codes that go, and what was decided; nothing to say when there is no arrondissement.

    Raises
    ------
    DialectInvalid
        `keep` is none of these.

    Examples
    --------
    >>> arrondissements_out(["75056", "75101", "69381"], "auto")[0]
    frozenset({'75101'})
    """
    if keep not in _KEEPING:
        raise DialectInvalid(f"arrondissements is {keep!r}; give {', '.join(_KEEPING)}.")
    parts = {code: _CITIES[code[:3]] for code in codes if ARRONDISSEMENT.fullmatch(code)}
    if not parts:
        return frozenset(), ""
    there = set(codes)
    gone = frozenset(
        code for code, city in parts.items() if keep == "out" or (keep == "auto" and city in there)
    )
    stay = len(parts) - len(gone)
    told = []
    if gone:
        why = "as asked" if keep == "out" else "their commune is there: they would count twice"
        told.append(f"{len(gone)} left out ({why})")
    if stay:
        alone = [city for code, city in parts.items() if code not in gone and city not in there]
        why = "in place of their commune" if alone else "beside their commune: do not add them up"
        told.append(f"{stay} kept ({why})")
    return gone, "; ".join(told)
