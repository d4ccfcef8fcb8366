"""Decide what the first page of a gallery shows, and what goes to lists of their own.

A few hundred reports fit one page. Beyond, the page shows what holds them (régions and their
départements), and each département has a list that is read only when it is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from workbench.reports.gallery.entries import LONG, GalleryEntry, Holder, sort_key

__all__ = ["Contents", "Group", "ReportList", "Row", "Section"]

# A list this short is read at a glance: initials would only cut it up.
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Section:
    """Hold the reports of one level in a list, by initial; a short section has one, ``""``."""

    level: str
    entries: tuple[GalleryEntry, ...]
    initials: tuple[tuple[str, tuple[GalleryEntry, ...]], ...]


@dataclass(frozen=True, slots=True)
class ReportList:
    """Hold the reports that a page of its own lists: those of one département.

    Parameters
    ----------
    holder : Holder
    group : str
        Heading under which the first page leads to it.
    href : str
        Address of its page, relative to the gallery.
    members : tuple of GalleryEntry
        Those that were made, widest levels first, then by name.
    failures : tuple of GalleryEntry
    report : str
        Address of the holder's own report, relative to the gallery; empty when it has none.
    """

    holder: Holder
    group: str
    href: str
    members: tuple[GalleryEntry, ...]
    failures: tuple[GalleryEntry, ...]
    report: str = ""

    @property
    def sections(self) -> tuple[Section, ...]:
        """The reports that were made, a section a level."""
        return tuple(
            _section(level, tuple(entries))
            for level, entries in groupby(self.members, key=lambda entry: entry.level)
        )


def _section(level: str, entries: tuple[GalleryEntry, ...]) -> Section:
    if len(entries) <= _SHORT:
        return Section(level, entries, (("", entries),))
    initials = groupby(entries, key=lambda entry: _initial(entry.name))
    return Section(level, entries, tuple((letter, tuple(found)) for letter, found in initials))


def _initial(name: str) -> str:
    initial = sort_key(name)[:1]
    return initial.upper() if initial.isalpha() else "#"


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one line of the first page: a territory, its report, the list it holds.

    Parameters
    ----------
    code, name, level : str
        Of the territory.
    href : str
        Where its name leads: to its report, or to its list when it has no report.
    population : int or None
    reports : ReportList or None
    """

    code: str
    name: str
    level: str
    href: str
    population: int | None = None
    reports: ReportList | None = None

    @property
    def has_report(self) -> bool:
        """Tell whether the territory has a report of its own."""
        return self.reports is None or self.href != self.reports.href

    @property
    def total(self) -> int:
        """Number of reports behind the row."""
        return self.has_report + (len(self.reports.members) if self.reports else 0)


@dataclass(frozen=True, slots=True)
class Group:
    """Hold the rows shown under one heading; the head is that of the heading's own name."""

    name: str
    head: Row | None
    rows: tuple[Row, ...]

    @property
    def total(self) -> int:
        """Number of reports under the heading."""
        return sum(row.total for row in (self.head, *self.rows) if row)


@dataclass(frozen=True, slots=True)
class Contents:
    """Hold what a gallery shows, page by page.

    Parameters
    ----------
    lang : str
    entries : tuple of GalleryEntry
        All of them, in the order given.
    total : int
        Number of reports that were made.
    groups : tuple of Group
        Of the first page, in alphabetical order.
    levels : tuple of (str, str)
        Identifier and label of the levels to choose among on the first page.
    failures : tuple of GalleryEntry
        Named on the first page: all, or none when they are so many that the lists name them.
    lists : tuple of ReportList
        In alphabetical order.

    Examples
    --------
    >>> nord = GalleryEntry("59", "Nord", "departement", "Département", href="59.html")
    >>> contents = Contents.of([nord], lang="fr")
    >>> contents.total, [group.rows[0].name for group in contents.groups], contents.lists
    (1, ['Nord'], ())
    """

    lang: str
    entries: tuple[GalleryEntry, ...]
    total: int
    groups: tuple[Group, ...]
    levels: tuple[tuple[str, str], ...]
    failures: tuple[GalleryEntry, ...]
    lists: tuple[ReportList, ...]

    @classmethod
    def of(cls, entries: Sequence[GalleryEntry], *, lang: str) -> Contents:
        """Share out entries between the first page and the lists.

        Parameters
        ----------
        entries : sequence of GalleryEntry
            In the order of their levels, widest first.
        lang : str
            Of the gallery; part of the addresses of lists.
        """
        done = [entry for entry in entries if entry.status == "done"]
        failed = [entry for entry in entries if entry.status == "failed"]
        listed = [entry for entry in done if entry.holder] if len(done) > LONG else []
        lost = [entry for entry in failed if entry.holder] if len(failed) > LONG else []
        shown = [entry for entry in done if not (listed and entry.holder)]
        named = [entry for entry in failed if not (lost and entry.holder)]
        lists = _lists([*listed, *lost], {entry.key: entry.href for entry in shown}, lang)
        chosen = () if listed else dict.fromkeys((e.level, e.level_label) for e in done if e.group)
        return cls(
            lang=lang,
            entries=tuple(entries),
            total=len(done),
            groups=_groups(shown, lists),
            levels=tuple(chosen),
            failures=tuple(_alphabetical(named)),
            lists=tuple(sorted(lists, key=lambda each: (sort_key(each.holder.name), each.href))),
        )

    @property
    def is_long(self) -> bool:
        """Tell whether the reports are on lists of their own."""
        return any(each.members for each in self.lists)

    @property
    def lost(self) -> int:
        """Number of failures that only the lists name."""
        return sum(len(each.failures) for each in self.lists)

    @property
    def legend(self) -> str:
        """Say what a line of the first page leads to: a report, a list, or both."""
        if not self.is_long:
            return "reports"
        rows = [row for group in self.groups for row in (group.head, *group.rows) if row]
        return "both" if any(row.reports and row.has_report for row in rows) else "lists"

    @property
    def addresses(self) -> dict[str, str]:
        """Address of the list of reports of each territory that has one, by its key."""
        return {each.holder.key: each.href for each in self.lists if each.members}


def _alphabetical(entries: Iterable[GalleryEntry]) -> list[GalleryEntry]:
    return sorted(entries, key=lambda entry: (sort_key(entry.name), entry.code))


def _lists(
    entries: Sequence[GalleryEntry], reports: Mapping[str, str], lang: str
) -> list[ReportList]:
    """Put entries on the list of their holder, beside the address of its own report."""
    place = {level: n for n, level in enumerate(dict.fromkeys(entry.level for entry in entries))}
    ordered = sorted(_alphabetical(entries), key=lambda entry: place[entry.level])
    held: dict[Holder, list[GalleryEntry]] = {}
    for entry in ordered:
        if entry.holder:
            held.setdefault(entry.holder, []).append(entry)
    return [
        ReportList(
            holder,
            group=members[0].group,
            href=f"lists/{holder.key}.{lang}.html",
            members=tuple(entry for entry in members if entry.status == "done"),
            failures=tuple(entry for entry in members if entry.status == "failed"),
            report=reports.get(holder.key, ""),
        )
        for holder, members in held.items()
    ]


def _groups(entries: Iterable[GalleryEntry], lists: Iterable[ReportList]) -> tuple[Group, ...]:
    """Put reports and lists under their headings, both in alphabetical order."""
    waiting = {each.holder.key: each for each in lists if each.members}
    headed: dict[str, list[Row]] = {}
    for entry in entries:
        reports = waiting.pop(entry.key, None)
        row = Row(entry.code, entry.name, entry.level, entry.href, entry.population, reports)
        headed.setdefault(entry.group, []).append(row)
    for reports in waiting.values():
        holder = reports.holder
        row = Row(holder.code, holder.name, holder.level, reports.href, reports=reports)
        headed.setdefault(reports.group, []).append(row)
    return tuple(_group(name, headed[name]) for name in sorted(headed, key=sort_key))


def _group(name: str, rows: Sequence[Row]) -> Group:
    head = next((row for row in rows if name and row.name == name), None)
    rest = sorted(
        (row for row in rows if row is not head), key=lambda row: (sort_key(row.name), row.code)
    )
    return Group(name, head, tuple(rest))
