"""The first page of a gallery lists every report and groups them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import DeclarationError
from workbench.reports.gallery import (
    Contents,
    GalleryEntry,
    render_gallery,
    sort_key,
    write_gallery,
)

HOSTILE = "<script>alert(1)</script>"


def entry(name, *, code="1", level="departement", group="Nord", **more):
    """Make an entry with the least to say."""
    return GalleryEntry(code, name, level, level.title(), href=f"{code}.html", group=group, **more)


def page_of(entries, lang="fr", **more):
    """Render the first page of a gallery of these entries."""
    return render_gallery(Contents.of(entries, lang=lang), **{"title": "T", **more})


def groups_of(entries):
    """Group entries as the first page does."""
    return Contents.of(entries, lang="fr").groups


def test_groups_and_members_are_in_the_order_of_a_french_dictionary():
    """Accents do not send a name to the end."""
    groups = groups_of(
        [entry("Zed", group="Évian"), entry("Éclair", group="Eu"), entry("Eau", group="Eu")]
    )
    assert [(group.name, [row.name for row in group.rows]) for group in groups] == [
        ("Eu", ["Eau", "Éclair"]),
        ("Évian", ["Zed"]),
    ]


def test_the_first_entry_that_bears_the_name_of_its_group_heads_it():
    """Guadeloupe is a région and a département: the région heads, the other is listed."""
    region = entry("Guadeloupe", code="01", level="region", group="Guadeloupe")
    department = entry("Guadeloupe", code="971", group="Guadeloupe")
    (group,) = groups_of([region, department])
    assert group.head.href == region.href
    assert [row.href for row in group.rows] == [department.href]


@given(st.text())
def test_law_a_sort_key_ignores_case(text):
    """As far as Unicode's own folding goes."""
    assert sort_key(text) == sort_key(text.casefold())


def test_lists_are_in_the_page_without_a_script():
    """Links, codes and populations in the number format of the language."""
    nord = entry("Nord", code="59", group="Hauts-de-France", population=2617939)
    page = page_of([nord])
    assert '<a href="59.html">Nord</a>' in page
    assert "2\u202f617\u202f939" in page
    assert "2,617,939" in page_of([nord], "en")


def test_hostile_names_are_text():
    """In the lists, the groups, the note of failures and the title."""
    entries = [
        entry(HOSTILE, group=HOSTILE),
        entry(HOSTILE, code="2", level=HOSTILE, group=""),
        entry(HOSTILE, code="3", status="failed"),
    ]
    page = page_of(entries, title=HOSTILE, subtitle=HOSTILE)
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") >= 6


def test_an_address_outside_the_folder_is_refused():
    """So that the folder can be moved."""
    with pytest.raises(DeclarationError, match="relative to the gallery"):
        GalleryEntry("1", "x", "l", "L", href="https://example.org/1.html")


def test_failures_are_counted_named_and_linked():
    """Both numbers of the word."""
    one = [entry("Aisne", code="02", status="failed")]
    page = page_of(one)
    assert "1 rapport n’a pas pu être produit" in page
    assert '<a href="02.html">Aisne (02)</a>' in page
    two = page_of([*one, entry("Ain", status="failed")], "en")
    assert "2 reports could not be made" in two


def test_levels_are_offered_only_when_there_is_a_choice():
    """In the order given; the whole country, above all groups, is no choice."""
    france = entry("France", level="country", group="")
    one = page_of([france, entry("Nord")])
    assert "wb-chips" not in one
    two = page_of([france, entry("R", level="region"), entry("Nord")])
    assert re.findall(r'aria-pressed="\w+" data-level="(\w*)"', two) == [
        "",
        "region",
        "departement",
    ]


def test_the_folder_is_complete(tmp_path):
    """The page, its index and every asset it names."""
    contents = Contents.of([entry("Nord", code="59")], lang="fr")
    page = write_gallery(contents, tmp_path, title="T").read_text("utf-8")
    named = re.findall(r'(?:src|href|data-index)="((?:assets/|gallery)[^"]+)"', page)
    assert len(named) == 4
    assert all((tmp_path / name).is_file() for name in named)
    assert list(tmp_path.glob(".*")) == []
