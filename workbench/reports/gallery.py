"""Write the gallery: the page from which every report of a run is found.

It needs no server: the list is in the page, the search index in a script beside it that is
read when the search is first used, so that a country's 35,000 communes cost nothing to those
who only read the list.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, Template

from workbench.core.errors import DeclarationError
from workbench.core.i18n import format_number, translate
from workbench.reports.assets import Assets, content_policy, templates_folder
from workbench.reports.cells import inline_styles
from workbench.reports.markdown import is_relative
from workbench.reports.page import KNOWN_FACTS

__all__ = ["GalleryEntry", "render_gallery", "search_index", "sort_key", "write_gallery"]

INDEX_NAME = "gallery-index.js"


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """Name one report of the gallery.

    Parameters
    ----------
    code, name : str
        Of the territory.
    level, level_label : str
        Identifier of its level, and the level's name in the gallery's language.
    href : str
        Address of the report (of the partial notebook when it failed), relative to the gallery.
    group : str
        Heading it is listed under (the name of its région); ``""`` for those above all groups.
        The first entry that bears the group's own name becomes the heading's link.
    within : str
        The parent shown beside the name in search results (``"Nord"`` for Lille).
    postcodes : tuple of str
    population : int or None
        Persons, None when unknown.
    status : {"done", "failed"}

    Examples
    --------
    >>> GalleryEntry("59", "Nord", "departement", "Département", href="59.html").status
    'done'
    """

    code: str
    name: str
    level: str
    level_label: str
    href: str
    group: str = ""
    within: str = ""
    postcodes: tuple[str, ...] = ()
    population: int | None = None
    status: Literal["done", "failed"] = "done"

    def __post_init__(self) -> None:
        if not is_relative(self.href):
            raise DeclarationError(
                f"gallery entry {self.code} leads to {self.href!r}: expected a path relative to "
                "the gallery, so that the folder can be moved. Remove the scheme and leading slash."
            )


@dataclass(frozen=True, slots=True)
class Group:
    """Hold the reports listed under one heading."""

    name: str
    head: GalleryEntry | None
    members: tuple[GalleryEntry, ...]


def sort_key(text: str) -> str:
    """Return what a name is sorted by: its letters, without accents, case or hyphens.

    Examples
    --------
    >>> sorted(["Évreux", "Eu", "Étampes"], key=sort_key)
    ['Étampes', 'Eu', 'Évreux']
    """
    letters = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(
        letter if letter.isalnum() else " "
        for letter in letters
        if not unicodedata.combining(letter)
    )


def grouped(entries: Iterable[GalleryEntry]) -> list[Group]:
    """Put entries under their headings, both in alphabetical order."""
    ordered = sorted(entries, key=lambda entry: sort_key(entry.group))
    groups = []
    for name, found in groupby(ordered, key=lambda entry: entry.group):
        members = list(found)
        head = next((entry for entry in members if name and entry.name == name), None)
        rest = sorted(
            (entry for entry in members if entry is not head),
            key=lambda entry: (sort_key(entry.name), entry.code),
        )
        groups.append(Group(name, head, tuple(rest)))
    return groups


def search_index(entries: Iterable[GalleryEntry]) -> str:
    r"""Write the search index as a script, which a page may load from a disk as from a server.

    Parameters
    ----------
    entries : iterable of GalleryEntry
        Those that failed are left out: there is nothing to open.

    Returns
    -------
    str
        One JavaScript statement. Rows hold name, code, level's place in ``levels``, parent,
        postcodes, address, population.

    Examples
    --------
    >>> search_index([GalleryEntry("59", "Nord", "departement", "Département", href="59.html")])
    'globalThis.galleryIndex={"levels":["Département"],"rows":[["Nord","59",0,"","","59.html",0]]};\n'
    """
    listed = [entry for entry in entries if entry.status == "done"]
    levels = list(dict.fromkeys(entry.level_label for entry in listed))
    place = {label: number for number, label in enumerate(levels)}
    rows = [
        [
            entry.name,
            entry.code,
            place[entry.level_label],
            entry.within,
            " ".join(entry.postcodes),
            entry.href,
            entry.population or 0,
        ]
        for entry in listed
    ]
    text = json.dumps({"levels": levels, "rows": rows}, ensure_ascii=False, separators=(",", ":"))
    # Should the index ever be put inside a page, no name may end the script element.
    return f"globalThis.galleryIndex={text.replace('<', chr(92) + 'u003c')};\n"


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(templates_folder() / "page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(translate=translate, known_facts=KNOWN_FACTS)
    return environment.get_template("gallery.html.j2")


def render_gallery(
    entries: Sequence[GalleryEntry],
    *,
    lang: str,
    title: str,
    map_svg: str | None = None,
    map_caption: str = "",
    subtitle: str = "",
    generated: Mapping[str, str] | None = None,
    index_name: str = INDEX_NAME,
    languages: Mapping[str, str] | None = None,
) -> str:
    """Render the gallery's page; see `write_gallery` for the parameters."""
    done = [entry for entry in entries if entry.status == "done"]
    assets = Assets.gallery()
    return _template().render(
        lang=lang,
        title=title,
        subtitle=subtitle,
        map_svg=map_svg or "",
        map_caption=map_caption,
        generated=dict(generated or {}),
        groups=grouped(done),
        total=len(done),
        levels=list(
            dict.fromkeys((entry.level, entry.level_label) for entry in done if entry.group)
        ),
        failures=sorted(
            (entry for entry in entries if entry.status == "failed"),
            key=lambda entry: (sort_key(entry.name), entry.code),
        ),
        digits=partial(format_number, lang=lang),
        assets=assets,
        index_name=index_name,
        languages=dict(languages or {}),
        policy=content_policy(styles=inline_styles([map_svg or ""])),
    )


def write_gallery(
    entries: Sequence[GalleryEntry],
    directory: Path,
    *,
    lang: str,
    title: str,
    map_svg: str | None = None,
    map_caption: str = "",
    subtitle: str = "",
    generated: Mapping[str, str] | None = None,
    name: str = "index.html",
    languages: Mapping[str, str] | None = None,
) -> Path:
    """Write the gallery's page, its search index and its assets into a folder of reports.

    Parameters
    ----------
    entries : sequence of GalleryEntry
        In the order of their levels, widest first: the filter buttons follow it.
    directory : Path
        The folder of reports; created when missing.
    lang : str
        ``"fr"`` or ``"en"``.
    title, subtitle : str
    map_svg : str, optional
        A drawing by the package; an area that links to the same address as an entry is lit
        together with its line in the list.
    map_caption : str
        What its colours mean.
    generated : mapping of str to str, optional
        How the gallery was made, for the foot of the page: ``command``, ``edition``, ``date``…
    name : str
        File name of the page; a search index of its own goes with each.
    languages : mapping of str to str, optional
        Address of the same gallery in other languages, by their code.

    Returns
    -------
    Path
        Of the page.

    Examples
    --------
    >>> import tempfile
    >>> nord = GalleryEntry("59", "Nord", "departement", "Département", href="59.html")
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_gallery([nord], folder, lang="fr", title="Portraits").name
    'index.html'
    """
    directory.mkdir(parents=True, exist_ok=True)
    Assets.gallery().write(directory / "assets")
    index_name = f"gallery-{name.removesuffix('.html')}.js"
    page = render_gallery(
        entries,
        lang=lang,
        title=title,
        map_svg=map_svg,
        map_caption=map_caption,
        subtitle=subtitle,
        generated=generated,
        index_name=index_name,
        languages=languages,
    )
    _replace(directory / index_name, search_index(entries))
    return _replace(directory / name, page)


def _replace(path: Path, text: str) -> Path:
    """Write aside then move: a reader sees the old file or the new one, never half of it."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8", newline="\n")
    return partial.replace(path)
