"""Zero, missing, suppressed and not applicable are four different things."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.types import Kind, Quantity, Status, Territory

ABSENT = [Status.SUPPRESSED, Status.MISSING, Status.NOT_APPLICABLE]


@pytest.mark.parametrize("status", Status)
def test_a_status_says_whether_there_is_a_number(status):
    """Observed, aggregated, apportioned and estimated have one."""
    assert (status not in ABSENT) == status.has_value


def test_flags_are_those_of_the_files():
    """CF flag values and meanings, in one order for ever: files hold the numbers."""
    assert [*Status] == [0, 1, 2, 3, 4, 5, 6]
    assert Status.flag_meanings() == (
        "observed aggregated apportioned estimated suppressed missing not_applicable"
    )


def test_zero_is_a_figure():
    """Known, unlike the three absences, which differ from one another."""
    assert Quantity(0.0).known
    assert len({Quantity.absent(status).status for status in ABSENT}) == 3
    assert not any(Quantity.absent(status).known for status in ABSENT)


@pytest.mark.parametrize("status", ABSENT)
def test_a_number_that_is_not_there_cannot_be_given(status):
    """A suppressed figure carries no value, even by mistake."""
    assert math.isnan(Quantity.absent(status).value)
    with pytest.raises(ValueError, match=f"3.0 does not go with status {status.name.lower()}"):
        Quantity(3.0, status)


@pytest.mark.parametrize("status", set(Status) - set(ABSENT))
def test_a_number_that_is_there_cannot_be_nan(status):
    """NaN needs a reason."""
    with pytest.raises(ValueError, match="value nan does not go with status"):
        Quantity(math.nan, status)


@given(st.floats(allow_nan=False), st.sampled_from([*Status]))
def test_law_value_and_status_agree(value, status):
    """A quantity is known exactly when its status carries a number."""
    if status.has_value:
        assert Quantity(value, status).known
    else:
        with pytest.raises(ValueError, match="does not go with"):
            Quantity(value, status)


def test_kinds_are_written_as_words():
    """In catalogues and in the attributes of cubes."""
    assert [str(kind) for kind in Kind] == [
        "count",
        "ratio",
        "density",
        "mean",
        "median",
        "inequality",
        "flag",
        "category",
    ]
    assert Kind("count") is Kind.COUNT


def test_a_territory_is_a_record():
    """It cannot be changed under the hand of another report."""
    nord = Territory("59", "departement", "Nord", 2026, article="le")
    assert nord == Territory("59", "departement", "Nord", 2026, article="le")
    assert nord.parents == {}
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'code'"):
        nord.code = "62"
