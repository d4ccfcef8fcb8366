"""Which cells tell on someone: rules of a pack, applied to a table."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import DeclarationError, nearest

__all__ = ["Primary", "Reason", "Rule", "primary"]


class Reason(enum.IntFlag):
    """Say why a cell is sensitive; several reasons add up."""

    FREQUENCY = 1
    DOMINANCE = 2
    NEIGHBOUR = 4  # the p % rule: the second contributor would know too much of the first


@dataclass(frozen=True)
class Rule:
    """Hold a rule of confidentiality, as a pack declares it.

    Parameters
    ----------
    source : str
        Who set it, and where it is written.
    minimum_frequency : int
        Contributors below which a cell is sensitive; 0 for no such rule.
    dominance : float
        Share from which one contributor dominates its cell; above 1 for no such rule.
    p_percent : float
        The second contributor may not come nearer than this to the first one's value; 0 for none.
    minimum_denominator : float
        Units under which a rate is not shown; 0 for no such rule.
    imputed_as_observed : bool
        Figures that were imputed, in whole or in part, may be shown as observed.
    protection : float
        Share of its value by which what is known of a sensitive cell must be uncertain, either way.
    """

    source: str = ""
    minimum_frequency: int = 0
    dominance: float = 2.0
    p_percent: float = 0.0
    minimum_denominator: float = 0.0
    imputed_as_observed: bool = False
    protection: float = 0.1

    @classmethod
    def declared(cls, name: str, raw: Mapping[str, Any]) -> Rule:
        """Read a rule of the pack's ``secrecy``.

        Raises
        ------
        DeclarationError
            A key is unknown, or its value cannot be.
        """
        known = [each.name for each in fields(cls)]
        for key in raw:
            if key not in known:
                raise DeclarationError(
                    f"secrecy, {name}: unknown key {key!r} ({nearest(str(key), known)})"
                )
        rule = cls(**raw)
        wrong = {
            "minimum_frequency": rule.minimum_frequency < 0,
            "dominance": rule.dominance <= 0,
            "p_percent": not 0 <= rule.p_percent < 100,
            "protection": not 0 < rule.protection < 1,
        }
        for key, is_wrong in wrong.items():
            if is_wrong:
                raise DeclarationError(f"secrecy, {name}: {key} cannot be {raw[key]}.")
        return rule


@dataclass(frozen=True, eq=False)
class Primary:
    """Hold what is sensitive, and how uncertain it must stay.

    Parameters
    ----------
    reasons : ndarray of int (cell,)
        :class:`Reason` flags; 0 for a cell that is not sensitive.
    down, up : ndarray (cell,)
        How far below and above its value a sensitive cell must remain possible, in the unit of
        the values.
    alone : ndarray of bool (cell,)
        Cells of one contributor, who knows their value.
    """

    reasons: NDArray[np.uint8]
    down: NDArray[np.float64]
    up: NDArray[np.float64]
    alone: NDArray[np.bool_]

    @property
    def sensitive(self) -> NDArray[np.bool_]:
        """Cells to hide for themselves."""
        return self.reasons > 0


def primary(
    values: NDArray[np.float64],
    rule: Rule,
    *,
    counts: NDArray[np.float64],
    largest: NDArray[np.float64] | None = None,
    second: NDArray[np.float64] | None = None,
    whole: bool = False,
) -> Primary:
    r"""Apply a rule to cells.

    Parameters
    ----------
    values : ndarray (cell,)
        What would be published, not negative.
    rule : Rule
    counts : ndarray (cell,)
        Contributors of each cell. One without any is never sensitive: its zero is not a secret.
    largest, second : ndarray (cell,), optional
        Values of the two largest contributors; without them, only counts are looked at.
    whole : bool
        Values are whole numbers, and so is the uncertainty about them: at least 1.

    Returns
    -------
    Primary

    Notes
    -----
    With :math:`x_1 ≥ x_2` the largest contributions to a cell of value :math:`X`: it is sensitive
    by dominance when :math:`x_1 ≥ kX`, by the p % rule when :math:`X − x_1 − x_2 < p\,x_1`. It
    must then remain possible up to :math:`x_1 / k`, respectively :math:`x_1(1+p) + x_2`, and
    never less than `protection` away, either way.

    References
    ----------
    Hundepool et al., *Statistical Disclosure Control*, Wiley, 2012, sections 4.2 and 4.3.

    Examples
    --------
    >>> rule = Rule(minimum_frequency=3, dominance=0.85)
    >>> found = primary(
    ...     np.array([90.0, 100.0, 100.0]), rule,
    ...     counts=np.array([2, 5, 9]), largest=np.array([50.0, 90.0, 20.0]))
    >>> found.sensitive.tolist(), found.up.round(1).tolist()
    ([True, True, False], [9.0, 10.0, 0.0])
    """
    values, counts = np.asarray(values, float), np.asarray(counts, float)
    reasons = np.zeros(values.shape, np.uint8)
    up = np.zeros(values.shape)
    there = counts > 0
    reasons[there & (counts < rule.minimum_frequency)] |= np.uint8(Reason.FREQUENCY)
    if largest is not None:
        dominated = there & (largest > 0) & (largest >= rule.dominance * values)
        reasons[dominated] |= np.uint8(Reason.DOMINANCE)
        up[dominated] = np.maximum(up, largest / rule.dominance - values)[dominated]
        if rule.p_percent:
            others = 0.0 if second is None else second
            lacking = largest * rule.p_percent / 100 - (values - largest - others)
            near = there & (lacking > 0)
            reasons[near] |= np.uint8(Reason.NEIGHBOUR)
            up[near] = np.maximum(up, lacking)[near]
    sensitive = reasons > 0
    least = rule.protection * values
    if whole:
        least, up = np.maximum(1.0, np.ceil(least)), np.ceil(up)
    down = np.where(sensitive, np.minimum(least, values), 0.0)
    up = np.where(sensitive, np.maximum(up, least), 0.0)
    return Primary(reasons, down, up, counts == 1)
