"""Fetch a file once, prove that it is the right one, and keep it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Self

from workbench.core.digests import sha256_of
from workbench.loaders.addresses import shown, target
from workbench.loaders.cache import Cache, Entry, Held, key_of
from workbench.loaders.content import refuse_page
from workbench.loaders.download import Received, download
from workbench.loaders.errors import ContentChanged, FetchFailed, NotInCache
from workbench.loaders.names import file_name
from workbench.loaders.transport import LIMITS, Clock, Limits

__all__ = ["DAY", "Fetched", "fetch", "is_offline", "kept"]

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """Hold a file that was fetched, and where it comes from, for the provenance.

    The file stays in the cache as long as this object lives, or until it is released.

    Parameters
    ----------
    path : Path
    url, final_url : str
        The URL asked for, and the last of its redirects, without the keys that they hold.
    sha256 : str
    bytes : int
    fetched, checked : datetime
        When the file came, and when its server last said that it is the current one.
    """

    path: Path
    url: str
    final_url: str
    sha256: str
    bytes: int
    fetched: datetime
    checked: datetime
    _held: Held = field(repr=False, compare=False)

    @classmethod
    def of(cls, entry: Entry, held: Held) -> Self:
        """Make it of what the cache knows."""
        return cls(
            held.path,
            entry.url,
            entry.final_url,
            entry.sha256,
            entry.bytes,
            datetime.fromtimestamp(entry.fetched, UTC),
            datetime.fromtimestamp(entry.checked, UTC),
            held,
        )

    def release(self) -> None:
        """Let the file go from the cache when its place is needed."""
        self._held.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_offline() -> bool:
    """Tell whether ``WORKBENCH_OFFLINE`` forbids the network."""
    return os.environ.get("WORKBENCH_OFFLINE", "0").lower() not in ("", "0", "false", "no")


def fetch(
    url: str,
    *,
    sha256: str = "",
    age: float = DAY,
    offline: bool | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
    cache: Cache | None = None,
    limits: Limits = LIMITS,
    clock: Clock = time,
) -> Fetched:
    """Return the file of a URL, from the cache when it is current.

    A file with a pinned hash is asked for once. Another one is taken as it is for `age` seconds;
    after that the server is asked whether it has changed (``ETag``, ``Last-Modified``).

    Parameters
    ----------
    url : str
        http or https, of a public machine, or of one that `limits` allows.
    sha256 : str, optional
        What the content must be.
    age : float
        Seconds during which a file is taken as current; 0 asks each time.
    offline : bool, optional
        Take what was fetched before, however old; as ``WORKBENCH_OFFLINE`` says by default.
    headers : mapping of str to str
        Such as a key; never sent to another host, nor written anywhere.
    cache : Cache, optional
    limits : Limits
    clock : Clock

    Returns
    -------
    Fetched

    Raises
    ------
    AddressRefused
        The URL, or a redirect, leads to this machine or a private network.
    FetchFailed, FetchTooLarge
        No whole file came within the limits.
    ContentChanged
        The content is not the one that was pinned; what was in the cache stays.
    NotInCache
        It is asked for offline, and was never fetched.
    """
    url = target(url).url

    def bring(part: Path, known: Mapping[str, str]) -> Received | None:
        received = download(url, part, headers=headers, known=known, limits=limits, clock=clock)
        if received is not None and not url.endswith((".html", ".htm")):
            refuse_page(part, shown(url))
        return received

    return kept(
        url,
        bring,
        key=key_of(url, headers),
        sha256=sha256,
        age=age,
        offline=offline,
        cache=cache,
        limits=limits,
        clock=clock,
    )


def kept(
    url: str,
    bring: Callable[[Path, Mapping[str, str]], Received | None],
    *,
    key: str,
    sha256: str,
    age: float,
    offline: bool | None,
    cache: Cache | None,
    limits: Limits,
    clock: Clock,
) -> Fetched:
    """Return a file of the cache, brought by `bring` when it is not there or not current.

    Parameters
    ----------
    url : str
    bring : callable
        Takes where to write and the headers that say which version is known; returns None when that
        one is current.
    key : str
        Name of the question in the cache.
    sha256, age, offline, cache, limits, clock
        See :func:`fetch`.
    """
    cache = cache or Cache()
    sha256 = sha256.lower()
    offline = is_offline() if offline is None else offline
    ready = partial(_ready, cache, key, url, sha256, age=age, clock=clock)
    found = ready(offline=offline)
    if found:
        return found
    if offline:
        raise NotInCache(
            f"{shown(url)} is not in the cache {cache.folder}, and the network is not to be used. "
            "Fetch it once with the network (WORKBENCH_OFFLINE=0)."
        )
    with cache.alone(key, clock=clock, seconds=limits.seconds):
        # Another process may have brought it while this one waited.
        found = ready(offline=False)
        if found:
            return found
        before = cache.entry(key)
        held = cache.hold(before) if before and sha256 in ("", before.sha256) else None
        received = bring(cache.part(key), _validators(before) if before and held else {})
        now = clock.time()
        if received is None:
            if before is None or held is None:
                raise FetchFailed(
                    f"{shown(url)} answers that nothing has changed, and nothing is known."
                )
            entry = replace(before, checked=now)
        else:
            entry = _whole(url, cache.part(key), received, sha256, now)
            held = cache.keep(cache.part(key), entry)
        cache.note(key, entry)
    return Fetched.of(entry, held)


def _ready(
    cache: Cache, key: str, url: str, sha256: str, *, age: float, clock: Clock, offline: bool
) -> Fetched | None:
    """Return the file when it need not be asked for."""
    entry = cache.entry(key)
    if entry is None:
        return None
    if sha256 and entry.sha256 != sha256:
        if offline:
            raise ContentChanged(_changed(url, entry.sha256, sha256))
        return None
    # A clock that was moved back leaves files checked in the future: they are asked for again.
    if not (sha256 or offline or 0 <= clock.time() - entry.checked <= age):
        return None
    held = cache.hold(entry)
    if held and sha256_of(held.path) != entry.sha256:
        # Changed on this disk: the hash is what the provenance says.
        held.release()
        cache.drop(entry)
        held = None
    return Fetched.of(entry, held) if held else None


def _whole(url: str, part: Path, received: Received, sha256: str, now: float) -> Entry:
    found = sha256_of(part)
    if sha256 and found != sha256:
        part.unlink()
        raise ContentChanged(_changed(url, found, sha256))
    return Entry(
        url=shown(url),
        final_url=shown(received.url),
        name=file_name(received.url, received.disposition, received.kind),
        sha256=found,
        bytes=part.stat().st_size,
        etag=received.etag,
        modified=received.modified,
        fetched=now,
        checked=now,
    )


def _validators(entry: Entry) -> dict[str, str]:
    told = {"If-None-Match": entry.etag, "If-Modified-Since": entry.modified}
    return {name: value for name, value in told.items() if value}


def _changed(url: str, found: str, expected: str) -> str:
    return (
        f"{shown(url)} has sha256 {found}, expected {expected}: its producer has changed the file "
        "since its hash was pinned, or it was altered on the way. Look at what changed, then pin "
        "the new hash."
    )
