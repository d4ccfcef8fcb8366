"""The gallery of a whole country: every commune of France, with what holds them."""

from __future__ import annotations

from pathlib import Path

from workbench.packs.pack import Pack
from workbench.reports.index import Found, write_index
from workbench.reports.plan import make_plan
from workbench.reports.templates import find_template

LEVELS = ("country", "region", "departement", "epci", "commune")


def reports_of(pack: Pack, lang: str, *levels: str, failed: str = "") -> list[Found]:
    """List a report of each territory of some levels; those of the last one failed."""
    return [
        Found(place, lang, f"{level}/{place.code}.{lang}.html", failed=level == failed)
        for level in levels
        for place in pack.territories.several(list(pack.frame(level).index), level=level)
    ]


def write_long_gallery(pack: Pack, folder: Path) -> Path:
    """Write it in French with all levels, in English with failed EPCI and communes only."""
    plan = make_plan(
        find_template("portrait"),
        pack,
        territories=[pack.territory("59", "departement")],
        folder=folder,
        languages=("fr", "en"),
    )
    english = reports_of(pack, "en", "epci", "commune", failed="epci")
    write_index(plan, reports=[*reports_of(pack, "fr", *LEVELS), *english])
    return folder
