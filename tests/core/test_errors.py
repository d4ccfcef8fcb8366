"""Each error has its class, and ends by the nearest valid choice."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core import errors
from workbench.core.errors import UnknownName, WorkbenchError, nearest

CLASSES = [
    member
    for _, member in inspect.getmembers(errors, inspect.isclass)
    if member.__module__ == errors.__name__
]
names = st.text(st.characters(categories=["L", "N"], max_codepoint=255), min_size=1, max_size=8)


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_every_error_can_be_caught_as_one_and_says_what_it_is(error):
    """The command line catches the parent, prints the message and gives no traceback."""
    assert issubclass(error, WorkbenchError)
    assert error.__doc__
    assert error.__name__ in errors.__all__


def test_an_unknown_name_of_any_kind_is_caught_as_such():
    """Levels, periods, territories, templates and packs are names."""
    kinds = {error.__name__ for error in CLASSES if issubclass(error, UnknownName)}
    assert kinds == {
        "ColumnUnknown",
        "UnknownName",
        "LevelUnknown",
        "PackNotFound",
        "PeriodUnknown",
        "RunUnknown",
        "TemplateNotFound",
        "TerritoryUnknown",
    }


@pytest.mark.parametrize(
    ("name", "choices", "said"),
    [
        ("densty", ["density", "population"], "nearest: density"),
        ("comune", ["iris", "commune", "country"], "nearest: commune, country"),
        ("zzz", ["b", "a", "a"], "choose from: a, b"),
        ("x", [], "choose from: "),
        # Codes that begin alike are of one place.
        ("5935O", ["59635", "59350", "95935", "59351"], "nearest: 59350, 59351, 59635"),
    ],
)
def test_nearest(name, choices, said):
    """The close ones by likeness; else all of them, in order, each once."""
    assert said == nearest(name, choices)


def test_many_choices_are_cut_short():
    """Twelve, then an ellipsis."""
    said = nearest("zzz", [f"{number:02d}" for number in range(20)])
    assert said.endswith("10, 11…")
    assert said.count(",") == 11


def test_how_many_are_named():
    """Three unless said otherwise."""
    choices = ["aaaa", "aaab", "aaac", "aaad"]
    assert nearest("aaaa", choices) == "nearest: aaaa, aaab, aaac"
    assert nearest("aaaa", choices, count=1) == "nearest: aaaa"


@given(st.lists(names, min_size=1), st.data())
def test_law_a_valid_name_is_its_own_nearest(choices, data):
    """Whatever the others are, and in whichever order they come."""
    name = data.draw(st.sampled_from(choices))
    said = nearest(name, choices)
    assert said.split(": ")[1].split(", ")[0] == name
    assert said == nearest(name, reversed(choices))
