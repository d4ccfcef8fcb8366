"""Find the publications and the galleries of reports that a folder holds."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from workbench.core.errors import PublicationInvalid
from workbench.core.i18n import LANGUAGES
from workbench.reports.ledger import LEDGER

__all__ = ["Entry", "Gallery", "collect", "galleries"]

_DEPTH: Final = 4
_TITLE: Final = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_HEAD: Final = 65_536


@dataclass(frozen=True, slots=True)
class Entry:
    """Tell a publication of the collection.

    Parameters
    ----------
    identifier : str
    folder : Path
    href : str
        Address of its folder from the catalogue, with its last slash; ready for a link.
    title, description : mapping of str to str
    date, publisher, licence : str
    formats : tuple of (str, int)
        Format and bytes of each file of data.
    keywords : tuple of str
    """

    identifier: str
    folder: Path
    href: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    date: str
    publisher: str
    licence: str
    formats: tuple[tuple[str, int], ...]
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gallery:
    """Name a gallery of reports of the collection."""

    title: str
    href: str


def collect(root: Path) -> tuple[Entry, ...]:
    """Return the publications of a folder, the latest first.

    Parameters
    ----------
    root : Path
        Publications are its folders, or folders of those.

    Raises
    ------
    PublicationInvalid
        One cannot be read, or two have the same identifier.
    """
    found: dict[str, Entry] = {}
    for folder in _folders(root, "datapackage.json"):
        entry = _entry(folder, root)
        twin = found.setdefault(entry.identifier, entry)
        if twin is not entry:
            raise PublicationInvalid(
                f"{twin.folder} and {folder} are both named {entry.identifier!r}: take one away, "
                "or publish it under another identifier."
            )
    ordered = sorted(found.values(), key=lambda each: each.identifier)
    return tuple(sorted(ordered, key=lambda each: each.date, reverse=True))


def galleries(root: Path) -> tuple[Gallery, ...]:
    """Return the galleries of reports of a folder, by title."""
    found = []
    for folder in _folders(root, LEDGER):
        page = folder / "index.html"
        if page.is_file():
            with page.open(encoding="utf-8", errors="replace") as stream:
                told = _TITLE.search(stream.read(_HEAD))
            title = html.unescape(told[1]).strip() if told else folder.name
            found.append(Gallery(title or folder.name, f"{_href(folder, root)}index.html"))
    return tuple(sorted(found, key=lambda each: (each.title, each.href)))


def _folders(root: Path, name: str, depth: int = 1) -> Iterator[Path]:
    """Yield the folders that hold a file of this name; a link leads nowhere."""
    for child in sorted(root.iterdir()):
        if child.is_symlink() or not child.is_dir() or child.name.startswith("."):
            continue
        if (child / name).is_file():
            yield child
        elif depth < _DEPTH:
            yield from _folders(child, name, depth + 1)


def _href(folder: Path, root: Path) -> str:
    return quote(folder.relative_to(root).as_posix()) + "/"


def _entry(folder: Path, root: Path) -> Entry:
    try:
        package: Mapping[str, Any] = json.loads((folder / "datapackage.json").read_text("utf-8"))
        told = package.get("translations", {})
        title = {lang: told.get(lang, package)["title"] for lang in LANGUAGES}
        description = {lang: told.get(lang, package)["description"] for lang in LANGUAGES}
        return Entry(
            identifier=str(package["name"]),
            folder=folder,
            href=_href(folder, root),
            title=title,
            description=description,
            date=str(package["created"])[:10],
            publisher=str(package["contributors"][0]["title"]),
            licence=str(package["licenses"][0]["title"]),
            formats=tuple((_format(each), int(each["bytes"])) for each in package["resources"]),
            keywords=tuple(map(str, package.get("keywords", ()))),
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise PublicationInvalid(
            f"{folder / 'datapackage.json'} is not one that workbench publish wrote "
            f"({type(error).__name__}: {error}). Publish again, or take the folder away."
        ) from error


def _format(resource: Mapping[str, Any]) -> str:
    """Return the format of a file as the publication names it: the end of its name there."""
    return str(resource["name"]).rpartition("-")[2]
