"""The words of the data model as types: status, kind, quantity, territory.

Every other module speaks in these records, so that zero, missing, suppressed and not
applicable stay four different things from the file to the sentence.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Kind", "Quantity", "Status", "Territory"]


class Status(enum.IntEnum):
    """State how a figure came to be, or why there is none.

    The integer is what ``<variable>_status`` arrays hold (CF ``flag_values``).

    Examples
    --------
    >>> Status.SUPPRESSED.has_value
    False
    >>> Status.flag_meanings()
    'observed aggregated apportioned estimated suppressed missing not_applicable'
    """

    OBSERVED = 0
    AGGREGATED = 1
    APPORTIONED = 2
    ESTIMATED = 3
    SUPPRESSED = 4
    MISSING = 5
    NOT_APPLICABLE = 6

    @property
    def has_value(self) -> bool:
        """Tell whether a figure of this status carries a number."""
        return self <= Status.ESTIMATED

    @staticmethod
    def flag_meanings() -> str:
        """Return the CF ``flag_meanings`` attribute, in the order of the values."""
        return " ".join(status.name.lower() for status in Status)


class Kind(enum.StrEnum):
    """Say how a variable behaves when territories are put together.

    Counts add up. Ratios, densities and means are recomputed from their numerator and
    denominator. Medians (and inequality measures) are recomputed from the parts and never
    aggregated. Flags hold for a whole when they do for any, or for all, of its parts; of
    categories the majority is kept.
    """

    COUNT = "count"
    RATIO = "ratio"
    DENSITY = "density"
    MEAN = "mean"
    MEDIAN = "median"
    INEQUALITY = "inequality"
    FLAG = "flag"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Quantity:
    """Hold one figure and its status.

    Parameters
    ----------
    value : float
        The number, NaN exactly when `status` carries none.
    status : Status

    Examples
    --------
    >>> Quantity(12.4).known
    True
    >>> Quantity.absent(Status.SUPPRESSED).known
    False
    """

    value: float
    status: Status = Status.OBSERVED

    def __post_init__(self) -> None:
        if math.isnan(self.value) == self.status.has_value:
            message = f"value {self.value} does not go with status {self.status.name.lower()}"
            raise ValueError(message)

    @property
    def known(self) -> bool:
        """Tell whether there is a number to show."""
        return not math.isnan(self.value)

    @classmethod
    def absent(cls, status: Status) -> Quantity:
        """Make a figure without a number, with the reason why."""
        return cls(math.nan, status)


@dataclass(frozen=True, slots=True)
class Territory:
    """Name one territory of one vintage of the map.

    Parameters
    ----------
    code : str
        Official code, always text (``"01001"``, ``"2A004"``).
    level : str
        Level identifier of the pack (``"commune"``, ``"departement"``…).
    name : str
        Official name, with its article where it has one (``"Le Havre"``).
    article : str
        The grammatical article that goes with the name in the pack's own language: ``""``
        (none), ``"le"``, ``"la"``, ``"les"``, ``"l'"``. Départements carry one that is not
        part of the name (*Nord*, ``"le"``), communes one that is (*Le Havre*, ``"le"``);
        `article_in_name` tells them apart.
    vintage : int
        Year of the map.
    parents : mapping of str to str
        Code of the territory that holds this one, by level.
    postcodes : tuple of str
        Those of its addresses, where they are known.
    names : mapping of str to str
        Its names in other languages, by language, where the pack has them.
    """

    code: str
    level: str
    name: str
    vintage: int
    article: str = ""
    article_in_name: bool = False
    parents: Mapping[str, str] = field(default_factory=dict)
    postcodes: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
