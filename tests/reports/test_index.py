"""The gallery lists every report of its folder, those of earlier runs too."""

from __future__ import annotations

import json
import re

import pytest

from workbench.reports.gallery import entries_of
from workbench.reports.index import (
    Found,
    find_reports,
    gallery_names,
    gallery_title,
    write_index,
)
from workbench.reports.portrait.words import Words
from workbench.reports.templates import find_template

from ..packs.tiny_country import write_country
from .tiny_templates import plan_of, template


@pytest.fixture
def folder(tmp_path):
    """Give what writes an empty page or partial notebook."""

    def put(*names):
        for name in names:
            path = tmp_path / "out" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("", "utf-8")
        return tmp_path / "out"

    return put


def index_of(page):
    """Read the search index that a page names."""
    name = re.search(r'data-index="([^"]+)"', page.read_text("utf-8"))[1]
    script = (page.parent / name).read_text("utf-8")
    return json.loads(re.fullmatch(r"globalThis\.galleryIndex=(.*);\n", script)[1])


def test_reports_are_found_widest_first_in_each_language(france, folder):
    out = folder("departement/59.fr.html", "region/32.fr.html", "departement/59.en.html")
    found = [(each.territory.name, each.lang, each.href) for each in find_reports(out, france)]
    assert found == [
        ("Hauts-de-France", "fr", "region/32.fr.html"),
        ("Nord", "en", "departement/59.en.html"),
        ("Nord", "fr", "departement/59.fr.html"),
    ]


def test_what_is_no_report_of_this_map_is_left_alone(france, folder):
    out = folder(
        "departement/ZZ.fr.html",
        "departement/59.xx.html",
        "departement/59.html",
        "departement/59.fr.html.bak",
        "assets/59.fr.html",
        "index.html",
    )
    assert find_reports(out, france) == []


def test_a_failure_is_found_until_a_page_takes_its_place(france, folder):
    out = folder("failed/departement/59.fr.html.ipynb")
    (failure,) = find_reports(out, france)
    assert (failure.failed, failure.href) == (True, "failed/departement/59.fr.html.ipynb")
    folder("departement/59.fr.html")
    assert [each.failed for each in find_reports(out, france)] == [False]


def test_the_first_language_has_index_html(france, folder):
    out = folder("departement/59.fr.html")
    assert gallery_names(out, france, ["en"]) == {"en": "index.html", "fr": "index.fr.html"}


def test_index_html_keeps_the_language_that_earlier_reports_lead_to(france, folder):
    out = folder("departement/59.fr.html", "index.html")
    (out / "index.html").write_text('<!doctype html>\n<html lang="fr">', "utf-8")
    assert gallery_names(out, france, ["en"]) == {"fr": "index.html", "en": "index.en.html"}


def entry(pack, code, level, lang="fr"):
    report = Found(pack.territory(code, level), lang, "page.html")
    (made,) = entries_of([report], Words(pack, lang))
    return made


def test_a_commune_is_listed_under_its_region_with_its_postcodes(france):
    lille = entry(france, "59350", "commune")
    assert (lille.group, lille.within) == ("Hauts-de-France", "Nord")
    assert lille.postcodes == ("59000", "59160", "59260", "59777", "59800")
    assert (lille.population, lille.level_label) == (238246, "Commune")


def test_a_region_heads_its_own_group_and_the_country_has_none(france):
    assert entry(france, "32", "region").group == "Hauts-de-France"
    assert entry(france, "59", "departement").within == "Hauts-de-France"
    assert entry(france, "FR", "country").group == ""


def test_outside_regions_the_collectivite_is_the_group(france):
    assert entry(france, "988", "collectivite").group == "Nouvelle-Calédonie"
    assert entry(france, "98818", "commune").group == "Nouvelle-Calédonie"


def test_what_has_no_figure_has_no_population(france):
    assert entry(france, "593500101", "iris").population is None


def test_the_gallery_is_titled_by_the_template_or_after_it(tmp_path):
    assert gallery_title(find_template("portrait"), "fr") == "Portraits des territoires"
    assert gallery_title(template(tmp_path, "1"), "en") == "Reports “trial”"


def test_the_gallery_holds_reports_of_this_run_and_earlier_ones(france, folder, tmp_path):
    out = folder("departement/59.fr.html", "departement/62.fr.html", "commune/59350.fr.html")
    page = write_index(plan_of(template(tmp_path, "1"), france, out, "59"))
    assert page == out / "index.html"
    assert index_of(page)["names"] == "Nord\nPas-de-Calais\nLille"


def test_the_map_leads_to_the_reports_of_departements(france, folder, tmp_path):
    out = folder("departement/59.fr.html", "departement/2A.fr.html")
    text = write_index(plan_of(template(tmp_path, "1"), france, out, "59")).read_text("utf-8")
    drawing = text[text.index("<svg") : text.index("</svg>")]
    assert set(re.findall(r'href="([^"#]+)"', drawing)) == {
        "departement/59.fr.html",
        "departement/2A.fr.html",
    }


def test_without_a_report_to_lead_to_there_is_no_map(france, folder, tmp_path):
    out = folder("commune/59350.fr.html")
    text = write_index(plan_of(template(tmp_path, "1"), france, out, "59")).read_text("utf-8")
    assert "wb-map" not in text


def test_each_language_has_its_gallery_and_leads_to_the_others(france, folder, tmp_path):
    out = folder("departement/59.fr.html", "departement/59.en.html")
    made = plan_of(template(tmp_path, "1"), france, out, "59", languages=("fr", "en"))
    french = write_index(made)
    english = out / "index.en.html"
    assert 'href="index.en.html" lang="en"' in french.read_text("utf-8")
    assert '<a href="index.html" lang="fr" hreflang="fr">Français</a>' in english.read_text("utf-8")
    assert [index_of(english)[part] for part in ("lang", "codes")] == ["en", "59"]


def test_the_same_folder_gives_the_same_bytes(france, folder, tmp_path):
    out = folder("departement/59.fr.html", "failed/departement/62.fr.html.ipynb")
    made = plan_of(template(tmp_path, "1"), france, out, "59")
    first = write_index(made).read_bytes()
    assert write_index(made).read_bytes() == first
    assert b"Pas-de-Calais (62)" in first


def test_reports_that_are_known_need_no_folder_to_be_read(france, tmp_path):
    """In any order: the page is the same as if they had been found."""
    made = plan_of(template(tmp_path, "1"), france, tmp_path / "out", "59")
    reports = [
        Found(france.territory(code, level), "fr", f"{level}/{code}.fr.html")
        for level, code in (("commune", "59350"), ("departement", "62"), ("departement", "59"))
    ]
    first = write_index(made, reports=reports)
    assert index_of(first)["names"] == "Nord\nPas-de-Calais\nLille"
    page = first.read_bytes()
    assert page == write_index(made, reports=reversed(reports)).read_bytes()


def test_another_country_has_a_gallery(tmp_path, folder):
    pack = write_country(tmp_path / "tiny")
    out = folder("county/A.en.html", "town/B-001.en.html")
    beech = entry(pack, "B-001", "town", "en")
    assert (beech.group, beech.within, beech.population) == ("Bshire", "Bshire", 1000)
    assert [each.territory.name for each in find_reports(out, pack)] == ["Ashire", "Beech"]
