"""What published tables tell of their hidden cells, alone and together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import LevelUnknown, TablesDisagree
from workbench.disclosure.attack import Published, attack, restricted
from workbench.disclosure.audit import bounds
from workbench.disclosure.intervals import narrowed
from workbench.disclosure.primary import Primary
from workbench.disclosure.reading import published
from workbench.disclosure.sums import Sums
from workbench.disclosure.tables import Dimension, Table
from workbench.disclosure.territories import across, territories
from workbench.geography.transition import transition
from workbench.packs.pack import open_pack

PLACE = Dimension.of({"a": "all", "b": "all", "c": "all"})


def shows(table: Table, *figures: float) -> Published:
    """Publish figures; NaN is marked as hidden."""
    shown = np.array(figures, float)
    size = len(shown)
    return Published(table, shown, np.isnan(shown), np.zeros(size), np.full(size, np.inf))


def test_two_hidden_cells_hide_each_other() -> None:
    """Their sum is 30: each is anything from 0 to 30."""
    found = attack({"t": shows(Table({"place": PLACE}), 60, np.nan, np.nan, 30)})
    assert (found.least.tolist(), found.greatest.tolist()) == ([0, 0], [30, 30])
    assert found.passed


def test_another_publication_gives_a_cell_away() -> None:
    """A zone of b and c is published elsewhere: what is left of all is a."""
    zones = Table({"place": Dimension.of({"b": "zone", "c": "zone"})})
    one = shows(Table({"place": PLACE}), 60, np.nan, np.nan, 30)
    other = Published(
        zones, np.array([55.0, np.nan, np.nan]), np.zeros(3, bool), np.zeros(3), np.full(3, np.inf)
    )
    found = attack({"one": one, "other": other})
    assert found.exact.tolist() == [True, True]
    assert found.least.tolist() == [5, 25]


def test_what_another_table_shows_is_not_hidden() -> None:
    part = Table({"place": Dimension(("a",))})
    found = attack(
        {"t": shows(Table({"place": PLACE}), 60, np.nan, np.nan, 30), "u": shows(part, 5)}
    )
    assert list(zip(found.names, found.exact, strict=True)) == [("a", True), ("b", True)]


def test_whole_numbers_narrow() -> None:
    """4 and 4 in 2 cells of a sum, twice: halves are no values."""
    sums = Sums.of(4, [(3, [0, 1]), (3, [1, 2]), (3, [0, 2])])
    hidden = np.array([True, True, True, False])
    values = np.array([0.0, 0, 0, 5])
    plain = bounds(values, hidden, sums)
    assert plain.least[0] == pytest.approx(2.5)
    with pytest.raises(ArithmeticError, match="HiGHS ended"):
        bounds(values, hidden, sums, whole=True)


def test_a_rate_tells_its_numerator() -> None:
    """10.0 % of 200 is 20, to within 0.05 % of 200."""
    frame = pd.DataFrame(
        {
            "place": ["all", "a", "b", "c"],
            "poor": [60.0, np.nan, np.nan, 30.0],
            "share": [12.0, 10.0, 8.3, 15.1],
            "people": [500.0, 200, 120, 180],
        }
    )
    plain = attack({"t": published(frame, "poor", Table({"place": PLACE}))})
    assert plain.passed
    told = published(frame, "poor", Table({"place": PLACE}), rates=[("share", "people", 100)])
    found = attack({"t": told}, whole=True)
    assert (found.least.tolist(), found.greatest.tolist()) == ([20, 10], [20, 10])
    assert found.exact.all()


def test_who_knows_its_own_value_finds_the_other() -> None:
    """Two enterprises alone in two cells: as anyone, 0 to 30; as one of them, exactly."""
    table, true = Table({"place": PLACE}), np.array([60.0, 5.0, 25.0, 30.0])
    sensitive = np.array([False, True, True, False])
    primary = Primary(sensitive.astype(np.uint8), 0.1 * true, 0.1 * true, sensitive)
    given = {"t": shows(table, 60, np.nan, np.nan, 30)}
    found = attack(given, truth={"t": true}, primary=primary)
    assert found.under.tolist() == [True, True]


def test_figures_that_cannot_be_are_refused() -> None:
    with pytest.raises(TablesDisagree, match="What is shown cannot be"):
        attack({"t": shows(Table({"place": PLACE}), 20, np.nan, np.nan, 30)})
    part = Table({"place": Dimension(("c",))})
    with pytest.raises(TablesDisagree, match=r"u shows 40 where another table shows 30 \(c\)"):
        attack({"t": shows(Table({"place": PLACE}), 60, np.nan, np.nan, 30), "u": shows(part, 40)})


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), whole=st.booleans())
def test_one_sum_at_a_time_never_narrows_more_than_all(seed: int, *, whole: bool) -> None:
    """And the true value is always within."""
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, 9, (3, 4)).astype(float)
    values = np.vstack([cells, cells.sum(0)])
    values = np.column_stack([values, values.sum(1)])
    way = [Dimension.of({str(at): "t" for at in range(count)}) for count in (3, 4)]
    order = [
        [each.numbers[name] for name in (*map(str, range(n)), "t")]
        for each, n in zip(way, (3, 4), strict=True)
    ]
    laid = np.empty(values.shape)
    laid[np.ix_(*order)] = values
    flat, hidden = laid.ravel(), rng.random(20) < 0.6
    sums = Table({"r": way[0], "c": way[1]}).sums
    least, greatest = narrowed(np.where(hidden, np.nan, flat), hidden, sums, whole=whole)
    found = bounds(flat, hidden, sums, whole=whole)
    assert (least <= found.least + 1e-6).all()
    assert (greatest >= found.greatest - 1e-6).all()
    assert ((found.least <= flat + 1e-6) & (flat <= found.greatest + 1e-6)).all()


def test_parts_that_are_not_published_are_one_more_part() -> None:
    """They are not negative: a is 60 at most, and nothing more is known of it."""
    own = restricted(PLACE, ["all", "a"])
    found = attack({"t": shows(Table({"place": own}), 60, np.nan, np.nan)})
    assert found.greatest.max() == 60


# --- Territories ------------------------------------------------------------------------------


def test_levels_are_sums_where_they_lie_within() -> None:
    """Brittany is four départements; an EPCI is communes, and no région is made of EPCI."""
    made = territories(open_pack("france"), ["commune", "epci", "departement", "region"])
    sums = {}
    for total, parts in made.sums:
        sums.setdefault(total, []).append(parts)
    assert sums["region 53"][-1] == tuple(
        f"departement {code}" for code in ("22", "29", "35", "56")
    )
    assert {part.split()[0] for part in sums["departement 59"][0]} == {"commune"}
    assert len(sums["departement 59"]) == 1
    lille = next(parts for total, parts in made.sums if total == "epci 200093201")
    assert "commune 59350" in lille
    with pytest.raises(LevelUnknown, match="'epcis' is not made of whole communes; nearest: epci"):
        territories(open_pack("france"), ["epcis"])


def test_two_maps_share_what_did_not_change() -> None:
    """A merged commune is the sum of those that it was made of."""
    pack = open_pack("france")
    found = transition(pack.events, 2024, 2026, without_weight="even")
    old, new, (merged, _) = across(found, "commune", before="2024", after="2026")
    assert old["59350"] == new["59350"] == "commune 59350"
    made_of: dict[str, set[str]] = {}
    for source, target in zip(found.origin, found.target, strict=True):
        made_of.setdefault(found.targets[target], set()).add(found.sources[source])
    wholes = set(merged.values())
    assert len(wholes) > 10
    for code, name in new.items():
        if name in wholes:
            parts = {part for part, to in merged.items() if to == name}
            assert parts == {old[each] for each in made_of[code]}
            assert name.endswith("(2026)")
