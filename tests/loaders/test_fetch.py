"""A file comes whole, is proved, and is asked for again only when it may have changed."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from workbench.loaders.errors import (
    ContentChanged,
    FetchFailed,
    FetchTooLarge,
    NotInCache,
    NotTheFile,
)

from .confined import confined
from .server import (
    chunked,
    current,
    cut,
    drip,
    endless,
    give,
    ranged,
    raw,
    silent,
    slow_head,
)

TOWNS = b"code;nom\n01001;L'Abergement\n"
BIG = bytes(range(256)) * 4000


def sha256(body):
    """Return the hash of a body."""
    return hashlib.sha256(body).hexdigest()


# -- whole files ----------------------------------------------------------------------------


def test_a_file_is_fetched_and_told(server, get):
    url = server.on("/towns.csv", give(TOWNS))
    fetched = get(url)
    assert fetched.path.read_bytes() == TOWNS
    assert (fetched.path.name, fetched.bytes) == ("towns.csv", len(TOWNS))
    assert fetched.sha256 == sha256(TOWNS)
    assert fetched.url == fetched.final_url == url


def test_it_is_asked_for_once_a_day(server, get, clock):
    url = server.on("/towns.csv", give(TOWNS))
    get(url)
    get(url)
    assert len(server.asked) == 1
    clock.sleep(90_000)
    get(url)
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("header", "text", "asked"),
    [
        ("ETag", '"v1"', "if-none-match"),
        ("Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT", "if-modified-since"),
    ],
)
def test_a_file_that_has_not_changed_is_not_sent_again(server, get, clock, header, text, asked):
    url = server.on("/towns.csv", current(TOWNS, **{header.replace("-", "_"): text}))
    first = get(url)
    clock.sleep(90_000)
    again = get(url)
    assert server.asked[-1].headers[asked] == text
    assert again.fetched == first.fetched
    assert again.checked > first.checked


def test_a_file_that_has_changed_is_sent_and_the_old_one_stays_while_held(server, get):
    url = server.on("/a.csv", current(b"old", ETag='"1"'), current(b"new", ETag='"2"'))
    old = get(url)
    new = get(url, age=0)
    assert (old.path.read_bytes(), new.path.read_bytes()) == (b"old", b"new")


def test_an_etag_that_changes_each_time_is_only_fetched_again(server, get):
    url = server.on("/a", *(current(TOWNS, ETag=f'"{n}"') for n in range(3)))
    hashes = {get(url, age=0).sha256 for _ in range(3)}
    assert hashes == {sha256(TOWNS)}
    assert len(server.asked) == 3


# -- pinned hashes --------------------------------------------------------------------------


def test_a_pinned_file_is_asked_for_once_for_ever(server, get, clock):
    url = server.on("/a.csv", give(TOWNS))
    get(url, sha256=sha256(TOWNS).upper())
    clock.sleep(10**9)
    get(url, sha256=sha256(TOWNS))
    assert len(server.asked) == 1


def test_content_that_changed_under_its_hash_names_both(server, get):
    url = server.on("/a.csv", give(b"other"))
    with pytest.raises(ContentChanged, match=f"{sha256(b'other')}, expected {sha256(TOWNS)}"):
        get(url, sha256=sha256(TOWNS))


def test_the_pinned_file_stays_when_its_url_gives_another(server, get):
    url = server.on("/a.csv", give(TOWNS), give(b"other"))
    get(url, sha256=sha256(TOWNS))
    with pytest.raises(ContentChanged, match="was altered"):
        get(url, sha256=sha256(b"third"))
    assert get(url, sha256=sha256(TOWNS)).path.read_bytes() == TOWNS


def test_a_pinned_file_that_was_altered_on_the_disk_is_fetched_again(server, get):
    url = server.on("/a.csv", give(TOWNS))
    first = get(url, sha256=sha256(TOWNS))
    first.path.write_bytes(TOWNS.replace(b"01001", b"01002"))
    assert get(url, sha256=sha256(TOWNS)).path.read_bytes() == TOWNS


def test_a_file_that_was_altered_on_the_disk_is_fetched_again_without_a_pin_too(server, get):
    url = server.on("/a.csv", give(TOWNS))
    get(url).path.write_bytes(TOWNS.replace(b"01001", b"01002"))
    assert get(url).path.read_bytes() == TOWNS


def test_a_clock_that_was_moved_back_does_not_make_a_file_current_for_ever(server, get, clock):
    url = server.on("/a.csv", give(TOWNS), give(b"new"))
    clock.passed = 10**8
    get(url)
    clock.passed = 0
    assert get(url).path.read_bytes() == b"new"
    assert get(url).path.read_bytes() == b"new"
    assert len(server.asked) == 2


def test_a_full_disk_is_told_and_nothing_is_left(server, tmp_path):
    """A process that may write no file over 100 kB meets what a full disk says."""
    url = server.on("/a.csv", give(BIG))
    before = (
        "import resource\n"
        "from workbench.loaders.addresses import Allowed\n"
        "from workbench.loaders.cache import Cache\n"
        "from workbench.loaders.fetch import fetch\n"
        "from workbench.loaders.transport import Limits\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "limits = Limits(allowed=Allowed.of(['127.0.0.1']))\n"
    )
    call = "fetch(sys.argv[1], cache=Cache(Path(sys.argv[2])), limits=limits)"
    ended = confined(before, call, url, tmp_path / "cache")
    assert ended.told.startswith("CacheUnusable"), ended.told
    assert "free some space" in ended.told
    assert list((tmp_path / "cache" / "objects").iterdir()) == []


def test_a_file_that_was_cut_short_on_the_disk_is_fetched_again(server, get):
    url = server.on("/a.csv", give(TOWNS))
    get(url).path.write_bytes(b"")
    assert get(url).path.read_bytes() == TOWNS


# -- offline --------------------------------------------------------------------------------


def test_offline_takes_what_is_there_however_old(server, get, clock):
    url = server.on("/a.csv", give(TOWNS))
    get(url)
    clock.sleep(10**8)
    assert get(url, offline=True).path.read_bytes() == TOWNS
    assert len(server.asked) == 1


def test_offline_says_what_was_never_fetched(server, get, monkeypatch):
    monkeypatch.setenv("WORKBENCH_OFFLINE", "1")
    with pytest.raises(NotInCache, match=r"a\.csv is not in the cache"):
        get(server.on("/a.csv", give(TOWNS)))
    assert server.asked == []


def test_offline_refuses_another_content_than_the_pinned_one(server, get):
    url = server.on("/a.csv", give(TOWNS))
    get(url)
    with pytest.raises(ContentChanged, match="expected 00"):
        get(url, sha256="0" * 64, offline=True)


# -- waiting and resuming -------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(server, get, clock, status):
    url = server.on("/a", give(b"", status=status, Retry_After="7"), give(TOWNS))
    assert get(url).bytes == len(TOWNS)
    assert clock.slept == [7.0]


def test_a_date_to_come_back_at_is_understood(server, get, clock):
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    get(server.on("/a", give(b"", status=503, Retry_After=then), give(TOWNS)))
    assert 55 < clock.slept[0] <= 60


@pytest.mark.parametrize("told", ["0", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_a_server_that_says_at_once_is_not_hammered(server, get, clock, told):
    get(server.on("/a", *[give(b"", status=503, Retry_After=told)] * 2, give(TOWNS)))
    assert clock.slept == [1.0, 2.0]


def test_pauses_double_when_nothing_is_said(server, get, clock):
    busy = give(b"", status=429)
    get(server.on("/a", busy, give(b"", status=503, Retry_After="soon"), busy, give(TOWNS)))
    assert clock.slept == [1.0, 2.0, 4.0]


def test_a_server_that_is_always_busy_is_given_up(server, get, clock):
    with pytest.raises(FetchFailed, match=r"not read in 5 attempts: its server answers 429"):
        get(server.on("/a", give(b"", status=429)))
    assert len(server.asked) == 5


def test_a_wait_that_is_too_long_is_told(server, get, clock):
    with pytest.raises(FetchFailed, match="asked again in 86400 s"):
        get(server.on("/a", give(b"", status=429, Retry_After="86400")))
    assert clock.slept == []


@pytest.mark.parametrize(
    ("status", "told"), [(404, "may have moved"), (403, "a key may be needed"), (418, "no file")]
)
def test_what_will_not_pass_is_not_asked_again(server, get, status, told):
    with pytest.raises(FetchFailed, match=f"answers {status}: .*{told}"):
        get(server.on("/a", give(b"no", status=status)))
    assert len(server.asked) == 1


def test_a_file_that_was_cut_is_resumed(server, get):
    url = server.on("/a", cut(BIG, 300_000, ETag='"1"'), ranged(BIG, ETag='"1"'))
    assert get(url).sha256 == sha256(BIG)
    assert 0 < int(server.asked[1].headers["range"][6:-1]) <= 300_000


def test_a_file_that_changes_meanwhile_is_read_from_its_beginning(server, get):
    other = BIG[::-1]
    url = server.on("/a", cut(BIG, 300_000, ETag='"1"'), ranged(other, ETag='"2"'))
    assert get(url).sha256 == sha256(other)


def test_a_server_that_resumes_another_version_is_not_believed(server, get):
    wrong = give(b"x" * 9, status=206, Content_Range="bytes 300000-300008/300009", ETag='"2"')
    url = server.on("/a", cut(BIG, 300_000, ETag='"1"'), wrong, give(BIG, ETag='"2"'))
    assert get(url).sha256 == sha256(BIG)


@pytest.mark.parametrize("told", ["bytes 5-9/10", "bytes */10", "lines 1-2/3", ""])
def test_a_server_that_resumes_elsewhere_is_not_believed(server, get, told):
    wrong = give(b"x" * 9, status=206, Content_Range=told, ETag='"1"')
    url = server.on("/a", cut(BIG, 300_000, ETag='"1"'), wrong, give(BIG, ETag='"1"'))
    assert get(url).sha256 == sha256(BIG)


def test_without_a_version_nothing_is_resumed(server, get):
    url = server.on("/a", cut(BIG, 300_000, ETag='W/"1"'), give(BIG))
    assert get(url).sha256 == sha256(BIG)
    assert "range" not in server.asked[1].headers


def test_a_later_run_goes_on_where_an_earlier_one_was_cut(server, get, near):
    url = server.on("/a", cut(BIG, 500_000, ETag='"1"'), ranged(BIG, ETag='"1"'))
    with pytest.raises(FetchFailed, match="the line was cut"):
        get(url, limits=replace(near, retries=0))
    assert get(url).sha256 == sha256(BIG)
    assert "range" in server.asked[1].headers


def test_chunks_without_their_end_are_a_cut(server, get):
    url = server.on("/a", chunked([BIG], ended=False), chunked([BIG], ended=True))
    assert get(url).sha256 == sha256(BIG)
    assert len(server.asked) == 2


def test_a_length_that_is_too_short_is_proved_by_the_hash(server, get):
    url = server.on("/a", give(TOWNS, Content_Length="5"))
    with pytest.raises(ContentChanged, match=sha256(TOWNS[:5])):
        get(url, sha256=sha256(TOWNS))


# -- limits ---------------------------------------------------------------------------------


def test_a_file_without_end_is_stopped(server, get, near):
    with pytest.raises(FetchTooLarge, match="goes on after the 1,000,000 bytes"):
        get(server.on("/a", endless(b"a" * 10_000)), limits=replace(near, bytes=10**6))


def test_a_file_that_is_announced_too_large_is_not_begun(server, get, near):
    with pytest.raises(FetchTooLarge, match=r"is 9,999,999,999,999 bytes"):
        get(server.on("/a", give(b"a", Content_Length="9999999999999")))


def test_a_slow_file_is_stopped_in_time(server, get, near):
    with pytest.raises(FetchTooLarge, match=r"the time allowed \(0\.5 s\)"):
        get(server.on("/a", drip(BIG, 0.05)), limits=replace(near, seconds=0.5))


def test_slow_headers_are_stopped_in_time(server, get, near):
    with pytest.raises(FetchTooLarge, match=r"the time allowed \(0\.5 s\)"):
        get(server.on("/a", slow_head(0.05)), limits=replace(near, seconds=0.5))


def test_answers_that_only_announce_another_are_stopped_in_time(server, get, near):
    def turn(handler):
        while True:
            handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    with pytest.raises(FetchTooLarge, match=r"the time allowed \(0\.5 s\)"):
        get(server.on("/a", turn), limits=replace(near, seconds=0.5))


@pytest.mark.parametrize("line", [b"X: " + b"a" * 70_000, b"X: a\r\n" * 500])
def test_headers_without_end_are_given_up(server, get, near, line):
    answer = b"HTTP/1.0 200 OK\r\n" + line + b"\r\n\r\na"
    with pytest.raises(FetchFailed, match="the line was cut"):
        get(server.on("/a", raw(answer)), limits=replace(near, retries=0))


def test_a_silent_server_is_given_up(server, get, near):
    quiet = replace(near, silence=0.2, retries=1)
    with pytest.raises(FetchFailed, match="not read in 2 attempts"):
        get(server.on("/a", silent(1.0)), limits=quiet)


def test_what_is_not_http_is_given_up(server, get, near):
    with pytest.raises(FetchFailed, match="the line was cut"):
        get(server.on("/a", raw(b"SSH-2.0-OpenSSH\r\n" * 5)), limits=replace(near, retries=0))


def test_an_empty_file_is_refused(server, get):
    with pytest.raises(FetchFailed, match="is empty"):
        get(server.on("/a", give(b"")))


# -- encodings and pages --------------------------------------------------------------------


def test_what_is_compressed_for_the_way_is_decompressed(server, get):
    url = server.on("/a.csv", give(gzip.compress(TOWNS), Content_Encoding="gzip"))
    assert get(url).path.read_bytes() == TOWNS


def test_a_compressed_file_stays_so_whatever_its_server_declares(server, get):
    body = gzip.compress(TOWNS)
    url = server.on("/a.csv.gz", give(body, Content_Encoding="gzip"))
    assert get(url).path.read_bytes() == body


def test_a_lying_encoding_is_told(server, get):
    url = server.on("/a.csv", give(TOWNS, Content_Encoding="gzip"))
    with pytest.raises(FetchFailed, match="not encoded as its server says"):
        get(url)


def test_a_bomb_for_the_way_is_stopped(server, get, near):
    bomb = gzip.compress(bytes(50_000_000))
    url = server.on("/a.csv", give(bomb, Content_Encoding="gzip"))
    with pytest.raises(FetchTooLarge, match="goes on after the 1,000,000"):
        get(url, limits=replace(near, bytes=10**6))


def test_a_page_of_maintenance_is_no_file_and_the_old_one_stays(server, get):
    page = b"<!DOCTYPE html><html><title>Maintenance en cours</title>"
    url = server.on("/a.csv", give(TOWNS), give(page))
    get(url)
    with pytest.raises(NotTheFile, match="titled 'Maintenance en cours'"):
        get(url, age=0)
    assert get(url, offline=True).path.read_bytes() == TOWNS


def test_one_page_of_several_is_no_file(server, get):
    with pytest.raises(FetchFailed, match="one page of several"):
        get(server.on("/a", give(b"{}", status=206)))
