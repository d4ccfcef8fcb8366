"""What is fuzzed holds on files, on damaged ones, and for a moment of fuzzing."""

from __future__ import annotations

import gzip
import importlib.util
import io
import lzma
import random
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]


def seeds() -> list[bytes]:
    """Make small files of each kind."""
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.csv", "code;nom\n01001;é\n" * 9)
        archive.writestr("c.csv", "x")
    with tarfile.open(fileobj=tarred, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("é" * 60 + ".csv")
        info.size = 3
        archive.addfile(info, io.BytesIO(b"a;b"))
    plain = [b"", b"\xff", b"01001", b"2A004", b"../a", b'\x00a;b\n1;"2\n', b"\x01<a>&b;</a>"]
    array, arrays = io.BytesIO(), io.BytesIO()
    np.save(array, np.arange(5))
    np.savez(arrays, a=np.arange(5))
    files = [each.getvalue() for each in (zipped, tarred, array, arrays)]
    return [*plain, *files, gzip.compress(b"a;b", mtime=0), lzma.compress(b"a")]


def damaged(seed: bytes, rng: random.Random) -> bytes:
    """Change some bytes of a file, cut it, or repeat a part of it."""
    made = bytearray(seed)
    for _ in range(rng.randrange(1, 6)):
        if made:
            made[rng.randrange(len(made))] = rng.choice(
                [0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)]
            )
    start = rng.randrange(len(made) + 1)
    return bytes(rng.choice([made, made[:start], made[start:] + made[:start], made + made[start:]]))


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_holds_on_files_and_on_damaged_ones(name):
    rng = random.Random(59350)
    for seed in seeds():
        TARGETS[name](seed)
        for _ in range(1 if name == "codes" else 12):
            TARGETS[name](damaged(seed, rng))


# What tables are made of, so that most texts are nearly one.
PIECES = st.sampled_from(
    [
        *("\t", "\n", "\r\n", "\r", " ", "\xa0", "\0", "\ufeff", "Code INSEE", "1 234", "Source :"),
        *(
            [
                ";",
                ",",
                "|",
                '"',
                '""',
                "'",
                "code",
                "01001",
                "1001",
                "2A004",
                "1,5",
                "31/12/2024",
                "s",
                "nd",
                "é",
                "Total",
                "sep=;",
                "=",
                "-",
                "1e5",
                "€",
            ]
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=80).map("".join)
BYTES = st.one_of(
    st.builds(
        lambda text, name: text.encode(name, "replace"),
        TEXTS,
        st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-16-le", "mac_roman", "cp850", "utf-32"]),
    ),
    st.builds(lambda a, b: a.encode() + b.encode("cp1252", "replace"), TEXTS, TEXTS),
    st.binary(max_size=300),
)


@given(BYTES)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_table_of_any_bytes_is_read_or_refused(data):
    TARGETS["dialect"](data)


@given(st.one_of(st.sampled_from(["01001", "2A004", "59350", "97411"]), st.text(max_size=8)))
@settings(deadline=None, max_examples=30)
def test_a_code_of_any_text_is_the_one_asked_for_or_none(text):
    TARGETS["codes"](text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris, the fuzzer, is not installed"
)
def test_a_target_holds_for_a_moment_of_fuzzing(name, tmp_path):
    words = [sys.executable, "-m", "tests.fuzz.run", name, "-max_total_time=5", "-max_len=4096"]
    ended = subprocess.run(
        [*words, f"-artifact_prefix={tmp_path}/"], cwd=ROOT, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
