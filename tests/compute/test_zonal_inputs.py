"""Grids as they come: the right figure, or an error that says what to do."""

from __future__ import annotations

import dask.array as da
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr

from workbench.compute.grids import Grid
from workbench.compute.weights import Weights
from workbench.compute.zonal import zonal
from workbench.core.errors import GridInvalid, GridMismatch

pytest.importorskip("numba")
BOX = shapely.box
nan = float("nan")


def cube(values: object, lat: object, lon: object, **attrs: object) -> xr.DataArray:
    return xr.DataArray(np.asarray(values), [("lat", np.asarray(lat)), ("lon", lon)], attrs=attrs)


# The box covers a quarter of the cell at (0.5, 0.5) and half of that at (0.5, 1.5).
SHAPE = {"01001": BOX(0.5, 0, 2, 0.5)}
HEAT = cube([[20.0, 22.0], [24.0, 30.0]], [1.5, 0.5], [0.5, 1.5])


def mean(grid: xr.DataArray, shapes: object = None) -> float:
    return zonal(grid, Weights.of(shapes or SHAPE, grid)).values.compute().item()


# --- The right figure, however it comes -----------------------------------------------------------


def world(step: float, first: float) -> xr.DataArray:
    """Give a grid of the world whose cells say their own longitude and latitude: lat + lon/1000."""
    lat, lon = np.arange(90 - step / 2, -90, -step), np.arange(first + step / 2, first + 360, step)
    east = (lon + 180) % 360 - 180
    return cube(lat[:, None] + east / 1000, lat, lon)


# Boxes within overseas territories, of two cells of 0.5° each: (west, south, expected).
OVERSEAS = {
    "La Réunion": (55.0, -21.5),
    "Guyane": (-53.0, 4.0),
    "Mayotte": (45.0, -13.0),
    "Wallis": (-176.5, -13.5),
    "Saint-Pierre": (-56.5, 46.5),
}


@pytest.mark.parametrize("first", [-180.0, 0.0])
@pytest.mark.parametrize("name", OVERSEAS)
def test_overseas_territories_on_a_grid_of_the_world(name: str, first: float) -> None:
    west, south = OVERSEAS[name]
    shapes = {"01": BOX(west, south, west + 1, south + 0.5)}
    expected = south + 0.25 + (west + 0.5) / 1000
    assert mean(world(0.5, first), shapes) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("first", [-180.0, 0.0])
def test_a_territory_across_the_180th_meridian_has_cells_of_both_sides(first: float) -> None:
    grid = world(0.5, first)
    shapes = {
        "01": shapely.MultiPolygon([BOX(179.5, -17, 180, -16.5), BOX(-180, -17, -179.5, -16.5)])
    }
    found = zonal(grid, Weights.of(shapes, grid))
    assert found.values.item() == pytest.approx(-16.75, abs=1e-9)  # +179.75 and −179.75 cancel
    assert found.valid.item() == 1


def test_latitudes_from_south_to_north_say_the_same() -> None:
    assert mean(HEAT.sortby("lat")) == mean(HEAT)


def test_swapped_dims_say_the_same() -> None:
    assert mean(HEAT.transpose()) == mean(HEAT)


def test_steps_need_not_be_equal() -> None:
    # Sides at 0.5, 1.5 and 3.5: the box has one sixth of the first and half of the second.
    grid = cube([[1.0, 2.0, 9.0]] * 2, [1.5, 0.5], [1.0, 2.0, 5.0])
    weights = Weights.of({"01": BOX(1, 0, 2, 1)}, grid)
    assert weights.fraction.tolist() == pytest.approx([0.5, 0.25])


@pytest.mark.parametrize("names", [("nav_lat", "nav_lon"), ("ligne", "colonne")])
def test_unusual_names_are_recognised_by_their_attributes(names: tuple[str, str]) -> None:
    grid = HEAT.rename(lat=names[0], lon=names[1])
    with pytest.raises(GridInvalid, match=f"No coordinate is recognised.*{names[0]}"):
        Grid.of(grid)
    grid[names[0]].attrs["standard_name"] = "latitude"
    grid[names[1]].attrs["units"] = "degrees_east"
    assert mean(grid) == mean(HEAT)


@pytest.mark.parametrize("dtype", ["i1", "u1", "i4", "u8", "f2", "f4", ">f4", ">i2"])
def test_numbers_of_any_kind(dtype: str) -> None:
    expected = pytest.approx(mean(HEAT), rel=1e-3)
    assert mean(HEAT.astype(dtype)) == expected
    assert mean(HEAT.astype(dtype).chunk(lat=1)) == expected


def test_a_mask_of_true_and_false_gives_a_share() -> None:
    grid = HEAT > 25
    assert mean(grid) == pytest.approx(2 / 3, rel=1e-3)


def test_packed_whole_numbers_are_read_once_decoded(tmp_path) -> None:
    pytest.importorskip("netCDF4")
    told = {"heat": {"dtype": "i2", "scale_factor": 0.5, "_FillValue": -1, "add_offset": 10.0}}
    HEAT.where(HEAT != 24).rename("heat").to_netcdf(tmp_path / "a.nc", encoding=told)
    decoded = xr.open_dataset(tmp_path / "a.nc")["heat"]
    found = zonal(decoded, Weights.of(SHAPE, decoded))
    assert (found.values.item(), found.valid.item()) == pytest.approx((30, 2 / 3), rel=1e-3)
    raw = xr.open_dataset(tmp_path / "a.nc", mask_and_scale=False)["heat"]
    with pytest.raises(GridInvalid, match=r"still packed .*scale_factor=0\.5.*_FillValue=-1"):
        zonal(raw, Weights.of(SHAPE, raw))


@pytest.mark.parametrize("attrs", [{"_FillValue": -999}, {"missing_value": [-999, 0]}])
def test_marks_of_absence_that_nobody_has_read_are_refused(attrs: dict[str, object]) -> None:
    with pytest.raises(GridInvalid, match="still packed as in the file"):
        mean(HEAT.assign_attrs(attrs))


@pytest.mark.parametrize("attrs", [{"_FillValue": nan}, {"missing_value": "none"}])
def test_marks_that_mark_nothing_are_left(attrs: dict[str, object]) -> None:
    assert mean(HEAT.assign_attrs(attrs)) == mean(HEAT)


@pytest.mark.parametrize("dtype", ["f8", "f4", "i2", "i8"])
@pytest.mark.parametrize("lazy", [False, True])
def test_masked_cells_are_absent(dtype: str, lazy: bool) -> None:
    masked = np.ma.masked_array(HEAT.values.astype(dtype), [[0, 0], [1, 0]])
    values = da.from_array(masked, chunks=1, asarray=False) if lazy else masked
    found = zonal(HEAT.copy(data=values), Weights.of(SHAPE, HEAT))
    assert found.values.compute().item() == pytest.approx(30)
    assert found.valid.compute().item() == pytest.approx(2 / 3, rel=1e-3)


def test_values_that_are_all_absent_make_no_figure() -> None:
    assert np.isnan(mean(HEAT * nan))


def test_times_may_be_cut_anywhere() -> None:
    days = (
        HEAT.expand_dims(time=pd.date_range("2024-02-27", periods=7)) + np.arange(7)[:, None, None]
    )
    days = days.transpose("time", "lat", "lon")
    weights = Weights.of(SHAPE, HEAT)
    expected = zonal(days, weights).values
    for sizes in ((3, 3, 1), (1, 5, 1), (7,)):
        found = zonal(days.chunk(time=sizes, lat=1), weights).values
        np.testing.assert_allclose(found.compute(scheduler="synchronous"), expected, rtol=1e-15)


# --- What cannot be right -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (HEAT.values.astype(object), "of type object, and numbers are expected"),
        (HEAT.values.astype(str), "of type <U.*, and numbers are expected"),
        (HEAT.values.astype(complex), "of type complex128"),
        (HEAT.values.astype("m8[D]"), "a lapse of time divided by its unit"),
        (HEAT.values.astype("M8[D]"), "of type datetime64"),
    ],
)
@pytest.mark.parametrize("lazy", [False, True])
def test_values_that_are_no_numbers_are_refused(values: object, said: str, lazy: bool) -> None:
    grid = HEAT.copy(data=da.from_array(values, chunks=1) if lazy else values)
    with pytest.raises(GridInvalid, match=said):
        zonal(grid, Weights.of(SHAPE, HEAT))


def test_times_in_two_calendars_are_refused() -> None:
    cftime = pytest.importorskip("cftime")
    mixed = np.array([cftime.DatetimeNoLeap(2024, 2, 28), cftime.Datetime360Day(2024, 2, 30)])
    days = xr.concat([HEAT, HEAT], dim="time").assign_coords(time=("time", mixed.astype(object)))
    with pytest.raises(
        GridInvalid, match=r"time are in 2 calendars \(360_day, noleap\).*convert_cal"
    ):
        zonal(days, Weights.of(SHAPE, HEAT))


@pytest.mark.parametrize("calendar", ["noleap", "360_day"])
def test_one_calendar_of_any_kind_is_kept(calendar: str) -> None:
    pytest.importorskip("cftime")
    times = xr.date_range("2024-02-27", periods=2, calendar=calendar, use_cftime=True)
    days = xr.concat([HEAT, HEAT], dim="time").assign_coords(time=times)
    assert zonal(days, Weights.of(SHAPE, HEAT)).values["time"].dt.calendar == calendar


@pytest.mark.parametrize(
    ("lat", "lon", "said"),
    [
        ([1.5, 1.5], [0.5, 1.5], r"1\.5 is there more than once.*drop_duplicates\('lat'\)"),
        ([1.5, 0.5, 1.5], [0.5, 1.5], "lat neither ascend nor descend"),
        ([0.5, 2.5, 1.5], [0.5, 1.5], r"Put them in order: cube\.sortby\('lat'\)"),
        ([1.5, nan], [0.5, 1.5], "holds 1 values that are not finite"),
        ([], [0.5, 1.5], "lat is empty: the grid has no cell"),
    ],
)
def test_axes_that_make_no_cells_are_refused(lat: list[float], lon: list[float], said: str) -> None:
    grid = cube(np.zeros((len(lat), len(lon))), np.array(lat, float), lon)
    with pytest.raises(GridInvalid, match=said):
        Grid.of(grid)


def test_no_territory_is_told() -> None:
    with pytest.raises(GridMismatch, match="No territory has an outline"):
        Weights.of({"01": shapely.Polygon()}, HEAT)
    with pytest.raises(GridMismatch, match="No territory has an outline"):
        Weights.of({}, HEAT)


def test_territories_elsewhere_are_told() -> None:
    with pytest.raises(
        GridMismatch, match=r"territories go from 50 to 51 across .*the grid from 0 to 2"
    ):
        Weights.of({"01": BOX(50, 40, 51, 41)}, HEAT)


def test_another_system_than_the_grid_s_is_told() -> None:
    with pytest.raises(GridMismatch, match="outlines are projected and the grid is in degrees"):
        Weights.of({"01": BOX(650_000, 6_800_000, 660_000, 6_810_000)}, HEAT)


# --- What is read ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ours", [True, False])
def test_only_the_chunks_that_territories_touch_are_opened(tmp_path, ours: bool) -> None:
    pytest.importorskip("zarr")
    from workbench.core.reads import listening
    from workbench.loaders.grid import read

    lat, lon = np.arange(7.5, 0, -1), np.arange(0.5, 9)
    grid = cube(np.arange(72.0).reshape(8, 9), lat, lon).rename("heat")
    path = tmp_path / "heat.zarr"
    grid.chunk(lat=2, lon=3).to_dataset().to_zarr(path, zarr_format=2, consolidated=False)
    opened = read(path).data["heat"] if ours else xr.open_zarr(path, consolidated=False)["heat"]
    weights = Weights.of({"01": BOX(3.2, 0.2, 5.8, 1.8), "02": BOX(0, 7, 1, 8)}, grid)
    found = zonal(opened, weights)
    with listening(files=True) as heard:
        values = found.values.compute(scheduler="synchronous")
    chunks = {name.rpartition("/")[2] for _, name in heard.items if "/heat.zarr/heat/" in name}
    assert chunks == {"0.0", "3.1"}
    np.testing.assert_allclose(values, zonal(grid, weights).values, rtol=1e-15)


@pytest.mark.parametrize("scheduler", ["synchronous", "threads", "processes", "distributed"])
@pytest.mark.parametrize("ours", [True, False])
def test_every_scheduler_gives_the_same_of_a_store(tmp_path, ours: bool, scheduler: str) -> None:
    pytest.importorskip("zarr")
    from workbench.loaders.grid import read

    random = np.random.default_rng(0)
    lat, lon = np.arange(7.5, 0, -1), np.arange(0.5, 9)
    grid = xr.DataArray(
        random.random((5, 8, 9)), [("time", range(5)), ("lat", lat), ("lon", lon)], name="heat"
    )
    path = tmp_path / "heat.zarr"
    cut = grid.chunk(time=2, lat=3, lon=4)
    cut.to_dataset().to_zarr(path, zarr_format=3, consolidated=False)
    opened = read(path).data["heat"] if ours else xr.open_zarr(path, consolidated=False)["heat"]
    shapes = {"01": BOX(0.3, 0.2, 5.8, 4.8), "02": shapely.Point(5, 4).buffer(3)}
    weights = Weights.of(shapes, grid)
    lazy = zonal(opened, weights).values
    if scheduler == "distributed":
        distributed = pytest.importorskip("distributed")
        one = {"n_workers": 1, "threads_per_worker": 2, "processes": False}
        with (
            distributed.LocalCluster(**one, dashboard_address=None) as cluster,
            distributed.Client(cluster),
        ):
            found = lazy.compute()
    else:
        found = lazy.compute(scheduler=scheduler)
    # The same blocks are added in the same order, whoever does it: the same to the last bit.
    xr.testing.assert_identical(found, zonal(cut, weights).values.compute(scheduler="synchronous"))
    np.testing.assert_allclose(found, zonal(grid, weights).values, rtol=1e-14)
