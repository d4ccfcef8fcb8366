"""Know the codes of French territories by their form, and those that a spreadsheet has spoilt."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.core.defaults import DEFAULT_PACK
from workbench.core.errors import WorkbenchError
from workbench.geography.atlas import open_atlas
from workbench.geography.code_years import code_years
from workbench.loaders.errors import CodesSpoilt

__all__ = ["ARRONDISSEMENT", "FORMS", "Mended", "level_of", "map_years", "mend"]

# Levels of the France pack, and the form of their codes.
FORMS: Mapping[str, re.Pattern[str]] = {
    "iris": re.compile(r"\d[\dAB]\d{7}"),
    "commune": re.compile(r"\d[\dAB]\d{3}"),
    "arrondissement_municipal": re.compile(r"(751|132|693)\d{2}"),
    "epci": re.compile(r"\d{9}"),
    "departement": re.compile(r"\d{2}|2[AB]|97[1-6]"),
    "region": re.compile(r"\d{2}"),
}
_SIZES = {"iris": 9, "commune": 5, "arrondissement_municipal": 5, "departement": 2, "region": 2}

# Arrondissements of Paris, Lyon and Marseille, and the commune that each is a part of.
ARRONDISSEMENT = re.compile(r"751(?:0[1-9]|1\d|20)|6938[1-9]|132(?:0[1-9]|1[0-6])")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Mended:
    """Hold codes as they are to be read.

    Parameters
    ----------
    codes : tuple of str
    repairs : mapping of str to str
        What was written, and what it is.
    odd : tuple of str
        Codes that are not of the form of their level.
    """

    codes: tuple[str, ...]
    repairs: Mapping[str, str]
    odd: tuple[str, ...]


def level_of(codes: Collection[str], column: str = "") -> str:
    """Name the level of codes by their form, and by the name of their column where two share one.

    Returns
    -------
    str
        A level of the France pack, ``""`` when the form is not enough to tell.

    Examples
    --------
    >>> level_of(["01001", "2A004"]), level_of(["010010000"], "IRIS"), level_of(["11", "84"])
    ('commune', 'iris', '')
    """
    named = next((level for level in FORMS if column.lower() in (level, level[:3])), "")
    if named in ("departement", "region", "iris", "epci"):
        return named
    lengths = {len(code) for code in codes}
    if lengths <= {4, 5}:
        return "commune"
    if lengths <= {8, 9}:
        # A SIREN of a group of communes begins with 2, and its second figure is never a letter.
        return "epci" if all(code.startswith("2") for code in codes) else "iris"
    if any(code in ("2A", "2B") or len(code) == 3 for code in codes):
        return "departement"
    return ""


def mend(codes: Sequence[str], level: str, *, repair: bool, name: str, column: str) -> Mended:
    """Put back the zeros that codes have lost, when it is asked for.

    Parameters
    ----------
    codes : sequence of str
    level : str
    repair : bool
        Whether to put them back: refused otherwise, as a code is not guessed unasked.
    name, column : str
        Of the file and of its column, for messages.

    Raises
    ------
    CodesSpoilt

    Examples
    --------
    >>> mend(["1001", "59350"], "commune", repair=True, name="a.csv", column="GEO").codes
    ('01001', '59350')
    """
    size = _SIZES.get(level, 0)
    short = {
        code: code.zfill(size)
        for code in dict.fromkeys(codes)
        if size and code.isdecimal() and len(code) == size - 1
    }
    if short and not repair:
        shown = ", ".join(f"{code} for {whole}" for code, whole in list(short.items())[:_SHOWN])
        raise CodesSpoilt(
            f"{name}, {column}: {len(short):,} codes have lost the zero that they begin with "
            f"({shown}), as a spreadsheet does. Fetch the file again and do not open it with one, "
            "or put the zeros back with the option mend."
        )
    mended = tuple(short.get(code, code) for code in codes)
    form = FORMS.get(level)
    odd = tuple(
        code for code in dict.fromkeys(mended) if form is not None and not form.fullmatch(code)
    )
    return Mended(mended, short, odd)


def map_years(codes: Collection[str], *, whole: int = 30_000) -> tuple[int, ...]:
    """Return the years of the map of communes that codes are of.

    Parameters
    ----------
    codes : collection of str
        Of communes.
    whole : int
        From so many codes, the map is the one that has the fewest others.

    Returns
    -------
    tuple of int
        All those whose map has every code; none when there is none, or no map to compare with.
    """
    asked = sorted({code for code in codes if not ARRONDISSEMENT.fullmatch(code)})
    try:
        known = code_years(open_atlas(DEFAULT_PACK).events)
    except WorkbenchError:
        return ()
    places = known.codes.get_indexer(pd.Index(asked, dtype=object))
    if not asked or (places < 0).any():
        return ()
    fits: NDArray[np.bool_] = np.asarray(known.there[places].all(axis=0))
    others = known.there.sum(axis=0) - len(asked)
    if len(asked) >= whole and fits.any():
        fits &= others == others[fits].min()
    return tuple(year for year, fit in zip(known.years, fits.tolist(), strict=True) if fit)
