"""A page says how it was made and where to go back to, whatever the day and the machine."""

from __future__ import annotations

import hashlib
import shlex

from workbench.reports.footing import command_of, edition_of, footer_of, making_of, template_mark
from workbench.reports.plan import make_plan
from workbench.reports.templates import find_template

from .tiny_templates import plan_of, template

GALLERIES = {"fr": "index.html", "en": "index.en.html"}


def portraits(france, tmp_path, *codes, languages=("fr",)):
    territories = [france.territory(code, level) for level, code in codes]
    return make_plan(
        find_template("portrait"),
        france,
        territories=territories,
        folder=tmp_path,
        languages=languages,
    )


def test_the_template_is_named_with_the_hash_of_its_file(tmp_path):
    made = template(tmp_path, "1")
    digest = hashlib.sha256(made.path.read_bytes()).hexdigest()
    assert template_mark(made) == f"trial {digest[:8]}"


def test_nothing_of_the_making_depends_on_the_day(france, tmp_path):
    making = making_of(portraits(france, tmp_path, ("region", "32")))
    assert list(making) == ["template", "version", "pack", "edition"]
    assert making["pack"] == "france 2026"
    assert making["edition"] == edition_of(france)


def test_links_lead_to_the_gallery_then_to_the_parents_of_the_same_run(france, tmp_path):
    plan = portraits(france, tmp_path, ("country", "FR"), ("departement", "59"))
    _, links = footer_of(plan, GALLERIES)(plan.jobs[1])
    assert links == [
        {"label": "Tous les rapports", "href": "../index.html"},
        {"label": "France", "href": "../country/FR.fr.html"},
    ]


def test_links_stay_in_the_language(france, tmp_path):
    plan = portraits(
        france, tmp_path, ("region", "32"), ("departement", "59"), languages=("fr", "en")
    )
    _, links = footer_of(plan, GALLERIES)(plan.jobs[3])
    assert [link["href"] for link in links] == ["../index.en.html", "../region/32.en.html"]


def test_the_command_makes_the_one_report_again(france, tmp_path):
    plan = portraits(france, tmp_path, ("departement", "2A"))
    assert command_of(plan, plan.jobs[0]) == (
        "workbench report portrait --territory 2A --level departement --lang fr"
    )


def test_the_command_names_a_template_of_ones_own_and_its_parameters(france, tmp_path):
    declared = {
        "territory": {"type": "text", "required": True},
        "note": {"type": "text", "default": ""},
    }
    made = template(tmp_path, "1", parameters=declared)
    plan = plan_of(made, france, tmp_path, "59", given={"note": "a b"})
    words = shlex.split(command_of(plan, plan.jobs[0]))
    assert words[2] == str(made.path)
    assert words[-2:] == ["-p", "note=a b"]
