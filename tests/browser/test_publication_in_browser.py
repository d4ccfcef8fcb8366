"""The pages of a publication and of a catalogue in a browser: light, dark, on a phone."""

from __future__ import annotations

import pytest

from workbench.disclosure.released import release_open
from workbench.publishing.catalogue.site import build
from workbench.publishing.publish import publish

from ..publishing.kinds import ABOUT, sales, tiny_cube, tiny_table

LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}},
}
PAGES = (
    "index.html",
    "index.en.html",
    "homes/index.html",
    "homes/index.en.html",
    "table/index.html",
    "sales/index.en.html",
)


@pytest.fixture(scope="session")
def publications(tmp_path_factory):
    """Write a cube, a table, a table with hidden cells and their catalogue."""
    root = tmp_path_factory.mktemp("publications")
    publish(release_open(tiny_cube()), root / "homes", about=ABOUT)
    other = {**ABOUT, "identifier": "table", "title": {"fr": "Écoles", "en": "Schools"}}
    publish(release_open(tiny_table()), root / "table", about={**other, "key": ["code"]})
    third = {**ABOUT, "identifier": "sales", "key": ["place"], "title": "Sales"}
    publish(sales(), root / "sales", about=third)
    build(root)
    return root


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_accessible_and_fits(publications, visit, violations, page, look):
    opened = visit((publications / page).as_uri(), **LOOKS[look])
    assert violations(opened.page) == []
    assert opened.problems == []
    assert [each for each in opened.requests if not each.startswith(("file:", "data:"))] == []
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not opened.page.evaluate(wide)


def test_the_search_finds_whatever_the_accents(publications, visit):
    page = visit((publications / "index.html").as_uri()).page
    shown = page.locator(".wb-cards > li:visible")
    assert shown.count() == 3
    page.get_by_role("searchbox").fill("ECOLES")
    assert shown.count() == 1
    told = page.get_by_role("status").inner_text()
    assert " ".join(told.split()) == "1 jeu de données trouvé"
    page.get_by_role("searchbox").fill("ecoles zzz")
    assert shown.count() == 0
    assert page.get_by_text("Aucun jeu de données").is_visible()


def test_an_address_with_a_search_shows_its_results(publications, visit):
    page = visit((publications / "index.en.html").as_uri() + "?q=schools").page
    assert page.locator(".wb-cards > li:visible").count() == 1


def test_the_catalogue_leads_to_each_page(publications, visit):
    page = visit((publications / "index.en.html").as_uri()).page
    page.get_by_role("link", name="Homes of quarters").click()
    assert page.url.endswith("/homes/index.en.html")
    page.get_by_role("link", name="Français").click()
    assert page.title() == "Logements des quartiers"
