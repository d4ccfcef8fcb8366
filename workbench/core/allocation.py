"""Have the C library keep the memory of arrays that are let go, rather than ask for it again."""

from __future__ import annotations

import ctypes
import sys

__all__ = ["keep_memory"]

# malloc.h of glibc.
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -2, -3, -8
_KEPT = (
    (_M_MMAP_THRESHOLD, 1 << 30),
    (_M_TRIM_THRESHOLD, 1 << 30),
    (_M_TOP_PAD, 16 << 20),
    # An arena of a thread holds 64 MB at most: what is larger would be mapped anew each time.
    (_M_ARENA_MAX, 1),
)


def keep_memory() -> bool:
    """Keep up to 1 GB of freed memory in this process, for its next arrays.

    Returns
    -------
    bool
        False where there is no glibc (macOS, Windows, musl): nothing is changed.

    Notes
    -----
    By default glibc gives arrays of over 32 MB (and, of threads, over 64 MB together) back to the
    system when they are freed, and the system clears the pages of the next one: 0.8 s of CPU for
    forty arrays of 52 MB filled by two threads, 0.35 s when they are kept; and 5.5 s for the
    means of communes from 1.3 GB of LZ4 read by zarr, 2.8 s when they are kept. It is
    for grids that zarr or netCDF reads in large chunks; this package's own reader of Zarr uses
    its memory again by itself.

    The ``workbench`` command calls it as it starts. In a notebook call it first, before threads
    start; on a Dask cluster, ``client.run(wb.keep_memory)``. The processes that make reports have
    thresholds of their own (`workbench.reports.forked`).

    References
    ----------
    The GNU C Library manual, 3.2.3.7 Malloc Tunable Parameters.

    Examples
    --------
    >>> keep_memory() in (True, False)
    True
    """
    if sys.platform != "linux":
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
        ctypes.CDLL(None).gnu_get_libc_version  # noqa: B018 - musl has the first and not this
    except (OSError, AttributeError):
        return False
    done = [mallopt(what, value) == 1 for what, value in _KEPT]
    return all(done)
