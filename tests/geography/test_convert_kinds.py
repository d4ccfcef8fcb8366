"""Ratios, flags, categories, medians on another map: facts on a tiny country."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.core.errors import (
    DeclarationError,
    MedianNotAggregated,
    RatioNotSummed,
    UnknownName,
)

from .tiny_cubes import AP, HOMES, NA, OK, A, M, S, count, cube, later, nan, status, variable

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


def test_a_ratio_that_does_not_apply_is_not_made_up_from_its_terms() -> None:
    """The change of a series that is repeated, say: both its terms are numbers."""
    given = rates()
    given["rate_status"].loc["E"] = NA
    made = later(given).sel(territory="F")
    assert int(made["rate_status"]) == NA
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
