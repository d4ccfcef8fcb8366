"""Rounding and noise: what they keep, what they change, and what they cost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.disclosure.random_tables import draw, places
from workbench.core.errors import DisclosureRefused, ParameterError, ProtectionImpossible
from workbench.disclosure.cell_key import noise_table, perturb, record_keys
from workbench.disclosure.primary import Rule
from workbench.disclosure.released import Released, Sensitive, release, release_together
from workbench.disclosure.rounding import round_to
from workbench.disclosure.sums import Sums
from workbench.disclosure.tables import Dimension

PLACES = Dimension.of({"a": "all", "b": "all", "c": "all"})
SECRET = b"a secret of sixteen bytes"


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), linked=st.booleans())
def test_rounding_keeps_every_sum_and_every_multiple(seed: int, *, linked: bool) -> None:
    flat = Dimension.of(dict.fromkeys("xyz", "every"))
    table = draw(seed, places(9, 3, linked=linked), flat, whole=True)
    sums = table.table.sums
    rounded = round_to(table.counts, sums)
    assert np.abs(sums.gaps(rounded)).max() == 0
    assert (rounded % 5 == 0).all()
    assert (rounded >= 0).all()
    away = np.abs(rounded - table.counts)
    assert away.max() < 5 if not linked else away.max() < 20
    if not linked:
        assert (away[table.counts % 5 == 0] == 0).all()


def test_rounding_is_the_nearest_that_adds_up() -> None:
    """12 = 3 + 4 + 5: 10 = 0 + 5 + 5 is 6 away in all, 15 = 5 + 5 + 5 as well but for 3."""
    sums = Sums.of(4, [(0, [1, 2, 3])])
    values = np.array([13.0, 4.0, 4.0, 5.0])
    assert round_to(values, sums).tolist() == [15, 5, 5, 5]
    with pytest.raises(ProtectionImpossible, match="20,000 cells at most"):
        round_to(np.zeros(20_001), Sums.of(20_001, []))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 40])
def test_noise_adds_up_to_nothing_and_never_goes_under_zero(count: int) -> None:
    chances = noise_table(count, 5, 2.0)
    changes = np.arange(-5, 6)
    assert chances.sum() == pytest.approx(1)
    assert chances @ changes == pytest.approx(0, abs=1e-9)
    assert chances[changes < -count].sum() == 0
    if count >= 3:
        assert chances @ changes**2 == pytest.approx(2, abs=1e-6)


def test_the_same_records_have_the_same_noise() -> None:
    """Alone, or in a table with others; another secret makes another noise."""
    keys = record_keys([f"person {at}" for at in range(2000)], SECRET)
    cells = np.arange(2000) % 50
    counts = np.bincount(cells).astype(float)
    sums = np.bincount(cells, keys)
    noisy = perturb(counts, sums)
    assert noisy[7] == perturb(counts[7:8], np.array([keys[cells == 7].sum()]))[0]
    other = np.bincount(cells, record_keys([f"person {at}" for at in range(2000)], SECRET[::-1]))
    assert (perturb(counts, other) != noisy).any()
    assert 0.2 < np.abs(noisy - counts).mean() < 3
    with pytest.raises(ParameterError, match="16 bytes or more"):
        record_keys(["a"], b"short")
    with pytest.raises(ParameterError, match="whole numbers"):
        perturb(np.array([1.5]), np.array([0.1]))


COUNTS = pd.DataFrame(
    {"place": ["all", "a", "b", "c"], "people": [43, 2, 18, 23], "keys": [1.4, 0.7, 0.1, 0.6]}
)


def counted(method: str, **more: object) -> Released:
    rule = Sensitive(
        Rule(minimum_frequency=3),
        counts="people",
        whole=True,
        **more,  # type: ignore[arg-type]
    )
    data = COUNTS if "keys" in more else COUNTS.drop(columns="keys")
    return release(data, {"people": rule}, dimensions={"place": PLACES}, method=method)  # type: ignore[arg-type]


def test_rounding_is_released_with_its_cost() -> None:
    done = counted("rounding")
    people = done.data["people"].tolist()
    assert people[0] == sum(people[1:])
    assert set(done.data["people_status"]) == {"estimated"}
    told = done.report.variables[0]
    assert (told.method, told.base, told.cost) == ("rounding", 5, 2.0)
    assert "rounded to a multiple of 5" in " ".join(done.report.sentences("en"))


def test_noise_is_released_with_its_cost() -> None:
    done = counted("cell_key", keys="keys")
    assert done.report.audit == "by noise"
    assert "keys" in done.report.left_out
    assert "bruit" in " ".join(done.report.sentences("fr"))
    with pytest.raises(ParameterError, match="needs the column of the sums of record keys"):
        counted("cell_key")
    with pytest.raises(ParameterError, match="no method 'roundin'; nearest: rounding"):
        counted("roundin")


def test_rounding_that_tells_too_much_is_refused() -> None:
    """To the nearest 5, 2,000,000 is known to within far less than 10 %."""
    table = COUNTS.drop(columns="keys").assign(
        people=[2_000_043, 2_000_002, 18, 23], firms=[9, 2, 4, 3]
    )
    rule = Sensitive(Rule(minimum_frequency=3), counts="firms", whole=True)
    with pytest.raises(DisclosureRefused, match=r"people: 1 cells would be known too closely: a\."):
        release(table, {"people": rule}, dimensions={"place": PLACES}, method="rounding")


def test_what_was_imputed_is_not_called_observed() -> None:
    table = COUNTS.drop(columns="keys").assign(people=[46, 5, 18, 23], made=[3, 3, 0, 0])
    rule = Sensitive(Rule(minimum_frequency=3), counts="people", imputed="made")
    done = release(table, {"people": rule}, dimensions={"place": PLACES})
    assert done.data["people_status"].tolist() == ["estimated", "estimated", "observed", "observed"]


def test_an_earlier_release_is_taken_account_of() -> None:
    """What it shows stays shown: the third cell cannot be hidden any more."""
    table = COUNTS.drop(columns="keys")
    rule = Sensitive(Rule(minimum_frequency=3), counts="people")
    given = {"rules": {"people": rule}, "dimensions": {"place": PLACES}}
    first = release(table, **given)  # type: ignore[arg-type]
    assert first.data["people_status"].tolist() == [
        "observed",
        "suppressed",
        "suppressed",
        "observed",
    ]
    again = release(table, before=first, **given)  # type: ignore[arg-type]
    assert again.data["people"].isna().tolist() == [False, True, True, False]
    later = table.assign(people=[43, 18, 2, 23])
    with pytest.raises(ParameterError, match="rounding does not take account"):
        release(later, before=first, method="rounding", **given)  # type: ignore[arg-type]


def test_a_rule_that_looks_at_the_largest_needs_it() -> None:
    rule = Sensitive(Rule(dominance=0.85), counts="people")
    with pytest.raises(ParameterError, match="looks at the largest contribution"):
        release(COUNTS.drop(columns="keys"), {"people": rule}, dimensions={"place": PLACES})
    table, place = COUNTS.drop(columns="keys"), {"place": PLACES}
    with pytest.raises(ParameterError, match="looks at the largest contribution"):
        release_together({"t": table}, "people", rule, dimensions={"t": place})


def test_tables_released_together_hide_what_either_would_tell() -> None:
    """Hiding b beside a is not enough: the zone would tell a. Hiding the whole is, in both."""
    communes = pd.DataFrame(
        {"place": ["all", "a", "b", "c"], "sales": [60.0, 5, 25, 30], "firms": [12, 2, 4, 6]}
    )
    zones = pd.DataFrame(
        {"place": ["all", "zone", "a"], "sales": [60.0, 55, 5], "firms": [12, 10, 2]}
    )
    trees = {
        "communes": {"place": PLACES},
        "zones": {"place": Dimension.of({"zone": "all", "a": "all"})},
    }
    rule = Sensitive(Rule(minimum_frequency=3), counts="firms")
    done = release_together({"communes": communes, "zones": zones}, "sales", rule, dimensions=trees)
    assert done["communes"].printed("sales", "en").tolist() == ["s", "s", "25", "30"]
    assert done["zones"].printed("sales", "en").tolist() == ["s", "55", "s"]
    assert done["zones"].report.primary == 1
    many = Dimension.of({f"c{at}": "all" for at in range(3001)})
    large = pd.DataFrame({"place": many.names, "sales": 0.0, "firms": 0})
    with pytest.raises(DisclosureRefused, match="together up to 3,000 cells, and these have 3,002"):
        release_together({"t": large}, "sales", rule, dimensions={"t": {"place": many}})
