"""Assemble the gallery of a folder: the reports of this run and of those before it.

The folder itself is the list: a page stands at ``<level>/<code>.<language>.html``, the partial
notebook of a failure under ``failed/``. A gallery is written for each language found there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from workbench.core.i18n import translate
from workbench.core.types import Territory
from workbench.indicators.levels import LevelFigures, level_figures
from workbench.packs.pack import Pack
from workbench.reports.footing import making_of
from workbench.reports.gallery import GalleryEntry, write_gallery
from workbench.reports.plan import Plan
from workbench.reports.portrait.maps import draw_map, map_extent
from workbench.reports.portrait.words import Words
from workbench.reports.templates import Template

__all__ = ["Found", "entry_of", "find_reports", "gallery_names", "write_index"]

_LANGUAGE = re.compile(r'<html lang="(\w+)">')
# What the gallery says of a territory, and what its map shows.
_POPULATION, _MAPPED = "population", "population_density"


@dataclass(frozen=True, slots=True)
class Found:
    """Name one report of a folder, or the partial notebook of one that failed.

    Parameters
    ----------
    territory : Territory
    lang : str
    href : str
        From the folder.
    failed : bool
    """

    territory: Territory
    lang: str
    href: str
    failed: bool = False


def find_reports(folder: Path, pack: Pack) -> list[Found]:
    """Find every report of a folder, widest levels first then by code.

    Files that bear another name than a report's, or the code of no territory of this map, are
    left alone.
    """
    found = []
    for level in reversed(pack.territories.levels):
        codes = pack.frame(level).index
        pages = sorted((folder / level).glob("*.html"))
        partial = sorted((folder / "failed" / level).glob("*.html.ipynb"))
        for path in (*pages, *partial):
            code, _, rest = path.name.partition(".")
            lang = rest.partition(".")[0]
            failed = path.suffix == ".ipynb"
            known = rest.startswith(f"{lang}.html") and lang in pack.spec.languages
            # A page made since then takes the place of the failure.
            superseded = failed and (folder / level / f"{code}.{lang}.html").exists()
            if known and code in codes and not superseded:
                href = path.relative_to(folder).as_posix()
                found.append(Found(pack.territory(code, level), lang, href, failed))
    return found


def gallery_names(folder: Path, pack: Pack, languages: Sequence[str]) -> dict[str, str]:
    """Name the gallery's file in each language.

    ``index.html`` keeps the language it has, since earlier reports lead to it; in a new folder it
    is in the run's first language.

    Parameters
    ----------
    folder : Path
    pack : Pack
    languages : sequence of str
        Those of the run; those of earlier reports of the folder follow.

    Examples
    --------
    >>> from workbench.packs.pack import open_pack
    >>> gallery_names(Path("no-such-folder"), open_pack("france"), ["fr", "en"])
    {'fr': 'index.html', 'en': 'index.en.html'}
    """
    earlier = [lang for lang in pack.spec.languages if any(folder.glob(f"*/*.{lang}.html"))]
    kept = _language_of(folder / "index.html")
    ordered = [kept] if kept in earlier else []
    first, *others = dict.fromkeys((*ordered, *languages, *earlier))
    return {first: "index.html", **{lang: f"index.{lang}.html" for lang in others}}


def _language_of(page: Path) -> str:
    """Read the language that a page declares; nothing when there is no page."""
    if not page.exists():
        return ""
    with page.open(encoding="utf-8") as text:
        found = _LANGUAGE.search(text.read(200))
    return found[1] if found else ""


def write_index(plan: Plan) -> Path:
    """Write the gallery of a plan's folder, in each of its languages.

    Parameters
    ----------
    plan : Plan
        Run already.

    Returns
    -------
    Path
        Of the gallery in the run's first language.
    """
    reports = find_reports(plan.folder, plan.pack)
    names = gallery_names(plan.folder, plan.pack, plan.languages)
    for lang, name in names.items():
        mine = [report for report in reports if report.lang == lang]
        words = Words(plan.pack, lang)
        drawn = _map(mine, words)
        write_gallery(
            [entry_of(report, words) for report in mine],
            plan.folder,
            lang=lang,
            title=gallery_title(plan.template, lang),
            map_svg=drawn[0] if drawn else None,
            map_caption=drawn[1] if drawn else "",
            generated=making_of(plan),
            name=name,
            languages={other: names[other] for other in names if other != lang},
        )
    return plan.folder / names[plan.languages[0]]


def gallery_title(template: Template, lang: str) -> str:
    """Return the title that the template gives its gallery, or one made from its name."""
    titles: Mapping[str, str] = template.declared.get("gallery", {})
    return titles.get(lang) or translate("gallery.untitled", lang, template=template.name)


def entry_of(report: Found, words: Words) -> GalleryEntry:
    """Say of a report what the gallery lists: group, parent, postcodes, population."""
    pack, territory = words.pack, report.territory
    label = words.noun(territory.level)
    row = pack.frame(territory.level).loc[territory.code]
    return GalleryEntry(
        code=territory.code,
        name=territory.name,
        level=territory.level,
        level_label=label[0].upper() + label[1:],
        href=report.href,
        group=_group(pack, territory),
        within=_within(pack, territory),
        postcodes=tuple(str(row.get("postcodes", "")).split()),
        population=_population(level_figures(pack, territory.level), territory.code),
        status="failed" if report.failed else "done",
    )


def _holders(pack: Pack, territory: Territory) -> dict[str, Territory]:
    """Return the territory and those that hold it, by role of their level; the widest wins."""
    levels = [level for level in pack.territories.levels if level in territory.parents]
    held = pack.territories.parents(territory, levels)
    return {pack.level(each.level).role: each for each in (territory, *held)}


def _group(pack: Pack, territory: Territory) -> str:
    """Return the région's name; outside régions, that of the collectivité."""
    holders = _holders(pack, territory)
    holder = holders.get("region") or holders.get("middle")
    return holder.name if holder else ""


def _within(pack: Pack, territory: Territory) -> str:
    holders = _holders(pack, territory)
    for role in ("middle", "region"):
        if role in holders and holders[role] != territory:
            return holders[role].name
    return ""


def _population(level: LevelFigures, code: str) -> int | None:
    figures = level.figures.get(_POPULATION)
    if figures is None:
        return None
    position = int(level.codes.get_indexer(pd.Index([code]))[0])
    quantity = figures.quantity(position, figures.latest)
    return round(quantity.value) if quantity.known else None


def _map(reports: Sequence[Found], words: Words) -> tuple[str, str] | None:
    """Draw the country, each area leading to its report; nothing when none would."""
    pack = words.pack
    country = pack.territory(pack.spec.country)
    extent = map_extent(pack, country)
    if extent is None:
        return None
    links = {
        report.territory.code: report.href
        for report in reports
        if report.territory.level == extent.level and not report.failed
    }
    figure = draw_map(pack, extent, _MAPPED, words, links=links) if links else None
    return (figure.svg, figure.title) if figure else None
