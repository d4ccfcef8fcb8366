"""Read the headings of INSEE's wide files: ``P21_POP`` is the variable P_POP in 2021."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["IDENTIFIERS", "NAMES", "PARENTS", "Heading", "read_headings", "year_in"]

# Columns that hold the code of the row's own territory, the finest first.
IDENTIFIERS = (
    *("IRIS", "DCIRIS", "CODE_IRIS", "CODGEO", "DEPCOM", "CODE_INSEE", "CODE_COMMUNE", "COM"),
    *("EPCI", "DEP", "REG"),
)
NAMES = (
    *("LIBIRIS", "LIB_IRIS", "LIBGEO", "LIBCOM", "LIBELLE", "LIBELLÉ", "COMMUNE", "NOM"),
    *("LIBEPCI", "LIBDEP", "LIBREG"),
)
PARENTS: Mapping[str, str] = {
    "REG": "region",
    "DEP": "departement",
    "COM": "commune",
    "DEPCOM": "commune",
    "EPCI": "epci",
    "LIBCOM": "commune_name",
    "LIBREG": "region_name",
    "RÉGION": "region_name",
    "LIBDEP": "departement_name",
}
_CENSUS = re.compile(r"(?P<exploitation>[PCD])(?P<year>\d{2})_(?P<stem>\w+)")
_YEAR = re.compile(r"(?P<stem>\D\w*?)_?(?P<year>(?:19|20)\d{2})")
_FLOW = re.compile(r"(?P<stem>[A-Za-z]+)_?(?P<start>\d{2})(?P<end>\d{2})")
_SHORT = re.compile(r"(?P<stem>\D\w*?)_?(?P<year>\d{2})")
_LONGEST = 12  # years between two censuses


@dataclass(frozen=True, slots=True)
class Heading:
    """Say what a column is.

    Parameters
    ----------
    column : str
        As it is headed.
    stem : str
        Name of the variable, without its year.
    year : int
        0 when the heading tells none.
    start : int
        First year of what is counted over several, 0 for a state or one year.
    """

    column: str
    stem: str
    year: int = 0
    start: int = 0


def read_headings(columns: Sequence[str], year: int = 0) -> dict[str, Heading]:
    """Read headings.

    Parameters
    ----------
    columns : sequence of str
        Of figures.
    year : int
        That of the file, when it is known: two figures at the end are a year when they are its.

    Returns
    -------
    dict of str to Heading

    Examples
    --------
    >>> found = read_headings(["P21_POP", "NAISD1521", "PMUN2020", "MED21"], 2021)
    >>> [(each.stem, each.year, each.start) for each in found.values()]
    [('P_POP', 2021, 0), ('NAISD', 2021, 2015), ('PMUN', 2020, 0), ('MED', 2021, 0)]
    """
    endings = _endings(columns)
    return {column: _heading(column, year, endings) for column in columns}


def year_in(text: str) -> int:
    """Return the year that a name of a file tells, 0 when it tells none.

    Examples
    --------
    >>> year_in("base-cc-evol-struct-pop-2021.CSV"), year_in("bpe21_ensemble.csv")
    (2021, 2021)
    """
    years = re.findall(r"(?<!\d)(?:19|20)\d{2}(?!\d)", text)
    if years:
        return int(years[0])
    short = re.search(r"(?<![a-z])(?:bpe|rp|filo\w*|pop)_?(\d{2})(?!\d)", text, re.IGNORECASE)
    return _century(int(short[1])) if short else 0


def _heading(column: str, year: int, endings: Mapping[str, Collection[int]]) -> Heading:
    if match := _CENSUS.fullmatch(column):
        stem = f"{match['exploitation']}_{match['stem']}"
        return Heading(column, stem, _century(int(match["year"])))
    if match := _YEAR.fullmatch(column):
        return Heading(column, match["stem"], int(match["year"]))
    if match := _FLOW.fullmatch(column):
        start, end = (_century(int(match[side])) for side in ("start", "end"))
        if 0 < end - start <= _LONGEST:
            return Heading(column, match["stem"], end, start)
    if match := _SHORT.fullmatch(column):
        told = _century(int(match["year"]))
        if told == year or (len(endings[match["stem"]]) > 1 and year in endings[match["stem"]]):
            return Heading(column, match["stem"], told)
    return Heading(column, column)


def _endings(columns: Sequence[str]) -> Mapping[str, set[int]]:
    """Return the years that a stem is followed by: NAIS14, NAIS15, NAIS16."""
    found: dict[str, set[int]] = defaultdict(set)
    for column in columns:
        if match := _SHORT.fullmatch(column):
            found[match["stem"]].add(_century(int(match["year"])))
    return found


def _century(year: int) -> int:
    return 1900 + year if year >= 60 else 2000 + year
