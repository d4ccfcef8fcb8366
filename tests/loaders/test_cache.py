"""The cache keeps within its size, never takes away what is held, and serves several processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from functools import partial

import pytest

from workbench.loaders.cache import Cache
from workbench.loaders.errors import CacheUnusable
from workbench.loaders.fetch import fetch

from .server import drip, give

CHILD = """
import sys
from pathlib import Path
from workbench.loaders.addresses import Allowed
from workbench.loaders.cache import Cache
from workbench.loaders.fetch import fetch
from workbench.loaders.transport import Limits

limits = Limits(allowed=Allowed.of(["127.0.0.1"]))
print(fetch(sys.argv[1], cache=Cache(Path(sys.argv[2])), limits=limits).path.read_text())
"""


HOLDER = """
import json, sys
from pathlib import Path
from workbench.loaders.cache import Cache, Entry

held = Cache(Path(sys.argv[1])).hold(Entry(**json.loads(sys.argv[2])))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def three(server, tmp_path, near):
    """Give a cache with room for two files of a thousand bytes, and what fetches three."""
    cache = Cache(tmp_path / "small", limit=2500)
    get = partial(fetch, cache=cache, limits=near)
    for name in "abc":
        server.on(f"/{name}", give(name.encode() * 1000))
    return cache, lambda name: get(server.url(f"/{name}"))


def used(cache, sha256, when):
    """Say when a file was used."""
    os.utime(cache.folder / "locks" / sha256, (when, when))


def names(cache):
    """Return the names of the files that are there."""
    return {entry.name for entry in cache.entries()}


def test_the_least_recently_used_goes(three):
    cache, get = three
    for name, when in (("a", 2), ("b", 1)):
        with get(name) as fetched:
            pass
        used(cache, fetched.sha256, when)
    get("c")
    assert names(cache) == {"a", "c"}
    assert cache.size() == 2000


def test_a_file_that_is_held_stays(three):
    cache, get = three
    held = get("a")
    with get("b"):
        pass
    used(cache, held.sha256, 1)
    get("c")
    assert names(cache) == {"a", "c"}
    held.release()
    assert cache.trim(1500) == (held.sha256,)


def test_a_file_that_another_process_holds_stays(three):
    cache, get = three
    with get("a") as fetched:
        entry = cache.entry(next(path.stem for path in (cache.folder / "index").iterdir()))
    words = [sys.executable, "-c", HOLDER, str(cache.folder), json.dumps(asdict(entry))]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        assert cache.trim(0) == ()
        holder.stdin.close()
    assert cache.trim(0) == (fetched.sha256,)


def test_held_files_may_pass_the_limit(three):
    cache, get = three
    held = [get(name) for name in "abc"]
    assert cache.size() == 3000
    for each in held:
        each.release()
    assert len(cache.trim()) == 1


def test_a_file_that_nothing_names_any_more_is_let_go(three):
    cache, get = three
    sha256 = get("a").sha256
    assert cache.trim(0) == (sha256,)


def test_parts_that_were_left_go_first(three):
    cache, get = three
    with get("a"):
        pass
    cache.part("left").write_bytes(b"x" * 2000)
    cache.trim()
    assert names(cache) == {"a"}
    assert not cache.part("left").exists()


def test_a_file_that_went_is_fetched_again(three, server):
    cache, get = three
    get("a").release()
    cache.trim(0)
    assert get("a").path.read_bytes() == b"a" * 1000
    assert len(server.asked) == 2


def test_an_index_that_cannot_be_read_is_written_again(three):
    cache, get = three
    get("a")
    for path in (cache.folder / "index").glob("*.json"):
        path.write_text('{"url": 1, "other": 2}', "utf-8")
    assert get("a").bytes == 1000


def test_two_processes_fetch_a_file_once(server, tmp_path):
    url = server.on("/slow.csv", drip(b"code;nom", 0.1))
    words = [sys.executable, "-c", CHILD, url, str(tmp_path / "shared")]
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [each.communicate(timeout=60)[0].strip() for each in both] == ["code;nom"] * 2
    assert len(server.asked) == 1


def test_waiting_for_another_process_has_an_end(cache, clock):
    def alone():
        return cache.alone("key", clock=clock, seconds=1)

    with alone(), pytest.raises(CacheUnusable, match="Another process has been"), alone():
        pass


def test_a_folder_that_cannot_be_written_to_says_so(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(CacheUnusable, match="give another"):
        Cache(tmp_path / "file" / "cache")


def test_a_limit_that_is_no_number_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE_BYTES", "2 GB")
    with pytest.raises(CacheUnusable, match="expected a number of bytes"):
        Cache(tmp_path)


def test_the_folder_and_the_limit_are_those_of_the_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "mine"))
    monkeypatch.setenv("WORKBENCH_CACHE_BYTES", "1000")
    made = Cache()
    assert (made.folder, made.limit) == (tmp_path / "mine", 1000)
