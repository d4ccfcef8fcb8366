"""The PDF of a page: tagged, with bookmarks and page numbers, and the same bytes each time."""

from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pypdf
import pytest
from nbformat import v4

from workbench.core.errors import MissingExtra
from workbench.reports.assets import Assets
from workbench.reports.chromium import chromium_path
from workbench.reports.page import render_page
from workbench.reports.pdf import PdfPrinter, pdf_of
from workbench.reports.plan import make_plan
from workbench.reports.run import Options, can_fork, run_plan
from workbench.reports.templates import find_template

from .portraits import words_of

try:
    chromium_path()
except MissingExtra as error:
    pytest.skip(str(error), allow_module_level=True)

HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.DOTALL)
# What a page does not print: the tables of figures, and code.
FOLDED = re.compile(r'<details class="wb-(?:details|code)[^"]*">.*?</details>', re.DOTALL)


@pytest.fixture(scope="module")
def page(france, tmp_path_factory) -> Path:
    """Make the portrait of Lille, whose tables have all the columns there are."""
    if not can_fork():
        pytest.skip("forked reports need Linux")
    folder = tmp_path_factory.mktemp("portrait")
    lille = france.territory("59350", "commune")
    plan = make_plan(find_template("portrait"), france, territories=[lille], folder=folder)
    assert run_plan(plan, Options()).failures == ()
    return folder / plan.jobs[0].page


@pytest.fixture(scope="module")
def source(page) -> str:
    """Give the page's HTML without what is folded."""
    return FOLDED.sub("", page.read_text("utf-8"))


@pytest.fixture(scope="module")
def pdf(page) -> pypdf.PdfReader:
    """Print it."""
    with PdfPrinter() as printer:
        printer.print(page, pdf_of(page))
    return pypdf.PdfReader(pdf_of(page))


def catalogue(pdf):
    return pdf.trailer["/Root"]


def elements(pdf):
    """List the elements of the structure, in order."""
    found, waiting = [], [catalogue(pdf)["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop()
        if "/S" in element:
            found.append(element)
        kids = element.get("/K", [])
        kids = [kid.get_object() for kid in (kids if isinstance(kids, list) else [kids])]
        waiting += reversed([kid for kid in kids if hasattr(kid, "get")])
    return found


def bookmarks(pdf, entries=None, level=1):
    """List the bookmarks with their level."""
    for entry in pdf.outline if entries is None else entries:
        if isinstance(entry, list):
            yield from bookmarks(pdf, entry, level + 1)
        else:
            yield level, " ".join(entry.title.split())


def test_it_says_its_title_its_language_and_that_it_is_tagged(pdf):
    assert pdf.metadata.title == "Portrait de Lille"
    assert catalogue(pdf)["/Lang"] == "fr"
    assert catalogue(pdf)["/MarkInfo"]["/Marked"]
    assert catalogue(pdf)["/ViewerPreferences"]["/DisplayDocTitle"]


def test_its_bookmarks_are_the_headings_of_the_page(pdf, source):
    expected = [(int(level), words_of(text)) for level, text in HEADING.findall(source)]
    assert expected[0] == (1, "Portrait de Lille")
    assert list(bookmarks(pdf)) == expected


def test_its_structure_has_the_headings_tables_and_drawings_of_the_page(pdf, source):
    kinds = Counter(element["/S"] for element in elements(pdf))
    assert kinds["/H1"] == 1
    assert kinds["/H2"] == source.count("<h2")
    assert kinds["/Table"] == source.count("<table")
    assert kinds["/TH"] == source.count("<th ")
    assert kinds["/Figure"] == source.count('role="img"')


def test_every_drawing_has_its_text(pdf):
    texts = [element.get("/Alt", "") for element in elements(pdf) if element["/S"] == "/Figure"]
    assert len(texts) > 5
    assert "" not in texts


def test_every_header_of_a_table_says_what_it_heads(pdf):
    scopes = {
        attribute.get_object()["/Scope"]
        for element in elements(pdf)
        if element["/S"] == "/TH"
        for attribute in element["/A"]
        if "/Scope" in attribute.get_object()
    }
    assert scopes == {"/Column", "/Row"}


def test_each_sheet_has_its_number_and_the_following_ones_the_title(pdf):
    texts = [sheet.extract_text() for sheet in pdf.pages]
    count = len(texts)
    assert count > 5
    assert [f"{n} / {count}" in text for n, text in enumerate(texts, start=1)] == [True] * count
    assert all(text.startswith("Portrait de Lille") for text in texts[1:])


def test_the_words_of_the_drawings_can_be_read(pdf, source):
    said = "".join("".join(sheet.extract_text().split()) for sheet in pdf.pages)
    drawn = [html.unescape(words) for words in re.findall(r"<text[^>]*>([^<]+)", source)]
    assert len(drawn) > 50
    # Ligatures and elided names aside: a PDF spells them its own way.
    plain = [text for text in drawn if not re.search("f[fil]|…", text)]
    assert [text for text in plain if "".join(text.split()) not in said] == []


def test_what_serves_a_screen_only_is_not_printed(pdf, source):
    said = " ".join(" ".join(sheet.extract_text().split()) for sheet in pdf.pages)
    assert "Télécharger les données de ce portrait (CSV)" in source
    assert "Télécharger" not in said
    assert "Les chiffres en tableau" not in said
    assert "portrait.identity()" not in said
    # But the rule that chose the facts, folded on a screen, is.
    assert "Comment ces faits sont choisis Les faits les plus marquants" in said


def test_the_widest_tables_do_not_shrink_the_sheet(pdf):
    """Chromium shrinks all the text to the width of a table: the title keeps its 25 points."""
    sizes = []

    def measure(text, current, matrix, font, size):
        if "Portrait" in text:
            sizes.append(round(size * matrix[0] * current[0], 1))

    pdf.pages[0].extract_text(visitor_text=measure)
    assert sizes[0] == 25.0


def test_its_links_lead_out_and_nowhere_on_this_machine(pdf):
    marks = [mark.get_object() for sheet in pdf.pages for mark in sheet.get("/Annots", [])]
    links = {str(mark["/A"]["/URI"]) for mark in marks}
    assert "https://geoservices.ign.fr/adminexpress" in links
    assert {link.split(":")[0] for link in links} == {"https"}


def test_it_has_no_date_and_names_the_workbench(pdf):
    assert set(pdf.metadata) == {"/Title", "/Creator", "/Producer"}
    assert pdf.metadata.creator.startswith("Territorial Workbench ")


def test_the_same_page_gives_the_same_bytes(page, pdf, tmp_path):
    """By another browser, and after another page."""
    expected = pdf_of(page).read_bytes()
    other = tmp_path / "other.html"
    other.write_text("<!doctype html><title>T</title><h1>T</h1><table><th>A<td>1</table>", "utf-8")
    with PdfPrinter() as printer:
        for name in ("first", "second"):
            printer.print(page, tmp_path / f"{name}.pdf")
            assert (tmp_path / f"{name}.pdf").read_bytes() == expected
            printer.print(other, tmp_path / "other.pdf")


def test_a_table_longer_than_a_sheet_repeats_its_head(tmp_path):
    table = pd.DataFrame({"Commune": [f"n{n}" for n in range(120)], "Habitants": range(120)})
    output = v4.new_output("execute_result", {"text/html": table.to_html()}, execution_count=1)
    notebook = v4.new_notebook(cells=[v4.new_code_cell("table", outputs=[output])])
    page = tmp_path / "table.html"
    page.write_text(render_page(notebook, assets=Assets.standalone()), "utf-8")
    with PdfPrinter() as printer:
        printer.print(page, tmp_path / "table.pdf")
    texts = [sheet.extract_text() for sheet in pypdf.PdfReader(tmp_path / "table.pdf").pages]
    assert len(texts) > 1
    assert ["Habitants" in text for text in texts] == [True] * len(texts)
    assert [n for n in range(120) if not re.search(rf"\bn{n}\b", " ".join(texts))] == []
