"""The files of a publication, each with its size and digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from workbench.core.digests import sha256_of
from workbench.core.i18n import LANGUAGES, translate
from workbench.publishing.about import About
from workbench.publishing.columns import Table

__all__ = ["FORMATS", "MEDIA", "File", "Publication", "file_of"]

MEDIA: Final[Mapping[str, str]] = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "geoparquet": "application/vnd.apache.parquet",
    "netcdf": "application/x-netcdf",
    "zarr": "application/zip",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "turtle": "text/turtle",
    "csvw": "application/csvm+json",
    "html": "text/html",
    "notebook": "application/x-ipynb+json",
}
"""Media types, as IANA has them where it does."""

FORMATS: Final[Mapping[str, str]] = {
    "csv": "csv",
    "parquet": "parquet",
    "geoparquet": "geo.parquet",
    "netcdf": "nc",
    "zarr": "zarr.zip",
}
"""Ending of the file of each format of data."""


@dataclass(frozen=True, slots=True)
class File:
    """Tell one file.

    Parameters
    ----------
    name : str
        Relative to the folder of the publication.
    format : str
        A key of `MEDIA`.
    bytes : int
    sha256 : str
    title : mapping of str to str
    """

    name: str
    format: str
    bytes: int
    sha256: str
    title: Mapping[str, str]

    @property
    def media(self) -> str:
        """Return the media type."""
        return MEDIA[self.format]


def file_of(path: Path, folder: Path, kind: str) -> File:
    """Measure a file that has been written."""
    name = path.relative_to(folder).as_posix()
    title = {lang: translate(f"publishing.file_{kind}", lang) for lang in sorted(LANGUAGES)}
    return File(name, kind, path.stat().st_size, sha256_of(path), title)


@dataclass(frozen=True)
class Publication:
    """Hold all that metadata are written from.

    Parameters
    ----------
    about : About
    table : Table
    data : tuple of File
        Files of data; the first is the CSV.
    report : mapping
        Of disclosure control, as plain values.
    sentences : mapping of str to tuple of str
        What disclosure control says, by language.
    version : str
        Of the workbench.
    spreadsheet_safe : bool
        Cells that a spreadsheet would run begin with an apostrophe.
    """

    about: About
    table: Table
    data: tuple[File, ...]
    report: Mapping[str, Any]
    sentences: Mapping[str, tuple[str, ...]]
    version: str
    spreadsheet_safe: bool = False

    @property
    def csv(self) -> File:
        """Return the file that tables of metadata describe."""
        return self.data[0]
