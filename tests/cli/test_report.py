"""``workbench report`` makes reports, tells how it went, and refuses a wrong question first."""

from __future__ import annotations

import shutil

import fsspec
import nbformat
import pytest
from nbformat import v4

PARAMETERS = {
    "territory": {"type": "text", "required": True},
    "level": {"type": "text", "default": ""},
    "note": {"type": "text", "default": ""},
}


@pytest.fixture
def template(tmp_path):
    """Give a template that shows its parameters, and fails on one county."""
    source = 'assert territory != "B", "no report of B"\n(territory, note)'
    cells = [
        v4.new_code_cell(
            'territory = ""\nlevel = ""\nnote = ""', metadata={"tags": ["parameters"]}
        ),
        v4.new_code_cell(source),
    ]
    made = v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "P", "language": "python"}
    made.metadata["workbench"] = {"title": {"en": "Trial {of}"}, "parameters": PARAMETERS}
    path = tmp_path / "trial.ipynb"
    nbformat.write(made, path)
    return path


@pytest.fixture
def report(workbench, template, tiny, tmp_path):
    """Give what makes reports of a tiny country into a folder."""

    def run(*words):
        return workbench("report", template, "--pack", tiny, "--to", tmp_path / "out", *words)

    return run


def test_a_report_is_made_with_its_gallery(report, tmp_path):
    ended = report("-t", "A-001", "-p", "note=007")
    assert ended.code == 0
    assert ended.out.startswith("1 report in ")
    assert ended.out.splitlines()[0].endswith(f": {tmp_path / 'out' / 'index.html'}")
    assert "10 W a busy core" in ended.out.splitlines()[1]
    page = (tmp_path / "out" / "town" / "A-001.en.html").read_text("utf-8")
    assert "A-001" in page
    assert "007" in page
    assert (tmp_path / "out" / "index.html").exists()


def test_one_failure_does_not_stop_the_others_and_ends_with_1(report, tmp_path):
    ended = report("--level", "county", "--level", "country")
    assert ended.code == 1
    assert ended.out.startswith("2 reports in ")
    assert "Error: 1 report could not be made:" in ended.err
    assert "  Bshire (county B, en): " in ended.err
    assert "no report of B" in ended.err
    assert (tmp_path / "out" / "failed" / "county" / "B.en.html.ipynb").exists()
    gallery = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "failed/county/B.en.html.ipynb" in gallery


def test_pages_and_gallery_go_to_a_url_and_the_ledger_stays(
    workbench, template, tiny, tmp_path, monkeypatch
):
    """The gallery lists what earlier runs put there too."""
    monkeypatch.chdir(tmp_path)
    files = fsspec.filesystem("memory")
    for code in ("A-001", "A-002"):
        words = ("--pack", tiny, "-t", code, "--to", f"memory:/{tmp_path}/out")
        ended = workbench("report", template, *words)
        assert ended.code == 0
        told = ended.out.splitlines()
        assert told[0].endswith(f": memory:/{tmp_path}/out/index.html")
        assert told[-1] == "Ledger and log: reports/trial"
        assert b"A-001.en.html" in files.cat(f"{tmp_path}/out/index.html")
        assert code.encode() in files.cat(f"{tmp_path}/out/town/{code}.en.html")
    assert b"A-002.en.html" in files.cat(f"{tmp_path}/out/index.html")
    names = {path.removeprefix(f"{tmp_path}/out/") for path in files.find(f"{tmp_path}/out")}
    assert {name for name in names if name.endswith(".html")} == {
        "index.html",
        "town/A-001.en.html",
        "town/A-002.en.html",
    }
    assert not any(name.startswith(".") for name in names)
    assert {path.name for path in (tmp_path / "reports" / "trial").iterdir()} == {
        "ledger.sqlite",
        "log.jsonl",
    }


def test_the_url_of_a_folder_is_the_folder(workbench, template, tiny, tmp_path):
    words = ("--pack", tiny, "-t", "A-001", "--to", (tmp_path / "the out").as_uri())
    assert workbench("report", template, *words).code == 0
    assert (tmp_path / "the out" / "ledger.sqlite").exists()


def test_a_program_reads_the_outcome(report, tmp_path):
    ended = report("--json", "--jobs", 2)
    told = ended.json
    assert ended.code == 1
    assert (told["made"], told["failed"]) == (2, 1)
    failed = next(row for row in told["reports"] if row["error"])
    assert (failed["territory"], failed["page"]) == ("B", None)
    assert failed["notebook"] == "failed/county/B.en.html.ipynb"
    assert told["gallery"] == str(tmp_path / "out" / "index.html")


def test_the_first_territories_are_taken_when_limited(report):
    assert [row["territory"] for row in report("--limit", 1, "--json").json["reports"]] == ["TL"]


def test_a_page_can_carry_its_style(report, tmp_path):
    assert report("-t", "A-001", "--standalone").code == 0
    page = (tmp_path / "out" / "town" / "A-001.en.html").read_text("utf-8")
    assert "<style>" in page
    assert 'rel="stylesheet"' not in page


def test_a_kernel_makes_the_same_report(report, tmp_path):
    page = tmp_path / "out" / "town" / "A-002.en.html"
    report("-t", "A-002")
    forked = page.read_text("utf-8")
    assert report("-t", "A-002", "--engine", "kernel").code == 0
    assert page.read_text("utf-8") == forked


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-t", "A-01"], "Code 'A-01' is not in vintage 2023"),
        (["--level", "twon"], "nearest: town"),
        (["-t", "A", "-p", "nota=1"], "nearest: note"),
        (["-t", "A", "-p", "no-te=1"], "'no-te' is not a plain identifier"),
        (["-t", "A", "-p", "territory=B"], "use --territory"),
        (["-t", "A", "-p", "note"], "expected name=value"),
        (["-t", "A", "--lang", "de"], "Language 'de' is not one of pack tiny"),
        (["-t", "A", "--vintage", "1900"], "no map of 1900"),
        (["-t", "A", "--scheduler", "tcp://h:1", "--jobs", "2"], "--jobs and --engine are for"),
    ],
)
def test_a_wrong_question_starts_nothing(report, tmp_path, words, told):
    ended = report(*words)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert not (tmp_path / "out").exists()


def test_an_unknown_template_names_the_nearest(workbench):
    ended = workbench("report", "portait")
    assert ended.code == 2
    assert "nearest: portrait" in ended.err


def test_a_notebook_that_is_none_is_refused(workbench, tmp_path):
    (tmp_path / "bad.ipynb").write_text("{", "utf-8")
    ended = workbench("report", tmp_path / "bad.ipynb")
    assert ended.code == 2
    assert "bad.ipynb is no notebook" in ended.err


def test_a_folder_that_cannot_be_written_is_told(workbench, template, tiny, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    ended = workbench("report", template, "--pack", tiny, "--to", tmp_path / "file")
    assert ended.code == 2
    assert "Choose another folder with --to" in ended.err


def chromium_is_there():
    from workbench.reports.chromium import CHROMIUM_NAMES

    return any(map(shutil.which, CHROMIUM_NAMES))


@pytest.mark.skipif(not chromium_is_there(), reason="printing needs Chromium: make chromium")
def test_pages_are_printed_once_and_again_when_they_are_made_again(report, tmp_path):
    ended = report("-t", "A-001", "-t", "A-002", "--pdf")
    assert ended.code == 0
    assert ended.out.splitlines()[-1].startswith("2 printed to PDF, ")
    pdf = tmp_path / "out" / "town" / "A-001.en.pdf"
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert report("-t", "A-001", "--pdf").out.splitlines()[-1] == "0 printed to PDF, 0.0 MB"
    assert report("-t", "A-001", "--force").code == 0
    assert not pdf.exists()
    again = report("-t", "A-001", "-t", "A-002", "--pdf")
    assert again.out.splitlines()[-1].startswith("1 printed to PDF, ")


def test_without_chromium_a_pdf_is_refused_before_anything_is_made(report, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = report("-t", "A-001", "--pdf")
    assert ended.code == 2
    assert "make chromium" in ended.err
    assert not (tmp_path / "out").exists()
