"""Indicators of one's own zones are those of the levels, when zones are territories of a level."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr

import workbench as wb
from workbench.core.errors import MedianNotAggregated
from workbench.core.types import Status
from workbench.geography import read_zoning
from workbench.geography.shapes import shapes_of

ALL = [indicator.id for indicator in wb.indicators()]


@pytest.fixture(scope="module")
def departements():
    """Make the départements again, as a table of their communes."""
    held = wb.open_pack("france").frame("commune")["departement"]
    held = held[held != ""]
    return read_zoning(pd.DataFrame({"code": held.index, "zone": held.to_numpy()}))


def test_every_indicator_of_zones_that_are_departements_is_that_of_the_departements(departements):
    """To the last digit; only a commune split since makes a zone's figures apportioned."""
    zones = wb.cube(ALL, level=departements).compute()
    expected = wb.cube(ALL, level="departement").compute()
    for name in ALL:
        xr.testing.assert_equal(zones[name].variable, expected[name].variable)
        differs = zones[f"{name}_status"].variable != expected[f"{name}_status"].variable
        assert (zones[f"{name}_status"].variable.values[differs.values] == Status.APPORTIONED).all()


def test_counts_brought_to_such_zones_are_those_of_the_departements(departements):
    """From the cube of communes, lazily."""
    cube = wb.cube(["population", "dwellings"])
    brought = departements.aggregate(cube)
    assert brought["population"].chunks is not None
    expected = wb.cube(["population", "dwellings"], level="departement").compute()
    for name in ("population", "dwellings"):
        found = brought[name].compute()
        xr.testing.assert_equal(found.variable, expected[name].variable)


def test_a_zone_drawn_as_a_departement_counts_what_it_does(france):
    """The Nord, from the contours of its communes; Cambrai's is no other's."""
    contours = france.boundaries("commune", detail="fine")
    held = france.frame("commune")["departement"]
    places = np.array([i for code, i in contours.index.items() if held.get(code) == "59"])
    nord = shapely.union_all(shapes_of(contours, places))
    zones = read_zoning({"nord": nord})
    found = wb.cube(["population"], zones, [2023])["population"]
    expected = wb.cube(["population"], "departement", [2023])["population"]
    assert float(found.squeeze()) == float(expected.sel(territory="59").squeeze())
    assert zones.table.loc["nord", ["parts", "whole"]].tolist() == [647, 647]


def test_zones_may_cross_departements_and_share_communes():
    """Lille of the Nord, and half of Arras of the Pas-de-Calais."""
    table = pd.DataFrame({"code": ["59350", "62041"], "zone": "X", "weight": [1.0, 0.5]})
    found = wb.cube(["population"], read_zoning(table), [2023]).compute().squeeze()
    assert found["population"].item() == 238246 + 42875 / 2
    assert found["population_status"].item() == Status.APPORTIONED


def test_a_median_of_cut_communes_is_refused():
    """It describes whole communes."""
    table = pd.DataFrame({"code": ["59350", "62041"], "zone": "X", "weight": [1.0, 0.5]})
    with pytest.raises(MedianNotAggregated, match="the zoning cuts commune or counts some twice"):
        wb.cube(ALL, level=read_zoning(table))


def test_a_zone_of_mayotte_alone_has_no_change(france):
    """Its population is repeated: the zone is marked as the département is."""
    held = france.frame("commune")["departement"]
    codes = held.index[held == "976"]
    zones = read_zoning(pd.DataFrame({"code": codes, "zone": "M"}))
    found = wb.cube(["population_change"], level=zones)["population_change_status"]
    assert (found == Status.NOT_APPLICABLE).all()


def test_an_older_map_has_its_own_zones():
    """In 2019 Lille's and its neighbours' populations are those of 2016."""
    table = pd.DataFrame({"code": ["59350"], "zone": "X"})
    found = wb.cube(["population"], level=read_zoning(table, vintage=2019))
    assert found.attrs["vintage"] == 2019
    assert found["period"].values.tolist() == [2016]
