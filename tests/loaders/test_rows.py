"""Rows are cut at ends of lines, and a quote never closed costs one row."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.loaders.encodings import Text
from workbench.loaders.errors import RowTooLong
from workbench.loaders.pieces import cut
from workbench.loaders.rows import quotes_are_clean, split_rows


def cells(text, width=0):
    return [row.cells for row in split_rows(text, ";", '"', width=width)]


def test_a_cell_between_quotes_holds_separators_quotes_and_ends_of_lines():
    assert cells('1;"a;""b""\r\nc"\r\n2;d\r\n') == [("1", 'a;"b"\r\nc'), ("2", "d")]


def test_a_quote_inside_a_bare_cell_is_a_letter():
    assert cells('1;tuyau 12" PVC\n') == [("1", 'tuyau 12" PVC')]


def test_quotes_that_are_not_doubled_are_mended_and_told():
    (row,) = split_rows('1;"Rue "de" la Gare";3\n', ";", '"')
    assert row.cells == ("1", 'Rue "de" la Gare', "3")
    assert row.mended == 1


def test_a_quote_never_closed_loses_its_row_only():
    rows = list(split_rows('1;a\n2;"b\n3;c\n4;"d"\n', ";", '"', width=2))
    assert [(row.line, row.fault) for row in rows] == [(1, ""), (2, "unclosed"), (3, ""), (4, "")]


def test_lines_of_every_system_are_numbered_as_an_editor_does():
    rows = split_rows('a\rb\r\n"c\nd"\ne', ";", '"')
    assert [row.line for row in rows] == [1, 2, 3, 5]


def test_blanks_around_quotes_are_no_part_of_the_cell():
    assert cells('"a"; "b" ;c\n') == [("a", "b", "c")]


@given(st.text('ab";\n', max_size=30))
def test_clean_quotes_are_read_alike_line_by_line_or_not(text):
    """What the fast parser is trusted with has no row that the careful one faults."""
    if quotes_are_clean(text.encode(), ";", '"'):
        assert [
            row.line for row in split_rows(text, ";", '"') if row.fault or row.mended >= 0
        ] == []


@given(st.lists(st.sampled_from(["1;a\n", '2;"x\ny"\n', '3;"""q"""\n']), min_size=1))
def test_pieces_put_together_are_the_file(tmp_path_factory, rows):
    path = Path(tmp_path_factory.mktemp("pieces"), "a.csv")
    path.write_text("".join(rows), "utf-8")
    pieces = list(cut(path, Text("utf-8"), '"', size=16))
    assert b"".join(content for _, content in pieces) == path.read_bytes()
    assert all(content.count(b'"') % 2 == 0 for _, content in pieces)
    lines = [piece.line for piece, _ in pieces]
    assert lines == [1 + path.read_bytes()[: p.offset].count(b"\n") for p, _ in pieces]


def test_a_row_without_an_end_is_refused(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("a;b\n" + "x" * 100, "utf-8")
    with pytest.raises(RowTooLong, match=r"long.csv: the row on line 2 has no end within"):
        list(cut(path, Text("utf-8"), '"', size=32))
