"""Projections put a place where the formula, worked by hand, puts it."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.geography.boundaries import Projection
from workbench.packs.pack import open_pack

EARTH = 6371.0088  # km


def test_lambert_is_the_worked_example_of_snyder():
    """Page 295, unit sphere: parallels 33° and 45°, origin 23°N 96°W, the point 35°N 75°W."""
    project = Projection("lambert", -96, 23, (33, 45))
    expected = EARTH * np.array([[0.2966785, 0.2462112]])
    assert project(np.array([[-75.0, 35.0]])) == pytest.approx(expected, abs=EARTH * 5e-8)


@given(st.floats(-5, 10), st.floats(41, 52))
def test_law_lambert_is_the_one_of_every_map_tool(longitude, latitude):
    """PROJ's, on the same sphere and the parallels of the pack."""
    own = open_pack("france").spec.frames[0].projection
    first, second = own.parallels
    proj = pyproj.Proj(
        proj="lcc",
        lat_1=first,
        lat_2=second,
        lat_0=own.latitude,
        lon_0=own.longitude,
        R=EARTH * 1000,
    )
    expected = np.array([proj(longitude, latitude)]) / 1000
    assert own(np.array([[longitude, latitude]])) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    "project",
    [Projection("lambert", 3, 46.5, (44, 49)), Projection("local", 55.5, -21.1)],
    ids=["lambert", "local"],
)
def test_the_origin_is_at_zero_and_a_degree_north_is_111_km(project):
    """Kilometres east, then north."""
    here = (project.longitude, project.latitude)
    points = np.array([here, (here[0], here[1] + 1), (here[0] + 0.01, here[1])])
    origin, north, east = project(points)
    assert origin == pytest.approx([0, 0], abs=1e-9)
    assert north == pytest.approx([0, 111.195], abs=0.2)
    assert east[0] == pytest.approx(1.112 * np.cos(np.radians(here[1])), rel=2e-3)


@pytest.mark.parametrize("frame", open_pack("france").spec.frames, ids=lambda frame: frame.id)
def test_small_circles_stay_round(frame):
    """A circle of 10 km around the origin is not stretched by more than half a percent."""
    project = frame.projection
    turn = np.linspace(0, 2 * np.pi, 16)
    reach = np.degrees(10 / EARTH)
    circle = np.column_stack(
        [
            project.longitude + reach * np.cos(turn) / np.cos(np.radians(project.latitude)),
            project.latitude + reach * np.sin(turn),
        ]
    )
    assert np.hypot(*project(circle).T) == pytest.approx(np.full(16, 10.0), rel=5e-3)


def test_a_declaration_is_read():
    """Parallels are the Lambert projection's only."""
    row = {"kind": "local", "longitude": 1.0, "latitude": 2.0}
    assert Projection.read(row) == Projection("local", 1.0, 2.0, (0.0, 0.0))
    conic = {**row, "kind": "lambert", "parallels": [44.0, 49.0]}
    assert Projection.read(conic).parallels == (44.0, 49.0)
