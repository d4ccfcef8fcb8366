"""The figures of a portrait are those that anyone works out from the raw counts."""

from __future__ import annotations

import numpy as np
import pytest

from .portraits import made


def gini(values):
    """Measure inequality from the definition: half the mean difference over the mean."""
    return np.abs(values[:, None] - values[None, :]).mean() / (2 * values.mean())


def expected_of(rows):
    """Work out some indicators from the raw columns of the communes, with plain pandas."""
    people, summed = rows["population@2023"], rows.sum(numeric_only=True)
    known = rows[rows["town_halls_hours_known@2026"] == 1]
    # Bands are rounded: the shares of a whole are of their own sum.
    ages = summed[["age_0_19@2021", "age_20_64@2021", "age_65_plus@2021"]].sum()
    return {
        "population": people.sum(),
        "population_change_relative": 100 * (people.sum() / rows["population@2016"].sum() - 1),
        "population_density": people.sum() / rows["area_km2"].sum(),
        "share_65_plus": 100 * summed["age_65_plus@2021"] / ages,
        "ageing_index": 100 * summed["age_65_plus@2021"] / summed["age_0_19@2021"],
        "share_vacant_dwellings": 100 * summed["vacant_dwellings@2021"] / summed["dwellings@2021"],
        "share_women_councillors": 100
        * summed["councillors_women@2026"]
        / summed["councillors@2026"],
        "mean_age_councillors": summed["councillors_age_sum@2026"]
        / summed["councillors_age_known@2026"],
        "weekly_hours": known["opening_minutes@2026"].mean() / 60,
        "share_https": 100 * summed["town_halls_https@2026"] / summed["town_halls_website@2026"],
        "parts": float(len(rows)),
        "share_parts_under_500": 100 * (people < 500).mean(),
        "median_part_population": people.median(),
        "share_largest_part": 100 * people.max() / people.sum(),
        "share_population_under_2000": 100 * people[people < 2000].sum() / people.sum(),
    }


@pytest.mark.parametrize(
    ("code", "level"), [("59", "departement"), ("200093201", "epci"), ("15", "departement")]
)
def test_figures_are_those_of_plain_pandas(communes, code, level):
    """Sums and ratios of sums, never means of ratios."""
    rows = communes[communes[level] == code]
    readings = made(code, level, "fr").profile.readings
    expected = expected_of(rows)
    found = {name: readings[name].value.value for name in expected}
    assert expected == pytest.approx(found, rel=1e-9)
    assert gini(rows["population@2023"].to_numpy(float)) == pytest.approx(
        readings["gini_parts"].value.value, rel=1e-9
    )


def test_figures_of_a_region_and_of_the_country(communes):
    """Through two and four levels; the country is the 101 départements."""
    inside = communes[communes["country"] == "FR"]
    for code, level, rows in (
        ("32", "region", inside[inside["region"] == "32"]),
        ("FR", "country", inside),
    ):
        readings = made(code, level, "fr").profile.readings
        expected = expected_of(rows)
        # Mayotte has no change: it is left out of both ends of France's.
        moving = rows[rows["departement"] != "976"]
        expected.pop("population_change_relative")
        assert expected == pytest.approx({k: readings[k].value.value for k in expected}, rel=1e-9)
        change = readings["population_change"].value.value
        assert change == pytest.approx(
            moving["population@2023"].sum() - moving["population@2016"].sum()
        )


def test_rank_among_departements(communes):
    """The Nord is the most populated of 101, the second densest of its region's five."""
    people = communes[communes["country"] == "FR"].groupby("departement")["population@2023"].sum()
    national, sibling = made("59", "departement", "fr").profile.readings["population"].positions
    assert (people.rank(ascending=False)["59"], len(people)) == (national.rank, national.of)
    inside = people[["02", "59", "60", "62", "80"]].rank(ascending=False)
    assert (inside["59"], 5) == (sibling.rank, sibling.of)


def test_references_go_from_the_nearest_to_the_country():
    """EPCI, département, région, France."""
    found = [place.code for place in made("59350", "commune", "fr").profile.references]
    assert found == ["200093201", "59", "32", "FR"]
    assert made("FR", "country", "fr").profile.references == ()
