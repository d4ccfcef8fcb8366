"""What a release says of the rules it follows, of what it hides, and of what that costs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from workbench.core.i18n import Messages, format_number
from workbench.disclosure.primary import Rule

__all__ = ["Method", "Protected", "Report", "Verdict"]

Method = Literal["suppression", "rounding", "cell_key"]
Verdict = Literal["passed", "by noise", "not needed"]


@dataclass(frozen=True)
class Protected:
    """Tell what was done to one variable.

    Parameters
    ----------
    variable : str
    rule : Rule
    method : {"suppression", "rounding", "cell_key"}
    cells : int
        Of its table, totals included.
    primary, secondary : int
        Cells hidden for themselves, and for the sake of others.
    cost : float
        Percent of the value of the finest cells that is not shown; with the other methods, the
        mean change of a cell, in the unit of the variable.
    base : int
        Of the rounding; 0 without.
    """

    variable: str
    rule: Rule
    method: Method
    cells: int
    primary: int = 0
    secondary: int = 0
    cost: float = 0.0
    base: int = 0

    def sentences(self, say: Messages) -> list[str]:
        """Tell the rules, where they come from, and what they did."""

        def written(number: float, decimals: int = 0) -> str:
            return format_number(number, decimals, say.lang)

        rule, variable, told = self.rule, self.variable, []
        if rule.minimum_frequency:
            told.append(
                say("disclosure.rule_frequency", variable=variable, count=rule.minimum_frequency)
            )
        if rule.dominance <= 1:
            share = written(100 * rule.dominance)
            told.append(say("disclosure.rule_dominance", variable=variable, share=share))
        if rule.p_percent:
            share = written(rule.p_percent)
            told.append(say("disclosure.rule_p_percent", variable=variable, share=share))
        if rule.minimum_denominator:
            least = written(rule.minimum_denominator)
            told.append(say("disclosure.rule_denominator", variable=variable, least=least))
        if rule.source:
            told.append(say("disclosure.rule_source", source=rule.source))
        values: dict[str, str] = {"variable": variable, "cells": written(self.cells)}
        if self.method == "suppression":
            values |= {
                "primary": written(self.primary),
                "secondary": written(self.secondary),
                "share": written(self.cost, 1),
            }
        else:
            values["cost"] = written(self.cost, 1)
        if self.method == "rounding":
            values["base"] = written(self.base)
        return [*told, say(f"disclosure.{self.method}", **values)]


@dataclass(frozen=True)
class Report:
    """Hold the disclosure report of a release.

    Parameters
    ----------
    variables : tuple of Protected
        Those that a rule applies to; none for open data.
    audit : {"passed", "by noise", "not needed"}
        There is no other: a release that fails is refused.
    vintage : int or None
        Year of the map.
    left_out : tuple of str
        Columns that only the rules needed.
    identifiers : tuple of (str, str)
        Columns of open data that may lead to persons, and of what kind: to be looked at.
    """

    variables: tuple[Protected, ...] = ()
    audit: Verdict = "not needed"
    vintage: int | None = None
    left_out: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()

    @property
    def sensitive(self) -> bool:
        """Tell whether a rule applies to anything."""
        return bool(self.variables)

    @property
    def primary(self) -> int:
        """Cells hidden for themselves."""
        return sum(each.primary for each in self.variables)

    @property
    def secondary(self) -> int:
        """Cells hidden for the sake of others."""
        return sum(each.secondary for each in self.variables)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as a file holds them.

        Examples
        --------
        >>> Report(vintage=2026).to_dict()["audit"]
        'not needed'
        """
        return {
            "sensitive": self.sensitive,
            "audit": self.audit,
            "vintage": self.vintage,
            "primary": self.primary,
            "secondary": self.secondary,
            "variables": [dataclasses.asdict(each) for each in self.variables],
            "left_out": list(self.left_out),
            "identifiers": dict(self.identifiers),
        }

    def sentences(self, lang: str) -> tuple[str, ...]:
        """Tell it all in a language.

        Examples
        --------
        >>> Report().sentences("en")
        ('No rule of confidentiality applies to these data; they are released in full.',)
        """
        say = Messages(lang)
        if not self.sensitive:
            told = [say("disclosure.open")]
        else:
            told = [line for each in self.variables for line in each.sentences(say)]
            if any(each.method == "suppression" for each in self.variables):
                least = min(each.rule.protection for each in self.variables)
                share = format_number(100 * least, 0, lang)
                told += [say("disclosure.audit_passed", share=share), say("disclosure.hidden_as")]
            if self.left_out:
                told.append(say("disclosure.left_out", names=", ".join(self.left_out)))
        for column, kind in self.identifiers:
            told.append(
                say("disclosure.may_identify", column=column, kind=say(f"disclosure.{kind}"))
            )
        if self.vintage is not None:
            told.append(say("disclosure.vintage", year=str(self.vintage)))
        return tuple(dict.fromkeys(told))
