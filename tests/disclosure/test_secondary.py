"""What is hidden holds against the attacker, and little is hidden."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import ProtectionImpossible
from workbench.disclosure.audit import audit, bounds
from workbench.disclosure.primary import Primary, Rule, primary
from workbench.disclosure.secondary import suppress
from workbench.disclosure.sums import Sums
from workbench.disclosure.tables import Dimension, Table

ROWS = Dimension.of({"a": "all", "b": "all", "c": "all"})
COLUMNS = Dimension.of({"x": "every", "y": "every", "z": "every"})
# Rows: all, a, b, c; columns: every, x, y, z.
VALUES = np.array(
    [[100, 40, 33, 27], [40, 20, 10, 10], [36, 12, 18, 6], [24, 8, 5, 11]], float
).ravel()


def only(cell: int, by: float, size: int = 16) -> Primary:
    """Make one cell sensitive."""
    there = np.arange(size) == cell
    return Primary(there.astype(np.uint8), there * by, there * by, np.zeros(size, bool))


def test_one_hidden_cell_is_found_by_subtraction() -> None:
    """Primary suppression alone gives the cell back: 40 − 20 − 10 = 10."""
    hidden = np.arange(16) == 6
    found = bounds(VALUES, hidden, Table({"row": ROWS, "column": COLUMNS}).sums)
    assert (found.least[6], found.greatest[6]) == (10, 10)


def test_a_cell_inside_a_table_needs_three_others() -> None:
    """Two in its row and column, and the one where these meet: no smaller choice protects it."""
    sums = Table({"row": ROWS, "column": COLUMNS}).sums
    sensitive = only(6, 2.0)
    done = suppress(VALUES, sensitive, sums)
    assert done.secondary.sum() == 3
    assert audit(VALUES, done.hidden, sums, sensitive).passed


def test_an_interval_too_narrow_fails_the_audit() -> None:
    """The four cells hidden leave 6 ± 1: enough for 1, not for 5."""
    sums = Sums.of(3, [(0, [1, 2])])
    values, hidden = np.array([7.0, 1.0, 6.0]), np.array([False, True, True])
    assert audit(values, hidden, sums, only(2, 1.0, 3)).passed
    failed = audit(values, hidden, sums, only(2, 5.0, 3))
    assert failed.under.tolist() == [False, False, True]
    assert not failed.exact.any()


def test_a_contributor_who_is_alone_takes_its_own_cell_out() -> None:
    """Two enterprises alone in their cells cannot protect each other: a third cell is hidden."""
    sums = Sums.of(4, [(0, [1, 2, 3])])
    values, counts = np.array([30.0, 8.0, 9.0, 13.0]), np.array([7, 1, 1, 5])
    found = primary(values, Rule(minimum_frequency=3), counts=counts)
    assert not audit(values, found.sensitive, sums, found).passed
    done = suppress(values, found, sums)
    assert done.hidden.tolist() == [False, True, True, True]
    assert audit(values, done.hidden, sums, found).passed


def test_what_is_published_already_is_not_hidden() -> None:
    """Another way is found, and none when all is shown."""
    sums = Sums.of(4, [(0, [1, 2, 3])])
    values, sensitive = np.array([10.0, 2.0, 4.0, 4.0]), only(1, 1.0, 4)
    shown = np.array([True, False, True, False])
    assert suppress(values, sensitive, sums, shown=shown).secondary.tolist() == [0, 0, 0, 1]
    with pytest.raises(ProtectionImpossible, match="cannot be protected, the first is number 1"):
        suppress(values, sensitive, sums, shown=np.array([True, False, True, True]))
    with pytest.raises(ProtectionImpossible, match="published already"):
        suppress(values, sensitive, sums, shown=np.ones(4, bool))


def test_costs_choose() -> None:
    """The cell that costs less is hidden."""
    sums = Sums.of(4, [(0, [1, 2, 3])])
    values, sensitive = np.array([10.0, 2.0, 4.0, 4.0]), only(1, 1.0, 4)
    for cheap in (2, 3):
        costs = np.where(np.arange(4) == cheap, 1.0, 5.0)
        assert np.flatnonzero(suppress(values, sensitive, sums, costs=costs).secondary) == [cheap]


def test_a_zero_protects_nothing() -> None:
    """A cell at 0 cannot lose: another one is chosen, even at a higher cost."""
    sums = Sums.of(4, [(0, [1, 2, 3])])
    values, costs = np.array([9.0, 3.0, 0.0, 6.0]), np.array([9.0, 1.0, 1.0, 2.0])
    done = suppress(values, only(1, 1.0, 4), sums, costs=costs)
    assert done.secondary.tolist() == [False, False, False, True]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), linked=st.booleans())
def test_no_cell_is_under_its_protection(seed: int, *, linked: bool) -> None:
    """Whatever the table, hierarchical in one way or in two, the attacker finds nothing."""
    rng = np.random.default_rng(seed)
    leaves = [f"c{number}" for number in range(9)]
    trees = [
        {leaf: f"d{at // 3}" for at, leaf in enumerate(leaves)},
        {f"d{number}": "all" for number in range(3)},
    ]
    if linked:
        trees.append({leaf: f"e{at % 2}" for at, leaf in enumerate(leaves)})
        trees.append({"e0": "all", "e1": "all"})
    table = Table({"place": Dimension.of(*trees), "kind": COLUMNS})
    places = table.dimensions["place"]
    contributors = rng.integers(0, 6, (len(leaves), 3))
    sizes = rng.lognormal(3, 1, (len(leaves), 3, 6)).round(1)
    sizes *= np.arange(6) < contributors[..., None]
    members = [_leaves(places, name) for name in places.names]
    shares = np.array([[leaf in inside for leaf in leaves] for inside in members], float)
    kinds = np.vstack([np.ones(3), np.eye(3)])
    values, counts = (
        np.einsum("pl,lk,jk->pj", shares, array, kinds).ravel()
        for array in (sizes.sum(-1), contributors.astype(float))
    )
    found = primary(values, Rule(minimum_frequency=3), counts=counts)
    try:
        done = suppress(values, found, table.sums)
    except ProtectionImpossible:
        # A table so small that nothing else has a value: to say so is right.
        return
    assert (done.hidden >= found.sensitive).all()
    assert audit(values, done.hidden, table.sums, found).passed


def _leaves(dimension: Dimension, name: str) -> set[str]:
    below = next((parts for total, parts in dimension.sums if total == name), ())
    return set().union(*(_leaves(dimension, part) for part in below)) if below else {name}
