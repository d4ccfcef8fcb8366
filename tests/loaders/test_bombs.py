"""A bomb is refused in seconds within a little memory, in a process that has no more."""

from __future__ import annotations

import io
import lzma
import struct
import tarfile
import zipfile
import zlib

import pytest

from .confined import confined


def pax(size):
    """Make a tar whose first extended header is so large."""
    info = tarfile.TarInfo("././@PaxHeader")
    info.type, info.size = tarfile.XHDTYPE, size
    return info.tobuf(tarfile.USTAR_FORMAT)


def many(count):
    """Make a zip's directory of so many members that are not there."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a", b"")
    first = made.getvalue()[: 30 + 1]
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<HHH", 4, 0, 0) + bytes(12) + b"aaaa"
    size = len(entry) * count
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, size, 31, 0)
    return first + entry * count + end


def folders(count):
    """Make a tar of so many folders, which are no files and are not counted as such."""
    made = tarfile.TarInfo("a")
    made.type = tarfile.DIRTYPE
    return made.tobuf(tarfile.USTAR_FORMAT) * count + bytes(1024)


def quine():
    """Make a gzip of gigabytes of zeros, quickly: one block is repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    made = [packer.compress(bytes(1 << 20)), packer.flush(zlib.Z_FULL_FLUSH)]
    block = packer.compress(bytes(64 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"".join(made) + block * 200


@pytest.mark.parametrize(
    ("name", "make", "told"),
    [
        ("a.csv.gz", quine, "ArchiveBomb"),
        ("a.tar", lambda: pax(7 << 30) + bytes(1 << 20), "ArchiveBomb a.tar has a header of"),
        ("a.tar", lambda: pax(12 << 10) + b"1" * (12 << 10) + bytes(1024), "Archive"),
        ("a.tar", lambda: (pax(0) * 5000) + bytes(1024), "Archive"),
        ("a.zip", lambda: many(2_000_000), "ArchiveBomb a.zip has a directory of"),
        ("a.zip", lambda: many(1_300_000), "ArchiveBomb a.zip needs more memory than there is"),
        ("a.csv.xz", lambda: lzma.compress(bytes(10**6), preset=9 | lzma.PRESET_EXTREME), "no err"),
        (
            "a.csv.xz",
            lambda: lzma.compress(
                b"a", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 512 << 20, "mf": lzma.MF_HC3}]
            ),
            "ArchiveInvalid",
        ),
    ],
    ids=["gzip", "pax", "digits", "chain", "directory", "memory", "xz", "dictionary"],
)
def test_a_bomb_is_refused_in_seconds_within_a_little_memory(tmp_path, name, make, told):
    path = tmp_path / name
    path.write_bytes(make())
    ended = confined(
        "from workbench.loaders.archive import extract",
        "extract(Path(sys.argv[1]), Path(sys.argv[2]))",
        path,
        tmp_path / "out",
    )
    assert ended.told.startswith(told)
    assert ended.seconds < 15


def test_folders_without_end_are_not_remembered(tmp_path):
    path = tmp_path / "a.tar"
    path.write_bytes(folders(150_000))
    ended = confined(
        "from workbench.loaders.archive import extract",
        "extract(Path(sys.argv[1]), Path(sys.argv[2]))",
        path,
        tmp_path / "out",
        megabytes=60,
    )
    assert ended.told == "no error"
