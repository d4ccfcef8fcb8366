"""Drawing is a small part of a report's time. Wide limits: a slow machine is not a failure."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from workbench.core.types import Quantity
from workbench.figures import Mark, Role, choropleth, quantile_breaks, strip

from .drawings import percent
from .test_map import grid_of_areas


def best_of(runs: int, action: Callable[[], object]) -> float:
    """Give the shortest time of several runs, in milliseconds: the least disturbed."""
    times = []
    for _ in range(runs):
        start = perf_counter()
        action()
        times.append(perf_counter() - start)
    return 1000 * min(times)


def test_strip_of_all_communes() -> None:
    """Aimed at 3 ms for 35 000 values."""
    values = np.sort(np.random.default_rng(1).gamma(4, 2, 35_000))
    own = Mark("Lille", Quantity(8.0), Role.TERRITORY)
    others = [Mark(name, Quantity(v)) for name, v in (("Nord", 7.0), ("France", 9.0))]
    took = best_of(9, lambda: strip(values, own, key="k", title="t", fmt=percent, others=others))
    assert took < 15


def test_map_of_five_hundred_communes() -> None:
    """Aimed at 25 ms for 500 areas of 30 points."""
    areas = grid_of_areas(25, 20)
    breaks = quantile_breaks(np.array([area.value.value for area in areas]))
    took = best_of(7, lambda: choropleth(areas, key="k", title="t", fmt=percent, breaks=breaks))
    assert took < 125
