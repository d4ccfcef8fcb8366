"""The cube of a level: lazy, labelled, with statuses and provenance."""

from __future__ import annotations

from dataclasses import replace

import dask
import numpy as np
import pytest

from workbench.core.errors import DeclarationError, PeriodUnknown, VintageMismatch
from workbench.core.types import Status
from workbench.indicators.cube import build_cube
from workbench.indicators.registry import get, indicators

from .tiny_pack import TinyPack

SOME = [get(name) for name in ("population", "population_density", "share_under_20", "parts")]


def test_a_cube_is_lazy_until_computed() -> None:
    cube = build_cube(TinyPack(), SOME, "commune")
    assert all(variable.chunks is not None for variable in cube.data_vars.values())


def test_a_cube_has_territories_and_all_the_periods() -> None:
    cube = build_cube(TinyPack(), SOME, "commune")
    assert dict(cube.sizes) == {"territory": 5, "period": 3}
    assert cube["period"].values.tolist() == [2016, 2021, 2023]
    assert cube["territory"].values.tolist() == ["01", "02", "03", "04", "05"]


def test_a_cube_says_who_the_territories_are() -> None:
    cube = build_cube(TinyPack(), SOME, "commune")
    at = cube.sel(territory="04")
    assert (at["name"].item(), at["level"].item()) == ("Place 04", "commune")
    assert (at["group"].item(), at["middle"].item(), at["area_km2"].item()) == ("E2", "D", 20)


def test_a_period_without_the_indicator_is_not_applicable() -> None:
    cube = build_cube(TinyPack(), SOME, "middle").compute()
    assert cube["share_under_20_status"].values.tolist() == [[6, 1, 6, 6]]
    assert np.isnan(cube["share_under_20"].values).tolist() == [[True, False, True, True]]


def test_an_indicator_without_a_meaning_at_the_level_is_not_applicable() -> None:
    cube = build_cube(TinyPack(), SOME, "commune").compute()
    assert (cube["parts_status"] == Status.NOT_APPLICABLE).all()
    assert np.isnan(cube["parts"]).all()
    assert "periods" not in cube["parts"].attrs


def test_a_variable_absent_at_the_level_makes_the_indicator_not_applicable() -> None:
    cube = build_cube(TinyPack(), SOME, "quarter").compute()
    assert (cube["population_status"] == Status.NOT_APPLICABLE).all()
    assert cube["share_under_20"].values.ravel() == pytest.approx([100 / 6, 40])


def test_a_level_without_any_of_the_indicators_has_the_year_of_the_map() -> None:
    cube = build_cube(TinyPack(), [get("population")], "quarter")
    assert cube["period"].values.tolist() == [2026]


def test_periods_can_be_chosen() -> None:
    cube = build_cube(TinyPack(), SOME, "middle", periods=[2023, 2016])
    assert cube["population"].values.tolist() == [[13000, 15000]]
    assert cube["period"].values.tolist() == [2016, 2023]


def test_choosing_a_period_does_not_change_a_change() -> None:
    cube = build_cube(TinyPack(), [get("population_change")], "middle", periods=[2023])
    assert cube["population_change"].values.tolist() == [[2000]]
    assert cube["population_change"].attrs["since"] == 2016


def test_an_unknown_period_is_refused() -> None:
    with pytest.raises(PeriodUnknown, match=r"period 2018; they have \[2016, 2021, 2023, 2026\]"):
        build_cube(TinyPack(), SOME, "middle", periods=[2018])


def test_another_vintage_is_refused() -> None:
    with pytest.raises(VintageMismatch, match=r"map of 2024.*open at 2026.*geography\.convert"):
        build_cube(TinyPack(), SOME, "middle", vintage=2024)


def test_two_indicators_of_one_name_are_refused() -> None:
    other = replace(get("population"), decimals=3)
    with pytest.raises(DeclarationError, match="two different indicators are named 'population'"):
        build_cube(TinyPack(), [get("population"), other], "middle")


def test_every_variable_says_what_it_is() -> None:
    attrs = build_cube(TinyPack(), SOME, "commune", language="fr")["population_density"].attrs
    assert attrs["long_name"] == "Densité de population"
    assert attrs["units"] == "person_per_km2"
    assert attrs["kind"] == "density"
    assert attrs["source"] == "Titre area_km2 population"
    assert attrs["licence"] == "Open"
    assert attrs["vintage"] == 2026
    assert attrs["periods"].tolist() == [2016, 2021, 2023]
    assert attrs["ancillary_variables"] == "population_density_status"


def test_every_status_is_a_cf_flag() -> None:
    status = build_cube(TinyPack(), SOME, "commune")["population_status"]
    assert status.dtype == np.int8
    assert status.attrs["flag_values"].dtype == np.int8
    assert status.attrs["flag_values"].tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert len(status.attrs["flag_meanings"].split()) == 7


def test_the_cube_says_where_it_comes_from() -> None:
    attrs = build_cube(TinyPack(), SOME, "commune").attrs
    assert (attrs["pack"], attrs["level"], attrs["vintage"]) == ("tiny", "commune", 2026)
    assert attrs["Conventions"].startswith("CF-")
    assert "Title area_km2" in attrs["source"]


def test_the_terms_of_a_ratio_are_kept_on_demand() -> None:
    cube = build_cube(TinyPack(), SOME, "middle", periods=[2021], terms=["share_under_20"])
    assert cube["share_under_20_numerator"].values.tolist() == [[3730]]
    assert cube["share_under_20_denominator"].values.tolist() == [[14000]]
    assert "share_under_20_numerator" in cube["share_under_20"].attrs["ancillary_variables"]
    assert "population_density_numerator" not in cube


def test_terms_of_an_indicator_that_is_not_there_are_refused() -> None:
    with pytest.raises(DeclarationError, match=r"'share_under_2' .* nearest: share_under_20"):
        build_cube(TinyPack(), SOME, "middle", terms=["share_under_2"])


def test_a_variable_is_read_once_however_many_indicators_use_it() -> None:
    pack = TinyPack()
    usable = [
        each
        for each in indicators()
        if all(pack.has_variable(v, "commune") for v in each.variables)
    ]
    build_cube(pack, usable, "middle")
    assert len(pack.reads) == len(set(pack.reads))
    assert len(usable) > 20


def test_the_graph_stays_small() -> None:
    pack = TinyPack()
    usable = [
        each
        for each in indicators()
        if all(pack.has_variable(v, "commune") for v in each.variables)
    ]
    cube = build_cube(pack, usable, "middle")
    # Sources and roll-ups are shared; an indicator adds at most a division and its layout.
    assert len(cube.__dask_graph__()) <= 12 * len(usable) + 6 * len(set(pack.reads))


def test_figures_and_statuses_agree_everywhere() -> None:
    for level in ("quarter", "commune", "group", "middle"):
        cube = build_cube(TinyPack(), indicators(), level).compute()
        for indicator in indicators():
            absent = cube[f"{indicator.id}_status"] > Status.ESTIMATED
            np.testing.assert_array_equal(np.isnan(cube[indicator.id]), absent)


def test_a_cube_is_the_same_however_it_is_computed() -> None:
    with dask.config.set(scheduler="synchronous"):
        one = build_cube(TinyPack(chunk=2), SOME, "group").compute()
    assert build_cube(TinyPack(), SOME, "group").compute().identical(one)


def test_kept_terms_come_with_what_finds_the_indicator_again():
    """`geography.convert` recomputes it on another map, where it has a value and where not."""
    name = "share_vacant_dwellings"
    cube = build_cube(TinyPack(), [get(name)], "commune", terms=[name])
    expected = {"calculation": "ratio", "scale": 100.0, "minimum_denominator": 20.0}
    assert {key: cube[name].attrs[key] for key in expected} == expected
    assert {f"{name}_numerator", f"{name}_denominator"} < set(cube.data_vars)
    blank = build_cube(
        TinyPack(), [get("share_parts_under_500")], "commune", terms=["share_parts_under_500"]
    )
    assert np.isnan(blank["share_parts_under_500_numerator"]).all()
