"""The folder of files that were fetched: by content, within a size, safe for several processes.

``objects/<sha256>/<name>`` holds each file once, under the name its readers expect;
``index/<key>.json`` says which of them a URL gave last, and when. A file that is held
(:class:`Held`) stays; of the others, the least recently used go first when the folder is full.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from workbench.core.folders import cache_folder
from workbench.loaders.errors import CacheUnusable
from workbench.loaders.transport import Clock

__all__ = ["Cache", "Entry", "Held", "key_of", "usable"]

_DEFAULT_LIMIT = 20 * 10**9
_POLL = 0.2


@dataclass(frozen=True, slots=True)
class Entry:
    """Say what a URL gave.

    Parameters
    ----------
    url, final_url : str
        The URL asked for, and the last of its redirects.
    name, sha256, bytes : str, str, int
        The file.
    etag, modified : str
        What the server said of the version.
    fetched, checked : float
        Seconds since 1970: when the file came, and when the server last said that it is current.
    """

    url: str
    final_url: str
    name: str
    sha256: str
    bytes: int
    etag: str
    modified: str
    fetched: float
    checked: float


class Held:
    """Keep a file of the cache from going, until it is released or forgotten.

    Parameters
    ----------
    path : Path
    descriptor : int
        Of a file on which a shared lock is held: it ends with the process at the latest.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    def release(self) -> None:
        """Let the file go when its place is needed."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def __del__(self) -> None:
        self.release()


class Cache:
    """Keep files in a folder.

    Parameters
    ----------
    folder : Path, optional
        ``WORKBENCH_CACHE``, else the user's own cache folder.
    limit : int, optional
        Most bytes; ``WORKBENCH_CACHE_BYTES``, else 20 GB. Files that are held may pass it.

    Raises
    ------
    CacheUnusable
        The folder cannot be written to, or the limit is no number.
    """

    def __init__(self, folder: Path | None = None, *, limit: int | None = None) -> None:
        self.folder = folder or cache_folder()
        self.limit = _limit() if limit is None else limit
        with usable(self.folder):
            for name in ("objects", "index", "parts", "locks"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)

    def __repr__(self) -> str:
        return f"<Cache {self.folder}, {self.size() / 1e6:.1f} MB>"

    # -- what a URL gave -----------------------------------------------------------------

    def entry(self, key: str) -> Entry | None:
        """Return what is known of a URL, None when it is nothing or cannot be read."""
        with suppress(OSError, ValueError, TypeError):
            return Entry(**json.loads((self.folder / "index" / f"{key}.json").read_text("utf-8")))
        return None

    def note(self, key: str, entry: Entry) -> None:
        """Write what a URL gave, at once or not at all."""
        with usable(self.folder):
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=self.folder / "index", suffix=".new", delete=False
            ) as aside:
                json.dump(asdict(entry), aside)
            os.replace(aside.name, self.folder / "index" / f"{key}.json")

    def entries(self) -> tuple[Entry, ...]:
        """List what is there, the last used first."""
        keys = (path.stem for path in (self.folder / "index").glob("*.json"))
        found = [entry for key in keys if (entry := self.entry(key)) and self._path(entry).exists()]
        return tuple(sorted(found, key=lambda entry: -self._used(entry.sha256)))

    def part(self, key: str) -> Path:
        """Return where a file is written before it is whole."""
        return self.folder / "parts" / key

    # -- files ---------------------------------------------------------------------------

    def hold(self, entry: Entry) -> Held | None:
        """Hold a file, None when it is gone or has not the size that it had."""
        descriptor = self._lock(entry.sha256, fcntl.LOCK_SH)
        path = self._path(entry)
        with suppress(OSError):
            if path.stat().st_size == entry.bytes:
                os.utime(descriptor)
                return Held(path, descriptor)
        os.close(descriptor)
        return None

    def keep(self, part: Path, entry: Entry) -> Held:
        """Move a whole file to its place, hold it, and make room."""
        descriptor = self._lock(entry.sha256, fcntl.LOCK_SH)
        path = self._path(entry)
        with usable(self.folder):
            path.parent.mkdir(exist_ok=True)
            os.replace(part, path)
        os.utime(descriptor)
        held = Held(path, descriptor)
        self.trim()
        return held

    def drop(self, entry: Entry) -> None:
        """Take a file away that is not what it was."""
        self._path(entry).unlink(missing_ok=True)

    def size(self) -> int:
        """Sum the bytes of files and parts of files."""
        return sum(
            _bytes(path)
            for name in ("objects", "parts")
            for path in (self.folder / name).rglob("*")
            if path.is_file()
        )

    def trim(self, limit: int | None = None) -> tuple[str, ...]:
        """Take away what was used longest ago and is not held, until the limit is kept.

        Returns
        -------
        tuple of str
            Hashes of what went.
        """
        size, most, gone = self.size(), self.limit if limit is None else limit, []
        for part in (self.folder / "parts").iterdir():
            if size > most:
                size -= self._remove(part.name.partition(".")[0], part)
        objects = [path.name for path in (self.folder / "objects").iterdir()]
        for sha256 in sorted(objects, key=self._used):
            if size <= most:
                break
            freed = self._remove(sha256, self.folder / "objects" / sha256)
            size -= freed
            if freed:
                gone.append(sha256)
        return tuple(gone)

    def _remove(self, name: str, path: Path) -> int:
        """Remove a file or a folder unless it is locked; return the bytes freed."""
        try:
            descriptor = self._lock(name, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        try:
            if path.is_dir():
                freed = sum(_bytes(each) for each in path.rglob("*") if each.is_file())
                shutil.rmtree(path, ignore_errors=True)
            else:
                freed = _bytes(path)
                path.unlink(missing_ok=True)
            return freed
        finally:
            os.close(descriptor)

    # -- locks ---------------------------------------------------------------------------

    @contextmanager
    def alone(self, key: str, *, clock: Clock, seconds: float) -> Iterator[None]:
        """Let one process at a time fetch a URL; others wait, then find the file there.

        Raises
        ------
        CacheUnusable
            The other one takes longer than `seconds`.
        """
        until = clock.monotonic() + seconds
        while True:
            try:
                descriptor = self._lock(key, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if clock.monotonic() > until:
                    raise CacheUnusable(
                        f"Another process has been fetching the same file for {seconds:g} s. Wait "
                        "for it to end, or give another cache folder (WORKBENCH_CACHE)."
                    ) from None
                clock.sleep(_POLL)
        try:
            yield
        finally:
            os.close(descriptor)

    def _lock(self, name: str, how: int) -> int:
        # Lock files stay, empty: one that is removed could be locked twice.
        with usable(self.folder):
            descriptor = os.open(self.folder / "locks" / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, how)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _path(self, entry: Entry) -> Path:
        return self.folder / "objects" / entry.sha256 / entry.name

    def _used(self, sha256: str) -> float:
        with suppress(OSError):
            return (self.folder / "locks" / sha256).stat().st_mtime
        return 0.0


def key_of(url: str, headers: Mapping[str, str]) -> str:
    """Name a question: what a server gives depends on its URL and on the headers sent.

    Examples
    --------
    >>> key_of("https://exemple.fr/a", {}) == key_of("https://exemple.fr/a", {"Accept": "text/csv"})
    False
    """
    asked = json.dumps([url, sorted((name.lower(), text) for name, text in headers.items())])
    return hashlib.sha256(asked.encode()).hexdigest()[:40]


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """Say of a folder that cannot be written to what to do.

    Raises
    ------
    CacheUnusable
    """
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        advice = "free some space" if full else "check who owns it"
        raise CacheUnusable(
            f"The cache folder {folder} cannot be written to ({error.strerror or error}): "
            f"{advice}, or give another (WORKBENCH_CACHE)."
        ) from error


def _limit() -> int:
    text = os.environ.get("WORKBENCH_CACHE_BYTES", "")
    if text and not text.isdecimal():
        raise CacheUnusable(f"WORKBENCH_CACHE_BYTES is {text!r}; expected a number of bytes.")
    return int(text) if text else _DEFAULT_LIMIT


def _bytes(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0
