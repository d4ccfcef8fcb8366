"""Plain Zarrs are read as zarr reads them, into memory used again; others are left to it."""

from __future__ import annotations

import json
import pickle
import struct
import tempfile
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

zarr = pytest.importorskip("zarr")
import numcodecs  # noqa: E402 - comes with zarr
from zarr import codecs as packing  # noqa: E402

from workbench.loaders.errors import ChunkDamaged  # noqa: E402
from workbench.loaders.grid import read  # noqa: E402
from workbench.loaders.zarr_chunks import Chunks, lazily  # noqa: E402
from workbench.loaders.zarr_layout import layout_of  # noqa: E402

SHAPE, CUT = (7, 5, 6), (2, 5, 6)
VALUES = np.arange(210, dtype="f4").reshape(SHAPE)

PLAIN = {
    "2, nothing": (2, {"compressors": None}),
    "2, LZ4": (2, {"compressors": numcodecs.LZ4()}),
    "2, zstd": (2, {"compressors": numcodecs.Zstd()}),
    "2, Blosc of LZ4": (2, {"compressors": numcodecs.Blosc("lz4")}),
    "2, Blosc of zstd, bits": (2, {"compressors": numcodecs.Blosc("zstd", shuffle=2)}),
    "2, folders": (2, {"chunk_key_encoding": {"name": "v2", "separator": "/"}}),
    "3, nothing": (3, {"compressors": None}),
    "3, zstd": (3, {"compressors": packing.ZstdCodec(checksum=True)}),
    "3, Blosc": (3, {"compressors": packing.BloscCodec(cname="lz4")}),
    "3, points": (3, {"chunk_key_encoding": {"name": "default", "separator": "."}}),
    "3, keys of 2": (3, {"chunk_key_encoding": {"name": "v2", "separator": "."}}),
}
OTHER = {
    "a filter": (2, {"filters": [numcodecs.Delta(dtype="f4")]}),
    "gzip": (2, {"compressors": numcodecs.GZip()}),
    "columns first": (2, {"order": "F"}),
    "shards": (3, {"shards": (4, 5, 6)}),
    "a checksum": (3, {"compressors": [packing.ZstdCodec(), packing.Crc32cCodec()]}),
    "big-endian": (3, {"serializer": packing.BytesCodec(endian="big")}),
    "turned": (3, {"filters": packing.TransposeCodec(order=(2, 1, 0))}),
}


def written(folder, version, values=VALUES, cut=CUT, **more):
    """Write an array, and return its folder."""
    path = Path(folder) / "a"
    given = {"shape": values.shape, "dtype": values.dtype, "chunks": cut, "fill_value": 0} | more
    made = zarr.create_array(str(path), zarr_format=version, **given)
    made[...] = values
    return path


@pytest.mark.parametrize("case", PLAIN)
def test_a_plain_array_is_read_as_zarr_reads_it(tmp_path, case):
    version, more = PLAIN[case]
    layout = layout_of(written(tmp_path, version, **more))
    assert layout is not None
    found = lazily(layout)
    assert found.chunks == ((7,), (5,), (6,))  # small chunks are put together
    np.testing.assert_array_equal(found.compute(), VALUES)


@pytest.mark.parametrize("case", OTHER)
def test_all_else_is_left_to_zarr(tmp_path, case):
    version, more = OTHER[case]
    path = written(tmp_path, version, **more)
    assert layout_of(path) is None
    np.testing.assert_array_equal(zarr.open_array(str(path))[...], VALUES)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dtype", "|O"),
        ("dtype", ">f4"),
        ("shape", ["7", 5, 6]),
        ("chunks", [0, 5, 6]),
        ("chunks", [2, 5]),
        ("chunks", [2**20, 2**20, 6]),
        ("fill_value", "AAAA"),
        ("fill_value", [1]),
        ("dimension_separator", "../"),
        ("compressor", {"id": "pickle"}),
        ("compressor", "lz4"),
        ("what_is_new", 1),
        ("zarr_format", 4),
    ],
)
def test_a_declaration_that_says_anything_else_is_left_to_zarr(tmp_path, key, value):
    path = written(tmp_path, 2)
    told = json.loads((path / ".zarray").read_text())
    assert layout_of(path) is not None
    (path / ".zarray").write_text(json.dumps(told | {key: value}))
    assert layout_of(path) is None


def test_no_declaration_or_a_broken_one_is_left_to_zarr(tmp_path):
    assert layout_of(tmp_path) is None
    (tmp_path / "zarr.json").write_text("{")
    assert layout_of(tmp_path) is None


# --- Laws ----------------------------------------------------------------------------------------

SIDES = st.lists(st.tuples(st.integers(1, 7), st.integers(1, 9)), min_size=1, max_size=3)


@settings(max_examples=40)
@given(
    sides=SIDES,
    version=st.sampled_from([2, 3]),
    dtype=st.sampled_from(["bool", "i1", "u2", "i4", "i8", "f2", "f4", "f8"]),
    fill=st.sampled_from([0, 1]),
    seed=st.integers(0, 9),
)
def test_however_it_is_cut_it_is_what_zarr_reads(sides, version, dtype, fill, seed):
    shape, cut = zip(*sides, strict=True)
    random = np.random.default_rng(seed)
    values = random.integers(0, 2, shape).astype(dtype)
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, version, values, cut, fill_value=fill)
        files = sorted(p for p in path.rglob("*") if p.is_file() and p.name[0] in "0123456789c")
        for file in files[:: random.integers(1, 4)]:
            file.unlink()
        expected = zarr.open_array(str(path))[...]
        found = lazily(layout_of(path))
        result = found.compute(scheduler="synchronous")
    assert result.dtype == expected.dtype
    np.testing.assert_array_equal(result, expected)


def test_chunks_that_are_not_there_are_filled(tmp_path):
    path = written(tmp_path, 2, fill_value="NaN")
    (path / "1.0.0").unlink()
    found = lazily(layout_of(path)).compute()
    assert np.isnan(found[2:4]).all()
    np.testing.assert_array_equal(found[4:], VALUES[4:])


def test_an_array_of_nothing_has_no_block(tmp_path):
    path = written(tmp_path, 3, np.zeros((0, 4), "f4"), (1, 4))
    assert lazily(layout_of(path)).compute().shape == (0, 4)


# --- Memory --------------------------------------------------------------------------------------


def test_the_memory_of_a_block_that_is_let_go_is_used_again(tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.loaders.zarr_chunks._TOGETHER", 1)
    chunks = Chunks(layout_of(written(tmp_path, 2)))
    assert chunks.blocks == ((2, 2, 2, 1), (5,), (6,))
    places = [chunks.read((i, 0, 0)).ctypes.data for i in range(4)]
    assert len(set(places)) == 1


def test_a_block_that_is_kept_stays_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.loaders.zarr_chunks._TOGETHER", 1)
    chunks = Chunks(layout_of(written(tmp_path, 2)))
    kept = [chunks.read((i, 0, 0))[:1] for i in range(4)]
    np.testing.assert_array_equal(np.concatenate(kept), VALUES[[0, 2, 4, 6]])


@pytest.mark.parametrize("scheduler", ["synchronous", "threads", "processes"])
def test_every_scheduler_reads_the_same(tmp_path, scheduler, monkeypatch):
    monkeypatch.setattr("workbench.loaders.zarr_chunks._TOGETHER", 1)
    values = np.random.default_rng(0).random((40, 5, 6), "f4")
    found = lazily(layout_of(written(tmp_path, 2, values)))
    np.testing.assert_array_equal((found + 1).compute(scheduler=scheduler), values + 1)


def test_it_goes_to_another_process_without_its_memory(tmp_path):
    chunks = Chunks(layout_of(written(tmp_path, 2)))
    chunks.read((0, 0, 0))
    sent = pickle.dumps(chunks)
    assert len(sent) < 1000
    np.testing.assert_array_equal(pickle.loads(sent).read((0, 0, 0)), VALUES)


# --- Damage --------------------------------------------------------------------------------------

HALF = np.zeros((1, 5, 6), "f4")


@pytest.mark.parametrize(
    ("codec", "content", "said"),
    [
        (numcodecs.LZ4(), b"", "0 bytes where 240 are expected"),
        (numcodecs.LZ4(), numcodecs.LZ4().encode(HALF), "120 bytes where 240 are expected"),
        (numcodecs.LZ4(), struct.pack("<I", 240) + numcodecs.LZ4().encode(HALF)[4:], "1.0.0"),
        (numcodecs.Zstd(), numcodecs.Zstd().encode(HALF), "120 bytes where 240 are expected"),
        (numcodecs.Zstd(), b"nothing of the kind", "1.0.0"),
        (numcodecs.Zstd(), numcodecs.Zstd().encode(VALUES[:2].copy())[:-4], "1.0.0"),
        (numcodecs.Blosc(), numcodecs.Blosc().encode(HALF), "120 bytes where 240 are expected"),
        (numcodecs.Blosc(), numcodecs.Blosc().encode(VALUES[:2].copy())[:-9], "bytes packed where"),
        (numcodecs.Blosc(), b"", "0 bytes where 240 are expected"),
        (None, b"short", "5 bytes where 240 are expected"),
        (None, b"0" * 10**6, "1000000 bytes, more than it can be packed in"),
    ],
)
def test_a_chunk_that_is_cut_or_short_is_named(tmp_path, codec, content, said):
    path = written(tmp_path, 2, compressors=codec)
    (path / "1.0.0").write_bytes(content)
    with pytest.raises(ChunkDamaged, match=said) as caught:
        lazily(layout_of(path)).compute(scheduler="synchronous")
    assert str(caught.value).startswith("a/1.0.0 is damaged: ")


def test_a_chunk_of_zstd_that_does_not_say_its_length_is_read(tmp_path):
    # A frame as streams write it: a raw block, no size in the header (RFC 8878, 3.1.1).
    raw = VALUES[2:4].tobytes()
    block = ((len(raw) << 3) | 1).to_bytes(3, "little") + raw
    path = written(tmp_path, 2, compressors=numcodecs.Zstd())
    (path / "1.0.0").write_bytes(b"\x28\xb5\x2f\xfd\x00\x58" + block)
    np.testing.assert_array_equal(lazily(layout_of(path)).compute(), VALUES)


def test_a_folder_in_the_place_of_a_chunk_is_named(tmp_path):
    path = written(tmp_path, 2)
    (path / "1.0.0").unlink()
    (path / "1.0.0").mkdir()
    with pytest.raises(ChunkDamaged, match=r"a/1\.0\.0 is damaged: Is a directory"):
        lazily(layout_of(path)).compute()


# --- Within a grid -------------------------------------------------------------------------------


def gridded(**encoding):
    """Make a grid whose variable is decoded in several ways."""
    heat = 280 + VALUES.astype("f8") / 8
    heat[0, 0, 0] = np.nan
    at = {
        "time": np.arange("2024-01-01", "2024-01-08", dtype="M8[D]").astype("M8[ns]"),
        "lat": ("lat", np.arange(5.0), {"units": "degrees_north"}),
        "lon": ("lon", np.arange(6.0), {"units": "degrees_east"}),
    }
    data = xr.Dataset({"heat": (("time", "lat", "lon"), heat, {"units": "K"})}, coords=at)
    return data, {"heat": {"chunks": CUT} | encoding}


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize(
    "encoding",
    [
        {},
        {"dtype": "f4", "_FillValue": np.float32("nan")},
        {"dtype": "f4", "_FillValue": np.float32(-999)},
        {"dtype": "i2", "scale_factor": 0.125, "add_offset": 280.0, "_FillValue": np.int16(-1)},
    ],
)
def test_a_grid_is_the_one_that_xarray_opens(tmp_path, version, encoding):
    data, how = gridded(**encoding)
    path = tmp_path / "heat.zarr"
    data.to_zarr(path, encoding=how, zarr_format=version, consolidated=False)
    found = read(path)
    assert found.decisions["chunks"] == "read directly: heat"
    expected = xr.open_zarr(path, consolidated=False)  # by zarr
    xr.testing.assert_identical(found.data.compute(), expected.compute())
    assert found.data["heat"].dtype == expected["heat"].dtype
    assert found.data["heat"].encoding.keys() == expected["heat"].encoding.keys()


def test_a_variable_that_is_not_plain_is_read_all_the_same(tmp_path):
    data, how = gridded(compressors=[numcodecs.GZip()])
    data["rain"] = data["heat"] * 2
    path = tmp_path / "heat.zarr"
    data.to_zarr(path, encoding=how, zarr_format=2, group="daily")
    found = read(path, group="daily")
    assert found.decisions["chunks"] == "read directly: rain"
    xr.testing.assert_identical(found.data.compute(), data)
