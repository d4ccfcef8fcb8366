"""Read a cell as a type of Table Schema says it is written; a code stays the text it is.

Each reader raises ValueError for a cell that is not of its type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

__all__ = ["FORMATS", "TYPES", "read_point"]

Reader = Callable[[str], Any]
Options = Mapping[str, Any]

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|NaN|-?INF")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION = re.compile(r"-?P(?=.)([0-9.]+[YMWD])*(T([0-9.]+[HMS])+)?")
_FIGURE = r"[-+]?[0-9]+(?:\.[0-9]+)?"
_POINT = re.compile(rf"({_FIGURE})\s*,\s*({_FIGURE})")
_TRUE = ("true", "True", "TRUE", "1")
_FALSE = ("false", "False", "FALSE", "0")

FORMATS: Mapping[str, Collection[str]] = {
    "string": ("default", "email", "uri", "uuid", "binary"),
    "geopoint": ("default", "array", "object"),
    "geojson": ("default", "topojson"),
}
"""Formats of the types whose formats are names."""


def read_point(text: str) -> tuple[float, float]:
    """Read two figures, with or without brackets, in the order they are written.

    Examples
    --------
    >>> read_point("[7.48, 48.34]")
    (7.48, 48.34)
    """
    found = _POINT.fullmatch(text.strip().removeprefix("[").removesuffix("]").strip())
    if found is None:
        raise ValueError(text)
    return float(found[1]), float(found[2])


def _must(text: str, pattern: re.Pattern[str]) -> str:
    if pattern.fullmatch(text) is None:
        raise ValueError(text)
    return text


def _string(form: str, options: Options) -> Reader:
    def uri(text: str) -> str:
        parts = urlsplit(text)
        if not (parts.scheme and parts.netloc) or re.search(r"\s", text):
            raise ValueError(text)
        return text

    readers: Mapping[str, Reader] = {
        "email": lambda text: _must(text, _EMAIL),
        "uri": uri,
        "uuid": lambda text: str(UUID(text)),
    }
    return readers.get(form, str)


def _bare(options: Options) -> Reader:
    """Undo what a schema allows around and within a number."""
    decimal, group = options.get("decimalChar", "."), options.get("groupChar", "")
    bare = options.get("bareNumber", True)

    def strip(text: str) -> str:
        if not bare:
            text = re.sub(r"^[^-+0-9.]*|[^0-9.]*$", "", text)
        if group:
            text = text.replace(group, "")
        return text if decimal == "." else text.replace(decimal, ".")

    return strip


def _integer(form: str, options: Options) -> Reader:
    strip = _bare(options)
    return lambda text: int(_must(strip(text), _INTEGER))


def _number(form: str, options: Options) -> Reader:
    strip = _bare(options)

    def read(text: str) -> Decimal:
        try:
            return Decimal(_must(strip(text), _NUMBER))
        except InvalidOperation as error:
            raise ValueError(text) from error

    return read


def _boolean(form: str, options: Options) -> Reader:
    values = dict.fromkeys(options.get("trueValues", _TRUE), True)
    values |= dict.fromkeys(options.get("falseValues", _FALSE), False)

    def read(text: str) -> bool:
        if text not in values:
            raise ValueError(text)
        return bool(values[text])

    return read


def _moment(iso: Reader) -> Callable[[str, Options], Reader]:
    """Read dates and times: ISO 8601, or the format of `strptime` that a schema gives."""

    def make(form: str, options: Options) -> Reader:
        if form in ("default", "any"):
            return iso
        form = form.removeprefix("fmt:")
        return lambda text: datetime.strptime(text, form)  # compared, never shown: no zone needed

    return make


def _day(text: str) -> date:
    return date.fromisoformat(_must(text, _DAY))


def _instant(text: str) -> datetime:
    if len(text) < 16:
        raise ValueError(text)
    return datetime.fromisoformat(text).replace(tzinfo=None)


def _whole(pattern: str) -> Callable[[str, Options], Reader]:
    compiled = re.compile(pattern)
    return lambda form, options: lambda text: _must(text, compiled)


def _json(kind: type) -> Callable[[str, Options], Reader]:
    def read(text: str) -> Any:
        found = json.loads(text)
        if not isinstance(found, kind):
            raise ValueError(text)
        return found

    return lambda form, options: read


def _geopoint(form: str, options: Options) -> Reader:
    def read(text: str) -> tuple[float, float]:
        if form == "object":
            found = json.loads(text)
            if not isinstance(found, dict) or not {"lon", "lat"} <= found.keys():
                raise ValueError(text)
            point = float(found["lon"]), float(found["lat"])
        else:
            if text.startswith("[") is not (form == "array"):
                raise ValueError(text)
            point = read_point(text)
        if abs(point[0]) > 180 or abs(point[1]) > 90:
            raise ValueError(text)
        return point

    return read


TYPES: Mapping[str, Callable[[str, Options], Reader]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _moment(_day),
    "time": _moment(time.fromisoformat),
    "datetime": _moment(_instant),
    "year": lambda form, options: lambda text: int(_must(text, re.compile(r"-?[0-9]{4}"))),
    "yearmonth": _whole(r"[0-9]{4}-(0[1-9]|1[0-2])"),
    "duration": lambda form, options: lambda text: _must(text, _DURATION),
    "geopoint": _geopoint,
    "geojson": _json(dict),
    "object": _json(dict),
    "array": _json(list),
    "any": lambda form, options: str,
}
"""Makers of a reader of cells, from a format and the options of a field."""
