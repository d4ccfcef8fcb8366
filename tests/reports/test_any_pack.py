"""The same template makes the portraits of any country, with no line changed.

Of Morocco (real, names in Arabic, no boundary, no area) and of a made-up realm (odd levels and
codes, one figure); France has its own tests. What a pack lacks leaves no trace on the page.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.packs.archipelago import LEVELS, archipelago
from workbench.packs.pack import Pack, open_pack
from workbench.reports.found import find_reports
from workbench.reports.index import write_index
from workbench.reports.plan import make_plan, territories_of
from workbench.reports.run import Options, run_plan
from workbench.reports.templates import find_template

# One territory a level, both cases of a commune: with its holders, and left out by a census.
MOROCCO = {
    "country": ["MA"],
    "region": ["06"],
    "province": ["06.141"],
    "cercle": ["01.511.05"],
    "commune": ["06.141.01.0", "12.066.03.03"],
    "arrondissement": ["06.141.01.01"],
}
LANGUAGES = ("fr", "en")


def make(pack: Pack, territories, folder: Path) -> Path:
    """Run the portrait in both languages; every report is made."""
    template = find_template("portrait")
    plan = make_plan(
        template, pack, territories=territories, folder=folder, languages=list(LANGUAGES)
    )
    result = run_plan(plan, Options(workers=2))
    assert {outcome.error for outcome in result.outcomes} == {""}
    write_index(plan)
    return folder


@pytest.fixture(scope="module")
def morocco(tmp_path_factory):
    """Make a portrait at each level of Morocco."""
    pack = open_pack("morocco")
    wanted = [pack.territory(c, level) for level, codes in MOROCCO.items() for c in codes]
    return make(pack, wanted, tmp_path_factory.mktemp("morocco"))


@pytest.fixture(scope="module")
def quay(tmp_path_factory):
    """Make every portrait of the realm."""
    root = tmp_path_factory.mktemp("quay")
    pack = archipelago(root / "pack")
    return make(pack, territories_of(pack, LEVELS), root / "reports")


def pages(folder):
    """Return the pages of a folder, with their HTML."""
    return {
        str(p.relative_to(folder)): p.read_text("utf-8") for p in sorted(folder.glob("*/*.html"))
    }


def words(page):
    """Return what a page says."""
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())


class Headings(HTMLParser):
    """Collect headings under which nothing stands before the next of their rank or a wider one."""

    def __init__(self) -> None:
        super().__init__()
        self.empty: list[str] = []
        self.rank, self.title, self.inside, self.said = 0, "", False, True

    def handle_starttag(self, tag, attrs):
        if re.fullmatch("h[2-6]", tag):
            if not self.said and int(tag[1]) <= self.rank:
                self.empty.append(self.title)
            self.rank, self.title, self.inside, self.said = int(tag[1]), "", True, False

    def handle_endtag(self, tag):
        self.inside = self.inside and not re.fullmatch("h[2-6]", tag)

    def handle_data(self, data):
        if self.inside:
            self.title += data
        elif data.strip():
            self.said = True


@pytest.mark.parametrize("country", ["morocco", "quay"])
def test_no_heading_is_empty_and_no_list_either(country, request):
    """What a pack lacks makes its section disappear."""
    for name, page in pages(request.getfixturevalue(country)).items():
        headings = Headings()
        headings.feed(re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL))
        assert headings.empty == [], name
        assert not re.search(r"<(ul|ol|dl|tbody)[^>]*>\s*</\1>", page), name


@pytest.mark.parametrize("country", ["morocco", "quay"])
def test_nothing_of_france_is_on_a_page(country, request):
    """Neither its levels, nor its institutions, nor its sources."""
    for name, page in pages(request.getfixturevalue(country)).items():
        assert not re.search(
            r"INSEE|IGN\b|EPCI|départements?\b|IRIS|mairie|France\b", words(page)
        ), name
        assert not re.search(r"\{\w+\}|\bnan\b|None", words(page)), name


def test_every_report_of_both_countries_is_in_the_gallery(morocco, quay):
    """Codes with dots and spaces too."""
    assert len(find_reports(morocco, open_pack("morocco"))) == 2 * 7
    pack = open_pack(str(quay.parent / "pack"))
    assert {each.territory.code for each in find_reports(quay, pack)} >= {"Q.Q", "IS.1 a", "m1"}
    assert len(find_reports(quay, pack)) == 2 * 10


# --- Morocco ----------------------------------------------------------------------------------


def test_morocco_tells_the_published_population(morocco):
    """36,828,330 people in 2024, 33,848,242 in 2014: HCP."""
    page = words(pages(morocco)["country/MA.en.html"])
    assert "the population was 36,828,330 inhabitants in 2024" in page
    assert "+8.8%" in page
    assert "Morocco" in page
    assert "à Maroc" not in words(pages(morocco)["region/06.fr.html"])


def test_a_name_in_arabic_is_marked_and_isolated(morocco):
    """A screen reader changes its voice, and the line does not turn around."""
    page = pages(morocco)["commune/06.141.01.0.fr.html"]
    assert '<dt>Nom en arabe</dt><dd><bdi lang="ar" dir="rtl">الدار البيضاء</bdi></dd>' in page
    assert "الدار البيضاء" in (morocco / "gallery-index.js").read_text("utf-8")


def test_a_commune_that_a_census_leaves_out_says_so(morocco):
    """No figure for 2014, nor ages: it has no change, and no zero."""
    page = words(pages(morocco)["commune/12.066.03.03.en.html"])
    assert "1,006 inhabitants" in page
    assert "Figures not shown" in page
    absent = page.rpartition("Figures not shown")[2]
    assert "Population change" in absent
    assert "Share of people under 20" in absent


def test_ages_are_told_as_estimates(morocco):
    """The source rounds them."""
    page = words(pages(morocco)["commune/06.141.01.0.en.html"])
    assert "28.4% (estimate)" in page
    assert "the source publishes shares with one decimal" in page


# --- The realm --------------------------------------------------------------------------------


def test_every_page_of_a_simulated_pack_says_that_it_is(quay):
    """And so does its gallery."""
    said = {"en": "Simulated data: ", "fr": "Données simulées : "}
    for name, page in pages(quay).items():
        lang = name.rsplit(".", 2)[-2]
        assert said[lang] in words(page), name
        assert {"en": "simulated data", "fr": "données simulées"}[lang] in words(page), name
    assert said["fr"] in words((quay / "index.html").read_text("utf-8"))
    assert said["en"] in words((quay / "index.en.html").read_text("utf-8"))


def test_levels_speak_in_their_own_words(quay):
    """In the languages of the pack."""
    assert "L’îlot se classe 3ᵉ sur 4" in words(pages(quay)["islet/IS.1 a.fr.html"])
    assert "The islet ranks 3rd out of 4" in words(pages(quay)["islet/IS.1 a.en.html"])
    page = words(pages(quay)["realm/Q.Q.en.html"])
    assert "the number of islets was 4" in page
    assert "the share of islets under 500 inhabitants" in page.lower()
    fabric = words(pages(quay)["realm/Q.Q.fr.html"])
    assert "la part de la population vivant dans le plus grand îlot" in fabric.lower()


def test_a_name_cannot_write_html(quay):
    """It is text, whatever it looks like."""
    page = pages(quay)["islet/IS.1 b.en.html"]
    assert "<b>Reef" not in page
    assert "&lt;b&gt;Reef&lt;/b&gt;" in page


def test_the_command_of_a_page_makes_it_again(quay):
    """Quoted as a shell needs it."""
    page = words(pages(quay)["islet/IS.1 a.en.html"])
    folder = quay.parent / "pack"
    assert "--territory &#x27;IS.1 a&#x27; --level islet --lang en" in page
    assert f"--pack {folder}" in page
