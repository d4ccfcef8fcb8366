"""A gallery too long for one page leads to lists: one a département, read when it is opened."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from workbench.reports.gallery import Contents, GalleryEntry, Holder, render_gallery, write_gallery
from workbench.reports.gallery.entries import LONG
from workbench.reports.index import Found, write_index

from ..packs.tiny_country import description, territories, write_country
from .tiny_templates import plan_of, template

NORD = Holder("departement", "59", "Nord")
REGION = GalleryEntry("32", "Hauts", "region", "Région", "region/32.fr.html", group="Hauts")
REPORT = GalleryEntry("59", "Nord", "departement", "Département", "d/59.fr.html", group="Hauts")


def commune(number, name="", *, status="done", holder=NORD, level="commune"):
    """Make a commune of the Nord."""
    code = f"59{number:03d}"
    return GalleryEntry(
        code,
        name or f"Village {number}",
        level,
        level.title(),
        href=f"{level}/{code}.fr.html",
        group="Hauts",
        population=number,
        status=status,
        nouns=(level, f"{level}s"),
        holder=holder,
    )


def communes(count, **more):
    return [commune(number, **more) for number in range(count)]


def contents_of(*entries, lang="fr"):
    return Contents.of(entries, lang=lang)


def page_of(*entries, lang="fr"):
    return render_gallery(contents_of(*entries, lang=lang), title="T")


def written(folder, *entries, lang="fr", **more):
    """Write a gallery and return the page of the Nord's list."""
    write_gallery(contents_of(*entries, lang=lang), folder, title="T", **more)
    return (folder / f"lists/departement/59.{lang}.html").read_text("utf-8")


# --- What goes to lists ----------------------------------------------------------------------


def test_a_few_hundred_reports_stay_on_the_first_page():
    contents = contents_of(*communes(LONG))
    assert (contents.lists, contents.is_long) == ((), False)
    assert [len(group.rows) for group in contents.groups] == [LONG]


def test_beyond_the_first_page_shows_what_holds_them():
    """The name leads to the report, the number to the list."""
    page = page_of(REGION, REPORT, *communes(LONG + 1))
    assert "commune/" not in page
    assert '<a href="d/59.fr.html">Nord</a>' in page
    link = re.search(r'<a class="wb-count" href="([^"]+)"><span[^>]+>(.+?)</span>(.+?)</a>', page)
    assert link.groups() == ("lists/departement/59.fr.html", "Nord\u00a0: ", "301 communes")
    assert "303 rapports</span>" in page


def test_a_territory_without_a_report_leads_to_its_list():
    page = page_of(*communes(LONG + 1))
    assert '<a href="lists/departement/59.fr.html">Nord</a>' in page
    assert "wb-count" not in page
    assert "Chaque nom mène à la liste" in page


def test_reports_of_several_levels_are_counted_together():
    epci = commune(999, level="epci")
    assert "302 reports" in page_of(REPORT, epci, *communes(LONG + 1), lang="en")


def test_the_list_of_a_group_of_one_is_at_its_heading():
    """Nouvelle-Calédonie has no département: its list is not shown twice."""
    island = Holder("collectivite", "988", "Hauts")
    (group,) = contents_of(*communes(LONG + 1, holder=island)).groups
    assert (group.head.name, group.head.href) == ("Hauts", "lists/collectivite/988.fr.html")
    assert group.rows == ()


# --- A list ------------------------------------------------------------------------------------


def test_a_list_has_a_section_for_each_level_and_initial():
    """Accents do not make an initial; a short section has none."""
    names = ["Éclair", "Eau", "’t Veld", "59e"]
    entries = [commune(900 + n, name) for n, name in enumerate(names)]
    contents = contents_of(commune(999, level="epci"), *communes(LONG), *entries)
    short, long = contents.lists[0].sections
    assert (short.level, [letter for letter, _ in short.initials]) == ("epci", [""])
    assert [letter for letter, _ in long.initials] == ["#", "E", "T", "V"]
    assert [entry.name for entry in long.initials[1][1]] == ["Eau", "Éclair"]


def test_a_list_leads_to_its_reports_from_where_it_lies(tmp_path):
    page = written(tmp_path, REGION, REPORT, *communes(LONG + 1))
    assert '<a href="../../commune/59007.fr.html">Village 7</a>' in page
    assert '<a href="../../d/59.fr.html">Lire le rapport de ce territoire</a>' in page
    assert '<a href="../../index.html">Tous les rapports</a>' in page
    assert "<h1>Nord</h1>" in page
    assert "<title>Nord · T</title>" in page


def test_everything_a_list_names_beside_it_exists(tmp_path):
    page = written(tmp_path, *communes(LONG + 1))
    named = re.findall(r'(?:src|href|data-index)="\.\./\.\./((?:assets|gallery|index)[^"]+)"', page)
    assert len(named) == 5
    assert all((tmp_path / name).is_file() for name in named)


def test_a_list_leads_to_its_translation_or_to_the_other_gallery(tmp_path):
    other = contents_of(*communes(LONG + 1), lang="en")
    more = {"languages": {"en": "index.en.html"}}
    page = written(tmp_path, *communes(LONG + 1), elsewhere={"en": other}, **more)
    assert 'href="../../lists/departement/59.en.html" lang="en"' in page
    page = written(tmp_path, *communes(LONG + 1), **more)
    assert 'href="../../index.en.html" lang="en"' in page


def test_hostile_names_are_text_in_a_list(tmp_path):
    hostile = "<script>alert(1)</script>"
    entries = [commune(n, f"{hostile}{n}") for n in range(LONG + 1)]
    page = written(tmp_path, *entries, commune(900, hostile, status="failed"))
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") >= LONG


def test_lists_that_are_no_longer_led_to_are_removed(tmp_path):
    """Those of this language only; what is no list of the gallery's stays."""
    written(tmp_path, *communes(LONG + 1))
    written(tmp_path, *communes(LONG + 1), lang="en", name="index.en.html")
    (tmp_path / "lists" / "notes.txt").write_text("mine", "utf-8")
    write_gallery(contents_of(*communes(3)), tmp_path, title="T")
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("lists/**/*.*"))
    assert left == ["lists/departement/59.en.html", "lists/notes.txt"]


def test_the_folder_of_lists_goes_with_the_last_one(tmp_path):
    written(tmp_path, *communes(LONG + 1))
    write_gallery(contents_of(*communes(3)), tmp_path, title="T")
    assert not (tmp_path / "lists").exists()


# --- Failures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "folded"), [(24, False), (25, True), (LONG, True)])
def test_failures_are_all_named_and_folded_when_many(count, folded):
    page = page_of(REPORT, *communes(count, status="failed"))
    assert page.count('<li><a href="commune/') == count
    assert ("<details>" in page) == folded


def test_failures_by_the_thousand_are_named_on_the_lists(tmp_path):
    """The first page counts them and leads there, whatever the number of reports made."""
    entries = [REPORT, *communes(LONG + 1, status="failed")]
    page = page_of(*entries)
    assert "301 rapports n’ont pas pu être produits" in page
    assert '<li><a href="lists/departement/59.fr.html#failures">Nord</a>' in page
    assert "commune/" not in page
    listed = written(tmp_path, *entries)
    assert listed.count("../../commune/") == LONG + 1
    assert 'id="failures"' in listed


# --- A whole country ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def all_communes(france):
    """Give a report of each commune of France, in French."""
    codes = list(france.frame("commune").index)
    return [
        Found(place, "fr", f"commune/{place.code}.fr.html")
        for place in france.territories.several(codes, level="commune")
    ]


@pytest.fixture(scope="module")
def country(france, all_communes, tmp_path_factory):
    """Write the gallery of all the communes."""
    folder = tmp_path_factory.mktemp("country")
    plan = plan_of(template(folder, "1"), france, folder / "out", "59")
    return plan, write_index(plan, reports=all_communes)


def test_every_commune_is_on_one_list_and_none_on_the_first_page(country, all_communes):
    _, page = country
    lists = sorted(page.parent.glob("lists/*/*.html"))
    links = [
        link
        for path in lists
        for link in re.findall(r'href="\.\./\.\./(commune/[^"]+)"', path.read_text("utf-8"))
    ]
    assert sorted(report.href for report in all_communes) == sorted(links)
    assert len(lists) == 101 + 8
    assert "commune/" not in page.read_text("utf-8")


def test_the_first_page_of_a_country_is_light(country):
    """The map included, which shows the départements and leads to their lists."""
    _, page = country
    text = page.read_text("utf-8")
    assert len(text.encode()) < 100_000
    drawing = text[text.index("<svg") : text.index("</svg>")]
    links = re.findall(r'href="([^"#]+)"', drawing)
    assert len(links) == 101
    assert all((page.parent / link).is_file() for link in links)


def test_the_gallery_of_a_country_is_the_same_when_written_again(country, all_communes):
    plan, page = country
    files = sorted(path for path in page.parent.rglob("*") if path.is_file())
    first = [path.read_bytes() for path in files]
    write_index(plan, reports=reversed(all_communes))
    assert files == sorted(path for path in page.parent.rglob("*") if path.is_file())
    assert first == [path.read_bytes() for path in files]


def test_counties_too_many_for_one_page_are_themselves_listed(tmp_path):
    """By the country, as this one has nothing between them."""
    places = territories()
    more = places[places["level"] == "county"].iloc[[0] * LONG].reset_index(drop=True)
    more["code"] = [f"A{number}" for number in range(LONG)]
    levels = [dict(level) for level in description()["levels"]]
    levels[1]["code"] = "^[AB][0-9]*$"
    pack = write_country(tmp_path / "tiny", places=pd.concat([places, more]), levels=levels)
    out = tmp_path / "out"
    counties = pack.territories.several(list(pack.frame("county").index), level="county")
    reports = [Found(place, "en", f"county/{place.code}.en.html") for place in counties]
    plan = plan_of(template(tmp_path, "1"), pack, out, languages=("en",))
    page = write_index(plan, reports=reports).read_text("utf-8")
    assert "302 counties" not in page
    assert '<a href="lists/country/TL.en.html">Tinyland</a>' in page
    assert (out / "lists/country/TL.en.html").read_text("utf-8").count("../../county/") == LONG + 2
