"""Fetch the feeds of a network of shared vehicles together, as one file of one moment."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workbench.loaders.addresses import shown, target
from workbench.loaders.cache import Cache, key_of, usable
from workbench.loaders.download import Received, download
from workbench.loaders.errors import FetchTooLarge
from workbench.loaders.fetch import DAY, Fetched, kept
from workbench.loaders.gbfs import Feed, discovered, lists_feeds
from workbench.loaders.guard import read_json
from workbench.loaders.transport import LIMITS, Clock, Limits

__all__ = ["fetch_feeds"]

_MOST_FEEDS = 40  # the specification has about fifteen
_MOST_BYTES = 128 << 20


def fetch_feeds(
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
    """Return the feeds that the discovery file of a URL lists, all of them, as one file.

    Parameters
    ----------
    url : str
        Of the discovery file (``gbfs.json``), or of one feed.
    sha256, age, offline, headers, cache, limits, clock
        See :func:`workbench.loaders.fetch.fetch`; time and bytes are those of all feeds. Headers
        go to the host of `url` only.

    Raises
    ------
    FetchTooLarge
        There are more feeds or bytes than any network has.
    FileNotTabular, JsonRefused
        What came is no feed.
    """
    first = target(url)

    def bring(part: Path, _known: Mapping[str, str]) -> Received:
        until, taken = clock.monotonic() + limits.seconds, 0

        def one(address: str) -> Any:
            nonlocal taken
            to = target(address)
            left = replace(
                limits,
                seconds=max(until - clock.monotonic(), 0.0),
                bytes=min(limits.bytes, _MOST_BYTES) - taken,
            )
            given = headers if to.origin == first.origin else {}
            piece = part.with_name(f"{part.name}.feed")
            download(to.url, piece, headers=given, known={}, limits=left, clock=clock)
            content = piece.read_bytes()
            piece.unlink()
            taken += len(content)
            return read_json(content, to.shown)

        document = one(first.url)
        listed = _listed(document, first.shown)
        found = {"gbfs": document} if listed else {"feed": document}
        for name, address in listed.items():
            if name != "gbfs":
                found[name] = one(address)
                Feed.of(name, found[name], shown(address))
        with usable(part.parent):
            part.write_text(json.dumps({"feeds": found}, ensure_ascii=False), "utf-8")
        return Received(first.url, "", "", "", 'inline; filename="gbfs.json"')

    return kept(
        first.url,
        bring,
        key=key_of(first.url, {**headers, "Paging": "gbfs"}),
        sha256=sha256,
        age=age,
        offline=offline,
        cache=cache,
        limits=limits,
        clock=clock,
    )


def _listed(document: Any, url: str) -> Mapping[str, str]:
    """Return the feeds to fetch; none when the document is a feed itself."""
    data = Feed.of("gbfs", document, url).data
    if not lists_feeds(data):
        return {}
    listed = discovered(data, url)
    if len(listed) > _MOST_FEEDS:
        raise FetchTooLarge(
            f"{url} lists {len(listed):,} feeds, more than the {_MOST_FEEDS} of a real network."
        )
    return listed
