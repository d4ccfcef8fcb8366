"""Measure the way from a Zarr on the disk to communes: its time beside that of reading, its memory.

Run it at full size, which takes minutes and 7 GB of disk::

    python -m tests.benchmarks.bench_chunks

Contenders of the same run, on the same file: the codec alone (each chunk read from the disk and
unpacked into the same memory), zarr's own reading through xarray and Dask (each chunk read and let
go), and zonal means from either. Results are compared first: where two differ, it stops. Memory is
that of a process of its own, at two numbers of steps.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dask
import numpy as np
import xarray as xr

from workbench.compute.compiling import prepare
from workbench.compute.grids import Grid
from workbench.compute.outlines import Outlines
from workbench.compute.weights import Weights
from workbench.compute.zonal import zonal
from workbench.core.allocation import keep_memory
from workbench.loaders.grid import read
from workbench.loaders.zarr_layout import layout_of
from workbench.packs.pack import open_pack

from .bars import Bar, print_bars, print_table
from .measuring import ROOT, own_memory
from .timing import Time, timed

# West, south, east, north: 1,550 × 1,050 cells of 0.01°, 6.5 GB for 1,000 steps.
FRANCE = (-5.4, 41.1, 10.1, 51.6)
CODECS = ("lz4", "blosc", "zstd")
_NOISES = 7
_MB = 1e6
# What a process needs beside blocks, whatever their number: Dask's graph, the kernels' own arrays.
_BESIDE = 64e6


def axes(step: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the centres of the cells, north first."""
    west, south, east, north = FRANCE
    down, across = round((north - south) / step), round((east - west) / step)
    return north - step * (np.arange(down) + 0.5), west + step * (np.arange(across) + 0.5)


def layers(lat: np.ndarray, lon: np.ndarray, times: int) -> Iterator[np.ndarray]:
    """Draw temperatures as a reanalysis has them: smooth fields, weather, rounded to 0.1 K."""
    random = np.random.default_rng(0)
    shape = (len(lat), len(lon))
    noises = [random.normal(0, 0.15, shape).astype(np.float32) for _ in range(_NOISES)]
    relief = np.outer(np.cos(lat * 3), np.sin(lon * 4)).astype(np.float32) * 3
    for t in range(times):
        season = 283 + 9 * np.sin(2 * np.pi * t / 365)
        front = np.outer(np.cos(lat / 2 + t / 3), np.sin(lon / 3 - t / 5)).astype(np.float32)
        layer = season + relief + 5 * front + np.roll(noises[t % _NOISES], t * 37, axis=1)
        yield np.round(layer, 1).astype(np.float32)


def write(folder: Path, *, step: float, times: int, chunk: int, codec: str) -> Path:
    """Write a grid of several steps a chunk."""
    import numcodecs
    import zarr

    packers = {
        "lz4": numcodecs.LZ4(),
        "blosc": numcodecs.Blosc("lz4", clevel=5, shuffle=1),
        "zstd": numcodecs.Zstd(3),
    }
    lat, lon = axes(step)
    path = folder / f"{codec}.zarr"
    day = np.datetime64("2020-01-01", "ns") + np.arange(times) * np.timedelta64(1, "D")
    at = {
        "time": day,
        "lat": ("lat", lat, {"units": "degrees_north"}),
        "lon": ("lon", lon, {"units": "degrees_east"}),
    }
    xr.Dataset(coords=at).to_zarr(path, zarr_format=2, consolidated=False)
    array = zarr.create_array(
        str(path / "t2m"),
        shape=(times, len(lat), len(lon)),
        chunks=(chunk, len(lat), len(lon)),
        dtype="f4",
        zarr_format=2,
        compressors=packers[codec],
        fill_value="NaN",
        attributes={"_ARRAY_DIMENSIONS": ["time", "lat", "lon"], "units": "K"},
    )
    block: list[np.ndarray] = []
    begin = 0
    for layer in layers(lat, lon, times):
        block.append(layer)
        if len(block) == chunk or begin + len(block) == times:
            array[begin : begin + len(block)] = np.stack(block)
            begin, block = begin + len(block), []
    return path


def opened(path: Path, how: str) -> xr.DataArray:
    """Open the grid: with our reader, or plainly."""
    if how == "ours":
        found = read(path)
        assert found.decisions["chunks"] == "read directly: t2m"
        cube: xr.DataArray = found.data["t2m"]
        return cube
    return xr.open_zarr(path, consolidated=False)["t2m"]


def laid(step: float, every: int) -> Weights:
    """Lay the communes of mainland France on the grid."""
    boundaries = open_pack("france").boundaries("commune", detail="fine")
    codes = [code for code in boundaries.index if not code.startswith("97")][::every]
    lat, lon = axes(step)
    cells = xr.DataArray(np.zeros((len(lat), len(lon))), coords=[("lat", lat), ("lon", lon)])
    return Weights.of(Outlines.of(boundaries, codes=codes), Grid.of(cells))


def means(path: Path, weights: Weights, how: str) -> np.ndarray:
    """Return the means of the communes, written into one array as they come."""
    values = zonal(opened(path, how), weights).values
    out = np.empty(values.shape[::-1])
    # Not values.compute(): it holds all the pieces and then the whole, twice the output.
    dask.array.store(values.data.T, out, lock=False)
    return out.T


def codec_alone(path: Path, threads: int) -> None:
    """Unpack every chunk, and nothing else: each thread has two pieces of memory."""
    from numcodecs import get_codec

    layout = layout_of(path / "t2m")
    codec = get_codec({"id": layout.codec})
    own = threading.local()

    def unpack(i: int) -> None:
        if not hasattr(own, "out"):
            own.out, own.packed = np.empty(layout.size, np.uint8), bytearray(layout.size)
        with layout.path((i, 0, 0)).open("rb", buffering=0) as file:
            size = file.readinto(own.packed)
        codec.decode(memoryview(own.packed)[:size], own.out)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(unpack, range(-(-layout.shape[0] // layout.chunks[0]))))


def zarr_alone(path: Path) -> None:
    """Read every chunk through xarray and Dask, and let it go."""
    values = opened(path, "zarr").data
    dask.compute(values.map_blocks(_nothing, dtype="f4", chunks=((1,) * values.numblocks[0], 1, 1)))


def _nothing(block: np.ndarray) -> np.ndarray:
    return np.zeros((1, 1, 1), np.float32)


def peak(path: Path, how: str, step: float, every: int, keep: int) -> dict[str, float]:
    """Measure, in a process of its own, what the means take beyond what is there before them."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_chunks", "--peak", str(path), how]
    command += ["--step", str(step), "--every", str(every), "--keep", str(keep)]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return told


def tell_peak(path: Path, how: str, step: float, every: int) -> dict[str, float]:
    """Compute means, and tell the memory that it took, in bytes."""
    prepare()
    weights = laid(step, every)
    first = opened(path, how).isel(time=slice(0, 1))
    zonal(first, weights).values.compute(scheduler="synchronous")
    ctypes.CDLL(None).malloc_trim(0)
    before = own_memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forget the highest so far
    (found, spent) = timed(lambda: means(path, weights, how))
    return {
        "beyond": own_memory("VmHWM") - before,
        "output": found.nbytes,
        "cpu": spent.cpu,
        "wall": spent.wall,
    }


def run(
    *, step: float, times: int, chunk: int, every: int, repeat: int, codecs: list[str], folder: Path
) -> tuple[list[tuple[str, ...]], list[Bar]]:
    """Measure every job.

    Parameters
    ----------
    step : float
        Size of cells, degrees.
    times : int
        Steps of the grid; memory is also measured on a tenth.
    chunk : int
        Steps of a chunk.
    every : int
        One commune in that many is taken.
    repeat : int
        Best of that many runs.
    codecs : list of str
    folder : Path
        Where grids are written, and removed from at the end of each.

    Returns
    -------
    tuple of rows and bars
    """
    prepare()
    weights = laid(step, every)
    threads = dask.system.CPU_COUNT
    rows: list[tuple[str, ...]] = []
    bars: list[Bar] = []
    lat, lon = axes(step)
    block = chunk * len(lat) * len(lon) * 4
    rows.append((f"{len(weights.codes)} communes, {len(lat)} × {len(lon)} cells", "", ""))
    rows.append((f"{times} steps, {block / _MB:.1f} MB a chunk, {threads} threads", "", ""))

    def add(said: str, spent: Time) -> None:
        rows.append((said, f"{spent.cpu:.2f}", f"{spent.wall:.2f}"))

    for codec in codecs:
        with tempfile.TemporaryDirectory(dir=folder) as inside:
            path = write(Path(inside), step=step, times=times, chunk=chunk, codec=codec)
            plain, theirs = timed(lambda p=path: means(p, weights, "zarr"), repeat)
            found, ours = timed(lambda p=path: means(p, weights, "ours"), repeat)
            if not np.array_equal(found, plain, equal_nan=True):
                raise SystemExit(f"{codec}: our reader and zarr's give different means")
            del found, plain
            _, alone = timed(lambda p=path: codec_alone(p, threads), repeat)
            _, reading = timed(lambda p=path: zarr_alone(p), repeat)
            add(f"{codec}: codec alone", alone)
            add(f"{codec}: to communes, our reader", ours)
            add(f"{codec}: zarr's reading through xarray and Dask", reading)
            add(f"{codec}: to communes, plain xarray and Dask", theirs)
            bars.append(
                Bar(f"{codec}: our reader ÷ codec alone, CPU", ours.cpu / alone.cpu, "≤", 1.3)
            )
            ratio = theirs.cpu / reading.cpu
            bars.append(Bar(f"{codec}: plain xarray ÷ zarr's reading, CPU", ratio, "≤", 1.3))
            if codec == codecs[0]:
                few = write(
                    Path(inside, "few"), step=step, times=times // 10 or 1, chunk=chunk, codec=codec
                )
                for name, which in ((f"{times // 10 or 1} steps", few), (f"{times} steps", path)):
                    told = peak(which, "ours", step, every, 0)
                    rows.append((f"memory beyond, MB, {name}", f"{told['beyond'] / _MB:.0f}", ""))
                    beside = (told["beyond"] - told["output"] - _BESIDE) / (threads * block)
                    bars.append(
                        Bar(f"memory, chunks a thread beside the output, {name}", beside, "≤", 2)
                    )
                for keep in (0, 1):
                    told = peak(path, "zarr", step, every, keep)
                    said = f"plain, memory {'kept' if keep else 'given back'} (keep_memory)"
                    add(said, Time(told["cpu"], told["wall"]))
                    rows.append((f"{said}: beyond, MB", f"{told['beyond'] / _MB:.0f}", ""))
    return rows, bars


def main() -> None:
    """Read the size from the command line; print times and bars."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--step", type=float, default=0.01)
    for name, default in (("times", 1000), ("chunk", 8), ("every", 1), ("repeat", 2), ("keep", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--codecs", nargs="+", choices=CODECS, default=list(CODECS[:2]))
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--peak", nargs=2, help=argparse.SUPPRESS)
    given = vars(parser.parse_args())
    peaked, keep = given.pop("peak"), given.pop("keep")
    if keep:
        keep_memory()
    if peaked:
        print(json.dumps(tell_peak(Path(peaked[0]), peaked[1], given["step"], given["every"])))
        return
    rows, bars = run(**given)
    print_table(("", "CPU, s", "wall, s"), rows)
    print()
    print_bars(bars)


if __name__ == "__main__":
    main()
