"""An edition: the reports of a folder as one of its runs left them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import RunUnknown
from workbench.core.reads import Item
from workbench.reports.ledger import Entry, Ledger, RunFacts

__all__ = ["Edition", "open_edition"]


@dataclass(frozen=True)
class Edition:
    """Hold what a ledger tells of the reports that one run left.

    Parameters
    ----------
    folder : str
    run : int
    runs : mapping of int to RunFacts
        That run and those before it: a report that was unchanged is of an earlier one.
    entries : mapping of str to Entry
        By page.
    bases : mapping of str to mapping of Item to str
        By basis, the digests of what was read.
    packed : mapping of str to bytes
        By page, its figures, for :func:`.ledger.unpacked`.
    """

    folder: str
    run: int
    runs: Mapping[int, RunFacts]
    entries: Mapping[str, Entry]
    bases: Mapping[str, Mapping[Item, str]]
    packed: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """What opens the edition again: ``"reports/portrait@2"``."""
        return f"{self.folder}@{self.run}"

    @property
    def facts(self) -> RunFacts:
        """What the run was made from."""
        return self.runs[self.run]

    @property
    def made(self) -> dict[str, Entry]:
        """The reports that succeeded, by page."""
        return {page: entry for page, entry in self.entries.items() if not entry.error}


def open_edition(name: str) -> Edition:
    """Read an edition: a folder as its last run left it, or ``folder@N`` as run `N` did.

    Parameters
    ----------
    name : str

    Returns
    -------
    Edition

    Raises
    ------
    LedgerInvalid
        The folder holds no ledger.
    RunUnknown
        The ledger has no run of this number; those it has are named.
    FolderBusy
        A run writes in the folder.

    Examples
    --------
    >>> open_edition("no-such-folder")
    Traceback (most recent call last):
    ...
    workbench.core.errors.LedgerInvalid: no-such-folder holds no ledger.sqlite: expected a folder...
    """
    folder, _, number = name.rpartition("@")
    if not folder or Path(name).is_dir():
        folder, number = name, ""
    with Ledger.read(Path(folder)) as ledger:
        runs = ledger.runs()
        if not runs or (number and number not in map(str, runs)):
            known = ", ".join(map(str, runs)) or "none"
            raise RunUnknown(
                f"{folder} has no run {number or 'at all'} (its runs: {known}). Give one of these "
                f"after @, or {folder} alone for the last."
            )
        run = int(number) if number else max(runs)
        return Edition(
            folder=folder,
            run=run,
            runs=runs,
            entries=ledger.entries(run),
            bases=ledger.bases(),
            packed=ledger.packed(run),
        )
