"""Say what a zoning holds, shares out and leaves out, from the catalogue of messages."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from markupsafe import Markup

from workbench.core.i18n import Lexicon, format_number, format_quantity
from workbench.core.types import Quantity

if TYPE_CHECKING:
    from workbench.geography.zoning import Zoning

__all__ = ["as_html", "told"]

_NAMED = 6
# A drawn zone misses its territories' generalised border by a little: said above this share.
_UNCOVERED = 0.01


def told(zoning: Zoning, lang: str) -> tuple[str, ...]:
    """Write one sentence a fact; what there is nothing to say of is left out.

    Parameters
    ----------
    zoning : Zoning
    lang : str
    """
    return tuple(_Words(zoning, lang).sentences())


def as_html(zoning: Zoning, lang: str) -> str:
    """Write the zones as an HTML table, and what is said of them below."""
    words = _Words(zoning, lang)
    keys = ("zone", "name", "touched", "held", "coverage")
    cell = Markup('<td style="text-align:left">{}</td>')
    head = Markup('<th scope="col" style="text-align:left">{}</th>')
    body = [
        (zone, row["name"], row["parts"], row["whole"], words.percent(row["coverage"]))
        for zone, row in zip(zoning.table.index, zoning.table.to_dict("records"), strict=True)
    ]
    rows = [_row(head, [words.say(f"zoning.{key}") for key in keys])]
    rows += [_row(cell, values) for values in body]
    notes = Markup("").join(Markup("<p><small>{}</small></p>").format(x) for x in words.sentences())
    frame = Markup('<section lang="{}"><table>{}</table>{}</section>')
    return str(frame.format(lang, Markup("").join(rows), notes))


def _row(cell: Markup, values: Sequence[object]) -> Markup:
    return Markup("<tr>{}</tr>").format(Markup("").join(cell.format(x) for x in values))


class _Words:
    def __init__(self, zoning: Zoning, lang: str) -> None:
        self.zoning, self.lang = zoning, lang
        spec = zoning.atlas.spec
        self.lexicon = Lexicon(lang, spec.level_names, spec.type_names)
        self.say = self.lexicon.say

    def sentences(self) -> Iterator[str]:
        zoning = self.zoning
        yield self.say("zoning.zones", count=len(zoning.zones), year=str(zoning.vintage))
        split = zoning.members.loc[zoning.members["weight"] < 1, "code"].nunique()
        touched = self._count(zoning.members["code"].nunique())
        if split:
            number = format_number(split, 0, self.lang)
            yield self.say("zoning.parts", parts=touched, split=number)
            yield self.say(f"zoning.by_{zoning.shared_by}")
        else:
            yield self.say("zoning.parts_whole", parts=touched)
        if len(zoning.outside):
            yield self.say("zoning.outside", parts=self._count(len(zoning.outside)))
        if len(zoning.overlapping):
            names = self._join(list(zoning.overlapping))
            count = self._count(len(zoning.overlapping))
            yield self.say("zoning.overlapping", parts=count, names=names)
        bare = zoning.zones[zoning.zones["coverage"] < 1 - _UNCOVERED]
        if len(bare):
            missing = zip(bare["name"], 1 - bare["coverage"], strict=True)
            yield self.say("zoning.uncovered", names=self._join([self._share(*x) for x in missing]))
        if len(zoning.undrawn):
            yield self.say("zoning.undrawn", parts=self._count(len(zoning.undrawn)))
        if zoning.unused:
            yield self.say("zoning.unused", names=self._join(zoning.unused))
        if zoning.repaired:
            why = [self.say("zoning.share", name=k, value=v) for k, v in zoning.repaired.items()]
            yield self.say("zoning.repaired", names=self._join(why))

    def _share(self, name: str, share: float) -> str:
        return self.say("zoning.share", name=name, value=self.percent(share))

    def percent(self, share: float) -> str:
        """Write a share; nothing where there is none."""
        if math.isnan(share):
            return ""
        return format_quantity(Quantity(100 * share), "percent", 0, self.lang)

    def _count(self, count: int) -> str:
        form = self.lexicon.grammar.plural(Decimal(count))
        noun = self.lexicon.noun(self.zoning.level, "one" if form == "one" else "many")
        return f"{format_number(count, 0, self.lang)} {noun}"

    def _join(self, names: Sequence[str]) -> str:
        if len(names) > _NAMED:
            more = self.say("zoning.more", count=len(names) - _NAMED + 1)
            names = [*names[: _NAMED - 1], more]
        return self.lexicon.grammar.join(names)
