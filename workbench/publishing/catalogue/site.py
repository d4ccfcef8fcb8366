"""Write the site of a collection: pages in each language, DCAT-AP catalogue, feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from workbench.core.errors import DirectoryNotWritable, OutputExists, PublicationInvalid
from workbench.core.folding import fold
from workbench.core.i18n import translate
from workbench.core.i18n.days import spell_day
from workbench.figures.figure import write
from workbench.publishing.about import folder_address
from workbench.publishing.catalogue.collect import Entry, Gallery, collect, galleries
from workbench.publishing.catalogue.feed import atom
from workbench.publishing.dcat import catalogue_graph, json_ld, turtle
from workbench.publishing.page import page_names, render, said_size
from workbench.reports.assets import templates_folder

__all__ = ["Site", "build"]

_OURS: Final = '<meta name="generator" content="workbench catalog">'
"""What marks a page of a catalogue: another page is never written over."""


@dataclass(frozen=True, slots=True)
class Site:
    """Tell what was written.

    Parameters
    ----------
    page : Path
        The first page.
    entries : tuple of Entry
    galleries : tuple of Gallery
    files : tuple of Path
    """

    page: Path
    entries: tuple[Entry, ...]
    galleries: tuple[Gallery, ...]
    files: tuple[Path, ...]


def build(
    root: str | Path,
    *,
    title: str = "",
    publisher: str = "",
    url: str = "",
    first: str = "",
) -> Site:
    """Write the catalogue of a folder of publications and reports, in that folder.

    Parameters
    ----------
    root : str or Path
    title : str
        Of the catalogue; a plain one by default.
    publisher : str
        Organisation that keeps the catalogue; that of the publications by default.
    url : str
        Address of the site once it is on line; addresses are relative without.
    first : str
        Language of ``index.html``.

    Returns
    -------
    Site

    Raises
    ------
    PublicationInvalid
        The folder is missing or holds no publication, or one of them cannot be read.
    OutputExists
        A page there is no catalogue's.
    MissingExtra, DirectoryNotWritable

    Notes
    -----
    The same collection gives the same bytes.
    """
    folder = Path(root)
    if not folder.is_dir():
        raise PublicationInvalid(
            f"There is no folder {folder}. Publish in folders of it first: workbench publish … "
            f"--to {folder}/NAME."
        )
    entries, reports = collect(folder), galleries(folder)
    if not entries and not reports:
        raise PublicationInvalid(
            f"{folder} holds no publication, nor reports. Publish in folders of it first: "
            f"workbench publish … --to {folder}/NAME."
        )
    base = folder_address(url)
    names = page_names(first)
    titles = {lang: title or translate("publishing.catalogue", lang) for lang in names}
    keeper = publisher or _publishers(entries) or titles[next(iter(names))]
    texts = _texts(entries, reports, names, titles, keeper, base)
    for name in names.values():
        page = folder / name
        if page.exists() and _OURS not in page.read_text("utf-8", errors="replace"):
            raise OutputExists(
                f"{page} is there and is no page of a catalogue: take it away, or choose another "
                "folder."
            )
    written = []
    for name, text in texts.items():
        try:
            written.append(write(folder / name, text))
        except OSError as error:
            raise DirectoryNotWritable.because(folder, error) from error
    return Site(folder / "index.html", entries, reports, tuple(written))


def _texts(
    entries: Sequence[Entry],
    reports: Sequence[Gallery],
    names: Mapping[str, str],
    titles: Mapping[str, str],
    keeper: str,
    base: str,
) -> dict[str, str]:
    graph = catalogue_graph(
        [(each.href, each.folder / "dcat.ttl") for each in entries],
        base=base,
        title=titles,
        description={lang: _description(entries, lang) for lang in names},
        publisher=keeper,
    )
    made = {"catalog.ttl": turtle(graph), "catalog.jsonld": json_ld(graph)}
    for lang, name in names.items():
        feed = "feed.atom" if name == "index.html" else f"feed.{lang}.atom"
        made[feed] = atom(
            entries, lang=lang, title=titles[lang], publisher=keeper, url=base, name=feed, page=name
        )
        made[name] = _page(entries, reports, lang, names, titles[lang], feed)
    return made


def _publishers(entries: Sequence[Entry]) -> str:
    return ", ".join(dict.fromkeys(each.publisher for each in entries))


def _description(entries: Sequence[Entry], lang: str) -> str:
    return translate("publishing.catalogue_of", lang, count=len(entries))


def _page(
    entries: Sequence[Entry],
    reports: Sequence[Gallery],
    lang: str,
    names: Mapping[str, str],
    title: str,
    feed: str,
) -> str:
    script = (templates_folder() / "publication" / "catalogue.js").read_text("utf-8")
    page = names[lang]
    return render(
        "catalogue.html.j2",
        lang,
        names,
        script=script,
        title=title,
        feed=feed,
        entries=[_card(each, lang, page) for each in entries],
        reports=reports,
        found={
            "one": translate("publishing.found", lang, count=1),
            "other": translate("publishing.found", lang, form="other", count="{count}"),
        },
    )


def _card(entry: Entry, lang: str, page: str) -> dict[str, Any]:
    """Hold what the page says of a publication, and the words that find it."""
    words = (*entry.title.values(), *entry.description.values(), *entry.keywords, entry.publisher)
    return {
        "title": entry.title[lang],
        "description": entry.description[lang],
        "href": f"{entry.href}{page if (entry.folder / page).is_file() else 'index.html'}",
        "date": entry.date,
        "day": spell_day(date.fromisoformat(entry.date), lang),
        "publisher": entry.publisher,
        "licence": entry.licence,
        "formats": [(_named(kind), said_size(size, lang)) for kind, size in entry.formats],
        "words": " ".join(dict.fromkeys(" ".join(map(fold, words)).split())),
    }


def _named(kind: str) -> str:
    return {"netcdf": "netCDF", "geoparquet": "GeoParquet", "csv": "CSV"}.get(kind, kind.title())
