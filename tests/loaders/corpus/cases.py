"""All the cases of the corpus, in one table; ``python -m tests.loaders.corpus.cases`` prints it."""

from __future__ import annotations

from .case import Case
from .tables import HEADINGS, OTHERS, ROWS_CASES
from .texts import ENCODINGS, LINES, QUOTES, SEPARATORS
from .values import CODES, DATES, NUMBERS, SIGNS

CASES: tuple[Case, ...] = (
    *ENCODINGS,
    *SEPARATORS,
    *QUOTES,
    *LINES,
    *NUMBERS,
    *DATES,
    *SIGNS,
    *CODES,
    *HEADINGS,
    *ROWS_CASES,
    *OTHERS,
)


def expected(case: Case) -> str:
    """Say in a few words what is expected of a case."""
    if case.columns is None:
        return "refused, located"
    parts = ["loaded"]
    if case.aside:
        parts.append(f"lines set aside: {', '.join(map(str, case.aside))}")
    if case.told:
        parts.append(f"{len(case.told)} told")
    return "; ".join(parts)


if __name__ == "__main__":
    for each in CASES:
        print(f"{each.group:10} {each.name:20} {each.defect:60} {expected(each)}")
