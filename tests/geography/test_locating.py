"""A point is in its territory, or at a distance from it that a ruler would give."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.geography.boundaries import Boundaries
from workbench.geography.locating import distances, inside, locate

SQUARE = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
HOLE = np.array([[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6], [0.4, 0.4]])


@pytest.fixture
def drawn():
    """Give a square with a hole, and the square east of it."""
    points = np.concatenate([SQUARE, HOLE, SQUARE + np.array([1.0, 0])])
    return Boundaries({"a": 0, "b": 1}, points, np.array([0, 5, 10, 15]), np.array([0, 2, 3]))


def test_a_point_in_a_hole_is_outside(drawn):
    points = np.array([[0.2, 0.2], [0.5, 0.5], [1.5, 0.5], [1.5, 0.5], [0.2, 0.2]])
    assert inside(drawn, ["a", "a", "a", "b", "none"], points).tolist() == [
        True,
        False,
        False,
        True,
        False,
    ]
    assert locate(drawn, points) == ["a", "", "b", "b", "a"]


def test_a_degree_of_the_equator_is_111_km(drawn):
    points = np.array([[3.0, 0.5], [0.5, 0.5], [5.0, 5.0]])
    found = distances(drawn, ["b", "a", "none"], points)
    assert found.tolist() == pytest.approx([111.19, 11.12, np.inf], rel=2e-3)


def test_boxes_are_west_south_east_north(drawn):
    assert drawn.boxes.tolist() == [[0, 0, 1, 1], [1, 0, 2, 1]]


def test_every_territory_of_a_level_holds_a_point_of_its_own(france):
    """Département boundaries: a point well inside is located where it is."""
    level = france.boundaries("departement", detail="coarse")
    where = np.array([[3.06, 50.63], [2.35, 48.86], [55.5, -21.1], [-20.0, 50.0]])
    assert locate(level, where) == ["59", "75", "974", ""]
