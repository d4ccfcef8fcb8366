"""Indicators of the catalogue on five communes, every expected figure worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from workbench.core.errors import PeriodUnknown
from workbench.core.types import Kind, Status
from workbench.indicators.calculations import CALCULATIONS, Outcome, calculate
from workbench.indicators.indicator import Condition, Indicator
from workbench.indicators.registry import get
from workbench.indicators.variables import Variables

from .tiny_pack import TinyPack


def variables(level: str, pack: TinyPack | None = None, **more: object) -> Variables:
    pack = pack or TinyPack()
    parts_level = pack.parts_level(level)
    return Variables(
        pack,
        parts_level,
        parts=pack.frame(parts_level).index,
        membership=pack.membership(level),
        groups=pack.frame(level).index,
        vintage=pack.vintage,
        **more,  # type: ignore[arg-type]
    )


def found(indicator: Indicator | str, level: str, pack: TinyPack | None = None) -> Outcome:
    declared = get(indicator) if isinstance(indicator, str) else indicator
    outcome = calculate(declared, variables(level, pack))
    assert outcome is not None
    return outcome


def latest(indicator: Indicator | str, level: str) -> list[float]:
    return found(indicator, level).values.isel(period=-1).values.tolist()


@pytest.mark.parametrize(
    ("indicator", "groups", "middle"),
    [
        ("population", [1000, 14000], 15000),
        ("population_change", [0, 2000], 2000),
        ("population_change_relative", [0, 100 * 2000 / 12000], 100 * 2000 / 13000),
        ("population_density", [1000 / 13, 14000 / 30], 15000 / 43),
        ("area", [13, 30], 43),
        ("density_class", [2, 4], 4),
        # Denser than 300 per km²: 03 (600) and 05 (1,190).
        ("share_population_dense", [60, 85], 100 * 12500 / 15000),
        # Sparser than 25: 01 (11).
        ("share_population_sparse", [11, 0], 100 * 110 / 15000),
        ("share_under_20", [23, 100 * 3500 / 13000], 100 * 3730 / 14000),
        ("ageing_index", [100 * 270 / 230, 100 * 2500 / 3500], 100 * 2770 / 3730),
        ("dependency_ratio", [100, 100 * 6000 / 7000], 100 * 6500 / 7500),
        ("share_vacant_dwellings", [100 * 35 / 490, 100 * 550 / 6000], 100 * 585 / 6490),
        # 840 minutes over two town halls; 6,000 over five.
        ("weekly_hours", [7, 86 / 3], 20),
        # The population of 2023 over the councillors of 2026.
        ("inhabitants_per_councillor", [1000 / 33, 14000 / 54], 15000 / 87),
        ("parts", [3, 2], 5),
        ("share_parts_under_500", [100 * 2 / 3, 0], 40),
        ("share_population_under_2000", [100, 0], 100 * 1000 / 15000),
        ("share_population_over_10000", [0, 85], 100 * 11900 / 15000),
        ("median_part_population", [290, 7000], 600),
        ("mean_part_population", [1000 / 3, 7000], 3000),
        ("share_largest_part", [60, 85], 100 * 11900 / 15000),
        # Sum of the differences of all pairs, over the number of parts times their sum.
        ("gini_parts", [980 / (3 * 1000), 9800 / (2 * 14000)], 50780 / (5 * 15000)),
    ],
)
def test_an_indicator_is_calculated_from_the_communes(
    indicator: str, groups: list[float], middle: float
) -> None:
    assert latest(indicator, "group") == pytest.approx(groups)
    assert latest(indicator, "middle") == pytest.approx([middle])


def test_the_same_calculation_serves_the_communes_themselves() -> None:
    assert latest("population_density", "commune") == pytest.approx([11, 145, 600, 105, 1190])


def test_a_figure_of_one_commune_is_observed_and_of_several_aggregated() -> None:
    assert set(found("population", "commune").status.values.ravel()) == {Status.OBSERVED}
    assert set(found("population", "group").status.values.ravel()) == {Status.AGGREGATED}


def test_a_yearly_rate_compounds_over_the_seven_years() -> None:
    (rate,) = latest("population_annual_rate", "middle")
    assert 13000 * (1 + rate / 100) ** 7 == pytest.approx(15000)


def test_a_change_says_between_which_periods() -> None:
    outcome = found("population_change", "middle")
    assert (outcome.since, outcome.values["period"].values.tolist()) == (2016, [2023])


def test_a_change_keeps_both_ends() -> None:
    outcome = found("population_change_relative", "middle")
    assert outcome.numerator is not None
    assert outcome.denominator is not None
    assert outcome.numerator.values.tolist() == [[15000]]
    assert outcome.denominator.values.tolist() == [[13000]]


def test_periods_too_close_state_no_change() -> None:
    far = replace(get("population_change"), years_apart=10)
    assert calculate(far, variables("middle")) is None


def test_a_repeated_series_has_levels_and_no_change() -> None:
    frozen = {"population": xr.DataArray([False, True], dims="territory")}
    frozen["population"] = frozen["population"].assign_coords(territory=["E1", "E2"])
    given = variables("group", frozen=frozen)
    change = calculate(get("population_change"), given)
    level = calculate(get("population"), given)
    assert change is not None
    assert level is not None
    assert change.status.values.ravel().tolist() == [Status.AGGREGATED, Status.NOT_APPLICABLE]
    assert level.values.values[:, -1].tolist() == [1000, 14000]


def test_a_ratio_keeps_what_it_is_made_of() -> None:
    outcome = found("share_under_20", "middle")
    assert outcome.numerator is not None
    assert outcome.denominator is not None
    assert outcome.numerator.values.tolist() == [[3730]]
    assert outcome.denominator.values.tolist() == [[14000]]


def test_a_ratio_exists_only_in_the_periods_of_all_its_variables() -> None:
    assert found("population_density", "middle").values["period"].values.tolist() == [
        2016,
        2021,
        2023,
    ]
    mixed = replace(get("population_density"), denominator=("census_population",))
    assert found(mixed, "middle").values["period"].values.tolist() == [2021]


def test_variables_that_share_no_period_are_refused() -> None:
    apart = replace(get("inhabitants_per_councillor"), periods="common")
    with pytest.raises(PeriodUnknown, match=r"inhabitants_per_councillor.*periods: latest"):
        calculate(apart, variables("middle"))


def test_the_latest_periods_are_put_together_under_the_most_recent() -> None:
    outcome = found("inhabitants_per_councillor", "middle")
    assert outcome.values["period"].values.tolist() == [2026]


def test_a_figure_without_a_period_is_of_the_year_of_the_map() -> None:
    assert found("area", "middle").values["period"].values.tolist() == [2026]


def test_a_level_that_lacks_a_variable_has_no_figure() -> None:
    assert calculate(get("population"), variables("quarter")) is None
    assert latest("share_under_20", "quarter") == pytest.approx([100 / 6, 40])


def test_a_ratio_over_too_few_is_suppressed_and_not_its_sum() -> None:
    strict = replace(get("share_under_20"), minimum_denominator=200)
    communes = found(strict, "commune").status.values.ravel()
    assert communes.tolist()[:2] == [Status.SUPPRESSED, Status.OBSERVED]
    assert found(strict, "group").status.values.ravel().tolist() == [Status.AGGREGATED] * 2


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Status.MISSING, Status.MISSING),
        (Status.SUPPRESSED, Status.SUPPRESSED),
        (Status.APPORTIONED, Status.APPORTIONED),
        (Status.NOT_APPLICABLE, Status.AGGREGATED),
    ],
)
@pytest.mark.parametrize("indicator", ["population", "population_density", "gini_parts"])
def test_the_status_of_a_commune_reaches_the_territory(
    indicator: str, part: Status, expected: Status
) -> None:
    pack = TinyPack(statuses={("population", 0, 2023): part})
    status = found(indicator, "group", pack).status.sel(period=2023)
    assert status.values.tolist() == [expected, Status.AGGREGATED]


def test_several_conditions_must_all_hold() -> None:
    middling = replace(
        get("share_population_dense"),
        where=(
            Condition("population", at_least=250),
            Condition("population", per="area_km2", below=700),
        ),
    )
    # 02 (290, 145/km²), 03 (600, 600/km²) and 04 (2,100, 105/km²).
    assert latest(middling, "middle") == pytest.approx([100 * 2990 / 15000])


YOUNG = get("share_under_20")
AGES = ("age_0_19", "age_20_64", "age_65_plus")


def test_a_location_quotient_compares_with_the_whole_country_at_every_level() -> None:
    quotient = replace(YOUNG, calculation="location_quotient", scale=1.0)
    everywhere = 3730 / 14000
    assert latest(quotient, "group") == pytest.approx(
        [0.23 / everywhere, 3500 / 13000 / everywhere]
    )
    assert latest(quotient, "middle") == pytest.approx([1])
    outcome = found(quotient, "group")
    assert outcome.numerator is not None
    assert outcome.denominator is not None
    np.testing.assert_allclose(outcome.numerator / outcome.denominator, outcome.values)


@pytest.mark.parametrize("calculation", ["location_quotient", "shrunk_rate"])
def test_too_few_are_suppressed_in_what_is_made_of_a_ratio(calculation: str) -> None:
    strict = replace(YOUNG, calculation=calculation, minimum_denominator=200)
    status = found(strict, "commune").status.values.ravel().tolist()
    assert status[0] == Status.SUPPRESSED
    assert Status.SUPPRESSED not in status[1:]


def test_a_shrunk_rate_is_estimated_and_lies_between_the_own_rate_and_that_of_all() -> None:
    outcome = found(replace(YOUNG, calculation="shrunk_rate"), "commune")
    assert set(outcome.status.values.ravel().tolist()) == {Status.ESTIMATED}
    overall, own = 100 * 3730 / 14000, np.array(latest(YOUNG, "commune"))
    shrunk = outcome.values.values[:, -1]
    assert ((shrunk - own) * (overall - own) >= 0).all()
    assert (np.abs(shrunk - overall) <= np.abs(own - overall)).all()
    assert outcome.numerator is None


@pytest.mark.parametrize(
    ("calculation", "expected"),
    [
        # Shares of the young 20, 60, 150 of 230; of the others 80, 240, 450 of 770.
        ("dissimilarity_of_parts", 150 / 230 - 450 / 770),
        ("isolation_of_parts", (20 * 0.2 + 60 * 0.2 + 150 * 0.25) / 230),
        (
            "theil_of_parts",
            80 / 230 * np.log(0.2 / 0.23) + 150 / 230 * np.log(0.25 / 0.23),
        ),
    ],
)
def test_how_a_group_is_spread_over_the_communes(calculation: str, expected: float) -> None:
    spread = replace(YOUNG, calculation=calculation, kind=Kind.INEQUALITY, scale=1.0)
    assert latest(spread, "group")[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("calculation", "expected"),
    [
        ("herfindahl", 0.23**2 + 0.5**2 + 0.27**2),
        ("entropy", -sum(s * np.log(s) for s in (0.23, 0.5, 0.27)) / np.log(3)),
    ],
)
def test_how_a_total_is_spread_over_its_variables(calculation: str, expected: float) -> None:
    mix = replace(
        YOUNG,
        calculation=calculation,
        kind=Kind.INEQUALITY,
        numerator=AGES,
        denominator=(),
        scale=1.0,
    )
    assert latest(mix, "group")[0] == pytest.approx(expected)
    unknown = found(mix, "group", TinyPack(statuses={("age_0_19", 0, 2021): Status.SUPPRESSED}))
    assert unknown.status.values.ravel().tolist() == [Status.SUPPRESSED, Status.AGGREGATED]


def test_every_kind_of_figure_has_a_calculation() -> None:
    """Flags and categories are found, not calculated: cubes of one's own have them."""
    calculated = set(Kind) - {Kind.FLAG, Kind.CATEGORY}
    assert frozenset().union(*(each.kinds for each in CALCULATIONS.values())) == calculated


@pytest.mark.parametrize("chunk", [1, 2, 4])
@pytest.mark.parametrize("level", ["commune", "group", "middle"])
def test_chunks_never_change_a_bit(level: str, chunk: int) -> None:
    for name in ("population_density", "gini_parts", "share_parts_under_500", "weekly_hours"):
        cut, whole = found(name, level, TinyPack(chunk=chunk)), found(name, level)
        np.testing.assert_array_equal(cut.values, whole.values)
        np.testing.assert_array_equal(cut.status, whole.status)
