"""Read a source of the catalogue, a URL or a file: fetched, taken out, checked, then read.

>>> from workbench.loaders.load import load
>>> read = load("communes.csv")  # doctest: +SKIP
>>> read = load("dvf", values={"year": "2024", "departement": "59", "commune": "59350"})
... # doctest: +SKIP
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workbench.core.digests import sha256_of
from workbench.core.i18n.languages import language
from workbench.core.reads import reads
from workbench.loaders.archive import extract, is_archive
from workbench.loaders.cache import Cache
from workbench.loaders.catalogue import Source, catalogue
from workbench.loaders.content import kind_of
from workbench.loaders.described import described
from workbench.loaders.errors import ContentChanged, LoaderUnknown, NoFileToRead, OptionUnknown
from workbench.loaders.fetch import DAY, Fetched, fetch
from workbench.loaders.gbfs_fetch import fetch_feeds
from workbench.loaders.guard import check_file
from workbench.loaders.paging import fetch_pages
from workbench.loaders.registry import Loaded, loader, loader_for, loaders, read
from workbench.loaders.transport import LIMITS, Limits

__all__ = ["Obtained", "load", "obtain"]

_FOLDERS = (".zarr",)  # a file to its users, a folder on the disk
_NAME_IT = "Name the one to read (member)"
_PACKED = ("zip", "tar", "gz", "xz", "bz2", "zst")


@dataclass(frozen=True, slots=True)
class Obtained:
    """Hold a file that is on this disk, and where it comes from.

    Parameters
    ----------
    path : Path
        As it came: perhaps an archive.
    source : Source or None
        What the catalogue says of it.
    fetched : Fetched or None
        None for a file of the user's.
    """

    path: Path
    source: Source | None = None
    fetched: Fetched | None = None

    def provenance(self, lang: str = "en") -> Mapping[str, str]:
        """Return what is written beside any figure made of it, in a language."""
        told = {"file": self.path.name}
        if self.source:
            told |= {
                "source": self.source.id,
                "producer": self.source.producer[lang],
                "licence": self.source.licence[lang],
            }
        if self.fetched:
            told |= {
                "url": self.fetched.url,
                "sha256": self.fetched.sha256,
                "fetched": self.fetched.fetched.isoformat(timespec="seconds"),
            }
        return told


def obtain(
    what: str,
    *,
    source: str = "",
    values: Mapping[str, str] = MappingProxyType({}),
    sha256: str = "",
    age: float | None = None,
    offline: bool | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
    cache: Cache | None = None,
    limits: Limits = LIMITS,
) -> Obtained:
    """Return the file of a source, of a URL or of a path, fetched when it must be.

    Parameters
    ----------
    what : str
        A name of the catalogue, an http(s) URL, or the path of a file.
    source : str, optional
        Name of the catalogue that tells how a URL or a path is read.
    values : mapping of str to str
        Parameters of the source's URL.
    sha256, age, offline, headers, cache, limits
        See :func:`workbench.loaders.fetch.fetch`; the source says the age when it is not given.

    Raises
    ------
    SourceUnknown, ParameterRefused, OptionUnknown
    NoFileToRead
        The path leads to no file.
    """
    known = catalogue().get(source) if source else None
    if not source and what in catalogue().by_id:
        known = catalogue().get(what)
        url = known.address(values)
        sha256 = sha256 or known.sha256
    elif values:
        raise OptionUnknown(
            f"{what} takes no parameter {next(iter(values))!r}: only the sources of the catalogue "
            "do (`workbench data list`)."
        )
    elif "://" in what:
        url = what
    else:
        return Obtained(_file(what, sha256.lower()), known)
    paging = known.paging if known else ""
    if paging == "gbfs":
        bring = partial(fetch_feeds, url)
    else:
        bring = partial(fetch_pages, url, paging) if paging else partial(fetch, url)
    fetched = bring(
        sha256=sha256,
        age=(known.days if known else 1.0) * DAY if age is None else age,
        offline=offline,
        headers=headers,
        cache=cache,
        limits=limits,
    )
    return Obtained(fetched.path, known, fetched)


def load(
    what: str,
    *,
    reader: str = "",
    source: str = "",
    member: str = "",
    values: Mapping[str, str] = MappingProxyType({}),
    rows: int | None = None,
    options: Mapping[str, Any] = MappingProxyType({}),
    sha256: str = "",
    age: float | None = None,
    offline: bool | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
    cache: Cache | None = None,
    limits: Limits = LIMITS,
) -> Loaded:
    """Read a source, a URL or a file.

    Parameters
    ----------
    what : str
        A name of the catalogue, an http(s) URL, or the path of a file.
    reader : str, optional
        The source's reader by default, else the one of the file's ending.
    source : str, optional
        Name of the catalogue that tells how a URL or a path is read.
    member : str, optional
        Pattern of the name of the file to read in an archive.
    values : mapping of str to str
        Parameters of the source's URL.
    rows : int, optional
        Read the first rows only.
    options : mapping
        What the reader takes by name, over what the source says.
    sha256, age, offline, headers, cache, limits
        See :func:`workbench.loaders.fetch.fetch`; the source says the age when it is not given.

    Returns
    -------
    Loaded
        Its decisions begin with the provenance: file, source, licence, URL, sha256, date.

    Raises
    ------
    LoadingError
        One of its kinds: what was found, what was expected, what to do next.
    """
    obtained = obtain(
        what,
        source=source,
        values=values,
        sha256=sha256,
        age=age,
        offline=offline,
        headers=headers,
        cache=cache,
        limits=limits,
    )
    known = obtained.source
    reader = reader or (known.reader if known else "")
    path, held = _to_read(obtained, reader, member or (known.member if known else "*"))
    if path.is_file():
        check_file(path)
    named = known is not None and what == known.id
    told = {**_defaults(known), **values} if known and named else {}
    given = {**_given(known, reader, told, member, named=named), **options}
    lang = str(options.get("lang", "en"))
    language(lang)
    if "lang" not in (loader(reader) if reader else loader_for(path)).options:
        given.pop("lang", None)  # what the catalogue says is told in it all the same
    found = read(Path(reads(path)), reader=reader, rows=rows, options=given)
    data, more, origin = found.data, dict[str, str](), obtained.provenance(lang)
    if known:
        period = told.get("year", "")
        data, more = described(data, known, origin, lang=lang, period=period)
    return replace(
        found,
        data=data,
        decisions={**origin, "file": path.name, **found.decisions, **more},
        held=(obtained.fetched, held, found.held),
    )


def _defaults(source: Source) -> dict[str, str]:
    return {k: each.default for k, each in source.parameters.items() if each.default is not None}


def _given(
    source: Source | None, reader: str, told: Mapping[str, str], member: str, *, named: bool
) -> dict[str, Any]:
    """Return the options that the catalogue gives to a reader.

    ``{year}`` in one of them is a parameter of the source's URL. That and the name of a file within
    its archive are of the source's own file: left out when another is read as it is.
    """
    known = set(loader(reader).options) if reader in loaders() else set()
    given: dict[str, Any] = {"member": member} if member and "member" in known else {}
    if source is None:
        return given
    for key, value in source.options.items():
        if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
            if value[1:-1] in told:
                given[key] = told[value[1:-1]]
        else:
            given[key] = value
    if named and source.member != "*" and "member" in known:
        given.setdefault("member", source.member)
    expected = {
        key: f"{each.role}:{each.kind}" if each.kind else each.role
        for key, each in source.columns.items()
        if each.role
    }
    if expected and "expected" in known:
        given["expected"] = {**expected, **given.get("expected", {})}
    return given


def _to_read(obtained: Obtained, reader: str, member: str) -> tuple[Path, object]:
    """Return the one file to read, out of its archive, and what keeps it there."""
    path = obtained.path
    if path.is_dir():
        return path, None
    if reader and getattr(loader(reader), "takes_archives", False):
        return path, None
    suffixes = _suffixes(path, reader)
    # A spreadsheet is a zip, and some readers take archives whole: their endings say so.
    if path.name.lower().endswith(suffixes) or not (kind_of(path) in _PACKED or is_archive(path)):
        return path, None
    held: object = None
    if obtained.fetched:
        # Beside the file in the cache, with which it goes: taken out once.
        key = hashlib.sha256(f"{path.name} {member}".encode()).hexdigest()[:16]
        folder = path.parent / f"{key}.out"
    else:
        held = tempfile.TemporaryDirectory(prefix="workbench-")
        folder = Path(held.name) / "out"
    if not folder.is_dir():
        # Another process may have taken it out meanwhile: it is the same.
        with suppress(FileExistsError):
            extract(path, folder, wanted=member)
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    fitting = (
        [each for each in files if each.name.lower().endswith(suffixes)] if suffixes else files
    )
    if len(fitting) != 1:
        names = ", ".join(each.relative_to(folder).as_posix() for each in files[:12]) or "none"
        is_timetable = {"stops.txt", "stop_times.txt"} <= {each.name for each in files}
        advice = "It is a timetable: name its reader (gtfs)" if is_timetable else _NAME_IT
        raise NoFileToRead(
            f"{path.name} holds {len(fitting)} files that are read where one is expected "
            f"(files: {names}). {advice}."
        )
    return fitting[0], held


def _suffixes(path: Path, reader: str) -> tuple[str, ...]:
    """Return the endings of the files that are read."""
    if reader:
        return tuple(loader(reader).suffixes)
    with suppress(LoaderUnknown):
        return tuple(loader_for(path).suffixes)
    return ()


def _file(what: str, sha256: str) -> Path:
    """Return a file of the user's."""
    path = Path(what)
    if path.is_dir() and path.name.lower().endswith(_FOLDERS):
        return path
    if not path.is_file():
        if "/" not in what and "." not in what and what not in catalogue().by_id:
            catalogue().get(what)
        raise NoFileToRead(
            f"There is no file {what!r}. Give the path of a file, a URL, or a source of the "
            "catalogue (`workbench data list`)."
        )
    if sha256 and (found := sha256_of(path)) != sha256:
        raise ContentChanged(f"{what} has sha256 {found}, expected {sha256}: it is another file.")
    return path
