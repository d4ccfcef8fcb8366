"""Keep codes as they are, and say of those that a spreadsheet has spoilt what they were."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

__all__ = ["KINDS", "Code", "kind_of", "read_code"]

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
        or (bare.isdecimal() and len(bare) == size - 1)
        or bool(_SCIENTIFIC.fullmatch(bare))
        for bare in map(_bare, cells)
    )
    return named if cells and fitting >= 0.5 * len(cells) else ""


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
        whole = decimal[1]
        size = KINDS[kind][1]
        if len(whole) == size - 1:
            return Code(text, "code_short", whole.zfill(size), fatal=True)
        return Code(whole, "code_decimal", whole)
    if kind and bare.isdecimal() and len(bare) == KINDS[kind][1] - 1:
        return Code(text, "code_short", bare.zfill(KINDS[kind][1]), fatal=True)
    if kind == "commune" and re.fullmatch(r"2[ab]\d{3}", bare):
        return Code(bare.upper(), "code_case", bare.upper())
    if kind and " " in bare and KINDS[kind][0].fullmatch(re.sub(r"\s", "", bare)):
        joined = re.sub(r"\s", "", bare)
        return Code(joined, "code_spaced", joined)
    return Code(bare, "code_spaces", bare) if bare != text else Code(text)
