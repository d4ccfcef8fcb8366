"""France converted: its own tables, and official figures of older maps as an oracle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench import geography
from workbench.core.errors import TerritoryUnknown, WeightsMissing
from workbench.core.types import Status
from workbench.geography.transition import transition
from workbench.packs.pack import open_pack

PACK = open_pack("france")


@pytest.fixture(scope="module")
def moves() -> pd.DataFrame:
    return pd.read_parquet(PACK.folder / "data" / "transitions.parquet")


@pytest.mark.parametrize("year", [2019, 2021, 2022, 2023, 2024])
def test_the_events_lead_where_the_editions_of_the_map_do(moves: pd.DataFrame, year: int) -> None:
    """Two ways that share no code: the build pairs the editions, the transition the events."""
    made = transition(PACK.events, year, 2026, weights=PACK.weights).changes
    ours = made.set_index(["from", "to"])["share"].sort_index()
    theirs = moves[moves["map"] == year].set_index(["from", "to"])["weight"].sort_index()
    pd.testing.assert_series_equal(ours, theirs, check_names=False, check_index_type=False)


@pytest.mark.parametrize("year", PACK.vintages)
def test_the_events_know_the_codes_of_each_map(year: int) -> None:
    made = transition(PACK.events, year, year)
    assert sorted(made.sources) == sorted(PACK.at(year).frame("commune").index)


def test_the_series_on_the_map_of_today_is_that_of_the_pack() -> None:
    series = geography.constant_perimeter("population").compute()
    assert series["map"].to_series().to_dict() == {
        **{2016: 2019, 2019: 2021, 2020: 2023, 2021: 2024, 2022: 2025, 2023: 2026},
    }
    own = PACK.variable("population", "commune").compute()
    np.testing.assert_array_equal(series["population"].values, own.values)
    assert list(series["territory"].values) == list(own["territory"].values)
    assert series["name"].sel(territory="59350") == "Lille"


def test_on_an_older_map_later_mergers_are_undone_and_totals_kept() -> None:
    series = geography.constant_perimeter("population", to=2019).compute()
    today = geography.constant_perimeter("population").compute()
    ours, theirs = (each["population"].sum("territory").values for each in (series, today))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    status = series["population_status"].sel(period=2023).values
    assert {int(each) for each in np.unique(status)} <= {
        *(Status.OBSERVED, Status.AGGREGATED, Status.APPORTIONED, Status.MISSING),
    }


def test_regions_hold_the_same_before_and_after() -> None:
    before = PACK.at(2019).published("population").sel(period=[2016])
    cube = before.rename("people").to_dataset().assign_attrs(vintage=2019)
    after = geography.convert(cube, to=2026)["people"]
    sums = [
        pd.Series(array.values[:, 0]).groupby(frame["region"].to_numpy()).sum()
        for array, frame in (
            (before, PACK.at(2019).frame("commune")),
            (after, PACK.frame("commune").loc[after["territory"].values]),
        )
    ]
    pd.testing.assert_series_equal(*sums, rtol=1e-12)


# -- official figures: legal populations of 2008 and 2013, on the map of 1 January 2015 --------

PUBLISHED = {"PMUN08": 63_961_859, "PMUN13": 65_564_756}
# Communes of today, and those of 2015 that they are made of.
MADE_OF = {
    "74010": ["74010", "74011", "74093", "74182", "74217", "74268"],  # Annecy, 2017
    "50129": ["50129", "50173", "50203", "50416", "50602"],  # Cherbourg-en-Cotentin, 2016
    "59350": ["59350"],  # Lille
    "93066": ["93066", "93059"],  # Saint-Denis with Pierrefitte-sur-Seine, 2025
}


@pytest.fixture(scope="module")
def official(official_data: Path) -> pd.DataFrame:
    folder = official_data / "cog_history" / "sources"
    columns = ["DEPCOM", *PUBLISHED]
    tables = [
        pd.read_csv(folder / f"population_{part}.csv", sep=";", dtype={"DEPCOM": str})[columns]
        for part in ("metropole", "dom")
    ]
    return pd.concat(tables, ignore_index=True)


def test_the_file_has_one_code_that_was_gone_and_it_is_told(official: pd.DataFrame) -> None:
    how = {"code": "DEPCOM", "sums": [*PUBLISHED], "since": 2015, "to": 2026}
    with pytest.raises(TerritoryUnknown, match=r"1 of 36641 codes.*'14697' became 14472"):
        geography.convert_table(official, **how)


@pytest.fixture(scope="module")
def converted(official: pd.DataFrame) -> geography.Converted:
    corrected = official.replace({"DEPCOM": {"14697": "14472"}})
    return geography.convert_table(corrected, code="DEPCOM", sums=[*PUBLISHED], since=2015, to=2026)


def test_every_commune_of_today_has_figures_of_2008_and_2013(converted) -> None:
    today = PACK.frame("commune")
    inside = today.index[(today["country"] == "FR") & ~today.index.str.startswith("976")]
    assert sorted(converted.table["DEPCOM"]) == sorted(inside)
    assert not converted.table.isna().to_numpy().any()


@pytest.mark.parametrize("column", PUBLISHED)
def test_published_totals_are_kept(converted, column: str) -> None:
    assert converted.table[column].sum() == pytest.approx(PUBLISHED[column], rel=1e-12)


@pytest.mark.parametrize("code", MADE_OF)
def test_a_merged_commune_has_the_sum_of_its_parts(official, converted, code: str) -> None:
    parts = official[official["DEPCOM"].isin(MADE_OF[code])]
    assert len(parts) == len(MADE_OF[code])
    found = converted.table.set_index("DEPCOM").loc[code, [*PUBLISHED]]
    assert found.tolist() == parts[[*PUBLISHED]].sum().tolist()


def test_the_report_accounts_for_the_file(official, converted) -> None:
    report = converted.report
    assert report.rows == len(official)
    assert report.matched + report.converted + len(report.apportioned) == report.rows
    assert not report.estimated
    assert converted.aside.empty


def test_going_by_the_map_of_2019_changes_nothing_but_split_communes(official, converted) -> None:
    corrected = official.replace({"DEPCOM": {"14697": "14472"}})
    how = {"code": "DEPCOM", "sums": [*PUBLISHED]}
    middle = geography.convert_table(corrected, since=2015, to=2019, **how)
    last = geography.convert_table(middle.table, since=2019, to=2026, **how)
    np.testing.assert_allclose(last.table[[*PUBLISHED]], converted.table[[*PUBLISHED]], rtol=1e-12)


def test_parts_without_weight_are_refused_until_an_even_share_is_accepted() -> None:
    """Robert-Magny was split in 2012, and merged into another commune before the first weights."""
    homes = pd.DataFrame({"code": ["52427"], "homes": [10.0]})
    how = {"code": "code", "sums": ["homes"], "since": 2008, "to": 2026}
    with pytest.raises(WeightsMissing, match="52427"):
        geography.convert_table(homes, **how)
    made = geography.convert_table(homes, **how, without_weight="even")
    assert made.table["homes"][0] == 5
    assert made.report.estimated == ("52427",)
    assert made.report.incomplete == ("52331",)  # it holds others, which the table lacks
