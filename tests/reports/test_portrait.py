"""A portrait tells any territory of the pack, with figures that anyone can work out again."""

from __future__ import annotations

import base64
import csv
import html
import io
import re

import numpy as np
import pytest

from workbench.core.types import Status
from workbench.packs.pack import Pack, open_pack
from workbench.reports.portrait.portrait import Portrait, portrait, sections

from .portraits import made, told, words_of

# One territory of each kind: what is special about it is in the tests below.
TERRITORIES = [
    ("59350", "commune"),  # Lille
    ("01015", "commune"),  # two communes merged
    ("15141", "commune"),  # split in 2025
    ("55039", "commune"),  # without inhabitants
    ("98818", "commune"),  # Nouméa, outside of the départements
    ("75056", "commune"),  # Paris, alone in its département
    ("22016", "commune"),  # an island without EPCI
    ("593500101", "iris"),
    ("75111", "arrondissement_municipal"),
    ("200093201", "epci"),
    ("200057867", "ept"),
    ("59", "departement"),
    ("2A", "departement"),
    ("976", "departement"),
    ("32", "region"),
    ("988", "collectivite"),
    ("FR", "country"),
]
HOSTILE = '"\'><script>alert(1)</script><img src=x onerror="alert(1)"> {x} %s'
NUMBER = {
    "fr": re.compile(r"[−-]?\d{1,3}(?:[\u202f\u00a0]\d{3})+(?:,\d+)?|[−-]?\d+(?:,\d+)?"),
    "en": re.compile(r"[−-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[−-]?\d+(?:\.\d+)?"),
}


def numbers_in(fragment: str, lang: str) -> list[str]:
    """Read numbers as text without the marks of a language: ``-14676``, ``0.5``."""
    marks = {ord("\u202f"): "", ord("\u00a0"): "", ord("−"): "-"}
    marks |= {ord(","): "."} if lang == "fr" else {ord(","): ""}
    return [number.translate(marks) for number in NUMBER[lang].findall(words_of(fragment))]


# --- Every kind of territory --------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(("code", "level"), TERRITORIES)
def test_every_territory_has_its_portrait(code, level, lang):
    """Each section is there, well formed, in its language, without a trace of Python."""
    parts = told(code, level, lang)
    page = "".join(parts)
    text = words_of(page)
    assert code in text
    assert not re.search(r"\b(?:nan|None|inf|Traceback|dtype)\b", text)
    assert "{" not in re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)
    first = ["Identity", "At a glance"] if lang == "en" else ["Identité", "L’essentiel"]
    titles = re.findall(
        r"<h2(?: id=\"front\")?>(.*?)</h2>", page.replace("&#x27;", "’").replace("'", "’")
    )
    assert titles[:2] == first
    assert len(titles) == len(set(titles)) >= 7
    for tag in ("table", "svg", "section", "ul", "dl"):
        assert page.count(f"<{tag}") == page.count(f"</{tag}>"), tag


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(("code", "level"), TERRITORIES)
def test_a_number_in_a_sentence_is_in_its_table(code, level, lang):
    """Or is the gap between two numbers of a row, or tells of the peers, whom the page lists."""
    whole = made(code, level, lang)
    every: list[list[str]] = []
    for theme in whole.themes():
        fragment = whole.theme(theme.id).html
        rows = [numbers_in(row, lang) for row in re.findall(r"<tr>.*?</tr>", fragment, re.DOTALL)]
        captions = re.findall(r"<caption.*?</caption>", fragment, re.DOTALL)
        rows += [[number] for number in numbers_in(" ".join(captions), lang)]
        rows += [[number] for number in peers_of(whole, theme.id)]
        every += rows
        assert strangers(re.findall(r"<p>(.*?)</p>", fragment), rows, lang) == []
    assert strangers(re.findall(r"<li>(.*?)</li>", whole.front().html), every, lang) == []


def strangers(sentences: list[str], rows: list[list[str]], lang: str) -> list[tuple[str, str]]:
    """List the numbers of sentences that are neither in a row nor the gap between two of it."""
    known = {number.lstrip("-") for row in rows for number in row}
    return [
        (number, sentence)
        for sentence in sentences
        for number in numbers_in(BAND.sub("", sentence), lang)
        if number.lstrip("-") not in known
        and not any(is_gap(number.lstrip("-"), row) for row in rows)
    ]


# "Among the 5 % of communes where it is highest": the band is a threshold, not a figure.
BAND = re.compile(r"(?:les|the \w+|among the) (?:1|5|10)\s?%")


def peers_of(whole: Portrait, theme: str) -> list[str]:
    """Write the number of peers and the range of their figures as sentences do."""
    found = []
    for reading in whole.profile.theme(theme):
        write = whole.words.formatter(reading.indicator, whole.territory.level)
        figures = sorted((q for _, q in reading.peers if q.known), key=lambda q: q.value)
        found.append(str(len(figures)))
        for quantity in figures[:1] + figures[-1:]:
            found += numbers_in(write(quantity), whole.lang)
    return [number.lstrip("-") for number in found]


def is_gap(number: str, row: list[str]) -> bool:
    """Tell whether a number is the difference of two of a row, as they are written."""
    values = np.array([float(text) for text in row])
    gaps = np.abs(values[:, None] - values[None, :])
    return bool(np.isclose(gaps, float(number), rtol=0, atol=1e-6).any())


# --- What is special ----------------------------------------------------------------------------


def test_mayotte_has_no_change_and_says_why_figures_are_absent():
    """Its census of 2017 stands for every year; the census of 2021 does not cover it."""
    mayotte = made("976", "departement", "fr")
    readings = mayotte.profile.readings
    assert readings["population"].value.value == 256_518
    for name in ("population", "population_density", "median_part_population"):
        change = readings[name].change
        assert change is None or change.amount.status is Status.NOT_APPLICABLE, name
    assert readings["population_change"].value.status is Status.NOT_APPLICABLE
    assert readings["share_65_plus"].value.status is Status.NOT_APPLICABLE
    told_population = words_of(mayotte.theme("population").html)
    assert "stable" not in told_population
    assert "0,0 %" not in told_population
    assert "Part des 65 ans ou plus" in words_of(mayotte.absent().html)
    assert "recensement de 2017 pour toutes les années" in words_of(mayotte.sources().html)


def test_a_commune_without_inhabitants_is_zero_not_missing():
    """Beaumont-en-Verdunois: no one, hence no share of anyone."""
    readings = made("55039", "commune", "fr").profile.readings
    assert (readings["population"].value.value, readings["population"].value.known) == (0, True)
    assert not readings["share_65_plus"].value.known


def test_a_split_commune_says_that_its_past_is_shared_out():
    """Neussargues en Pinatelle, five communes since 2025."""
    split = made("15141", "commune", "fr")
    assert split.profile.readings["dwellings"].value.status is Status.APPORTIONED
    assert "répartis selon la population de chaque partie" in words_of(split.sources().html)


def test_a_merged_commune_names_what_it_absorbed():
    """Arboys en Bugey: Arbignieu and Saint-Bois."""
    text = words_of(made("01015", "commune", "fr").identity().html)
    assert "Arbignieu (01015, déléguée)" in text
    assert "Saint-Bois (01340, déléguée)" in text


def test_maps_of_a_departement_a_commune_and_the_country():
    """Its communes, its neighbours, the départements with five insets."""
    nord, lille = made("59", "departement", "fr"), made("59350", "commune", "fr")
    assert nord.maps().html.count("<path") >= 600
    assert "Lille" in lille.maps().html
    country = words_of(made("FR", "country", "fr").maps().html)
    for inset in ("Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte"):
        assert inset in country
    assert made("593500101", "iris", "fr").maps().html == ""


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_commune_without_an_outline_of_its_own_is_told_and_not_marked(lang):
    """Celles was parted from another commune in 2025: nobody has drawn it yet."""
    told = words_of(made("15031", "commune", lang).maps().html)
    said = {"fr": "Le contour de Celles n’est pas", "en": "The outline of Celles is not"}[lang]
    assert said in told


def test_an_older_map_has_its_portrait_without_today_s_boundaries():
    """And says how to make it again on that map."""
    older = portrait("59350", vintage=2019, lang="fr")
    parts = [section.html for section in sections(older)]
    assert older.maps().html == ""
    assert "232" in words_of(parts[0])  # 232,440 inhabitants in 2016
    assert "--vintage 2019" in words_of(parts[-1])
    assert "vintage=2019)" in words_of(parts[-1])
    assert "A absorbé" not in words_of(parts[0])


def test_data_can_be_taken_away():
    """The CSV of the page holds each value, in full precision, with its status."""
    nord = made("59", "departement", "fr")
    encoded = re.search(r"base64,([\w+/=]+)", nord.redo().html)[1]
    text = base64.b64decode(encoded).decode("utf-8-sig")
    assert text == nord.csv()
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["indicator"] == "population"]
    assert "2615635" in rows[0].values()
    assert len({row["indicator"] for row in csv.DictReader(io.StringIO(text))}) == len(
        nord.profile.readings
    )


# --- Hostile names --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile():
    """A pack in which every name, type and postcode is an attack."""
    pack = Pack(open_pack("france").folder)
    text = ["name", "postcodes", "type"]
    pack.territories.table[text] = HOSTILE
    return pack


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(("code", "level"), [("59", "departement"), ("59350", "commune")])
def test_a_hostile_name_is_only_text(hostile, code, level, lang):
    """In headings, sentences, tables, titles of areas, peers, attributes and links."""
    page = "".join(
        section.html for section in sections(portrait(code, level=level, lang=lang, pack=hostile))
    )
    assert HOSTILE in html.unescape(page)
    assert not re.search(r"<script|<img", page, re.IGNORECASE)
    assert not re.search(r"<[^>]*\sonerror=", re.sub(r'"[^"]*"', '""', page))


def test_what_one_commune_has_is_yes_or_no_and_the_others_a_share():
    """All the town halls of Aveyron give an e-mail address: 100 %, not yes."""
    section = portrait("12218", lang="fr").theme("services").html
    row = next(line for line in section.split("<tr>") if "courriel" in line and "wb-own" in line)
    cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
    assert cells[0] == "oui"
    assert cells[2].replace("\u202f", " ") == "100,0 %"
