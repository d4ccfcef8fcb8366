"""``workbench disclosure``: the attack, the scan, and the look for persons, as a user runs them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from .running import Ended

TRUE = {
    "place": ["all", "a", "b", "c"],
    "sales": ["60", "5", "25", "30"],
    "firms": ["12", "2", "4", "6"],
    "top": ["20", "3", "9", "9"],
}


def write(path: Path, **columns: list[str]) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


@pytest.fixture
def true(tmp_path: Path) -> Path:
    return write(tmp_path / "true.csv", **TRUE)


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """Primary suppression alone: 60 − 25 − 30 gives the hidden cell back."""
    return write(tmp_path / "shown.csv", place=TRUE["place"], sales=["60", "s", "25", "30"])


@pytest.fixture
def safe(tmp_path: Path) -> Path:
    return write(tmp_path / "safe.csv", place=TRUE["place"], sales=["60", "s", "s", "30"])


def audit(workbench, *words: object) -> Ended:
    return workbench(
        "disclosure", "audit", *words, "-k", "place", "-v", "sales", "--total", "place=all"
    )


def test_primary_suppression_alone_is_found_out(workbench, shown: Path) -> None:
    ended = audit(workbench, shown)
    assert ended.code == 1
    assert "found exactly" in ended.out
    assert "1 hidden cell attacked: 1 found exactly, 1 known to within 10%." in ended.out
    told = audit(workbench, shown, "--json").json
    assert told["cells"] == [{"cell": "a", "least": 5, "greatest": 5, "under": True, "exact": True}]


def test_what_is_safe_ends_well(workbench, safe: Path) -> None:
    ended = audit(workbench, safe, "--lang", "fr")
    assert ended.code == 0
    found = "2 cellules masquées attaquées\u00a0: 0 trouvée exactement, "
    assert ended.out.strip() == f"{found}0 connue à moins de 10\u202f% près."


def test_parquet_and_csv_are_attacked_together(workbench, safe: Path, tmp_path: Path) -> None:
    """A second table, of zones, gives both cells away."""
    zones = tmp_path / "zones.parquet"
    pd.DataFrame({"place": ["zone"], "sales": [55.0]}).to_parquet(zones)
    (tmp_path / "tree.csv").write_text("part,total\nb,zone\nc,zone\n", "utf-8")
    (tmp_path / "all.csv").write_text("part,total\na,all\nb,all\nc,all\n", "utf-8")
    trees = [f"--tree=place={tmp_path / name}" for name in ("tree.csv", "all.csv")]
    ended = workbench(
        "disclosure", "audit", safe, zones, "-k", "place", "-v", "sales", *trees, "--json"
    )
    assert ended.code == 1
    assert {cell["cell"]: cell["least"] for cell in ended.json["cells"]} == {"a": 5, "b": 25}


def test_a_rate_is_published_too(workbench, tmp_path: Path) -> None:
    file = write(
        tmp_path / "rates.csv",
        place=TRUE["place"],
        sales=["60", "s", "s", "30"],
        mean=["5.0", "2.5", "6.3", "5.0"],
        firms=TRUE["firms"],
    )
    assert audit(workbench, file).code == 0
    ended = audit(workbench, file, "--rate", "mean*firms", "--json")
    assert (ended.code, ended.json["under"]) == (1, 2)


def test_the_truth_brings_insiders_and_rules(workbench, safe: Path, true: Path) -> None:
    words = ["--truth", true, "--rule", "enterprises", "--counts", "firms", "--largest", "top"]
    assert audit(workbench, safe, *words).code == 0
    alone = {**TRUE, "firms": ["8", "1", "1", "6"], "top": ["25", "5", "25", "9"]}
    write(true, **alone)
    ended = audit(workbench, safe, *words)
    assert ended.code == 1
    assert "2 known to within 10%" in ended.out


def test_territories_are_those_of_the_pack(workbench, tmp_path: Path) -> None:
    """The hidden département is what the région leaves."""
    file = write(
        tmp_path / "t.csv",
        level=["region", *["departement"] * 4],
        place=["53", "22", "29", "35", "56"],
        sales=["100", "20", "s", "25", "25"],
    )
    words = ["-k", "place", "-v", "sales", "--territory", "place", "--level", "level"]
    ended = workbench("disclosure", "audit", file, *words, "--json")
    assert ended.json["cells"][0]["cell"] == "departement 29"
    assert ended.json["cells"][0]["least"] == 30


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--total", "plac=all"], "--total plac: it is not one of the keys; nearest: place"),
        (["--total", "place=al"], "no such position; nearest: all"),
        (["--total", "place"], "KEY=VALUE was expected"),
        (["--rate", "mean"], "RATE*OF or RATE*OF/UNIT was expected"),
        (["--rate", "a*b/0"], "the unit '0' is no number above 0"),
        (["--truth", "true.csv"], "--truth goes with one table, --rule"),
        (["--tree", "place=no.csv"], "There is no file no.csv"),
    ],
)
def test_a_wrong_question_is_answered(workbench, shown: Path, words: list[str], told: str) -> None:
    ended = workbench("disclosure", "audit", shown, "-k", "place", "-v", "sales", *words)
    assert ended.code == 2
    assert told in ended.err.replace("\n", " ")


def test_a_column_that_is_not_there_is_named(workbench, shown: Path) -> None:
    ended = workbench("disclosure", "audit", shown, "-k", "place", "-v", "sale")
    assert (ended.code, "no column 'sale' (nearest: sales)" in ended.err) == (2, True)


def test_leaks_are_found_in_a_folder(workbench, true: Path, safe: Path, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.html").write_text("<p title='a: 5'>a: s</p>", "utf-8")
    words = ["--truth", true, "--published", safe, "-k", "place", "-v", "sales"]
    ended = workbench("disclosure", "scan", pages, *words)
    assert ended.code == 1
    assert "p title" in ended.out
    assert "2 hidden figures looked for: 1 leak." in ended.out
    (pages / "index.html").write_text("<p>a: s</p>", "utf-8")
    assert workbench("disclosure", "scan", pages, *words).code == 0


def test_persons_are_looked_for(workbench, tmp_path: Path) -> None:
    file = write(
        tmp_path / "survey.csv",
        prenom=["Camille", "Alix", "Lou", "Noa"],
        age=["30", "31", "44", "47"],
        commune=["59350", "59350", "62041", "62041"],
    )
    ended = workbench(
        "disclosure", "persons", file, "--quasi", "age:10", "--quasi", "commune:2", "-k", 2
    )
    assert ended.code == 1
    assert "Column prenom may hold names of persons" in ended.out
    assert "4 records are exposed" in ended.out
    assert "Proposal: age: 30–39, commune: 59350" in ended.out
    bad = workbench("disclosure", "persons", file, "--quasi", "agee")
    assert (bad.code, "nearest: age" in bad.err) == (2, True)
    pd.DataFrame({"n": [1, 2]}).to_csv(file, index=False)
    assert workbench("disclosure", "persons", file).code == 0
