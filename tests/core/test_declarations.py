"""Declarations are read strictly: codes stay text, a key is known and said once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.declarations import read_declaration, validate
from workbench.core.errors import DeclarationError


@pytest.fixture
def read(tmp_path):
    """Write a YAML file and read it."""

    def write(text, schema=None):
        path = tmp_path / "a.yml"
        path.write_text(text, encoding="utf-8")
        return read_declaration(path, schema)

    return write


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("01001", "01001"),  # YAML's octal 513
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("2A004", "2A004"),
        ("1e3", "1e3"),  # YAML's 1000.0
        ("59:30", "59:30"),  # YAML's base 60
        ("2026-01-01", "2026-01-01"),  # YAML's date
        ("no", "no"),  # YAML's false, and Norway
        ("on", "on"),
        ("~", "~"),
        ("<<", "<<"),
        ("'59'", "59"),
        ("59", 59),
        ("-3", -3),
        ("0", 0),
        ("0.5", 0.5),
        ("-1.25", -1.25),
        ("true", True),
        ("false", False),
        ("null", None),
        ("[01, 1]", ["01", 1]),
    ],
)
def test_a_scalar_is_what_is_written(read, written, value):
    """Only plain numbers, true, false and null are not text."""
    found = read(f"key: {written}")["key"]
    assert value == found
    assert type(value) is type(found)


@given(st.text(st.sampled_from("0123456789AB"), min_size=2, max_size=9))
def test_law_a_code_with_a_zero_or_a_letter_stays_text(tmp_path_factory, code):
    """Whatever its digits; one that is a plain number must be quoted."""
    path = tmp_path_factory.mktemp("law") / "a.yml"
    path.write_text(f"key: {code}\nquoted: '{code}'\n", encoding="utf-8")
    found = read_declaration(path)
    assert code == found["quoted"]
    plain_number = code.isdigit() and not code.startswith("0")
    assert found["key"] == (int(code) if plain_number else code)


def test_keys_stay_text_too(read):
    """A département may be a key."""
    assert read("{01: a, 2A: b, no: c}") == {"01": "a", "2A": "b", "no": "c"}


def test_a_key_said_twice_is_an_error(read):
    """YAML would keep the last one silently."""
    with pytest.raises(DeclarationError, match=r"line 3: key 'unit' is said twice; keep one"):
        read("unit: a\nlabel: b\nunit: c\n")


def test_a_key_said_twice_deep_inside_is_an_error(read):
    """At any depth."""
    with pytest.raises(DeclarationError, match="key 'fr' is said twice"):
        read("label: {fr: a, fr: b}")


@pytest.mark.parametrize("text", ["- a\n- b\n", "just text", ""])
def test_a_file_without_keys_is_an_error(read, text):
    """A list, a word or nothing."""
    with pytest.raises(DeclarationError, match=r"a\.yml holds no mapping; expected keys"):
        read(text)


def test_broken_yaml_names_the_file(read):
    """With the place that YAML gives."""
    with pytest.raises(
        DeclarationError, match=r'a\.yml is not valid YAML: (.|\n)*"a\.yml", line 1'
    ):
        read("key: [1, 2")


def test_a_tag_that_makes_an_object_is_refused(read):
    """A declaration runs nothing."""
    with pytest.raises(DeclarationError, match="not valid YAML: could not determine a constructor"):
        read("key: !!python/object/apply:os.getcwd []")


SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["unit"],
    "properties": {
        "unit": {"enum": ["person", "percent"]},
        "inner": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"decimals": {"type": "integer"}},
        },
    },
}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            {"unit": "person", "labl": 1},
            r"^a\.yml: unknown key 'labl' \(choose from: inner, unit",
        ),
        ({"unt": "person"}, "unknown key 'unt'|'unit' is a required property"),
        ({"unit": "people"}, r"^a\.yml, unit: 'people' is not one of \['person', 'percent'\]"),
        (
            {"unit": "person", "inner": {"decimal": 1}},
            r"^a\.yml, inner: unknown key 'decimal' \(nearest: decimals\)",
        ),
        ({"unit": "person", "inner": {"decimals": "2"}}, "inner, decimals: '2' is not of type"),
        ({}, "'unit' is a required property"),
    ],
)
def test_a_broken_schema_says_where_and_what_is_nearest(content, said):
    """File, place, what was found, what would be right."""
    with pytest.raises(DeclarationError, match=said):
        validate(content, SCHEMA, "a.yml")


def test_a_schema_is_checked_when_reading(read):
    """And a right file is simply read."""
    assert read("unit: person", SCHEMA) == {"unit": "person"}
    with pytest.raises(DeclarationError, match="unknown key 'unti'"):
        read("unit: person\nunti: 1", SCHEMA)
