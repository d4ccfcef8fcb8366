"""One series on one map: each period from the map nearest to it."""

from __future__ import annotations

import pytest

from workbench.core.errors import UnknownName
from workbench.core.types import Status
from workbench.geography.conversion_report import conversions
from workbench.geography.series import constant_perimeter

from .tiny_atlas import ATLAS, NEW, OLD

A, AP, OK = (int(status) for status in (Status.AGGREGATED, Status.APPORTIONED, Status.OBSERVED))


def test_each_period_comes_from_its_own_map_and_the_nearest_of_several() -> None:
    """In 2010: A 10 + B 20; C 30, three quarters of it, + G 50; D the rest; E 40; H 60."""
    made = constant_perimeter("people", pack=ATLAS)
    assert made["map"].to_series().to_dict() == {2010: 2012, 2016: 2020}
    assert made["people"].sel(period=2010).to_series().to_dict() == {
        **{"A": 30, "C": 72.5, "D": 7.5, "F": 40, "H": 60},
    }
    assert made["people"].sel(period=2016).values.tolist() == [10, 20, 30, 40, 50]
    assert made["people_status"].sel(period=2010).values.tolist() == [A, AP, AP, OK, OK]
    assert made["name"].values.tolist() == [f"{code} town" for code in NEW]


def test_it_may_be_on_an_older_map() -> None:
    made = constant_perimeter("people", to=2012, pack=ATLAS)
    assert made["map"].values.tolist() == [2012, 2012]
    assert list(made["territory"].values) == OLD
    assert (made["people_status"] == OK).all()


def test_each_map_has_its_report() -> None:
    made = constant_perimeter("people", pack=ATLAS)
    assert [(one.since, one.to) for one in conversions(made)] == [(2012, 2020), (2020, 2020)]
    assert made.attrs["vintage"] == 2020


def test_a_variable_of_the_latest_map_only_is_there_as_it_is() -> None:
    made = constant_perimeter("homes", pack=ATLAS)
    assert made["homes"].sizes["period"] == 1


def test_an_unknown_variable_is_refused() -> None:
    with pytest.raises(UnknownName, match="no variable cats"):
        constant_perimeter("cats", pack=ATLAS)
