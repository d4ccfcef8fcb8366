"""What the sections of a portrait share: words, number formats and labels of one language."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from workbench.core.i18n import Lexicon, format_quantity, translate, unit_name
from workbench.core.i18n.numbers import Form
from workbench.core.types import Quantity
from workbench.figures.wording import Wording, wording_of
from workbench.indicators.indicator import Indicator
from workbench.indicators.reading import Reading
from workbench.packs.pack import Pack

__all__ = ["Formatter", "Words", "escape", "list_of"]

Formatter = Callable[[Quantity], str]


def escape(text: object) -> str:
    """Make a value harmless in HTML."""
    return html.escape(str(text), quote=True)


def list_of(items: Sequence[str], kind: str = "ul") -> str:
    """Write an HTML list of fragments already escaped."""
    return f"<{kind}>" + "".join(f"<li>{item}</li>" for item in items) + f"</{kind}>"


@dataclass(frozen=True)
class Words:
    """Speak of a pack's territories in one language."""

    pack: Pack
    lang: str

    def say(self, name: str, **values: str) -> str:
        """Return a message of the portrait."""
        return translate(f"portrait.{name}", self.lang, **values)

    @cached_property
    def lexicon(self) -> Lexicon:
        """Grammar and the pack's nouns."""
        spec = self.pack.spec
        return Lexicon(self.lang, spec.level_names, spec.type_names)

    @cached_property
    def wording(self) -> Wording:
        """The words of figures in this language."""
        return wording_of(self.lang)

    def noun(self, level: str, form: str = "one") -> str:
        """Return the noun of a level."""
        return self.lexicon.noun(level, form)

    def label(self, indicator: Indicator) -> str:
        """Return the label of an indicator."""
        return indicator.label[self.lang]

    def is_flag(self, indicator: Indicator, level: str) -> bool:
        """Tell whether a share is only yes or no here: its denominator is one at most."""
        if level != self.pack.spec.base_level or indicator.unit != "percent":
            return False
        variables = self.pack.spec.variables
        return bool(indicator.denominator) and all(
            variables[name].single for name in (*indicator.numerator, *indicator.denominator)
        )

    def formatter(self, indicator: Indicator, level: str = "") -> Formatter:
        """Write the indicator's values as its tables and sentences do."""
        if self.is_flag(indicator, level):
            return self._flag
        if indicator.classes:
            return lambda quantity: self._class(indicator, quantity)
        return lambda quantity: format_quantity(
            quantity, indicator.unit, indicator.decimals, self.lang
        )

    def period(self, reading: Reading) -> str:
        """Write the period of a reading, both ends for a change."""
        if reading.since:
            return self.say("since_until", since=str(reading.since), until=str(reading.period))
        return str(reading.period)

    def cell(self, indicator: Indicator, level: str, *, decimals: int | None = None) -> Formatter:
        """Write a value in a table whose rows name the unit: the number alone, or in percent."""
        if self.is_flag(indicator, level) or indicator.classes:
            return self.formatter(indicator, level)
        places = indicator.decimals if decimals is None else decimals
        form: Form = "symbol" if indicator.unit.startswith("percent") else "bare"
        return lambda quantity: format_quantity(
            quantity, indicator.unit, places, self.lang, form=form
        )

    def unit(self, indicator: Indicator) -> str:
        """Name the unit of a row; percentages carry their sign, indices have none."""
        if indicator.classes or indicator.unit.startswith("percent"):
            return ""
        short = unit_name(indicator.unit, self.lang, form="symbol")
        return short or unit_name(indicator.unit, self.lang)

    def _flag(self, quantity: Quantity) -> str:
        """Write yes or no where there is one unit, the share where there are several."""
        if quantity.known and quantity.value in (0.0, 100.0):
            return self.say("yes" if quantity.value else "no")
        return format_quantity(quantity, "percent", 1, self.lang)

    def _class(self, indicator: Indicator, quantity: Quantity) -> str:
        if not quantity.known:
            return format_quantity(quantity, "index", 0, self.lang)
        return indicator.classes[int(quantity.value) - 1].label[self.lang]

    def amount(self, unit: str, decimals: int) -> Formatter:
        """Write changes, with their sign."""
        return lambda quantity: format_quantity(quantity, unit, decimals, self.lang, sign="always")
