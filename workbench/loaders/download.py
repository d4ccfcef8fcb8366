"""Bring a file whole onto the disk, and take up again where the line was cut."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.loaders.addresses import shown
from workbench.loaders.cache import usable
from workbench.loaders.errors import FetchFailed
from workbench.loaders.patience import Patience
from workbench.loaders.transport import Answer, Clock, Cut, Limits, ask

__all__ = ["Received", "download"]

_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class Received:
    """Tell what a server said of a file: its last URL and the headers that name and date it."""

    url: str
    etag: str
    modified: str
    kind: str
    disposition: str

    @classmethod
    def of(cls, answer: Answer) -> Received:
        """Take it from an answer."""
        names = ("etag", "last-modified", "content-type", "content-disposition")
        return cls(answer.to.url, *(answer.headers.get(name, "") for name in names))


def download(
    url: str,
    part: Path,
    *,
    headers: Mapping[str, str],
    known: Mapping[str, str],
    limits: Limits,
    clock: Clock,
) -> Received | None:
    """Write the file of a URL, going on with what an earlier attempt has left.

    Parameters
    ----------
    url : str
    part : Path
        Where it is written. Beside it, ``<part>.json`` tells which version it is a part of.
    headers : mapping of str to str
    known : mapping of str to str
        Headers that say which version is known already (``If-None-Match``…).
    limits : Limits
    clock : Clock

    Returns
    -------
    Received or None
        None when the file has not changed.

    Raises
    ------
    FetchFailed, FetchTooLarge, AddressRefused
    """
    patience = Patience(limits, clock)

    def attempt() -> Received | None:
        version = _version(part)
        begun = part.stat().st_size if version else 0
        resumed = {"Range": f"bytes={begun}-", "If-Range": version} if begun else known
        with ask(
            url,
            headers=headers,
            plain=resumed,
            limits=limits,
            until=patience.until,
            clock=clock,
        ) as answer:
            patience.accept(answer)
            if answer.status == 304:
                return None
            if answer.status == 416 or (begun and not _continues(answer, begun, version)):
                # The file is another one now, or the server miscounts: from the beginning.
                _forget(part)
                begun = 0
                if answer.status != 200:
                    raise Cut("the file has changed since its beginning was read")
            if answer.status == 206 and not begun:
                raise FetchFailed(
                    f"{shown(url)} gives one page of several (206). Read it as pages: name the "
                    "style of its paging."
                )
            _write(answer, part, begun, patience)
            return Received.of(answer)

    received = patience.insist(url, attempt)
    _label(part).unlink(missing_ok=True)
    if received is not None and not part.stat().st_size:
        _forget(part)
        raise FetchFailed(f"{shown(url)} is empty. Tell its producer, or try again later.")
    return received


def _write(answer: Answer, part: Path, begun: int, patience: Patience) -> None:
    if not begun:
        _label(part).unlink(missing_ok=True)
        part.unlink(missing_ok=True)
        version = _strong(answer)
        # Where it was cut cannot be told from a body that is compressed for the way.
        if version and not answer.encoded:
            _label(part).write_text(json.dumps({"version": version}), "utf-8")
    with usable(part.parent), part.open("ab") as out:
        for chunk in answer.chunks(begun):
            out.write(chunk)
            patience.progress()


def _continues(answer: Answer, begun: int, version: str) -> bool:
    """Tell whether an answer is the rest of the same version of the file."""
    found = _RANGE.fullmatch(answer.headers.get("content-range", "").strip())
    return (
        answer.status == 206
        and found is not None
        and int(found[1]) == begun
        and _strong(answer) in ("", version)
        and not answer.encoded
    )


def _strong(answer: Answer) -> str:
    """Return what tells a version from another to the byte (RFC 9110, 8.8.1)."""
    etag = answer.headers.get("etag", "")
    return etag if etag and not etag.startswith("W/") else answer.headers.get("last-modified", "")


def _label(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _version(part: Path) -> str:
    """Return the version that a part is of, or nothing when there is none to go on with."""
    with suppress(OSError, ValueError):
        label: Any = json.loads(_label(part).read_text("utf-8"))
        if part.stat().st_size and isinstance(label, dict):
            return str(label.get("version", ""))
    return ""


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _label(part).unlink(missing_ok=True)
