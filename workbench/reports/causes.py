"""Say why a report differs from one edition to the next: what it was made from that changed.

A figure is put down to what it rests on: the data of its variables, the declaration of its
indicator, the ground of its territory; and, since they may touch any figure, to the template,
the package and Python. Several causes are named when several changed: a ledger does not say how
much each of them did.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from workbench.core.reads import Item, told
from workbench.indicators.registry import registry
from workbench.reports.editions import Edition
from workbench.reports.ledger import Entry, RunFacts

__all__ = ["CAUSES", "Causes", "Suspects", "count_causes"]

CAUSES = (
    "data",
    "perimeter",
    "template",
    "code",
    "environment",
    "pack",
    "question",
    "unexplained",
)
"""In this order: what was read; the ground of the territory; the notebook; the package, or what
the catalogue declares; Python and its packages; what the pack says; parameters, titles, links
and form of the page; nothing that a ledger tells of."""

# The cause that each kind of item stands for; what is not here is data.
_KINDS = {"indicator": "code", "catalogue": "code", "words": "pack", "source": "pack"}

# What changed, in plain words, by cause.
Reasons = dict[str, set[str]]


def count_causes(named: Iterable[tuple[str, ...]]) -> dict[str, int]:
    """Count causes, in their order; what has several counts for each.

    Examples
    --------
    >>> count_causes([("data", "code"), ("data",)])
    {'data': 2, 'code': 1}
    """
    counts: Counter[str] = Counter()
    # Few sets of causes are those of many figures.
    for causes, count in Counter(named).items():
        counts.update(dict.fromkeys(causes, count))
    return {cause: counts[cause] for cause in CAUSES if cause in counts}


class Causes:
    """Find the causes of what differs between two editions.

    Parameters
    ----------
    before, after : Edition

    Attributes
    ----------
    reasons : dict of str to set of str
        By cause that was named, what changed in plain words.
    """

    def __init__(self, before: Edition, after: Edition) -> None:
        self._before, self._after = before, after
        self._known: dict[tuple[int, int, str, str], Suspects] = {}
        self.reasons: Reasons = defaultdict(set)

    def between(self, before: Entry, after: Entry) -> Suspects:
        """Return what may explain the differences of two reports; most share it."""
        key = before.run, after.run, before.basis, after.basis
        if key not in self._known:
            facts = self._before.runs[before.run], self._after.runs[after.run]
            read = self._before.bases[before.basis], self._after.bases[after.basis]
            self._known[key] = Suspects(facts, read, self.reasons)
        return self._known[key]


class Suspects:
    """Hold what changed between two runs, and between what two of their reports read.

    Parameters
    ----------
    facts : pair of RunFacts
    read : pair of mapping of Item to str
        Digests of what each report read.
    reasons : dict of str to set of str
        Where what changed is told, for each cause that is named.
    """

    def __init__(
        self,
        facts: tuple[RunFacts, RunFacts],
        read: tuple[Mapping[Item, str], Mapping[Item, str]],
        reasons: Reasons,
    ) -> None:
        self._reasons = reasons
        self._general = _general(*facts)
        before, after = read
        # A template is a file that was read too: it has a cause of its own.
        apart = {("file", each.template) for each in facts}
        shared = (before.keys() & after.keys()) - apart
        self._changed = sorted(item for item in shared if before[item] != after[item])
        self._only_one = sorted((before.keys() ^ after.keys()) - apart)
        self._figures: dict[tuple[str, str, bool], tuple[str, ...]] = {}

    def of_figure(self, indicator: str, level: str, *, moved: bool) -> tuple[str, ...]:
        """Name the causes of a figure that changed.

        Parameters
        ----------
        indicator, level : str
        moved : bool
            The ground of its territory is not the same.

        Notes
        -----
        What changed elsewhere is named only when nothing else explains the figure: first what
        both reports read, then what one of them alone did.
        """
        key = indicator, level, moved
        if key not in self._figures:
            declared = registry().by_id.get(indicator)
            # The catalogue says what an indicator rests on; one that it has lost, on anything.
            variables = declared.variables if declared else {item[-1] for item in self._changed}
            own = [
                item
                for item in self._changed
                if item == ("indicator", level, indicator)
                or (item[0] == "variable" and item[-1] in variables)
            ]
            self._figures[key] = self._named(own, moved=moved) or self._otherwise()
        return self._figures[key]

    def of_page(self, *, moved: bool, asked: bool) -> tuple[str, ...]:
        """Name the causes of a page that changed though none of its figures did.

        Parameters
        ----------
        moved : bool
            The ground of its territory is not the same.
        asked : bool
            Nor are its parameters, titles, links or form.
        """
        return self._named(self._changed, moved=moved, asked=asked) or self._otherwise()

    def _otherwise(self) -> tuple[str, ...]:
        named = self._named(self._changed) or self._named(self._only_one)
        return named or ("unexplained",)

    def _named(
        self, items: Iterable[Item], *, moved: bool = False, asked: bool = False
    ) -> tuple[str, ...]:
        named = {cause: {said} for cause, said in self._general.items()}
        for item in items:
            named.setdefault(_KINDS.get(item[0], "data"), set()).add(told(item))
        if moved:
            named["perimeter"] = set()
        if asked:
            named["question"] = set()
        for cause, said in named.items():
            self._reasons[cause] |= said
        return tuple(cause for cause in CAUSES if cause in named)


def _general(before: RunFacts, after: RunFacts) -> dict[str, str]:
    """Say, by cause, what may touch any figure."""
    found = {}
    if before.template_digest != after.template_digest:
        found["template"] = after.template
    if before.package != after.package:
        found["code"] = f"package {' → '.join(dict.fromkeys((before.version, after.version)))}"
    if before.environment != after.environment:
        found["environment"] = "Python, its packages or the machine"
    return found
