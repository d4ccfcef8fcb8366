"""What the verification of a pack tells, one record a rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Check", "some"]

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Check:
    """Tell one thing that was verified.

    Parameters
    ----------
    title : str
        What must hold.
    problems : tuple of str
        Where something is wrong, what was found and expected instead; empty when it holds.
    detail : str
        What was gone through, or why it was not.
    step : str
        What to do when it does not hold.

    Examples
    --------
    >>> Check("Totals are the published ones", (), "6 years").holds
    True
    """

    title: str
    problems: tuple[str, ...] = ()
    detail: str = ""
    step: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether nothing was found wrong."""
        return not self.problems


def some(problems: Iterable[str]) -> tuple[str, ...]:
    """Keep the first problems and count the others: a list of thousands is not read.

    Examples
    --------
    >>> some(["a", "b", "c", "d", "e"])
    ('a', 'b', 'c', 'and 2 more')
    """
    found = list(problems)
    more = len(found) - _SHOWN
    return (*found[:_SHOWN], *([f"and {more} more"] if more > 0 else []))
