"""Weighted means of parts: facts on a few communes, then laws."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.compute.means import weighted_mean
from workbench.compute.quantities import Quantities, Quotient, divide
from workbench.compute.rollup import Grouping, roll_up
from workbench.core.errors import MedianNotAggregated, RatioNotSummed, VintageMismatch

from .figures_of import AP, NA, NAN, OK, A, E, M, S, assert_same, cut, figures


def mean_of(values: Quantities, weights: Quantities, membership: object, count: int) -> Quotient:
    return weighted_mean(
        values.values,
        weights.values,
        membership,  # type: ignore[arg-type]
        [f"G{i}" for i in range(count)],
        status=values.status,
        weight_status=weights.status,
    )


def test_each_part_weighs_what_its_denominator_is() -> None:
    # 300 homes at 20 and 100 at 30: (6000 + 3000) / 400.
    found = mean_of(figures([20, 30, 25]), figures([300, 100, 50]), [0, 0, 1], 2)
    assert found.values.values.tolist() == [22.5, 25]
    assert found.status.values.tolist() == [A, OK]


def test_both_terms_are_kept() -> None:
    found = mean_of(figures([20, 30]), figures([300, 100]), [0, 0], 1)
    assert (float(found.numerator[0]), float(found.denominator[0])) == (9000, 400)


def test_without_a_status_what_is_not_there_is_missing() -> None:
    rates = xr.DataArray([1.0, NAN, 3.0, 4.0], dims="territory")
    people = xr.DataArray([1.0, 1.0, 1.0, NAN], dims="territory")
    found = weighted_mean(rates, people, [0, 0, 1, 2], ["A", "B", "C"])
    assert found.status.values.tolist() == [M, OK, M]
    assert np.isnan(found.values.values[[0, 2]]).all()


@pytest.mark.parametrize(
    ("status", "expected"),
    [([OK, AP], AP), ([E, OK], E), ([OK, S], S), ([S, M], M), ([NA, OK], OK), ([NA, NA], NA)],
)
@pytest.mark.parametrize("of_weight", [False, True])
def test_the_status_is_the_least_certain_of_the_parts(
    status: list[int], expected: int, of_weight: bool
) -> None:
    told, plain = figures([2, 4], status), figures([1, 1])
    pair = (plain, told) if of_weight else (told, plain)
    found = mean_of(*pair, [0, 0], 1)
    assert found.status.values.tolist() == [expected]
    assert bool(np.isnan(found.values[0])) == (expected > E)


def test_a_part_that_is_not_applicable_weighs_nothing() -> None:
    found = mean_of(figures([10, 99], [OK, NA]), figures([1, 1000]), [0, 0], 1)
    assert (float(found.values[0]), float(found.denominator[0])) == (10, 1)


def test_a_suppressed_part_tells_nothing_of_the_terms() -> None:
    found = mean_of(figures([10, 99], [OK, S]), figures([1, 1]), [0, 0], 1)
    assert np.isnan(found.numerator.values[0])


@pytest.mark.parametrize("weights", [[0, 0], [-1, 3]])
def test_a_mean_that_weights_do_not_define_is_not_applicable(weights: list[float]) -> None:
    assert mean_of(figures([1, 2]), figures(weights), [0, 0], 1).status.values.tolist() == [NA]


def test_a_group_without_parts_is_missing() -> None:
    assert mean_of(figures([1]), figures([1]), [1], 2).status.values.tolist() == [M, OK]


def test_the_result_says_what_it_is() -> None:
    rates = figures([1, 2], units="percent", long_name="vacancy", kind="ratio", vintage=2026)
    attrs = mean_of(rates, figures([1, 1]), [0, 0], 1).values.attrs
    assert attrs == {
        "long_name": "weighted mean of vacancy",
        "units": "percent",
        "kind": "ratio",
        "formula": "sum(w * v) / sum(w)",
        "vintage": 2026,
    }


def test_counts_are_not_averaged() -> None:
    with pytest.raises(RatioNotSummed, match=r"homes counts.*roll_up"):
        mean_of(figures([1], kind="count", long_name="homes"), figures([1]), [0], 1)


@pytest.mark.parametrize("kind", ["median", "inequality"])
def test_medians_are_never_averaged(kind: str) -> None:
    with pytest.raises(MedianNotAggregated, match=f"of kind {kind}: a mean of such figures"):
        mean_of(figures([1], kind=kind), figures([1]), [0], 1)


def test_two_vintages_are_never_mixed() -> None:
    with pytest.raises(VintageMismatch, match="2024 and 2026"):
        mean_of(figures([1], vintage=2024), figures([1], vintage=2026), [0], 1)


def test_membership_must_be_of_the_parts() -> None:
    with pytest.raises(ValueError, match="3 parts in 1 groups; there are 2 parts"):
        mean_of(figures([1, 2]), figures([1, 1]), [0, 0, 0], 1)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Quantities, Quantities, np.ndarray, int]:
    """Draw ratios by territory, period and sex, and weights by territory and period or not.

    One table in two has groups large enough for the way that large groups are summed.
    """
    count = draw(st.sampled_from([9, 700]))
    groups = draw(st.integers(1, 3 if count > 9 else 7))
    member = np.arange(count) * groups // count
    if draw(st.booleans()):
        member = np.random.default_rng(draw(st.integers(0, 99))).permutation(member)
    shape = (count, draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    values = random.random(shape)
    status = np.zeros(shape, np.int8)
    if draw(st.booleans()):
        marks = st.sampled_from([OK, A, E, S, M, NA])
        status[draw(hnp.arrays(np.intp, 3, elements=st.integers(0, count - 1)))] = draw(marks)
    values[status > E] = NAN
    weights = random.integers(1, 50, shape[: draw(st.integers(1, 3))]).astype(float)
    dims = ("territory", "period", "sex")
    return (
        figures(values, status, dims=dims),
        figures(weights, dims=dims[: weights.ndim]),
        member,
        groups,
    )


@given(tables())
def test_the_mean_is_that_of_the_terms_rolled_up(
    table: tuple[Quantities, Quantities, np.ndarray, int],
) -> None:
    values, weights, member, groups = table
    codes = [f"G{i}" for i in range(groups)]
    product = values.values * weights.values
    size = xr.zeros_like(values.values) + weights.values
    status = values.status
    expected = divide(
        roll_up(product, member, codes, status=status), roll_up(size, member, codes, status=status)
    )
    found = mean_of(values, weights, member, groups)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-12)
    np.testing.assert_array_equal(found.status, expected.status)


@given(tables(), st.integers(1, 3))
def test_chunks_never_change_a_bit(
    table: tuple[Quantities, Quantities, np.ndarray, int], size: int
) -> None:
    values, weights, member, groups = table
    chunks = {"territory": 100, "period": size, "sex": size}
    lazy = Quantities(*(array.chunk(chunks) for array in values))
    assert_same(mean_of(lazy, weights, member, groups), mean_of(values, weights, member, groups))


@given(tables())
def test_memory_layout_never_changes_a_bit(
    table: tuple[Quantities, Quantities, np.ndarray, int],
) -> None:
    values, weights, member, groups = table
    turned = Quantities(
        values.values.copy(data=np.asfortranarray(values.values.values)), values.status
    )
    found, expected = (mean_of(each, weights, member, groups) for each in (turned, values))
    xr.testing.assert_identical(found.values, expected.values)


@given(tables())
def test_the_mean_of_all_follows_from_those_of_groups(
    table: tuple[Quantities, Quantities, np.ndarray, int],
) -> None:
    values, weights, member, groups = table
    first = mean_of(values, weights, member, groups)
    terms = [Quantities(term, first.status) for term in (first.values, first.denominator)]
    by_steps = mean_of(*terms, [0] * groups, 1)
    at_once = mean_of(values, weights, np.zeros(len(member), int), 1)
    np.testing.assert_allclose(by_steps.values, at_once.values, rtol=1e-12)


def test_float32_and_integers_are_averaged_in_double_precision() -> None:
    values = xr.DataArray(np.full(1000, 0.1, np.float32), dims="territory")
    weights = xr.DataArray(np.ones(1000, np.int32), dims="territory")
    found = weighted_mean(values, weights, Grouping.of(np.zeros(1000, int), 1), ["A"])
    assert float(found.values[0]) == pytest.approx(float(np.float32(0.1)), rel=1e-14)


def test_lazy_figures_stay_lazy() -> None:
    values = cut(figures([1, 2]), 1)
    assert mean_of(values, figures([1, 1]), [0, 0], 1).values.chunks is not None
