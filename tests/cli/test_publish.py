"""``workbench publish`` and ``workbench catalog``, as a user types them."""

from __future__ import annotations

import json

import pytest

from ..publishing.fake_portal import TOKEN, running

SALES = "code,label,sales\n01001,a,5\n02A04,=1+1,7\n"
ABOUT = """title: {fr: Ventes, en: Sales}
publisher: {name: Ville}
date: 2024-03-01
licence: etalab-2.0
key: [code]
"""


@pytest.fixture
def sales(tmp_path, monkeypatch):
    """Write a table and what its publisher says of it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("WORKBENCH_PORTAL_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sales.csv").write_text(SALES, "utf-8")
    (tmp_path / "sales.yml").write_text(ABOUT, "utf-8")
    return tmp_path


def test_indicators_are_published(workbench, tmp_path):
    words = ["population", "-l", "region", "--period", 2023, "--publisher", "Ville", "-f", "csv"]
    ended = workbench("publish", *words, "--to", tmp_path / "out", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["published"]["licence"] == "etalab-2.0"
    lines = (tmp_path / "out" / ended.json["published"]["files"][0]["name"]).read_text("utf-8")
    assert lines.splitlines()[0] == (
        "territory,period,area_km2,name,level,country,population,population_status"
    )
    assert len(lines.splitlines()) == 19


def test_a_file_is_published_once_it_is_said_to_hold_no_secret(workbench, sales):
    refused = workbench("publish", "sales.csv", "--about", "sales.yml", "--to", "out")
    assert refused.code == 2
    assert "say so with --open" in refused.err
    ended = workbench("publish", "sales.csv", "--open", "--about", "sales.yml", "--to", "out")
    assert (ended.code, ended.err) == (0, "")
    assert "1 cells that a spreadsheet would run" in ended.out
    assert (sales / "out" / "sales.csv").read_text("utf-8").splitlines() == [
        "code,label,sales,sales_status",
        "01001,a,5,observed",
        "02A04,=1+1,7,observed",
    ]
    crate = json.loads((sales / "out" / "ro-crate-metadata.json").read_text("utf-8"))
    source = next(each for each in crate["@graph"] if each["@id"] == "#source-1")
    assert source["name"] == "sales.csv"
    assert len(source["sha256"]) == 64


def test_formulas_are_neutralised_on_request(workbench, sales):
    words = ["--open", "--about", "sales.yml", "--to", "out", "--spreadsheet-safe"]
    ended = workbench("publish", "sales.csv", *words)
    assert ended.code == 0
    assert "02A04,'=1+1,7,observed" in (sales / "out" / "sales.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sales.csv", "--open"], "Give the folder to write"),
        (["none.csv", "--open", "--to", "out"], "There is no file"),
        (["populatio", "--to", "out"], "nearest: population"),
        (["population", "-l", "regio", "--to", "out"], "region"),
        (["population", "-l", "region", "--to", "out"], "who publishes"),
        (["sales.csv", "--open", "--to", "out"], "No source says|title"),
        (
            ["sales.csv", "--open", "--about", "sales.yml", "--to", "out", "-f", "xls"],
            "not written",
        ),
        (["sales.csv", "--open", "--to", "out", "--send"], "--send needs the portal"),
    ],
)
def test_a_wrong_question_is_told(workbench, sales, words, said):
    ended = workbench("publish", *words)
    assert ended.code == 2
    assert any(part in ended.err for part in said.split("|")), ended.err
    assert not (sales / "out").exists()


def test_a_portal_is_read_then_sent_to(workbench, sales, monkeypatch):
    workbench("publish", "sales.csv", "--open", "--about", "sales.yml", "--to", "out")
    with running() as (url, state):
        dry = workbench("publish", "out", "--portal", url)
        assert "would upload    sales.csv" in dry.out
        assert "Nothing was sent: add --send. Without a key" in dry.out
        assert state.asked == []
        lacking = workbench("publish", "out", "--portal", url, "--send")
        assert (lacking.code, state.asked) == (2, [])
        assert "No key for 127.0.0.1" in lacking.err
        monkeypatch.setenv("WORKBENCH_PORTAL_TOKEN", TOKEN)
        sent = workbench("publish", "out", "--portal", url, "--send")
        assert sent.code == 0, sent.err
        assert "upload    sales.csv" in sent.out
        again = workbench("publish", "out", "--portal", url, "--send", "--json")
        assert {step["verb"] for step in again.json["portal"]["steps"]} == {"keep"}
        assert TOKEN not in dry.out + sent.out + sent.err + again.out
        assert len(state.datasets) == 1


def test_a_published_folder_needs_a_portal(workbench, sales):
    workbench("publish", "sales.csv", "--open", "--about", "sales.yml", "--to", "out")
    ended = workbench("publish", "out")
    assert ended.code == 2
    assert "is published already" in ended.err


def test_a_catalogue_is_built(workbench, sales):
    workbench("publish", "sales.csv", "--open", "--about", "sales.yml", "--to", "site/sales")
    ended = workbench("catalog", "build", "site", "--json")
    assert ended.code == 0
    assert ended.json["publications"] == ["sales"]
    assert (sales / "site" / "index.html").is_file()
    assert workbench("catalog", "build", "none").code == 2
