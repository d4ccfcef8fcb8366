"""What a reader's browser does with a report."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

LANGUAGES = ("fr", "en")
PAGES = ("D59.html", "alone.html", "index.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["D59.html", "index.html"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_no_violation(lang, name, scheme, site, visit, violations):
    """In both languages and both colour schemes."""
    page = visit((site / lang / name).as_uri(), color_scheme=scheme).page
    assert violations(page) == []


def test_axe_finds_no_violation_once_everything_is_open(site, visit, violations):
    """Folds hide their content from axe: open them, and the list of results."""
    report = visit((site / "fr" / "D59.html").as_uri(), color_scheme="dark").page
    report.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true })")
    assert violations(report) == []
    gallery = visit((site / "fr" / "index.html").as_uri()).page
    gallery.get_by_role("combobox").fill("saint")
    gallery.get_by_role("option").first.wait_for()
    assert violations(gallery) == []


@pytest.mark.parametrize("name", PAGES)
def test_from_a_disk_nothing_leaves_and_nothing_complains(name, site, visit):
    """Opened as a file, a page reads files of its folder and reports no error."""
    opened = visit((site / "fr" / name).as_uri())
    _use(opened)
    assert [url for url in opened.requests if not _within(url, site.as_uri())] == []
    assert opened.problems == []


@pytest.mark.parametrize("name", PAGES)
def test_from_a_server_nothing_leaves_and_nothing_complains(name, served, visit):
    """Served, a page asks its own server only, and reports no error."""
    opened = visit(f"{served}/fr/{name}")
    _use(opened)
    assert [url for url in opened.requests if not _within(url, served)] == []
    assert opened.problems == []


def _use(opened) -> None:
    """Load what a page loads only when it is used."""
    if (search := opened.page.get_by_role("combobox")).count():
        search.fill("nord")
        opened.page.get_by_role("option").first.wait_for()
    opened.page.wait_for_load_state("networkidle")


def _within(url: str, base: str) -> bool:
    return url.startswith((f"{base}/", "data:"))


def test_a_standalone_page_needs_no_other_file(site, visit):
    """It asks for itself, and has its style and its script."""
    opened = visit((site / "fr" / "alone.html").as_uri())
    assert [(site / "fr" / "alone.html").as_uri()] == [
        url for url in opened.requests if not url.startswith("data:")
    ]
    assert (
        opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
        == "rgb(252, 251, 248)"
    )
    assert opened.page.get_by_role("button", name="Copier").count() == 1


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_stops_a_script_that_slipped_in(name, site, visit):
    """An inline script, a handler and a javascript: link, put in by force, stay dead."""
    page = visit((site / "fr" / name).as_uri()).page
    stopped = page.evaluate(
        """async () => {
            const violated = [];
            document.addEventListener("securitypolicyviolation",
                (event) => violated.push(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.owned = 1";
            const button = document.createElement("b");
            button.setAttribute("onclick", "window.owned = 2");
            const link = document.createElement("a");
            link.href = "javascript:window.owned=3";
            document.body.append(script, button, link);
            button.click();
            link.click();
            await new Promise((done) => setTimeout(done, 200));
            return [window.owned ?? null, violated.length];
        }"""
    )
    assert stopped == [None, 3]


@pytest.mark.parametrize("name", PAGES)
def test_hostile_names_do_nothing(name, site, visit):
    """They are shown as text: no element, no title changed, no link of theirs."""
    opened = visit((site / "fr" / name).as_uri())
    _use(opened)
    page = opened.page
    assert page.title() in {"Portrait du Nord", "Portraits des territoires"}
    assert page.locator("img[src=x], [onerror], a[href^=javascript]").count() == 0
    assert "<script>document.title=" in page.locator("main").inner_text()


def test_a_report_prints_on_pages_with_its_title_and_its_text(site, visit):
    """The PDF has several pages, a title, text that can be selected, and no code."""
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed: pip install -e '.[test]'")
    page = visit((site / "fr" / "D59.html").as_uri()).page
    pdf = pypdf.PdfReader(BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    texts = [leaf.extract_text() for leaf in pdf.pages]
    assert len(texts) > 1
    assert pdf.metadata.title == "Portrait du Nord"
    assert "logements vacants" in "".join(texts)
    assert "Portrait du Nord" in texts[1], "the running title heads each page"
    assert f"2 / {len(texts)}" in texts[1]
    assert "wb.tiles(portrait)" not in "".join(texts)


@pytest.mark.parametrize("name", ["D59.html", "index.html"])
def test_pages_work_without_a_script(name, site, visit):
    """Everything is read, folds open, and the search that could not work is not shown."""
    page = visit((site / "en" / name).as_uri(), java_script_enabled=False).page
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_role("link", name="Hauts-de-France").first.is_visible()
    if name == "index.html":
        assert not page.get_by_role("combobox").is_visible()
        assert page.get_by_role("link", name="Lille").is_visible()
    else:
        source = page.locator(".wb-code pre").first
        assert not source.is_visible()
        page.locator(".wb-code summary").first.click()
        assert source.is_visible()


@pytest.mark.parametrize("name", ["D59.html", "index.html"])
def test_a_telephone_scrolls_down_only(name, site, visit):
    """360 pixels are enough."""
    page = visit(
        (site / "fr" / name).as_uri(), viewport={"width": 360, "height": 740}, has_touch=True
    ).page
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_keyboard_skips_to_the_content(site, visit):
    """The first stop is a link to the content, seen when it has the focus."""
    page = visit((site / "fr" / "D59.html").as_uri()).page
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    assert skip.evaluate("(link) => link === document.activeElement")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_open_folds_are_remembered(served, visit):
    """A reader who opens the code finds it open on coming back."""
    page = visit(f"{served}/fr/D59.html").page
    page.locator(".wb-code summary").first.click()
    page.wait_for_function("Object.keys(localStorage).length > 0")
    page.reload()
    assert page.locator(".wb-code").first.evaluate("(fold) => fold.open")


def test_a_column_sorts_both_ways_and_keeps_absent_figures_last(site, visit):
    """By the numbers, not by their writing; what is suppressed has no rank."""
    page = visit((site / "fr" / "D59.html").as_uri()).page
    region = page.get_by_role("button", name="Hauts-de-France")
    names = (
        "() => [...document.querySelectorAll('.wb-sortable tbody th')].map((th) => th.innerText)"
    )
    region.click()
    assert page.evaluate(names) == ["Résidences secondaires", "Logements vacants", "Appartements"]
    region.click()
    assert page.evaluate(names) == ["Logements vacants", "Résidences secondaires", "Appartements"]


def test_the_contents_follow_the_reading(site: Path, visit):
    """The section on the screen is the current one in the contents."""
    page = visit((site / "fr" / "D59.html").as_uri(), reduced_motion="reduce").page
    page.get_by_role("heading", name="Logement", level=2).evaluate("(h) => h.scrollIntoView()")
    current = page.locator(".wb-toc [aria-current]")
    current.get_by_text("Logement").wait_for()
    assert current.count() == 1
