"""Read Parquet tables in the calling thread, so that the process can still be forked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["read_table"]


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a table, or some of its columns.

    Parameters
    ----------
    path : Path
    columns : sequence of str, optional
        All of them by default.

    Returns
    -------
    pyarrow.Table

    Notes
    -----
    Arrow's usual reader starts a pool of threads that lives as long as the process; a process
    with threads cannot be forked safely.
    """
    with pq.ParquetFile(path, pre_buffer=False) as file:
        return file.read(columns=None if columns is None else list(columns), use_threads=False)
