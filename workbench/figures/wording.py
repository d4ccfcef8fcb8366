"""The few words that figures need of their own, in one language at a time."""

from __future__ import annotations

from dataclasses import dataclass, fields

from workbench.core.i18n import catalogue, translate
from workbench.core.types import Quantity, Status

__all__ = ["Wording", "wording_of"]

_SIGNS = {Status.SUPPRESSED: "s", Status.MISSING: "…", Status.NOT_APPLICABLE: "–"}


@dataclass(frozen=True, slots=True)
class Wording:
    """Hold the words of figures; the defaults are English.

    The caller gives another language by giving all the fields. Fields with braces are
    templates filled by :meth:`str.format`.

    Examples
    --------
    >>> Wording(median="médiane").median
    'médiane'
    >>> Wording().sign(Quantity.absent(Status.SUPPRESSED))
    's'
    """

    median: str = "median"
    first_quartile: str = "first quartile"
    third_quartile: str = "third quartile"
    lowest: str = "lowest"
    highest: str = "highest"
    suppressed: str = "suppressed"
    missing: str = "missing"
    not_applicable: str = "not applicable"
    peers: str = "Peers"
    data: str = "The figures in a table"
    territory: str = "Territory"
    value: str = "Value"
    period: str = "Period"
    group: str = "Group"
    below: str = "under {high}"
    between: str = "{low} to {high}"
    above: str = "{low} or more"
    outside: str = "off the scale"
    labelled: str = "{label}: {value}"
    evolution: str = "{label}: {first} in {since}, {last} in {until}."
    place: str = "{label}: {value}. {below} of {count} values are lower; the median is {median}."
    count: str = "areas"
    spread: str = "From {low} to {high}; {count} areas are mapped."

    def reason(self, quantity: Quantity) -> str:
        """Say why there is no number (an empty text when there is one)."""
        return {
            Status.SUPPRESSED: self.suppressed,
            Status.MISSING: self.missing,
            Status.NOT_APPLICABLE: self.not_applicable,
        }.get(quantity.status, "")

    def sign(self, quantity: Quantity) -> str:
        """Give the sign printed in place of an absent number."""
        return _SIGNS.get(quantity.status, "")

    def explained(self, quantity: Quantity) -> str:
        """Give the sign and the reason together, as a legend does.

        Examples
        --------
        >>> Wording().explained(Quantity.absent(Status.MISSING))
        '… missing'
        """
        return f"{self.sign(quantity)} {self.reason(quantity)}"


def wording_of(lang: str) -> Wording:
    """Return the words of figures in a language of the catalogue of messages.

    Examples
    --------
    >>> wording_of("fr").median
    'médiane'
    """
    said = {
        field.name: translate(f"portrait.wording_{field.name}", lang)
        for field in fields(Wording)
        if field.name in _TEXTS
    }
    templates = {name: _template(lang, name) for name in _TEMPLATES}
    absent = {
        name: translate(f"figures.absent_{name}", lang)
        for name in ("suppressed", "missing", "not_applicable")
    }
    return Wording(**said, **templates, **absent)


_TEMPLATES = ("below", "between", "above", "labelled", "evolution", "place", "spread")
_TEXTS = (
    *("median", "first_quartile", "third_quartile", "lowest", "highest", "peers", "data"),
    *("territory", "value", "period", "group", "outside", "count"),
)


def _template(lang: str, name: str) -> str:
    """Return a message with its braces, for a figure to fill."""
    return next(iter(catalogue()[f"portrait.wording_{name}"].texts[lang].values()))
