"""What a report rests on is hashed item by item, each for what it is alone."""

from __future__ import annotations

import pandas as pd

from tests.packs.tiny_country import territories, write_country
from workbench.reports.digests import Digests, perimeter_digest


def grounds(pack):
    """Hash the ground of a town, of its county and of the other county."""
    places = (("A-001", "town"), ("A", "county"), ("B", "county"))
    return [perimeter_digest(pack, pack.territory(*place)) for place in places]


def same(one, other):
    """Tell which digests are equal."""
    return [first == second for first, second in zip(one, other, strict=True)]


def test_an_indicator_brings_its_variables_and_their_sources(tmp_path):
    """Once each, with what every report reads."""
    pack = write_country(tmp_path / "tiny")
    items = [("indicator", "county", "population_density"), ("indicator", "town", "population")]
    assert [item for item in Digests(pack).of_all(items) if item not in items] == [
        ("catalogue",),
        ("map",),
        ("source", "count"),
        ("variable", "town", "area_km2"),
        ("variable", "town", "population"),
        ("words",),
    ]


def test_a_level_that_the_pack_has_lost_is_no_error(tmp_path):
    """A ledger may tell of it: the indicator is hashed, without variables."""
    found = Digests(write_country(tmp_path / "tiny")).of_all(
        [("indicator", "parish", "population")]
    )
    assert not [item for item in found if item[0] == "variable"]


def test_the_ground_is_the_same_on_the_map_of_another_year(tmp_path):
    """Figures that change with the year alone are not put down to it."""
    later = write_country(tmp_path / "later", vintage=2024, vintages=[2024])
    assert grounds(write_country(tmp_path / "tiny")) == grounds(later)


def test_the_ground_changes_with_what_moves_or_is_absorbed(tmp_path):
    """Ash leaves A for B; elsewhere Alder absorbs a town that is not on the map."""
    before = grounds(write_country(tmp_path / "before"))
    places = territories()
    places.loc[places["code"] == "A-002", "county"] = "B"
    moved = grounds(write_country(tmp_path / "moved", places=places))
    assert same(before, moved) == [True, False, False]
    pack = write_country(tmp_path / "absorbed")
    former = {"town": ["A-001"], "code": ["A-004"], "name": ["Aspic"], "kind": ["merged"]}
    pd.DataFrame(former).to_parquet(pack.folder / "data" / "former.parquet")
    assert same(before, grounds(pack)) == [False, False, True]
