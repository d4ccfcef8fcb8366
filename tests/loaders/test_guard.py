"""A hostile file is refused with its reason, in seconds and in little memory."""

from __future__ import annotations

import io
import json
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.declarations import read_declaration
from workbench.core.errors import DeclarationError
from workbench.loaders.errors import CodeRefused, JsonRefused, NotTheFile, TextRefused, XmlRefused
from workbench.loaders.guard import check_file, check_text, read_json

from .confined import confined

ROWS = b"code;nom;prix\n" + b'01001;"L""Abergement";5\n' * 200


@pytest.fixture
def check(tmp_path):
    """Give what checks some bytes under a name."""

    def checked(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        check_file(path)

    return checked


# -- what passes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", ROWS),
        ("a.csv", b"\xef\xbb\xbf" + ROWS),
        ("a.csv", ROWS.decode().encode("utf-16")),
        ("a.csv", ROWS.replace(b"\n", b"\r")),
        ("a.csv", b'code;nom\n01001;tuyau de 5"\n' + ROWS),
        ("a.csv", b'code;nom\n01001;"sur deux\nlignes"\n01002;"5"" de ""large"\n'),
        ("a.csv", b"code;forme\n01001;" + b"1.5 2.5," * 500_000 + b"\n"),
        ("a.csv", b";" * 5000 + b"\n"),
        ("a.csv", b""),
        ("a.json", b'{"error": null, "data": []}'),
        ("a.xml", b"<?xml version='1.0'?><!DOCTYPE kml><a>&amp;<b/></a>"),
        ("a.html", b"<html>"),
    ],
)
def test_what_can_be_read_passes(check, name, content):
    check(name, content)


def test_arrays_of_numbers_and_texts_pass(check):
    for array in (np.arange(6).reshape(2, 3), np.array(["01001", "2A004"])):
        made = io.BytesIO()
        np.save(made, array)
        check("a.npy", made.getvalue())
    made = io.BytesIO()
    np.savez_compressed(made, a=np.arange(3))
    check("a.npz", made.getvalue())


# -- what is another thing than its name says -----------------------------------------------


@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html>\n<html><title>404</title>",
        b"\xef\xbb\xbf  \n<HTML lang=fr>",
        "<html>".encode("utf-16"),
        b"<!-- generated --><!doctype HTML>",
        b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>",
        b"<script>location='/login'</script>",
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.zip", "a.json", "a.xlsx", "a"])
def test_a_web_page_under_another_name_is_told(check, name, page):
    with pytest.raises(NotTheFile, match="is a web page"):
        check(name, page)


def test_a_message_of_error_under_the_name_of_a_table_is_told(check):
    with pytest.raises(NotTheFile, match=r"a server's answer: .*quota"):
        check("a.csv", b'{"error": "quota exceeded"}\n')


@pytest.mark.parametrize(("content", "kind"), [(b"PK\x03\x04", "zip"), (b"%PDF-1.7", "pdf")])
def test_another_kind_under_the_name_of_a_text_is_told(check, content, kind):
    with pytest.raises(NotTheFile, match=f"is a {kind} file under the name of a text"):
        check("a.csv", content)


# -- tables ---------------------------------------------------------------------------------


def test_a_quote_left_open_is_told_where_it_opens(check):
    with pytest.raises(TextRefused, match=r"line 202: a quote is opened .*'01001;\"Bourg"):
        check("a.csv", ROWS + b'01001;"Bourg;5\n' + ROWS)


def test_a_quote_left_open_is_told_in_utf_16(check):
    text = ROWS.decode() + '01001;"Bourg;5\n' + ROWS.decode() * 10
    with pytest.raises(TextRefused, match="line 202: a quote is opened"):
        check("a.csv", text.encode("utf-16"))


def test_a_line_too_long_is_told_by_its_number(check):
    with pytest.raises(TextRefused, match="line 3: more than 8,388,608 bytes"):
        check("a.csv", b"a;b\n1;2\n" + b"3" * (9 << 20))


@pytest.mark.parametrize("separator", [b";", b",", b"\t", b"|"])
def test_too_many_columns_are_told(check, separator):
    with pytest.raises(TextRefused, match="20,001 columns"):
        check("a.csv", separator * 20_000 + b"\n1\n")


@given(st.binary(max_size=300))
def test_any_bytes_pass_or_are_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        check_text(path)
    except TextRefused as error:
        assert "a quote is opened" in str(error)  # noqa: PT017 - one of two ends that are right
        assert content.count(b'"') % 2


# -- XML, JSON, YAML, arrays ----------------------------------------------------------------

LAUGHS = (
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY l0 'ha'>"
    + b"".join(b"<!ENTITY l%d '%s'>" % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]><a>&l9;</a>"
)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (LAUGHS, "defines entities"),
        (b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "defines entities"),
        (b"<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://10.0.0.1/'> %x;]><a/>", "defines entities"),
        (b"<a>" * 1000, "more than 256 deep"),
        (b"<a><b></a>", "mismatched tag"),
        (b"<a>&undefined;</a>", "undefined entity"),
        (b"<a", "no well-formed"),
        (b"", "no element"),
        (b"<?xml version='1.0' encoding='klingon'?><a/>", "unknown encoding"),
    ],
)
def test_xml_that_is_not_plain_is_refused(check, content, told):
    with pytest.raises(XmlRefused, match=told):
        check("a.xml", content)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[" * 100_000, "within lists"),
        (b'{"a": 1', "line 1 column 8"),
        (b'{"a": "\xe9"}', "not UTF-8"),
        (b"1" * 5000, "digits"),
        (b"<html>", "begins with '<html>'"),
    ],
)
def test_json_that_is_not_well_formed_is_refused(content, told):
    with pytest.raises(JsonRefused, match=told):
        read_json(content, "a.json")


def test_json_that_is_too_large_is_not_read():
    with pytest.raises(JsonRefused, match="11 bytes of JSON, more than the 10"):
        read_json(json.dumps("a" * 9).encode(), "a.json", most=10)


def yaml_laughs():
    """Make a list of lists of lists… of a billion words in a few lines."""
    lines = ["l0: &l0 [ha, ha]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: !!python/object/apply:os.system ['true']", "tag:yaml.org,2002:python"),
        ("a: !other 1", "!other"),
        ("a: &x [*x]", "holds itself"),
        (yaml_laughs(), r"line \d+: more than 500,000 values"),
        ("a: " + "[" * 5000, "more than 60 levels"),
        ("a: 1\n" * 2, "said twice"),
        ("a: " + "b" * (5 << 20), "larger than"),
    ],
)
def test_yaml_that_is_no_declaration_is_refused(tmp_path, text, told):
    path = tmp_path / "a.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(DeclarationError, match=told):
        read_declaration(path)


def test_a_yaml_alias_is_what_it_repeats(tmp_path):
    path = tmp_path / "a.yml"
    path.write_text("a: &x [01001, no]\nb: [*x, *x]", "utf-8")
    assert read_declaration(path)["b"] == [["01001", "no"], ["01001", "no"]]


class Evil:
    """Would write a file when it is unpickled."""

    def __reduce__(self):
        return (open, ("/tmp/evil-was-here", "w"))


def numpy_file(array):
    """Write an array as NumPy does, pickling what it must."""
    made = io.BytesIO()
    np.save(made, array, allow_pickle=True)
    return made.getvalue()


def announcing(shape):
    """Make a NumPy file of three numbers that announces others."""
    made = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        made, {"descr": "<f8", "fortran_order": False, "shape": shape}
    )
    return made.getvalue() + bytes(24)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.npy", numpy_file(np.array([Evil()], dtype=object))),
        ("a.npy", numpy_file(np.array([(1, "a")], dtype=[("n", int), ("o", object)]))),
        ("a.npy", announcing((10**12,))),
        ("a.npy", announcing((2**62, 2**62))),
        ("a.npy", announcing((2**32, 2**32))),
        ("a.npy", announcing((-3,))),
        ("a.npy", announcing((4,))),
        ("a.npy", b"\x93NUMPY\x01\x00\xff\xff" + b"{" * 70_000),
        ("a.npy", announcing((4,)).replace(b"}", b"(")),
        ("a.npy", numpy_file(np.zeros(1, dtype=[(f"f{n}", "<f8") for n in range(2000)]))),
        ("a.npy", b"hello"),
        ("a.npy", b"PK\x03\x04 a zip under this name"),
        ("a.pkl", b"anything"),
        ("a.csv", pickle.dumps(Evil())),
        ("a.joblib", b"anything"),
    ],
)
def test_what_would_run_code_or_lies_of_its_size_is_refused(check, recwarn, name, content):
    with pytest.raises(CodeRefused, match=r"runs code|no array of numbers"):
        check(name, content)
    assert [str(each.message) for each in recwarn] == []  # a size that overflows is not wrapped


def test_an_object_within_a_file_of_arrays_is_refused(check):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.npy", numpy_file(np.array([Evil()], dtype=object)))
    with pytest.raises(CodeRefused, match=r"a\.npy is no array"):
        check("a.npz", made.getvalue())


# -- within a little memory -----------------------------------------------------------------


def lines(path, first, block, times):
    """Write a large file a block at a time."""
    with path.open("wb") as out:
        out.write(first)
        for _ in range(times):
            out.write(block)


@pytest.mark.parametrize(
    ("name", "first", "block", "times", "told"),
    [
        ("line.csv", b"a;b\n", b"x" * (1 << 20), 100, "TextRefused line.csv, line 2: more than"),
        ("quote.csv", b'a;b\n1;"2\n', b"1;2\n" * 50_000, 500, "TextRefused quote.csv, line 2"),
        ("columns.csv", b"c", b",c12345" * 10_000, 1000, "TextRefused columns.csv, line 1: "),
        ("empty.csv", b"", b"," * 10_000_000, 1, "TextRefused empty.csv, line 1: "),
        ("deep.xml", b"", b"<a>" * 100_000, 100, "XmlRefused deep.xml, line 1: elements"),
        ("name.xml", b"<a b='", b"x" * (1 << 20), 300, "XmlRefused name.xml, line 1: a name"),
        ("page.csv", b"<html>", b"x" * (1 << 20), 100, "NotTheFile page.csv is a web page"),
        ("laughs.xml", LAUGHS, b"", 1, "XmlRefused laughs.xml, line 1: it defines"),
        ("huge.npy", announcing((10**12,)), b"", 1, "CodeRefused huge.npy is no array"),
        ("good.csv", b"", ROWS, 20_000, "no error"),
    ],
)
def test_it_is_refused_in_seconds_within_a_little_memory(tmp_path, name, first, block, times, told):
    lines(tmp_path / name, first, block, times)
    ended = confined(
        "from workbench.loaders.guard import check_file\nimport numpy",
        "check_file(Path(sys.argv[1]))",
        tmp_path / name,
        megabytes=100,
    )
    assert ended.told.startswith(told)
    assert ended.seconds < 15
