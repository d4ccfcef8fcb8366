"""What the tests of the loaders share."""

from __future__ import annotations

import time
from functools import partial

import pytest

from workbench.loaders.addresses import Allowed
from workbench.loaders.cache import Cache
from workbench.loaders.fetch import fetch
from workbench.loaders.transport import Limits

from .server import serving


@pytest.fixture
def server():
    """Give a web server of this machine."""
    with serving() as made:
        yield made


@pytest.fixture
def other():
    """Give a second one."""
    with serving() as made:
        yield made


@pytest.fixture
def cache(tmp_path) -> Cache:
    """Give an empty cache."""
    return Cache(tmp_path / "cache")


@pytest.fixture
def near() -> Limits:
    """Give limits that let this machine's server be read."""
    return Limits(silence=2.0, allowed=Allowed.of(["127.0.0.1"]))


class Sleepless:
    """Tell the time, in which sleeping takes none."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.passed = 0.0

    def time(self) -> float:
        """Return the seconds since 1970."""
        return time.time() + self.passed

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic() + self.passed

    def sleep(self, seconds: float) -> None:
        """Pass on at once to the end of the sleep."""
        self.slept.append(seconds)
        self.passed += seconds


@pytest.fixture
def clock() -> Sleepless:
    """Give a clock that does not wait."""
    return Sleepless()


@pytest.fixture
def get(cache, near, clock):
    """Give what fetches into the cache of the test."""
    return partial(fetch, cache=cache, limits=near, clock=clock)
