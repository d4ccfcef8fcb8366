"""Verify folders of reports: each page is what was written, and would be written so now.

Every hash of every ledger is made again, without a network. A file that is not the one that a
run wrote is *altered*; a page that is as written is *out of date* when what it was made from has
changed since.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.core.errors import LedgerInvalid
from workbench.reports.digests import ABSENT, file_digest
from workbench.reports.ledger import LEDGER, Entry, Ledger, RunFacts
from workbench.reports.outdated import Finding, find_outdated, renewals

__all__ = ["Finding", "Verification", "verify"]

# The gallery and its lists are made again by every run, and are in no ledger.
_GALLERY = re.compile(r"(index(\.\w+)?|lists/[^/]+/[^/]+)\.html")
# In the head of a page, the files whose name carries the beginning of their hash.
_ASSET = re.compile(rb'(?:href|src)="([^":?#]+-[0-9a-f]{8}\.(?:css|js))"')
_UNKNOWN = "was written by no run: no ledger tells of it"
_OTHER = "is not what was written: its name tells another hash"
_FAILED = "could not be made; log.jsonl says why"


@dataclass(frozen=True, slots=True)
class Verification:
    """Hold what was verified, and what was found.

    Parameters
    ----------
    folders : tuple of str
        Those that hold a ledger.
    pages : int
        Pages that the ledgers tell of.
    findings : tuple of Finding
        Folder by folder.
    """

    folders: tuple[str, ...]
    pages: int
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Tell whether all is as written, and would be written so now."""
        return all(finding.state == "note" for finding in self.findings)


def verify(folder: Path) -> Verification:
    """Verify every ledger of a folder, or below it.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Verification

    Raises
    ------
    LedgerInvalid
        There is no ledger at all.
    FolderBusy
        A run writes in one of the folders.

    Examples
    --------
    >>> verify(Path("no-such-folder"))
    Traceback (most recent call last):
    ...
    workbench.core.errors.LedgerInvalid: no-such-folder holds no ledger.sqlite, nor does ...
    """
    found, strays = _pages_by_ledger(folder)
    if not found:
        raise LedgerInvalid(
            f"{folder} holds no {LEDGER}, nor does a folder below it: expected the folder of "
            "reports written by `workbench report`."
        )
    count = 0
    findings: list[Finding] = []
    for place, pages in found.items():
        try:
            with Ledger.read(place) as ledger:
                entries, runs, bases = ledger.entries(), ledger.runs(), ledger.bases()
        except LedgerInvalid as error:
            findings.append(Finding(str(place), "altered", LEDGER, str(error), tuple(pages)))
            continue
        made = {page: entry for page, entry in entries.items() if not entry.error}
        wrong = [*_altered(place, made, pages), *find_outdated(place, made.values(), runs, bases)]
        findings += _with_steps(wrong, place, made, runs)
        if failed := tuple(sorted(entries.keys() - made.keys())):
            findings.append(Finding(str(place), "note", "failed reports", _FAILED, failed))
        count += len(made)
    findings += [Finding(str(folder), "altered", page, _UNKNOWN, (page,)) for page in strays]
    return Verification(tuple(map(str, found)), count, tuple(findings))


def _with_steps(
    findings: list[Finding], folder: Path, made: Mapping[str, Entry], runs: Mapping[int, RunFacts]
) -> list[Finding]:
    """Say how the pages of a folder are made again: all of them at once, whatever is wrong."""
    wrong = [finding for finding in findings if finding.state != "note"]
    pages = {page for finding in wrong for page in finding.pages if page in made}
    steps = renewals(folder, [made[page] for page in sorted(pages)], runs)
    return [
        replace(finding, steps=(*finding.steps, *steps))
        if finding.state != "note" and not pages.isdisjoint(finding.pages)
        else finding
        for finding in findings
    ]


def _pages_by_ledger(folder: Path) -> tuple[dict[Path, list[str]], list[str]]:
    """List the pages of each folder that holds a ledger, and those that no ledger is above."""
    found: dict[Path, list[str]] = {}
    strays: list[str] = []
    holders: dict[str, Path] = {}
    for place, folders, files in os.walk(folder):
        # Drafts of a run that is not finished are in hidden folders.
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        holder = Path(place) if LEDGER in files else holders.get(os.path.dirname(place))
        pages = strays
        if holder:
            holders[place] = holder
            pages = found.setdefault(holder, [])
        inside = Path(place).relative_to(holder or folder)
        pages += [(inside / name).as_posix() for name in sorted(files) if name.endswith(".html")]
    return found, strays


def _altered(folder: Path, made: Mapping[str, Entry], present: Iterable[str]) -> list[Finding]:
    """Find the pages and the files they need that are not what was written."""
    wrong: dict[str, str] = {}
    links: dict[str, list[str]] = defaultdict(list)
    for page, entry in sorted(made.items()):
        content, problem = _read(folder / page, entry)
        if problem:
            wrong[page] = problem
        elif entry.notebook and not (folder / entry.notebook).exists():
            wrong[page] = f"its notebook {entry.notebook} is missing"
        for asset in _assets(page, content):
            links[asset].append(page)
    unknown = [page for page in present if page not in made]
    for page in filter(_GALLERY.fullmatch, unknown):
        for asset in _assets(page, (folder / page).read_bytes()):
            links[asset].append(page)
    wrong |= {page: _UNKNOWN for page in unknown if not _GALLERY.fullmatch(page)}
    return [
        *(Finding(str(folder), "altered", page, said, (page,)) for page, said in wrong.items()),
        *_altered_assets(folder, links),
    ]


def _read(path: Path, entry: Entry) -> tuple[bytes, str]:
    """Return a page that is as written, or what is wrong with it."""
    try:
        # One of another size needs no reading, however large.
        if path.stat().st_size == entry.bytes:
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == entry.sha256:
                return content, ""
    except FileNotFoundError:
        return b"", "is missing"
    except OSError as error:
        return b"", f"cannot be read: {error.strerror}"
    return b"", "is not what was written"


def _assets(page: str, content: bytes) -> list[str]:
    """Name, from the folder, the files that the head of a page needs."""
    head = content[: content.find(b"<body")]
    place = posixpath.dirname(page)
    return [
        posixpath.normpath(posixpath.join(place, name.decode("utf-8", "replace")))
        for name in _ASSET.findall(head)
    ]


def _altered_assets(folder: Path, links: Mapping[str, list[str]]) -> Iterator[Finding]:
    for asset, pages in sorted(links.items()):
        digest = file_digest(folder / asset)
        if digest.startswith(asset.rpartition("-")[2].partition(".")[0]):
            continue
        if digest == ABSENT:
            yield Finding(str(folder), "altered", asset, "is missing", tuple(pages))
        else:
            # A run writes those that are missing, and trusts the others.
            steps = (shlex.join(["rm", str(folder / asset)]),)
            yield Finding(str(folder), "altered", asset, _OTHER, tuple(pages), steps)
