"""The members of a group are told, in both languages, as text and as JSON."""

from __future__ import annotations

import pytest


def test_the_metropole_of_lille_is_told_from_map_to_map(workbench):
    """It took in the five communes of Haute-Deûle, with a new code."""
    lines = workbench("territories", "members", "200093201").out.splitlines()
    assert lines[0] == "Métropole Européenne de Lille (EPCI 200093201)"
    assert lines[2].split() == [
        *("Carte", "de", "2019", "90", "communes,", "sous", "le", "nom", "de"),
        *("Métropole", "Européenne", "de", "Lille", "(245900410)"),
    ]
    assert lines[3].strip().endswith("Nouveau code, 200093201, après 245900410")
    assert "Arrivée de 5 communes de la communauté de communes de la Haute Deûle" in lines[4]
    assert "Carnin et Provin" in lines[4]
    assert lines[5].split() == ["Cartes", "de", "2021", "à", "2026", "95", "communes"]
    assert "La carte de 2026 reprend les membres des EPCI de 2025" in lines[8]
    assert lines[-1] == (
        "De 2016 à 2023, +51\u202f662\xa0habitants\xa0: +24\u202f412\xa0habitants par le "
        "changement de périmètre et +27\u202f250\xa0habitants à périmètre constant."
    )


def test_a_program_reads_all_of_it(workbench):
    told = workbench("territories", "members", "200093201", "--json", "--lang", "en").json
    assert [step["members"] for step in told["line"]] == [90, 95, 95, 95, 95, 95, 95]
    assert len(told["members"]) == 95
    assert [change["kind"] for change in told["changes"]] == ["recoded", "joined"]
    assert {m["name"] for m in told["changes"][1]["members"]} == {
        *("Allennes-les-Marais", "Annœullin", "Bauvin", "Carnin", "Provin"),
    }
    assert told["population"][0]["then"] == 1143572
    assert told["growth"]["by_annexation"] == 24412
    assert "The 2026 map keeps the EPCI members of 2025" in told["caveats"][1]


def test_the_members_of_an_older_map_are_listed(workbench):
    out = workbench("territories", "members", "200093201", "--at", 2019, "--lang", "en").out
    assert "Members on the map of 2019" in out
    assert "Provin (59477)" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["59350"], "is a commune (Lille), no ept or epci. Ask for what holds it: 200093201."),
        (["200093202"], "nearest: 200093201"),
        (["200093201", "--at", 2020], "There is no map of 2020; there are those of 2019, 2021"),
        (["200093201", "--lang", "de"], "'de' is not spoken here"),
    ],
)
def test_what_cannot_be_told_ends_with_2(workbench, words, said):
    ended = workbench("territories", "members", *words)
    assert ended.code == 2
    assert said in ended.err


def test_a_country_without_groups_says_so(workbench, tiny):
    ended = workbench("territories", "members", "A", "--pack", tiny)
    assert ended.code == 2
    assert "Pack tiny has no group of town" in ended.err
