"""How a group lives apart: worked out by hand on two communes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.rollup import Grouping
from workbench.compute.segregation import (
    dissimilarity_of_parts,
    exposure_of_parts,
    isolation_of_parts,
)

from .figures_of import NA, OK, A, M, S, assert_same, cut, figures

ONE = Grouping.of([0, 0], 1)
MEASURES = [dissimilarity_of_parts, isolation_of_parts]


def one(measure: object, group: list[float], everyone: list[float]) -> float:
    grouping = Grouping.of([0] * len(group), 1)
    found = measure(figures(group), figures(everyone), grouping, ["A"])  # type: ignore[operator]
    return float(found.values[0])


def test_a_group_spread_as_the_others_is_not_segregated() -> None:
    assert one(dissimilarity_of_parts, [10, 30], [100, 300]) == pytest.approx(0)
    assert one(isolation_of_parts, [10, 30], [100, 300]) == pytest.approx(0.1)


def test_a_group_with_no_part_in_common_is_wholly_segregated() -> None:
    assert one(dissimilarity_of_parts, [100, 0], [100, 300]) == 1
    assert one(isolation_of_parts, [100, 0], [100, 300]) == 1


def test_dissimilarity_by_hand() -> None:
    # Shares of the group ¾ and ¼, of the others 20/60 and 40/60: ½ (5/12 + 5/12).
    assert one(dissimilarity_of_parts, [30, 10], [50, 50]) == pytest.approx(5 / 12)


def test_isolation_and_exposure_by_hand() -> None:
    # ¾ meet 30 of 50 of their own, ¼ meet 10 of 50: 0.45 + 0.05.
    assert one(isolation_of_parts, [30, 10], [50, 50]) == pytest.approx(0.5)
    args = figures([30, 10]), figures([10, 10]), figures([50, 50])
    assert float(exposure_of_parts(*args, ONE, ["A"]).values[0]) == pytest.approx(0.2)


def test_a_part_without_anybody_changes_nothing() -> None:
    assert one(isolation_of_parts, [30, 10, 0], [50, 50, 0]) == pytest.approx(0.5)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("group", [[0, 0], [-1, 3], [60, 1]])
def test_nobody_fewer_than_nobody_and_more_than_all_are_not_applicable(
    measure: object, group: list[float]
) -> None:
    found = measure(figures(group), figures([50, 50]), ONE, ["A"])  # type: ignore[operator]
    assert found.status.values.tolist() == [NA]


def test_when_everybody_is_of_the_group_there_is_nobody_to_be_apart_from() -> None:
    found = dissimilarity_of_parts(figures([5, 5]), figures([5, 5]), ONE, ["A"])
    assert found.status.values.tolist() == [NA]


@pytest.mark.parametrize("measure", MEASURES)
def test_the_status_is_the_least_certain_of_the_parts(measure: object) -> None:
    grouping = Grouping.of([0, 0, 1, 1, 2, 3], 4)
    group = figures([1, 1, 1, 1, 1, 1], [OK, S, OK, NA, M, OK])
    found = measure(group, figures([4] * 6), grouping, list("ABCD"))  # type: ignore[operator]
    assert found.status.values.tolist() == [S, OK, M, OK]
    assert np.isnan(found.values.values).tolist() == [True, False, True, False]


def test_the_result_says_what_it_is() -> None:
    group = figures([30, 10], long_name="people over 65", vintage=2026)
    found = dissimilarity_of_parts(group, figures([50, 50]), ONE, ["A"])
    assert found.values.attrs["long_name"] == "dissimilarity of people over 65"
    assert found.values.attrs["kind"] == "inequality"
    assert "Duncan" in found.values.attrs["references"]
    assert found.status.attrs["flag_meanings"].startswith("observed aggregated")
    assert found.status.values.tolist() == [A]


people = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=2, max_size=12
).filter(lambda rows: sum(row[0] for row in rows) > 0)


@given(people)
def test_isolation_and_exposure_to_all_others_make_one(rows: list[tuple[int, int]]) -> None:
    mine, others = (np.array(column, float) for column in zip(*rows, strict=True))
    grouping = Grouping.of([0] * len(rows), 1)
    three = figures(mine), figures(others), figures(mine + others)
    isolation = isolation_of_parts(three[0], three[2], grouping, ["A"]).values
    exposure = exposure_of_parts(*three, grouping, ["A"]).values
    assert float(isolation[0] + exposure[0]) == pytest.approx(1)


@given(people)
def test_dissimilarity_is_the_same_seen_from_the_others(rows: list[tuple[int, int]]) -> None:
    mine, others = (np.array(column, float) for column in zip(*rows, strict=True))
    everyone = (mine + others).tolist()
    seen = [one(dissimilarity_of_parts, each.tolist(), everyone) for each in (mine, others)]
    assert seen[0] == pytest.approx(seen[1])
    assert 0 <= seen[0] <= 1 + 1e-12


@given(people, st.integers(1, 5))
def test_chunks_never_change_a_bit(rows: list[tuple[int, int]], size: int) -> None:
    mine, others = (np.array(column, float) for column in zip(*rows, strict=True))
    group, everyone = figures(mine), figures(mine + others)
    grouping = Grouping.of(np.arange(len(rows)) % 2, 2)
    for measure in MEASURES:
        lazy = measure(cut(group, size), cut(everyone, size), grouping, ["A", "B"])
        assert_same(lazy, measure(group, everyone, grouping, ["A", "B"]))
