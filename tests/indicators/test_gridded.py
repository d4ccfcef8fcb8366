"""A grid becomes a cube of territories in one call, with all that a cube says of itself."""

from __future__ import annotations

import dask
import numpy as np
import pytest
import xarray as xr

import workbench as wb
from workbench.core.errors import GridInvalid, GridMismatch, LevelUnknown, UnknownName
from workbench.core.types import Status
from workbench.indicators.gridded import zonal

from ..packs.drawn_country import write_drawn_country

pytest.importorskip("numba")
A, E, M = int(Status.AGGREGATED), int(Status.ESTIMATED), int(Status.MISSING)
nan = float("nan")
TIMES = np.array(["2024-01-01", "2024-01-02"], "M8[ns]")


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    return write_drawn_country(tmp_path / "tiny")


def grid(**attrs):
    """Give 2 days of heat: 0 to 5 and 10 to 15, north first; one cell is absent the second day."""
    values = np.array([[[0.0, 1, 2], [3, 4, 5]], [[10, 11, 12], [13, 14, nan]]])
    coords = {"time": TIMES, "lat": [1.5, 0.5], "lon": [0.5, 1.5, 2.5]}
    return xr.DataArray(values, coords, ("time", "lat", "lon"), "heat", {"units": "degC", **attrs})


def test_two_lines_make_a_cube(tiny):
    cube = wb.zonal(grid(), pack=tiny)
    assert cube["heat"].dims == ("territory", "period")
    assert cube["period"].values.tolist() == TIMES.tolist()
    expected = [[3, 13], [4, 14], [5, nan], [0, 10], [1, 11], [nan, nan]]
    np.testing.assert_allclose(cube["heat"], expected, rtol=1e-15)
    assert cube["heat_status"].values.tolist() == [[A, A], [A, A], [A, M], [A, A], [A, A], [M, M]]
    assert cube["heat_valid"].values.tolist() == [[1, 1], [1, 1], [1, 0], [1, 1], [1, 1], [0, 0]]


def test_a_coarser_level_is_weighted_by_area(tiny):
    cube = zonal(grid(), "county", pack=tiny)
    assert cube["heat"].sel(territory="A").values == pytest.approx([4, 13.5])
    assert cube["heat_status"].sel(territory="A").values.tolist() == [A, E]


def test_a_cube_says_what_it_is(tiny):
    given = grid(long_name="air temperature", source="Simulated", licence="CC0-1.0")
    cube = zonal(given, pack=tiny, terms=["heat"])
    about = cube["heat"].attrs
    assert {
        k: about[k] for k in ("units", "long_name", "source", "licence", "vintage", "kind")
    } == {
        "units": "degC",
        "long_name": "air temperature",
        "source": "Simulated",
        "licence": "CC0-1.0",
        "vintage": 2023,
        "kind": "mean",
    }
    assert about["ancillary_variables"].split() == [
        "heat_status",
        "heat_valid",
        "heat_numerator",
        "heat_denominator",
    ]
    assert cube["heat_status"].attrs["flag_meanings"] == Status.flag_meanings()
    assert set(cube.coords) == {
        *("territory", "period", "name", "level", "area_km2", "county", "country")
    }
    at = cube.sel(territory="B-001")
    assert (at["name"].item(), at["county"].item(), at["level"].item()) == ("Beech", "B", "town")
    assert (cube.attrs["licence"], cube.attrs["vintage"]) == ("CC0-1.0", 2023)
    np.testing.assert_allclose(
        cube["heat_numerator"] / cube["heat_denominator"], cube["heat"], rtol=1e-12
    )


def test_a_grid_without_unit_or_source_says_so(tiny):
    given = grid()
    del given.attrs["units"]
    about = zonal(given, pack=tiny, source="Ours")["heat"].attrs
    assert (about["units"], about["source"], about["licence"]) == ("unknown", "Ours", "")


def test_a_grid_without_time_has_the_period_0(tiny):
    cube = zonal(grid()[0], pack=tiny)
    assert cube["period"].values.tolist() == [0]
    assert cube["heat"].dims == ("territory", "period")


@pytest.mark.parametrize("calendar", ["noleap", "360_day", "julian"])
def test_the_calendar_of_the_grid_is_kept(tiny, calendar):
    pytest.importorskip("cftime")
    times = xr.date_range("2024-02-28", periods=2, calendar=calendar, use_cftime=True)
    cube = zonal(grid().assign_coords(time=times), pack=tiny)
    assert cube["period"].dt.calendar == calendar


def test_other_dims_stay(tiny):
    members = xr.concat([grid(), grid() + 1], dim="member").chunk(time=1)
    cube = zonal(members, pack=tiny)
    assert cube["heat"].dims == ("territory", "period", "member")
    assert cube["heat"].sel(territory="A-001").values.ravel() == pytest.approx([3, 4, 13, 14])


def test_nothing_is_read_before_it_is_computed(tiny):
    seen = []

    def read(block):
        seen.append(block.shape)
        return block

    lazy = grid().chunk(time=1)
    watched = lazy.copy(data=lazy.data.map_blocks(read, dtype=float, meta=np.empty((0, 0, 0))))
    cube = zonal(watched, pack=tiny)
    assert seen == []
    np.testing.assert_array_equal(
        cube["heat"].compute(scheduler="synchronous"), zonal(grid(), pack=tiny)["heat"]
    )
    assert len(seen) == 2


def test_the_reference_system_is_that_of_the_variables(tiny):
    pyproj = pytest.importorskip("pyproj")
    # A grid of 10 km in Lambert-93's own metres, far from the country: told, with its system.
    at = {"y": [6_810_000.0, 6_800_000.0], "x": [600_000.0, 610_000.0]}
    flat = xr.Dataset({"heat": (("y", "x"), np.zeros((2, 2)), {"grid_mapping": "lambert"})}, at)
    flat["lambert"] = ((), 0, {"crs_wkt": pyproj.CRS.from_epsg(2154).to_wkt()})
    with pytest.raises(GridMismatch, match="No territory lies on the grid") as caught:
        zonal(flat, pack=tiny)
    assert "give the grid's reference system" not in str(caught.value)
    with pytest.raises(GridMismatch, match="give the grid's reference system"):
        zonal(flat.drop_vars("lambert"), pack=tiny)


def test_all_the_variables_of_a_dataset_or_some(tiny):
    data = xr.Dataset({"heat": grid(), "rain": 2 * grid(), "day": ("time", [1, 2])})
    assert {"heat", "rain"} <= set(zonal(data, pack=tiny).data_vars)
    assert "day" not in zonal(data, pack=tiny)
    assert "heat" not in zonal(data, pack=tiny, variables=["rain"])


def test_what_the_loader_returns_is_taken_with_its_source(tiny, tmp_path):
    pytest.importorskip("zarr")
    path = tmp_path / "heat.zarr"
    grid().to_dataset().assign_attrs(source="Simulated").to_zarr(path, zarr_format=2)
    loaded = wb.load(str(path))
    assert loaded.decisions["chunks"] == "read directly: heat"
    cube = wb.zonal(loaded, "county", pack=tiny)
    assert cube["heat"].chunks is not None
    assert cube["heat"].attrs["source"] == "Simulated"
    expected = wb.zonal(grid(), "county", pack=tiny)
    for scheduler in ("synchronous", "threads"):
        with dask.config.set(scheduler=scheduler):
            np.testing.assert_array_equal(cube["heat"], expected["heat"])
    plain = wb.zonal(xr.open_zarr(path), "county", pack=tiny)
    np.testing.assert_array_equal(plain["heat"], expected["heat"])


def test_what_cannot_be_answered_says_what_can(tiny):
    with pytest.raises(LevelUnknown, match="'village'"):
        zonal(grid(), "village", pack=tiny)
    with pytest.raises(UnknownName, match=r"no variable 'haet' \(nearest: heat\)"):
        zonal(grid(), pack=tiny, variables=["haet"])
    with pytest.raises(UnknownName, match=r"Terms of 'rain' .*choose from: heat"):
        zonal(grid(), pack=tiny, terms=["rain"])
    with pytest.raises(GridInvalid, match=r"not list\. Open it first"):
        zonal([1, 2], pack=tiny)
    with pytest.raises(GridInvalid, match="No variable lies on the grid"):
        zonal(grid().to_dataset()[["time", "lat", "lon"]], pack=tiny)
    fixed = xr.Dataset({"heat": grid(), "relief": grid()[0].drop_vars("time")})
    with pytest.raises(GridInvalid, match=r"heat and relief are not of .*variables=\['heat'\]"):
        zonal(fixed, pack=tiny)
    with pytest.raises(TypeError, match="treshold"):
        zonal(grid(), pack=tiny, treshold=2)
