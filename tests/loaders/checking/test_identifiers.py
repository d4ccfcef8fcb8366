"""The identifiers of addresses are of their shape, and say what their row does."""

from __future__ import annotations

import pytest

from workbench.loaders.checking.identifiers import key_fault

HEAD = "cle_interop;commune_insee;commune_nom;voie_nom;numero;suffixe;long;lat\n"
PLACE = "31591;Escoulis;Rue des 3 Places"
A, B, C = (f"{n}246e48c-f33d-433a-8984-034219be842e" for n in (0, 1, 2))
IDS = "id_ban_commune;id_ban_toponyme;id_ban_adresse;commune_insee;numero\n"


def bal_rules(found):
    """List what a check found of identifiers."""
    return [
        (group.rule, each.row)
        for group in found.groups
        for each in group.problems
        if group.rule.startswith("bal_")
    ]


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("31591_xxxx_00009", (False, "")),
        ("31591_0040_00009_bis", (False, "")),
        ("2A004_0040_00009_bis_a", (False, "")),
        ("01001_a7q1zt_00165", (False, "")),
        ("35001_0010_00005_BIS", (False, "")),
        ("67482_0340_43", (True, "67482_0340_00043")),
        ("67482_5740_8_BIS", (True, "67482_5740_00008_BIS")),
        ("A7482_6956_00011", (True, "")),
        ("35001_XX0010X_00003", (True, "")),
        ("7482_6956_00011", (True, "")),
        ("31591_xxxx", (True, "")),
        ("31591_xxxx_000009", (True, "")),
        ("31591-xxxx-00009", (True, "")),
    ],
)
def test_a_key_is_commune_street_and_number(key, fault):
    assert key_fault(key) == fault


def test_a_key_of_another_shape_is_told_with_what_it_should_be(checked):
    found = checked(f"{HEAD}31591_0040_9;{PLACE};9;;1.028;43.111\n")
    (problem,) = found.problems
    assert (problem.row, problem.column, problem.fatal) == (2, "cle_interop", False)
    assert problem.repair == "Write “31591_0040_00009”."


@pytest.mark.parametrize(
    ("key", "number", "suffix", "rules"),
    [
        ("31591_0040_00009", "9", "", []),
        ("31591_0040_00009_bis", "9", "bis", []),
        ("31591_0040_00009_bis", "9", "BIS", []),
        ("", "9", "", []),
        ("31592_0040_00009", "9", "", ["bal_key_differs"]),
        ("31591_0040_00010", "9", "", ["bal_key_differs"]),
        ("31591_0040_00009", "9", "bis", ["bal_key_differs"]),
        ("31591_0040_00009_bis", "9", "", ["bal_key_differs"]),
    ],
)
def test_a_key_says_what_its_row_does(checked, key, number, suffix, rules):
    found = checked(f"{HEAD}{key};{PLACE};{number};{suffix};1.028;43.111\n")
    assert bal_rules(found) == [(rule, 2) for rule in rules]
    assert found.set_aside == 0


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (f"@c:{A} @v:{B} @a:{C}", []),
        (f"@c:{A} @v:{B}", []),
        ("", []),
        ("an identifier of our own", []),
        (f"@c:{A} @v:{B} @a:{C[:-2]}", ["bal_uid"]),
        (f"@c:{A} @x:{B}", ["bal_uid"]),
        (f"@v:{B} @a:{C}", ["bal_uid_part"]),
    ],
)
def test_an_identifier_in_parts_has_them_all(checked, text, rules):
    found = checked(f"uid_adresse;commune_insee\n{text};31591\n")
    assert bal_rules(found) == [(rule, 2) for rule in rules]


@pytest.mark.parametrize(
    ("ids", "number", "rules"),
    [
        ((A, B, C), "9", []),
        ((A, B, ""), "99999", []),
        (("", "", ""), "9", []),
        ((A, B, C[:-2]), "9", ["bal_uuid"]),
        (("", B, C), "9", ["bal_ids_part"]),
        ((A, "", ""), "9", ["bal_ids_part"]),
        ((A, B, ""), "9", ["bal_ids_part"]),
        ((A, A, C), "9", ["bal_ids_same"]),
    ],
)
def test_three_identifiers_go_together(checked, ids, number, rules):
    found = checked(f"{IDS}{';'.join(ids)};31591;{number}\n")
    assert bal_rules(found) == [(rule, 2) for rule in rules]


def test_all_rows_have_identifiers_or_none_has(checked):
    found = checked(f"{IDS}{A};{B};{C};31591;9\n;;;31591;11\n")
    assert bal_rules(found) == [("bal_ids_lack", 3)]


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("1.4/data/1.4-valid.csv", set()),
        ("1.4/data/1.3-valid-uid_adresse.csv", set()),
        ("1.5/data/1.5-valid.csv", set()),
        ("1.4/data/1.3-invalid-uid_adresse.csv", {"bal_uid"}),
        ("1.4/data/1.3-incoherent-uid_adresse.csv", {"bal_uid_part"}),
        ("1.4/data/1.4-bad-id-ban-adresse.csv", {"bal_uuid"}),
        ("1.4/data/1.4-bad-dependance-id-ban.csv", {"bal_ids_part"}),
        ("1.4/data/1.4-incoherent-dependance-id-ban.csv", {"bal_ids_part"}),
        ("1.4/data/1.4-incoherent-id-ban.csv", {"bal_ids_same"}),
        ("1.4/data/1.4-no-ids-ban-every.csv", {"bal_ids_lack"}),
        ("data/sample.csv", {"bal_key", "bal_key_differs"}),
    ],
)
def test_real_files_are_told_as_their_names_say(checked, official_data, name, rules):
    path = official_data / "bal/lib/validate/__tests__" / name
    found = checked(path.read_bytes())
    assert {rule for rule, _ in bal_rules(found)} == rules
