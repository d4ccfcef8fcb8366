"""The lines under a figure that say what is not drawn, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workbench.core.types import Quantity, Status
from workbench.figures.svg import SMALL, WIDTH, label
from workbench.figures.text import line_height, wrap
from workbench.figures.wording import Wording

__all__ = ["absences", "note_lines", "printed"]


def printed(quantity: Quantity, text: str, wording: Wording) -> str:
    """Return the formatted number, or the sign and the reason of its absence."""
    return text if quantity.known else wording.explained(quantity)


def absences(absent: Iterable[tuple[str, Quantity]], wording: Wording) -> tuple[str, ...]:
    """Gather what is absent by reason, one note a reason.

    Parameters
    ----------
    absent : iterable of (str, Quantity)
        What is absent (a territory, a territory and period) and its quantity.
    wording : Wording

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> absences([("Lille", Quantity.absent(Status.MISSING))], Wording())
    ('… missing: Lille',)
    """
    groups: Mapping[Status, list[str]] = {status: [] for status in Status}
    for name, quantity in absent:
        if not quantity.known:
            groups[quantity.status].append(name)
    return tuple(
        wording.labelled.format(
            label=wording.explained(Quantity.absent(status)), value="; ".join(names)
        )
        for status, names in groups.items()
        if names
    )


def note_lines(notes: Iterable[str], top: float, *, width: float = WIDTH) -> tuple[str, float]:
    """Draw notes from `top` down, and return the height they take.

    Parameters
    ----------
    notes : iterable of str
    top : float
    width : float

    Returns
    -------
    svg : str
    height : float
        Zero without notes.
    """
    step = line_height(SMALL)
    lines = [line for note in notes for line in wrap(note, SMALL, width, lines=3)]
    drawn = (
        label(0, top + step * (i + 0.5), line, size=SMALL, colour="muted")
        for i, line in enumerate(lines)
    )
    return "".join(drawn), step * len(lines)
