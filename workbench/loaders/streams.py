"""Expand a file that is compressed alone: gzip, xz, bzip2, zstandard."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from workbench.loaders.budget import Budget
from workbench.loaders.errors import ArchiveInvalid

__all__ = ["STREAMS", "expand"]

_READ = 1 << 16
# What a decoder may hold: xz files made at its highest level need 65 MiB.
_XZ_MEMORY = 128 << 20


class _Gzip:
    """Give :mod:`zlib`'s decoder the form of those of bz2 and lzma."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        self.unused_data = b""

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def needs_input(self) -> bool:
        return not self._decoder.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out = self._decoder.decompress(self._decoder.unconsumed_tail + data, max_length)
        self.unused_data = self._decoder.unused_data
        return out


STREAMS: dict[str, Callable[[], Any]] = {
    "gz": _Gzip,
    "bz2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY),
}


def expand(path: Path, kind: str, budget: Budget, out: BinaryIO) -> None:
    """Write the content of a compressed file.

    Parameters
    ----------
    path : Path
    kind : str
        ``gz``, ``bz2``, ``xz`` or ``zst``.
    budget : Budget
    out : binary file

    Raises
    ------
    ArchiveInvalid
        It is cut, corrupt, or needs too much memory.
    ArchiveBomb
    """
    with path.open("rb") as file:
        try:
            if kind == "zst":
                from pyarrow import CompressedInputStream

                with CompressedInputStream(file, "zstd") as stream:
                    budget.copy(stream.read, out, file.tell)
            else:
                budget.copy(_Source(file, STREAMS[kind]), out, file.tell)
        except (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno:
                raise
            raise ArchiveInvalid(
                f"{budget.name} is no whole {kind} file ({error}). Fetch it again, or tell its "
                "producer."
            ) from error


class _Source:
    """Give what a file expands to, never more than is asked for."""

    def __init__(self, file: BinaryIO, make: Callable[[], Any]) -> None:
        self._file, self._make = file, make
        self._decoder, self._ahead = make(), b""

    def __call__(self, size: int) -> bytes:
        while True:
            if self._decoder.eof and not self._next():
                return b""
            data = self._ahead
            self._ahead = b""
            if not data and self._decoder.needs_input:
                data = self._file.read(_READ)
                if not data:
                    raise EOFError("it ends before its end is marked")
            out: bytes = self._decoder.decompress(data, size)
            if out:
                return out

    def _next(self) -> bool:
        """Begin the next of several streams put end to end; zeros after the last are padding."""
        rest: bytes = self._decoder.unused_data or self._file.read(_READ)
        while rest and not rest.strip(b"\0"):
            rest = self._file.read(_READ)
        if not rest:
            return False
        self._decoder, self._ahead = self._make(), rest.lstrip(b"\0")
        return True
