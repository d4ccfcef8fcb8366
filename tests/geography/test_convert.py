"""Counts on another map: facts on a tiny country (see tiny_atlas)."""

from __future__ import annotations

from typing import Any

import dask.array as da
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.core.errors import (
    TerritoryUnknown,
    UnknownName,
    WeightsMissing,
)
from workbench.geography.conversion_report import conversions
from workbench.geography.converting import convert_table

from .tiny_atlas import ATLAS, NEW, OLD
from .tiny_cubes import AP, HOMES, NA, OK, A, E, M, S, count, cube, later, nan, status

# -- counts ------------------------------------------------------------------------------


def test_counts_of_merged_territories_add_up_and_those_of_split_ones_are_shared() -> None:
    made = later(cube(homes=count(HOMES)))
    assert made["homes"].to_series().to_dict() == {"A": 100, "C": 37, "D": 10, "F": 5, "H": 9}
    assert made["homes_status"].values.tolist() == [A, AP, AP, OK, OK]


def test_the_result_is_on_the_new_map_and_says_so() -> None:
    made = later(cube(homes=count(HOMES)))
    assert list(made["territory"].values) == NEW
    assert made.attrs["vintage"] == 2020
    assert {array.attrs["vintage"] for array in made.data_vars.values()} == {2020}


def test_whole_numbers_stay_whole_across_mergers() -> None:
    made = later(cube(2015, homes=count([80, 30, 10, 5, 7, 9], ["A", "C", "D", "E", "G", "H"])))
    assert made["homes"].dtype == np.int64
    assert made["homes"].values.tolist() == [80, 37, 10, 5, 9]


def test_the_order_of_the_rows_does_not_matter() -> None:
    given = cube(homes=count(HOMES))
    xr.testing.assert_identical(later(given.isel(territory=[3, 0, 5, 1, 4, 2])), later(given))


def test_a_map_converted_to_itself_stays() -> None:
    given = cube(2020, homes=count([1, 2, 3, 4, 5], NEW))
    made = later(given)
    assert made["homes"].values.tolist() == [1, 2, 3, 4, 5]
    assert conversions(made)[0].matched == 5


def test_backwards_a_merger_is_shared_and_a_split_is_summed() -> None:
    given = cube(2020, homes=count([100, 44, 10, 5, 9], NEW))
    made = later(given, to=2012)
    assert made["homes"].to_series().to_dict() == {
        **{"A": 75, "B": 25, "C": 43, "E": 5, "G": 11, "H": 9},
    }
    assert made["homes_status"].values.tolist() == [AP, AP, AP, OK, AP, OK]


@pytest.mark.parametrize(
    ("of_a", "of_b", "expected"),
    [(OK, S, S), (S, M, M), (OK, NA, OK), (NA, NA, NA), (E, OK, E)],
)
def test_a_status_travels_as_in_a_roll_up(of_a: int, of_b: int, expected: int) -> None:
    values = [80.0 if of_a <= E else nan, 20.0 if of_b <= E else nan, *HOMES[2:]]
    given = cube(homes=count(values), homes_status=status(of_a, of_b, OK, OK, OK, OK))
    made = later(given).sel(territory="A")
    assert int(made["homes_status"]) == expected
    assert np.isnan(made["homes"]) == (expected > E)


@pytest.mark.parametrize("absent", [S, M, NA])
def test_what_is_absent_is_absent_in_each_part_of_a_split(absent: int) -> None:
    given = cube(
        homes=count([80, 20, nan, 5, 7, 9]), homes_status=status(OK, OK, absent, OK, OK, OK)
    )
    made = later(given, to=2017)
    assert made["homes_status"].sel(territory=["C", "D"]).values.tolist() == [absent, absent]
    assert np.isnan(made["homes"].sel(territory=["C", "D"])).all()


def test_a_figure_without_status_is_missing_where_it_is_not_a_number() -> None:
    made = later(cube(homes=count([nan, 20.0, 40, 5, 7, nan])))
    assert made["homes_status"].sel(territory=["A", "H"]).values.tolist() == [M, M]


def test_a_new_name_or_code_keeps_the_status() -> None:
    given = cube(homes=count(HOMES), homes_status=status(OK, OK, OK, E, OK, S))
    made = later(given)["homes_status"]
    assert made.sel(territory=["F", "H"]).values.tolist() == [E, S]


def test_an_even_share_is_estimated_and_must_be_asked_for() -> None:
    given = cube(homes=count(HOMES))
    with pytest.raises(WeightsMissing, match=r"no weight: C"):
        later(given, weights={})
    made = later(given, weights={}, without_weight="even")
    assert made["homes"].sel(territory="D") == 20
    assert made["homes_status"].sel(territory=["C", "D"]).values.tolist() == [E, E]
    assert conversions(made)[0].estimated == ("C",)


def test_weights_are_asked_of_the_territories_of_the_cube_only() -> None:
    made = later(cube(homes=count([80, 20], ["A", "B"])), weights={})
    assert made["homes"].to_series().to_dict() == {"A": 100}


def test_bounds_say_how_far_a_share_may_be_wrong() -> None:
    made = later(cube(homes=count(HOMES)), bounds=True)
    assert made["homes_low"].values.tolist() == [100, 7, 0, 5, 9]
    assert made["homes_high"].values.tolist() == [100, 47, 40, 5, 9]


def test_bounds_are_carried_on_by_the_next_conversion() -> None:
    by_way = later(later(cube(homes=count(HOMES)), to=2015, bounds=True))
    direct = later(cube(homes=count(HOMES)), bounds=True)
    for end in ("homes_low", "homes_high"):
        assert by_way[end].values.tolist() == direct[end].values.tolist()


# -- coordinates, chunks -----------------------------------------------------------------


def test_names_and_parents_are_those_of_the_new_map() -> None:
    given = cube(homes=count(HOMES)).assign_coords(
        name=("territory", [f"old {code}" for code in OLD]),
        county=("territory", ["ONE"] * 6),
        mayor_since=("territory", [1] * 6),
    )
    made = later(given)
    assert made["name"].values.tolist() == [f"{code} town" for code in NEW]
    assert made["county"].values.tolist() == ["ONE", "ONE", "ONE", "TWO", "TWO"]
    assert conversions(made)[0].left_out == ("mayor_since",)


def test_on_a_map_that_the_pack_does_not_carry_names_are_those_of_the_events() -> None:
    given = cube(homes=count(HOMES)).assign_coords(
        name=("territory", OLD), county=("territory", ["ONE"] * 6)
    )
    made = later(given, to=2015)
    assert made["name"].sel(territory="D") == "D"
    assert conversions(made)[0].left_out == ("county",)


def periods(chunks: Any = None) -> xr.Dataset:
    values = np.arange(36.0).reshape(6, 6)
    array: Any = values if chunks is None else da.from_array(values, chunks=chunks)
    coords = {"territory": np.array(OLD, dtype=object), "period": np.arange(6) + 2010}
    told = {"kind": "count"}
    homes = xr.DataArray(array, dims=("territory", "period"), coords=coords, attrs=told)
    return cube(homes=homes)


@pytest.mark.parametrize("chunks", [(1, 1), (2, 3), (6, 2), (6, 6)])
def test_chunks_change_nothing_and_nothing_is_computed_early(chunks: tuple[int, int]) -> None:
    made = later(periods(chunks), bounds=True)
    assert all(isinstance(array.data, da.Array) for array in made.data_vars.values())
    assert made["homes"].chunks[1] == periods(chunks)["homes"].chunks[1]
    xr.testing.assert_identical(made.compute(), later(periods(), bounds=True))


def test_the_territory_may_be_any_dim() -> None:
    turned = later(periods().transpose("period", "territory"))
    assert turned["homes"].dims == ("period", "territory")
    xr.testing.assert_identical(turned.transpose("territory", "period"), later(periods()))


def test_what_has_no_territory_stays() -> None:
    given = cube(homes=count(HOMES)).assign(total=((), 161))
    assert later(given)["total"] == 161


# -- tables ------------------------------------------------------------------------------


def test_a_table_is_converted_with_its_report_and_its_rows_set_aside() -> None:
    frame = pd.DataFrame({"insee": [*OLD, "X"], "homes": [*HOMES, 3]})
    how = {"code": "insee", "sums": ["homes"], "since": 2012, "to": 2020, "pack": ATLAS}
    made = convert_table(frame, **how, unmatched="aside")
    assert dict(made.table.to_numpy()) == {"A": 100, "C": 37, "D": 10, "F": 5, "H": 9}
    assert made.aside.to_numpy().tolist() == [["X", 3]]
    assert made.report.unmatched == ("X",)
    with pytest.raises(TerritoryUnknown, match="'X' was never a code"):
        convert_table(frame, **how)


def test_every_column_of_a_table_must_be_declared() -> None:
    frame = pd.DataFrame({"insee": ["A"], "homes": [1], "rate": [0.5]})
    how = {"code": "insee", "since": 2012, "to": 2020, "pack": ATLAS}
    with pytest.raises(UnknownName, match="'rate' is neither the code nor one of the sums"):
        convert_table(frame, sums=["homes"], **how)
    with pytest.raises(UnknownName, match=r"'home' is not in the table \(nearest: homes"):
        convert_table(frame, sums=["home"], **how)
