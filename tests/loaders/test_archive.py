"""An archive gives all of its files within bounds, or none and the reason."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from functools import partial

import pyarrow as pa
import pytest

from workbench.loaders.archive import extract, is_archive
from workbench.loaders.budget import Bounds
from workbench.loaders.errors import (
    ArchiveBomb,
    ArchiveEncrypted,
    ArchiveInvalid,
    MemberRefused,
    NameRefused,
)

TOWNS = b"code;nom\n01001;L'Abergement\n"
SMALL = Bounds(files=50, bytes=1_000_000, seconds=20)


def zipped(*members, **options):
    """Make a zip of pairs of a name, or a ZipInfo, and a content."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return made.getvalue()


def tarred(*members, mode="w", **options):
    """Make a tar of pairs of a name, or a TarInfo, and a content."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode, **options) as archive:
        for name, content in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(content) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(content))
    return made.getvalue()


def of_type(name, kind, target="towns.csv"):
    """Make a member of a tar that is no file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def link(name):
    """Make a member of a zip that is a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info


@pytest.fixture
def out(tmp_path):
    """Give what takes the files of some bytes out, and returns names and contents."""

    def taken(content, name="data.zip", bounds=SMALL, **options):
        path = tmp_path / name
        path.write_bytes(content)
        folder = tmp_path / "out"
        try:
            files = extract(path, folder, bounds=bounds, **options)
        finally:
            left = {path.name, "out"} if folder.exists() else {path.name}
            assert {each.name for each in tmp_path.iterdir()} == left
        return {each.relative_to(folder).as_posix(): each.read_bytes() for each in files}

    return taken


# -- what is taken out ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("data.zip", zipped(("2026/towns.csv", TOWNS))),
        ("data.tar", tarred(("2026/towns.csv", TOWNS))),
        ("data.tar.gz", tarred(("2026/towns.csv", TOWNS), mode="w:gz")),
        ("data.tgz", tarred(("2026/towns.csv", TOWNS), mode="w:gz")),
        ("data.tar.xz", tarred(("2026/towns.csv", TOWNS), mode="w:xz")),
        ("data.tar.bz2", tarred(("2026/towns.csv", TOWNS), mode="w:bz2")),
        ("data.zip", tarred(("2026/towns.csv", TOWNS))),
    ],
)
def test_a_file_comes_out_as_it_was(out, name, made):
    assert out(made, name) == {"2026/towns.csv": TOWNS}


@pytest.mark.parametrize(
    ("ending", "packed"),
    [
        ("gz", gzip.compress(TOWNS, mtime=0)),
        ("gz", gzip.compress(TOWNS[:9], mtime=0) + gzip.compress(TOWNS[9:], mtime=0) + bytes(100)),
        ("xz", lzma.compress(TOWNS)),
        ("bz2", bz2.compress(TOWNS[:9]) + bz2.compress(TOWNS[9:])),
        ("zst", pa.compress(TOWNS, "zstd", asbytes=True)),
    ],
)
def test_a_file_that_is_compressed_alone_comes_out(out, ending, packed):
    assert out(packed, f"towns.csv.{ending}") == {"towns.csv": TOWNS}


def test_only_what_is_wanted_is_written(out):
    made = zipped(("DS_data.csv", TOWNS), ("DS_metadata.csv", b"x"), ("lisezmoi.txt", b"y"))
    assert out(made, wanted="*_data.csv") == {"DS_data.csv": TOWNS}


def test_an_archive_within_an_archive_becomes_a_folder(out):
    inner = zipped(("towns.csv", TOWNS))
    assert out(zipped(("a/inner.zip", inner))) == {"a/inner.zip/towns.csv": TOWNS}


def test_files_within_archives_are_wanted_by_their_own_names(out):
    inner = zipped(("towns.csv", TOWNS), ("lisezmoi.txt", b"x"))
    made = zipped(("inner.zip", inner), ("towns.csv.gz", gzip.compress(TOWNS, mtime=0)))
    assert list(out(made, wanted="*.csv")) == ["inner.zip/towns.csv", "towns.csv.gz/towns.csv"]


def test_a_spreadsheet_within_an_archive_stays_whole(out):
    book = zipped(("xl/workbook.xml", b"<x/>"))
    assert out(zipped(("book.xlsx", book))) == {"book.xlsx": book}


def test_names_written_by_windows_and_macos_are_read(out):
    made = zipped(("x" * 16, TOWNS), ("y" * 17, TOWNS))
    windows, macos = "Événements à.csv".encode("cp850"), "Événements à.c".encode()
    made = made.replace(b"x" * 16, windows).replace(b"y" * 17, macos)
    assert set(out(made)) == {"Événements à.csv", "Événements à.c"}


def test_a_separator_of_windows_separates(out):
    made = zipped(("2026/towns.csv", TOWNS)).replace(b"2026/", b"2026\\")
    assert out(made) == {"2026/towns.csv": TOWNS}


def test_a_folder_that_is_there_is_not_written_over(out):
    out(zipped(("a.csv", TOWNS)))
    with pytest.raises(FileExistsError, match="choose a new folder"):
        out(zipped(("a.csv", b"other")))


# -- names ----------------------------------------------------------------------------------

BAD_NAMES = [
    ("../towns.csv", "leads out"),
    ("a/../../towns.csv", "leads out"),
    ("..\\towns.csv", "leads out"),
    ("/etc/passwd", "absolute"),
    ("\\\\server\\share\\a", "absolute"),
    ("C:\\Windows\\a", "absolute"),
    ("c:a.csv", "absolute"),
    ("a\x1b[31m.csv", "is not seen"),
    ("a\u202egpj.exe", "is not seen"),
    ("ab:stream", "not all machines"),
    ("CON.csv", "device of Windows"),
    ("a/nul", "device of Windows"),
    ("a./b.csv", "ends with a dot"),
    ("é" * 200 + ".csv", "is too long"),
    ("a/" * 40 + "b.csv", "is too long"),
    ("a" * 5000, "is too long"),
]


@pytest.mark.parametrize("make", [zipped, partial(tarred, format=tarfile.PAX_FORMAT)])
@pytest.mark.parametrize(("name", "told"), BAD_NAMES)
def test_a_name_that_leads_elsewhere_refuses_the_whole(out, make, name, told):
    with pytest.raises(NameRefused, match=told):
        out(make(("good.csv", TOWNS), (name, TOWNS)))


def test_what_follows_a_nul_in_a_name_is_seen(out):
    made = zipped(("good.csv0../evil", TOWNS)).replace(b"csv0..", b"csv\0..")
    with pytest.raises(NameRefused, match=r"leads out|is not seen"):
        out(made)


@pytest.mark.parametrize("make", [zipped, tarred])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a.csv", "a.csv"),
        ("a.csv", "A.CSV"),
        ("\u00e9.csv", "e\u0301.csv"),
        ("a", "a/b"),
        ("a/b", "a"),
        ("a/b", "a//b"),
        ("a/b", "./a/b"),
        ("a", "A/b"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(out, make, first, second):
    with pytest.raises(MemberRefused, match="written over"):
        out(make((first, TOWNS), (second, b"other")))


# -- members --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (tarfile.SYMTYPE, "a link"),
        (tarfile.LNKTYPE, "a link"),
        (tarfile.CHRTYPE, "a device"),
        (tarfile.BLKTYPE, "a device"),
        (tarfile.FIFOTYPE, "a device"),
        (tarfile.CONTTYPE, ""),
    ],
)
def test_what_is_no_file_refuses_the_whole(out, kind, told):
    made = tarred(("towns.csv", TOWNS), (of_type("other", kind), b""))
    if kind == tarfile.CONTTYPE:
        assert out(made)["towns.csv"] == TOWNS  # a plain file to every program of today
        return
    with pytest.raises(MemberRefused, match=told):
        out(made)


def test_a_file_with_holes_is_refused(out):
    info = tarfile.TarInfo("holes.csv")
    info.pax_headers = {"GNU.sparse.map": f"0,{len(TOWNS)}", "GNU.sparse.size": "900000"}
    made = tarred((info, TOWNS), format=tarfile.PAX_FORMAT)
    with pytest.raises(MemberRefused, match="a file with holes"):
        out(made)


def test_a_link_then_a_file_through_it_is_refused(out, tmp_path):
    made = tarred((of_type("a", tarfile.SYMTYPE, str(tmp_path)), b""), ("a/evil.csv", TOWNS))
    with pytest.raises(MemberRefused, match="a link"):
        out(made)
    assert not (tmp_path / "evil.csv").exists()


def test_a_link_in_a_zip_is_refused(out):
    with pytest.raises(MemberRefused, match="a link or a device"):
        out(zipped((link("a"), "/etc/passwd")))


def test_a_password_is_told(out):
    made = bytearray(zipped(("a.csv", TOWNS)))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(signature) + place] |= 1
    with pytest.raises(ArchiveEncrypted, match=r"asks for a password \(a\.csv\)"):
        out(bytes(made))


@pytest.mark.parametrize(("method", "told"), [(9, "deflate64"), (14, "LZMA"), (77, "number 77")])
def test_a_method_that_is_not_read_is_named(out, method, told):
    made = bytearray(zipped(("a.csv", TOWNS)))
    for signature, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        made[made.index(signature) + place] = method
    with pytest.raises(ArchiveInvalid, match=f"compressed by {told}"):
        out(bytes(made))


# -- bombs ----------------------------------------------------------------------------------


def test_too_many_files_are_refused(out):
    with pytest.raises(ArchiveBomb, match="more than 50 files"):
        out(zipped(*((f"{n}.csv", b"x") for n in range(51))))


def test_too_many_bytes_are_refused_before_they_are_written(out):
    with pytest.raises(ArchiveBomb, match="more than 1,000,000 bytes"):
        out(zipped(("a.csv", bytes(600_000)), ("b.csv", bytes(600_000))))


def test_bytes_that_are_announced_are_refused_before_one_is_read(out):
    made = bytearray(zipped(("a.csv", bytes(600_000)), ("b.csv", bytes(600_000))))
    made[30 + len("a.csv") + 9] ^= 0xFF  # would be told as corrupt, were it read
    with pytest.raises(ArchiveBomb, match="more than 1,000,000 bytes"):
        out(bytes(made))


def test_bytes_that_were_not_announced_are_counted(out):
    with pytest.raises(ArchiveBomb, match="more than 1,000,000 bytes"):
        out(gzip.compress(bytes(2_000_000)), "a.csv.gz")


@pytest.mark.parametrize("ending", ["gz", "xz", "bz2", "zst"])
def test_a_ratio_that_data_do_not_have_is_refused(out, ending):
    zeros = bytes(40 << 20)
    packed = {
        "gz": gzip.compress,
        "xz": lzma.compress,
        "bz2": bz2.compress,
        "zst": partial(pa.compress, codec="zstd", asbytes=True),
    }[ending](zeros)
    with pytest.raises(ArchiveBomb, match="which data do not"):
        out(packed, f"a.{ending}", bounds=Bounds())


def test_a_ratio_in_a_zip_is_refused(out):
    with pytest.raises(ArchiveBomb, match="which data do not"):
        out(zipped(("a.csv", bytes(40 << 20))), bounds=Bounds())


def test_members_that_share_their_bytes_are_refused(out):
    made = zipped(("a.csv", bytes(10**5)), ("b.csv", bytes(10**5)))
    second = made.rindex(b"PK\x01\x02")
    shared = bytearray(made)
    shared[second + 42 : second + 46] = struct.pack("<L", 5)
    with pytest.raises(ArchiveBomb, match="share the same bytes"):
        out(bytes(shared))


def test_archives_within_archives_have_an_end(out):
    made = TOWNS
    for n in range(4):
        made = zipped((f"{n}.zip" if n else "a.csv", made))
    with pytest.raises(ArchiveBomb, match="more than 2 deep"):
        out(made)


def test_what_is_within_counts_with_the_rest(out):
    inner = zipped(("a.csv", bytes(600_000)))
    with pytest.raises(ArchiveBomb, match="more than 1,000,000 bytes"):
        out(zipped(("1.zip", inner), ("2.zip", inner)))


def test_time_has_an_end(out, clock):
    clock.monotonic = iter(range(10**6)).__next__
    with pytest.raises(ArchiveBomb, match="more than 2 s"):
        out(zipped(*((f"{n}.csv", TOWNS) for n in range(9))), bounds=Bounds(seconds=2), clock=clock)


# -- what is cut or corrupt -----------------------------------------------------------------

WHOLE = {
    "a.zip": zipped(("a.csv", TOWNS * 900), ("b.csv", TOWNS)),
    "a.tar": tarred(("a.csv", TOWNS * 900), ("b.csv", TOWNS)),
    "a.tar.gz": tarred(("a.csv", TOWNS * 900), ("b.csv", TOWNS), mode="w:gz"),
    "a.csv.gz": gzip.compress(TOWNS * 900, mtime=0),
    "a.csv.xz": lzma.compress(TOWNS * 900),
    "a.csv.bz2": bz2.compress(TOWNS * 900),
    "a.csv.zst": pa.compress(TOWNS * 900, "zstd", asbytes=True),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.8])
def test_what_was_cut_is_refused(out, name, share):
    whole = WHOLE[name]
    # After the last file of a tar come only zeros that fill its last record.
    end = len(whole.rstrip(b"\0")) if name == "a.tar" else len(whole)
    with pytest.raises(ArchiveInvalid, match=r"no whole|cut or corrupt|no archive|ends within"):
        out(whole[: int(end * share)], name)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.xz", "a.csv.bz2"])
def test_no_byte_changes_the_content_unseen(tmp_path, name):
    path, refused = tmp_path / name, 0
    for place in range(len(WHOLE[name])):
        damaged = bytearray(WHOLE[name])
        damaged[place] ^= 0x10
        path.write_bytes(damaged)
        try:
            files = extract(path, tmp_path / f"out{place}")
        except ArchiveInvalid:
            refused += 1
        else:
            assert [each.read_bytes() for each in files] == [TOWNS * 900]
    assert refused > len(WHOLE[name]) / 2


def test_a_header_that_is_broken_in_the_middle_is_not_the_end(out):
    made = bytearray(tarred(("a.csv", TOWNS), ("b.csv", TOWNS)))
    made[1024 + 148] ^= 0xFF
    with pytest.raises(ArchiveInvalid, match="cut or corrupt after 1,024 bytes"):
        out(bytes(made), "a.tar")


@pytest.mark.parametrize(
    ("start", "told"),
    [(b"Rar!\x1a\x07\x00", "a rar file"), (b"7z\xbc\xaf\x27\x1c", "a 7z"), (b"hello", "no arch")],
)
def test_another_kind_is_named(out, start, told):
    with pytest.raises(ArchiveInvalid, match=told):
        out(start + bytes(100))


def test_an_archive_is_told_by_its_name_and_its_content(tmp_path):
    for name, content, expected in (
        ("a.zip", zipped(), True),
        ("a.xlsx", zipped(), False),
        ("a.zip", b"<html>", False),
        ("a.csv.gz", gzip.compress(b"", mtime=0), True),
    ):
        (tmp_path / name).write_bytes(content)
        assert is_archive(tmp_path / name) is expected
