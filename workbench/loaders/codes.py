"""Keep codes as they are, and say of those that a spreadsheet has spoilt what they were."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

__all__ = ["KINDS", "Code", "company_kind", "has_key", "kind_of", "read_code"]

# What each kind of code looks like, and how many characters it has.
KINDS: Mapping[str, tuple[re.Pattern[str], int]] = {
    "commune": (re.compile(r"\d{5}|2[AB]\d{3}"), 5),
    "postcode": (re.compile(r"\d{5}"), 5),
    "departement": (re.compile(r"\d{2}|2[AB]|97\d"), 2),
    "station": (re.compile(r"\d{8}"), 8),
    "siren": (re.compile(r"\d{9}"), 9),
    "siret": (re.compile(r"\d{14}"), 14),
}
# Words of the heading that name the kind. "Code commune" is not here: in some files it is that of
# the commune within its département.
_HEADINGS = (
    ("siret", ({"siret"},)),
    ("siren", ({"siren"},)),
    ("postcode", ({"postal"}, {"postcode"}, {"cp"})),
    ("commune", ({"insee"}, {"codgeo"}, {"depcom"}, {"codinsee"}, {"codeinsee"})),
)
_NOT_COMMUNES = frozenset(
    {"region", "reg", "departement", "dep", "epci", "iris", "canton", "can", "arr"}
)
# Numbers of companies end with a key (Luhn): it tells zeros that were lost from digits that were.
_KEYED = ("siren", "siret")
_MOST_ZEROS = 3
_LEAST_SHARE = 0.9  # of numbers whose key is right for a column to be one of companies
_WRAPPED = re.compile(r'="?([^"]*)"?|\'(.*)')
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?[eE]\+?\d{1,2}")
_DECIMAL = re.compile(r"(\d+)[.,]0+")


@dataclass(frozen=True, slots=True)
class Code:
    """Hold a code as it is to be read.

    Parameters
    ----------
    text : str
    reason : str
        Message that says what was wrong; empty when nothing was.
    repair : str
        What it should be, empty when it cannot be known.
    fatal : bool
        The code is not the one it was.
    """

    text: str
    reason: str = ""
    repair: str = ""
    fatal: bool = False


def kind_of(heading: Collection[str], cells: Collection[str]) -> str:
    """Name the kind of the codes of a column, ``""`` when it is not one that is known here.

    Examples
    --------
    >>> kind_of({"code", "insee"}, ["01001", "1002"])
    'commune'
    >>> kind_of({"code", "commune"}, ["001", "002"])
    ''
    """
    names = frozenset(heading)
    named = next((kind for kind, sets in _HEADINGS if any(each <= names for each in sets)), "")
    if not named or (named == "commune" and names & _NOT_COMMUNES):
        return ""
    pattern, size = KINDS[named]
    fitting = sum(
        bool(pattern.fullmatch(bare))
        or (bare.isdecimal() and (len(bare) == size - 1 or bool(_whole(bare, named))))
        or bool(_SCIENTIFIC.fullmatch(bare))
        for bare in map(_bare, cells)
    )
    return named if cells and fitting >= 0.5 * len(cells) else ""


def company_kind(cells: Collection[str]) -> str:
    """Name the kind of cells that are all SIREN or SIRET numbers by their key, ``""`` otherwise.

    Some may have lost the zeros that they began with.

    Examples
    --------
    >>> company_kind(["130025265", "213500135"]), company_kind(["130025265", "213500136"])
    ('siren', '')
    >>> company_kind(["130025265", "213500135", "5520135"])
    'siren'
    """
    if len(cells) < 2 or not all(cell.isdecimal() for cell in cells):
        return ""
    for kind in _KEYED:
        size = KINDS[kind][1]
        whole = sum(len(cell) == size for cell in cells)
        if (
            all(size - _MOST_ZEROS <= len(cell) <= size for cell in cells)
            and (whole == len(cells) or 2 <= whole >= len(cells) / 2)
            and sum(has_key(cell.zfill(size)) for cell in cells) >= _LEAST_SHARE * len(cells)
        ):
            return kind
    return ""


def has_key(digits: str) -> bool:
    """Tell whether a number of a company ends with its key (Luhn).

    Of a whole column at once, see `workbench.geography.code_kinds.luhn`.

    Examples
    --------
    >>> has_key("130025265"), has_key("130025266")
    (True, False)
    """
    doubled = [int(each) * (1 + at % 2) for at, each in enumerate(reversed(digits))]
    return sum(each - 9 * (each > 9) for each in doubled) % 10 == 0


def _whole(digits: str, kind: str) -> str:
    """Return a code with the zeros that it has lost, ``""`` when that is not sure."""
    size = KINDS[kind][1]
    whole, lost = digits.zfill(size), size - len(digits)
    if kind in _KEYED:
        return whole if 0 < lost <= _MOST_ZEROS and has_key(whole) else ""
    return whole if lost == 1 else ""


def _bare(text: str) -> str:
    bare = text.strip()
    match = _WRAPPED.fullmatch(bare)
    if match:
        bare = (match[1] if match[1] is not None else match[2]).strip()
    decimal = _DECIMAL.fullmatch(bare)
    return decimal[1] if decimal else bare


def read_code(text: str, kind: str) -> Code:
    """Read one code.

    Parameters
    ----------
    text : str
    kind : str
        See `kind_of`.

    Examples
    --------
    >>> read_code("01001", "commune")
    Code(text='01001', reason='', repair='', fatal=False)
    >>> read_code('="01001"', "commune").text
    '01001'
    >>> read_code("1001", "commune").repair
    '01001'
    >>> read_code("5520135", "siren").repair
    '005520135'
    >>> read_code("2,10602E+13", "siret").fatal
    True
    """
    bare = text.strip()
    if _SCIENTIFIC.fullmatch(bare) and kind:
        return Code(text, "code_scientific", fatal=True)
    match = _WRAPPED.fullmatch(bare)
    if match:
        inner = (match[1] if match[1] is not None else match[2]).strip()
        return Code(inner, "code_wrapped", inner)
    decimal = _DECIMAL.fullmatch(bare)
    if decimal and kind:
        if short := _short(text, decimal[1], kind):
            return short
        return Code(decimal[1], "code_decimal", decimal[1])
    if kind and bare.isdecimal() and (short := _short(text, bare, kind)):
        return short
    if kind == "commune" and re.fullmatch(r"2[ab]\d{3}", bare):
        return Code(bare.upper(), "code_case", bare.upper())
    if kind and " " in bare and KINDS[kind][0].fullmatch(re.sub(r"\s", "", bare)):
        joined = re.sub(r"\s", "", bare)
        return Code(joined, "code_spaced", joined)
    return Code(bare, "code_spaces", bare) if bare != text else Code(text)


def _short(text: str, digits: str, kind: str) -> Code | None:
    """Tell a code that lacks the zeros it began with, None for one that does not."""
    whole = _whole(digits, kind)
    if not whole and len(digits) != KINDS[kind][1] - 1:
        return None
    return Code(text, "code_short", whole, fatal=True)
