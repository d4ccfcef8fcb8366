"""A dialect says what is known of a file; what it does not know is an error."""

from __future__ import annotations

import pytest

from workbench.loaders.dialect import Decision, Dialect
from workbench.loaders.errors import DialectInvalid


def test_a_dialect_leaves_open_what_it_does_not_say():
    dialect = Dialect(separator=";")
    assert (dialect.separator, dialect.encoding, dialect.header) == (";", None, None)


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(DialectInvalid, match=r"no key 'decimals' \(nearest: decimal\)"):
        Dialect.of({"decimals": ","})


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("encoding", "utf-99", "one that Python has"),
        ("encoding", "base64", "one that Python has"),
        ("separator", ";;", "one character"),
        ("separator", "\n", "one character"),
        ("quote", "a", "one character"),
        ("decimal", ";", "',' or '.'"),
        ("thousands", "_", "',', '.' or ''"),
        ("date_order", "ydm", "dmy, mdy, ymd"),
        ("header", -1, "the number of a line, or 0"),
        ("header", True, "the number of a line, or 0"),
        ("header_rows", 3, "1 or 2"),
        ("sheet", "", "the name of a sheet"),
        ("roles", {"pop": "count"}, "the role of 'pop'"),
        ("markers", {"x": "hidden"}, "the meaning of 'x'"),
    ],
)
def test_a_value_that_cannot_be_is_refused(key, value, expected):
    with pytest.raises(DialectInvalid, match=expected):
        Dialect.of({key: value})


@pytest.mark.parametrize(
    "keys", [{"separator": "|", "quote": "|"}, {"decimal": ",", "thousands": ","}]
)
def test_one_character_has_one_meaning(keys):
    with pytest.raises(DialectInvalid, match="are both"):
        Dialect.of(keys)


def test_a_decision_reads_as_a_sentence():
    assert str(Decision("separator", "';'", "given")) == "';' (given)"
    assert str(Decision("header", "3", "texts", 0.8)) == "3 (texts, 80% sure)"
