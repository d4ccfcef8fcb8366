"""The ways to protect a variable: hide cells, round them, add noise; each with what it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import DisclosureRefused, ParameterError
from workbench.disclosure.audit import audit, bounds
from workbench.disclosure.cell_key import perturb
from workbench.disclosure.layout import Layout
from workbench.disclosure.primary import Primary, Rule, primary
from workbench.disclosure.protect import protect
from workbench.disclosure.report import Method, Protected
from workbench.disclosure.rounding import round_to
from workbench.disclosure.secondary import suppress
from workbench.disclosure.sums import check_sums
from workbench.disclosure.tables import Table, link

__all__ = ["METHODS", "Outcome", "Sensitive", "suppress_together"]

_NAMED = 5  # cells that an error names
_TOGETHER = 3000


@dataclass(frozen=True)
class Sensitive:
    """Say which rule a variable falls under, and where the rule finds what it looks at.

    Parameters
    ----------
    rule : Rule
    counts : str
        Column or variable of the contributors of each cell; the variable itself where it counts
        them.
    largest, second : str
        Those of the two largest contributions, for rules that look at them.
    imputed : str
        That of how much of each cell was imputed: what was is never shown as observed.
    keys : str
        That of the sums of record keys, for noise by cell key.
    whole : bool
        Values are whole numbers, and everyone knows it.
    base : int
        What rounding is to a multiple of.
    """

    rule: Rule
    counts: str
    largest: str = ""
    second: str = ""
    imputed: str = ""
    keys: str = ""
    whole: bool = False
    base: int = 5

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that are looked at."""
        every = (self.counts, self.largest, self.second, self.imputed, self.keys)
        return tuple(filter(None, every))


@dataclass(frozen=True, eq=False)
class Outcome:
    """Hold what may be released of a variable.

    Parameters
    ----------
    values : ndarray (cell,)
    hidden : ndarray of bool (cell,)
    told : Protected
    """

    values: NDArray[np.float64]
    hidden: NDArray[np.bool_]
    told: Protected


def by_suppression(
    name: str, sensitive: Sensitive, layout: Layout, shown: NDArray[np.bool_] | None
) -> Outcome:
    """Hide sensitive cells, and others lest sums give them away."""
    values, found = _looked_at(name, sensitive, layout)
    done = protect(layout.table, values, found, shown=shown, whole=sensitive.whole)
    _refuse(name, done.under, layout.table)
    hidden, secondary = done.suppression.hidden, done.suppression.secondary
    return _told(name, sensitive.rule, layout.table, values, hidden, secondary)


def suppress_together(
    name: str, sensitive: Sensitive, layouts: Mapping[str, Layout]
) -> dict[str, Outcome]:
    """Hide cells of several tables of one variable, attacked as one.

    Raises
    ------
    DisclosureRefused
        A cell would be known too closely, or all the tables are too large to be taken at once.
    """
    linked = link({table: layout.table for table, layout in layouts.items()})
    size = linked.sums.size
    if size > _TOGETHER:
        raise DisclosureRefused(
            f"{name}: tables are released together up to {_TOGETHER:,} cells, and these have "
            f"{size:,}. Put them in one table with all their dimensions, or release one after the "
            "other (before=…)."
        )

    def gathered(column: str) -> NDArray[np.float64]:
        cells = np.zeros(size)
        for table, layout in layouts.items():
            cells[linked.cells[table].ravel()] = layout.read(column)
        return cells

    read = {
        table: layout.read(name).reshape(layout.table.shape) for table, layout in layouts.items()
    }
    values = linked.gather(read)
    found = _by_rule(name, sensitive, values, gathered)
    done = suppress(values, found, linked.sums)
    under = audit(values, done.hidden, linked.sums, found, whole=sensitive.whole).under
    for table, layout in layouts.items():
        _refuse(f"{name} of {table}", under[linked.cells[table].ravel()], layout.table)
    outcomes = {}
    for table, layout in layouts.items():
        own = linked.cells[table].ravel()
        cells = values[own], done.hidden[own], done.secondary[own]
        outcomes[table] = _told(name, sensitive.rule, layout.table, *cells)
    return outcomes


def _told(
    name: str,
    rule: Rule,
    table: Table,
    values: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    secondary: NDArray[np.bool_],
) -> Outcome:
    """Say what was hidden; its cost is the share of the value of the finest cells."""
    finest = np.ones(len(values), bool)
    finest[table.sums.totals] = False
    share = values[finest & hidden].sum() / max(values[finest].sum(), 1e-300)
    first, second = int((hidden & ~secondary).sum()), int(secondary.sum())
    told = Protected(name, rule, "suppression", len(values), first, second, 100 * float(share))
    return Outcome(values, hidden, told)


def by_rounding(
    name: str, sensitive: Sensitive, layout: Layout, shown: NDArray[np.bool_] | None
) -> Outcome:
    """Round all cells, sums kept; refuse it where it leaves a sensitive one too well known."""
    _not_again(name, "rounding", shown)
    values, found = _looked_at(name, sensitive, layout)
    sums, base = layout.table.sums, sensitive.base
    rounded = round_to(values, sums, base=base)
    # What anyone knows: less than the farthest cell was moved, by whole bases.
    reach = base * max(1.0, float(np.floor(np.abs(rounded - values).max(initial=0) / base) + 1))
    within = reach - 1 if sensitive.whole else reach
    seen = bounds(
        rounded,
        np.ones(len(values), bool),
        sums,
        cells=found.sensitive,
        whole=sensitive.whole,
        lower=np.maximum(0.0, rounded - within),
        upper=rounded + within,
    )
    slack = 1e-6 * np.maximum(1.0, values)
    with np.errstate(invalid="ignore"):
        under = values - seen.least < found.down - slack
        under |= seen.greatest - values < found.up - slack
    _refuse(name, under & found.sensitive, layout.table)
    cost = float(np.abs(rounded - values).mean())
    told = Protected(name, sensitive.rule, "rounding", len(values), cost=cost, base=base)
    return Outcome(rounded, np.zeros(len(values), bool), told)


def by_cell_key(
    name: str, sensitive: Sensitive, layout: Layout, shown: NDArray[np.bool_] | None
) -> Outcome:
    """Add noise that the records of a cell decide; sums hold no longer."""
    _not_again(name, "noise", shown)
    if not sensitive.keys:
        raise ParameterError(
            f"{name}: noise by cell key needs the column of the sums of record keys (keys=…): see "
            "disclosure.cell_key.record_keys."
        )
    values, _ = _looked_at(name, sensitive, layout)
    noisy = perturb(values, layout.read(sensitive.keys))
    cost = float(np.abs(noisy - values).mean())
    told = Protected(name, sensitive.rule, "cell_key", len(values), cost=cost)
    return Outcome(noisy, np.zeros(len(values), bool), told)


METHODS: Mapping[Method, Callable[..., Outcome]] = {
    "suppression": by_suppression,
    "rounding": by_rounding,
    "cell_key": by_cell_key,
}


def _looked_at(
    name: str, sensitive: Sensitive, layout: Layout
) -> tuple[NDArray[np.float64], Primary]:
    values = layout.read(name)
    check_sums(values, layout.table.sums)
    return values, _by_rule(name, sensitive, values, layout.read)


def _by_rule(
    name: str,
    sensitive: Sensitive,
    values: NDArray[np.float64],
    read: Callable[[str], NDArray[np.float64]],
) -> Primary:
    """Apply the rule of a variable to its cells; `read` gives those of a column."""
    if not sensitive.largest and (sensitive.rule.dominance <= 1 or sensitive.rule.p_percent):
        raise ParameterError(
            f"{name}: its rule looks at the largest contribution of each cell. Name its column "
            "(largest=…), or take a rule of frequency alone."
        )
    largest, second = (
        read(column) if column else None for column in (sensitive.largest, sensitive.second)
    )
    return primary(
        values,
        sensitive.rule,
        counts=read(sensitive.counts),
        largest=largest,
        second=second,
        whole=sensitive.whole,
    )


def _refuse(name: str, under: NDArray[np.bool_], table: Table) -> None:
    if under.any():
        cells = np.flatnonzero(under)
        told = "; ".join(map(table.name, cells[:_NAMED].tolist()))
        more = "…" if len(cells) > _NAMED else ""
        raise DisclosureRefused(
            f"{name}: {len(cells)} cells would be known too closely: {told}{more}. "
            "Nothing is released. Merge categories or territories, or choose another method."
        )


def _not_again(name: str, method: str, shown: NDArray[np.bool_] | None) -> None:
    if shown is not None:
        raise ParameterError(
            f"{name}: {method} does not take account of an earlier release; suppression does."
        )
