"""The members of a tar, each checked before it is read."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from workbench.loaders.budget import Budget
from workbench.loaders.errors import ArchiveBomb, ArchiveInvalid, MemberRefused
from workbench.loaders.names import inner_path

__all__ = ["tar_members", "tar_read"]

# The library reads an extended header whole, and looks for words in it in a time that grows with
# its square: names and dates fit in far less.
_HEADER = 16 << 10


def tar_members(
    path: Path, at: PurePosixPath, budget: Budget
) -> Iterator[tuple[PurePosixPath, tarfile.TarFile, tarfile.TarInfo]]:
    """Give the files of a tar that is not compressed: where each goes, and what reads it.

    Raises
    ------
    ArchiveInvalid, ArchiveBomb, MemberRefused, NameRefused
    """
    with _told(budget), path.open("rb") as file:
        headers = _Headers(file, budget)
        with tarfile.TarFile(fileobj=headers) as archive:  # type: ignore[arg-type]
            for info in archive:
                # The library remembers every member: what is passed need not be.
                archive.members.clear()  # type: ignore[attr-defined]
                inner = _checked(info, at, budget)
                if inner is not None:
                    yield inner, archive, info
            _refuse_cut(file, archive.offset, budget)


def tar_read(
    archive: tarfile.TarFile, info: tarfile.TarInfo, budget: Budget, out: BinaryIO
) -> None:
    """Write a member."""
    with _told(budget):
        source = archive.extractfile(info)
        if source is None:
            raise ArchiveInvalid(f"{budget.name}: {info.name!r} has no content.")

        def some(size: int) -> bytes:
            return source.read(min(size, _HEADER))

        # The library refuses a member that is cut.
        budget.copy(some, out, source.tell)


def _checked(info: tarfile.TarInfo, at: PurePosixPath, budget: Budget) -> PurePosixPath | None:
    """Return where a member goes, None for a folder."""
    if info.isdir() and info.name.strip("./") == "":
        return None
    inner = inner_path(info.name)
    if info.isdir():
        return None
    if not info.isreg() or info.issparse():
        what = "a link" if info.issym() or info.islnk() else "a device, or a file with holes"
        raise MemberRefused(
            f"{budget.name} holds {str(inner)!r}, {what} and no plain file. Ask its producer for "
            "the files themselves."
        )
    budget.member(at / inner, info.size)
    return inner


def _refuse_cut(file: BinaryIO, end: int, budget: Budget) -> None:
    """Refuse a tar whose end is not marked: the library takes a broken header for the end."""
    file.seek(end)
    if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise ArchiveInvalid(
            f"{budget.name} is cut or corrupt after {end:,} bytes. Fetch it again, or tell its "
            "producer."
        )


class _Headers:
    """Read a tar's file, a bounded piece at a time."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self._file, self._budget = file, budget
        self.mode, self.name = "rb", file.name
        self.seek, self.tell, self.close = file.seek, file.tell, file.close

    def read(self, size: int = -1) -> bytes:
        self._budget.tick()
        if not 0 <= size <= _HEADER:
            raise ArchiveBomb(
                f"{self._budget.name} has a header of {size:,} bytes, where {_HEADER:,} are "
                "plenty: it is made to fill the memory."
            )
        return self._file.read(size)


@contextmanager
def _told(budget: Budget) -> Iterator[None]:
    """Make one kind of error of those of the library."""
    try:
        yield
    except (tarfile.TarError, EOFError, ValueError, OverflowError, RecursionError) as error:
        raise ArchiveInvalid(
            f"{budget.name} is no whole tar ({error}). Fetch it again, or tell its producer."
        ) from error
