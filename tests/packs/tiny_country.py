"""A country on a disk, small enough to count by hand: six towns, two counties, English only.

===== ======= ====== ====== ====
code  county  2018   2023   km²
===== ======= ====== ====== ====
A-001 A       100    110    10
A-002 A       200    190    20
A-003 A       300    330    10
B-001 B       1 000  1 000  50
B-002 B       2 000  2 100  40
B-003 B       400    500    20
===== ======= ====== ====== ====

Published: 4 000 in 2018, 4 230 in 2023.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from workbench.packs.pack import Pack, open_pack

TOWNS = {
    "A-001": ("Alder", "A", 100, 110, 10.0),
    "A-002": ("Ash", "A", 200, 190, 20.0),
    "A-003": ("Aspen", "A", 300, 330, 10.0),
    "B-001": ("Beech", "B", 1000, 1000, 50.0),
    "B-002": ("Birch", "B", 2000, 2100, 40.0),
    "B-003": ("Box", "B", 400, 500, 20.0),
}
PUBLISHED = {"2018": 4000, "2023": 4230}


def _level(name: str, role: str, code: str, parents: list[str]) -> dict[str, Any]:
    words = {"one": name, "many": f"{name}s", "the": f"the {name}", "this": f"this {name}"}
    return {
        "id": name,
        "role": role,
        "code": code,
        "parents": parents,
        "names": {"en": words},
        "siblings": "county" if name == "town" else "",
    }


def _variable(unit: str) -> dict[str, Any]:
    return {"unit": unit, "sources": ["count"], "caveats": [], "long_name": {"en": "Count"}}


def description() -> dict[str, Any]:
    """Return what ``pack.yml`` says."""
    text = {"en": "The count"}
    return {
        "name": "tiny",
        "title": {"en": "Tinyland"},
        "languages": ["en"],
        "default_language": "en",
        "country": "TL",
        "vintage": 2023,
        "vintages": [2023],
        "base_level": "town",
        "levels": [
            _level("town", "local", "^[AB]-[0-9]{3}$", ["county", "country"]),
            _level("county", "middle", "^[AB]$", ["country"]),
            _level("country", "country", "^TL$", []),
        ],
        "map_levels": {"town": "town", "county": "town", "country": "county"},
        "sources": {
            "count": {
                "title": text,
                "producer": "Count office",
                "licence": "CC0-1.0",
                "reference": text,
                "url": "https://count.example",
            }
        },
        "caveats": {},
        "variables": {"population": _variable("person"), "area_km2": _variable("km2")},
        "frames": [
            {
                "id": "main",
                "label": {"en": "Tinyland"},
                "projection": {"kind": "local", "longitude": 0.0, "latitude": 0.0},
            }
        ],
        "secrecy": {},
        "peers": {"count": 2, "variables": [{"indicator": "population", "log": True}]},
    }


def territories() -> pd.DataFrame:
    """Return the table of territories."""
    rows = [
        {"level": "town", "code": code, "name": name, "county": county, "country": "TL"}
        for code, (name, county, *_) in TOWNS.items()
    ]
    rows += [
        {"level": "county", "code": code, "name": f"{code}shire", "country": "TL"} for code in "AB"
    ]
    rows.append({"level": "country", "code": "TL", "name": "Tinyland"})
    text = ["level", "code", "name", "article", "type", "postcodes", "town", "county", "country"]
    table = pd.DataFrame(rows).fillna("").reindex(columns=text, fill_value="")
    return table.assign(article_in_name=False, area_km2=float("nan"))


def counts() -> pd.DataFrame:
    """Return the counts of the towns."""
    columns = ["code", "population@2018", "population@2023", "area_km2"]
    return pd.DataFrame(
        [(code, *figures[2:]) for code, figures in TOWNS.items()], columns=columns
    ).astype({"population@2018": "Float64", "population@2023": "Float64"})


def write_country(
    folder: Path,
    *,
    places: pd.DataFrame | None = None,
    figures: pd.DataFrame | None = None,
    published: dict[str, int] | None = None,
    **described: Any,
) -> Pack:
    """Write the country into a folder, with other tables or words than its own, and open it."""
    data = folder / "data"
    data.mkdir(parents=True)
    (folder / "pack.yml").write_text(yaml.safe_dump({**description(), **described}), "utf-8")
    tables = {
        "territories": territories() if places is None else places,
        "town": counts() if figures is None else figures,
        "statuses": pd.DataFrame(columns=["level", "variable", "code", "status"]).astype(
            {"level": str, "variable": str, "code": str, "status": "int8"}
        ),
    }
    for name, table in tables.items():
        table.to_parquet(data / f"{name}.parquet", index=False)
    hashes = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(data.glob("*.parquet"))
    }
    manifest = {"tables": hashes, "published_population": published or PUBLISHED}
    (data / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return open_pack(str(folder))
