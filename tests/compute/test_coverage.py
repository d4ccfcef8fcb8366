"""Coverage of cells by territories: facts drawn by hand, then agreement with shapely."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
import shapely
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute import compiling
from workbench.compute.coverage import Coverage, coverage
from workbench.compute.equal_area import equal_area_height
from workbench.compute.grids import Grid
from workbench.compute.outlines import Outlines
from workbench.core.errors import GeometryInvalid, GridInvalid, GridMismatch, MissingExtra

BOX = shapely.box


def cube(lat: object, lon: object, **attrs: object) -> xr.DataArray:
    coords = [("lat", np.asarray(lat, float)), ("lon", np.asarray(lon, float))]
    return xr.DataArray(np.zeros((len(coords[0][1]), len(coords[1][1]))), coords, attrs=attrs)


def covered(found: Coverage, place: int = 0) -> dict[int, float]:
    at = slice(found.starts[place], found.starts[place + 1])
    return dict(zip(found.cells[at].tolist(), found.fraction[at].round(12).tolist(), strict=True))


def lay(shape: shapely.Geometry, grid: Grid | xr.DataArray, crs: str = "") -> dict[int, float]:
    laid = grid if isinstance(grid, Grid) else Grid.of(grid)
    return covered(coverage(Outlines.of({"01001": shape}, crs=crs), laid))


TWO = cube([1.5, 0.5], [0.5, 1.5])


# --- Facts ---------------------------------------------------------------------------------------


def test_a_box_covers_a_quarter_and_a_half() -> None:
    assert lay(BOX(0.5, 0, 2, 0.5), TWO) == {2: 0.25, 3: 0.5}


def test_a_triangle_covers_half_of_its_cell() -> None:
    assert lay(shapely.Polygon([(0, 0), (1, 0), (1, 1)]), TWO) == {2: 0.5}


def test_a_hole_is_taken_off() -> None:
    assert lay(BOX(0, 0, 2, 2) - BOX(0.5, 0.5, 1.5, 1), TWO) == {0: 1, 1: 1, 2: 0.75, 3: 0.75}


def test_an_island_in_a_lake_counts() -> None:
    lake = BOX(0, 0, 1, 1) - BOX(0.2, 0.2, 0.8, 0.8)
    assert lay(shapely.MultiPolygon([*[lake], BOX(0.4, 0.4, 0.6, 0.6)]), TWO) == {2: 0.68}


def test_parts_of_a_territory_add_up_in_one_cell() -> None:
    assert lay(shapely.MultiPolygon([BOX(0, 0, 0.2, 1), BOX(0.5, 0, 0.7, 1)]), TWO) == {2: 0.4}


def test_the_way_rings_turn_does_not_matter() -> None:
    ring = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    assert lay(shapely.Polygon(ring), TWO) == lay(shapely.Polygon(ring[::-1]), TWO) == {2: 1}


@pytest.mark.parametrize("lat", [[1.5, 0.5], [0.5, 1.5]])
@pytest.mark.parametrize("lon", [[0.5, 1.5], [1.5, 0.5]])
def test_the_order_of_rows_and_columns_is_that_of_the_cube(
    lat: list[float], lon: list[float]
) -> None:
    corner = 2 * lat.index(0.5) + lon.index(1.5)
    assert lay(BOX(1, 0, 2, 1), cube(lat, lon)) == {corner: 1}


def test_cells_need_not_be_of_one_size() -> None:
    assert lay(BOX(0, -0.5, 4, 1.5), cube([0, 1], [0, 1, 4])) == {
        0: 0.5,
        1: 1,
        2: pytest.approx(1.5 / 3),
        3: 0.5,
        4: 1,
        5: pytest.approx(1.5 / 3),
    }


def test_what_lies_beyond_the_grid_is_told() -> None:
    found = coverage(Outlines.of({"01": BOX(-1, 0, 1, 1), "02": BOX(7, 7, 8, 8)}), Grid.of(TWO))
    assert found.inside.tolist() == [0.5, 0]
    assert covered(found) == {2: 1}
    assert covered(found, 1) == {}


def test_a_territory_around_the_grid_covers_it() -> None:
    assert lay(BOX(-5, -5, 7, 8), TWO) == {0: 1, 1: 1, 2: 1, 3: 1}


def test_a_large_window_is_swept_in_bands() -> None:
    fine = cube(np.arange(0.0005, 1, 0.001), np.arange(0.0005, 1.2, 0.001))
    disc = shapely.Point(0.6, 0.5).buffer(0.45, quad_segs=90)
    parts = coverage(Outlines.of({"01": disc}), Grid.of(fine))
    assert parts.fraction.sum() * 1e-6 == pytest.approx(disc.area, rel=1e-12)


# --- The globe -----------------------------------------------------------------------------------


def test_longitudes_from_0_to_360() -> None:
    globe = cube([0.5, -0.5], np.arange(0.5, 360))
    assert lay(BOX(-2, 0, 1, 1), globe) == {358: 1, 359: 1, 0: 1}


@pytest.mark.parametrize(
    "fiji",
    [
        shapely.Polygon([(179, 0), (-179, 0), (-179, 1), (179, 1)]),
        shapely.MultiPolygon([BOX(179, 0, 180, 1), BOX(-180, 0, -179, 1)]),
        BOX(179, 0, 181, 1),
    ],
)
def test_a_territory_across_the_180th_meridian(fiji: shapely.Geometry) -> None:
    assert lay(fiji, cube([0.5, -0.5], np.arange(-179.5, 180))) == {359: 1, 0: 1}
    assert lay(fiji, cube([0.5, -0.5], np.arange(0.5, 360))) == {179: 1, 180: 1}


def test_the_whole_world_is_no_crossing() -> None:
    globe = cube([45, -45], np.arange(-135, 180, 90))
    assert lay(BOX(-180, -90, 180, 90), globe) == dict.fromkeys(range(8), 1)


def test_a_cell_has_the_area_of_the_ellipsoid() -> None:
    globe = Grid.of(cube([45, -45], [-90, 90]))
    assert globe.area.sum() == pytest.approx(510_065_622, abs=1)
    assert equal_area_height(np.array(0.0)) == 0


# --- Curvilinear and projected grids -------------------------------------------------------------


def tilted(down: int = 6, across: int = 7, unit: float = 1.0) -> xr.DataArray:
    i, j = np.mgrid[0:down, 0:across]
    coords = {
        "lon": (("y", "x"), 2 + unit * (j + 0.3 * i)),
        "lat": (("y", "x"), 45 + unit * (i - 0.2 * j)),
    }
    return xr.DataArray(np.zeros((down, across)), dims=("y", "x"), coords=coords)


def test_a_curvilinear_cell_is_its_own_territory() -> None:
    grid = Grid.of(tilted())
    quad = shapely.Polygon(np.column_stack([grid.x[2, 3], grid.y[2, 3]]))
    assert lay(quad, grid) == {2 * 7 + 3: 1}


def test_a_curvilinear_grid_told_upside_down_gives_the_same() -> None:
    shape = shapely.Point(5, 46).buffer(1.3)
    straight, turned = lay(shape, tilted()), lay(shape, tilted().isel(y=slice(None, None, -1)))
    assert {(5 - c // 7) * 7 + c % 7: f for c, f in turned.items()} == pytest.approx(straight)


def test_bounds_tell_the_corners() -> None:
    told = tilted().to_dataset(name="heat")
    grid = Grid.of(told)
    told["lon_b"], told["lat_b"] = (("y", "x", "v"), grid.x + 0.1), (("y", "x", "v"), grid.y)
    told["lon"].attrs["bounds"], told["lat"].attrs["bounds"] = "lon_b", "lat_b"
    np.testing.assert_array_equal(Grid.of(told).x, grid.x + 0.1)
    assert not list(Grid.of(told).differences(Grid.of(told["heat"])))


def test_a_folded_cell_is_refused() -> None:
    folded = tilted()
    folded["lon"].values[3, 3] += 8
    with pytest.raises(GridInvalid, match="cells are not convex, the first in row"):
        lay(BOX(2, 45, 6, 48), folded)


def test_a_projected_grid_takes_outlines_in_degrees() -> None:
    from pyproj import Transformer

    at = {"y": np.arange(6_604_000, 6_500_000, -8000.0), "x": np.arange(604_000, 700_000, 8000.0)}
    flat = xr.DataArray(np.zeros((13, 12)), dims=("y", "x"), coords=at)
    lambert = BOX(610_000, 6_520_000, 650_000, 6_560_000)
    back = Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True)
    degrees = shapely.transform(lambert, lambda p: np.column_stack(back.transform(*p.T)))
    grid = Grid.of(flat, crs="EPSG:2154")
    assert grid.area[0] == 64
    same = lay(lambert, grid, crs="EPSG:2154")
    found = lay(degrees, grid, crs="EPSG:4326")
    for cell in found | same:
        assert found.get(cell, 0) == pytest.approx(same.get(cell, 0), abs=1e-7)
    assert sum(same.values()) * 64 == pytest.approx(1600)


# --- Agreement -----------------------------------------------------------------------------------


def by_shapely(shape: shapely.Geometry, grid: Grid) -> dict[int, float]:
    """Intersect a shape with every cell, measured from the shape's own corner."""
    if grid.curvilinear:
        x, y = grid.x.reshape(-1, 4), grid.y.reshape(-1, 4)
    else:
        west, south = np.meshgrid(grid.x[:-1], grid.y[:-1])
        east, north = np.meshgrid(grid.x[1:], grid.y[1:])
        x = np.stack([west, east, east, west], axis=-1).reshape(-1, 4)
        y = np.stack([south, south, north, north], axis=-1).reshape(-1, 4)
    origin = np.array(shape.bounds[:2])
    cells = shapely.polygons(np.stack([x, y], axis=-1) - origin)
    near = shapely.transform(shape, lambda points: points - origin)
    part = shapely.area(shapely.intersection(near, cells)) / shapely.area(cells)
    return {int(c): float(part[c]) for c in np.flatnonzero(part > 1e-12)}


def star(random: np.random.Generator, middle: tuple[float, float]) -> shapely.Geometry:
    """Draw a star-shaped territory with a hole in its middle."""
    turns = np.sort(random.random(24)) * 2 * np.pi
    away = random.uniform(0.3, 1.6, 24)
    points = np.column_stack([np.cos(turns), np.sin(turns)])
    outer, hole = away[:, None] * points + middle, 0.1 * points + middle
    return shapely.make_valid(shapely.Polygon(outer) - shapely.Polygon(hole))


GRIDS = {
    "regular": Grid.of(cube(np.arange(50, 44, -0.25), np.arange(1, 8, 0.3))),
    "gaussian": Grid.of(cube(50 - 0.2 * np.arange(26) ** 1.1, np.arange(1, 8, 0.3))),
    "curvilinear": Grid.of(tilted(20, 24, 0.25)),
}


@pytest.mark.parametrize("name", GRIDS)
@given(seed=st.integers(0, 2**32 - 1))
def test_every_cell_is_covered_as_shapely_says(name: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    shape = star(random, (random.uniform(3, 6), random.uniform(45.5, 48.5)))
    assert lay(shape, GRIDS[name]) == pytest.approx(by_shapely(shape, GRIDS[name]), abs=1e-12)


def test_the_communes_are_covered_as_shapely_says(france) -> None:
    boundaries = france.boundaries("commune", detail="fine")
    codes = [code for code in boundaries.index if not code.startswith("97")][::1500]
    outlines = Outlines.of(boundaries, codes=codes)
    for step in (0.1, 0.025):
        grid = Grid.of(cube(np.arange(51.2, 41.2, -step), np.arange(-5.3, 9.7, step)))
        found = coverage(outlines, grid)
        for place, code in enumerate(codes):
            shape = shapely.Polygon()
            for ring in boundaries.of(code):
                shape = shape ^ shapely.Polygon(ring)
            west, south, east, north = shape.bounds
            # Cells around the commune only, with the very same sides.
            j = np.flatnonzero((grid.x[:-1] < east) & (grid.x[1:] > west))
            i = np.flatnonzero((grid.y[1:] < north) & (grid.y[:-1] > south))
            x, y = grid.x[j[0] : j[-1] + 2], grid.y[i[0] : i[-1] + 2]
            local = by_shapely(shape, Grid(grid.dims, x, y, grid.crs))
            wanted = {
                int((i[0] + c // len(j)) * grid.shape[1] + j[0] + c % len(j)): part
                for c, part in local.items()
            }
            assert covered(found, place) == pytest.approx(wanted, abs=1e-12)


@given(cuts=st.lists(st.floats(0.05, 1.95), min_size=1, max_size=6, unique=True))
def test_territories_that_share_a_border_cover_each_cell_once(cuts: list[float]) -> None:
    sides = [0.0, *sorted(cuts), 2.0]
    shapes = {
        str(i): shapely.Polygon([(a, 0), (b, 0), (b / 2 + 0.3, 2), (a / 2 + 0.3, 2)])
        for i, (a, b) in enumerate(pairwise(sides))
    }
    together = lay(shapely.Polygon([(0, 0), (2, 0), (1.3, 2), (0.3, 2)]), TWO)
    found = coverage(Outlines.of(shapes), Grid.of(TWO))
    summed = np.bincount(found.cells, found.fraction, minlength=4)
    assert summed.tolist() == pytest.approx([together[c] for c in range(4)], abs=1e-11)


# --- What cannot be right ------------------------------------------------------------------------


def test_nothing_on_the_grid_says_where_both_are() -> None:
    with pytest.raises(GridMismatch, match=r"territories go from 7 to 8 .*the grid from 0 to 2"):
        lay(BOX(7, 7, 8, 8), TWO)


def test_swapped_coordinates_are_recognised() -> None:
    france = cube(np.arange(42, 51), np.arange(-4, 8))
    with pytest.raises(GridMismatch, match="would with coordinates swapped"):
        lay(BOX(48, 2, 49, 3), france)


def test_projected_outlines_on_a_grid_in_degrees_are_recognised() -> None:
    with pytest.raises(GridMismatch, match="outlines are projected and the grid is in degrees"):
        lay(BOX(650_000, 6_800_000, 660_000, 6_810_000), TWO)


def test_a_projected_grid_without_a_system_is_recognised() -> None:
    at = {"y": [6_800_000.0, 6_808_000.0], "x": [650_000.0, 658_000.0]}
    flat = xr.DataArray(np.zeros((2, 2)), dims=("y", "x"), coords=at)
    with pytest.raises(GridMismatch, match=r"Grid\.of\(cube, crs='EPSG:2154'\)"):
        lay(BOX(2, 48, 3, 49), flat)


@pytest.mark.parametrize(
    ("lat", "lon", "said"),
    [
        ([100, 120], [1, 2], "seem to be swapped"),
        ([6_000_000, 6_008_000], [600_000, 608_000], "look projected"),
        ([1, 2], [600_000, 608_000], "not in degrees"),
        ([1, 3, 2], [1, 2], "lat neither ascend nor descend"),
        ([1, 2], [178, 179, -180, -179], "adding 360"),
        ([1, 2], np.arange(0, 361.0), "more than once"),
        ([1], [1, 2], "Give it CF bounds"),
        ([1, np.nan], [1, 2], "1 values that are not finite"),
    ],
)
def test_impossible_coordinates_are_refused(lat: object, lon: object, said: str) -> None:
    with pytest.raises(GridInvalid, match=said):
        Grid.of(cube(lat, lon))


def test_a_cube_without_coordinates_is_refused() -> None:
    with pytest.raises(GridInvalid, match="No coordinate is recognised as the x"):
        Grid.of(xr.DataArray(np.zeros((2, 2)), dims=("a", "b")))


def test_an_unknown_reference_system_is_refused() -> None:
    at = {"y": [0.0, 1.0], "x": [0.0, 1.0]}
    with pytest.raises(GridInvalid, match="'EPSG:0' is unknown"):
        Grid.of(xr.DataArray(np.zeros((2, 2)), dims=("y", "x"), coords=at), crs="EPSG:0")


def test_the_reference_system_is_read_from_the_cube() -> None:
    from pyproj import CRS

    at = {"y": [0.0, 1.0], "x": [0.0, 1.0], "spatial_ref": 0}
    flat = xr.DataArray(np.zeros((2, 2)), dims=("y", "x"), coords=at)
    flat["spatial_ref"].attrs["crs_wkt"] = CRS.from_epsg(2154).to_wkt()
    assert not Grid.of(flat).geographic


@pytest.mark.parametrize(
    ("shapes", "codes", "said"),
    [
        ({"01": shapely.Point(0, 0)}, (), "neither polygons nor multipolygons, the first 01"),
        ([BOX(0, 0, 1, 1)], (), "1 shapes and 0 codes"),
        ([BOX(0, 0, 1, 1)] * 2, ("01", "01"), "given twice: 01"),
        ({"01": BOX(0, 0, 1, 1)}, ("02",), "have no outline, the first 02"),
    ],
)
def test_shapes_that_are_not_territories_are_refused(
    shapes: object, codes: tuple[str, ...], said: str
) -> None:
    with pytest.raises(GeometryInvalid, match=said):
        Outlines.of(shapes, codes=codes)


def test_crossing_rings_are_reported() -> None:
    bow = shapely.Polygon([(0, 0), (1.5, 1), (1.5, 0), (0, 1)])
    assert coverage(Outlines.of({"01": BOX(0, 0, 1, 1), "02": bow}), Grid.of(TWO)).tangled == (
        "02",
    )


def test_a_territory_without_an_outline_covers_nothing() -> None:
    found = coverage(Outlines.of({"01": None, "02": BOX(0, 0, 1, 1)}), Grid.of(TWO))
    assert found.starts.tolist() == [0, 0, 1]
    assert found.inside.tolist() == [0, 1]


# --- Numba ---------------------------------------------------------------------------------------


def test_the_workbench_is_imported_without_numba() -> None:
    words = "import sys, workbench.compute.zonal; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0


def test_a_missing_numba_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "workbench.compute.ranks", raising=False)
    with pytest.raises(MissingExtra, match=r"territorial-workbench\[grids\]"):
        compiling.kernels("ranks")


def test_compiled_kernels_never_compile_again() -> None:
    with pytest.raises(TypeError, match="No matching definition"):
        compiling.kernels("ranks").ranks(1, 2, 3, 4, 5, 6)
