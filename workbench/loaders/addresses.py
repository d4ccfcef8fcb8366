"""Which URLs may be read: those of public machines, and those that the user allows.

A URL comes from a catalogue, a server's redirect or a page's link to the next: hostile until its
address has been resolved and looked at. The connection is then made to that very address (see
:mod:`workbench.loaders.transport`), so that a name which resolves otherwise a second later
changes nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from workbench.loaders.errors import AddressRefused, FetchFailed

__all__ = ["Allowed", "Target", "is_public", "resolve", "shown", "target"]

Address = IPv4Address | IPv6Address

_PORTS = {"http": 80, "https": 443}
# No URL needs one, and parsers disagree about them: what is checked must be what is asked for.
_UNFIT = re.compile(r"[\x00-\x20\x7f\\]")
_LONGEST = 8192
# Parameters that hold a key, as services name them; those of links signed for a moment too.
_SECRET = re.compile(
    r"([?&;](?:(?:api|access|auth|app|client|refresh|session|subscription|x-api|x-amz-security)"
    r"[-_]?)?(?:key|token|secret|sig|signature|password|passwd|pwd|jwt|auth|x-amz-signature|"
    r"x-amz-credential|x-goog-signature|x-goog-credential)=)[^&;#]*",
    re.IGNORECASE,
)

# What ``is_global`` lets through: Azure's service of the machine's own host (WireServer), protocol
# assignments (RFC 6890; Oracle's metadata service is 192.0.0.192), local NAT64 (RFC 8215).
_RESERVED = tuple(map(ipaddress.ip_network, ("168.63.129.16/32", "192.0.0.0/24", "64:ff9b:1::/48")))
# IPv6 addresses that hold an IPv4 one in their last 32 bits: NAT64 (RFC 6052), IPv4-compatible
# (RFC 4291), SIIT (RFC 2765).
_HOLDING = tuple(map(IPv6Network, ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96")))


@dataclass(frozen=True, slots=True)
class Target:
    """Hold a URL that has been taken apart once, so that all look at the same parts.

    Parameters
    ----------
    url : str
        The whole, with its path encoded and without fragment.
    scheme, host, port, path : str, str, int, str
        Its parts; the path holds the query.
    """

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def shown(self) -> str:
        """The URL as it may be shown: see :func:`shown`."""
        return shown(self.url)

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: to whom a secret header was given."""
        return self.scheme, self.host, self.port


@dataclass(frozen=True, slots=True)
class Allowed:
    """Hold the hosts that are read although they are not public.

    Parameters
    ----------
    hosts : frozenset of str
        Names, for whatever they resolve to.
    networks : tuple of network
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Allowed:
        """Read names (``intranet.ville.fr``), addresses and networks (``10.0.0.0/8``).

        Examples
        --------
        >>> Allowed.of(["localhost", "10.0.0.0/8"]).networks
        (IPv4Network('10.0.0.0/8'),)
        """
        hosts, networks = set(), []
        for text in texts:
            try:
                networks.append(ipaddress.ip_network(text))
            except ValueError:
                hosts.add(text.lower().rstrip("."))
        return cls(frozenset(hosts), tuple(networks))

    def __contains__(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


def shown(url: str) -> str:
    """Write a URL without the keys that it holds, for messages, reports and the cache's index.

    Examples
    --------
    >>> shown("https://exemple.fr/a.csv?apikey=s3cr3t&commune=59350")
    'https://exemple.fr/a.csv?apikey=…&commune=59350'
    """
    return _SECRET.sub(r"\1…", url)


def target(url: str) -> Target:
    """Take a URL apart.

    Raises
    ------
    AddressRefused
        It is not http or https, holds a name and password, or cannot be a URL.

    Examples
    --------
    >>> target("https://Exemple.fr/données?q=é#x").url
    'https://exemple.fr/donn%C3%A9es?q=%C3%A9'
    >>> target("file:///etc/passwd")
    Traceback (most recent call last):
    ...
    workbench.loaders.errors.AddressRefused: 'file:///etc/passwd' is not read: only http and ...
    """
    told = repr(shown(url if len(url) < 200 else f"{url[:200]}…"))
    if _UNFIT.search(url) or len(url) > _LONGEST:
        raise AddressRefused(
            f"{told} is no URL: a space, a backslash, a control character, or too long. Encode "
            "it (%20 for a space)."
        )
    try:
        parts = parse_url(url)
        port = parts.port
    except (LocationParseError, ValueError) as error:
        raise AddressRefused(f"{told} is no URL: {error}.") from None
    scheme = (parts.scheme or "").lower()
    if scheme not in _PORTS:
        raise AddressRefused(
            f"{told} is not read: only http and https are. Give a file of this machine by its path."
        )
    if parts.auth:
        raise AddressRefused(
            f"The URL of {parts.host} holds a name or a password, which would end in reports: give "
            "them in a header."
        )
    host = (parts.host or "").strip("[]").lower().rstrip(".")
    if not host:
        raise AddressRefused(f"{told} names no host.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query is not None else "")
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = "" if port in (None, _PORTS[scheme]) else f":{port}"
    whole = f"{scheme}://{shown_host}{shown_port}{path}"
    return Target(whole, scheme, host, port or _PORTS[scheme], path)


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public internet.

    Loopback, link-local (with the metadata services of clouds), private, shared, reserved and
    multicast addresses are not, nor the IPv6 addresses that hold one of those.

    Examples
    --------
    >>> is_public(ipaddress.ip_address("::ffff:127.0.0.1"))
    False
    >>> is_public(ipaddress.ip_address("2001:4860:4860::8888"))
    True
    """
    return all(
        each.is_global
        and not each.is_multicast
        and not each.is_reserved
        and not any(each in network for network in _RESERVED)
        for each in _within(address)
    )


def _within(address: Address) -> Iterator[Address]:
    """Give the address that is truly reached: the IPv4 one when the IPv6 one holds one."""
    if isinstance(address, IPv6Address):
        held = address.ipv4_mapped or address.sixtofour
        if held is None and address.teredo:
            held = address.teredo[1]
        if held is None and any(address in network for network in _HOLDING):
            held = IPv4Address(int(address) & 0xFFFFFFFF)
        if held is not None:
            yield held
            return
    yield address


def resolve(to: Target, allowed: Allowed) -> tuple[Address, ...]:
    """Return the addresses of a host, all of them fit to be connected to.

    One unfit address among others is enough for a refusal: a connection could go to any.

    Raises
    ------
    AddressRefused
        An address is not public, and not allowed.
    FetchFailed
        The name has no address.
    """
    try:
        # Also reads the other forms of an address, 2130706433, 0177.0.0.1 or 127.1.
        found = socket.getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(
            f"The host {to.host!r} has no address ({error}). Check its name and the network, or "
            "work offline with what was fetched before."
        ) from None
    addresses = tuple(
        dict.fromkeys(ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found)
    )
    if to.host not in allowed.hosts:
        for address in addresses:
            if not is_public(address) and address not in allowed:
                raise AddressRefused(
                    f"{to.shown} leads to {address}, which is no public address: this machine or a "
                    f"private network. If that is wanted, allow the host {to.host!r} by name."
                )
    return addresses
