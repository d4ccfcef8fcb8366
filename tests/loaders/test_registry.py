"""Readers are found by name or by ending, checked, and added by other packages."""

from __future__ import annotations

import importlib

import pytest

from workbench.loaders import registry
from workbench.loaders.errors import LoaderInvalid, LoaderUnknown, OptionUnknown
from workbench.loaders.registry import loader, loader_for, loaders, read

TINY = """
import pyarrow as pa
from workbench.loaders.registry import Loaded

suffixes = (".tiny", ".tiny.txt")
options = ("separator",)

def load(path, *, rows=None, separator="|"):
    lines = path.read_text("utf-8").splitlines()[:rows]
    cells = [line.split(separator) for line in lines]
    return Loaded(pa.table({"code": [c[0] for c in cells], "n": [int(c[1]) for c in cells]}))
"""


def install(folder, name, text, points):
    """Write a package as pip would: its module and the entry points of its metadata."""
    (folder / f"{name}.py").write_text(text, "utf-8")
    told = folder / f"{name}-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (told / "entry_points.txt").write_text(f"[workbench.loaders]\n{points}\n", "utf-8")
    importlib.invalidate_caches()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give a folder of packages that Python looks into."""
    monkeypatch.syspath_prepend(str(tmp_path))
    registry._imported.cache_clear()
    return tmp_path


@pytest.fixture
def tiny(folder):
    """Install a reader, and give one of its files."""
    install(folder, "tiny_reader", TINY, "tiny = tiny_reader")
    path = folder / "towns.TINY"
    path.write_text("01001|780\n01002|240\n", "utf-8")
    return path


def test_a_package_adds_a_reader(tiny):
    assert "tiny" in loaders()
    assert loader("tiny").suffixes == (".tiny", ".tiny.txt")


def test_a_file_is_read_by_its_ending_and_codes_stay_text(tiny):
    assert read(tiny).data.to_pylist() == [{"code": "01001", "n": 780}, {"code": "01002", "n": 240}]
    assert read(tiny, rows=1).data.num_rows == 1


def test_an_option_reaches_the_reader(tiny):
    tiny.write_text("01001;780", "utf-8")
    assert read(tiny, options={"separator": ";"}).data.column("code").to_pylist() == ["01001"]


def test_an_unknown_option_names_the_nearest(tiny):
    with pytest.raises(OptionUnknown, match=r"no option 'separater' \(nearest: separator\)"):
        read(tiny, options={"separater": ";"})


def test_an_unknown_reader_names_the_nearest(tiny):
    with pytest.raises(LoaderUnknown, match="nearest: tiny"):
        loader("tinny")


def test_an_ending_that_none_reads_names_those_that_are(tiny):
    with pytest.raises(LoaderUnknown, match=r"takes 'a.exe'. Files that are read: .*\.tiny"):
        loader_for(tiny.with_name("a.exe"))


def test_a_reader_that_lacks_a_name_is_told(folder):
    install(folder, "half_reader", "suffixes = ()", "half = half_reader")
    with pytest.raises(LoaderInvalid, match="lacks options, load"):
        loader("half")


def test_a_reader_that_is_not_there_is_told(folder):
    install(folder, "gone_reader", "", "gone = gone_reader:thing")
    with pytest.raises(LoaderInvalid, match=r"is not there.*thing"):
        loader("gone")


def test_two_readers_of_one_name_are_refused(tiny, folder):
    install(folder, "other_reader", TINY, "tiny = other_reader")
    with pytest.raises(LoaderInvalid, match="Two readers are named 'tiny'"):
        loaders()
