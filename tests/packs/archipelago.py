"""A made-up realm that differs on purpose: five levels, odd codes, one figure, no boundary.

==== ========== ======== ============ =====
role level      code     name         2020
==== ========== ======== ============ =====
base islet      IS.1 a   Coral           40
base islet      IS.1 b   <b>Reef</b>     60
base islet      IS.2 a   Sand & Salt    300
base islet      IS.2 b   Shoal            0
==== ========== ======== ============ =====

IS.1 are in atoll AT-1, IS.2 in AT-2; both are in the sea S, in the realm Q.Q. Coral has two
moorings, of 15 and 25. There is no group, no area, no source of boundaries, no older map.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from workbench.packs.pack import Pack, open_pack
from workbench.packs.tabulate import build_from_csv

LEVELS = ("mooring", "islet", "atoll", "sea", "realm")
ROLES = ("finest", "local", "middle", "region", "country")
SHAPES = (r"^m[0-9]$", r"^IS\.[0-9] [ab]$", r"^AT-[0-9]$", r"^S$", r"^Q\.Q$")
FRENCH = {
    "mooring": ("mouillage", "le", "ce"),
    "islet": ("îlot", "l'", "cet"),
    "atoll": ("atoll", "l'", "cet"),
    "sea": ("mer", "la", "cette"),
    "realm": ("royaume", "le", "ce"),
}
TERRITORIES = """level,code,name,name_ar,islet,atoll,sea,realm
realm,Q.Q,Quay,مملكة,,,,
sea,S,South Sea,بحر,,,,Q.Q
atoll,AT-1,First Ring,,,,S,Q.Q
atoll,AT-2,Second Ring,,,,S,Q.Q
islet,IS.1 a,Coral,مرجان,,AT-1,S,Q.Q
islet,IS.1 b,<b>Reef</b>,,,AT-1,S,Q.Q
islet,IS.2 a,Sand & Salt,رمل,,AT-2,S,Q.Q
islet,IS.2 b,Shoal,,,AT-2,S,Q.Q
mooring,m1,North Mooring,,IS.1 a,AT-1,S,Q.Q
mooring,m2,South Mooring,,IS.1 a,AT-1,S,Q.Q
"""
ISLETS = "code,population@2020\nIS.1 a,40\nIS.1 b,60\nIS.2 a,300\nIS.2 b,0\n"
MOORINGS = "code,population@2020\nm1,15\nm2,25\n"
TOTALS = (
    "level,code,variable,value\nrealm,Q.Q,population@2020,400\natoll,AT-1,population@2020,100\n"
)


def _level(place: int) -> dict[str, Any]:
    name = LEVELS[place]
    one, article, this = FRENCH[name]
    spaced = article if article.endswith("'") else f"{article} "
    return {
        "id": name,
        "role": ROLES[place],
        "code": SHAPES[place],
        "parents": list(LEVELS[place + 1 :]),
        "names": {
            "en": {"one": name, "many": f"{name}s", "the": f"the {name}", "this": f"this {name}"},
            "fr": {
                "one": one,
                "many": f"{one}s",
                "the": f"{spaced}{one}",
                "this": f"{this} {one}",
            },
        },
    }


def description() -> dict[str, Any]:
    """Return what ``pack.yml`` says."""
    text = {"en": "Made-up count", "fr": "Compte inventé"}
    return {
        "name": "archipelago",
        "title": {"en": "Quay", "fr": "Quay"},
        "simulated": True,
        "languages": ["en", "fr"],
        "default_language": "en",
        "other_names": {
            "ar": {"direction": "rtl", "label": {"en": "Arabic name", "fr": "Nom arabe"}}
        },
        "country": "Q.Q",
        "vintage": 2020,
        "vintages": [2020],
        "base_level": "islet",
        "levels": [_level(place) for place in range(5)],
        "sources": {
            "count": {
                "title": text,
                "producer": "Nobody",
                "licence": "CC0-1.0",
                "reference": {"en": "2020", "fr": "2020"},
                "url": "https://quay.example",
            }
        },
        "variables": {
            "population": {
                "unit": "person",
                "sources": ["count"],
                "caveats": [],
                "long_name": {"en": "People", "fr": "Habitants"},
            }
        },
    }


def write_archipelago(folder: Path, **files: str) -> Path:
    """Write the realm's pack.yml and CSV files, some of them other than its own."""
    sources = folder / "sources"
    sources.mkdir(parents=True)
    texts = {
        "territories": TERRITORIES,
        "islet": ISLETS,
        "mooring": MOORINGS,
        "totals": TOTALS,
        **files,
    }
    for name, text in texts.items():
        (sources / f"{name}.csv").write_text(text, "utf-8")
    declared = yaml.safe_dump(description(), allow_unicode=True, sort_keys=False)
    (folder / "pack.yml").write_text(declared, "utf-8")
    return folder


def archipelago(folder: Path, **files: str) -> Pack:
    """Build the realm and open it."""
    build_from_csv(write_archipelago(folder, **files))
    return open_pack(str(folder))
