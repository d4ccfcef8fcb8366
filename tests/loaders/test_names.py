"""A name from elsewhere stays within its folder and can be written everywhere, or is refused."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.loaders.errors import NameRefused
from workbench.loaders.names import file_name, inner_path

# Pieces that lead out, that machines keep for themselves, or that look like others.
PIECES = st.sampled_from(
    ["..", ".", "", "a", "A", "con", "nul.csv", "C:", "~", "...", " ", "é", "e\u0301", "a:b", "\0"]
)
NAMES = st.one_of(
    st.text(max_size=40),
    st.builds("".join, st.lists(st.one_of(PIECES, st.sampled_from("/\\")), max_size=12)),
)


@given(NAMES)
def test_a_name_that_passes_stays_below_its_folder_on_every_machine(name):
    try:
        inner = inner_path(name)
    except NameRefused:
        return
    folder = Path("/srv/data").resolve()
    assert (folder / inner).resolve().is_relative_to(folder)
    windows = PureWindowsPath("D:/data") / PureWindowsPath(*inner.parts)
    assert windows.parts[:2] == ("D:\\", "data")
    assert ".." not in windows.parts
    assert len(windows.parts) == 2 + len(inner.parts)


@given(NAMES)
def test_a_path_that_passed_passes_again_unchanged(name):
    try:
        inner = inner_path(name)
    except NameRefused:
        return
    assert inner_path(str(inner)) == inner


@given(
    st.lists(st.from_regex(r"[a-z0-9é_-]{1,20}(\.csv)?", fullmatch=True), min_size=1, max_size=5)
)
def test_plain_names_all_pass(pieces):
    plain = [piece for piece in pieces if piece not in ("con", "prn", "aux", "nul")]
    if plain:
        assert inner_path("/".join(plain)) == PurePosixPath(*plain)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_file_is_named_by_one_safe_piece_whatever_is_told(path, disposition):
    name = file_name(f"https://exemple.fr/{path}", disposition)
    assert name
    assert str(inner_path(name)) == name
    assert "/" not in name


@pytest.mark.parametrize(
    ("url", "disposition", "kind", "expected"),
    [
        ("https://a.fr/x/communes.csv?v=1", "", "text/html", "communes.csv"),
        ("https://a.fr/exports/csv", 'attachment; filename="arbres.csv"', "", "arbres.csv"),
        ("https://a.fr/e", "attachment; filename*=UTF-8''%C3%A9coles.csv", "", "écoles.csv"),
        ("https://a.fr/e", 'attachment; filename="../../evil.csv"', "", "evil.csv"),
        ("https://a.fr/e", 'attachment; filename="..\\\\evil.csv"', "", "evil.csv"),
        ("https://a.fr/communes", "", "text/csv; charset=utf-8", "communes.csv"),
        ("https://a.fr/", "", "application/json", "data.json"),
        ("https://a.fr/..", "", "", "data"),
        ("https://a.fr/.htaccess", "", "", "data"),
        ("https://a.fr/con.csv", "", "", "data"),
        ("https://a.fr/" + "a" * 400 + ".csv", "", "", "data"),
        ("https://a.fr/e", "attachment; filename=" + "a" * 400, "", "e"),
        ("https://a.fr/e", "attachment; filename\n=x", "", "x"),
    ],
)
def test_a_file_is_named_as_its_server_does(url, disposition, kind, expected):
    assert file_name(url, disposition, kind) == expected
