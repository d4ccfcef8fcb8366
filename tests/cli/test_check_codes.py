"""Codes of a file are checked, told with their place, and repaired in a new file."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.cli.code_file import open_code_file
from workbench.core.errors import WorkbenchError
from workbench.geography.code_choice import choose_column

from ..geography.code_books import book

BOOK = book()

GOOD = "code_insee;nom\r\n01001;L'Abergement\r\n59350;Lille\r\n"
BAD = (
    'nom;code_insee;note\r\n"a ; b";1001;"x"\r\nc;59350;é\r\n\r\nd;75001;\r\n'
    'e;2a004;"un ""mot"""\r\n'
)


@pytest.fixture
def write(tmp_path):
    def write(text: str | bytes, name: str = "file.csv", encoding: str = "utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def places(ended):
    return [(f["line"], f["value"], f["reason"], f["repair"], f["sure"]) for f in ended]


def test_a_good_file_ends_with_0(workbench, write):
    ended = workbench("territories", "check", write(GOOD))
    assert (ended.code, ended.err) == (0, "")
    assert "Rien à redire : 2 lignes." in ended.out.replace("\u00a0", " ").replace("\u202f", " ")


def test_each_finding_has_its_line_and_its_reason(workbench, write):
    """Blank lines are counted as lines, and are no rows."""
    ended = workbench("territories", "check", write(BAD), "--json")
    assert ended.code == 1
    assert places(ended.json["findings"]) == [
        (2, "1001", "damaged", "01001", True),
        (5, "75001", "not_in_force", "", False),
        (6, "2a004", "damaged", "2A004", True),
    ]
    found = {key: ended.json[key] for key in ("column", "encoding", "separator", "rows")}
    assert found == {"column": "code_insee", "encoding": "utf-8", "separator": ";", "rows": 4}
    assert ended.json["expected"] == {"kind": "commune", "vintage": 2026}


def test_findings_are_printed_in_both_languages(workbench, write):
    path = write(BAD)
    french = workbench("territories", "check", path).out
    assert "file.csv:2" in french
    assert "zéro initial perdu" in french
    english = workbench("territories", "check", path, "--lang", "en").out
    assert "lost leading zero" in english
    assert "75001 became 94002 on 1968-01-01, or else it is a postcode (75056 Paris)" in english
    assert "2 rows can be repaired for sure: --repair FILE." in english


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_repaired_file_is_the_same_but_for_its_codes(workbench, write, tmp_path, encoding):
    """Other lines keep their bytes, and the line of a repaired code its other cells."""
    path, new = write(BAD, encoding=encoding), tmp_path / "new.csv"
    ended = workbench("territories", "check", path, "--repair", new, "--lang", "en")
    assert ended.code == 1
    assert "2 rows repaired, 1 left as they were, 4 rows written" in ended.out
    lines = new.read_bytes().decode(encoding).split("\r\n")
    before = BAD.split("\r\n")
    assert [i for i, line in enumerate(lines) if line != before[i]] == [1, 5]
    assert lines[1] == '"a ; b";01001;"x"'
    assert lines[5] == 'e;2A004;"un ""mot"""'
    assert path.read_bytes().decode(encoding) == BAD
    assert list(tmp_path.glob(".*")) == []


def test_repairing_all_ends_with_0_and_repairing_again_changes_nothing(workbench, write, tmp_path):
    path = write("insee\n1001\n1002\n")
    assert workbench("territories", "check", path, "--repair", tmp_path / "a.csv").code == 0
    assert (tmp_path / "a.csv").read_text() == "insee\n01001\n01002\n"
    ended = workbench("territories", "check", tmp_path / "a.csv", "--repair", tmp_path / "b.csv")
    assert ended.code == 0
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()


def test_no_file_is_written_over(workbench, write, tmp_path):
    path = write(BAD)
    for target in (path, write("kept", "other.csv")):
        before = target.read_bytes()
        ended = workbench("territories", "check", path, "--repair", target)
        assert (ended.code, ended.out) == (2, "")
        assert "exists, and is not written over: give another name." in ended.err
        assert target.read_bytes() == before


def test_a_folder_that_cannot_be_written_to_is_told(workbench, write, tmp_path):
    ended = workbench("territories", "check", write(BAD), "--repair", tmp_path / "no" / "a.csv")
    assert ended.code == 2
    assert "Cannot write in" in ended.err


def test_a_file_without_header_is_seen(workbench, write):
    ended = workbench("territories", "check", write("01001,a\n1002,b\n59350,c\n"), "--json")
    assert (ended.json["header"], ended.json["column"], ended.json["rows"]) == (False, "1", 3)
    assert places(ended.json["findings"]) == [(2, "1002", "damaged", "01002", True)]


def test_a_parquet_file_keeps_its_other_columns(workbench, tmp_path):
    table = pa.table(
        {"insee": pa.array([1001, 59350, None]), "v": pa.array([1.5, None, 2.0], pa.float32())}
    )
    pq.write_table(table, tmp_path / "a.parquet")
    ended = workbench(
        "territories", "check", tmp_path / "a.parquet", "--repair", tmp_path / "b.parquet"
    )
    assert ended.code == 1  # the row without a code is left
    fixed = pq.read_table(tmp_path / "b.parquet")
    assert fixed.column("insee").to_pylist() == ["01001", "59350", None]
    assert fixed.column("v").equals(table.column("v"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "it is empty. Fetch it again"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        (b"PK\x03\x04zip", "it is packed (zip). Unpack it first"),
        (b"a\x00bc", "A NUL byte was found at byte 1, line 1"),
        ("code;n\n01001;é\n".encode("utf-16"), "Save it as CSV UTF-8"),
        (b"PAR1nonsense", "begins as a Parquet file and cannot be read"),
        (b"a,b\nx,y\n", "No column seems to hold codes: say which with --column. 1 'a'; 2 'b'."),
        (b"from,to\n01001,01002\n", "Several columns may hold the codes: say which with --column"),
    ],
)
def test_a_file_that_cannot_be_checked_ends_with_2(workbench, write, content, told):
    ended = workbench("territories", "check", write(content))
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--column", "nom_"), "There is no column 'nom_' (nearest: nom)"),
        (("--column", "9"), "The file has 3: give a name, or a number from 1."),
        (("--kind", "insee"), "Kind of code 'insee' is unknown"),
        (("--vintage", "1500"), "No map of 1500 is known"),
        (("--lang", "de"), "Language 'de' is not spoken here"),
    ],
)
def test_a_wrong_word_names_the_nearest(workbench, write, words, told):
    ended = workbench("territories", "check", write(BAD), *words)
    assert ended.code == 2
    assert told in ended.err


def test_a_wrong_column_is_told_row_by_row(workbench, write):
    ended = workbench("territories", "check", write(BAD), "--column", "nom", "--lang", "en")
    assert ended.code == 1
    assert "These values are no known codes." in ended.out
    assert "4 texts that are no codes" in ended.out


def test_values_are_printed_harmless(workbench, write):
    ended = workbench("territories", "check", write("insee\n\x1b[31m01001[bold]\n"))
    assert "\x1b" not in ended.out
    assert r"\x1b[31m01001[bold]" in ended.out


def test_many_findings_are_counted_not_shown(workbench, write):
    ended = workbench("territories", "check", write("insee\n" + "1001\n" * 90), "--lang", "en")
    assert "and 40 more rows (--limit 0 shows all)" in ended.out
    assert ended.out.count("file.csv:") == 50


def test_another_country_has_its_own_codes(workbench, write, tiny):
    ended = workbench(
        "territories", "check", write("town\nA-001\na-002\n"), "--pack", tiny, "--json"
    )
    assert places(ended.json["findings"]) == [(3, "a-002", "damaged", "A-002", True)]


PIECES = ["A01", "A03", "b", '"', "\n", "\r\n", ",", ";", "\t", "é", "\ufeff", " "]


@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from(PIECES), max_size=40).map(lambda found: "".join(found).encode())
    | st.lists(st.sampled_from(PIECES[:6]), max_size=40).map(lambda found: "".join(found).encode())
)
def test_any_bytes_are_read_and_written_back_or_refused(content):
    with tempfile.TemporaryDirectory() as folder:
        path, new = Path(folder) / "a", Path(folder) / "b"
        path.write_bytes(content)
        try:
            table = open_code_file(path)
            place = choose_column(table.samples(), table.names, BOOK)
            values, _ = table.column(place)
        except WorkbenchError:
            return
        assert table.write(place, {}, new) == len(values)
        assert new.read_bytes() == content
        new.unlink()
        table.write(place, {"A01": "B01"}, new)
        fresh, _ = replace(table, path=new).column(place)
        assert fresh == ["B01" if value == "A01" else value for value in values]


# --- Official files -----------------------------------------------------------------------------


def test_the_valid_example_of_charging_stations_holds_a_postcode(workbench, official_data):
    """Its column of INSEE codes has 75001, which is no code of a commune."""
    path = official_data / "irve" / "statique" / "exemple-valide-statique.csv"
    ended = workbench("territories", "check", path, "--json")
    assert (ended.code, ended.json["column"]) == (1, "code_insee_commune")
    assert (ended.json["found"]["kind"], ended.json["expected"]["kind"]) == ("postcode", "commune")
    assert places(ended.json["findings"])[0] == (2, "75001", "other_kind", "75056", False)
    told = workbench("territories", "check", path, "--lang", "en").out
    assert "The name of the column promises INSEE commune codes; its values are postcodes." in told
    assert "A postcode is not an INSEE code" in told


def test_the_valid_examples_of_addresses_hold_communes(workbench, official_data):
    folder = official_data / "bal" / "lib" / "validate" / "__tests__"
    paths = [folder / "1.5" / "data" / "1.5-valid.csv", folder / "1.4" / "data" / "1.4-valid.csv"]
    assert [workbench("territories", "check", path).code for path in paths] == [0, 0]


def test_the_examples_of_parking_hold_an_arrondissement(workbench, official_data):
    path = official_data / "stationnement" / "exemple-valide.csv"
    ended = workbench("territories", "check", path, "--json")
    assert {f["reason"] for f in ended.json["findings"]} == {"part"}
    assert ended.json["found"]["kind"] == "arrondissement_municipal"


def test_the_examples_of_grants_hold_numbers_of_establishments(workbench, official_data):
    path = official_data / "scdl_subventions" / "exemples" / "exemple_valide.csv"
    ended = workbench("territories", "check", path)
    assert ended.code == 2
    assert "2 'idAttribuant' (perhaps SIRET numbers)" in ended.err
    chosen = workbench("territories", "check", path, "-c", "idAttribuant", "--json")
    assert (chosen.code, chosen.json["expected"]["kind"]) == (0, "siret")


def test_no_official_file_is_beyond_reading(workbench, official_data):
    """Whatever the file, the command ends with one of its own codes."""
    folders = ("stationnement", "comptage", "hydra", "scdl_subventions", "irve")
    paths = [path for name in folders for path in sorted((official_data / name).rglob("*.*s*"))]
    assert len(paths) > 10
    assert {workbench("territories", "check", path).code for path in paths} <= {0, 1, 2}


def test_a_small_spreadsheet_export_of_pandas_is_repaired(workbench, tmp_path):
    """Read as numbers, with a missing one, codes come out as 1001.0."""
    frame = pd.DataFrame({"insee": [1001.0, None, 59350.0], "x": ["a", "b", "c"]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    ended = workbench("territories", "check", tmp_path / "a.csv", "--repair", tmp_path / "b.csv")
    assert ended.code == 1
    assert (tmp_path / "b.csv").read_text() == "insee,x\n01001,a\n,b\n59350,c\n"
