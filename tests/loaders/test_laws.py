"""Laws: what is written in any dialect is read back, codes never change, nothing crashes."""

from __future__ import annotations

import io
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
from hypothesis import assume, given
from hypothesis import strategies as st

from workbench.core.errors import WorkbenchError
from workbench.geography.code_kinds import luhn
from workbench.loaders.codes import has_key
from workbench.loaders.dialect import Dialect
from workbench.loaders.encodings import detect_encoding
from workbench.loaders.lazily import write_parquet
from workbench.loaders.markers import Markers
from workbench.loaders.numbers import NumberForm, read_numbers
from workbench.loaders.rows import split_rows
from workbench.loaders.tabular import read

LETTERS = "abcdeghijlmnoprstuvzéèêàçôîûïœABCÉ '-,;|\t\"\n"
texts = (
    st.text(LETTERS, min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: any(each.isalpha() for each in text))
)
communes = st.one_of(
    st.integers(1001, 95999).map("{:05d}".format),
    st.integers(1, 400).map("2A{:03d}".format),
)
amounts = st.decimals(-99_999_999, 99_999_999, places=2).map(float)
days = st.dates(date(1900, 1, 1), date(2099, 12, 31))
numbers_of_companies = st.sampled_from((9, 14)).flatmap(
    lambda size: st.lists(st.text("0123456789", min_size=size, max_size=size), min_size=1)
)
rows = st.lists(st.tuples(communes, texts, amounts, days), min_size=3, max_size=12)


@st.composite
def dialects(draw):
    """Draw how a file is written."""
    separator = draw(st.sampled_from(";,\t|"))
    return {
        "separator": separator,
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])),
        "decimal": draw(st.sampled_from(",.")),
        "thousands": draw(st.sampled_from(["", " ", "\xa0"])),
        "day": draw(st.sampled_from(["{:%d/%m/%Y}", "{:%Y-%m-%d}", "{:%d.%m.%Y}"])),
        "end": draw(st.sampled_from(["\n", "\r\n"])),
        "quote_all": draw(st.booleans()),
        "title": draw(st.sampled_from(["", "Un titre{end}", "Un titre{end}{end}"])),
        "note": draw(st.sampled_from(["", "{end}Source : INSEE{end}"])),
    }


def write(table, how):
    """Write a table in a dialect, as the standard library would quote it."""
    separator, end = how["separator"], how["end"]

    def cell(value):
        if isinstance(value, float):
            text = f"{value:,.2f}".replace(",", "_").replace(".", how["decimal"])
            text = text.replace("_", how["thousands"])
        else:
            text = how["day"].format(value) if isinstance(value, date) else value
        special = any(each in text for each in (separator, '"', "\n", "\r"))
        return '"' + text.replace('"', '""') + '"' if special or how["quote_all"] else text

    lines = [separator.join(map(cell, row)) + end for row in table]
    body = "".join(lines)
    return how["title"].format(end=end) + body + how["note"].format(end=end)


@given(rows, dialects())
def test_a_table_written_in_any_dialect_is_read_back(table, how):
    heading = ("code_insee", "nom", "montant", "date")
    content = write([heading, *table], how)
    try:
        raw = content.encode(how["encoding"])
    except UnicodeEncodeError:
        assume(False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        path.write_bytes(raw)
        found = read(path)
        given_order = read(path, Dialect(date_order="dmy"))
    assert found.column("code_insee") == [row[0] for row in table]
    assert found.column("nom") == [row[1] for row in table]
    assert found.column("montant") == [row[2] for row in table]
    if not given_order.set_aside.num_rows:
        assert given_order.column("date") == [row[3] for row in table]
    assert found.set_aside.num_rows == 0


@given(st.binary(max_size=300))
def test_no_bytes_make_a_reader_crash(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        path.write_bytes(content)
        with suppress(WorkbenchError):
            read(path)


@given(st.text('01259;,.|\t"\n\r =éA-/:s%€', max_size=120), st.sampled_from(["utf-8", "cp1252"]))
def test_no_text_of_a_table_makes_a_reader_crash_or_lose_a_row(text, encoding):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        path.write_bytes(f"code;nom;date\n{text}".encode(encoding))
        try:
            table = read(path)
        except WorkbenchError:
            return
    totals = table.totals.num_rows if table.totals else 0
    assert table.rows == table.data.num_rows + totals + table.set_aside.num_rows


@given(st.lists(st.text("0123456789AB", min_size=1, max_size=20), min_size=1, max_size=30))
def test_codes_never_change(codes):
    assume(all(not code.isdecimal() or len(code) != 4 for code in codes))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        lines = "".join(f"{code};{at}\n" for at, code in enumerate(codes))
        path.write_text(f"identifiant;n\n{lines}", "utf-8")
        table = read(path)
        write_parquet(path, Path(folder, "a.parquet"))
    assert table.column("identifiant") == codes


@given(numbers_of_companies)
def test_the_key_of_a_number_is_the_same_alone_and_in_its_column(numbers):
    keyed = [
        each[:-1] + next(d for d in "0123456789" if has_key(each[:-1] + d)) for each in numbers
    ]
    for column in (numbers, keyed):
        assert [has_key(each) for each in column] == luhn(pd.Series(column)).tolist()


@given(st.lists(st.lists(st.text('ab;"\n é', max_size=5), min_size=3, max_size=3), min_size=1))
def test_the_careful_reader_and_arrow_agree_on_what_is_well_written(table):
    lines = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table]
    text = "".join(f"{line}\n" for line in lines)
    careful = [row.cells for row in split_rows(text, ";", '"', width=3)]
    fast = arrow_csv.read_csv(
        io.BytesIO(text.encode()),
        arrow_csv.ReadOptions(column_names=["a", "b", "c"]),
        arrow_csv.ParseOptions(delimiter=";", newlines_in_values=True, ignore_empty_lines=False),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys("abc", "string")),
    )
    assert careful == [tuple(row.values()) for row in fast.to_pylist()]
    assert careful == [tuple(row) for row in table]


@given(st.text("abcdefghijklmnop éèàçôî;\n", min_size=1))
def test_french_is_read_back_from_the_bytes_of_both_encodings(text):
    for name in ("utf-8", "cp1252"):
        content = text.encode(name)
        assume(name == "utf-8" or len(content) * 0.5 > sum(not each.isascii() for each in text))
        assert content.decode(detect_encoding([content])[0].encoding) == text


@given(
    st.lists(st.text("0123456789 .,-+e%€()\xa0", max_size=9), min_size=1, max_size=20),
    st.sampled_from([NumberForm(","), NumberForm("."), NumberForm(",", "."), NumberForm(".", ",")]),
)
def test_numbers_read_alike_one_by_one_and_all_at_once(found, form):
    few = read_numbers(pa.array(found), form, Markers())
    many = read_numbers(pa.array(found * 60), form, Markers())
    np.testing.assert_array_equal(np.tile(few.values, 60), many.values)
    np.testing.assert_array_equal(np.tile(few.bad, 60), many.bad)
    np.testing.assert_array_equal(np.tile(few.statuses, 60), many.statuses)
