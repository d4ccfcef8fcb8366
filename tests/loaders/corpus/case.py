"""A case of the corpus: a defect, the file that has it, and what is to be made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from workbench.core.types import Status

ROWS = (
    ("01001", "L'Abergement-Clémenciat", 860, 12.5, date(2024, 1, 31)),
    ("01004", "Ambérieu-en-Bugey", 15934, 7.25, date(2024, 2, 1)),
    ("2A004", "Ajaccio", 73822, 0.5, date(2024, 12, 25)),
    ("59350", "Lille", 238246, 21.75, date(2023, 7, 14)),
    ("97411", "Saint-Denis", 155634, 33.25, date(2024, 3, 5)),
)
NAMES = ("code", "nom", "population", "taux", "date")
BASE = {name: [row[at] for row in ROWS] for at, name in enumerate(NAMES)}
S, M, N = Status.SUPPRESSED, Status.MISSING, Status.NOT_APPLICABLE


@dataclass(frozen=True)
class Case:
    """Hold one case.

    Parameters
    ----------
    name, group, defect : str
    content : bytes
    columns : mapping of str to sequence, optional
        Values of columns, once the file is read; None for a file that is refused.
    statuses : mapping of str to sequence of Status
        Of quantities.
    aside : sequence of int
        Lines of the rows that are set aside.
    told : sequence of (int, str)
        Line and column of the problems that stop no row.
    refused : str
        What the error says, for a file that is refused.
    """

    name: str
    group: str
    defect: str
    content: bytes
    columns: Mapping[str, Sequence[object]] | None = None
    statuses: Mapping[str, Sequence[Status]] = field(default_factory=dict)
    aside: Sequence[int] = ()
    told: Sequence[tuple[int, str]] = ()
    refused: str = ""


def written(
    *,
    rows=ROWS,
    names=NAMES,
    sep=";",
    decimal=",",
    thousands="",
    day="{:%d/%m/%Y}",
    end="\r\n",
    quote="",
) -> str:
    """Write the table as a producer would."""

    def cell(value):
        if isinstance(value, float):
            text = str(value).replace(".", decimal)
        elif isinstance(value, int):
            text = f"{value:,}".replace(",", thousands)
        elif isinstance(value, date):
            text = day.format(value)
        else:
            text = str(value)
        return f"{quote}{text}{quote}" if quote or sep not in text else f'"{text}"'

    lines = [sep.join(cell(value) for value in row) for row in (names, *rows)]
    return "".join(f"{line}{end}" for line in lines)


def without(*numbers: int) -> dict[str, list[object]]:
    """Give the table without some rows, numbered from 1."""
    return {
        name: [value for at, value in enumerate(values, 1) if at not in numbers]
        for name, values in BASE.items()
    }


def column(values: Sequence[str], *, name: str = "valeur", head: str = "code") -> bytes:
    """Write a table of codes and one column."""
    codes = ("01001", "01004", "2A004", "59350", "97411", "13055", "69123", "75056")
    lines = [f"{code};{value}" for code, value in zip(codes, values, strict=False)]
    return "\n".join([f"{head};{name}", *lines, ""]).encode()
