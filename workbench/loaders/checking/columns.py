"""Find the columns that a territorial check compares: codes, names, addresses, points, dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from workbench.geography.code_choice import kind_promised
from workbench.geography.code_kinds import CodeBook
from workbench.loaders.checking.sheet import Sheet
from workbench.loaders.roles import words

__all__ = ["Found", "find_columns"]

_LONGITUDES = frozenset({"lon", "long", "longitude", "xlong", "lng"})
_LATITUDES = frozenset({"lat", "latitude", "ylat"})
_POINTS = frozenset({"coordonnees", "coordonneesxy", "coordinates", "geopoint", "latlon", "lonlat"})
_GEO = frozenset({"geo", "point"})
_LAT_FIRST = frozenset({"geopoint", "latlon"})
_NAMES = frozenset(
    {"commune", "nom commune", "commune nom", "nom com", "libelle commune", "lib com", "libcom"}
    | {"libgeo", "ville", "nom ville", "nom de la commune", "commune libelle", "nomcommune"}
)
_ADDRESSES = frozenset({"adresse", "address", "adr"})
_NOT_PLACES = frozenset({"mail", "email", "electronique", "web", "internet", "ip", "url", "uid"})
_NOT_ADDRESSES = _NOT_PLACES | {"id", "code", "cle", "ban", "type", "certification"}
_DATES = frozenset({"date", "datetime", "jour", "horodatage"})
_STARTS, _ENDS = ("debut", "start", "started"), ("fin", "end", "ended")
_DATE_CELL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}/[0-9]{2}/[0-9]{4}")
_COMPANIES = frozenset({"siren", "siret"})  # left to the schema: not where something is


@dataclass(frozen=True, slots=True)
class Found:
    """Name the columns of a file that say where and when.

    Parameters
    ----------
    codes : mapping of str to str
        Kind of code of each column of codes.
    names, addresses, dates : tuple of str
    points : tuple of (str, str, bool)
        Column of longitudes and of latitudes, or one column twice; whether latitude comes first.
    spans : tuple of (str, str)
        Columns of beginnings and of ends.
    """

    codes: Mapping[str, str]
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    points: tuple[tuple[str, str, bool], ...]
    dates: tuple[str, ...]
    spans: tuple[tuple[str, str], ...]


def find_columns(sheet: Sheet, book: CodeBook, points: Iterable[str] = ()) -> Found:
    """Find them by their headings, then by what they hold.

    Parameters
    ----------
    sheet : Sheet
    book : CodeBook
    points : iterable of str
        Columns that a schema says hold points, longitude first.
    """
    heads = {name: words(name) for name in sheet.columns}
    names = tuple(
        name
        for name, held in heads.items()
        if " ".join(held) in _NAMES and not _hold(sheet, name, lambda text: text[:2].isdigit())
    )
    codes = {}
    for name in heads:
        kind = kind_promised(name, book)
        if kind and kind not in _COMPANIES and name not in names and _codes(sheet, name):
            codes[name] = kind
    addresses = tuple(
        name
        for name, held in heads.items()
        if _ADDRESSES & set(held) and not _NOT_ADDRESSES & set(held) and name not in codes
    )
    dates = tuple(
        name
        for name, held in heads.items()
        if (_DATES & set(held) or _hold(sheet, name, _DATE_CELL.match)) and name not in codes
    )
    found = list(_points(heads))
    told = {name for pair in found for name in pair[:2]}
    found += [(name, name, False) for name in points if name in heads and name not in told]
    return Found(codes, names, addresses, tuple(found), dates, tuple(_spans(heads, dates)))


def _hold(sheet: Sheet, name: str, test: Callable[[str], object]) -> bool:
    """Tell whether half of the first cells of a column, or more, pass a test."""
    cells = sheet.columns[name].present[:50]
    return bool(cells) and sum(bool(test(cell)) for cell in cells) * 2 >= len(cells)


def _codes(sheet: Sheet, name: str) -> bool:
    """Tell whether a column that is named as one of codes holds codes, not labels."""
    # One digit alone is a flag, or a rank: no code of a place is so short.
    return _hold(
        sheet, name, lambda text: len(text) > 1 and any(each.isdigit() for each in text[:3])
    )


def _points(heads: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, str, bool]]:
    longitudes = [name for name, held in heads.items() if _LONGITUDES & set(held)]
    latitudes = [name for name, held in heads.items() if _LATITUDES & set(held)]
    alone = [each for each in longitudes if each not in latitudes]
    if len(alone) == 1 and len(others := [each for each in latitudes if each not in longitudes]):
        yield alone[0], others[0], False
    for name, held in heads.items():
        both = name in longitudes and name in latitudes
        point = (
            "".join(held[:2]) in _POINTS
            or bool(_POINTS & set(held))
            or {"geo", "point"} <= set(held)
        )
        if both or point:
            first = next((w for w in held if w in _LATITUDES | _LONGITUDES), "")
            lat_first = first in _LATITUDES or bool(_LAT_FIRST & set(held)) or set(held) >= _GEO
            yield name, name, lat_first


def _spans(
    heads: Mapping[str, tuple[str, ...]], dates: tuple[str, ...]
) -> Iterable[tuple[str, str]]:
    for name in dates:
        for start, end in zip(_STARTS, _ENDS, strict=True):
            if start not in heads[name]:
                continue
            wanted = tuple(end if word == start else word for word in heads[name])
            yield from ((name, other) for other in dates if heads[other] == wanted)
