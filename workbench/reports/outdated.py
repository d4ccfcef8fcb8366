"""Find what has changed since reports were made: their template, the pack, the package, Python."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.core.defaults import DEFAULT_PACK
from workbench.core.errors import WorkbenchError
from workbench.core.reads import Item, told
from workbench.packs.pack import Pack, open_pack
from workbench.reports.assets import templates_folder
from workbench.reports.digests import (
    ABSENT,
    Digests,
    environment_digest,
    file_digest,
    package_digest,
)
from workbench.reports.footing import edition_of
from workbench.reports.ledger import Entry, RunFacts, place_of

__all__ = ["Finding", "find_outdated", "renewals"]

# Beyond this number of territories a command names their levels.
_FEW = 8
# What a broken pack may raise when it is read: pyarrow's own errors are ValueErrors.
_BROKEN = (WorkbenchError, OSError, ValueError)

State = Literal["altered", "out of date", "note"]
Runs = Mapping[int, RunFacts]
Bases = Mapping[str, Mapping[Item, str]]


@dataclass(frozen=True, slots=True)
class Finding:
    """Tell one thing that is not as a ledger says.

    Parameters
    ----------
    folder : str
        Of the ledger.
    state : {"altered", "out of date", "note"}
        A file is not the one that was written; what it was made from has changed since; or
        something to know that no page depends on.
    subject, found : str
        The page, file or input, and what is wrong with it.
    pages : tuple of str
        Those concerned, from the folder.
    steps : tuple of str
        The commands that set it right.
    """

    folder: str
    state: State
    subject: str
    found: str
    pages: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


def find_outdated(
    folder: Path, entries: Iterable[Entry], runs: Runs, bases: Bases
) -> list[Finding]:
    """Compare what the reports of a folder were made from with what there is now.

    Parameters
    ----------
    folder : Path
    entries : iterable of Entry
        Those of the pages that are there.
    runs : mapping of int to RunFacts
    bases : mapping of str to mapping of Item to str

    Returns
    -------
    list of Finding
        One for each thing that changed, with the pages that rest on it.
    """
    alike: dict[tuple[int, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        alike[entry.run, entry.basis].append(entry)
    present = _Present()
    changed: dict[tuple[str, str], set[str]] = defaultdict(set)
    editions: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (run, basis), members in alike.items():
        facts = runs[run]
        pages = {entry.page for entry in members}
        for difference in present.differences(facts, bases.get(basis, {})):
            changed[difference] |= pages
        if (edition := present.edition(facts)) not in ("", facts.edition):
            said = f"was of edition {facts.edition}, is of edition {edition}"
            editions[f"pack {facts.pack}", said] |= pages
    differ: dict[State, Mapping[tuple[str, str], set[str]]]
    differ = {"out of date": changed, "note": editions}
    return [
        Finding(str(folder), state, *said, tuple(sorted(pages)))
        for state, differences in differ.items()
        for said, pages in differences.items()
    ]


class _Present:
    """Say what reports would be made from now."""

    def __init__(self) -> None:
        self._packs: dict[tuple[str, int], Pack | str] = {}
        self._digests: dict[Pack, Digests] = {}

    def differences(self, facts: RunFacts, basis: Mapping[Item, str]) -> Iterator[tuple[str, str]]:
        """Name each thing that is not what it was, and say what became of it."""
        template = file_digest(_template(facts))
        if template != facts.template_digest:
            yield f"template {facts.template}", _became(template)
        if package_digest() != facts.package:
            yield "the package's code", f"is not that of version {facts.version} that was run"
        if environment_digest() != facts.environment:
            yield "Python, its packages or the machine", "are not those of the run"
        pack = self._pack(facts)
        if isinstance(pack, str):
            yield f"pack {facts.pack}", f"cannot be opened: {pack}"
            return
        for item, digest in basis.items():
            # A template is told already, by its own name.
            if item != ("file", facts.template) and (now := self._digest(pack, item)) != digest:
                yield told(item), _became(now)

    def edition(self, facts: RunFacts) -> str:
        """Return the edition of the pack; empty when it has none or cannot be opened."""
        pack = self._pack(facts)
        return "" if isinstance(pack, str) else edition_of(pack)

    def _pack(self, facts: RunFacts) -> Pack | str:
        """Open the pack of a run, or say why it cannot be."""
        key = facts.pack, facts.vintage
        if key not in self._packs:
            try:
                self._packs[key] = open_pack(facts.pack, vintage=facts.vintage)
            except _BROKEN as error:
                self._packs[key] = str(error)
        return self._packs[key]

    def _digest(self, pack: Pack, item: Item) -> str:
        if pack not in self._digests:
            self._digests[pack] = Digests(pack)
        try:
            return self._digests[pack].of(item)
        except _BROKEN:
            return ""


def _became(digest: str) -> str:
    if digest == ABSENT:
        return "is gone"
    return "has changed since" if digest else "cannot be read any more"


def _template(facts: RunFacts) -> Path:
    """Return the template of a run; that of this installation when the folder was moved here."""
    path = Path(facts.template)
    return path if path.exists() else templates_folder() / path.name


def renewals(folder: Path, entries: Iterable[Entry], runs: Runs) -> tuple[str, ...]:
    """Return the commands that make some reports again.

    Parameters
    ----------
    folder : Path
    entries : iterable of Entry
    runs : mapping of int to RunFacts

    Returns
    -------
    tuple of str
        What was typed where the ledger has it, else a command for the same pages.

    Examples
    --------
    >>> entry = Entry("county/A.en.html", 1, "", "", "", "", 0, 0, 0.0, 0.0)
    >>> runs = {1: RunFacts("my.ipynb", "", "", "", "./land", 2023)}
    >>> renewals(Path("out"), [entry], runs)[0]
    'workbench report my.ipynb --pack ./land --level county --territory A --lang en --to out'
    """
    alike: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
    for entry in entries:
        facts = runs[entry.run]
        alike[facts.command, facts.template, facts.pack].append(entry)
    return tuple(
        dict.fromkeys(
            command or _command(folder, template, pack, members)
            for (command, template, pack), members in alike.items()
        )
    )


def _command(folder: Path, template: str, pack: str, entries: Iterable[Entry]) -> str:
    places = zip(*(place_of(entry.page) for entry in entries), strict=True)
    levels, codes, languages = (sorted(set(names)) for names in places)
    own = Path(template).parent.name == "templates"
    words = ["workbench", "report", Path(template).stem if own else template]
    words += ["--pack", pack] if pack != DEFAULT_PACK else []
    words += [word for level in levels for word in ("--level", level)]
    if len(codes) <= _FEW:
        words += [word for code in codes for word in ("--territory", code)]
    return shlex.join([*words, "--lang", ",".join(languages), "--to", str(folder)])
