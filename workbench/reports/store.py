"""Where a run puts its pages: a folder, each file moved into place whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.core.errors import DirectoryNotWritable
from workbench.reports.digests import file_digest
from workbench.reports.ledger import Entry

__all__ = ["FolderStore"]

_WORK = ".work-"


class FolderStore:
    """Keep the files of a run in a folder of this machine.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def work(self) -> Iterator[Path]:
        """Give a place for drafts, on the folder's own disk; those of killed runs are removed.

        Raises
        ------
        DirectoryNotWritable
        """
        try:
            for left in self.folder.glob(f"{_WORK}*"):
                shutil.rmtree(left)
            place = Path(tempfile.mkdtemp(prefix=_WORK, dir=self.folder)).absolute()
        except OSError as error:
            raise DirectoryNotWritable.because(self.folder, error) from error
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def place(self, draft: Path, name: str) -> None:
        """Move a draft into place: a reader finds the old file, or the new one, whole."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(draft, target)

    def remove(self, name: str) -> None:
        """Take a file away, if it is there."""
        (self.folder / name).unlink(missing_ok=True)

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
