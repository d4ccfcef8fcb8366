"""Laws of conversion: totals, roll-ups, order, chunks, the way round."""

from __future__ import annotations

import dask.array as da
import numpy as np
import pandas as pd
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.rollup import roll_up
from workbench.core.types import Status
from workbench.geography.converting import convert

from .tiny_atlas import ATLAS, COUNTIES, OLD, WEIGHTS, TinyAtlas, events
from .tiny_cubes import cube

CODES = list("ABCDEFGH")
COUNTIES_IN_ORDER = ["ONE", "TWO"]
YEARS = st.integers(2012, 2020)
STATUS = st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5, 6])


@st.composite
def mergers(draw: st.DrawFn) -> TinyAtlas:
    """Draw a country whose territories only ever merge or change code."""
    left, rows, fresh = list(CODES), [], iter("STUVWXYZ")
    for year in range(2013, draw(st.integers(2014, 2020))):
        if draw(st.booleans()):
            old, new = draw(st.sampled_from(left)), next(fresh)
            rows.append((f"{year}-01-01", "code_change", old, new))
            left[left.index(old)] = new
        elif len(left) > 1:
            holder, joins = draw(st.permutations(left))[:2]
            rows += [(f"{year}-01-01", "merger", code, holder) for code in (holder, joins)]
            left.remove(joins)
    rows = [("2012-01-02", "rename", "A", "A"), *rows]
    return TinyAtlas(events(*rows, latest=sorted(left)), {})


def drawn_cube(draw: st.DrawFn, codes: list[str]) -> xr.Dataset:
    shape = (len(codes), 3)
    cells = shape[0] * shape[1]
    status = np.array(draw(st.lists(STATUS, min_size=cells, max_size=cells))).reshape(shape)
    values = np.array(draw(st.lists(st.integers(0, 999), min_size=cells, max_size=cells)), float)
    values = np.where(status <= Status.ESTIMATED, values.reshape(shape), np.nan)
    coords = {"territory": np.array(codes, dtype=object), "period": [2010, 2011, 2012]}
    dims = ("territory", "period")
    return cube(
        homes=xr.DataArray(values, dims=dims, coords=coords, attrs={"kind": "count"}),
        homes_status=xr.DataArray(status.astype(np.int8), dims=dims, coords=coords),
    )


cubes = st.composite(drawn_cube)


def known(given: xr.Dataset) -> xr.Dataset:
    """Keep what is known, else 0: then totals have a meaning."""
    return given.assign(homes=given["homes"].fillna(0).assign_attrs(kind="count")).drop_vars(
        "homes_status"
    )


@given(mergers(), cubes(CODES), YEARS)
def test_mergers_keep_totals_exactly(atlas, given_cube, to) -> None:
    before = known(given_cube)
    after = convert(before, to=to, pack=atlas)
    assert after["homes"].sum("territory").values.tolist() == (
        before["homes"].sum("territory").values.tolist()
    )


@given(cubes(OLD), YEARS)
def test_splits_keep_totals(given_cube, to) -> None:
    before = known(given_cube)
    after = convert(before, to=to, pack=ATLAS)
    np.testing.assert_allclose(
        after["homes"].sum("territory"), before["homes"].sum("territory"), rtol=1e-12
    )


@given(cubes(OLD), YEARS, YEARS)
def test_there_and_back_keeps_totals(given_cube, there, back) -> None:
    before = known(given_cube)
    weights = pd.concat([pd.Series({"G": 3.0, "B": 2.0, "A": 1.0}), WEIGHTS[2017].drop("G")])
    after = convert(before, to=there, pack=ATLAS, weights=weights)
    after = convert(after, to=back, pack=ATLAS, weights=weights)
    np.testing.assert_allclose(
        after["homes"].sum("territory"), before["homes"].sum("territory"), rtol=1e-12
    )


@given(mergers(), cubes(CODES), YEARS, YEARS)
def test_mergers_may_be_done_in_two_steps(atlas, given_cube, one, two) -> None:
    middle, last = sorted((one, two))
    by_way = convert(convert(given_cube, to=middle, pack=atlas), to=last, pack=atlas)
    direct = convert(given_cube, to=last, pack=atlas)
    for name in direct.data_vars:
        np.testing.assert_array_equal(by_way[name].values, direct[name].values)


@given(cubes(OLD), YEARS)
def test_roll_up_after_conversion_equals_conversion_after_roll_up(given_cube, to) -> None:
    """Of counties, which keep what they hold: their conversion changes nothing."""

    def by_county(figures: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
        county = [COUNTIES.get(code, "TWO") for code in figures["territory"].values]
        places = [COUNTIES_IN_ORDER.index(name) for name in county]
        return roll_up(
            figures["homes"],
            np.array(places),
            COUNTIES_IN_ORDER,
            status=figures["homes_status"],
        )

    values, status = by_county(convert(given_cube, to=to, pack=ATLAS))
    expected, expected_status = by_county(given_cube)
    np.testing.assert_allclose(values, expected, rtol=1e-12)
    # A split gives an absent whole as two absent parts, and a figure as two apportioned ones.
    is_shared = status.values == Status.APPORTIONED
    np.testing.assert_array_equal(
        np.where(is_shared, np.maximum(expected_status, Status.APPORTIONED), expected_status),
        status,
    )


@given(cubes(OLD), YEARS, st.permutations(range(6)))
def test_the_order_of_rows_changes_nothing(given_cube, to, order) -> None:
    shuffled = convert(given_cube.isel(territory=list(order)), to=to, pack=ATLAS)
    xr.testing.assert_identical(shuffled, convert(given_cube, to=to, pack=ATLAS))


@given(cubes(OLD), YEARS, st.integers(1, 6), st.integers(1, 3))
def test_chunks_change_nothing(given_cube, to, rows, columns) -> None:
    lazy = convert(given_cube.chunk(territory=rows, period=columns), to=to, pack=ATLAS)
    assert isinstance(lazy["homes"].data, da.Array)
    xr.testing.assert_identical(lazy.compute(), convert(given_cube, to=to, pack=ATLAS))


@given(cubes(OLD), YEARS)
def test_the_estimate_is_within_its_bounds(given_cube, to) -> None:
    made = convert(given_cube, to=to, pack=ATLAS, bounds=True)
    low, value, high = (made[name].values for name in ("homes_low", "homes", "homes_high"))
    absent = np.isnan(value)
    np.testing.assert_array_equal(np.isnan(low), absent)
    assert ((low <= value + 1e-9) | absent).all()
    assert ((value <= high + 1e-9) | absent).all()
    certain = made["homes_status"].values <= Status.AGGREGATED
    np.testing.assert_array_equal(low[certain], high[certain])
