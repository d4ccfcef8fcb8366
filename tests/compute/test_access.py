"""Nearest places and places within reach, as the crow flies and by a matrix of travel."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.access import RADIUS_KM, nearest_place, places_within, share_within
from workbench.compute.rollup import Grouping
from workbench.compute.travel import floating_catchment, nearest_by_travel, places_by_travel
from workbench.core.errors import GeometryInvalid, MissingExtra

from .figures_of import NA, NAN, OK, A, E, M, S, assert_same, figures

INF = float("inf")
DEGREE = RADIUS_KM * np.pi / 180


def line(*values: float) -> xr.DataArray:
    return xr.DataArray(np.array(values, float), dims="territory")


def matrix(rows: object) -> xr.DataArray:
    dims = ("territory", "place")
    return xr.DataArray(np.array(rows, float), dims=dims, attrs={"units": "min"})


def test_a_degree_of_latitude_is_111_km() -> None:
    found = nearest_place(line(2), line(48), [[2, 50], [2, 49]])
    assert found.values.values.tolist() == pytest.approx([DEGREE])
    assert nearest_place(line(2), line(48), [[2, 50], [2, 49]], rank=2).values.values.tolist() == (
        pytest.approx([2 * DEGREE])
    )


def test_the_antimeridian_and_the_poles_are_no_border() -> None:
    assert nearest_place(line(179.5), line(0), [[-179.5, 0]]).values.values == pytest.approx(DEGREE)
    assert nearest_place(line(0), line(89), [[180, 89]]).values.values == pytest.approx(2 * DEGREE)


def test_places_within_a_radius_are_counted() -> None:
    places = [[2, 49], [2, 50], [9, 9]]
    assert places_within(line(2), line(48), places, radius=DEGREE * 2.01).values.values == [2]
    assert places_within(line(2), line(48), places, radius=30_000).values.values == [3]
    assert places_within(line(2), line(48), [], radius=9).values.values == [0]


def test_no_coordinates_are_missing_and_no_place_is_not_applicable() -> None:
    assert nearest_place(line(2, NAN), line(48, 48), [[2, 49]]).status.values.tolist() == [OK, M]
    assert nearest_place(line(2, NAN), line(48, 48), []).status.values.tolist() == [NA, M]
    assert places_within(line(NAN), line(1), [[2, 2]], radius=1).status.values.tolist() == [M]


def test_coordinates_that_are_not_degrees_are_refused() -> None:
    with pytest.raises(GeometryInvalid, match=r"place 1 is at \[48.0, 200.0\]: longitude"):
        nearest_place(line(2), line(48), [[2, 48], [48, 200]])


def test_ranks_and_radii_are_checked() -> None:
    with pytest.raises(ValueError, match="rank 0 is asked for; 1 is the nearest"):
        nearest_place(line(2), line(48), [[2, 48]], rank=0)
    with pytest.raises(ValueError, match="0 or more; found -1"):
        places_within(line(2), line(48), [[2, 48]], radius=-1)


def test_without_scipy_what_to_install_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.spatial", None)
    with pytest.raises(MissingExtra, match=r"scipy: install territorial-workbench\[stats\]"):
        nearest_place(line(2), line(48), [[2, 49]])


def test_travel_to_the_nearest_by_rank() -> None:
    travel = matrix([[12, 5], [40, INF], [NAN, 1]])
    assert nearest_by_travel(travel).values.values[:2].tolist() == [5, 40]
    assert nearest_by_travel(travel, rank=2).status.values.tolist() == [OK, NA, M]
    assert nearest_by_travel(travel, rank=3).status.values.tolist() == [NA, NA, M]
    assert nearest_by_travel(travel).values.attrs["units"] == "min"


def test_places_within_a_travel_are_counted_the_limit_included() -> None:
    found = places_by_travel(matrix([[12, 5], [40, INF], [NAN, 1]]), limit=12)
    assert found.values.values[:2].tolist() == [2, 0]
    assert found.status.values.tolist() == [OK, OK, M]


def test_the_share_within_reach_counts_people() -> None:
    grouping, people = Grouping.of([0, 0, 1, 1], 2), figures([300, 100, 10, 30])
    found = share_within(
        figures([5, 5.1, 2, NAN], [OK, OK, OK, NA]), people, grouping, ["A", "B"], limit=5
    )
    assert found.values.values.tolist() == [75, 25]
    assert found.status.values.tolist() == [A, A]
    unknown = share_within(figures([5, NAN, 2, 2]), people, grouping, ["A", "B"], limit=5)
    assert unknown.status.values.tolist() == [M, A]


def test_a_floating_catchment_shares_each_place_among_those_who_reach_it() -> None:
    # Place 0 serves both (2 for 2,000), place 1 the second only (3 for 1,500).
    travel, supply = matrix([[5, 40], [10, 12]]), xr.DataArray([2.0, 3.0], dims="place")
    found = floating_catchment(travel, supply, figures([500, 1500]), limit=15)
    assert found.values.values.tolist() == pytest.approx([0.001, 0.003])
    assert found.status.values.tolist() == [E, E]


def test_an_unknown_neighbour_leaves_what_is_shared_unknown() -> None:
    travel, supply = matrix([[5, 40], [10, 12], [90, 5]]), xr.DataArray([2.0, 3.0], dims="place")
    found = floating_catchment(travel, supply, figures([500, 9, 8], [S, OK, OK]), limit=15)
    assert found.status.values.tolist() == [S, S, E]


def test_unknown_travel_cannot_be_shared_out() -> None:
    supply = xr.DataArray([2.0], dims="place")
    with pytest.raises(ValueError, match="1 costs of travel are unknown: give inf"):
        floating_catchment(matrix([[NAN]]), supply, figures([1]), limit=15)


@given(st.lists(st.lists(st.integers(1, 20), min_size=3, max_size=3), min_size=1, max_size=6))
def test_all_that_is_reached_is_handed_out_once(rows: list[list[int]]) -> None:
    travel, supply = matrix(rows), xr.DataArray([1.0, 2.0, 4.0], dims="place")
    people = np.arange(1.0, len(rows) + 1)
    found = floating_catchment(travel, supply, figures(people), limit=10).values
    reached = (np.array(rows) <= 10).any(axis=0)
    assert float((found * people).sum()) == pytest.approx(supply.values[reached].sum())


degrees = st.tuples(st.integers(-180, 180), st.integers(-90, 90))


@given(st.lists(degrees, min_size=1, max_size=8), st.lists(degrees, min_size=1, max_size=8))
def test_the_nearest_is_that_of_all_great_circles(
    origins: list[tuple[int, int]], places: list[tuple[int, int]]
) -> None:
    lon, lat = (line(*column) for column in zip(*origins, strict=True))
    (x1, y1), (x2, y2) = (np.radians(np.array(each, float)).T for each in (origins, places))
    half = np.sin((y1[:, None] - y2) / 2) ** 2
    half = half + np.cos(y1)[:, None] * np.cos(y2) * np.sin((x1[:, None] - x2) / 2) ** 2
    every = 2 * RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1)))
    found = nearest_place(lon, lat, places)
    np.testing.assert_allclose(found.values, every.min(axis=1), atol=1e-3)
    counts = places_within(lon, lat, places, radius=5000.4).values
    np.testing.assert_array_equal(counts, (every <= 5000.4).sum(axis=1))
    assert_same(nearest_place(lon.chunk(2), lat.chunk(2), places), found)
