"""The page says what the data are, in two languages, and what they hold is never markup."""

from __future__ import annotations

import html.parser
import re

import pandas as pd
import pytest

from workbench.disclosure.released import release_open
from workbench.publishing.publish import publish

from .kinds import ABOUT, tiny_table

HOSTILE = '<img src=x onerror="alert(1)">'


class Tags(html.parser.HTMLParser):
    """List the elements of a page with their attributes."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def tags(text):
    """Return the elements of a page."""
    parser = Tags()
    parser.feed(text)
    return parser.found


def test_nothing_that_the_data_hold_is_markup(tmp_path):
    frame = pd.DataFrame({HOSTILE: [HOSTILE, "b"], "homes": [1.0, 2.0]})
    said = {
        "title": HOSTILE,
        "description": f"</style>{HOSTILE}",
        "publisher": HOSTILE,
        "identifier": "hostile",
        "sources": [{"title": HOSTILE, "producer": HOSTILE, "licence": "etalab-2.0"}],
    }
    publish(release_open(frame), tmp_path / "out", about={**ABOUT, **said})
    for name in ("index.html", "index.en.html"):
        found = tags((tmp_path / "out" / name).read_text("utf-8"))
        assert [tag for tag, _ in found if tag in ("img", "script")] == []
        assert [attrs for _, attrs in found if any(key.startswith("on") for key in attrs)] == []


def test_every_file_of_the_folder_is_linked_and_every_link_leads_to_one(tmp_path):
    publish(release_open(tiny_table()), tmp_path / "out", about={**ABOUT, "key": ["code"]})
    found = tags((tmp_path / "out" / "index.html").read_text("utf-8"))
    links = {attrs["href"] for tag, attrs in found if tag in ("a", "link") and "href" in attrs}
    near = {each for each in links if not re.match(r"[a-z]+:|#", each)}
    assert near == {path.name for path in (tmp_path / "out").iterdir()} - {"index.html"}


def test_the_pages_speak_their_language(kinds):
    french = (kinds["cube_of_ones_own"] / "index.html").read_text("utf-8")
    english = (kinds["cube_of_ones_own"] / "index.en.html").read_text("utf-8")
    assert '<html lang="fr">' in french
    assert "Logements des quartiers" in french
    assert "1er mars 2024" in french.replace("\xa0", " ")
    assert '<html lang="en">' in english
    assert "Homes of quarters" in english
    assert "1 March 2024" in english.replace("\xa0", " ")


def test_the_page_tells_why_figures_are_absent(kinds):
    page = (kinds["cube_of_ones_own"] / "index.en.html").read_text("utf-8")
    for mark in ("empty cell: not available", "statistical confidentiality", "not applicable here"):
        assert mark in page


def test_the_page_tells_of_disclosure_control(kinds):
    page = (kinds["table_with_hidden_cells"] / "index.en.html").read_text("utf-8")
    assert "the pack" in page
    assert "disclosure.json" in page


@pytest.mark.parametrize("name", ["index.html", "index.en.html"])
def test_formulas_are_flagged_where_they_are_not_neutralised(tmp_path, name):
    frame = pd.DataFrame({"label": ["=1+1", "b"]})
    done = publish(release_open(frame), tmp_path / "out", about=ABOUT)
    assert [each.column for each in done.formulas] == ["label"]
    assert '<aside class="wb-note">' in (tmp_path / "out" / name).read_text("utf-8")


def test_a_page_has_one_chart_of_the_first_figure(kinds):
    page = (kinds["cube_of_a_pack"] / "index.en.html").read_text("utf-8")
    assert page.count('<figure class="wb-figure"') == 1
    assert "Population (2023)" in page
