"""Boundaries come back from the disk as they were drawn, and neighbours keep one border."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import BoundariesMissing
from workbench.geography.boundaries import Boundaries, Projection
from workbench.packs.france.build.contours import areas_km2, dissolve, ragged, simplify
from workbench.packs.pack import open_pack


def write(contours, path, grid=1e-4):
    """Write a boundaries table as the build does."""
    columns = ragged(pd.Series(contours), grid)
    pq.write_table(pa.table({**columns, "grid": [grid] * len(contours)}), path)
    return Boundaries.read(path)


def square(west, south, size=1.0, hole=None):
    """Draw a square, with a square hole in its middle."""
    shape = shapely.box(west, south, west + size, south + size)
    return shape.difference(hole) if hole is not None else shape


# --- Tiny shapes --------------------------------------------------------------------------------


def test_a_square_comes_back(tmp_path):
    """Five points, the last one the first."""
    read = write({"01001": square(2, 48)}, tmp_path / "b.parquet")
    (ring,) = read.of("01001")
    assert set(map(tuple, ring.round(9))) == {(2, 48), (3, 48), (3, 49), (2, 49)}
    assert ring[0].tolist() == ring[-1].tolist()
    assert len(ring) == 5


def test_holes_islands_and_neighbours_are_kept_apart(tmp_path):
    """Each territory has its own rings, whatever comes before it."""
    hole = square(0.4, 0.4, 0.2)
    shapes = {
        "01": square(0, 0, 1, hole),
        "02": hole,
        "03": shapely.MultiPolygon([square(5, 5), square(-7, -7)]),
    }
    read = write(shapes, tmp_path / "b.parquet")
    assert [len(read.of(code)) for code in ("01", "02", "03")] == [2, 1, 2]
    assert {tuple(ring.min(axis=0).round(9)) for ring in read.of("03")} == {(5, 5), (-7, -7)}
    assert "01" in read
    assert "04" not in read


def test_each_territory_is_projected_in_its_own_way(tmp_path):
    """One without a projection is left out; the others keep their places."""
    shapes = {"01": square(0, 0), "02": square(5, 5), "03": square(9, 9)}
    east, far = Projection("local", 0, 0), Projection("local", 9, 9)
    read = write(shapes, tmp_path / "b.parquet")
    drawn = read.projected({"01": east, "03": far})
    for code, projection in (("01", east), ("03", far)):
        assert np.array_equal(drawn.of(code)[0], projection(read.of(code)[0]))
    assert "02" not in drawn


def test_a_hole_turns_the_other_way_than_what_surrounds_it(tmp_path):
    """Whichever way it came: else a map would paint over the enclave."""
    hole = square(0.4, 0.4, 0.2)
    outer = square(0, 0).exterior.coords
    for inner in (hole.exterior.coords, hole.exterior.coords[::-1]):
        drawn = shapely.Polygon(outer, [inner])
        first, second = write({"01": drawn}, tmp_path / "b.parquet").of("01")
        assert signed_area(first) * signed_area(second) < 0


def test_points_that_the_grid_makes_equal_are_written_once(tmp_path):
    """And a ring too small for the grid is left out."""
    jagged = shapely.Polygon([(0, 0), (1, 0), (1.00001, 0.00001), (1, 1), (0, 1)])
    speck = square(3, 3, 1e-6)
    read = write({"01": shapely.MultiPolygon([jagged, speck])}, tmp_path / "b.parquet")
    (ring,) = read.of("01")
    assert len(ring) == 5


def test_a_territory_without_boundary_is_an_error(tmp_path):
    """Not an empty drawing."""
    with pytest.raises(BoundariesMissing, match="no boundary for 98818"):
        write({"01001": square(0, 0)}, tmp_path / "b.parquet").of("98818")


def signed_area(ring):
    """Measure a closed ring; the sign says which way it turns."""
    x, y = ring[:, 0], ring[:, 1]
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


ring_points = st.lists(
    st.tuples(st.integers(-1_800_000, 1_800_000), st.integers(-900_000, 900_000)),
    min_size=3,
    max_size=12,
    unique=True,
)


@given(st.lists(st.lists(ring_points, min_size=1, max_size=3), min_size=1, max_size=4))
def test_law_steps_on_the_grid_come_back_exactly(tmp_path_factory, territories):
    """Whatever the order, sign and size of the rings: nothing leaks to the next territory."""
    rings = [
        [np.array([*points, points[0]], dtype=np.int64) for points in rings]
        for rings in territories
    ]
    flat = [np.concatenate(of) for of in rings]
    steps = [np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int64)) for points in flat]
    path = tmp_path_factory.mktemp("law") / "b.parquet"
    pq.write_table(
        pa.table(
            {
                "code": [f"{number:02d}" for number in range(len(rings))],
                "rings": [[len(ring) for ring in of] for of in rings],
                "lon": pa.array([s[:, 0].tolist() for s in steps], pa.list_(pa.int32())),
                "lat": pa.array([s[:, 1].tolist() for s in steps], pa.list_(pa.int32())),
                "grid": [1e-4] * len(rings),
            }
        ),
        path,
    )
    read = Boundaries.read(path)
    for number, of in enumerate(rings):
        found = read.of(f"{number:02d}")
        assert [ring.tolist() for ring in of] == [np.rint(r / 1e-4).tolist() for r in found]


# --- Building -----------------------------------------------------------------------------------


def test_dissolving_unites_by_parent_and_leaves_out_the_rest():
    """Two villages of a land, one without."""
    villages = pd.Series({"01": square(0, 0), "02": square(1, 0), "03": square(9, 9)})
    lands = dissolve(villages, pd.Series({"01": "L", "02": "L", "03": ""}))
    assert [*lands.index] == ["L"]
    assert lands["L"].equals(shapely.box(0, 0, 2, 1))


def test_area_is_measured_on_the_ellipsoid():
    """By the formula of a zone of the GRS 80 ellipsoid: 12,308 and 6,123 km² a degree."""
    polar, e = 6356.752314, 0.0818191910

    def zone(south):
        sines = np.sin(np.radians([south, south + 1]))
        parts = sines / (1 - (e * sines) ** 2) + np.log((1 + e * sines) / (1 - e * sines)) / (2 * e)
        return polar**2 / 2 * np.radians(1) * (parts[1] - parts[0])

    areas = areas_km2(pd.Series({"0": square(0, 0), "60": square(0, 60)}))
    assert [round(zone(0)), round(zone(60))] == [12_308, 6_123]
    assert [zone(0), zone(60)] == pytest.approx([areas["0"], areas["60"]], rel=1e-4)


def test_simplified_neighbours_keep_one_border():
    """The zigzag between two squares is straightened for both alike."""
    zigzag = [(1, y / 10) if y % 2 else (1.01, y / 10) for y in range(11)]
    left = shapely.Polygon([(0, 0), *zigzag, (0, 1)])
    right = shapely.Polygon([(2, 0), *zigzag, (2, 1)])
    simple = simplify(pd.Series({"l": left, "r": right}), 0.1)
    assert shapely.coverage_is_valid(simple.to_numpy())
    assert shapely.get_num_coordinates(simple["l"]) < 8
    assert simple["l"].union(simple["r"]).area == pytest.approx(2, abs=1e-3)


# --- The France pack ----------------------------------------------------------------------------

LEVELS = [
    ("commune", "coarse"),
    ("commune", "fine"),
    ("arrondissement_municipal", "fine"),
    ("ept", "coarse"),
    ("epci", "coarse"),
    ("departement", "coarse"),
    ("region", "coarse"),
]


@cache
def shapes_of(level, detail):
    """Rebuild the polygons of a level in kilometres, each in its frame."""
    pack = open_pack("france")
    places = pack.frame(level)
    regions = places["region"] if level != "region" else pd.Series(places.index, places.index)
    frames = {frame.region: frame.projection for frame in pack.spec.frames}
    table = pq.read_table(pack.folder / "data" / f"boundaries_{level}_{detail}.parquet")
    boundaries = pack.boundaries(level, detail=detail)
    shapes = {}
    for code, counts in zip(
        *(table.column(n).to_pylist() for n in ("code", "polygons")), strict=True
    ):
        project = frames.get(regions[code], frames[""])
        rings = [project(ring) for ring in boundaries.of(code)]
        starts = np.concatenate([[0], np.cumsum(counts)])
        shapes[code] = shapely.MultiPolygon(
            [
                shapely.Polygon(rings[start], rings[start + 1 : start + count])
                for start, count in zip(starts, counts, strict=False)
            ]
        )
    return pd.Series(shapes)


@pytest.mark.parametrize(("level", "detail"), LEVELS)
def test_every_ring_is_closed_and_has_a_surface(level, detail):
    """Four points at least, the last one the first."""
    boundaries = open_pack("france").boundaries(level, detail=detail)
    first, last = (
        boundaries.points[boundaries.rings[:-1]],
        boundaries.points[boundaries.rings[1:] - 1],
    )
    assert first.tolist() == last.tolist()
    assert np.diff(boundaries.rings).min() >= 4
    assert np.diff(boundaries.first_ring).min() >= 1


@pytest.mark.parametrize(("level", "missing"), [("departement", 0), ("epci", 0), ("commune", 98)])
def test_every_territory_is_drawn(level, missing):
    """But the 94 communes of overseas collectivities, and 4 restored in 2025."""
    pack = open_pack("france")
    assert missing == len(pack.frame(level)) - len(pack.boundaries(level).index)


def test_communes_fill_their_departement():
    """Within 1 %, at the coarse detail; 3.1 % for the small or indented ones (km²)."""
    communes = shapely.area(shapes_of("commune", "coarse"))
    held = open_pack("france").frame("commune")["departement"]
    summed = communes.groupby(held.reindex(communes.index)).sum()
    ratio = summed / shapely.area(shapes_of("departement", "coarse")) - 1
    far = ratio[ratio.abs() > 0.01]
    assert set(far.index) <= {"75", "92", "93", "972"}
    assert far.abs().max() < 0.031


def test_coarse_communes_keep_the_surface_of_the_fine_ones():
    """Within 2 % in every département, 0.02 % in all: what one loses its neighbour gains."""
    coarse, fine = (shapely.area(shapes_of("commune", d)) for d in ("coarse", "fine"))
    held = open_pack("france").frame("commune")["departement"].reindex(fine.index)
    ratio = coarse.groupby(held).sum() / fine.groupby(held).sum() - 1
    assert ratio.abs().max() < 0.02
    assert coarse.sum() == pytest.approx(fine.sum(), rel=2e-4)


@pytest.mark.parametrize("code", ["59", "2A", "971", "84"])
def test_simplified_communes_share_their_borders(code):
    """Less than one thousandth of their length is not the neighbour's too."""
    communes = shapes_of("commune", "coarse")
    held = open_pack("france").frame("commune")["departement"].reindex(communes.index)
    inside = communes[held == code].to_numpy()
    unmatched = shapely.length(shapely.coverage_invalid_edges(inside)).sum()
    assert unmatched / shapely.length(inside).sum() < 1e-3
    assert shapely.is_valid(inside).all()


@pytest.mark.parametrize("level", ["departement", "region", "epci"])
def test_areas_of_the_table_are_those_of_the_drawing(level):
    """In km²: the projection and the ellipsoid agree, simplification aside."""
    drawn = shapely.area(shapes_of(level, "coarse"))
    stated = open_pack("france").frame(level)["area_km2"]
    ratio = drawn / stated.reindex(drawn.index) - 1
    assert ratio.abs().median() < 0.01
    assert drawn.sum() == pytest.approx(stated.sum(), rel=0.003)


def test_every_departement_lies_in_its_frame():
    """Metropolitan France within 1,100 km of its middle, each overseas one within 250 km."""
    shapes = shapes_of("departement", "coarse")
    reach = np.abs(np.array([shape.bounds for shape in shapes])).max(axis=1)
    overseas = shapes.index.str.startswith("97")
    assert overseas.sum() == 5
    assert reach[~overseas].max() < 1_100
    assert reach[overseas].max() < 250
    assert shapes["59"].centroid.y > shapes["66"].centroid.y
    assert shapes["29"].centroid.x < 0 < shapes["67"].centroid.x


@pytest.mark.parametrize(("level", "detail"), LEVELS)
def test_an_enclave_is_not_painted_over(level, detail):
    """Every hole of the pack turns the other way than the ring that surrounds it."""
    table = pq.read_table(
        open_pack("france").folder / "data" / f"boundaries_{level}_{detail}.parquet"
    )
    boundaries = open_pack("france").boundaries(level, detail=detail)
    codes, polygons = (table.column(name).to_pylist() for name in ("code", "polygons"))
    wrong = set()
    for code, counts in zip(codes, polygons, strict=True):
        if max(counts) > 1:
            turns = np.sign([signed_area(ring) for ring in boundaries.of(code)])
            outer = np.repeat(turns[np.concatenate([[0], np.cumsum(counts)[:-1]])], counts)
            if np.sum(turns == outer) != len(counts):
                wrong.add(code)
    assert wrong == set()
