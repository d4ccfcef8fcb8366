"""A file of rows is read right, or what is wrong in it is located and set aside."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from workbench.core.types import Status
from workbench.loaders import pieces
from workbench.loaders.dialect import Dialect
from workbench.loaders.errors import (
    DialectInvalid,
    FileNotTabular,
    HeadingNotFound,
    LoadingError,
    TableRefused,
)
from workbench.loaders.tabular import load, read


@pytest.fixture
def file(tmp_path):
    """Give what writes a file and returns where it is."""

    def write(text, encoding="utf-8", name="towns.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def decided(table, key):
    """Return a decision of a table."""
    return next(each for each in table.decisions if each.key == key)


def test_codes_stay_text_and_zeros_and_absences_stay_apart(file):
    table = read(file("code;pop;taux\n01001;0;12,5\n2A004;s;nd\n01004;///;\n01005;12;3,25\n"))
    assert table.column("code") == ["01001", "2A004", "01004", "01005"]
    assert table.column("pop") == [0, None, None, 12]
    statuses = [Status(each).name for each in table.column("pop_status")]
    assert statuses == ["OBSERVED", "SUPPRESSED", "NOT_APPLICABLE", "OBSERVED"]
    assert table.column("taux") == [12.5, None, None, 3.25]
    assert {Status(each) for each in table.column("taux_status")[1:3]} == {Status.MISSING}


def test_the_legend_of_the_file_gives_its_signs_their_meaning(file):
    text = "code;pop\n01001;5\n01002;-\n01003;c\n\nSource : INSEE\n- : résultat nul\n"
    table = read(file(text))
    assert table.column("pop") == [5, 0, None]
    assert table.column("pop_status") == [Status.OBSERVED, Status.OBSERVED, Status.SUPPRESSED]
    assert table.notes == ("Source : INSEE", "- : résultat nul")
    assert decided(table, "marker '-'").value == "zero"


def test_a_dialect_wins_over_what_would_be_detected(file):
    path = file("code;pop\n1;5\n2;x\n3;7\n")
    dialect = Dialect(roles={"code": "integer"}, markers={"x": "suppressed"})
    table = read(path, dialect)
    assert table.column("code") == [1, 2, 3]
    assert table.column("pop_status") == [0, Status.SUPPRESSED, 0]
    assert decided(table, "role of code").evidence == "given"


def test_a_role_for_a_column_that_is_not_there_names_the_nearest(file):
    with pytest.raises(DialectInvalid, match=r"no column 'popu' \(nearest: pop\)"):
        read(file("code;pop\n1;5\n"), Dialect(roles={"popu": "number"}))


def test_rows_that_cannot_be_read_are_set_aside_located_and_counted(file):
    text = "code;pop;date\n01001;5;31/01/2024\n01002;6\n01003;sept;01/02/2024\n01004;8;31/02/2024\n"
    table = read(file(text + "01005;9;05/03/2024\n01006;1;06/03/2024\n01007;2;07/03/2024\n"))
    assert table.column("code") == ["01001", "01005", "01006", "01007"]
    assert table.column("date")[0] == date(2024, 1, 31)
    assert [(p.row, p.column, p.value) for p in table.problems] == [
        (3, "", "01002;6"),
        (4, "pop", "sept"),
        (5, "date", "31/02/2024"),
    ]
    assert table.problems[0].reason == "the row has 2 cells, the heading 3 columns"
    assert table.set_aside.column("text").to_pylist()[1] == "01003;sept;01/02/2024"
    assert table.rows == 7


def test_strict_refuses_what_would_be_set_aside(file):
    path = file("code;pop\n01001;5\n01002;6;7\n01003;8\n01004;9\n")
    with pytest.raises(TableRefused, match=r"1 of 4 rows cannot be read \(line 3: '01002;6;7'"):
        read(path, strict=True)


def test_problems_are_told_in_french(file):
    path = file("code_insee;pop\n1001;5\n01002;6\n01003;8\n01004;9\n")
    (problem,) = read(path, lang="fr").problems
    assert problem.reason.startswith("il manque un chiffre au code")
    assert problem.repair == "Écrire «\N{NO-BREAK SPACE}01001\N{NO-BREAK SPACE}»."


def test_a_zero_that_a_spreadsheet_removed_is_put_back_when_asked(file):
    path = file("code_insee;pop\n1001;5\n01002;6\n01003;8\n01004;9\n")
    assert read(path).column("code_insee") == ["01002", "01003", "01004"]
    table = read(path, mend=True)
    assert table.column("code_insee") == ["01001", "01002", "01003", "01004"]
    assert [(p.row, p.fatal) for p in table.problems] == [(2, False)]


def test_totals_are_told_from_the_rows_they_add_up(file):
    table = read(file("code;nom;pop\n01;Ain;5\n02;Aisne;7\n;Total;12\n"))
    assert table.column("pop") == [5, 7]
    assert table.totals.column("pop").to_pylist() == [12]


def test_a_total_that_adds_up_is_surer_than_one_that_does_not(file):
    right = read(file("code;nom;pop\n01;Ain;5\n02;Aisne;7\n;Total;12\n"))
    wrong = read(file("code;nom;pop\n01;Ain;5\n02;Aisne;7\n;Total;13\n"))
    assert decided(right, "totals").confidence == 1
    assert decided(wrong, "totals").confidence < 1
    assert "0 of 1 counts are the sums" in decided(wrong, "totals").evidence


def test_notes_cut_by_the_end_of_a_piece_are_still_notes(file, monkeypatch):
    text = "code;n\n01001;5\n01002;6\n\nSource : INSEE\nNote : rien\n"
    for size in range(30, len(text) + 2):
        monkeypatch.setattr(pieces.cut, "__kwdefaults__", {"size": size})
        table = read(file(text))
        assert table.column("n") == [5, 6]
        assert table.set_aside.num_rows == 0


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotTabular, match=r"nowhere.csv cannot be read: No such file"):
        read(tmp_path / "nowhere.csv")


def test_an_encoding_that_is_given_and_wrong_is_told(file):
    for name in ("ascii", "utf-16"):
        with pytest.raises(LoadingError, match=r"Give another encoding|saved as CSV|it is empty"):
            read(file("code;nom\n01;é\n02;à!\n"), Dialect(encoding=name))


def test_a_company_named_total_is_no_total(file):
    table = read(file("siret;nom;pop\n12345678901234;TOTAL ENERGIES;5\n;Total;5\n"))
    assert table.column("nom") == ["TOTAL ENERGIES"]


def test_a_heading_narrower_than_the_rows_is_located(file):
    with pytest.raises(HeadingNotFound, match=r"heading on line 1 has 2 .* line 2 has 3"):
        read(file("code,taux\n01001,12,5\n01002,7,25\n01003,3,5\n"))


def test_titles_units_and_notes_are_kept_beside_the_table(file):
    text = (
        "Populations légales;;\n;;\ncode;nom;pop\n;;habitants\n01;Ain;5\n02;Aisne;7\n;;\n"
        "Source : INSEE;;\n"
    )
    table = read(file(text))
    assert table.data.column_names == ["code", "nom", "pop - habitants", "pop - habitants_status"]
    assert table.notes == ("Populations légales", "Source : INSEE")
    assert table.column("nom") == ["Ain", "Aisne"]


def test_a_name_that_comes_twice_is_changed_and_told(file):
    table = read(file("code;pop;pop\n01;5;6\n"))
    assert [c.name for c in table.columns] == ["code", "pop", "pop_2"]
    assert decided(table, "name of column 3").value == "pop_2"


def test_times_keep_their_zone(file):
    table = read(file("quand;n\n2024-01-31T10:00:00+0200;5\n2024-07-01T00:30:00Z;6\n"))
    assert str(table.data.schema.field("quand").type) == "timestamp[us, tz=UTC]"
    assert table.column("quand")[0].replace(tzinfo=None) == datetime(2024, 1, 31, 8)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "it is a web page"),
        (b"\x1f\x8b\x08\x00", r"packed \(gzip\). Unpack it first"),
        (b'{"type": "FeatureCollection"}', "it is JSON"),
        (b"%PDF-1.7", "format pdf"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(file, content, told):
    with pytest.raises(FileNotTabular, match=told):
        read(file(content))


def test_a_file_of_many_pieces_gives_the_table_of_one(file, monkeypatch):
    rows = "".join(f'{n:05d};"Ville\n{n}";{n},5;{n % 28 + 1:02d}/03/2024\n' for n in range(500))
    path = file("Titre\n\ncode;nom;taux;jour\n" + rows + "00500;x\n00501;a;b;c\n\nSource : INSEE\n")
    whole = read(path)
    monkeypatch.setattr(pieces.cut, "__kwdefaults__", {"size": 997})
    parted = read(path)
    assert parted.data.equals(whole.data)
    assert parted.problems == whole.problems
    assert [p.row for p in whole.problems] == [1004, 1005]
    assert parted.set_aside.equals(whole.set_aside)


def test_a_code_far_in_the_file_makes_the_column_one_of_codes(file):
    rows = "".join(f"{n};{n}\n" for n in range(10_000, 60_000))
    table = read(file("zonage_x;n\n".replace("zonage_x", "quartier") + rows + "01234;5\n"))
    assert table.column("quartier")[-1] == "01234"
    assert decided(table, "role of quartier").evidence == "'01234' is further in the file"


def test_decimals_far_in_the_file_are_kept(file):
    rows = "".join(f"{n};{n % 7}\n" for n in range(60_000))
    table = read(file("rang;n\n" + rows + "5;2.5\n"))
    assert table.column("n")[-2:] == [(59_999) % 7, 2.5]


def test_the_registry_gets_decisions_and_counts(file):
    made = load(file("code;pop\n01001;5\n01002;6;7\n01003;8\n"), separator=";")
    assert made.decisions["separator"] == "';' (given)"
    assert (made.rows, made.set_aside) == (3, 1)


def test_a_quote_astray_in_a_long_file_costs_its_row_only(file):
    rows = [
        f'{n:05d};"Ville; {n}";{n},5' if n % 7 else f"{n:05d};Ville;{n},25" for n in range(9000)
    ]
    clean = read(file("code;nom;n\n" + "\n".join(rows) + "\n"))
    rows[4321] = '04321;"Ville;7'
    rows[8000] = "08000;trop;de;cellules"
    astray = read(file("code;nom;n\n" + "\n".join(rows) + "\n"))
    kept = [at for at in range(9000) if at not in (4321, 8000)]
    assert astray.data.to_pylist() == clean.data.take(kept).to_pylist()
    assert [problem.row for problem in astray.problems] == [4323, 8002]


def test_a_sheet_of_a_text_is_refused(file):
    path = file("code;n\n01001;5\n")
    with pytest.raises(DialectInvalid, match=r"towns\.csv is text and has no sheet 'Feuil1'"):
        read(path, Dialect(sheet="Feuil1"))
    with pytest.raises(DialectInvalid, match="only a workbook has some"):
        load(path, sheet="Feuil1")


@pytest.mark.parametrize(
    ("name", "short", "whole", "others"),
    [
        ("siren", "10600047", "010600047", "130025265;213500135"),
        ("siren", "5520135", "005520135", "130025265;213500135"),
        ("siret", "1060004700392", "01060004700392", "13002526500013;21060004500392"),
        ("acheteur", "10600047", "010600047", "130025265;213500135"),
        ("insee", "1001", "01001", "59350;2A004"),
    ],
)
def test_zeros_that_a_code_has_lost_are_told_and_put_back_when_asked(
    file, name, short, whole, others
):
    path = file(
        "\n".join([f"{name},n", f"{short},1", *(f"{each},2" for each in others.split(";"))])
    )
    table = read(path)
    assert [(each.row, each.value, each.fatal) for each in table.problems] == [(2, short, True)]
    assert whole in table.problems[0].repair
    assert table.column(name) == others.split(";")
    assert read(path, mend=True).column(name) == [whole, *others.split(";")]


def test_a_number_whose_key_is_wrong_is_not_guessed(file):
    path = file("siren,n\n10600045,1\n130025265,2\n213500135,3\n")
    for table in (read(path), read(path, mend=True)):
        assert [(each.row, each.repair, each.fatal) for each in table.problems] == [(2, "", True)]
        assert table.column("siren") == ["130025265", "213500135"]


@pytest.mark.parametrize(
    ("size", "rows", "encoding"),
    [(12, 1, "utf-8"), (12, 9, "utf-16"), (80, 9, "utf-8"), (80, 9, "cp1252")],
)
def test_a_heading_of_thousands_of_columns_is_read(file, size, rows, encoding):
    """Those of the census have two thousand: a heading of twenty kilobytes, or of more."""
    names = [f"P21_É{n:05d}".ljust(size, "x") for n in range(2000)]
    lines = [";".join(str(n + row) for n in range(2000)) for row in range(rows)]
    table = read(file("\n".join([";".join(names), *lines]), encoding))
    assert (table.data.num_rows, table.set_aside.num_rows) == (rows, 0)
    assert table.data.num_columns == 4000
    assert table.column(names[-1]) == [1999 + row for row in range(rows)]
