"""Parameters are checked before anything runs: names, types and values; a code stays text."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st
from papermill.translators import PythonTranslator

from workbench.core.errors import DeclarationError, ParameterError
from workbench.reports.parameters import Parameter, check_parameters, read_parameters

DECLARED = {
    "territory": Parameter("territory", "text", required=True),
    "lang": Parameter("lang", "choice", "fr", ("fr", "en")),
    "vintage": Parameter("vintage", "integer", 2026),
    "share": Parameter("share", "number"),
    "maps": Parameter("maps", "flag", True),
}
codes = st.text(st.sampled_from("0123456789AB"), min_size=1, max_size=9)


# --- Values -------------------------------------------------------------------------------------


@given(codes)
def test_law_a_code_goes_in_and_out_as_it_is(code):
    """Whatever it looks like: 01001, 1e5, 2A004."""
    assert code == check_parameters(DECLARED, {"territory": code})["territory"]


@given(st.text(max_size=40))
def test_law_papermill_writes_any_text_as_itself(text):
    """Quotes, backslashes, line ends and braces: the injected cell gives the same text back."""
    cell = PythonTranslator.codify({"territory": text})
    found: dict[str, object] = {}
    exec(cell, {}, found)
    assert found == {"territory": text}


@pytest.mark.parametrize(
    ("name", "given_value", "expected"),
    [
        ("territory", "01001", "01001"),
        ("territory", "", ""),
        ("territory", "true", "true"),
        ("lang", "en", "en"),
        ("vintage", "2022", 2022),
        ("vintage", 2022, 2022),
        ("vintage", "-3", -3),
        ("share", "0.5", 0.5),
        ("share", 2, 2.0),
        ("maps", "false", False),
        ("maps", True, True),
    ],
)
def test_a_value_takes_the_declared_type(name, given_value, expected):
    """From text, as typed, or from Python."""
    found = DECLARED[name].read(given_value)
    assert expected == found
    assert type(expected) is type(found)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("territory", 1001, "territory: found 1001, expected text: write it between quotes, with"),
        ("territory", None, "territory: found None, expected text"),
        ("lang", "frr", r"lang: found 'frr', expected one of fr, en \(nearest: fr\)"),
        ("lang", "FR", "expected one of fr, en"),
        ("vintage", "2022.0", "vintage: found '2022.0', expected an integer"),
        ("vintage", 2022.0, "expected an integer"),
        ("vintage", True, "found True, expected an integer"),
        ("vintage", "", "found '', expected an integer"),
        ("vintage", None, "found None, expected an integer"),
        ("share", "half", "share: found 'half', expected a number"),
        ("share", "nan", "expected a number"),
        ("share", float("inf"), "expected a number"),
        ("share", "1e999", "expected a number"),
        ("maps", "yes", "maps: found 'yes', expected true or false"),
        ("maps", 1, "expected true or false"),
    ],
)
def test_a_wrong_value_says_what_was_found_and_expected(name, value, said):
    """And names the parameter."""
    with pytest.raises(ParameterError, match=said):
        check_parameters(DECLARED, {"territory": "59", name: value})


# --- Names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["x; import os", "__class__", "_x", "class", "None", "a b", "1a", "a.b", "", "a\n", "été!"],
)
def test_a_name_that_would_run_as_code_is_refused(name):
    """Papermill writes `name = value` into a cell, whatever the name holds."""
    with pytest.raises(ParameterError, match="is not a plain identifier"):
        check_parameters(DECLARED, {"territory": "59", name: "1"})


@given(st.text(max_size=12))
def test_law_only_declared_names_pass(name):
    """Any other name is refused, as code or as unknown."""
    given_values = {"territory": "59", name: "59"}
    if name == "territory":
        assert check_parameters(DECLARED, given_values)["territory"] == "59"
    else:
        with pytest.raises(ParameterError, match=r"is not|found '59'"):
            check_parameters(DECLARED, {name: "59", "territory": "59"})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("teritory", r"'teritory' is not declared by the template \(nearest: territory\)"),
        ("code", r"'code' is not declared by the template \(choose from: lang, maps"),
        ("été", "'été' is not declared"),  # an identifier, though not a declared one
    ],
)
def test_an_unknown_name_names_the_nearest(name, said):
    """Never ignored."""
    with pytest.raises(ParameterError, match=said):
        check_parameters(DECLARED, {"territory": "59", name: "1"})


def test_a_required_parameter_must_be_given():
    """The territory has no default."""
    with pytest.raises(ParameterError, match="territory is required by the template; give it a"):
        check_parameters(DECLARED, {"lang": "fr"})


def test_defaults_complete_what_is_given():
    """In declared order; one without default nor value is left out."""
    assert check_parameters(DECLARED, {"maps": "false", "territory": "59"}) == {
        "territory": "59",
        "lang": "fr",
        "vintage": 2026,
        "maps": False,
    }


# --- Declarations -------------------------------------------------------------------------------


def read(**parameters):
    """Read declarations as a notebook's metadata hold them."""
    return read_parameters({"workbench": {"parameters": parameters}}, "a.ipynb")


def test_declarations_are_read():
    """A template may have none."""
    found = read(lang={"type": "choice", "choices": ["fr", "en"], "default": "fr"})
    assert found == {"lang": DECLARED["lang"]}
    assert read() == {}
    assert read_parameters({}, "a.ipynb") == {}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"type": "txt"}, r"a\.ipynb, parameters, x, type: 'txt' is not one of"),
        ({"type": "text", "defalt": "a"}, r"unknown key 'defalt' \(nearest: default\)"),
        ({"default": "a"}, "'type' is a required property"),
        ({"type": "choice", "choices": []}, "choices"),
    ],
)
def test_a_broken_declaration_is_refused(row, said):
    """With the template, the parameter and the key."""
    with pytest.raises(DeclarationError, match=said):
        read(x=row)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"type": "integer", "default": "many"}, "x: found 'many', expected an integer"),
        ({"type": "text", "default": 59}, "x: found 59, expected text"),
        ({"type": "choice", "choices": ["a"], "default": "b"}, "expected one of a"),
    ],
)
def test_a_default_of_another_type_is_refused(row, said):
    """Before the first report, not by the thousandth."""
    with pytest.raises(ParameterError, match=said):
        read(x=row)


@given(st.sampled_from(keyword.kwlist))
def test_law_no_keyword_is_a_parameter(name):
    """`class = 1` would be a syntax error in the cell."""
    with pytest.raises(ParameterError, match="is not a plain identifier"):
        read(**{name: {"type": "text"}})


def test_an_accented_name_is_an_identifier():
    """As Python says."""
    assert read(été={"type": "text"})["été"].read("2023") == "2023"
