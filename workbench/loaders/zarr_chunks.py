"""Read the chunks of a plain Zarr into memory that is used again, as blocks of a Dask array.

A fresh array of 50 MB costs as much time to the system, which clears its pages, as LZ4 takes to
fill a third of it. Here each thread goes on with the memory of blocks that nobody refers to any
more, so that a pass over any number of chunks takes one or two of them a thread.
"""

from __future__ import annotations

import math
import os
import threading
from collections import deque
from functools import cache
from typing import Any

import dask.array as da
import numpy as np
from dask.base import tokenize
from numpy.typing import NDArray

from workbench.loaders.errors import ChunkDamaged
from workbench.loaders.zarr_layout import Layout

__all__ = ["Buffers", "Chunks", "lazily"]

_TOGETHER = 32 << 20  # bytes: chunks smaller than that are read several at a time
_SPARE = 64 << 10
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_own = threading.local()


class Buffers:
    """Lend memory of one size, and take it back when nothing refers to it any more.

    Parameters
    ----------
    size : int
        Bytes.
    most : int
        Kept while nobody needs them; what comes back beyond is given to the system.

    Examples
    --------
    >>> buffers = Buffers(8, most=1)
    >>> first = buffers.lend()
    >>> address = first.ctypes.data
    >>> part = first[2:4]
    >>> del first
    >>> buffers.lend().ctypes.data == address  # a part of it is still referred to
    False
    >>> del part
    >>> buffers.lend().ctypes.data == address
    True
    """

    def __init__(self, size: int, *, most: int) -> None:
        self.size = size
        self._free: deque[NDArray[np.uint8]] = deque(maxlen=most)

    def lend(self) -> NDArray[np.uint8]:
        """Return memory that nobody else has; what it holds is anything."""
        try:
            memory = self._free.pop()
        except IndexError:
            memory = np.empty(self.size, dtype=np.uint8)
        return np.asarray(_Lent(memory, self._free))


class _Lent:
    """Own memory for as long as an array, or a view of one, refers to it."""

    def __init__(self, memory: NDArray[np.uint8], free: deque[NDArray[np.uint8]]) -> None:
        self.__array_interface__ = memory.__array_interface__
        self._memory, self._free = memory, free

    def __del__(self) -> None:
        self._free.append(self._memory)


class Chunks:
    """Read blocks of an array: a chunk each, or several that follow one another.

    Parameters
    ----------
    layout : Layout

    Notes
    -----
    The blocks are ordinary arrays and belong to who asked for them. It goes to other processes
    without its memory.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        # Chunks that hold all but the first dim lie one after the other in a block.
        whole = layout.chunks[1:] == layout.shape[1:]
        most = max(1, _TOGETHER // max(1, layout.size)) if whole else 1
        self.together = min(most, max(1, math.ceil(layout.shape[0] / layout.chunks[0])))
        self._buffers = Buffers(self.together * layout.size, most=os.cpu_count() or 1)

    def __reduce__(self) -> tuple[type[Chunks], tuple[Layout]]:
        return Chunks, (self.layout,)

    @property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """Sizes of the blocks along each dim."""
        first, *others = self.layout.chunks
        steps = (first * self.together, *others)
        return tuple(
            tuple(min(step, length - begin) for begin in range(0, length, step)) or (0,)
            for length, step in zip(self.layout.shape, steps, strict=True)
        )

    def read(self, block_id: tuple[int, ...]) -> NDArray[Any]:
        """Read a block.

        Parameters
        ----------
        block_id : tuple of int
            Its place among `blocks`.

        Raises
        ------
        ChunkDamaged
            A file cannot be read, or does not hold what it should.
        """
        layout = self.layout
        memory = self._buffers.lend()
        first, *others = block_id
        steps = (layout.chunks[0] * self.together, *layout.chunks[1:])
        shape = tuple(
            min(step, length - at * step)
            for at, step, length in zip(block_id, steps, layout.shape, strict=True)
        )
        for i in range(math.ceil(shape[0] / layout.chunks[0])):
            place = (first * self.together + i, *others)
            self._fill(memory[i * layout.size : (i + 1) * layout.size], place)
        block = memory.view(layout.dtype).reshape(steps)
        return block[tuple(map(slice, shape))]

    def _fill(self, memory: NDArray[np.uint8], place: tuple[int, ...]) -> None:
        """Unpack one chunk."""
        try:
            packed = _packed(self.layout, place)
        except FileNotFoundError:
            memory.view(self.layout.dtype)[:] = self.layout.fill
            return
        except OSError as error:
            raise _damaged(self.layout, place, error.strerror or str(error)) from None
        try:
            told = _told_size(packed, self.layout.codec)
            # A shorter one would leave in its place what the memory held before.
            if told not in (None, memory.nbytes):
                raise ValueError(f"{told} bytes where {memory.nbytes} are expected")
            if not self.layout.codec:
                memory[:] = packed
            elif told is None:
                memory[:] = np.frombuffer(_codec(self.layout.codec).decode(packed), np.uint8)
            else:
                _codec(self.layout.codec).decode(packed, memory)
        except (RuntimeError, ValueError) as error:
            raise _damaged(self.layout, place, str(error)[:200]) from None


def lazily(layout: Layout) -> Any:
    """Return an array whose blocks are read when they are computed.

    Parameters
    ----------
    layout : Layout

    Returns
    -------
    dask Array
        Blocks are chunks; small ones that hold all but the first dim are put together.
    """
    chunks = Chunks(layout)
    if 0 in layout.shape:
        empty: Any = da.empty(layout.shape, dtype=layout.dtype, chunks=layout.chunks)
        return empty
    written = [path.stat().st_mtime_ns for path in _metadata(layout)]
    return da.map_blocks(
        chunks.read,
        name=f"chunks-{tokenize(layout, written)}",
        chunks=chunks.blocks,
        dtype=layout.dtype,
        meta=np.empty((0,) * len(layout.shape), dtype=layout.dtype),
    )


def _metadata(layout: Layout) -> list[Any]:
    return [p for name in ("zarr.json", ".zarray") if (p := layout.folder / name).exists()]


@cache
def _codec(name: str) -> Any:
    from numcodecs import get_codec

    return get_codec({"id": name})


def _packed(layout: Layout, place: tuple[int, ...]) -> NDArray[np.uint8]:
    """Read the file of a chunk into memory that the thread keeps for its next one."""
    with layout.path(place).open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        # More than any codec makes of a chunk: a packed one is at most a few bytes longer.
        if size > layout.size + layout.size // 64 + _SPARE:
            raise _damaged(layout, place, f"{size} bytes, more than it can be packed in")
        memory: NDArray[np.uint8] | None = getattr(_own, "packed", None)
        if memory is None or memory.nbytes < size:
            memory = _own.packed = np.empty(size + size // 8, dtype=np.uint8)
        done = 0
        while done < size and (more := file.readinto(memory.data[done:size])):
            done += more
    return memory[:done]


def _told_size(packed: NDArray[np.uint8], codec: str) -> int | None:
    """Read how long the content says it is, unpacked; None where it does not say.

    Raises
    ------
    ValueError
        It is cut.
    """
    head = packed[:18].tobytes()
    if codec == "lz4":
        return int.from_bytes(head[:4], "little")
    if codec == "blosc":
        whole = int.from_bytes(head[12:16], "little")
        if whole != packed.nbytes:  # Blosc would read on beyond the end
            raise ValueError(f"{packed.nbytes} bytes packed where {whole} are expected")
        return int.from_bytes(head[4:8], "little")
    if codec == "zstd":
        return _zstd_size(head)
    return packed.nbytes


def _zstd_size(head: bytes) -> int | None:
    """Read the size in the header of a frame (RFC 8878, 3.1.1.1)."""
    if len(head) < 6 or head[:4] != _ZSTD_MAGIC:
        return None
    single, code = head[4] >> 5 & 1, head[4] >> 6
    width = (single, 2, 4, 8)[code]
    begin = 5 + (not single) + (0, 1, 2, 4)[head[4] & 3]
    if not width or len(head) < begin + width:
        return None
    return int.from_bytes(head[begin : begin + width], "little") + (256 if code == 1 else 0)


def _damaged(layout: Layout, place: tuple[int, ...], reason: str) -> ChunkDamaged:
    name = layout.path(place).relative_to(layout.folder.parent).as_posix()
    return ChunkDamaged(f"{name} is damaged: {reason}. Fetch it again, or ask its producer.")
