"""The page and the letter of a check say what was found, and what a file holds stays text."""

from __future__ import annotations

import re
from datetime import date

import pytest

from workbench.loaders.checking.run import check
from workbench.reports.data_check import render_letter, render_page, write_page

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def found(tmp_path):
    """Give what checks a small file whose cells and headings are hostile."""

    def run(lang, text=f"insee,lon,lat,{HOSTILE}\n75001,7.48,48.34,a\n{HOSTILE},1,2,b\n"):
        path = tmp_path / "towns & co.csv"
        path.write_text(text)
        return check(str(path), today=date(2024, 6, 1), lang=lang)

    return run


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_a_file_holds_is_escaped(found, lang):
    checked = found(lang)
    for page in (render_page(checked), render_letter(checked, day=date(2024, 6, 1))):
        assert "<img" not in page
        assert "&lt;img src=x" in page
        assert "towns &amp; co.csv" in page
        assert f'<html lang="{lang}">' in page
        assert "default-src &#39;none&#39;" in page
        assert not re.search(r'(src|href)="https?:', page)


def test_the_page_has_one_title_and_tables_that_are_named(found):
    page = render_page(found("en"))
    assert page.count("<h1") == 1
    assert page.count("<table>") == page.count('role="region" tabindex="0" aria-label=')
    assert page.count('<th scope="col"') >= 2 * page.count("<table>")


def test_the_letter_says_first_what_is_right(found):
    letter = render_letter(found("fr"), day=date(2024, 6, 1))
    order = [
        "1er juin 2024",
        "<h1>Votre fichier",
        "Ce qui est juste",
        "À corriger d’abord",
        "Merci",
    ]
    places = [letter.index(each) for each in order]
    assert places == sorted(places)
    assert "ligne\N{NO-BREAK SPACE}2" in letter
    assert "Epfig (67125)" in letter


def test_how_the_file_was_read_is_told_in_the_language(found):
    pages = {lang: render_page(found(lang, "code_insee;n\n59350;1,5\n")) for lang in ("fr", "en")}
    assert "<dt>marque décimale</dt><dd>,</dd>" in pages["fr"]
    assert "such as" not in pages["fr"]
    assert "<dt>decimal</dt><dd>&#39;,&#39; (such as &#39;1,5&#39;, in n)</dd>" in pages["en"]


def test_a_repair_that_is_not_of_all_is_not_proposed_for_all(found):
    checked = found("en", "code_insee,n\n1001,1\n1002,2\n59350,3\n")
    letter = render_letter(checked, day=date(2024, 6, 2))
    assert "Write “01001”" not in letter
    assert "2 cells of column “code_insee”" in letter


def test_the_letter_of_a_perfect_file_asks_for_nothing(found):
    letter = render_letter(found("fr", "code_insee,n\n59350,1\n01001,2\n"), day=date(2024, 6, 2))
    assert "Nous n’avons rien trouvé à corriger." in letter
    assert "À corriger" not in letter
    assert "éditeur de texte" not in letter


def test_a_page_is_written_aside_then_moved(tmp_path):
    from workbench.core.errors import DirectoryNotWritable

    write_page(tmp_path / "a.html", "é")
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]
    with pytest.raises(DirectoryNotWritable, match="Give the name of a file"):
        write_page(tmp_path / "none" / "a.html", "é")
