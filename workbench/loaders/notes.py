"""Tell the rows of a table from the totals, notes and sources written around them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.loaders.dates import date_shape
from workbench.loaders.numbers import is_number
from workbench.loaders.rows import Row

__all__ = ["TOTAL", "count_notes", "is_total"]

_PLACES = "france|d[ée]partement|r[ée]gion|commune|epci|communaut[ée]|agglom[ée]ration|m[ée]tropole"
TOTAL = (
    r"(?i)^\s*(?:sous[- ]?totaux|sous[- ]?total|totaux|total|ensemble|somme|cumul|moyenne)"
    rf"(?:\s+(?:g[ée]n[ée]ral|(?:de\s+la\s+|du\s+|des\s+|de\s+l[’'])?(?:{_PLACES})).*)?\s*:?\s*$"
)
"""Expression (RE2 and Python) of the label of a total."""

_TOTAL = re.compile(TOTAL)
_NOTE = re.compile(
    r"""[\s"«(\[]*(?:sources?|notes?|lecture|champs?|l[ée]gende|avertissements?|attention|remarques?"""
    r"""|unit[ée]s?|pr[ée]cisions?|producteurs?|mise?s? [àa] jour|extraction|extrait|export"""
    r"""|licence|t[ée]l[ée]charg|donn[ée]es|copyright|©|insee|\*+|\(\d\)|\d\)|fin d[eu]\b"""
    r"""|[^\s:=]{1,4}\s?[:=]\s*[^\d\s])""",
    re.IGNORECASE,
)
_MOST_LINES = 60


def is_total(label: str) -> bool:
    """Tell whether a label is that of a total.

    Examples
    --------
    >>> [is_total(each) for each in ("Total", "Ensemble", "TOTAL ENERGIES", "Total du département")]
    [True, True, False, True]
    """
    return bool(_TOTAL.match(label))


def count_notes(rows: Sequence[Row], width: int) -> int:
    """Count the rows at the end that are notes, blank ones included.

    Parameters
    ----------
    rows : sequence of Row
        The last ones of a file.
    width : int
        Cells of a row.

    Examples
    --------
    >>> rows = [Row(3, ("01", "5"), ""), Row(4, ("",), ""), Row(5, ("Source : INSEE",), "")]
    >>> count_notes(rows, 2)
    2
    """
    count = 0
    for back, row in enumerate(reversed(rows[-_MOST_LINES:]), start=1):
        if row.is_blank:
            if len(row.cells) == 1 and width > 1:
                count = back if count == back - 1 else count
            continue
        parted = back < len(rows) and rows[-back - 1].is_blank and width > 1
        if not _is_note(row, width, parted=parted):
            break
        count = back
    # Blank rows above the notes belong to them; without a note they are only blank rows.
    while 0 < count < len(rows) and rows[-count - 1].is_blank:
        count += 1
    notes = rows[len(rows) - count :]
    return count if any(not row.is_blank for row in notes) else 0


def _is_note(row: Row, width: int, *, parted: bool) -> bool:
    filled = [cell.strip() for cell in row.cells if cell.strip()]
    first = row.cells[0].strip()
    if not first or is_number(first) or date_shape(first) or is_total(first):
        return False
    if _NOTE.match(first) and (len(filled) == 1 or len(row.cells) != width):
        return True
    return parted and len(filled) == 1 and width > 2
