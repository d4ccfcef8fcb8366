"""Tell what kind of file it is from its first bytes, whatever its name says."""

from __future__ import annotations

import re
from pathlib import Path

from workbench.loaders.errors import FileNotTabular
from workbench.loaders.zips import zip_names

__all__ = ["kind_of_file", "must_be_rows"]

_SIGNS = (
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0", "workbook"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "rar"),
    (b"%PDF", "pdf"),
    (b"SQLite format 3", "sqlite"),
    (b"\x89HDF", "hdf5"),
    (b"CDF\x01", "netcdf"),
    (b"CDF\x02", "netcdf"),
    (b"\x93NUMPY", "numpy"),
    (b"GRIB", "grib"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG", "png"),
)
_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)", re.IGNORECASE)
_TOLD = {
    "empty": "it is empty. Fetch it again",
    "html": "it is a web page, as a site answers in place of a file. Fetch it again, from the "
    "address of the file itself",
    "xml": "it is XML. Ask its producer for CSV, or name the reader of its format",
    "json": "it is JSON. Name the reader of its format",
}
_WORKBOOKS = frozenset({"xl/workbook.xml", "xl/workbook.bin", "content.xml"})
_PACKED = ("zip", "gzip", "bzip2", "xz", "zstd", "7z", "rar")


def kind_of_file(path: Path) -> str:
    """Name the kind of a file: ``"rows"`` for text, else its format.

    Returns
    -------
    str
        ``rows``, ``json``, ``html``, ``xml``, ``parquet``, ``workbook``, ``zip``, ``empty``…

    Raises
    ------
    FileNotTabular
        There is no such file, or it may not be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise FileNotTabular(
            f"{path} cannot be read: {error.strerror}. Check its path and its rights."
        ) from error
    kind = kind_of_bytes(head)
    is_workbook = kind == "zip" and not _WORKBOOKS.isdisjoint(zip_names(path))
    return "workbook" if is_workbook else kind


def kind_of_bytes(head: bytes) -> str:
    """Name the kind of a content by its beginning; that of a workbook is ``"zip"``."""
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        return "empty"
    for sign, kind in _SIGNS:
        if head.startswith(sign):
            return kind
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _PAGE.match(text):
        return "html"
    if text.startswith(b"<?xml") or text.startswith(b"<!--"):
        return "html" if b"<html" in text.lower() else "xml"
    if re.match(rb'\{\s*"|\[\s*[\{\[]', text):
        return "json"
    return "rows"


def must_be_rows(kind: str, name: str) -> None:
    """Refuse a file that is no text of rows, and say what it is.

    Raises
    ------
    FileNotTabular
    """
    if kind == "rows":
        return
    if kind in _PACKED:
        told = f"it is packed ({kind}). Unpack it first"
    else:
        told = _TOLD.get(kind, f"it is a file of format {kind}. Name the reader of that format")
    raise FileNotTabular(f"{name} is no table of rows: {told}.")
