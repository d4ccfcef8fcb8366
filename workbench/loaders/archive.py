"""Take the files out of an archive: all of them within bounds, or none.

The content says what an archive is, not its name: zip, tar, and gzip, xz, bzip2 or zstandard over a
file or a tar. Links, devices, names that lead elsewhere or that are there twice refuse the whole.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from workbench.loaders.budget import Bounds, Budget
from workbench.loaders.content import kind_of
from workbench.loaders.errors import ArchiveBomb, ArchiveInvalid
from workbench.loaders.names import inner_path
from workbench.loaders.streams import expand
from workbench.loaders.tars import tar_members, tar_read
from workbench.loaders.transport import Clock
from workbench.loaders.zips import zip_members, zip_read

__all__ = ["BOUNDS", "extract", "is_archive"]

BOUNDS = Bounds()

_COMPRESSED = ("gz", "xz", "bz2", "zst")
_UNREAD = ("7z", "rar")
# A spreadsheet, a shapefile's layer or a notebook may be a zip by its content: not by its name.
_ENDINGS = (".zip", ".tar", ".tgz", ".txz", ".tbz2", *(f".{each}" for each in _COMPRESSED))
_TAR = {".tgz": ".tar", ".txz": ".tar", ".tbz2": ".tar"}

_Write = Callable[[BinaryIO], None]


def is_archive(path: Path) -> bool:
    """Tell whether a file is to be taken out: an archive by its name and by its content.

    A page of error under the name of an archive is not: the guard says what it is.
    """
    kind = kind_of(path)
    named = path.name.lower().endswith((*_ENDINGS, *(f".{each}" for each in _UNREAD)))
    return named and kind in ("zip", "tar", *_COMPRESSED, *_UNREAD)


def extract(
    path: Path,
    folder: Path,
    *,
    wanted: str = "*",
    bounds: Bounds = BOUNDS,
    clock: Clock = time,
) -> tuple[Path, ...]:
    """Take the files of an archive out into a new folder.

    An archive within it becomes a folder of its name.

    Parameters
    ----------
    path : Path
    folder : Path
        It must not be there: it appears at the end, whole.
    wanted : str
        Pattern of the names of the files to write (``*_data.csv``), whatever their folder.
    bounds : Bounds
    clock : Clock

    Returns
    -------
    tuple of Path
        The files, in the order of the archive.

    Raises
    ------
    ArchiveInvalid, ArchiveBomb, ArchiveEncrypted, MemberRefused, NameRefused
        Nothing was written.
    FileExistsError
        The folder is there.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} is there already: choose a new folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".out-", dir=folder.parent) as name:
        out, work = Path(name) / "out", Path(name) / "work"
        out.mkdir()
        work.mkdir()
        taking = _Taking(out, work, wanted, Budget(path.name, bounds, clock))
        files = None
        # What filled the memory goes with the error that tells it: removing the folder takes some.
        with suppress(MemoryError):
            files = tuple(taking.files(path, PurePosixPath(), depth=1))
        if files is None:
            raise ArchiveBomb(f"{path.name} needs more memory than there is.")
        os.replace(out, folder)
    return tuple(folder / each for each in files)


class _Taking:
    """Take files out under a folder; what is in between goes to another."""

    def __init__(self, out: Path, work: Path, wanted: str, budget: Budget) -> None:
        self._out, self._work, self._wanted, self._budget = out, work, wanted, budget

    def files(self, path: Path, at: PurePosixPath, *, depth: int) -> Iterator[PurePosixPath]:
        """Write the files of an archive under `at`, and give their paths."""
        for inner, write in self._members(path, at):
            place = at / inner
            if inner.name.lower().endswith(_ENDINGS):
                yield from self._nested(place, write, depth)
            elif fnmatchcase(inner.name, self._wanted):
                self._write(self._out / place, write)
                yield place

    def _nested(self, place: PurePosixPath, write: _Write, depth: int) -> Iterator[PurePosixPath]:
        packed = self._draft(place.name)
        self._write(packed, write)
        if is_archive(packed):
            bounds = self._budget.bounds
            if depth >= bounds.depth:
                raise ArchiveBomb(
                    f"{self._budget.name} holds archives within archives ({place}), more than "
                    f"{bounds.depth} deep. Take out by hand the one that is wanted."
                )
            self._budget.opened(place)
            yield from self.files(packed, place, depth=depth + 1)
            packed.unlink()
        elif fnmatchcase(place.name, self._wanted):
            (self._out / place).parent.mkdir(parents=True, exist_ok=True)
            packed.rename(self._out / place)
            yield place

    def _members(self, path: Path, at: PurePosixPath) -> Iterator[tuple[PurePosixPath, _Write]]:
        """Give the files of an archive, and what writes each."""
        kind, budget = kind_of(path), self._budget
        if kind == "zip":
            for inner, archive, info in zip_members(path, at, budget):
                yield inner, partial(zip_read, archive, info, budget)
        elif kind == "tar":
            for inner, opened, member in tar_members(path, at, budget):
                yield inner, partial(tar_read, opened, member, budget)
        elif kind in _COMPRESSED:
            expanded = self._draft("content")
            self._write(expanded, partial(expand, path, kind, budget))
            if kind_of(expanded) == "tar":
                yield from self._members(expanded, at)
            else:
                stem, ending = os.path.splitext(path.name)
                inner = inner_path(stem + _TAR.get(ending.lower(), ""))
                budget.member(at / inner, 0)
                yield inner, partial(_copy, expanded)
            expanded.unlink()
        else:
            what = f"a {kind} file" if kind else "no archive"
            raise ArchiveInvalid(
                f"{budget.name} is {what}, which is not read. Fetch it again, take its files out "
                "with another program, or ask its producer for a zip."
            )

    def _draft(self, name: str) -> Path:
        return Path(tempfile.mkdtemp(dir=self._work)) / name

    def _write(self, path: Path, write: _Write) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as out:
            write(out)


def _copy(path: Path, out: BinaryIO) -> None:
    with path.open("rb") as file:
        shutil.copyfileobj(file, out)
