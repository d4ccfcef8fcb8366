"""A country of eight towns whose codes tell everything: when they were in force, what they became.

Towns are a letter and two digits, ``A01`` to ``B04``; the letter is the county.

========== ===================================================
2012-07-01 A02 merges into A01
2015-06-01 B02 becomes B12
2018-01-01 A04 is split from A03
2020-03-01 B03 is shared out between B01 and B04, and ends
========== ===================================================

Postcodes are three digits: 100 serves A01, 200 serves A03 and B01. A part of A01 is ``A01-N``.
Companies have four digits, the last a Luhn check digit; those that begin with 9 have a sum of
digits that is a multiple of 5 instead.
"""

from __future__ import annotations

import pandas as pd

from workbench.geography.code_kinds import CodeBook, CodeKind
from workbench.geography.code_years import code_years
from workbench.geography.event import COLUMNS, Events

LATEST = ["A01", "A03", "A04", "B01", "B04", "B12"]
VINTAGE = 2022


def _words(one: str, many: str) -> dict[str, dict[str, str]]:
    return {"one": {"fr": f"un {one}", "en": f"a {one}"}, "many": {"fr": many, "en": many}}


TOWN = CodeKind(
    "town", **_words("town code", "town codes"), pattern="^[AB][0-9]{2}$", width=3, level="town",
    columns=("town code", "town"),
)  # fmt: skip
PART = CodeKind(
    "part", **_words("part code", "part codes"), pattern="^[AB][0-9]{2}-[NS]$", level="part",
    whole="town", columns=("part",),
)  # fmt: skip
POST = CodeKind(
    "post", **_words("postcode", "postcodes"), pattern="^[0-9]{3}$", width=3, level="town",
    column="postcodes", columns=("postcode",), advice={"fr": "Non.", "en": "A postcode is none."},
)  # fmt: skip
COMPANY = CodeKind(
    "company", **_words("company number", "company numbers"), pattern="^[0-9]{4}$", width=4,
    check="luhn", exceptions={"9": "sum_of_five"}, columns=("company",),
)  # fmt: skip
COUNTY = CodeKind(
    "county", **_words("county number", "county numbers"), pattern="^[0-9]{2}$", width=2,
    level="county", former={"03": ("01",), "04": ("01", "02")}, columns=("county",),
)  # fmt: skip


def events() -> Events:
    """Return what happened to the towns."""
    rows = [
        ("2012-07-01", "merger", "A01", "A01"),
        ("2012-07-01", "merger", "A02", "A01"),
        ("2015-06-01", "code_change", "B02", "B12"),
        ("2018-01-01", "split", "A03", "A03"),
        ("2018-01-01", "split", "A03", "A04"),
        ("2020-03-01", "end", "B03", "B01"),
        ("2020-03-01", "end", "B03", "B04"),
        ("2020-03-01", "end", "B01", "B01"),
        ("2020-03-01", "end", "B04", "B04"),
    ]
    full = [(day, kind, a, a, "", a[0], b, b, "", b[0]) for day, kind, a, b in rows]
    return Events(pd.DataFrame(full, columns=list(COLUMNS)), pd.Index(LATEST), VINTAGE)


def book() -> CodeBook:
    """Return what is known of the codes of the country."""
    named = pd.Series([f"Town {code}" for code in LATEST], index=pd.Index(LATEST, dtype=object))
    holders = {
        "part": {"A01-N": ("A01",), "A01-S": ("A01",)},
        "post": {"100": ("A01",), "200": ("A03", "B01")},
    }
    names = {kind: pd.Series("", index=pd.Index(list(codes))) for kind, codes in holders.items()}
    timeline = code_years(events())
    return CodeBook(
        kinds={kind.id: kind for kind in (TOWN, PART, POST, COMPANY, COUNTY)},
        base="town",
        names={**names, "town": named, "county": pd.Series("", index=pd.Index(["01", "02"]))},
        holders=holders,
        parents={code: code[0] for code in timeline.codes},
        timeline=timeline,
    )
