"""The search index holds every report that was made, in the order of results."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from workbench.reports.gallery import GalleryEntry, search_index


def entry(name, code, level="commune", **more):
    """Make an entry that leads where the index expects it."""
    href = more.pop("href", f"{level}/{code}.fr.html")
    return GalleryEntry(code, name, level, level.title(), href=href, **more)


def read(*entries):
    """Read the index back as the browser does."""
    script = search_index(entries, lang="fr")
    return json.loads(re.fullmatch(r"globalThis\.galleryIndex=(.*);\n", script)[1])


def test_index_holds_what_the_search_needs():
    """One line a report in each column; a failed one has none."""
    lille = entry("Lille", "59350", within="Nord", postcodes=("59000", "59800"), population=7)
    failed = entry("Aisne", "02", "departement", status="failed")
    assert read(lille, failed) == {
        "lang": "fr",
        "levels": [["Commune", "commune", 1]],
        "parents": ["Nord"],
        "within": [0],
        "names": "Lille",
        "codes": "59350",
        "postcodes": "59000 59800",
        "hrefs": {},
    }


def test_rows_are_in_the_order_of_results():
    """Widest level, then most populated, then by name; unknown populations come last."""
    index = read(
        entry("Nord", "59", "departement", population=1),
        entry("Zed", "1", population=5),
        entry("Évron", "2"),
        entry("Eu", "3"),
        entry("Lille", "4", population=9),
    )
    assert index["names"].split("\n") == ["Nord", "Lille", "Zed", "Eu", "Évron"]
    assert index["levels"] == [["Departement", "departement", 1], ["Commune", "commune", 4]]


def test_a_parent_is_written_once():
    index = read(*(entry(name, name, within="Nord") for name in "abc"), entry("d", "d"))
    assert (index["parents"], index["within"]) == (["Nord", ""], [0, 0, 0, 1])


def test_only_addresses_that_cannot_be_made_up_are_written():
    index = read(entry("a", "1"), entry("b", "2", href="elsewhere/2.html"))
    assert index["hrefs"] == {"1": "elsewhere/2.html"}


@given(st.text())
def test_law_any_name_survives_the_index_and_ends_no_script(name):
    """Quotes, line separators and tags included; a name is one line."""
    index = read(entry(name, "1"), entry("last", "2"))
    assert sorted(index["names"].split("\n")) == sorted([name.replace("\n", " "), "last"])
    assert "<" not in search_index([entry(name, "1")], lang="fr")
