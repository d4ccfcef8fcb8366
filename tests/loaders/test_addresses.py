"""Only public addresses are read, however they are written."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.provisional import urls

from workbench.core.errors import WorkbenchError
from workbench.loaders.addresses import Allowed, is_public, resolve, target
from workbench.loaders.errors import AddressRefused, FetchFailed

NOBODY = Allowed()


def forms(address: IPv4Address) -> list[str]:
    """Write an IPv4 address in the ways that ``inet_aton`` reads."""
    a, b, c, d = address.packed
    number = int(address)
    return [
        f"{a}.{b}.{c}.{d}",
        f"{number}",
        f"{number:#x}",
        f"0{number:o}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{number & 0xFFFF}",
        f"[::ffff:{a}.{b}.{c}.{d}]",
    ]


@pytest.mark.parametrize(
    "text",
    [
        *forms(IPv4Address("127.0.0.1")),
        *forms(IPv4Address("169.254.169.254")),  # the metadata service of most clouds
        *forms(IPv4Address("10.1.2.3")),
        "localhost",
        "LOCALHOST.",
        "127.1",
        "0.0.0.0",
        "0",
        "100.100.100.200",  # Alibaba's metadata service
        "192.0.0.192",  # Oracle's
        "168.63.129.16",  # Azure's
        "192.168.1.1",
        "172.16.0.1",
        "255.255.255.255",
        "224.0.0.1",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fd00:ec2::254]",  # Amazon's
        "[2002:7f00:1::]",  # 6to4 of 127.0.0.1
        "[64:ff9b::7f00:1]",  # NAT64 of 127.0.0.1
        "[64:ff9b::a9fe:a9fe]",
        "[::7f00:1]",
        "[::ffff:0:127.0.0.1]",
        "[ff02::1]",
    ],
)
def test_an_address_that_is_not_public_is_refused(text):
    with pytest.raises(AddressRefused, match="no public address"):
        resolve(target(f"http://{text}/data.csv"), NOBODY)


@pytest.mark.parametrize("text", ["93.184.216.34", "[2606:2800:220:1::1]", "1572395042"])
def test_a_public_address_is_read(text):
    addresses = resolve(target(f"https://{text}/"), NOBODY)
    assert all(map(is_public, addresses))


@pytest.mark.parametrize("allowed", ["localhost", "127.0.0.0/8 ::1", "127.0.0.1 ::1"])
def test_what_is_allowed_is_read(allowed):
    addresses = resolve(target("http://localhost:8000/"), Allowed.of(allowed.split()))
    assert {str(address) for address in addresses} <= {"127.0.0.1", "::1"}


def test_allowing_one_network_allows_no_other():
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        resolve(target("http://10.0.0.1/"), Allowed.of(["127.0.0.0/8", "intranet.example"]))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "ftp://example.org/a",
        "gopher://example.org/",
        "data:text/csv,a",
        "//example.org/a",
        "towns.csv",
        "",
    ],
)
def test_only_http_is_read(url):
    with pytest.raises(AddressRefused, match="only http and https"):
        target(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org\\@127.0.0.1/",
        "http://example.org/a b",
        "http://example.org/a\r\nX: y",
        "http://example.org/\x00",
        "http://" + "a" * 9000,
        "http://example.org/" + "a" * 9000,
        "http://[::1",
        "http://example.org:99999/",
        "http://example.org:8a/",
    ],
)
def test_what_parsers_disagree_about_is_refused(url):
    with pytest.raises(AddressRefused, match="is no URL"):
        target(url)


@pytest.mark.parametrize("url", ["http:///data.csv", "https://?a=1"])
def test_a_url_without_host_is_refused(url):
    with pytest.raises(AddressRefused, match="names no host"):
        target(url)


def test_a_password_is_refused_and_not_repeated():
    with pytest.raises(AddressRefused, match="in a header") as caught:
        target("https://me:secret@example.org/")
    assert "secret" not in str(caught.value)


def test_a_name_without_address_says_so():
    with pytest.raises(FetchFailed, match="has no address"):
        resolve(target("https://nowhere.invalid/"), NOBODY)


@given(st.ip_addresses(v=4))
def test_no_form_of_a_private_address_passes(address):
    assume(not is_public(address))
    for form in forms(address):
        with pytest.raises(AddressRefused, match="no public address"):
            resolve(target(f"http://{form}/"), NOBODY)


@given(st.ip_addresses(v=4))
def test_an_ipv6_address_is_as_public_as_the_one_it_holds(address):
    number = int(address)
    mapped = IPv6Address(f"::ffff:{address}")
    translated = IPv6Address(int(IPv6Address("64:ff9b::")) + number)
    tunnelled = IPv6Address((0x2002 << 112) | (number << 80))
    expected = is_public(address)
    assert [is_public(each) for each in (mapped, translated, tunnelled)] == [expected] * 3


@given(urls())
def test_a_url_read_twice_is_the_same(url):
    once = target(url)
    assert target(once.url) == once


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "http://[", "//"]))
def test_any_text_is_a_url_or_refused(text, start):
    try:
        found = target(start + text)
    except WorkbenchError:
        return
    assert found.scheme in ("http", "https")
    assert found.host
    assert not set(found.url) & set(" \\\r\n\t\x00")


def test_a_network_is_not_public_by_one_of_its_members():
    assert not is_public(ipaddress.ip_address("100.64.0.1"))
