"""A connection goes to the address that was checked, proves its host, and may pass a proxy."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import time
from contextlib import suppress
from dataclasses import replace
from threading import Thread

import pytest

from workbench.loaders import addresses
from workbench.loaders.addresses import Allowed
from workbench.loaders.errors import AddressRefused, FetchFailed, FetchTooLarge
from workbench.loaders.transport import Cut, Limits, ask

from .server import give, redirect

NAMED = Limits(silence=2.0, allowed=Allowed.of(["data.example"]))


def read(url, limits, **options):
    """Return the body of a URL."""
    with ask(url, limits=limits, **options) as answer:
        return b"".join(answer.chunks())


@pytest.fixture
def names(monkeypatch):
    """Give the table of names that stands for the DNS: for each, its address a question."""
    table: dict[str, list[str]] = {}
    asked = []
    real = socket.getaddrinfo

    def getaddrinfo(host, *rest, **options):
        if host in table:
            asked.append(host)
            turns = table[host]
            host = turns.pop(0) if len(turns) > 1 else turns[0]
        return real(host, *rest, **options)

    monkeypatch.setattr(addresses.socket, "getaddrinfo", getaddrinfo)
    table["asked"] = asked
    return table


def test_a_name_that_is_rebound_is_not_resolved_again(server, names):
    names["data.example"] = ["127.0.0.1", "10.0.0.1"]
    url = server.on("/a", give(b"data")).replace("127.0.0.1", "data.example")
    assert read(url, NAMED) == b"data"
    assert names["asked"] == ["data.example"]
    assert server.asked[0].headers["host"] == f"data.example:{server.server_port}"


def test_a_name_that_is_rebound_for_a_redirect_is_checked_again(server, names):
    names["data.example"] = ["127.0.0.1", "10.0.0.1"]
    allowed = Limits(allowed=Allowed.of(["127.0.0.1"]))
    url = server.on("/a", redirect("/b")).replace("127.0.0.1", "data.example")
    with pytest.raises(AddressRefused, match=r"leads to 10\.0\.0\.1"):
        read(url, allowed)


def test_one_private_address_among_public_ones_is_enough(names, monkeypatch):
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80)),
    ]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(AddressRefused, match=r"leads to 10\.0\.0\.1"):
        read("http://data.example/", Limits())


def test_a_port_that_nobody_listens_to_is_told(server, near):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        with pytest.raises(Cut, match=r"127\.0\.0\.1 does not answer"):
            read(url, near)


# -- certificates ---------------------------------------------------------------------------


@pytest.fixture
def certified(server, tmp_path):
    """Make the server speak TLS, with a certificate of its own for ``data.example``."""
    if not shutil.which("openssl"):
        pytest.skip("openssl, which makes the certificate, is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=data.example"
    named = ["-addext", "subjectAltName=DNS:data.example"]
    written = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*words.split(), *named, *written], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return certificate


def test_a_certificate_that_nobody_vouches_for_is_refused(server, certified, names):
    names["data.example"] = ["127.0.0.1"]
    url = server.on("/a", give(b"data")).replace("http://127.0.0.1", "https://data.example")
    with pytest.raises(FetchFailed, match="does not prove who it is"):
        read(url, NAMED)
    assert server.asked == []


def test_a_certificate_is_that_of_the_name_not_of_the_address(
    server, certified, names, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certified))
    names["data.example"] = names["other.example"] = ["127.0.0.1"]
    url = server.on("/a", give(b"data")).replace("http://127.0.0.1", "https://data.example")
    assert read(url, NAMED) == b"data"
    both = replace(NAMED, allowed=Allowed.of(["other.example"]))
    with pytest.raises(FetchFailed, match="does not prove who it is"):
        read(url.replace("data.example", "other.example"), both)


def test_a_redirect_may_not_leave_encryption(server, certified, names, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certified))
    names["data.example"] = ["127.0.0.1"]
    url = server.on("/a", redirect("http://data.example/b"))
    with pytest.raises(AddressRefused, match="not encrypted"):
        read(url.replace("http://127.0.0.1", "https://data.example"), NAMED)


def test_a_handshake_that_drips_is_stopped_in_time(near):
    """A TLS record of 16 kB is announced, and comes byte after byte."""

    def drip(listening):
        line, _ = listening.accept()
        with line, suppress(OSError):
            line.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
            while True:
                line.sendall(b"\x00")
                time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=drip, args=(listening,), daemon=True).start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(FetchTooLarge, match=r"the time allowed \(0\.5 s\)"):
            read(url, replace(near, seconds=0.5))


# -- proxies --------------------------------------------------------------------------------


def test_a_proxy_is_asked_for_the_whole_url(server, near, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url(""))
    server.on("*", give(b"through the proxy"))
    assert read("http://data.invalid/a?b=1", near) == b"through the proxy"
    assert server.asked[0].path == "http://data.invalid/a?b=1"
    assert server.asked[0].headers["host"] == "data.invalid"


def test_a_proxy_is_given_its_password_and_the_server_is_not(server, near, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url("").replace("//", "//me:word@"))
    server.on("*", give(b"through the proxy"))
    assert read("http://data.invalid/a", near) == b"through the proxy"
    assert server.asked[0].headers["proxy-authorization"] == "Basic bWU6d29yZA=="
    assert "authorization" not in server.asked[0].headers


def test_a_proxy_is_not_asked_for_a_private_address(server, near, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url(""))
    with pytest.raises(AddressRefused, match=r"leads to 169\.254\.169\.254"):
        read("http://169.254.169.254/latest", near)
    assert server.asked == []


def test_a_proxy_carries_what_is_encrypted_unread(server, other, certified, names, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certified))
    monkeypatch.setenv("https_proxy", other.url("").replace("//", "//me:word@"))
    names["data.example"] = ["127.0.0.1"]
    url = server.on("/a", give(b"data")).replace("http://127.0.0.1", "https://data.example")
    assert read(url, NAMED) == b"data"
    assert [each.path for each in other.asked] == [f"data.example:{server.server_port}"]
    assert other.asked[0].headers["proxy-authorization"] == "Basic bWU6d29yZA=="
    assert "proxy-authorization" not in server.asked[0].headers


def test_a_host_without_proxy_is_asked_itself(server, other, near, monkeypatch):
    monkeypatch.setenv("http_proxy", other.url(""))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert read(server.on("/a", give(b"itself")), near) == b"itself"
    assert other.asked == []
