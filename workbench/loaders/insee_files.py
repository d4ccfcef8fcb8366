"""Find, in what INSEE publishes, the file of data and the one that describes it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from workbench.core.errors import nearest
from workbench.loaders.archive import extract, is_archive
from workbench.loaders.content import kind_of
from workbench.loaders.errors import DialectInvalid, NoFileToRead
from workbench.loaders.guard import check_file
from workbench.loaders.insee_words import Codebook, read_codebook

__all__ = ["Files", "opened", "zeros_of"]

_TABLES = (".csv", ".txt", ".tsv", ".jsonl", ".xlsx", ".xls", ".ods", ".parquet")
_DESCRIBES = re.compile(
    r"(?:^|[_-])(?:meta(?:data|donnees)?|varmod|mod|dictionnaire)(?:[_.-]|$)", re.I
)
_ENDINGS = re.compile(r"(?:[_-]?(?:meta(?:data|donnees)?|data|varmod|mod))+", re.I)


@dataclass(frozen=True, slots=True)
class Files:
    """Hold a file of data, and what describes it.

    Parameters
    ----------
    data : Path
    book : Codebook
        Empty when no file describes it.
    described : str
        Name of the file that does, ``""`` when there is none.
    """

    data: Path
    book: Codebook
    described: str = ""


@contextmanager
def opened(path: Path, member: str = "*") -> Iterator[Files]:
    """Give the files of an archive, or a file alone with the one beside it.

    Parameters
    ----------
    path : Path
        Of a zip, or of a file of data.
    member : str
        Pattern of the name of the file of data.

    Raises
    ------
    NoFileToRead
        There is none, or several of data.
    """
    if (kind_of(path) == "zip" and not path.name.lower().endswith(_TABLES)) or is_archive(path):
        with tempfile.TemporaryDirectory(prefix="workbench-") as name:
            folder = Path(name) / "out"
            yield _found(extract(path, folder), path.name, member)
        return
    beside = [
        each
        for each in sorted(path.parent.glob("*"))
        if each.is_file() and _describes(each) and _stem(each) == _stem(path)
    ]
    yield _found([path, *beside], path.name, "*", checked=path)


def _found(files: Sequence[Path], name: str, member: str, *, checked: Path | None = None) -> Files:
    """Choose the file of data and the one that describes it; those not `checked` yet are."""
    tables = [each for each in files if each.name.lower().endswith(_TABLES)] or list(files[:1])
    about = [each for each in tables if _describes(each)]
    data = [
        each for each in tables if each not in about and fnmatch(each.name.lower(), member.lower())
    ]
    if len(data) != 1:
        names = ", ".join(each.name for each in tables[:12]) or "none"
        raise NoFileToRead(
            f"{name} holds {len(data)} files of data where one is expected (files: {names}). Name "
            "the one to read (member)."
        )
    if data[0] != checked:
        check_file(data[0])
    fitting = [each for each in about if _stem(each) == _stem(data[0])] or about[:1]
    if not fitting:
        return Files(data[0], Codebook())
    check_file(fitting[0])
    return Files(data[0], read_codebook(fitting[0]), fitting[0].name)


def _describes(path: Path) -> bool:
    return bool(_DESCRIBES.search(path.stem))


def _stem(path: Path) -> str:
    """Return what the names of a file and of its description share."""
    return re.sub(r"[^a-z0-9]+", "", _ENDINGS.sub("", path.stem).lower())


def zeros_of(absent: str) -> bool:
    """Tell whether what a file does not write is a zero, by the option ``absent``.

    Raises
    ------
    DialectInvalid
        It is neither ``missing`` nor ``zero``.
    """
    if absent not in ("missing", "zero"):
        raise DialectInvalid(f"absent is {absent!r} ({nearest(absent, ('missing', 'zero'))}).")
    return absent == "zero"
