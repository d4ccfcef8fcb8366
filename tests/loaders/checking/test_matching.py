"""Patterns mean what they mean to `re`, and none of them holds a check back."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.loaders.checking.matching import match_all

SLOW = [
    ("(a+)+b", "a" * 60),
    (r"(\w+\s?)*=", "1" * 60),
    ("(?:a|a)*(?:a|a)*c", "a" * 60),
    (r"(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)=", "x" * 4000),
]


@pytest.mark.parametrize(("pattern", "text"), SLOW)
def test_a_pattern_that_never_ends_is_given_up(pattern, text):
    assert match_all([("a+", ["a"]), (pattern, [text]), ("b", ["b"])], seconds=1) == [
        (True,),
        None,
        (True,),
    ]


def test_many_patterns_that_never_end_are_given_up_together():
    """The processor's time is counted, not the clock's: other work does not matter."""
    before = time.process_time()
    asked = [("(a+)+b", ["a" * 60])] * 50
    assert match_all(asked, seconds=1) == [None] * 50
    assert time.process_time() - before < 5


PIECES = st.sampled_from(
    [
        r"\w",
        r"\d",
        "a",
        "é",
        "[0-9]",
        "(?:a|b)",
        r"\s",
        "(a)",
        r"\1",
        "[^a]",
        ".",
        r"\u00C0",
        "^",
        "$",
    ]
)
PATTERNS = st.lists(st.tuples(PIECES, st.sampled_from(["", "?", "{2}"])), max_size=5).map(
    lambda parts: "(a?)" + "".join(piece + times for piece, times in parts)
)


@settings(max_examples=25, deadline=None)
@given(PATTERNS, st.lists(st.text("abé0٣ À\n", max_size=4), max_size=6))
def test_a_pattern_means_what_it_means_to_re(pattern, texts):
    try:
        expected = tuple(re.fullmatch(pattern, text) is not None for text in texts)
    except re.error:
        return
    assert match_all([(pattern, texts)]) == [expected]


def test_a_hostile_schema_ends_in_a_finding(checked, told):
    fields = [
        {"name": "a", "constraints": {"pattern": "(a+)+b"}},
        {"name": "b", "constraints": {"pattern": "[0-9]{5}"}},
    ]
    found = checked(f"a,b\n{'a' * 60},01001\nb,1001\n", fields)
    assert told(found) == [("pattern_slow", None, "a", ""), ("pattern", 3, "b", "1001")]
    assert "(a+)+b" in found.problems[0].reason
    assert found.set_aside == 1
