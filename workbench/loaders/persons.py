"""Direct identifiers of persons, found in columns before they are published: French data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.core.folding import fold
from workbench.loaders.codes import has_key

__all__ = ["KINDS", "Identifier", "find_identifiers"]

_SAMPLE = 2000
# Share of the values that must look like it, where the heading says nothing.
_MANY = 0.3
# Where the heading says it, a few are enough.
_SOME = 0.02

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_PHONE = re.compile(r"(?:\+33|0033|0)\s*\(?0?\)?\s*[1-9](?:[\s.\-/]*\d{2}){4}")
_NIR = re.compile(r"([12378])\s?(\d{2})\s?(\d{2})\s?(\d{2}|2[ABab])\s?(\d{3})\s?(\d{3})\s?(\d{2})?")
_SIRET = re.compile(r"\d{3}\s?\d{3}\s?\d{3}\s?\d{5}")
_WAYS = (
    r"rue|avenue|av|boulevard|bd|bld|chemin|che|impasse|imp|allée|allee|all|place|pl|route|rte|"
    r"quai|square|sq|cours|passage|residence|résidence|lotissement|lot|hameau|sentier|ruelle|cité"
)
_ADDRESS = re.compile(rf"\d{{1,4}}\s*(?:bis|ter|quater|[a-d])?\s*,?\s+(?:{_WAYS})\b", re.IGNORECASE)
_NAME = re.compile(
    r"(?:(?:M\.?|Mme|Mlle|Monsieur|Madame|Dr|Me)\s+)(?:[A-ZÀ-Ý][\w'’-]+\s*){1,4}"
    r"|[A-ZÀ-Ý][a-zà-ÿ]+(?:-[A-ZÀ-Ý][a-zà-ÿ]+)?\s+[A-ZÀ-Ý][A-ZÀ-Ý'’-]{2,}"
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4}")


@dataclass(frozen=True, slots=True)
class Identifier:
    """Tell a column that names, or leads to, persons.

    Parameters
    ----------
    column : str
    kind : str
        One of :data:`KINDS`.
    share : float
        Of the values looked at that are of the kind.
    sure : bool
        The values say it; else the heading alone, or values that may be an organisation's.
    """

    column: str
    kind: str
    share: float
    sure: bool


def _is_nir(text: str) -> bool:
    """Tell a social security number; its key, where it is there, must be right."""
    match = _NIR.fullmatch(text.strip())
    if not match or not 1 <= int(match[3]) <= 99:
        return False
    if match[7] is None:
        return 1 <= int(match[3]) <= 12
    # Corsica's letters count as 19 and 18.
    place = {"2A": "19", "2B": "18"}.get(match[4].upper(), match[4])
    number = int("".join(match.group(1, 2, 3)) + place + match[5] + match[6])
    return 97 - number % 97 == int(match[7])


def _is_siret(text: str) -> bool:
    """Tell a SIRET: its digits satisfy Luhn's sum, but for those of the postal service."""
    digits = re.sub(r"\s", "", text)
    if not _SIRET.fullmatch(text.strip()):
        return False
    if digits.startswith("356000000"):
        return sum(map(int, digits)) % 5 == 0
    return has_key(digits)


def _like(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.search(text) is not None


def _whole(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text.strip()) is not None


_LOOKS: Mapping[str, Callable[[str], bool]] = {
    "nir": _is_nir,
    "email": _like(_MAIL),
    "phone": _whole(_PHONE),
    "company": _is_siret,
    "address": _like(_ADDRESS),
    "name": _whole(_NAME),
    "birth_date": _whole(_DATE),
}
KINDS: tuple[str, ...] = tuple(_LOOKS)
"""What is looked for: social security number, e-mail, phone, SIRET, address, name, birth date."""

# Words of headings, folded. A SIRET is a person's when it is a sole trader's.
_HEADINGS: Mapping[str, re.Pattern[str]] = {
    "nir": re.compile(r"\b(nir|numero securite sociale|num secu|nss|n secu)\b"),
    "email": re.compile(r"\b(e ?mail|mail|courriel|adresse electronique|mel)\b"),
    "phone": re.compile(r"\b(tel|telephone|portable|mobile|gsm|phone)\b"),
    "company": re.compile(r"\bsiret\b"),
    "address": re.compile(r"\b(adresse|adr|address|numero voie|voie|domicile)\b"),
    "name": re.compile(
        r"\b(prenoms?|nom (de )?(naissance|famille|usage|usuel|patronymique|complet)|patronyme|"
        r"nom prenom|prenom nom|identite|first ?name|last ?name|surname|civilite|beneficiaire)\b"
    ),
    "birth_date": re.compile(r"\b(date (de )?naissance|ne e? ?le|birth ?date|ddn|dat naiss)\b"),
}
# Only a heading tells a date of birth from another date.
_BY_HEADING = frozenset({"birth_date"})
# Legal category of sole traders (INSEE, Catégories juridiques, level III).
_SOLE_TRADER = "1000"


def find_identifiers(frame: pd.DataFrame) -> list[Identifier]:
    """Find the columns that identify persons by themselves.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    list of Identifier
        In the order of the columns, the likeliest kind of each. A SIRET is sure where a column
        of legal categories has sole traders (1000); else it may be.

    Examples
    --------
    >>> found = find_identifiers(pd.DataFrame({"contact": ["a.b@ville.fr", "c@d.fr"], "n": [1, 2]}))
    >>> [(each.column, each.kind, each.sure) for each in found]
    [('contact', 'email', True)]
    """
    sole = any(
        frame[name].astype(str).isin([_SOLE_TRADER]).any()
        for name in frame.columns
        if "categorie juridique" in _heading(name) or "nature juridique" in _heading(name)
    )
    found = []
    for name in map(str, frame.columns):
        # Bytes are an outline or a picture: no text to read.
        sample = [
            each for each in frame[name].dropna().head(_SAMPLE) if not isinstance(each, bytes)
        ]
        texts = [each for each in map(str, sample) if each.strip()]
        best = _best(_heading(name), texts)
        if best is not None:
            kind, share, sure = best
            found.append(Identifier(name, kind, share, sure and (kind != "company" or sole)))
    return found


def _heading(name: object) -> str:
    spaced = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", str(name))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(spaced)).split())


def _best(heading: str, texts: list[str]) -> tuple[str, float, bool] | None:
    for kind, looks in _LOOKS.items():
        said = _HEADINGS[kind].search(heading) is not None
        share = sum(map(looks, texts)) / len(texts) if texts else 0.0
        if kind in _BY_HEADING and not said:
            continue
        if share >= (_SOME if said else _MANY) and texts:
            return kind, share, True
        if said and texts and kind in ("nir", "name"):
            return kind, share, False
    return None
