"""The members of a zip, each checked before it is read."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from workbench.loaders.budget import Bounds, Budget
from workbench.loaders.errors import (
    ArchiveBomb,
    ArchiveEncrypted,
    ArchiveInvalid,
    MemberRefused,
)
from workbench.loaders.names import inner_path

__all__ = ["zip_members", "zip_names", "zip_read"]

# APPNOTE 4.4.5. The others either need memory that the archive chooses (bzip2, LZMA), or are read
# by few programs.
_METHODS = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflate"}
_OTHERS = {9: "deflate64", 12: "bzip2", 14: "LZMA", 93: "zstandard", 95: "xz", 98: "PPMd"}
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800
# The directory is held in memory: 46 bytes a member at least (APPNOTE 4.3.12).
_DIRECTORY = 64 << 20


def zip_names(path: Path) -> frozenset[str]:
    """Return the names in a zip; none when it is broken.

    Raises
    ------
    ArchiveBomb
        They are more than any archive has.
    """
    _refuse_large_directory(path, Budget(path.name, Bounds()))
    try:
        with zipfile.ZipFile(path) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return frozenset()


def zip_members(
    path: Path, at: PurePosixPath, budget: Budget
) -> Iterator[tuple[PurePosixPath, zipfile.ZipFile, zipfile.ZipInfo]]:
    """Give the files of a zip: where each goes, and what reads it.

    Raises
    ------
    ArchiveInvalid, ArchiveBomb, ArchiveEncrypted, MemberRefused, NameRefused
    """
    _refuse_large_directory(path, budget)
    # Windows writes names in the code page of its console, cp850 in western Europe.
    with _told(budget), zipfile.ZipFile(path, metadata_encoding="cp850") as archive:
        infos = archive.infolist()
        _refuse_overlaps(infos, budget)
        checked = [(_checked(info, at, budget), info) for info in infos]
        for inner, info in checked:
            if inner is not None:
                yield inner, archive, info


def zip_read(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget, out: BinaryIO
) -> None:
    """Write a member."""
    with _told(budget), archive.open(info) as member:
        budget.copy(member.read, out, lambda: info.compress_size)


def _checked(info: zipfile.ZipInfo, at: PurePosixPath, budget: Budget) -> PurePosixPath | None:
    """Return where a member goes, None for a folder."""
    inner = inner_path(_name(info))
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise MemberRefused(
            f"{budget.name} holds {str(inner)!r}, a link or a device and no file. Ask its producer "
            "for the files themselves."
        )
    if info.flag_bits & _ENCRYPTED:
        raise ArchiveEncrypted(
            f"{budget.name} asks for a password ({inner}). Open it with another program and give "
            "its files."
        )
    if info.compress_type not in _METHODS:
        method = _OTHERS.get(info.compress_type, f"number {info.compress_type}")
        raise ArchiveInvalid(
            f"{budget.name} holds {str(inner)!r} compressed by {method}, which is not read. Take "
            "it out with another program, or ask its producer for deflate."
        )
    if info.is_dir():
        return None
    budget.member(at / inner, info.file_size)
    return inner


def _name(info: zipfile.ZipInfo) -> str:
    """Read the name; one that is UTF-8 without saying so comes from macOS or Linux."""
    # zipfile ends a name at its first NUL: the rest must not be there.
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        try:
            return name.encode("cp850").decode("utf-8")
        except UnicodeError:
            return name
    return name


def _refuse_large_directory(path: Path, budget: Budget) -> None:
    """Read the size of the directory at the end of the file (APPNOTE 4.3.14 and 4.3.16)."""
    length = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(length - 65_557 - 76, 0))
        tail = file.read()
    size = 0
    for signature, form, place in ((b"PK\x05\x06", "<L", 12), (b"PK\x06\x06", "<Q", 40)):
        at = tail.rfind(signature)
        if at >= 0 and len(tail) >= at + place + struct.calcsize(form):
            found: int = struct.unpack_from(form, tail, at + place)[0]
            size = max(size, 0 if found == 0xFFFFFFFF else found)
    if size > _DIRECTORY:
        raise ArchiveBomb(
            f"{budget.name} has a directory of {size:,} bytes: it lists more files than the "
            f"{budget.bounds.files:,} that are taken."
        )


def _refuse_overlaps(infos: list[zipfile.ZipInfo], budget: Budget) -> None:
    """Refuse members that share bytes: a few of them then make petabytes."""
    end = -1
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise ArchiveBomb(
                f"{budget.name} holds members that share the same bytes ({info.filename!r}): it is "
                "made to fill the disk."
            )
        end = info.header_offset + info.compress_size


@contextmanager
def _told(budget: Budget) -> Iterator[None]:
    """Make one kind of error of those of the library."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        struct.error,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OverflowError,
    ) as error:
        raise ArchiveInvalid(
            f"{budget.name} is no whole zip ({error}). Fetch it again, or tell its producer."
        ) from error
