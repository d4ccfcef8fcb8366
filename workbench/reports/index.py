"""Assemble the gallery of a folder: the reports of this run and of those before it.

The folder itself is the list, unless another is given. A gallery is written for each language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from workbench.core.i18n import translate
from workbench.packs.pack import Pack
from workbench.reports.footing import making_of
from workbench.reports.found import Found, find_reports
from workbench.reports.gallery import Contents, entries_of, write_gallery
from workbench.reports.plan import Plan
from workbench.reports.portrait.maps import draw_map, map_extent
from workbench.reports.portrait.words import Words
from workbench.reports.templates import Template

__all__ = ["Found", "find_reports", "gallery_names", "gallery_title", "write_index"]

_LANGUAGE = re.compile(r'<html lang="(\w+)">')
# What the gallery's map shows.
_MAPPED = "population_density"


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


def write_index(plan: Plan, *, reports: Iterable[Found] | None = None) -> Path:
    """Write the gallery of a plan's folder, in each of its languages.

    Parameters
    ----------
    plan : Plan
        Run already.
    reports : iterable of Found, optional
        What the gallery lists, in any order, when it is known already; by default what the
        folder holds.

    Returns
    -------
    Path
        Of the gallery in the run's first language.
    """
    found = find_reports(plan.folder, plan.pack) if reports is None else reports
    ordered = _ordered(found, plan.pack)
    names = gallery_names(plan.folder, plan.pack, plan.languages)
    words = {lang: Words(plan.pack, lang) for lang in names}
    contents = {
        lang: Contents.of(
            entries_of((report for report in ordered if report.lang == lang), words[lang]),
            lang=lang,
        )
        for lang in names
    }
    for lang, name in names.items():
        drawn = _map(contents[lang], words[lang])
        write_gallery(
            contents[lang],
            plan.folder,
            title=gallery_title(plan.template, lang),
            subtitle=words[lang].say("simulated") if plan.pack.spec.simulated else "",
            map_svg=drawn[0] if drawn else None,
            map_caption=drawn[1] if drawn else "",
            generated=making_of(plan),
            name=name,
            languages={other: names[other] for other in names if other != lang},
            elsewhere=contents,
        )
    return plan.folder / names[plan.languages[0]]


def _ordered(reports: Iterable[Found], pack: Pack) -> list[Found]:
    """Put reports in the order of levels, widest first, then of codes."""
    place = {level: -number for number, level in enumerate(pack.territories.levels)}
    return sorted(reports, key=lambda each: (place[each.territory.level], each.territory.code))


def gallery_title(template: Template, lang: str) -> str:
    """Return the title that the template gives its gallery, or one made from its name."""
    titles: Mapping[str, str] = template.declared.get("gallery", {})
    return titles.get(lang) or translate("gallery.untitled", lang, template=template.name)


def _map(contents: Contents, words: Words) -> tuple[str, str] | None:
    """Draw the country, each area leading to its report, or to its list when it has none.

    Nothing is drawn when no area would lead anywhere.
    """
    pack = words.pack
    extent = map_extent(pack, pack.territory(pack.spec.country))
    if extent is None:
        return None
    level = extent.level
    links = contents.addresses | {
        entry.key: entry.href
        for entry in contents.entries
        if entry.level == level and entry.status == "done"
    }
    leading = {code: links[key] for code in extent.codes if (key := f"{level}/{code}") in links}
    figure = draw_map(pack, extent, _MAPPED, words, links=leading) if leading else None
    return (figure.svg, figure.title) if figure else None
