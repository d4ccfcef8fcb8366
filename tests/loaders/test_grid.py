"""Grids are opened lazily, with their axes, calendars and units told."""

from __future__ import annotations

import shutil
import sys

import numpy as np
import pytest
import xarray as xr

from workbench.core.errors import MissingExtra
from workbench.loaders.errors import CodeRefused, DialectInvalid, FileNotTabular, NoFileToRead
from workbench.loaders.grid import axes, read
from workbench.loaders.load import load
from workbench.loaders.preview import first_rows
from workbench.loaders.registry import Loaded

pytest.importorskip("netCDF4")


def rain(calendar="standard", units="days since 2024-01-01"):
    """Make a grid of rain on two days, at two latitudes and three longitudes."""
    return xr.Dataset(
        {"rain": (("time", "lat", "lon"), np.arange(12.0).reshape(2, 2, 3), {"units": "mm"})},
        coords={
            "time": ("time", [0, 59], {"units": units, "calendar": calendar}),
            "lat": ("lat", [47.0, 46.0], {"units": "degrees_north"}),
            "lon": ("lon", [5.0, 5.5, 6.0], {"units": "degrees_east"}),
        },
    )


def written(folder, data, **more):
    """Write a grid."""
    path = folder / "rain.nc"
    data.to_netcdf(path, engine="netcdf4", **more)
    return path


@pytest.mark.parametrize("form", ["NETCDF4", "NETCDF3_CLASSIC", "NETCDF3_64BIT_DATA"])
def test_a_grid_is_lazy_and_its_axes_are_told(tmp_path, form):
    found = load(str(written(tmp_path, rain(), format=form)))
    assert isinstance(found, Loaded)
    assert found.data["rain"].chunks is not None
    assert float(found.data["rain"].sum()) == 66.0
    told = found.decisions
    assert (told["axis X"], told["axis Y"]) == ("lon (3, 5.0 to 6.0)", "lat (2, 47.0 to 46.0)")
    assert (told["calendar"], told["unit of rain"]) == ("standard", "mm")
    assert found.problems == ()
    assert first_rows(found.data, 3) is None


def test_times_are_those_of_their_calendar(tmp_path):
    last = load(str(written(tmp_path, rain()))).data["time"].values[-1]
    assert str(last)[:10] == "2024-02-29"
    other = load(str(written(tmp_path, rain("noleap"))))
    assert str(other.data["time"].values[-1])[:10] == "2024-03-01"
    assert other.decisions["calendar"] == "noleap"


def test_times_that_cannot_be_read_stay_numbers(tmp_path):
    found = read(written(tmp_path, rain(units="fortnights since the flood")))
    assert found.data["time"].values.tolist() == [0, 59]
    assert found.decisions["times"].startswith("left as numbers")


def test_a_variable_without_unit_and_an_axis_in_disorder_are_told(tmp_path):
    data = rain().isel(lon=[0, 2, 1]).assign(flag=("lat", [1.0, 2.0]))
    found = read(written(tmp_path, data), lang="fr")
    assert [(each.column, each.reason) for each in found.problems] == [
        ("flag", "la variable ne dit pas son unité"),
        ("lon", "l’axe n’est ni croissant ni décroissant"),
    ]


def test_variables_are_chosen_by_name(tmp_path):
    path = written(tmp_path, rain().assign(wind=("lat", [1.0, 2.0])))
    assert list(read(path, variables="wind").data.data_vars) == ["wind"]
    with pytest.raises(DialectInvalid, match="nearest: rain"):
        load(str(path), options={"variables": "rein"})


def test_a_zarr_is_read_from_its_folder_and_from_its_zip(tmp_path):
    pytest.importorskip("zarr")
    folder = tmp_path / "rain.zarr"
    rain().to_zarr(folder, zarr_format=2, consolidated=True)
    shutil.make_archive(str(folder), "zip", folder)
    for path in (folder, tmp_path / "rain.zarr.zip"):
        found = load(str(path))
        assert float(found.data["rain"].sum()) == 66.0
        assert found.data["rain"].chunks is not None
    with pytest.raises(NoFileToRead, match="no file"):
        load(str(tmp_path))


def test_a_zarr_of_pickles_is_refused_before_it_is_opened(tmp_path):
    folder = tmp_path / "a.zarr"
    rain().to_zarr(folder, zarr_format=2, consolidated=True)
    told = folder / "rain" / ".zarray"
    text = told.read_text("utf-8").replace('"filters": null', '"filters": [{"id": "pick\\u006ce"}]')
    assert "u006c" in text
    told.write_text(text, "utf-8")
    with pytest.raises(CodeRefused, match=r"rain/\.zarray declares pickles"):
        load(str(folder))


@pytest.mark.parametrize("content", [b"\x89HDF\r\n\x1a\n" + b"x" * 99, b"CDF\x01" + b"\xff" * 40])
def test_a_damaged_grid_is_told(tmp_path, content):
    path = tmp_path / "a.nc"
    path.write_bytes(content)
    with pytest.raises(FileNotTabular, match=r"a\.nc cannot be opened as a grid"):
        load(str(path))


def test_what_is_no_grid_is_told(tmp_path):
    path = tmp_path / "a.nc"
    path.write_text("code;n\n01001;5\n", "utf-8")
    with pytest.raises(FileNotTabular, match="is no grid"):
        load(str(path))


@pytest.mark.parametrize(
    ("name", "head", "module", "told"),
    [
        ("a.nc", b"CDF\x01", "netCDF4", r"install territorial-workbench\[grids\]"),
        ("a.grib2", b"GRIB", "cfgrib", r"install territorial-workbench\[grib\]"),
    ],
)
def test_what_is_missing_is_named(tmp_path, monkeypatch, name, head, module, told):
    monkeypatch.setitem(sys.modules, module, None)
    path = tmp_path / name
    path.write_bytes(head + b"\0" * 40)
    with pytest.raises(MissingExtra, match=told):
        load(str(path))


def test_axes_are_told_by_attribute_name_or_unit():
    data = xr.Dataset(
        coords={
            "a": ("a", [1.0], {"axis": "x"}),
            "b": ("b", [1.0], {"standard_name": "projection_y_coordinate"}),
            "c": ("c", [1.0], {"positive": "down"}),
            "d": ("d", np.array(["2024-01-01"], "M8[s]")),
            "e": ("e", [1.0], {"units": "m"}),
            "f": (("a", "b"), [[1.0]], {"standard_name": "longitude"}),
        }
    )
    assert axes(data) == {"X": "a", "Y": "b", "Z": "c", "T": "d"}


def test_the_examples_of_the_checker_are_opened_or_refused(official_data):
    files = sorted((official_data / "netcdf_cf").rglob("*.nc"))
    if not files:
        pytest.skip("no examples of CF")
    opened = 0
    for path in files:
        try:
            found = load(str(path))
        except FileNotTabular:
            continue
        assert isinstance(found.data, xr.Dataset), path
        for each in found.problems:
            assert each.column in found.data.variables, path
        opened += 1
    assert opened >= 5
    twice = official_data / "netcdf_cf/compliance_checker/tests/data/bad_missing_data.nc"
    assert ("time, time", True) in [
        (each.value, "same dimension" in each.reason) for each in load(str(twice)).problems
    ]
