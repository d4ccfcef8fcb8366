"""Refuse a grid that reads other files, runs code or spans more than it can hold, before it opens.

A netCDF-4 file is HDF5, whose data may be in any other file of the machine: a hostile one would
publish what it finds there. Sizes are announced, not held: an axis of ten billion values takes no
byte until it is read.

References
----------
HDF5 File Format Specification 3.0: IV.A.2.g (links), h (external data files), i (virtual layout).
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from workbench.core.errors import MissingExtra
from workbench.loaders.errors import CodeRefused, FileNotTabular
from workbench.loaders.guard import read_json
from workbench.loaders.zips import zip_names

__all__ = ["damaged", "keys_of", "refuse_other_files", "refuse_pickles", "refuse_sizes"]

_METADATA = (".zarray", ".zmetadata", "zarr.json")
_MOST_BYTES = 64 << 20
_MOST_OBJECTS = 100_000
# An axis is read when its grid is opened; a piece of a variable is a task of Dask.
_MOST_POINTS, _MOST_PIECES = 20_000_000, 1_000_000
_ELSEWHERE = "Ask its producer for a file that holds its data."


def refuse_other_files(path: Path) -> None:
    """Refuse an HDF5 file whose data are in other files: external links, external or virtual data.

    Raises
    ------
    MissingExtra
        h5py, which looks without following, is not installed.
    CodeRefused
        Its data are elsewhere.
    FileNotTabular
        It is damaged.
    """
    try:
        import h5py
    except ImportError:
        raise MissingExtra(
            f"{path.name} is a netCDF-4 and needs the package h5py, which tells whether its data "
            "are in other files: install territorial-workbench[grids]."
        ) from None
    try:
        with h5py.File(path, "r") as file:
            groups, seen = [file["/"]], {h5py.h5o.get_info(file.id).addr}
            while groups:
                group = groups.pop()
                for name in group:
                    link = group.get(name, getlink=True)
                    if isinstance(link, h5py.ExternalLink):
                        _refuse(path, name, f"in another file ({link.filename})")
                    found = group[name] if isinstance(link, h5py.HardLink) else None
                    place = h5py.h5o.get_info(found.id).addr if found is not None else None
                    # A group within itself is followed for ever by the library of netCDF.
                    if found is None or (place in seen and isinstance(found, h5py.Group)):
                        raise FileNotTabular(
                            f"{path.name} holds {name!r}, a link to another part of it, which a "
                            "netCDF-4 does not. Ask its producer to write it again."
                        )
                    if place in seen:
                        continue
                    seen.add(place)
                    if len(seen) > _MOST_OBJECTS:
                        raise FileNotTabular(f"{path.name} has more than {_MOST_OBJECTS:,} parts.")
                    if isinstance(found, h5py.Group):
                        groups.append(found)
                    elif isinstance(found, h5py.Dataset) and (found.external or found.is_virtual):
                        _refuse(path, name, "in other files")
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, UnicodeError) as error:
        raise damaged(path, error) from error


def damaged(path: Path, error: Exception) -> FileNotTabular:
    """Say that a grid cannot be opened; what a library says of it may be long."""
    reason = str(error).partition("\n")[0][:200]
    return FileNotTabular(
        f"{path.name} cannot be opened as a grid ({type(error).__name__}: {reason}). Fetch it "
        "again, or ask its producer."
    )


def _refuse(path: Path, name: str, where: str) -> None:
    raise CodeRefused(
        f"{path.name} has the data of {name!r} {where}: it would show what is on this machine. "
        f"{_ELSEWHERE}"
    )


def refuse_sizes(data: xr.Dataset, name: str) -> None:
    """Refuse axes that fill the memory when they are read, and variables of countless pieces.

    Parameters
    ----------
    data : Dataset
        Opened without its axes, of which nothing has been read.
    name : str
        Of the file.

    Raises
    ------
    FileNotTabular
    """
    for key, variable in data.variables.items():
        if variable.dims == (key,) and variable.size > _MOST_POINTS:
            raise FileNotTabular(
                f"{name}: the axis {key!r} has {variable.size:,} values, where {_MOST_POINTS:,} "
                "are read at most. It is damaged, or made to fill the memory."
            )
        chunks = variable.encoding.get("preferred_chunks") or {}
        pieces = math.prod(
            math.ceil(size / max(int(chunks.get(dim, size)), 1))
            for dim, size in zip(variable.dims, variable.shape, strict=True)
            if size
        )
        if pieces > _MOST_PIECES:
            raise FileNotTabular(
                f"{name}: the variable {key!r} is cut into {pieces:,} pieces, where "
                f"{_MOST_PIECES:,} are read at most. Ask its producer for larger ones."
            )


def refuse_pickles(path: Path) -> None:
    """Refuse a Zarr that declares a codec which runs code of its maker when it is read.

    Raises
    ------
    CodeRefused, FileNotTabular
    """
    for name, content in _metadata(path):
        declared = json.dumps(read_json(content, f"{path.name}/{name}")).lower()
        if "pickle" in declared or ('"|o"' in declared and "filters" not in declared):
            raise CodeRefused(
                f"{path.name}/{name} declares pickles, which run code of their maker when they "
                "are read. Ask its producer for arrays of numbers or texts."
            )


def _metadata(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        found = []
        for each in path.rglob("*"):
            if each.is_symlink():
                raise CodeRefused(
                    f"{path.name} holds a link, {each.relative_to(path).as_posix()}: it would show "
                    f"what is on this machine. {_ELSEWHERE}"
                )
            if each.name in _METADATA:
                found.append(each)
        for each in sorted(found):
            yield each.relative_to(path).as_posix(), _bounded(path, each)
        return
    zip_names(path)  # refuses a directory without end
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if info.filename.rpartition("/")[2] not in _METADATA:
                    continue
                if info.file_size > _MOST_BYTES:
                    raise FileNotTabular(f"{path.name}/{info.filename} is no metadata: too large.")
                yield info.filename, archive.read(info)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise damaged(path, error) from error


def _bounded(path: Path, each: Path) -> bytes:
    if each.stat().st_size > _MOST_BYTES:
        raise FileNotTabular(
            f"{path.name}/{each.relative_to(path).as_posix()} is no metadata: too large."
        )
    return each.read_bytes()


def keys_of(group: str) -> Mapping[str, Any]:
    """Read the keys that choose the messages of a GRIB: ``typeOfLevel=surface,level=2``.

    Examples
    --------
    >>> keys_of("typeOfLevel=heightAboveGround, level=2")
    {'typeOfLevel': 'heightAboveGround', 'level': 2}
    """
    pairs = (each.partition("=") for each in group.split(",") if each.strip())
    return {
        key.strip(): int(value) if value.strip().lstrip("-").isdecimal() else value.strip()
        for key, _, value in pairs
    }
