"""Points find the territory that holds them: always the one that a slow look-up finds."""

from __future__ import annotations

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.points import FOUND, Places, join_points
from workbench.core.errors import ColumnUnknown, EventTableInvalid, GeometryInvalid
from workbench.geography.boundaries import Boundaries
from workbench.geography.locating import distances, locate
from workbench.packs.pack import open_pack

RING = shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (1, 3), (3, 3), (3, 1)]])
SHAPES = {
    "01001": RING,
    "2A004": shapely.box(1.5, 1.5, 2.5, 2.5),
    "97101": shapely.box(50, 1, 51, 2),
}
PLACES = Places.of(SHAPES)


def codes_of(places: Places, x, y, **given) -> list[str]:
    found = places.find(np.array(x, float), np.array(y, float), **given)
    return [places.codes[p] if p >= 0 else "" for p in found.place.tolist()]


def test_points_are_in_what_holds_them_and_not_in_its_hole():
    assert codes_of(PLACES, [0.5, 2, 1.2, 50.5, 9], [0.5, 2, 1.2, 1.5, 9]) == [
        "01001",
        "2A004",
        "",
        "97101",
        "",
    ]


def test_a_point_just_off_the_coast_is_given_to_the_nearest_and_told():
    found = PLACES.find(np.array([4.005, 4.02]), np.array([2.0, 2.0]), tolerance_km=1)
    assert [FOUND[h] for h in found.how.tolist()] == ["near", "outside"]
    assert found.place.tolist() == [0, -1]


def test_a_point_without_degrees_is_in_no_territory():
    x = [np.nan, 652_469.0, np.inf, 1.0, -1e300]
    found = PLACES.find(np.array(x), np.array([1.0, 1.0, 1.0, np.nan, 0.0]), tolerance_km=1)
    assert [FOUND[h] for h in found.how.tolist()] == ["no_point"] * 5
    assert (found.place == -1).all()


COORDINATE = st.floats(-1, 5, allow_nan=False, width=32)


@given(
    corners=st.lists(st.tuples(COORDINATE, COORDINATE), min_size=3, max_size=9, unique=True),
    points=st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=30),
    cell=st.sampled_from([0.0, 0.07, 1.0, 9.0]),
)
def test_any_ring_and_any_cell_give_what_the_slow_way_gives(corners, points, cell):
    ring = np.array([*corners, corners[0]], dtype=float)
    drawn = Boundaries({"a": 0}, ring, np.array([0, len(ring)]), np.array([0, 1]))
    at = np.array(points, dtype=float)
    assert codes_of(Places.of(drawn, cell=cell), *at.T) == locate(drawn, at)


def test_communes_are_those_of_the_slow_way():
    drawn = open_pack("france").boundaries("commune", detail="fine")
    few = [c for c in drawn.index if c[:2] in ("59", "2A")]
    places = Places.of(drawn, codes=few)
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(2, 4.3, 150), rng.uniform(8.4, 9.5, 50)])
    y = np.concatenate([rng.uniform(49.9, 51.1, 150), rng.uniform(41.3, 42.3, 50)])
    expected = [c if c in few else "" for c in locate(drawn, np.column_stack([x, y]))]
    assert codes_of(places, x, y) == expected
    assert any(expected)
    near = places.find(x, y, tolerance_km=2)
    rows = np.flatnonzero(near.how == FOUND.index("near"))
    assert len(rows)
    held = [places.codes[p] for p in near.place[rows]]
    assert distances(drawn, held, np.column_stack([x[rows], y[rows]])).max() <= 2


FRAME = pd.DataFrame({"lon": [0.5, 2.0, None, 9.0], "lat": [0.5, 2.0, 1.0, 9.0], "n": range(4)})
COLUMNS = {"x": "lon", "y": "lat"}
CODES = ["01001", "2A004", None, None]
HOW = ["inside", "inside", "no_point", "outside"]


def as_lists(frame: pd.DataFrame):
    codes = [None if pd.isna(c) else c for c in frame["territory"]]
    return codes, frame["territory_found"].astype(str).tolist()


def test_tables_get_two_columns_more():
    table = join_points(pa.Table.from_pandas(FRAME), PLACES, **COLUMNS)
    assert table["territory"].to_pylist() == CODES
    assert table["territory_found"].to_pylist() == HOW
    assert as_lists(join_points(FRAME, PLACES, **COLUMNS)) == (CODES, HOW)


def test_batches_are_joined_one_at_a_time():
    asked = []

    def batches():
        for batch in pa.Table.from_pandas(FRAME).to_batches(max_chunksize=2):
            asked.append(batch.num_rows)
            yield batch

    joined = join_points(batches(), PLACES, **COLUMNS)
    assert asked == []
    assert next(joined)["territory"].to_pylist() == CODES[:2]
    assert asked == [2]


@pytest.mark.parametrize("scheduler", ["synchronous", "threads", "processes"])
def test_a_dask_frame_is_joined_when_it_is_computed(scheduler):
    lazy = join_points(dd.from_pandas(FRAME, npartitions=2), PLACES, **COLUMNS)
    with dask.config.set(scheduler=scheduler):
        assert as_lists(lazy.compute()) == (CODES, HOW)


@pytest.mark.parametrize(
    ("given", "error", "match"),
    [
        ({"x": "long"}, ColumnUnknown, "no column 'long' .nearest: lon"),
        ({"into": "n"}, EventTableInvalid, "a column 'n' already"),
    ],
)
def test_what_is_wrong_is_said(given, error, match):
    with pytest.raises(error, match=match):
        join_points(FRAME, PLACES, **{**COLUMNS, **given})


def test_metres_and_texts_are_refused():
    with pytest.raises(EventTableInvalid, match=r"No point is in degrees .the first is 652,469"):
        join_points(FRAME.assign(lon=652_469.0, lat=6_862_035.0), PLACES, **COLUMNS)
    with pytest.raises(EventTableInvalid, match="degrees are expected"):
        join_points(FRAME.assign(lon="4,5"), PLACES, **COLUMNS)
    with pytest.raises(GeometryInvalid, match="degrees are expected"):
        Places.of({"a": shapely.box(600_000, 6_800_000, 600_010, 6_800_010)})
    with pytest.raises(EventTableInvalid, match="type int cannot be joined"):
        join_points(3, PLACES)
