"""A source, a URL or a file is fetched, taken out, checked and read; its provenance is kept."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from functools import partial

import pytest

from workbench.loaders import catalogue as catalogues
from workbench.loaders.catalogue import load_catalogue
from workbench.loaders.errors import (
    ContentChanged,
    LoaderUnknown,
    NoFileToRead,
    NotTheFile,
    OptionUnknown,
    SourceUnknown,
    TextRefused,
)
from workbench.loaders.load import load

from .server import give

TOWNS = "code_insee;nom;population\n01001;L'Abergement;800\n01002;Ambérieux;s\n".encode()


def zipped(**members):
    """Make a zip of files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return made.getvalue()


@pytest.fixture
def get(cache, near):
    """Give what reads, with the cache of the test."""
    return partial(load, cache=cache, limits=near)


def codes(found):
    """Return the codes that were read."""
    return found.data.column("code_insee").to_pylist()


def test_a_file_is_read_and_told(get, tmp_path):
    path = tmp_path / "communes.csv"
    path.write_bytes(TOWNS)
    found = get(str(path))
    assert codes(found) == ["01001", "01002"]
    assert found.decisions["file"] == "communes.csv"
    assert "url" not in found.decisions


def test_a_url_is_read_and_its_provenance_kept(get, server):
    url = server.on("/communes.csv", give(TOWNS))
    found = get(url)
    assert codes(found) == ["01001", "01002"]
    assert found.decisions["url"] == url
    assert found.decisions["sha256"] == hashlib.sha256(TOWNS).hexdigest()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("communes.zip", zipped(communes__csv=TOWNS, lisezmoi__pdf=b"%PDF-")),
        ("communes.csv.gz", gzip.compress(TOWNS, mtime=0)),
        ("export", zipped(communes__csv=TOWNS)),
    ],
)
def test_the_file_of_an_archive_is_read(get, server, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert codes(get(str(tmp_path / name), reader="rows")) == ["01001", "01002"]
    assert codes(get(server.on(f"/{name}", give(content)), reader="rows")) == ["01001", "01002"]


def test_an_archive_is_taken_out_once(get, server, cache):
    url = server.on("/a.zip", give(zipped(a__csv=TOWNS)))
    get(url, reader="rows")
    taken = list(cache.folder.rglob("a.csv"))
    get(url, reader="rows")
    assert list(cache.folder.rglob("a.csv")) == taken
    assert len(server.asked) == 1


def test_several_files_ask_for_one(get, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(x_data__csv=TOWNS, x_metadata__csv=b"a;b\n1;2\n"))
    with pytest.raises(NoFileToRead, match=r"2 files .*x_data\.csv, x_metadata\.csv"):
        get(str(path), reader="rows")
    assert codes(get(str(path), reader="rows", member="*_data.csv")) == ["01001", "01002"]


def test_a_source_says_how_its_files_are_read(get, server, monkeypatch, tmp_path):
    text = """
theme: {id: tests, label: {fr: Essais, en: Tests}}
sources:
  towns:
    title: {fr: Communes, en: Communes}
    producer: Ville
    licence: Licence Ouverte 2.0
    reader: rows
    member: "*_data.csv"
    options: {separator: "|"}
  records:
    title: {fr: Relevés, en: Records}
    producer: Ville
    licence: Licence Ouverte 2.0
    reader: records
    paging: hubeau
"""
    (tmp_path / "tests.yml").write_text(text, "utf-8")
    known = load_catalogue(tmp_path)
    monkeypatch.setattr(catalogues, "_own", lambda: known)
    barred = TOWNS.replace(b";", b"|")
    url = server.on("/a", give(zipped(a_data__csv=barred, a_metadata__csv=b"x")))
    found = get(url, source="towns")
    assert codes(found) == ["01001", "01002"]
    assert (found.decisions["producer"], found.decisions["source"]) == ("Ville", "towns")
    page = {"count": 1, "next": None, "data": [{"code_insee": "01001", "n": 1}]}
    paged = server.on("/b", give(json.dumps(page).encode()))
    assert codes(get(paged, source="records")) == ["01001"]


def test_a_hash_that_differs_and_a_page_of_error_are_told(get, server):
    url = server.on("/a.csv", give(TOWNS))
    with pytest.raises(ContentChanged, match="expected 00"):
        get(url, sha256="0" * 64)
    with pytest.raises(NotTheFile, match="web page"):
        get(server.on("/b.csv", give(b"<html>")))


def test_what_would_be_ignored_is_refused(get, server, tmp_path):
    (tmp_path / "a.csv").write_bytes(TOWNS)
    for what in (server.on("/a.csv", give(TOWNS)), str(tmp_path / "a.csv")):
        with pytest.raises(OptionUnknown, match="takes no parameter 'year'"):
            get(what, values={"year": "2024"})
    with pytest.raises(ContentChanged, match="expected 00"):
        get(str(tmp_path / "a.csv"), sha256="0" * 64)


def test_a_hostile_file_is_refused_before_it_is_read(get, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b";" * 20_000)
    with pytest.raises(TextRefused, match="20,001 columns"):
        get(str(path))


@pytest.mark.parametrize(
    ("what", "error", "told"),
    [
        ("dfv", SourceUnknown, "nearest: .*dvf"),
        ("nowhere.csv", NoFileToRead, "no file 'nowhere.csv'"),
        ("/nowhere", NoFileToRead, "no file '/nowhere'"),
    ],
)
def test_what_is_not_there_is_told(get, what, error, told):
    with pytest.raises(error, match=told):
        get(what)


def test_an_option_or_a_reader_that_is_not_there_is_told(get, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(TOWNS)
    with pytest.raises(OptionUnknown, match="nearest: separator"):
        get(str(path), options={"separater": ";"})
    with pytest.raises(LoaderUnknown, match="No reader is named 'gtsf'"):
        get(str(path), reader="gtsf")
