"""Cells first, then territories: facts on two communes, laws on how the grid is cut."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr

from workbench.core.errors import BoundariesMissing, FileUnreadable, LevelUnknown, UnknownName
from workbench.core.types import Status
from workbench.indicators.climate.daily import read_daily
from workbench.indicators.climate.kept import Kept, is_kept, keep
from workbench.indicators.climate.simulated import simulate
from workbench.indicators.climate.territories import climate_of

from .days import Shapes, TinyPack, days, put

pytest.importorskip("xclim", reason="needs territorial-workbench[climate]")
pytest.importorskip("numba", reason="needs territorial-workbench[grids]")

TEN = [f"2001-01-{day:02}" for day in range(1, 11)]
TWENTY = [f"2001-01-{day:02}" for day in range(1, 21)]


@pytest.fixture
def grid():
    """Ten days of frost in the west, twenty in the east, the same ten among them."""
    made = put(days("2001-01-01", "2001-12-31"), "tasmin", -1.0, lon=0.5, on=TEN)
    return put(made, "tasmin", -1.0, lon=1.5, on=TWENTY)


def frost(grid: xr.Dataset, level: str = "commune", **options: object) -> list[float]:
    made = climate_of(grid, options.pop("pack", TinyPack()), indicators=["frost_days"], **options)
    return made.levels[level].compute()["frost_days"].sel(period=2001).values.tolist()


def test_days_are_counted_in_each_cell_then_averaged_over_the_area(grid):
    """B lies for a third in the west and two thirds in the east: 10 / 3 + 20 × 2 / 3."""
    assert frost(grid) == pytest.approx([10.0, 50 / 3])


def test_the_order_matters(grid):
    """The mean temperature of B is above zero on the days when its west alone is mild."""
    warm = put(grid, "tasmin", 30.0, lon=0.5, on=TWENTY[10:])
    assert frost(warm)[1] == pytest.approx(50 / 3)
    mean = warm["tasmin"].sel(lat=-0.5).weighted(xr.DataArray([1, 2], dims="lon")).mean("lon")
    assert int((mean < 0).sum()) == 10


def test_coarser_levels_weigh_their_parts_by_area(grid):
    """A has a quarter of the area: 10 / 4 + 50 / 3 × 3 / 4 (cells of the equator are equal)."""
    assert frost(grid, "country") == pytest.approx([15.0], rel=1e-4)


def test_cells_may_count_by_their_inhabitants(grid):
    """All of B's live in the east."""
    people = xr.DataArray([[1.0, 0.0], [0.0, 5.0]], coords={"lat": grid.lat, "lon": grid.lon})
    assert frost(grid, by=people)[1] == pytest.approx(20.0)
    made = climate_of(grid, TinyPack(), by=people)
    assert made.weighted
    assert made.caveats[0] == "caveat_weighted"


@pytest.mark.parametrize("chunks", [{}, {"time": 50}, {"time": 365, "lon": 1}, {"lat": 1}])
def test_figures_do_not_change_with_how_the_grid_is_cut(grid, chunks):
    made = [
        climate_of(each, TinyPack()).levels["commune"].compute()
        for each in (grid, grid.chunk(chunks))
    ]
    xr.testing.assert_allclose(*made, rtol=1e-12)


def test_a_cube_says_what_it_is(grid):
    grid.attrs |= {"title": "Days by hand", "licence": "CC0-1.0"}
    made = climate_of(grid, TinyPack()).levels["commune"]
    attrs = made["frost_days"].attrs
    assert attrs["units"] == "days"
    assert (attrs["source"], attrs["licence"], attrs["kind"]) == ("Days by hand", "CC0-1.0", "mean")
    assert (attrs["order"], made["precipitation"].attrs["order"]) == ("cells_first", "any")
    assert "FD" in attrs["reference"]
    assert attrs["ancillary_variables"] == "frost_days_status frost_days_valid"
    assert made["frost_days_status"].compute().values.tolist() == [[Status.AGGREGATED]] * 2
    assert made["frost_days_valid"].compute().values == pytest.approx(np.ones((2, 1)))
    assert made["country"].values.tolist() == ["X", "X"]
    assert made.chunks  # nothing was computed


def test_a_territory_without_a_boundary_or_off_the_grid_is_missing(grid):
    pack = TinyPack(codes=("A", "B", "C", "D"))
    pack.shapes = Shapes(pack.shapes, D=TinyPack().shapes["A"])
    pack.shapes["D"] = shapely.box(50, 0, 51, 1)
    made = climate_of(grid, pack, indicators=["frost_days"]).levels["commune"].compute()
    status = made["frost_days_status"].sel(period=2001)
    assert status.sel(territory=["C", "D"]).values.tolist() == [Status.MISSING] * 2
    assert np.isnan(made["frost_days"].sel(territory=["C", "D"])).all()
    assert made["frost_days_valid"].sel(territory="C").item() == 0


def test_a_pack_without_boundaries_or_a_level_that_it_lacks_is_told(grid):
    with pytest.raises(BoundariesMissing, match=r"Pack tiny, map of 2026, draws no commune"):
        climate_of(grid, TinyPack(drawn=False))
    with pytest.raises(UnknownName, match=r"Level 'county' is not in pack tiny \(.*country"):
        climate_of(grid, TinyPack(), levels=["county"])


# --- Files ---------------------------------------------------------------------------------------


def test_a_file_gives_back_what_was_kept(grid, tmp_path):
    made = climate_of(grid, TinyPack())
    kept = keep(made, tmp_path / "c.parquet", pack="tiny", grid="days.nc")
    assert is_kept(kept.path)
    again = Kept.open(kept.path)
    assert again.about == kept.about | {"caveats": list(kept.about["caveats"])}
    for level, cube in made.levels.items():
        back, cube = again.level(level), cube.compute()
        for name in cube.data_vars:
            assert back[name].values == pytest.approx(cube[name].values)
        assert back["frost_days"].attrs["units"] == "days"
    assert [each.name for each in tmp_path.iterdir()] == ["c.parquet"]


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1")
    assert not is_kept(path)
    with pytest.raises(FileUnreadable, match=r"x.parquet cannot be read"):
        Kept.open(path)
    pd.DataFrame({"a": [1]}).to_parquet(path)
    with pytest.raises(FileUnreadable, match=r"x.parquet is no climate figures; .* --to FILE"):
        Kept.open(path)


def test_a_level_that_a_file_lacks_is_told(grid, tmp_path):
    made = climate_of(grid, TinyPack(), levels=["country"])
    kept = keep(made, tmp_path / "c.parquet", pack="tiny", grid="days.nc")
    with pytest.raises(LevelUnknown, match=r"c.parquet has no level 'commune' \(.*country"):
        kept.level("commune")


# --- Simulation ----------------------------------------------------------------------------------


def test_a_simulated_grid_is_the_same_everywhere_and_says_what_it_is():
    """Values to a hundredth of a degree, wherever they are calculated."""
    made = simulate((0.0, 48.0, 2.0, 50.0), step=1.0, first=2000, last=2001)
    heat = made["tasmax"].isel(time=[0, 200], lat=0, lon=0).values
    assert heat == pytest.approx([2.99, 22.24], abs=0.01)
    assert bool((made["tasmin"] < made["tasmax"]).all())
    assert bool((made["pr"] >= 0).all())
    assert 0.2 < float((made["pr"] >= 1).mean()) < 0.5
    assert made.attrs["licence"] == "CC0-1.0"
    for attrs in (made.attrs, *(each.attrs for each in made.data_vars.values())):
        assert attrs["simulated"] == "true"
    assert read_daily(made).simulated


def test_a_year_does_not_depend_on_the_others():
    one = simulate((0.0, 48.0, 2.0, 50.0), step=1.0, first=2001, last=2001)
    two = simulate((0.0, 48.0, 2.0, 50.0), step=1.0, first=2000, last=2001)
    xr.testing.assert_equal(one.compute(), two.sel(time="2001").compute())


def test_all_that_is_made_of_a_simulated_grid_says_so():
    made = climate_of(simulate((0.0, -1.0, 2.0, 1.0), step=1.0, first=2000, last=2000), TinyPack())
    assert made.simulated
    assert made.caveats[0] == "simulated_caveat"
    for cube in made.levels.values():
        assert cube.attrs["simulated"] == "true"
        for name in cube.data_vars:
            assert str(name).startswith("simulated_")
            if not str(name).endswith(("_status", "_valid")):
                assert cube[name].attrs["simulated"] == "true"
                assert cube[name].attrs["long_name"].endswith("(simulated)")
                assert "simulated" in cube[name].attrs["caveat"]


def test_a_large_grid_is_cut_into_bands_and_gives_the_same(grid, monkeypatch):
    whole = climate_of(grid, TinyPack()).levels["commune"].compute()
    monkeypatch.setattr("workbench.indicators.climate.yearly._MOST_CELLS", 2)
    made = climate_of(grid, TinyPack()).levels["commune"]
    xr.testing.assert_allclose(made.compute(), whole, rtol=1e-12)
