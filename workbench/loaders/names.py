"""Names that come from elsewhere, made fit for this machine's disk, or refused."""

from __future__ import annotations

import re
import unicodedata
from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from workbench.loaders.errors import NameRefused

__all__ = ["file_name", "inner_path"]

# What common file systems take: bytes of a piece, characters of the whole, folders within folders.
_PIECE, _WHOLE, _DEPTH = 255, 1024, 32
# Windows keeps these for devices, whatever their ending (CON.csv is the console).
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_DRIVE = re.compile(r"^[A-Za-z]:")
_UNFIT = re.compile(r'[<>:"|?*]')

# The endings of the kinds that servers tell, for URLs that have none.
_ENDINGS = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/ld+json": ".json",
    "application/geo+json": ".geojson",
    "application/zip": ".zip",
    "application/gzip": ".gz",
    "application/x-gzip": ".gz",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.apache.parquet": ".parquet",
}


def inner_path(name: str) -> PurePosixPath:
    r"""Return the path of a member of an archive, below the folder it is taken out to.

    Both slashes separate, as archives made on Windows have it.

    Raises
    ------
    NameRefused
        It leads out of the folder, or some machine cannot write it.

    Examples
    --------
    >>> inner_path("2026\\communes.csv")
    PurePosixPath('2026/communes.csv')
    >>> inner_path("../communes.csv")
    Traceback (most recent call last):
    ...
    workbench.loaders.errors.NameRefused: The name '../communes.csv' leads out of its folder.
    """
    shown = repr(name if len(name) < 120 else f"{name[:120]}…")
    pieces = name.replace("\\", "/").split("/")
    if name[:1] in ("/", "\\") or _DRIVE.match(name):
        raise NameRefused(f"The name {shown} is absolute: it would be written anywhere.")
    pieces = [piece for piece in pieces if piece not in ("", ".")]
    if ".." in pieces:
        raise NameRefused(f"The name {shown} leads out of its folder.")
    if not pieces:
        raise NameRefused(f"The name {shown} names no file.")
    if len(pieces) > _DEPTH or len(name) > _WHOLE:
        raise NameRefused(
            f"The name {shown} is too long: {len(name)} characters, {len(pieces)} folders deep."
        )
    for piece in pieces:
        if reason := _unfit(piece):
            raise NameRefused(f"The name {shown} {reason}.")
    return PurePosixPath(*pieces)


def _unfit(piece: str) -> str:
    """Say why a piece of a path cannot be written everywhere, or nothing."""
    # Control characters hide in listings, and some of them reverse the order of the letters.
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in piece):
        return "holds a character that is not seen"
    if _UNFIT.search(piece):
        return "holds a character that not all machines can write"
    if len(piece.encode()) > _PIECE:
        return f"is too long: {len(piece.encode())} bytes, {_PIECE} at most"
    if _DEVICE.fullmatch(piece):
        return "is that of a device of Windows"
    if piece != piece.rstrip(" ."):
        return "ends with a dot or a space, which Windows drops"
    return ""


def file_name(url: str, disposition: str = "", kind: str = "") -> str:
    """Name a file as its server does, else as its URL does, with an ending that says its kind.

    Parameters
    ----------
    url : str
    disposition, kind : str
        Headers ``Content-Disposition`` and ``Content-Type``.

    Examples
    --------
    >>> file_name("https://exemple.fr/exports/csv?x=1", 'attachment; filename="arbres.csv"')
    'arbres.csv'
    >>> file_name("https://exemple.fr/api/communes", kind="application/json; charset=utf-8")
    'communes.json'
    >>> file_name("https://exemple.fr/..%2f..%2fetc")
    'etc'
    """
    header = Message()
    header["Content-Disposition"] = disposition.replace("\r", "").replace("\n", "") or "inline"
    told = header.get_filename() or ""
    last = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    for name in (told, last):
        piece = name.replace("\\", "/").rpartition("/")[2]
        if piece and piece != ".." and not piece.startswith(".") and not _unfit(piece):
            break
    else:
        piece = "data"
    ending = _ENDINGS.get(kind.partition(";")[0].strip().lower(), "")
    return piece if "." in piece else piece + ending
