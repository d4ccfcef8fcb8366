"""What a file is by its first bytes, whatever its name and its server say."""

from __future__ import annotations

import re
from pathlib import Path

from workbench.loaders.errors import NotTheFile

__all__ = ["encoding_of", "kind_of", "refuse_page"]

_HEAD = 4096

# Published signatures, longest first where one begins another.
_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bz2"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"%PDF-", "pdf"),
    (b"PAR1", "parquet"),
    (b"\x93NUMPY", "npy"),
    (b"\x80\x02", "pickle"),
    (b"\x80\x03", "pickle"),
    (b"\x80\x04", "pickle"),
    (b"\x80\x05", "pickle"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"CDF\x01", "netcdf"),
    (b"CDF\x02", "netcdf"),
    (b"GRIB", "grib"),
)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# A page begins with a document type or one of its elements, after comments that are passed one at
# a time (a repeated group of them goes wrong in Python before 3.11.5).
_BEFORE = re.compile(r"(?:<!--.*?-->|<\?xml.*?\?>)\s*", re.DOTALL)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|title|script|meta)\b", re.IGNORECASE)


def kind_of(path: Path) -> str:
    """Name the kind of a file: that of its signature, ``html``, ``xml`` or ``""`` when it has none.

    A tar has no signature at its beginning: it is told by the ``ustar`` of its first header.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar":
        return "tar"
    text = _text(head).lstrip()
    if _is_page(text):
        return "html"
    return "xml" if text.startswith("<?xml") else ""


def encoding_of(path: Path) -> str:
    """Name an encoding in which each byte of a text can be looked at: its BOM's, else Latin-1.

    Not that of its letters, which takes more than a look: see the dialect.
    """
    with path.open("rb") as file:
        head = file.read(3)
    return next((encoding for bom, encoding in _BOMS if head.startswith(bom)), "latin-1")


def refuse_page(path: Path, source: str) -> None:
    """Refuse a web page where data are expected: a page of error, of login or of maintenance.

    Parameters
    ----------
    path : Path
    source : str
        What the message names.

    Raises
    ------
    NotTheFile
    """
    if kind_of(path) == "html":
        with path.open("rb") as file:
            text = _text(file.read(_HEAD))
        title = re.search(r"<title[^>]*>(.*?)</title", text, re.IGNORECASE | re.DOTALL)
        told = f", titled {' '.join(title[1].split())[:80]!r}" if title else ""
        raise NotTheFile(
            f"{source} is a web page{told}, not data: an error, a login or maintenance saved under "
            "the name of a file. Open it in a browser, and fetch it again."
        )


def _is_page(text: str) -> bool:
    at = 0
    while passed := _BEFORE.match(text, at):
        at = passed.end()
    return _PAGE.match(text, at) is not None


def _text(head: bytes) -> str:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(encoding, "replace")
    return head.decode("latin-1")
