"""Progress is a few lines in a log and a bar on a terminal, without a thread."""

from __future__ import annotations

import io
import threading

from workbench.cli.progress import Bar, Lines, follow
from workbench.core.types import Territory
from workbench.reports.plan import Job
from workbench.reports.report import Outcome


def job(name="Nord"):
    territory = Territory("59", "departement", name, 2026)
    return Job("t.ipynb", {}, territory, "fr", "Portrait", "", "departement/59.fr.html")


def lines_of(total, *, failing=()):
    """Count reports that take two seconds each."""
    # Made, begun, then a report every two seconds.
    seconds = iter((0, *range(0, 10_000, 2)))
    stream = io.StringIO()
    lines = Lines(stream, clock=lambda: float(next(seconds)))
    lines.begin(total)
    for number in range(total):
        lines(job(), Outcome("p", 2.0, error="no" if number in failing else ""))
    return stream.getvalue().splitlines()


def test_a_short_run_has_a_line_a_report_with_rate_and_time_left():
    assert lines_of(3)[0] == "1/3 reports, 2.0 s each, 4 s left"
    assert len(lines_of(3)) == 3


def test_a_long_run_has_twenty_lines_that_end_with_all():
    lines = lines_of(1000)
    assert len(lines) == 20
    assert lines[-1].startswith("1000/1000 reports")


def test_failures_are_counted():
    assert lines_of(2, failing=[0])[1].endswith(", 1 failed")


def test_time_is_counted_from_the_first_report_on():
    seconds = iter([0.0, 100.0, 102.0])
    stream = io.StringIO()
    lines = Lines(stream, clock=lambda: next(seconds))
    lines.begin(2)
    lines(job(), Outcome("p", 2.0))
    assert stream.getvalue() == "1/2 reports, 2.0 s each, 2 s left\n"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_bar_has_no_thread_and_names_the_territory(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    before = threading.active_count()
    with follow() as bar:
        assert isinstance(bar, Bar)
        bar.begin(2)
        bar(job("Lozère"), Outcome("p", 1.0))
        bar(job(), Outcome("p", 1.0, error="no"))
        assert threading.active_count() == before
    assert "Lozère" in terminal.getvalue()
    assert "1 failed" in terminal.getvalue()
