"""Lay the territories of a pack on a grid, and keep the weights for the next time."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.grids import Grid
from workbench.compute.outlines import Outlines
from workbench.compute.weights import Weights
from workbench.core.aside import written_aside
from workbench.core.errors import GridMismatch
from workbench.core.folders import cache_folder
from workbench.packs.pack import Pack

__all__ = ["grid_weights", "weights_folder"]

_KEPT = 24  # files: the communes of France take 3 MB on cells of 0.1°, 35 MB on cells of 0.01°
_ARRAYS = ("starts", "cells", "fraction", "weight", "area", "inside")
_FORM = "1"  # of the files, and of how weights are calculated


def weights_folder() -> Path:
    """Return where weights are kept: in ``WORKBENCH_CACHE``, else in the user's own cache."""
    return cache_folder() / "weights"


def grid_weights(
    pack: Pack,
    level: str,
    grid: Grid,
    *,
    by: xr.DataArray | None = None,
    folder: Path | None = None,
) -> Weights:
    """Say with what weight each cell of a grid counts in each territory of a level.

    Parameters
    ----------
    pack : Pack
    level : str
        One that the pack draws, or that is made of those of the base level.
    grid : Grid
    by : DataArray (y, x), optional
        Another weight of each cell, for its whole surface: see `Weights.of`.
    folder : Path, optional
        Where weights are kept; `weights_folder` by default. A folder that cannot be written to
        costs their calculation each time, and a damaged file is made again.

    Returns
    -------
    Weights
        Of all the territories of the level, in the order of the pack. One without an outline
        covers no cell. A level above the base one is made of its parts, so that `zonal` reads
        once for both.

    Raises
    ------
    GridMismatch, LevelUnknown, VintageMismatch, MissingExtra
        As of `Weights.of` and `Pack.boundaries`.

    Notes
    -----
    The name of a file is the digest of the grid, of the table of boundaries, of the vintage and
    of the weight given.

    Examples
    --------
    >>> from workbench.packs.pack import open_pack
    >>> lat, lon = np.arange(51.5, 41, -0.5), np.arange(-5.0, 10, 0.5)
    >>> grid = Grid.of(xr.DataArray(np.zeros((21, 30)), coords=[("lat", lat), ("lon", lon)]))
    >>> weights = grid_weights(open_pack("france"), "region", grid)
    >>> dict(zip(weights.codes, weights.inside.round(2).tolist()))["32"]
    1.0
    """
    base = pack.parts_level(level)
    weights = _base_weights(pack, base, grid, by, folder or weights_folder())
    if base == level:
        return weights
    return weights.merged(pack.membership(level), _codes(pack, level))


def _codes(pack: Pack, level: str) -> pd.Index:
    texts = pack.frame(level).index.to_numpy(dtype=object)
    codes: pd.Index = pd.Index(texts, dtype=object, name="territory")
    return codes


def _base_weights(
    pack: Pack, level: str, grid: Grid, by: xr.DataArray | None, folder: Path
) -> Weights:
    # Boundaries of another vintage are refused here, whatever was kept.
    boundaries = pack.boundaries(level, detail="fine")
    weighting = "" if by is None else _digest_of(by, grid)
    parts = (_FORM, grid.digest, weighting, level, str(pack.vintage), _digest(pack, level))
    key = hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
    path = folder / f"{key}.npz"
    codes = _codes(pack, level)
    found = _read(path, codes, grid, pack.vintage, key)
    if found is None:
        drawn = np.array([code in boundaries.index for code in codes])
        outlines = Outlines.of(boundaries, codes=list(codes[drawn]))
        sizes = np.zeros(len(codes), dtype=np.int64)
        sizes[drawn] = np.diff(outlines.first_ring)
        whole = replace(outlines, codes=codes, first_ring=np.append(0, np.cumsum(sizes)))
        made = Weights.of(whole, grid, by=by, vintage=pack.vintage)
        found = replace(made, _key=key)
        _write(path, found)
    return found


@lru_cache(maxsize=32)
def _digest_of_file(path: Path, _state: tuple[int, int]) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def _digest(pack: Pack, level: str) -> str:
    """Name what the outlines and the codes of a level are read from."""
    told = []
    for table in ("territories", f"boundaries_{level}_fine", f"boundaries_{level}_coarse"):
        path = pack.folder / "data" / f"{table}.parquet"
        if path.exists():
            state = path.stat()
            told.append(_digest_of_file(path, (state.st_mtime_ns, state.st_size)))
    return " ".join(told)


def _digest_of(by: xr.DataArray, grid: Grid) -> str:
    """Name the weight of each cell, and where it is said to lie."""
    if set(by.dims) != set(grid.dims):
        raise GridMismatch(f"Weights have dims {by.dims}; the grid has {grid.dims}.")
    laid = np.ascontiguousarray(by.transpose(*grid.dims).to_numpy(), dtype=np.float64)
    code = hashlib.blake2b(laid.data, digest_size=16)
    code.update(Grid.of(by, crs=grid.crs).digest.encode())
    return code.hexdigest()


def _read(path: Path, codes: pd.Index, grid: Grid, vintage: int, key: str) -> Weights | None:
    """Read weights; None where there are none, or they are not what they should be."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays: dict[str, Any] = {name: stored[name] for name in _ARRAYS}
            tangled = tuple(map(str, stored["tangled"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    if not _sound(arrays, len(codes), grid):
        return None
    with suppress(OSError):
        os.utime(path)  # the least recently used go first
    return Weights(codes=codes, grid=grid, tangled=tangled, vintage=vintage, _key=key, **arrays)


def _sound(arrays: Mapping[str, NDArray[Any]], territories: int, grid: Grid) -> bool:
    """Check what a kernel would otherwise read beyond: it checks no bound."""
    starts, cells = arrays["starts"], arrays["cells"]
    cells_of_grid = grid.shape[0] * grid.shape[1]
    kinds = [(starts, np.int64), (cells, np.int32), *((arrays[n], np.float64) for n in _ARRAYS[2:])]
    lengths = [len(arrays[name]) for name in _ARRAYS]
    entries = len(cells)
    return bool(
        all(array.dtype == kind and array.ndim == 1 for array, kind in kinds)
        and lengths == [territories + 1, *(entries,) * 3, *(territories,) * 2]
        and starts[0] == 0
        and starts[-1] == entries
        and (np.diff(starts) >= 0).all()
        and (not entries or (cells.min() >= 0 and cells.max() < cells_of_grid))
    )


def _write(path: Path, weights: Weights) -> None:
    """Keep weights, aside first; it does not matter when they cannot be."""
    arrays = {name: getattr(weights, name) for name in _ARRAYS}
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_aside(path) as aside, aside.open("wb") as file:
            np.savez(file, tangled=np.array(weights.tangled, dtype=np.str_), **arrays)
        kept = sorted(path.parent.glob("*.npz"), key=lambda each: -each.stat().st_mtime_ns)
        for old in kept[_KEPT:]:
            old.unlink(missing_ok=True)
