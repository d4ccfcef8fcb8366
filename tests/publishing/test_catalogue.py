"""A folder of publications is a site: pages, DCAT-AP, feeds, the same bytes each time."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from contextlib import contextmanager

import pytest
from rdflib import Graph, Namespace
from rdflib.namespace import RDF

from workbench.core.errors import OutputExists, ParameterError, PublicationInvalid
from workbench.disclosure.released import release_open
from workbench.publishing.catalogue.serve import serving
from workbench.publishing.catalogue.site import build
from workbench.publishing.publish import publish
from workbench.reports.ledger import LEDGER

from .kinds import ABOUT, tiny_table
from .test_publish import digests

ATOM = "{http://www.w3.org/2005/Atom}"
DCAT = Namespace("http://www.w3.org/ns/dcat#")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Write two publications, of which one in a folder of a folder, and a gallery of reports."""
    folder = tmp_path_factory.mktemp("catalogue") / "out"
    publish(release_open(tiny_table()), folder / "homes", about={**ABOUT, "key": ["code"]})
    other = {**ABOUT, "title": {"fr": "Écoles & <ateliers>", "en": "Schools & <workshops>"}}
    other |= {"identifier": "schools", "date": "2025-01-02"}
    publish(release_open(tiny_table()), folder / "older shelf" / "schools", about=other)
    reports = folder / "portraits"
    reports.mkdir()
    (reports / LEDGER).write_bytes(b"")
    (reports / "index.html").write_text("<title>Portraits &amp; cartes</title>", "utf-8")
    return folder


def test_the_latest_come_first(root):
    site = build(root)
    assert [each.identifier for each in site.entries] == ["schools", "homes-of-quarters"]
    assert [each.href for each in site.entries] == ["older%20shelf/schools/", "homes/"]
    assert [(each.title, each.href) for each in site.galleries] == [
        ("Portraits & cartes", "portraits/index.html")
    ]


def test_the_pages_list_everything_in_their_language(root):
    build(root)
    french = (root / "index.html").read_text("utf-8")
    assert "Écoles &amp; &lt;ateliers&gt;" in french
    assert 'href="older%20shelf/schools/index.html"' in french
    assert "Portraits &amp; cartes" in french
    english = (root / "index.en.html").read_text("utf-8")
    assert "Schools &amp; &lt;workshops&gt;" in english
    assert 'href="older%20shelf/schools/index.en.html"' in english


@pytest.mark.parametrize("url", ["", "https://data.example.org/open/"])
@pytest.mark.parametrize("name", ["catalog.ttl", "catalog.jsonld"])
def test_the_catalogue_holds_each_data_set_with_its_files(root, url, name):
    build(root, url=url)
    base = url or "http://base.example.org/"
    graph = Graph().parse(data=(root / name).read_text("utf-8"), format=_kind(name), publicID=base)
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    listed = {str(each) for each in graph.objects(catalogue, DCAT.dataset)}
    assert listed == {f"{base}older%20shelf/schools/#dataset", f"{base}homes/#dataset"}
    addresses = {str(each) for each in graph.objects(None, DCAT.downloadURL)}
    assert f"{base}homes/homes-of-quarters.csv" in addresses
    assert "nowhere.invalid" not in (root / name).read_text("utf-8")


def _kind(name):
    return "turtle" if name.endswith("ttl") else "json-ld"


@pytest.mark.parametrize("name", ["feed.atom", "feed.en.atom"])
def test_the_feed_has_an_entry_a_publication(root, name):
    build(root, url="https://data.example.org/open")
    feed = ET.parse(root / name).getroot()
    entries = feed.findall(f"{ATOM}entry")
    assert [each.find(f"{ATOM}updated").text for each in entries] == [
        "2025-01-02T00:00:00Z",
        "2024-03-01T00:00:00Z",
    ]
    assert len({each.find(f"{ATOM}id").text for each in (feed, *entries)}) == 3
    link = entries[1].find(f"{ATOM}link").get("href")
    assert link == "https://data.example.org/open/homes/index.html"
    assert feed.find(f"{ATOM}updated").text == "2025-01-02T00:00:00Z"


def test_the_same_collection_gives_the_same_bytes(root):
    build(root)
    before = digests(root)
    build(root)
    assert digests(root) == before


def test_a_page_that_is_no_catalogue_is_left_alone(tmp_path):
    publish(release_open(tiny_table()), tmp_path / "a", about=ABOUT)
    (tmp_path / "index.html").write_text("mine", "utf-8")
    with pytest.raises(OutputExists, match="is no page of a catalogue"):
        build(tmp_path)
    assert (tmp_path / "index.html").read_text("utf-8") == "mine"


def test_two_publications_of_one_name_are_refused(tmp_path):
    for name in ("a", "b"):
        publish(release_open(tiny_table()), tmp_path / name, about=ABOUT)
    with pytest.raises(PublicationInvalid, match="are both named 'homes-of-quarters'"):
        build(tmp_path)


def test_an_empty_or_missing_folder_is_told(tmp_path):
    with pytest.raises(PublicationInvalid, match="holds no publication"):
        build(tmp_path)
    with pytest.raises(PublicationInvalid, match="There is no folder"):
        build(tmp_path / "none")


@pytest.mark.parametrize("content", ["{", "[]", '{"name": "x"}', json.dumps({"name": 1})])
def test_a_publication_that_cannot_be_read_is_named(tmp_path, content):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "datapackage.json").write_text(content, "utf-8")
    with pytest.raises(PublicationInvalid, match=r"bad/datapackage\.json is not one"):
        build(tmp_path)


@contextmanager
def served(root):
    """Serve a folder; give what asks for a path."""
    with serving(root) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()

        def ask(path):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}{path}") as got:
                    return got.status, got.headers["Content-Type"]
            except urllib.error.HTTPError as error:
                return error.code, ""

        yield ask
        server.shutdown()
        thread.join()


def test_what_is_published_is_served_and_nothing_else(root, tmp_path):
    build(root)
    (root / ".hidden").write_text("x", "utf-8")
    (tmp_path / "secret.txt").write_text("x", "utf-8")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    with served(root) as ask:
        assert ask("/") == (200, "text/html")
        assert ask("/catalog.ttl") == (200, "text/turtle; charset=utf-8")
        assert ask("/feed.atom") == (200, "application/atom+xml")
        assert ask("/homes/homes-of-quarters.csv") == (200, "text/csv; charset=utf-8")
        for path in ("/.hidden", "/link.txt", "/../secret.txt", "/older%20shelf/", "/none"):
            assert ask(path)[0] == 404, path
    (root / "link.txt").unlink()
    (root / ".hidden").unlink()


def test_a_port_that_is_taken_is_told(root):
    with (
        serving(root) as server,
        pytest.raises(ParameterError, match="give another one with --port"),
        serving(root, server.server_port),
    ):
        pass
