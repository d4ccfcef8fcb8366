"""Where a file leads is looked at first, and a key goes no further than its host."""

from __future__ import annotations

import pytest

from workbench.loaders.errors import (
    AddressRefused,
    FetchFailed,
)
from workbench.loaders.fetch import fetch
from workbench.loaders.transport import Limits

from .server import (
    current,
    cut,
    give,
    ranged,
    redirect,
)
from .test_fetch import BIG, TOWNS, sha256

# -- redirects ------------------------------------------------------------------------------


def test_a_redirect_is_followed_and_names_the_file(server, get):
    server.on("/stable", redirect("/files/communes%202026.csv"))
    server.on("/files/communes%202026.csv", give(TOWNS))
    fetched = get(server.url("/stable"))
    assert fetched.path.name == "communes 2026.csv"
    assert fetched.final_url.endswith("/files/communes%202026.csv")


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("file:///etc/passwd", "only http"),
        ("ftp://127.0.0.1/a", "only http"),
        ("http://127.0.0.2/a", "no public address"),
        ("http://2130706434/a", "no public address"),
        ("http://0177.0.0.2/a", "no public address"),
        ("http://[::1]/a", "no public address"),
        ("http://[::ffff:10.0.0.1]/a", "no public address"),
        ("http://169.254.169.254/latest/meta-data/", "no public address"),
        ("http://192.168.0.1/a", "no public address"),
        ("//10.0.0.1/a", "no public address"),
        ("http://me:secret@127.0.0.1/a", "in a header"),
    ],
)
def test_a_redirect_to_where_nothing_should_be_read_is_refused(server, get, to, told):
    with pytest.raises(AddressRefused, match=told):
        get(server.on("/a", redirect(to)))
    assert len(server.asked) == 1


def test_this_machine_is_refused_unless_allowed(server, cache):
    with pytest.raises(AddressRefused, match=r"allow the host '127\.0\.0\.1'"):
        fetch(server.on("/a", give(TOWNS)), cache=cache, limits=Limits())
    assert server.asked == []


def test_a_circle_of_redirects_is_told(server, get):
    server.on("/a", redirect("/b"))
    server.on("/b", redirect("/a"))
    with pytest.raises(FetchFailed, match="redirects in a circle"):
        get(server.url("/a"))


def test_redirects_without_end_are_told(server, get):
    for n in range(9):
        server.on(f"/{n}", redirect(f"/{n + 1}", 307))
    with pytest.raises(FetchFailed, match="redirects too often"):
        get(server.url("/0"))


def test_a_redirect_to_another_host_is_resumed_and_told_the_known_version(server, other, get):
    url = server.on("/stable", redirect(other.url("/file")))
    other.on("/file", cut(BIG, 300_000, ETag='"1"'), ranged(BIG, ETag='"1"'))
    assert get(url).sha256 == sha256(BIG)
    assert "range" in other.asked[1].headers
    other.on("/file", current(BIG, ETag='"1"'))
    assert get(url, age=0).sha256 == sha256(BIG)
    assert other.asked[2].headers["if-none-match"] == '"1"'


def test_a_key_is_not_sent_to_another_host(server, other, get):
    to = other.on("/b", give(TOWNS))
    get(server.on("/a", redirect(to)), headers={"Authorization": "Bearer secret"})
    assert server.asked[0].headers["authorization"] == "Bearer secret"
    assert "authorization" not in other.asked[0].headers


def test_what_a_key_gives_is_not_given_without_it(server, get):
    url = server.on("/a", give(b"all"), give(b"part"))
    assert get(url, headers={"X-Key": "1"}).path.read_bytes() == b"all"
    assert get(url).path.read_bytes() == b"part"


def test_no_key_is_written_in_the_cache(server, get, cache):
    get(server.on("/a", give(TOWNS)), headers={"X-Key": "very-secret"})
    texts = [path.read_bytes() for path in cache.folder.rglob("*") if path.is_file()]
    assert not any(b"very-secret" in text for text in texts)


def test_no_key_of_a_url_is_told_nor_written(server, get, cache):
    """A key within a URL reaches neither the provenance, nor the cache's index, nor a message."""
    url = server.on("/a.csv", give(TOWNS)) + "?commune=59350&apikey=very-secret"
    fetched = get(url)
    assert server.asked[0].path.endswith("apikey=very-secret")
    assert fetched.url.endswith("?commune=59350&apikey=…")
    assert fetched.url == fetched.final_url
    texts = [path.read_bytes() for path in cache.folder.rglob("*") if path.is_file()]
    assert not any(b"very-secret" in text for text in texts)
    for path, turn in (("/b", give(b"", status=404)), ("/c", give(b"")), ("/d", redirect("/d"))):
        asked = server.on(path, turn) + "?access_token=very-secret"
        with pytest.raises(FetchFailed, match="access_token=…") as caught:
            get(asked)
        assert "very-secret" not in str(caught.value)
