"""A portrait tells any territory of the pack, with figures that anyone can work out again."""

from __future__ import annotations

import base64
import csv
import html
import io
import re
from functools import cache

import numpy as np
import pytest

from workbench.core.types import Status
from workbench.packs.pack import Pack, open_pack
from workbench.reports.portrait.portrait import Portrait, portrait, sections

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


@cache
def made(code: str, level: str, lang: str) -> Portrait:
    return portrait(code, level=level, lang=lang)


@cache
def told(code: str, level: str, lang: str) -> tuple[str, ...]:
    """Give the HTML of the sections, in the order of the template."""
    return tuple(section.html for section in sections(made(code, level, lang)))


def words_of(fragment: str) -> str:
    """Take the words out of a fragment of HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", fragment)).split(" ")).strip()


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
    titles = re.findall(r"<h2>(.*?)</h2>", page.replace("&#x27;", "’").replace("'", "’"))
    assert titles[:2] == first
    assert len(titles) == len(set(titles)) >= 7
    for tag in ("table", "svg", "section", "ul", "dl"):
        assert page.count(f"<{tag}") == page.count(f"</{tag}>"), tag


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(("code", "level"), TERRITORIES)
def test_a_number_in_a_sentence_is_in_its_table(code, level, lang):
    """Or is the difference of two numbers of one of its rows, a year or the size of a ranking."""
    for theme in made(code, level, lang).themes():
        fragment = made(code, level, lang).theme(theme.id).html
        rows = [numbers_in(row, lang) for row in re.findall(r"<tr>.*?</tr>", fragment, re.DOTALL)]
        captions = numbers_in(" ".join(re.findall(r"<caption>.*?</caption>", fragment)), lang)
        shown = {number for row in rows for number in row} | set(captions)
        prose = re.sub(r"<(figure|div|details)\b.*", "", fragment, flags=re.DOTALL)
        for number in numbers_in(re.sub(r"<h2>.*?</h2>", "", prose), lang):
            bare = number.lstrip("-")
            assert {number, bare, f"+{bare}", f"-{bare}"} & shown or any(
                differs(bare, row) for row in rows
            ), (theme.id, number)


def differs(number: str, row: list[str]) -> bool:
    """Tell whether a number is the gap between two of a row, to the last digit written."""
    values = np.array([float(text) for text in row if text != "-"])
    tolerance = 1.01 * 10.0 ** -len(number.partition(".")[2])
    gaps = np.abs(values[:, None] - values[None, :])
    return bool((np.abs(gaps - float(number)) <= tolerance).any())


# --- Figures worked out again ---------------------------------------------------------------------


def gini(values):
    """Measure inequality from the definition: half the mean difference over the mean."""
    return np.abs(values[:, None] - values[None, :]).mean() / (2 * values.mean())


def expected_of(rows):
    """Work out some indicators from the raw columns of the communes, with plain pandas."""
    people, summed = rows["population@2023"], rows.sum(numeric_only=True)
    known = rows[rows["town_halls_hours_known@2026"] == 1]
    return {
        "population": people.sum(),
        "population_change_relative": 100 * (people.sum() / rows["population@2016"].sum() - 1),
        "population_density": people.sum() / rows["area_km2"].sum(),
        "share_65_plus": 100 * summed["age_65_plus@2021"] / summed["census_population@2021"],
        "ageing_index": 100 * summed["age_65_plus@2021"] / summed["age_0_19@2021"],
        "share_vacant_dwellings": 100 * summed["vacant_dwellings@2021"] / summed["dwellings@2021"],
        "share_women_councillors": 100
        * summed["councillors_women@2026"]
        / summed["councillors@2026"],
        "mean_age_councillors": summed["councillors_age_sum@2026"]
        / summed["councillors_age_known@2026"],
        "weekly_hours": known["opening_minutes@2026"].mean() / 60,
        "share_https": 100 * summed["town_halls_https@2026"] / summed["town_halls_website@2026"],
        "communes": float(len(rows)),
        "share_communes_under_500": 100 * (people < 500).mean(),
        "median_commune_population": people.median(),
        "share_largest_commune": 100 * people.max() / people.sum(),
        "share_population_under_2000": 100 * people[people < 2000].sum() / people.sum(),
    }


@pytest.mark.parametrize(
    ("code", "level"), [("59", "departement"), ("200093201", "epci"), ("15", "departement")]
)
def test_figures_are_those_of_plain_pandas(communes, code, level):
    """Sums and ratios of sums, never means of ratios."""
    rows = communes[communes[level] == code]
    readings = made(code, level, "fr").profile.readings
    expected = expected_of(rows)
    found = {name: readings[name].value.value for name in expected}
    assert expected == pytest.approx(found, rel=1e-9)
    assert gini(rows["population@2023"].to_numpy(float)) == pytest.approx(
        readings["gini_communes"].value.value, rel=1e-9
    )


def test_figures_of_a_region_and_of_the_country(communes):
    """Through two and four levels; the country is the 101 départements."""
    inside = communes[communes["country"] == "FR"]
    for code, level, rows in (
        ("32", "region", inside[inside["region"] == "32"]),
        ("FR", "country", inside),
    ):
        readings = made(code, level, "fr").profile.readings
        expected = expected_of(rows)
        # Mayotte has no change: it is left out of both ends of France's.
        moving = rows[rows["departement"] != "976"]
        expected.pop("population_change_relative")
        assert expected == pytest.approx({k: readings[k].value.value for k in expected}, rel=1e-9)
        change = readings["population_change"].value.value
        assert change == pytest.approx(
            moving["population@2023"].sum() - moving["population@2016"].sum()
        )


def test_rank_among_departements(communes):
    """The Nord is the most populated of 101, the second densest of its region's five."""
    people = communes[communes["country"] == "FR"].groupby("departement")["population@2023"].sum()
    national, sibling = made("59", "departement", "fr").profile.readings["population"].positions
    assert (people.rank(ascending=False)["59"], len(people)) == (national.rank, national.of)
    inside = people[["02", "59", "60", "62", "80"]].rank(ascending=False)
    assert (inside["59"], 5) == (sibling.rank, sibling.of)


def test_references_go_from_the_nearest_to_the_country():
    """EPCI, département, région, France."""
    found = [place.code for place in made("59350", "commune", "fr").profile.references]
    assert found == ["200093201", "59", "32", "FR"]
    assert made("FR", "country", "fr").profile.references == ()


# --- What is special ----------------------------------------------------------------------------


def test_mayotte_has_no_change_and_says_why_figures_are_absent():
    """Its census of 2017 stands for every year; the census of 2021 does not cover it."""
    mayotte = made("976", "departement", "fr")
    readings = mayotte.profile.readings
    assert readings["population"].value.value == 256_518
    for name in ("population", "population_density", "median_commune_population"):
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
    assert nord.maps().html.count("<title>") >= 647
    assert "Lille" in lille.maps().html
    country = words_of(made("FR", "country", "fr").maps().html)
    for inset in ("Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte"):
        assert inset in country
    assert made("593500101", "iris", "fr").maps().html == ""


def test_an_older_map_has_its_portrait_without_today_s_boundaries():
    """And says how to make it again on that map."""
    older = portrait("59350", vintage=2019, lang="fr")
    parts = [section.html for section in sections(older)]
    assert older.maps().html == ""
    assert "232" in words_of(parts[0])  # 232,440 inhabitants in 2016
    assert "--vintage 2019" in words_of(parts[-1])
    assert "vintage=2019)" in words_of(parts[-1])
    assert "Anciennes communes" not in words_of(parts[0])


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
