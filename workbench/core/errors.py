"""Every error of the workbench, one class each, saying what to do next.

A message names what was found, what was expected, the nearest valid choice and the next step.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import partial
from itertools import takewhile
from typing import Self

__all__ = [
    "AmbiguousTerritory",
    "BoundariesMissing",
    "ClusterLost",
    "ColumnUnknown",
    "DateNotCovered",
    "DeclarationError",
    "DirectoryNotWritable",
    "DisclosureRefused",
    "EventTableInvalid",
    "EventsInvalid",
    "EventsMissing",
    "FigureError",
    "FileUnreadable",
    "FolderBusy",
    "GeometryInvalid",
    "GridInvalid",
    "GridMismatch",
    "LedgerInvalid",
    "LevelUnknown",
    "LicenceRefused",
    "LinkRefused",
    "MedianNotAggregated",
    "MemoryExceeded",
    "MissingExtra",
    "NotReleased",
    "NothingToCompare",
    "OutputExists",
    "PackInvalid",
    "PackNotFound",
    "ParameterError",
    "PdfNotPrinted",
    "PeriodUnknown",
    "PortalRefused",
    "PortalUnreachable",
    "ProtectionImpossible",
    "PublicationInvalid",
    "RatioNotSummed",
    "RunUnknown",
    "SharedCellRefused",
    "TablesDisagree",
    "TemplateNotFound",
    "TerritoryUnknown",
    "UnknownName",
    "VintageMismatch",
    "WeightsMissing",
    "WorkbenchError",
    "WorkerDiffers",
    "ZoningInvalid",
    "nearest",
]


class WorkbenchError(Exception):
    """Be the parent of every error a user can act on."""


class UnknownName(WorkbenchError):
    """A name is not one of those declared."""


class DeclarationError(WorkbenchError):
    """A declaration file (indicators, pack, messages) breaks its schema."""


class LevelUnknown(UnknownName):
    """A level is not one of the pack's."""


class PeriodUnknown(UnknownName):
    """A period is not available for what is asked."""


class TerritoryUnknown(UnknownName):
    """A code or a name matches no territory of this vintage."""


class AmbiguousTerritory(WorkbenchError):
    """A code or a name matches several territories."""


class BoundariesMissing(WorkbenchError):
    """The pack carries no boundary for these territories."""


class VintageMismatch(WorkbenchError):
    """Two vintages of the map would be mixed."""


class DateNotCovered(WorkbenchError):
    """A day lies outside of what the events of a map cover."""


class EventsInvalid(WorkbenchError):
    """A table of events contradicts itself, or does not lead to the map."""


class WeightsMissing(WorkbenchError):
    """A territory is split, and nothing says how to share its figures."""


class EventsMissing(WorkbenchError):
    """A pack does not tell what happened before its latest map."""


class EventTableInvalid(WorkbenchError):
    """A column of a table of events does not hold what it is said to hold."""


class MemoryExceeded(WorkbenchError):
    """What is asked for does not fit in the memory that was granted."""


class MedianNotAggregated(WorkbenchError):
    """A median or an inequality measure was asked to be summed up."""


class RatioNotSummed(WorkbenchError):
    """A ratio, a density or a mean was asked to be summed up."""


class ProtectionImpossible(WorkbenchError):
    """No choice of cells to hide keeps a sensitive one uncertain enough."""


class DisclosureRefused(WorkbenchError):
    """A release would tell, or let work out, what must stay secret."""


class TablesDisagree(WorkbenchError):
    """Tables that are published together contradict each other, or do not add up."""


class GridInvalid(WorkbenchError):
    """Coordinates do not describe the cells of a grid."""


class GeometryInvalid(WorkbenchError):
    """A shape is not made of closed rings with finite coordinates."""


class GridMismatch(WorkbenchError):
    """A grid and territories, or a grid and weights, do not belong together."""


class FigureError(WorkbenchError):
    """The values given cannot make an honest figure."""


class LinkRefused(WorkbenchError):
    """A link would leave the report or run something."""


class ParameterError(WorkbenchError):
    """A template's parameter is unknown, misspelt or of the wrong type."""


class TemplateNotFound(UnknownName):
    """No template has this name."""


class PackNotFound(UnknownName):
    """No pack has this name."""


class PackInvalid(WorkbenchError):
    """A pack's files contradict its description."""


class SharedCellRefused(WorkbenchError):
    """A cell run once for all reports depends on one of them, or fails."""


class FolderBusy(WorkbenchError):
    """Another run is writing in the folder."""


class LedgerInvalid(WorkbenchError):
    """A ledger is missing, unreadable, or of another version."""


class RunUnknown(UnknownName):
    """A ledger holds no run of this number."""


class NothingToCompare(WorkbenchError):
    """Two runs share no page."""


class DirectoryNotWritable(WorkbenchError):
    """The output folder cannot be written to."""

    @classmethod
    def because(cls, folder: object, error: OSError) -> Self:
        """Say why, and what to do: the folder is full, or not ours to write in."""
        return cls(
            f"Cannot write in {folder}: {error.strerror or error}. Choose another folder with "
            "--to, or free some space: the same command then goes on where it stopped."
        )


class FileUnreadable(WorkbenchError):
    """A file is not a table that can be read."""


class ColumnUnknown(UnknownName):
    """A table has no column of this name, or nobody can tell which one is meant."""


class OutputExists(WorkbenchError):
    """A file would be written over."""


class ClusterLost(WorkbenchError):
    """No scheduler answers, or no worker is left."""


class WorkerDiffers(WorkbenchError):
    """A worker would not make the reports that this machine would."""


class MissingExtra(WorkbenchError):
    """An optional library or program is needed and not installed."""


class PdfNotPrinted(WorkbenchError):
    """A page could not be printed to PDF."""


class NotReleased(WorkbenchError):
    """What would be published has not passed disclosure control."""


class LicenceRefused(WorkbenchError):
    """A licence is laxer than one of the sources allows, or the sources exclude each other."""


class PublicationInvalid(WorkbenchError):
    """A data set cannot be published as it is, or is not what was published."""


class PortalRefused(WorkbenchError):
    """A portal of open data refuses what is asked of it."""


class PortalUnreachable(WorkbenchError):
    """A portal of open data does not answer, or not in time."""


class ZoningInvalid(WorkbenchError):
    """A table or a drawing of zones cannot be used as it is."""


def nearest(name: str, choices: Iterable[str], *, count: int = 3) -> str:
    """Name the closest valid choices, ready to end an error message.

    Parameters
    ----------
    name : str
        What was found.
    choices : iterable of str
        What would have been valid.
    count : int
        How many to name at most.

    Returns
    -------
    str
        ``"nearest: a, b"``, or all the choices when none is near and they are few.

    Examples
    --------
    >>> nearest("densty", ["density", "population"])
    'nearest: density'
    >>> nearest("zzz", ["density", "population"])
    'choose from: density, population'
    """
    known = sorted(set(choices))
    close = difflib.get_close_matches(name, known, n=40 * count, cutoff=0.6)
    if close:
        return f"nearest: {', '.join(sorted(close, key=partial(_distance, name))[:count])}"
    shown = ", ".join(known[:12])
    return f"choose from: {shown}{'…' if len(known) > 12 else ''}"


def _distance(name: str, choice: str) -> tuple[float, int, str]:
    """Order choices: the most alike, then those that begin alike, as codes of one place do."""
    likeness = difflib.SequenceMatcher(None, choice, name).ratio()
    shared = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(choice, name, strict=False))
    )
    return -likeness, -shared, choice
