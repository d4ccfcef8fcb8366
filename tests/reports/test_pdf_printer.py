"""Printing pages: one that hangs or crashes fails alone, and nothing is left behind."""

from __future__ import annotations

import http.server
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

import pypdf
import pytest

from workbench.core.errors import MissingExtra, PdfNotPrinted
from workbench.reports.chromium import chromium_path
from workbench.reports.pdf import PdfPrinter, pdf_of, print_pages

try:
    chromium_path()
except MissingExtra as error:
    pytest.skip(str(error), allow_module_level=True)

# Seconds: much more than a small page takes, much less than the slow one.
LIMIT = 10.0
# Noise of 255 layers on each of 2,000 sheets: hours of drawing, in little memory.
SLOW = (
    '<svg width="0" height="0"><filter id="noise"><feTurbulence baseFrequency=".01"'
    ' numOctaves="255"/></filter></svg>'
    + '<svg width="600" height="900"><rect width="600" height="900" filter="url(#noise)"/></svg>'
    * 2000
)


@pytest.fixture(autouse=True)
def profiles(tmp_path, monkeypatch) -> Path:
    """Keep the browsers' profiles in a folder of the test's, and prove that none stays."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []
    assert processes_of(folder) == []


def processes_of(folder):
    """List the living processes that were started on a profile of this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in words:
            found.append(words)
    return found


def written(folder, name, body="<p>Un texte.</p>"):
    """Write a small page."""
    page = folder / f"{name}.html"
    page.write_text(f'<!doctype html><html lang="fr"><title>{name}</title>{body}', "utf-8")
    return page


def text_of(pdf):
    return "".join(sheet.extract_text() for sheet in pypdf.PdfReader(pdf).pages)


def test_each_pdf_is_beside_its_page_in_the_order_of_the_pages(tmp_path):
    pages = [written(tmp_path, f"{code}.fr", f"<p>Code {code}") for code in ("59", "62", "02")]
    told = []
    printed = print_pages(pages, jobs=2, done=told.append)
    assert [one.pdf.name for one in printed] == ["59.fr.pdf", "62.fr.pdf", "02.fr.pdf"]
    assert [text_of(one.pdf) for one in printed] == ["Code 59", "Code 62", "Code 02"]
    assert [one.bytes for one in printed] == [one.pdf.stat().st_size for one in printed]
    assert set(told) == set(printed)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_page_that_hangs_fails_alone_and_loses_its_old_pdf(tmp_path):
    pages = [written(tmp_path, "a"), written(tmp_path, "slow", SLOW), written(tmp_path, "b")]
    pdf_of(pages[1]).write_text("of an earlier run")
    first, slow, last = print_pages(pages, time_limit=LIMIT)
    assert slow.error == "slow.html: the page was not printed within the time limit."
    assert not slow.pdf.exists()
    assert (first.error, last.error) == ("", "")
    assert text_of(last.pdf) == "Un texte."


def test_a_browser_that_crashes_fails_its_page_and_is_replaced(tmp_path):
    pdf = tmp_path / "page.pdf"
    with PdfPrinter() as printer:
        printer.print(written(tmp_path, "page"), pdf)
        killed = printer.pid
        threading.Timer(0.5, os.kill, (killed, signal.SIGKILL)).start()
        with pytest.raises(PdfNotPrinted, match=r"slow.html: Chromium was stopped by SIGKILL"):
            printer.print(written(tmp_path, "slow", SLOW), tmp_path / "slow.pdf")
        printer.print(written(tmp_path, "page", "<p>Ensuite"), pdf)
        assert printer.pid != killed
    assert text_of(pdf) == "Ensuite"


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_a_tab_that_crashes_fails_its_page_before_the_time_limit(tmp_path):
    def crash(group):
        for process in Path("/proc").glob("[0-9]*"):
            pid = int(process.name)
            with_tab = b"--type=renderer" in (process / "cmdline").read_bytes()
            if with_tab and os.getpgid(pid) == group:
                os.kill(pid, signal.SIGKILL)

    with PdfPrinter(time_limit=600) as printer:
        printer.print(written(tmp_path, "page"), tmp_path / "page.pdf")
        threading.Timer(0.5, crash, (printer.pid,)).start()
        with pytest.raises(PdfNotPrinted, match=r"slow.html: (the browser's tab|Chromium refused)"):
            printer.print(written(tmp_path, "slow", SLOW), tmp_path / "slow.pdf")
        printer.print(written(tmp_path, "page"), tmp_path / "page.pdf")


def test_a_browser_that_does_not_start_says_how_it_ended(tmp_path):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho 'libnss3.so is missing' >&2\nexit 127\n")
    broken.chmod(0o755)
    with (
        PdfPrinter(executable=broken) as printer,
        pytest.raises(PdfNotPrinted, match=r"stopped with code 127: libnss3.so is missing"),
    ):
        printer.print(written(tmp_path, "page"), tmp_path / "page.pdf")


def test_a_page_that_is_not_there_is_a_failure_and_not_an_exception(tmp_path):
    absent, there = print_pages([tmp_path / "absent.html", written(tmp_path, "there")])
    assert absent.error == "absent.html: Chromium cannot open the page: net::ERR_FILE_NOT_FOUND."
    assert there.error == ""


def test_a_place_that_cannot_be_written_is_a_failure_and_not_an_exception(tmp_path):
    page = written(tmp_path, "page")
    pdf_of(page).mkdir()
    (printed,) = print_pages([page])
    assert "page.pdf" in printed.error


def test_without_chromium_the_error_says_what_to_install(tmp_path, monkeypatch):
    page = written(tmp_path, "page")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtra, match=r"none of chromium, .*'make chromium' does"):
        print_pages([page])


def test_a_page_runs_no_script_and_asks_nothing_of_a_host(tmp_path):
    asked = []

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)

        def log_message(self, format, *args):
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"http://127.0.0.1:{server.server_port}"
    page = written(
        tmp_path,
        "hostile",
        f'<p>Texte<img src="{place}/seen.png"><link rel="stylesheet" href="{place}/seen.css">'
        '<script>document.body.append("script")</script><p onclick="1" autofocus>Fin',
    )
    with PdfPrinter() as printer:
        printer.print(page, pdf_of(page))
    server.shutdown()
    server.server_close()
    assert asked == []
    assert "script" not in text_of(pdf_of(page))


def test_a_link_to_another_page_of_the_folder_is_text_only(tmp_path):
    """It would say where the folder is on this machine; links inside the page go on working."""
    page = written(
        tmp_path,
        "links",
        '<p><a href="../62.html">voisin</a> <a href="#fin">fin</a>'
        '<svg><a href="62.html"><text y="9">carte</text></a></svg>'
        '<h2 id="fin" style="break-before: page">Fin</h2>',
    )
    with PdfPrinter() as printer:
        printer.print(page, pdf_of(page))
    marks = [mark.get_object() for mark in pypdf.PdfReader(pdf_of(page)).pages[0]["/Annots"]]
    assert [mark["/Dest"] for mark in marks] == ["/fin"]
    assert str(tmp_path).encode() not in pdf_of(page).read_bytes()
    assert "voisin" in text_of(pdf_of(page))


def test_an_interrupted_run_leaves_nothing_behind(tmp_path):
    pages = [written(tmp_path, f"page{n}") for n in range(50)]

    def stop(printed):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        print_pages(pages, done=stop)
    assert len(list(tmp_path.glob("*.pdf"))) < len(pages)
