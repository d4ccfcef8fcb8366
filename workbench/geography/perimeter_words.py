"""Write the timeline of a perimeter, as text and as HTML, from the catalogue of messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from workbench.core.i18n import Lexicon, format_number, format_quantity
from workbench.core.types import Quantity, Status, Territory
from workbench.geography.perimeters import ChangeKind, Member, Named, PerimeterChange

if TYPE_CHECKING:
    import pandas as pd

    from workbench.geography.annexation import Growth
    from workbench.geography.group_members import Perimeter

__all__ = ["PerimeterWords", "as_html", "as_text", "reservations", "timeline"]

# Names written out in a sentence; the table of changes has them all.
_NAMED = 12


def timeline(perimeter: Perimeter) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Tell the maps and what happened between them, oldest first.

    Returns
    -------
    tuple of (str, tuple of str)
        When, and what is said of it.
    """
    words = PerimeterWords(perimeter)
    return tuple(_entries(perimeter, words))


def reservations(perimeter: Perimeter) -> tuple[str, ...]:
    """Say what the maps cannot tell."""
    words = PerimeterWords(perimeter)
    years = [str(year) for year in perimeter.vintages]
    if len(years) > 1:
        maps = words.say("perimeter.dates", years=words.lexicon.grammar.join(years))
    else:
        maps = words.say("perimeter.one_map", year=years[0])
    own = (words.of_pack(name) for name in perimeter.spec.levels[perimeter.level].caveats)
    return (maps, *own)


def as_text(perimeter: Perimeter) -> str:
    """Write the timeline as lines of text."""
    words = PerimeterWords(perimeter)
    entries = timeline(perimeter)
    width = max(len(when) for when, _ in entries)
    lines = [words.title, ""]
    for when, told in entries:
        for place, sentence in enumerate(told):
            lines.append(f"{when if not place else '':<{width}}  {sentence}")
    return "\n".join([*lines, "", *perimeter.caveats])


def as_html(perimeter: Perimeter) -> str:
    """Write the timeline as HTML: a table, the members folded below; colours are the page's."""
    words = PerimeterWords(perimeter)
    rows = Markup("").join(
        Markup(
            '<tr style="vertical-align:top"><th scope="row" style="text-align:left;'
            'white-space:nowrap">{}</th><td style="text-align:left">{}</td></tr>'
        ).format(when, Markup("<br>").join(told))
        for when, told in timeline(perimeter)
    )
    held = Markup("").join(
        Markup("<li>{} ({})</li>").format(name, code) for code, name in perimeter.members.items()
    )
    notes = Markup("").join(Markup("<p><small>{}</small></p>").format(x) for x in perimeter.caveats)
    return str(
        Markup(
            '<section lang="{}"><table><caption style="text-align:left"><b>{}</b></caption>'
            "<tbody>{}</tbody></table><details><summary>{}</summary><ul>{}</ul></details>{}</section>"
        ).format(perimeter.language, words.title, rows, words.members_at, held, notes)
    )


def _entries(perimeter: Perimeter, words: PerimeterWords) -> Iterator[tuple[str, tuple[str, ...]]]:
    years = perimeter.vintages
    changed = {change.after for change in perimeter.changes}
    start = years[0]
    for place, year in enumerate(years):
        following = years[place + 1] if place + 1 < len(years) else None
        if following is not None and following not in changed:
            continue
        if start in perimeter.line:
            yield words.span(start, year), (words.holds(start),)
        if following is not None:
            told = [c for c in perimeter.changes if c.after == following]
            when = words.say("perimeter.between", before=str(year), after=str(following))
            yield when, tuple(words.told(change) for change in told)
            start = following


class PerimeterWords:
    """Speak of one perimeter in its language."""

    def __init__(self, perimeter: Perimeter) -> None:
        spec = perimeter.spec
        self.perimeter = perimeter
        self.lexicon = Lexicon(perimeter.language, spec.level_names, spec.type_names)
        self.say = self.lexicon.say
        levels = list(spec.levels)
        self.base = next(x for x in levels if spec.levels[x].role == "local")

    @property
    def title(self) -> str:
        """Name the group, its level and its code."""
        known = self.perimeter
        level = self.lexicon.noun(known.level)
        return self.say("perimeter.title", name=known.name, level=level, code=known.code)

    @property
    def members_at(self) -> str:
        """Head the list of members."""
        return self.say("perimeter.members_at", year=str(self.perimeter.at))

    def of_pack(self, caveat: str) -> str:
        """Return the text of a reservation of the pack."""
        spec = self.perimeter.spec
        texts = spec.caveats[caveat]
        return texts.get(self.perimeter.language) or texts[spec.default_language]

    def span(self, first: int, last: int) -> str:
        """Name a run of maps."""
        if first == last:
            return self.say("perimeter.map_of", year=str(first))
        return self.say("perimeter.maps_of", first=str(first), last=str(last))

    def holds(self, year: int) -> str:
        """Say how many members the group had, and its name where it was another."""
        known = self.perimeter
        count = self._count(known.counts[year])
        code, name = known.line[year], known.names[year]
        if (code, name) == (known.code, known.name):
            return self.say("perimeter.holds", members=count)
        return self.say("perimeter.holds_as", members=count, name=name, code=code)

    def told(self, change: PerimeterChange) -> str:
        """Write one change as a sentence without its date."""
        kind, other = change.kind, change.other
        key = f"perimeter.{kind}"
        if kind in (ChangeKind.MERGED, ChangeKind.SPLIT):
            return self.say(key, names=self._join(self._inner(change)))
        if kind is ChangeKind.RECODED and other:
            return self.say(key, code=change.now, old=other.code)
        if kind is ChangeKind.RENAMED and other:
            return self.say(key, name=change.now, old=other.name)
        if kind is ChangeKind.RETYPED and other:
            return self.say(key, name=self._type(change.now), old=self._type(other.name))
        return self._moved(key, change)

    def series(self, table: pd.DataFrame) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Lay out the population of the two perimeters: headings, then a row a map and period."""
        year = str(max(self.perimeter.line))
        keys = ("map", "period", "members", "then")
        headings = [self.say(f"perimeter.series_{key}") for key in keys]
        rows = [
            (
                str(row["map"]),
                str(row["period"]),
                str(row["members"]),
                *(self._quantity(row[x], row[f"{x}_status"], form="bare") for x in ("then", "now")),
            )
            for row in table.to_dict("records")
        ]
        return (*headings, self.say("perimeter.series_now", year=year)), rows

    def growth(self, grown: Growth) -> str:
        """Say how much of the growth is of people, how much of ground."""
        changes = {
            name: self._quantity(value, form="name", sign="always")
            for name, value in (
                ("total", grown.total),
                ("annexation", grown.by_annexation),
                ("people", grown.by_people),
            )
        }
        years = {"start": str(grown.start), "end": str(grown.end)}
        if grown.by_annexation:
            return self.say("perimeter.growth", **years, **changes)
        return self.say("perimeter.growth_constant", **years, total=changes["total"])

    def _quantity(self, value: float, status: int = Status.AGGREGATED, **how: Any) -> str:
        quantity = Quantity(value, Status(status))
        return format_quantity(quantity, "person", 0, self.perimeter.language, **how)

    def _moved(self, key: str, change: PerimeterChange) -> str:
        values = {
            "members": self._count(len(change.members)),
            "names": self._join([self._name(member) for member in change.members]),
        }
        if not (change.other and change.other.code):
            level = self.lexicon.noun(self.perimeter.level)
            return self.say(f"{key}_alone", level=level, **values)
        group = self._territory(change.other)
        if change.kind in (ChangeKind.LEFT, ChangeKind.ENDED):
            return self.say(key, group=f"{self.lexicon.the(group)} ({group.code})", **values)
        return self.say(key, of_group=f"{self.lexicon.of(group)} ({group.code})", **values)

    def _territory(self, group: Named) -> Territory:
        known = self.perimeter
        return Territory(group.code, known.level, group.name, known.at)

    def _count(self, count: int) -> str:
        form = self.lexicon.grammar.plural(Decimal(count))
        noun = self.lexicon.noun(self.base, "one" if form == "one" else "many")
        return f"{format_number(count, 0, self.perimeter.language)} {noun}"

    def _type(self, name: str) -> str:
        """Spell a type out where the pack does."""
        return self.perimeter.spec.type_names.get(name, {}).get(self.perimeter.language, name)

    def _name(self, member: Member) -> str:
        if member.into is None:
            return member.name
        if not member.into.code:
            return self.say("perimeter.off_map", name=member.name)
        return self.say("perimeter.now_in", name=member.name, into=member.into.name)

    def _inner(self, change: PerimeterChange) -> list[str]:
        """Say what merged or came apart within the group, by what holds or held the ground."""
        told, grouped = [], dict[Named, list[str]]()
        for member in change.members:
            into = member.into or Named("", "")
            if member.name == into.name:
                codes = {"code": member.code, "into_code": into.code}
                told.append(
                    self.say("perimeter.becomes", name=member.name, into=into.name, **codes)
                )
            else:
                grouped.setdefault(into, []).append(member.name)
        key = "splits_from" if change.kind is ChangeKind.SPLIT else "merges_into"
        for into, names in grouped.items():
            form = "one" if len(names) == 1 else "other"
            joined = self._join(names)
            told.append(self.say(f"perimeter.{key}", form=form, names=joined, into=into.name))
        return told

    def _join(self, names: Sequence[str]) -> str:
        if len(names) > _NAMED:
            more = self.say("perimeter.more", count=len(names) - _NAMED + 1)
            names = [*names[: _NAMED - 1], more]
        return self.lexicon.grammar.join(names)
