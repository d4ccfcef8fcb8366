"""Indicators of one year and cell, counted by hand, whatever the form of the grid."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import xarray as xr

from workbench.core.errors import DeclarationError, GridInvalid, MissingExtra, UnknownName
from workbench.core.i18n import LANGUAGES, unit
from workbench.indicators.climate.daily import read_daily
from workbench.indicators.climate.declared import declared, read_declared
from workbench.indicators.climate.yearly import yearly

from .days import days, put

xclim = pytest.importorskip("xclim", reason="needs territorial-workbench[climate]")

FEBRUARY = ["2001-02-01", "2001-02-02", "2001-02-03"]
AUGUST = ["2001-08-01", "2001-08-02", "2001-08-03", "2001-08-10"]


def west(grid: xr.Dataset, *names: str) -> dict[str, list[float]]:
    """Give some indicators of a west cell, year after year, to a tenth."""
    found = yearly(read_daily(grid), [declared().get(name) for name in names])
    return {
        name: found[name].sel(lat=0.5, lon=0.5).values.round(1).tolist() for name in found.data_vars
    }


@pytest.fixture
def grid():
    """A mild year, with three days of frost, four of heat and two of rain in the west."""
    made = days("2001-01-01", "2001-12-31")
    made = put(made, "tasmin", -4.0, lon=0.5, on=FEBRUARY)
    made = put(made, "tasmin", 24.0, lon=0.5, on=AUGUST)
    made = put(made, "tasmax", 32.0, lon=0.5, on=AUGUST)
    return put(made, "pr", 30.0, lon=0.5, on=["2001-03-01", "2001-09-30"])


# Mean of a mild day: 15 °C; of a frost day (20 − 4) / 2 = 8; of a hot one (24 + 32) / 2 = 28.
EXPECTED = {
    "mean_temperature": [round((358 * 15 + 3 * 8 + 4 * 28) / 365, 1)],
    "summer_days": [4.0],
    "tropical_nights": [4.0],
    "heat_wave_days": [3.0],  # 10 August stands alone
    "frost_days": [3.0],
    "heating_degree_days": [358 * 3.0 + 3 * 10],
    "cooling_degree_days": [4 * 10.0],
    "precipitation": [60.0],
    "dry_spell": [212.0],  # 2 March to 29 September
}


def test_each_indicator_is_what_its_days_make_it(grid):
    assert west(grid, *EXPECTED) == EXPECTED


def test_kelvin_fluxes_noon_and_other_names_give_the_same(grid):
    """As models write them: K, kg m-2 s-1, stamps at noon, CF attributes, north at the bottom."""
    other = xr.Dataset(
        {
            "a": (grid["tasmin"] + 273.15).assign_attrs(
                units="K", standard_name="air_temperature", cell_methods="time: minimum"
            ),
            "b": (grid["tasmax"] + 273.15).assign_attrs(
                units="K", standard_name="air_temperature", cell_methods="time: maximum"
            ),
            "c": (grid["pr"] / 86400).assign_attrs(
                units="kg m-2 s-1", standard_name="precipitation_flux"
            ),
        }
    )
    other = other.assign_coords(time=other["time"] + np.timedelta64(12, "h")).isel(
        lat=slice(None, None, -1)
    )
    assert west(other, *EXPECTED) == EXPECTED


def test_amounts_of_a_day_are_rates_of_a_day(grid):
    grid["pr"].attrs["units"] = "mm"
    assert west(grid, "precipitation", "dry_spell") == {
        "precipitation": [60.0],
        "dry_spell": [212.0],
    }


def test_a_calendar_without_leap_years_has_them_all_whole():
    made = days("2000-01-01", "2001-12-31", calendar="noleap")
    assert west(made, "dry_spell") == {"dry_spell": [365.0, 365.0]}


def test_a_year_that_lacks_a_day_has_no_figure(grid):
    """It is told; a year begun or not ended is left out."""
    longer = days("2000-07-01", "2003-02-01").drop_isel(time=800)
    daily = read_daily(longer)
    assert "caveat_gaps" in daily.caveats
    found = yearly(daily, [declared().get("summer_days")])["summer_days"]
    assert found["period"].values.tolist() == [2001, 2002]
    assert found.sel(lat=0.5, lon=0.5).values == pytest.approx([0, np.nan], nan_ok=True)
    lacking = days("2001-01-01", "2003-12-31").drop_isel(time=500)
    assert west(lacking, "frost_days")["frost_days"] == pytest.approx([0, np.nan, 0], nan_ok=True)


def test_a_day_without_a_value_leaves_its_cell_without_a_figure(grid):
    lacking = put(grid, "tasmin", np.nan, lon=0.5, on=["2001-05-01"])
    found = yearly(read_daily(lacking), [declared().get("frost_days")])["frost_days"]
    assert found.sel(lat=0.5).values[0] == pytest.approx([np.nan, 0], nan_ok=True)


def test_the_mean_temperature_of_the_grid_comes_first(grid):
    """Without one it is midway between minimum and maximum, and the reader is told."""
    assert "caveat_mean" in read_daily(grid).caveats
    grid["tas"] = (grid["tasmax"] - 1).assign_attrs(units="degC")
    daily = read_daily(grid)
    assert "caveat_mean" not in daily.caveats
    assert float(daily.data["tas"].sel(time="2001-06-01").max()) == 19.0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda g: g[["pr"]].rename(pr="x"), r"No daily .* is recognised .* \(x\). Name them"),
        (lambda g: g.isel(time=slice(0, 300)), r"holds no whole year"),
        (lambda g: g.isel(time=slice(None, None, -1)), r"out of order"),
        (lambda g: g.isel(time=[0]), r"has 1 day: indicators are of whole years"),
        (lambda g: g.isel(time=slice(None, None, 30)), r"Steps of the grid are of 30 days"),
        (lambda g: g.expand_dims(member=2), r"also has member \(2 values\): select one"),
        (lambda g: g.assign_coords(time=range(365)), r"none holds dates"),
    ],
)
def test_what_is_no_daily_grid_is_told(grid, change, error):
    with pytest.raises(GridInvalid, match=error):
        yearly(read_daily(change(grid)), declared().indexes.values())


def test_units_must_be_said(grid):
    del grid["tasmin"].attrs["units"]
    with pytest.raises(GridInvalid, match=r"Variable tasmin has no units: 'degC', 'K'"):
        read_daily(grid)


def test_a_wrong_name_is_told(grid):
    with pytest.raises(GridInvalid, match=r"No daily variable is named 'tmin' \(.*tasmin"):
        read_daily(grid, names={"tmin": "tasmin"})
    with pytest.raises(GridInvalid, match=r"The grid has no variable 'tasmn' \(nearest: tasm"):
        read_daily(grid, names={"tasmin": "tasmn"})
    with pytest.raises(UnknownName, match=r"No climate indicator is named 'frost_day' \(nearest"):
        declared().get("frost_day")


def test_what_the_grid_lacks_is_told(grid):
    with pytest.raises(GridInvalid, match=r"The grid has pr; the indicators asked for need tasmin"):
        yearly(read_daily(grid[["pr"]]), [declared().get("frost_days")])


def test_without_xclim_the_command_that_brings_it_is_said(grid, monkeypatch):
    monkeypatch.setitem(sys.modules, "xclim", None)
    with pytest.raises(
        MissingExtra, match=r"pip install 'territorial-workbench\[climate\]'.*conda"
    ):
        yearly(read_daily(grid), [declared().get("frost_days")])


# --- Declarations --------------------------------------------------------------------------------


def test_every_declaration_is_one_of_xclim_with_words_and_units_of_ours():
    from xclim.indicators import atmos

    for index in declared().indexes.values():
        function = getattr(atmos, index.function)
        assert {*index.inputs, *index.parameters} <= set(function.parameters)
        assert unit(index.unit)
        for texts in (index.label, index.phrase, index.description):
            assert texts.keys() == LANGUAGES.keys()


def test_a_declaration_that_contradicts_itself_is_refused(tmp_path):
    source = (
        "theme:\n  id: climate\n  label: {fr: C, en: C}\n  description: {fr: D, en: D}\n"
        "  highlights: [frost]\n  charts: []\n"
        "indicators:\n  frost_days:\n    function: frost_dys\n    inputs: {tasmin: tasmin}\n"
        "    units: days\n    unit: day\n    decimals: 0\n    order: cells_first\n"
        "    label: {fr: G, en: F}\n    phrase: {fr: g, en: f}\n    description: {fr: d, en: d}\n"
        "    reference: somebody somewhere\n"
    )
    path = tmp_path / "mine.yml"
    path.write_text(source)
    with pytest.raises(DeclarationError, match=r"mine.yml, theme: 'frost' is no indicator"):
        read_declared(path)
    path.write_text(source.replace("[frost]", "[frost_days]"))
    with pytest.raises(DeclarationError, match=r"no function 'frost_dys' \(nearest: .*frost_days"):
        yearly(read_daily(days("2001-01-01", "2001-12-31")), read_declared(path).indexes.values())
    path.write_text(source.replace("decimals: 0", "decimal: 0"))
    with pytest.raises(DeclarationError, match=r"mine.yml, indicators, frost_days: .*decimal"):
        read_declared(path)
