"""What is broken in a pack is told with its place and the next step, never as a crash."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml

from workbench.core.errors import DeclarationError, PackInvalid
from workbench.packs.check import check_folder
from workbench.packs.pack import open_pack
from workbench.packs.tabulate import build_from_csv
from workbench.packs.writing import write_manifest, write_table

from .archipelago import ISLETS, TERRITORIES, archipelago, description, write_archipelago
from .tiny_country import counts, territories, write_country
from .tiny_country import description as tiny_description


def told(folder):
    """Return the problems of a folder and the steps that go with them."""
    wrong = [check for check in check_folder(folder) if not check.holds]
    assert all(check.step for check in wrong)
    return [problem for check in wrong for problem in check.problems]


def redeclared(folder, change):
    """Change what the pack.yml of a built archipelago says."""
    archipelago(folder)
    declared = description()
    change(declared)
    (folder / "pack.yml").write_text(yaml.safe_dump(declared, allow_unicode=True), "utf-8")
    return folder


def test_the_odd_country_is_sound(tmp_path):
    """All the rules hold whatever levels and codes are like."""
    archipelago(tmp_path / "q")
    checks = check_folder(tmp_path / "q")
    assert [check.problems for check in checks] == [()] * 18


# --- Declarations -----------------------------------------------------------------------------


def level(declared, name):
    """Return the declaration of a level."""
    return next(each for each in declared["levels"] if each["id"] == name)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(vintge=1), "pack.yml: unknown key 'vintge' (nearest: vintage, "),
        (lambda d: d.pop("country"), "pack.yml: 'country' is a required property"),
        (
            lambda d: d["sources"]["count"].pop("licence"),
            "pack.yml, sources, count: 'licence' is a required property",
        ),
        (
            lambda d: d["sources"]["count"].update(url="javascript:alert(1)"),
            "pack.yml, sources, count, url: 'javascript:alert(1)' does not match",
        ),
        (
            lambda d: level(d, "sea")["parents"].append("atoll"),
            "pack.yml, levels: atoll → sea → atoll hold each other; take one of these parents away",
        ),
        (
            lambda d: level(d, "sea")["parents"].append("sea"),
            "pack.yml, levels: sea → sea hold each other",
        ),
        (
            lambda d: d["levels"].reverse(),
            "pack.yml, levels, sea: list it before 'realm', which holds it",
        ),
        (
            lambda d: level(d, "islet")["parents"].append("attol"),
            "pack.yml, levels, islet, parents: level 'attol' is not declared (nearest: atoll",
        ),
        (
            lambda d: level(d, "islet").update(siblings="realms"),
            "pack.yml, levels, islet, siblings: 'realms' is no parent of it (nearest: realm",
        ),
        (
            lambda d: level(d, "islet").update(code="^["),
            "pack.yml, levels, islet, code: '^[' is no regular expression",
        ),
        (
            lambda d: level(d, "realm").update(role="region"),
            "pack.yml, levels: one level has the role country, and one only; found none",
        ),
        (
            lambda d: d.update(base_level="atoll"),
            "pack.yml, levels, atoll, role: the base level is 'middle'; write local",
        ),
        (
            lambda d: level(d, "islet")["names"].pop("fr"),
            "pack.yml, levels, islet, names: no noun in fr; add one, many, the and this",
        ),
        (
            lambda d: level(d, "islet")["names"]["fr"].update(within="dans {nom}"),
            "pack.yml, levels, islet, names, fr, within: {nom} has no meaning (choose from: ",
        ),
        (
            lambda d: d["sources"]["count"]["title"].pop("fr"),
            "pack.yml, sources, count, title: no text in fr; add it",
        ),
        (
            lambda d: d["variables"]["population"]["long_name"].pop("en"),
            "pack.yml, variables, population, long_name: no text in en; add it",
        ),
        (
            lambda d: d["other_names"]["ar"]["label"].pop("fr"),
            "pack.yml, other_names, ar, label: no text in fr; add it",
        ),
        (
            lambda d: d["languages"].append("ar"),
            "pack.yml, languages: no report is written in 'ar' (choose from: en, fr); names in "
            "another language go in other_names",
        ),
        (
            lambda d: d.update(vintages=[2020, 2024]),
            "pack.yml, vintage: 2020 is not the latest of vintages; write 2024",
        ),
        (
            lambda d: d.update(map_levels={"islet": "islets"}),
            "pack.yml, map_levels: level 'islets' is not declared (nearest: islet",
        ),
    ],
)
def test_a_wrong_declaration_is_told_where_it_is(tmp_path, change, said):
    """And the pack is refused when it is opened."""
    folder = redeclared(tmp_path / "q", change)
    assert any(problem.startswith(said) for problem in told(folder)), told(folder)
    with pytest.raises((DeclarationError, PackInvalid), match=r"^pack\.yml"):
        open_pack(str(folder))


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    """Not one error a run."""

    def change(declared):
        declared["sources"]["count"].pop("licence")
        declared["vintge"] = declared.pop("vintage")

    assert len(told(redeclared(tmp_path / "q", change))) == 3


def test_a_licence_that_is_not_known_names_the_nearest(tmp_path):
    """An identifier is what machines read."""
    folder = redeclared(tmp_path / "q", lambda d: d["sources"]["count"].update(licence="CC-BY-4.O"))
    (problem,) = told(folder)
    assert problem.startswith("pack.yml, sources, count, licence: Licence 'CC-BY-4.O' is not known")
    assert "nearest: CC-BY-4.0" in problem


def test_a_file_that_is_no_yaml_is_a_problem_and_not_a_crash(tmp_path):
    """With the line."""
    archipelago(tmp_path / "q")
    (tmp_path / "q" / "pack.yml").write_text("name: [", "utf-8")
    (problem,) = told(tmp_path / "q")
    assert "line 1" in problem


# --- Territories and figures ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"territories": TERRITORIES.replace("IS.2 b,Shoal", "IS.1 a,Shoal")},
            "islet 'IS.1 a' comes twice",
        ),
        ({"territories": TERRITORIES.replace("IS.2 b", "IS-2")}, r"islet 'IS-2' is not ^IS\.[0-9]"),
        (
            {"territories": TERRITORIES.replace("Shoal,,,AT-2", "Shoal,,,AT-9")},
            "islet IS.2 b: atoll 'AT-9' does not exist",
        ),
        (
            {"territories": TERRITORIES.replace("Shoal,,,AT-2", "Shoal,,,")},
            "islet IS.2 b is in 0 of them",
        ),
        ({"territories": TERRITORIES.replace("Shoal", "")}, "islet IS.2 b has no name"),
        ({"territories": TERRITORIES.replace("name_ar", "name_el")}, "column name_ar is missing"),
        ({"territories": TERRITORIES.replace("sea,S,", "see,S,")}, "sea has no territory"),
        (
            {"territories": TERRITORIES.replace("realm,Q.Q,", "realm,Z,").replace("Q.Q", "Z")},
            r"realm 'Z' is not ^Q\.Q$",
        ),
        ({"islet": ISLETS.replace("300", "310")}, "realm Q.Q, population@2020: 410, published 400"),
        ({"islet": ISLETS.replace("40", "50")}, "atoll AT-1, population@2020: 110, published 100"),
        (
            {"islet": ISLETS.replace("40", "42").replace("60", "58")},
            "islet IS.1 a, population@2020: 40 over its mooring, and 42 of its own",
        ),
        (
            {"islet": ISLETS.replace("population", "peple")},
            "population is declared and in no column of islet",
        ),
    ],
)
def test_tables_that_contradict_the_pack_are_told(tmp_path, files, said):
    """By level, code and figure."""
    folder = write_archipelago(tmp_path / "q", **files)
    build_from_csv(folder)
    assert any(problem.startswith(said) for problem in told(folder)), told(folder)


def test_a_code_that_could_not_be_a_page_is_refused(tmp_path):
    """A page is named after it: no slash leads out of the folder."""
    figures = ISLETS.replace("IS.2 b", "../b")
    pack = archipelago(
        tmp_path / "q", territories=TERRITORIES.replace("IS.2 b", "../b"), islet=figures
    )
    with pytest.raises(PackInvalid, match=r"row 8, code: found '\.\./b'.*Correct it"):
        len(pack.territories)


def test_a_table_that_is_missing_or_has_numbers_for_codes_is_told(tmp_path):
    """Before anything is read of it."""
    archipelago(tmp_path / "q")
    data = tmp_path / "q" / "data"
    write_table(pd.DataFrame({"code": [1, 2]}), data / "islet.parquet")
    (data / "territories.parquet").unlink()
    assert told(tmp_path / "q") == [
        "data/territories.parquet is missing",
        "data/islet.parquet, column 'code': int64, expected text",
    ]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"islet": ISLETS.replace("60", "6O")}, r"islet\.csv, row 3, column 'population@2020': "),
        ({"islet": ISLETS.replace("code,", "cod,")}, r"islet\.csv has no column 'code'; it has: "),
        ({"isle": ISLETS}, r"isle\.csv: 'isle' is no level of the pack; name the file after"),
        ({"islet": '"'}, r"islet\.csv: .*Write it as CSV"),
    ],
)
def test_a_csv_that_cannot_be_read_names_its_place(tmp_path, files, said):
    """File, row and column."""
    folder = write_archipelago(tmp_path / "q", **files)
    with pytest.raises(PackInvalid, match=said):
        build_from_csv(folder)


# --- Boundaries -------------------------------------------------------------------------------


def squares(shapes):
    """Make a boundaries table of rings given in degrees."""
    steps = {
        code: np.rint(np.asarray(ring) / 0.01).astype(np.int32) for code, ring in shapes.items()
    }
    deltas = [np.diff(s, axis=0, prepend=np.zeros((1, 2), np.int32)) for s in steps.values()]
    return pa.table(
        {
            "code": list(shapes),
            "rings": [[len(step)] for step in steps.values()],
            "lon": [delta[:, 0] for delta in deltas],
            "lat": [delta[:, 1] for delta in deltas],
            "grid": [0.01] * len(shapes),
        }
    )


def square(x, y, size=1.0):
    """Return a closed ring."""
    return [(x, y), (x, y + size), (x + size, y + size), (x + size, y), (x, y)]


def drawn(folder, towns, counties):
    """Give the tiny country its boundaries."""
    write_country(folder)
    for name, shapes in (("town", towns), ("county", counties)):
        write_table(squares(shapes), folder / "data" / f"boundaries_{name}_coarse.parquet")
    manifest = json.loads((folder / "data" / "manifest.json").read_text("utf-8"))
    write_manifest(folder / "data", manifest)
    return folder


TOWNS = {f"A-00{n}": square(n - 1, 0) for n in (1, 2, 3)} | {
    f"B-00{n}": square(n - 1, 1) for n in (1, 2, 3)
}
COUNTIES = {
    "A": [(0, 0), (0, 1), (3, 1), (3, 0), (0, 0)],
    "B": [(0, 1), (0, 2), (3, 2), (3, 1), (0, 1)],
}


def test_towns_that_tile_their_counties_are_sound(tmp_path):
    """Three squares make a rectangle."""
    assert told(drawn(tmp_path / "t", TOWNS, COUNTIES)) == []


@pytest.mark.parametrize(
    ("towns", "said"),
    [
        (
            {**TOWNS, "A-001": [(0, 0), (1, 1), (1, 0), (0, 1), (0, 0)]},
            "boundaries of town, A-001: a ring has no area",
        ),
        (
            {**TOWNS, "A-001": [(0, 0), (1, 1), (1, 0), (0, 0.5), (0, 0)]},
            "boundaries of town, A-001: a ring crosses itself",
        ),
        (
            {**TOWNS, "A-001": square(0, 0)[:-1]},
            "boundaries of town, A-001: a ring does not end where it begins",
        ),
        (
            {**TOWNS, "A-001": [(0, 0), (0, 1), (0, 0)]},
            "boundaries of town, A-001: a ring has fewer than 4 points",
        ),
        ({**TOWNS, "A-001": square(200, 0)}, "boundaries of town, A-001: a ring leaves the world"),
        ({**TOWNS, "C-001": square(0, 0)}, "boundaries of town: C-001 is no territory"),
        ({**TOWNS, "A-001": square(10, 0)}, "town A-001 lies outside its county A"),
        ({**TOWNS, "A-001": square(0, 0, 0.5)}, "county A: its town cover 75% of it"),
    ],
)
def test_a_wrong_boundary_is_told_with_its_territory(tmp_path, towns, said):
    """What does not close, crosses itself, or does not lie in its holder."""
    problems = told(drawn(tmp_path / "t", towns, COUNTIES))
    assert any(problem.startswith(said) for problem in problems), problems


def test_the_tiny_country_says_what_its_tables_say():
    """What the tests of boundaries stand on."""
    assert set(TOWNS) == set(counts()["code"])
    assert set(territories()["level"]) == {row["id"] for row in tiny_description()["levels"]}
