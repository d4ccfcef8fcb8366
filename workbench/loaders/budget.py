"""What an archive may take of this machine, counted while it is taken out."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from workbench.loaders.errors import ArchiveBomb, MemberRefused
from workbench.loaders.transport import Clock

__all__ = ["Bounds", "Budget"]

_CHUNK = 1 << 18
# Under this size a high ratio does no harm: a file of zeros, a table of one value.
_HARMLESS = 16 << 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bound what is taken out of an archive, archives within it included.

    Parameters
    ----------
    files : int
        Most members.
    bytes : int
        Most bytes, expanded.
    ratio : float
        Most bytes out for one in; open data stay under 60, deflate can make 1032.
    depth : int
        Archives within archives: 1 takes them as they are, 2 takes out those of the first.
    seconds : float
        Longest time.
    """

    files: int = 20_000
    bytes: int = 20 * 10**9
    ratio: float = 250.0
    depth: int = 2
    seconds: float = 600.0


class Budget:
    """Count what has been taken out of one archive.

    Parameters
    ----------
    name : str
        The archive, as errors name it.
    bounds : Bounds
    clock : Clock
    """

    def __init__(self, name: str, bounds: Bounds, clock: Clock = time) -> None:
        self.name, self.bounds = name, bounds
        self._clock, self._until = clock, clock.monotonic() + bounds.seconds
        self._bytes = self._announced = self._count = 0
        self._files: dict[str, PurePosixPath] = {}
        self._folders: dict[str, PurePosixPath] = {}

    def member(self, path: PurePosixPath, announced: int) -> None:
        """Count a member before it is read.

        Raises
        ------
        ArchiveBomb
            One too many, or too large by its own announcement.
        MemberRefused
            Another one would be written in its place.
        """
        self._count += 1
        if self._count > self.bounds.files:
            raise ArchiveBomb(
                f"{self.name} holds more than {self.bounds.files:,} files. Take out by hand the "
                "one that is wanted, if its producer is to be trusted."
            )
        self._announced += announced
        self._room(self._announced)
        for folder in path.parents[:-1]:
            self._folders.setdefault(_same(folder), folder)
        places = (path, *path.parents[:-1])
        taken = [self._files[key] for each in places if (key := _same(each)) in self._files]
        taken += [self._folders[key] for key in (_same(path),) if key in self._folders]
        if taken:
            raise MemberRefused(
                f"{self.name} holds {str(path)!r} and {str(taken[0])!r}: one would be written over "
                "the other. Ask its producer which one is right."
            )
        self._files[_same(path)] = path

    def opened(self, path: PurePosixPath) -> None:
        """Note that a member, an archive, becomes a folder."""
        self._folders[_same(path)] = self._files.pop(_same(path))

    def copy(self, source: Callable[[int], bytes], out: BinaryIO, taken: Callable[[], int]) -> None:
        """Write a member, counting.

        Parameters
        ----------
        source : callable
            Gives at most so many bytes, none at the end.
        out : binary file
        taken : callable
            Bytes of the archive read for this member until now.

        Raises
        ------
        ArchiveBomb
        """
        written = 0
        while chunk := source(_CHUNK):
            written += len(chunk)
            self._bytes += len(chunk)
            self._room(self._bytes)
            if written > _HARMLESS and written > self.bounds.ratio * max(taken(), 1):
                raise ArchiveBomb(
                    f"{self.name} expands {written / max(taken(), 1):,.0f} times, which data do "
                    f"not (at most {self.bounds.ratio:g} is taken): it is made to fill the disk."
                )
            self.tick()
            out.write(chunk)

    def tick(self) -> None:
        """Refuse to go on when the time is used up."""
        if self._clock.monotonic() > self._until:
            raise ArchiveBomb(
                f"{self.name} takes more than {self.bounds.seconds:g} s to be taken out."
            )

    def _room(self, size: int) -> None:
        if size > self.bounds.bytes:
            raise ArchiveBomb(
                f"{self.name} expands to more than {self.bounds.bytes:,} bytes. Raise the bound if "
                "its producer announces that size."
            )


def _same(path: PurePosixPath) -> str:
    """Write a path as Windows and macOS compare them: some different names are one file there."""
    return unicodedata.normalize("NFC", str(path)).casefold()
