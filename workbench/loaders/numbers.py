"""Read numbers as French files write them, and say what does not read as one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.core.types import Status
from workbench.loaders.markers import Markers

__all__ = [
    "SPACES",
    "NumberForm",
    "Numbers",
    "common_unit",
    "detect_form",
    "is_number",
    "read_numbers",
    "unit_of",
]

# Between thousands: the three spaces in use, the thin one of typesetters, the Swiss apostrophe.
SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}'’"
# What is written after a figure, and the name under which it is told.
_NAMES = {
    **dict.fromkeys(("€", "EUR", "euro", "euros"), "€"),
    **dict.fromkeys(("m²", "m2"), "m²"),
    **dict.fromkeys(("km²", "km2"), "km²"),
    **dict.fromkeys(("hab", "hab.", "habitants"), "hab."),
    **{unit: unit for unit in ("%", "k€", "ha", "m", "km", "h")},
}
_UNITS = f"(?:{'|'.join(map(re.escape, sorted(_NAMES, key=len, reverse=True)))})"
_ENDING = re.compile(rf"\d\s*({_UNITS})\s*$")
_DASHES = str.maketrans({"\N{MINUS SIGN}": "-", "\N{NON-BREAKING HYPHEN}": "-"})
# INSEE and Eurostat write after a figure that it is estimated, provisional or revised.
_FLAGS = {"e": "estimated", "p": "provisional", "r": "revised"}
_FLAG = re.compile(r"(?P<body>.*\d)\s*[\[(]?(?P<flag>[epr])[\])]?", re.IGNORECASE | re.DOTALL)
_ANY = re.compile(
    rf"(?=.?.?\d)[-+−]?(?:\d{{1,3}}(?:[{SPACES}.,]\d{{3}})+|\d+)?(?:[.,]\d+)?(?:[eE][-+]?\d+)?\s*{_UNITS}?"
)
_FEW = 50  # texts that take less time one by one than all at once


@dataclass(frozen=True, slots=True)
class NumberForm:
    """Say how the numbers of a column are written.

    Parameters
    ----------
    decimal, thousands : str
    unit : str
        That of the column: a number with another one is no number of it.
    """

    decimal: str = "."
    thousands: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Hold what texts stand for.

    Parameters
    ----------
    values : ndarray of float
        NaN where there is none.
    statuses : ndarray of uint8
    bad : ndarray of bool
        Texts that are neither a number nor a known marker.
    marked : dict of str to str
        Markers found, and their meaning.
    units : dict of str to str
        Units taken off, and a text that has each.
    """

    values: NDArray[np.float64]
    statuses: NDArray[np.uint8]
    bad: NDArray[np.bool_]
    marked: dict[str, str]
    units: dict[str, str]


def is_number(text: str) -> bool:
    r"""Tell whether a text is a number in some French or English writing.

    Examples
    --------
    >>> [is_number(text) for text in ("1 234,5", "-3", "12 %", "2A004", "", "1\u202f234")]
    [True, True, True, False, False, True]
    """
    bare = text.strip()
    return _ANY.fullmatch(bare) is not None


def unit_of(text: str) -> str:
    """Return the unit written after a number, empty when there is none.

    Examples
    --------
    >>> [unit_of(text) for text in ("12 %", "3,5 km", "1 234 euros", "12", "m2")]
    ['%', 'km', '€', '', '']
    """
    found = _ENDING.search(text)
    return _NAMES[found[1]] if found else ""


def common_unit(texts: Sequence[str]) -> str:
    """Return the unit that most numbers of a column have, empty when none has any.

    Examples
    --------
    >>> common_unit(["12 %", "7", "3%"])
    '%'
    """
    counts = Counter(filter(None, map(unit_of, texts)))
    return max(sorted(counts), key=counts.__getitem__, default="")


def detect_form(
    texts: Sequence[str], decimal: str | None = None, thousands: str | None = None
) -> tuple[NumberForm, str, float]:
    """Tell the decimal mark and the thousands mark of a column.

    Parameters
    ----------
    texts : sequence of str
        Cells that are numbers.
    decimal, thousands : str, optional
        When the caller says them.

    Returns
    -------
    tuple of (NumberForm, str, float)
        With the evidence and the confidence.

    Examples
    --------
    >>> detect_form(["1 234,5", "12,25"])[0]
    NumberForm(decimal=',', thousands='', unit='')
    >>> detect_form(["1.234,50", "12,25"])[0]
    NumberForm(decimal=',', thousands='.', unit='')
    """
    if decimal is not None or thousands is not None:
        other = {",": ".", ".": ","}
        mark = decimal or (other.get(thousands or "", ",") if thousands else ",")
        return NumberForm(mark, thousands or ""), "given", 1.0
    commas = [text for text in texts if "," in text]
    points = [text for text in texts if "." in text]
    both = [text for text in commas if "." in text]
    if both:
        mark = "," if both[0].rfind(",") > both[0].rfind(".") else "."
        return NumberForm(mark, "." if mark == "," else ","), f"such as {both[0]!r}", 1.0
    for mark, found in ((",", commas), (".", points)):
        twice = next((text for text in found if text.count(mark) > 1), None)
        if twice:
            return NumberForm("." if mark == "," else ",", mark), f"such as {twice!r}", 1.0
    if commas and points:
        many, mark = max((len(commas), ","), (len(points), "."))
        return NumberForm(mark), f"{many} of {len(commas) + len(points)} decimal marks", 0.6
    mark, found = (",", commas) if commas else (".", points)
    if not found:
        return NumberForm("."), "no decimal mark", 1.0
    threes = all(re.search(rf"^[-+]?[1-9]\d{{0,2}}\{mark}\d{{3}}$", text) for text in found)
    if threes and len(found) > 2:
        told = f"such as {found[0]!r}; three digits follow each mark, which may part thousands"
        return NumberForm(mark), told, 0.5
    return NumberForm(mark), f"such as {found[0]!r}", 1.0


@cache
def _shape(form: NumberForm) -> str:
    """Return the expression of the numbers that are read all at once (RE2)."""
    parts = re.escape(form.thousands) + SPACES
    # A number of two digits or more does not begin by 0: that is a code.
    return (
        rf"^\s*[-+]?(?:0|[1-9][0-9]{{0,2}}(?:[{parts}][0-9]{{3}})+|[1-9][0-9]*)"
        rf"(?:{re.escape(form.decimal)}[0-9]+)?\s*$"
    )


def read_numbers(texts: pa.Array, form: NumberForm, markers: Markers) -> Numbers:
    """Read the distinct texts of a column as numbers.

    Parameters
    ----------
    texts : pyarrow string array
    form : NumberForm
    markers : Markers
        What cells without a figure stand for.

    Examples
    --------
    >>> texts = pa.array(["1 234,5", "s", "0", "12 (e)", "2A"])
    >>> read = read_numbers(texts, NumberForm(","), Markers())
    >>> read.values.tolist(), read.bad.tolist()
    ([1234.5, nan, 0.0, 12.0, nan], [False, False, False, False, True])
    >>> [Status(each).name for each in read.statuses[:4]]
    ['OBSERVED', 'SUPPRESSED', 'OBSERVED', 'ESTIMATED']
    """
    count = len(texts)
    values = np.full(count, np.nan)
    statuses = np.full(count, Status.OBSERVED, dtype=np.uint8)
    bad = np.zeros(count, dtype=bool)
    marked: dict[str, str] = {}
    units: dict[str, str] = {}
    plain = np.zeros(count, dtype=bool)
    if count > _FEW:
        fits = pc.fill_null(pc.match_substring_regex(texts, _shape(form)), False)
        plain = fits.to_numpy(zero_copy_only=False)
        values[plain] = _cast(texts.filter(fits), form)
    for at in np.flatnonzero(~plain).tolist():
        text = texts[at].as_py() or ""
        status = markers.meaning(text)
        if status is not None:
            statuses[at] = status.status
            values[at] = 0.0 if status.is_zero else np.nan
            marked[text] = status.name
            continue
        value, flag = _read_odd(text, form)
        unit = unit_of(text)
        mixed = bool(unit and form.unit and unit != form.unit)
        bad[at] = mixed or np.isnan(value)
        values[at] = np.nan if bad[at] else value
        statuses[at] = Status.ESTIMATED if flag == "e" else Status.OBSERVED
        if bad[at]:
            statuses[at] = Status.MISSING
            continue
        if unit:
            units.setdefault(unit, text)
        if flag:
            marked[f"({flag})"] = _FLAGS[flag]
    return Numbers(values, statuses, bad, marked, units)


def _cast(texts: pa.Array, form: NumberForm) -> NDArray[np.float64]:
    bare = pc.utf8_trim_whitespace(texts)
    bare = pc.replace_substring_regex(bare, f"[{re.escape(form.thousands)}{SPACES}+]", "")
    if form.decimal != ".":
        bare = pc.replace_substring(bare, form.decimal, ".")
    numbers: NDArray[np.float64] = bare.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers


def _read_odd(text: str, form: NumberForm) -> tuple[float, str]:
    """Read a number that carries a unit, a flag, an exponent or the sign of typesetters.

    Returns
    -------
    tuple of (float, str)
        NaN when it is none; the flag.
    """
    bare, flag = text.strip().translate(_DASHES), ""
    flagged = _FLAG.fullmatch(bare)
    if flagged:
        bare, flag = flagged["body"], flagged["flag"].lower()
    parts = re.escape(form.thousands) + SPACES
    decimal = re.escape(form.decimal)
    match = re.fullmatch(
        rf"([-+]?)\s?((?:0|[1-9]\d{{0,2}}(?:[{parts}]\d{{3}})+|[1-9]\d*)?)"
        rf"(?:{decimal}(\d+))?([eE][-+]?\d{{1,3}})?\s*{_UNITS}?",
        bare,
    )
    if not match or not (match[2] or match[3]):
        return np.nan, flag
    whole = re.sub(f"[{parts}]", "", match[2]) or "0"
    value = float(f"{match[1]}{whole}.{match[3] or 0}{match[4] or ''}")
    return (value, flag) if np.isfinite(value) else (np.nan, flag)
