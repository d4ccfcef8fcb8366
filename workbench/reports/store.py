"""Where a run puts its pages: a folder, each file moved into place whole."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from workbench.core.errors import DirectoryNotWritable
from workbench.reports.digests import file_digest
from workbench.reports.ledger import Entry
from workbench.reports.report import Outcome

__all__ = ["STOPS", "FolderStore", "Store", "place_report"]

# What stops a whole run: the next report would meet it too.
STOPS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})
_WORK = ".work-"


class Store(Protocol):
    """Keep the files of a run under their names; its text is what people call it."""

    @property
    def address(self) -> str:
        """What opens it elsewhere: an absolute path, or a URL."""

    def work(self) -> AbstractContextManager[Path]:
        """Give a folder of this machine for drafts, gone at the end with all that bears its name.

        Raises
        ------
        DirectoryNotWritable
        """

    def drafts(self, work: str, local: Path) -> Path:
        """Make a worker's own folder for drafts.

        Parameters
        ----------
        work : str
            Name of the run's own.
        local : Path
            Where this machine has room.
        """

    def place(self, draft: Path, name: str) -> None:
        """Move a draft into place: a reader finds the old file, or the new one, whole."""

    def remove(self, name: str) -> None:
        """Take a file away, if it is there."""

    def has(self, name: str) -> bool:
        """Tell whether a file is there."""

    def holds(self, entry: Entry) -> bool:
        """Tell whether a page is the one written in the ledger."""

    def changed(self, name: str) -> int:
        """Return a file's date, in ns; 0 where dates say nothing of the content."""

    def writing(self) -> AbstractContextManager[Path]:
        """Give a folder: what is written in it is in place when the block ends."""

    def listed(self) -> AbstractContextManager[Path]:
        """Give a folder to write in, that bears the names of the reports; they may be empty."""


class FolderStore:
    """Keep the files of a run in a folder of this machine.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __str__(self) -> str:
        return str(self.folder)

    @property
    def address(self) -> str:
        """Its absolute path: workers find it under the same one."""
        return str(self.folder.absolute())

    def left(self) -> list[Path]:
        """List the drafts of killed runs."""
        return sorted(self.folder.glob(f"{_WORK}*"))

    @contextmanager
    def work(self) -> Iterator[Path]:
        """Give a place for drafts, on the folder's own disk; those of killed runs are removed.

        Raises
        ------
        DirectoryNotWritable
        """
        try:
            for left in self.left():
                shutil.rmtree(left)
            place = Path(tempfile.mkdtemp(prefix=_WORK, dir=self.folder)).absolute()
        except OSError as error:
            raise DirectoryNotWritable.because(self.folder, error) from error
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def drafts(self, work: str, local: Path) -> Path:
        """Make a worker's folder on the disk of the pages: they are moved, not copied."""
        del local
        return Path(tempfile.mkdtemp(prefix="worker-", dir=self.folder / work))

    def place(self, draft: Path, name: str) -> None:
        """Move a draft into place: a reader finds the old file, or the new one, whole."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(draft, target)

    def remove(self, name: str) -> None:
        """Take a file away, if it is there."""
        (self.folder / name).unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        """Tell whether a file is there."""
        return (self.folder / name).exists()

    def holds(self, entry: Entry) -> bool:
        """Tell whether a page is the one written in the ledger: size and date, else its hash."""
        path = self.folder / entry.page
        try:
            status = path.stat()
        except OSError:
            return False
        if status.st_size != entry.bytes:
            return False
        return status.st_mtime_ns == entry.changed or file_digest(path) == entry.sha256

    def changed(self, name: str) -> int:
        """Return a file's date."""
        return (self.folder / name).stat().st_mtime_ns

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Give the folder itself."""
        yield self.folder

    listed = writing


def place_report(store: Store, made: Outcome, work: Path) -> None:
    """Put the notebook and the page of a report in place.

    Parameters
    ----------
    store : Store
    made : Outcome
    work : Path
        Where its drafts are.
    """
    if made.notebook:
        store.place(work / f"{made.page}.ipynb", made.notebook)
    if not made.error:
        store.place(work / made.page, made.page)
