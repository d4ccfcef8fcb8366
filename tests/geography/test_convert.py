"""Cubes on another map, kind by kind: facts on a tiny country (see tiny_atlas)."""

from __future__ import annotations

from typing import Any

import dask.array as da
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.core.errors import (
    DeclarationError,
    LevelUnknown,
    MedianNotAggregated,
    RatioNotSummed,
    TerritoryUnknown,
    UnknownName,
    VintageMismatch,
    WeightsMissing,
)
from workbench.core.types import Status
from workbench.geography.conversion_report import conversions
from workbench.geography.converting import convert, convert_table

from .tiny_atlas import ATLAS, NEW, OLD

OK, A, AP, E, S, M, NA = (int(status) for status in Status)
nan = float("nan")


def variable(values: list[Any], codes: list[str] = OLD, **attrs: Any) -> xr.DataArray:
    return xr.DataArray(
        np.array(values), coords={"territory": np.array(codes, dtype=object)}, attrs=attrs
    )


def count(values: list[Any], codes: list[str] = OLD) -> xr.DataArray:
    return variable(values, codes, kind="count")


def status(*values: int) -> xr.DataArray:
    return variable(list(values)).astype(np.int8)


def cube(vintage: int | None = 2012, **variables: xr.DataArray) -> xr.Dataset:
    return xr.Dataset(variables, attrs={} if vintage is None else {"vintage": vintage})


def later(given: xr.Dataset, **how: Any) -> xr.Dataset:
    return convert(given, **{"to": 2020, "pack": ATLAS} | how)


HOMES = [80, 20, 40, 5, 7, 9]


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


# -- what is not a count -----------------------------------------------------------------

VACANT, ALL = [8.0, 8, 4, 1, 1, 0], [80.0, 20, 40, 5, 7, 0]


def rates(**attrs: Any) -> xr.Dataset:
    rate = [10, 40, 10, 20, 100 / 7, nan]
    about = {"kind": "ratio", "scale": 100.0} | attrs
    given = {
        "rate": variable(rate, **about),
        "rate_status": status(OK, OK, OK, OK, OK, NA),
        "rate_numerator": variable([8.0, 8, 4, 1, 1, nan]),
        "rate_denominator": variable(ALL),
    }
    return cube(**given)


def test_a_ratio_is_recomputed_and_not_averaged() -> None:
    made = later(rates())
    expected = [16, 100 * (3 + 1) / (30 + 7), 10, 20, nan]
    np.testing.assert_allclose(made["rate"].values, expected)
    assert made["rate_status"].values.tolist() == [A, AP, AP, OK, NA]
    assert made["rate_denominator"].values.tolist() == [100, 37, 10, 5, 0]


def test_a_ratio_may_name_two_counts_of_the_cube() -> None:
    given = rates(numerator="vacant", denominator="homes")
    given = given.drop_vars(["rate_numerator", "rate_denominator"])
    made = later(given.assign(vacant=count(VACANT), homes=count(ALL)))
    np.testing.assert_allclose(made["rate"].values[:2], [16, 100 * 4 / 37])
    assert made["vacant"].sel(territory="A") == 16


def test_a_suppressed_ratio_suppresses_what_it_is_part_of() -> None:
    given = rates()
    given["rate_status"].loc["A"] = S
    given["rate_numerator"].loc["A"] = nan
    made = later(given).sel(territory="A")
    assert int(made["rate_status"]) == S
    assert np.isnan(made["rate"])


def test_a_ratio_on_too_few_units_is_suppressed_again() -> None:
    made = later(rates(minimum_denominator=11.0))
    assert made["rate_status"].values.tolist() == [A, AP, S, S, NA]


def test_a_ratio_without_its_terms_is_refused() -> None:
    with pytest.raises(RatioNotSummed, match=r"rate is of kind ratio.*rate_numerator.*terms="):
        later(rates().drop_vars("rate_numerator"))


def test_a_ratio_that_does_not_say_its_scale_is_refused() -> None:
    given = rates()
    del given["rate"].attrs["scale"]
    with pytest.raises(DeclarationError, match=r"scale.*100 for a percentage"):
        later(given)


def test_an_unknown_calculation_is_refused() -> None:
    with pytest.raises(UnknownName, match=r"'ratios' of rate is unknown \(nearest: ratio"):
        later(rates(calculation="ratios"))


def test_changes_and_classes_are_found_again_from_their_terms() -> None:
    after, before = [88.0, 22, 44, 5, 7, 9], [80.0, 20, 40, 5, 7, 9]
    given = {
        f"x_{end}": variable(values).expand_dims(period=[2018], axis=1)
        for end, values in (("numerator", after), ("denominator", before))
    }
    blank = variable([0.0] * 6).expand_dims(period=[2018], axis=1)

    def made(**attrs: Any) -> np.ndarray:
        told = {"kind": "mean", "scale": 1.0, **attrs}
        return later(cube(x=blank.assign_attrs(told), **given))["x"].values[:, 0]

    np.testing.assert_allclose(made(calculation="relative_change")[[0, 3]], [10, 0], atol=1e-12)
    rate = made(calculation="mean_annual_rate", since=2016)
    np.testing.assert_allclose(rate[0], 100 * (1.1**0.5 - 1))
    classes = made(calculation="classes", class_starts=np.array([1.05]))
    assert classes.tolist() == [2, 2, 2, 1, 1]


@pytest.mark.parametrize("kind", ["median", "inequality"])
def test_a_median_is_refused(kind: str) -> None:
    with pytest.raises(MedianNotAggregated, match=r"income is of kind .*drop_vars\('income'\)"):
        later(cube(income=variable([1.0] * 6, kind=kind)))


def test_a_median_of_territories_that_did_not_merge_or_split_is_kept() -> None:
    given = cube(income=variable([21_000.0, 19_000.0], ["H", "E"], kind="median"))
    assert later(given)["income"].to_series().to_dict() == {"F": 19_000, "H": 21_000}


def flag(combine: str | None, *values: Any) -> xr.Dataset:
    told = {"kind": "flag"} if combine is None else {"kind": "flag", "combine": combine}
    return cube(coast=variable(list(values), **told))


def test_a_flag_holds_for_any_or_for_all_as_declared() -> None:
    """A with B, C with G: one of each is on the coast."""
    coast = (True, False, False, True, True, False)
    assert later(flag("any", *coast), weights=pd.Series({"C": 1, "D": 1}))[
        "coast"
    ].values.tolist() == [*(True, True, False, True, False)]
    assert later(flag("all", *coast))["coast"].values.tolist() == [False, False, False, True, False]


def test_a_flag_of_a_part_is_said_to_be_apportioned() -> None:
    made = later(flag("any", True, False, True, True, True, False))
    assert made["coast_status"].values.tolist() == [A, AP, AP, OK, OK]


def test_a_flag_that_is_unknown_for_a_part_is_unknown() -> None:
    made = later(flag("any", 1.0, nan, 0, 0, 0, 0))
    assert np.isnan(made["coast"].values[0])
    assert made["coast_status"].values[0] == M


@pytest.mark.parametrize("combine", [None, "most"])
def test_a_flag_must_say_how_it_is_combined(combine: str | None) -> None:
    with pytest.raises(DeclarationError, match=r"'combine'.* 'any' or 'all'"):
        later(flag(combine, True, True, True, True, True, True))


def category(labels: list[Any], homes: list[float] | None = None, **attrs: Any) -> xr.Dataset:
    told = {"kind": "category", "weight": "homes"} | attrs
    return cube(soil=variable(labels, **told), homes=count(homes or HOMES))


def test_the_category_of_the_greatest_weight_is_kept() -> None:
    made = later(category(["clay", "sand", "sand", "clay", "clay", "sand"]))
    assert made["soil"].to_series().to_dict() == {
        **{"A": "clay", "C": "sand", "D": "sand", "F": "clay", "H": "sand"},
    }
    assert made["soil_status"].values.tolist() == [A, AP, AP, OK, OK]
    assert not made["soil_tied"].any()


def test_a_tie_keeps_the_first_category_and_is_told() -> None:
    made = later(category(["sand", "clay", *"wxyz"], [20, 20, 40, 5, 7, 9]))
    assert made["soil"].sel(territory="A") == "clay"
    assert made["soil_tied"].values.tolist() == [True, False, False, False, False]
    again = later(made.drop_attrs(deep=False).assign_attrs(vintage=2020), to=2020)
    assert again["soil_tied"].values.tolist() == [True, False, False, False, False]


def test_parts_of_one_category_do_not_tie() -> None:
    made = later(category(["sand"] * 6, [0, 0, 0, 0, 0, 0]))
    assert not made["soil_tied"].any()
    assert set(made["soil"].values) == {"sand"}


def test_categories_may_be_numbers() -> None:
    made = later(category([1, 2, 2, 1, 1, 2]))
    assert made["soil"].values.tolist() == [1, 2, 2, 1, 2]


def test_a_part_without_category_leaves_none() -> None:
    made = later(category(["clay", "", "sand", "clay", "clay", ""]))
    assert made["soil"].sel(territory=["A", "H"]).values.tolist() == ["", ""]
    assert made["soil_status"].sel(territory=["A", "H"]).values.tolist() == [M, M]


def test_a_part_of_unknown_weight_leaves_the_majority_unknown() -> None:
    made = later(category(["clay", "sand", *"wxyz"], [80.0, nan, 40, nan, 7, 9]))
    assert made["soil_status"].sel(territory=["A", "F"]).values.tolist() == [M, OK]


def test_a_category_must_say_what_its_majority_is_counted_in() -> None:
    with pytest.raises(DeclarationError, match=r"'weight'.*nearest: homes"):
        later(category(["x"] * 6, weight="home"))


@pytest.mark.parametrize(("kind", "told"), [(None, "says no kind"), ("cuont", "nearest: count")])
def test_a_variable_must_say_its_kind(kind: str | None, told: str) -> None:
    attrs = {} if kind is None else {"kind": kind}
    with pytest.raises(DeclarationError, match=told):
        later(cube(homes=variable(HOMES, **attrs)))


# -- what does not fit -------------------------------------------------------------------


def test_an_unknown_code_is_refused_with_what_became_of_it() -> None:
    given = cube(2015, homes=count([1, 2, 3], ["B", "F", "A"]))
    expected = r"2 of 3 codes.*'B' became A on 2012-06-01; 'F' began on 2016-01-01.*guess_vintage"
    with pytest.raises(TerritoryUnknown, match=expected):
        later(given)


def test_what_was_never_a_code_is_told_with_the_nearest() -> None:
    with pytest.raises(TerritoryUnknown, match="'AA' was never a code"):
        later(cube(homes=count([1], ["AA"])))


def test_rows_set_aside_are_listed_and_counted() -> None:
    given = cube(homes=count([*HOMES, 3], [*OLD, "X"]))
    made = later(given, unmatched="aside")
    assert made["homes_unmatched"] == 3
    assert float(made["homes"].sum() + made["homes_unmatched"]) == sum(HOMES) + 3
    (report,) = conversions(made)
    assert report.unmatched == ("X",)
    again = later(made.sel(territory=["A", "H"]))
    assert again["homes_unmatched"] == 3


def test_the_report_accounts_for_every_row() -> None:
    report = conversions(later(cube(homes=count([*HOMES, 3], [*OLD, "X"])), unmatched="aside"))[0]
    assert (report.since, report.to, report.rows) == (2012, 2020, 7)
    assert (report.matched, report.converted) == (1, 4)
    assert (report.apportioned, report.shared) == (("C",), ("C", "D"))
    assert not report.is_exact


def test_reports_follow_each_other_and_survive_a_file(tmp_path) -> None:
    made = later(later(cube(homes=count(HOMES)), to=2015))
    assert [(one.since, one.to) for one in conversions(made)] == [(2012, 2015), (2015, 2020)]
    kept = xr.Dataset.from_dict(made.isel(territory=[0]).to_dict())
    assert conversions(kept) == conversions(made)


def test_a_territory_that_lacks_one_of_its_parts_is_missing_and_told() -> None:
    made = later(cube(homes=count([80, 5], ["A", "E"])))
    assert made["homes_status"].to_series().to_dict() == {"A": M, "F": OK}
    assert conversions(made)[0].incomplete == ("A",)


def test_mixed_vintages_are_refused() -> None:
    given = cube(homes=count(HOMES).assign_attrs(vintage=2015))
    with pytest.raises(VintageMismatch, match=r"2012, 2015.*geography\.convert"):
        later(given)


def test_a_cube_must_say_its_map() -> None:
    with pytest.raises(VintageMismatch, match=r"geography\.convert as since="):
        later(cube(None, homes=count(HOMES)))
    made = later(cube(None, homes=count(HOMES)), since=2012)
    assert made["homes"].sel(territory="A") == 100


def test_the_map_given_must_be_that_of_the_cube() -> None:
    with pytest.raises(VintageMismatch, match="map of 2012, not of 2015"):
        later(cube(homes=count(HOMES)), since=2015)


def test_another_level_is_refused() -> None:
    given = cube(homes=count(HOMES)).assign_attrs(level="county")
    with pytest.raises(LevelUnknown, match=r"at level county.*then roll them up"):
        later(given)


def test_the_cube_of_another_country_is_refused() -> None:
    with pytest.raises(VintageMismatch, match="pack='atlantis'"):
        later(cube(homes=count(HOMES)).assign_attrs(pack="atlantis"))


def test_codes_that_are_numbers_are_refused() -> None:
    given = xr.Dataset({"homes": ("territory", [1])}, coords={"territory": [1001]})
    with pytest.raises(TerritoryUnknown, match=r"1001 is of type int.*leading zeros"):
        later(given, since=2012)


def test_a_code_in_two_rows_is_refused() -> None:
    with pytest.raises(TerritoryUnknown, match="'A' is in several rows"):
        later(cube(homes=count([1, 2], ["A", "A"])))


def test_a_cube_without_territories_is_refused() -> None:
    with pytest.raises(UnknownName, match=r"no coordinate 'territory' \(it has insee\)"):
        later(cube(homes=count([1], ["A"])).rename(territory="insee"))


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
