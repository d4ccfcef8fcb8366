"""Editions of the administrative map of a country of a few villages, written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.packs.france.build.maps import CommuneMap

Rows = list[dict[str, Any]]


class TinyInputs:
    """Answer as the archives do, from tables given by (version, name)."""

    def __init__(self, tables: Mapping[tuple[str, str], Rows], census: Rows | None = None) -> None:
        self.tables = tables
        self.rows = census or []

    def edition(self, version: str, name: str) -> Rows:
        """Give a table of an edition; one that was not written is empty."""
        return self.tables.get((version, name), [])

    def census(self) -> pd.DataFrame:
        """Give the census by IRIS."""
        return pd.DataFrame(self.rows)


def commune(code: str, **more: Any) -> dict[str, Any]:
    """Write one commune of today, in the Ain unless said otherwise."""
    own = {"code": code, "type": "commune-actuelle", "nom": f"Village {code}", "typeLiaison": 0}
    return {**own, "departement": "01", "region": "84", **more}


def commune_map(
    year: int,
    codes: list[str],
    *,
    delegated: dict[str, str] | None = None,
    former: dict[str, str] | None = None,
    overseas: tuple[str, ...] = (),
    mayotte: tuple[str, ...] = (),
) -> CommuneMap:
    """Make a map of villages of the Ain, of an overseas collectivity and of Mayotte."""
    departement = ["" if c in overseas else "976" if c in mayotte else "01" for c in codes]
    communes = pd.DataFrame(
        {
            "name": [f"Village {code}" for code in codes],
            "departement": departement,
            "collectivite": ["988" if code in overseas else "" for code in codes],
            "epci": "200000000",
        },
        index=pd.Index(codes, name="code"),
    )
    districts = pd.DataFrame(
        columns=["name", "commune"], index=pd.Index([], name="code"), dtype=str
    )
    return CommuneMap(year, communes, delegated or {}, former or {}, districts, {})
