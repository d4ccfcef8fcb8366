"""What no schema knows is found: codes, points, names, addresses, dates, copies, totals."""

from __future__ import annotations

import pytest

LILLE = "3.06,50.63"


def test_what_is_right_is_told_and_nothing_else(checked):
    rows = f"59350,LILLE,{LILLE}\n01001,L Abergement Clemenciat,4.92,46.15\n"
    found = checked(f"insee,commune,lon,lat\n{rows}")
    assert found.groups == ()
    assert found.good == (
        "The file reads without difficulty: 4 columns, 2 rows.",
        "All the codes exist and are of the kind expected.",
        "All the points are in the commune that their code says.",
        "Names and codes are of the same places.",
        "No row comes twice.",
    )


@pytest.mark.parametrize(
    ("code", "rule", "repair", "aside"),
    [
        ("75001", "code_not_in_force", "postcode", 1),
        ("75114", "code_part", "75056", 0),
        ("1001", "code_damaged", "01001", 0),
        ("14697", "code_not_in_force", "14654", 0),
        ("59999", "code_unknown", "", 1),
        ("Lille 59", "code_malformed", "", 1),
    ],
)
def test_each_code_is_of_the_map(checked, code, rule, repair, aside):
    found = checked(f"code_insee,n\n59350,1\n{code},2\n69123,3\n13055,4\n2A004,5\n")
    (problem,) = found.problems
    assert (found.groups[0].rule, problem.row, problem.value) == (rule, 3, code)
    assert repair in problem.repair
    assert found.set_aside == aside


def test_a_postcode_serves_the_commune_of_its_row(checked, told):
    found = checked("insee,code_postal\n59350,59000\n59350,01400\n")
    assert told(found) == [("code_differs", 3, "code_postal", "01400")]
    assert found.set_aside == 0


@pytest.mark.parametrize(
    ("columns", "point", "rule"),
    [
        ("lon,lat", "3.06,50.63", ""),
        ("lon,lat", "50.63,3.06", "place_swapped"),
        ("lon,lat", "0,0", "place_zero"),
        ("Xlong,Ylat", "2.35,48.86", "place_elsewhere"),
        ("longitude,latitude", "-20,50", "place_outside"),
        ("lon,lat", "abc,50.63", "place_unread"),
        ("coordonneesXY", '"[3.06, 50.63]"', ""),
        ("coordonneesXY", '"[50.63, 3.06]"', "place_swapped"),
        ("geo_point_2d", '"50.63, 3.06"', ""),
        ("geo_point_2d", '"3.06, 50.63"', "place_swapped"),
    ],
)
def test_a_point_is_where_its_code_says(checked, columns, point, rule):
    found = checked(f"insee,{columns}\n59350,{point}\n")
    assert [group.rule for group in found.groups] == ([rule] if rule else [])
    assert found.set_aside == bool(rule)


def test_a_point_next_to_the_boundary_is_no_mistake(checked):
    """Lezennes begins a street from Lille: 300 m are those of a simplified boundary."""
    near = checked("insee,lon,lat\n59350,3.1035,50.6135\n")
    assert near.groups == ()


def test_without_codes_names_say_where(checked, told):
    text = "commune_nom,long,lat\nStrasbourg,7.75,48.58\nStrasbourg,2.35,48.86\n"
    assert [each[:2] for each in told(checked(text))] == [("place_elsewhere", 3)]


def test_names_and_addresses_agree_with_codes(checked, told):
    text = (
        "insee;commune;adresse\n"
        "59350;Lille;1 rue X 59000 Lille\n"
        "59350;Roubaix;1 rue X 59000 Lille\n"
        "75056;Paris 14e Arrondissement;3 rue de la Gare, 92300, Levallois\n"
        "42218;ST ETIENNE CEDEX 2;1 place X 42000 St-Etienne\n"
    )
    assert [each[:3] for each in told(checked(text))] == [
        ("name_differs", 3, "commune"),
        ("address_differs", 4, "adresse"),
    ]


def test_dates_are_plausible_and_in_order(checked, told):
    text = (
        "nom,date_debut,date_fin,date_maj\n"
        "a,2024-01-01,2024-02-01,2024-01-01\n"
        "b,2024-03-01,2024-02-01,2024-07-01\n"
        "c,1024-03-01,2090-01-01,\n"
    )
    assert [each[:3] for each in told(checked(text))] == [
        ("date_late", 3, "date_maj"),
        ("date_order", 3, "date_fin"),
        ("date_early", 4, "date_debut"),
        ("date_late", 4, "date_fin"),
    ]


def test_copies_and_totals_are_told(checked, told):
    text = "nom,n\na,1\nb,2\na,1\nTotal,9\n"
    found = checked(text)
    assert told(found) == [
        ("row_twice", 4, "", "a"),
        ("total_differs", 5, "n", "9"),
        ("total_row", 5, "", "Total"),
    ]
    assert (found.rows, found.set_aside) == (4, 0)
    assert [group.rule for group in checked(text.replace("9", "4")).groups] == [
        "row_twice",
        "total_row",
    ]


def test_rows_that_cannot_be_read_are_set_aside_and_counted(checked):
    rows = "".join(f"ville {n},7\n" for n in range(20))
    found = checked(f"nom,n\n{rows}x\ny,1\n")
    assert (found.rows, found.set_aside, found.lines) == (22, 1, (22,))
    assert found.errors == 1


def test_a_file_that_is_mostly_wrong_is_told_all_the_same(checked, told):
    """Loading refuses it; a check says where, and keeps what is surely repaired."""
    found = checked("code_insee,n\n1001,1\n1002,2\n59350,3\n")
    assert [each[:2] for each in told(found)] == [("code_damaged", 2), ("code_damaged", 3)]
    assert found.set_aside == 0


def test_lines_are_those_of_the_file(checked, told):
    """A blank line and a cell of two lines come before."""
    text = 'insee,nom\n59350,"a\nb"\n\n59999,c\n'
    assert [each[:2] for each in told(checked(text))] == [("code_unknown", 5)]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_reason_is_said_in_both_languages(checked, lang):
    found = checked("insee,lon,lat\n75001,7.48,48.34\n", lang=lang)
    reasons = [each.reason for each in found.problems]
    assert all(reasons)
    assert ("est à Epfig" in " ".join(reasons)) is (lang == "fr")


def test_the_official_example_is_not_valid(official_data):
    """Its commune code is a postcode, and its Paris address has a point in Alsace."""
    from datetime import date

    from workbench.loaders.checking.run import check, find_schema

    folder = official_data / "irve" / "statique"
    found = check(
        str(folder / "exemple-valide-statique.csv"),
        schema=find_schema(str(folder / "schema-statique.json")),
        today=date(2024, 6, 1),
        lang="fr",
    )
    assert [(group.rule, group.count) for group in found.groups] == [
        ("code_other_kind", 2),
        ("place_elsewhere", 2),
    ]
    assert "Toutes les valeurs suivent le schéma." in found.good


def test_official_grants_that_are_wrong_are_located(official_data, told):
    from datetime import date

    from workbench.loaders.checking.run import check, find_schema

    folder = official_data / "scdl_subventions"
    found = check(
        str(folder / "exemples" / "exemple_invalide_erreurs_cellules.csv"),
        schema=find_schema(str(folder / "schema.json")),
        today=date(2024, 6, 1),
        lang="en",
    )
    listed = told(found)
    for expected in (
        ("type_date", 5, "dateConvention", "05/12/2016"),
        ("type_number", 6, "montant", "100000,1"),
        ("enum", 6, "notificationUE", "no"),
        ("siret_form", 6, "idBeneficiaire", "32402138500000.0"),
        ("one_of", 9, "idBeneficiaire, rnaBeneficiaire", ""),
    ):
        assert expected in listed


def test_every_official_schema_of_rows_is_read(official_data):
    import json

    from workbench.loaders.checking.schema import read_schema

    count = 0
    for path in sorted(official_data.rglob("*.json")):
        content = json.loads(path.read_bytes())
        if isinstance(content, dict) and isinstance(content.get("fields"), list):
            assert read_schema(path).fields, path
            count += 1
    assert count > 20
