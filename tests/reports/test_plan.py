"""A plan lists its reports, and finds every mistake before the first one starts."""

from __future__ import annotations

import pytest

from workbench.core.errors import DeclarationError, LevelUnknown, ParameterError
from workbench.packs.pack import open_pack
from workbench.reports.plan import make_plan, territories_of
from workbench.reports.templates import find_template

from .tiny_templates import plan_of, template


def test_one_report_a_language_and_territory(tmp_path, france):
    """The first language whole, then the next."""
    plan = plan_of(template(tmp_path), france, tmp_path, "59", "01", languages=("fr", "en"))
    assert [job.page for job in plan.jobs] == [
        "departement/59.fr.html",
        "departement/01.fr.html",
        "departement/59.en.html",
        "departement/01.en.html",
    ]


@pytest.mark.parametrize(
    ("code", "level", "lang", "title", "subtitle"),
    [
        ("59", "departement", "fr", "Portrait du Nord", "Département 59, Hauts-de-France"),
        ("01", "departement", "fr", "Portrait de l’Ain", "Département 01, Auvergne-Rhône-Alpes"),
        ("76351", "commune", "fr", "Portrait du Havre", "Commune 76351, Le Havre Seine Métropole"),
        ("59", "departement", "en", "Portrait of the Nord département", "Département 59, Hauts"),
        ("FR", "country", "fr", "Portrait de la France", "Pays FR"),
        ("98818", "commune", "en", "Portrait of Nouméa", "Commune 98818"),
    ],
)
def test_title_and_subtitle(tmp_path, france, code, level, lang, title, subtitle):
    """In good French and English; the subtitle says what it is and where."""
    place = france.territory(code, level)
    plan = make_plan(
        find_template("portrait"),
        france,
        territories=[place],
        folder=tmp_path,
        languages=(lang,),
    )
    (job,) = plan.jobs
    assert title == job.title.replace("'", "’")
    assert job.subtitle.replace("CU ", "").replace("CA ", "").startswith(subtitle)


def test_a_template_takes_what_it_declares_of_what_the_run_knows(tmp_path, france):
    """The portrait takes the pack, the map, the level; a smaller one takes two."""
    small = plan_of(template(tmp_path), france, tmp_path, "01").jobs[0]
    assert small.parameters == {"territory": "01", "lang": "fr"}
    whole = plan_of(find_template("portrait"), france, tmp_path, "01").jobs[0]
    assert dict(whole.parameters) == {
        "lang": "fr",
        "level": "departement",
        "pack": "france",
        "territory": "01",
        "vintage": 2026,
    }


def test_an_older_map_is_passed_on(tmp_path):
    """A portrait of 2022 is made from the map of 2022."""
    older = open_pack("france", vintage=2022)
    job = plan_of(find_template("portrait"), older, tmp_path, "59").jobs[0]
    assert job.parameters["vintage"] == 2022


def test_a_territory_asked_for_twice_has_one_report(tmp_path, france):
    """Two processes never write one page."""
    plan = plan_of(template(tmp_path), france, tmp_path, "59", "59", languages=("fr", "fr"))
    assert [job.page for job in plan.jobs] == ["departement/59.fr.html"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"teritory": "59"}, r"'teritory' is not declared by the template \(nearest: territory\)"),
        ({"x; import os": "59"}, "is not a plain identifier"),
        ({"lang": "de"}, "'lang' is set for each report of the plan"),
    ],
)
def test_a_wrong_parameter_stops_the_plan(tmp_path, france, given, said):
    """Nothing has been written yet."""
    folder = tmp_path / "out"
    with pytest.raises(ParameterError, match=said):
        plan_of(template(tmp_path), france, folder, "59", given=given)
    assert not folder.exists()


def test_a_language_that_the_pack_lacks_stops_the_plan(tmp_path, france):
    """With those it has."""
    with pytest.raises(ParameterError, match=r"Language 'de' is not one of pack france \(choose"):
        plan_of(template(tmp_path), france, tmp_path, "59", languages=("de",))


def test_a_language_that_the_title_lacks_stops_the_plan(tmp_path, france):
    """A template may be in one language only."""
    own = template(tmp_path, title={"fr": "Essai"})
    with pytest.raises(DeclarationError, match="title has no text in 'en'"):
        plan_of(own, france, tmp_path, "59", languages=("fr", "en"))


def test_a_level_that_the_template_does_not_do_stops_the_plan(tmp_path, france):
    """It says which ones it does."""
    own = template(tmp_path, levels=["commune", "epci"])
    with pytest.raises(LevelUnknown, match="no report of a departement; it makes those of: comm"):
        plan_of(own, france, tmp_path, "59")


def test_whole_levels_are_listed_in_the_order_of_codes(france):
    """Levels in the order asked for."""
    places = territories_of(france, ["country", "region"])
    assert [place.code for place in places][:4] == ["FR", "01", "02", "03"]
    assert len(places) == 19


def test_a_level_without_boundaries_or_unknown(france):
    """IRIS exist on the latest map only."""
    with pytest.raises(LevelUnknown, match=r"Level 'regions' is not in pack france \(nearest: reg"):
        territories_of(france, ["regions"])
    with pytest.raises(LevelUnknown, match="Level 'iris' is not in pack france"):
        territories_of(open_pack("france", vintage=2022), ["iris"])
