"""One question to a server and its answer: to a checked address, within bounds.

The host is resolved once, its addresses are checked, and the connection goes to one of them, with
the host's name in the certificate check and the ``Host`` header: no second resolution, so a name
that is rebound to a private address in between is never followed. Through a proxy the proxy
resolves the name: then what this machine resolves, if anything, is checked.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urljoin
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import DecodeError, HTTPError
from urllib3.util import make_headers, parse_url

from workbench.loaders.addresses import Allowed, Target, resolve, shown, target
from workbench.loaders.errors import AddressRefused, FetchFailed, FetchTooLarge

__all__ = ["LIMITS", "Answer", "Clock", "Cut", "Limits", "ask"]

_NAME = "territorial-workbench"
_CHUNK = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Clock(Protocol):
    """Tell the time and let it pass; the module :mod:`time` is one."""

    def time(self) -> float:
        """Return the seconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Wait."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound what is asked of a server and taken from it.

    Parameters
    ----------
    bytes : int
        Most bytes of one answer, once decoded.
    seconds : float
        Longest time for one file, waits and retries included.
    silence : float
        Longest time without a byte.
    redirects, retries, pages : int
        Most of each; a retry that brings bytes does not count.
    pause : float
        Seconds before the first retry; doubled for each further one.
    allowed : Allowed
        Hosts read although they are not public.
    """

    bytes: int = 4 * 10**9
    seconds: float = 1800.0
    silence: float = 30.0
    redirects: int = 5
    retries: int = 4
    pages: int = 1000
    pause: float = 1.0
    allowed: Allowed = field(default_factory=Allowed)


LIMITS = Limits()


class Cut(Exception):
    """The line was cut, or stayed silent: what came before is good."""


class Answer:
    """Hold a server's answer, whose body is read once.

    Parameters
    ----------
    to : Target
        The last of the redirects.
    status : int
    headers : mapping of str to str
        Names in lower case.
    """

    def __init__(self, to: Target, body: urllib3.BaseHTTPResponse, line: _Line) -> None:
        self.to = to
        self.status = body.status
        self.headers = {name.lower(): value for name, value in body.headers.items()}
        self._body = body
        self._line = line

    @property
    def encoded(self) -> bool:
        """Tell whether the body is compressed for the way, and is to be decompressed.

        Some servers declare so the encoding that a ``.gz`` file has by itself: it is then kept.
        """
        encoding = self.headers.get("content-encoding", "identity").lower()
        return encoding not in ("", "identity") and not self.to.path.partition("?")[0].endswith(
            (".gz", ".tgz", ".zst", ".br")
        )

    def chunks(self, taken: int = 0) -> Iterator[bytes]:
        """Give the body in pieces, as they come, after `taken` bytes of an earlier answer.

        Raises
        ------
        Cut
            Fewer bytes came than were announced, or none for too long.
        FetchFailed
            The body is not encoded as its header says.
        FetchTooLarge
            The time or the bytes allowed are used up.
        """
        limit = self._line.limits.bytes
        announced = self.headers.get("content-length", "")
        if announced.isdecimal() and taken + int(announced) > limit:
            raise FetchTooLarge(
                f"{self.to.shown} is {taken + int(announced):,} bytes, more than the {limit:,} "
                "allowed. Raise the limit of bytes if that is expected."
            )
        while True:
            with self._line.told(self.to):
                chunk = self._body.read1(_CHUNK, decode_content=self.encoded)
            if not chunk:
                # The end, unless it is the one that this side has put to it.
                with self._line.told(self.to):
                    return
            taken += len(chunk)
            if taken > limit:
                raise FetchTooLarge(
                    f"{self.to.shown} goes on after the {limit:,} bytes allowed. Raise the limit "
                    "of bytes if that is expected."
                )
            yield chunk


@contextmanager
def ask(
    url: str,
    *,
    headers: Mapping[str, str] = MappingProxyType({}),
    plain: Mapping[str, str] = MappingProxyType({}),
    limits: Limits = LIMITS,
    until: float | None = None,
    clock: Clock = time,
) -> Iterator[Answer]:
    """Ask for a URL, follow its redirects, and give the answer.

    Parameters
    ----------
    url : str
    headers : mapping of str to str
        Sent to the URL's own origin only, as a key must be: a redirect elsewhere does not get them.
    plain : mapping of str to str
        Sent to every host: which version is known, where to resume.
    limits : Limits
    until : float, optional
        Monotonic time after which nothing more is read; `limits.seconds` from now by default.
    clock : Clock

    Yields
    ------
    Answer
        Whatever its status is, redirects excepted.

    Raises
    ------
    AddressRefused
        The URL, or what it redirects to, leads where nothing should be read.
    Cut
        No whole head of an answer came.
    FetchFailed
        The host is not known, its certificate is not its own, or redirects never end.
    """
    line = _Line(limits, clock.monotonic() + limits.seconds if until is None else until, clock)
    first = to = target(url)
    seen = [to.url]
    while True:
        sent = {
            "User-Agent": f"{_NAME}/{version(_NAME)}",
            "Accept": "*/*",
            # Resuming counts bytes of the file itself, not of a compressed copy.
            "Accept-Encoding": "identity",
            **plain,
            **(headers if to.origin == first.origin else {}),
        }
        with line.exchange(to, sent) as answer:
            where = answer.headers.get("location", "")
            if answer.status not in _REDIRECTS or not where:
                yield answer
                return
        to = _followed(to, where)
        if to.url in seen or len(seen) > limits.redirects:
            raise FetchFailed(
                f"{shown(url)} redirects {'in a circle' if to.url in seen else 'too often'}, to "
                f"{to.shown} at last. Look at it in a browser, and give the last URL."
            )
        seen.append(to.url)


def _followed(to: Target, where: str) -> Target:
    """Return where a redirect leads; it may not leave encryption."""
    # Servers send accents and spaces as they are.
    reached = target(urljoin(to.url, where.strip().replace(" ", "%20")))
    if (to.scheme, reached.scheme) == ("https", "http"):
        raise AddressRefused(
            f"{to.shown} redirects to {reached.shown}, which is not encrypted: anyone on the way "
            "could change the file. Give that URL yourself if you trust it."
        )
    return reached


class _Line:
    """Make connections that end at a fixed time, whatever the server does."""

    def __init__(self, limits: Limits, until: float, clock: Clock) -> None:
        self.limits, self._until, self._clock = limits, until, clock

    def left(self) -> float:
        return self._until - self._clock.monotonic()

    @contextmanager
    def told(self, to: Target, what: str = "the line was cut") -> Iterator[None]:
        """Make of every accident one of ours."""
        try:
            if self.left() <= 0:
                raise TimeoutError
            yield
        except DecodeError as error:
            raise FetchFailed(
                f"{to.shown} is not encoded as its server says ({error}). Tell its producer."
            ) from None
        except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            if self.left() <= 0:
                raise FetchTooLarge(
                    f"{to.shown} took more than the time allowed ({self.limits.seconds:g} s). "
                    "Raise the limit, or try again: a file that is half there is resumed."
                ) from None
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise FetchFailed(
                    f"{to.host} does not prove who it is ({error}). Nothing was read: check the "
                    "URL, the clock, and the certificates of this machine."
                ) from None
            raise Cut(f"{what} ({type(error).__name__}: {error})") from None

    @contextmanager
    def exchange(self, to: Target, headers: Mapping[str, str]) -> Iterator[Answer]:
        """Send one question and give its answer."""
        opened: list[HTTPConnection] = []
        # The time of one silence restarts with each byte: this one does not.
        watch = threading.Timer(max(self.left(), 0), _hang_up, (opened,))
        watch.daemon = True
        watch.start()
        try:
            connection = self._connected(to, opened)
            with self.told(to):
                connection.request(
                    "GET",
                    # A proxy that forwards is told the whole URL.
                    to.url if connection.proxy else to.path,
                    headers={"Host": _host_header(to), **headers, **_to_proxy(connection)},
                    preload_content=False,
                )
                body = connection.getresponse()
            yield Answer(to, body, self)
        finally:
            watch.cancel()
            for each in opened:
                each.close()

    def _connected(self, to: Target, opened: list[HTTPConnection]) -> HTTPConnection:
        proxy = _proxy(to)
        if proxy:
            with suppress(FetchFailed):
                resolve(to, self.limits.allowed)
            hosts = [proxy]
        else:
            hosts = [str(address) for address in resolve(to, self.limits.allowed)]
        last = len(hosts) - 1
        for place, host in enumerate(hosts):
            try:
                with self.told(to, f"{host} does not answer"):
                    connection = self._line_to(to, host, proxy)
                    opened.append(connection)
                    connection.connect()
                return connection
            except Cut:
                if place == last:
                    raise
        raise AssertionError("a host has an address")

    def _line_to(self, to: Target, host: str, proxy: str) -> HTTPConnection:
        timeout = max(min(self.limits.silence, self.left()), 0.01)
        port = to.port
        if proxy:
            by = parse_url(proxy)
            host, port = by.host or "", by.port or 8080
        if to.scheme == "http":
            connection = HTTPConnection(
                host, port, timeout=timeout, proxy=parse_url(proxy) if proxy else None
            )
        else:
            connection = HTTPSConnection(host, port, timeout=timeout, server_hostname=to.host)
            if proxy:
                auth = parse_url(proxy).auth
                connection.set_tunnel(
                    to.host, to.port, headers=make_headers(proxy_basic_auth=auth) if auth else None
                )
        return connection


def _proxy(to: Target) -> str:
    """Return the URL of the proxy that the machine is set to use for a host, or nothing."""
    if proxy_bypass(to.host):
        return ""
    return getproxies().get(to.scheme, "")


def _host_header(to: Target) -> str:
    host = f"[{to.host}]" if ":" in to.host else to.host
    usual = {"http": 80, "https": 443}[to.scheme]
    return host if to.port == usual else f"{host}:{to.port}"


def _to_proxy(connection: HTTPConnection) -> dict[str, str]:
    """Return what a proxy that forwards asks for: the name and password of its URL."""
    auth = connection.proxy.auth if connection.proxy else None
    return dict(make_headers(proxy_basic_auth=auth)) if auth else {}


def _hang_up(opened: list[HTTPConnection]) -> None:
    for connection in opened:
        with suppress(OSError, AttributeError):
            # A connection that is being closed has no socket any more.
            connection.sock.shutdown(socket.SHUT_RDWR)
