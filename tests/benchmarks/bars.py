"""What is required of the measures, and whether it is met."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

_HOLDS = {"≥": operator.ge, "≤": operator.le}


@dataclass(frozen=True)
class Bar:
    """Hold one measure beside what is required of it.

    Parameters
    ----------
    said : str
        What is measured, with its unit.
    value : float
    sign : {"≥", "≤"}
    required : float
    decimals : int
        Of the printed value.
    """

    said: str
    value: float
    sign: Literal["≥", "≤"]
    required: float
    decimals: int = 2

    @property
    def met(self) -> bool:
        """Whether the measure is as required."""
        return bool(_HOLDS[self.sign](self.value, self.required))

    @property
    def row(self) -> tuple[str, ...]:
        """What a table prints of it.

        Examples
        --------
        >>> Bar("CPU of the peer ÷ ours", 9.5, "≥", 10).row
        ('CPU of the peer ÷ ours', '9.50', '≥ 10', 'not met')
        """
        verdict = "met" if self.met else "not met"
        return self.said, f"{self.value:.{self.decimals}f}", f"{self.sign} {self.required}", verdict


def print_bars(bars: Sequence[Bar]) -> None:
    """Print measures and requirements as a table."""
    print_table(("", "measured", "required", ""), [bar.row for bar in bars])


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their head: the first column to the left, the others to the right.

    Examples
    --------
    >>> print_table(("way", "CPU, s"), [("loop", "12.5"), ("limit", "1.0")])
    way    CPU, s
    loop     12.5
    limit     1.0
    """
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        first, *rest = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in rest)]
        print("  ".join(cells).rstrip(), flush=True)
