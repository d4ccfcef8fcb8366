"""What does not fit the map it says: refused with the next step, or set aside and told."""

from __future__ import annotations

import pytest
import xarray as xr

from workbench.core.errors import (
    DeclarationError,
    LevelUnknown,
    TerritoryUnknown,
    UnknownName,
    VintageMismatch,
)
from workbench.geography.conversion_report import conversions

from .tiny_atlas import OLD
from .tiny_cubes import HOMES, OK, M, count, cube, later


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


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "1 code that leads nowhere, set aside: X"),
        ("fr", "1 code sans suite, mis de côté : X"),
    ],
)
def test_the_report_speaks_both_languages(lang: str, expected: str) -> None:
    made = later(cube(homes=count([*HOMES, 3], [*OLD, "X"])), unmatched="aside")
    lines = conversions(made)[0].told(lang).replace("\N{NO-BREAK SPACE}", " ").splitlines()
    assert expected in [line.replace("\N{NARROW NO-BREAK SPACE}", " ") for line in lines]
    assert len(lines) == 5


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


def test_an_array_is_refused_with_how_to_make_a_cube_of_it() -> None:
    with pytest.raises(DeclarationError, match=r"not a DataArray.*to_dataset\(name='homes'\)"):
        later(count(HOMES).rename("homes"))


@pytest.mark.parametrize("years", [{"to": "2020"}, {"since": "2012"}])
def test_a_year_is_a_number(years: dict[str, str]) -> None:
    with pytest.raises(VintageMismatch, match=r"give the year as a number, as in to=2026"):
        later(cube(homes=count(HOMES)), **years)
