"""What is fuzzed: bytes from anywhere in, an error of the workbench or a right answer out."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.loaders.archive import extract
from workbench.loaders.budget import Bounds
from workbench.loaders.detection import detect
from workbench.loaders.dialect import Role
from workbench.loaders.encodings import decode
from workbench.loaders.guard import check_file
from workbench.loaders.names import inner_path
from workbench.loaders.tabular import read
from workbench.packs.pack import Pack, open_pack

__all__ = ["TARGETS"]

_SMALL = Bounds(files=100, bytes=1 << 20, seconds=5)
# What a file is taken for is told by its name: the first byte chooses it.
_NAMES = ("a.csv", "a.xml", "a.npy", "a.npz", "a.json", "a")


@cache
def _france() -> Pack:
    return open_pack("france")


def codes(data: bytes) -> None:
    """Look for a territory of any name: a code that is found is the one that was asked for."""
    # The nearest codes are looked for among all, which takes a time that grows with the text.
    text = data[:12].decode("utf-8", "surrogateescape")
    with suppress(WorkbenchError):
        assert _france().territory(text).code == text
    _france().territories.find(text)


def archive_names(data: bytes) -> None:
    """Read the name of a member of an archive: what passes stays below its folder."""
    try:
        inner = inner_path(data.decode("utf-8", "surrogateescape"))
    except WorkbenchError:
        return
    folder = Path("/srv/data")
    assert (folder / inner).resolve().is_relative_to(folder.resolve())


def archives(data: bytes) -> None:
    """Take out an archive of any bytes: nothing appears beside its folder."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "data.zip"
        path.write_bytes(data)
        try:
            extract(path, Path(name) / "out", bounds=_SMALL)
        except WorkbenchError:
            assert [each.name for each in Path(name).iterdir()] == ["data.zip"]
        else:
            assert {each.name for each in Path(name).iterdir()} == {"data.zip", "out"}


def files(data: bytes) -> None:
    """Check a file of any bytes under one of several names."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / _NAMES[data[0] % len(_NAMES) if data else 0]
        path.write_bytes(data[1:])
        with suppress(WorkbenchError):
            check_file(path)


def dialect(data: bytes) -> None:
    """Read a table of any bytes: every line is a row, a note, or set aside and located."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.csv"
        path.write_bytes(data)
        try:
            table = read(path)
        except WorkbenchError:
            return
        assert table.data.num_rows <= table.rows <= len(data) + 1
        for each in table.problems:
            assert each.file == "a.csv"
            assert each.row is None or 1 <= each.row <= len(data) + 1
        for column in table.columns:
            if column.role is Role.CODE:
                # A code is text, as it is written: what is changed (2a004, 01 001) is told.
                held = {str(each) for each in table.column(column.name) if each is not None}
                found = detect(path).text
                text = decode(data[found.mark :], found)[0].decode()
                told = [each.repair for each in table.problems if each.column == column.name]
                assert all(
                    each in text or '"' in text or any(each in repair for repair in told)
                    for each in held
                )


TARGETS = {each.__name__: each for each in (codes, archive_names, archives, files, dialect)}
