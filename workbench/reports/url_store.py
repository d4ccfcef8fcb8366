"""Where a run puts its pages when that is not a folder: any URL that fsspec can write to."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from workbench.core.errors import DirectoryNotWritable, MissingExtra, ParameterError
from workbench.reports.ledger import Entry
from workbench.reports.store import FolderStore, Store

__all__ = ["UrlStore", "open_store", "read_destination"]


def read_destination(to: str, default: Path) -> tuple[Path, str]:
    """Tell the folder of the ledger from the URL of the pages.

    Parameters
    ----------
    to : str
        A folder, or a URL; that of a folder of this machine is the folder.
    default : Path
        The folder when none is named.

    Returns
    -------
    tuple of Path and str
        The URL is empty when pages go to the folder too.

    Examples
    --------
    >>> folder, url = read_destination("s3://bucket/portraits/", Path("reports"))
    >>> folder.name, url
    ('reports', 's3://bucket/portraits')
    >>> read_destination("file:///srv/a%20b", Path("reports"))[0].as_posix()
    '/srv/a b'
    """
    if "://" not in to:
        return Path(to) if to else default, ""
    parts = urlsplit(to)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path)), ""
    return default, to.rstrip("/")


def open_store(address: str, ledger: Path | None = None) -> Store:
    """Open the store of a folder or a URL.

    Parameters
    ----------
    address : str
        As :attr:`Store.address` gives it.
    ledger : Path, optional
        The folder of the run's ledger, beside which its drafts are made.

    Raises
    ------
    ParameterError
        Nothing knows such URLs.
    MissingExtra
        What knows them is not installed.
    DirectoryNotWritable
        It does not answer.
    """
    if "://" not in address:
        return FolderStore(Path(address))
    return UrlStore(address, ledger or Path())


class UrlStore:
    """Keep the files of a run under a URL.

    A file is put under the name of the run's drafts, then moved. One listing tells what is
    there as the run begins.

    Parameters
    ----------
    url : str
    ledger : Path
        The folder of the run's ledger.
    """

    def __init__(self, url: str, ledger: Path) -> None:
        self._url, self._ledger = url, ledger
        self._files, self._root = _opened(url)
        self._work = ".work"

    def __str__(self) -> str:
        return self._url

    @property
    def address(self) -> str:
        """Its URL."""
        return self._url

    @contextmanager
    def work(self) -> Iterator[Path]:
        """Give a place for drafts beside the ledger; those of killed runs are removed.

        Raises
        ------
        DirectoryNotWritable
        """
        folder = FolderStore(self._ledger)
        try:
            with _told():
                for left in folder.left():
                    self._clear(left.name)
        except OSError as error:
            raise DirectoryNotWritable.because(self, error) from error
        with folder.work() as place:
            self._work = place.name
            try:
                yield place
            finally:
                self._clear(place.name)

    def drafts(self, work: str, local: Path) -> Path:
        """Make a worker's folder on its own disk; what it puts goes by the run's drafts."""
        self._work = work
        return Path(tempfile.mkdtemp(prefix="workbench-", dir=local))

    def place(self, draft: Path, name: str) -> None:
        """Put a draft, then move it: a reader finds the old file, or the new one, whole."""
        aside, target = f"{self._root}/{self._work}/{name}", f"{self._root}/{name}"
        with _told():
            for path in (aside, target):
                self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(draft), aside)
            self._files.mv(aside, target)
        draft.unlink()

    def remove(self, name: str) -> None:
        """Take a file away, if it was there as the run began."""
        if name in self._sizes:
            with suppress(FileNotFoundError), _told():
                self._files.rm_file(f"{self._root}/{name}")

    def has(self, name: str) -> bool:
        """Tell whether a file is there."""
        self._files.invalidate_cache()
        return bool(self._files.exists(f"{self._root}/{name}"))

    def holds(self, entry: Entry) -> bool:
        """Tell whether a page has the size written in the ledger."""
        return self._sizes.get(entry.page) == entry.bytes

    def changed(self, name: str) -> int:
        """Return 0: dates are those of the other machine's clock."""
        del name
        return 0

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Give an empty folder, and put what is written in it."""
        with tempfile.TemporaryDirectory(prefix="workbench-") as name:
            folder = Path(name)
            yield folder
            for path in sorted(folder.rglob("*")):
                # What is empty stands for a file that is there already.
                if path.is_file() and path.stat().st_size:
                    self.place(path, path.relative_to(folder).as_posix())

    @contextmanager
    def listed(self) -> Iterator[Path]:
        """Give such a folder with an empty file for each report, and the front page as it is."""
        with self.writing() as folder:
            for name in self._list():
                if "/" in name and name.endswith((".html", ".ipynb")):
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (folder / name).touch()
            with suppress(FileNotFoundError):
                self._files.get_file(f"{self._root}/index.html", str(folder / "index.html"))
            yield folder

    @cached_property
    def _sizes(self) -> Mapping[str, int]:
        return self._list()

    def _list(self) -> dict[str, int]:
        """List every file and its size."""
        self._files.invalidate_cache()
        try:
            with _told():
                found = self._files.find(self._root, detail=True)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise DirectoryNotWritable.because(self, error) from error
        start = len(self._root) + 1
        return {path[start:]: int(each["size"]) for path, each in found.items()}

    def _clear(self, work: str) -> None:
        with suppress(FileNotFoundError):
            self._files.rm(f"{self._root}/{work}", recursive=True)


@contextmanager
def _told() -> Iterator[None]:
    """Make one kind of error of those that each kind of store has."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}") from error


def _opened(url: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs

    try:
        files, root = url_to_fs(url)
    except ImportError as error:
        raise MissingExtra(f"Writing to {url} needs one more package: {error}.") from None
    except ValueError as error:
        raise ParameterError(
            f"Cannot write to {url}: {error}. Expected a folder, or a URL that fsspec knows, "
            "such as s3://bucket/folder."
        ) from None
    except Exception as error:
        # Some kinds of store connect at once, and each has errors of its own.
        raise DirectoryNotWritable.because(
            url, OSError(f"{type(error).__name__}: {error}")
        ) from error
    return files, str(root).rstrip("/")
