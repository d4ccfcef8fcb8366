"""Cells that a spreadsheet would run are found, and neutralised on request."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.publishing.columns import Column, Table
from workbench.publishing.csv_file import csv_text, formulas


def texts(values, name="label"):
    """Make a table of one column of texts."""
    return Table(
        pa.table({name: pa.array(values, pa.string())}), (Column(name, "string", "label", {}),)
    )


@pytest.mark.parametrize(
    "text", ["=1+1", "+33 1", "@SUM(A1)", "-1+2", "-x", "\t=1", "\r=1", "- 5 a"]
)
def test_a_cell_that_would_run_is_found_and_neutralised(text):
    table = texts(["plain", text])
    found = formulas(table)
    assert [(each.column, each.count, each.row, each.value) for each in found] == [
        ("label", 1, 2, text)
    ]
    rows = list(csv.reader(io.StringIO(csv_text(table, spreadsheet_safe=True), newline="")))
    assert rows[2] == [f"'{text}"]
    rows = list(csv.reader(io.StringIO(csv_text(table), newline="")))
    assert rows[2] == [text]


@pytest.mark.parametrize("text", ["-5", "-5.25", "-1,5", "-1e-7", "- 12", "a=b", "5-3", "", "'=1"])
def test_a_number_or_a_plain_text_is_left_as_it_is(text):
    table = texts([text])
    assert formulas(table) == ()
    assert csv_text(table, spreadsheet_safe=True) == csv_text(table)


def test_the_name_of_a_column_may_run_too():
    table = texts(["a"], name="=cmd()")
    assert [(each.row, each.count) for each in formulas(table)] == [(0, 1)]
    assert csv_text(table, spreadsheet_safe=True).startswith("'=cmd()\n")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=1))
def test_texts_come_back_as_they_were(values):
    """Whatever they hold: quotes, line ends, separators."""
    written = csv_text(texts(["x", *values]))
    rows = list(csv.reader(io.StringIO(written, newline="")))
    # An empty cell alone on its line is written as quotes.
    assert [row[0] for row in rows[2:]] == values


@given(st.lists(st.text(), min_size=1))
def test_no_neutralised_cell_begins_as_a_formula(values):
    table = texts(values)
    safe = csv_text(table, spreadsheet_safe=True)
    cells = [row[0] for row in csv.reader(io.StringIO(safe.replace("\x00", ""), newline=""))]
    assert formulas(texts(cells)) == ()
