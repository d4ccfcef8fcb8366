"""Compare two editions: which figures changed, and what made them change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import PurePath

from workbench.core.errors import NothingToCompare, TerritoryUnknown, UnknownName, nearest
from workbench.indicators.registry import registry
from workbench.reports.causes import Causes, count_causes
from workbench.reports.changes import Change, Touched, find_differences, sum_up
from workbench.reports.editions import Edition
from workbench.reports.ledger import Entry, place_of, unpacked

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True)
class Comparison:
    """Hold what differs between two editions.

    Parameters
    ----------
    before, after : Edition
    territories : tuple of (level, code)
        Those that have a report in both.
    changes : tuple of Change
        By territory, then by indicator.
    pages : mapping of str to tuple of str
        By page that changed though none of its figures did, the causes.
    only_before, only_after : tuple of str
        Pages of one edition alone, those that failed in the other included.
    reasons : mapping of str to tuple of str
        By cause, what changed in plain words.
    """

    before: Edition
    after: Edition
    territories: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    pages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
    reasons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def only(self, *, territory: str = "", indicator: str = "") -> Comparison:
        """Keep the changes of one territory, of one indicator, or of one in the other.

        Raises
        ------
        TerritoryUnknown
            No report of both editions is of this code.
        UnknownName
            The indicator changed nowhere, and the catalogue has none of this name.
        """
        codes = {code for _, code in self.territories}
        if territory and territory not in codes:
            raise TerritoryUnknown(
                f"No report of both editions is of {territory!r} ({nearest(territory, codes)})."
            )
        known = {*registry().by_id, *(change.indicator for change in self.changes)}
        if indicator and indicator not in known:
            raise UnknownName(f"No indicator is named {indicator!r} ({nearest(indicator, known)}).")
        kept = tuple(
            change
            for change in self.changes
            if territory in ("", change.code) and indicator in ("", change.indicator)
        )
        pages = {
            page: causes
            for page, causes in self.pages.items()
            if not indicator and territory in ("", place_of(page)[1])
        }
        return replace(self, changes=kept, pages=pages)

    def by_cause(self) -> dict[str, int]:
        """Count the figures that changed by cause; one of several causes counts for each."""
        return count_causes(change.causes for change in self.changes)

    def pages_by_cause(self) -> dict[str, int]:
        """Count by cause the pages that changed though none of their figures did."""
        return count_causes(self.pages.values())

    def by_indicator(self) -> tuple[Touched, ...]:
        """Sum up the indicators that changed, the most touched first."""
        alike: dict[str, list[Change]] = defaultdict(list)
        for change in self.changes:
            alike[change.indicator].append(change)
        touched = (sum_up(name, changes) for name, changes in alike.items())
        return tuple(sorted(touched, key=lambda each: (-each.territories, each.indicator)))


def compare(before: Edition, after: Edition) -> Comparison:
    """Compare the figures of two editions, page by page.

    A page is that of a territory; its figures are the same in all languages and count once.

    Parameters
    ----------
    before, after : Edition
        Of one folder or of two; see :func:`.editions.open_edition`.

    Returns
    -------
    Comparison

    Raises
    ------
    NothingToCompare
        The editions have no page in common.
    """
    one, other = _by_place(before), _by_place(after)
    shared = sorted(one.keys() & other.keys())
    if not shared:
        raise NothingToCompare(_nothing(before, after))
    causes = Causes(before, after)
    changes: list[Change] = []
    pages: dict[str, tuple[str, ...]] = {}
    for place in shared:
        found: list[Change] = []
        pairs = _pairs(one[place], other[place])
        for earlier, later in pairs:
            suspects = causes.between(earlier, later)
            moved = earlier.perimeter != later.perimeter
            told = before.packed[earlier.page], after.packed[later.page]
            differ = list(find_differences(*map(unpacked, told))) if told[0] != told[1] else []
            for indicator, kind, was, now in differ:
                named = suspects.of_figure(indicator, place[0], moved=moved)
                found.append(Change(*place, indicator, kind, was, now, named))
            if not differ and earlier.page == later.page and earlier.sha256 != later.sha256:
                asked = earlier.question != later.question
                pages[later.page] = suspects.of_page(moved=moved, asked=asked)
        # Two languages tell the same figures.
        once = {change[:-1]: change for change in found}.values() if len(pairs) > 1 else found
        changes += sorted(once, key=attrgetter("indicator"))
    return Comparison(
        before,
        after,
        territories=tuple(shared),
        changes=tuple(changes),
        pages=pages,
        only_before=tuple(sorted(before.made.keys() - after.made.keys())),
        only_after=tuple(sorted(after.made.keys() - before.made.keys())),
        reasons={cause: tuple(sorted(causes.reasons[cause])) for cause in causes.reasons},
    )


def _by_place(edition: Edition) -> dict[tuple[str, str], dict[str, Entry]]:
    """Group the reports of an edition by territory, then by language."""
    found: dict[tuple[str, str], dict[str, Entry]] = defaultdict(dict)
    for page, entry in edition.made.items():
        level, code, lang = place_of(page)
        found[level, code][lang] = entry
    return found


def _pairs(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> list[tuple[Entry, Entry]]:
    """Pair the reports of a territory by language; without a common one, any two."""
    shared = sorted(before.keys() & after.keys())
    if not shared:
        return [(before[min(before)], after[min(after)])]
    return [(before[lang], after[lang]) for lang in shared]


def _nothing(before: Edition, after: Edition) -> str:
    said = []
    for each in (before, after):
        template = PurePath(each.facts.template).stem
        pages = f"{len(each.made)} page{'' if len(each.made) == 1 else 's'}"
        said.append(
            f"{each.name} ({pages}, template {template}, pack {each.facts.pack} "
            f"{each.facts.vintage})"
        )
    return (
        f"{said[0]} and {said[1]} have no territory in common. Compare two runs of the same "
        "territories."
    )
