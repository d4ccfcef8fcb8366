"""The encoding of a text is told from its bytes, and no letter is lost."""

from __future__ import annotations

import pytest

from workbench.loaders.encodings import Text, decode, detect_encoding
from workbench.loaders.errors import TextUnreadable
from workbench.loaders.tabular import read

FRENCH = "Bâgé-le-Châtel;Forêt d’Orléans;Œuvres sociales;Noël à Aÿ;3 000 €\n"


def encoding(*samples, **given):
    return detect_encoding(samples, **given)[0].encoding


@pytest.mark.parametrize("name", ["utf-8", "cp1252", "utf-16-le", "utf-16-be"])
def test_french_is_read_in_the_encoding_it_was_written_in(name):
    assert encoding((FRENCH * 3).encode(name)) == name


@pytest.mark.parametrize("name", ["cp850", "mac_roman"])
def test_old_machines_are_told_by_their_letters(name):
    text = "Évêché de Nîmes;forêt;où l'été;façade;élève à côté\n" * 3
    assert encoding(text.encode(name)) == name


@pytest.mark.parametrize("name", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_says_the_encoding(name):
    text, decision = detect_encoding([FRENCH.encode(name)])
    assert decision.evidence == "byte order mark"
    assert text.mark in (2, 3, 4)
    assert FRENCH.encode(name)[text.mark :].decode(text.encoding) == FRENCH


def test_ascii_is_not_yet_decided():
    text, decision = detect_encoding([b"code;nom\n"])
    assert text.is_ascii
    assert decision.confidence < 1


def test_a_letter_cut_by_a_sample_does_not_break_utf8():
    content = FRENCH.encode()
    cuts = [(content[:2], content[2:9], content[9:])]
    cuts += [(content, content[at : at + 7], content[at:]) for at in range(len(content) - 7)]
    assert {encoding(*samples) for samples in cuts} == {"utf-8"}


def test_a_letter_cut_by_the_end_of_the_file_is_no_letter():
    assert encoding("voilà".encode("cp1252")) == "cp1252"


def test_what_is_given_is_believed():
    assert encoding(b"\xe9", given="iso8859_15") == "iso8859_15"


def test_a_nul_byte_is_located():
    with pytest.raises(TextUnreadable, match=r"NUL byte was found at byte 9, line 2"):
        detect_encoding([b"code;nom\n\x0001;Ain\n02;Aisne\n03;Allier\n"])


def test_bytes_of_no_french_text_are_located():
    greek = "Αθήνα;Θεσσαλονίκη;Πάτρα\n".encode("iso8859_7")
    with pytest.raises(TextUnreadable, match=r"Byte 0x.. \(line 2\) is neither UTF-8"):
        detect_encoding([b"code;nom\n" + greek * 5])


def test_lines_of_another_encoding_are_read_and_told():
    content = "é\nà\n".encode() + "ù\n".encode("cp1252")
    assert decode(content, Text("utf-8")) == ("é\nà\nù\n".encode(), (2,))


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_lines_of_another_encoding_end_as_on_any_system(tmp_path, end):
    lines = [f"0100{n};é".encode("cp1252" if n == 4 else "utf-8") for n in range(1, 9)]
    path = tmp_path / "a.csv"
    path.write_bytes(end.encode().join([b"code;nom", *lines, b""]))
    table = read(path)
    assert table.column("nom") == ["é"] * 8
    assert [(each.row, each.value) for each in table.problems] == [(5, "01004;é")]
