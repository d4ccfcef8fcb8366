"""Read the successive commune maps and the transitions that lead from one to the next.

Editions of the administrative map, one a year of the COG (1 January):

====  =======  ====================================================================
map   edition  communes of the 101 départements
====  =======  ====================================================================
2019  0.7.0    34,970
2021  1.1.1    34,965
2022  2.3.1    34,955
2023  3.1.1    34,945
2024  4.1.0    34,935
2025  5.3.0    34,875
2026  6.0.0    34,875 (its EPCI members are those of 5.3.0: labelled 2025)
====  =======  ====================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core.errors import PackInvalid
from workbench.packs.france.build.inputs import Inputs

__all__ = ["EDITIONS", "CommuneMap", "group_edition", "read_map", "step"]

EDITIONS: dict[int, str] = {
    2019: "0.7.0",
    2021: "1.1.1",
    2022: "2.3.1",
    2023: "3.1.1",
    2024: "4.1.0",
    2025: "5.3.0",
    2026: "6.0.0",
}

# Collectivités d'outre-mer: no département, no région; listed since edition 0.7.0.
_OVERSEAS_COLLECTIVITIES = ("975", "977", "978", "984", "986", "987", "988", "989")

# INSEE's "type de nom en clair" (TNCC), which says how a name takes its article.
ARTICLES = {0: "", 1: "", 2: "le", 3: "la", 4: "les", 5: "l'", 6: "aux", 7: "las", 8: "los"}


@dataclass(frozen=True)
class CommuneMap:
    """Hold the communes of one 1 January.

    ``communes`` is indexed by code, with name, article, departement, region, collectivite,
    epci, ept; ``delegated`` gives the commune of each delegated or associated commune;
    ``former`` the commune of today of each former code, as the edition states it.
    """

    year: int
    communes: pd.DataFrame
    delegated: dict[str, str]
    former: dict[str, str]
    districts: pd.DataFrame
    postcodes: dict[str, str]


def read_map(inputs: Inputs, year: int) -> CommuneMap:
    """Read the map of one year from its edition."""
    version = EDITIONS[year]
    rows = inputs.edition(version, "communes")
    current = {r["code"]: r for r in rows if r["type"] == "commune-actuelle"}
    epci, ept = (
        _members(inputs.edition(group_edition(level, year), level)) for level in ("epci", "ept")
    )
    communes = pd.DataFrame.from_records(
        [_commune(code, row, epci, ept) for code, row in sorted(current.items())]
    ).set_index("code")
    former = {old: code for code, row in current.items() for old in row.get("anciensCodes", ())}
    delegated = {
        r["code"]: r["chefLieu"]
        for r in rows
        if r["type"] in ("commune-deleguee", "commune-associee")
    }
    districts = pd.DataFrame.from_records(
        [
            {"code": r["code"], "name": r["nom"], "commune": r["commune"]}
            for r in rows
            if r["type"] == "arrondissement-municipal"
        ]
    ).set_index("code")
    postcodes = {code: " ".join(row.get("codesPostaux", ())) for code, row in current.items()}
    return CommuneMap(year, communes, delegated, former, districts, postcodes)


def group_edition(level: str, year: int) -> str:
    """Name the edition that lists the groups of a level on the map of a year."""
    # The list of EPT exists since 2023; their perimeter has not moved since 2016.
    return EDITIONS[max(year, 2023) if level == "ept" else year]


def _members(groups: list[dict[str, Any]]) -> dict[str, str]:
    return {member["code"]: group["code"] for group in groups for member in group["membres"]}


def _commune(
    code: str, row: dict[str, Any], epci: dict[str, str], ept: dict[str, str]
) -> dict[str, str]:
    overseas = code[:3] if code[:3] in _OVERSEAS_COLLECTIVITIES else ""
    return {
        "code": code,
        "name": row["nom"],
        "article": ARTICLES[int(row.get("typeLiaison", 0))],
        "departement": "" if overseas else row["departement"],
        "region": "" if overseas else row["region"],
        "collectivite": overseas,
        "epci": epci.get(code, ""),
        "ept": ept.get(code, ""),
    }


def step(before: CommuneMap, after: CommuneMap) -> list[tuple[str, str]]:
    """Pair every commune of one map with those that hold its ground on the next.

    A code that stays is paired with itself; one that goes, with the commune that lists it as
    delegated or former; one that appears, with the commune it was a delegated part of. The
    editions name each of these: nothing is guessed, and what they do not name is an error.

    Parameters
    ----------
    before, after : CommuneMap
        Two successive maps.

    Returns
    -------
    list of (code before, code after)
        Several pairs for a commune that was split.
    """
    old, new = set(before.communes.index), set(after.communes.index)
    pairs = [(code, code) for code in sorted(old & new)]
    named = set()
    for code in sorted(old - new):
        target = after.former.get(code) or after.delegated.get(code)
        if target not in new:
            raise PackInvalid(f"commune {code} of map {before.year} has no successor")
        pairs.append((code, target))
        named.add(target)
    for code in sorted(new - old - named):
        origin = before.delegated.get(code)
        if origin not in old:
            # Overseas collectivities enter the editions as they are: no ground moved.
            if after.communes.at[code, "collectivite"]:
                continue
            raise PackInvalid(f"commune {code} of map {after.year} has no origin")
        pairs.append((origin, code))
    return pairs
