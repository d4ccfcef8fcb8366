"""The rows of a file are written in two: those that are kept, those that are set aside."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import DirectoryNotWritable, OutputExists
from workbench.loaders.checking.parted import Written, is_formula, write_parts
from workbench.loaders.checking.run import check
from workbench.loaders.checking.schema import schema_of
from workbench.loaders.errors import HeadingNotFound

TEXT = "code_insee;nom;n\n59350;Lille;1\n59999;Nulle part;2\n69123;Lyon\n13055;Marseille;4\n"


@pytest.fixture
def parted(tmp_path):
    """Give what checks a file, writes both parts, and returns their text and their counts."""

    def run(text, encoding="utf-8", lang="en", schema=None, name="file.csv"):
        path, kept, aside = (tmp_path / each for each in (name, "kept.csv", "aside.csv"))
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        found = check(str(path), schema=schema, today=date(2024, 6, 1), lang=lang)
        written = write_parts(found.parts, kept=kept, aside=aside)
        assert written.kept + written.aside == found.rows
        assert written.aside == found.set_aside + found.totals
        return kept.read_bytes(), aside.read_bytes(), written

    return run


def test_rows_are_parted_in_the_dialect_of_the_file(parted):
    kept, aside, written = parted(TEXT)
    assert kept.decode() == "code_insee;nom;n\r\n59350;Lille;1\r\n13055;Marseille;4\r\n"
    assert aside.decode().splitlines() == [
        "line of the file;reason;text of the row;code_insee;nom;n",
        "3;code_insee: code that never existed;;59999;Nulle part;2",
        '4;the row has 2 cells, the heading 3 columns;"69123;Lyon";;;',
    ]
    assert written == Written(2, 2)


def test_an_encoding_is_kept_with_words_that_it_lacks(parted):
    """The no-break spaces of our own sentences become plain ones."""
    kept, aside, _ = parted(TEXT.replace("Lille", "Liévin"), "cp1252", lang="fr")
    assert "59350;Liévin;1" in kept.decode("cp1252")
    assert "ligne du fichier;raison;texte de la ligne" in aside.decode("cp1252")


def test_a_mark_is_kept(parted):
    kept, _, _ = parted(TEXT, "utf-8-sig")
    assert kept.startswith(b"\xef\xbb\xbfcode_insee")


def test_totals_go_aside_and_are_counted(parted):
    kept, aside, written = parted("nom,n\na,1\nb,2\nTotal,3\n")
    assert kept.decode() == "nom,n\r\na,1\r\nb,2\r\n"
    assert aside.decode().splitlines()[1] == "4,a row of totals is among the data,Total,3"
    assert written == Written(2, 1)


def test_more_wrong_rows_than_are_told_are_all_set_aside(parted):
    """The reader tells a thousand problems one by one; no row is lost for that."""
    rows = "".join(f"{n},{n}\n" for n in range(4000))
    wrong = "".join(f"{n},x y\n" for n in range(1500))
    _, aside, written = parted(f"rang,population\n{rows}{wrong}")
    assert written == Written(4000, 1500)
    assert aside.count(b"x y") == 1500


def test_every_reason_of_a_row_is_told(parted):
    schema = schema_of(
        {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}]}, "s"
    )
    _, aside, _ = parted("a,b\n1,2\nx,y\n3,4\n5,6\n", schema=schema)
    assert "3,a: it is no whole number ; b: it is no whole number,x,y" in aside.decode()


def test_a_cell_that_a_spreadsheet_would_compute_is_kept_from_it(parted):
    cells = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-3.5", "+33 1 23 45 67 89"]
    rows = "".join(f'"{cell}",{n}\n' for n, cell in enumerate(cells))
    kept, _, written = parted(f"note,n\n{rows}")
    read = [row[0] for row in csv.reader(io.StringIO(kept.decode()))]
    assert read == ["note", "'=1+1", "'@SUM(A1)", "'+cmd|' /C calc'!A0", *cells[3:]]
    assert written == Written(5, 0, 3)


def test_a_formula_is_told_as_a_remark(checked, told):
    found = checked("note,n\n=HYPERLINK(A1),1\nx,2\n")
    assert told(found) == [("formula", 2, "note", "=HYPERLINK(A1)")]
    assert found.set_aside == 0


def test_names_of_the_file_are_not_taken_twice(parted):
    _, aside, _ = parted("reason,code_insee,n\nx,59999,1\ny,59350,2\n")
    assert aside.decode().splitlines()[0] == "line of the file_,reason_,reason,code_insee,n"


def test_the_file_itself_is_never_written_over(checked, tmp_path):
    found = checked("a,b\n1,2\n")
    source, other = tmp_path / "file.csv", tmp_path / "other.csv"
    for kept, aside in ((source, None), (None, source), (other, other)):
        with pytest.raises(OutputExists, match="give another name"):
            write_parts(found.parts, kept=kept, aside=aside)
    assert source.read_text() == "a,b\n1,2\n"
    with pytest.raises(DirectoryNotWritable, match="none"):
        write_parts(found.parts, kept=tmp_path / "none" / "a.csv")


CELLS = st.one_of(
    st.sampled_from(["59350", "59999", "1001", "", "Total", "=1", "2024-13-01", 'a"b', "a;b", "é"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=6),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=12))
def test_no_row_is_lost_whatever_the_rows(rows):
    """Kept and set aside are the rows read; each line set aside is written once."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path, kept, aside = (Path(folder, name) for name in ("a.csv", "kept.csv", "aside.csv"))
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows([["code_insee", "nom", "n"], *rows])
        path.write_text(text.getvalue(), "utf-8", newline="")
        try:
            found = check(str(path), today=date(2024, 6, 1), lang="en", options={"header": 1})
        except HeadingNotFound:  # most rows have one cell more: refused whole, nothing is lost
            return
        written = write_parts(found.parts, kept=kept, aside=aside)
        assert written.kept + written.aside == found.rows
        assert written.aside == found.set_aside + found.totals
        for part, count in ((kept, written.kept), (aside, written.aside)):
            with part.open(encoding="utf-8-sig", newline="") as file:
                separator = found.parts.dialect.separator or ";"
                assert len(list(csv.reader(file, delimiter=separator))) == 1 + count


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_no_formula(number):
    assert not is_formula(f"{number:.4f}")
