"""Write the pages of the gallery: the first one, and the lists of those that are too long for it.

It needs no server: lists are in the pages, the search index in a script beside them that is read
when the search is first used, so that a country's 35,000 communes cost nothing to those who open
the first page or one list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path

from jinja2 import Environment

from workbench.core.i18n import format_number
from workbench.core.i18n.catalogue import Messages
from workbench.core.i18n.languages import language
from workbench.figures.figure import write
from workbench.reports.assets import Assets, content_policy
from workbench.reports.cells import inline_styles
from workbench.reports.gallery.entries import GalleryEntry
from workbench.reports.gallery.lists import Contents, ReportList
from workbench.reports.gallery.search import search_index
from workbench.reports.page import KNOWN_FACTS
from workbench.reports.rendering import html_environment

__all__ = ["render_gallery", "render_list", "write_gallery"]

INDEX_NAME = "gallery-index.js"

# Failures that are all named at first sight; beyond, they are folded.
_FEW = 24
# From a list (``lists/<level>/<code>.<lang>.html``) to the folder of reports.
_UP = "../../"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = html_environment("page")
    environment.globals.update(speak=Messages, counted=counted, known_facts=KNOWN_FACTS, few=_FEW)
    return environment


def _render(template: str, lang: str, **values: object) -> str:
    said, digits = Messages(lang), partial(format_number, lang=lang)
    page = _environment().get_template(template)
    return page.render(lang=lang, said=said, digits=digits, **values)


def counted(entries: Sequence[GalleryEntry], lang: str) -> str:
    """Say how many reports there are: by the noun of their level, when they are of one.

    Examples
    --------
    >>> nord = GalleryEntry("59", "Nord", "departement", "Département", href="59.html")
    >>> counted([nord], "fr")
    '1 Département'
    """
    total = len(entries)
    if len({entry.level for entry in entries}) != 1:
        return Messages(lang)("gallery.reports", count=total)
    one, several = entries[0].nouns
    noun = one if language(lang).plural(Decimal(total)) == "one" else several
    return f"{format_number(total, lang=lang)} {noun or entries[0].level_label}"


def render_gallery(
    contents: Contents,
    *,
    title: str,
    map_svg: str | None = None,
    map_caption: str = "",
    subtitle: str = "",
    generated: Mapping[str, str] | None = None,
    index_name: str = INDEX_NAME,
    languages: Mapping[str, str] | None = None,
) -> str:
    """Render the gallery's first page; see `write_gallery` for the parameters."""
    return _render(
        "gallery.html.j2",
        contents.lang,
        contents=contents,
        title=title,
        subtitle=subtitle,
        map_svg=map_svg or "",
        map_caption=map_caption,
        generated=dict(generated or {}),
        assets=Assets.gallery(),
        root="",
        index_name=index_name,
        languages=dict(languages or {}),
        policy=content_policy(styles=inline_styles([map_svg or ""])),
    )


def render_list(
    reports: ReportList,
    *,
    lang: str,
    title: str,
    generated: Mapping[str, str] | None = None,
    name: str = "index.html",
    index_name: str = INDEX_NAME,
    languages: Mapping[str, str] | None = None,
) -> str:
    """Render the page of one list.

    Parameters
    ----------
    reports : ReportList
    lang : str
    title : str
        Of the gallery.
    generated, name, index_name : optional
        As in `write_gallery`; the list leads back to the page of that name.
    languages : mapping of str to str, optional
        Address of the same list in other languages, relative to the gallery.

    Returns
    -------
    str
    """
    return _render(
        "list.html.j2",
        lang,
        reports=reports,
        title=title,
        generated=dict(generated or {}),
        assets=Assets.gallery(f"{_UP}assets"),
        root=_UP,
        name=name,
        index_name=index_name,
        languages={code: f"{_UP}{href}" for code, href in (languages or {}).items()},
        policy=content_policy(),
    )


def write_gallery(
    contents: Contents,
    directory: Path,
    *,
    title: str,
    map_svg: str | None = None,
    map_caption: str = "",
    subtitle: str = "",
    generated: Mapping[str, str] | None = None,
    name: str = "index.html",
    languages: Mapping[str, str] | None = None,
    elsewhere: Mapping[str, Contents] | None = None,
) -> Path:
    """Write the gallery's pages, its search index and its assets into a folder of reports.

    Parameters
    ----------
    contents : Contents
    directory : Path
        The folder of reports; created when missing.
    title, subtitle : str
    map_svg : str, optional
        A drawing by the package; an area that links to the same address as an entry is lit
        together with its line in the list.
    map_caption : str
        What its colours mean.
    generated : mapping of str to str, optional
        How the gallery was made, for the foot of the page: ``command``, ``edition``, ``date``…
    name : str
        File name of the first page; a search index of its own goes with each.
    languages : mapping of str to str, optional
        Address of the same gallery in other languages, by their code.
    elsewhere : mapping of str to Contents, optional
        Contents of the gallery in other languages, so that a list leads to its translation.

    Returns
    -------
    Path
        Of the first page. Lists of an earlier gallery of this language that no longer belong to
        it are removed.

    Examples
    --------
    >>> import tempfile
    >>> nord = GalleryEntry("59", "Nord", "departement", "Département", href="59.html")
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_gallery(Contents.of([nord], lang="fr"), folder, title="Portraits").name
    'index.html'
    """
    directory.mkdir(parents=True, exist_ok=True)
    Assets.gallery().write(directory / "assets")
    index_name = f"gallery-{name.removesuffix('.html')}.js"
    _replace(directory / index_name, search_index(contents.entries, lang=contents.lang))
    addresses = {code: other.addresses for code, other in (elsewhere or {}).items()}
    for reports in contents.lists:
        translations = {
            code: addresses.get(code, {}).get(reports.holder.key, front)
            for code, front in (languages or {}).items()
        }
        page = render_list(
            reports,
            lang=contents.lang,
            title=title,
            generated=generated,
            name=name,
            index_name=index_name,
            languages=translations,
        )
        _replace(directory / reports.href, page)
    page = render_gallery(
        contents,
        title=title,
        map_svg=map_svg,
        map_caption=map_caption,
        subtitle=subtitle,
        generated=generated,
        index_name=index_name,
        languages=languages,
    )
    written = _replace(directory / name, page)
    _remove_stale(directory, contents)
    return written


def _remove_stale(directory: Path, contents: Contents) -> None:
    """Remove the lists of this language that the gallery no longer leads to."""
    kept = {directory / reports.href for reports in contents.lists}
    for path in sorted((directory / "lists").glob(f"*/*.{contents.lang}.html")):
        if path not in kept:
            path.unlink()
    for folder in (*(directory / "lists").glob("*/"), directory / "lists"):
        # A folder that is not there, or still holds the lists of another language, is left.
        with suppress(OSError):
            folder.rmdir()


def _replace(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return write(path, text)
