"""The Theil index and its split, worked out by hand."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.inequality import theil_of_parts, theil_split
from workbench.compute.rollup import Grouping

from .figures_of import NA, OK, A, M, S, assert_same, cut, figures


def theil(amounts: list[float], sizes: list[float]) -> float:
    grouping = Grouping.of([0] * len(amounts), 1)
    return float(theil_of_parts(figures(amounts), figures(sizes), grouping, ["A"]).values[0])


def test_as_much_a_head_everywhere_is_no_inequality() -> None:
    assert theil([10, 30], [1, 3]) == 0


def test_one_of_four_having_all_is_the_logarithm_of_four() -> None:
    assert theil([0, 0, 0, 8], [1, 1, 1, 1]) == pytest.approx(log(4))


def test_three_quarters_for_half_of_the_people() -> None:
    assert theil([30, 10], [1, 1]) == pytest.approx(0.75 * log(1.5) + 0.25 * log(0.5))


@pytest.mark.parametrize(
    ("amounts", "sizes"), [([0, 0], [1, 1]), ([1, 1], [0, 2]), ([-1, 2], [1, 1])]
)
def test_what_cannot_be_shared_out_is_not_applicable(
    amounts: list[float], sizes: list[float]
) -> None:
    found = theil_of_parts(figures(amounts), figures(sizes), Grouping.of([0, 0], 1), ["A"])
    assert found.status.values.tolist() == [NA]


def test_a_place_without_people_nor_amount_changes_nothing() -> None:
    assert theil([30, 10, 0], [1, 1, 0]) == theil([30, 10], [1, 1])


def test_the_split_by_hand() -> None:
    # A has 30 and 10, B 20 and 20: all is within A, which has half of the amount.
    split = theil_split(
        figures([30, 10, 20, 20]), figures([1, 1, 1, 1]), Grouping.of([0, 0, 1, 1], 2), ["A", "B"]
    )
    inside = 0.75 * log(1.5) + 0.25 * log(0.5)
    assert split.groups.values.values.tolist() == pytest.approx([inside, 0])
    assert float(split.within.values) == pytest.approx(inside / 2)
    assert float(split.between.values) == 0
    assert split.total.values.dims == ()


def test_an_unknown_part_leaves_its_group_and_all_unknown() -> None:
    amounts = figures([30, 10, 20, 20], [OK, S, OK, OK])
    split = theil_split(amounts, figures([1, 1, 1, 1]), Grouping.of([0, 0, 1, 1], 2), ["A", "B"])
    assert split.groups.status.values.tolist() == [S, A]
    assert [int(each.status) for each in split[:3]] == [S, S, S]


def test_a_group_without_parts_is_left_out_of_the_split() -> None:
    split = theil_split(figures([30, 10]), figures([1, 1]), Grouping.of([0, 2], 3), ["A", "B", "C"])
    assert split.groups.status.values.tolist() == [OK, M, OK]
    assert int(split.total.status) == A
    assert float(split.between.values) == pytest.approx(float(split.total.values))


rows = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 9)), min_size=2, max_size=15)


@given(rows.filter(lambda drawn: sum(row[0] for row in drawn) > 0), st.integers(1, 4))
def test_within_and_between_add_up_to_all(drawn: list[tuple[int, int]], count: int) -> None:
    amounts, sizes = zip(*drawn, strict=True)
    grouping = Grouping.of(np.arange(len(drawn)) % count, count)
    split = theil_split(figures(amounts), figures(sizes), grouping, list("ABCD")[:count])
    both = float(split.within.values) + float(split.between.values)
    assert both == pytest.approx(float(split.total.values), abs=1e-12)
    assert float(split.total.values) == pytest.approx(theil(list(amounts), list(sizes)))


@given(rows, st.integers(1, 5))
def test_chunks_never_change_a_bit(drawn: list[tuple[int, int]], size: int) -> None:
    amounts, sizes = (figures(column) for column in zip(*drawn, strict=True))
    grouping = Grouping.of(np.arange(len(drawn)) % 2, 2)
    lazy = theil_split(cut(amounts, size), cut(sizes, size), grouping, ["A", "B"])
    plain = theil_split(amounts, sizes, grouping, ["A", "B"])
    for found, expected in zip(lazy, plain, strict=True):
        assert_same(found, expected)
