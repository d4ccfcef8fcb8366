"""A pack opens lazily, at one vintage, and refuses to mix two."""

from __future__ import annotations

import dask.array as da
import numpy as np
import pytest

from workbench.core.errors import (
    LevelUnknown,
    PackNotFound,
    TerritoryUnknown,
    UnknownName,
    VintageMismatch,
)
from workbench.core.types import Status
from workbench.packs.pack import open_pack

NATIONAL = {2019: {2016: 66_618_176}, 2024: {2021: 67_664_570, 2022: 68_017_091}}


# --- Opening ------------------------------------------------------------------------------------


def test_a_pack_opens_once_by_name_or_folder(france):
    """The same object each time: its tables are read once."""
    opened = open_pack("france")
    assert open_pack("france") is opened
    assert open_pack(str(france.folder)) is opened
    assert repr(france) == "<Pack france, map of 2026, 85688 territories>"


@pytest.mark.parametrize(("name", "hint"), [("frnce", "nearest: france"), ("../x", "choose from")])
def test_an_unknown_pack_names_the_known_ones(name, hint):
    """Misspelt, or a folder without a pack.yml."""
    with pytest.raises(PackNotFound, match=f"No pack is named '{name}' .{hint}"):
        open_pack(name)


def test_an_unknown_vintage_names_the_known_ones():
    """There is no edition of the map of 2020."""
    with pytest.raises(VintageMismatch, match="no map of 2020; it has those of 2019, 2021, 2022"):
        open_pack("france", vintage=2020)


# --- Variables ----------------------------------------------------------------------------------


def test_a_variable_is_lazy_and_labelled(france):
    """Dask-backed, codes as text, one column a period."""
    people = france.variable("population", "commune")
    assert isinstance(people.data, da.Array)
    assert people.dims == ("territory", "period")
    assert people["period"].values.tolist() == [2016, 2019, 2020, 2021, 2022, 2023]
    assert people.sel(territory="59350", period=2023).compute().item() == 238_246
    assert people.dtype == np.float64


def test_a_variable_without_period_has_the_period_zero(france):
    """An area is not of a year."""
    area = france.variable("area_km2", "commune")
    assert area["period"].values.tolist() == [0]
    assert area.sel(territory="59350").compute().item() == pytest.approx(34.9, abs=0.4)


def test_statuses_tell_four_absences_apart(france):
    """Shared out, missing and not applicable are declared; the rest is observed."""
    ages = france.status("age_65_plus", "commune").sel(period=2021).compute()
    assert Status(int(ages.sel(territory="59350"))) is Status.OBSERVED
    assert Status(int(ages.sel(territory="15141"))) is Status.APPORTIONED
    assert Status(int(ages.sel(territory="97611"))) is Status.NOT_APPLICABLE
    people = france.status("population", "commune").sel(period=2016).compute()
    assert Status(int(people.sel(territory="98818"))) is Status.MISSING


def test_zero_inhabitants_is_a_figure(france):
    """The destroyed villages are observed, not missing."""
    empty = france.variable("population", "commune").sel(territory="55039", period=2023)
    status = france.status("population", "commune").sel(territory="55039", period=2023)
    assert (empty.compute().item(), status.compute().item()) == (0.0, Status.OBSERVED)


@pytest.mark.parametrize(
    ("name", "level", "said"),
    [
        ("poplation", "commune", r"not in pack france \(nearest: .*population"),
        ("town_halls", "iris", "'town_halls' is not counted at level iris"),
        ("population", "departement", "'population' is not counted at level departement"),
    ],
)
def test_an_unknown_variable_says_so(france, name, level, said):
    """Misspelt, or not counted there: coarser levels are sums."""
    with pytest.raises(UnknownName, match=said):
        france.variable(name, level)


def test_every_declared_variable_is_in_a_table(france):
    """And no column is undeclared."""
    columns = {*france._columns("commune"), *france._columns("iris")}
    assert columns | {"parts"} == set(france.spec.variables)


# --- Levels -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "parts"),
    [("commune", 34_969), ("epci", 34_871), ("departement", 34_875), ("country", 34_875)],
)
def test_membership_places_each_commune(france, level, parts):
    """Four islands have no EPCI; 94 overseas communes are in no département."""
    held = france.membership(level)
    assert len(held) == 34_969
    assert parts == (held >= 0).sum()


def test_membership_leads_to_the_right_holder(france):
    """Lille is in the Nord."""
    held = france.membership("departement")
    lille = france.frame("commune").index.get_loc("59350")
    assert france.frame("departement").index[held[lille]] == "59"


def test_quarters_hold_themselves(france):
    """An IRIS is counted, never summed from communes."""
    assert france.parts_level("iris") == "iris"
    assert france.membership("arrondissement_municipal").tolist() == [*range(45)]


@pytest.mark.parametrize(
    ("level", "codes"), [("departement", ["976"]), ("region", ["06"]), ("country", [])]
)
def test_a_series_kept_constant_is_marked_where_all_of_it_is(france, level, codes):
    """Mayotte's population; France's moves."""
    marked = france.frozen(level)["population"]
    assert codes == marked["territory"].values[marked.values].tolist()


def test_former_communes_of_a_commune(france):
    """None is an empty table."""
    assert france.former("01015")["name"].tolist() == ["Arbignieu", "Saint-Bois"]
    assert len(france.former("97611")) == 0


# --- Older maps ---------------------------------------------------------------------------------


@pytest.mark.parametrize("vintage", NATIONAL)
def test_an_older_map_carries_the_population_published_on_it(vintage):
    """France with Mayotte, each period it was published in."""
    pack = open_pack("france", vintage=vintage)
    people = pack.variable("population", "commune")
    inside = pack.frame("commune")["country"] == "FR"
    totals = people.compute()[inside.to_numpy()].sum("territory")
    assert NATIONAL[vintage] == dict(zip(totals["period"].values, totals.values, strict=True))


def test_an_older_map_has_its_own_communes_and_groups():
    """Saline was not yet split in 2019, and Lille's EPCI had another code."""
    pack = open_pack("france", vintage=2019)
    assert pack.territory("14712").vintage == 2019
    assert "14666" not in pack.frame("commune").index
    lille = pack.territory("59350")
    assert lille.parents["epci"] == "245900410"
    assert pack.territories.parents(lille, ["epci"])[0].name == "Métropole Européenne de Lille"
    assert "200093201" not in pack.frame("epci").index


def test_a_group_bears_on_each_map_the_name_and_the_type_of_that_map():
    """Landerneau's community of communes became one of agglomeration in 2022."""
    frames = [open_pack("france", vintage=year).frame("epci") for year in (2021, 2022)]
    assert [frame.at["242900801", "name"] for frame in frames] == [
        "CC du Pays de Landerneau-Daoulas",
        "CA du Pays de Landerneau-Daoulas",
    ]
    assert [frame.at["242900801", "type"] for frame in frames] == ["CC", "CA"]


@pytest.mark.parametrize("vintage", [2019, 2021, 2022, 2023, 2024, 2025])
def test_on_an_older_map_every_parent_exists_and_every_holder_holds(vintage):
    """So that no report stops half-way."""
    pack = open_pack("france", vintage=vintage)
    communes = pack.frame("commune")
    for level in ("epci", "ept", "departement", "collectivite", "region", "country"):
        assert set(communes[level]) - {""} == set(pack.frame(level).index), level


def test_articles_are_read_alike_on_every_map(france):
    """A commune that kept its name kept what is said of it: *Los Masos*, *Aux Marais*."""
    now = france.frame("commune")
    before = open_pack("france", vintage=2019).frame("commune").reindex(now.index)
    named = now["name"] == before["name"]
    assert named.sum() > 34_000
    marks = ["article", "article_in_name"]
    assert (now.loc[named, marks] == before.loc[named, marks]).all().all()


def test_an_older_map_refuses_the_variables_of_the_latest():
    """And says what to do."""
    pack = open_pack("france", vintage=2022)
    with pytest.raises(VintageMismatch, match=r"not 'dwellings' by commune\. Open"):
        pack.variable("dwellings", "commune")
    with pytest.raises(VintageMismatch, match=r"not 'population' by iris\. Open the pack at 2026"):
        pack.variable("population", "iris")
    assert not pack.has_variable("dwellings", "commune")


def test_an_older_map_is_not_drawn_with_today_s_boundaries():
    """They would show communes that did not exist."""
    pack = open_pack("france", vintage=2022)
    assert not pack.has_boundaries("commune")
    with pytest.raises(VintageMismatch, match="Boundaries are those of the map of 2026, not of"):
        pack.boundaries("commune")


# --- Boundaries ---------------------------------------------------------------------------------


def test_a_level_without_boundaries_says_so(france):
    """IRIS are not drawn; a misspelt detail is an error."""
    assert not france.has_boundaries("iris")
    with pytest.raises(LevelUnknown, match="draws no boundary at level 'iris'"):
        france.boundaries("iris")
    with pytest.raises(UnknownName, match=r"Detail 'corse' is unknown \(nearest: coarse\)"):
        france.boundaries("commune", detail="corse")


def test_a_former_commune_leads_to_the_one_that_holds_it(france):
    """Lomme was associated to Lille on 2000-02-27."""
    with pytest.raises(
        TerritoryUnknown, match=r"'59355' \(Lomme\) is not in vintage 2026: .* Lille \(59350\)"
    ):
        france.territory("59355")
