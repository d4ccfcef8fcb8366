"""A folder of reports is verified: what was altered, what is out of date, and what holds."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from types import MappingProxyType

import pandas as pd
import pytest
import yaml

from tests.packs.tiny_country import write_country
from workbench.core.errors import LedgerInvalid
from workbench.indicators.registry import Registry, registry
from workbench.reports import digests
from workbench.reports.ledger import LEDGER
from workbench.reports.run import can_fork
from workbench.reports.verify import verify

from .tiny_editions import run, template, write_run

pytestmark = pytest.mark.skipif(
    not can_fork(), reason="forked reports need Linux; elsewhere use --engine kernel"
)
PAGES = ("country/TL.en.html", "county/A.en.html", "county/B.en.html")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make three reports once: their folder, pack, template and a file that they read."""
    root = tmp_path_factory.mktemp("made")
    pack = write_country(root / "tiny")
    (root / "notes.csv").write_text("note\n", "utf-8")
    reads = f"print(open({str(root / 'notes.csv')!r}).read())"
    run(template(root, "population", then=reads), pack, root / "reports", "county", "country")
    return root


@pytest.fixture
def root(made, tmp_path):
    """Give what was made, and put it back as it was after the test."""
    shutil.copytree(made, tmp_path / "kept")
    yield made
    shutil.rmtree(made)
    shutil.copytree(tmp_path / "kept", made)


def found(root, state):
    """List the findings of a state: subject and what was found."""
    return [(f.subject, f.found) for f in verify(root / "reports").findings if f.state == state]


def edit_table(root, name, **values):
    """Change the first value of some columns of a table of the pack."""
    path = root / "tiny" / "data" / f"{name}.parquet"
    table = pd.read_parquet(path)
    for column, value in values.items():
        table.loc[0, column.replace("_at_", "@")] = value
    table.to_parquet(path, index=False)


# --- As written ---------------------------------------------------------------------------------


def test_nothing_is_found_where_nothing_changed(root):
    """Three pages, one folder."""
    verified = verify(root / "reports")
    assert verified.findings == ()
    assert (verified.folders, verified.pages) == ((str(root / "reports"),), 3)
    assert verified.holds


def test_every_ledger_below_a_folder_is_verified(root, tmp_path):
    """And a page that no ledger is above was written by no run."""
    for name in ("one", "two"):
        shutil.copytree(root / "reports", tmp_path / "all" / name)
    (tmp_path / "all" / "two" / PAGES[0]).unlink()
    (tmp_path / "all" / "mine.html").write_text("mine", "utf-8")
    verified = verify(tmp_path / "all")
    assert verified.pages == 6
    assert [(f.folder, f.subject) for f in verified.findings] == [
        (str(tmp_path / "all" / "two"), PAGES[0]),
        (str(tmp_path / "all"), "mine.html"),
    ]


def test_a_folder_without_a_ledger_is_refused(tmp_path):
    """There is nothing to compare with."""
    with pytest.raises(LedgerInvalid, match="expected the folder of reports written by"):
        verify(tmp_path)


def test_the_drafts_of_a_killed_run_are_not_pages(root):
    """They are in a hidden folder, which the next run takes away."""
    draft = root / "reports" / ".work-x" / "county" / "A.en.html"
    draft.parent.mkdir(parents=True)
    draft.write_text("draft", "utf-8")
    assert verify(root / "reports").findings == ()


# --- Altered ------------------------------------------------------------------------------------


@pytest.mark.parametrize("edited", [lambda page: page + b" ", lambda page: page[:-1] + b"x"])
def test_a_page_changed_by_hand_is_altered(root, edited):
    """Of another size or of the same."""
    page = root / "reports" / PAGES[1]
    page.write_bytes(edited(page.read_bytes()))
    (finding,) = verify(root / "reports").findings
    assert (finding.state, finding.subject) == ("altered", PAGES[1])
    assert finding.found == "is not what was written"
    assert "--level county --territory A --lang en" in finding.steps[0]


def test_a_page_that_is_gone_is_altered(root):
    """A folder in its place too."""
    (root / "reports" / PAGES[0]).unlink()
    (root / "reports" / PAGES[2]).unlink()
    (root / "reports" / PAGES[2]).mkdir()
    assert found(root, "altered") == [
        (PAGES[0], "is missing"),
        (PAGES[2], "is not what was written"),
    ]


def test_a_page_of_no_run_is_altered_but_not_the_gallery(root):
    """The gallery and its lists are made again by each run."""
    reports = root / "reports"
    (reports / "lists" / "county").mkdir(parents=True)
    for name in ("county/C.en.html", "index.html", "index.fr.html", "lists/county/A.en.html"):
        (reports / name).write_text("<body>", "utf-8")
    assert found(root, "altered") == [
        ("county/C.en.html", "was written by no run: no ledger tells of it")
    ]


def test_a_missing_asset_is_told_with_the_pages_that_need_it(root):
    """A gallery's too."""
    style = next((root / "reports" / "assets").glob("report-*.css"))
    style.unlink()
    (root / "reports" / "index.html").write_text(
        '<link href="assets/gallery-00000000.css"><body>', "utf-8"
    )
    missing = verify(root / "reports").findings
    assert [(f.subject, f.found, f.pages) for f in missing] == [
        ("assets/gallery-00000000.css", "is missing", ("index.html",)),
        (f"assets/{style.name}", "is missing", PAGES),
    ]


def test_a_changed_asset_must_be_removed_before_a_run_writes_it_again(root):
    """Its name carries its hash."""
    script = next((root / "reports" / "assets").glob("report-*.js"))
    script.write_text("alert(1)", "utf-8")
    (finding,) = verify(root / "reports").findings
    assert finding.subject == f"assets/{script.name}"
    assert finding.steps[0] == f"rm {script}"
    assert finding.steps[1].startswith("workbench report ")


def test_a_spoilt_ledger_is_a_finding_like_another(root):
    """Nothing can be said of its pages."""
    (root / "reports" / LEDGER).write_bytes(b"no database, but long enough to be one" * 100)
    (finding,) = verify(root / "reports").findings
    assert (finding.state, finding.subject, finding.pages) == ("altered", LEDGER, PAGES)


# --- Out of date --------------------------------------------------------------------------------


def test_a_value_in_a_column_makes_its_pages_out_of_date(root):
    """Not a value of a column that they did not read."""
    edit_table(root, "town", area_km2=11.0)
    assert verify(root / "reports").holds
    edit_table(root, "town", population_at_2023=111)
    (finding,) = verify(root / "reports").findings
    assert (finding.state, finding.pages) == ("out of date", PAGES)
    assert f"{finding.subject} {finding.found}" == "variable population (town) has changed since"
    assert finding.steps == (
        f"workbench report {root / 'trial.ipynb'} --pack {root / 'tiny'} --level country "
        f"--level county --territory A --territory B --territory TL --lang en "
        f"--to {root / 'reports'}",
    )


def test_what_the_pack_says_of_a_source_is_told_by_the_source(root):
    """And its levels and words together."""
    path = root / "tiny" / "pack.yml"
    said = yaml.safe_load(path.read_text("utf-8"))
    said["sources"]["count"]["producer"] = "Other office"
    said["title"]["en"] = "Tiny island"
    path.write_text(yaml.safe_dump(said), "utf-8")
    assert [subject for subject, _ in found(root, "out of date")] == [
        "source count",
        "what the pack says (words, levels, frames)",
    ]


def test_a_town_moved_to_another_county_changes_the_table_of_territories(root):
    """Its row is the first."""
    edit_table(root, "territories", county="B")
    assert found(root, "out of date") == [("table of territories", "has changed since")]


def test_a_file_that_a_template_reads_is_followed(root):
    """Changed, then gone."""
    path = root / "notes.csv"
    path.write_text("other\n", "utf-8")
    assert found(root, "out of date") == [(f"file {path}", "has changed since")]
    path.unlink()
    assert found(root, "out of date") == [(f"file {path}", "is gone")]


def test_a_template_is_told_once(root):
    """Though it is a file that was read too."""
    path = root / "trial.ipynb"
    path.write_text(path.read_text("utf-8").replace("population", "area"), "utf-8")
    assert found(root, "out of date") == [(f"template {path}", "has changed since")]
    path.unlink()
    assert found(root, "out of date") == [(f"template {path}", "is gone")]


def test_a_declaration_or_the_list_of_indicators_is_told(root, monkeypatch):
    """Of an indicator that the pages read; another one only joins the list."""
    known = registry().by_id
    scaled = replace(known["population"], scale=2.0)
    changed = replace(registry(), by_id={**known, "population": scaled})
    monkeypatch.setattr(digests, "registry", lambda: changed)
    assert found(root, "out of date") == [("declaration of population", "has changed since")]
    fewer = {name: each for name, each in known.items() if name != "area"}
    changed = Registry(registry().themes, MappingProxyType(fewer))
    assert found(root, "out of date") == [("themes and list of indicators", "has changed since")]


@pytest.mark.parametrize(
    ("fact", "subject"),
    [("package", "the package's code"), ("environment", "Python, its packages or the machine")],
)
def test_another_package_or_environment_is_told(root, fact, subject):
    """As the ledger of another installation would have it."""
    with sqlite3.connect(root / "reports" / LEDGER) as ledger:
        (facts,) = ledger.execute("SELECT facts FROM runs").fetchone()
        ledger.execute("UPDATE runs SET facts = ?", (json.dumps({**json.loads(facts), fact: "x"}),))
    assert [each for each, _ in found(root, "out of date")] == [subject]


def test_a_pack_that_is_gone_or_broken_is_a_finding(root):
    """Not the end of the verification."""
    (root / "tiny" / "data" / "town.parquet").write_bytes(b"PAR1")
    assert found(root, "out of date") == [("variable population (town)", "cannot be read any more")]
    shutil.rmtree(root / "tiny")
    ((subject, said),) = found(root, "out of date")
    assert subject == f"pack {root / 'tiny'}"
    assert said.startswith("cannot be opened: No pack is named")


# --- Notes --------------------------------------------------------------------------------------


def test_another_edition_of_the_pack_that_changes_nothing_read_is_a_note(root):
    """The pages hold."""
    (root / "tiny" / "data" / "manifest.json").write_text("{}", "utf-8")
    verified = verify(root / "reports")
    assert [(f.state, f.subject) for f in verified.findings] == [("note", f"pack {root / 'tiny'}")]
    assert verified.holds


def test_a_report_that_failed_is_a_note(tmp_path):
    """Its page was taken away by the run."""
    write_run(tmp_path, {"county/A.en.html": {}}, errors={"county/A.en.html": "cell 2: no figure"})
    verified = verify(tmp_path)
    assert [(f.state, f.pages) for f in verified.findings] == [("note", ("county/A.en.html",))]
    assert (verified.pages, verified.holds) == (0, True)
