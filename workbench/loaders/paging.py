"""Read what a server gives by pages, to the end, into one file of one record a line.

The pages of one answer are one file: all of them come, or none. What leads from a page to the next
is the style of the server: a link in the page, a link in its headers, or a count of records.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, quote, urljoin, urlsplit, urlunsplit

from workbench.core.errors import nearest
from workbench.loaders.addresses import Target, target
from workbench.loaders.cache import Cache, key_of, usable
from workbench.loaders.download import Received
from workbench.loaders.errors import (
    AddressRefused,
    FetchTooLarge,
    JsonRefused,
    OptionUnknown,
    PagingLoop,
)
from workbench.loaders.fetch import DAY, Fetched, kept
from workbench.loaders.guard import read_json
from workbench.loaders.patience import Patience
from workbench.loaders.transport import LIMITS, Answer, Clock, Limits, ask

__all__ = ["STYLES", "Style", "fetch_pages"]

_PAGE_BYTES = 64 << 20
# RFC 8288, 3: a URL and its parameters; one of them says what it is of the page.
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_RELATION = re.compile(r';\s*+rel\s*+=\s*+("[^"]*"|[^\s;,"]+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
    """Say how a server pages.

    Parameters
    ----------
    records : str
        Where the records are in a page, keys joined by dots; "" when the page is their list.
    next : str
        Where the next page's URL is; "" when it is in the header ``Link``.
    count : str
        Where the number of all records is, "" when it is not told.
    offset : str
        The parameter that skips records, when there is no link; the next page is then counted.
    most : int
        Most records that the server gives by this means, 0 when it gives them all.
    """

    records: str
    next: str = ""
    count: str = ""
    offset: str = ""
    most: int = 0


# From the documentation of each: Hub'Eau (206 while there is a next page, 20,000 records at most),
# Opendatasoft Explore 2.1 (offset + limit under 10,000), INSEE's Melodi, Hydra, data.gouv.fr, and
# the header of RFC 8288, which NGSI-LD uses (ETSI GS CIM 009, 6.3.10).
STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "hubeau": Style("data", next="next", count="count", most=20_000),
        "opendatasoft": Style("results", count="total_count", offset="offset", most=10_000),
        "melodi": Style("observations", next="paging.next", count="paging.count"),
        "hydra": Style("member", next="view.next", count="totalItems"),
        "datagouv": Style("data", next="next_page", count="total"),
        "link": Style(""),
    }
)


def fetch_pages(
    url: str,
    style: str,
    *,
    sha256: str = "",
    age: float = DAY,
    offline: bool | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
    cache: Cache | None = None,
    limits: Limits = LIMITS,
    clock: Clock = time,
) -> Fetched:
    """Return all the records of a URL that gives them by pages, as JSON lines.

    Parameters
    ----------
    url : str
        The first page, with the parameters of the question.
    style : str
        One of :data:`STYLES`.
    sha256, age, offline, headers, cache, limits, clock
        See :func:`workbench.loaders.fetch.fetch`; bytes and time are those of all pages.

    Returns
    -------
    Fetched

    Raises
    ------
    PagingLoop
        A page leads back to one that was read, or their records are not as many as announced.
    FetchTooLarge
        There are more pages, records or bytes than are allowed.
    JsonRefused
        A page is not what the style says.
    OptionUnknown
        There is no such style.
    """
    if style not in STYLES:
        raise OptionUnknown(f"No style of paging is named {style!r} ({nearest(style, STYLES)}).")
    first = target(url)

    def bring(part: Path, _known: Mapping[str, str]) -> Received:
        pages = _Pages(STYLES[style], headers, limits, clock)
        with usable(part.parent), part.open("wb") as out:
            to: Target | None = first
            while to is not None:
                records, to = pages.read(to)
                for record in records:
                    out.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
        pages.finish()
        # Named after what it is made of: what its server says is of one page only.
        return Received(first.url, "", "", "", 'inline; filename="records.jsonl"')

    return kept(
        first.url,
        bring,
        key=key_of(first.url, {**headers, "Paging": style}),
        sha256=sha256,
        age=age,
        offline=offline,
        cache=cache,
        limits=limits,
        clock=clock,
    )


class _Pages:
    """Read pages one after the other, never one twice."""

    def __init__(
        self, style: Style, headers: Mapping[str, str], limits: Limits, clock: Clock
    ) -> None:
        self._style, self._headers, self._limits, self._clock = style, headers, limits, clock
        self._patience = Patience(limits, clock)
        self._urls: set[str] = set()
        self._contents: set[bytes] = set()
        self._records = self._bytes = 0
        self._announced: int | None = None
        self._last = ""

    def read(self, to: Target) -> tuple[Sequence[Any], Target | None]:
        """Return the records of a page, and the next page when there is one."""
        if to.url in self._urls:
            raise PagingLoop(f"Page {len(self._urls)} leads back to {to.shown}, read before.")
        self._urls.add(to.url)
        self._last = to.shown
        if len(self._urls) > self._limits.pages:
            raise FetchTooLarge(
                f"{to.shown} is one page more than the {self._limits.pages:,} allowed. Ask for "
                "more records a page, or for fewer records."
            )
        content, link = self._patience.insist(to.url, lambda: self._page(to))
        page = read_json(content, to.shown)
        records = _within(page, self._style.records)
        if not isinstance(records, list):
            raise JsonRefused(
                f"{to.shown} holds no list of records under {self._style.records!r}: it is paged "
                f"in another style, or is an error ({content[:120].decode('utf-8', 'replace')!r})."
            )
        print_ = hashlib.sha256(json.dumps(records, sort_keys=True).encode()).digest()
        if records and print_ in self._contents:
            raise PagingLoop(
                f"{to.shown} gives the same records as a page before: its server does not page as "
                "asked."
            )
        self._contents.add(print_)
        self._records += len(records)
        self._count(page, to)
        return records, self._next(page, link, to, len(records))

    def finish(self) -> None:
        """Refuse pages whose records are not as many as announced: some would be missing."""
        if self._announced is not None and self._records != self._announced:
            raise PagingLoop(
                f"{self._last}: {self._records:,} records came of {self._announced:,} announced. "
                "They may have changed meanwhile: try again, or ask for fewer records."
            )

    def _page(self, to: Target) -> tuple[bytes, str]:
        with ask(
            to.url,
            headers=self._headers,
            plain={"Accept": "application/json"},
            limits=self._limits,
            until=self._patience.until,
            clock=self._clock,
        ) as answer:
            self._patience.accept(answer)
            content = b"".join(self._bounded(answer))
            self._bytes += len(content)
            self._patience.progress()
            return content, answer.headers.get("link", "")

    def _bounded(self, answer: Answer) -> list[bytes]:
        pieces, size = [], 0
        for piece in answer.chunks(self._bytes):
            size += len(piece)
            if size > _PAGE_BYTES:
                raise FetchTooLarge(
                    f"{answer.to.shown} is a page of more than {_PAGE_BYTES:,} bytes. Ask for "
                    "fewer records a page."
                )
            pieces.append(piece)
        return pieces

    def _count(self, page: Any, to: Target) -> None:
        announced = _within(page, self._style.count) if self._style.count else None
        if not isinstance(announced, int):
            return
        self._announced = announced
        if self._style.most and announced > self._style.most:
            raise FetchTooLarge(
                f"{to.shown} announces {announced:,} records, and its server gives "
                f"{self._style.most:,} by pages at most. Ask for a part (a territory, a period), "
                "or for its export."
            )

    def _next(self, page: Any, link: str, to: Target, count: int) -> Target | None:
        style = self._style
        if style.offset:
            more = count and self._announced is not None and self._records < self._announced
            return target(_skipping(to.url, style.offset, self._records)) if more else None
        found = _within(page, style.next) if style.next else _next_link(link)
        if not found:
            return None
        if not isinstance(found, str):
            raise JsonRefused(f"{to.shown}: the link to the next page is {found!r}, no URL.")
        return _follow(to, found)


def _next_link(header: str) -> str | None:
    """Return the URL of the next page in a header ``Link``."""
    for url, parameters in _LINK.findall(header):
        relation = _RELATION.search(parameters)
        if relation and "next" in relation[1].strip('"').lower().split():
            return str(url)
    return None


def _follow(to: Target, found: str) -> Target:
    """Return the next page: on the same host, and still encrypted."""
    following = target(urljoin(to.url, found.strip().replace(" ", "%20")))
    if following.host == to.host and (to.scheme, following.scheme) == ("https", "http"):
        # Some servers behind another do not know that they are asked for by https.
        following = target(f"https://{to.host}{following.path}")
    if following.origin != to.origin:
        raise AddressRefused(
            f"{to.shown} names as its next page {following.shown}, on another host: not followed. "
            "Ask that host itself if it is trusted."
        )
    return following


def _within(page: Any, path: str) -> Any:
    """Return what a page holds under keys joined by dots, None when it is not there."""
    for key in path.split(".") if path else ():
        page = page.get(key) if isinstance(page, dict) else None
    return page


def _skipping(url: str, name: str, count: int) -> str:
    """Set the parameter that skips records."""
    parts = urlsplit(url)
    asked = [
        f"{quote(key, safe='')}={quote(text, safe='')}"
        for key, texts in parse_qs(parts.query, keep_blank_values=True).items()
        if key != name
        for text in texts
    ]
    return urlunsplit(parts._replace(query="&".join([*asked, f"{quote(name)}={count}"])))
