"""The location quotient, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.specialisation import location_quotient, sum_of_all
from workbench.core.errors import RatioNotSummed

from .figures_of import NA, NAN, OK, A, M, assert_same, cut, figures


def test_it_is_the_share_here_over_the_share_everywhere() -> None:
    # 30 % and 1/30 of jobs, against 40 of 400.
    found = location_quotient(figures([30, 10]), figures([100, 300]))
    assert found.values.values.tolist() == pytest.approx([3, 1 / 3])


def test_a_reference_may_be_given() -> None:
    reference = figures(20, dims=()), figures(100, dims=())
    found = location_quotient(figures([30, 10]), figures([100, 100]), reference=reference)
    assert found.values.values.tolist() == pytest.approx([1.5, 0.5])
    assert found.status.values.tolist() == [OK, OK]


def test_every_sector_has_its_own_reference() -> None:
    jobs = figures([[30, 70], [10, 290]], dims=("territory", "sector"))
    found = location_quotient(jobs, figures([100, 300])).values
    assert found.values[:, 0].tolist() == pytest.approx([3, 1 / 3])
    assert found.values[:, 1].tolist() == pytest.approx([0.7 / 0.9, 290 / 300 / 0.9])


def test_the_terms_make_the_quotient_of_territories_put_together() -> None:
    found = location_quotient(figures([30, 10, 60]), figures([100, 300, 200]))
    both = found.numerator[:2].sum() / found.denominator[:2].sum()
    assert float(both) == pytest.approx((40 / 400) / (100 / 600))


def test_nothing_to_compare_is_not_applicable_and_the_unknown_stays_so() -> None:
    found = location_quotient(figures([0, 0]), figures([100, 300]))
    assert found.status.values.tolist() == [NA, NA]
    assert location_quotient(figures([1, NAN]), figures([9, 9])).status.values.tolist() == [M, M]
    assert location_quotient(figures([0, 1]), figures([0, 9])).status.values.tolist() == [NA, A]


def test_ratios_have_no_location_quotient() -> None:
    with pytest.raises(RatioNotSummed, match="does not add up"):
        location_quotient(figures([1, 2], kind="ratio"), figures([9, 9]))


counts = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), min_size=1, max_size=9)


@given(counts, st.integers(1, 4))
def test_weighted_by_the_whole_quotients_average_to_one(
    rows: list[tuple[int, int]], size: int
) -> None:
    mine, others = (np.array(column, float) for column in zip(*rows, strict=True))
    part, whole = figures(mine), figures(mine + others)
    found = location_quotient(part, whole)
    assert np.average(found.values, weights=mine + others) == pytest.approx(1)
    assert float(sum_of_all(part).values) == mine.sum()
    assert_same(location_quotient(cut(part, size), cut(whole, size)), found)
