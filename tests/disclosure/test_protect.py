"""Whatever the table, an attacker who shares no code with the package finds nothing."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.disclosure.random_tables import Drawn, draw, found_by_attack, places
from workbench.core.errors import ProtectionImpossible
from workbench.disclosure.audit import audit
from workbench.disclosure.exact import cheapest
from workbench.disclosure.primary import Rule
from workbench.disclosure.protect import protect
from workbench.disclosure.tables import Dimension

RULE = Rule(minimum_frequency=3, dominance=0.85)
FLAT = Dimension.of(dict.fromkeys("vwxyz", "every"))


def drawn(seed: int) -> Drawn:
    """Tables of one to three dimensions, nested or linked, of 20 to 700 cells."""
    kinds = (
        (places(30, 5, linked=False),),
        (places(24, 4, linked=True),),
        (places(9, 3, linked=False), FLAT),
        (places(14, 3, linked=True), FLAT),
        (places(14, 3, linked=True), places(6, 2, linked=False, name="k")),
        (places(7, 2, linked=True), FLAT, Dimension.of({"f": "both", "m": "both"})),
    )
    return draw(seed, *kinds[seed % len(kinds)], mean=2.0 + seed % 5)


@pytest.mark.parametrize("small", [0, 200], ids=["by parts", "whole"])
@pytest.mark.parametrize("seed", range(24))
def test_no_attacker_comes_under_the_interval(seed: int, small: int) -> None:
    table = drawn(seed)
    sensitive = table.primary(RULE)
    assert sensitive.sensitive.any()
    try:
        done = protect(table.table, table.values, sensitive, small=small)
    except ProtectionImpossible:
        pytest.fail("a table of this size can be protected")
    assert not done.under.any()
    hidden = done.suppression.hidden
    assert hidden[sensitive.sensitive].all()
    assert list(found_by_attack(table, hidden, sensitive, insiders=3)) == []


def test_the_attacker_finds_what_primary_suppression_leaves() -> None:
    """Else the tests above would prove nothing."""
    table = drawn(4)
    sensitive = table.primary(RULE)
    found = list(found_by_attack(table, sensitive.sensitive, sensitive, insiders=1))
    assert len({cell for cell, *_ in found}) > 5
    assert any(least == pytest.approx(greatest) for _, _, least, greatest in found)


@pytest.mark.parametrize("seed", range(4))
def test_parts_hide_about_as_little_as_the_least(seed: int) -> None:
    """Proved to be the least by cuts, on tables of 84 cells."""
    table = draw(seed, places(10, 3, linked=False), FLAT)
    sensitive = table.primary(RULE)
    by_parts = protect(table.table, table.values, sensitive, small=0).suppression
    least = protect(table.table, table.values, sensitive, small=200).suppression
    assert least.cost <= by_parts.cost <= 1.35 * least.cost + 2


@pytest.mark.parametrize("seed", range(6))
def test_the_least_is_the_least(seed: int) -> None:
    """Of all choices of other cells, tried one after the other in a tiny table."""
    table = draw(
        seed, Dimension.of(dict.fromkeys("abc", "all")), Dimension.of({"x": "t", "y": "t"})
    )
    sensitive = table.primary(RULE)
    costs = np.ones(len(table.values))
    others = np.flatnonzero(~sensitive.sensitive & (table.values > 0))
    sizes = []
    for count in range(len(others) + 1):
        for chosen in itertools.combinations(others, count):
            hidden = sensitive.sensitive.copy()
            hidden[list(chosen)] = True
            if audit(table.values, hidden, table.table.sums, sensitive).passed:
                sizes.append(count)
                break
        if sizes:
            break
    found = cheapest(table.values, sensitive, table.table.sums, costs)
    assert (None if found is None else int((found & ~sensitive.sensitive).sum())) == (
        sizes[0] if sizes else None
    )


def test_whole_numbers_stay_possible_as_whole_numbers() -> None:
    table = draw(3, places(30, 4, linked=True), FLAT, whole=True)
    sensitive = table.primary(RULE)
    done = protect(table.table, table.values, sensitive, whole=True, small=0)
    assert not done.under.any()
    assert np.array_equal(done.suppression.hidden & sensitive.sensitive, sensitive.sensitive)


@pytest.mark.parametrize("small", [0, 200], ids=["by parts", "whole"])
def test_a_sensitive_cell_that_is_published_already_is_refused(small: int) -> None:
    table = drawn(0)
    sensitive = table.primary(RULE)
    shown = np.zeros(len(table.values), bool)
    shown[np.flatnonzero(sensitive.sensitive)[0]] = True
    with pytest.raises(ProtectionImpossible, match=r"1 sensitive cells cannot be .* already"):
        protect(table.table, table.values, sensitive, shown=shown, small=small)
