"""The ledger of a folder: what each report was made from, so that a run redoes what changed.

One SQLite file beside the pages. A run holds it alone from its start to its end, however it
ends: a second run of the same folder is told so, and a killed one leaves no lock. A report is
written in the ledger before its page is moved into place; a page whose size, date or hash is
not the one written there was not finished, or was changed by hand, and is made again.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from workbench.core.errors import DirectoryNotWritable, FolderBusy, LedgerInvalid
from workbench.core.reads import Figure, Item

__all__ = ["LEDGER", "Entry", "Ledger", "RunFacts", "place_of", "unpacked"]

LEDGER = "ledger.sqlite"
_VERSION = 1
_TABLES = """
CREATE TABLE runs (
  run INTEGER PRIMARY KEY, facts TEXT NOT NULL, summary TEXT NOT NULL DEFAULT '');
CREATE TABLE bases (basis TEXT PRIMARY KEY, digests TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE reports (
  page TEXT, run INTEGER, question TEXT NOT NULL, basis TEXT NOT NULL, perimeter TEXT NOT NULL,
  sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, changed INTEGER NOT NULL,
  seconds REAL NOT NULL, cpu REAL NOT NULL, error TEXT NOT NULL, notebook TEXT NOT NULL,
  figures BLOB NOT NULL, PRIMARY KEY (page, run)) WITHOUT ROWID;
CREATE TABLE lessons (template TEXT PRIMARY KEY, learned TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Say what all the reports of a run were made from.

    Parameters
    ----------
    template, template_digest : str
        Its path, and the hash of the file.
    package, environment : str
        Digests of the package's code, and of Python and the installed packages.
    pack : str
        Name or folder.
    vintage : int
    version, edition, command, started : str
        Of the package; of the pack; what was typed; when, in UTC.
    """

    template: str
    template_digest: str
    package: str
    environment: str
    pack: str
    vintage: int
    version: str = ""
    edition: str = ""
    command: str = ""
    started: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Say of one report what it was made from and how it went.

    Parameters
    ----------
    page : str
    run : int
        Which run made it.
    question : str
        Digest of the parameters, titles, links and form of the page.
    basis : str
        Digest of what it read.
    perimeter : str
        Digest of the ground of its territory.
    sha256, bytes, changed : str, int, int
        Hash, size and date (ns) of the page; no date for a page that is not on this machine.
    seconds, cpu : float
    error, notebook : str
    figures : mapping of str to Figure
        What it tells of its territory; read on demand, see :meth:`Ledger.figures`.
    """

    page: str
    run: int
    question: str
    basis: str
    perimeter: str
    sha256: str
    bytes: int
    changed: int
    seconds: float
    cpu: float
    error: str = ""
    notebook: str = ""
    figures: Mapping[str, Figure] = field(default_factory=dict)


_COLUMNS = tuple(each.name for each in fields(Entry) if each.name != "figures")


class Ledger:
    """Read and write the ledger of a folder; made by :meth:`opened`.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with Ledger.opened(folder) as ledger:
    ...     run = ledger.begin(RunFacts("portrait.ipynb", "…", "…", "…", "france", 2026))
    ...     len(ledger.entries())
    0
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection, self.path = connection, path

    @classmethod
    @contextmanager
    def opened(cls, folder: Path) -> Iterator[Self]:
        """Open the ledger of a folder to write in it, alone.

        Raises
        ------
        FolderBusy
            Another run writes in the folder.
        DirectoryNotWritable
            The folder cannot be written, or is full.
        LedgerInvalid
            The file is no ledger, or one of another version.
        """
        path = folder / LEDGER
        with _told(path):
            folder.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            with _told(path):
                # Held until the connection ends, and with it the process, however that comes.
                connection.execute("PRAGMA locking_mode = EXCLUSIVE")
                connection.execute("PRAGMA journal_mode = WAL")
                # A killed process loses nothing; a power cut may lose the last reports only.
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute("BEGIN IMMEDIATE")
                _prepare(connection, path)
                connection.execute("COMMIT")
            yield cls(connection, path)
            # One plain file is left, that can be read where nothing can be written.
            with _told(path):
                connection.execute("PRAGMA journal_mode = DELETE")
        finally:
            connection.close()

    @classmethod
    @contextmanager
    def read(cls, folder: Path) -> Iterator[Self]:
        """Open the ledger of a folder to read it only.

        Raises
        ------
        LedgerInvalid
            There is none.
        FolderBusy
            A run writes in the folder.
        """
        path = folder / LEDGER
        if not path.is_file():
            raise LedgerInvalid(
                f"{folder} holds no {LEDGER}: expected a folder written by `workbench report`."
            )
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            with _told(path):
                connection.execute("PRAGMA query_only = ON")
                _check_version(connection, path)
            yield cls(connection, path)
        finally:
            connection.close()

    # -- runs ----------------------------------------------------------------------------

    def begin(self, facts: RunFacts) -> int:
        """Write that a run begins; return its number."""
        text = json.dumps({each.name: getattr(facts, each.name) for each in fields(facts)})
        with _told(self.path):
            row = self._connection.execute("INSERT INTO runs (facts) VALUES (?)", (text,))
        return int(row.lastrowid or 0)

    def end(self, run: int, summary: Mapping[str, Any]) -> None:
        """Write how a run went."""
        with _told(self.path):
            self._connection.execute(
                "UPDATE runs SET summary = ? WHERE run = ?", (json.dumps(summary), run)
            )

    def runs(self) -> dict[int, RunFacts]:
        """Return the facts of every run, oldest first."""
        with _told(self.path):
            rows = self._connection.execute("SELECT run, facts FROM runs ORDER BY run").fetchall()
        return {run: RunFacts(**json.loads(facts)) for run, facts in rows}

    # -- reports -------------------------------------------------------------------------

    def record(self, entry: Entry, digests: Mapping[Item, str]) -> None:
        """Write one report, with the digests of what it read."""
        told = [(list(item), value) for item, value in digests.items()]
        values = [getattr(entry, name) for name in _COLUMNS]
        figures = zlib.compress(json.dumps(entry.figures).encode()) if entry.figures else b""
        marks = ", ".join("?" * (len(values) + 1))
        columns = ", ".join((*_COLUMNS, "figures"))
        with _told(self.path):
            self._connection.execute("BEGIN")
            self._connection.execute(
                "INSERT OR IGNORE INTO bases VALUES (?, ?)", (entry.basis, json.dumps(told))
            )
            self._connection.execute(
                f"INSERT OR REPLACE INTO reports ({columns}) VALUES ({marks})",  # noqa: S608
                (*values, figures),
            )
            self._connection.execute("COMMIT")

    def entries(self, run: int | None = None) -> dict[str, Entry]:
        """Return the latest entry of each page, without its figures.

        Parameters
        ----------
        run : int, optional
            The latest as that run left them.
        """
        wanted = ", ".join(_COLUMNS)
        query = f"SELECT {wanted} FROM reports WHERE run <= ? ORDER BY run"  # noqa: S608
        with _told(self.path):
            last = run if run is not None else 2**62
            rows = self._connection.execute(query, (last,)).fetchall()
        return {row[0]: Entry(*row) for row in rows}

    def figures(self, page: str, run: int) -> dict[str, Figure]:
        """Return the figures that one report told of its territory."""
        with _told(self.path):
            row = self._connection.execute(
                "SELECT figures FROM reports WHERE page = ? AND run = ?", (page, run)
            ).fetchone()
        return unpacked(row[0]) if row else {}

    def packed(self, run: int | None = None) -> dict[str, bytes]:
        """Return the figures of the latest entry of each page, to be read by :func:`unpacked`.

        Equal figures are equal bytes.

        Parameters
        ----------
        run : int, optional
            The latest as that run left them.
        """
        with _told(self.path):
            last = run if run is not None else 2**62
            rows = self._connection.execute(
                "SELECT page, figures FROM reports WHERE run <= ? ORDER BY run", (last,)
            ).fetchall()
        return dict(rows)

    def bases(self) -> dict[str, dict[Item, str]]:
        """Return, by basis, the digest of each item that was read."""
        with _told(self.path):
            rows = self._connection.execute("SELECT basis, digests FROM bases").fetchall()
        return {
            basis: {tuple(item): value for item, value in json.loads(digests)}
            for basis, digests in rows
        }

    # -- lessons -------------------------------------------------------------------------

    def learned(self, template: str) -> dict[str, Any]:
        """Return what was learned of a template, by its digest; nothing when it is new."""
        with _told(self.path):
            row = self._connection.execute(
                "SELECT learned FROM lessons WHERE template = ?", (template,)
            ).fetchone()
        return json.loads(row[0]) if row else {}

    def learn(self, template: str, learned: Mapping[str, Any]) -> None:
        """Keep what was learned of a template."""
        with _told(self.path):
            self._connection.execute(
                "INSERT OR REPLACE INTO lessons VALUES (?, ?)", (template, json.dumps(learned))
            )


def place_of(page: str) -> tuple[str, str, str]:
    """Return the level, code and language that the name of a page tells.

    Examples
    --------
    >>> place_of("departement/2A.fr.html")
    ('departement', '2A', 'fr')
    """
    level, _, name = page.partition("/")
    code, _, lang = name.removesuffix(".html").rpartition(".")
    return level, code, lang


def unpacked(packed: bytes) -> dict[str, Figure]:
    """Read the figures that :meth:`Ledger.packed` gives.

    Examples
    --------
    >>> unpacked(b"")
    {}
    """
    if not packed:
        return {}
    told = json.loads(zlib.decompress(packed))
    return {name: (value, status) for name, (value, status) in told.items()}


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new ledger, or check the version of one that exists."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if version == 0 and tables == 0:
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    _check_version(connection, path)


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != _VERSION:
        raise LedgerInvalid(
            f"{path} is a ledger of version {version}, expected {_VERSION}. Choose another folder "
            "with --to, or remove the file: every report is then made again."
        )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say what a failure of SQLite or of the disk means for the run."""
    try:
        yield
    except OSError as error:
        raise DirectoryNotWritable.because(path.parent, error) from error
    except sqlite3.Error as error:
        text = str(error)
        with suppress(AttributeError):
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise FolderBusy(
                    f"Another run is writing in {path.parent}. Wait until it ends, or choose "
                    "another folder with --to."
                ) from None
            if error.sqlite_errorcode in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                raise LedgerInvalid(
                    f"{path} is no ledger ({text}). Remove it: every report is then made again."
                ) from None
        raise DirectoryNotWritable.because(path.parent, OSError(text)) from error
