"""A publication on this disk, read back whole and unchanged before it is sent anywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from workbench.core.digests import sha256_of
from workbench.core.errors import PublicationInvalid

__all__ = ["Local", "LocalFile", "read_publication"]

_CRATE: Final = "ro-crate-metadata.json"
# Pages and the description of a folder as a web site: a portal has its own.
_NOT_SENT: Final = (".html", "dcat.ttl", "dcat.jsonld")


@dataclass(frozen=True, slots=True)
class LocalFile:
    """Tell a file to send.

    Parameters
    ----------
    path : Path
    title, media, sha256 : str
    bytes : int
    is_data : bool
        A file of data; the others are its documentation.
    """

    path: Path
    title: str
    media: str
    sha256: str
    bytes: int
    is_data: bool

    @property
    def name(self) -> str:
        """Return the name of the file."""
        return self.path.name

    def sha1(self) -> str:
        """Return the digest that portals keep, to compare with theirs: it protects nothing."""
        return hashlib.sha1(self.path.read_bytes(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Local:
    """Hold what a portal is told of a publication.

    Parameters
    ----------
    identifier, title, description, licence, date : str
    keywords : tuple of str
    periods : tuple of int
    files : tuple of LocalFile
    """

    identifier: str
    title: str
    description: str
    licence: str
    date: str
    keywords: tuple[str, ...]
    periods: tuple[int, ...]
    files: tuple[LocalFile, ...]


def read_publication(folder: Path, *, lang: str) -> Local:
    """Read a folder that `publish` wrote.

    Parameters
    ----------
    folder : Path
    lang : str
        Language in which the portal is told of it.

    Raises
    ------
    PublicationInvalid
        It is no publication, a file is missing, or one has changed since.
    """
    package = _read(folder, "datapackage.json")
    crate = _read(folder, _CRATE)
    nodes = {str(each["@id"]): each for each in crate.get("@graph", ()) if "@id" in each}
    data = {str(each["path"]) for each in package["resources"]}
    listed = [str(each["@id"]) for each in nodes["./"]["hasPart"]]
    files = [_file(folder, nodes[name], is_data=name in data) for name in listed]
    told = package.get("translations", {}).get(lang, package)
    covered = str(nodes["./"].get("temporalCoverage", ""))
    return Local(
        identifier=str(package["name"]),
        title=str(told["title"]),
        description=str(told["description"]),
        licence=str(package["licenses"][0]["name"]),
        date=str(package["created"])[:10],
        keywords=tuple(package.get("keywords", ())),
        periods=tuple(int(year) for year in covered.split("/") if year.isdigit()),
        files=tuple(each for each in files if not each.name.endswith(_NOT_SENT)),
    )


def _read(folder: Path, name: str) -> Mapping[str, Any]:
    path = folder / name
    if not path.is_file():
        raise PublicationInvalid(
            f"{folder} is no publication: it has no {name}. Make one with workbench publish … --to "
            f"{folder}."
        )
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise PublicationInvalid(f"{path} is no JSON ({error}). Publish again.") from error
    if not isinstance(found, dict):
        raise PublicationInvalid(f"{path} holds no object. Publish again.")
    return found


def _file(folder: Path, node: Mapping[str, Any], *, is_data: bool) -> LocalFile:
    name = str(node["@id"])
    path = folder / name
    if Path(name).name != name or not path.is_file():
        raise PublicationInvalid(f"{folder} lacks {name}, which it lists. Publish again.")
    found = sha256_of(path)
    if found != node["sha256"]:
        raise PublicationInvalid(
            f"{path} has changed since it was published (SHA-256 {found[:12]}…, expected "
            f"{str(node['sha256'])[:12]}…). Publish again: what is sent has passed disclosure "
            "control as it is."
        )
    return LocalFile(
        path, str(node["name"]), str(node["encodingFormat"]), found, path.stat().st_size, is_data
    )
