"""The page and the letter of a check, in the browser of who receives them, and printed."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from workbench.loaders.checking.run import check
from workbench.loaders.checking.schema import schema_of
from workbench.reports.data_check import render_letter, render_page, write_page

TODAY = date(2024, 6, 3)
HEAD = (
    "nom_amenageur,siren_amenageur,contact_operateur,nom_station,adresse_station,"
    "code_insee_commune,coordonneesXY,puissance_nominale,prise_type_2,horaires,date_maj"
)
ROWS = (
    'Société X,130025265,a@exemple.fr,Gare,"1 place de la Gare 59000 Lille",59350,'
    '"[3.07, 50.636]",22,true,24/7,2024-01-15',
    'Société X,130025266,exemple.fr,Mairie,"3 rue du Port 92300 Levallois",75001,'
    '"[7.48, 48.34]",22 kW,oui,8h-18h,15/01/2024',
    'Société X,13002526,a@exemple.fr,Halle,"2 rue Y 69003 Lyon",69123,'
    '"[45.75, 4.85]",-3,true,Mo-Fr 08:00-18:00,2034-01-15',
    'Société X,130025265,a@exemple.fr,=1+1,"5 rue Z 01000 Bourg",1053,'
    '"[0, 0]",22,vrai,24/7,2024-01-15',
    "Société X,130025265,a@exemple.fr,Port",
)
FIELDS = [
    {"name": "nom_amenageur", "type": "string", "constraints": {"required": True}},
    {"name": "siren_amenageur", "constraints": {"pattern": "[0-9]{9}"}},
    {"name": "contact_operateur", "format": "email"},
    {"name": "nom_station"},
    {"name": "adresse_station"},
    {"name": "code_insee_commune", "constraints": {"pattern": "([013-9][0-9]|2[AB1-9])[0-9]{3}"}},
    {"name": "coordonneesXY", "type": "geopoint", "format": "array"},
    {"name": "puissance_nominale", "type": "number", "constraints": {"minimum": 0}},
    {"name": "prise_type_2", "type": "boolean"},
    {"name": "horaires"},
    {"name": "accessibilite_pmr", "constraints": {"required": True}},
    {"name": "date_maj", "type": "date"},
]
CUSTOMS = [
    {"name": "french-siren-value", "params": {"column": "siren_amenageur"}},
    {"name": "opening-hours-value", "params": {"column": "horaires"}},
]
PAGES = ("page", "letter", "perfect")


@pytest.fixture(scope="session")
def checks(tmp_path_factory) -> Path:
    """Write the page and the letter of a bad file, and the letter of a good one."""
    folder = tmp_path_factory.mktemp("checks")
    path = folder / "bornes-de-recharge.csv"
    path.write_text("\n".join([HEAD, *ROWS, *ROWS[1:2] * 40, ""]), "utf-8")
    good = folder / "bornes.csv"
    good.write_text(f"{HEAD}\n{ROWS[0]}\n", "utf-8")
    schema = schema_of(
        {"title": "Bornes de recharge", "fields": FIELDS, "custom_checks": CUSTOMS}, "s"
    )
    for lang in ("fr", "en"):
        found = check(str(path), schema=schema, today=TODAY, lang=lang)
        write_page(folder / f"page.{lang}.html", render_page(found))
        write_page(folder / f"letter.{lang}.html", render_letter(found, day=TODAY))
        right = check(str(good), today=TODAY, lang=lang)
        write_page(folder / f"perfect.{lang}.html", render_letter(right, day=TODAY))
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_axe_finds_no_violation(lang, name, scheme, checks, visit, violations):
    """With every fold open: closed ones hide what they hold."""
    opened = visit((checks / f"{name}.{lang}.html").as_uri(), color_scheme=scheme)
    opened.page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true })")
    assert violations(opened.page) == []
    assert opened.problems == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nothing_and_fits_a_phone(name, checks, visit):
    address = (checks / f"{name}.fr.html").as_uri()
    opened = visit(address, viewport={"width": 360, "height": 740})
    opened.page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true })")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert opened.requests == [address]


@pytest.mark.parametrize("name", ["letter", "perfect"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_letter_is_one_page_of_paper(lang, name, checks, visit):
    """Whatever is wrong: what has no room is in the detailed report."""
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed: pip install -e '.[test]'")
    page = visit((checks / f"{name}.{lang}.html").as_uri()).page
    assert len(pypdf.PdfReader(BytesIO(page.pdf(format="A4"))).pages) == 1


def test_the_page_leads_to_each_problem(checks, visit):
    """Its summary counts what its tables tell."""
    page = visit((checks / "page.fr.html").as_uri()).page
    tiles = [text.strip() for text in page.locator(".wb-tiles dd").all_inner_texts()]
    assert tiles[0] == "45"
    links = page.locator("nav a[href^='#']")
    assert links.count() == page.locator("main section").count() > 8
    links.last.click()
    assert page.evaluate("location.hash").startswith("#")
