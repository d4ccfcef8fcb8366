"""Search, keyboard, levels and map of the gallery, in a browser."""

from __future__ import annotations

import pytest

from .sample_report import HOSTILE


@pytest.fixture
def gallery(site, visit):
    """Open the French gallery from the disk."""
    return visit((site / "fr" / "index.html").as_uri()).page


def found(page, text):
    """Type a text and return the first line of each result."""
    # By selectors: the page's policy refuses the expressions that a driver would repeat in it.
    page.get_by_role("combobox").fill("")
    page.locator("[role=status]:empty").wait_for(state="attached")
    page.get_by_role("combobox").fill(text)
    page.locator("[role=status]:not(:empty)").wait_for(state="attached")
    options = page.get_by_role("option").all()
    return [option.evaluate("(item) => item.firstChild.textContent") for option in options]


@pytest.mark.parametrize(
    "text", ["saint etienne", "SAINT-ÉTIENNE", "st etienne", "st-étienne", "Saint Étienne "]
)
def test_accents_case_hyphens_and_short_forms_are_optional(text, gallery):
    """Every way of writing a name finds it, and the exact name comes first."""
    assert found(gallery, text) == ["Saint-Étienne", "Saint-Étienne-le-Molard"]


def test_beginnings_come_first_then_widest_then_most_populated(gallery):
    """*Saint* begins three names; the largest commune leads."""
    expected = ["Saint-Étienne", "Saint-Omer", "Saint-Étienne-le-Molard"]
    assert expected == found(gallery, "saint")


def test_a_word_inside_a_name_is_found(gallery):
    """*Calais* is the end of Pas-de-Calais."""
    assert found(gallery, "calais") == ["Pas-de-Calais"]


def test_a_code_is_found_exactly_then_by_its_beginning(gallery):
    """59 is the Nord, then the communes whose code or postcode begins so."""
    assert found(gallery, "59") == ["Nord", "Lille", HOSTILE]
    assert found(gallery, "59350") == ["Lille"]


def test_a_postcode_is_found(gallery):
    """59800 is a postcode of Lille."""
    assert found(gallery, "59800") == ["Lille"]


def test_nothing_found_is_said(gallery):
    """The status says so, to every reader."""
    assert found(gallery, "zzz") == []
    assert gallery.get_by_role("status").inner_text() == "Aucun territoire trouvé"


def test_the_number_found_is_said_in_the_language_of_the_page(site, visit):
    """One and several."""
    page = visit((site / "en" / "index.html").as_uri()).page
    found(page, "calais")
    assert page.get_by_role("status").inner_text() == "1 territory found"
    found(page, "saint")
    page.get_by_text("3 territories found").wait_for(state="attached")


def test_a_failed_report_is_not_offered_but_is_named(gallery):
    """The Aisne has no report: the note leads to what is left of it."""
    assert found(gallery, "aisne") == []
    link = gallery.locator(".wb-note").get_by_role("link")
    assert link.get_attribute("href") == "failed/02.ipynb"


def test_slash_focuses_arrows_move_and_enter_opens(gallery):
    """The whole search with the keyboard; the arrows go round."""
    gallery.keyboard.press("/")
    box = gallery.get_by_role("combobox")
    assert box.evaluate("(input) => input === document.activeElement && input.value === ''")
    found(gallery, "saint etienne")
    assert box.get_attribute("aria-expanded") == "true"
    assert "Saint-Étienne" in _active(gallery)
    gallery.keyboard.press("ArrowDown")
    assert "Saint-Étienne-le-Molard" in _active(gallery)
    gallery.keyboard.press("ArrowDown")
    assert "42218" in _active(gallery)
    gallery.keyboard.press("ArrowUp")
    with gallery.expect_navigation(url="**/C42222.html", wait_until="commit"):
        # The page does not exist in the sample: reaching its address is the fact.
        gallery.route("**/C42222.html", lambda route: route.fulfill(body="Le Molard"))
        gallery.keyboard.press("Enter")


def _active(page):
    """Return the text of the only selected option, which the input must name."""
    named = page.get_by_role("combobox").get_attribute("aria-activedescendant")
    selected = page.locator("[role=option][aria-selected=true]")
    assert named == selected.get_attribute("id")
    return selected.inner_text()


def test_escape_clears(gallery):
    """The text, the list and the status."""
    found(gallery, "saint")
    gallery.keyboard.press("Escape")
    box = gallery.get_by_role("combobox")
    assert box.input_value() == ""
    assert box.get_attribute("aria-expanded") == "false"
    assert not gallery.get_by_role("listbox").is_visible()
    assert gallery.get_by_role("status").inner_text() == ""


def test_slash_in_the_search_is_a_letter(gallery):
    """The shortcut works outside fields only."""
    box = gallery.get_by_role("combobox")
    box.focus()
    gallery.keyboard.type("a/b")
    assert box.input_value() == "a/b"


def test_a_click_opens_a_result(gallery):
    """As the keyboard does."""
    found(gallery, "nord")
    with gallery.expect_navigation(url="**/D59.html", wait_until="commit"):
        gallery.get_by_role("option", name="Nord").first.click()


def test_a_level_filters_the_lists(gallery):
    """Only the communes remain, then everything comes back."""
    listed = gallery.locator(".wb-groups li a:visible")
    assert listed.count() == 8
    gallery.get_by_role("button", name="Département").click()
    assert listed.all_inner_texts() == ["Loire", "Nord", "Pas-de-Calais"]
    gallery.get_by_role("button", name="Tous").click()
    assert listed.count() == 8


def test_a_place_is_lit_on_the_map_and_in_the_list(gallery):
    """Whichever of the two is pointed at."""
    gallery.locator('.wb-groups a[href="D59.html"]').hover()
    assert gallery.locator('.wb-lit[href="D59.html"]').count() == 2
    gallery.locator('.wb-map a[href="D42.html"]').focus()
    assert [link.get_attribute("href") for link in gallery.locator(".wb-lit").all()] == [
        "D42.html"
    ] * 2
