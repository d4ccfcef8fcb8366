"""The licences of open data that a pack may name, by SPDX identifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from workbench.core.errors import UnknownName, nearest

__all__ = ["LICENCES", "Licence", "licence"]


@dataclass(frozen=True, slots=True)
class Licence:
    """Name a licence: SPDX identifier, usual name, address of its text."""

    id: str
    name: str
    url: str


_CC = "https://creativecommons.org"
_ODC = "https://opendatacommons.org/licenses"
# References: SPDX License List 3.24, https://spdx.org/licenses/
LICENCES: Mapping[str, Licence] = MappingProxyType(
    {
        each.id: each
        for each in (
            Licence(
                "etalab-2.0",
                "Licence Ouverte 2.0",
                "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
            ),
            Licence("CC0-1.0", "CC0 1.0", f"{_CC}/publicdomain/zero/1.0/"),
            Licence("CC-BY-3.0", "CC BY 3.0", f"{_CC}/licenses/by/3.0/"),
            Licence("CC-BY-3.0-IGO", "CC BY 3.0 IGO", f"{_CC}/licenses/by/3.0/igo/"),
            Licence("CC-BY-4.0", "CC BY 4.0", f"{_CC}/licenses/by/4.0/"),
            Licence("CC-BY-SA-4.0", "CC BY-SA 4.0", f"{_CC}/licenses/by-sa/4.0/"),
            Licence("ODbL-1.0", "ODbL 1.0", f"{_ODC}/odbl/1-0/"),
            Licence("ODC-By-1.0", "ODC-BY 1.0", f"{_ODC}/by/1-0/"),
            Licence("PDDL-1.0", "PDDL 1.0", f"{_ODC}/pddl/1-0/"),
            Licence("DL-DE-BY-2.0", "dl-de/by-2-0", "https://www.govdata.de/dl-de/by-2-0"),
            Licence("NLOD-2.0", "NLOD 2.0", "https://data.norge.no/nlod/en/2.0"),
            Licence(
                "OGL-UK-3.0",
                "Open Government Licence v3.0",
                "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            ),
        )
    }
)


def licence(text: str) -> Licence:
    """Return the licence that a text names, by its identifier or its usual name.

    Raises
    ------
    UnknownName
        Naming the nearest identifiers.

    Examples
    --------
    >>> licence("Licence Ouverte 2.0").id
    'etalab-2.0'
    >>> licence("CC-BY-4")
    Traceback (most recent call last):
    ...
    workbench.core.errors.UnknownName: Licence 'CC-BY-4' is not known (nearest: CC-BY-4.0, ...
    """
    for each in LICENCES.values():
        if text in (each.id, each.name):
            return each
    raise UnknownName(
        f"Licence {text!r} is not known ({nearest(text, LICENCES)}). Give its SPDX identifier."
    )
