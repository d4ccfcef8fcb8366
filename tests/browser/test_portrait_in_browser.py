"""Real portraits and their gallery, made by the command, in a reader's browser."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

REPORTS = (
    ("fr", "departement/59"),
    ("fr", "departement/976"),
    ("fr", "commune/59350"),
    ("en", "country/FR"),
    ("en", "epci/200093201"),
)


@pytest.fixture(scope="session")
def portraits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a few portraits in both languages, as a user would."""
    folder = tmp_path_factory.mktemp("portraits")
    command = [sys.executable, "-m", "workbench.cli", "report", "portrait", "--to", str(folder)]
    command += ["--lang", "fr,en", "--jobs", "2"]
    for code in ("59", "976", "59350", "FR", "200093201"):
        command += ["--territory", code]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder


@pytest.mark.parametrize(("lang", "report"), REPORTS)
def test_axe_finds_no_violation_in_a_portrait(lang, report, portraits, visit, violations):
    """With every fold open, since axe does not look inside closed ones."""
    page = visit((portraits / f"{report}.{lang}.html").as_uri(), color_scheme="dark").page
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true })")
    assert violations(page) == []


@pytest.mark.parametrize(("lang", "report"), REPORTS)
def test_a_portrait_asks_nothing_of_others_and_complains_of_nothing(lang, report, portraits, visit):
    """Its style and script lie beside it; the data to download are in the page."""
    opened = visit((portraits / f"{report}.{lang}.html").as_uri())
    opened.page.wait_for_load_state("networkidle")
    assert [u for u in opened.requests if not u.startswith((portraits.as_uri(), "data:"))] == []
    assert opened.problems == []
    assert opened.page.locator("html").get_attribute("lang") == lang


def test_a_portrait_has_its_sections_maps_and_tables(portraits, visit):
    """What a mayor looks for in the portrait of Nord."""
    page = visit((portraits / "departement/59.fr.html").as_uri()).page
    assert page.title() == "Portrait du Nord"
    headings = [text.strip() for text in page.locator("h2").all_inner_texts()]
    assert headings[:3] == ["Identité", "L’essentiel", "Population"]
    assert page.locator("figure[id^=map-] svg path").count() > 600
    assert page.locator("aside.wb-front li").count() == 5
    assert "2 615 635" in page.locator("#table-population").inner_text().replace("\u202f", " ")


def test_the_data_of_a_portrait_can_be_downloaded(portraits, visit):
    """The CSV holds the population that the page prints."""
    opened = visit((portraits / "departement/59.fr.html").as_uri(), accept_downloads=True)
    with opened.page.expect_download() as waiting:
        opened.page.locator("a.wb-download").click()
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    assert waiting.value.suggested_filename == "portrait-departement-59.csv"
    assert "population,person,2023,aggregated,2615635," in text


def test_a_portrait_fits_a_phone(portraits, visit):
    """Nothing but tables scrolls sideways."""
    address = (portraits / "departement/59.fr.html").as_uri()
    page = visit(address, viewport={"width": 360, "height": 740}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_portrait_prints(portraits, visit):
    """Several pages, the title at the head, the text selectable."""
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed: pip install -e '.[test]'")
    page = visit((portraits / "departement/59.fr.html").as_uri()).page
    pages = pypdf.PdfReader(BytesIO(page.pdf(format="A4", prefer_css_page_size=True))).pages
    assert 4 <= len(pages) <= 25
    assert "Portrait du Nord" in pages[0].extract_text()


def test_axe_finds_no_violation_in_the_gallery(portraits, visit, violations):
    """With its map of links and its results open."""
    page = visit((portraits / "index.html").as_uri()).page
    page.get_by_role("combobox").fill("nord")
    page.get_by_role("option").first.wait_for()
    assert violations(page) == []


def test_the_gallery_opens_a_portrait_from_the_keyboard(portraits, visit):
    """`/` to search, a postcode, Enter: the portrait of Lille."""
    page = visit((portraits / "index.html").as_uri()).page
    page.keyboard.press("/")
    page.keyboard.type("59000")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/commune/59350.fr.html")
    assert page.title() == "Portrait de Lille"


def test_the_map_of_the_gallery_leads_to_a_departement(portraits, visit):
    """An area of the map is a link to its portrait."""
    page = visit((portraits / "index.html").as_uri()).page
    page.locator('svg a[href="departement/59.fr.html"]').first.press("Enter")
    page.wait_for_url("**/departement/59.fr.html")
