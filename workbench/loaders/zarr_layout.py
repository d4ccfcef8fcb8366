"""Tell how an array of a Zarr is laid out on the disk, where it is plain enough to be read fast.

References
----------
Zarr storage specification 2; Zarr core specification 3.1, array metadata, chunk key encodings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workbench.loaders.errors import JsonRefused
from workbench.loaders.guard import read_json

__all__ = ["CODECS", "Layout", "layout_of"]

# What a chunk is packed with; "" is nothing.
CODECS = ("", "blosc", "lz4", "zstd")
# Blosc and LZ4 hold no more in one piece.
_MOST_BYTES = 2**31 - 1
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
# A key that is not one of these may change what the bytes mean.
_KEYS = {"zarr_format", "shape", "fill_value"}
_KEYS_2 = _KEYS | {"chunks", "dtype", "compressor", "order", "filters", "dimension_separator"}
_KEYS_3 = _KEYS | {"node_type", "data_type", "chunk_grid", "chunk_key_encoding", "codecs"}
_KEYS_3 |= {"attributes", "dimension_names", "storage_transformers"}
_DTYPE_2 = re.compile(r"<[iu][248]|<f[248]|\|[iub]1")
_DTYPE_3 = re.compile(r"bool|u?int(8|16|32|64)|float(16|32|64)")


@dataclass(frozen=True, slots=True)
class Layout:
    """Say where the chunks of an array are, and what is in them.

    Parameters
    ----------
    folder : Path
        Of the array.
    shape, chunks : tuple of int
        Of the array, and of each chunk: those at the far ends are padded.
    dtype : dtype
        A plain number, little-endian.
    fill : float, int or bool
        Value of the chunks that are not there.
    prefix, separator : str
        Of the names of chunks: ``"c/"`` and ``"/"`` make ``c/0/12``.
    codec : str
        One of `CODECS`.
    """

    folder: Path
    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    dtype: np.dtype[Any]
    fill: float | int | bool
    prefix: str
    separator: str
    codec: str

    @property
    def size(self) -> int:
        """Bytes of a chunk, unpacked."""
        return math.prod(self.chunks) * self.dtype.itemsize

    def path(self, place: tuple[int, ...]) -> Path:
        """Return the file of a chunk."""
        return self.folder / f"{self.prefix}{self.separator.join(map(str, place))}"


def layout_of(folder: Path) -> Layout | None:
    """Read the layout of an array, None where it is not of the plain kind.

    Parameters
    ----------
    folder : Path
        Of the array: it holds ``zarr.json`` or ``.zarray``.

    Returns
    -------
    Layout or None
        None for filters, sharding, unknown codecs, other orders of bytes and cells, other types
        than numbers, and anything that these lines do not know: it is then for zarr to read, or
        to say what is wrong with it.
    """
    for name, read in (("zarr.json", _version_3), (".zarray", _version_2)):
        path = folder / name
        if path.is_file():
            try:
                return read(folder, read_json(path.read_bytes(), f"{folder.name}/{name}"))
            except (KeyError, TypeError, ValueError, OverflowError, OSError, JsonRefused):
                return None
    return None


def _version_2(folder: Path, told: Mapping[str, Any]) -> Layout | None:
    packed = told["compressor"]
    if (
        told["zarr_format"] != 2
        or not told.keys() <= _KEYS_2
        or told["order"] != "C"
        or told["filters"]
        or not _DTYPE_2.fullmatch(told["dtype"])
    ):
        return None
    codec = packed["id"] if packed else ""
    dtype = np.dtype(told["dtype"])
    separator = told.get("dimension_separator", ".")
    fill = told["fill_value"]
    return _checked(folder, told, told["chunks"], dtype, fill, "", separator, codec)


def _version_3(folder: Path, told: Mapping[str, Any]) -> Layout | None:
    grid, keys = told["chunk_grid"], told["chunk_key_encoding"]
    first, *others = told["codecs"]
    little = first.get("configuration", {}).get("endian", "little") == "little"
    if (
        (told["zarr_format"], told["node_type"], grid["name"]) != (3, "array", "regular")
        or not told.keys() <= _KEYS_3
        or told.get("storage_transformers")
        or keys["name"] not in ("default", "v2")
        or first["name"] != "bytes"
        or not little
        or len(others) > 1
        or not _DTYPE_3.fullmatch(told["data_type"])
    ):
        return None
    default = keys["name"] == "default"
    separator = keys.get("configuration", {}).get("separator", "/" if default else ".")
    codec = others[0]["name"].removeprefix("numcodecs.") if others else ""
    return _checked(
        folder,
        told,
        grid["configuration"]["chunk_shape"],
        np.dtype(told["data_type"]),
        told["fill_value"],
        f"c{separator}" if default else "",
        separator,
        codec,
    )


def _checked(
    folder: Path,
    told: Mapping[str, Any],
    sizes: Any,
    dtype: np.dtype[Any],
    fill: Any,
    prefix: str,
    separator: str,
    codec: str,
) -> Layout | None:
    shape, chunks = tuple(told["shape"]), tuple(sizes)
    if (
        not all(type(n) is int for n in (*shape, *chunks))
        or not shape
        or len(shape) != len(chunks)
        or min(shape) < 0
        or min(chunks) < 1
        or separator not in (".", "/")
        or codec not in CODECS
        or not isinstance(fill, float | int | str | None)
    ):
        return None
    if isinstance(fill, str):
        if dtype.kind != "f":
            return None
        fill = _NOT_FINITE[fill]
    value = dtype.type(0 if fill is None else fill).item()
    layout = Layout(folder, shape, chunks, dtype, value, prefix, separator, codec)
    return layout if layout.size <= _MOST_BYTES else None
