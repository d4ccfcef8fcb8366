"""A series parted into trend, seasons and rest."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.compute.quantities import Quantities
from workbench.compute.seasons import seasonal_parts
from workbench.core.errors import FigureError, MissingExtra

from .figures_of import OK, E, M, S, assert_same, figures

SUMMER = np.tile([0.0, 0.0, 8.0, 0.0], 4)
SERIES = np.array([np.arange(16.0) + SUMMER, np.full(16, 5.0)])


def quarters(values: object = SERIES, status: object = None) -> Quantities:
    return figures(values, status, dims=("territory", "time"), units="night")


def test_a_line_with_a_summer_is_found_again() -> None:
    found = seasonal_parts(quarters(), season=4)
    # The summer's 8, around the mean of the season.
    assert found.seasonal.values[0, :4] == pytest.approx([-2, -2, 6, -2])
    assert found.trend.values[0] == pytest.approx(np.arange(16) + 2)
    assert found.seasonal.values[1] == pytest.approx(np.zeros(16))
    assert set(found.status.values.ravel()) == {E}
    assert found.trend.attrs["units"] == "night"


@pytest.mark.parametrize("robust", [False, True])
def test_the_three_add_up_to_the_series(robust: bool) -> None:
    noisy = quarters(np.random.default_rng(0).random((3, 16)))
    found = seasonal_parts(noisy, season=4, robust=robust)
    total = found.trend + found.seasonal + found.rest
    np.testing.assert_allclose(total, noisy.values, rtol=1e-12)


def test_a_series_with_a_gap_is_not_parted() -> None:
    status = np.full((2, 16), OK)
    status[1, 3] = S
    gap = SERIES.copy()
    gap[0, 5] = np.nan
    found = seasonal_parts(quarters(gap, status), season=4)
    assert found.status.values[:, 0].tolist() == [M, S]
    assert np.isnan(found.trend.values).all()


def test_chunks_never_change_a_bit() -> None:
    plain = quarters()
    lazy = Quantities(*(array.chunk({"territory": 1, "time": 5}) for array in plain))
    assert_same(seasonal_parts(lazy, season=4), seasonal_parts(plain, season=4))


def at(labels: object) -> Quantities:
    return Quantities(*(each.assign_coords(time=labels) for each in quarters()))


def test_months_are_regular_though_not_as_long() -> None:
    for step in ("MS", "ME", "QS", "YS", "D"):
        seasonal_parts(at(pd.date_range("2020-01-01", periods=16, freq=step)), season=4)
    seasonal_parts(at(np.arange(2001, 2017)), season=4)


@pytest.mark.parametrize(
    "labels",
    [
        np.array([*range(15), 99]),
        np.arange(16)[::-1],
        pd.date_range("2020-01-01", periods=17, freq="MS").delete(4),
    ],
)
def test_steps_that_lack_or_go_back_are_refused(labels: object) -> None:
    with pytest.raises(FigureError, match="not regular, or not in order"):
        seasonal_parts(at(labels), season=4)


def test_two_whole_seasons_are_needed() -> None:
    with pytest.raises(FigureError, match="16 steps make fewer than two whole seasons of 12"):
        seasonal_parts(quarters(), season=12)
    with pytest.raises(FigureError, match="2 steps or more, 12 for months; found 1"):
        seasonal_parts(quarters(), season=1)
    with pytest.raises(ValueError, match="no dim is named 'month'"):
        seasonal_parts(quarters(), season=4, time="month")


def test_without_statsmodels_what_to_install_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels.tsa.seasonal", None)
    with pytest.raises(MissingExtra, match=r"statsmodels: install territorial-workbench\[stats\]"):
        seasonal_parts(quarters(), season=4)


def test_other_dims_and_their_order_are_kept() -> None:
    three = xr.DataArray(np.stack([SERIES, SERIES + 1], axis=2), dims=("territory", "time", "sex"))
    status = xr.zeros_like(three, dtype=np.int8)
    found = seasonal_parts(Quantities(three, status), season=4)
    assert found.trend.dims == ("territory", "time", "sex")
    assert found.trend.values[0, :, 1] == pytest.approx(np.arange(16) + 3)
