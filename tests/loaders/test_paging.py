"""Pages are read to their end, into one file, and never round and round."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest

from workbench.loaders.errors import (
    AddressRefused,
    FetchFailed,
    FetchTooLarge,
    JsonRefused,
    NotInCache,
    OptionUnknown,
    PagingLoop,
)
from workbench.loaders.paging import _next_link, fetch_pages

from .server import cut, give

RECORDS = [{"code_insee": f"0100{n}", "nom": "é"} for n in range(5)]


@pytest.fixture
def get(cache, near, clock):
    """Give what reads pages into the cache of the test, and returns their records."""
    fetch = partial(fetch_pages, cache=cache, limits=near, clock=clock)

    def records(*words, **options):
        lines = fetch(*words, **options).path.read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    return records


def page(body, *, status=200, **headers):
    """Give a page of JSON."""
    return give(json.dumps(body).encode(), status=status, **headers)


def hubeau(server, *, count=5, last="null"):
    """Page five records as Hub'Eau does: two a page, 206 while there is a next."""

    def turn(handler):
        asked = parse_qs(urlsplit(handler.path).query)
        n = int(asked.get("page", ["1"])[0])
        more = n * 2 < len(RECORDS)
        body = {
            "count": count,
            "next": server.url(f"/api?page={n + 1}") if more else json.loads(last),
            "data": RECORDS[n * 2 - 2 : n * 2],
        }
        page(body, status=206 if more else 200)(handler)

    return server.on("/api", turn)


def test_the_pages_of_hubeau_are_read_to_the_last(server, get):
    assert get(hubeau(server), "hubeau") == RECORDS
    assert len(server.asked) == 3


def test_pages_are_one_file_of_the_cache(server, get):
    url = hubeau(server)
    get(url, "hubeau")
    get(url, "hubeau", offline=True)
    assert len(server.asked) == 3
    with pytest.raises(NotInCache, match="not in the cache"):
        get(url, "link", offline=True)


def test_the_records_of_opendatasoft_are_skipped_to_the_last(server, get):
    def turn(handler):
        asked = parse_qs(urlsplit(handler.path).query)
        start = int(asked.get("offset", ["0"])[0])
        page({"total_count": 5, "results": RECORDS[start : start + int(asked["limit"][0])]})(
            handler
        )

    url = server.on("/records", turn)
    assert get(url + "?limit=2&where=nom%3D%22a%26b%22", "opendatasoft") == RECORDS
    assert server.asked[-1].path == "/records?limit=2&where=nom%3D%22a%26b%22&offset=4"


def test_links_in_headers_are_followed(server, get):
    links = f'<{server.url("/a")}>; rel="first", </b?x=1>; title="a"; rel="next"'
    server.on("/a", page(RECORDS[:3], Link=links))
    server.on("/b", page(RECORDS[3:], Link='</a>; rel="prev"'))
    assert get(server.url("/a"), "link") == RECORDS


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('</b>; rel="next"', "/b"),
        ("</b>; rel=next", "/b"),
        ('</a>; rel="prev", </b>; title="a, b"; rel="last next"', "/b"),
        ('</a>; rel="nextish"', None),
        ('</a>; rel="prev"; title="rel=next"', None),
        ("</a>", None),
        ("", None),
    ],
)
def test_a_link_is_the_next_page_when_it_says_so(header, expected):
    assert _next_link(header) == expected


def test_links_within_a_page_are_followed(server, get):
    server.on("/a", page({"observations": RECORDS[:3], "paging": {"next": "/b"}}))
    server.on("/b", page({"observations": RECORDS[3:], "paging": {"isLast": True}}))
    assert get(server.url("/a"), "melodi") == RECORDS


def test_no_record_is_one_page(server, get):
    assert get(server.on("/a", page({"count": 0, "next": None, "data": []})), "hubeau") == []


def test_a_busy_page_and_a_cut_one_are_asked_for_again(server, get, clock):
    body = json.dumps({"count": 5, "next": None, "data": RECORDS}).encode()
    busy = give(b"", status=429, Retry_After="3")
    url = server.on("/a", busy, cut(body, 20), give(body))
    assert get(url, "hubeau") == RECORDS
    assert clock.slept == [3.0, 2.0]


# -- what never ends ------------------------------------------------------------------------


def test_a_page_that_leads_to_itself_is_told(server, get):
    url = server.on("/a", page({"count": 9, "next": "/a", "data": RECORDS}))
    with pytest.raises(PagingLoop, match="Page 1 leads back"):
        get(url, "hubeau")


def test_a_circle_of_pages_is_told(server, get):
    server.on("/a", page({"next": "/b", "data": [1]}))
    server.on("/b", page({"next": "/a?", "data": [2]}))
    server.on("/a?", page({"next": "/b", "data": [1]}))
    with pytest.raises(PagingLoop, match=r"leads back|the same records"):
        get(server.url("/a"), "hubeau")


def test_a_server_that_does_not_skip_is_told(server, get):
    url = server.on("/a", page({"total_count": 99, "results": RECORDS}))
    with pytest.raises(PagingLoop, match="same records as a page before"):
        get(url, "opendatasoft")
    assert len(server.asked) == 2


def test_pages_without_end_are_stopped(server, get, near):
    def turn(handler):
        n = int(urlsplit(handler.path).query or 0)
        page({"next": f"/a?{n + 1}", "data": [n]})(handler)

    with pytest.raises(FetchTooLarge, match="one page more than the 7 allowed"):
        get(server.on("/a", turn), "hubeau", limits=replace(near, pages=7))
    assert len(server.asked) == 7


def test_the_bytes_of_all_pages_are_counted(server, get, near):
    def turn(handler):
        n = int(urlsplit(handler.path).query or 0)
        page({"next": f"/a?{n + 1}", "data": [str(n) * 1000]})(handler)

    with pytest.raises(FetchTooLarge, match="5,000 allowed"):
        get(server.on("/a", turn), "hubeau", limits=replace(near, bytes=5000))
    assert len(server.asked) == 5


def test_records_that_are_missing_are_told(server, get):
    with pytest.raises(PagingLoop, match="5 records came of 7 announced"):
        get(hubeau(server, count=7), "hubeau")


def test_more_records_than_a_server_gives_are_told_at_once(server, get):
    with pytest.raises(FetchTooLarge, match=r"announces 50,000 records.*20,000 by pages at most"):
        get(hubeau(server, count=50_000), "hubeau")
    assert len(server.asked) == 1


# -- what leads elsewhere -------------------------------------------------------------------


@pytest.mark.parametrize(
    "to", ["http://169.254.169.254/a", "http://example.org/a", "http://127.0.0.1:1/a"]
)
def test_a_next_page_on_another_host_is_not_followed(server, get, to):
    with pytest.raises(AddressRefused, match="on another host"):
        get(server.on("/a", page({"next": to, "data": [1]})), "hubeau")


def test_a_next_page_that_is_a_file_is_not_followed(server, get):
    with pytest.raises(AddressRefused, match="only http"):
        get(server.on("/a", page({"next": "file:///etc/passwd", "data": [1]})), "hubeau")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"error": "no such commune"}', "no list of records under 'data'"),
        (b"[1]", "no list of records"),
        (b"<html>", "is no JSON"),
        (b'{"data": [1], "next": 7}', "is 7, no URL"),
        (b'{"data": {"a": 1}}', "no list of records"),
    ],
)
def test_a_page_of_another_kind_is_told(server, get, body, told):
    with pytest.raises(JsonRefused, match=told):
        get(server.on("/a", give(body)), "hubeau")


def test_an_unknown_style_names_the_nearest(get):
    with pytest.raises(OptionUnknown, match="nearest: hubeau"):
        get("https://example.org/", "hubeaux")


def test_a_failed_page_leaves_nothing(server, get, cache):
    server.on("/a", page({"next": "/b", "data": [1]}))
    with pytest.raises(FetchFailed, match="answers 404"):
        get(server.url("/a"), "hubeau")
    assert cache.entries() == ()
