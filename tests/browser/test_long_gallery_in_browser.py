"""The gallery of all the communes of France: light, quick to search, whole without a script."""

from __future__ import annotations

import re

import pytest

from workbench.packs.pack import open_pack

from .long_gallery import write_long_gallery


@pytest.fixture(scope="session")
def long_gallery(tmp_path_factory):
    """Write the gallery of 36,000 reports once."""
    return write_long_gallery(open_pack("france"), tmp_path_factory.mktemp("long"))


@pytest.fixture
def front(long_gallery, visit):
    """Open its first page from the disk."""
    return visit((long_gallery / "index.html").as_uri())


@pytest.fixture
def nord(long_gallery, visit):
    """Open the list of the Nord from the disk."""
    return visit((long_gallery / "lists/departement/59.fr.html").as_uri()).page


def indexes(opened):
    """Return the search indexes that a page asked for."""
    return [url for url in opened.requests if "/gallery-index" in url]


def search(page, text):
    """Type a text and return the name and code of the first results."""
    # By selectors: the page's policy refuses the expressions that a driver would repeat in it.
    page.get_by_role("combobox").fill("")
    page.locator("[role=status]:empty").wait_for(state="attached")
    page.get_by_role("combobox").fill(text)
    page.locator("[role=status]:not(:empty)").wait_for(state="attached")
    options = page.get_by_role("option").all()[:3]
    return [
        option.evaluate("(item) => [item.firstChild, item.children[0]].map((n) => n.textContent)")
        for option in options
    ]


# --- The first page ----------------------------------------------------------------------------


def test_nothing_of_the_index_is_read_before_the_search_is_used(front):
    """Then it is read once; nothing is asked of anyone else."""
    front.page.wait_for_load_state("networkidle")
    assert indexes(front) == []
    assert front.page.locator('a[href*="commune/"]').count() == 0
    with front.page.expect_request("**/gallery-index.js"):
        front.page.get_by_role("combobox").focus()
    search(front.page, "lille")
    assert len(indexes(front)) == 1
    assert [url for url in front.requests if not url.startswith("file:")] == []
    assert front.problems == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("st etienne", ["Saint-Étienne", "42218"]),
        ("SAINT-ETIENNE DU ROUVRAY", ["Saint-Étienne-du-Rouvray", "76575"]),
        ("59", ["Nord", "59"]),
        ("59350", ["Lille", "59350"]),
        ("59800", ["Lille", "59350"]),
        ("2a004", ["Ajaccio", "2A004"]),
        ("2a00", ["Ajaccio", "2A004"]),
        ("oeuilly", ["Œuilly", "51410"]),
        ("havre", ["CU Le Havre Seine Métropole", "200084952"]),
        ("rouvray etienne", ["Saint-Étienne-du-Rouvray", "76575"]),
    ],
)
def test_the_right_one_of_thirty_five_thousand_comes_first(text, expected, front):
    assert expected == search(front.page, text)[0]


def test_widest_levels_come_first_then_the_most_populated(front):
    """Among names that begin so."""
    assert search(front.page, "marseille")[0] == ["Marseille", "13055"]
    denis = [["Saint-Denis", "97411"], ["Saint-Denis", "93066"]]
    assert denis == search(front.page, "saint-denis")[:2]
    assert search(front.page, "guadeloupe")[:2] == [["Guadeloupe", "01"], ["Guadeloupe", "971"]]


def test_the_number_found_is_written_as_the_language_does(front):
    """With the separator of thousands; nothing is said to be nothing."""
    assert search(front.page, "zzz") == []
    assert front.page.get_by_role("status").inner_text() == "Aucun territoire trouvé"
    search(front.page, "s")
    front.page.get_by_text(re.compile(r"^\d\d\u202f\d{3} territoires trouvés$")).wait_for(
        state="attached"
    )


def test_names_folded_all_at_once_are_folded_as_one_by_one(front):
    """All the names of the country."""
    search(front.page, "lille")
    assert front.page.evaluate(
        "fold(galleryIndex.names) === galleryIndex.names.split('\\n').map(fold).join('\\n')"
    )


def test_a_result_leads_to_its_report(front):
    search(front.page, "lille")
    with front.page.expect_navigation(url="**/commune/59350.fr.html", wait_until="commit"):
        front.page.route("**/commune/*", lambda route: route.fulfill(body="Lille"))
        front.page.keyboard.press("Enter")


def test_the_map_leads_to_a_list_where_there_is_no_report(long_gallery, visit):
    """The English gallery has communes only."""
    page = visit((long_gallery / "index.en.html").as_uri()).page
    page.locator('svg a[href$="departement/59.en.html"]').first.press("Enter")
    page.wait_for_url("**/lists/departement/59.en.html")
    assert page.title() == "Nord · Portraits of territories"


def test_failures_by_the_thousand_are_found_on_the_lists(long_gallery, visit):
    """The first page counts them and leads to where they are named."""
    page = visit((long_gallery / "index.en.html").as_uri()).page
    note = page.locator(".wb-note")
    assert "1,255 reports could not be made" in note.inner_text()
    note.get_by_text("Show the list").press("Enter")
    note.get_by_role("link", name="Nord", exact=True).click()
    page.wait_for_url("**/lists/departement/59.en.html#failures")
    assert page.get_by_text("17 reports could not be made").is_visible()
    assert page.locator('#failures a[href="../../epci/200093201.en.html"]').count() == 1


# --- Lists -------------------------------------------------------------------------------------


def test_every_list_is_reached_without_a_script(long_gallery, visit):
    """A click to the list, one to the report; the search is not offered."""
    page = visit((long_gallery / "index.html").as_uri(), java_script_enabled=False).page
    assert page.locator(".wb-search").is_hidden()
    assert page.locator('.wb-groups a[href^="lists/"]').count() == 101 + 8
    page.get_by_role("link", name="Nord : 664 rapports").click()
    page.wait_for_url("**/lists/departement/59.fr.html")
    assert page.locator("main li a").count() == 664
    assert page.get_by_role("link", name="Lille", exact=True).get_attribute("href") == (
        "../../commune/59350.fr.html"
    )
    page.get_by_role("link", name="Tous les rapports").click()
    page.wait_for_url("**/index.html")


def test_a_list_is_used_from_the_keyboard(front):
    """Tab from the name of a place to its list, an initial, then a report."""
    page = front.page
    page.locator('.wb-groups a[href="departement/59.fr.html"]').focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lists/departement/59.fr.html")
    page.get_by_role("link", name="W", exact=True).press("Enter")
    page.locator("h3:target", has_text="W").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Wa")


def test_the_search_of_a_list_finds_the_whole_country(nord):
    """And leads there from where the list lies."""
    nord.keyboard.press("/")
    assert search(nord, "marseille")[0] == ["Marseille", "13055"]
    with nord.expect_navigation(url="**/long*/commune/13055.fr.html", wait_until="commit"):
        nord.route("**/commune/*", lambda route: route.fulfill(body="Marseille"))
        nord.keyboard.press("Enter")


def test_a_list_leads_to_its_translation(nord):
    nord.get_by_role("link", name="English").click()
    nord.wait_for_url("**/lists/departement/59.en.html")
    assert nord.locator("html").get_attribute("lang") == "en"


# --- For everyone ------------------------------------------------------------------------------

PAGES = (
    "index.html",
    "index.en.html",
    "lists/departement/59.fr.html",
    "lists/departement/02.en.html",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation(name, scheme, long_gallery, visit, violations):
    """With the results of a search open, and every fold too."""
    page = visit((long_gallery / name).as_uri(), color_scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true })")
    search(page, "saint")
    page.get_by_role("option").first.wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_it_fits_a_phone(name, long_gallery, visit):
    """Nothing scrolls sideways."""
    page = visit((long_gallery / name).as_uri(), viewport={"width": 360, "height": 740}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
